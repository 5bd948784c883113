"""What the command line prints is whole, wherever it is read."""

import io

import pytest
from rich.console import Console

from service.cli import output
from service.cli.output import Marked, say_marked

LONG = "une-adresse-qui-ne-tient-pas-dans-une-colonne-etroite@pousse-et-compagnie.example"


def test_a_table_in_a_file_is_never_cut(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    output.say_table(("id", "recipient", "since"), [("f80d236d6f32", LONG, "2026-03-09 08:00 UTC")])
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "f80d236d6f32",
        LONG,
        "2026-03-09",
        "08:00",
        "UTC",
    ]


def test_a_table_on_a_narrow_terminal_is_folded_and_loses_nothing(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(
        output, "out", Console(file=screen, force_terminal=True, width=40, highlight=False, color_system=None)
    )
    output.say_table(("id", "recipient"), [("f80d236d6f32", LONG)])
    lines = screen.getvalue().splitlines()[1:]
    assert max(map(len, lines)) <= 40
    assert "".join("".join(line.split()) for line in lines).replace("f80d236d6f32", "") == LONG


@pytest.mark.parametrize(
    ("bad", "of", "code"), [(0, 0, 0), (0, 3, 0), (3, 3, 1), (1, 1, 1), (1, 3, 3), (2, 3, 3)]
)
def test_the_exit_code_says_how_much_went_wrong(bad, of, code):
    assert output.exit_code(bad=bad, of=of) == code


def test_a_long_text_is_cut_around_its_first_mark():
    text = "a" * 400 + " colis " + "b" * 400
    marked = Marked(text, ((401, 406), (700, 703))).around(40)
    assert marked.text.startswith("… ")
    assert marked.text.endswith(" …")
    (span,) = marked.spans
    assert marked.text[slice(*span)] == "colis"
    short = Marked("deux\nlignes", ((5, 11),)).around(40)
    assert short == Marked("deux lignes", ((5, 11),))


def test_marks_stand_in_a_file_too(capsys):
    say_marked("  ", Marked("Le colis perdu", ((3, 8), (9, 14))))
    assert capsys.readouterr().out == "  Le **colis** **perdu**\n"
