"""Print what the bundled analysers are worth: `python -m enrichment.training.evaluate --data FOLDER`.

Sentiment by language and by source, advocacy by survey against the asked scores, calibration errors, abstention, and
whether peak and end of the sentences predict the stars better than their mean. The author's stars are never shown to
the analysers here. Without the folder of texts it says so and ends well (exit 0).
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

from enrichment.advocacy import AdvocacyAnalyser
from enrichment.base import Analyser
from enrichment.language import LanguageAnalyser
from enrichment.linear import LinearModel, bundled
from enrichment.memory import MemoryAnalyser
from enrichment.run import Enricher, RawText
from enrichment.sentences import SentenceSplitter
from enrichment.sentiment import SentimentAnalyser
from enrichment.training.data import DETRACTOR, LABELS, PROMOTER, Row, nps_class, read
from ouidire.annotations import Annotations

Floats = NDArray[np.float64]
BINS = 10
NEUTRAL_STARS = 3
SMALLEST = 20
"""Slices of fewer rows are not printed: their figures are noise."""


def calibration_error(chances: Floats, right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins of equal width (Guo et al. 2017), 0–1."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [abs(chances[bins == each].mean() - right[bins == each].mean()) * (bins == each).mean() for each in np.unique(bins)]
    return float(np.sum(gaps))


def sentiment_line(name: str, rows: Sequence[Row], found: Sequence[Annotations]) -> str:
    """Return one line of figures on rows that have a label; a text without sentiment counts as wrong."""
    truth = np.array([LABELS.index(row.label or "neu") for row in rows])
    chances = np.array([_three(each) for each in found])
    polarity = np.array([each.sentiment.polarity if each.sentiment else 0.0 for each in found])
    stated = np.array([row.stars or 0 for row in rows])
    stars = np.array([1 + int(np.argmax(each.sentiment.stars)) if each.sentiment else 0 for each in found])
    macro = f1_score(truth, chances.argmax(axis=1), average="macro", labels=[0, 1, 2], zero_division=0)
    poles = truth != LABELS.index("neu")
    good = truth[poles] == LABELS.index("pos")
    auc = roc_auc_score(good, polarity[poles]) if len(set(good)) > 1 else float("nan")
    starred, clear = stated > 0, (stated > 0) & (stated != NEUTRAL_STARS)
    error = calibration_error(chances.max(axis=1), chances.argmax(axis=1) == truth)
    exact, near = stars[starred] == stated[starred], np.abs(stars[starred] - stated[starred]) <= 1
    binary = (polarity[clear] > 0) == (stated[clear] > NEUTRAL_STARS)
    return f"{name:26}{len(rows):6}{macro:9.3f}{auc:9.3f}{_share(exact)}{_share(near)}{_share(binary)}{error:8.3f}"


def advocacy_line(name: str, rows: Sequence[Row], found: Sequence[Annotations]) -> str:
    """Return one line of figures on rows with an asked score; intervals are 95%, of the mean of ±1 per answer."""
    truth = np.array([nps_class(row.nps or 0) for row in rows])
    chances = np.array([_classes(each) for each in found])
    balance = chances[:, PROMOTER] - chances[:, DETRACTOR]
    asked = (truth == PROMOTER).astype(float) - (truth == DETRACTOR)
    poles = truth != 1
    auc = roc_auc_score(truth[poles] == PROMOTER, balance[poles])
    half = 1.96 * asked.std() / len(rows) ** 0.5
    error = calibration_error(chances.max(axis=1), chances.argmax(axis=1) == truth)
    return f"{name:26}{len(rows):6}{auc:9.3f}{100 * balance.mean():10.1f}{100 * asked.mean():9.1f} ±{100 * half:.1f}{error:10.3f}"


def _three(found: Annotations) -> tuple[float, float, float]:
    each = found.sentiment
    return (each.p_negative, each.p_neutral, each.p_positive) if each else (0.0, 0.0, 0.0)


def _classes(found: Annotations) -> tuple[float, float, float]:
    if not found.advocacy:
        return 0.0, 1.0, 0.0
    each = found.advocacy.probabilities
    return each.detractor, each.passive, each.promoter


def _share(right: NDArray[np.bool_]) -> str:
    return f"{100 * right.mean():8.1f}" if len(right) else f"{'–':>8}"


def explained(columns: Floats, target: Floats) -> float:
    """Return R² of the least-squares line of `target` on `columns`."""
    design = np.column_stack([columns, np.ones(len(target))])
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return float(1 - rest.var() / target.var())


def report(rows: Sequence[Row], model: LinearModel) -> Iterator[str]:
    """Yield the lines of the table."""
    analysers: list[Analyser] = [
        LanguageAnalyser(),
        SentenceSplitter(),
        SentimentAnalyser(model),
        AdvocacyAnalyser(model),
        MemoryAnalyser(),
    ]
    enricher = Enricher(analysers)
    results = enricher.annotate([RawText(text=row.text) for row in rows])
    found = [result if isinstance(result, Annotations) else Annotations() for result in results]
    pairs = list(zip(rows, found, strict=True))

    yield f"{'sentiment':26}{'n':>6}{'macro-F1':>9}{'AUC +/-':>9}{'exact%':>8}{'±1 %':>8}{'bin. %':>8}{'ECE':>8}"
    labelled = [pair for pair in pairs if pair[0].label]
    slices = {"all": labelled}
    for pair in labelled:
        slices.setdefault(f"language {pair[0].lang}", []).append(pair)
    for pair in sorted(labelled, key=lambda pair: pair[0].src):
        slices.setdefault(pair[0].src, []).append(pair)
    for name, part in slices.items():
        if len(part) >= SMALLEST:
            yield sentiment_line(name, [row for row, _ in part], [each for _, each in part])

    yield ""
    yield f"{'advocacy':26}{'n':>6}{'AUC p/d':>9}{'est. NPS':>10}{'asked NPS':>14}{'ECE':>10}"
    for survey in sorted({row.src for row in rows if row.nps is not None}):
        part = [pair for pair in pairs if pair[0].src == survey and pair[0].nps is not None]
        yield advocacy_line(survey, [row for row, _ in part], [each for _, each in part])

    yield ""
    for kept in (False, True):
        part = [pair for pair in labelled if pair[1].sentiment and pair[1].sentiment.abstain is kept]
        right = np.array([LABELS[int(np.argmax(_three(each)))] == row.label for row, each in part])
        yield f"{'abstains' if kept else 'speaks':26}{len(part):6}   right {_share(right).strip()} %"
    yield from _memory_lines([pair for pair in pairs if pair[0].stars and pair[1].memory and len(pair[1].sentences) > 1])


def _memory_lines(pairs: Sequence[tuple[Row, Annotations]]) -> Iterator[str]:
    if len(pairs) < SMALLEST:
        return
    stars = np.array([float(row.stars or 0) for row, _ in pairs])
    memories = [each.memory for _, each in pairs if each.memory]
    both = np.array([(memory.peak, memory.end) for memory in memories])
    mean = np.array([[memory.mean] for memory in memories])
    every = np.column_stack([both, mean])
    yield ""
    yield f"stars explained (R²), {len(pairs)} texts of several sentences:"
    yield f"  mean {explained(mean, stars):.3f} · peak and end {explained(both, stars):.3f} · all three {explained(every, stars):.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled texts")
    parser.add_argument("--split", default="dev", choices=("dev", "train"))
    parser.add_argument("--model", type=Path, help="another linear.npz than the bundled one")
    parser.add_argument("--sources", default="", help="only these sources (src), separated by commas")
    options = parser.parse_args(arguments)
    if not (options.data / f"{options.split}.jsonl.gz").exists():
        sys.stdout.write(f"skipped: no labelled texts in {options.data}; they are not part of the repository\n")
        return 0
    chosen = set(filter(None, options.sources.split(",")))
    rows = [row for row in read(options.data, options.split) if not chosen or row.src in chosen]
    model = LinearModel(dict(np.load(options.model, allow_pickle=False))) if options.model else bundled()
    for line in report(rows, model):
        sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
