"""The items that the network learns from, with their known targets, and the order of their presentation."""

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from enrichment.lexicons.taxonomy import aspects as taxonomy
from enrichment.training import marks
from enrichment.training.data import STARS_OF, nps_class

HEAD_TOKENS, TAIL_TOKENS = 84, 56
"""Of a longer text, the beginning and the end are read: that is where authors sum up."""
TONE_TOKENS = 30
"""A text this short is like a sentence: its stars also teach the tone of sentences."""
CHUNK, TOKENS, MOST_ROWS = 4096, 2304, 48
PACKED_TOKENS, PACKED_SHARE = 36, 0.3
ASPECT_NAMES = tuple(taxonomy())
SIGNAL_IDS = tuple(marks.SIGNALS)
_TONE_STARS = {marks.BLAME: STARS_OF["neg"], marks.PRAISE: STARS_OF["pos"]}
_SIGN = {"-": 0, "0": 1, "+": 2}
NEUTRAL = 2
"""Three stars, counted from 0 for one star."""


@dataclass
class TrainingText:
    """One text with what is known of it; an unknown target is None."""

    tokens: list[int]
    source: str = ""
    language: str = "fr"
    stars: tuple[int, ...] | None = None
    exact: bool = False
    tone: int | None = None
    group: int | None = None
    asked: tuple[float | None, float | None, float | None] = (None, None, None)
    site: tuple[float | None, float | None] = (None, None)
    aspects: dict[int, int] | None = None
    signals: frozenset[int] | None = None
    key: str = ""
    text: str = field(default="", repr=False)


def shorten(tokens: Sequence[int]) -> list[int]:
    """Return the beginning and the end of a tokenised text."""
    if len(tokens) <= HEAD_TOKENS + TAIL_TOKENS:
        return list(tokens)
    return [*tokens[:HEAD_TOKENS], *tokens[-TAIL_TOKENS:]]


def sentence_key(text: str) -> str:
    """Return the key of a sentence's labels: a hash of its words, so that labels ship without any text."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:20]


def from_rows(path: Path, tokenizer: Tokenizer, *, every: int = 1) -> list[TrainingText]:
    """Return one item per row of a labelled file, or per `every`-th row."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for number, line in enumerate(lines) if number % every == 0]
    encodings = tokenizer.encode_batch([row["text"] for row in rows])
    return [_item(row, shorten(encoding.ids)) for row, encoding in zip(rows, encodings, strict=True)]


def _item(row: dict[str, Any], tokens: list[int]) -> TrainingText:
    extra = row.get("extra") or {}
    item = TrainingText(
        tokens=tokens,
        source=row["src"],
        language=row["lang"],
        key=sentence_key(row["text"]),
        text=row["text"],
    )
    if row["stars"] is not None:
        item.stars, item.exact = (int(row["stars"]) - 1,), True
    elif row["label"] is not None:
        item.stars = STARS_OF[row["label"]]
    if item.stars and len(tokens) <= TONE_TOKENS and (item.stars != (2,) or not item.exact):
        item.tone = _tone(item.stars)
    if row["nps"] is not None:
        score = float(row["nps"])
        item.group = nps_class(score)
        item.asked = (score / 10, _tenth(extra.get("satisfaction10")), _tenth(extra.get("return_intent10")))
    recommend = extra.get("recommend")
    item.site = (float(recommend) if isinstance(recommend, bool) else None, _tenth(extra.get("score10")))
    return item


def _tone(stars: tuple[int, ...]) -> int:
    """Return the tone of a short text by its stars (from 0 for one star): 0 blames, 1 neither, 2 praises."""
    if stars == (NEUTRAL,):
        return marks.NEITHER
    return marks.BLAME if stars[0] < NEUTRAL else marks.PRAISE


def _tenth(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return min(max(number / 10, 0.0), 1.0)


def labelled(sentences: Sequence[tuple[str, str, str]], tokenizer: Tokenizer) -> list[TrainingText]:
    """Return one item per labelled sentence: (text, aspects, signals) as the guide writes them."""
    encodings = tokenizer.encode_batch([text for text, _, _ in sentences])
    items = []
    for (text, aspects, signals), encoding in zip(sentences, encodings, strict=True):
        tone = marks.tone(aspects, signals)
        items.append(
            TrainingText(
                tokens=shorten(encoding.ids),
                # a sentence that only blames or only praises is also the text of somebody: its side teaches
                # the stars
                stars=_TONE_STARS.get(tone),
                tone=tone,
                aspects={ASPECT_NAMES.index(mark[:-1]): _SIGN[mark[-1]] for mark in marks.listed(aspects)},
                signals=frozenset(SIGNAL_IDS.index(mark) for mark in marks.listed(signals)),
                key=sentence_key(text),
            )
        )
    return items


def offsets(
    train: Sequence[TrainingText], dev: Sequence[TrainingText], *, least: int = 150, share: float = 0.06
) -> dict[str, np.ndarray]:
    """Return log(train share / natural share) of each star, for sources whose rows were capped.

    Added to the scores while training, it lets the model learn a source's natural mix of stars from a
    balanced file.
    """
    found: dict[str, np.ndarray] = {}
    for source in {item.source for item in dev}:
        mixes = []
        for items in (train, dev):
            mix = np.full(5, 2.0)
            for item in items:
                if item.source == source and item.stars:
                    mix[list(item.stars)] += 1 / len(item.stars)
            mixes.append(mix / mix.sum())
        here = sum(item.source == source and item.stars is not None for item in dev)
        if here >= least and np.abs(mixes[0] - mixes[1]).max() > share:
            found[source] = np.log(mixes[0] / mixes[1]).astype(np.float32)
    return found


def stream(items: Sequence[TrainingText], seed: int) -> list[int]:
    """Return the order of one pass: French and small sources tend to come early, long texts late.

    Every row comes once a pass; a run that ends early has then seen what matters most and costs least.
    """
    chance = random.Random(seed)  # noqa: S311 (an order, not a secret)
    sizes: dict[str, int] = {}
    for item in items:
        sizes[item.source] = sizes.get(item.source, 0) + 1
    keys = [
        chance.expovariate(1)
        * sizes[item.source] ** 0.25
        * len(item.tokens) ** 0.25
        * (1 if item.language == "fr" else 2)
        for item in items
    ]
    return sorted(range(len(items)), key=keys.__getitem__)


def batches(items: Sequence[TrainingText], chosen: Sequence[int], seed: int) -> Iterator[list[list[int]]]:
    """Yield batches of examples of like lengths; an example is one item, or a few short ones put together."""
    chance = random.Random(seed)  # noqa: S311 (an order, not a secret)
    short = [place for place in chosen if len(items[place].tokens) <= PACKED_TOKENS]
    chance.shuffle(short)
    short = short[: int(len(short) * PACKED_SHARE)]
    packed = set(short)
    examples = [[place] for place in chosen if place not in packed]
    while short:
        size = chance.randint(2, 4)
        examples.append([short.pop() for _ in range(min(size, len(short)))])
    lengths = [sum(len(items[place].tokens) for place in example) for example in examples]
    order = sorted(range(len(examples)), key=lambda place: lengths[place] + chance.random() * 4)
    groups: list[list[list[int]]] = []
    current: list[list[int]] = []
    for place in order:
        if current and ((len(current) + 1) * (lengths[place] + 1) > TOKENS or len(current) >= MOST_ROWS):
            groups.append(current)
            current = []
        current.append(examples[place])
    if current:
        groups.append(current)
    chance.shuffle(groups)
    yield from groups
