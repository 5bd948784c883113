"""`ouidire similar`: what is near a mention in meaning, and what is said where nothing can be."""

import json

import pytest

from search.sqlite.index import SqliteIndex
from service.cli import run
from tests.service.cli.commands.test_search import CONFIGURATION
from tests.support import index_corpus


@pytest.fixture
def similar(tmp_path, monkeypatch, capsys):
    (tmp_path / "ouidire.toml").write_text(CONFIGURATION)
    (tmp_path / "var").mkdir()
    monkeypatch.chdir(tmp_path)
    index = SqliteIndex(tmp_path / "var" / "index.db")
    index.ensure()
    index.upsert(index_corpus.everything())
    index.close()

    def asked(*words):
        code = run(["similar", *words])
        return code, *capsys.readouterr()

    return asked


def mentions(*, vector):
    return [
        each
        for each in index_corpus.everything()
        if each.kind == "mention" and bool(each.vector) == vector and not each.duplicate_of and each.brands
    ]


def test_the_nearest_come_first_of_the_same_brands_and_never_itself(similar):
    known = {each.id: each for each in index_corpus.everything() if each.kind == "mention"}
    one = mentions(vector=True)[0]
    code, out, _ = similar(one.id, "--size", "4", "--json")
    assert code == 0
    answer = json.loads(out)
    ids = [each["document"]["id"] for each in answer["hits"]]
    assert len(ids) == 4
    assert one.id not in ids
    assert all(set(known[each].brands) & set(one.brands) for each in ids)
    scores = [each["score"] for each in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    code, out, _ = similar(one.id, "--size", "4")
    assert [line.strip() for line in out.splitlines() if line.strip() in ids] == ids
    assert out.startswith("Nearest in meaning (4), among ")
    assert "not quick" in out


def test_a_mention_without_a_vector_is_said_to_have_none(similar):
    one = mentions(vector=False)[0]
    code, out, _ = similar(one.id)
    assert code == 0
    assert out.startswith("This mention has no vector")
    code, out, _ = similar(one.id, "--json")
    answer = json.loads(out)
    assert (answer["has_vector"], answer["hits"]) == (False, [])


def test_an_unknown_id_is_one_message(similar, monkeypatch):
    code, out, err = similar("nobody", "--json")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "ouidire: no mention has the id 'nobody'; `ouidire search` and `export` show ids"
    ]
    monkeypatch.setenv("OUIDIRE_LANG", "fr")
    assert "aucune mention n’a l’identifiant «\u00a0nobody\u00a0»" in similar("nobody")[2]
