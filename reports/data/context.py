"""What a digest says, as data only: figures, quotations and what could not be seen. No prose, no markup.

Every figure carries its n. A section is None where nothing was read that it could speak of, which is not a
zero. A context can be kept as JSON and rendered again later, in another language.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen
from ouidire.measures import Announcement, Figure
from ouidire.period import Period
from ouidire.settings.editions import Role
from reports.data.metric import MeasureKey, Metric
from reports.data.scope import Scope
from reports.data.search_pages import DigestResultPage, PageMove, RatingMove
from reports.data.sections import Experience, Quote

VerdictKind = Literal["moved", "quiet", "signal", "first_weeks", "no_mentions", "unseen"]
Signal = Literal["hostile_entrant", "reviews_vanished"]
BlindStatus = Literal["degraded", "blocked", "refused_by_robots", "layout_changed", "gone", "failed", "late"]


class SourceInfo(Frozen):
    """What the configuration knows of one thing collected: its site's title, its own name, how often it is due (None: unknown).

    `title` is what people call the site ("Trustpilot"), `name` what they call this part of it ("Trustpilot,
    pousse.example").
    """

    source: str
    source_key: str
    title: str
    name: str
    every: timedelta | None = None

    @property
    def label(self) -> str:
        """Site and part, as one name."""
        if not self.name or self.name == self.title:
            return self.title
        return self.name if self.name.startswith(self.title) else f"{self.title} · {self.name}"


class BrandName(Frozen):
    """A brand as it is shown."""

    slug: str
    name: str


class Verdict(Frozen):
    """The one sentence: what kind it is, the measures that moved (surest first) and signals that no measure holds."""

    kind: VerdictKind
    moved: tuple[MeasureKey, ...] = ()
    signals: tuple[Signal, ...] = ()
    incomplete: bool = False


class Delight(Frozen):
    """Enchanter: peaks, and their mirror."""

    delight: Metric
    irritation: Metric


class Engage(Frozen):
    """Engager.

    `shares` are promoters, passives, detractors; `bases` counts mentions by where their class comes from.
    """

    nps: Metric | None = None
    promoters: Figure | None = None
    passives: Figure | None = None
    detractors: Figure | None = None
    bases: tuple[tuple[str, int], ...] = ()
    net_sentiment: Metric | None = None
    intents: tuple[tuple[str, int], ...] = ()


class Voice(Frozen):
    """One brand's mentions on the shared sites, and what they are worth there."""

    brand: BrandName
    own: bool
    n: int
    nps: Figure | None = None
    net_sentiment: Figure | None = None


class SiteRow(Frozen):
    """One site's mentions of the period; `stars` is the mean of the ratings given (0–5) over `rated` mentions."""

    site: str
    n: int
    stars: float | None = None
    rated: int = 0


class Talk(Frozen):
    """Faire parler.

    `late` arrived after their period, `undated` count on the day they were found, `duplicates` once.
    """

    volume: Metric
    late: int = 0
    undated: int = 0
    duplicates: int = 0
    share: Metric | None = None
    voices: tuple[Voice, ...] = ()
    shared_sites: tuple[str, ...] = ()
    sites: tuple[SiteRow, ...] = ()


class Convince(Frozen):
    """Convaincre: what the next buyer sees. `main` is the page shown in full."""

    score: Metric | None = None
    main: DigestResultPage | None = None
    others: tuple[DigestResultPage, ...] = ()
    moves: tuple[PageMove, ...] = ()
    ratings: tuple[RatingMove, ...] = ()
    consideration: Metric | None = None
    categories: tuple[DigestResultPage, ...] = ()


class Theme(Frozen):
    """One aspect that mentions speak of: in how many, how many of them well, how many badly; `of` mentions were read."""

    aspect: str
    n: int
    positive: int
    negative: int
    of: int


class ReviewEvent(Frozen):
    """One review that was edited, withdrawn or put back."""

    type: Literal["edited", "vanished", "restored"]
    site: str
    at: AwareDatetime
    url: str | None = None
    before: str | None = None
    after: str | None = None
    stars_before: float | None = None
    stars_after: float | None = None


class ReviewEvents(Frozen):
    """How many reviews changed, and a few of them."""

    edited: int = 0
    vanished: int = 0
    restored: int = 0
    examples: tuple[ReviewEvent, ...] = ()


class PlaceRow(Frozen):
    """One place's mentions and what they are worth."""

    place: str
    n: int
    nps: Figure | None = None
    net_sentiment: Figure | None = None


class CoverageGap(Frozen):
    """One source that could not be read as it should.

    `recovered` when a good run followed; `last_good` may be unknown.
    """

    source: str
    source_key: str
    name: str
    status: BlindStatus
    reason: str = ""
    since: AwareDatetime | None = None
    last_good: AwareDatetime | None = None
    recovered: bool = False
    runs: int = 0


class MissedRuns(Frozen):
    """How many times a source should have been read and was not, before it was read again."""

    name: str
    runs: int


class Blind(Frozen):
    """What could not be seen: sources, pages that robots.txt refused, items that could not be read.

    `unsent`: the periods just before this one whose digests went to nobody, oldest first. `left_out`:
    comparisons of mentions leave out sources that are broken or too new.
    """

    spots: tuple[CoverageGap, ...] = ()
    sources: int = 0
    refused_by_robots: int = 0
    rejected: int = 0
    missed: tuple[MissedRuns, ...] = ()
    unsent: tuple[Period, ...] = ()
    marked_periods: int = 0
    new_sources: tuple[str, ...] = ()
    left_out: bool = False
    mixed_analysers: tuple[str, ...] = ()


class Week(Frozen):
    """One past or present period of the chart; `broken` names the sources that were not seen in it."""

    period: Period
    n: int
    positive: int
    negative: int
    nps: Figure | None = None
    broken: tuple[str, ...] = ()

    @property
    def other(self) -> int:
        """Mentions neither positive nor negative, or not read."""
        return max(0, self.n - self.positive - self.negative)


class DigestContext(Frozen):
    """A whole digest. `history` is oldest first and ends with the period itself.

    `titles` names sites (hosts), `source_names` sources (slugs).
    """

    report: Literal["digest"] = "digest"
    edition: str
    role: Role = "brand"
    scope: Scope
    brand: BrandName
    period: Period
    now: AwareDatetime
    next_at: AwareDatetime | None = None
    verdict: Verdict
    delight: Delight | None
    engage: Engage
    talk: Talk
    convince: Convince | None
    experience: Experience = Experience()
    themes: tuple[Theme, ...]
    quotes: tuple[Quote, ...]
    reviews: ReviewEvents
    places: tuple[PlaceRow, ...]
    other_places: int = 0
    blind: Blind
    history: tuple[Week, ...]
    announcement: Announcement
    titles: dict[str, str] = Field(default_factory=dict)
    source_names: dict[str, str] = Field(default_factory=dict)

    @property
    def readings(self) -> Mapping[MeasureKey, Metric]:
        """Every measure that was read, by its key."""
        found = [self.talk.volume, self.talk.share, self.engage.nps, self.engage.net_sentiment]
        found += [self.delight.delight, self.delight.irritation] if self.delight else []
        found += [self.convince.score, self.convince.consideration] if self.convince else []
        found += self.experience.readings
        return {reading.key: reading for reading in found if reading is not None}
