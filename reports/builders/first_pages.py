"""What the next buyer sees: first pages of results for a brand's own name and for its category.

A page's figures come from every page captured in a period's watch; the page that is shown is the last one. It
cannot see a personalised page, nor what happened between two captures.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from ouidire.documents import OwnershipKind
from ouidire.index import Bucket, Exists, FieldSum, MentionIndex, Query, Sort, Term
from ouidire.measures import (
    Change,
    Figure,
    Moments,
    PageSums,
    consideration,
    first_page_score,
    rate_change,
    series_change,
)
from ouidire.settings.brand import Brand
from reports.builders.coverage import Coverage, ObservationWindow, moment
from reports.builders.figures import EVERY
from reports.data.context import Convince
from reports.data.metric import Metric
from reports.data.scope import Where
from reports.data.search_pages import (
    HOSTILE_AT,
    DigestResultPage,
    PageMove,
    RatingMove,
    ResultRow,
)
from reports.typography import shortened, tame

# The smallest week-to-week standard deviation of a first-page score to believe in. One result in the middle
# of a page of ten that turns from neutral to hostile moves the score by 1/log2(6) / Σ 1/log2(r+1) = 0.085;
# half of that is noise.
RESOLUTION = 0.04
ROWS = 10
QUESTIONS = 4
MOVES = 6
_TITLE = 90
_FIELDS = (
    "id", "snapshot_id", "source_key", "engine", "query", "query_kind", "gl", "hl", "device", "captured_at", "type", "rank",
    "url", "canonical_url", "domain", "title", "ownership", "owner_brand", "stance", "favourability", "brand_present",
    "shown_rating", "shown_rating_best", "shown_rating_count",
)  # fmt: skip
_OWNERSHIPS = get_args(OwnershipKind)


def convince_of(
    reader: MentionIndex, brand: Brand, seen: Coverage, names: dict[str, str], *, limit: int = 6
) -> Convince | None:
    """Read the first pages of the brand's queries; None where none was ever captured in these periods.

    `names` are brands'.
    """
    base: Where = (Term(field="brands", any_of=(brand.slug,)), Term(field="page_number", any_of=(1,)))
    whole = ObservationWindow(start=seen.watches[0].start, end=seen.watches[-1].end).range("captured_at")
    if not reader.sums(Query(kind="search_result", where=(*base, whole))).n:
        return None
    keys = frozenset(
        str(bucket.value)
        for bucket in reader.facet(
            Query(kind="search_result", where=(*base, whole)), "source_key", size=EVERY
        )
    )
    usable = seen.comparable(keys)
    moves = moves_of(reader, brand.slug, seen.watches[-1])
    entered = {move.url for move in moves if move.type == "entrant" and move.url}
    ratings, ranks = shifts_of(reader, brand.slug, seen.watches[-1])
    pages = pages_of(reader, base, seen.watches[-1], RankMoves(entered, ranks), names)
    own = sorted(
        (page for page in pages if page.query_kind == "brand"), key=lambda page: _preference(page, brand)
    )
    return Convince(
        score=_score(reader, base, seen, usable),
        main=own[0] if own else None,
        others=tuple(own[1 : limit + 1]),
        moves=moves[:MOVES],
        ratings=ratings[:MOVES],
        consideration=_consideration(reader, base, seen, usable),
        categories=tuple([page for page in pages if page.query_kind == "category"][:limit]),
    )


class RankMoves(NamedTuple):
    """What is known of results before: URLs that entered, and the rank (by query and URL) that others had."""

    entered: set[str]
    ranks: dict[tuple[str, str], int]


def pages_of(
    reader: MentionIndex, base: Where, watch: ObservationWindow, moved: RankMoves, names: dict[str, str]
) -> tuple[DigestResultPage, ...]:
    """Return the last page of the watch for each query, engine, country, language and device; streaming."""
    latest: dict[tuple[str, ...], tuple[datetime, str]] = {}
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    where = (*base, watch.range("captured_at"))
    for row in reader.scan(Query(kind="search_result", where=where), _FIELDS):
        key = tuple(
            str(row.get(name) or "") for name in ("query_kind", "query", "engine", "gl", "hl", "device")
        )
        seen = (moment(row["captured_at"]), str(row["snapshot_id"]))
        if key not in latest or seen > latest[key]:
            latest[key], rows[key] = seen, []
        if seen == latest[key]:
            rows[key].append(row)
    return tuple(_page(rows[key], latest[key][0], moved, names) for key in sorted(rows))


def moves_of(reader: MentionIndex, brand: str, watch: ObservationWindow) -> tuple[PageMove, ...]:
    """Return the results that entered or left first pages during the watch, entrants first, each once, latest first."""
    where = (
        Term(field="brands", any_of=(brand,)),
        Term(field="type", any_of=("entrant", "exit")),
        watch.range("at"),
    )
    moves: dict[tuple[str, str], PageMove] = {}
    for hit in reader.search(Query(kind="event", where=where, sort=(Sort(field="at"),)), size=200).hits:
        event = hit.document
        if event.kind != "event" or event.type not in ("entrant", "exit"):
            continue
        kind: Literal["entrant", "exit"] = "entrant" if event.type == "entrant" else "exit"
        title = shortened(tame(event.subject or event.url or ""), _TITLE)
        moves.setdefault(
            (kind, event.url or title),
            PageMove(
                type=kind, query=tame(event.query or ""), title=title, url=event.url, domain=_host(event.url)
            ),
        )
    return tuple(sorted(moves.values(), key=lambda move: move.type))


def shifts_of(
    reader: MentionIndex, brand: str, watch: ObservationWindow
) -> tuple[tuple[RatingMove, ...], dict[tuple[str, str], int]]:
    """Return the shown ratings that moved during the watch, and the rank that each result had when it began."""
    where = (
        Term(field="brands", any_of=(brand,)),
        Term(field="type", any_of=("rating_moved", "rank_moved")),
        watch.range("at"),
    )
    ratings: dict[str, RatingMove] = {}
    ranks: dict[tuple[str, str], int] = {}
    for hit in reader.search(
        Query(kind="event", where=where, sort=(Sort(field="at", descending=False),)), size=200
    ).hits:
        event = hit.document
        if event.kind != "event" or event.url is None:
            continue
        if event.type == "rank_moved" and event.before and event.before.isdecimal():
            ranks.setdefault((tame(event.query or ""), event.url), int(event.before))
        if event.type == "rating_moved" and event.stars_before is not None and event.stars_after is not None:
            first = ratings[event.url].before if event.url in ratings else event.stars_before
            title = shortened(tame(event.subject or event.url), _TITLE)
            ratings[event.url] = RatingMove(
                title=title, domain=_host(event.url), url=event.url, before=first, after=event.stars_after
            )
    moved = [each for each in ratings.values() if each.before != each.after]
    return tuple(sorted(moved, key=lambda each: (-abs(each.after - each.before), each.domain))), ranks


def _score(reader: MentionIndex, base: Where, seen: Coverage, usable: Sequence[bool]) -> Metric | None:
    """Score each period's brand pages; a page counts with each capture of it."""
    figures = []
    for watch in seen.watches:
        where = (
            *base,
            Term(field="query_kind", any_of=("brand",)),
            Exists(field="weighted_favourability"),
            watch.range("captured_at"),
        )
        buckets = reader.facet(
            Query(kind="search_result", where=where),
            "snapshot_id",
            size=EVERY,
            fields=("position_weight", "weighted_favourability"),
        )
        figures.append(first_page_score([_sums(bucket) for bucket in buckets]))
    if all(figure.value is None for figure in figures):
        return None
    before = [figure for figure, good in zip(figures[:-1], usable, strict=True) if good]
    return Metric(key="first_page", figure=figures[-1], change=_page_change(figures[-1], before))


def _page_change(now: Figure, before: Sequence[Figure]) -> Change:
    return series_change(now, before, resolution=RESOLUTION)


def _sums(bucket: Bucket) -> PageSums:
    weight = bucket.fields.get("position_weight", FieldSum()).total
    total = bucket.fields.get("weighted_favourability", FieldSum()).total
    return PageSums(n=bucket.n, weight=weight, total=max(-weight, min(weight, total)))


def _consideration(
    reader: MentionIndex, base: Where, seen: Coverage, usable: Sequence[bool]
) -> Metric | None:
    counts = []
    for watch in seen.watches:
        where = (*base, Term(field="query_kind", any_of=("category",)), watch.range("captured_at"))
        found = reader.sums(Query(kind="search_result", where=where), ("brand_present",)).fields.get(
            "brand_present", FieldSum()
        )
        counts.append((min(found.n, round(found.total)), found.n))
    if not any(pages for _, pages in counts):
        return None
    appearing, pages = counts[-1]
    before = [Moments.of_hits(hits, n) for (hits, n), good in zip(counts[:-1], usable, strict=True) if good]
    figure = consideration(appearing=appearing, pages=pages)
    return Metric(
        key="consideration", figure=figure, change=rate_change(Moments.of_hits(appearing, pages), before)
    )


def _page(
    rows: list[dict[str, Any]], at: datetime, moved: RankMoves, names: dict[str, str]
) -> DigestResultPage:
    first = rows[0]
    query = tame(str(first["query"]))
    organic = sorted(
        (row for row in rows if row["type"] == "organic" and row.get("rank")),
        key=lambda row: (row["rank"], row["id"]),
    )
    questions = dict.fromkeys(
        tame(str(row.get("title") or ""))
        for row in sorted(rows, key=lambda row: row["rank"])
        if row["type"] == "question"
    )
    present = [row["brand_present"] for row in rows if row.get("brand_present") is not None]
    kinds = [row.get("ownership") for row in organic]
    sides = [kinds.count(kind) for kind in ("owned", "review_site", "competitor")]
    return DigestResultPage(
        query=query,
        query_kind="category" if first["query_kind"] == "category" else "brand",
        engine=str(first["engine"]),
        device=str(first["device"]),
        captured_at=at,
        rows=tuple(_row(row, query, moved, names) for row in organic[:ROWS]),
        questions=tuple(shortened(question, _TITLE) for question in questions if question)[:QUESTIONS],
        results=len(organic),
        owned=sides[0],
        review_sites=sides[1],
        competitors=sides[2],
        earned=len(organic) - sum(sides),
        hostile=_hostile_count(organic),
        brand_present=bool(max(present)) if present else None,
    )


def _row(row: dict[str, Any], query: str, moved: RankMoves, names: dict[str, str]) -> ResultRow:
    url = row.get("url")
    was = moved.ranks.get((query, str(row.get("canonical_url") or url)))
    ownership = row.get("ownership")
    owner = row.get("owner_brand")
    return ResultRow(
        rank=row["rank"],
        title=shortened(tame(str(row.get("title") or row.get("domain") or url or "")), _TITLE),
        domain=tame(str(row.get("domain") or _host(url))).removeprefix("www."),
        url=url,
        ownership=ownership if ownership in _OWNERSHIPS else "other",
        owner=names.get(str(owner), None if owner is None else str(owner)),
        favourability=row.get("favourability"),
        rating=row.get("shown_rating"),
        rating_best=row.get("shown_rating_best"),
        rating_count=row.get("shown_rating_count"),
        entrant=bool(moved.entered & {url, row.get("canonical_url")}),
        was=was if was != row["rank"] else None,
    )


def _hostile_count(organic: Sequence[dict[str, Any]]) -> int | None:
    """Count what argues against the brand; "none" may be said only where an analyser has read what the results argue."""
    count = sum(_hostile(row.get("favourability")) for row in organic)
    return count if count or any(row.get("stance") is not None for row in organic) else None


def _hostile(favourability: float | None) -> bool:
    return favourability is not None and favourability <= HOSTILE_AT


def _preference(page: DigestResultPage, brand: Brand) -> tuple[bool, bool, bool, str, str, str]:
    """Order brand pages: the brand's bare name, then its other names, on a desktop, then by name."""
    asked = page.query.casefold()
    bare = asked != brand.name.casefold()
    known = all(asked != name.casefold() for name in brand.names)
    return bare, known, page.device != "desktop", page.query, page.engine, page.device


def _host(url: str | None) -> str:
    host = (url or "").split("://", 1)[-1].split("/", 1)[0].casefold()
    return host.removeprefix("www.")
