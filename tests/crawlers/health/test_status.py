"""The status of a run as a table: one line for each rule."""

import re

import pytest

from crawlers.engine.outcomes import IGNORED, KINDS
from crawlers.health.facts import CrawlProblem, ProblemKind, RunFacts
from crawlers.health.past import FieldPast, SourcePast
from crawlers.health.status import STATUS_OF, run_status
from ouidire.items import STATUSES
from ouidire.text.translated import translated


def problem(kind, detail="HTTP 403", *, first=True):
    return CrawlProblem(kind=kind, page="https://avis.example/p", detail=detail, first=first)


def facts(*problems, **values):
    return RunFacts(
        **{
            "past": SourcePast(runs=1),
            "pages": 1,
            "problems": list(problems),
            "problem_count": len(problems),
            **values,
        }
    )


PAST = SourcePast(runs=3, counts=(40, 40, 40))
FULL = SourcePast(runs=3, counts=(40, 40, 40), fields={"rating": FieldPast(filled=114, n=120)})


def filled(times, n, name="rating"):
    return SourcePast(runs=2, fields={name: FieldPast(filled=times, n=n)})


def usually(*counts, **more):
    return SourcePast(runs=max(1, len(counts)), counts=counts, **more)


GOOD = {"items": 40, "mentions": 40, "filled": {"rating": 40}}
ENGLISH = re.compile(r"\b(the|was|were|is|of|and|found|could|not|no|with|at|by|usually|more)\b")
TABLE = [
    # what happened, its status, what the reason says, complete
    (facts(**GOOD), "ok", "", True),
    (facts(**GOOD, past=SourcePast()), "ok", "no past", True),
    (facts(**GOOD, since=True), "ok", "", False),
    (facts(**GOOD, unfinished=1), "ok", "", False),
    (facts(**GOOD, not_modified=1), "ok", "some pages were not modified", False),
    (facts(says_empty=1), "empty", "says that there is nothing", False),
    (facts(items=1, says_empty=1), "empty", "says that there is nothing", False),
    (facts(pages=2, items=1, says_empty=1), "ok", "", True),
    (facts(), "layout_changed", "does not say", False),
    (facts(pages=0), "failed", "asked for none", False),
    (facts(**GOOD, limits={"pages"}), "degraded", "leads in a circle", False),
    (facts(limits={"time"}, crawl_delay=86400.0), "failed", "asks for 86400 s", False),
    (facts(**GOOD, limits={"time"}, crawl_delay=1.0), "degraded", "ended at fetch.max_minutes", False),
    (facts(declared_total=12), "layout_changed", "declares 12", False),
    (facts(says_empty=1, declared_total=12), "layout_changed", "declares 12", False),
    (facts(items=1, declared_total=12), "layout_changed", "declares 12", False),
    (facts(items=1, results=1, declared_total=120_000), "ok", "", False),
    (facts(rejected={"no_text": 5}), "layout_changed", "no text: 5", False),
    (facts(rejected={"advertisement": 5}), "layout_changed", "does not say", False),
    (facts(pages=0, not_modified=2), "ok", "not modified", False),
    (facts(fault="broken"), "failed", "broken", False),
    (facts(**GOOD, fault="broken"), "failed", "broken", False),
    (facts(problem("blocked")), "blocked", "HTTP 403 (https://avis.example/p)", False),
    (facts(problem("blocked"), problem("network")), "blocked", "HTTP 403", False),
    (facts(problem("layout"), problem("gone")), "layout_changed", "", False),
    (facts(problem("network"), problem("robots")), "failed", "", False),
    (facts(problem("robots"), problem("robots")), "refused_by_robots", "", False),
    (facts(problem("robots_unreachable")), "failed", "", False),
    (facts(problem("gone")), "gone", "", False),
    (facts(problem("gone", first=False)), "layout_changed", "", False),
    (facts(problem("address")), "failed", "", False),
    (facts(problem("too_large")), "failed", "", False),
    (facts(problem("redirects")), "failed", "", False),
    (facts(problem("parser")), "failed", "", False),
    (facts(problem("browser", "Chromium not found")), "failed", "Chromium not found", False),
    (facts(problem("http")), "failed", "", False),
    (facts(problem("blocked"), says_empty=1), "degraded", "HTTP 403", False),
    (facts(problem("blocked"), not_modified=1), "degraded", "HTTP 403", False),
    (facts(problem("blocked", first=False), **GOOD), "degraded", "HTTP 403", False),
    (facts(problem("robots"), **GOOD), "degraded", "HTTP 403", False),
    (facts(**GOOD, limits=("pages",)), "degraded", "fetch.max_pages", False),
    (facts(**GOOD, limits=("memory",)), "degraded", "fetch.max_memory_mb", False),
    (facts(limits=("time",)), "failed", "before anything was read", False),
    (facts(limits=("stopped",)), "failed", "stopped by the operator", False),
    (facts(limits=("pages",)), "layout_changed", "", False),
    (facts(suppressed=3), "ok", "", True),
    (facts(**GOOD, rejected={"bad_date": 40}), "degraded", "40 of 80", False),
    (facts(**GOOD, rejected={"bad_date": 39}), "ok", "", True),
    (facts(**GOOD, rejected={"duplicate_in_page": 400}), "ok", "", True),
    (facts(**GOOD, declared_total=81), "degraded", "declares 81 but 40", False),
    (facts(**GOOD, declared_total=60), "degraded", "declares 60 but 40", False),
    (facts(**GOOD, declared_total=44), "degraded", "declares 44 but 40", False),
    (facts(**GOOD, declared_total=42), "ok", "", True),
    (facts(**GOOD, declared_total=500, since=True), "ok", "", False),
    (facts(**GOOD, past=usually(81)), "degraded", "40 found, usually 81", False),
    (facts(**GOOD, past=usually(42)), "ok", "", True),
    (facts(**GOOD, past=usually(81), enumerates=False), "ok", "", True),
    (facts(**GOOD, past=usually(81), since=True), "ok", "", False),
    (facts(items=4, mentions=4, past=usually(19)), "degraded", "4 found, usually 19", False),
    (
        facts(items=40, mentions=40, filled={"rating": 10}, past=FULL),
        "degraded",
        "rating filled in 25%",
        False,
    ),
    (
        facts(items=40, mentions=40, filled={"rating": 10}, past=SourcePast()),
        "ok",
        "",
        True,
    ),
    (
        facts(items=40, mentions=40, filled={"rating": 20}, past=FULL),
        "degraded",
        "rating filled in 50%",
        False,
    ),
    (facts(items=40, mentions=40, filled={"rating": 34}, past=FULL), "ok", "", True),
    (
        facts(items=40, mentions=40, filled={"whole_text": 3}, past=filled(118, 120, "whole_text")),
        "degraded",
        "a text of its own, shown whole, in 8% of 40 mentions, usually 98%",
        False,
    ),
    (
        facts(items=40, mentions=40, filled={"whole_text": 3}, past=filled(10, 120, "whole_text")),
        "ok",
        "",
        True,
    ),
    (
        facts(items=4, mentions=4, filled={"rating": 0}, past=filled(9, 10)),
        "ok",
        "",
        True,
    ),
    (facts(items=4, mentions=4, filled={"rating": 0}, past=filled(3, 4)), "ok", "", True),
    (facts(items=40, mentions=40, filled={"rating": 0}, past=filled(12, 120)), "ok", "", True),
    # sudden halves, in small sources too
    (facts(items=30, mentions=30, filled={"rating": 15}, past=filled(30, 30)), "degraded", "50%", False),
    (
        facts(items=30, mentions=30, filled={"published": 20}, past=filled(30, 30, "published")),
        "degraded",
        "67%",
        False,
    ),
    (facts(items=3, mentions=3, filled={"rating": 0}, past=filled(6, 6)), "degraded", "0% of 3", False),
    (facts(items=3, mentions=3, filled={"rating": 2}, past=filled(6, 6)), "ok", "", True),
    (facts(items=2, mentions=2, past=usually(12)), "degraded", "2 found, usually 12", False),
    (facts(items=16, mentions=16, past=usually(30)), "degraded", "16 found, usually 30", False),
    (facts(items=27, mentions=27, past=usually(30)), "ok", "", True),
    (facts(items=1, mentions=1, past=usually(3)), "ok", "", True),
    (facts(items=16, mentions=16, past=usually(30, 14, 33, 15, 30)), "ok", "", True),
    (facts(items=10, mentions=10, past=usually(20, 20), enumerates=False), "ok", "", True),
    (facts(items=6, mentions=6, past=usually(12, 12, 12), enumerates=False), "degraded", "usually 12", False),
    # emptiness, beside a past
    (facts(says_empty=1, past=PAST), "degraded", "there is nothing, where 40 were found before", False),
    (facts(says_empty=1, items=1, past=PAST), "degraded", "where 40 were found before", False),
    (facts(says_empty=1, past=PAST, since=True), "degraded", "where 40 were found before", False),
    (facts(says_empty=1, past=usually(3)), "degraded", "where 3 were found before", False),
    (facts(says_empty=1, past=usually(2)), "empty", "says that there is nothing", False),
    (facts(says_empty=1, past=usually(20), enumerates=False), "empty", "", False),
    (
        facts(says_empty=1, items=1, results=1, past=usually(10), enumerates=False),
        "degraded",
        "",
        False,
    ),
    (facts(items=1, past=PAST), "degraded", "0 found, usually 40", False),
    # a part is never the whole
    (facts(**GOOD, declared_total=60, past=usually(40, shares=(0.67, 0.66, 0.68))), "ok", "", False),
    (
        facts(**GOOD, declared_total=60, past=usually(40, shares=(0.99, 1.0, 1.0))),
        "degraded",
        "declares 60",
        False,
    ),
    (facts(**GOOD, declared_total=100, past=usually(40, shares=(0.4, 0.4, 0.4))), "ok", "", False),
    (facts(**GOOD, past=usually(30, 35, 40, shares=(1, 1, 1))), "degraded", "no longer declares", False),
    (facts(**GOOD, past=usually(30, 35, 39, shares=(1, 1, 1))), "ok", "", True),
    (facts(**GOOD, past=usually(30, 35, 40, shares=(1, 1))), "ok", "", True),
    (facts(items=4, mentions=4, declared_total=5), "ok", "", False),
    (facts(items=1160, mentions=1160, declared_total=1200), "ok", "", True),
    (facts(items=1160, mentions=1160, declared_total=1234), "degraded", "declares 1234", False),
    (
        facts(**GOOD, rejected={"incomplete": 1}, incomplete="entry 41"),
        "degraded",
        "1 part of the pages",
        False,
    ),
    (facts(**GOOD, rejected={"incomplete": 2}, past=SourcePast(runs=1, incomplete=2)), "ok", "", False),
    (
        facts(items=38, mentions=38, rejected={"bad_date": 2}),
        "ok",
        "2 of 40 things found could not be read (unreadable date: 2)",
        True,
    ),
    (facts(says_empty=1, rejected={"incomplete": 1}), "degraded", "could not be read whole", False),
]


@pytest.mark.parametrize(("seen", "status", "said", "complete"), TABLE)
def test_the_table(seen, status, said, complete):
    result = run_status(seen)
    assert (result.status, result.complete) == (status, complete), result.reason
    assert said in result.reason


@pytest.mark.parametrize("seen", [line[0] for line in TABLE])
def test_every_reason_of_the_code_has_its_french(seen):
    english = run_status(seen)
    given = re.compile(r"HTTP \d+|broken|Chromium not found|\([^()]*\)")
    french = translated(english.reason, "fr")
    assert not ENGLISH.search(given.sub("", french)), french
    assert (french != english.reason) == bool(given.sub("", english.reason).strip(" ;"))


@pytest.mark.parametrize("sentence", [words for *_, words in (*KINDS, *IGNORED) if words])
def test_every_outcome_of_a_request_has_its_french(sentence):
    assert translated(f"{sentence} (https://avis.example/p); and 3 more pages", "fr").startswith(
        translated(sentence, "fr")
    )
    assert not ENGLISH.search(translated(sentence, "fr"))


def test_the_table_shows_every_status_and_every_problem():
    assert {line[1] for line in TABLE} == set(STATUSES)
    kinds = {one.kind for line in TABLE for one in line[0].problems}
    assert kinds == set(ProblemKind.__args__)
    assert frozenset().union(*(group for group, _ in STATUS_OF)) == kinds


def test_many_problems_make_a_short_reason():
    listed = [problem("network", f"broke {n}") for n in range(20)]
    reason = run_status(facts(*listed, **GOOD, problem_count=300)).reason
    assert reason.count("broke") == 3
    assert reason.endswith("and 297 more pages")
