"""Search pages to documents: ownership, position weights, favourability, and who entered or left the first page.

Favourability: an owned result is +1, a competitor's −1, one that shows a star rating is placed between by its
stars; of all others it is what the analyser reads in title, snippet and domain: P(favourable) − P(hostile)
where it takes a side, else 0.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from enrichment.analysers.stance import NAME as STANCE
from enrichment.analysers.stance import VERSION as STANCE_VERSION
from enrichment.analysers.stance import ResultText, Stance, stances
from ouidire.documents import EventDocument, SearchResultDocument
from ouidire.ids import canonical_url, digest
from ouidire.measures import position_weight
from ouidire.serp import SearchEntry, SearchPage
from ouidire.settings.brand import Brand, is_named
from ouidire.settings.configuration import SiteKind
from ouidire.state.items import (
    Snapshot,
    events_of_run,
    snapshot,
    snapshot_before,
)
from ouidire.state.runs import Run
from ouidire.text.words import indexed
from service.pipeline.index.commit import Tombstone
from service.pipeline.index.ownership import Ownership, ownership
from service.pipeline.installation import Installation

LINKED = frozenset({"organic", "ad", "local", "top_story", "video", "discussion", "featured_snippet"})
SHOWING = frozenset({"organic", "local", "featured_snippet", "top_story", "video", "discussion"})
"""Entries that can show the brand to a buyer without being paid for or asked for by it."""


class IndexedResultPage(NamedTuple):
    """One results page as it is written: documents, entrants and exits, what is gone of either, and its snapshot."""

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
        revision = seen.revision
        before = snapshot_before(connection, seen)
        told = events_of_run(connection, known.run) if known is not None else []
    removed = (
        ()
        if known is None
        else tuple(
            Tombstone("search_result", _entry_id(snapshot_id, n), revision)
            for n in range(seen.entries + 1, known.entries + 1)
        )
    )
    documents = result_documents(
        page,
        snapshot_id,
        run=run,
        revision=revision,
        brands=installation.settings.brand,
        sites=installation.settings.sites.catalogue,
    )
    events = () if before is None or run.query_kind == "category" else tuple(_moves(before, seen, page, run))
    again = {each.id for each in events}
    untold = tuple(
        Tombstone("event", each.id, each.revision)
        for each in told
        if each.id == _move_id(each.type, snapshot_id, each.url or "") and each.id not in again
    )
    return IndexedResultPage(documents, events, (*removed, *untold), seen)


def result_documents(
    page: SearchPage,
    snapshot_id: str,
    *,
    run: Run,
    revision: int,
    brands: Sequence[Brand],
    sites: Mapping[str, SiteKind],
) -> tuple[SearchResultDocument, ...]:
    """Build the documents of a results page, one an entry; an empty page has one entry of type `no_results`.

    Pure.
    """
    subject = run.brands[0] if run.brands else None
    entries = page.entries
    if not entries:
        return (_empty_page(page, snapshot_id, run=run, revision=revision),)
    owners = [
        ownership(each.url, brands=brands, subject=subject, sites=sites) if each.url else None
        for each in entries
    ]
    read = stances(
        [ResultText(title=each.title, snippet=each.snippet, domain=_host(each.url)) for each in entries]
    )
    documents: list[SearchResultDocument] = []
    present: float | None = None
    if page.page_number == 1 and subject is not None:
        present = float(
            _appears(entries, owners, next((brand for brand in brands if brand.slug == subject), None))
        )
    for number, (entry, owner) in enumerate(zip(entries, owners, strict=True), start=1):
        organic = entry.type == "organic"
        weight = position_weight(entry.rank) if organic and page.page_number == 1 else None
        stance = (
            read[number - 1]
            if entry.type in SHOWING and (owner is None or owner.kind not in ("owned", "competitor"))
            else None
        )
        favour = _favour(entry, owner, subject, stance) if weight is not None else None
        text = indexed(page.hl or "und", entry.title, entry.snippet)
        documents.append(
            SearchResultDocument(
                id=_entry_id(snapshot_id, number),
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


def _empty_page(page: SearchPage, snapshot_id: str, *, run: Run, revision: int) -> SearchResultDocument:
    """The one document of a page that found nothing: the brand was not shown there."""
    return SearchResultDocument(
        id=_entry_id(snapshot_id, 1),
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
        type="no_results",
        position=1,
        rank=1,
        brand_present=0.0 if run.brands and page.page_number == 1 else None,
    )


def _host(url: str | None) -> str | None:
    return urlsplit(url).hostname if url else None


def _favour(entry: SearchEntry, owner: Ownership | None, subject: str | None, stance: Stance | None) -> float:
    if owner is not None and owner.kind == "owned" and owner.brand == subject:
        return 1.0
    if owner is not None and owner.kind == "competitor":
        return -1.0
    if entry.rating is not None and entry.rating.value is not None and entry.rating.best > 0:
        return max(-1.0, min(1.0, (5 * entry.rating.value / entry.rating.best - 3) / 2))
    return 0.0 if stance is None or stance.label == "neutral" else stance.p_favourable - stance.p_hostile


def _appears(entries: Sequence[SearchEntry], owners: Sequence[Ownership | None], brand: Brand | None) -> bool:
    """Whether a brand is shown by any entry that is neither paid for nor a question."""
    if brand is None:
        return False
    shown = [(entry, owner) for entry, owner in zip(entries, owners, strict=True) if entry.type in SHOWING]
    return any(
        (owner is not None and owner.brand == brand.slug)
        or is_named(f"{entry.title or ''}\n{entry.snippet or ''}", brand.names)
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


def _moves(before: Snapshot, now: Snapshot, page: SearchPage, run: Run) -> list[EventDocument]:
    """Entrants, exits and shown ratings that moved, between two looks at the same query."""
    old = {url: (rank, title, rating) for rank, (url, title, rating) in enumerate(before.organic, start=1)}
    new = {url: (rank, title, rating) for rank, (url, title, rating) in enumerate(now.organic, start=1)}
    moves: list[tuple[str, str, str, str | None, str | None, float | None, float | None]] = []
    for url, (rank, title, rating) in new.items():
        if url not in old:
            moves.append(("entrant", url, title, None, str(rank), None, rating))
            continue
        was, _, was_rating = old[url]
        if was != rank:
            moves.append(("rank_moved", url, title, str(was), str(rank), None, None))
        if rating is not None and was_rating is not None and rating != was_rating:
            moves.append(("rating_moved", url, title, None, None, was_rating, rating))
    moves += [
        ("exit", url, title, str(rank), None, rating, None)
        for url, (rank, title, rating) in old.items()
        if url not in new
    ]
    return [
        EventDocument.model_validate(
            {
                "id": _move_id(kind, now.id, url),
                "revision": now.revision,
                "type": kind,
                "at": now.captured_at,
                "run_id": run.id,
                "source": run.source,
                "source_key": run.source_key,
                "brands": run.brands,
                "subject_id": digest("result", now.source_key, url),
                "subject": title,
                "url": url,
                "query": page.query,
                "before": was,
                "after": is_,
                "stars_before": stars_was,
                "stars_after": stars_is,
            },
        )
        for kind, url, title, was, is_, stars_was, stars_is in moves
    ]


def _move_id(kind: str, snapshot_id: str, url: str) -> str:
    return digest("event", kind, snapshot_id, url)


def _entry_id(snapshot_id: str, number: int) -> str:
    return digest("result", snapshot_id, str(number))
