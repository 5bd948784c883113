"""Net sentiment, and the peak, end and mean of the polarities of a text's sentences.

Both read polarities that analysers gave; neither can see irony that the analyser missed.
"""

import math
from collections.abc import Sequence

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.measures.figure import Basis, Figure, Moments, signed_mean


def net_sentiment(
    moments: Moments,
    *,
    within: float = 0.0,
    basis: Basis = "estimated",
    transfer_sd: float = 0.0,
    dispersion: float = 1.0,
    confidence: float = 0.95,
) -> Figure:
    """Σ(positive − negative) / Σ weight, −1..1, with its interval.

    Args:
        moments: sums of the per-document balance, positive − negative, in −1..1.
        within: Σ w·(p_positive + p_negative − balance²) if the balance stands for a label one is unsure of; 0
            where the balance itself is what is measured.
        basis: where the polarities come from.
        transfer_sd: the analyser's spread from source to source, on a scale of −1..1, which no n averages
            away (`ouidire.measures.transfer.read_sentiment_sd`).
        dispersion: ≥ 0, how much more than independent documents past weeks differ (`Change.dispersion`).
        confidence: of the interval, 0–1.

    Returns:
        A figure in unit "score"; value None when `moments` is empty.

    Raises:
        ValueError: the sums are impossible for values in −1..1, or an option is out of range.

    The interval is the adjusted Wald interval of `ouidire.measures.figure.signed_mean` (Rocks 2016).
    """
    found = signed_mean(
        moments, within=within, extra_se=transfer_sd, confidence=confidence, dispersion=dispersion
    )
    value, low, high = found or (None, None, None)
    return Figure(
        value=value, low=low, high=high, n=moments.n, weight=moments.weight, unit="score", basis=basis
    )


class PeakEnd(Frozen):
    """Peak, end and mean of the polarities of a text's `n` sentences, −1..1 each (peak–end rule).

    All three are None when no sentence has a polarity.
    """

    peak: float | None = Field(default=None, allow_inf_nan=False)
    end: float | None = Field(default=None, allow_inf_nan=False)
    mean: float | None = Field(default=None, allow_inf_nan=False)
    n: int = Field(ge=0)


def peak_end(polarities: Sequence[float]) -> PeakEnd:
    """Return the peak, the end and the mean of the polarities (−1..1) of a text's sentences, in order.

    The peak is the polarity farthest from 0 (of equals the later), the end the last one.

    Source: Kahneman, Fredrickson, Schreiber & Redelmeier (1993), Psychological Science 4(6): the remembered
    quality of an episode follows its peak and its end more than its mean or its length. That a review's stars
    do so too is a hypothesis, which the evaluation measures.

    Raises:
        ValueError: a polarity is outside −1..1.
    """
    if any(not -1 <= polarity <= 1 for polarity in polarities):
        msg = "polarities lie in -1..1"
        raise ValueError(msg)
    if not polarities:
        return PeakEnd(n=0)
    _, peak = max(enumerate(polarities), key=lambda pair: (abs(pair[1]), pair[0]))
    mean = max(-1.0, min(1.0, math.fsum(polarities) / len(polarities)))
    return PeakEnd(peak=peak, end=polarities[-1], mean=mean, n=len(polarities))
