"""Join the shipped labels with their sentences: `python -m enrichment.training.sentences --data FOLDER --run FOLDER`.

Splits the training texts, hashes every sentence and writes `sentences.json` (text, aspects, signals) into the run's
folder, where `enrichment.training.fit` looks for it.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

from enrichment.sentences import split
from enrichment.training.data import read
from enrichment.training.items import sentence_key


def shipped() -> dict[str, tuple[str, str]]:
    """Return aspects and signals by key, as the guide writes them."""
    lines = resources.files("enrichment").joinpath("training/labels.tsv").read_text(encoding="utf-8").splitlines()
    return {key: (aspects, signals) for key, aspects, signals in (line.split("\t") for line in lines)}


def joined(texts: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return each labelled sentence that the texts hold, once: its words, its aspects, its signals."""
    labels, found = shipped(), {}
    for text in texts:
        for start, end in split(text):
            sentence = " ".join(text[start:end].split())
            key = sentence_key(sentence)
            if key in labels and key not in found:
                found[key] = (sentence, *labels[key])
    return [found[key] for key in sorted(found)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sentences; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    options = parser.parse_args(arguments)
    found = joined(row.text for row in read(options.data, "train"))
    (options.run / "sentences.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    sys.stdout.write(f"{len(found)} of {len(shipped())} labelled sentences found\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
