"""Joins the shipped labels with their sentences: `python -m enrichment.training.signals.sentences --help`.

Splits the training texts, hashes every sentence and writes `sentences.json` (text, aspects, signals) into the
run's folder, where `fit` and `heads` look for it. `labels-dev.tsv` holds other sentences, of texts that are
not trained on.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from enrichment.analysers.sentences import split
from enrichment.training.data import read
from enrichment.training.encoder.items import sentence_key
from ouidire.errors import UsageError

TRAIN, HELD = "labels.tsv", "labels-dev.tsv"


def shipped(name: str = TRAIN) -> dict[str, tuple[str, str]]:
    """Return aspects and signals by key, as the guide writes them."""
    lines = (
        resources.files("enrichment")
        .joinpath(f"training/signals/{name}")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    return {key: (aspects, signals) for key, aspects, signals in (line.split("\t") for line in lines)}


class Labelled(NamedTuple):
    """One labelled sentence: its text, offsets of the text's sentences, its place among them, its marks."""

    text: str
    spans: tuple[tuple[int, int], ...]
    place: int
    aspects: str
    signals: str

    @property
    def sentence(self) -> str:
        """Its words."""
        return self.text[slice(*self.spans[self.place])]


def within(texts: Iterable[str], name: str = TRAIN) -> Iterator[Labelled]:
    """Yield each labelled sentence that the texts hold, once."""
    labels = shipped(name)
    for text in texts:
        spans = tuple(split(text))
        for place, (start, end) in enumerate(spans):
            marks = labels.pop(sentence_key(text[start:end]), None)
            if marks:
                yield Labelled(text, spans, place, *marks)


def held(data: Path) -> list[Labelled]:
    """Return the held-out sentences of dev, which nothing is trained on.

    Raises UsageError where dev holds none of them.
    """
    found = list(within((row.text for row in read(data, "dev")), HELD))
    if not found:
        count = f"none of the {len(shipped(HELD))} sentences of {HELD} is in it"
        raise UsageError(f"{data}/dev.jsonl.gz: {count}. Is it theirs?")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sentences; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds train.jsonl.gz")
    parser.add_argument("--run", type=Path, required=True, help="where sentences.json is written")
    options = parser.parse_args(arguments)
    found = sorted(
        (sentence_key(each.sentence), " ".join(each.sentence.split()), each.aspects, each.signals)
        for each in within(row.text for row in read(options.data, "train"))
    )
    options.run.mkdir(parents=True, exist_ok=True)
    (options.run / "sentences.json").write_text(
        json.dumps([row[1:] for row in found], ensure_ascii=False), encoding="utf-8"
    )
    sys.stdout.write(f"{len(found)} of {len(shipped())} labelled sentences found\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
