"""Seventy-two hours and both nights that change the clocks, simulated: stops, crashes and late starts."""

import gc
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from ouidire.state.runs import KILLED, list_runs
from service.pipeline.schedule import Timetable
from tests.support.simulation import Simulation

pytestmark = pytest.mark.timeout(1800)  # some minutes of work, on a machine that may be busy
PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
TIMETABLES = {
    "/nuit": {"cron": "30 2 * * *"},
    "/matin": {"cron": "0 6 * * *", "jitter": "20m"},
    "/demi-heure": {"cron": "*/30 * * * *"},
    "/heure": {"every": "1h"},
    "/six-heures": {"every": "6h", "jitter": "30m"},
}


def configuration():
    return {
        "brand": [{"slug": "pousse", "name": "Pousse & Compagnie"}],
        "source": [
            {
                "source": "feed",
                "brands": ["pousse"],
                "params": {"url": f"http://site{number}.example{path}"},
                **table,
            }
            for number, (path, table) in enumerate(TIMETABLES.items())
        ],
        "recipient": [{"address": "claire@example.fr"}, {"address": "sam@example.fr", "language": "en"}],
        "fetch": {"parallel": 4},
    }


def paris(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.fixture
def logged():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def simulate(tmp_path, monkeypatch):
    made = []

    def make(start, **options):
        made.append(Simulation(tmp_path, configuration(), start=start, monkeypatch=monkeypatch, **options))
        return made[-1]

    yield make
    for each in made:
        if each.loop is not None:
            each.kill()


def objects():
    """How many objects live: what a service that leaks has ever more of."""
    gc.collect()
    return len(gc.get_objects())


def resident():
    """The memory that this process holds, in MB."""
    told = Path("/proc/self/status")
    return int(told.read_text().partition("VmRSS:")[2].split()[0]) / 1024 if told.exists() else 0.0


def all_runs(simulation):
    with simulation.installation.state.read() as connection:
        return sorted(list_runs(connection, kind="collect"), key=lambda run: run.sequence)


def by_source(simulation):
    found = {path: [] for path in TIMETABLES}
    for run in all_runs(simulation):
        found[next(path for path in TIMETABLES if run.source_key.endswith(path))].append(run)
    return found


def mails(simulation):
    folder = simulation.settings.path(None, "outbox")
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))
    ]


def table_of(path):
    return Timetable(timezone="Europe/Paris", cron=TIMETABLES[path].get("cron"))


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_seventy_two_hours_over_a_night_that_changes_the_clocks(simulate, night, logged, record_property):
    middle = paris(f"{night}T00:00")
    start, end = middle - 36 * HOUR, middle + 36 * HOUR
    played = simulate(start)
    played.start()
    played.until(start + 24 * HOUR)
    first, held = objects(), resident()
    played.until(end)
    assert objects() - first < 1000 + 10 * len(played.crawled), "memory must not grow with time"
    record_property("memory_mb", {"after 24 hours": round(held, 1), "after 72": round(resident(), 1)})
    assert resident() - held < 12, "nor what libraries hold of their own"
    listed = by_source(played)
    for path, lasting in (("/nuit", None), ("/demi-heure", None), ("/heure", HOUR)):
        starts = [run.started_at for run in listed[path]]
        if lasting is None:
            named = Timetable(timezone="Europe/Paris", cron=TIMETABLES[path]["cron"]).times(start, end)
            assert starts == [start, *named], (
                path
            )  # what never ran is read at once, then each moment that is named, once
        else:
            assert {later - earlier for earlier, later in pairwise(starts)} == {lasting}
    local = [f"{run.started_at.astimezone(PARIS):%d %H:%M}" for run in listed["/nuit"][1:]]
    assert (
        local
        == {
            "2026-03-29": ["28 02:30", "29 03:00", "30 02:30"],
            "2026-10-25": ["24 02:30", "25 02:30", "26 02:30"],
        }[night]
    )
    assert all(run.missed == 0 for run in all_runs(played))
    assert (
        len(mails(played)) == 2 * 2
    )  # the week before at the first start, and the week that ended on this Sunday
    assert [each for each in logged if each["event"] in ("late", "runs missed", "fault")] == []
    assert all(run.ingested_at is not None for run in all_runs(played) if run.started_at < end - HOUR)


def test_stops_crashes_and_late_starts(simulate, logged):
    start = paris("2026-03-27T12:00")
    played = simulate(start)
    played.start()
    played.until(start + 5 * HOUR)
    played.stop()  # five hours down over an evening
    played.until(start + 10 * HOUR)
    played.start()
    played.until(paris("2026-03-28T02:33"))  # in the middle of the crawl of 02:30
    assert any(crawl.key.endswith("/nuit") for crawl in played.loop.view.crawls)
    played.kill()
    played.until(paris("2026-03-28T02:40"))
    played.start()
    played.until(paris("2026-03-28T20:00"))
    played.kill()
    played.until(paris("2026-03-29T09:00"))  # down over the night that skips an hour, and its 02:30
    played.start()
    played.until(paris("2026-03-30T06:50"))
    played.stop()
    played.until(paris("2026-03-30T09:15"))  # down at the hour of the digest
    played.start()
    end = paris("2026-03-30T12:00")
    played.until(end)
    listed = by_source(played)

    nights = [
        (f"{run.started_at.astimezone(PARIS):%d %H:%M}", run.reason == KILLED, run.missed)
        for run in listed["/nuit"]
    ]
    assert nights == [
        ("27 12:00", False, 0),
        ("28 02:30", True, 0),
        ("28 02:40", False, 0),
        (
            "29 09:00",
            False,
            0,
        ),  # what did not exist, 02:30, is done late; nothing was missed: it is that day's one run
        ("30 02:30", False, 0),
    ]
    halves = Timetable(timezone="Europe/Paris", cron="*/30 * * * *").times(start, end)
    served = {run.due_at for run in listed["/demi-heure"] if run.reason != KILLED and run.due_at in halves}
    missed = sum(run.missed for run in listed["/demi-heure"] if run.reason != KILLED)
    assert len(served) + missed == len(halves)
    assert missed > 20
    assert (
        sum(
            each["missed"]
            for each in logged
            if each["event"] == "runs missed" and each["key"].endswith("/demi-heure")
        )
        == missed
    )
    for runs in listed.values():
        assert all(later.started_at >= earlier.started_at for earlier, later in pairwise(runs))
        assert not [run for run in runs if run.status == "running"]

    sent = mails(played)
    told = [(each["To"], each["Subject"]) for each in sent]
    assert len(told) == len(set(told)) == 4
    last = [each for each in sent if "30" in str(each["Date"].datetime.astimezone(PARIS).day)]
    assert {f"{each['Date'].datetime.astimezone(PARIS):%H}" for each in last} == {"09"}
    french = (
        next(each for each in last if each["To"] == "claire@example.fr").get_body(("plain",)).get_content()
    )
    assert "Lectures prévues qui n’ont pas eu lieu, rattrapées depuis" in " ".join(french.split())
    late = {each["job"] for each in logged if each["event"] == "late"}
    assert "report" in late
    assert "retention" in late


def test_digests_missed_while_nothing_ran_are_named_in_the_next_one_and_in_the_log(simulate, logged):
    played = simulate(paris("2026-03-05T12:00"))
    played.start()
    played.until(paris("2026-03-07T12:00"))
    first = len(mails(played))
    played.kill()  # down over two Mondays
    played.until(paris("2026-03-18T10:00"))
    played.start()
    played.until(paris("2026-03-20T12:00"))
    late = [each for each in mails(played) if f"{each['Date'].datetime.astimezone(PARIS):%d %H}" == "18 10"]
    assert len(mails(played)) - first == len(late) == 2  # last week's, late; never the week before's
    said = {each["To"]: " ".join(each.get_body(("plain",)).get_content().split()) for each in late}
    assert (
        "Le bilan précédent n’est pas parti : du lundi 2 au dimanche 8 mars 2026."
        in said["claire@example.fr"]
    )
    assert (
        "The digest before this one was not sent: Monday 2 to Sunday 8 March 2026." in said["sam@example.fr"]
    )
    told = [each for each in logged if each["event"] == "digests missed"]
    assert [(each["brand"], each["period"], each["missed"]) for each in told] == [
        ("pousse", "2026-W11", ["2026-W10"])
    ]
    played.until(paris("2026-03-23T12:00"))
    after = [each for each in mails(played) if f"{each['Date'].datetime.astimezone(PARIS):%d}" == "23"]
    assert len(after) == 2
    assert not any("n’est pas parti" in each.get_body(("plain",)).get_content() for each in after)


def test_the_digest_waits_for_what_was_due_before_it_but_not_for_ever(simulate):
    start = paris("2026-03-26T12:00")
    played = simulate(start, lasting=timedelta(minutes=12))
    played.start()
    played.until(paris("2026-03-30T06:30"))
    before = len(mails(played))
    played.lasting = timedelta(hours=9)  # the crawls of 07:00 hang
    played.until(paris("2026-03-30T07:55"))
    assert len(mails(played)) == before
    played.until(paris("2026-03-30T08:10"))
    assert len(mails(played)) == before + 2


def test_what_failed_is_tried_again_after_an_hour(simulate):
    start = paris("2026-03-26T01:00")
    failing = lambda key, now: key.endswith("/nuit") and now < paris("2026-03-26T05:00")  # noqa: E731
    played = simulate(start, failing=failing)
    played.start()
    played.until(paris("2026-03-26T12:00"))
    assert [
        (f"{run.started_at.astimezone(PARIS):%H:%M}", run.status) for run in by_source(played)["/nuit"]
    ] == [
        ("01:00", "failed"),
        ("02:00", "failed"),
        ("02:30", "failed"),
        ("03:30", "failed"),
        ("04:30", "failed"),
        ("05:30", "empty"),
    ]


def test_a_clock_that_jumps_ahead_and_back_delays_nothing(simulate, logged):
    played = simulate(paris("2026-03-05T12:00"))
    played.start()
    played.until(paris("2026-03-05T14:10"))
    played.now = paris("2031-01-06T07:00")
    played.loop.show_life()
    played.fire()
    while played.events:
        played.happen()
    before = len(played.crawled)
    played.now = paris("2026-03-05T14:20")
    played.loop.show_life()
    played.fire()
    played.until(paris("2026-03-05T16:20"))
    again = [(key, at) for key, at in played.crawled[before:] if key.endswith("/heure")]
    assert [f"{at.astimezone(PARIS):%d %H:%M}" for _, at in again] == ["05 14:20", "05 15:20", "05 16:20"]
    assert {key for key, _ in played.crawled[before:]} == {key for key, _ in played.crawled[:before]}
    told = [each["reason"] for each in logged if each["event"] == "not done"]
    assert len(told) == len(TIMETABLES)
    assert all("dated in the future" in reason for reason in told)
