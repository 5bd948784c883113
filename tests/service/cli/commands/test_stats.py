"""`ouidire stats`: rows of what was collected, and one message for what cannot be."""

import json

import pytest

from service.cli import run
from tests.support.readings import START, House, reviews

CONFIGURATION = """
[[brand]]
slug = "pousse-et-compagnie"
name = "Pousse & Compagnie"

[[source]]
source = "schema_org"
brands = ["pousse-et-compagnie"]
every = "52w"
params = { url = "https://shop.example/avis" }
"""


@pytest.fixture
def collected(tmp_path, monkeypatch, capsys):
    (tmp_path / "ouidire.toml").write_text(CONFIGURATION)
    monkeypatch.chdir(tmp_path)
    made = House(tmp_path, monkeypatch)
    made.reads(reviews(1, 25))
    made.close()
    capsys.readouterr()
    return lambda *words: (
        run(["stats", *words, "--now", START.replace(month=4).isoformat()]),
        capsys.readouterr(),
    )


def test_every_group_counts_what_was_collected(collected):
    code, printed = collected("volume", "stars", "--by", "source", "--json")
    assert code == 0
    (row,) = json.loads(printed.out)["rows"]
    assert (row["value"], row["n"]) == ("schema_org", 24)
    assert row["figures"]["stars"]["unit"] == "stars"
    code, printed = collected("volume", "--by", "month", "--count", "6")
    assert code == 0
    assert "mois" in printed.out
    assert "24" in printed.out
    code, printed = collected("Volume", "NPS-stars", "--json")
    assert code == 0
    assert set(json.loads(printed.out)["rows"][0]["figures"]) <= {"volume", "nps_stars"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("happiness",), "'happiness' is no measure; choose among volume, stars"),
        (("etoiles",), "'etoiles' is no measure; choose among stars, nps_stars, volume"),
        (("strs",), "'strs' is no measure; choose among stars"),
        (("--brand", "other"), "'other' is no brand of the configuration; choose among pousse-et-compagnie"),
        (("--by", "place", "--count", "3"), "--count is for weeks and months"),
        (("--since", "2026-01-01"), "a month has its own days; say how many months with --count"),
    ],
)
def test_what_cannot_be_measured_is_one_message(collected, words, message):
    code, printed = collected(*words)
    assert code == 2
    assert message in printed.err
    assert "Traceback" not in printed.err
