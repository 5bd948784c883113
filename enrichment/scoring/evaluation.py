"""How right the analysers are on texts that a person labelled: the measures of `make eval`, on any texts.

Every figure has its 95% interval by bootstrap over texts, seeded, so that a report made twice is the same.
Labels are never shown to the analysers. It cannot see whether the labels are right, nor the texts that nobody
labelled.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from enrichment.run import Enricher
from ouidire.annotations import Annotations, Label
from ouidire.batches import batched
from ouidire.frozen import Frozen

Floats = NDArray[np.float64]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")
READ: tuple[Label, ...] = (*LABELS, "mixed")
SMALLEST = 20
"""A group of fewer texts has no figures: they would be noise."""
ENOUGH = 200
"""Texts from which a report can be relied on: a share is then known to ± 7 points at most."""
BATCH, BINS, RESAMPLES, SEED = 64, 10, 300, 5
MIDDLE_STARS = 3
FRENCH = "fr"


class LabelledText(Frozen):
    """A text, with the label that a person gives it, or the stars (1–5) of its author."""

    text: str
    label: Label | None = None
    stars: int | None = None
    language: str | None = None


class MeasuredShare(Frozen):
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float


class GroupEvaluation(Frozen):
    """The figures of one group of texts: all, or those of one language.

    `right_side` is the share of texts on the right side, among those that are negative or positive (0–1),
    `macro_f1` that of negative, neutral and positive (0–1), `calibration_error` the expected one of the
    likeliest side (0–1); `exact_stars` and `off_by_one` are shares where stars are known. `confusion` counts
    texts by (what a person said, what was read).
    """

    name: str
    n: int
    right_side: MeasuredShare | None = None
    macro_f1: MeasuredShare | None = None
    calibration_error: MeasuredShare | None = None
    exact_stars: MeasuredShare | None = None
    off_by_one: MeasuredShare | None = None
    confusion: dict[str, dict[str, int]] = Field(default_factory=dict)


class Evaluation(Frozen):
    """The whole report: groups, all texts first, then French, then the other languages.

    `spoken` and `withheld` count the texts whose label is to be relied on, and those where the analyser says
    that it is not (`abstain`), each with how many of them are right; `unread` could not be analysed.
    """

    n: int
    groups: tuple[GroupEvaluation, ...]
    spoken: tuple[int, int]
    withheld: tuple[int, int]
    unread: int = 0
    versions: tuple[str, ...] = ()


class _Read(Frozen):
    truth: str
    stars: int | None
    language: str
    label: str
    abstains: bool
    chances: tuple[float, float, float]
    likeliest_stars: int


def evaluate(texts: Iterable[LabelledText], enricher: Enricher) -> Evaluation:
    """Read labelled texts with the analysers, and return how right they are."""
    rows: list[_Read] = []
    unread = 0
    for batch in batched(texts, BATCH):
        unread += _read(batch, enricher, rows)
    languages = sorted({row.language for row in rows}, key=lambda name: (name != FRENCH, name))
    groups = [_group("all", rows)]
    groups += [_group(name, [row for row in rows if row.language == name]) for name in languages]
    return Evaluation(
        n=len(rows) + unread,
        groups=tuple(each for each in groups if each.n >= SMALLEST or each.name == "all"),
        spoken=_right_of([row for row in rows if not row.abstains]),
        withheld=_right_of([row for row in rows if row.abstains]),
        unread=unread,
        versions=enricher.versions,
    )


def _read(batch: Sequence[LabelledText], enricher: Enricher, rows: list[_Read]) -> int:
    """Add the readings of a batch; return how many texts have none."""
    prepared = [enricher.prepare(each.text, stated_language=each.language) for each in batch]
    unread = 0
    for each, found in zip(batch, enricher.annotate(prepared), strict=True):
        if not isinstance(found, Annotations) or found.sentiment is None:
            unread += 1
            continue
        sentiment = found.sentiment
        rows.append(
            _Read(
                truth=each.label or _side_of_stars(each.stars),
                stars=each.stars,
                language=found.language.code if found.language else "und",
                label=sentiment.label,
                abstains=sentiment.abstain,
                chances=(sentiment.p_negative, sentiment.p_neutral, sentiment.p_positive),
                likeliest_stars=int(np.argmax(sentiment.stars)) + 1,
            )
        )
    return unread


def _side_of_stars(stars: int | None) -> str:
    if stars is None or stars == MIDDLE_STARS:
        return "neutral"
    return "positive" if stars > MIDDLE_STARS else "negative"


def _right_of(rows: Sequence[_Read]) -> tuple[int, int]:
    """Return how many texts there are, and of how many the likeliest side is the person's."""
    sided = [row for row in rows if row.truth in LABELS]
    return len(sided), sum(LABELS[int(np.argmax(row.chances))] == row.truth for row in sided)


def _group(name: str, rows: Sequence[_Read]) -> GroupEvaluation:
    confusion = {
        truth: {label: sum(row.truth == truth and row.label == label for row in rows) for label in READ}
        for truth in READ
        if any(row.truth == truth for row in rows)
    }
    found = GroupEvaluation(name=name, n=len(rows), confusion=confusion)
    sided = [row for row in rows if row.truth in LABELS]
    if len(sided) < SMALLEST:
        return found
    chances = np.array([row.chances for row in sided])
    truth = np.array([LABELS.index(_label(row.truth)) for row in sided])
    clear = truth != LABELS.index("neutral")
    figures: dict[str, MeasuredShare | None] = {
        "right_side": _measured(right_side, chances[clear], truth[clear]) if clear.any() else None,
        "macro_f1": _measured(macro_f1, chances, truth),
        "calibration_error": _measured(calibration_error, chances, truth),
    }
    starred = [row for row in rows if row.stars is not None]
    if len(starred) >= SMALLEST:
        read = np.array([[row.likeliest_stars] for row in starred], float)
        given = np.array([row.stars for row in starred])
        figures["exact_stars"] = _measured(_exact, read, given)
        figures["off_by_one"] = _measured(_off_by_one, read, given)
    return found.model_copy(update=figures)


def _label(text: str) -> Label:
    return next(each for each in LABELS if each == text)


def right_side(chances: Floats, truth: NDArray[np.int64]) -> float:
    """Return the share (0–1) of negative and positive texts whose balance has the right sign."""
    return float(np.mean((chances[:, 2] > chances[:, 0]) == (truth == LABELS.index("positive"))))


def macro_f1(chances: Floats, truth: NDArray[np.int64]) -> float:
    """Return the mean F1 (0–1) of the three sides; a side that is neither said nor read counts as 0."""
    read = chances.argmax(1)
    scores = []
    for side in range(len(LABELS)):
        hit = float(np.sum((read == side) & (truth == side)))
        said = float(np.sum(read == side) + np.sum(truth == side))
        scores.append(2 * hit / said if said else 0.0)
    return float(np.mean(scores))


def calibration_error(chances: Floats, truth: NDArray[np.int64] | Floats) -> float:
    """Return the expected calibration error (0–1) of the likeliest side, ten bins (Guo et al. 2017)."""
    best, right = chances.max(1), chances.argmax(1) == truth
    bins = np.minimum((best * BINS).astype(int), BINS - 1)
    return float(
        sum(
            abs(best[bins == each].mean() - right[bins == each].mean()) * (bins == each).mean()
            for each in np.unique(bins)
        )
    )


def _exact(read: Floats, given: NDArray[np.int64]) -> float:
    return float(np.mean(read[:, 0] == given))


def _off_by_one(read: Floats, given: NDArray[np.int64]) -> float:
    return float(np.mean(np.abs(read[:, 0] - given) <= 1))


def _measured(
    measure: Callable[[Floats, NDArray[np.int64]], float], answers: Floats, truth: NDArray[np.int64]
) -> MeasuredShare:
    draws = np.random.default_rng(SEED)
    found = []
    for _ in range(RESAMPLES):
        rows = draws.integers(0, len(truth), len(truth))
        found.append(measure(answers[rows], truth[rows]))
    value = measure(answers, truth)
    low, high = np.percentile(found, [2.5, 97.5])
    return MeasuredShare(value=value, low=min(float(low), value), high=max(float(high), value))
