"""The help of every command is whole in both languages, as are the answers to a wrong call."""

import re
import tomllib

import pytest
import typer

from ouidire.text.catalogue import FOLDER, catalogue
from service.cli import run
from service.cli.app import app
from service.cli.language import speak
from service.cli.output import out

ENGLISH = re.compile(
    r"\b(?:the|of|and|with|what|this|that|which|from|only|repeat|write|show|usage:|default:|required"
    r"|commands|show|print|where|when|its|are|is)\b",
    re.IGNORECASE,
)
"""Words that no French help has."""
NAMES = re.compile(r"`[^`]*`|--[\w-]+|\b\w*[_=/.-]\w[\w./=:,-]*|\b[A-Z]{2,}\b")
"""What is no word: options, values, names of files and commands."""


def tree(path, command):
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from tree((*path, name), below)


COMMANDS = dict(tree((), typer.main.get_command(app)))


def sentences(command):
    """What a command says of itself and of its parameters, as the code has it."""
    yield " ".join((command.help or "").split())
    yield from (" ".join(each.help.split()) for each in command.params if each.help)


def written(language):
    data = tomllib.loads((FOLDER / language / "help.toml").read_text(encoding="utf-8"))

    def walk(table):
        for value in table.values():
            if isinstance(value, str):
                yield " ".join(value.split())
            else:
                yield from walk(value)

    return set(walk(data))


def test_every_sentence_of_the_help_is_in_the_catalogue_and_no_other():
    said = {each for command in COMMANDS.values() for each in sentences(command)}
    assert written("en") == {*said, "Show this message and exit."}


def test_every_parameter_and_command_says_what_it_is():
    lacking = [
        (*path, each.name) for path, command in COMMANDS.items() for each in command.params if not each.help
    ]
    assert not lacking
    assert not [path for path, command in COMMANDS.items() if not command.help]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_french_help_of_a_command_is_french_and_whole(path, monkeypatch, capsys):
    monkeypatch.setenv("OUIDIRE_LANG", "fr")
    monkeypatch.setenv("COLUMNS", "200")
    assert run([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage\u00a0: ouidire")
    assert not ENGLISH.findall(NAMES.sub("", shown)), shown
    assert not re.search(r" (?:TEXT|PATH|NUMBER|COMMAND)\b", shown)
    for parameter in COMMANDS[path].params:
        assert (parameter.opts[0] if parameter.param_type_name == "option" else "Arguments") in shown


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_english_help_of_a_command_shows_what_the_code_says(path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    assert run([*path, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith("Usage: ouidire")
    words = set(shown.split())
    for sentence in sentences(COMMANDS[path]):
        assert not set(sentence.split()) - words, sentence


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_help_is_as_wide_as_the_terminal(columns, language, monkeypatch, capsys):
    monkeypatch.setenv("OUIDIRE_LANG", language)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(out, "_width", None)  # as in a new process: rich keeps a width given at its import
    for path in ((), ("search",), ("import",)):
        run([*path, "--help"])
        assert max(map(len, capsys.readouterr().out.splitlines())) <= columns


@pytest.mark.parametrize(
    ("arguments", "english", "french"),
    [
        (["serch"], "No such command 'serch'. Did you mean 'search'", "la commande «\u00a0serch\u00a0»"),
        (["search", "--sise", "3"], "Did you mean '--size'", "Vouliez-vous dire «\u00a0--size\u00a0»"),
        (["search", "--size", "x"], "valid integer", "écrivez un nombre entier"),
        (["search", "--size", "0"], "greater than or equal to 1", "écrivez 1 ou plus"),
        (["search", "--size"], "requires an argument", "demande une valeur"),
        (["parse"], "Missing argument 'SOURCE'", "il manque l’argument «\u00a0SOURCE\u00a0»"),
        (["export"], "Missing option '--out'", "il manque l’option «\u00a0--out\u00a0» / «\u00a0-o\u00a0»"),
        (["sources", "list", "a"], "unexpected extra", "de trop\u00a0: a"),
        (["stats", "--by", "day"], "is not one of", "choisissez parmi «\u00a0week\u00a0»"),
        (["search", "--json=yes"], "does not take a value", "ne prend pas de valeur"),
        (["import", "x", "none.csv"], "does not exist", "n’existe pas"),
        (["sources"], "Usage: ouidire sources", "Usage\u00a0: ouidire sources"),
        ([], "Usage: ouidire", "Usage\u00a0: ouidire"),
    ],
)
def test_a_wrong_call_is_answered_in_the_language(arguments, english, french, monkeypatch, capsys):
    assert run(arguments) == 2
    assert english in capsys.readouterr().err
    monkeypatch.setenv("OUIDIRE_LANG", "fr")
    assert run(arguments) == 2
    answer = capsys.readouterr().err
    assert french in answer
    assert not re.search(r"Usage:|--help'|Error|No such|Missing|Invalid", answer)


def test_arguments_have_a_name_in_both_languages():
    named = {
        each.name
        for command in COMMANDS.values()
        for each in command.params
        if each.param_type_name == "argument"
    }
    for language in ("fr", "en"):
        entries = catalogue(language, "commands").entries
        assert {key.partition(".")[2] for key in entries if key.startswith("argument.")} == named


@pytest.fixture(autouse=True)
def _in_english_afterwards():
    yield
    speak("en")
