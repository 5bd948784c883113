"""How the file of a survey is said to be understood, before anything of it is kept."""

import pytest

from service.cli import run
from service.pipeline.collect.file_preview import preview_file

TOOL = (
    "Réf;Fini le (UTC);Commencé le (UTC);Nous recommanderiez-vous (0 à 10) ?;Pourquoi ?;Ville;Campagne\n"
    "a1;13/02/2026 08:05;13/02/2026 08:01;9;Conseils précis, je reviendrai;Lyon;hiver\n"
    "a2;14/02/2026 09:00;14/02/2026 08:58;2;Personne au téléphone;Lyon;hiver\n"
)
WORDS = (
    "Date,Êtes-vous satisfait ?,Commentaire\n"
    "2026-02-13,Très satisfait,Accueil charmant et conseils précis\n"
    "2026-02-14,Pas du tout satisfait,Personne au téléphone depuis lundi\n"
    "2026-02-15,Plutôt satisfait,Bien mais le parking est trop petit\n"
)


@pytest.fixture
def previewed(tmp_path):
    def made(text, **params):
        path = tmp_path / "enquête.csv"
        path.write_text(text, encoding="utf-8")
        return preview_file("survey_file", path, params)

    return made


def test_each_column_is_named_with_what_tells_it(previewed):
    found = previewed(TOOL)
    assert {each.field: each.headings for each in found.columns} == {
        "id": ("Réf",),
        "date": ("Fini le (UTC)",),
        "score": ("Nous recommanderiez-vous (0 à 10) ?",),
        "place": ("Ville",),
        "text": ("Pourquoi ?",),
    }
    told = {each.field: each.told_by for each in found.columns}
    assert told == dict.fromkeys(told, "its heading") | {"date": "its values"}
    assert next(each.example for each in found.columns if each.field == "score") == "9"
    assert found.unused == ("Commencé le (UTC)", "Campagne")
    assert (found.platform, found.shape) == (None, "a table")
    assert found.scale.startswith("from 0 to 10")
    assert found.dates == "the day first (its dates)"
    assert found.timezone == "UTC (its heading)"


def test_what_is_configured_and_what_values_tell_is_said(previewed):
    found = previewed(WORDS, columns={"text": "Commentaire"})
    told = {each.field: each.told_by for each in found.columns}
    assert told["text"] == "as configured"
    assert told["score"] == "its values"
    assert "satisfait" in found.scale


def test_a_file_without_a_score_has_its_reason_alone(previewed):
    found = previewed("Date,Ville\n2026-02-13,Lyon\n2026-02-14,Lille\n")
    assert found.read.status != "ok"
    assert found.columns == ()


def test_it_is_shown_in_french(tmp_path, monkeypatch, capsys):
    path = tmp_path / "a.csv"
    path.write_text(TOOL, encoding="utf-8")
    monkeypatch.setenv("OUIDIRE_LANG", "fr")
    assert run(["import", "survey_file", str(path), "--dry-run"]) == 0
    shown = capsys.readouterr().out.replace("\xa0", " ")
    for line in (
        "échelle : de 0 à 10",
        "dates : le jour d’abord",
        "heures : UTC (d’après son titre)",
        "Campagne",
    ):
        assert line in shown
    assert "export :" not in shown
