"""Measures the analysers on the gold files and pins the figures: `python -m tests.support.floors --help`.

Each `tests/eval/<analyser>/floor.json` holds the figures and the digest of its gold file. Without the flag a
figure is only ever raised; `test_floors.py` fails when one falls.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable
from functools import partial

from enrichment.analysers.language import identify
from enrichment.analysers.sentences import split
from enrichment.analysers.stance import ResultText, stances
from enrichment.base import LinkSubject
from enrichment.lexicons.taxonomy import INTENTS, STAGES
from enrichment.lexicons.taxonomy import aspects as taxonomy
from enrichment.linkers.duplicates import DuplicateLinker
from enrichment.linkers.shingles import shingled
from enrichment.linkers.suspicion import REASONS, SuspicionLinker
from enrichment.models.signal_probabilities import threshold
from enrichment.privacy import MARK, mask
from tests.support.annotate import annotate
from tests.support.paths import EVAL

HERE = EVAL
BLIND = "_blind"
"""Texts on which nobody tunes.

They were written and labelled by one who had seen neither lexicons, gold nor analysers, after these were
tuned.
"""


def gold(name):
    return [
        json.loads(line) for line in (HERE / name / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def digest(name):
    return hashlib.sha256((HERE / name / "gold.jsonl").read_bytes()).hexdigest()


def share(outcomes):
    outcomes = list(outcomes)
    return round(sum(outcomes) / len(outcomes), 4)


def plain(marked):
    return marked.replace("⟦", "").replace("⟧", "")


def masked(marked):
    return re.sub("⟦(.*?)⟧", lambda match: re.sub(r"\S", MARK, match[1]), marked)


def privacy():
    rows = [row["marked"] for row in gold("privacy")]
    right = {row: mask(plain(row))[0] == masked(row) for row in rows}
    return {
        "personal": share(right[row] for row in rows if "⟦" in row),
        "clean": share(right[row] for row in rows if "⟦" not in row),
    }


def language():
    rows = gold("language")
    found = [identify(row["text"]) for row in rows]
    return {
        "accuracy": share(
            (each.code if each else None) == row["language"] for row, each in zip(rows, found, strict=True)
        )
    }


def sentences():
    texts = [
        ["".join(row["sentences"]), [each.strip() for each in row["sentences"]]] for row in gold("sentences")
    ]
    return {
        "exact": share(
            [text[start:end] for start, end in split(text)] == expected for text, expected in texts
        )
    }


def sentiment(folder="sentiment"):
    rows = gold(folder)
    found = annotate(*(row["text"] for row in rows))
    between = {"mixed", "neutral"}
    pairs = [(row["label"], each.sentiment) for row, each in zip(rows, found, strict=True)]
    right = [label == each.label or {label, each.label} == between for label, each in pairs]
    positive = [each.polarity for label, each in pairs if label == "positive"]
    negative = [each.polarity for label, each in pairs if label == "negative"]
    return {
        "accuracy": share(right),
        "accuracy_where_it_speaks": share(
            ok for ok, (_, each) in zip(right, pairs, strict=True) if not each.abstain
        ),
        "auc": share((a > b) + (a == b) / 2 for a in positive for b in negative),
    }


def noted(rows):
    return annotate(*(row["text"] for row in rows))


def f1(pairs):
    """Return the F1 of (expected, found) marks; None where nothing was expected nor found."""
    pairs = list(pairs)
    right = sum(expected and found for expected, found in pairs)
    return round(2 * right / max(1, sum(bool(expected) + bool(found) for expected, found in pairs)), 4)


def auc(pairs):
    """Return the chance that one expected has a greater value than one that is not; ties count half."""
    pairs = list(pairs)
    ones, others = ([value for expected, value in pairs if bool(expected) is side] for side in (True, False))
    return round(sum((a > b) + (a == b) / 2 for a in ones for b in others) / (len(ones) * len(others)), 4)


def delight(folder="delight"):
    rows = gold(folder)
    found = noted(rows)
    figures = {}
    for sign in ("delight", "irritation"):
        pairs = [(row[sign], getattr(each, sign)) for row, each in zip(rows, found, strict=True)]
        figures[f"{sign}_auc"] = auc((expected, peak.probability if peak else 0) for expected, peak in pairs)
        figures[f"{sign}_f1"] = f1(
            (expected, peak and peak.probability >= threshold(sign, has_encoder=True))
            for expected, peak in pairs
        )
    return figures


def aspects(folder):
    """Return micro-F1 of the aspects of a text, and how often the polarity of those found is right.

    `not_reversed`: of those with a side, how often it is not the other side.
    """
    rows = gold(folder)
    # where sentences differ, the first
    pairs = [
        (row["aspects"], {each.name: each.polarity for each in reversed(note.aspects)})
        for row, note in zip(rows, noted(rows), strict=True)
    ]
    judged = [
        (expected[name], found[name]) for expected, found in pairs for name in expected.keys() & found.keys()
    ]
    sides = [(gold_side, side) for gold_side, side in judged if gold_side != "neutral"]
    return {
        "micro_f1": f1((one in expected, one in found) for expected, found in pairs for one in taxonomy()),
        "polarity": share(gold_side == side for gold_side, side in judged),
        "not_reversed": share({gold_side, side} != {"positive", "negative"} for gold_side, side in sides),
    }


def effort(folder="effort"):
    rows = gold(folder)
    pairs = [
        (row["effort"], each.effort and each.effort.level)
        for row, each in zip(rows, noted(rows), strict=True)
    ]
    levels = ("none", "some", "a_lot", None)
    return {
        "accuracy": share(expected == level for expected, level in pairs),
        "macro_f1": round(
            sum(f1((expected == one, level == one) for expected, level in pairs) for one in levels)
            / len(levels),
            4,
        ),
        "told": f1((expected is not None, level is not None) for expected, level in pairs),
    }


def several(folder, names):
    """Return micro and macro F1 of what a text may have several of; blind folders are named by analyser."""
    rows, name = gold(folder), folder.removesuffix(BLIND)
    pairs = [
        (set(row[name]), {each.name for each in getattr(note, name)})
        for row, note in zip(rows, noted(rows), strict=True)
    ]
    return {
        "micro_f1": f1((one in expected, one in found) for expected, found in pairs for one in names),
        "macro_f1": round(
            sum(f1((one in expected, one in found) for expected, found in pairs) for one in names)
            / len(names),
            4,
        ),
    }


def intents(folder="intents"):
    rows = gold(folder)
    figures = several(folder, INTENTS)
    if not any("target" in row for row in rows):
        return figures
    targets = [
        (row.get("target"), next((each.target for each in note.intents if each.name == "leaves"), None))
        for row, note in zip(rows, noted(rows), strict=True)
    ]
    told = share(expected == found for expected, found in targets if expected or found)
    return {**figures, "target": told}


def results():
    rows = gold("results")
    read = stances(
        [ResultText(title=row["title"], snippet=row["snippet"], domain=row["domain"]) for row in rows]
    )
    pairs = [(row["stance"], each.label) for row, each in zip(rows, read, strict=True)]
    sides = ("favourable", "neutral", "hostile")
    return {
        "accuracy": share(expected == found for expected, found in pairs),
        "macro_f1": round(
            sum(f1((expected == one, found == one) for expected, found in pairs) for one in sides)
            / len(sides),
            4,
        ),
        "not_reversed": share({expected, found} != {"favourable", "hostile"} for expected, found in pairs),
    }


def suspicion():
    rows = gold("suspicion")
    window = [
        LinkSubject(
            id=row["id"],
            source_key=row["source_key"],
            place=row["place"],
            author_key=row["author"],
            at=row["published_at"],
            text=row["text"],
            stars=row["stars"],
        )
        for row in rows
    ]
    shingles = shingled(window)
    copies = {key: each.duplicate_of for key, each in DuplicateLinker().link(shingles).items()}
    linked = SuspicionLinker().link(shingles._replace(originals=copies))
    found = {row["id"]: linked[row["id"]].reasons if row["id"] in linked else () for row in rows}
    return {
        "micro_f1": f1((one in row["reasons"], one in found[row["id"]]) for row in rows for one in REASONS),
        "clean": share(not found[row["id"]] for row in rows if not row["reasons"]),
    }


def journey(folder="journey"):
    return several(folder, STAGES)


MEASURED_BLIND = (aspects, delight, effort, intents, journey, sentiment)
MEASURES: dict[str, Callable[[], dict[str, float]]] = {
    **{
        f"{measure.__name__}{BLIND}": partial(measure, f"{measure.__name__}{BLIND}")
        for measure in MEASURED_BLIND
    },
    "delight": delight,
    "effort": effort,
    "intents": intents,
    "journey": journey,
    "language": language,
    "privacy": privacy,
    "results": results,
    "sentences": sentences,
    "sentiment": sentiment,
    "suspicion": suspicion,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--allow-regression", action="store_true", help="lower a floor where the figure fell")
    allowed = parser.parse_args().allow_regression
    for name, measure in MEASURES.items():
        path = HERE / name / "floor.json"
        before = json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else {}
        figures = measure()
        fallen = {key: (before[key], value) for key, value in figures.items() if value < before.get(key, 0)}
        if fallen and not allowed:
            sys.exit(f"{name}: {fallen} fell; --allow-regression lowers the floor")
        path.write_text(
            json.dumps({"gold_sha256": digest(name), "figures": figures}, indent=2) + "\n", encoding="utf-8"
        )
        sys.stdout.write(f"{name}: {figures}\n")


if __name__ == "__main__":
    main()
