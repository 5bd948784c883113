"""Periods as they were known after the same delay, and sources too seldom read to be compared."""

from datetime import date, timedelta

from ouidire.documents import MentionDocument
from ouidire.period import period_of
from reports.builders.period_sums import PeriodSums
from reports.builders.source_sums import KnownThen, read_sources
from reports.coverage.coverage import Coverage, window_of
from reports.data.scope import Scope
from tests.support.fake_index import FakeIndex

PERIOD = period_of("week", date(2026, 3, 2), timezone="Europe/Paris")
NOW = PERIOD.end + timedelta(hours=7)
PERIODS = (*PERIOD.before(3), PERIOD)


def mention(number, period, *, seen, key="trustpilot:own"):
    return MentionDocument(
        id=f"{key}-{period.key}-{number}",
        revision=1,
        mention_kind="review",
        source=key.partition(":")[0],
        source_key=key,
        site="a.example",
        entity="own",
        run_id="r",
        brands=("own",),
        period_at=period.start + timedelta(days=2),
        first_seen_at=seen,
    )


def counts(documents, **options):
    known = KnownThen(PERIODS, now=NOW, **options)
    read = read_sources(FakeIndex(documents), (), PERIODS, known)
    return [{key: bucket.n for key, bucket in week.items()} for week in read]


def test_a_past_week_counts_what_was_known_of_it_on_its_monday():
    first, *_ = PERIODS
    on_its_monday = first.end + timedelta(hours=7)
    found = counts(
        [
            mention(1, first, seen=first.start + timedelta(days=3)),
            mention(2, first, seen=on_its_monday),
            mention(3, first, seen=on_its_monday + timedelta(seconds=1)),
            mention(4, first, seen=NOW),  # a backfill made since
            mention(5, PERIOD, seen=NOW),
        ]
    )
    assert found == [{"trustpilot:own": 2}, {}, {}, {"trustpilot:own": 1}]


def test_files_count_as_they_stand():
    first, *_ = PERIODS
    late = [mention(1, first, seen=NOW), mention(2, first, seen=NOW, key="survey_file:own")]
    assert counts(late, read_otherwise=("survey_file:own",))[0] == {"survey_file:own": 1}


def coverage(broken):
    windows = tuple(window_of(period, of=PERIOD, now=NOW) for period in PERIODS)
    return Coverage(
        periods=PERIODS,
        windows=windows,
        broken=tuple(frozenset(keys) for keys in broken),
        since={"new": windows[1].end - timedelta(days=1)},
        keys=frozenset({"monthly", "daily", "new"}),
        sources={},
        runs=(),
        marked=(),
    )


def test_a_source_seen_in_fewer_than_half_of_the_weeks_is_no_series():
    seen = coverage([{"monthly", "daily"}, {"monthly"}, {"new"}, ()])
    assert seen.seldom_seen == {"monthly"}
    assert coverage([{"new"}, {"new"}, {"new"}, ()]).seldom_seen == {"new"}
    assert coverage([(), (), (), ()]).seldom_seen == frozenset()


def test_a_week_without_one_source_still_serves_for_the_others():
    """The forum began two weeks ago and was broken once; the shop's 26 weeks all count for the shop."""
    periods = (*PERIOD.before(26), PERIOD)
    windows = tuple(window_of(period, of=PERIOD, now=NOW) for period in periods)
    broken = [frozenset[str]() for _ in periods]
    broken[23] = frozenset({"forum:own"})
    seen = Coverage(
        periods=periods,
        windows=windows,
        broken=tuple(broken),
        since={"forum:own": windows[20].end - timedelta(days=1)},
        keys=frozenset({"shop:own", "forum:own"}),
        sources={},
        runs=(),
        marked=tuple(broken),
    )
    documents = [
        mention(number, period, seen=period.end, key=key).model_copy(
            update={"delight": 0.9 if number % 3 else 0.1}
        )
        for period in periods
        for number in range(6)
        for key in ("shop:own", "forum:own")
    ]
    sums = PeriodSums(FakeIndex(documents), Scope(brand="own"), seen, now=NOW)
    assert sums.usable == (False,) * 20 + (True,) * 3 + (False,) + (True,) * 2
    moved = sums.change("delight", bounds=(0.0, 1.0))
    assert moved is not None
    assert (moved.weeks, moved.n_before) == (26, 26 * 6 + 5 * 6)


def test_the_last_weeks_of_a_coverage():
    seen = coverage([{"monthly"}, (), {"new"}, ()])
    last = seen.latest(1)
    assert last.periods == PERIODS[-2:]
    assert last.broken == (frozenset({"new"}), frozenset())
    assert seen.latest(8) == seen
