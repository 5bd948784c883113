"""Recovery of a lost state: what harvests and index hold comes back, and nothing is sent twice."""

import shutil

import pytest

from ouidire.errors import ConfigError, StateError
from ouidire.state.marks import RECOVERING, set_mark
from ouidire.state.suppressions import suppressed
from ouidire.state.tables import deliveries, items, runs
from service.pipeline.installation import Installation
from service.pipeline.keep import recover
from service.pipeline.keep.forget import erase
from service.pipeline.keep.recover import plan_recovery, recover_state, renew_key
from service.pipeline.run_due import run_due
from tests.support.pipeline_chain import configuration, documents, listing, mails


@pytest.fixture
def played(chain):
    made = chain(dict(configuration(), source=[listing("pousse-et-compagnie-lyon")]))
    made.week(2)
    made.week(3)
    return made


def opened(played, *, recovering=False):
    first = played.open(3)
    return Installation(first.settings, now=first.fixed_now, recovering=recovering)


def lose(played, how):
    data = opened(played).settings.path(None, "")
    if how == "gone":
        for path in data.glob("state.db*"):
            path.unlink()
    else:
        (data / "state.db").write_bytes(b"\x17" * 20_000)
    return data


def rows(installation, table):
    with installation.state.read() as connection:
        return [dict(row._mapping) for row in connection.execute(table.select())]


def recovered(played):
    installation = opened(played, recovering=True)
    done = recover_state(installation, plan_recovery(installation.settings))
    installation.close()
    return done


def mentions(installation):
    return {
        key: {**document, "revision": 0, "run_id": ""}
        for (kind, key), document in documents(installation.index).items()
        if kind == "mention"
    }


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_what_harvests_hold_comes_back_and_nothing_goes_twice(played, how):
    before, sent = mentions(opened(played)), mails(opened(played))
    shown = {each["id"]: (each["kind"], each["status"]) for each in rows(opened(played), runs)}
    assert len(sent) == 4
    data = lose(played, how)
    with pytest.raises(StateError, match="ouidire state recover"):
        run_due(opened(played))
    done = recovered(played)
    assert (done.runs, done.mentions, done.problems) == (2, len(before), ())
    assert bool(done.aside) == (how == "damaged")  # its log files too, where a reader still holds them
    assert all(each.exists() for each in done.aside)
    again = opened(played)
    assert {each["id"]: (each["kind"], each["status"]) for each in rows(again, runs)} == shown
    assert mentions(again) == before
    assert run_due(again).problems == ()
    assert mails(opened(played)) == sent
    assert {each["status"] for each in rows(opened(played), deliveries)} == {"sent"}
    assert not list(data.glob("*.recovering*"))
    played.week(4)
    assert len(mails(opened(played))) == 6, "the next week goes, once"


def test_those_erased_stay_so_as_far_as_the_index_knows(played):
    installation = opened(played)
    gone = rows(installation, items)[0]["id"]
    erase(installation, item_id=gone)
    installation.close()
    lose(played, "gone")
    done = recovered(played)
    assert done.suppressed == 1
    with opened(played).state.read() as connection:
        assert gone in suppressed(connection)
    assert gone not in mentions(opened(played))


def test_what_the_old_file_still_tells_is_saved(played):
    installation = opened(played)
    erase(installation, author="Nobody of that name")
    with installation.state.read() as connection:
        tokens = suppressed(connection)
    assert tokens
    installation.close()
    with opened(played).state.begin() as connection:
        set_mark(connection, RECOVERING, "then")
    with pytest.raises(StateError, match="cut short"):
        _ = opened(played).state
    done = recovered(played)
    assert done.salvaged["suppressions"] == len(tokens)
    assert done.salvaged["deliveries"] == 4
    with opened(played).state.read() as connection:
        assert suppressed(connection) >= tokens


@pytest.mark.parametrize("step", ["link_waiting", "ingest_waiting", "_set_aside", "_fill"])
def test_cut_short_it_begins_anew(played, step, monkeypatch):
    before, sent = mentions(opened(played)), mails(opened(played))
    lose(played, "gone")

    def killed(*_args, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recover, step, killed)
        with pytest.raises(KeyboardInterrupt):
            recovered(played)
    with pytest.raises(StateError, match="ouidire state recover"):
        run_due(opened(played))
    assert mails(opened(played)) == sent
    recovered(played)
    assert mentions(opened(played)) == before
    run_due(opened(played))
    assert mails(opened(played)) == sent


def test_a_new_key_sends_nothing_again(played):
    sent = mails(opened(played))
    data = opened(played).settings.path(None, "")
    installation = opened(played)
    _ = installation.secret
    installation.close()
    shutil.copy(data / "key", data / "right")
    (data / "key").write_text("5a" * 32)
    with pytest.raises(ConfigError, match="not the key that this state was made with"):
        _ = opened(played).secret
    installation = opened(played, recovering=True)
    renew_key(installation, plan_recovery(installation.settings, new_key=True))
    installation.close()
    assert run_due(opened(played)).problems == ()
    assert mails(opened(played)) == sent
    assert next(data.glob("key.lost-*")).read_text() == "5a" * 32
