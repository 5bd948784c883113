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
        rf"^\| {figure} \| {condition} \| (\d+) \| [^|]*\| [^|]*\| ([\d.]+) \(",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert row, "run `make transfer`"
    assert getattr(transfer, name) == float(row[2])
    assert transfer.SOURCES[name] == int(row[1])
    assert f"on {transfer.MEASURED_ON.isoformat()}." in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["MEAN_STARS", "SHARE_POSITIVE", "NET_SENTIMENT"])
def test_intervals_with_that_spread_cover_sources_left_out(name):
    figure, _ = MEASURED[name]
    rows = re.findall(
        rf"^\| {figure} \| (\d+) \| \d+ \| (\d+) \(", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [size for size, _ in rows] == ["30", "100", "400"]
    assert all(int(share) >= 90 for _, share in rows)
