"""Themes that come up by themselves: what the test of rates finds, and how often it finds what is not there.

    python -m bench.themes            QUIET=100 weeks without anything new, TRIALS=40 of each subject

Sentences are those of the labelled texts (`../shared/datasets`, skipped without them): 430 of French shops a
week over nine weeks, drawn anew each time, read by the bundled encoder; the last week gets 30 or 15 sentences
(7 and 3.5 %) of another trade or of one category of SemEval's French restaurants. Printed: the share of quiet
weeks in which a theme is opened, and of trials in which one is that holds mostly what was put in. Aims: 5 %
at most; 90 % and 50 % of subjects that differ from all else.
"""

# A benchmark is a program: it prints its table.
# ruff: noqa: T201

import gzip
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from enrichment.analysers.embedding import quantised
from enrichment.analysers.sentences import split
from enrichment.models.encoder import bundled
from enrichment.themes.emergence import Floats, WeekWindow, new_subjects, unit_rows
from enrichment.training.evaluation.theme_groups import trades

QUIET = int(os.environ.get("QUIET", "100"))
TRIALS = int(os.environ.get("TRIALS", "40"))
DATA = Path(__file__).parents[2] / "shared" / "datasets"
WEEK, WEEKS = 430, 9
SHOPS = ("marketplace", "food_beverage_vape", "fashion_retail", "online_retail", "beauty_wellbeing")
EACH = 1_400
PUT_IN = (30, 15)
WORDS = (3, 40)


def sentences(domains: Sequence[str], most: int) -> list[str]:
    """Return the first fitting sentence of French texts of some trades."""
    found: dict[str, list[str]] = {name: [] for name in domains}
    for name in ("train", "train2"):
        with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                own = found.get(row["domain"])
                if own is None or row["lang"] != "fr" or len(own) >= most:
                    continue
                texts = (row["text"][slice(*span)].strip() for span in split(row["text"][:1_500]))
                own += [each for each in texts if WORDS[0] <= len(each.split()) <= WORDS[1]][:1]
    return [each for own in found.values() for each in own]


def vectors(texts: Sequence[str]) -> Floats:
    """Return the vectors of sentences read alone, as they are kept."""
    found = bundled().read(texts, [()] * len(texts))
    rows = [quantised(each.themes[0]) for each in found if each.themes is not None]
    return unit_rows(np.array(rows, np.int8))


def window(rows: Floats) -> WeekWindow:
    """Return a window whose first rows are of the week, all of one source, each of its own author."""
    total = len(rows)
    return WeekWindow(rows, np.arange(total) < WEEK, np.zeros(total, np.int64), np.arange(total))


def main() -> None:
    """Print the shares."""
    if not DATA.exists():
        print(f"skipped: no labelled texts in {DATA}")
        return
    rng = np.random.default_rng(11)
    shops = vectors(sentences(SHOPS, EACH))
    restaurants = next(trades(DATA))
    of_category = {
        name: [text for text, own in zip(restaurants.texts, restaurants.subjects, strict=True) if own == name]
        for name in ("FOOD#QUALITY", "AMBIENCE#GENERAL", "SERVICE#GENERAL")
    }
    subjects = {name: vectors(texts) for name, texts in of_category.items()}
    subjects |= {name: vectors(sentences([name], 400)) for name in ("book", "health_app")}
    weeks = [shops[rng.choice(len(shops), WEEK * WEEKS, replace=False)] for _ in range(max(QUIET, TRIALS))]
    opened = sum(bool(new_subjects(window(each))) for each in weeks[:QUIET])
    print(f"quiet weeks with a theme opened: {opened} of {QUIET} (aim 5 % at most)")
    for name, rows in subjects.items():
        for size in PUT_IN:
            hits = 0
            for each in weeks[:TRIALS]:
                put = rows[rng.choice(len(rows), size, replace=False)]
                found = new_subjects(window(np.concatenate([put, each[size:]])))
                hits += any((subject.members < size).mean() > 1 / 2 for subject in found)
            print(f"{name:18} {size} of {WEEK}: found in {hits} of {TRIALS}")


if __name__ == "__main__":
    main()
