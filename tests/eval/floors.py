"""Measure the analysers on our gold files, and pin what they reach: `python tests/eval/floors.py [--allow-regression]`.

Each `tests/eval/<analyser>/floor.json` holds the figures and the digest of its gold file. Without the flag a figure
is only ever raised; `test_floors.py` fails when one falls.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

from enrichment.language import identify
from enrichment.privacy import MARK, mask
from enrichment.run import RawText, bundled
from enrichment.sentences import split

HERE = Path(__file__).parent


def gold(name):
    return [json.loads(line) for line in (HERE / name / "gold.jsonl").read_text(encoding="utf-8").splitlines()]


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
    return {"accuracy": share((each.code if each else None) == row["language"] for row, each in zip(rows, found, strict=True))}


def sentences():
    texts = [["".join(row["sentences"]), [each.strip() for each in row["sentences"]]] for row in gold("sentences")]
    return {"exact": share([text[start:end] for start, end in split(text)] == expected for text, expected in texts)}


def sentiment():
    rows = gold("sentiment")
    found = bundled().annotate([RawText(text=row["text"]) for row in rows])
    between = {"mixed", "neutral"}
    pairs = [(row["label"], each.sentiment) for row, each in zip(rows, found, strict=True)]
    right = [label == each.label or {label, each.label} == between for label, each in pairs]
    positive = [each.polarity for label, each in pairs if label == "positive"]
    negative = [each.polarity for label, each in pairs if label == "negative"]
    return {
        "accuracy": share(right),
        "accuracy_where_it_speaks": share(ok for ok, (_, each) in zip(right, pairs, strict=True) if not each.abstain),
        "auc": share((a > b) + (a == b) / 2 for a in positive for b in negative),
    }


MEASURES: dict[str, Callable[[], dict[str, float]]] = {
    "language": language,
    "privacy": privacy,
    "sentences": sentences,
    "sentiment": sentiment,
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
        path.write_text(json.dumps({"gold_sha256": digest(name), "figures": figures}, indent=2) + "\n", encoding="utf-8")
        sys.stdout.write(f"{name}: {figures}\n")


if __name__ == "__main__":
    main()
