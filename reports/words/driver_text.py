"""Drivers, key moments and what people went through, in words.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from collections.abc import Iterator

from ouidire.frozen import Frozen
from ouidire.measures import Driver
from reports.data.metric import Metric
from reports.data.sections import DrivenMetric, MemorySection, MetricDrivers, Quote, Replies
from reports.words.figure_text import FigureText, Tone, capital
from reports.words.view_links import SeeLink, ViewLinks

SHOWN: dict[DrivenMetric, int] = {"nps": 4, "delight": 2, "irritation": 2}
"""Drivers shown of each metric, at most: ninety seconds hold no more."""
SHOWN_BRIEFLY: dict[DrivenMetric, int] = {"nps": 3}
"""Drivers of NPS alone, where nothing is notable."""
_BETTER: dict[DrivenMetric, int] = {"nps": 1, "delight": 1, "irritation": -1}
_SMALL = 3


class Line(Frozen):
    """One line of a section: what it is about, its detail, its change (with tone); plain text."""

    name: str
    text: str
    detail: str = ""
    change: str = ""
    tone: Tone = "flat"
    quotes: tuple[Quote, ...] = ()
    see: SeeLink | None = None


class DriverText:
    """The lines of one context's drivers, key moment and experience, in one language."""

    def __init__(self, figures: FigureText, *, brief: bool = False) -> None:
        self.figures = figures
        self.context = figures.context
        self.experience_sections = figures.context.experience
        self.localizer = figures.localizer
        self.say = figures.say
        self.shown = SHOWN_BRIEFLY if brief else SHOWN

    # Drivers

    def driven(self) -> list[tuple[str, list[Line]]]:
        """Return, for each metric, its title and the drivers that are announced."""
        found = []
        for each in self.experience_sections.driven:
            announced = [driver for driver in each.found.drivers if driver.announced]
            shown = announced[: self.shown.get(each.key, 0)]
            if shown:
                found.append(
                    (
                        self._title(each),
                        [self._driver_line(each, driver) for driver in shown],
                    )
                )
        return found

    def driven_note(self) -> str:
        """Return what the drivers stand on, or that none stands out; nothing where no aspect was coded."""
        driven = self.experience_sections.driven
        tested = sum(len(each.found.drivers) for each in driven)
        if not tested:
            return ""
        most = max(driven, key=lambda each: each.found.n)
        return self.say(
            "drivers.note" if self.driven() else "drivers.none",
            n=most.found.n,
            tested=tested,
            periods=self.say(f"drivers.periods_{self.context.period.kind}", n=most.periods),
        )

    def first_driver(self, key: str = "drivers.first") -> str:
        """Return a sentence on what weighs most on recommendation, in the direction it took; or nothing.

        `key` is that of the sentence it is put in.
        """
        line = self._first_line()
        text = line.text[:1].lower() + line.text[1:] if line else ""
        return self.say(key, text=text, detail=line.detail) if line else ""

    def first_quotes(self) -> tuple[Quote, ...]:
        """Return the sentences that say best what `first_driver` is about; none where it says nothing."""
        line = self._first_line()
        return line.quotes if line else ()

    def first_see(self) -> SeeLink | None:
        """Return a link to the texts that `first_driver` is about, if there is an explorer."""
        line = self._first_line()
        return line.see if line else None

    def _first_line(self) -> Line | None:
        found = next((each for each in self.experience_sections.driven if each.key == "nps"), None)
        announced = [driver for driver in found.found.drivers if driver.announced] if found else []
        engage = self.context.engage
        said = [metric.direction for metric in (engage.nps, engage.positive, engage.stars) if metric]
        ways = {way for way in said if way in ("up", "down")}
        if len(ways) == 1:
            announced = [driver for driver in announced if (driver.value > 0) == (ways == {"up"})]
        return self._driver_line(found, announced[0]) if found and announced else None

    def _title(self, each: MetricDrivers) -> str:
        return self.say(f"drivers.{each.key}")

    def _driver_line(self, driven: MetricDrivers, driver: Driver) -> Line:
        key, periods = driven.key, driven.periods
        aspect, _, side = driver.code.rpartition(":")
        way = "up" if driver.value > 0 else "down"
        digits = 0 if abs(driver.value) >= _SMALL else 1
        value, *ends = (abs(part) for part in (driver.value, driver.low, driver.high))
        low, high = (self.localizer.number(end, digits=digits) for end in sorted(ends))
        points = self.say(
            "drivers.points", n=round(value, digits), x=self.localizer.number(value, digits=digits)
        )
        who = self.say(f"drivers.who_{side}", the=self.figures.aspect_with_article(aspect), n=driver.n_now)
        text = self.say(f"drivers.{key}_{way}", who=who, points=points)
        good = (driver.value > 0) == (_BETTER[key] > 0)
        detail = self.say(
            "drivers.detail" if periods > 1 else "drivers.detail_once",
            low=low,
            high=high,
            n=self.figures.n(driver.n_coded),
            periods=self.say(f"drivers.periods_{self.context.period.kind}", n=periods),
        )
        return Line(
            name=driver.code,
            text=text,
            detail=detail,
            tone="good" if good else "bad",
            quotes=driven.quotes.get(driver.code, ()),
            see=ViewLinks(self.figures).see_theme(driver.code, driver.n_now, mixed=True),
        )

    # The key moment

    def day(self) -> list[str]:
        """Return the key moment's lines, or none."""
        day = self.experience_sections.day
        change = day.reading.change if day else None
        if day is None or change is None:
            return []
        usual = change.value_before or 0.0
        lines = [
            self.say(
                "day.line",
                day=capital(self.localizer.day(day.day, form="weekday")),
                n=self.localizer.number(day.reading.figure.n),
                usual_n=self.localizer.number(usual, digits=0 if usual >= _SMALL else 1),
            )
        ]
        themes = []
        for code, n in day.themes:
            aspect, _, side = code.rpartition(":")
            if self.localizer.has(f"day.theme_{side}"):
                themes.append(self.say(f"day.theme_{side}", aspect=self.figures.aspect(aspect), n=n))
        if themes:
            lines.append(self.say("day.about", list=self.localizer.together(themes)))
        sites = [self.say("day.site", site=self.figures.site(host), n=n) for host, n in day.sites]
        if sites:
            lines.append(self.say("day.sites", list=self.localizer.together(sites)))
        return lines

    def day_see(self) -> SeeLink | None:
        """Return a link to the key moment's mentions, if there is an explorer."""
        day = self.experience_sections.day
        return ViewLinks(self.figures).see_day(day.day, day.reading.figure.n) if day else None

    # What they went through, what they will do

    def experience(self) -> list[Line]:
        """Return a line for each section that was filled."""
        return [line for line in self._lines() if line.text]

    def journey(self) -> list[tuple[str, str]]:
        """Return the stages that were spoken of, each with its net sentiment."""
        journey = self.experience_sections.journey
        rows = []
        for row in journey.rows if journey else ():
            key = f"stage.{row.stage}"
            net = self.say(
                "experience.journey_row",
                value=self.figures.value(row.net),
                interval=self.figures.behind(row.net),
            )
            rows.append((capital(self.say(key)) if self.localizer.has(key) else row.stage, net))
        return rows

    def journey_note(self) -> str:
        """Return what the stages are counted of."""
        journey = self.experience_sections.journey
        return self.say("experience.journey_note", of=journey.of) if journey else ""

    def leaving_for(self, key: str) -> str:
        """Return for whom people leave, in the sentence of a key; or nothing."""
        leaving = self.experience_sections.leaving
        named = [self.say("experience.named", name=name, n=n) for name, n in (leaving.to if leaving else ())]
        return self.say(key, list=self.localizer.together(named)) if named else ""

    def _lines(self) -> Iterator[Line]:
        """Yield the lines in order; a digest for customer service has cards for three of them."""
        sections = self.experience_sections
        has_cards = self.context.role == "customer_service"
        if sections.memory is not None:
            yield self._memory_line(sections.memory)
        if sections.service is not None and not has_cards:
            yield self._line("service", sections.service.reading, "")
        if sections.effort is not None and not has_cards:
            effort = sections.effort
            levels = self.say("card.levels", none=effort.none, some=effort.some, a_lot=effort.a_lot)
            yield self._line("effort", effort.reading, levels)
        if sections.word_of_mouth is not None:
            spread = sections.word_of_mouth
            sides = self.say("experience.sides", for_us=spread.for_us, against_us=spread.against_us)
            yield self._line("word_of_mouth", spread.reading, sides)
        if sections.leaving is not None and not has_cards:
            yield self._line("leaving", sections.leaving.reading, self.leaving_for("experience.leaving_for"))
        if sections.replies is not None:
            yield self._replies_line(sections.replies)

    def _memory_line(self, memory: MemorySection) -> Line:
        figures = self.figures
        well, badly = memory.ends_well, memory.ends_badly
        return Line(
            name=self.say("experience.memory"),
            text=self.say(
                "experience.memory_line",
                well=figures.value(well),
                well_n=figures.behind(well),
                badly=figures.value(badly),
                badly_n=figures.behind(badly),
            ),
            detail=self.say(
                "experience.memory_tone",
                peak=figures.value(memory.peak),
                end=figures.value(memory.end),
                n=figures.n(memory.end.n),
            ),
        )

    def _replies_line(self, replies: Replies) -> Line:
        figures, delay = self.figures, replies.delay
        took = ""
        if delay is not None:
            value, n = figures.value(delay.figure), figures.behind(delay.figure)
            took = self.say("experience.reply_delay", value=value, n=n)
        share = replies.reading.figure
        text = self.say("experience.replies_line", value=figures.value(share), n=figures.behind(share))
        return Line(name=self.say("experience.replies"), text=text, detail=took)

    def _line(self, key: str, metric: Metric, detail: str) -> Line:
        value, n = self.figures.value(metric.figure), self.figures.behind(metric.figure)
        return Line(
            name=self.say(f"experience.{key}"),
            text=self.say(f"experience.{key}_line", value=value, n=n),
            detail=detail,
            change=self.figures.arrowed(metric),
            tone=self.figures.tone(metric),
        )
