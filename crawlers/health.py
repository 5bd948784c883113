"""The status of a run, computed from what was counted: never "ok" merely because nothing was raised.

A pure function of facts, so that every rule is a line of a table in its test. It cannot see pages or items,
only counts.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import log
from typing import Literal, NamedTuple

from ouidire.frozen import Frozen
from ouidire.items import RunStatus

ProblemKind = Literal[
    "blocked",
    "robots",
    "robots_unreachable",
    "layout",
    "gone",
    "network",
    "http",
    "address",
    "too_large",
    "redirects",
    "parser",
    "browser",
]
Limit = Literal["pages", "time", "memory", "stopped"]

STATUS_OF: tuple[tuple[frozenset[ProblemKind], RunStatus], ...] = (
    (frozenset({"blocked"}), "blocked"),
    (frozenset({"layout"}), "layout_changed"),
    (
        frozenset(
            {
                "robots_unreachable",
                "network",
                "http",
                "address",
                "too_large",
                "redirects",
                "parser",
                "browser",
            }
        ),
        "failed",
    ),
    (frozenset({"robots"}), "refused_by_robots"),
    (frozenset({"gone"}), "gone"),
)
"""The status of a run that read nothing, by the first of these groups in which a problem occurred.

What an operator can act on comes first. A site whose robots.txt cannot be had is left alone (RFC 9309,
2.3.1.4), but has refused nothing: it is down.
"""

NAMED_PROBLEMS = 3
"""Problems that a reason names; the rest are counted."""
COLLAPSE = 0.5
"""Below this share of its own past, a source has collapsed."""
USUAL_ITEMS = 20
"""With a past of fewer items, half of them missing is no sign of a fault."""
CHANCE = 0.001
"""Highest probability, by Hoeffding's inequality, that a fill-rate fell so far by chance alone."""
UNREAD_SHARE = 0.5
"""A page of which at least this share could not be read is no longer read."""
ENUMERATED = 0.9
"""Share of the declared total from which a listing counts as read whole: sites count late or loosely."""
HARMLESS = frozenset({"advertisement", "duplicate_in_page"})
"""Rejections that say nothing of a parser's health."""


class CrawlProblem(Frozen):
    """One page that could not be fetched or read.

    `page` is its address without secrets; `first` is true if the run began with it.
    """

    kind: ProblemKind
    page: str
    detail: str
    first: bool = False


@dataclass
class RunFacts:
    """The counts of a run, and the past of its source to compare them with.

    The collector counts into it while the run lasts; everything else only reads it. `usual_items` and
    `usual_fill` (share 0–1 by field) are the source's past, `first_run` is true where it has none. `fault` is
    our own fault or a wrong configuration, which ended the run. `problems` holds the first few of
    `problem_count`, one of each kind at least. `suppressed` and `duplicates` were read but not kept again.
    `results` counts pages of search results, `unfinished` listings that said they went on but gave no next
    page, `filled` the mentions that have each watched field, `layouts` the pages that each layout read.
    `newest` is the latest date of publication.
    """

    first_run: bool = False
    since: bool = False
    usual_items: float | None = None
    usual_fill: Mapping[str, float] = field(default_factory=dict)
    fault: str | None = None
    requests: int = 0
    pages: int = 0
    not_modified: int = 0
    items: int = 0
    mentions: int = 0
    results: int = 0
    duplicates: int = 0
    suppressed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    says_empty: int = 0
    declared_total: int | None = None
    unfinished: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    layouts: Counter[str] = field(default_factory=Counter)
    newest: datetime | None = None
    refused_by_robots: int = 0
    problems: list[CrawlProblem] = field(default_factory=list)
    problem_count: int = 0
    limits: set[Limit] = field(default_factory=set)


class RunVerdict(NamedTuple):
    """The status of a run, its reason, and whether the whole listing was read.

    Only after a complete run may an item that was not seen be called vanished.
    """

    status: RunStatus
    reason: str
    complete: bool


def run_status(facts: RunFacts) -> RunVerdict:
    """Return the one status of a run.

    Rules that compare with the past are silent on a first run, and the reason says so.
    """
    if facts.fault:
        return RunVerdict("failed", facts.fault, complete=False)
    if facts.items + facts.duplicates + facts.suppressed == 0:
        return RunVerdict(*_nothing_read(facts), complete=False)
    if facts.declared_total and not facts.mentions and not facts.results and not facts.suppressed:
        return RunVerdict("layout_changed", _unread(facts.declared_total), complete=False)
    problems = [*_interruptions(facts), *_absolute(facts), *_collapses(facts)]
    if problems:
        return RunVerdict("degraded", "; ".join(problems), complete=False)
    if facts.says_empty and not facts.mentions and not facts.suppressed and facts.says_empty >= facts.pages:
        return RunVerdict("empty", "the page says that there is nothing", complete=False)
    return RunVerdict("ok", _remark(facts), complete=_enumerated(facts))


def _nothing_read(facts: RunFacts) -> tuple[RunStatus, str]:  # noqa: PLR0911 (a list of rules, the first that holds)
    answered = facts.says_empty or facts.not_modified
    if facts.problems and answered:
        return "degraded", "; ".join(_interruptions(facts))
    if facts.problems:
        kinds = {
            problem.kind if problem.first or problem.kind != "gone" else "layout"
            for problem in facts.problems
        }
        status = next(status for group, status in STATUS_OF if kinds & group)
        return status, "; ".join(_interruptions(facts))
    if "time" in facts.limits or "memory" in facts.limits or "stopped" in facts.limits:
        return "failed", f"{'; '.join(_interruptions(facts))}, before anything was read"
    if facts.declared_total:
        return "layout_changed", _unread(facts.declared_total)
    unread = _unreadable(facts)
    if unread:
        return (
            "layout_changed",
            f"none of {unread} things found could be read as an item ({_tally(facts.rejected)})",
        )
    if facts.says_empty:
        return "empty", "the page says that there is nothing"
    if facts.not_modified:
        return "ok", "not modified since the last run"
    if facts.pages == 0:
        return "failed", "no page was fetched: the source asked for none"
    return "layout_changed", "no item was found and the page does not say that there is none"


def _interruptions(facts: RunFacts) -> list[str]:
    named = [f"{problem.detail} ({problem.page})" for problem in facts.problems[:NAMED_PROBLEMS]]
    if facts.problem_count > len(named):
        named.append(f"and {facts.problem_count - len(named)} more pages")
    words = {
        "pages": "more pages were left than fetch.max_pages allows",
        "time": "ended at fetch.max_minutes",
        "memory": "ended at fetch.max_memory_mb",
        "stopped": "stopped by the operator",
    }
    return [*named, *(words[limit] for limit in sorted(facts.limits))]


def _absolute(facts: RunFacts) -> list[str]:
    problems = []
    unread = _unreadable(facts)
    found = unread + facts.items + facts.duplicates + facts.suppressed
    if unread >= UNREAD_SHARE * found:
        problems.append(f"{unread} of {found} things found could not be read ({_tally(facts.rejected)})")
    whole = not (facts.since or facts.unfinished or facts.not_modified or facts.problem_count or facts.limits)
    if (
        whole
        and facts.mentions
        and facts.declared_total
        and _accounted_for(facts) < COLLAPSE * facts.declared_total
    ):
        problems.append(f"the site declares {facts.declared_total} but {_accounted_for(facts)} were read")
    return problems


def _collapses(facts: RunFacts) -> list[str]:
    if facts.first_run:
        return []
    problems = []
    partial = facts.since or facts.not_modified
    usual = facts.usual_items
    if usual is not None and usual >= USUAL_ITEMS and not partial and facts.items < COLLAPSE * usual:
        problems.append(f"{facts.items} items, usually {usual:.0f}")
    for name, rate in sorted(facts.usual_fill.items()):
        if not facts.mentions or name not in facts.filled:
            continue
        now = facts.filled[name] / facts.mentions
        # Hoeffding (1963): P(mean falls by t or more) is at most exp(-2·n·t²).
        if now < COLLAPSE * rate and 2 * facts.mentions * (rate - now) ** 2 > -log(CHANCE):
            problems.append(f"{name} filled in {now:.0%} of {facts.mentions} mentions, usually {rate:.0%}")
    return problems


def _enumerated(facts: RunFacts) -> bool:
    if facts.since or facts.unfinished or facts.not_modified:
        return False
    return not facts.declared_total or _accounted_for(facts) >= ENUMERATED * facts.declared_total


def _accounted_for(facts: RunFacts) -> int:
    """Count the mentions that were on the pages, whether they were kept or not."""
    return facts.mentions + facts.suppressed + _unreadable(facts)


def _unreadable(facts: RunFacts) -> int:
    return sum(count for reason, count in facts.rejected.items() if reason not in HARMLESS)


def _remark(facts: RunFacts) -> str:
    if facts.first_run:
        return "first run: there is no past to compare with"
    return "some pages were not modified since the last run" if facts.not_modified else ""


def _unread(declared: int) -> str:
    return f"the site declares {declared} items but none was read"


def _tally(rejected: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(rejected.items()))
