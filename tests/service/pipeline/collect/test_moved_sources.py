"""A source that moved, and a place that is called otherwise, keep their past."""

from datetime import timedelta

import pytest

from crawlers.id_scheme import IdSchemes
from ouidire.errors import ConfigError, IndexUnavailable
from ouidire.items import Parsed
from ouidire.page import Page
from search.sqlite.index import SqliteIndex
from service.pipeline.check_configuration import check
from service.pipeline.collect.due import due_now
from service.pipeline.collect.moved_sources import moved_questions, take_over_places
from service.pipeline.configured_sources import configured_sources, former_entities
from service.pipeline.index.rebuild import rebuild
from service.pipeline.run_due import process_pending
from service.serve.scheduler.loop import SchedulerLoop
from tests.support.pipeline_chain import configuration, documents
from tests.support.readings import KEY, START, House, review, reviews


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def source(url, **more):
    slug = configuration()["brand"][0]["slug"]
    more = {"brands": [slug], **more}
    return {"source": "schema_org", "params": {"url": url}, **more}


def questions(house, *sources):
    house.data = {"source": list(sources)}
    installation = house.open()
    return moved_questions(configured_sources(installation.settings), installation.state)


MOVED = source("https://shop.example/avis-clients")


def test_it_is_asked_and_not_read_until_the_configuration_answers(house):
    house.reads(reviews(0, 5))
    (line,) = questions(house, MOVED).values()
    assert f'formerly = "{KEY}"' in line
    assert "5 mentions" in line
    installation = house.open()
    assert line in check(installation.settings, now=installation.clock()).warnings
    assert due_now(installation, configured_sources(installation.settings)) == {}
    assert line in process_pending(installation).problems
    house.weeks += 1
    for answer in (KEY, ""):
        assert questions(house, {**MOVED, "formerly": answer}) == {}
        installation = house.open()
        (listed,) = configured_sources(installation.settings)
        assert list(due_now(installation, [listed])) == [listed.key]
        assert (listed.key == KEY) is bool(answer)


def test_nothing_is_asked_of_a_source_that_takes_nobodys_place(house):
    house.reads(reviews(0, 5))
    assert questions(house, source("https://shop.example/"), MOVED) == {}, "what was read still is"
    assert questions(house, {**MOVED, "brands": ["terre-folle"]}) == {}
    feed = {"source": "feed", "params": {"url": "https://shop.example/rss"}}
    assert questions(house, feed) == {}
    far = [source("https://z-1.invalid/q", title="A"), source("https://y-2.test/w", title="B")]
    assert questions(house, *far) == {}


def test_a_source_that_the_service_holds_back_is_not_gone(house):
    """One that runs, or waits for its retry, is in the configuration: a new one beside it is no move."""
    house.reads(reviews(0, 5))
    house.data = {"source": [source("https://shop.example/"), MOVED]}
    installation = house.open()
    known, new = configured_sources(installation.settings)
    loop = SchedulerLoop(installation, timer=None, workers=None)
    loop._sources = {each.key: each for each in (known, new)}
    loop._retry_at = {known.key: installation.clock() + timedelta(seconds=1)}
    assert list(loop._due(installation.clock())) == [new.key]


def test_its_mentions_go_on_under_the_former_key(house):
    house.data = {"source": [{**MOVED, "formerly": KEY}]}
    installation = house.open()
    (moved,) = configured_sources(installation.settings)
    assert moved.entities == {"shop.example/avis-clients": "shop.example"}
    assert former_entities(installation.settings, "schema_org") == moved.entities
    assert former_entities(installation.settings, "feed") == {}
    page = Page(url="https://shop.example/avis-clients", body=b"", fetched_at=START)
    parsed = Parsed(items=(review(1, entity="shop.example/avis-clients"), review(2, entity="other.example")))
    schemes = IdSchemes({}, known=(), slug="schema_org", secret=b"k" * 32, entities=moved.entities)
    former = IdSchemes({}, known=(), slug="schema_org", secret=b"k" * 32)
    before = former.identify(Parsed(items=(review(1), review(2, entity="other.example"))), page)
    assert schemes.identify(parsed, page) == before


@pytest.mark.parametrize("key", ["shop.example", "feed:shop.example", "schema_org:"])
def test_a_key_of_no_such_source_is_refused(house, key):
    house.data = {"source": [{**MOVED, "formerly": key}]}
    with pytest.raises(ConfigError, match=r"source\[0\].formerly"):
        configured_sources(house.open().settings)


def places(installation):
    return {each.get("place") for each in documents(installation.index).values() if "mention_kind" in each}


def test_a_place_under_another_name_keeps_its_mentions(house, monkeypatch):
    named, unnamed = [review(9)], [review(n, place=None) for n in range(5)]
    house.reads([*named, *unnamed], place="Bordeaux")
    house.data = {"source": [source("https://shop.example/", place="Bordeaux centre")]}
    before = documents(house.open().index)
    real, calls = SqliteIndex.upsert, []

    def killed(index, listed):
        calls.append(1)
        if len(calls) == 1:
            raise IndexUnavailable("killed")
        return real(index, listed)

    monkeypatch.setattr(SqliteIndex, "upsert", killed)
    with pytest.raises(IndexUnavailable):
        take_over_places(house.open())
    installation = house.open()
    assert take_over_places(installation) == 1
    assert places(installation) == {"Lyon", "Bordeaux centre"}
    after = documents(installation.index)
    assert after == {
        key: {**each, "place": "Bordeaux centre"} if each.get("place") == "Bordeaux" else each
        for key, each in before.items()
    }
    assert take_over_places(installation) == 0
    rebuild(installation)
    assert documents(installation.index) == after
