"""What a configuration's value should have been, in plain words, by the kind of error that pydantic found.

It cannot know a rule of a field's own: those say themselves what is wrong.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_ADDRESS = "write a whole address, as https://example.fr/avis"
_NAME = "write small letters, digits and hyphens, as pousse-et-compagnie"
_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    (r"^[A-Z][A-Z0-9_]*$", "write the name of an environment variable, as MY_KEY, and never the key itself"),
    (r"^[^@\s<>,;]+@[^@\s<>,;]+$", "write a bare e-mail address, as nom@example.fr"),
    (r"^[a-z]{2}$", "write two small letters, as fr"),
    (r"^[A-Z]{2}$", "write two capitals, as FR"),
    (r"^[A-Z]{3}$", "write three capitals, as EUR"),
    (r"^[a-z]{2}(-[A-Za-z]{2,4})?$", "write a language as fr or fr-FR"),
    (r"^(all|[a-z]{2,3})$", "write a language as fr, or all"),
    (r"^\d{4}-\d{2}-\d{2}$", "write a day like 2026-03-09"),
    (r"^hub:[\w./~-]+$", "write hub: and the model's name, as hub:cardiffnlp/model"),
    (r"^(\d+-(\d+|all)|false)$", "write it as 0-1, 0-all or false"),
    (r"^accounts/[A-Za-z0-9_-]+$", "write it as accounts/123456"),
    (r"^[0-9a-fA-F-]{36}$", "write the 36 characters of its id"),
    (r"^[A-Za-z]\w*(\.[A-Za-z]\w*)+$", "write the package's name, as fr.example.app"),
)
"""Forms of texts by their patterns, and how each is written."""
_STARTS: Final[tuple[tuple[str, str], ...]] = (
    (r"^https?://", _ADDRESS),
    (r"^\d{", "write its number, digits alone"),
    (r"^[a-z0-9", _NAME),
    (r"^[a-z]", _NAME),
)
_KINDS: Final[Mapping[str, str]] = {
    "missing": "it is missing",
    "string_type": "write a text, in quotation marks",
    "path_type": "write a path, in quotation marks",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "date_type": "write a day like 2026-03-09",
    "date_parsing": "write a day like 2026-03-09",
    "date_from_datetime_parsing": "write a day like 2026-03-09",
    "date_from_datetime_inexact": "write a day like 2026-03-09",
    "datetime_type": "write a moment like 2026-03-09T08:00:00+01:00",
    "datetime_parsing": "write a moment like 2026-03-09T08:00:00+01:00",
    "datetime_from_date_parsing": "write a moment like 2026-03-09T08:00:00+01:00",
    "timezone_aware": "write its offset too, as 2026-03-09T08:00:00+01:00",
}
_LISTED = frozenset({("brand",), ("source",), ("recipient",), ("edition",), ("channel",)})
"""Where there are tables of one kind, each under [[name]]."""
_BOUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "greater_than": ("gt", "write a number above {}"),
    "greater_than_equal": ("ge", "write {} or more"),
    "less_than": ("lt", "write a number below {}"),
    "less_than_equal": ("le", "write {} or less"),
    "string_too_long": ("max_length", "write at most {} characters"),
    "too_long": ("max_length", "write at most {} of them"),
}


def refusal(problem: Mapping[str, Any]) -> str:
    """Return in plain words what pydantic's error dictionary says: what is wrong, or what to write."""
    kind, context = str(problem["type"]), problem.get("ctx") or {}
    if kind == "missing" and tuple(problem["loc"]) == ("brand",):
        return "there is none: write one under [[brand]], or let `ouidire init` write the file"
    if kind in _KINDS:
        return _KINDS[kind]
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return words.format(context.get(bound))
    read = next((function for kinds, function in _BY_KIND if kind in kinds), None)
    return str(problem["msg"]).removeprefix("Value error, ") if read is None else read(problem, context)


def _of_length(problem: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    least = context.get("min_length", 1)
    if problem["type"] == "too_short":
        return f"there is none: write at least {least}"
    return "it is empty" if least == 1 else f"write at least {least} characters"


def _of_list(problem: Mapping[str, Any], _context: Mapping[str, Any]) -> str:
    if isinstance(problem.get("input"), dict) or tuple(problem["loc"]) in _LISTED:
        return f"write it with two pairs of brackets: [[{_name_of(problem)}]]"
    return 'write a list, in brackets: ["…", "…"]'


def _of_table(problem: Mapping[str, Any], _context: Mapping[str, Any]) -> str:
    name = _name_of(problem)
    return f"write a table: [{name}] and its settings below" if name else "write a table of settings"


def _name_of(problem: Mapping[str, Any]) -> str:
    return next((part for part in reversed(problem["loc"]) if isinstance(part, str)), "")


def _of_choice(problem: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    return _among(re.findall(r"'([^']*)'", str(context.get("expected", ""))), problem.get("input"))


def _of_pattern(_problem: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    return _by_pattern(str(context.get("pattern", "")))


def _by_pattern(pattern: str) -> str:
    """Return how a text is written whose pattern is this one."""
    for known, words in _PATTERNS:
        if pattern == known:
            return words
    started = (words for start, words in _STARTS if pattern.startswith(start))
    return next(started, "a character in it is not allowed here")


def _among(allowed: list[str], given: object) -> str:
    """Return which values are allowed, the one most like what is written first."""
    listed = ", ".join(allowed)
    close = difflib.get_close_matches(str(given), allowed, n=1) if isinstance(given, str) else []
    return f"write one of {listed}" + (f"; did you mean {close[0]!r}?" if close else "")


_BY_KIND: Final[tuple[tuple[frozenset[str], Callable[[Mapping[str, Any], Mapping[str, Any]], str]], ...]] = (
    (frozenset({"string_too_short", "too_short"}), _of_length),
    (frozenset({"tuple_type", "list_type", "set_type", "frozen_set_type"}), _of_list),
    (frozenset({"dict_type", "model_type", "model_attributes_type", "mapping_type"}), _of_table),
    (frozenset({"literal_error", "enum"}), _of_choice),
    (frozenset({"string_pattern_mismatch"}), _of_pattern),
)
"""Kinds of problems, and what says them in words."""
