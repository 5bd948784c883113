"""The status of a run as a table: one line for each rule."""

import pytest

from crawlers.health import STATUS_OF, CrawlProblem, ProblemKind, RunFacts, run_status
from ouidire.items import STATUSES


def problem(kind, detail="HTTP 403", *, first=True):
    return CrawlProblem(kind=kind, page="https://avis.example/p", detail=detail, first=first)


def facts(*problems, **values):
    return RunFacts(**{"pages": 1, "problems": list(problems), "problem_count": len(problems), **values})


GOOD = {"items": 40, "mentions": 40, "filled": {"rating": 40}}
TABLE = [
    # what happened, its status, what the reason says, complete
    (facts(**GOOD), "ok", "", True),
    (facts(**GOOD, first_run=True), "ok", "no past", True),
    (facts(**GOOD, since=True), "ok", "", False),
    (facts(**GOOD, unfinished=1), "ok", "", False),
    (facts(**GOOD, not_modified=1), "ok", "some pages were not modified", False),
    (facts(says_empty=1), "empty", "says that there is nothing", False),
    (facts(items=1, says_empty=1), "empty", "says that there is nothing", False),
    (facts(pages=2, items=1, says_empty=1), "ok", "", True),
    (facts(), "layout_changed", "does not say", False),
    (facts(pages=0), "failed", "asked for none", False),
    (facts(declared_total=12), "layout_changed", "declares 12", False),
    (facts(says_empty=1, declared_total=12), "layout_changed", "declares 12", False),
    (facts(items=1, declared_total=12), "layout_changed", "declares 12", False),
    (facts(items=1, results=1, declared_total=120_000), "ok", "", False),
    (facts(rejected={"no_text": 5}), "layout_changed", "no_text 5", False),
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
    (facts(**GOOD, declared_total=60), "ok", "", False),
    (facts(**GOOD, declared_total=44), "ok", "", True),
    (facts(**GOOD, declared_total=500, since=True), "ok", "", False),
    (facts(**GOOD, usual_items=81), "degraded", "40 items, usually 81", False),
    (facts(**GOOD, usual_items=80), "ok", "", True),
    (facts(**GOOD, usual_items=81, first_run=True), "ok", "no past", True),
    (facts(**GOOD, usual_items=81, since=True), "ok", "", False),
    (facts(items=4, mentions=4, usual_items=19), "ok", "", True),
    (
        facts(items=40, mentions=40, filled={"rating": 10}, usual_fill={"rating": 0.95}),
        "degraded",
        "rating filled in 25%",
        False,
    ),
    (
        facts(items=40, mentions=40, filled={"rating": 10}, usual_fill={"rating": 0.95}, first_run=True),
        "ok",
        "",
        True,
    ),
    (facts(items=40, mentions=40, filled={"rating": 20}, usual_fill={"rating": 0.95}), "ok", "", True),
    (facts(items=4, mentions=4, filled={"rating": 0}, usual_fill={"rating": 0.9}), "ok", "", True),
    (facts(items=40, mentions=40, filled={"rating": 0}, usual_fill={"rating": 0.1}), "ok", "", True),
]


@pytest.mark.parametrize(("seen", "status", "said", "complete"), TABLE)
def test_the_table(seen, status, said, complete):
    result = run_status(seen)
    assert (result.status, result.complete) == (status, complete), result.reason
    assert said in result.reason


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
