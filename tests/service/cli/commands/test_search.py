"""`ouidire search`: the filters of the explorer, by option and by the address of a view."""

import json
from pathlib import Path

import pytest

from search.sqlite.index import SqliteIndex
from service.cli import run
from tests.support import index_corpus

CONFIGURATION = """
[[brand]]
slug = "jardivert"
name = "Jardivert"

[[source]]
source = "feed"
brands = ["jardivert"]
params = { url = "https://shop.example/feed.xml" }
"""


@pytest.fixture
def search(tmp_path, monkeypatch, capsys):
    (tmp_path / "ouidire.toml").write_text(CONFIGURATION)
    (tmp_path / "var").mkdir()
    monkeypatch.chdir(tmp_path)
    index = SqliteIndex(tmp_path / "var" / "index.db")
    index.ensure()
    index.upsert(index_corpus.everything())
    index.close()

    def searched(*words):
        code = run(["search", *words, "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out)["total"] if out else err

    return searched


def test_a_view_is_searched_by_its_address_as_by_options(search):
    code, found = search("livraison", "--filter", "duplicates=folded", "--brand", "jardivert")
    assert code == 0
    assert found > 0
    address = "http://ici:8000/mentions?q=livraison&brand=jardivert&lang=fr"
    assert search("--view", address) == (0, found)
    assert search("--view", "q=livraison", "--brand", "jardivert") == (0, found)


def test_dates_are_read_as_people_write_them(search):
    (_, week), (_, days) = (
        search("--published", each) for each in ("semaine 8 2026", "du 16 au 22 février 2026")
    )
    assert week == days > 0
    assert (
        search("--sentiment", "negative")[1] == search("-f", "side=negative", "-f", "duplicates=shown")[1] > 0
    )


def test_a_hit_shows_its_id_and_the_words_searched_for(search, capsys):
    assert run(["search", "livraison", "--size", "1"]) == 0
    printed = capsys.readouterr().out
    head, *lines = printed.splitlines()
    assert "the first 1 of them" in head
    assert "**livraison**" in printed.lower()
    found = SqliteIndex(Path("var") / "index.db")
    ids = {line.strip() for line in lines}
    assert any(found.get("mention", each) is not None for each in ids if each)
    found.close()


def test_stars_places_and_order_are_options(search):
    assert search("--stars", "1-2") == search("-f", "stars=1-2")
    assert search("--stars", "1-2")[1] > 0
    code, told = search("--place", "Nulle part")
    assert code == 2
    assert "No mention has “Nulle part” for “place”. There are: " in told
    code, told = search("--order", "angriest")
    assert code == 2
    assert "newest" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-f", "side=angry"), "It takes: negative"),
        (("-f", "colour=red"), "There is no filter"),
        (("-f", "colour"), "write it like"),
        (("--published", "soon"), "is no date"),
        (("--view", "?side=negative", "--sentiment", "positive", "-f", "stars=9"), "from 1 to 5"),
    ],
)
def test_what_there_is_not_is_one_message(search, words, said):
    code, told = search(*words)
    assert code == 2
    assert said in told
    assert "Traceback" not in told


def test_mentions_are_listed_by_their_likeness(search, capsys):
    code, found = search("--like", "La livraison a pris du retard", "--size", "3")
    assert code == 0
    assert found == search()[1]
    assert run(["search", "--like", "retard de livraison", "-f", "side=negative", "--size", "3"]) == 0
    said = capsys.readouterr().out
    assert "the nearest 3 of them" in said
    assert run(["search", "--like", "retard", "--size", "1000", "--json"]) == 0
    assert 3 < len(json.loads(capsys.readouterr().out)["hits"]) <= 200


def test_a_mention_that_there_is_not_is_like_nothing(search):
    code, said = search("--like-id", "nobody")
    assert code == 2
    assert "no mention has the id" in said
    code, said = search("--like-id", "nobody", "--like", "retard")
    assert code == 2
    assert "keep one of them" in said
