"""How far two readers agree: Cohen's kappa over what was read twice, with its interval and n."""

import math
from collections import Counter
from collections.abc import Sequence

from ouidire.frozen import Frozen
from ouidire.measures.quantiles import normal_quantile
from ouidire.state.people.corrections import CorrectionField, all_corrections, all_second_readings
from service.pipeline.people.side import DecisionSide

FEWEST = 10
"""Pairs below which kappa would be noise."""
KAPPA_FIELDS: tuple[CorrectionField, ...] = ("side", "advocacy")


class Agreement(Frozen):
    """Agreement of two readers on one field: the share of same answers, and kappa (−1…1) beyond chance.

    `kappa` is None where fewer than ten were read twice, or both always said the same one thing; `low` and
    `high` are its interval at 95%.
    """

    field: CorrectionField
    n: int
    same: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def agreements(installation: DecisionSide) -> tuple[Agreement, ...]:
    """Return how far first and second readers agree on sides and on promoter classes."""
    with installation.state.read() as connection:
        first = {(each.mention_id, each.field): each.value for each in all_corrections(connection)}
        second = all_second_readings(connection)
    return tuple(
        agreement_on(
            field,
            [
                (str(first[each.mention_id, field]), str(each.value))
                for each in second
                if each.field == field and (each.mention_id, field) in first
            ],
        )
        for field in KAPPA_FIELDS
    )


def agreement_on(field: CorrectionField, pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Return the agreement of pairs of answers.

    κ = (p₀ − pₑ)/(1 − pₑ) (Cohen 1960), standard error √(p₀(1 − p₀)/n)/(1 − pₑ).
    """
    n = len(pairs)
    same = sum(one == other for one, other in pairs)
    found = Agreement(field=field, n=n, same=same)
    if n < FEWEST:
        return found
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(ones[each] * others[each] for each in ones) / n**2
    if expected == 1:
        return found
    observed = same / n
    kappa = (observed - expected) / (1 - expected)
    half = normal_quantile(0.975) * math.sqrt(observed * (1 - observed) / n) / (1 - expected)
    return found.model_copy(
        update={"kappa": kappa, "low": max(-1.0, kappa - half), "high": min(1.0, kappa + half)}
    )
