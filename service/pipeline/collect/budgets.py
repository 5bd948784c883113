"""What keys have spent of their daily budgets: counted from the runs of the day, which the state keeps.

What a killed run spent is not known, nor what others spend with the same key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from crawlers.access import Budget
from ouidire.frozen import Frozen
from ouidire.state.counts import spent_since


class BudgetHealth(Frozen):
    """What is spent today of what a key may spend a day, and when a new day begins for it (ISO 8601 UTC)."""

    key: str
    what: str
    limit: int
    spent: int
    renewed_at: str

    @property
    def sentence(self) -> str:
        """What is spent, for the table of sources."""
        return f"{self.key}: {self.spent} of {self.limit} {self.what} spent today"


def spent_today(connection: Connection, budgets: Sequence[Budget], *, now: datetime) -> dict[str, int]:
    """Return what was spent of each budget since its day began, by the budget's name."""
    found: dict[str, int] = {}
    for budget in budgets:
        spent = spent_since(connection, _day_of(budget, now))
        found[budget.name] = spent.get(budget.name, 0)
    return found


def budget_health(
    connection: Connection, budgets: Sequence[Budget], *, now: datetime
) -> tuple[BudgetHealth, ...]:
    """Return how each budget stands."""
    spent = spent_today(connection, budgets, now=now)
    return tuple(
        BudgetHealth(
            key=each.key,
            what=each.what,
            limit=each.limit,
            spent=spent[each.name],
            renewed_at=f"{_day_of(each, _day_of(each, now) + timedelta(hours=30)):%Y-%m-%dT%H:%MZ}",
        )
        for each in budgets
    )


def _day_of(budget: Budget, moment: datetime) -> datetime:
    """Return when the day of a moment began, by the midnight of the budget's zone, in UTC."""
    zone = ZoneInfo(budget.zone)
    midnight = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(ZoneInfo("UTC"))
