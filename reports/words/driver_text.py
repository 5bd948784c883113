"""The words for drivers, key moments and what people went through: as `reports.words.verdict_text`, it decides nothing."""

from collections.abc import Iterator

from ouidire.frozen import Frozen
from ouidire.measures import Driver
from reports.data.metric import Metric
from reports.data.sections import DrivenMetric, MetricDrivers
from reports.words.verdict_text import Phrases, Tone, capital

SHOWN: dict[DrivenMetric, int] = {"nps": 4, "delight": 2, "irritation": 2}
"""Drivers told of each measure, at most: ninety seconds hold no more."""
SHOWN_BRIEFLY = 3
"""Drivers of NPS alone, where nothing is notable."""
_BETTER: dict[DrivenMetric, int] = {"nps": 1, "delight": 1, "irritation": -1}
_SMALL = 3


class Line(Frozen):
    """One thing told: what, its detail, its change (with tone), plain text."""

    name: str
    text: str
    detail: str = ""
    change: str = ""
    tone: Tone = "flat"


class Telling:
    """The words for one context's blocks."""

    def __init__(self, phrases: Phrases, *, brief: bool = False) -> None:
        self.phrases = phrases
        self.context = phrases.context
        self.blocks = phrases.context.experience
        self.speech = phrases.speech
        self.say = phrases.say
        self.shown = {"nps": SHOWN_BRIEFLY} if brief else SHOWN

    # Drivers

    def driven(self) -> list[tuple[str, list[Line]]]:
        """Return, for each measure, its title and the drivers that may be told."""
        found = []
        for each in self.blocks.driven:
            told = [driver for driver in each.found.drivers if driver.announced][
                : self.shown.get(each.key, 0)
            ]
            if told:
                found.append((self._driven_title(each), [self._driver(each.key, driver) for driver in told]))
        return found

    def driven_note(self) -> str:
        """Say what the drivers stand on, or that none stands out; nothing where no aspect was coded."""
        if not self.blocks.driven:
            return ""
        tested = sum(len(each.found.drivers) for each in self.blocks.driven)
        most = max(self.blocks.driven, key=lambda each: each.found.n)
        if not tested:
            return ""
        periods = self.say(f"drivers.periods_{self.context.period.kind}", n=most.periods)
        return self.say(
            "drivers.note" if self.driven() else "drivers.none",
            n=most.found.n,
            tested=tested,
            periods=periods,
        )

    def first_driver(self) -> str:
        """Say in one sentence what weighs most on recommendation, in the direction that it took; or nothing."""
        found = next((each for each in self.blocks.driven if each.key == "nps"), None)
        told = [driver for driver in found.found.drivers if driver.announced] if found else []
        nps = self.context.engage.nps
        if nps is not None and nps.direction in ("up", "down"):
            told = [driver for driver in told if (driver.value > 0) == (nps.direction == "up")]
        if not told:
            return ""
        line = self._driver("nps", told[0])
        way = "up" if told[0].value > 0 else "down"
        return self.say(
            f"drivers.first_{way}", text=line.text[:1].lower() + line.text[1:], detail=line.detail
        )

    def _driven_title(self, each: MetricDrivers) -> str:
        return self.say(f"drivers.{each.key}", measure=self.phrases.measure("nps"))

    def _driver(self, key: DrivenMetric, driver: Driver) -> Line:
        aspect, _, side = driver.code.rpartition(":")
        way = "up" if driver.value > 0 else "down"
        digits = 0 if abs(driver.value) >= _SMALL else 1
        value, *ends = (abs(part) for part in (driver.value, driver.low, driver.high))
        low, high = (self.speech.number(end, digits=digits) for end in sorted(ends))
        text = self.say(
            f"drivers.{key}_{way}",
            the=capital(self.phrases.the(aspect)),
            points=self.say(
                "drivers.points", n=round(value, digits), x=self.speech.number(value, digits=digits)
            ),
        )
        expected = (driver.value > 0) == ((side == "positive") == (_BETTER[key] > 0))
        if not expected:
            text = self.say(f"drivers.although_{side}", text=text)
        detail = self.say(
            "drivers.detail",
            low=low,
            high=high,
            n=self.phrases.n(driver.n),
            share=self.speech.percent(driver.share),
        )
        good = (driver.value > 0) == (_BETTER[key] > 0)
        return Line(name=driver.code, text=text, detail=detail, tone="good" if good else "bad")

    # Moments

    def day(self) -> list[str]:
        """Write the key moment's lines, or none."""
        day = self.blocks.day
        change = day.reading.change if day else None
        if day is None or change is None:
            return []
        when = capital(self.speech.day(day.day, form="weekday"))
        usual = self.speech.number(
            change.value_before or 0.0, digits=0 if (change.value_before or 0.0) >= _SMALL else 1
        )
        lines = [self.say("day.line", day=when, n=self.speech.number(day.reading.figure.n), usual_n=usual)]
        named = []
        for code, n in day.themes:
            aspect, _, side = code.rpartition(":")
            if self.speech.has(f"day.theme_{side}"):
                named.append(self.say(f"day.theme_{side}", aspect=self.phrases.aspect(aspect), n=n))
        lines += [self.say("day.about", list=self.speech.together(named))] if named else []
        sites = [self.say("day.site", site=self.phrases.site(host), n=n) for host, n in day.sites]
        return [*lines, self.say("day.sites", list=self.speech.together(sites))] if sites else lines

    # What they went through, what they will do

    def experience(self) -> list[Line]:
        """Write a line for each block that was filled."""
        return [line for line in self._lines() if line.text]

    def journey(self) -> list[tuple[str, str]]:
        """Name the stages that were spoken of, each with its mentions and net sentiment."""
        journey = self.blocks.journey
        return [
            (
                capital(self.say(f"stage.{row.stage}"))
                if self.speech.has(f"stage.{row.stage}")
                else row.stage,
                self.say(
                    "experience.journey_row",
                    value=self.phrases.value(row.net),
                    interval=self.phrases.behind(row.net),
                ),
            )
            for row in (journey.rows if journey else ())
        ]

    def journey_note(self) -> str:
        """Say what the stages are counted of."""
        return self.say("experience.journey_note", of=self.blocks.journey.of) if self.blocks.journey else ""

    def _lines(self) -> Iterator[Line]:
        p, blocks = self.phrases, self.blocks
        if blocks.memory is not None:
            memory = blocks.memory
            well, badly = memory.ends_well, memory.ends_badly
            text = self.say(
                "experience.memory_line",
                well=p.value(well), well_n=p.behind(well), badly=p.value(badly), badly_n=p.behind(badly),
            )  # fmt: skip
            tone = self.say(
                "experience.memory_tone",
                peak=p.value(memory.peak),
                end=p.value(memory.end),
                n=p.n(memory.end.n),
            )
            yield Line(name=self.say("experience.memory"), text=text, detail=tone)
        role = self.context.role
        if blocks.service is not None and role != "customer_service":
            worth = p.worth(blocks.service.nps) if blocks.service.nps else ""
            yield self._line("service", blocks.service.reading, worth)
        if blocks.effort is not None and role != "customer_service":
            effort = blocks.effort
            yield self._line(
                "effort",
                effort.reading,
                self.say("card.levels", none=effort.none, some=effort.some, a_lot=effort.a_lot),
            )
        if blocks.word_of_mouth is not None:
            told = blocks.word_of_mouth
            yield self._line(
                "word_of_mouth",
                told.reading,
                self.say("experience.sides", for_us=told.for_us, against_us=told.against_us),
            )
        if blocks.leaving is not None and role != "customer_service":
            yield self._line("leaving", blocks.leaving.reading, self.leaving_for("experience.leaving_for"))

    def leaving_for(self, key: str) -> str:
        """Name to whom people leave, or nothing."""
        to = self.blocks.leaving.to if self.blocks.leaving else ()
        named = [self.say("experience.named", name=name, n=n) for name, n in to]
        return self.say(key, list=self.speech.together(named)) if named else ""

    def _line(self, key: str, reading: Metric, detail: str) -> Line:
        p = self.phrases
        text = self.say(f"experience.{key}_line", value=p.value(reading.figure), n=p.behind(reading.figure))
        return Line(
            name=self.say(f"experience.{key}"),
            text=text,
            detail=detail,
            change=p.arrowed(reading),
            tone=p.tone(reading),
        )
