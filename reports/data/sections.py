"""The sections of a digest that stand only where analysers or events filled them. Data only."""

from typing import Literal

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen
from ouidire.measures import Drivers, Figure
from reports.data.metric import Metric

DrivenMetric = Literal["nps", "delight", "irritation"]
QuoteKind = Literal["best", "worst", "typical", "peak", "day"]


class Quote(Frozen):
    """Someone's words, made safe and shortened, never rewritten; `approximate` when its day is not known."""

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


class NewTheme(Frozen):
    """One theme that came up by itself: a phrase that people wrote, or a name that somebody gave it.

    `n` mentions of the period are of it; `quotes` are sentences of two of them.
    """

    id: str
    label: str
    n: int
    quotes: tuple[Quote, ...] = ()


class MetricDrivers(Frozen):
    """The drivers of one metric; coefficients come from `periods` periods, shares from the last.

    `quotes` are the sentences of the period that say each driver's code most clearly, by code; only drivers
    that are announced have any.
    """

    key: DrivenMetric
    found: Drivers
    periods: int
    quotes: dict[str, tuple[Quote, ...]] = Field(default_factory=dict)


class EffortSection(Frozen):
    """Customer effort: an index (0–1) over the texts that tell of it, and how many tell of which level."""

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


class ServiceSection(Frozen):
    """Customer service: net sentiment of the `n` mentions that speak of it."""

    reading: Metric
    n: int


class MemorySection(Frozen):
    """What is remembered: stories' mean peak and end (−1…1), how they end, and the strongest moment."""

    peak: Figure
    end: Figure
    ends_well: Figure
    ends_badly: Figure
    moment: Quote | None = None


class WordOfMouth(Frozen):
    """Share of mentions that report word of mouth; `for_us` recommend, `against_us` warn off."""

    reading: Metric
    for_us: int = 0
    against_us: int = 0


class Leaving(Frozen):
    """Share of mentions whose authors say they leave, and for whom (brand names, or the words used)."""

    reading: Metric
    n: int = 0
    to: tuple[tuple[str, int], ...] = ()


class Replies(Frozen):
    """Share of the period's reviews with an owner's reply; `delay`: the median days that replies took."""

    reading: Metric
    delay: Metric | None = None


class PeakDay(Frozen):
    """The day on which most was said, against the days of past periods; only where its rise is announced.

    `themes` are "aspect:polarity" with counts, `sites` hosts with counts; `quote` is a telling mention of
    that day.
    """

    reading: Metric
    day: AwareDatetime
    themes: tuple[tuple[str, int], ...] = ()
    sites: tuple[tuple[str, int], ...] = ()
    quote: Quote | None = None


class Experience(Frozen):
    """What people went through and will do; a section is None where nothing in the period filled it."""

    driven: tuple[MetricDrivers, ...] = ()
    effort: EffortSection | None = None
    journey: Journey | None = None
    service: ServiceSection | None = None
    memory: MemorySection | None = None
    word_of_mouth: WordOfMouth | None = None
    leaving: Leaving | None = None
    replies: Replies | None = None
    day: PeakDay | None = None

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric of it."""
        parts = (self.effort, self.service, self.word_of_mouth, self.leaving, self.day)
        found = [part.reading for part in parts if part is not None]
        if self.replies is not None:
            found += [each for each in (self.replies.reading, self.replies.delay) if each is not None]
        return tuple(found)
