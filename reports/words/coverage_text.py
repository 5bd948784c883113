"""What happened to reviews, and what could not be seen (« angles morts »), in words.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ouidire.period import Period
from reports.data.context import CoverageGap, ReviewEvent, SiteChange, WordChange
from reports.words.figure_text import FigureText
from reports.words.language import Localizer
from reports.words.status_words import TOLD, status_key

TOGETHER_FROM, NAMED_TOGETHER = 5, 3
"""Sources of which the same is to be said that share a line of a mail, and those that it names."""


class SpotLine(NamedTuple):
    """A line on sources that were not read as they should be; `recovered` since."""

    text: str
    recovered: bool


class CoverageText:
    """The lines on one context's reviews and coverage gaps, in one language."""

    def __init__(self, figures: FigureText) -> None:
        self.figures = figures
        self.context = figures.context
        self.localizer = figures.localizer
        self.say = figures.say

    def review_counts(self) -> str:
        """Return the counts of the reviews that changed, or nothing."""
        reviews = self.context.reviews
        counts = (("vanished", reviews.vanished), ("edited", reviews.edited), ("restored", reviews.restored))
        return self.localizer.together([self.say(f"reviews.{name}", n=n) for name, n in counts if n])

    def event(self, event: ReviewEvent) -> str:
        """Return what became of one review."""
        text = self._texts(event)
        before, after = event.stars_before, event.stars_after
        if event.type == "edited" and before is not None and after is None:
            text = f"{self.say('reviews.stars_gone', before=self._stars(before))}, {text}"
        elif before is not None and after is not None and before != after:
            stars = self.say("reviews.stars", before=self._stars(before), after=self._stars(after))
            text = f"{stars}, {text}"
        return self.say(f"reviews.event_{event.type}", source=self.figures.site(event.site), text=text)

    def _texts(self, event: ReviewEvent) -> str:
        """Return the text of a review, or what became of it: its changed words, or both texts."""
        if event.changes:
            return self.localizer.together([self._change(each) for each in event.changes])
        words = [self.say("reviews.quoted", text=text) for text in (event.before, event.after) if text]
        if event.before == event.after:
            words = words[:1]
        elif event.type == "edited" and not event.after:
            words.append(self.say("reviews.no_words"))
        if len(words) > 1:
            return self.say("reviews.arrow", before=words[0], after=words[1])
        return "".join(words) or self.say("reviews.no_words")

    def spot_lines(self, spots: Sequence[CoverageGap]) -> list[SpotLine]:
        """Return a line for each source, and one for all of which the very same is to be said, where many."""
        alike: dict[str, list[CoverageGap]] = {}
        for spot in spots:
            alike.setdefault(self._trouble(spot), []).append(spot)
        lines = []
        for trouble, group in alike.items():
            if len(group) < TOGETHER_FROM:
                lines += [SpotLine(self.spot(spot), spot.recovered) for spot in group]
                continue
            named = [spot.name for spot in group[:NAMED_TOGETHER]]
            named.append(self.say("blind.others", n=len(group) - len(named)))
            text = self.say("blind.alike", n=len(group), status=trouble, list=self.localizer.together(named))
            lines.append(SpotLine(text, group[0].recovered))
        return lines

    def spot(self, spot: CoverageGap) -> str:
        """Return what is wrong with one source, since when, and when it was last read."""
        return self.say("blind.spot", name=spot.name, status=self._trouble(spot))

    def _trouble(self, spot: CoverageGap) -> str:
        """Return what is wrong, since when, and when it was last read, without the source's name."""
        parts = [self.say(f"blind.{_words(spot)}")]
        if spot.silent:
            named = self.localizer.together(list(spot.silent))
            parts = [self.say("blind.silent", n=len(spot.silent), list=named)]
        if spot.since is not None:
            parts.append(self.say("blind.since", day=self.localizer.day(spot.since)))
        if spot.recovered:
            parts.append(self.say("blind.recovered"))
        elif spot.last_good is not None:
            parts.append(self.say("blind.last_good", day=self.localizer.day(spot.last_good)))
        else:
            parts.append(self.say("blind.never"))
        return ", ".join(parts)

    def reason_tells(self, spot: CoverageGap) -> bool:
        """Whether a run's own reason says more than its status does."""
        return not spot.recovered and _words(spot) in TOLD and not spot.silent

    def all_seen(self, *, reserves: bool) -> list[str]:
        """Return the line that every source was read, where that is all there is to tell; else nothing."""
        gaps, lines = self.context.blind, self.blind_notes(reserves=reserves)
        is_all = bool(gaps.sources) and not gaps.spots and not self.context.verdict.incomplete
        return lines if is_all and len(lines) == 1 else []

    def blind_notes(self, *, reserves: bool = True) -> list[str]:
        """Return a line for everything else that is missing or left aside.

        Without `reserves`, not for what is there and counted with one (late, undated, twice).
        """
        gaps, talk = self.context.blind, self.context.talk
        lines = []
        if not gaps.spots and not self.context.verdict.incomplete:
            every = self.say("blind.none", n=gaps.sources) if gaps.sources else self.say("blind.no_sources")
            lines.append(every)
        counted = (
            ("marked", gaps.marked_periods),
            ("robots", gaps.refused_by_robots),
            ("rejected", gaps.rejected),
        )
        with_reserve = (
            ("late_arrivals", talk.late),
            ("undated", talk.undated),
            ("duplicates", talk.duplicates),
        )
        shown = (*counted, *with_reserve) if reserves else counted
        lines += [self.say(f"blind.{name}", n=n) for name, n in shown if n]
        lines += [self.site_change(each) for each in self.context.reviews.by_sites]
        if gaps.missed:
            missed = [self.say("blind.missed_of", name=each.name, n=each.runs) for each in gaps.missed]
            lines.append(self.say("blind.missed", list=self.localizer.together(missed)))
        if gaps.unsent:
            span = join_spans(self.localizer, gaps.unsent)
            lines.append(self.say("blind.unsent", n=len(gaps.unsent), span=span))
        for each in gaps.completed:
            words = {"span": self.localizer.span(each.period), "day": self.localizer.day(each.period.start)}
            named = self.localizer.together(list(each.sources))
            lines.append(
                self.say(f"blind.completed_{each.period.kind}", n=each.mentions, list=named, **words)
            )
        if gaps.past_read_at is not None:
            lines.append(
                self.say(
                    "blind.afterwards" if reserves else "blind.afterwards_short",
                    day=self.localizer.day(gaps.past_read_at),
                )
            )
        for name, items in (
            ("new_sources", gaps.new_sources),
            ("retired", gaps.retired),
            ("mixed", gaps.mixed_analysers),
        ):
            if items:
                lines.append(self.say(f"blind.{name}", list=self.localizer.together(list(items))))
        return lines

    def site_change(self, change: SiteChange) -> str:
        """Return what a site has changed of many reviews at once, and what became of it."""
        words = {"name": change.name, "n": change.reviews}
        if change.moved_since is not None:
            return self.say("blind.site_moved", day=self.localizer.day(change.moved_since), **words)
        outcome = {"accepted": "applied", "linked": "held"}.get(change.outcome, change.outcome)
        tail = "" if change.what == "ids" else self.say(f"blind.site_{outcome}")
        return " ".join(filter(None, (self.say(f"blind.site_{change.what}", **words), tail)))

    def _change(self, change: WordChange) -> str:
        """Return what one run of words became."""
        words = {"went": change.went, "came": change.came}
        if change.went and change.came:
            return self.say("reviews.replaced", **words)
        return self.say("reviews.removed" if change.went else "reviews.added", **words)

    def _stars(self, stars: float) -> str:
        return self.localizer.number(stars, digits=1 if stars % 1 else 0)


def join_spans(localizer: Localizer, periods: Sequence[Period]) -> str:
    """Return periods that follow one another: weeks as one span, months each by its name."""
    if periods[0].kind == "week":
        return localizer.span(periods[0].model_copy(update={"end": periods[-1].end}))
    return localizer.together([localizer.span(each) for each in periods])


def _words(spot: CoverageGap) -> str:
    """Return the key of the words for what is wrong with a source."""
    read_before = spot.last_good is not None
    return status_key(spot.source, spot.status, reason=spot.reason, read_before=read_before)
