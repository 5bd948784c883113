"""The constants are what the evaluation measured and printed."""

import re

import pytest

from ouidire.measures import transfer
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "evaluation.md"
MEASURED = {
    "MEAN_STARS": ("mean stars", "never seen"),
    "SHARE_POSITIVE": ("share positive", "never seen"),
    "NET_SENTIMENT": ("net sentiment", "never seen"),
    "NPS_BY_STARS": ("NPS by stars", "never seen"),
    "ASKED_NPS": ("asked NPS", "surveys by stars alone, and scores of sites"),
}


@pytest.mark.parametrize("name", MEASURED)
def test_a_constant_is_the_spread_that_the_page_prints(name):
    figure, condition = MEASURED[name]
    row = re.search(
        rf"^\| {figure} \| {condition} \| (\d+) \| [^|]*\| [^|]*\| ([\d.]+) \([^|]*\| ([\d.]+) \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert row, "run `make transfer`"
    assert getattr(transfer, name) == float(row[2])
    assert transfer.FARTHEST[name] == float(row[3])
    assert transfer.SOURCES[name] == int(row[1])
    assert f"on {transfer.MEASURED_ON.isoformat()}." in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MEASURED)
def test_intervals_with_that_spread_cover_sources_left_out(name):
    figure, _ = MEASURED[name]
    rows = re.findall(
        rf"^\| {figure} \| (\d+) \| \d+ \| (\d+) \([^|]*\| \d+ \| ([\d–]+) \|",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert [size for size, _, _ in rows] == ["30", "100", "400"]
    assert all(int(share) >= 90 for _, share, _ in rows)
    assert all(site == "–" or int(site) >= 90 for _, _, site in rows)


@pytest.mark.parametrize(
    ("added", "name"),
    [(transfer.read_positive_sd(), "SHARE_POSITIVE"), (transfer.read_sentiment_sd(), "NET_SENTIMENT")],
)
def test_what_the_product_adds_reaches_the_farthest_source(added, name):
    t_15 = 2.131
    expected = max(t_15 * getattr(transfer, name), transfer.FARTHEST[name]) / 1.96
    assert added == pytest.approx(expected, rel=1e-3)
