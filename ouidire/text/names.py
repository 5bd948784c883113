"""Whether a text names something by one of its names, as people write them.

Case, accents, ligatures, apostrophes, hyphens, blanks and what cannot be seen (soft hyphens, zero-width
characters) are folded; letters, figures and `&` are kept: "L'Entrepôt" is in « chez L’ENTREPOT » and not in
« un entrepôt ». Words run together ("LeroyMerlin") are another spelling: an alias. It cannot tell a brand
from the common noun that it is ("Orange"): `near` and `not_near` do.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

AROUND = 60
"""Characters before and after a name in which `not_near` is looked for: about ten words."""
_UNSEEN = re.compile(r"[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_APOSTROPHES = re.compile(r"\s?[’‘ʼ´`′＇'\u2018-\u201b]\s?")
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212_]")
_AMPERSAND = re.compile(r"\s?[&＆﹠]\s?")
_LETTERS = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l"}
)


def fold_name(text: str) -> str:
    """Return a text as names are compared: small letters, no accents, one kind of blank and apostrophe."""
    seen = _HYPHENS.sub(" ", _UNSEEN.sub("", text.translate(_LETTERS)))
    plain = unicodedata.normalize("NFKD", seen)
    kept = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    return _AMPERSAND.sub("&", _APOSTROPHES.sub("'", " ".join(kept.split())))


def is_named(
    text: str, names: Sequence[str], *, near: Sequence[str] = (), not_near: Sequence[str] = ()
) -> bool:
    """Return whether a text has one of the names, as whole words.

    With `near`, the text must have one of these words or phrases too, anywhere. A name with one of `not_near`
    within 60 characters before or after it does not count.
    """
    return first_place(text, names, near=near, not_near=not_near) is not None


def first_place(
    text: str, names: Sequence[str], *, near: Sequence[str] = (), not_near: Sequence[str] = ()
) -> int | None:
    """Return where the first name that counts stands in the folded text, by `is_named`'s rules, or None.

    Places are comparable within one text only: folding changes its length.
    """
    pattern = _pattern(tuple(names))
    folded = fold_name(text)
    if pattern is None or not pattern.search(folded):
        return None
    required = _pattern(tuple(near))
    if required is not None and not required.search(folded):
        return None
    excluded = _pattern(tuple(not_near))
    counted = (
        match.start()
        for match in pattern.finditer(folded)
        if excluded is None
        or not excluded.search(folded[max(0, match.start() - AROUND) : match.end() + AROUND])
    )
    return next(counted, None)


@lru_cache(maxsize=1024)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return the pattern of any of these names in a folded text; None where none has a letter or figure."""
    forms = [_form(folded) for name in names if re.search(r"\w", folded := fold_name(name))]
    return re.compile(rf"(?<![\w&])(?:{'|'.join(forms)})") if forms else None


def _form(folded: str) -> str:
    """Return the pattern of one name, as a whole word.

    An apostrophe may be a blank, as those write who have no such key; so may a point or a quotation mark
    ("E. Leclerc"). A mark of punctuation at the end may be left out ("Yahoo!").
    """
    core = folded.rstrip("!?. ") if re.search(r"\w", folded.rstrip("!?. ")) else folded
    end = "" if core.endswith("'") else r"(?!\w|&\w)"
    end = rf"\.?+{end}" if folded.endswith(".") else end  # "A.P.C." is not in "A.P.C.I."
    words = re.escape(core).replace("'", r"['\s]").replace(r"\.", r"(?:\.\s?|\s)")
    return re.sub(r"(?:\\ )?[\"“”«»](?:\\ )?", r"[\"“”«»\\s]{1,2}", words) + end
