"""What an alert says, as data only: why it was raised, and the evidence. No prose, no markup.

A context can be kept as JSON and rendered again later, in another language.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen
from ouidire.ids import digest
from ouidire.settings.alerts import AlertKind
from reports.data.context import BrandName, GapStatus, ReviewEvent
from reports.data.sections import Quote

__all__ = [
    "Alert",
    "AlertContext",
    "BrokenSource",
    "Comparison",
    "HostileResult",
    "PastDay",
    "SourceShare",
    "surest",
    "together",
]


class PastDay(Frozen):
    """One comparable day (or week) and its value; `usable` is false where a source was not read then."""

    day: date
    value: float
    usable: bool = True


class Comparison(Frozen):
    """A day (or a week of events) against comparable ones: see `ouidire.measures.Unusual`."""

    now: float
    usual: float
    factor: float | None = None
    n: int
    days: int
    left_out: int = 0
    past: tuple[PastDay, ...] = ()


class SourceShare(Frozen):
    """One source's mentions of the day, and their mean of comparable days; `unusual` by itself."""

    name: str
    n: int
    usual: float | None = None
    unusual: bool = False


class HostileResult(Frozen):
    """A result that argues against the brand, on the first page for a query."""

    query: str
    engine: str
    rank: int
    title: str
    domain: str
    url: str | None = None
    snippet: str = ""
    captured_at: AwareDatetime


class BrokenSource(Frozen):
    """A source that can no longer be read as it should, since when, and how many `runs` failed in a row."""

    name: str
    source_key: str
    status: GapStatus
    reason: str = ""
    since: AwareDatetime
    last_good: AwareDatetime | None = None
    runs: int = 1


class Alert(Frozen):
    """One thing that cannot wait, with its evidence.

    `told_by` identifies it in the ledger, for each recipient (32 characters at most): the same again is not
    sent again. `adjusted` is its p-value among all that were tested with it. `span` is how many days it is
    about, up to `day`. `source` is the name of the one source that it is about, if it is; `left_out` are
    sources too often broken to be counted.
    """

    kind: AlertKind
    brand: BrandName
    day: date
    span: int = Field(default=1, ge=1)
    told_by: str = Field(max_length=32)
    adjusted: float | None = None
    source: str | None = None
    comparison: Comparison | None = None
    sources: tuple[SourceShare, ...] = ()
    left_out: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    results: tuple[HostileResult, ...] = ()
    events: tuple[ReviewEvent, ...] = ()
    broken: BrokenSource | None = None


def surest(alerts: Sequence[Alert]) -> list[Alert]:
    """Return the alerts; of those on volume and on polarity, only the surest day of each brand."""
    best: dict[tuple[str, str], Alert] = {}
    for each in alerts:
        key = (each.brand.slug, each.kind)
        if each.kind in ("volume", "polarity") and (key not in best or _doubt(each) < _doubt(best[key])):
            best[key] = each
    return [
        each
        for each in alerts
        if each.kind not in ("volume", "polarity") or best[each.brand.slug, each.kind] == each
    ]


def _doubt(alert: Alert) -> float:
    return 1.0 if alert.adjusted is None else alert.adjusted


def together(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the alerts of one message, each quotation and list of sources shown once."""
    shown: list[Alert] = []
    quoted: set[str] = set()
    for each in alerts:
        same = any(each.sources == other.sources and each.day == other.day for other in shown)
        quotes = tuple(quote for quote in each.quotes if quote.id not in quoted)
        quoted.update(quote.id for quote in quotes)
        shown.append(each.model_copy(update={"quotes": quotes, "sources": () if same else each.sources}))
    return tuple(shown)


class AlertContext(Frozen):
    """One message: the alerts on one brand that one recipient gets together.

    `held` counts those that waited for the end of quiet hours or for a new day's budget; `last_today` when
    the budget of the day ends with this message.
    """

    report: Literal["alert"] = "alert"
    brand: BrandName
    now: AwareDatetime
    timezone: str
    alerts: tuple[Alert, ...] = Field(min_length=1)
    held: int = 0
    last_today: bool = False
    per_day: int = 0
    quiet: tuple[int, int] | None = None
    titles: dict[str, str] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """The id of this set of alerts: the same alerts make the same message (32 hexadecimal digits)."""
        return digest("alerts", *sorted(f"{each.kind} {each.told_by}" for each in self.alerts))
