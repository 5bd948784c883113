"""What was lost is never taken for a first use."""

import pytest

from ouidire.errors import ConfigError, StateError
from service.pipeline.run_due import process_pending, run_due
from tests.support.pipeline_chain import configuration, listing


@pytest.fixture
def played(chain):
    made = chain(dict(configuration(), source=[listing("pousse-et-compagnie-lyon")]))
    made.week(2)
    return made


def closed(played):
    installation = played.open(2)
    installation.close()
    return installation.settings.path(None, "")


@pytest.mark.parametrize("empty", [False, True])
def test_a_lost_state_stops_with_what_to_do_and_sends_nothing(played, empty):
    data = closed(played)
    for path in data.glob("state.db*"):
        path.unlink()
    if empty:
        (data / "state.db").touch()
    mails = len(list((data / "outbox").glob("*.eml")))
    with pytest.raises(StateError, match="ouidire restore"):
        run_due(played.open(2))
    (problem,) = process_pending(played.open(2)).problems
    assert "ouidire restore" in problem
    assert len(list((data / "outbox").glob("*.eml"))) == mails
    assert not (data / "state.db").exists() or (data / "state.db").stat().st_size == 0


def test_an_index_without_harvests_is_no_loss(played):
    """A command that reads makes an empty index, before anything was collected."""
    data = closed(played)
    data.rename(data.with_name("elsewhere"))
    installation = played.open(2)
    assert installation.index.status().counts.get("mention", 0) == 0
    with installation.state.read():
        pass


def test_a_lost_key_stops_with_what_to_do(played):
    data = closed(played)
    (data / "key").unlink()
    with pytest.raises(ConfigError, match="ouidire restore"):
        _ = played.open(2).secret
    assert not (data / "key").exists()


def test_a_first_use_makes_both(played):
    data = closed(played)
    data.rename(data.with_name("elsewhere"))
    installation = played.open(2)
    assert installation.secret
    with installation.state.read():
        pass
