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
from reports.data.actions import ActionItem, ThemeMove
from reports.data.assistants import Assistants
from reports.data.beside import BesideAll
from reports.data.metric import MeasureKey, Metric
from reports.data.move_parts import MoveParts
from reports.data.past_changes import ChangedPeriod
from reports.data.scope import Scope
from reports.data.search_pages import DigestResultPage, PageMove, RatingMove, SuggestionMoves
from reports.data.sections import Experience, NewTheme, Quote

VerdictKind = Literal[
    "moved", "quiet", "signal", "first_weeks", "no_mentions", "unseen", "part_unseen", "uncompared"
]
"""`no_mentions`: a real silence; `unseen` and `part_unseen`: none was read, where all or some was not seen;
`uncompared`: what was read is too incomplete to be compared."""
Charted = Literal["nps", "positive"]
"""What a chart shows of each period."""
Signal = Literal["hostile_entrant", "reviews_vanished"]
GapStatus = Literal[
    "degraded",
    "blocked",
    "refused_by_robots",
    "layout_changed",
    "gone",
    "failed",
    "late",
    "unread",
    "end_unread",
    "waiting",
    "damaged",
]
"""Why a source was not seen: how its runs ended, or that none looked in the period, or only before its end,
or that a harvest of it waits to be indexed, or is damaged."""


class SourceInfo(Frozen):
    """What the configuration knows of one thing collected.

    `title` is what people call the site ("Trustpilot"), `name` what they call this part of it ("Trustpilot,
    pousse.example"), `every` how often it is due (None: unknown).
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
    """What the one sentence is about: its kind, the metrics that moved (surest first), other signals.

    `incomplete`: a source was broken in the period.
    """

    kind: VerdictKind
    moved: tuple[MeasureKey, ...] = ()
    signals: tuple[Signal, ...] = ()
    incomplete: bool = False


class Delight(Frozen):
    """Enchanter: the rates of peak experiences, and of their mirror."""

    delight: Metric
    irritation: Metric


class Engage(Frozen):
    """Engager: whether they would recommend us; what was asked, starred and read stand apart.

    `nps` rests on asked scores alone (asked in the period, over eight weeks, or anchored on them) and is None
    where they are too few, `asked` counting those of the period; `stars` is the NPS by the stars given. The
    shares of the three classes are those of the scores asked in the period. `positive` and `net_sentiment`
    are read in words. `intents` counts mentions by what their authors intend.
    """

    nps: Metric | None = None
    asked: int = 0
    promoters: Figure | None = None
    passives: Figure | None = None
    detractors: Figure | None = None
    stars: Metric | None = None
    positive: Metric | None = None
    net_sentiment: Metric | None = None
    intents: tuple[tuple[str, int], ...] = ()


class BrandShare(Frozen):
    """One brand's mentions on the shared sites; `stars` is the mean of the ratings given by `rated` of them.

    Nothing read in words compares brands: what an analyser is off by differs from one to the next.
    """

    brand: BrandName
    own: bool
    n: int
    stars: float | None = None
    rated: int = 0


class SiteRow(Frozen):
    """One site's mentions in the period; `stars` is the mean of the ratings (0–5) of `rated` mentions."""

    site: str
    n: int
    stars: float | None = None
    rated: int = 0


class Talk(Frozen):
    """Faire parler: how many mentions there are, where, and how that compares with competitors.

    `late` arrived after their period, `undated` count on the day they were found, `duplicates` are copies
    that are not counted. `share` is the share of voice on `shared_sites`, `voices` each brand's mentions
    there.
    """

    volume: Metric
    late: int = 0
    undated: int = 0
    duplicates: int = 0
    share: Metric | None = None
    voices: tuple[BrandShare, ...] = ()
    shared_sites: tuple[str, ...] = ()
    sites: tuple[SiteRow, ...] = ()


class Convince(Frozen):
    """Convaincre: what the next buyer sees. `main` is the page shown in full.

    `suggestions` are the lists of search suggestions taken in the period, each with what entered and left.
    """

    score: Metric | None = None
    main: DigestResultPage | None = None
    others: tuple[DigestResultPage, ...] = ()
    moves: tuple[PageMove, ...] = ()
    ratings: tuple[RatingMove, ...] = ()
    consideration: Metric | None = None
    categories: tuple[DigestResultPage, ...] = ()
    suggestions: tuple[SuggestionMoves, ...] = ()

    @property
    def brand_pages(self) -> tuple[DigestResultPage, ...]:
        """The pages for the brand's own name, the one shown in full first."""
        return (self.main, *self.others) if self.main is not None else self.others


class Theme(Frozen):
    """One aspect that `n` of the `of` mentions read speak of; `positive` of them well, `negative` badly."""

    aspect: str
    n: int
    positive: int
    negative: int
    of: int


class WordChange(Frozen):
    """Words that an edit took out of a text, and those that it put in their place; one may be empty."""

    went: str = ""
    came: str = ""


class ReviewEvent(Frozen):
    """One review that was edited, withdrawn or put back.

    `changes` are the words that an edit changed; none where it is another text.
    """

    type: Literal["edited", "vanished", "restored"]
    site: str
    at: AwareDatetime
    url: str | None = None
    before: str | None = None
    after: str | None = None
    stars_before: float | None = None
    stars_after: float | None = None
    changes: tuple[WordChange, ...] = ()


class SiteChange(Frozen):
    """What a site has changed of many known reviews at once: which source, what, of how many.

    `moved_since` is the first moment whose figures an accepted change may have moved.
    """

    name: str
    what: Literal["dates", "ratings", "texts", "ids"]
    outcome: Literal["held", "linked", "accepted", "applied", "rejected", "ended"]
    reviews: int
    moved_since: AwareDatetime | None = None


class ReviewEvents(Frozen):
    """How many reviews changed, a few of them, and what sites have changed of many at once."""

    edited: int = 0
    vanished: int = 0
    restored: int = 0
    examples: tuple[ReviewEvent, ...] = ()
    by_sites: tuple[SiteChange, ...] = ()


class PlaceRow(Frozen):
    """One place's mentions, with what people gave there: asked NPS, mean stars of `rated` of them (0–5).

    Both are None where too few gave it. Nothing read in words compares places.
    """

    place: str
    n: int
    nps: Figure | None = None
    stars: float | None = None
    rated: int = 0


class CoverageGap(Frozen):
    """One source that was not read as it should be, since when, and when it last was (None: unknown).

    `recovered` when a good run followed; `runs` counts the bad ones. `silent` names the engines of a
    metasearch that did not answer the last of them, with their reasons.
    """

    source: str
    source_key: str
    name: str
    status: GapStatus
    reason: str = ""
    since: AwareDatetime | None = None
    last_good: AwareDatetime | None = None
    recovered: bool = False
    runs: int = 0
    silent: tuple[str, ...] = ()


class MissedRuns(Frozen):
    """How many times a source should have been read and was not, before it was read again."""

    name: str
    runs: int


class CompletedSpan(Frozen):
    """One past period of which so many `mentions` more were read after its digest had gone, of `sources`."""

    period: Period
    mentions: int
    sources: tuple[str, ...]


class CoverageGaps(Frozen):
    """What could not be seen (« angles morts »): sources, pages that robots.txt refused, unreadable items.

    `spots` are the sources not read as they should be, of `sources`; `missed` planned runs that did not take
    place; `marked_periods` past periods that were incomplete. `unsent`: the periods just before this one
    whose digests went to nobody, oldest first. `completed`: periods told incomplete of which more was read
    since. `past_read_at`: when the past that opinions are compared with was read, after it had passed.
    `retired` source keys are followed no more. `left_out`: comparisons of mentions leave out sources that are
    broken or too new.
    """

    spots: tuple[CoverageGap, ...] = ()
    sources: int = 0
    refused_by_robots: int = 0
    rejected: int = 0
    missed: tuple[MissedRuns, ...] = ()
    unsent: tuple[Period, ...] = ()
    completed: tuple[CompletedSpan, ...] = ()
    marked_periods: int = 0
    new_sources: tuple[str, ...] = ()
    past_read_at: AwareDatetime | None = None
    retired: tuple[str, ...] = ()
    left_out: bool = False
    mixed_analysers: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[CoverageGap, ...]:
        """The sources that could not be seen to the end of the period, or of which something waits."""
        return tuple(spot for spot in self.spots if not spot.recovered)

    @property
    def blind(self) -> bool:
        """Whether nothing was seen at all: a silence is then ours."""
        unseen = {spot.source_key for spot in self.missing if spot.status != "end_unread"}
        return len(unseen) >= self.sources


class HistoryPeriod(Frozen):
    """One period of the chart (a week or a month); `broken` names the sources that were not read in it.

    `completed` counts the mentions that were read after its digest had gone, which told it incomplete;
    `afterwards`: it passed before a source was watched, and was read at once when that began.
    `nps` is asked, and None where too few were; `positive_share` is read in words.
    """

    period: Period
    n: int
    positive: int
    negative: int
    nps: Figure | None = None
    positive_share: Figure | None = None
    broken: tuple[str, ...] = ()
    completed: int = 0
    afterwards: bool = False

    def level(self, key: Charted) -> Figure | None:
        """Return the level that is charted: the asked NPS, or the share of positive texts."""
        return self.nps if key == "nps" else self.positive_share

    @property
    def other(self) -> int:
        """Mentions neither positive nor negative, or not read."""
        return max(0, self.n - self.positive - self.negative)


class DigestContext(Frozen):
    """The data of one digest: one scope in one period.

    `rival`: the brand is a competitor, and the digest a preview of it. `history` is oldest first and ends
    with the period itself. `titles` names sites (hosts), `source_names`
    sources (slugs), `key_names` source keys. `corrected` counts the mentions of the period that people
    corrected; `explorer` is the address below which the explorer stands, where it can be reached.
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
    assistants: Assistants | None = None
    experience: Experience = Experience()
    rival: bool = False
    beside: BesideAll | None = None
    themes: tuple[Theme, ...]
    theme_moves: tuple[ThemeMove, ...] = ()
    new_themes: tuple[NewTheme, ...] = ()
    parts: MoveParts | None = None
    actions: tuple[ActionItem, ...] = ()
    quotes: tuple[Quote, ...]
    reviews: ReviewEvents
    places: tuple[PlaceRow, ...]
    other_places: int = 0
    blind: CoverageGaps
    history: tuple[HistoryPeriod, ...]
    announcement: Announcement
    titles: dict[str, str] = Field(default_factory=dict)
    explorer: str | None = None
    source_names: dict[str, str] = Field(default_factory=dict)
    key_names: dict[str, str] = Field(default_factory=dict)
    corrected: int = Field(default=0, ge=0)
    changed_past: tuple[ChangedPeriod, ...] = ()

    @property
    def metrics(self) -> Mapping[MeasureKey, Metric]:
        """Every metric that was read, by its key."""
        engage = self.engage
        found = [self.talk.volume, self.talk.share, engage.nps, engage.stars]
        found += [engage.positive, engage.net_sentiment]
        found += [self.delight.delight, self.delight.irritation] if self.delight else []
        found += [self.convince.score, self.convince.consideration] if self.convince else []
        found += self.experience.metrics
        return {metric.key: metric for metric in found if metric is not None}
