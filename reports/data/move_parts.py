"""What a move is made of: the parts of it that sources, places and themes bring. Data only."""

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.figure import Unit
from reports.data.metric import MeasureKey


class MovePart(Frozen):
    """One part of a move, in its unit: `value` ± `half` (None where too few past periods say).

    `name` is a source key, a place or "aspect:side"; empty for the rest, which has no interval. `now` and
    `usual` are the shares (0–1) of mentions that praise or blame a theme; `confirmed` where a theme's part is
    beyond noise with all themes judged together. `n` mentions of the period are behind it.
    """

    name: str = ""
    value: float
    half: float | None = Field(default=None, ge=0)
    n: int = Field(default=0, ge=0)
    beyond_noise: bool = False
    confirmed: bool = False
    now: float | None = Field(default=None, ge=0, le=1)
    usual: float | None = Field(default=None, ge=0, le=1)


class MoveParts(Frozen):
    """The parts of one metric's move, `delta` in its unit: by source, by place, by theme.

    Each list sums to the delta; one that would say nothing (a single source, no place, no theme beyond its
    noise) is empty.
    """

    key: MeasureKey
    unit: Unit
    delta: float
    sources: tuple[MovePart, ...] = ()
    places: tuple[MovePart, ...] = ()
    themes: tuple[MovePart, ...] = ()
