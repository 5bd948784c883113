"""Windows of sentences' vectors: a mixture of known subjects, and a new one among the week's."""

import numpy as np

from enrichment.themes.emergence import WIDTH, WeekWindow, unit_rows

SENTENCES, WEEKS = 430, 9
TOPICS = 14
SPREAD = 1.25
"""How far sentences of one subject are from its direction, in its lengths: real ones are as far."""


def sentences(rng, direction, count):
    """Return sentences of one subject, as kept: small integers."""
    rows = direction + SPREAD * rng.standard_normal((count, WIDTH)) / np.sqrt(WIDTH)
    return np.round(rows * (127 / np.abs(rows).max(axis=1, keepdims=True))).astype(np.int8)


def direction(rng):
    """Return a direction by chance, of length 1."""
    found = rng.standard_normal(WIDTH)
    return found / np.linalg.norm(found)


def window(seed, *, new=0, sentences_a_week=SENTENCES):
    """Return a window of nine weeks whose last has `new` sentences of a subject that was never there."""
    rng = np.random.default_rng(seed)
    topics = [direction(rng) for _ in range(TOPICS)]
    chances = rng.dirichlet(np.ones(TOPICS) * 2)
    total = sentences_a_week * WEEKS
    counts = rng.multinomial(total - new, chances)
    known = np.concatenate([sentences(rng, each, n) for each, n in zip(topics, counts, strict=True)])
    rng.shuffle(known)
    fresh = sentences(rng, direction(rng), new)
    rows = np.concatenate([fresh, known])
    now = np.arange(total) < sentences_a_week
    return WeekWindow(unit_rows(rows), now, np.arange(total) % 3, np.arange(total))
