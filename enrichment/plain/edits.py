"""A text that was changed, with the place in the written text of each of its characters."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

TextEdit = tuple[int, int, str]
"""Start, end (code points) and what stands there instead."""


class PlainText(NamedTuple):
    """A text as models read it.

    `starts` are the offsets of its characters in the text as written, rising, with the length of that text at
    the end; None where both are the same text.
    """

    text: str
    starts: tuple[int, ...] | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters `start` to `end` are in the text as written."""
        if self.starts is None:
            return start, end
        return self.starts[start], self.starts[end]

    def part(self, start: int, end: int) -> "PlainText":
        """Return what stands for the places `start` to `end` of the text as written, counted from `start`."""
        if self.starts is None:
            return PlainText(self.text[start:end])
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        inside = tuple(place - start for place in self.starts[first:last])
        return PlainText(self.text[first:last], (*inside, end - start))


def edited(plain: PlainText, edits: Sequence[TextEdit]) -> PlainText:
    """Return a text after edits, which are in order and apart from one another.

    A character of a replacement is at the place of the one it stands for, those beyond at that of the last.
    """
    if not edits:
        return plain
    old = plain.starts if plain.starts is not None else tuple(range(len(plain.text) + 1))
    parts: list[str] = []
    starts: list[int] = []
    done = 0
    for start, end, new in edits:
        parts += [plain.text[done:start], new]
        starts += old[done:start]
        last = max(end - start - 1, 0)
        starts += [old[start + min(number, last)] for number in range(len(new))]
        done = end
    return PlainText("".join(parts) + plain.text[done:], (*starts, *old[done:]))
