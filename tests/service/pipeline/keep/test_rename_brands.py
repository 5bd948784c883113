"""A brand under a new slug keeps its past, or the configuration is asked about it."""

from datetime import UTC, datetime

import pytest

from ouidire.errors import ConfigError, IndexUnavailable
from ouidire.mailing.delivery import DeliveryKey
from ouidire.settings.configuration import settings_from
from ouidire.state.ledger import StateLedger
from search.sqlite.index import SqliteIndex
from service.pipeline.check_configuration import check
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.rename_brands import brand_question, take_over_former_brands
from service.pipeline.run_due import process_pending
from tests.support.pipeline_chain import configuration, documents
from tests.support.readings import House, changed, moved, review, reviews

OLD, NEW = "pousse-et-compagnie", "pousse"


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def brands(*, slug=NEW, **more):
    first, *others = configuration()["brand"]
    return [{**first, "slug": slug, **more}, *others]


def slugs(installation):
    return {each for document in documents(installation.index).values() for each in document["brands"]}


def played(house):
    """Two weeks under the former slug: an edit, a withdrawal, a change that is held, a delivery."""
    house.reads(reviews(0, 20))
    house.reads([changed(review(19), text="Finalement rien n'a repris, je le regrette."), *reviews(0, 18)])
    house.reads([moved(each, 1) for each in reviews(0, 19)])
    installation = house.open()
    ledger = StateLedger(installation.state, secret=installation.secret, clock=installation.clock)
    for recipient in ("a@example.fr", "b@example.fr"):
        assert ledger.claim(key(OLD, recipient)) == "claimed"
        ledger.mark_sent(key(OLD, recipient))


def key(brand, recipient):
    return DeliveryKey(report="digest", edition="brand", brand=brand, period="2026-W10", recipient=recipient)


def test_past_mentions_events_runs_and_deliveries_are_its_own(house):
    played(house)
    before = documents(house.open().index)
    house.data = {"brand": brands(formerly=[OLD])}
    installation = house.open()
    assert take_over_former_brands(installation) == 1
    after = documents(installation.index)
    assert after == {
        name: {**each, "brands": [NEW if slug == OLD else slug for slug in each["brands"]]}
        for name, each in before.items()
    }
    assert slugs(installation) == {NEW}
    ledger = StateLedger(installation.state, secret=installation.secret, clock=installation.clock)
    assert ledger.claim(key(NEW, "a@example.fr")) == "already_sent"
    assert take_over_former_brands(installation) == 0
    rebuild(installation)
    assert documents(installation.index) == after


def test_what_was_seen_under_both_is_of_the_new_one_once(house):
    house.reads(reviews(0, 10))
    house.data = {"brand": brands()}
    house.reads(reviews(0, 12), brands=(NEW,))
    assert slugs(house.open()) == {OLD, NEW}
    house.data = {"brand": brands(formerly=[OLD])}
    assert take_over_former_brands(house.open()) == 1
    assert (slugs(house.open()), house.count(), house.events()) == ({NEW}, 12, [])
    assert house.reads(reviews(0, 12), brands=(NEW,)).counts.unchanged == 12


@pytest.mark.parametrize("point", range(1, 7))
def test_killed_at_any_write_it_is_done_by_the_next_pass(house, monkeypatch, point):
    played(house)
    house.data = {"brand": brands(formerly=[OLD])}
    real, calls = SqliteIndex.upsert, []

    def killed(index, listed):
        calls.append(1)
        if len(calls) == point:
            raise IndexUnavailable("killed")
        return real(index, listed)

    monkeypatch.setattr(SqliteIndex, "upsert", killed)
    try:
        take_over_former_brands(house.open())
    except IndexUnavailable:
        take_over_former_brands(house.open())
    installation = house.open()
    kept = documents(installation.index)
    assert slugs(installation) == {NEW}
    rebuild(installation)
    assert documents(installation.index) == kept


def asked(house):
    installation = house.open()
    return brand_question(installation.settings, installation.state)


def test_it_is_asked_until_the_configuration_answers(house):
    house.reads(reviews(0, 5))
    assert asked(house) is None
    house.data = {"brand": brands()}
    for week in range(2):
        found = asked(house)
        assert found.ours
        assert f'formerly = ["{OLD}"] in the [[brand]] of {NEW}' in found.line
        installation = house.open()
        assert found.line in check(installation.settings, now=installation.clock()).warnings
        (problem,) = process_pending(installation).problems
        assert problem.endswith("until then no digest and no alert is sent")
        house.reads(reviews(0, 6 + week), brands=(NEW,))
    house.data = {"brand": brands(formerly=[])}
    assert asked(house) is None
    house.data = {"brand": brands(formerly=[OLD])}
    assert asked(house) is None
    assert process_pending(house.open()).problems == ()
    assert slugs(house.open()) == {NEW}
    house.data = {"brand": brands()}
    assert asked(house) is None


def competitor(slug):
    return {"slug": slug, "name": slug.title(), "role": "competitor"}


def test_a_brand_more_or_less_is_no_renamed_one(house):
    house.reads(reviews(0, 5))
    house.data = {"brand": [*configuration()["brand"], competitor("nouvelle")]}
    assert asked(house) is None
    house.data = {"brand": configuration()["brand"][:1]}
    assert asked(house) is None


def test_a_competitor_in_the_place_of_another_is_none_unless_it_has_its_sources(house):
    house.reads(reviews(0, 5), entity="own.example")
    house.reads(reviews(0, 5), brands=("terre-folle",))
    own, _, _ = configuration()["brand"]
    house.data = {"brand": [own, competitor("la-serre")]}
    assert asked(house) is None
    house.reads(reviews(0, 5), brands=("la-serre",))
    found = asked(house)
    assert (found.ours, "terre-folle" in found.line) == (False, True)
    assert not process_pending(house.open()).problems[0].endswith("is sent")


@pytest.mark.parametrize("slug", ["jardins-dupont", "pousse-et-compagnie-lyon", "pousse-et-compagne"])
def test_our_only_brand_without_a_past_is_asked_about(house, slug):
    house.reads(reviews(0, 5))
    house.data = {"brand": brands(slug=slug)}
    assert asked(house).ours


@pytest.mark.parametrize("former", [[NEW], ["terre-folle"], ["avant", "avant"]])
def test_a_former_slug_is_of_one_brand_and_no_present_one(tmp_path, former):
    with pytest.raises(ConfigError, match="stands twice, or is the slug of a brand"):
        settings_from(configuration(brand=brands(formerly=former)), base=tmp_path)


def test_a_configuration_is_checked_before_there_is_a_state(tmp_path):
    settings = settings_from(configuration(brand=brands(), source=[]), base=tmp_path)
    assert not [
        each for each in check(settings, now=datetime(2026, 3, 9, tzinfo=UTC)).warnings if "formerly" in each
    ]
    assert not (tmp_path / "var" / "state.db").exists()
