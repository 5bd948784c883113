"""Reads JSON that strangers wrote: into values whose texts every file, index and message can hold."""

import json
import re
from typing import Any, Final

DEEPEST: Final = 200
"""Levels of lists and objects within one another; the deepest answer that we know of has some 30."""
_ODD: Final = re.compile(
    r"\\u(?:[dD][89a-fA-F]|00[0189]|007[fF])|[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", re.ASCII
)
"""What may become a text that cannot be written: an escaped or a bare control character or surrogate."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONE: Final = re.compile(r"[\ud800-\udfff]")
_OPENED: Final = re.compile(r"[\[{]")


def read_json(text: str) -> Any:  # noqa: ANN401 (a raw payload)
    """Return the value of a JSON text, without control characters and halves of characters in its texts.

    Raises ValueError for any fault, also for lists and objects more than 200 deep and for huge numbers.
    """
    message = "JSON nested deeper than any real answer"
    try:
        value = json.loads(text, strict=False)
        may_be_deep = next(
            (True for place, _ in enumerate(_OPENED.finditer(text)) if place >= DEEPEST), False
        )
        if may_be_deep and _is_deep(value):
            raise ValueError(message)
        return _writable(value) if _ODD.search(text) else value
    except RecursionError as error:
        raise ValueError(message) from error


def _is_deep(value: Any) -> bool:  # noqa: ANN401 (a raw payload)
    """Return whether lists and objects stand deeper within one another than any real answer has them."""
    level = [value]
    for _ in range(DEEPEST):
        level = [each for held in level for each in _held(held) if isinstance(each, list | dict)]
        if not level:
            return False
    return True


def _held(value: Any) -> Any:  # noqa: ANN401 (a raw payload)
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _writable(value: Any) -> Any:  # noqa: ANN401 (a raw payload)
    if isinstance(value, str):
        return _LONE.sub("\ufffd", _CONTROLS.sub("", value))
    if isinstance(value, dict):
        return {_writable(name): _writable(each) for name, each in value.items()}
    return [_writable(each) for each in value] if isinstance(value, list) else value
