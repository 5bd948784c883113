"""Corrections as a CSV file, out and in again: a lost state, or another installation, has them back.

A file is taken in whole or not at all. What it says of words that have changed since is kept and holds for
nothing; a mention that is not known yet is refused, with its line.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from ouidire.clock import parse_moment
from ouidire.errors import OuidireError, UsageError
from ouidire.state.people.audit import record_action
from ouidire.state.people.corrections import Corrected, Correction, all_corrections, save_corrections
from ouidire.system.files import new_file
from service.pipeline.index.decisions.apply import words_of
from service.pipeline.keep.export import safe_csv
from service.pipeline.people.correcting import checked_value, field_named, model_of
from service.pipeline.people.side import DecisionSide, mention_of

COLUMNS = ("mention", "field", "value", "said", "by", "at")
MOST_PROBLEMS = 20
"""Wrong lines that are named."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is taken in."""


def export_corrections(installation: DecisionSide, path: Path, *, by: str) -> int:
    """Write every correction that stands to a CSV file; return how many."""
    if path.suffix != ".csv":
        raise UsageError(f"{path.name}: corrections are written as .csv")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder: make it first")
    now = installation.clock()
    with installation.state.read() as connection:
        listed = list(all_corrections(connection))
    with new_file(path) as (part, _):
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for each in listed:
                cells = (each.mention_id, each.field, as_text(each.value), each.said, each.by, each.at)
                writer.writerow([safe_csv(cell) for cell in cells])
        part.replace(path)
    with installation.state.begin() as connection:
        record_action(
            connection, "export", by=by, at=now, subject=path.name, detail=f"{len(listed)} corrections"
        )
    return len(listed)


def import_corrections(installation: DecisionSide, path: Path, *, by: str) -> int:
    """Take the corrections of a CSV file in; return how many.

    Raises UsageError, naming the lines, where one of them makes no sense: none is taken in then.
    """
    made: list[Correction] = []
    problems: list[str] = []
    for number, row in _rows(path):
        try:
            made.append(_correction(installation, row))
        except OuidireError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        more = [f"and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        raise UsageError("\n".join([f"{path.name}: nothing is taken in", *problems[:MOST_PROBLEMS], *more]))
    now = installation.clock()
    with installation.state.begin() as connection:
        save_corrections(connection, made)
        detail = f"{len(made)} corrections"
        record_action(connection, "import", by=by, at=now, subject=path.name, detail=detail)
    return len(made)


def as_text(value: Corrected) -> str:
    """Return a corrected value as a person writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) or "none" if isinstance(value, tuple) else value or "none"


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than {LARGEST} bytes: divide it")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as a CSV file in UTF-8: {error}") from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise UsageError(f"{path} has no column {missing[0]!r}; it needs mention, field and value")
    try:
        for row in reader:
            yield reader.line_num, {name: (row.get(name) or "").strip() for name in COLUMNS}
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV file that can be read: {error}") from error


def _correction(installation: DecisionSide, row: dict[str, str]) -> Correction:
    document = mention_of(installation, row["mention"])
    field = field_named(row["field"])
    return Correction(
        mention_id=document.id,
        field=field,
        value=checked_value(installation, document, field, row["value"].removeprefix("'")),
        said=row["said"] or words_of(document),
        model=model_of(document, field),
        by=row["by"].removeprefix("'") or "import",
        at=parse_moment(row["at"]) if row["at"] else installation.clock(),
    )
