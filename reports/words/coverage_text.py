"""The words for what happened to reviews, and for what could not be seen.

As `reports.words.verdict_text`, it turns a context into plain text and decides nothing.
"""

from collections.abc import Sequence

from ouidire.period import Period
from reports.data.context import CoverageGap, ReviewEvent
from reports.words.language import Speech
from reports.words.verdict_text import Phrases


class Notes:
    """The words for one context's reviews and blind spots."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self.context = phrases.context
        self.speech = phrases.speech
        self.say = phrases.say

    def review_counts(self) -> str:
        """Count the reviews that changed, or nothing."""
        reviews = self.context.reviews
        counts = (("vanished", reviews.vanished), ("edited", reviews.edited), ("restored", reviews.restored))
        return self.speech.together([self.say(f"reviews.{name}", n=n) for name, n in counts if n])

    def event(self, event: ReviewEvent) -> str:
        """Write what became of one review."""
        words = [self.say("reviews.quoted", text=text) for text in (event.before, event.after) if text]
        text = (
            self.say("reviews.arrow", before=words[0], after=words[1])
            if len(words) > 1
            else "".join(words) or self.say("reviews.no_words")
        )
        if (
            event.stars_before is not None
            and event.stars_after is not None
            and event.stars_before != event.stars_after
        ):
            before, after = (
                self.speech.number(stars, digits=1 if stars % 1 else 0)
                for stars in (event.stars_before, event.stars_after)
            )
            text = f"{self.say('reviews.stars', before=before, after=after)}, {text}"
        return self.say(f"reviews.event_{event.type}", source=self.phrases.site(event.site), text=text)

    def spot(self, spot: CoverageGap) -> str:
        """Write what is wrong with one source, since when, and when it was last read."""
        parts = [self.say(f"blind.{spot.status}")]
        if spot.since is not None:
            parts.append(self.say("blind.since", day=self.speech.day(spot.since)))
        if spot.recovered:
            parts.append(self.say("blind.recovered"))
        elif spot.last_good is not None:
            parts.append(self.say("blind.last_good", day=self.speech.day(spot.last_good)))
        else:
            parts.append(self.say("blind.never"))
        return self.say("blind.spot", name=spot.name, status=", ".join(parts))

    def reason_tells(self, spot: CoverageGap) -> bool:
        """Whether a run's own reason tells a reader more than its status does."""
        return not spot.recovered and spot.status in ("degraded", "blocked", "failed")

    def blind_notes(self) -> list[str]:
        """Write everything else that is missing, left aside or counted with a reserve."""
        blind, talk = self.context.blind, self.context.talk
        lines = []
        if not blind.spots:
            lines.append(
                self.say("blind.none", n=blind.sources) if blind.sources else self.say("blind.no_sources")
            )
        counted = (
            ("marked", blind.marked_periods),
            ("robots", blind.refused_by_robots),
            ("rejected", blind.rejected),
            ("late_arrivals", talk.late),
            ("undated", talk.undated),
            ("duplicates", talk.duplicates),
        )
        lines += [self.say(f"blind.{name}", n=n) for name, n in counted if n]
        if blind.missed:
            told = [self.say("blind.missed_of", name=each.name, n=each.runs) for each in blind.missed]
            lines.append(self.say("blind.missed", list=self.speech.together(told)))
        if blind.unsent:
            lines.append(self.say("blind.unsent", n=len(blind.unsent), span=spans(self.speech, blind.unsent)))
        lines += self._lists((("new_sources", blind.new_sources), ("mixed", blind.mixed_analysers)))
        return lines

    def _lists(self, named: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
        return [
            self.say(f"blind.{name}", list=self.speech.together(list(items)))
            for name, items in named
            if items
        ]


def spans(speech: Speech, periods: Sequence[Period]) -> str:
    """Write periods that follow one another: weeks as one span, months each by its name."""
    if periods[0].kind == "week":
        return speech.span(periods[0].model_copy(update={"end": periods[-1].end}))
    return speech.together([speech.span(each) for each in periods])
