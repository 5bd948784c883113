"""The chain with its state on a real PostgreSQL: what a person sees is SQLite's; a stand-by takes over."""

import shutil
from datetime import timedelta

import pytest

from ouidire.system.locks import LockHeld
from service.pipeline.run_due import run_due
from tests.support.pipeline_chain import configuration, difference, fingerprint
from tests.support.state_urls import new_schema, postgres_server

__all__ = ["postgres_server"]

WEEKS = 2
pytestmark = pytest.mark.postgres


def seen(chain, week):
    installation = chain.open(week, after=timedelta(hours=1))
    try:
        return fingerprint(installation)
    finally:
        installation.close()


@pytest.fixture
def pair(chain, postgres_server):
    """Two chains with one key, the first's state on SQLite and the second's on PostgreSQL."""
    here = chain(name="sqlite")
    there = chain(configuration(state={"url": new_schema(postgres_server)}), "postgresql")
    installation = here.open(1)
    assert installation.secret
    installation.close()
    (there.folder / "var").mkdir()
    shutil.copy(here.folder / "var" / "key", there.folder / "var" / "key")
    return here, there


def test_documents_digests_and_rows_are_those_of_sqlite(pair):
    here, there = pair
    for week in range(1, WEEKS + 1):
        assert here.week(week).problems == there.week(week).problems == ()
    shown = seen(here, WEEKS)
    assert len(shown["outbox"]) == 2 * WEEKS
    assert difference(shown, seen(there, WEEKS)) == []
    assert not (there.folder / "var" / "state.db").exists()

    installation = there.open(WEEKS, after=timedelta(hours=1))
    with installation.exclusive():
        again = run_due(installation)
    installation.close()
    assert not again.changed
    assert difference(shown, seen(there, WEEKS)) == []


def test_a_stand_by_machine_takes_over_without_a_second_mail(pair, chain):
    """The same harvests, index, key and state, another folder for its lock: as a shared disk gives them."""
    first = pair[1]
    first.week(1)
    spare = chain(first.data, "spare")
    shutil.copytree(first.folder, spare.folder, dirs_exist_ok=True)
    (spare.folder / "var" / "lock").unlink(missing_ok=True)
    before = len(list((spare.folder / "var" / "outbox").glob("*.eml")))
    assert before == 2
    at_work = first.open(1)
    with at_work.exclusive(), pytest.raises(LockHeld, match="another Ouï-dire is at work here"):
        spare.week(1)
    at_work.close()

    assert not spare.week(1).changed
    done = spare.week(2)
    assert done.problems == ()
    assert len(list((spare.folder / "var" / "outbox").glob("*.eml"))) == before + 2
