"""The words that an edit changed: what went, and what came in its place.

It cannot see what lies beyond the part of a text that an event keeps.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from reports.data.context import WordChange
from reports.typography import shortened, tame

MOST_CHANGES = 3
LONGEST = 90
"""Characters of one side of a change."""
MOST_WORDS = 400
_CUT = "…"
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_ANOTHER_TEXT = 0.3
# Below this similarity nothing is left of the first text: the two are shown whole, not their differences.


def changed_words(before: str | None, after: str | None) -> tuple[WordChange, ...]:
    """Return the runs of words that differ, at most three; none where the texts are another, or the same.

    Punctuation alone is no change. Where either text was cut ("…" at its end), what differs at that end is
    none either.
    """
    texts = tame(before or ""), tame(after or "")
    old, new = ([found.span() for found in _WORD.finditer(text)][:MOST_WORDS] for text in texts)
    matcher = SequenceMatcher(
        a=[texts[0][slice(*span)].casefold() for span in old],
        b=[texts[1][slice(*span)].casefold() for span in new],
        autojunk=False,
    )
    if not old or not new or matcher.ratio() < _ANOTHER_TEXT:
        return ()
    cut = any(
        text.endswith(_CUT) or len(of) == MOST_WORDS for text, of in zip(texts, (old, new), strict=True)
    )
    changes = [
        WordChange(went=_words(texts[0], old[a:b]), came=_words(texts[1], new[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal" and not (cut and (b == len(old) or d == len(new)))
    ]
    return tuple(changes[:MOST_CHANGES])


def _words(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the part of a text from the first to the last of some words, with what stands between them."""
    return shortened(text[spans[0][0] : spans[-1][1]], LONGEST) if spans else ""
