"""What a run may still request: each page once, so many pages, and what the budgets of its keys leave.

It cannot see what requests of other runs spend at the same time, nor new tries of the same request.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from crawlers.access import Budget
from ouidire.ids import digest
from ouidire.page import Request

PlanOutcome = Literal["planned", "again", "pages", "budget"]


class RequestPlan:
    """The requests of one run; `spent` is what was spent of each budget today before it."""

    def __init__(self, *, most: int, budgets: Sequence[Budget] = (), spent: Mapping[str, int]) -> None:
        self._most, self._budgets, self._before = most, budgets, spent
        self._seen: set[int] = set()
        self._planned = 0
        self.spent: Counter[str] = Counter()
        self.exhausted: Budget | None = None

    def add(self, request: Request) -> PlanOutcome:
        """Plan a request and return "planned", or why it is not to be made.

        "again": it was made before in this run; "pages", "budget": what is left has no room for it.
        """
        if not add_digest(self._seen, fingerprint(request)):
            return "again"
        if self._planned >= self._most:
            return "pages"
        costs = [(each, each.costs.get(request.kind, 0)) for each in self._budgets]
        for budget, cost in costs:
            if cost and self._before.get(budget.name, 0) + self.spent[budget.name] + cost > budget.limit:
                self.exhausted = budget
                return "budget"
        self.spent.update({budget.name: cost for budget, cost in costs if cost})
        self._planned += 1
        return "planned"

    def settle(self, kind: str, taken: int | None) -> None:
        """Count what an answer of this kind took in the place of what was planned for it."""
        for budget in self._budgets if taken is not None else ():
            planned = budget.costs.get(kind, 0)
            if planned and taken is not None:
                self.spent[budget.name] += taken - planned


def add_digest(seen: set[int], hexadecimal: str) -> bool:
    """Add an id, given as hexadecimal digits, and return whether it is new; as a number it takes 82 bytes."""
    before = len(seen)
    seen.add(int(hexadecimal, 16))
    return len(seen) > before


def fingerprint(request: Request) -> str:
    """Return what makes a request the same as another: all but its headers and its address's fragment."""
    context = json.dumps(request.context, sort_keys=True) if request.context else ""
    return digest(request.method, request.url.partition("#")[0], request.body or "", request.kind, context)
