"""How little variants of a text move what is read of it: side, stars, aspects, signals, language, masks.

Each text is read as it is and in every variant of `enrichment.training.variants`; emoji are added on the side
that the text was read on. Kept sides and language are
shares of the texts, aspects and intents an F1 of what is found in the variant against what is found in the
text itself; nothing here says which of the two readings is right. Texts are drawn by a hash, the same
everywhere.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.privacy import MARK, mask
from enrichment.run import Enricher
from enrichment.training.data import LabelledRow
from enrichment.training.evaluation import measures
from enrichment.training.evaluation.transfer.rows import read_rows
from enrichment.training.evaluation.transfer.states import text_key
from enrichment.training.variants import VARIANTS, TextSide, variant
from ouidire.annotations import Annotations
from ouidire.errors import UsageError

TEXTS = 400
"""Texts drawn of the open files that no training holds."""
LONGEST = 1_200
"""Characters of the texts drawn."""
SPLITS = ("dev", "dev2")
MASKED_VARIANTS = ("capitals", "no accents", "capitals, no accents", "zero-width characters", "HTML entities")
"""Variants under which personal data must still be found."""
_SALT = "robustness\n"
Floats = NDArray[np.float64]


class Moved(NamedTuple):
    """What one variant moved: a row per text that it changes.

    `before` and `after` are expected stars; the others compare both readings.
    """

    before: Floats
    after: Floats
    same_language: NDArray[np.bool_]
    aspects: float
    intents: float
    same_peaks: NDArray[np.bool_]
    same_effort: NDArray[np.bool_]

    @property
    def kept(self) -> Floats:
        """1 where both readings are on the same side of three stars, else 0."""
        return np.asarray((self.before > measures.NEUTRAL) == (self.after > measures.NEUTRAL), float)

    @property
    def change(self) -> Floats:
        """Absolute change of the expected star."""
        return np.abs(self.after - self.before)


def rows_of(folder: Path, *, most: int = TEXTS) -> list[LabelledRow]:
    """Return labelled rows of the open files in `folder`, drawn by a salted hash; none of a missing file."""
    found: list[LabelledRow] = []
    for split in SPLITS:
        try:
            found += read_rows(folder, split, most=10_000)
        except UsageError:
            continue
    fit = [row for row in found if row.label and len(row.text) <= LONGEST]
    return sorted(fit, key=lambda row: text_key(_SALT + row.text))[:most]


def moved_by(name: str, texts: Sequence[str], sides: Sequence[TextSide], read: "Read") -> Moved:
    """Return what a variant moved; `read` gives the annotations of texts, in order."""
    changed = [variant(name, text, side) for text, side in zip(texts, sides, strict=True)]
    places = [place for place, each in enumerate(changed) if each is not None]
    before = read([texts[place] for place in places])
    after = read([changed[place] or "" for place in places])
    pairs = list(zip(before, after, strict=True))
    return Moved(
        before=np.array([_stars(each) for each in before], float),
        after=np.array([_stars(each) for each in after], float),
        same_language=np.array([_language(a) == _language(b) for a, b in pairs], bool),
        aspects=_agreement([(_aspects(a), _aspects(b)) for a, b in pairs]),
        intents=_agreement([(_intents(a), _intents(b)) for a, b in pairs]),
        same_peaks=np.array([_peaks(a) == _peaks(b) for a, b in pairs], bool),
        same_effort=np.array([_effort(a) == _effort(b) for a, b in pairs], bool),
    )


Read = Callable[[Sequence[str]], list[Annotations]]


def reader(enricher: Enricher) -> Read:
    """Return a function that reads texts, each once; what was read before is taken from memory."""
    known: dict[str, Annotations] = {}

    def read(texts: Sequence[str]) -> list[Annotations]:
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        found = enricher.annotate([enricher.prepare(text) for text in missing])
        for text, each in zip(missing, found, strict=True):
            known[text] = each if isinstance(each, Annotations) else Annotations()
        return [known[text] for text in texts]

    return read


def masks(marked: Sequence[str], name: str) -> tuple[int, int, int]:
    """Return the counts of stretches of personal data, of those masked whole, and of texts rightly left.

    `marked` are texts whose personal data stands between ⟦ and ⟧; they are masked in one variant. Texts
    without any are rightly left as they are.
    """
    stretches = whole = clean = 0
    for text in marked:
        changed = variant(name, text, "neutral") or text
        plain = changed.replace("⟦", "").replace("⟧", "")
        found = mask(plain)[0]
        clean += "⟦" not in text and found == plain
        at = 0
        for number, part in enumerate(_parts(changed)):
            inside = found[at : at + len(part)]
            at += len(part)
            if number % 2:
                stretches += 1
                whole += all(char == MARK or char.isspace() for char in inside)
    return stretches, whole, clean


def _parts(marked: str) -> list[str]:
    """Return the parts of a marked text: outside and inside the marks, in turn."""
    return marked.replace("⟧", "⟦").split("⟦")


def robustness_rows(rows: Sequence[LabelledRow], enricher: Enricher) -> Iterator[str]:
    """Yield the table: one line per variant, with 95% intervals."""
    yield (
        "| variant | texts | side kept % | mean change of stars | language kept % | aspects F1 | intents F1 "
        "| peaks kept % | effort kept % |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    read = reader(enricher)
    texts = [row.text for row in rows]
    sides = [_side(each) for each in read(texts)]
    for name in VARIANTS:
        moved = moved_by(name, texts, sides, read)
        if not len(moved.before):
            continue
        cells = [
            name,
            str(len(moved.before)),
            _mean(100 * moved.kept, digits=1),
            _mean(moved.change, digits=2),
        ]
        cells += [
            f"{100 * moved.same_language.mean():.1f}",
            f"{moved.aspects:.2f}",
            f"{moved.intents:.2f}",
            f"{100 * moved.same_peaks.mean():.1f}",
            f"{100 * moved.same_effort.mean():.1f}",
        ]
        yield f"| {' | '.join(cells)} |"


def masking_rows(marked: Sequence[str]) -> Iterator[str]:
    """Yield the table of masks under variants, over texts with ⟦personal data⟧ marked."""
    yield "| variant | personal data | masked % | texts without | left as they are % |"
    yield "|---|---|---|---|---|"
    clean_texts = sum("⟦" not in text for text in marked)
    for name in MASKED_VARIANTS:
        stretches, whole, clean = masks(marked, name)
        masked, left = 100 * whole / stretches, 100 * clean / clean_texts
        yield f"| {name} | {stretches} | {masked:.1f} | {clean_texts} | {left:.1f} |"


def _mean(values: Floats, *, digits: int) -> str:
    value, low, high = measures.interval(lambda each, _: float(np.mean(each)), values, values)
    return f"{value:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def _side(found: Annotations) -> TextSide:
    """Return the side that a text was read on; neutral without sentiment."""
    if found.sentiment is None:
        return "neutral"
    chances: dict[TextSide, float] = {
        "negative": found.sentiment.p_negative,
        "neutral": found.sentiment.p_neutral,
        "positive": found.sentiment.p_positive,
    }
    return max(chances, key=lambda side: chances[side])


def _stars(found: Annotations) -> float:
    """Return the expected star; the middle for a text without sentiment."""
    if found.sentiment is None:
        return float(measures.NEUTRAL)
    return float(np.dot(found.sentiment.stars, np.arange(1, 6)))


def _language(found: Annotations) -> str | None:
    return found.language.code if found.language else None


def _aspects(found: Annotations) -> set[object]:
    return {(each.name, each.polarity) for each in found.aspects or ()}


def _intents(found: Annotations) -> set[object]:
    return {each.name for each in found.intents or ()}


def _peaks(found: Annotations) -> tuple[bool, bool]:
    return bool(found.delight and found.delight.spans), bool(found.irritation and found.irritation.spans)


def _effort(found: Annotations) -> str | None:
    return found.effort.level if found.effort else None


def _agreement(pairs: Sequence[tuple[set[object], set[object]]]) -> float:
    """Return the F1 of the second sets against the first, over all pairs; 1 where all are empty."""
    both = sum(len(first & second) for first, second in pairs)
    total = sum(len(first) + len(second) for first, second in pairs)
    return 2 * both / total if total else 1.0
