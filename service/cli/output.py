"""Output of the command line: tables for people, one JSON document for programs, progress on a terminal."""

import json
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from service.cli.language import sentence, words

OK, ERROR, USAGE, PARTIAL = 0, 1, 2, 3
"""Exit codes: all done; nothing done, for a reason that is printed; called wrongly; done in part."""

NAMED = "ouidire: "
"""What begins a line about something that went wrong."""
_ANY_LENGTH = 10_000
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def exit_code(*, bad: int, of: int) -> int:
    """Return the exit code of work on several things, of which so many went wrong."""
    if not bad:
        return OK
    return ERROR if bad == of else PARTIAL


def plain(value: Any) -> Any:  # noqa: ANN401 (anything that JSON can say)
    """Turn models and tuples into what JSON can say."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if hasattr(value, "_asdict"):
        return {name: plain(each) for name, each in value._asdict().items()}
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def say_json(value: Any) -> None:  # noqa: ANN401 (anything that JSON can say)
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def say(text: str) -> None:
    """Print a line for a person; nothing in it is markup."""
    out.print(text, markup=False)


def inform(text: str) -> None:
    """Print a sentence of the code for a person, in the language of the command line."""
    indent = text[: len(text) - len(text.lstrip())]
    say(indent + sentence(text.strip()))


class Marked(NamedTuple):
    """A text with the places to be marked in it: spans of code points, in order."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()

    def around(self, size: int) -> "Marked":
        """Return at most `size` characters around the first mark, on one line; … stands for what is cut."""
        first = self.spans[0][0] if self.spans else 0
        start = 0 if len(self.text) <= size or first < size // 2 else first - size // 4
        end = min(len(self.text), start + size)
        before, after = ("… " if start else ""), (" …" if end < len(self.text) else "")
        moved = len(before) - start
        spans = tuple(
            (max(low, start) + moved, min(high, end) + moved)
            for low, high in self.spans
            if start <= low < end
        )
        line = "".join(" " if char.isspace() else char for char in self.text[start:end])
        return Marked(f"{before}{line}{after}", spans)


def say_marked(indent: str, marked: Marked) -> None:
    """Print a text for a person, its marks bold on a terminal and between ** elsewhere."""
    from rich.text import Text

    if out.is_terminal:
        text = Text(indent + marked.text)
        for low, high in marked.spans:
            text.stylize("bold reverse", low + len(indent), high + len(indent))
        out.print(text)
        return
    shown, last = [indent], 0
    for low, high in marked.spans:
        shown += [marked.text[last:low], "**", marked.text[low:high], "**"]
        last = high
    say("".join([*shown, marked.text[last:]]))


def complain(text: str) -> None:
    """Print a line on standard error, in the language of the command line."""
    named, found, what = text.partition(NAMED)
    line = f"{NAMED}{sentence(what)}" if found and not named else sentence(text)
    err.print(line, markup=False)


def confirmed(question: str) -> bool:
    """Return whether a person at the terminal says yes; no by default."""
    import typer

    asked, yes = sentence(question), words().text("answer.yes")
    hint = f"[{yes[0]}/{words().text('answer.no')[0].upper()}]"
    given: str = typer.prompt(f"{asked} {hint}", default="", show_default=False)
    return given.strip().lower() in {yes[0], yes, "y", "yes"}


def answer_to(question: str, **options: Any) -> str:  # noqa: ANN401 (handed on)
    """Return what a person answers to a question, which is put in the language of the command line."""
    import typer

    given: str = typer.prompt(sentence(question), **options)
    return given


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for a person; nothing in it is markup, and nothing is cut.

    A narrow terminal folds cells, a file has lines of any length.
    """
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(_heading(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if each is None else str(each)) for each in row))
    (out if out.is_terminal else Console(width=_ANY_LENGTH, highlight=False)).print(table)


def _heading(column: str) -> str:
    """Return a column's heading in the language of the command line; a reader's own name as it is."""
    key = f"column.{column.strip().replace(' ', '_')}"
    if key not in words():
        return column
    return column[: len(column) - len(column.lstrip())] + words().text(key)
