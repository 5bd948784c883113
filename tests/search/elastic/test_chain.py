"""The whole chain on Elasticsearch: what a person sees is what SQLite gives; an outage is waited
for; moves there and back."""

import json
import shutil
from datetime import timedelta

import pytest
from elasticsearch import Elasticsearch

import crawlers.spawn
from ouidire.errors import IndexUnavailable, UsageError
from service import cli
from service.pipeline.index.move import move
from service.pipeline.index.rebuild import rebuild
from service.pipeline.run_due import run_due
from tests.search.elastic.conftest import URL, WORKER
from tests.support.fresh_elastic_index import erase
from tests.support.pipeline_chain import Chain, configuration, crawl, difference, fingerprint, installation_at

WEEKS = 2
ELSEWHERE = "http://127.0.0.1:9"
pytestmark = pytest.mark.timeout(900)


def on_elastic(**more):
    return {"backend": "elasticsearch", "url": [URL], "prefix": f"chain-{WORKER}", "patience": 5, **more}


@pytest.fixture
def chain(tmp_path, monkeypatch):
    """Makes chains: `chain(name, index)`; Elasticsearch is empty at first."""
    monkeypatch.setattr(crawlers.spawn, "run_job", crawl)
    with Elasticsearch(URL) as client:
        erase(client, f"chain-{WORKER}")
    made = []

    def make(name, index=None):
        folder = tmp_path / name
        folder.mkdir()
        made.append(Chain(folder, configuration(**({"index": index} if index else {}))))
        return made[-1]

    yield make
    for each in made:
        each.close()


def seen(chain, week, data=None):
    """Everything that a person or a program could see of a chain's installation, with another
    configuration if one is given."""
    installation = chain.open(week, after=timedelta(hours=1))
    if data is not None:
        installation.close()
        installation = installation_at(chain.folder, installation.fixed_now, site=chain.site, data=data)
    try:
        return fingerprint(installation)
    finally:
        installation.close()


def share_key(one, other):
    """Give two installations the same key: authors and recipients have the same names in both."""
    installation = one.open(1)
    assert installation.secret
    installation.close()
    (other.folder / "var").mkdir()
    shutil.copy(one.folder / "var" / "key", other.folder / "var" / "key")


def test_documents_and_digests_are_those_of_sqlite(chain):
    one, other = chain("sqlite"), chain("elastic", on_elastic())
    share_key(one, other)
    for week in range(1, WEEKS + 1):
        assert one.week(week).problems == other.week(week).problems == ()
    shown = seen(one, WEEKS)
    assert len(shown["outbox"]) == 2 * WEEKS
    assert difference(shown, seen(other, WEEKS)) == []

    installation = other.open(WEEKS, after=timedelta(hours=1))
    rebuild(installation)
    installation.close()
    assert difference(shown, seen(other, WEEKS)) == []


def test_an_outage_is_told_and_waited_for(chain, tmp_path, capsys, monkeypatch):
    played = chain("house", on_elastic())
    assert played.week(1).problems == ()
    up, played.data = played.data, configuration(index=on_elastic(url=[ELSEWHERE], patience=0.2))
    done = played.week(2)
    assert done.ingested == done.sent == ()
    assert any("cannot be reached" in each for each in done.problems)
    assert len(done.runs) >= 4, "collecting goes on"

    config = tmp_path / "house" / "ouidire.toml"
    config.write_text(
        f'[index]\nbackend = "elasticsearch"\nurl = "{ELSEWHERE}"\npatience = 0.2\n'
        '[[brand]]\nslug = "pousse-et-compagnie"\nname = "Pousse"\n'
    )
    assert cli.run(["index", "status", "--config", str(config), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["waiting_runs"] == len(done.runs)
    assert "cannot be reached" in told["problem"]

    played.data = up
    later = played.open(2, after=timedelta(hours=2))
    with later.exclusive():
        done = run_due(later)
    later.close()
    assert done.problems == ()
    assert len(done.ingested) == told["waiting_runs"]
    assert {each.outcome for each in done.sent} == {"sent"}


def test_a_move_there_and_back(chain):
    played = chain("house")
    for week in (1, 2):
        assert played.week(week).problems == ()
    shown = seen(played, 2)
    there = configuration(index={**on_elastic(), "backend": "sqlite"})
    installation = installation_at(played.folder, None, site=played.site, data=there)
    with pytest.raises(UsageError, match="on sqlite already"):
        move(installation, "sqlite")
    moved = move(installation, "elasticsearch")
    assert moved.counts["mention"] > 50
    again = move(installation, "elasticsearch")
    assert again == moved
    installation.close()
    assert difference(shown, seen(played, 2, configuration(index=on_elastic()))) == []

    back = installation_at(
        played.folder, None, site=played.site, data=configuration(index=on_elastic(path="other.db"))
    )
    returned = move(back, "sqlite")
    assert returned.checksums == moved.checksums
    back.close()
    assert difference(shown, seen(played, 2, configuration(index={"path": "other.db"}))) == []


def test_a_move_that_does_not_compare_is_told(chain, monkeypatch):
    played = chain("house")
    played.week(1)
    installation = installation_at(
        played.folder, None, site=played.site, data=configuration(index={**on_elastic(), "backend": "sqlite"})
    )
    assert installation.index.status().backend == "sqlite"
    target = installation.index_on("elasticsearch")
    scan = target.scan

    def forgetful(query, fields):
        rows = scan(query, fields)
        next(rows, None)
        yield from rows

    monkeypatch.setattr(target, "scan", forgetful)
    monkeypatch.setattr(installation, "index_on", lambda _: target)
    with pytest.raises(IndexUnavailable, match="differs"):
        move(installation, "elasticsearch")
    installation.close()
