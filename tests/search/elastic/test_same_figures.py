"""One figure on both back-ends: digest, mail, page, kept measures, statistics and alerts of a real server
are SQLite's to the last digit."""

import pytest

from reports.samples import documents
from search.sqlite.index import SqliteIndex
from tests.support.every_figure import alert_documents, alert_figures, digest_figures, statistics

pytestmark = pytest.mark.timeout(600)


def both(index, tmp_path, listed):
    """The server's index and an embedded one, of the same documents."""
    embedded = SqliteIndex(tmp_path / "index.sqlite")
    embedded.ensure()
    for each in (index, embedded):
        each.upsert(listed)
    return embedded, index


@pytest.mark.parametrize("figures", [digest_figures, statistics])
def test_figures_of_a_week_are_those_of_sqlite(index, tmp_path, figures):
    one, other = (figures(reader) for reader in both(index, tmp_path, list(documents("busy"))))
    assert one
    for part, found in one.items():
        assert found == other[part], part


def test_alerts_are_those_of_sqlite(index, tmp_path):
    one, other = (alert_figures(reader) for reader in both(index, tmp_path, list(alert_documents())))
    assert one
    assert one == other
