"""Identifies the language of a text, by py3langid's naive Bayes over byte n-grams and a French-first prior.

The first 160 characters are read. Below a probability of one half the answer is "und": one-word texts often
belong to several languages. It cannot see that a text mixes two languages: it names the likelier one. Loading
takes about 0.8 s and 100 MB at its peak, once and at the first text, never at import.
"""

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from enrichment.base import Analyser, Subject
from enrichment.lexicons.words import words
from enrichment.plain.characters import shown
from enrichment.plain.edits import PlainText
from ouidire.annotations import Language

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"
LANGUAGES = ("fr", "en", "de", "nl", "es", "it", "pt", "pl", "ro", "tr", "ar")
"""What people write on the sites we read from France, Belgium, Switzerland, Canada and North Africa."""
PRIOR = {"fr": 1.0, "en": 0.5}
OTHER_PRIOR = 0.1
STATED_WEIGHT = 10.0
"""How many times likelier the language that the site states is.

Sites guess it too, from the page more than from the text.
"""
WORD_WEIGHT = 6.0
"""How many times a word of `lexicons/language_words.txt` multiplies its language; at most three count."""
THRESHOLD = 0.5
"""Probability below which the language is undetermined.

On dev, right above it: 94% under 10 characters (61% of them are above it), 97% from 10, 99% from 20, 99.9%
from 40.
"""
_READ = 160
_MAX_WORDS = 3
_SHORT = 60
"""Characters under which single words count: beyond, the n-grams suffice."""


@cache
def _identifier() -> "LanguageIdentifier":
    import numpy as np
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    # the columns of our languages beside one another: rows are then read from the cache, three times faster
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc)
    return identifier


@cache
def _words_by_language() -> dict[str, str]:
    listed = resources.files("enrichment").joinpath("lexicons/language_words.txt").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in listed.splitlines():
        language, _, entries = line.partition(":")
        if not line.startswith("#"):
            found |= dict.fromkeys(entries.split(), language)
    return found


def identify(text: str, *, stated: str | None = None) -> Language | None:
    """Return the language of a text (ISO 639-1, or "und") with its probability; None without a letter.

    `stated` is the code that the site gives, a region after a hyphen ignored; unknown codes count for
    nothing.
    """
    head = shown(PlainText(text[: 2 * _READ])).text[:_READ]
    letters = sum(map(str.isalpha, head))
    if not letters:
        return None
    if sum(map(str.isupper, head)) > letters / 2:
        head = head.lower()
    scores = {
        language: each * PRIOR.get(language, OTHER_PRIOR) for language, each in _identifier().rank(head)
    }
    hint = (stated or "").replace("_", "-").split("-")[0].lower()
    if hint in scores:
        scores[hint] *= STATED_WEIGHT
    if len(text) < _SHORT:
        by_word = _words_by_language()
        for language in [by_word[word] for word in words(head) if word in by_word][:_MAX_WORDS]:
            scores[language] *= WORD_WEIGHT
    total = math.fsum(scores.values())
    best = max(LANGUAGES, key=lambda language: scores[language])
    probability = round(float(scores[best] / total), 4)
    return Language(code=best if probability >= THRESHOLD else UNDETERMINED, probability=probability)


class LanguageAnalyser(Analyser):
    """Fills `language`."""

    name = "language"
    version = 2
    requires: tuple[str, ...] = ()
    fills: tuple[str, ...] = ("language",)

    def analyse(self, batch: Sequence[Subject]) -> list[dict[str, Any]]:
        """Identify each text, its title included."""
        return [
            {"language": identify(full_text(subject), stated=subject.stated_language)} for subject in batch
        ]


def full_text(subject: Subject) -> str:
    """Return title and text as one text, as a reader meets them."""
    return f"{subject.title}\n{subject.text}" if subject.title else subject.text
