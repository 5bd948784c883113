import json

import pytest

from enrichment.lexicons.taxonomy import aspects
from tests.support import floors


@pytest.mark.parametrize("name", sorted(floors.MEASURES))
def test_an_analyser_is_as_good_as_its_floor_on_its_gold(name):
    floor = json.loads((floors.HERE / name / "floor.json").read_text(encoding="utf-8"))
    assert floor["gold_sha256"] == floors.digest(name), (
        "the gold changed: run `python -m tests.support.floors` and review the figures"
    )
    figures = floors.MEASURES[name]()
    assert set(figures) == set(floor["figures"])
    assert {key: value for key, value in figures.items() if value < floor["figures"][key]} == {}


def test_the_gold_of_masking_is_large_and_half_hard_negatives():
    rows = [row["marked"] for row in floors.gold("privacy")]
    assert len(rows) >= 120
    assert len(set(rows)) == len(rows)
    assert 0.4 <= sum("⟦" in row for row in rows) / len(rows) <= 0.6


def test_the_gold_of_sentiment_has_every_label():
    labels = [row["label"] for row in floors.gold("sentiment")]
    assert len(labels) >= 80
    assert min(labels.count(label) for label in ("positive", "negative", "neutral", "mixed")) >= 8


def test_the_gold_of_signals_is_large_and_a_third_of_it_is_hard():
    empty = {
        "delight": [row for row in floors.gold("delight") if not row["delight"] and not row["irritation"]],
        "effort": [row for row in floors.gold("effort") if row["effort"] is None],
        "intents": [row for row in floors.gold("intents") if not row["intents"]],
    }
    for name in ("delight", "effort", "intents", "journey", "results"):
        rows = floors.gold(name)
        assert len(rows) >= 160
        assert len({json.dumps(row, sort_keys=True) for row in rows}) == len(rows)
        assert len(empty.get(name, rows)) >= 0.32 * len(rows)


def test_the_blind_texts_are_many_and_a_third_of_them_is_hard():
    told = {
        "delight": ("delight", "irritation"),
        "effort": ("effort",),
        "intents": ("intents",),
        "journey": ("journey",),
    }
    for name, labels in told.items():
        rows, seen = floors.gold(f"{name}_blind"), {row["text"] for row in floors.gold(name)}
        assert len({row["text"] for row in rows} - seen) == len(rows) >= 90
        assert sum(not any(row[label] for label in labels) for row in rows) >= 0.29 * len(rows)


def test_the_blind_texts_of_sentiment_and_aspects_are_many_and_of_every_kind():
    rows = floors.gold("sentiment_blind")
    labels = [row["label"] for row in rows]
    seen = {row["text"] for row in floors.gold("sentiment")}
    assert len({row["text"] for row in rows} - seen) == len(rows) >= 140
    assert min(labels.count(label) for label in ("positive", "negative", "neutral", "mixed")) >= 20
    rows = floors.gold("aspects_blind")
    assert len({row["text"] for row in rows}) == len(rows) >= 160
    assert sum(row["trade"] == "museum" for row in rows) >= 40
    assert {name for row in rows for name in row["aspects"]} == set(aspects())
    assert {side for row in rows for side in row["aspects"].values()} == {"positive", "negative", "neutral"}
    assert sum(not row["aspects"] for row in rows) >= 20
