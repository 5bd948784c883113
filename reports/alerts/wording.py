"""How alerts are worded: one sentence that says why, and the lines of the evidence.

Plain text; it decides nothing.
"""

from datetime import date

from babel.dates import format_date

from ouidire.text.typography import WIDE
from reports.alerts.context import Alert, AlertContext, Comparison
from reports.data.sections import Quote
from reports.words.language import Speech

_FULL = 5


class AlertWords:
    """The words for one message of alerts in one language."""

    def __init__(self, context: AlertContext, language: str) -> None:
        self.context = context
        self.speech = Speech(language, timezone=context.timezone)
        self.say = self.speech.say

    def subject(self) -> str:
        """Write the subject: brand, the first sentence, and how many more."""
        first, more = self.sentence(self.context.alerts[0]).rstrip("."), len(self.context.alerts) - 1
        sentence = self.say("alert.subject_more", sentence=first, n=more) if more else first
        return self.say("alert.subject", brand=self.context.brand.name, sentence=sentence)

    def heading(self) -> str:
        """Write the heading: the sentence of a single alert, or how many there are."""
        alerts = self.context.alerts
        return (
            self.sentence(alerts[0])
            if len(alerts) == 1
            else _capital(self.say("alert.together", n=len(alerts), count=self.count(len(alerts))))
        )

    def notes(self) -> list[str]:
        """Say what the reader should know of the message itself."""
        lines = [self.say("alert.held", n=self.context.held)] if self.context.held else []
        return (
            [*lines, self.say("alert.last_today", n=self.context.per_day)]
            if self.context.last_today
            else lines
        )

    def name(self, alert: Alert) -> str:
        """Name the kind of alert."""
        return self.say(f"alert.name_{alert.kind}")

    def sentence(self, alert: Alert) -> str:
        """Say why it rings, in one sentence."""
        if alert.results:
            first, many = alert.results[0], "_many" if len(alert.results) > 1 else ""
            return self.say(
                f"alert.hostile_result{many}", n=len(alert.results), query=first.query, rank=first.rank
            )
        if alert.broken is not None:
            status = self.say(f"blind.{alert.broken.status}")
            return self.say(
                "alert.source_broken",
                source=alert.broken.name,
                since=self.speech.day(alert.broken.since),
                status=status,
            )
        if alert.comparison is None:
            raise ValueError(f"an alert of kind {alert.kind} needs results, a source or a comparison")
        return self._compared(alert, alert.comparison)

    def _compared(self, alert: Alert, found: Comparison) -> str:
        of_source = "_source" if alert.source else ""
        if alert.kind == "deletions":
            return self.say(
                "alert.deletions" if found.usual else "alert.deletions_new",
                n=found.n,
                source=alert.source or "",
                usual=self.speech.number(
                    found.usual, digits=0 if found.usual >= 10 or not found.usual else 1
                ),
                comparable=self.say("alert.comparable_weeks", n=found.days, count=self.count(found.days)),
            )
        shown = {
            "day": self.day(alert.day),
            "comparable": self.comparable(alert.day, found),
            "source": alert.source or "",
        }
        if alert.kind == "volume" and found.factor is None:
            return self.say(f"alert.volume{of_source}_new", n=found.n, **shown)
        if alert.kind == "volume":
            return self.say(f"alert.volume{of_source}", n=found.n, factor=self.factor(found), **shown)
        now, usual = (self.speech.number(value, digits=2, signed=True) for value in (found.now, found.usual))
        return self.say(f"alert.polarity{of_source}", now=now, usual=usual, n=found.n, **shown)

    def factor(self, found: Comparison) -> str:
        """Write a factor: one decimal, none from ten on."""
        value = found.factor or 0.0
        return self.speech.number(value, digits=0 if value >= 10 else 1)  # noqa: PLR2004 (shown)

    def comparable(self, day: date, found: Comparison) -> str:
        """Name the comparable days: « huit lundis comparables »."""
        weekday = self.say("alert.weekday", weekday=self._date(day, "EEEE"))
        return self.say("alert.comparable_weekdays", count=self.count(found.days), weekday=weekday)

    def count(self, n: int) -> str:
        """Write a small number in letters."""
        return (
            self.speech.plain(f"number_words.{n}")
            if self.speech.has(f"number_words.{n}")
            else self.speech.number(n)
        )

    def day(self, day: date) -> str:
        """Write a day: « lundi 9 mars »."""
        return self._date(day, "EEEE d MMMM")

    def evidence_title(self, alert: Alert) -> str:
        """Name what is compared."""
        return self.say("alert.evidence_weeks" if alert.kind == "deletions" else "alert.evidence_days")

    def bars(self, alert: Alert) -> list[tuple[str, str, int]]:
        """Return the comparable days and then this one: name, value, share of the largest (0–100; 0 where values are no counts)."""
        found = alert.comparison
        if found is None:
            return []
        counts = alert.kind != "polarity"
        most = max(1.0, found.now, *(each.value for each in found.past)) if counts else 1.0
        rows = [
            (
                self._date(each.day, "EEEE d MMMM"),
                self._value(each.value, counts=counts) if each.usable else self.say("alert.unread"),
                round(100 * each.value / most) if counts and each.usable else 0,
            )
            for each in found.past
        ]
        name = (
            self.say("alert.this_week")
            if alert.kind == "deletions"
            else self.say("alert.this_day", day=self.day(alert.day))
        )
        return [
            *rows,
            (name, self._value(found.now, counts=counts), round(100 * found.now / most) if counts else 0),
        ]

    def reserves(self, alert: Alert) -> list[str]:
        """Say which comparable days, and which sources, are left out."""
        found = alert.comparison
        lines = [self.say("alert.left_out", n=found.left_out)] if found is not None and found.left_out else []
        return (
            [*lines, self.say("alert.left_out_sources", list=self.speech.together(list(alert.left_out)))]
            if alert.left_out
            else lines
        )

    def source_rows(self, alert: Alert) -> list[tuple[str, str]]:
        """Return the sources that it comes from: name, mentions against the usual."""
        return [
            (
                row.name,
                self.say("alert.source_row_new", n=row.n)
                if row.usual is None
                else self.say("alert.source_row", n=row.n, usual=self.speech.number(row.usual, digits=1)),
            )
            for row in alert.sources
        ]

    def quoted(self, quote: Quote) -> str:
        """Write a quotation between its marks."""
        return self.speech.plain("format.quote_open") + quote.text + self.speech.plain("format.quote_close")

    def attribution(self, quote: Quote) -> list[str]:
        """Write who is quoted, as far as may be known: stars, site, place, day."""
        day = self.speech.day(quote.at)
        parts = (
            self.stars(quote.stars),
            self.say("quotes.score", score=self.speech.number(quote.score))
            if quote.score is not None
            else "",
            self.context.titles.get(quote.site, quote.site),
            quote.place or "",
            self.say("quotes.about", day=day) if quote.approximate else day,
        )
        return [part for part in parts if part]

    def stars(self, stars: float | None) -> str:
        """Draw stars."""
        return "" if stars is None else "★" * round(stars) + "☆" * (_FULL - round(stars))

    def result_rows(self, alert: Alert) -> list[tuple[str, str, str, str]]:
        """Return the hostile results: title and domain, where it stands, what it says, its address."""
        return [
            (
                f"{each.title} ({each.domain})" if each.domain else each.title,
                self.say(
                    "alert.rank_row",
                    rank=each.rank,
                    query=each.query,
                    engine=each.engine[:1].upper() + each.engine[1:],
                    day=self.speech.day(each.captured_at),
                ),
                each.snippet,
                each.url or "",
            )
            for each in alert.results
        ]

    def removed_rows(self, alert: Alert) -> list[str]:
        """Return some of the reviews that vanished."""
        rows = []
        for each in alert.events:
            text = self.say("reviews.quoted", text=each.before) if each.before else self.say("alert.no_words")
            rows.append(self.say("alert.removed_row", stars=self.stars(each.stars_before), text=text).strip())
        return rows

    def broken_rows(self, alert: Alert) -> list[str]:
        """Say what is known of a broken source, and what to do."""
        broken = alert.broken
        if broken is None:
            return []
        good = (
            self.say("alert.last_good", day=self.speech.day(broken.last_good))
            if broken.last_good
            else self.say("alert.never_good")
        )
        reason = (
            [broken.reason] if broken.reason and broken.status in ("degraded", "blocked", "failed") else []
        )
        return [good + " " + self.say("alert.runs", n=broken.runs), *reason]

    def feet(self) -> list[str]:
        """Explain how to read the message."""
        kinds = {alert.kind for alert in self.context.alerts}
        notes = (
            ("unusual", bool(kinds & {"volume", "polarity"})),
            ("net", "polarity" in kinds),
            ("hostile", "hostile_result" in kinds),
            ("deletions", "deletions" in kinds),
        )
        lines = [self.say(f"alert.foot_{name}") for name, wanted in notes if wanted]
        quiet = self.context.quiet
        hours = self.say("alert.foot_quiet", from_hour=quiet[0], to_hour=quiet[1]) if quiet else ""
        lines += (
            [self.say("alert.foot_budget", n=self.context.per_day, quiet=hours)]
            if self.context.per_day
            else []
        )
        return [*lines, self.say("alert.foot_sent", moment=self.speech.moment(self.context.now))]

    def evidence(self, alert: Alert) -> list[str]:
        """Return the evidence as lines of text, for those who see no picture: chat rooms, programs."""
        rows = [f"{name}{self._colon()}{value}" for name, value, _ in self.bars(alert)]
        rows += [f"{name}{self._colon()}{value}" for name, value in self.source_rows(alert)]
        rows += [f"{title}, {where}" for title, where, _, _ in self.result_rows(alert)]
        return [*rows, *self.removed_rows(alert), *self.broken_rows(alert), *self.reserves(alert)]

    def _colon(self) -> str:
        return f"{WIDE}: " if self.speech.language == "fr" else ": "

    def _value(self, value: float, *, counts: bool) -> str:
        return self.speech.number(value) if counts else self.speech.number(value, digits=2, signed=True)

    def _date(self, day: date, pattern: str) -> str:
        words = str(format_date(day, pattern, locale=self.speech.locale)).split(" ")
        if day.day == 1:
            words = [self.speech.plain("format.first_of_month") if word == "1" else word for word in words]
        return WIDE.join(words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
