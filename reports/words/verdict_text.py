"""How a digest's data is worded: the sentences that its HTML and its text twin share.

It turns a context into words of one language and decides nothing that the context has not decided. It returns
plain text: escaping is the templates' work.
"""

from typing import Literal

from ouidire.measures import Change, Figure
from ouidire.measures.figure import Unit
from reports.data.context import DigestContext
from reports.data.metric import MeasureKey, Metric
from reports.data.search_pages import HOSTILE_AT, DigestResultPage, RatingMove, ResultRow
from reports.words.language import Speech

Tone = Literal["good", "bad", "note", "flat"]

# What a reader is told first: whether customers recommend and suffer comes before whether they talk. The
# number is the link of the chain, so that a sentence about two measures speaks of two links.
_ORDER: dict[MeasureKey, int] = {
    "nps": 2,
    "net_sentiment": 2,
    "irritation": 1,
    "delight": 1,
    "leaving": 2,
    "service": 2,
    "volume": 3,
    "spike": 3,
    "first_page": 4,
    "voice": 3,
    "consideration": 4,
    "effort": 1,
    "word_of_mouth": 3,
}
_BETTER: dict[MeasureKey, int] = {
    "irritation": -1,
    "effort": -1,
    "leaving": -1,
    "volume": 0,
    "voice": 0,
    "spike": 0,
}
"""Which way is good: 1 where absent. More talk is neither good nor bad by itself."""
# An interval wider than this on a scale of −1…1 covers nearly all of it: few searches, and no claim.
_SAYS_NOTHING = 1.8
_LEAP = 2
"""Ranks that a result must have moved by to be told: an entrant moves all that stand below it by one."""
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
        if unit == "ratio" and difference:
            return self.say("format.ratio_points", x=self.speech.number(100 * value, signed=True)).replace(
                " ", "\u00a0"
            )
        if unit == "ratio":
            return self.speech.percent(value)
        if unit == "count":
            return self.speech.number(value, signed=difference)
        return self.speech.number(value, digits=2 if unit == "score" else 0, signed=True)

    def interval(self, figure: Figure | Change) -> str:
        """Write an interval, or nothing where none can be given, or one so wide that it says nothing."""
        if (
            figure.low is None
            or figure.high is None
            or (figure.unit == "score" and figure.high - figure.low > _SAYS_NOTHING)
        ):
            return ""
        difference = isinstance(figure, Change)
        low, high = (
            self.amount(bound, figure.unit, difference=difference) for bound in (figure.low, figure.high)
        )
        if difference and figure.unit == "ratio":
            low = self.speech.number(100 * figure.low, signed=True)  # its unit is said once, after the other
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

    def change(self, reading: Metric) -> str:
        """Say where a measure went, as far as may be said: « stable, 62 d'habitude »."""
        change = reading.change
        if change is None:
            return self.say("change.untested")
        if reading.direction == "unknown":
            return self.say(
                "change.no_data" if change.outcome == "no_data" and change.weeks else "change.too_few_weeks"
            )
        word = self.say(f"change.{'within' if self._wide(change, reading) else reading.direction}")
        if change.value_before is None:
            return word
        text = self.say("change.was", word=word, was=self.amount(change.value_before, change.unit))
        return self.say("change.equal", text=text) if self._partly(reading) else text

    def _wide(self, change: Change, reading: Metric) -> bool:
        """Whether a difference that may not be announced is too wide to be called "stable": over half of its noise."""
        if reading.direction != "stable" or change.delta is None or change.low is None or change.high is None:
            return False
        return abs(change.delta) > (change.high - change.low) / 4

    def arrowed(self, reading: Metric) -> str:
        """Say where a measure went, with an arrow before a change."""
        return " ".join(part for part in (ARROWS[reading.direction], self.change(reading)) if part)

    def tone(self, reading: Metric) -> Tone:
        """Say whether a change is good news."""
        if reading.direction not in ("up", "down"):
            return "flat"
        better = _BETTER.get(reading.key, 1)
        if not better:
            return "note"
        return "good" if (reading.direction == "up") == (better > 0) else "bad"

    def moves(self) -> list[tuple[str, str, Tone]]:
        """Write each measure that moved beyond noise: before and now, then the difference with its interval and n."""
        lines: list[tuple[str, str, Tone]] = []
        for key in self._by_importance():
            if key == "spike":  # the key moment tells it with its day and what it was about
                continue
            reading = self.context.metrics[key]
            change = reading.change
            if (
                change is None
                or change.value_now is None
                or change.value_before is None
                or change.delta is None
            ):
                continue
            text = self.say(
                "why.move",
                measure=capital(self.measure(key)),
                now=self.amount(change.value_now, change.unit),
                was=self.amount(change.value_before, change.unit),
            )
            detail = self.say(
                "why.move_detail",
                delta=self.amount(change.delta, change.unit, difference=True),
                interval=f"{self.interval(change)}, {self.n(change.n_now)}",
            )
            lines.append((text, detail, self.tone(reading)))
        return lines

    def moves_note(self) -> str:
        """Say what the moves are differences with; where comparisons stand on unequal pasts, the longest and the shortest."""
        weeks = [
            change.weeks
            for key in self._by_importance()
            if key != "spike" and (change := self.context.metrics[key].change)
        ]
        if not weeks:
            return ""
        longest, shortest = (
            self.say(f"{self.speech.period}.baseline", n=n) for n in (max(weeks), min(weeks))
        )
        baseline = (
            longest
            if longest == shortest
            else self.say("why.between", fewest=self.speech.number(min(weeks)), most=longest)
        )
        return self.say("why.moves_note", baseline=baseline)

    # The verdict

    def verdict(self) -> str:
        """Write the one sentence."""
        verdict = self.context.verdict
        if verdict.kind == "moved":
            clauses = self._clauses()
            if not clauses:
                return self.say("verdict.quiet")
            sentence = (
                clauses[0] + "."
                if len(clauses) == 1
                else self.say("verdict.and", first=clauses[0], second=clauses[1])
            )
            return capital(sentence)
        if verdict.kind == "signal":
            return self.say("verdict.signal" if len(verdict.signals) > 1 else "verdict.signal_one")
        if verdict.kind == "quiet" and verdict.incomplete:
            return self.say("verdict.quiet_incomplete")
        return self.say(f"verdict.{verdict.kind}", brand=self.context.brand.name)

    def verdict_details(self) -> list[str]:
        """Write the sentences that stand under the verdict: what else moved, signals, what is incomplete."""
        verdict = self.context.verdict
        lines = (
            [self.say(f"verdict.{verdict.kind}_detail")]
            if self.speech.has(f"verdict.{verdict.kind}_detail")
            else []
        )
        told = {reading.key for reading in self._told()}
        rest = [key for key in self._by_importance() if key not in told]
        if rest:
            named = [f"{self.measure(key)} {ARROWS[self.context.metrics[key].direction]}" for key in rest]
            lines.append(self.say("verdict.also", list=self.speech.together(named)))
        lines += [
            self.say(f"verdict.{signal}", n=self.context.reviews.vanished) for signal in verdict.signals
        ]
        broken = self.context.history[-1].broken
        if verdict.incomplete and broken:
            key = "verdict.incomplete" if len(broken) == 1 else "verdict.incomplete_many"
            lines.append(self.say(key, sources=self.speech.together(list(broken))))
        return lines

    def _clauses(self) -> list[str]:
        return [self._clause(reading) for reading in self._told()]

    def _clause(self, reading: Metric) -> str:
        change = reading.change
        now, was = (change.value_now, change.value_before) if change else (None, None)
        return self.say(
            f"moved.{reading.key}_{reading.direction}",
            measure=self.measure(reading.key),
            now=self.amount(now or 0.0, reading.figure.unit),
            was=self.amount(was or 0.0, reading.figure.unit),
            day=self.speech.day(self.context.experience.day.day, form="weekday")
            if self.context.experience.day
            else "",
        )

    def _told(self) -> list[Metric]:
        """The one or two measures of the verdict: the most important, and the next one of another link."""
        readings = [self.context.metrics[key] for key in self._by_importance()]
        return (
            readings[:1] + [each for each in readings[1:] if _ORDER[each.key] != _ORDER[readings[0].key]][:1]
        )

    def _by_importance(self) -> list[MeasureKey]:
        return [key for key in _ORDER if key in self.context.verdict.moved]

    def _partly(self, reading: Metric) -> bool:
        """Whether the comparison stands on fewer sources than the figure shown."""
        return self.context.blind.left_out and reading.key not in ("voice", "first_page", "consideration")

    # Names

    def site(self, host: str) -> str:
        """Name a site."""
        return self.context.titles.get(host, host)

    def aspect(self, name: str) -> str:
        """Name an aspect; one that no catalogue knows keeps its own name."""
        return self.say(f"aspect.{name}") if self.speech.has(f"aspect.{name}") else name.replace("_", " ")

    def the(self, name: str) -> str:
        """Name an aspect with its article, as the subject of a sentence."""
        key = f"aspect_the.{name}"
        return (
            self.say(key) if self.speech.has(key) else self.say("drivers.theme", name=name.replace("_", " "))
        )

    def tells(self, figure: Figure) -> bool:
        """Whether a figure of a few mentions says anything: it has a value, and an interval that is not nearly the whole scale."""
        widest = _SAYS_NOTHING * (100 if figure.unit == "points" else 1)
        return (
            figure.value is not None
            and figure.low is not None
            and figure.high is not None
            and figure.high - figure.low <= widest
        )

    def worth(self, figure: Figure) -> str:
        """Write what a group of mentions is worth: its measure's name, value and interval; nothing where that says nothing."""
        if not self.tells(figure):
            return ""
        name = self.say("where.voice_short") if figure.unit == "points" else self.say("measure.net_sentiment")
        return self.say(
            "where.voice_worth", measure=name, value=self.value(figure), interval=self.behind(figure)
        )

    def scope(self) -> str:
        """Name what the digest is about: the brand, with places, products, sources and languages where it reads these alone."""
        scope = self.context.scope
        sources = [self.context.source_names.get(slug, slug) for slug in scope.sources]
        languages = [str(self.speech.locale.languages.get(code, code)) for code in scope.languages]
        listed = [
            self.speech.together(list(values))
            for values in (scope.places, scope.subjects, sources, languages)
            if values
        ]
        return (
            self.say("mail.scoped", brand=self.context.brand.name, scope=" · ".join(listed))
            if listed
            else self.context.brand.name
        )

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

    def query(self, page: DigestResultPage) -> str:
        """Name a page: query, engine and day."""
        return self.say(
            "page.query", query=page.query, engine=capital(page.engine), day=self.speech.day(page.captured_at)
        )

    def page_counts(self, page: DigestResultPage) -> str:
        """Count a page's results by who stands behind them, and those that argue against the brand."""
        counts = (
            ("earned", page.earned),
            ("review_sites", page.review_sites),
            ("competitors", page.competitors),
        )
        told = [
            self.say("page.owned", owned=page.owned, n=page.results),
            *(self.say(f"page.{name}", n=n) for name, n in counts if n),
        ]
        return ", ".join(told) + self.hostile(page)

    def was(self, row: ResultRow) -> str:
        """Write the rank that a result had before, or nothing."""
        return (
            ""
            if row.was is None or row.entrant or abs(row.was - row.rank) < _LEAP
            else self.say("page.was", n=row.was)
        )

    def rating_move(self, move: RatingMove) -> str:
        """Write how the rating that a result shows has moved."""
        before, after = (self.speech.number(value, digits=1) for value in (move.before, move.after))
        return self.say("page.rating_moved", title=move.title, domain=move.domain, before=before, after=after)

    def hostile(self, page: DigestResultPage) -> str:
        """Count a page's hostile results, after a comma; say nothing where nothing has read what results argue."""
        if page.hostile is None:
            return ""
        return (
            f", {self.say('page.hostile', n=page.hostile) if page.hostile else self.say('page.no_hostile')}"
        )

    def other_page(self, page: DigestResultPage) -> str:
        """Sum up one more page in a line."""
        if page.query_kind == "category":
            known = {True: "present", False: "absent", None: "unknown"}[page.brand_present]
            return self.say(f"page.{known}", query=page.query)
        return self.say(
            "page.other", query=page.query, owned=page.owned, n=page.results, hostile=self.hostile(page)
        )

    def ownership(self, row: ResultRow) -> str:
        """Name who stands behind a result."""
        return self.say(f"ownership.{row.ownership}")

    def whose(self, row: ResultRow) -> str:
        """Write a result's domain, with the competitor whose it is."""
        return f"{row.domain} · {row.owner}" if row.ownership == "competitor" and row.owner else row.domain

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


def capital(text: str) -> str:
    """Write the first letter large."""
    return text[:1].upper() + text[1:]
