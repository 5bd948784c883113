"""What a move is made of, in words: parts that sum to it as it is printed.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from collections.abc import Sequence
from typing import Literal

from ouidire.measures.moves.parts import rounded_parts
from reports.data.move_parts import MovePart, MoveParts
from reports.data.source_names import source_label
from reports.words.figure_text import FigureText, capital

PartKind = Literal["source", "place", "theme"]


class PartText:
    """The parts of one context's move, in one language; `brief`: without the shares of themes."""

    def __init__(self, figures: FigureText, *, brief: bool = False) -> None:
        self.brief = brief
        self.figures = figures
        self.parts = figures.context.parts
        self.localizer = figures.localizer
        self.say = figures.say

    def title(self) -> str:
        """Return which move is split, with its size; or nothing."""
        parts = self.parts
        if parts is None or not self.lines():
            return ""
        measure = capital(self.figures.measure(parts.key))
        delta = self.figures.amount(parts.delta, parts.unit, difference=True)
        return self.say("parts.title", measure=measure, delta=delta)

    def lines(self) -> list[str]:
        """Return a line for each way to split it, themes first; each line's numbers sum to the move."""
        parts = self.parts
        if parts is None:
            return []
        listed: tuple[tuple[PartKind, Sequence[MovePart]], ...] = (
            ("theme", parts.themes),
            ("source", parts.sources),
            ("place", parts.places),
        )
        return [self._line(parts, kind, found) for kind, found in listed if found]

    def note(self) -> str:
        """Return how to read the lines; nothing where there is none."""
        return self.say("parts.note") if self.lines() else ""

    def _line(self, parts: MoveParts, kind: PartKind, found: Sequence[MovePart]) -> str:
        scale = 100 if parts.unit == "ratio" else 1
        digits = 2 if parts.unit == "score" else 0
        total = round(scale * parts.delta, digits)
        values = rounded_parts([scale * part.value for part in found], total, digits=digits)
        named = [
            self._part(kind, part, value, scale=scale, digits=digits)
            for part, value in zip(found, values, strict=True)
            if value
        ]
        key = f"parts.{kind}"
        if kind == "theme":
            key = f"parts.theme_{found[0].name.rpartition(':')[2]}"
        return self.say(key, list=self.localizer.together(named))

    def _part(self, kind: PartKind, part: MovePart, value: float, *, scale: int, digits: int) -> str:
        number = self.localizer.number(value, digits=digits, signed=True)
        if not part.name:
            return self.say("parts.rest", value=number).replace(" ", "\u00a0")
        if part.half is not None:
            least = 10.0**-digits
            half = self.localizer.number(max(least, scale * part.half), digits=digits)
            number = self.say("parts.value", value=number, half=half).replace(" ", "\u00a0")
        words = {"name": self._name(kind, part.name), "value": number}
        if part.now is None or part.usual is None or self.brief:
            sure = part.now is None or part.confirmed
            return self.say("parts.part" if sure else "parts.part_watch", **words)
        shares = {"now": self.localizer.percent(part.now), "was": self.localizer.percent(part.usual)}
        return self.say("parts.part_theme" if part.confirmed else "parts.part_theme_watch", **words, **shares)

    def _name(self, kind: PartKind, name: str) -> str:
        if kind == "source":
            return source_label(name, self.figures.context.key_names)
        return self.figures.aspect_with_article(name.rpartition(":")[0]) if kind == "theme" else name
