"""A digest's metrics kept as measure documents: each week by itself, the same again, after a rebuild too."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.clock import StatedDate
from ouidire.index import Query, Term
from ouidire.mention import Mention, Rating
from ouidire.period import last_full_period
from ouidire.settings.configuration import settings_from
from ouidire.state.measured import require_measuring
from ouidire.state.runs import begin_run
from reports.samples import BRANDS, NOW
from reports.samples import documents as sample
from service.pipeline.index.rebuild import rebuild
from service.pipeline.installation import Installation
from service.pipeline.keep.forget import erase
from service.pipeline.report.digests import digest_context, edition_of
from service.pipeline.report.kept_measures import measure_due
from service.pipeline.run_due import process_pending, run_due
from tests.support.pipeline_chain import configuration, documents, harvested, listing

BRAND = "pousse-et-compagnie"
WEEKS = 2


@pytest.fixture
def played(chain):
    """Two weeks of the small chain with one more listing, in which drivers are found."""
    data = configuration()
    data["source"].append(listing("pousse-et-compagnie"))
    made = chain(data)
    for week in range(1, WEEKS + 1):
        assert made.week(week).problems == ()
    return made


@pytest.fixture
def installation(played):
    opened = played.open(WEEKS, after=timedelta(hours=1))
    yield opened
    opened.close()


def last_week(installation):
    return last_full_period("week", installation.clock(), timezone=installation.settings.timezone)


def measures(installation):
    """Measure documents but those of sites and themes, by first day of their week (UTC), name, subject."""
    found = {}
    for (kind, _), document in documents(installation.index).items():
        if kind == "measure" and document["period_start"] and "theme" not in document["name"]:
            found[document["period_start"][:10], document["name"], document["subject"]] = document
    return found


def first_day(week):
    return week.start.date().isoformat()


def told(installation, week):
    """What a digest of a week says now: name and subject → figure."""
    context = digest_context(
        installation, week, edition=edition_of(installation.settings.editions["brand"], BRAND)
    )
    drivers = {
        (f"driver_{driven.key}", each.code): each
        for driven in context.experience.driven
        for each in driven.found.drivers
    }
    return {(key, None): reading.figure for key, reading in context.metrics.items()} | drivers


def test_a_pass_keeps_what_the_digest_says(installation):
    week = last_week(installation)
    kept = measures(installation)
    assert {start for start, *_ in kept} == {first_day(each) for each in (*week.before(1), week)}
    said = told(installation, week)
    assert any(name.startswith("driver_") for name, _ in said)
    mine = {
        (name, subject): each for (start, name, subject), each in kept.items() if start == first_day(week)
    }
    assert mine.keys() == said.keys()
    for key, figure in said.items():
        found = mine[key]
        assert (found["value"], found["low"], found["high"]) == pytest.approx(
            (figure.value, figure.low, figure.high), abs=1e-8
        ), key
        assert found["n"] == (figure.n_coded if key[0].startswith("driver_") else figure.n)


def test_again_is_nothing_and_a_late_one_moves_only_what_it_touches(installation):
    before = measures(installation)
    assert measure_due(installation) == 0
    assert anew(installation) == 1, "a week that ended before anything was collected is not looked back on"
    assert measures(installation) == before

    week = last_week(installation)
    late = Mention(
        entity="shop.example",
        native_id="late",
        kind="review",
        url="https://shop.example/late",
        text="Livraison en retard, personne ne répond.",
        rating=Rating(value=1, best=5),
        published=StatedDate(at=week.end - timedelta(hours=30), precision="second"),
    )
    harvested(installation, [late])
    with installation.exclusive():
        assert process_pending(installation).problems == ()
    after = measures(installation)
    moved = {key: each for key, each in after.items() if each != before.get(key)}
    assert {start for start, *_ in moved} == {first_day(week)}, "earlier weeks stay as they were told"
    volume = after[first_day(week), "volume", None]
    assert (volume["n"], volume["revision"]) == (before[first_day(week), "volume", None]["n"] + 1, 2)
    assert after[first_day(week), "first_page", None]["revision"] == 1, (
        "what it does not touch keeps its revision"
    )

    rebuild(installation)
    assert measures(installation) == after


def test_an_erasure_is_measured_too(installation):
    week = last_week(installation)
    about = Query(where=(Term(field="brands", any_of=(BRAND,)),))
    rows = installation.index.scan(about, ["id", "period_at", "duplicate_of"])
    victim = next(
        row["id"] for row in rows if week.start <= row["period_at"] < week.end and row["duplicate_of"] is None
    )
    before = measures(installation)[first_day(week), "volume", None]
    with installation.exclusive():
        assert erase(installation, item_id=victim).mentions == 1
        assert run_due(installation).problems == ()
    assert measures(installation)[first_day(week), "volume", None]["n"] == before["n"] - 1


@pytest.fixture
def made_up(tmp_path):
    """An installation whose index holds a made-up week in which much drives NPS."""
    opened = Installation(
        settings_from({"brand": [each.model_dump() for each in BRANDS]}, base=tmp_path), now=NOW
    )
    assert opened.secret, "the key, then the state, before the index: one without them was lost"
    with opened.state.begin() as connection:
        begin_run(
            connection,
            run_id="r",
            kind="collect",
            source="feed",
            source_key="feed:x",
            entity="x",
            brands=("pousse",),
            place=None,
            query_kind=None,
            full=True,
            now=datetime(2026, 3, 2, tzinfo=UTC),
        )
    opened.index.ensure()
    opened.index.upsert(sample("busy"))
    yield opened
    opened.close()


def drivers(installation):
    return {
        key: each["revision"] for key, each in measures(installation).items() if key[1].startswith("driver_")
    }


def anew(installation):
    with installation.state.begin() as connection:
        require_measuring(connection)
    return measure_due(installation)


def test_a_driver_that_is_none_any_more_is_gone_and_may_come_back(made_up):
    installation = made_up
    assert measure_due(installation) == 1
    found = drivers(installation)
    assert found
    assert set(found.values()) == {1}
    mentions = [each for each in sample("busy") if each.kind == "mention"]
    installation.index.upsert(
        [
            each.model_copy(update={"revision": 2, "aspect_names": (), "aspect_polarity": ()})
            for each in mentions
        ]
    )
    assert anew(installation) == 1
    assert drivers(installation) == {}
    assert installation.index.status().tombstones["measure"] == len(found)

    rebuilt = rebuild(installation)
    assert rebuilt.tombstones["measure"] == len(found)
    assert drivers(installation) == {}

    installation.index.upsert([each.model_copy(update={"revision": 3}) for each in mentions])
    assert anew(installation) == 1
    assert drivers(installation) == dict.fromkeys(found, 3)
