"""Which language the command line speaks."""

import pytest

from service.cli.language import language_of, speak
from service.cli.output import complain


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "fr_CH@euro"}, "fr"),
        ({"LANG": "fr_FR", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "fr_FR", "OUIDIRE_LANG": "en"}, "en"),
        ({"LANG": "en_US", "OUIDIRE_LANG": "FR"}, "fr"),
        ({"LANG": "en_US", "OUIDIRE_LANG": "xx"}, "en"),
    ],
)
def test_without_a_configuration_the_environment_says_it(environment, language, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert language_of(["check"], environment) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('language = "en"\n[[brand]]\n', "en"),
        ("# a comment\n  language='fr'\n", "fr"),
        ('timezone = "Europe/Paris"\n\n[[brand]]\nlanguage = "en"\n', "fr"),
        ('language = "xx"\n', "fr"),
        ('\ufefflanguage = "en"\r\n[oops\n', "en"),
        ("", "fr"),
    ],
)
def test_a_configuration_says_it_even_with_mistakes(text, language, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ouidire.toml").write_text(text, encoding="utf-8")
    english = {"LANG": "en_US.UTF-8"}
    assert language_of(["run"], english) == language
    (tmp_path / "ouidire.toml").rename(tmp_path / "autre.toml")
    for named in (["-c", "autre.toml"], ["--config", "autre.toml"], ["--config=autre.toml"]):
        assert language_of(["run", *named], english) == language
    assert language_of(["run"], {**english, "OUIDIRE_CONFIG": "autre.toml"}) == language
    assert language_of(["run", "-c", "autre.toml"], {"OUIDIRE_LANG": "fr"}) == "fr"


def test_a_configuration_that_is_no_text_is_no_fault(tmp_path):
    path = tmp_path / "o.toml"
    path.write_bytes(b"\xff\xfe\x00\x01" * 50)
    assert language_of(["run", "-c", str(path)], {}) == "fr"
    assert language_of(["run", "-c", str(tmp_path)], {"LANG": "en_US"}) == "en"
    assert language_of(["run", "-c"], {"LANG": "en_US"}) == "en"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("week 1 of 8: crawling", "semaine 1 sur 8 : collecte"),
        ("ouidire: nothing was sent: HTTP 500", "ouidire: rien n’est parti : HTTP 500"),
    ],
)
def test_a_line_on_standard_error_is_in_the_language_spoken(line, shown, capsys):
    speak("fr")
    complain(line)
    assert capsys.readouterr().err.replace("\xa0", " ").strip() == shown
