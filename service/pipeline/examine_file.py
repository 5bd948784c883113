"""Every problem of a configuration's file in one pass, each with its line: the file's own and its sources'.

A setting that is refused is left out, and the rest is looked at again, so that one mistake hides no other. It
cannot see what only the network or an index knows.
"""

import copy
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ouidire.errors import ConfigError
from ouidire.settings.configuration import Settings, SourceSettings, load_settings, settings_from
from ouidire.settings.file_text import read_text, read_toml
from service.pipeline.configured_sources import configure, configured_sources

ROUNDS = 8
"""How often what is left is looked at again."""
_KEY = re.compile(r"\A(?P<key>[a-z_]+(?:\[\d+\])?(?:\.\w+|\[\d+\])*)(?: and [\w.]+)?(?=[: ])")
_ARRAY = re.compile(r"\A\s*\[\[\s*([\w.-]+)\s*\]\]")
_TABLE = re.compile(r"\A\s*\[\s*([\w.-]+)\s*\]")
_VALUE = re.compile(r"""\A\s*"?([\w-]+(?:\.[\w-]+)*)"?\s*=""")


class ExaminedFile(NamedTuple):
    """A configuration's file: its settings where nothing of it is refused, its text, and every problem."""

    settings: Settings | None
    text: str
    language: str
    problems: list[str]


def examine_file(path: Path) -> ExaminedFile:
    """Return what is wrong with a configuration's file. Raises ConfigError when it is no TOML at all."""
    try:
        return _examined(load_settings(path), read_text(path))
    except ConfigError as error:
        if not isinstance(error.__cause__, ValidationError):
            raise
    text = read_text(path)
    data = read_toml(text, path=path)
    stated = data.get("language")
    return ExaminedFile(None, text, stated if stated in ("fr", "en") else "fr", _problems(data, path))


def _examined(settings: Settings, text: str) -> ExaminedFile:
    try:
        configured_sources(settings)
    except ConfigError as error:
        return ExaminedFile(None, text, settings.language, error.problems)
    return ExaminedFile(settings, text, settings.language, [])


def _problems(data: dict[str, Any], path: Path) -> list[str]:
    """Return the problems of what was read, then those of each source's own parameters."""
    base, left = path.resolve().parent, copy.deepcopy(data)
    places: dict[str, list[int]] = {
        name: list(range(len(value))) for name, value in data.items() if isinstance(value, list)
    }
    found: list[str] = []
    dropped: set[str] = set()
    for _ in range(ROUNDS):
        try:
            settings_from(left, base=base, name="")
        except ConfigError as error:
            cause = error.__cause__
            told = [_placed(line.removeprefix(": "), places) for line in error.problems]
            found += [line for line in told if not _is_of_dropped(line, dropped)]
            dropped |= {line.partition(": ")[0] for line in told}
            dropped |= {key.partition("[")[0] for key in dropped}
            if not isinstance(cause, ValidationError) or not _without_refused(left, cause, places):
                break
        else:
            break
    for number, table in enumerate(data.get("source") or []):
        settings = _source_settings(copy.deepcopy(table))
        found += [] if settings is None else _of_source(number, settings, base)
    return list(dict.fromkeys(found))


def _is_of_dropped(line: str, dropped: set[str]) -> bool:
    """Return whether a problem is only that what was left out for another problem is missing."""
    key, _, said = line.partition(": ")
    return key in dropped and said.startswith(("it is missing", "there is none"))


def _source_settings(table: Any) -> SourceSettings | None:  # noqa: ANN401 (TOML)
    """Return a source's settings without those that are refused, or None."""
    for _ in range(ROUNDS):
        try:
            return SourceSettings.model_validate(table)
        except ValidationError as error:
            refused = [each["loc"] for each in error.errors(include_url=False)]
            if not sum(_drop(table, location) for location in refused):
                return None
    return None


def _of_source(number: int, settings: SourceSettings, base: Path) -> list[str]:
    try:
        configure(number, settings, base=base)
    except ConfigError as error:
        return error.problems
    return []


def _placed(line: str, places: dict[str, list[int]]) -> str:
    """Return a problem with the number that its table has in the file."""
    match = re.match(r"([a-z_]+)\[(\d+)\]", line)
    if match is None or match[1] not in places or int(match[2]) >= len(places[match[1]]):
        return line
    return f"{match[1]}[{places[match[1]][int(match[2])]}]{line[match.end() :]}"


def _without_refused(data: dict[str, Any], error: ValidationError, places: dict[str, list[int]]) -> bool:
    """Leave out what was refused; return whether anything was."""
    tables: set[tuple[str, int]] = set()
    changed = False
    for each in error.errors(include_url=False):
        location = each["loc"]
        if each["type"] == "missing" and len(location) > 2 and isinstance(location[1], int):  # noqa: PLR2004
            tables.add((str(location[0]), location[1]))
        else:
            changed |= _drop(data, location)
    for name, number in sorted(tables, reverse=True):
        if isinstance(data.get(name), list) and number < len(data[name]):
            del data[name][number], places[name][number]
            changed = True
    return changed


def _drop(data: Any, location: Sequence[int | str]) -> bool:  # noqa: ANN401 (TOML)
    """Delete the innermost setting of a place that is there; return whether there was one."""
    for depth in range(len(location), 0, -1):
        holder = data
        for part in location[: depth - 1]:
            inside = isinstance(holder, dict) and part in holder
            within = isinstance(holder, list) and isinstance(part, int) and part < len(holder)
            if not (inside or within):
                break
            holder = holder[part]
        else:
            if isinstance(holder, dict) and location[depth - 1] in holder:
                del holder[location[depth - 1]]
                return True
    return False


def line_of(text: str, problem: str) -> int | None:
    """Return the line of a configuration that a problem or a warning is about, from 1; None for no line."""
    match = _KEY.match(problem)
    if match is None:
        return None
    lines = _lines(text)
    key = match["key"]
    while key:
        if key in lines:
            return lines[key]
        if f"{key}[0]" in lines and "[" not in key:
            return lines[f"{key}[0]"]
        key = re.sub(r"(?:\.\w+|\[\d+\])$", "", key) if re.search(r"[.\[]", key) else ""
    return None


def _lines(text: str) -> dict[str, int]:
    """Return the first line of each setting and table of a configuration, by its key as problems name it."""
    found: dict[str, int] = {}
    counted: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _ARRAY.match(line):
            counted[match[1]] = counted.get(match[1], -1) + 1
            table = f"{match[1]}[{counted[match[1]]}]"
            found.setdefault(table, number)
        elif match := _TABLE.match(line):
            first, _, rest = match[1].partition(".")
            table = f"{first}[{counted[first]}]" if first in counted else first
            table += f".{rest}" if rest else ""
            found.setdefault(table, number)
        elif match := _VALUE.match(line):
            found.setdefault(f"{table}.{match[1]}" if table else match[1], number)
    return found
