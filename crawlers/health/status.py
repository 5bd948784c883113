"""The status of a run, computed from what was counted: never "ok" merely because nothing was raised.

A pure function of facts, so that every rule is a line of a table in its test. It cannot see pages or items,
only counts.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from crawlers.health.comparison import falls
from crawlers.health.facts import HARMLESS, INCOMPLETE, ProblemKind, RunFacts
from crawlers.health.subject import other_subject
from ouidire.errors import CHANGED
from ouidire.harvest.manifest import RunHold
from ouidire.items import RunStatus
from ouidire.text.catalogue import catalogue

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
FIRST = "it was never read before: is it the right address, and the right source? `ouidire sources try` tells"
"""What is said in the place of a changed layout on a first reading."""
EMPTY = "the page says that there is nothing"
UNREAD_SHARE = 0.5
"""A page of which at least this share could not be read is no longer read."""
ENUMERATED = 0.9
"""Share of the declared total from which a listing counts as read whole: sites count late or loosely."""


SLOW_PACE = 5.0
"""Seconds between two requests from which the pace that a site asks for is named as a cause."""


CONSENT_ENDS_SOON = timedelta(days=14)
"""How long before a consent ends it is named, so that nobody meets it as a failure."""


class RunVerdict(NamedTuple):
    """The status of a run, its reason, and whether the whole listing was read.

    Only after a complete run may an item that was not seen be called vanished. `watch` names what fell beside
    the past or the declared total, where the run is degraded for that alone: lasting, it becomes what is
    usual. `hold` says why nothing of the run may be used until a person has decided.
    """

    status: RunStatus
    reason: str
    complete: bool = False
    watch: tuple[str, ...] = ()
    hold: RunHold | None = None


def run_status(facts: RunFacts) -> RunVerdict:  # noqa: PLR0911 (a list of rules, the first that holds)
    """Return the one status of a run.

    Rules that compare with the past are silent on a first run, and the reason says so.
    """
    if facts.fault:
        return RunVerdict("failed", facts.fault)
    if facts.items + facts.duplicates + facts.suppressed == 0:
        return _nothing_read(facts)
    if facts.declared_total and not facts.mentions and not facts.results and not facts.suppressed:
        return RunVerdict("layout_changed", _unread(facts.declared_total))
    another = other_subject(facts)
    if another is not None:
        return _held(another)
    interrupted = [*_interruptions(facts), *_unread_half(facts)]
    fallen = falls(facts)
    if interrupted or fallen:
        watch = () if interrupted else tuple(fallen)
        return RunVerdict("degraded", "; ".join([*interrupted, *fallen.values()]), watch=watch)
    if facts.says_empty and not facts.mentions and not facts.suppressed and facts.says_empty >= facts.pages:
        return RunVerdict("empty", facts.remark or EMPTY)
    return RunVerdict("ok", _remark(facts), complete=_enumerated(facts))


def _nothing_read(facts: RunFacts) -> RunVerdict:  # noqa: PLR0911 (a list of rules, the first that holds)
    answered = facts.says_empty or facts.not_modified
    if facts.problems and answered:
        return RunVerdict("degraded", "; ".join(_interruptions(facts)))
    if facts.problems:
        kinds = {
            problem.kind if problem.first or problem.kind != "gone" else "layout"
            for problem in facts.problems
        }
        status = next(status for group, status in STATUS_OF if kinds & group)
        return RunVerdict(status, "; ".join(_interruptions(facts)))
    ended = set(facts.limits) - {"pages"}
    if ended:
        status = "blocked" if ended == {"budget"} else "failed"
        return RunVerdict(status, f"{'; '.join(_interruptions(facts))}, before anything was read")
    if facts.declared_total:
        return RunVerdict("layout_changed", _unread(facts.declared_total))
    if facts.unreadable:
        found = f"none of {facts.unreadable} things found could be read as an item"
        return RunVerdict("layout_changed", f"{found} ({_tally(facts.rejected)})")
    if facts.says_empty:
        return _says_empty(facts)
    if facts.not_modified:
        return RunVerdict("ok", "not modified since the last run")
    if facts.pages == 0:
        return RunVerdict("failed", "no page was fetched: the source asked for none")
    return RunVerdict("layout_changed", "no item was found and the page does not say that there is none")


def _says_empty(facts: RunFacts) -> RunVerdict:
    another, fallen = other_subject(facts), falls(facts)
    if another is not None:
        return _held(another)
    if fallen:
        return RunVerdict("degraded", "; ".join(fallen.values()), watch=tuple(fallen))
    return RunVerdict("empty", facts.remark or EMPTY)


def _held(another: str) -> RunVerdict:
    return RunVerdict("layout_changed", another, hold=RunHold(kind="another_subject", detail=another))


def _interruptions(facts: RunFacts) -> list[str]:
    named = [f"{problem.detail} ({problem.page})" for problem in facts.problems[:NAMED_PROBLEMS]]
    if facts.problem_count > len(named):
        named.append(f"and {facts.problem_count - len(named)} more pages")
    words = {
        "pages": "more pages were left than fetch.max_pages allows: raise it, unless the listing is not that "
        "long and its pager leads in a circle",
        "time": f"ended at fetch.max_minutes{_asked_pace(facts)}",
        "memory": "ended at fetch.max_memory_mb",
        "stopped": "stopped by the operator",
        "budget": f"the key's budget is spent ({facts.exhausted}): the rest comes when it is renewed",
    }
    looped = "a page led back to what was read already (by its token or its mentions): the rest was not read"
    if not facts.past.runs:
        named = [each.replace(CHANGED, FIRST) for each in named]
    return [*named, *(words[limit] for limit in sorted(facts.limits)), *[looped][: facts.loops]]


def _asked_pace(facts: RunFacts) -> str:
    """Return the pace that robots.txt asks for, where it is slow enough to make a run end; else nothing."""
    if facts.crawl_delay < SLOW_PACE:
        return ""
    return f": its robots.txt asks for {facts.crawl_delay:g} s between two requests (Crawl-delay)"


def _unread_half(facts: RunFacts) -> list[str]:
    found = facts.unreadable + facts.items + facts.duplicates + facts.suppressed
    return [] if facts.unreadable < UNREAD_SHARE * found else [_unread_words(facts)]


def _unread_words(facts: RunFacts) -> str:
    """Return how much of what was found could not be read, and why; nothing where all of it was."""
    if not facts.unreadable:
        return ""
    found = facts.unreadable + facts.items + facts.duplicates + facts.suppressed
    why = {reason: count for reason, count in facts.rejected.items() if reason not in HARMLESS}
    return f"{facts.unreadable} of {found} things found could not be read ({_tally(why)})"


def _enumerated(facts: RunFacts) -> bool:
    if facts.since or facts.unfinished or facts.not_modified or facts.rejected.get(INCOMPLETE, 0):
        return False
    return not facts.declared_total or facts.accounted_for >= ENUMERATED * facts.declared_total


def _remark(facts: RunFacts) -> str:
    remarks = [facts.remark, _unread_words(facts), _consent(facts)]
    if not facts.past.runs:
        remarks.append("no past to compare with: no good collection came before")
    elif facts.not_modified:
        remarks.append("some pages were not modified since the last run")
    return "; ".join(filter(None, remarks))


def _consent(facts: RunFacts) -> str:
    """Return that the consent which tokens are made from ends soon, where it does; else nothing."""
    left = facts.consent_ends_in
    if left is None or left > CONSENT_ENDS_SOON:
        return ""
    return f"the account's consent ends in {left.days} days: give it again, and put in the new refresh token"


def _unread(declared: int) -> str:
    return f"the site declares {declared} items but none was read"


def _tally(rejected: Mapping[str, int]) -> str:
    """Return how often each reason was given, in words."""
    words = catalogue("en", "commands")
    return ", ".join(f"{words.text(f'rejected.{reason}')}: {n}" for reason, n in sorted(rejected.items()))
