"""Texts to hashed features: words, word pairs, negated words and character n-grams, as bucket numbers.

The same code serves training and inference, works on a whole batch of texts with numpy alone, and gives for
each text the same buckets whatever its neighbours. Case and accents are folded ("Déçu" = "decu"), letters
repeated more than twice are cut to two, masked stretches and punctuation separate words, "!" "?" and emoji
count as words. It cannot see word order beyond pairs and five letters, nor negation beyond four words of the
same clause.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

BITS = 19
"""Log2 of the number of buckets: half for words, half for characters."""
FIRST_GRAM = 1 << (BITS - 1)
NGRAMS = (3, 4, 5)
VERSION = 1
"""Grows whenever the buckets of any text change: weights are valid for one version only."""

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_SEPARATOR, _WORD, _SYMBOL, _DROP, _CLAUSE = range(5)
_SPACE = 32
_TABLE_SIZE = 0x20000
_FOLDED_BELOW = 0x2500
_MULTIPLIER = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio, made odd (Knuth, TAOCP vol. 3, 6.4): odd, hence invertible modulo 2^64.
"""
_MASK = (1 << 64) - 1
_INVERSE = pow(_MULTIPLIER, -1, 1 << 64)
_SEEDS = {"pair": 0xA0761D6478BD642F, "negated": 0xE7037ED1A0B428DB, "gram": 0x8EBC6AF09C88C6E3}
"""Odd constants of wyhash (public domain): they keep the kinds of features apart."""
_NEGATION_REACH = 4
_NEGATIONS = (
    "ne n pas jamais aucun aucune rien ni sans not never no cannot don didn doesn isn wasn aren weren won "
    "wouldn couldn can hasn haven nicht kein keine keinen nie niet geen nooit nunca non mai"
)
NEGATIONS = tuple(_NEGATIONS.split())


@cache
def _tables() -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """Return, for each code point below 0x20000, its folded form and its class."""
    folded = np.arange(_TABLE_SIZE, dtype=np.uint64)
    classes = np.full(_TABLE_SIZE, _SEPARATOR, dtype=np.uint8)
    for code in range(_TABLE_SIZE):
        char = chr(code)
        if code < _FOLDED_BELOW:
            base = unicodedata.normalize("NFKD", char.lower())[:1]
            folded[code] = ord(base or char)
        category = unicodedata.category(char)
        if char.isalnum():
            classes[code] = _WORD
        elif category[0] == "M" or category in {"Cf", "Sk"}:
            classes[code] = _DROP
        elif char in ".,;:()…\n":
            classes[code] = _CLAUSE
        elif (category == "So" and not 0x2580 <= code < 0x25A0) or char in "!?€$£%+*&":  # noqa: PLR2004 (blocks such as █ are masks)
            classes[code] = _SYMBOL
    return folded, classes


def _mixed(values: U64) -> U64:
    """Spread 64-bit values (the finaliser of MurmurHash3, public domain) and keep the top `BITS` − 1 bits."""
    values = values ^ (values >> np.uint64(33))
    values = values * np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    return values >> np.uint64(65 - BITS)


@cache
def _negation_hashes() -> U64:
    hashes = []
    for word in NEGATIONS:
        value = 0
        for position, char in enumerate(word):
            value = (value + ord(char) * pow(_MULTIPLIER, position, 1 << 64)) & _MASK
        hashes.append(value)
    return np.array(sorted(hashes), dtype=np.uint64)


def buckets(texts: Sequence[str]) -> tuple[I64, I64]:
    """Return the feature occurrences of a batch: bucket numbers and, beside each, the index of its text.

    Numbers are 0 … 2^BITS − 1. An occurrence repeated in a text is repeated here. Order is unspecified; sums
    over it must be exact (integers).
    """
    chars, classes, doc, clause = _characters(texts)
    if not len(chars):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    words, word_docs, negated = _words(chars, classes, doc, clause)
    grams, gram_docs = _grams(chars, doc, negated)
    found = np.concatenate([_mixed(words), _mixed(grams) + np.uint64(FIRST_GRAM)])
    return found.astype(np.int64), np.concatenate([word_docs, gram_docs])


def _characters(texts: Sequence[str]) -> tuple[U64, NDArray[np.uint8], I64, I64]:
    """Return the batch as one array of folded characters, with the class, text and clause of each.

    Runs of separators are one space.
    """
    joined = " " + "  ".join(texts) + " "
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter((len(text) + 2 for text in texts), dtype=np.int64, count=len(texts))
    doc = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    raw = np.minimum(raw[: len(doc)], _TABLE_SIZE - 1)
    folded, kinds = _tables()
    chars, classes = folded[raw], kinds[raw]
    kept = classes != _DROP
    chars, classes, doc = chars[kept], classes[kept], doc[kept]
    repeated = np.zeros(len(chars), dtype=bool)
    repeated[2:] = (chars[2:] == chars[1:-1]) & (chars[2:] == chars[:-2]) & (doc[2:] == doc[:-2])
    repeated &= (chars < ord("0")) | (chars > ord("9"))
    clause = np.cumsum((classes == _CLAUSE) | (chars == ord("!")) | (chars == ord("?")))
    blank = (classes == _SEPARATOR) | (classes == _CLAUSE)
    chars = np.where(blank, np.uint64(_SPACE), chars)
    classes = np.where(blank, np.uint8(_SEPARATOR), classes)
    again = np.zeros(len(chars), dtype=bool)
    again[1:] = blank[1:] & blank[:-1] & (doc[1:] == doc[:-1])
    kept = ~(repeated | again)
    return chars[kept], classes[kept], doc[kept], clause[kept]


def _words(
    chars: U64, classes: NDArray[np.uint8], doc: I64, clause: I64
) -> tuple[U64, I64, NDArray[np.bool_]]:
    """Return the hashes of words, pairs and negated words, their texts, and which characters are negated."""
    inside = classes != _SEPARATOR
    before = np.zeros(len(chars), dtype=np.uint8)
    before[1:] = classes[:-1]
    starts = np.flatnonzero(inside & ((classes != before) | (classes == _SYMBOL)))
    within = np.zeros(len(chars), dtype=bool)
    if not len(starts):
        return np.zeros(0, np.uint64), np.zeros(0, np.int64), within
    after = np.zeros(len(chars), dtype=np.uint8)
    after[:-1] = classes[1:]
    ends = np.flatnonzero(inside & ((classes != after) | (classes == _SYMBOL))) + 1
    with np.errstate(over="ignore"):
        powers = np.full(len(chars), _MULTIPLIER, dtype=np.uint64)
        powers[0] = 1
        powers = np.cumprod(powers)
        sums = np.zeros(len(chars) + 1, dtype=np.uint64)
        np.cumsum(chars * powers, out=sums[1:])
        inverse = np.full(len(chars), _INVERSE, dtype=np.uint64)
        inverse[0] = 1
        inverse = np.cumprod(inverse)
        words = (sums[ends] - sums[starts]) * inverse[starts]
        docs, clauses = doc[starts], clause[starts]
        near = docs[1:] == docs[:-1]
        pairs = (words[:-1] * np.uint64(_SEEDS["pair"]) + words[1:] + np.uint64(_SEEDS["pair"]))[near]
        negated = _negated(words, docs, clauses)
        scoped = words[negated] + np.uint64(_SEEDS["negated"])
    change = np.zeros(len(chars) + 1, dtype=np.int8)
    change[starts[negated]] += 1
    change[ends[negated]] -= 1
    within = np.cumsum(change[:-1]) > 0
    return (
        np.concatenate([words, pairs, scoped]),
        np.concatenate([docs, docs[:-1][near], docs[negated]]),
        within,
    )


def _negated(words: U64, docs: I64, clauses: I64) -> NDArray[np.bool_]:
    """Say which words follow a negation, at most four words away in the same clause."""
    known = _negation_hashes()
    place = np.minimum(np.searchsorted(known, words), len(known) - 1)
    negations = known[place] == words
    reached = np.zeros(len(words), dtype=bool)
    for step in range(1, _NEGATION_REACH + 1):
        reached[step:] |= (
            negations[:-step] & (docs[step:] == docs[:-step]) & (clauses[step:] == clauses[:-step])
        )
    return np.asarray(reached & ~negations)


def _grams(chars: U64, doc: I64, negated: NDArray[np.bool_]) -> tuple[U64, I64]:
    """Return the hashes of every run of 3 to 5 characters, spaces included, and their texts.

    A run within reach of a negation has another hash.
    """
    found, docs = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    value = chars
    power = 1
    for size in range(2, NGRAMS[-1] + 1):
        if len(chars) < size:
            break
        power = (power * _MULTIPLIER) & _MASK
        count = len(chars) - size + 1
        value = value[:count] + chars[size - 1 :] * np.uint64(power)
        if size in NGRAMS:
            whole = doc[size - 1 :] == doc[:count]
            reached = (negated[:count] | negated[size - 1 :])[whole]
            seeds = np.where(reached, np.uint64(_SEEDS["negated"]), np.uint64(0)) + np.uint64(
                (_SEEDS["gram"] * size) & _MASK
            )
            found.append(value[whole] + seeds)
            docs.append(doc[:count][whole])
    return np.concatenate(found), np.concatenate(docs)
