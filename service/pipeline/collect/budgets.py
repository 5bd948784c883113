"""What keys have spent of their budgets: counted from the runs of the day or week, which the state keeps.

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
    term: str = "day"
    scale: int = 1
    renewed_at: str

    @property
    def sentence(self) -> str:
        """What is spent, for the table of sources."""
        when = "today" if self.term == "day" else "this week"
        spent, limit = self.spent / self.scale, self.limit / self.scale
        return f"{self.key}: {spent:.6g} of {limit:.6g} {self.what} spent {when}"


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
            term=each.term,
            scale=each.scale,
            renewed_at=f"{_renewal(each, now):%Y-%m-%dT%H:%MZ}",
        )
        for each in budgets
    )


def _renewal(budget: Budget, now: datetime) -> datetime:
    """Return when the budget is whole again; six hours past midnight are that day, whatever the clocks do."""
    return _day_of(budget, _day_of(budget, now) + timedelta(days=budget.days, hours=6))


def _day_of(budget: Budget, moment: datetime) -> datetime:
    """Return when the day (or the week) of a moment began, by the midnight of the budget's zone, in UTC."""
    zone = ZoneInfo(budget.zone)
    midnight = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if budget.days > 1:
        midnight -= timedelta(days=midnight.weekday())
    return midnight.astimezone(ZoneInfo("UTC"))
