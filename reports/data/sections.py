"""The blocks that stand only where analysers or events filled them: drivers, experience, what people will do, moments. Data only."""

from typing import Literal

from pydantic import AwareDatetime

from ouidire.frozen import Frozen
from ouidire.measures import Drivers, Figure
from reports.data.metric import Metric

DrivenKey = Literal["nps", "delight", "irritation"]
QuoteKind = Literal["best", "worst", "typical", "peak", "day"]


class Quote(Frozen):
    """Someone's words: tamed and shortened, never rewritten."""

    id: str
    kind: QuoteKind
    text: str
    language: str
    site: str
    url: str | None = None
    stars: float | None = None
    score: float | None = None
    place: str | None = None
    at: AwareDatetime
    approximate: bool = False


class Driven(Frozen):
    """The drivers of one measure; the coefficients come from `periods` periods, the shares from the last."""

    key: DrivenKey
    found: Drivers
    periods: int


class EffortSection(Frozen):
    """The hassle that texts tell of: an index 0–1 over those that tell either way, and how many tell of which."""

    reading: Metric
    none: int = 0
    some: int = 0
    a_lot: int = 0


class StageRow(Frozen):
    """One stage of the journey: mentions that speak of it, and their net sentiment."""

    stage: str
    n: int
    net: Figure


class Journey(Frozen):
    """The stages that mentions speak of, in the order of a purchase; `of` mentions were read."""

    rows: tuple[StageRow, ...]
    of: int


class Service(Frozen):
    """Customer service, a stage of its own: net sentiment of the mentions that speak of it, and what they are worth."""

    reading: Metric
    n: int
    nps: Figure | None = None


class MemorySection(Frozen):
    """What stays: mean peak and end of stories (−1…1), the share that end well or badly, and the strongest moment, quoted."""

    peak: Figure
    end: Figure
    ends_well: Figure
    ends_badly: Figure
    moment: Quote | None = None


class WordOfMouth(Frozen):
    """Mentions whose authors say they told others; `for_us` recommend, `against_us` warn off."""

    reading: Metric
    for_us: int = 0
    against_us: int = 0


class Leaving(Frozen):
    """Mentions whose authors say they leave, and for whom (brand names, or the words used)."""

    reading: Metric
    n: int = 0
    to: tuple[tuple[str, int], ...] = ()


class DayPeak(Frozen):
    """The day on which most was said, against the days of past periods: it stands only where the reading is announced.

    `themes` are "aspect:polarity" with counts, `sites` hosts with counts; `quote` is a telling mention of
    that day.
    """

    reading: Metric
    day: AwareDatetime
    themes: tuple[tuple[str, int], ...] = ()
    sites: tuple[tuple[str, int], ...] = ()
    quote: Quote | None = None


class Experience(Frozen):
    """Everything above; a block is None where nothing in the period filled it."""

    driven: tuple[Driven, ...] = ()
    effort: EffortSection | None = None
    journey: Journey | None = None
    service: Service | None = None
    memory: MemorySection | None = None
    word_of_mouth: WordOfMouth | None = None
    leaving: Leaving | None = None
    day: DayPeak | None = None

    @property
    def readings(self) -> tuple[Metric, ...]:
        """Every reading of it."""
        parts = (self.effort, self.service, self.word_of_mouth, self.leaving, self.day)
        return tuple(part.reading for part in parts if part is not None)
