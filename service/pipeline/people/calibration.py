"""Whether the chances of sides would be better calibrated on a brand's own texts, by its corrections.

One temperature (Guo et al. 2017): the chances become p^(1/T), made to sum to one again. It is fitted on four
fifths of the corrections and judged on the fifth that it has not seen, in turn, so that the gain is one on
texts held out. Corrections are of doubtful texts first: what helps there need not help elsewhere, so that a
gain is shown and nothing is changed by it.
"""

import math
from collections.abc import Mapping, Sequence

from ouidire.frozen import Frozen
from ouidire.ids import digest
from ouidire.measures.quantiles import normal_quantile
from ouidire.state.people.corrections import Correction, all_corrections
from service.pipeline.people.side import DecisionSide

FEWEST = 200
"""Corrected sides below which a temperature would be noise."""
FOLDS = 5
TEMPERATURES = tuple(round(0.4 + 0.05 * step, 2) for step in range(53))
"""From 0.4 to 3: beyond, a model would have nothing to say."""
_CHANCES = {"negative": "p_negative", "neutral": "p_neutral", "positive": "p_positive"}
_SMALLEST = 1e-6
JudgedText = tuple[str, tuple[float, float, float], int]
"""A mention's id, the model's three chances, and the side that a person says (0, 1, 2)."""


class BrandCalibration(Frozen):
    """What a temperature would change for one brand.

    `before` and `after` are the mean log-loss of held-out corrections, `gain` their difference with its 95%
    interval; all None where there are fewer than 200 corrections. Above 1 the model is too sure.
    """

    brand: str
    n: int
    temperature: float | None = None
    before: float | None = None
    after: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def helps(self) -> bool:
        """Whether the gain is beyond its noise."""
        return self.low is not None and self.low > 0


def calibrations(side: DecisionSide) -> tuple[BrandCalibration, ...]:
    """Return for each brand what a temperature would change, by its corrected sides."""
    with side.state.read() as connection:
        made = [each for each in all_corrections(connection) if each.field == "side"]
    documents = side.index.get_many("mention", [each.mention_id for each in made])
    by_brand: dict[str, list[JudgedText]] = {each.slug: [] for each in side.settings.own_brands}
    for each in made:
        judged = judged_of(each)
        document = documents.get(each.mention_id)
        for brand in getattr(document, "brands", ()) if judged is not None else ():
            if brand in by_brand and judged is not None:
                by_brand[brand].append(judged)
    return tuple(calibration_of(brand, rows) for brand, rows in by_brand.items())


def judged_of(correction: Correction) -> JudgedText | None:
    """Return a corrected side beside the model's chances; None for a mixed text, or one never read."""
    values = [correction.model.get(name) for name in _CHANCES.values()]
    if correction.value not in _CHANCES or not all(isinstance(each, float | int) for each in values):
        return None
    negative, neutral, positive = (float(str(each)) for each in values)
    truth = list(_CHANCES).index(str(correction.value))
    return correction.mention_id, (negative, neutral, positive), truth


def calibration_of(brand: str, rows: Sequence[JudgedText]) -> BrandCalibration:
    """Return what a temperature would change on the corrections of one brand."""
    n = len(rows)
    found = BrandCalibration(brand=brand, n=n)
    if n < FEWEST:
        return found
    folds: Mapping[int, list[JudgedText]] = {
        fold: [row for row in rows if int(digest("fold", row[0])[:8], 16) % FOLDS == fold]
        for fold in range(FOLDS)
    }
    before: list[float] = []
    after: list[float] = []
    for held, part in folds.items():
        temperature = fitted([row for fold, others in folds.items() if fold != held for row in others])
        before += [loss(row, 1.0) for row in part]
        after += [loss(row, temperature) for row in part]
    gains = [one - other for one, other in zip(before, after, strict=True)]
    gain = math.fsum(gains) / n
    spread = math.sqrt(math.fsum((each - gain) ** 2 for each in gains) / (n - 1) / n)
    half = normal_quantile(0.975) * spread
    return found.model_copy(
        update={
            "temperature": fitted(rows),
            "before": math.fsum(before) / n,
            "after": math.fsum(after) / n,
            "gain": gain,
            "low": gain - half,
            "high": gain + half,
        }
    )


def fitted(rows: Sequence[JudgedText]) -> float:
    """Return the temperature under which a person's sides are likeliest; of equals, the nearest to 1."""
    return min(
        TEMPERATURES,
        key=lambda each: (round(math.fsum(loss(row, each) for row in rows), 9), abs(each - 1)),
    )


def loss(row: JudgedText, temperature: float) -> float:
    """Return the log-loss of one text under a temperature."""
    logs = [math.log(max(_SMALLEST, each)) / temperature for each in row[1]]
    most = max(logs)
    whole = most + math.log(math.fsum(math.exp(each - most) for each in logs))
    return whole - logs[row[2]]
