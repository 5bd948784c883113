"""Words in capitals, as a sentence writes them.

A run of words in capitals is shouted: all its words become small, but for acronyms, and sentences begin with
a capital. A single word in capitals within a sentence becomes small where it is a known word ("JAMAIS"), and
stays where it is not ("le SAV de BRICOMAX"). It cannot tell a name that is shouted from a word.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from enrichment.plain.edits import PlainText, TextEdit, edited
from enrichment.plain.word_lists import bare_of, word_lists

RUN = 3
"""Words in capitals on end from which they are a run; fewer are one where they are the whole text."""
TITLES = frozenset(
    ("madame", "mademoiselle", "mme", "mlle", "monsieur", "mr", "mrs", "ms", "miss", "dr", "docteur")
)
LONG = 3
"""Letters from which a single word in capitals may be an emphasis."""
_ANY = re.compile(r"[A-ZÀ-ÖØ-ÞŒ]{2}|(?<![^\W\d_])[A-ZÀ-ÖØ-ÞŒ]['’ ][A-ZÀ-ÖØ-ÞŒ]")
_WORD = re.compile(r"[^\W\d_]+")
_LOOK_BACK = 40
_PLACE = re.compile(
    r"(?:[0-9]{5} |[0-9](?: ?(?:BIS|TER|QUATER|[A-D]))?,? (?:PLACE|ROUTE|COURS|SQUARE|PASSAGE"
    r"|VOIE|CITÉ|CITE|QUAI) (?:DE LA |DE L['’]|DU |DES |DE ))$"
)
_BEGINS = re.compile(r"(?:^|[.!?…\n])[\s\"«»()\-–•*]{0,8}$")
_ENGLISH_I = re.compile(r"I(?:['’](?:m|ve|ll|d|M|VE|LL|D)\b|\b)")


def in_small_letters(plain: PlainText) -> PlainText:
    """Return a text whose shouted words are in small letters."""
    text = plain.text
    if not _ANY.search(text):
        return plain
    edits = []
    for words, is_run in _runs(text):
        shouted = words if is_run else [word for word in words if _is_emphasis(word[0])]
        edits += [each for word in shouted if (each := _small(word))]
    return edited(plain, edits)


def as_names(text: str, *, names: Collection[str] = ()) -> str:
    """Return a text of the same length whose shouted words are small, but for what looks like a name.

    A name is what no list of words knows, what is among `names` (small letters), a title, or what follows a
    kind of street.
    """
    if not _ANY.search(text):
        return text
    parts, done = [], 0
    for words, is_run in _runs(text):
        for word in words if is_run else ():
            small = word[0].lower()
            if len(small) != len(word[0]):
                continue
            before = text[max(0, word.start() - _LOOK_BACK) : word.start()]
            named = small in names or small in TITLES or not _is_known(word[0]) or _PLACE.search(before)
            parts += [text[done : word.start()], word[0][0] + small[1:] if named else small]
            done = word.end()
    return "".join(parts) + text[done:]


def _runs(text: str) -> Iterator[tuple[list[re.Match[str]], bool]]:
    """Yield neighbouring words in capitals, and whether they are shouted."""
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and words[end][0].isupper():
            end += 1
        if end > at:
            yield words[at:end], _is_run(words[at:end], len(words))
        at = max(end, at + 1)


def _is_run(words: Sequence[re.Match[str]], among: int) -> bool:
    """Say whether neighbouring words in capitals are shouted, and no row of codes or names."""
    long = [word[0] for word in words if len(word[0]) > 1]
    if len(words) == among:
        return bool(long)
    return len(long) >= RUN and 3 * sum(map(_is_known, long)) >= len(long)


def _is_emphasis(word: str) -> bool:
    return len(word) >= LONG and word not in word_lists().acronyms and _is_known(word)


def _is_known(word: str) -> bool:
    lists = word_lists()
    small = word.lower()
    return small in lists.known or small in lists.accents or bare_of(small) in lists.known


def _small(found: re.Match[str]) -> TextEdit | None:
    """Return the edit of one shouted word; None for what stays in capitals."""
    word = found[0]
    if word in word_lists().acronyms and len(word) > 1:
        return None
    small = word.lower()
    if len(small) != len(word):
        return None
    text, start = found.string, found.start()
    if word == "I" and _is_english_i(text, start):
        return None
    if _BEGINS.search(text, max(0, start - 8), start):
        small = word[0] + small[1:]
    return start, found.end(), small


def _is_english_i(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return _ENGLISH_I.match(text, start) is not None and before not in {"'", "’"}
