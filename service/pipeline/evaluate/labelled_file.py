"""The labelled texts of a customer's own file: CSV, XLSX or JSON lines, its columns found by their headings.

A label is a word for negative, neutral, positive or mixed, in French or English, or the stars (1–5) that the
author gave. Where no heading tells which of several columns holds the texts, the longest words do.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from crawlers.reading.sheets.headings import (
    TableHeading,
    are_words,
    column_values,
    configured_columns,
    mean_length,
    plain,
    possible_headings,
)
from crawlers.reading.tables import Cell, FileRow, read_rows
from enrichment.scoring.evaluation import LabelledText
from ouidire.annotations import Label
from ouidire.errors import FileNotUnderstood, UsageError

WORDS: Mapping[Label, tuple[str, ...]] = {
    "negative": ("negatif", "negative", "neg", "mauvais", "bad", "mecontent", "detracteur", "detractor"),
    "neutral": ("neutre", "neutral", "neu", "passif", "passive"),
    "positive": ("positif", "positive", "pos", "bon", "good", "content", "promoteur", "promoter"),
    "mixed": ("mixte", "mixed", "mitige", "partage"),
}
LABEL_HEADINGS = (
    r"^(?:label|labels|etiquette|annotation|verite|truth|gold|target)\b",
    r"\b(?:sentiment|polarite|polarity|tonalite|tone|cote|side|classe?)\b",
)
STARS_HEADINGS = (r"\b(?:stars?|etoiles?)\b", r"\b(?:note|rating|score)\b")
TEXT_HEADINGS = (
    r"commentaire|verbatim|\bcomments?\b",
    r"\b(?:texte?|message|avis|review|content|contenu|body)\b",
)
LANGUAGE_HEADINGS = (r"^(?:langue|language|lang|locale)\b",)
MOST = 100_000
"""Texts of a file that are read."""
AHEAD = 500
LARGEST = 256 * 1024 * 1024
_BY_WORD: Mapping[str, Label] = {word: label for label, words in WORDS.items() for word in words}
MOSTLY = 0.9


class LabelledColumns(NamedTuple):
    """Which columns hold the text, the label or the stars, and the language, by index."""

    text: int
    label: int | None
    stars: int | None
    language: int | None


class LabelledFile(NamedTuple):
    """The texts of a file, how many rows have no label or no text, and the headings that were taken."""

    texts: tuple[LabelledText, ...]
    left_out: int
    taken: dict[str, str]


def read_labelled(path: Path, wanted: Mapping[str, str]) -> LabelledFile:
    """Return the labelled texts of a file; `wanted` maps text, label, stars and language to headings.

    Raises UsageError when it is no such file, or no column of texts or of labels is found.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST} bytes: take a sample of some hundred texts")
        with path.open("rb") as file:
            rows = _json_rows(path) if _is_json(path) else list(read_rows(file))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    except FileNotUnderstood as error:
        raise UsageError(f"{path}: {error}") from error
    if len(rows) > MOST:
        raise UsageError(f"{path} has more than {MOST} rows: take a sample of some hundred texts")
    heading, found = _columns(path, rows, wanted)
    texts: list[LabelledText] = []
    left_out = 0
    for row in rows[heading.first :]:
        if not any(cell not in (None, "") for cell in row.cells):
            continue
        made = _text(row.cells, found)
        if made is None:
            left_out += 1
        else:
            texts.append(made)
    taken = {
        name: heading.cells[index]
        for name, index in found._asdict().items()
        if index is not None and index < len(heading.cells)
    }
    return LabelledFile(tuple(texts), left_out, taken)


def label_of(cell: Cell) -> Label | None:
    """Return the label that a cell names, in French or English; None where it names none."""
    return _BY_WORD.get(plain(cell))


def stars_of(cell: Cell) -> int | None:
    """Return the stars of a cell: a whole number from 1 to 5, "4/5" or "4 étoiles"; None for others."""
    found = re.fullmatch(r"([1-5])(?:[.,]0+)?(?: ?/ ?5| ?(?:stars?|[ée]toiles?|★))?", str(cell).strip())
    return int(found[1]) if found else None


def _is_json(path: Path) -> bool:
    return path.name.lower().endswith((".jsonl", ".ndjson"))


def _json_rows(path: Path) -> list[FileRow]:
    """Return JSON lines as the rows of a table: the names of all fields first."""
    objects: list[dict[str, object]] = []
    names: dict[str, None] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            raise UsageError(f"{path}, line {number}: this is no JSON") from None
        if not isinstance(found, dict):
            raise UsageError(f"{path}, line {number}: this is no JSON object")
        objects.append(found)
        names.update(dict.fromkeys(found))
    header: list[Cell] = list(names)
    rows = [FileRow(1, header)]
    for number, each in enumerate(objects, start=2):
        rows.append(FileRow(number, [_cell(each.get(name)) for name in names]))
    return rows


def _cell(value: object) -> Cell:
    return value if value is None or isinstance(value, str | int | float | bool) else json.dumps(value)


def _columns(
    path: Path, rows: Sequence[FileRow], wanted: Mapping[str, str]
) -> tuple[TableHeading, LabelledColumns]:
    headings = list(possible_headings(rows[:AHEAD]))
    for heading in headings:
        configured = configured_columns(heading, wanted)
        if configured is None:
            continue
        values = column_values(rows[heading.first : heading.first + AHEAD], len(heading.cells))
        found = _find(heading, values, configured)
        if found is not None:
            return heading, found
    listed = ", ".join(repr(cell) for cell in (headings[0].cells if headings else ()) if cell)[:300]
    lacking = "a column of texts and one of labels (negative, neutral, positive, mixed) or of stars (1 to 5)"
    advice = "--text-column, --label-column and --stars-column say which to take"
    raise UsageError(f"{path} needs {lacking}; it has {listed or 'no headings'}. {advice}")


def _find(
    heading: TableHeading, values: Sequence[Sequence[Cell]], configured: Mapping[str, int]
) -> LabelledColumns | None:
    """Return the columns of a heading; None where it has no texts, or nothing that labels them."""
    taken = dict(configured)
    fitting: Mapping[str, Callable[[Cell], object]] = {"label": label_of, "stars": stars_of}
    judged: tuple[tuple[str, tuple[str, ...]], ...] = (("label", LABEL_HEADINGS), ("stars", STARS_HEADINGS))
    for name, patterns in judged:
        free = [index for index in range(len(heading.names)) if index not in taken.values()]
        fit = [index for index in free if _mostly(values[index], fitting[name])]
        named = [index for pattern in patterns for index in fit if re.search(pattern, heading.names[index])]
        if name not in taken and (named or (name == "label" and len(fit) == 1)):
            taken[name] = (named or fit)[0]
    words_in: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("language", LANGUAGE_HEADINGS),
        ("text", TEXT_HEADINGS),
    )
    for name, patterns in words_in:
        free = [index for index in range(len(heading.names)) if index not in taken.values()]
        named = [
            index
            for pattern in patterns
            for index in free
            if re.search(pattern, heading.names[index]) and are_words(values[index])
        ]
        if name == "text" and not named:
            words = [index for index in free if are_words(values[index])]
            named = sorted(words, key=lambda index: -mean_length(values[index]))[:1]
        if name not in taken and named:
            taken[name] = named[0]
    if "text" not in taken or not {"label", "stars"} & set(taken):
        return None
    return LabelledColumns(taken["text"], taken.get("label"), taken.get("stars"), taken.get("language"))


def _mostly(column: Sequence[Cell], fits: Callable[[Cell], object]) -> bool:
    return bool(column) and sum(fits(cell) is not None for cell in column) >= MOSTLY * len(column)


def _text(cells: Sequence[Cell], found: LabelledColumns) -> LabelledText | None:
    """Return the labelled text of a row; None where it has no text or no label."""

    def cell(index: int | None) -> Cell:
        return cells[index] if index is not None and index < len(cells) else None

    text = cell(found.text)
    label, stars = label_of(cell(found.label)), stars_of(cell(found.stars))
    if text is None or not str(text).strip() or (label is None and stars is None):
        return None
    language = str(cell(found.language) or "").strip().lower()[:2]
    return LabelledText(text=str(text), label=label, stars=stars, language=language or None)
