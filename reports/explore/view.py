"""A view: which mentions, in what order. One frozen model behind pages, commands and links in mails.

Two views that keep the same are equal: values are sorted, each once. What it keeps by default is what a
digest counts: every mention collected, near-duplicates folded into the first of them.
"""

import unicodedata
from collections.abc import Iterable
from typing import Literal

from pydantic import field_validator, model_validator

from ouidire.frozen import Frozen
from reports.explore.date_span import DateSpan
from reports.explore.filters import EXCLUDING, FLAGS, RANGES, VALUES, Flag, Order
from reports.explore.problem import ViewError

MOST_VALUES, LONGEST_VALUE, LONGEST_TEXT = 50, 300, 500
"""Values that one filter takes, characters of one, and of the words searched for."""
Duplicates = Literal["folded", "shown"]


class ChosenValues(Frozen):
    """The values kept by a filter, or left out by it where its name begins with `not-`."""

    name: str
    values: tuple[str, ...]

    @field_validator("values")
    @classmethod
    def _sorted(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(values)))

    @model_validator(mode="after")
    def _known(self) -> "ChosenValues":
        spec = VALUES.get(self.name.removeprefix(EXCLUDING))
        if spec is None:
            raise ViewError("unknown_filter", name=self.name)
        if not self.values or len(self.values) > MOST_VALUES:
            raise ViewError("too_many_values", name=self.name, most=str(MOST_VALUES))
        for value in self.values:
            if not value or len(value) > LONGEST_VALUE or value != clean(value):
                raise ViewError("bad_value", name=self.name, value=value)
            if spec.values and value not in spec.values:
                raise ViewError("unknown_value", name=self.name, value=value)
        return self


class ChosenRange(Frozen):
    """Whole numbers from `low` to `high`, both included."""

    name: str
    low: int
    high: int

    @model_validator(mode="after")
    def _known(self) -> "ChosenRange":
        spec = RANGES.get(self.name)
        if spec is None:
            raise ViewError("unknown_filter", name=self.name)
        if not spec.lowest <= self.low <= self.high <= spec.highest:
            shown = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
            raise ViewError(
                "range", name=self.name, value=shown, low=str(spec.lowest), high=str(spec.highest)
            )
        return self


class ChosenFlag(Frozen):
    """A filter that is `yes` or `no`."""

    name: str
    value: Flag

    @model_validator(mode="after")
    def _known(self) -> "ChosenFlag":
        if self.name not in FLAGS:
            raise ViewError("unknown_filter", name=self.name)
        return self


class MentionView(Frozen):
    """The mentions kept, and their order; `order` is None for the usual one.

    Usual is the best match first where there are words to search, else the newest first. `like` and `like_id`
    list what is kept by its likeness to a text or to a mention, whatever the order; they keep and leave out
    nothing, so that counts stay those of the filters. Raises ViewError for a filter or value that there is
    not.
    """

    text: str = ""
    like: str = ""
    like_id: str = ""
    values: tuple[ChosenValues, ...] = ()
    flags: tuple[ChosenFlag, ...] = ()
    ranges: tuple[ChosenRange, ...] = ()
    published: DateSpan | None = None
    imported: DateSpan | None = None
    duplicates: Duplicates = "folded"
    order: Order | None = None

    @model_validator(mode="after")
    def _one_likeness(self) -> "MentionView":
        if self.like and self.like_id:
            raise ViewError("like_twice")
        return self

    @field_validator("text", "like", "like_id")
    @classmethod
    def _clean_text(cls, text: str) -> str:
        cleaned = clean(text)
        if len(cleaned) > LONGEST_TEXT:
            raise ViewError("long_text", most=str(LONGEST_TEXT))
        return cleaned

    @field_validator("values", "flags", "ranges")
    @classmethod
    def _once(
        cls, chosen: tuple[ChosenValues | ChosenFlag | ChosenRange, ...]
    ) -> tuple[ChosenValues | ChosenFlag | ChosenRange, ...]:
        names = [each.name for each in chosen]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ViewError("twice", name=twice)
        return tuple(sorted(chosen, key=lambda each: each.name))

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return the values that a filter has here; none where it has none."""
        return next((each.values for each in self.values if each.name == name), ())

    def flag(self, name: str) -> Flag | None:
        """Return whether a yes-or-no filter is `yes` or `no` here; None where it is neither."""
        return next((each.value for each in self.flags if each.name == name), None)

    def range(self, name: str) -> ChosenRange | None:
        """Return the numbers that a filter keeps here; None where it keeps all."""
        return next((each for each in self.ranges if each.name == name), None)

    def keeping(self, name: str, values: Iterable[str]) -> "MentionView":
        """Return the same view with other values of a filter; with none, without it."""
        wanted = tuple(values)
        others = tuple(each for each in self.values if each.name != name)
        changed = (*others, ChosenValues(name=name, values=wanted)) if wanted else others
        return self._with(values=changed)

    def toggled(self, name: str, value: str) -> "MentionView":
        """Return the same view with one value of a filter more, or less where it was there."""
        held = set(self.chosen(name))
        return self.keeping(name, held ^ {value})

    def flagged(self, name: str, value: Flag | None) -> "MentionView":
        """Return the same view with another yes or no; None takes the filter away."""
        others = tuple(each for each in self.flags if each.name != name)
        return self._with(flags=others if value is None else (*others, ChosenFlag(name=name, value=value)))

    def ranging(self, name: str, low: int | None, high: int | None = None) -> "MentionView":
        """Return the same view with other numbers of a filter; None takes it away."""
        others = tuple(each for each in self.ranges if each.name != name)
        if low is None:
            return self._with(ranges=others)
        return self._with(
            ranges=(*others, ChosenRange(name=name, low=low, high=low if high is None else high))
        )

    def between(self, published: DateSpan | None) -> "MentionView":
        """Return the same view over other days of publication."""
        return self._with(published=published)

    def without(self, name: str) -> "MentionView":
        """Return the same view without one of its filters, whatever kind that is."""
        return self._with(
            values=tuple(each for each in self.values if each.name != name),
            flags=tuple(each for each in self.flags if each.name != name),
            ranges=tuple(each for each in self.ranges if each.name != name),
            published=None if name == "published" else self.published,
            imported=None if name == "imported" else self.imported,
            text="" if name == "q" else self.text,
            like="" if name == "like" else self.like,
            like_id="" if name == "like-id" else self.like_id,
            duplicates="folded" if name == "duplicates" else self.duplicates,
        )

    def ordered(self, order: Order | None) -> "MentionView":
        """Return the same mentions in another order."""
        return self._with(order=order)

    @property
    def active(self) -> int:
        """The number of filters: values each, and one for each other."""
        spans = [self.published, self.imported]
        return (
            sum(len(each.values) for each in self.values)
            + len(self.flags)
            + len(self.ranges)
            + sum(span is not None for span in spans)
            + bool(self.text)
            + self.by_likeness
            + (self.duplicates == "shown")
        )

    @property
    def by_likeness(self) -> bool:
        """Whether mentions are listed by their likeness to something."""
        return bool(self.like or self.like_id)

    def _with(self, **changes: object) -> "MentionView":
        return MentionView.model_validate({**dict(self), **changes})


def clean(text: str) -> str:
    """Return a text as a view holds it: NFC, blanks single, no control characters nor halves of pairs."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in composed)
    return " ".join(unicodedata.normalize("NFC", kept).split())
