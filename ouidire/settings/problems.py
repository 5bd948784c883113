"""Messages for a configuration that is wrong: one line a problem, with its key and a hint."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from ouidire.frozen import Frozen
from ouidire.settings.refusals import refusal


def problems_of(error: ValidationError, model: type[Frozen], *, prefix: str = "") -> list[str]:
    """Turn a validation error into one line for each problem: key, what is wrong, hint."""
    lines: list[str] = []
    listed = error.errors(include_url=False)
    for each in listed:
        if each["type"] == "too_short" and any(
            other is not each and other["loc"][: len(each["loc"])] == each["loc"] for other in listed
        ):
            continue  # a list is too short only because its entries were refused, each with its own line
        key = prefix + "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in each["loc"]
        ).removeprefix(".")
        if each["type"] == "extra_forbidden":
            lines.append(
                f"{key}: unknown key{suggestion(str(each['loc'][-1]), _keys_beside(model, each['loc']))}"
            )
        elif each["type"] == "value_error" and not each["loc"]:
            lines += str(each["ctx"]["error"]).splitlines() if "ctx" in each else [each["msg"]]
        else:
            said = refusal(each)
            lines.append(said if said.startswith(f"{key}.") else f"{key}: {said}{_given(each)}")
    return lines


def twice(values: Iterable[str]) -> list[str]:
    """Return the values that stand more than once, in their order."""
    return sorted(value for value, n in Counter(values).items() if n > 1)


def suggestion(word: str, known: list[str]) -> str:
    """Return the end of a message on an unknown word: the close one that is known, or all of them."""
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(known)}" if known else ""


def _given(problem: Any) -> str:  # noqa: ANN401 (pydantic's error dictionary)
    """Show what was given; a secret that was written into an address is not shown."""
    value = problem.get("input")
    if not isinstance(value, str | int | float | bool) or value == "" or problem["type"] == "missing":
        return ""
    if isinstance(value, str) and "password=" in value:
        return ""
    shown = _without_users(value) if isinstance(value, str) else value
    return f" (given: {shown!r:.60})"


def _without_users(text: str) -> str:
    """Return a text whose addresses show neither name nor password: `//…@host`."""
    return re.sub(r"\S+", _without_user, text)


def _without_user(word: re.Match[str]) -> str:
    before, slashes, address = word[0].partition("//")
    _, sign, host = address.rpartition("@")
    return f"{before}{slashes}…@{host}" if sign else word[0]


def _keys_beside(model: type[Frozen], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the innermost model at this place knows."""
    current: Any = model
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        info = getattr(current, "model_fields", {}).get(part)
        if info is None:
            return []
        current = _model_in(info.annotation)
    return sorted(name for name in getattr(current, "model_fields", {}) if name != "base")


def _model_in(annotation: Any) -> Any:  # noqa: ANN401 (typing objects)
    if hasattr(annotation, "model_fields"):
        return annotation
    return next(
        (found for each in getattr(annotation, "__args__", ()) if (found := _model_in(each)) is not None),
        None,
    )
