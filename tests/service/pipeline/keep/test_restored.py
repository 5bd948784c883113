"""A backup older than the last digest is put back: that digest does not go out twice."""

import shutil
from datetime import timedelta

import pytest

from ouidire.state.marks import RESTORED, mark_of
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep.backup import back_up, restore
from service.pipeline.keep.restored import assume_alerts_sent, assume_digests_sent
from service.pipeline.run_due import run_due
from tests.support.pipeline_chain import configuration, listing, mails


@pytest.fixture
def played(chain):
    made = chain(dict(configuration(), source=[listing("pousse-et-compagnie-lyon")]))
    made.week(2)
    return made


def put_back(played, folder, *, taken):
    settings = played.open(3).settings
    shutil.rmtree(settings.path(None, ""))
    manifest = restore(settings, folder).model_copy(update={"at": taken})
    installation = played.open(3)
    return installation, assume_digests_sent(installation, since=manifest.at)


def test_what_became_due_since_the_backup_is_not_sent_again(played, tmp_path):
    before = played.open(2)
    back_up(before, tmp_path / "backup", with_key=True)
    taken = before.clock()
    before.close()
    played.week(3)
    assert mails(played.open(3))
    installation, assumed = put_back(played, tmp_path / "backup", taken=taken)
    assert [(period.kind, period.end <= installation.clock()) for period in assumed] == [("week", True)]
    rebuild(installation)
    assume_alerts_sent(installation)
    with installation.state.read() as connection:
        assert mark_of(connection, RESTORED) is None
    run_due(installation)
    assert not mails(installation)


def test_what_was_due_before_the_backup_is_not_taken_for_sent(played, tmp_path):
    before = played.open(2)
    back_up(before, tmp_path / "backup", with_key=True)
    before.close()
    now = played.open(3).clock()
    _, assumed = put_back(played, tmp_path / "backup", taken=now + timedelta(minutes=1))
    assert assumed == ()
