"""An index rebuilt from what is kept is the one that grew, to the byte; nothing is inferred again."""

from datetime import timedelta

import pytest

from enrichment.run import Enricher
from ouidire.errors import IndexUnavailable
from ouidire.index import Query
from ouidire.state.items import count_live
from search.sqlite.index import SqliteIndex
from service.demo import crawl_time
from service.pipeline.collect.import_pages import reparsable, reparse
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.linking import link_duplicates
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.forget import erase, retain
from service.pipeline.run_due import run_due
from tests.support.pipeline_chain import configuration, documents, listing, query


@pytest.fixture
def eight_weeks(chain):
    """Eight weeks of everything that needs no browser, then a reparse, an erasure, and 200 days
    later a retention pass."""
    data = configuration(recipient=[])
    data["source"] += [query("meilleure jardinerie lyon", "category"), listing("terre-folle", "terre-folle")]
    data["source"].append(
        {
            **listing("carnet"),
            "params": {"url": "http://carnet-vert.example/marques/pousse-et-compagnie", "expect": "reviews"},
        }
    )
    played = chain(data)
    for week in range(1, 9):
        done = played.week(week)
        assert done.problems == ()
    installation = played.open(8, after=timedelta(hours=1))
    for run in reparsable(installation, since=crawl_time(7)):
        reparse(installation, run)
        ingest_waiting(installation)
    link_duplicates(installation)
    (victim,) = [
        row["id"]
        for row in installation.index.scan(Query(), ["id", "native_id"])
        if row["native_id"].endswith("AJ-LYO-1123")
    ]
    assert erase(installation, item_id=victim).mentions == 1
    installation.close()
    installation = played.open(8, after=timedelta(days=200))
    done = run_due(installation)
    assert done.problems == ()
    assert done.forgotten.pages > 100
    yield installation
    installation.close()


def test_rebuilt_is_what_grew(eight_weeks, monkeypatch):
    def asked(_, batch):
        assert not batch, "an analyser was asked for what was said already"
        return []

    monkeypatch.setattr(Enricher, "annotate", asked)
    installation = eight_weeks
    grown = documents(installation.index)
    kinds = {kind for kind, _ in grown}
    assert kinds == {"mention", "search_result", "run", "event", "measure"}
    assert len(grown) > 700
    assert {each["name"] for (kind, _), each in grown.items() if kind == "measure"} >= {
        "rating_shown",
        "nps_anchored",
        "positive",
        "volume",
        "driver_nps",
    }
    counted = installation.index.status()
    rebuilt = rebuild(installation)
    assert documents(installation.index) == grown
    assert rebuilt.counts == counted.counts
    assert rebuilt.tombstones["mention"] == counted.tombstones["mention"] == 1
    again = rebuild(installation)
    assert again == rebuilt
    assert documents(installation.index) == grown


def test_a_rebuild_that_does_not_count_up_changes_nothing(eight_weeks, monkeypatch):
    installation = eight_weeks
    grown = documents(installation.index)
    real = SqliteIndex._fill

    def short(index, built, listed, tombstones):
        return real(index, built, list(listed)[10:], tombstones)

    monkeypatch.setattr(SqliteIndex, "_fill", short)
    with pytest.raises(IndexUnavailable, match="the old one is kept"):
        rebuild(installation)
    monkeypatch.undo()
    assert documents(installation.index) == grown


def test_after_retention_of_mentions_the_rest_is_still_there(eight_weeks):
    """What is older than keep_items_days goes everywhere; averages, results pages and runs stay,
    and a rebuild agrees."""
    installation = eight_weeks
    later = type(installation)(
        installation.settings.model_copy(
            update={"harvest": installation.settings.harvest.model_copy(update={"keep_items_days": 1})}
        ),
        now=installation.clock() + timedelta(days=3),
    )
    before = later.index.status().counts
    done = retain(later)
    assert done.problems == ()
    assert done.mentions == before["mention"]
    grown = documents(later.index)
    after = later.index.status().counts
    assert after["mention"] == 0
    assert {kind: after[kind] for kind in ("search_result", "run", "measure")} == {
        kind: before[kind] for kind in ("search_result", "run", "measure")
    }
    rebuild(later)
    assert documents(later.index) == grown
    for harvest in later.harvests.sealed():
        assert not any(each.item.item == "mention" for each in harvest.items())
        assert list(harvest.pages()) == []
    assert retain(later) == type(done)()
    with later.state.read() as connection:
        assert count_live(connection)["mention"] == 0
    later.close()
