"""Measures aspects and their polarity on the SemEval sentences (../shared/datasets/absa).

They are read for evaluation, never for training or tuning. A sentence's categories are those of our aspects
through a table of `enrichment/lexicons/mappings/`. F1 is micro, over sentences × categories; polarity is
right where a category was found and all its gold opinions agree.
"""

import gzip
import json
from collections import defaultdict

from enrichment.lexicons.taxonomy import categories
from tests.support.annotate import annotate
from tests.support.paths import SHARED

FOLDER = SHARED / "datasets" / "absa"
SETS = {
    "french restaurants": ("fr_restaurants_train.jsonl.gz", "semeval_restaurants"),
    "english restaurants": ("en_restaurants15_test.jsonl.gz", "semeval_restaurants"),
    "english hotels": ("en_hotels15_test.jsonl.gz", "semeval_hotels"),
}


def figures(name):
    """Return F1 of categories, accuracy of polarity, and the number of sentences, for one of `SETS`."""
    file, table = SETS[name]
    with gzip.open(FOLDER / file, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if not row.get("out_of_scope")]
    right = told = expected = agreed = judged = 0
    for row, notes in zip(rows, annotate(*(row["text"] for row in rows)), strict=True):
        gold = defaultdict(set)
        for each in row["aspects"]:
            gold[each["category"]].add(each["polarity"])
        found = _categories(notes, table)
        right, told, expected = (
            right + len(gold.keys() & found.keys()),
            told + len(found),
            expected + len(gold),
        )
        for category in gold.keys() & found.keys():
            if len(gold[category]) == 1:
                judged += 1
                agreed += {found[category]} == gold[category]
    return {
        "f1": round(2 * right / (told + expected), 4),
        "polarity": round(agreed / judged, 4),
        "sentences": len(rows),
    }


def _categories(notes, table):
    by_sentence = defaultdict(dict)
    for each in notes.aspects:
        by_sentence[each.sentence][each.name] = each.polarity
    found = {}
    for own in by_sentence.values():
        for category, aspect in categories(own, table).items():
            found.setdefault(category, own[aspect])
    return found


if __name__ == "__main__":
    for each in SETS:
        print(each, figures(each))  # noqa: T201 (what it is for)
