"""What a person at a terminal sees of a pass, and tables in any width."""

import io
from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from rich.console import Console

from service.cli import output, progress
from service.cli.language import speak
from service.cli.progress import pass_progress


@pytest.fixture
def screen(monkeypatch):
    """A terminal of 100 columns, and what was written on it."""
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=100, highlight=False, color_system=None)
    monkeypatch.setattr(progress, "err", console)
    return written


@pytest.fixture(autouse=True)
def _in_english_afterwards():
    yield
    speak("en")


def run(key, status="ok", pages=3, items=12):
    summary = SimpleNamespace(pages=pages, items=items)
    return SimpleNamespace(source_key=key, status=status, summary=summary)


@pytest.mark.parametrize(
    ("language", "line", "bar"),
    [
        ("fr", "  trustpilot  lue  3 pages, 12 éléments", "mise à l’index"),
        ("en", "  trustpilot  read  3 pages, 12 items", "index"),
    ],
)
def test_a_terminal_shows_bars_and_a_short_line_for_each_source(language, line, bar, screen):
    speak(language)
    with pass_progress() as shown:
        update = shown.begin(SimpleNamespace(key="trustpilot"))
        update(2, 7)
        shown.end(run("trustpilot"))
        shown.index(5, 12)
        shown.index(12, 12)
    text = screen.getvalue()
    assert line in text
    assert bar in text
    assert "12/12" in text


def test_a_long_name_is_cut_and_one_item_is_one(screen):
    speak("fr")
    with pass_progress() as shown:
        shown.begin_named("s" * 90)(1, 1)
        shown.end(run("s" * 90, pages=1, items=1))
    assert "1 page, 1 élément\n" in screen.getvalue()


def test_nothing_is_shown_where_no_terminal_is_attached_or_json_is_asked_for(monkeypatch, screen):
    with pass_progress(quiet=True) as shown:
        assert shown is None
    monkeypatch.setattr(progress, "err", Console(file=io.StringIO()))
    with pass_progress() as shown:
        assert shown is None
    assert screen.getvalue() == ""


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize(
    "text", ["Jardin & Cie", "日本語の長い名前" * 4, "un\u00a0mot\u202f! " * 6, "x" * 150]
)
def test_a_table_on_a_terminal_is_never_wider_than_it(width, text, monkeypatch):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=width, highlight=False, color_system=None)
    monkeypatch.setattr(output, "out", console)
    rows = [(text, "2026-03-09", "4★", text)] * 3
    output.say_table(("source", "date", "stars", "begins"), rows)
    lines = screen.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= width
    whole = "".join("".join(line.split()) for line in lines)
    assert all(whole.count(char) >= 6 for char in set(text) if not char.isspace())


def test_no_colour_is_printed_where_none_is_wanted(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    screen = io.StringIO()
    monkeypatch.setattr(output, "out", Console(file=screen, force_terminal=True, width=80))
    output.say_table(("source",), [("trustpilot.com",)])
    assert "\x1b[3" not in screen.getvalue()
