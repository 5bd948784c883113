"""`ouidire sources`: what is held is named until a person answers, and the answer is applied."""

import json

import pytest

from service.cli import run
from tests.support.readings import START, House, moved, reviews

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
KEY = "shop.example/avis"


@pytest.fixture
def house(tmp_path, monkeypatch):
    (tmp_path / "ouidire.toml").write_text(CONFIGURATION)
    monkeypatch.chdir(tmp_path)
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def answered(house, *words, capsys):
    """The exit code and the JSON that a command prints, two weeks after the last reading."""
    house.close()
    capsys.readouterr()  # what readings log
    code = run([*words, "--json", "--now", START.replace(month=4).isoformat()])
    return code, json.loads(capsys.readouterr().out)


def test_what_is_held_is_named_until_it_is_answered(house, capsys):
    listed = [each.model_copy(update={"entity": KEY}) for each in reviews(0, 20)]
    house.reads(listed, entity=KEY)
    held = house.reads([moved(each, 1) for each in listed], entity=KEY).run
    code, (health,) = answered(house, "sources", "health", capsys=capsys)
    assert code == 3
    assert f"`ouidire sources accept {held.id}`" in health["asked"][0]
    code, given = answered(house, "sources", "reject", held.id, capsys=capsys)
    assert (code, given["answer"], given["kinds"]) == (0, "rejected", ["dates"])
    code, (health,) = answered(house, "sources", "health", capsys=capsys)
    assert (code, health["asked"]) == (0, [])
    assert answered(house, "sources", "accept", held.id, capsys=capsys)[1]["answer"] == "accepted"
    code, done = answered(house, "run", capsys=capsys)
    assert (code, [each["counts"]["updated"] for each in done["ingested"]]) == (0, [20])


def test_what_is_not_held_cannot_be_answered(house, capsys):
    done = house.reads(reviews(0, 3))
    house.close()
    assert run(["sources", "accept", done.run.id]) == 2
    assert "nothing of run" in capsys.readouterr().err
