"""Documents of search pages: ownership, position weights and favourability of results, entrants and exits.

What counts as favourable is `ouidire.measures.favourability`. It cannot see personalised pages.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from enrichment.analysers.stance import NAME as STANCE
from enrichment.analysers.stance import VERSION as STANCE_VERSION
from enrichment.analysers.stance import ResultText, Stance, stances
from ouidire.documents import EventDocument, SearchResultDocument
from ouidire.ids import canonical_url, digest
from ouidire.measures import favourability, position_weight
from ouidire.serp import SearchEntry, SearchPage
from ouidire.settings.brand import Brand
from ouidire.settings.sites import SiteKind
from ouidire.state.items import (
    Snapshot,
    events_of_run,
    snapshot,
    snapshot_before,
)
from ouidire.state.runs import Run, run_by_sequence
from ouidire.text.words import indexed
from service.pipeline.index.commit import Tombstone
from service.pipeline.index.ownership import Ownership, ownership
from service.pipeline.installation import Installation

LINKED = frozenset(
    {"organic", "ad", "local", "top_story", "video", "discussion", "featured_snippet", "ai_reference"}
)
SHOWING = frozenset({"organic", "local", "featured_snippet", "top_story", "video", "discussion"})
"""Entries that can show the brand to a buyer without being paid for or asked for by it."""


class IndexedResultPage(NamedTuple):
    """What is written of one results page: documents, events, what is gone of either, and its snapshot."""

    documents: tuple[SearchResultDocument, ...]
    events: tuple[EventDocument, ...]
    tombstones: tuple[Tombstone, ...]
    snapshot: Snapshot


def ingest_page(
    installation: Installation, run: Run, page: SearchPage, snapshot_id: str
) -> IndexedResultPage:
    """Return what one harvested results page makes of the index."""
    with installation.state.read() as connection:
        known = snapshot(connection, snapshot_id)
        seen = _snapshot(page, snapshot_id, run=run, revision=1 if known is None else known.revision)
        if (
            known is not None
            and known.run != run.sequence
            and (known.organic, known.entries) != (seen.organic, seen.entries)
        ):
            seen = seen.model_copy(update={"revision": known.revision + 1})
        before = snapshot_before(connection, seen)
        is_comparable = before is not None and _same_engines(run_by_sequence(connection, before.run), run)
        earlier = events_of_run(connection, known.run) if known is not None else []
    documents = result_documents(
        page,
        snapshot_id,
        run=run,
        revision=seen.revision,
        brands=installation.settings.brand,
        sites=installation.settings.sites.catalogue,
    )
    compared = before if is_comparable and run.query_kind != "category" else None
    moves = () if compared is None else _moves(compared, seen)
    events = tuple(_move_event(each, seen, page, run) for each in moves)
    entries = range(seen.entries + 1, known.entries + 1) if known is not None else ()
    again = {each.id for each in events}
    gone = [Tombstone("search_result", _entry_id(snapshot_id, number), seen.revision) for number in entries]
    gone += [
        Tombstone("event", each.id, each.revision)
        for each in earlier
        if each.id == _move_id(each.type, snapshot_id, each.url or "") and each.id not in again
    ]
    return IndexedResultPage(documents, events, tuple(gone), seen)


def is_usable(run: Run) -> bool:
    """Return whether a run's search pages show what people see: none is partial, beside its source's past.

    From a partial one nothing is concluded: neither entrants and exits nor a score. A run that is degraded
    for its other pages alone has whole ones.
    """
    summary = run.summary
    return run.status != "degraded" or summary is None or not (summary.watch or summary.silent)


def _same_engines(before: Run | None, now: Run) -> bool:
    """Return whether the same engines were silent in two runs: else they looked through different windows."""
    silent = [set(run.summary.silent) if run and run.summary else set() for run in (before, now)]
    return silent[0] == silent[1]


def result_documents(
    page: SearchPage,
    snapshot_id: str,
    *,
    run: Run,
    revision: int,
    brands: Sequence[Brand],
    sites: Mapping[str, SiteKind],
) -> tuple[SearchResultDocument, ...]:
    """Return the documents of a results page, one an entry; an empty page has one entry of type `no_results`.

    Pure.
    """
    subject = run.brands[0] if run.brands else None
    entries = page.entries
    document = partial(
        SearchResultDocument,
        revision=revision,
        snapshot_id=snapshot_id,
        source=run.source,
        source_key=run.source_key,
        run_id=run.id,
        engine=page.engine,
        query=page.query,
        query_kind=run.query_kind or "brand",
        brands=run.brands,
        gl=page.gl,
        hl=page.hl,
        device=page.device,
        page_number=page.page_number,
        captured_at=page.captured_at,
    )
    watched = page.page_number == 1 and subject is not None
    if not entries:  # the brand was not shown there
        absent = 0.0 if watched else None
        first = _entry_id(snapshot_id, 1)
        return (document(id=first, type="no_results", position=1, rank=1, brand_present=absent),)
    owners = [
        ownership(each.url, brands=brands, subject=subject, sites=sites) if each.url else None
        for each in entries
    ]
    brand = next((each for each in brands if each.slug == subject), None)
    present = float(_appears(entries, owners, brand)) if watched else None
    documents: list[SearchResultDocument] = []
    for number, (entry, owner, stance) in enumerate(
        zip(entries, owners, _stances(entries, owners), strict=True), start=1
    ):
        scored = entry.type == "organic" and page.page_number == 1
        weight = position_weight(entry.rank) if scored else None
        favour = _favourability(entry, owner, subject, stance) if scored else None
        text = indexed(page.hl or "und", entry.title, entry.snippet)
        documents.append(
            document(
                id=_entry_id(snapshot_id, number),
                type=entry.type,
                position=number,
                rank=entry.rank,
                url=entry.url,
                canonical_url=canonical_url(entry.url) if entry.url else None,
                domain=_host(entry.url),
                title=entry.title,
                snippet=entry.snippet,
                stems=text.stems,
                words=text.words,
                ownership=owner.kind if owner and entry.type in LINKED else None,
                owner_brand=owner.brand if owner else None,
                stance=stance.label if stance else None,
                stance_probability=stance.probability if stance else None,
                position_weight=weight,
                favourability=favour,
                weighted_favourability=weight * favour if weight is not None and favour is not None else None,
                brand_present=present if number == 1 else None,
                shown_rating=entry.rating.value if entry.rating else None,
                shown_rating_best=entry.rating.best if entry.rating else None,
                shown_rating_count=entry.rating.count if entry.rating else None,
                versions=(f"{STANCE}@{STANCE_VERSION}",) if stance else (),
            ),
        )
    return tuple(documents)


def _stances(entries: Sequence[SearchEntry], owners: Sequence[Ownership | None]) -> Iterator[Stance | None]:
    """Yield the stance of each entry; None for what shows nothing, and for owned and competitors' results."""
    read = stances(
        [ResultText(title=each.title, snippet=each.snippet, domain=_host(each.url)) for each in entries]
    )
    for entry, owner, stance in zip(entries, owners, read, strict=True):
        unowned = owner is None or owner.kind not in ("owned", "competitor")
        yield stance if entry.type in SHOWING and unowned else None


def _host(url: str | None) -> str | None:
    return urlsplit(url).hostname if url else None


def _favourability(
    entry: SearchEntry, owner: Ownership | None, subject: str | None, stance: Stance | None
) -> float:
    """Return the favourability of an organic result: by its owner, the rating it shows, or its stance."""
    side: Literal["brand", "competitor"] | None = None
    if owner is not None and owner.kind == "owned" and owner.brand == subject:
        side = "brand"
    elif owner is not None and owner.kind == "competitor":
        side = "competitor"
    rating = entry.rating
    stars = None
    if rating is not None and rating.value is not None and rating.best > 0:
        stars = 5 * rating.value / rating.best
    neutral = stance is None or stance.label == "neutral"
    balance = 0.0 if stance is None or neutral else stance.p_favourable - stance.p_hostile
    return favourability(owner=side, stars=stars, stance=balance)


def _appears(entries: Sequence[SearchEntry], owners: Sequence[Ownership | None], brand: Brand | None) -> bool:
    """Whether a brand is shown by any entry that is neither paid for nor a question."""
    if brand is None:
        return False
    shown = [(entry, owner) for entry, owner in zip(entries, owners, strict=True) if entry.type in SHOWING]
    return any(
        (owner is not None and owner.brand == brand.slug)
        or brand.is_named_in(f"{entry.title or ''}\n{entry.snippet or ''}")
        for entry, owner in shown
    )


def _snapshot(page: SearchPage, snapshot_id: str, *, run: Run, revision: int) -> Snapshot:
    organic = tuple(
        (canonical_url(each.url), each.title or "", each.rating.value if each.rating else None)
        for each in page.entries
        if each.type == "organic" and each.url
    )
    return Snapshot(
        id=snapshot_id,
        source_key=run.source_key,
        page_number=page.page_number,
        captured_at=page.captured_at,
        run=run.sequence,
        revision=revision,
        entries=max(1, len(page.entries)),
        organic=organic,
    )


class _Move(NamedTuple):
    """What happened to one organic result between two looks at the same query."""

    type: Literal["entrant", "exit", "rank_moved", "rating_moved"]
    url: str
    title: str
    before: str | None = None
    after: str | None = None
    stars_before: float | None = None
    stars_after: float | None = None


def _moves(before: Snapshot, now: Snapshot) -> Iterator[_Move]:
    """Yield entrants, changed ranks and shown ratings in the order of the page, then exits."""
    old = {url: (rank, title, rating) for rank, (url, title, rating) in enumerate(before.organic, start=1)}
    new = {url: (rank, title, rating) for rank, (url, title, rating) in enumerate(now.organic, start=1)}
    for url, (rank, title, rating) in new.items():
        if url not in old:
            yield _Move("entrant", url, title, after=str(rank), stars_after=rating)
            continue
        was, _, was_rating = old[url]
        if was != rank:
            yield _Move("rank_moved", url, title, before=str(was), after=str(rank))
        if rating is not None and was_rating is not None and rating != was_rating:
            yield _Move("rating_moved", url, title, stars_before=was_rating, stars_after=rating)
    for url, (rank, title, rating) in old.items():
        if url not in new:
            yield _Move("exit", url, title, before=str(rank), stars_before=rating)


def _move_event(move: _Move, now: Snapshot, page: SearchPage, run: Run) -> EventDocument:
    """Return the event of a move."""
    return EventDocument(
        id=_move_id(move.type, now.id, move.url),
        revision=now.revision,
        type=move.type,
        at=now.captured_at,
        run_id=run.id,
        source=run.source,
        source_key=run.source_key,
        brands=run.brands,
        subject_id=digest("result", now.source_key, move.url),
        subject=move.title,
        url=move.url,
        query=page.query,
        before=move.before,
        after=move.after,
        stars_before=move.stars_before,
        stars_after=move.stars_after,
    )


def _move_id(kind: str, snapshot_id: str, url: str) -> str:
    return digest("event", kind, snapshot_id, url)


def _entry_id(snapshot_id: str, number: int) -> str:
    return digest("result", snapshot_id, str(number))
