"""How often honest noise raises an alarm, and a sudden fall does, by simulation with a fixed seed."""

import random

import pytest

from crawlers.health.comparison import falls
from crawlers.health.facts import RunFacts
from crawlers.health.past import FieldPast, SourcePast

RUNS = 8
FIELDS = ("author", "published", "rating", "text")


def listing(rng, size, *, leave, rates):
    """A whole listing over some runs: mentions leave, others come, each with its fields or without."""
    present = [fields_of(rng, rates) for _ in range(size)]
    for _ in range(RUNS):
        present = [each for each in present if rng.random() >= leave]
        present += [fields_of(rng, rates) for _ in range(rng.randrange(0, 1 + size // 8))]
        yield present


def window(rng, size, *, leave, rates):
    """A window of the latest, all new each time; `leave` has no meaning here."""
    del leave
    for _ in range(RUNS):
        yield [fields_of(rng, rates) for _ in range(size)]


def fields_of(rng, rates):
    return {name: rng.random() < rate for name, rate in zip(FIELDS, rates, strict=True)}


def judged(before, present):
    """What falls in a run, after others."""
    fields = {
        name: FieldPast(filled=sum(each[name] for run in before for each in run), n=sum(map(len, before)))
        for name in FIELDS
    }
    past = SourcePast(runs=len(before), counts=tuple(map(len, before)), fields=fields)
    counts = {name: sum(each[name] for each in present) for name in FIELDS}
    facts = RunFacts(past=past, pages=1, items=len(present), mentions=len(present))
    facts.filled.update(counts)
    facts.says_empty = int(not present)
    return falls(facts)


HONEST = [
    (form, size, leave, rates)
    for form in (listing, window)
    for size in (3, 12, 30, 120)
    for leave in (0.0, 0.02, 0.05)
    for rates in ((1.0, 1.0, 1.0, 1.0), (0.95, 1.0, 0.9, 0.7), (0.5, 0.8, 0.99, 0.3))
]


def test_honest_noise_alarms_in_at_most_one_run_of_200():
    rng = random.Random(12)
    runs = alarms = 0
    for form, size, leave, rates in HONEST * 5:
        seen = list(form(rng, size, leave=leave, rates=rates))
        for number in range(1, RUNS):
            runs += 1
            alarms += bool(judged(seen[:number], seen[number]))
    assert runs > 2_000
    assert alarms / runs <= 1 / 200, (alarms, runs)


@pytest.mark.parametrize(
    ("size", "name", "share"),
    [
        (30, "rating", 0.5),
        (30, "published", 0.65),
        (3, "rating", 0.0),
        (12, "text", 0.4),
        (120, "author", 0.8),
    ],
)
def test_a_field_that_falls_suddenly_is_noticed(size, name, share):
    rng = random.Random(12)
    seen = list(listing(rng, size, leave=0.01, rates=(1.0, 1.0, 1.0, 1.0)))
    kept = round(share * len(seen[-1]))
    broken = [{**each, name: at < kept} for at, each in enumerate(seen[-1])]
    assert set(judged(seen[:-1], broken)) == {name}


@pytest.mark.parametrize(("before", "after"), [(12, 2), (30, 16), (40, 0), (3, 0), (54, 40)])
def test_a_listing_that_shrinks_suddenly_is_noticed(before, after):
    each = dict.fromkeys(FIELDS, True)
    assert "found" in judged([[each] * before] * 3, [each] * after)


@pytest.mark.parametrize(("before", "after"), [(12, 11), (30, 28), (2, 0), (3, 1), (54, 52), (200, 196)])
def test_a_few_that_leave_are_no_fault(before, after):
    each = dict.fromkeys(FIELDS, True)
    assert judged([[each] * before] * 3, [each] * after) == {}
