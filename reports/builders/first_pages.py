"""What the next buyer sees: first pages of results for a brand's own name and for its category.

A page's metrics come from every page captured in a period's observation window, all captures of a page
together; the page that is shown is the last one. It cannot see a personalised page, nor what happened between
two captures.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from ouidire.documents import OwnershipKind
from ouidire.index import Exists, MentionIndex, Query, Sort, Term
from ouidire.measures import (
    Figure,
    PageSums,
    consideration,
    first_page_score,
    page_presence,
    rate_change,
    series_change,
)
from ouidire.settings.brand import Brand
from reports.builders.metrics import MetricsByKey
from reports.builders.period_sums import EVERY
from reports.coverage.coverage import Coverage
from reports.coverage.observation import ObservationWindow, as_datetime
from reports.data.baseline import RECENT
from reports.data.context import Convince
from reports.data.metric import Metric
from reports.data.scope import Where
from reports.data.search_pages import (
    HOSTILE_AT,
    DigestResultPage,
    PageMove,
    RatingMove,
    ResultRow,
    SuggestionMoves,
)
from reports.typography import shortened, tame

RESOLUTION = 0.04
"""The smallest week-to-week standard deviation of a first-page score to believe in.

One result in the middle of a page of ten that turns from neutral to hostile moves the score by
1/log2(6) / Σ 1/log2(r+1) = 0.085; half of that is noise.
"""
ROWS = 10
QUESTIONS = 4
MOVES = 6
PAGES = 6
"""Pages shown in a line, beside the one shown in full, and pages of category queries, at most."""
_TITLE = 90
_FIELDS = (
    *("id", "snapshot_id", "source_key", "engine", "query", "query_kind", "gl", "hl", "device"),
    *("captured_at", "type", "rank", "url", "canonical_url", "domain", "title", "ownership", "owner_brand"),
    *("stance", "favourability", "brand_present", "shown_rating", "shown_rating_best", "shown_rating_count"),
)
_SERIES = ("query_kind", "query", "engine", "gl", "hl", "device")
"""What tells one page from another: its last capture is shown."""
PageKey = tuple[str, ...]
"""Values of `_SERIES`: one page, however often it was captured."""
_OWNERSHIPS = get_args(OwnershipKind)
T = TypeVar("T")


class FirstPages(NamedTuple):
    """First pages captured for a brand's queries: the clauses that keep them, and usable past periods."""

    reader: MentionIndex
    brand: Brand
    windows: tuple[ObservationWindow, ...]
    where: Where
    usable: tuple[bool, ...]

    def usable_of(self, past: Sequence[T]) -> list[T]:
        """Return what belongs to the usable ones among the past periods."""
        return [each for each, usable in zip(past, self.usable, strict=True) if usable]


class EarlierRanks(NamedTuple):
    """What is known of results before: URLs that entered, and the rank (by query and URL) that others had."""

    entered: set[str]
    ranks: dict[tuple[str, str], int]


def first_pages_of(reader: MentionIndex, brand: Brand, coverage: Coverage) -> FirstPages | None:
    """Find the first pages of a brand's queries; None where none was ever captured in these periods."""
    coverage = coverage.latest(RECENT)
    windows = coverage.windows
    where: Where = (Term(field="brands", any_of=(brand.slug,)), Term(field="page_number", any_of=(1,)))
    whole = ObservationWindow(start=windows[0].start, end=windows[-1].end).range("captured_at")
    query = Query(kind="search_result", where=(*where, whole))
    if not reader.sums(query).n:
        return None
    keys = frozenset(str(bucket.value) for bucket in reader.facet(query, "source_key", size=EVERY))
    return FirstPages(reader, brand, windows, where, coverage.comparable(keys))


def search_metrics(pages: FirstPages | None) -> tuple[Metric, ...]:
    """Return the first-page score and consideration, as far as pages for them were captured."""
    found = (_score(pages), _consideration(pages)) if pages is not None else ()
    return tuple(metric for metric in found if metric is not None)


def convince_section(
    pages: FirstPages | None,
    metrics: MetricsByKey,
    names: Mapping[str, str],
    *,
    suggestions: tuple[SuggestionMoves, ...] = (),
) -> Convince | None:
    """Return what the next buyer sees; `names` are those of brands. None where nothing of it was read."""
    if pages is None:
        return Convince(suggestions=suggestions) if suggestions else None
    moves = _moves(pages)
    ratings, ranks = _moved_ratings_and_ranks(pages)
    entered = {move.url for move in moves if move.type == "entrant" and move.url}
    latest = _latest_pages(pages, EarlierRanks(entered, ranks), names)
    own = [page for page in latest if page.query_kind == "brand"]
    own.sort(key=lambda page: _preference(page, pages.brand))
    return Convince(
        score=metrics.get("first_page"),
        main=own[0] if own else None,
        others=tuple(own[1 : PAGES + 1]),
        moves=moves[:MOVES],
        ratings=ratings[:MOVES],
        consideration=metrics.get("consideration"),
        categories=tuple([page for page in latest if page.query_kind == "category"][:PAGES]),
        suggestions=suggestions,
    )


def _score(pages: FirstPages) -> Metric | None:
    """Score each period's brand pages; a past period is compared on the pages seen in both."""
    scored = [_scored_pages(pages, window) for window in pages.windows]
    if not any(scored):
        return None
    now = scored[-1]
    figure = first_page_score(list(now.values()))
    past = [_as_if_same_pages(figure, now, then) for then in pages.usable_of(scored[:-1])]
    return Metric(key="first_page", figure=figure, change=series_change(figure, past, resolution=RESOLUTION))


def _scored_pages(pages: FirstPages, window: ObservationWindow) -> dict[PageKey, PageSums]:
    """Sum the scored results of a window's brand pages, all captures of a page together; streaming."""
    where = (
        *pages.where,
        Term(field="query_kind", any_of=("brand",)),
        Exists(field="weighted_favourability"),
        window.range("captured_at"),
    )
    parts: dict[PageKey, list[tuple[float, float]]] = {}
    query = Query(kind="search_result", where=where)
    for row in pages.reader.scan(query, (*_SERIES, "position_weight", "weighted_favourability")):
        parts.setdefault(_page_key(row), []).append((row["position_weight"], row["weighted_favourability"]))
    return {key: _page_sums(parts[key]) for key in sorted(parts)}


def _page_sums(results: Sequence[tuple[float, float]]) -> PageSums:
    weight = math.fsum(weight for weight, _ in results)
    total = math.fsum(favour for _, favour in results)
    return PageSums(n=len(results), weight=weight, total=max(-weight, min(weight, total)))


def _as_if_same_pages(
    figure: Figure, now: Mapping[PageKey, PageSums], then: Mapping[PageKey, PageSums]
) -> Figure:
    """Return a past score as it would be had the pages of now been watched then.

    The figure of now less the difference on the pages seen in both; without a value where there is none.
    """
    same = [key for key in now if key in then]
    today, before = (first_page_score([seen[key] for key in same]) for seen in (now, then))
    if figure.value is None or today.value is None or before.value is None:
        return before.model_copy(update={"value": None, "low": None, "high": None})
    value = figure.value - (today.value - before.value)
    return before.model_copy(update={"value": value, "low": None, "high": None})


def _consideration(pages: FirstPages) -> Metric | None:
    """Count the category pages that show the brand; periods are compared on the pages seen in all."""
    counted = [_category_pages(pages, window) for window in pages.windows]
    if not any(counted):
        return None
    now = counted[-1]
    past = [then for then in pages.usable_of(counted[:-1]) if now.keys() & then.keys()]
    same = sorted(set(now).intersection(*past))
    today, *before = (page_presence([seen[key] for key in same]) for seen in (now, *past))
    return Metric(
        key="consideration",
        figure=consideration(page_presence(now.values())),
        change=rate_change(today, before),
    )


def _category_pages(pages: FirstPages, window: ObservationWindow) -> dict[PageKey, tuple[int, int]]:
    """Count for each category page of a window the captures that show the brand, and all; streaming."""
    where = (
        *pages.where,
        Term(field="query_kind", any_of=("category",)),
        Exists(field="brand_present"),
        window.range("captured_at"),
    )
    counts: dict[PageKey, tuple[int, int]] = {}
    for row in pages.reader.scan(Query(kind="search_result", where=where), (*_SERIES, "brand_present")):
        shown, captures = counts.get(_page_key(row), (0, 0))
        counts[_page_key(row)] = (shown + round(row["brand_present"]), captures + 1)
    return {key: counts[key] for key in sorted(counts)}


def _page_key(row: Mapping[str, Any]) -> PageKey:
    return tuple(str(row.get(name) or "") for name in _SERIES)


def _latest_pages(
    pages: FirstPages, earlier: EarlierRanks, names: Mapping[str, str]
) -> tuple[DigestResultPage, ...]:
    """Return the window's last page for each query, engine, country, language and device; streaming."""
    latest: dict[PageKey, tuple[datetime, str]] = {}
    rows: dict[PageKey, list[dict[str, Any]]] = {}
    where = (*pages.where, pages.windows[-1].range("captured_at"))
    for row in pages.reader.scan(Query(kind="search_result", where=where), _FIELDS):
        key = _page_key(row)
        seen = (as_datetime(row["captured_at"]), str(row["snapshot_id"]))
        if key not in latest or seen > latest[key]:
            latest[key], rows[key] = seen, []
        if seen == latest[key]:
            rows[key].append(row)
    return tuple(_page(rows[key], latest[key][0], earlier, names) for key in sorted(rows))


def _moves(pages: FirstPages) -> tuple[PageMove, ...]:
    """Return the results that entered or left first pages, entrants first, each once, latest first."""
    where = (
        Term(field="brands", any_of=(pages.brand.slug,)),
        Term(field="type", any_of=("entrant", "exit")),
        pages.windows[-1].range("at"),
    )
    query = Query(kind="event", where=where, sort=(Sort(field="at"),))
    moves: dict[tuple[str, str], PageMove] = {}
    for hit in pages.reader.search(query, size=200).hits:
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


def _moved_ratings_and_ranks(
    pages: FirstPages,
) -> tuple[tuple[RatingMove, ...], dict[tuple[str, str], int]]:
    """Return the shown ratings that moved, and the rank that each result had when the window began."""
    where = (
        Term(field="brands", any_of=(pages.brand.slug,)),
        Term(field="type", any_of=("rating_moved", "rank_moved")),
        pages.windows[-1].range("at"),
    )
    query = Query(kind="event", where=where, sort=(Sort(field="at", descending=False),))
    ratings: dict[str, RatingMove] = {}
    ranks: dict[tuple[str, str], int] = {}
    for hit in pages.reader.search(query, size=200).hits:
        event = hit.document
        if event.kind != "event" or event.url is None:
            continue
        if event.type == "rank_moved" and event.before and event.before.isdecimal():
            ranks.setdefault((tame(event.query or ""), event.url), int(event.before))
        if event.type == "rating_moved" and event.stars_before is not None and event.stars_after is not None:
            first = ratings[event.url].before if event.url in ratings else event.stars_before
            ratings[event.url] = RatingMove(
                title=shortened(tame(event.subject or event.url), _TITLE),
                domain=_host(event.url),
                url=event.url,
                before=first,
                after=event.stars_after,
            )
    moved = [each for each in ratings.values() if each.before != each.after]
    return tuple(sorted(moved, key=lambda each: (-abs(each.after - each.before), each.domain))), ranks


def _page(
    rows: list[dict[str, Any]], at: datetime, earlier: EarlierRanks, names: Mapping[str, str]
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
        rows=tuple(_row(row, query, earlier, names) for row in organic[:ROWS]),
        questions=tuple(shortened(question, _TITLE) for question in questions if question)[:QUESTIONS],
        results=len(organic),
        owned=sides[0],
        review_sites=sides[1],
        competitors=sides[2],
        earned=len(organic) - sum(sides),
        hostile=_hostile_count(organic),
        brand_present=bool(max(present)) if present else None,
    )


def _row(row: dict[str, Any], query: str, earlier: EarlierRanks, names: Mapping[str, str]) -> ResultRow:
    url = row.get("url")
    was = earlier.ranks.get((query, str(row.get("canonical_url") or url)))
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
        entrant=bool(earlier.entered & {url, row.get("canonical_url")}),
        was=was if was != row["rank"] else None,
    )


def _hostile_count(organic: Sequence[dict[str, Any]]) -> int | None:
    """Count what argues against the brand; None where nothing does and no analyser read the results."""
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
