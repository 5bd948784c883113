"""Alerts in words: one sentence that says why each was raised, and the lines of the evidence.

Its methods are what templates see, an installation's own among them: none may be renamed. Plain text; it
decides nothing.
"""

from datetime import date

from babel.dates import format_date

from ouidire.text.typography import WIDE
from reports.alerts.context import Alert, AlertContext, BrokenSource, Comparison
from reports.data.sections import Quote
from reports.words.figure_text import capital
from reports.words.language import Localizer
from reports.words.quote_text import attribution, quoted, stars
from reports.words.status_words import status_key

_LARGE = 10
"""From this on, a mean or a factor is shown without decimals."""


class AlertText:
    """The sentences and lines of one message of alerts in one language."""

    def __init__(self, context: AlertContext, language: str) -> None:
        self.context = context
        self.localizer = Localizer(language, timezone=context.timezone)
        self.say = self.localizer.say

    def subject(self) -> str:
        """Return the subject: brand, the first sentence, and how many more."""
        first, more = self.sentence(self.context.alerts[0]).rstrip("."), len(self.context.alerts) - 1
        sentence = self.say("alert.subject_more", sentence=first, n=more) if more else first
        return self.say("alert.subject", brand=self.context.brand.name, sentence=sentence)

    def heading(self) -> str:
        """Return the heading: the sentence of a single alert, or how many there are."""
        alerts = self.context.alerts
        if len(alerts) == 1:
            return self.sentence(alerts[0])
        return capital(self.say("alert.together", n=len(alerts), count=self.count(len(alerts))))

    def notes(self) -> list[str]:
        """Return what the reader should know of the message: that alerts waited, that the day has no more."""
        lines = []
        if self.context.held:
            lines.append(self.say("alert.held", n=self.context.held))
        if self.context.last_today:
            lines.append(self.say("alert.last_today", n=self.context.per_day))
        return lines

    def name(self, alert: Alert) -> str:
        """Return the name of the alert's kind."""
        return self.say(f"alert.name_{alert.kind}")

    def sentence(self, alert: Alert) -> str:
        """Return why the alert was raised, in one sentence."""
        if alert.results:
            first, many = alert.results[0], "_many" if len(alert.results) > 1 else ""
            return self.say(
                f"alert.hostile_result{many}", n=len(alert.results), query=first.query, rank=first.rank
            )
        if alert.broken is not None:
            return self._broken(alert.broken)
        if alert.comparison is None:
            raise ValueError(f"an alert of kind {alert.kind} needs results, a source or a comparison")
        return self._compared(alert, alert.comparison)

    def _broken(self, broken: BrokenSource) -> str:
        """Return the sentence on a source that can no longer be read, or that never could."""
        read_before = broken.last_good is not None
        key = status_key(broken.source_key, broken.status, reason=broken.reason, read_before=read_before)
        return self.say(
            "alert.source_broken" if read_before else "alert.source_never_read",
            source=broken.name,
            since=self.localizer.day(broken.since),
            status=self.say(f"blind.{key}"),
        )

    def _compared(self, alert: Alert, found: Comparison) -> str:
        """Return the sentence of an alert that stands on a comparison with days or weeks."""
        if alert.kind == "deletions":
            return self._deletions(alert, found)
        of_source = "_source" if alert.source else ""
        of_source = "_week" if alert.span > 1 else of_source
        weeks = self.say("alert.comparable_weeks", n=found.days, count=self.count(found.days))
        shown = {
            "day": self.day(alert.day),
            "comparable": weeks if alert.span > 1 else self.comparable(alert.day, found),
            "source": alert.source or "",
        }
        if alert.kind == "volume" and found.factor is None:
            return self.say(f"alert.volume{of_source}_new", n=found.n, **shown)
        if alert.kind == "volume":
            return self.say(f"alert.volume{of_source}", n=found.n, factor=self.factor(found), **shown)
        now, usual = (
            self.localizer.number(value, digits=2, signed=True) for value in (found.now, found.usual)
        )
        return self.say(f"alert.polarity{of_source}", now=now, usual=usual, n=found.n, **shown)

    def _deletions(self, alert: Alert, found: Comparison) -> str:
        digits = 0 if found.usual >= _LARGE or not found.usual else 1
        return self.say(
            "alert.deletions" if found.usual else "alert.deletions_new",
            n=found.n,
            source=alert.source or "",
            usual=self.localizer.number(found.usual, digits=digits),
            comparable=self.say("alert.comparable_weeks", n=found.days, count=self.count(found.days)),
        )

    def factor(self, found: Comparison) -> str:
        """Return a factor: one decimal, none from ten on."""
        value = found.factor or 0.0
        return self.localizer.number(value, digits=0 if value >= _LARGE else 1)

    def comparable(self, day: date, found: Comparison) -> str:
        """Return the comparable days' name: « huit lundis comparables »."""
        weekday = self.say("alert.weekday", weekday=self._date(day, "EEEE"))
        return self.say("alert.comparable_weekdays", count=self.count(found.days), weekday=weekday)

    def count(self, n: int) -> str:
        """Return a small number in letters, a larger one in figures."""
        key = f"number_words.{n}"
        return self.localizer.plain(key) if self.localizer.has(key) else self.localizer.number(n)

    def day(self, day: date) -> str:
        """Return a day: « lundi 9 mars »."""
        return self._date(day, "EEEE d MMMM")

    def evidence_title(self, alert: Alert) -> str:
        """Return what is compared, as a title."""
        is_weekly = alert.kind == "deletions" or alert.span > 1
        return self.say("alert.evidence_weeks" if is_weekly else "alert.evidence_days")

    def bars(self, alert: Alert) -> list[tuple[str, str, int]]:
        """Return the comparable days and then this one: name, value, share of the largest (0–100).

        The share is 0 where values are no counts.
        """
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
        name = self.say("alert.this_week")
        if alert.kind != "deletions" and alert.span == 1:
            name = self.say("alert.this_day", day=self.day(alert.day))
        value = self._value(found.now, counts=counts)
        return [*rows, (name, value, round(100 * found.now / most) if counts else 0)]

    def reserves(self, alert: Alert) -> list[str]:
        """Return which comparable days, and which sources, are left out."""
        found = alert.comparison
        lines = []
        if found is not None and found.left_out:
            lines.append(self.say("alert.left_out", n=found.left_out))
        if alert.left_out:
            sources = self.localizer.together(list(alert.left_out))
            lines.append(self.say("alert.left_out_sources", list=sources))
        return lines

    def source_rows(self, alert: Alert) -> list[tuple[str, str]]:
        """Return the sources that it comes from: name, mentions against the usual."""
        rows = []
        for row in alert.sources:
            counts = self.say("alert.source_row_new", n=row.n)
            if row.usual is not None:
                usual = self.localizer.number(row.usual, digits=1)
                counts = self.say("alert.source_row", n=row.n, usual=usual)
            rows.append((row.name, counts))
        return rows

    def quoted(self, quote: Quote) -> str:
        """Return a quotation between its marks."""
        return quoted(quote.text, self.localizer)

    def attribution(self, quote: Quote) -> list[str]:
        """Return who is quoted, as far as may be known: stars, site, place, day."""
        return attribution(quote, self.localizer, site=self.context.titles.get(quote.site, quote.site))

    def stars(self, given: float | None) -> str:
        """Return a rating as stars; nothing where there is none."""
        return stars(given)

    def result_rows(self, alert: Alert) -> list[tuple[str, str, str, str]]:
        """Return the hostile results: title and domain, where it stands, what it says, its address."""
        return [
            (
                f"{each.title} ({each.domain})" if each.domain else each.title,
                self.say(
                    "alert.rank_row",
                    rank=each.rank,
                    query=each.query,
                    engine=capital(each.engine),
                    day=self.localizer.day(each.captured_at),
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
        """Return what is known of a broken source: its last good run, how many failed, and why."""
        broken = alert.broken
        if broken is None:
            return []
        good = self.say("alert.never_good")
        if broken.last_good:
            good = self.say("alert.last_good", day=self.localizer.day(broken.last_good))
        lines = [good + " " + self.say("alert.runs", n=broken.runs)]
        if broken.reason and broken.status in ("degraded", "blocked", "failed"):
            lines.append(broken.reason)
        return lines

    def feet(self) -> list[str]:
        """Return how to read the message, and when it was made."""
        kinds = {alert.kind for alert in self.context.alerts}
        notes = (
            ("unusual", bool(kinds & {"volume", "polarity"})),
            ("week", any(alert.span > 1 for alert in self.context.alerts)),
            ("net", "polarity" in kinds),
            ("hostile", "hostile_result" in kinds),
            ("deletions", "deletions" in kinds),
        )
        lines = [self.say(f"alert.foot_{name}") for name, wanted in notes if wanted]
        if self.context.per_day:
            quiet = self.context.quiet
            hours = self.say("alert.foot_quiet", from_hour=quiet[0], to_hour=quiet[1]) if quiet else ""
            lines.append(self.say("alert.foot_budget", n=self.context.per_day, quiet=hours))
        return [*lines, self.say("alert.foot_sent", moment=self.localizer.moment(self.context.now))]

    def evidence(self, alert: Alert) -> list[str]:
        """Return the evidence as lines of text, for those who see no picture: chat rooms, programs."""
        rows = [f"{name}{self._colon()}{value}" for name, value, _ in self.bars(alert)]
        rows += [f"{name}{self._colon()}{value}" for name, value in self.source_rows(alert)]
        rows += [f"{title}, {where}" for title, where, _, _ in self.result_rows(alert)]
        return [*rows, *self.removed_rows(alert), *self.broken_rows(alert), *self.reserves(alert)]

    def _colon(self) -> str:
        return f"{WIDE}: " if self.localizer.language == "fr" else ": "

    def _value(self, value: float, *, counts: bool) -> str:
        return self.localizer.number(value) if counts else self.localizer.number(value, digits=2, signed=True)

    def _date(self, day: date, pattern: str) -> str:
        words = str(format_date(day, pattern, locale=self.localizer.locale)).split(" ")
        if day.day == 1:
            words = [self.localizer.plain("format.first_of_month") if word == "1" else word for word in words]
        return WIDE.join(words)
