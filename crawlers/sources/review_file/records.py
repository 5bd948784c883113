"""The records of a JSON or NDJSON export as rows of a table, each name of a value a heading.

{"reviewer": {"displayName": "Ana"}} has the heading "reviewer.displayName". It cannot know which of two lists
of reviews is meant: it asks.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from crawlers.reading.extract import read_json
from crawlers.reading.sheets.headings import plain
from crawlers.reading.tables import WIDEST, FileRow
from crawlers.sources.review_file.headings import EXCLUDED, HEADINGS
from ouidire.errors import FileNotUnderstood

DEEPEST = 8
"""Levels below a record that are read; exports of platforms have three."""
SAMPLE = 20
"""Records from which a list is judged."""
LISTS = 200
"""Lists of one file that are looked at."""
_REVIEWS = re.compile(r"\b(?:reviews|avis|ratings)$")
RawRecord = dict[str, Any]


class Records(NamedTuple):
    """The rows of a file, the first its headings; `path` is where they lie, `empty` that there are none."""

    rows: Iterator[FileRow]
    path: str
    empty: bool


def read_records(text: str, *, wanted: str | None = None) -> Records:
    """Return the records of a JSON or NDJSON text; `wanted` is the path of their list, as `data.reviews`.

    Raises FileNotUnderstood when it is neither, or when the list of reviews is not told.
    """
    try:
        value = read_json(text)
    except ValueError as error:
        return _lines(text, error)
    if wanted:
        return _records(list(_at(value, wanted.split("."))), wanted)
    lists = list(_lists(value))
    telling = [(path, listed) for path, listed in lists if _is_telling(listed)]
    outer = [path for path, _ in telling]
    if len(outer) > 1:
        raise FileNotUnderstood(
            f'one list of reviews (there are {", ".join(outer[:5])}): write records = "{outer[0]}"',
            selector="records",
        )
    if telling:
        return _records(telling[0][1], telling[0][0])
    if any(not listed for _, listed in lists):
        return Records(iter(()), next(path for path, listed in lists if not listed), empty=True)
    if isinstance(value, dict) and _is_review(value):
        return _records([value], "the whole file")
    shown = [one for _, listed in lists for one in listed[:3]] or ([value] if isinstance(value, dict) else [])
    names = ", ".join(dict.fromkeys(name for one in shown for name in _flat(one)))
    raise FileNotUnderstood(
        f"a list of reviews (records with a rating or a text); it has {names[:300] or 'no records'}",
        selector="records",
    )


def read_lines(text: str) -> Any:  # noqa: ANN401 (a raw payload)
    """Return a JSON value; of NDJSON the list of its records. Raises FileNotUnderstood when it is neither."""
    try:
        return read_json(text)
    except ValueError as error:
        return [record for _, record, _ in _read_lines(text, error) if record is not None]


def table_of(listed: list[Any]) -> Iterator[FileRow]:
    """Yield the headings of a list of records, then each record."""
    return _records(listed, "").rows


def _lines(text: str, whole: ValueError) -> Records:
    """Return the records of NDJSON as rows."""
    read = _read_lines(text, whole)
    records = [record for _, record, _ in read if record is not None]
    return Records(_table(records, read, last_ends=text.endswith("\n")), "one record a line", empty=False)


def _read_lines(text: str, whole: ValueError) -> list[tuple[int, RawRecord | None, str]]:
    """Return each line's number, record and fault; raise FileNotUnderstood where the text is no NDJSON."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    read: list[tuple[int, RawRecord | None, str]] = []
    for number, line in lines:
        try:
            value = read_json(line)
        except ValueError as error:
            read.append((number, None, str(error)))
        else:
            read.append((number, value if isinstance(value, dict) else None, "no object of JSON"))
    good = sum(record is not None for _, record, _ in read)
    if not good or 2 * good < len(read):
        raise FileNotUnderstood(
            f"JSON that can be read ({whole}); it may break off: export it again", selector="json"
        ) from whole
    return read


def _records(listed: list[Any], path: str) -> Records:
    records = [one for one in listed if isinstance(one, dict)]
    read = [
        (number, one if isinstance(one, dict) else None, "no object of JSON")
        for number, one in enumerate(listed, 1)
    ]
    return Records(_table(records, read, last_ends=True), path, empty=not listed)


def _table(
    records: list[RawRecord], read: list[tuple[int, RawRecord | None, str]], *, last_ends: bool
) -> Iterator[FileRow]:
    """Yield the headings, then each record; what is no record is a row with a fault."""
    names: dict[str, None] = {}
    for record in records:
        for name in _flat(record):
            if len(names) < WIDEST:
                names.setdefault(name)
    yield FileRow(0, list(names))
    for place, (number, found, fault) in enumerate(read, 1):
        if found is None:
            yield FileRow(number, [], fault, ends=last_ends or place < len(read))
            continue
        values = _flat(found)
        yield FileRow(number, [_cell(values.get(name)) for name in names])


def _cell(value: object) -> Any:  # noqa: ANN401 (a raw value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value[:50] if not isinstance(one, dict | list))
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _flat(record: RawRecord) -> dict[str, Any]:
    """Return the values of a record by the path of their names; what lies in lists of records by number."""
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any, int]] = [("", record, 0)]
    while waiting and len(found) < WIDEST:
        path, value, depth = waiting.pop(0)
        inner: list[tuple[str, Any]] = []
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value[:5]):
            inner = [("", one) for one in value[:5]]
        else:
            found.setdefault(path, value)
            continue
        if depth < DEEPEST:
            waiting += [(f"{path}.{name}".strip("."), one, depth + 1) for name, one in inner]
    return found


def _lists(value: Any) -> Iterator[tuple[str, list[Any]]]:  # noqa: ANN401 (a raw value)
    """Yield the lists of records of a value, the outer first; a list within telling records is theirs.

    Records that tell nothing and hold lists of records hand their own values down to those.
    """
    waiting: list[tuple[str, Any, int]] = [("", _joined(value), 0)]
    looked = 0
    while waiting and looked < LISTS:
        path, current, depth = waiting.pop(0)
        looked += 1
        if isinstance(current, list):
            records = [one for one in current if isinstance(one, dict)]
            if (records and not _group_names(records)) or not current:
                yield path or "the whole file", current
            if records and depth < DEEPEST:
                grouped = _is_telling(current)
                waiting += [(name, one, depth + 1) for name, one in _children(path, records, grouped=grouped)]
        elif isinstance(current, dict) and depth < DEEPEST:
            inner = list(current.values())
            if len(inner) > 1 and all(isinstance(one, dict) for one in inner) and _is_telling(inner):
                yield path or "the whole file", [{"id": name, **one} for name, one in current.items()]
                continue
            waiting += [
                (f"{path}.{name}".strip("."), one, depth + 1)
                for name, one in current.items()
                if isinstance(one, dict | list)
            ]


def _group_names(records: list[RawRecord], depth: int = 3) -> list[str]:
    """Return the names under which records hold reviews: a list of that name, or of two ratings and more.

    What holds a list that holds reviews counts too, as the answers of services that wrap them twice.
    """
    return [
        name
        for name in dict.fromkeys(name for record in records[:SAMPLE] for name in record)
        for listed in [[one for record in records[:SAMPLE] for one in _inner(record, name)]]
        if listed
        and _is_telling(listed)
        and (
            _REVIEWS.search(plain(name))
            or any(
                sum(_is_telling([one], ("rating",)) for one in _inner(record, name)) > 1 for record in records
            )
            or (depth > 0 and _group_names(listed[:SAMPLE], depth - 1))
        )
    ]


def _inner(record: RawRecord, name: str) -> list[Any]:
    value = record.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _children(path: str, records: list[RawRecord], *, grouped: bool) -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists within records under one name, each with what its record says beside them.

    Of records that tell something themselves (`grouped`) only the reviews they hold.
    """
    all_names = (name for record in records[:SAMPLE] for name, one in record.items() if _holds(one))
    for name in _group_names(records) if grouped else dict.fromkeys(all_names):
        listed = []
        for record in records:
            beside = {
                f"{path.rpartition('.')[2]} {key}".strip(): one
                for key, one in record.items()
                if not isinstance(one, dict | list)
            }
            listed += [{**beside, **one} for one in _as_list(record.get(name)) if isinstance(one, dict)]
        yield f"{path}.{name}".strip("."), listed


def _holds(value: Any) -> bool:  # noqa: ANN401 (a raw value)
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )


def _as_list(value: Any) -> list[Any]:  # noqa: ANN401 (a raw value)
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _at(value: Any, names: list[str]) -> Iterator[Any]:  # noqa: ANN401 (a raw value)
    """Yield the records under a path of names; lists on the way are gone through."""
    for name in names:
        if isinstance(value, list):
            value = [inner for one in value if isinstance(one, dict) for inner in _as_list(one.get(name))]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            raise FileNotUnderstood(
                f"the list {'.'.join(names)!r} ({name!r} is not there)", selector="records"
            )
    yield from _as_list(value)


def _is_telling(listed: list[Any], fields: tuple[str, ...] = ("rating", "text", "recommends")) -> bool:
    """Return whether records have what looks like a rating or like a text."""
    names = {plain(name) for one in listed[:SAMPLE] if isinstance(one, dict) for name in _flat(one)}
    return any(
        re.search(pattern, name)
        for name in names
        for field in fields
        for pattern in HEADINGS[field]
        if not (field in EXCLUDED and EXCLUDED[field].search(name))
    )


def _is_review(value: RawRecord) -> bool:
    """Return whether an object by itself is a review: words alone may be a service's message."""
    if _is_telling([value], ("rating", "recommends")):
        return True
    return _is_telling([value], ("text",)) and _is_telling([value], ("date",))


def _joined(value: Any) -> Any:  # noqa: ANN401 (a raw value)
    """Return a JSON:API document with what it includes put where it is referred to."""
    if not isinstance(value, dict) or not isinstance(value.get("included"), list):
        return value
    included = {
        json.dumps([one.get("type"), one.get("id")]): one
        for one in value["included"]
        if isinstance(one, dict)
    }
    records = []
    for record in _as_list(value.get("data")):
        relations = record.get("relationships") if isinstance(record, dict) else None
        joined = dict(record) if isinstance(record, dict) else record
        for name, relation in (relations or {}).items() if isinstance(relations, dict) else ():
            target = relation.get("data") if isinstance(relation, dict) else None
            if isinstance(target, dict):
                found = included.get(json.dumps([target.get("type"), target.get("id")]))
                if found is not None:
                    joined[name] = found
        records.append(joined)
    return {"data": records}
