"""What commands print in French has no English in it: each is run on a small installation.

An English word is one that the English catalogue has and the French has not. What people and files say is
French here too, so that nothing else can be English.
"""

import re
import tomllib
from functools import cache

import pytest
import typer

from ouidire.text.catalogue import FOLDER
from service.cli import run
from service.cli.app import app

CONFIGURATION = """
language = "fr"

[[brand]]
slug = "pousse"
name = "Pousse"

[[brand]]
slug = "carre"
name = "Carré"
role = "competitor"

[[source]]
source = "review_file"
brands = ["pousse"]
params = { path = "avis/*.csv", name = "avis" }

[[recipient]]
address = "a@pousse.example"
alerts = true
"""
REVIEWS = (
    "Id avis;Date de l'avis;Note /5;Titre;Avis;Auteur;Magasin;Lien de l'avis\n"
    "D1;02/02/2026;1;Livraison;La livraison a pris trois semaines et le colis a disparu;Léa;Lyon;https://b.example/avis#v-1\n"
    "D2;03/02/2026;5;Accueil;Un accueil formidable, je recommande;Ana;Lyon;https://b.example/avis#v-2\n"
    "D3;04/03/2026;2;Attente;Trop d'attente en caisse, quelle honte;Ana;Lille;https://b.example/avis#v-3\n"
    "D4;35/03/2026;5;Jour;Ce jour n'existe pas;Zoé;Lille;https://b.example/avis#v-4\n"
)
NOW = ("--now", "2026-03-09T09:00:00+01:00")
PLAIN = re.compile(
    r"`[^`]*`|--[\w-]+(?: [A-Z]+)?|https?://\S+|\S*[/\\]\S*|\b\w*[_=@]\w[\w./=:,-]*|\b[\w-]+\.\w+\b|\b[0-9a-f]{8,}\b"
)
"""What is no word: commands, options, addresses, paths, names of the code."""
KEPT = {"feed", "wikipedia", "sqlite", "alpha", "ouidire", "run", "index", "json", "macro", "spf", "smtp"}
"""Words that are names in both languages."""


CALLS = {
    "collecting": [
        ("check",),
        ("run", *NOW),
        ("collect", "--source", "review_file", *NOW),
        ("collect", "--source", "rien"),
        ("import", "review_file", "avis/a.csv", "--dry-run"),
        ("parse", "review_file", "avis/a.csv"),
        ("reparse", *NOW),
        ("sources", "list"),
        ("sources", "health", *NOW),
        ("sources", "messages"),
        ("sources", "accept", "x"),
        ("init", "--brand", "Pousse", "--force", "--config", "autre.toml"),
    ],
    "analysing": [
        ("search", "livraison"),
        ("similar", "ID"),
        ("stats", "volume", "stars", "positive", "nps_stars", "--by", "place", *NOW),
        ("export", "--out", "x.csv", "--french", "--labels"),
        ("enrich", "textes.csv", "--text-column", "texte", "--out", "y.jsonl", "--group-by", "etoiles"),
        ("reenrich",),
        ("erase", "--url", "https://b.example/avis", "--yes"),
        ("erase", "--url", "https://b.example/avis#v-2", "--yes"),
        ("erase", "--author", "Personne"),
    ],
    "evaluating": [
        ("evaluate", "textes.csv"),
    ],
    "reporting": [
        ("report", "preview", "--out", "d.html", *NOW),
        ("report", "send", "--test", "a@pousse.example", *NOW),
        ("report", "send", *NOW),
        ("report", "send", *NOW),
        ("report", "measure", *NOW),
        ("report", "doubts"),
        ("report", "settle", "abcdef", "--sent"),
        ("report", "templates", "modeles"),
        ("alerts", "preview", "--out", "alerte.html", *NOW),
        ("alerts", "send", *NOW),
    ],
    "people": [
        ("answers", "list", *NOW),
        ("answers", "set", "ID", "--state", "to_answer", "--note", "voir", "--assignee", "Léa", *NOW),
        ("answers", "list", "--state", "to_answer", *NOW),
        ("correct", "queue", *NOW),
        ("correct", "set", "ID", "side=negative", *NOW),
        ("correct", "queue", "--second", "--by", "Ana", *NOW),
        ("correct", "set", "ID", "side=negative", "--second", "--by", "Ana", *NOW),
        ("correct", "list"),
        ("correct", "agreement", *NOW),
        ("correct", "calibration", *NOW),
        ("correct", "export", "--out", "c.csv"),
        ("correct", "import", "c.csv"),
        ("correct", "undo", "ID"),
        ("themes", "list"),
        ("themes", "rename", "x", "y"),
        ("people", "list"),
        ("token", "list"),
        ("token", "create", "tableau", "--scope", "read", "--brand", "pousse"),
        ("token", "list"),
        ("audit",),
    ],
    "keeping": [
        ("index", "status"),
        ("index", "rebuild", *NOW),
        ("index", "move", "sqlite"),
        ("index", "retry"),
        ("kibana", "export", "--out", "k.ndjson"),
        ("backup", "copie"),
        ("state", "recover"),
    ],
}
"""Commands of one kind, in an order in which there is something to print; ID is a mention's."""
COMMANDS = [(name,) for name in typer.main.get_command(app).commands]  # type: ignore[attr-defined]
LEFT_OUT = {"demo", "password", "restore", "serve"}
"""Commands that run until they are stopped, or stand alone: tests of their own read what they say."""


@cache
def english():
    """Words that only the English catalogue has."""

    def words(language):
        found = set()

        def walk(value):
            if isinstance(value, str):
                found.update(
                    re.findall(r"[^\W\d_]{3,}", PLAIN.sub(" ", re.sub(r"\{\w+\}", " ", value)).lower())
                )
            else:
                for each in value.values():
                    walk(each)

        for path in (FOLDER / language).glob("*.toml"):
            walk(tomllib.loads(path.read_text(encoding="utf-8")))
        return found

    return words("en") - words("fr") - KEPT


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parle")
    (folder / "avis").mkdir()
    (folder / "avis" / "a.csv").write_text(REVIEWS)
    (folder / "textes.csv").write_text(
        "texte;etoiles\n" + "".join(f"Un accueil formidable numéro {n};5\n" for n in range(60))
    )
    (folder / "ouidire.toml").write_text(CONFIGURATION)
    words = ["collect", *NOW, "--config", str(folder / "ouidire.toml")]
    assert run(words) in {0, 3}
    return folder


@pytest.fixture
def told(house, monkeypatch, capsys):
    monkeypatch.chdir(house)
    monkeypatch.setenv("OUIDIRE_LANG", "fr")

    def tell(*words, codes=(0, 1, 2, 3)):
        capsys.readouterr()
        code = run(list(words))
        lines = "".join(capsys.readouterr()).splitlines()
        printed = "\n".join(each for each in lines if not each.startswith("{"))  # what programs read
        assert code in codes, printed
        return printed

    return tell


def foreign(printed):
    words = re.findall(r"[^\W\d_]{3,}", PLAIN.sub(" ", printed).lower())
    return sorted({each for each in words if each in english()})


def test_english_is_seen():
    assert foreign("no alert that was not sent already") == [*("alert", "already", "sent", "that", "was")]
    assert foreign("Mentions effacées : 3. Récoltes récrites : 1.") == []


@pytest.mark.parametrize("kind", CALLS)
def test_every_command_speaks_french(kind, told):
    listed = told("search", "")
    ids = re.findall(r"^  ([0-9a-f]{12,})$", listed, re.MULTILINE)
    assert ids, "there is something to speak of"
    seen = {each: foreign(told(*(ids[0] if word == "ID" else word for word in each))) for each in CALLS[kind]}
    assert {" ".join(words): each for words, each in seen.items() if each} == {}
    assert foreign(listed) == []


def test_every_command_of_the_program_is_tried():
    tried = {words[0] for calls in CALLS.values() for words in calls}
    assert {path[0] for path in COMMANDS if path} - tried == LEFT_OUT
