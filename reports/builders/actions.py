"""What a digest asks its readers to do: at most five lines, each resting on a fact of the period.

The rule of their order is documented in `docs/measures.md`: what strangers see first (a result against the
brand that entered a first page), then what more people complain of than usual, then single reviews without an
answer, then sources that are not read. It cannot see what was done already elsewhere.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ouidire.documents import MentionDocument
from ouidire.settings.editions import Role
from reports.answering.queue import awaiting_reviews
from reports.builders.period_sums import PeriodSums
from reports.builders.quotes import are_alike, quote_of
from reports.builders.reasons.rating_thresholds import near_thresholds
from reports.data.actions import ActionItem, ActionKind, ThemeMove
from reports.data.context import Convince, CoverageGaps
from reports.data.source_names import source_label

LINES = 5
CANDIDATES = 20
MOST: Mapping[Role, Mapping[ActionKind, int]] = {
    "brand": {"first_page": 1, "theme": 2, "unanswered": 2, "rating": 1, "source": 1},
    "executive": {"first_page": 1, "theme": 2, "source": 1},
    "customer_service": {"theme": 1, "unanswered": 4},
    "place": {"theme": 2, "unanswered": 3, "rating": 1},
}
"""How many lines of each kind a role reads, in the order of the kinds."""
RIVAL: Mapping[ActionKind, int] = {"source": 1}
"""The same for the preview of a competitor."""


def actions_of(
    sums: PeriodSums,
    *,
    most: Mapping[ActionKind, int],
    moves: Sequence[ThemeMove],
    convince: Convince | None,
    gaps: CoverageGaps,
    moved: bool,
    now: datetime,
    names: Mapping[str, str],
) -> tuple[ActionItem, ...]:
    """Return what is to be done, the most urgent first; nothing is made up where no fact asks for it.

    `names` are those of source keys. A theme that is beyond its own noise alone is worth a look only where
    the digest announces that something `moved`: in a quiet period one theme in twenty would be, each time.
    `most` is how many lines of each kind there may be.
    """
    worse = [move for move in moves if move.now > move.usual and (move.announced or (moved and move.watch))]
    found: dict[ActionKind, list[ActionItem]] = {
        "first_page": _results(convince),
        "theme": [ActionItem(kind="theme", theme=move) for move in worse],
        "unanswered": _unanswered(sums, now=now, most=most.get("unanswered", 0)),
        "rating": _ratings(sums, names) if "rating" in most else [],
        "source": [ActionItem(kind="source", name=gap.name) for gap in gaps.missing],
    }
    chosen = [action for kind, few in most.items() for action in _first(found[kind], few)]
    return tuple(chosen[:LINES])


def most_lines(role: Role, *, rival: bool) -> Mapping[ActionKind, int]:
    """Return how many lines of each kind a role reads.

    Of a `rival` nothing is asked but to have its sources read: nobody answers for another brand.
    """
    return RIVAL if rival else MOST[role]


def _first(actions: Sequence[ActionItem], few: int) -> list[ActionItem]:
    """Return the first few; the last of them counts those left out."""
    shown = list(actions[:few])
    left = sum(1 + each.more for each in actions[few:])
    if shown and left:
        shown[-1] = shown[-1].model_copy(update={"more": shown[-1].more + left})
    return shown


def _results(convince: Convince | None) -> list[ActionItem]:
    """Return the results against the brand that entered a first page."""
    return [
        ActionItem(
            kind="first_page",
            url=row.url,
            title=row.title,
            domain=row.domain,
            query=page.query,
            rank=row.rank,
        )
        for page in (convince.brand_pages if convince else ())
        for row in page.rows
        if row.entrant and row.hostile
    ]


def _ratings(sums: PeriodSums, names: Mapping[str, str]) -> list[ActionItem]:
    """Return the shown ratings that a few reviews would lift to the next tenth."""
    return [
        ActionItem(
            kind="rating",
            name=source_label(each.source_key, names),
            stars=each.shown,
            next_stars=each.next_shown,
            needed=each.needed,
            of=each.reviews,
        )
        for each in near_thresholds(sums)
    ]


def _unanswered(sums: PeriodSums, *, now: datetime, most: int) -> list[ActionItem]:
    """Return the reviews that are worth an answer, by the rule of `reports.answering.rule`, no two alike."""
    if not most:
        return []
    found = awaiting_reviews(sums.reader, sums.scope, end=sums.edges[-1], now=now, size=CANDIDATES)
    unlike: list[MentionDocument] = []
    for line in found.lines:
        if not any(are_alike(line.document, other) for other in unlike):
            unlike.append(line.document)
    actions = [_answer(document, now, of=found.total) for document in unlike]
    left = found.total - len(unlike)
    if actions and left:
        actions[-1] = actions[-1].model_copy(update={"more": left})
    return actions


def _answer(document: MentionDocument, now: datetime, *, of: int) -> ActionItem:
    since = document.published_at or document.period_at
    return ActionItem(
        kind="unanswered",
        url=document.url,
        quote=quote_of(document, "worst"),
        days=max(0, (now - since).days),
        of=of,
    )
