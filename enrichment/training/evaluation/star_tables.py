"""Tables of stars, sides and surveys, each figure with its 95% bootstrap interval over rows."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from enrichment.scoring.evaluation import calibration_error
from enrichment.training.data import LABELS, LabelledRow, nps_class
from enrichment.training.evaluation import measures

Floats = NDArray[np.float64]
SMALLEST = 20
"""Slices of fewer rows are not printed: their figures are noise."""
STAR_MEASURES = (
    (measures.exact, 1),
    (measures.off_by_one, 1),
    (measures.mean_error, 2),
    (measures.binary, 1),
)


def star_rows(
    rows: Sequence[LabelledRow], answers: Floats, names: dict[str, NDArray[np.bool_]]
) -> Iterator[str]:
    """Yield one line of figures per slice of rows that have stars or a label."""
    yield "| rows | n | exact % | off by one % | MAE | binary % | macro-F1 | calibration error |"
    yield "|---|---|---|---|---|---|---|---|"
    stars = np.array([row.stars or 0 for row in rows], float)
    labels = np.array([side(row) for row in rows])
    for name, slice_ in names.items():
        starred, labelled = slice_ & (stars > 0), slice_ & (labels >= 0)
        if labelled.sum() < SMALLEST:
            continue
        cells = [name, str(int(labelled.sum()))]
        if starred.sum() >= SMALLEST:
            cells += [
                cell(measure, answers[starred], stars[starred], digits=digits)
                for measure, digits in STAR_MEASURES
            ]
        else:
            cells += ["–"] * 4
        cells.append(cell(measures.macro_f1, answers[labelled], labels[labelled], digits=3))
        cells.append(cell(three_error, answers[labelled], labels[labelled], digits=3))
        yield f"| {' | '.join(cells)} |"


def slices(rows: Sequence[LabelledRow]) -> dict[str, NDArray[np.bool_]]:
    """Return the slices of the tables: all, by language, by source."""
    found = {"all": np.ones(len(rows), bool)}
    found.update(
        {
            f"language {each}": np.array([row.lang == each for row in rows])
            for each in sorted({row.lang for row in rows})
        }
    )
    found.update(
        {
            each: np.array([row.src == each for row in rows])
            for each in sorted({row.src for row in rows if row.nps is None})
        }
    )
    return found


def survey_rows(rows: Sequence[LabelledRow], answers: Floats) -> Iterator[str]:
    """Yield one line per survey: promoters apart from detractors, and both NPS with their intervals."""
    headings = (
        "survey",
        "n",
        "promoter–detractor AUC",
        "asked NPS",
        "estimated NPS",
        "estimate inside the asked interval",
        "calibration error",
    )
    yield f"| {' | '.join(headings)} |"
    yield "|---|---|---|---|---|---|---|"
    for survey in sorted({row.src for row in rows if row.nps is not None}):
        chosen = np.array([row.src == survey and row.nps is not None for row in rows])
        truth = np.array(
            [nps_class(row.nps) for row in rows if row.src == survey and row.nps is not None], float
        )
        asked, half = measures.asked_nps(truth)
        estimated, own = measures.estimated_nps(answers[chosen])
        inside = "yes" if abs(asked - estimated) <= half else f"no, {abs(asked - estimated):.1f} off"
        apart = cell(measures.promoters_apart, answers[chosen], truth, digits=3)
        error = calibration_error(answers[chosen], truth)
        both = f"{asked:.1f} ± {half:.1f} | {estimated:.1f} ± {own:.1f}"
        yield f"| {survey} | {len(truth)} | {apart} | {both} | {inside} | {error:.3f} |"


def side(row: LabelledRow) -> int:
    """Return 0 for negative, 1 for neutral, 2 for positive, −1 where neither stars nor label say."""
    if row.label:
        return LABELS.index(row.label)
    return -1 if row.stars is None else int(row.stars >= measures.NEUTRAL) + int(row.stars > measures.NEUTRAL)


def cell(measure: measures.Measure, answers: Floats, truth: Floats, *, digits: int) -> str:
    """Return one figure with its interval, as a table shows it."""
    value, low, high = measures.interval(measure, answers, truth)
    return f"{value:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def three_error(answers: Floats, truth: Floats) -> float:
    """Return the calibration error of negative, neutral and positive."""
    return calibration_error(measures.three(answers), truth)
