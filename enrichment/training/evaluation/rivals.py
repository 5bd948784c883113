"""The rivals of the bundled model, scored by the same code on the same rows.

Each turns texts into probabilities of one to five stars and of detractor, passive and promoter (None: it has
none, and its stars stand in). Rivals that need a package that is not installed say so and are left out.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.analysers.advocacy import CLASSES_BY_STAR

Floats = NDArray[np.float64]


class RivalScores(NamedTuple):
    """Chances of stars (rows × 5) and of classes (rows × 3)."""

    stars: Floats
    classes: Floats


Rival = Callable[[Sequence[str]], RivalScores]
FRENCH = {
    2.0: "excellent excellente excellents parfait parfaite super génial géniale magnifique délicieux "
    "délicieuse adorable exceptionnel top impeccable ravi ravie bravo",
    1.0: "bon bonne bien rapide agréable sympa satisfait satisfaite recommande merci efficace propre sérieux "
    "facile aime content contente",
    -1.0: "déçu déçue cher lent long froid sale mauvais mauvaise problème dommage moyen difficile attente "
    "jamais",
    -2.0: "nul nulle horrible catastrophe catastrophique honte honteux arnaque fuir inadmissible pire "
    "voleurs scandaleux désastreux",
}
"""A French lexicon of the kind that is still sold: words with a weight, which "pas" before them reverses."""


def by_polarity(polarity: Floats) -> RivalScores:
    """Return probabilities that put all weight on the star that a polarity of −1…1 falls on."""
    stars = np.eye(5)[np.clip(np.round(polarity * 2 + 2), 0, 4).astype(int)]
    spread = 0.9 * stars + 0.02
    return RivalScores(spread, spread @ np.array(CLASSES_BY_STAR))


def always_five(texts: Sequence[str]) -> RivalScores:
    """Score every text five stars: the commonest answer, and all that there is without words."""
    return by_polarity(np.ones(len(texts)))


def linear(texts: Sequence[str]) -> RivalScores:
    """Score with the bag-of-words linear model that shipped before, trained on the same rows."""
    from enrichment.models.linear import bundled

    model = bundled()
    rows = model.raw(list(texts)).tolist()
    return RivalScores(
        np.array([model.stars(row) for row in rows]), np.array([model.classes(row) for row in rows])
    )


def french_lexicon(texts: Sequence[str]) -> RivalScores:
    """Score with a small French lexicon."""
    import re

    weights = {word: weight for weight, words in FRENCH.items() for word in words.split()}
    found = []
    for text in texts:
        words = re.findall(r"\w+", text.casefold())
        total = 0.0
        for place, word in enumerate(words):
            negated = not {"pas", "ne", "aucun", "sans"}.isdisjoint(words[max(0, place - 3) : place])
            total += weights.get(word, 0.0) * (-1 if negated else 1)
        found.append(np.tanh(total / 2))
    return by_polarity(np.array(found))


def vader(texts: Sequence[str]) -> RivalScores:
    """Score with VADER (English; Hutto & Gilbert 2014); raises ImportError without `vadersentiment`."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    return by_polarity(np.array([analyser.polarity_scores(text)["compound"] for text in texts]))


RIVALS: dict[str, Rival] = {
    "always five stars": always_five,
    "bag of words, linear": linear,
    "French lexicon": french_lexicon,
    "VADER": vader,
}
