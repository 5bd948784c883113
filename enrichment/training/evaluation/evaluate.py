"""Measures the bundled analysers and rivals: `python -m enrichment.training.evaluation.evaluate --data …`.

Stars, sides, calibration, promoters against detractors, estimated against asked NPS, by language and by
source, with bootstrap intervals; and whether peak and end of the sentences predict the stars better than
their mean. The author's stars are never shown to the analysers here. The section of levels
(`enrichment.training.evaluation.transfer`) stays as it is on the page. Without the folder of texts it says so
and ends well (exit 0).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.run import Enricher, bundled
from enrichment.training.data import LABELS, LabelledRow, read
from enrichment.training.evaluation import measures
from enrichment.training.evaluation.rivals import RIVALS, RivalScores, by_polarity
from enrichment.training.evaluation.robustness import masking_rows, robustness_rows, rows_of
from enrichment.training.evaluation.star_tables import (
    SMALLEST,
    cell,
    side,
    slices,
    star_rows,
    survey_rows,
    three_error,
)
from enrichment.training.evaluation.theme_groups import theme_section
from enrichment.training.evaluation.transfer.page import section_of, with_section
from enrichment.training.evaluation.transfer.rows import SourceRow, read_rows
from enrichment.training.evaluation.unseen import sentences
from ouidire.annotations import Annotations

Floats = NDArray[np.float64]
KNOWN_TRADES = frozenset(("mobile_app", "marketplace", "parcel"))
"""Trades of `dev2` that are in training, by other brands."""
EMPTY = by_polarity(np.zeros(1))


def scores_of(found: Sequence[Annotations]) -> RivalScores:
    """Return the probabilities of annotations; a text without sentiment gets the middle, which counts."""
    stars = [each.sentiment.stars if each.sentiment else EMPTY.stars[0] for each in found]
    classes = [_classes(each) if each.advocacy else EMPTY.classes[0] for each in found]
    return RivalScores(np.array(stars, float), np.array(classes, float))


def _classes(found: Annotations) -> tuple[float, float, float]:
    given = found.advocacy.probabilities if found.advocacy else None
    return (given.detractor, given.passive, given.promoter) if given else (0.0, 1.0, 0.0)


def memory_rows(rows: Sequence[LabelledRow], found: Sequence[Annotations]) -> Iterator[str]:
    """Yield whether peak and end say more of the stars than the mean does."""
    pairs = [
        (row.stars, each.memory)
        for row, each in zip(rows, found, strict=True)
        if row.stars and each.memory and len(each.sentences) > 1
    ]
    if len(pairs) < SMALLEST:
        return
    stars = np.array([star for star, _ in pairs], float)
    both = np.array([(memory.peak, memory.end) for _, memory in pairs])
    mean = np.array([[memory.mean] for _, memory in pairs])
    names = {"mean": mean, "peak and end": both, "all three": np.column_stack([both, mean])}
    figures = " · ".join(
        f"{name} {measures.explained(columns, stars):.3f}" for name, columns in names.items()
    )
    gaps = []
    draws = np.random.default_rng(measures.SEED)
    for _ in range(measures.RESAMPLES):
        take = draws.integers(0, len(stars), len(stars))
        gaps.append(measures.explained(both[take], stars[take]) - measures.explained(mean[take], stars[take]))
    low, high = np.percentile(gaps, [2.5, 97.5])
    verdict = "neither better nor worse than"
    if low > 0:
        verdict = "better than"
    elif high < 0:
        verdict = "worse than"
    difference = f"difference {np.mean(gaps):+.3f}, 95% interval {low:+.3f} to {high:+.3f}"
    yield f"Stars explained (R²) over {len(pairs)} texts of several sentences: {figures}."
    yield f"Peak and end predict the stars {verdict} the mean ({difference})."


def abstention_rows(rows: Sequence[LabelledRow], found: Sequence[Annotations]) -> Iterator[str]:
    """Yield how often the label is right where it is given, and where it is withheld."""
    for kept in (False, True):
        part = [
            (row, each.sentiment)
            for row, each in zip(rows, found, strict=True)
            if row.label and each.sentiment
        ]
        right = [
            LABELS[int(np.argmax([each.p_negative, each.p_neutral, each.p_positive]))] == row.label
            for row, each in part
            if each.abstain is kept
        ]
        if right:
            name, share = "abstains" if kept else "speaks", 100 * float(np.mean(right))
            yield f"- {name}: {len(right)} texts, right {share:.1f} %"


def pinned_rows(folder: Path) -> Iterator[str]:
    """Yield the pinned figures: on the hand-made gold texts, and on the SemEval sentences."""
    yield (
        "Rows called `_blind` were written and labelled afterwards, by one who had seen neither lexicons, "
        "gold nor analysers; nobody"
    )
    yield (
        "tunes on them. The surest idioms of delight, effort and intents were written with the errors on the "
        "gold in sight: believe"
    )
    yield "the blind rows."
    yield ""
    yield "| gold | texts | figures, pinned: a check fails below them |"
    yield "|---|---|---|"
    for path in sorted(folder.glob("*/floor.json")):
        texts = len(path.with_name("gold.jsonl").read_text(encoding="utf-8").splitlines())
        figures = json.loads(path.read_text(encoding="utf-8"))["figures"]
        listed = " · ".join(f"{name} {value:.3f}" for name, value in figures.items())
        yield f"| {path.parent.name} | {texts} | {listed} |"
    for name, figures in json.loads((folder / "absa.json").read_text(encoding="utf-8")).items():
        listed = f"F1 {figures['f1']:.3f} · polarity {figures['polarity']:.3f}"
        yield f"| aspects: SemEval, {name} | {figures['sentences']} | {listed} |"


def unseen_rows(rows: Sequence[LabelledRow], enricher: Enricher) -> Iterator[str]:
    """Yield the scores of each on sentences whose sources nothing was trained on, one line per set."""
    yield "| sentences | n | who | right side of neutral % | macro-F1 | calibration error |"
    yield "|---|---|---|---|---|---|"
    texts = [row.text for row in rows]
    answers = {"Ouï-dire": scores_of(_noted(texts, enricher))} | {
        name: other for name, other in _rivals(texts) if isinstance(other, RivalScores)
    }
    for name in dict.fromkeys(row.src for row in rows):
        chosen = np.array([row.src == name for row in rows])
        sides = np.array([side(row) for row in rows if row.src == name], float)
        for who, answer in answers.items():
            stars = answer.stars[chosen]
            cells = [
                cell(measures.binary, stars, 2 * sides + 1, digits=1),
                cell(measures.macro_f1, stars, sides, digits=3),
                cell(three_error, stars, sides, digits=3),
            ]
            yield f"| {name} | {len(sides)} | {who} | {' | '.join(cells)} |"


def _noted(texts: Sequence[str], enricher: Enricher) -> list[Annotations]:
    results = enricher.annotate([enricher.prepare(text) for text in texts])
    return [result if isinstance(result, Annotations) else Annotations() for result in results]


def _rivals(texts: Sequence[str]) -> Iterator[tuple[str, RivalScores | str]]:
    """Yield each rival's answers, or what it misses."""
    for name, rival in RIVALS.items():
        try:
            yield name, rival(texts)
        except ImportError as missing:
            yield name, f"not measured, {missing.name} is not installed"


def new_trades_rows(rows: Sequence[SourceRow], enricher: Enricher) -> Iterator[str]:
    """Yield the tables of rows of trades and brands that are in no training file, by language and source."""
    yield (
        "Rows of `dev2.jsonl.gz`, whose brands are in no training file; *strict* are the French ones of "
        "trades found nowhere in training."
    )
    yield "Aims in French: right side 95.5%, off by one 93%, macro-F1 0.72, calibration error 0.05.\n"
    answers = scores_of(_noted([row.text for row in rows], enricher)).stars
    french = np.array([row.lang == "fr" for row in rows])
    strict = french & np.array([row.domain not in KNOWN_TRADES for row in rows])
    yield from star_rows(rows, answers, {**slices(rows), "language fr, strict": strict})


def report(
    rows: Sequence[LabelledRow],
    enricher: Enricher,
    *,
    pinned: Path | None = None,
    unseen: Sequence[LabelledRow] = (),
    new_trades: Sequence[SourceRow] = (),
    varied: Sequence[LabelledRow] = (),
    data: Path | None = None,
) -> Iterator[str]:
    """Yield the lines of the page.

    `pinned` is the folder of the floors, `unseen` are rows of sources never trained on, `new_trades` those of
    trades never trained on, `varied` the rows that are read in variants, `data` the folder of labelled texts,
    for what is read of it beside rows.
    """
    found = _noted([row.text for row in rows], enricher)
    ours = scores_of(found)
    yield "# Evaluation"
    yield ""
    yield (
        "Written by `make eval`, on `dev.jsonl.gz` of the labelled texts; "
        "figures in brackets are 95% bootstrap intervals over rows."
    )
    yield f"Analysers: {', '.join(enricher.versions)}. The author's stars and scores are never shown to them."
    yield (
        "The head of stars takes its scores as they come; its ridge, one of three, and the map of "
        "promoter classes were chosen on these rows."
    )
    yield "\n## Stars and sides\n"
    yield from star_rows(rows, ours.stars, slices(rows))
    yield "\n## Asked and estimated NPS\n"
    yield (
        "The class map was fitted on these same answers (see the model card); "
        "a survey of another trade may be further off.\n"
    )
    yield from survey_rows(rows, ours.classes)
    yield "\n## Abstention\n"
    yield from abstention_rows(rows, found)
    yield "\n## What stays: peak, end or mean\n"
    yield from memory_rows(rows, found)
    if new_trades:
        yield "\n## Trades never seen in training\n"
        yield from new_trades_rows(new_trades, enricher)
    if varied:
        yield "\n## Variants of the same text\n"
        yield (
            "Open texts of `dev` and `dev2`, read as they are and in variants that say the same: how little "
            "what is read moves. Emoji are"
        )
        yield (
            "added on the side that the text was read on. The aims: the side is kept in 98% (capitals 97%), "
            "stars move by 0.15 at most.\n"
        )
        yield from robustness_rows(varied, enricher)
    if pinned is not None:
        yield "\nPersonal data of our gold texts, in variants:\n"
        gold = (pinned / "privacy" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        yield from masking_rows([json.loads(line)["marked"] for line in gold])
    yield from theme_section(data, pinned)
    if unseen:
        yield "\n## Sources never seen in training\n"
        yield (
            "`dev` holds the sources of the training texts. "
            "These SemEval sentences (those whose opinions agree) are of others;"
        )
        yield (
            "restaurants are a trade that was trained on, in French. "
            "Levels of brands and trades never seen, with stars, are in a section of their own, below.\n"
        )
        yield from unseen_rows(unseen, enricher)
    if pinned is not None:
        yield "\n## Gold texts of ours, and SemEval\n"
        yield from pinned_rows(pinned)
    yield "\n## Rivals, same rows, same code\n"
    everything = slices(rows)
    for name, other in _rivals([row.text for row in rows]):
        if isinstance(other, str):
            yield f"\n{name}: {other}.\n"
            continue
        yield f"\n### {name}\n"
        yield from star_rows(
            rows,
            other.stars,
            {each: everything[each] for each in ("all", "language fr", "language en") if each in everything},
        )
        yield ""
        yield from survey_rows(rows, other.classes)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the page, or write it; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled texts")
    parser.add_argument("--split", default="dev", choices=("dev", "train"))
    parser.add_argument("--sources", default="", help="only these sources (src), separated by commas")
    parser.add_argument("--write", type=Path, help="write the page there instead of printing it")
    parser.add_argument("--pinned", type=Path, help="folder of the pinned figures: tests/eval of a checkout")
    options = parser.parse_args(arguments)
    if not (options.data / f"{options.split}.jsonl.gz").exists():
        sys.stdout.write(
            f"skipped: no labelled texts in {options.data}; they are not part of the repository\n"
        )
        return 0
    chosen = set(filter(None, options.sources.split(",")))
    rows = [row for row in read(options.data, options.split) if not chosen or row.src in chosen]
    has_new = (options.data / "dev2.jsonl.gz").exists()
    lines = report(
        rows,
        bundled(),
        pinned=options.pinned,
        unseen=list(sentences(options.data)),
        new_trades=read_rows(options.data, "dev2", most=100_000) if has_new else [],
        varied=rows_of(options.data) if has_new else [],
        data=options.data if (options.data / "absa").exists() else None,
    )
    page = "\n".join(lines) + "\n"
    if options.write:
        former = options.write.read_text(encoding="utf-8") if options.write.exists() else ""
        if kept := section_of(former):
            page = with_section(page, kept)
        options.write.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
