"""The words that texts are compared with: known words, accents, acronyms, spellings, words of a language."""

import json
import re
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple

from enrichment.lexicons.patterns import fold

SpeltLanguage = Literal["fr", "en"]
_TWICE = re.compile(r"([^\W\d_])\1")


class WordLists(NamedTuple):
    """What is known of words in lower case.

    `accents` gives the one accented word of a word without, `participles` the past participle of a word that
    is one too ("commande": "commandé"). `auxiliaries` stand before a participle, `between` may part them.
    `doubled` are words of any language with a letter twice: pieces of the encoder's vocabulary. `triggers`
    are the words that may be written otherwise than meant, by language.
    """

    known: frozenset[str]
    accents: dict[str, str]
    participles: dict[str, str]
    acronyms: frozenset[str]
    spellings: dict[SpeltLanguage, dict[str, str]]
    by_language: dict[str, str]
    auxiliaries: frozenset[str]
    between: frozenset[str]
    doubled: frozenset[str]
    triggers: dict[SpeltLanguage, frozenset[str]]


@cache
def word_lists() -> WordLists:
    """Read the lists of the package, once per process."""
    known = frozenset(_lines("common_words.txt"))
    accents: dict[str, str] = {}
    participles: dict[str, str] = {}
    for word in sorted(known):
        if word.isascii():
            continue
        bare = bare_of(word)
        if bare not in known:
            accents[bare] = word
        elif word.endswith(("é", "és")):
            participles[bare] = word
    spellings, function_words = _spellings(), _named("function_words.txt")
    return WordLists(
        known=known,
        accents=accents,
        participles=participles,
        acronyms=frozenset(_lines("acronyms.txt")),
        spellings=spellings,
        by_language=_by_language(function_words),
        auxiliaries=frozenset(function_words["auxiliary"]),
        between=frozenset(function_words["between"]),
        doubled=_doubled(),
        triggers={
            "fr": frozenset((*accents, *participles, *spellings["fr"], "c", "g")),
            "en": frozenset(spellings["en"]),
        },
    )


def bare_of(word: str) -> str:
    """Return a word in small letters without accents; œ is oe."""
    return fold(word).replace("œ", "oe").replace("æ", "ae")


def _doubled() -> frozenset[str]:
    vocabulary = resources.files("enrichment").joinpath("models/weights/tokenizer.json")
    pieces = json.loads(vocabulary.read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(piece[1:].lower() for piece, _ in pieces if piece[0] == "▁" and _TWICE.search(piece))


def _read(name: str) -> list[str]:
    listed = resources.files("enrichment").joinpath(f"lexicons/{name}").read_text(encoding="utf-8")
    return [line for line in listed.splitlines() if line.strip() and not line.startswith("#")]


def _lines(name: str) -> list[str]:
    return [word for line in _read(name) for word in line.split()]


def _spellings() -> dict[SpeltLanguage, dict[str, str]]:
    found: dict[SpeltLanguage, dict[str, str]] = {"fr": {}, "en": {}}
    for line in _read("spellings.tsv"):
        language, written, meant = line.split("\t")
        found["fr" if language == "fr" else "en"][written] = meant
    return found


def _named(name: str) -> dict[str, list[str]]:
    """Return the words of each line of a file by what stands before its colon."""
    lines = (line.partition(":") for line in _read(name))
    return {key: words.split() for key, _, words in lines}


def _by_language(function_words: dict[str, list[str]]) -> dict[str, str]:
    both = (_named("language_words.txt"), {key: function_words[key] for key in ("other", "en", "fr")})
    return {word: key for named in both for key, words in named.items() for word in words}
