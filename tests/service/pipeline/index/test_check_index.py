"""An index that was lost, emptied or cut short is never taken for what was said."""

import pytest

from ouidire.errors import IndexUnavailable
from ouidire.index import Query
from service.pipeline.index.check_index import missing_mentions, require_complete
from service.pipeline.index.rebuild import rebuild
from service.pipeline.report.digests import digest_context, edition_of
from service.pipeline.run_due import process_pending
from tests.support.pipeline_chain import LYON, NANTES, configuration, listing


@pytest.fixture
def played(chain):
    sources = [listing("pousse-et-compagnie-lyon"), listing("pousse-et-compagnie-nantes")]
    made = chain(dict(configuration(), source=sources))
    made.week(2)
    return made


def lose(installation):
    """Remove the index's files, as `rm var/index.db*` does."""
    installation.close()
    for path in installation.settings.path(None, "").glob("index.db*"):
        path.unlink()


def test_nothing_is_missing_from_a_whole_index(played):
    installation = played.open(2)
    assert missing_mentions(installation) == []
    require_complete(installation)


def test_a_lost_index_is_not_an_empty_one(played):
    lose(played.open(2))
    installation = played.open(2)
    missing = missing_mentions(installation)
    assert {each.source_key for each in missing} == {LYON, NANTES}
    assert all(each.held == 0 < each.known for each in missing)
    with pytest.raises(IndexUnavailable, match="ouidire index rebuild"):
        require_complete(installation)
    rebuild(installation)
    assert missing_mentions(installation) == []


def test_a_mention_deleted_by_hand_is_missed(played):
    installation = played.open(2)
    (row,) = list(installation.index.scan(Query(), ("id", "revision", "source_key")))[:1]
    installation.index.delete("mention", [(row["id"], row["revision"] + 1)])
    ((key, held, known),) = missing_mentions(installation)
    assert (key, known - held) == (row["source_key"], 1)


def test_no_digest_is_built_or_sent_from_an_index_that_lacks_mentions(played):
    installation = played.open(2)
    edition = edition_of(installation.settings.editions["brand"], "pousse-et-compagnie")
    lose(installation)
    installation = played.open(3)
    before = len(list(installation.settings.path(None, "outbox").glob("*.eml")))
    done = process_pending(installation)
    assert any("ouidire index rebuild" in problem for problem in done.problems)
    assert not any(each.outcome == "sent" for each in (*done.sent, *done.alerts))
    assert len(list(installation.settings.path(None, "outbox").glob("*.eml"))) == before
    from service.cli.options import period_named

    period = period_named(None, timezone=installation.settings.timezone, now=installation.clock())
    with pytest.raises(IndexUnavailable):
        digest_context(installation, period, edition=edition)
