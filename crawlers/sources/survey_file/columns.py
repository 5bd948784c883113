"""What each column of a survey export holds: as configured, by its heading (French, English), or its values.

It cannot know which of two scores is the "would you recommend" one where no heading states it: it takes the
first.
"""

import re
from collections.abc import Sequence

from crawlers.reading.extract import fold
from crawlers.reading.tables import Cell, FileRow
from ouidire.errors import LayoutChanged

FIELDS = ("id", "date", "score", "language", "place", "text", "author")
HEADER_WITHIN = 20
"""Rows among which the headings are looked for: exports may begin with a title and a legend."""

_ANSWER = (
    r"(?:reponses?|response|answer|repondant|respondent|avis|enquete|questionnaire|soumission|submission"
    r"|participation|ticket)"
)
_THE = r"(?:de |d |of )?(?:la |l |the )?"
HEADINGS: dict[str, tuple[str, ...]] = {
    "id": (
        rf"^(?:id|identifiant|n|no|num|numero|number|ref|reference) {_THE}{_ANSWER}$",
        rf"^{_ANSWER} (?:id|no|number|ref)$",
        r"^(?:id|uuid|identifiant|ref|reference|numero|no|n)$",
    ),
    "date": (
        rf"^date {_THE}{_ANSWER}",
        r"horodat|timestamp|submitted|completed|soumis|repondu le|answered|recu le|date de fin|end date",
        r"^date\b|\bdate$",
        r"\bdate\b|cree le|created",
    ),
    "score": (
        r"\bnps\b",
        r"recomm[ae]nd",
        r"\b0 (?:a|to|et|and|sur)? ?10\b",
        r"^(?:note|score)\b",
        r"\b(?:note|score|rating|notation)\b",
        r"satisfaction|probabilite|likelihood|evaluation",
    ),
    "language": (r"^(?:langue|language|lang|locale)\b", r"\b(?:langue|language)\b"),
    "place": (
        r"magasin|point de vente|etablissement|agence|boutique|\bstore\b|\bshop\b|branch",
        r"\b(?:lieu|ville|city|location|site|restaurant|hotel|centre|succursale)\b",
    ),
    "text": (
        r"commentaire|verbatim|\bcomments?\b",
        r"pourquoi|\bwhy\b|raison|reason|feedback|remarque|suggestion|temoignage|opinion|\bavis\b",
        r"\b(?:texte?|message|reponse (?:libre|ouverte)|open)\b",
    ),
    "author": (
        r"^(?:nom|prenom|auteur|author|client|name|pseudo)\b",
        r"e ?mail|\bname\b|repondant|respondent|customer|\bnom\b",
    ),
}
"""Headings by field, the most telling first, matched against the heading folded, punctuation made blanks."""
NOT_A_SCORE = re.compile(
    r"comment|pourquoi|\bwhy\b|raison|reason|categor|type|segment|groupe|group|explication|verbatim|justif"
)


def find_columns(rows: Sequence[FileRow], wanted: dict[str, str]) -> tuple[int, dict[str, int]]:
    """Return (index of the heading row in `rows`, column of each field found).

    `wanted` maps fields to headings, or to column numbers from 1. Raises LayoutChanged, naming the headings
    there are, when a wanted one or a score is not found.
    """
    unknown = [field for field in wanted if field not in FIELDS]
    if unknown:
        raise LayoutChanged(
            f"a field called {unknown[0]!r} (there are {', '.join(FIELDS)})", selector="columns"
        )
    candidates = [
        (index, row)
        for index, row in enumerate(rows[:HEADER_WITHIN])
        if sum(1 for cell in row.cells if _plain(cell)) > 0
    ]
    for index, row in candidates:
        columns = _configured(row, wanted) if wanted else {}
        if wanted and columns is None:
            continue
        found = _by_heading(row, columns or {}, wanted)
        if "score" in found:
            return index, _by_values(rows[index + 1 :], row, found)
    for index, row in candidates[:1]:
        found = _by_values(rows[index + 1 :], row, (_configured(row, wanted) or {}) if wanted else {})
        if "score" in found and (not wanted or _configured(row, wanted) is not None):
            return index, _by_heading(row, found, wanted)
    headings = ", ".join(
        repr(str(cell)) for cell in (candidates[0][1].cells if candidates else []) if _plain(cell)
    )[:300]
    missing = ", ".join(f"{field} = {name!r}" for field, name in wanted.items()) or "a score from 0 to 10"
    raise LayoutChanged(
        f"the column of {missing}; the file has {headings or 'no headings'}", selector="columns"
    )


def _plain(cell: Cell) -> str:
    return " ".join(re.sub(r"\W+", " ", fold(str(cell))).split()) if cell is not None else ""


def _configured(row: FileRow, wanted: dict[str, str]) -> dict[str, int] | None:
    names = [_plain(cell) for cell in row.cells]
    columns: dict[str, int] = {}
    for field, name in wanted.items():
        if _plain(name) in names:
            columns[field] = names.index(_plain(name))
        elif name.isdigit() and 1 <= int(name) <= len(names):
            columns[field] = int(name) - 1
        else:
            return None
    return columns


def _by_heading(row: FileRow, columns: dict[str, int], wanted: dict[str, str]) -> dict[str, int]:
    found = dict(columns)
    names = [_plain(cell)[:200] for cell in row.cells]
    for field in FIELDS:
        if field in found or field in wanted:
            continue
        for pattern in HEADINGS[field]:
            free = (
                index
                for index, name in enumerate(names)
                if name and index not in found.values() and re.search(pattern, name)
            )
            hit = next(
                (index for index in free if field != "score" or not NOT_A_SCORE.search(names[index])), None
            )
            if hit is not None:
                found[field] = hit
                break
    return found


def _by_values(rows: Sequence[FileRow], header: FileRow, columns: dict[str, int]) -> dict[str, int]:
    """Return the columns with score (the only one of numbers 0–10) and text (the longest) added."""
    found = dict(columns)
    width = len(header.cells)
    values = [
        [
            str(row.cells[index]).strip()
            for row in rows
            if index < len(row.cells) and row.cells[index] not in (None, "")
        ]
        for index in range(width)
    ]
    if "score" not in found:
        scores = [
            index
            for index, column in enumerate(values)
            if column
            and index not in found.values()
            and all(re.fullmatch(r"(?:\d|10)(?:[.,]0)?", value) for value in column)
        ]
        if len(scores) == 1 and max(float(value.replace(",", ".")) for value in values[scores[0]]) > 5:  # noqa: PLR2004 (not out of five)
            found["score"] = scores[0]
    if "text" not in found and rows:
        lengths = [
            sum(map(len, column)) / len(column) if column and index not in found.values() else 0.0
            for index, column in enumerate(values)
        ]
        longest = max(range(width), key=lambda index: lengths[index], default=None)
        if longest is not None and lengths[longest] > 25:  # noqa: PLR2004 (characters: longer than names, places and choices)
            found["text"] = longest
    return found
