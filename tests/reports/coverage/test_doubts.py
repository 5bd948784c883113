"""Sources that are told and compared as unseen while what their site changed at once is held."""

from datetime import date, timedelta

import pytest

from ouidire.documents import MeasureDocument, RunDocument
from ouidire.period import period_of
from reports.coverage.coverage import coverage
from reports.coverage.doubts import sources_in_doubt
from reports.coverage.observation import window_of
from tests.support.fake_index import FakeIndex

PERIOD = period_of("week", date(2026, 3, 2), timezone="Europe/Paris")
PERIODS = (*PERIOD.before(2), PERIOD)
NOW = PERIOD.end + timedelta(hours=7)
KEY = "schema_org:shop"
WINDOWS = tuple(window_of(each, of=PERIOD, now=NOW) for each in PERIODS)


def change(basis="held", subject="texts", at=PERIOD.start + timedelta(days=3), brands=("own",)):
    return MeasureDocument(
        id=f"{basis}-{subject}",
        revision=1,
        name="site_change",
        brands=brands,
        source="schema_org",
        source_key=KEY,
        subject=subject,
        at=at,
        value=40,
        n=40,
        basis=basis,
    )


@pytest.mark.parametrize("subject", ["texts", "ratings", "dates"])
def test_a_held_change_leaves_its_week_in_doubt(subject):
    found = sources_in_doubt(FakeIndex([change(subject=subject)]), "own", WINDOWS)
    assert found == (frozenset(), frozenset(), frozenset({KEY}))


@pytest.mark.parametrize(
    "known",
    [
        change(basis="accepted"),
        change(basis="rejected"),
        change(basis="ended"),
        change(basis="linked", subject="ids"),
        change(brands=("other",)),
        change(at=PERIODS[0].start - timedelta(days=3)),
    ],
)
def test_what_is_answered_or_anothers_does_not(known):
    assert not any(sources_in_doubt(FakeIndex([known]), "own", WINDOWS))


def test_such_a_source_is_as_one_that_was_not_seen():
    runs = [
        RunDocument(
            id=f"run-{number}",
            revision=1,
            source="schema_org",
            source_key=KEY,
            status="ok",
            started_at=each.end + timedelta(hours=5),
            finished_at=each.end + timedelta(hours=6),
            brands=("own",),
        )
        for number, each in enumerate((PERIOD.before(3)[0], *PERIODS))
    ]
    sound = coverage(FakeIndex(runs), "own", PERIODS, now=NOW)
    assert sound.broken[-1] == frozenset()
    doubtful = coverage(FakeIndex([*runs, change()]), "own", PERIODS, now=NOW)
    assert doubtful.broken == (frozenset(), frozenset(), frozenset({KEY}))
