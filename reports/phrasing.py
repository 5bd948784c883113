"""How a digest's data is worded: the sentences that its HTML and its text twin share.

It turns a context into words of one language and decides nothing that the context has not decided. It returns plain
text: escaping is the templates' work.
"""

from collections.abc import Sequence
from typing import Literal

from ouidire.measures import Change, Figure
from ouidire.measures.figure import Unit
from reports.context import BlindSpot, DigestContext, MeasureKey, Reading, ResultPage, ResultRow, ReviewEvent
from reports.results import HOSTILE_AT
from reports.speech import Speech

Tone = Literal["good", "bad", "note", "flat"]

# What a reader is told first: whether customers recommend and suffer comes before whether they talk. The number is the
# link of the chain, so that a sentence about two measures speaks of two links.
_ORDER: dict[MeasureKey, int] = {
    "nps": 2,
    "net_sentiment": 2,
    "irritation": 1,
    "delight": 1,
    "volume": 3,
    "first_page": 4,
    "voice": 3,
    "consideration": 4,
}
_BETTER: dict[MeasureKey, int] = {"irritation": -1, "volume": 0}
"""Which way is good: 1 where absent."""
ARROWS = {"up": "▲", "down": "▼", "stable": "", "unknown": ""}


class Phrases:
    """The words for one context in one language."""

    def __init__(self, context: DigestContext, speech: Speech) -> None:
        self.context = context
        self.speech = speech
        self.say = speech.say

    # Figures

    def value(self, figure: Figure) -> str:
        """Write a figure's value in its unit, or a dash where there is none."""
        return "–" if figure.value is None else self.amount(figure.value, figure.unit)

    def amount(self, value: float, unit: Unit, *, difference: bool = False) -> str:
        """Write an amount: ratios as percentages, points and scores with their sign."""
        if unit == "ratio":
            return self.speech.percent(value, signed=difference)
        if unit == "count":
            return self.speech.number(value, signed=difference)
        return self.speech.number(value, digits=2 if unit == "score" else 0, signed=True)

    def interval(self, figure: Figure | Change) -> str:
        """Write an interval, or nothing where none can be given."""
        if figure.low is None or figure.high is None:
            return ""
        difference = isinstance(figure, Change)
        low, high = (self.amount(bound, figure.unit, difference=difference) for bound in (figure.low, figure.high))
        return self.say("format.interval", low=low, high=high)

    def n(self, n: int) -> str:
        """Write n = …."""
        return self.say("format.n", n=n).replace(" ", "\u00a0")

    def behind(self, figure: Figure) -> str:
        """Write what stands behind a figure: its interval, then n."""
        return ", ".join(part for part in (self.interval(figure), self.n(figure.n)) if part)

    def measure(self, key: MeasureKey) -> str:
        """Name a measure; an NPS says where it comes from."""
        nps = self.context.engage.nps
        return self.say(f"measure.nps_{nps.figure.basis}" if key == "nps" and nps else f"measure.{key}")

    # Changes

    def change(self, reading: Reading) -> str:
        """Say where a measure went, as far as may be said: « stable, 62 d'habitude »."""
        change = reading.change
        if change is None:
            return self.say("change.untested")
        if reading.direction == "unknown":
            return self.say("change.no_data" if change.outcome == "no_data" and change.weeks else "change.too_few_weeks")
        word = self.say(f"change.{reading.direction}")
        if change.value_before is None:
            return word
        text = self.say("change.was", word=word, was=self.amount(change.value_before, change.unit))
        return self.say("change.equal", text=text) if self._partly(reading) else text

    def arrowed(self, reading: Reading) -> str:
        """Say where a measure went, with an arrow before a change."""
        return " ".join(part for part in (ARROWS[reading.direction], self.change(reading)) if part)

    def tone(self, reading: Reading) -> Tone:
        """Say whether a change is good news."""
        if reading.direction not in ("up", "down"):
            return "flat"
        better = _BETTER.get(reading.key, 1)
        if not better:
            return "note"
        return "good" if (reading.direction == "up") == (better > 0) else "bad"

    def moves(self) -> list[tuple[str, Tone]]:
        """Write each measure that moved beyond noise: now, before, difference with its interval."""
        lines: list[tuple[str, Tone]] = []
        for key in self._by_importance():
            reading = self.context.readings[key]
            change = reading.change
            if change is None or change.value_now is None or change.value_before is None or change.delta is None:
                continue
            text = self.say(
                "why.move",
                measure=_capital(self.measure(key)),
                now=self.amount(change.value_now, change.unit),
                was=self.amount(change.value_before, change.unit),
                baseline=self.say(f"{self.speech.period}.baseline", n=change.weeks),
                delta=self.amount(change.delta, change.unit, difference=True),
                interval=f"{self.interval(change)}, {self.n(change.n_now)}",
            )
            lines.append((text, self.tone(reading)))
        return lines

    # The verdict

    def verdict(self) -> str:
        """Write the one sentence."""
        verdict = self.context.verdict
        if verdict.kind == "moved":
            clauses = self._clauses()
            if not clauses:
                return self.say("verdict.quiet")
            sentence = clauses[0] + "." if len(clauses) == 1 else self.say("verdict.and", first=clauses[0], second=clauses[1])
            return _capital(sentence)
        if verdict.kind == "signal":
            return self.say("verdict.signal" if len(verdict.signals) > 1 else "verdict.signal_one")
        return self.say(f"verdict.{verdict.kind}", brand=self.context.brand.name)

    def verdict_details(self) -> list[str]:
        """Write the sentences that stand under the verdict: what else moved, signals, what is incomplete."""
        verdict = self.context.verdict
        lines = [self.say(f"verdict.{verdict.kind}_detail")] if self.speech.has(f"verdict.{verdict.kind}_detail") else []
        told = {reading.key for reading in self._told()}
        rest = [key for key in self._by_importance() if key not in told]
        if rest:
            named = [f"{self.measure(key)} {ARROWS[self.context.readings[key].direction]}" for key in rest]
            lines.append(self.say("verdict.also", list=self.speech.together(named)))
        lines += [self.say(f"verdict.{signal}", n=self.context.reviews.vanished) for signal in verdict.signals]
        broken = self.context.history[-1].broken
        if verdict.incomplete and broken:
            key = "verdict.incomplete" if len(broken) == 1 else "verdict.incomplete_many"
            lines.append(self.say(key, sources=self.speech.together(list(broken))))
        return lines

    def _clauses(self) -> list[str]:
        return [self._clause(reading) for reading in self._told()]

    def _clause(self, reading: Reading) -> str:
        change = reading.change
        now, was = (change.value_now, change.value_before) if change else (None, None)
        return self.say(
            f"moved.{reading.key}_{reading.direction}",
            measure=self.measure(reading.key),
            now=self.amount(now or 0.0, reading.figure.unit),
            was=self.amount(was or 0.0, reading.figure.unit),
        )

    def _told(self) -> list[Reading]:
        """The one or two measures of the verdict: the most important, and the next one of another link."""
        readings = [self.context.readings[key] for key in self._by_importance()]
        return readings[:1] + [each for each in readings[1:] if _ORDER[each.key] != _ORDER[readings[0].key]][:1]

    def _by_importance(self) -> list[MeasureKey]:
        return [key for key in _ORDER if key in self.context.verdict.moved]

    def _partly(self, reading: Reading) -> bool:
        """Whether the comparison stands on fewer mentions than the figure shown."""
        return reading.change is not None and reading.change.n_now != reading.figure.n and reading.key != "first_page"

    # Names

    def source(self, slug: str) -> str:
        """Name a site."""
        return self.context.titles.get(slug, slug)

    def aspect(self, name: str) -> str:
        """Name an aspect; one that no catalogue knows keeps its own name."""
        return self.say(f"aspect.{name}") if self.speech.has(f"aspect.{name}") else name.replace("_", " ")

    def intents(self) -> str:
        """Write what people say they will do, or nothing."""
        named = [
            f"{self.say(f'intent.{name}')} ({self.speech.number(n)})"
            for name, n in self.context.engage.intents
            if self.speech.has(f"intent.{name}")
        ]
        n = self.context.talk.volume.figure.n
        return self.say("why.intents", list=", ".join(named), n=n) if named else ""

    # The first page

    def query(self, page: ResultPage) -> str:
        """Name a page: query, engine and day."""
        return self.say("page.query", query=page.query, engine=_capital(page.engine), day=self.speech.day(page.captured_at))

    def page_counts(self, page: ResultPage) -> str:
        """Count a page's owned and hostile results."""
        return f"{self.say('page.owned', owned=page.owned, n=len(page.rows))}, {self.hostile(page)}"

    def hostile(self, page: ResultPage) -> str:
        """Count a page's hostile results."""
        return self.say("page.hostile", n=page.hostile) if page.hostile else self.say("page.no_hostile")

    def other_page(self, page: ResultPage) -> str:
        """Sum up one more page in a line."""
        if page.query_kind == "category":
            known = {True: "present", False: "absent", None: "unknown"}[page.brand_present]
            return self.say(f"page.{known}", query=page.query)
        return self.say("page.other", query=page.query, owned=page.owned, n=len(page.rows), hostile=self.hostile(page))

    def ownership(self, row: ResultRow) -> str:
        """Name who stands behind a result."""
        name = self.say(f"ownership.{row.ownership}")
        return f"{name} · {row.owner}" if row.ownership == "competitor" and row.owner else name

    def stance(self, row: ResultRow) -> Tone:
        """Say whether a result argues against the brand."""
        return "bad" if row.favourability is not None and row.favourability <= HOSTILE_AT else "flat"

    def rating(self, row: ResultRow) -> str:
        """Write the rating that a result shows, or nothing."""
        if row.rating is None:
            return ""
        shown = self.speech.number(row.rating, digits=1)
        if row.rating_best not in (None, 5):
            shown += f"/{self.speech.number(row.rating_best or 5)}"
        if row.rating_count is None:
            return self.say("page.rating", rating=shown)
        return self.say("page.rating_votes", rating=shown, votes=row.rating_count)

    # Reviews and blind spots

    def review_counts(self) -> str:
        """Count the reviews that changed, or nothing."""
        reviews = self.context.reviews
        counts = (("vanished", reviews.vanished), ("edited", reviews.edited), ("restored", reviews.restored))
        return self.speech.together([self.say(f"reviews.{name}", n=n) for name, n in counts if n])

    def event(self, event: ReviewEvent) -> str:
        """Write what became of one review."""
        words = [self.say("reviews.quoted", text=text) for text in (event.before, event.after) if text]
        text = (
            self.say("reviews.arrow", before=words[0], after=words[1]) if len(words) > 1 else "".join(words) or self.say("reviews.no_words")
        )
        if event.stars_before is not None and event.stars_after is not None and event.stars_before != event.stars_after:
            before, after = (self.speech.number(stars, digits=1 if stars % 1 else 0) for stars in (event.stars_before, event.stars_after))
            text = f"{self.say('reviews.stars', before=before, after=after)}, {text}"
        return self.say(f"reviews.event_{event.type}", source=self.source(event.source), text=text)

    def spot(self, spot: BlindSpot) -> str:
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

    def blind_notes(self) -> list[str]:
        """Write everything else that is missing, left aside or counted with a reserve."""
        blind, talk = self.context.blind, self.context.talk
        lines = []
        if not blind.spots:
            lines.append(self.say("blind.none", n=blind.sources) if blind.sources else self.say("blind.no_sources"))
        counted = (
            ("marked", blind.marked_periods),
            ("robots", blind.refused_by_robots),
            ("rejected", blind.rejected),
            ("late_arrivals", talk.late),
            ("undated", talk.undated),
            ("duplicates", talk.duplicates),
        )
        lines += [self.say(f"blind.{name}", n=n) for name, n in counted if n]
        lines += self._lists((("new_sources", blind.new_sources), ("mixed", blind.mixed_analysers)))
        return lines

    def _lists(self, named: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
        return [self.say(f"blind.{name}", list=self.speech.together(list(items))) for name, items in named if items]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
