"""A configuration's file is examined in one pass: each problem once, with its line, in its language."""

import ast
import re
from pathlib import Path

import pytest

from ouidire.errors import ConfigError
from ouidire.text.catalogue import catalogue
from ouidire.text.translated import translated
from service.cli.told import TextOfFile
from service.pipeline.check_configuration import check
from service.pipeline.examine_file import examine_file
from tests.support.paths import ROOT

BAD = """language = "fr"
timezone = "Europe/Pari"
[[brand]]
slug = "Pousse!"
name = "Pousse"
[[brand]]
slug = "terre"
name = "Terre"
role = "rival"
[[source]]
source = "survey_file"
every = "often"
params = { path = "sondage.csv", day_first = "yes" }
[[source]]
source = "trustpillot"
every = "jamais"
[[source]]
source = "reddit"
[source.params]
query = ""
client_id_env = "abc def"
[[source]]
[source.params]
url = "x"
[smtp]
host = "mail.example.fr"
port = 99999
user = "me"
security = "none"
[recipient]
address = "x"
[serve]
prot = 80
"""


def told(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "o.toml"
    path.write_text(text)
    examined = examine_file(path)
    words = TextOfFile(Path("o.toml"), text, examined.language)
    if examined.settings is None:
        return words.lines(examined.problems)
    from datetime import UTC, datetime

    return words.lines(check(examined.settings, now=datetime(2026, 3, 9, tzinfo=UTC)).warnings)


def test_everything_is_told_at_once_with_its_line_and_the_nearest_name(tmp_path):
    lines = [" ".join(line.split()) for line in told(tmp_path, BAD)]
    beginnings = [re.match(r"o\.toml, ligne (\d+) : (\S+) :", line) for line in lines]
    assert [(int(each[1]), each[2]) for each in beginnings] == [
        (2, "timezone"),
        (4, "brand[0].slug"),
        (9, "brand[1].role"),
        (12, "source[0].every"),
        (15, "source[1].source"),
        (16, "source[1].every"),
        (19, "source[2].params.client_secret_env"),
        (20, "source[2].params.query"),
        (21, "source[2].params.client_id_env"),
        (22, "source[3].source"),
        (27, "smtp.port"),
        (29, "smtp.security"),
        (30, "recipient"),
        (33, "serve.prot"),
    ]
    whole = "\n".join(lines)
    assert "vouliez-vous dire « Europe/Paris » ?" in whole
    assert "l’un de ces mots : own, competitor" in whole
    assert "vouliez-vous dire « trustpilot » ?" in whole
    assert "[[recipient]]" in whole
    assert "vouliez-vous dire « port » ?" in whole
    assert not re.search(r"pattern|String|Input|valid |should", whole)


def test_what_nothing_will_fill_is_warned_of(tmp_path):
    (tmp_path / "sondage.csv").write_text("Note;Avis\n")
    text = """language = "fr"
[[brand]]
slug = "pousse"
name = "Pousse"
[[brand]]
slug = "terre"
name = "Terre"
role = "competitor"
[[source]]
source = "survey_file"
brands = ["pousse"]
place = "Lyon"
params = { path = "sondaje.csv" }
[[edition]]
name = "lyon"
role = "place"
places = ["Lyonn"]
[[recipient]]
address = "a@b.example"
sources = ["survey"]
[serve]
host = "0.0.0.0"
"""
    whole = "\n".join(told(tmp_path, text)).replace("\u00a0", " ").replace("\u202f", " ")
    assert "ligne 5 : brand[1] : aucune source ne parle de « Terre »" in whole
    assert "ligne 13 : source[0].params.path : aucun fichier à cet endroit" in whole
    assert "(il y a sondage.csv)" in whole
    assert "ligne 17 : edition[0].places" in whole
    assert "vouliez-vous dire « Lyon » ?" in whole
    assert "vouliez-vous dire « survey_file » ?" in whole
    assert "ligne 22 : serve.host" in whole


def test_no_source_at_all(tmp_path):
    text = 'language = "fr"\n[[brand]]\nslug = "a"\nname = "A"\n'
    assert any("aucune source n’est configurée" in line for line in told(tmp_path, text))


def test_what_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "o.toml"
    path.write_text("[brand")
    with pytest.raises(ConfigError, match="cannot be read as TOML"):
        examine_file(path)


def sentences(path: Path) -> set[str]:
    """The sentences of a module that are raised, yielded or listed as problems; a place of one as X."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError" and node.args:
            arg = node.args[0]
            if isinstance(arg, ast.Constant):
                found.add(arg.value)
            elif isinstance(arg, ast.JoinedStr):
                found.add("".join(p.value if isinstance(p, ast.Constant) else "'X'" for p in arg.values))
    return {each for each in found if len(each.split()) > 2}


@pytest.mark.parametrize("path", sorted((ROOT / "ouidire/settings").glob("*.py")), ids=lambda path: path.stem)
def test_every_rule_of_the_settings_has_its_french_sentence(path):
    for sentence in sentences(path):
        french = translated(sentence, "fr")
        assert french != sentence, sentence


def test_both_catalogues_have_the_same_places():
    french, english = catalogue("fr", "check").entries, catalogue("en", "check").entries
    assert french.keys() == english.keys()
    for key, entry in english.items():
        assert sorted(re.findall(r"\{(\w+)\}", entry)) == sorted(re.findall(r"\{(\w+)\}", french[key])), key
