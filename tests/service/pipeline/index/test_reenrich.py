"""After a new version of an analyser, what it had read is read again, once, and a rebuilt index is
still the one that grew."""

import pytest

from enrichment.analysers.delight import DelightAnalyser
from service.pipeline.index.rebuild import rebuild
from service.pipeline.index.reenrich import reenrich
from tests.support.pipeline_chain import configuration, documents


@pytest.fixture
def installation(chain):
    played = chain(configuration(recipient=[]))
    played.week(1)
    opened = played.open(1)
    yield opened
    opened.close()


def test_only_what_other_versions_read_is_read_again(installation, monkeypatch):
    before = documents(installation.index)
    assert reenrich(installation).changed == 0
    assert documents(installation.index) == before

    monkeypatch.setattr(DelightAnalyser, "version", DelightAnalyser.version + 1)
    saved = []
    with monkeypatch.context() as patched:

        def killed(connection, rows):
            saved.extend(rows)
            raise KeyboardInterrupt

        patched.setattr("service.pipeline.index.commit.save_items", killed)
        with pytest.raises(KeyboardInterrupt):
            reenrich(installation)
    assert saved
    done = reenrich(installation)
    mentions = {key: body for key, body in documents(installation.index).items() if key[0] == "mention"}
    assert done.changed == done.mentions == len(mentions) > 0
    assert done.failed == 0
    assert reenrich(installation).changed == 0
    grown = documents(installation.index)
    rebuild(installation)
    assert documents(installation.index) == grown
