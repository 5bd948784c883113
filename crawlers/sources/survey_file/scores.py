"""Asked scores from 0 to 10 as survey tools write them, and the scale that a heading or a column states.

It cannot know that a question out of ten was something else than "would you recommend us".
"""

import re
import unicodedata
from collections.abc import Sequence

from crawlers.reading.extract import decimal, fold
from crawlers.reading.sheets.scales import scale_of

BEST = 10.0
ENOUGH = 20
"""Values from which a column that never exceeds 5 is taken for one out of five."""
_NUMBER = r"(?P<n>\d{1,2}(?:[.,]\d{1,3})?|\d(?:[.,]\d{1,3})?e\+0[01])"
_LABEL = r"[^\d]*"
_FORMS = (
    # A number, then perhaps out of what, then perhaps words: 9 · 9/10 · 8 sur 10 · 10 Tout à fait probable
    re.compile(rf"{_NUMBER}\.?\s?(?:(?:/|sur|out of|von|de)\s?10(?![\d.,]))?(?P<label>{_LABEL})"),
    # A number within brackets, then words: (9) Très probable
    re.compile(rf"\({_NUMBER}\)(?P<label>{_LABEL})"),
    # Words, then a number: Pas du tout probable - 0 · Très probable (9)
    re.compile(rf"(?<!\D)(?P<label>(?=\W*+[^\W\d])\D++(?<=[-–—:=(\s])){_NUMBER}\s?\)?"),
)
_OTHER_UNIT = re.compile(r"%|★|⭐|etoile|star|/\s?$|\b(?:sur|out of)\s?$")


def read_score(stated: str) -> float | None:
    """Return the score from 0 to 10 that a cell states, or None where it states none without doubt.

    Read are "9", "9,0", "9/10", "10 Tout à fait probable", "(9) Très probable", "Pas du tout probable - 0",
    "9️⃣" and Excel's "1.00E+01"; not read are ranges ("9-10"), other scales ("4/5", "80 %") and words.
    """
    text = " ".join(fold(_bare(stated)).split()).strip(" «»\"'“”=")
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None or _OTHER_UNIT.search(match["label"]):
            continue
        score = decimal(match["n"].replace(",", "."))
        return score if score is not None and score <= BEST else None
    return None


def _bare(text: str) -> str:
    """Return the text without the marks of keycap emoji, and full-width digits as plain ones."""
    text = text.replace("\U0001f51f", "10")
    return unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("\u20e3", "")


def other_scale(heading: str, values: Sequence[str], *, asks: bool) -> str | None:
    """Return in words why a column is not out of ten, or None where nothing says so.

    `asks` tells that its heading asks whether one would recommend, which is asked from 0 to 10. Without it, a
    column of `ENOUGH` numbers or more that never exceeds 5 counts as one out of five; with or without, two
    numbers and one in twenty beyond 10 make it another scale.
    """
    best = scale_of(heading)
    if best is not None and best != BEST:
        return f"{heading.strip()!r} is out of {best:g}"
    numbers = [
        number
        for value in values
        if re.fullmatch(r"\s*\d{1,3}(?:[.,]\d{1,3})?\s*", value) and (number := decimal(value)) is not None
    ]
    beyond = [number for number in numbers if number > BEST]
    if len(beyond) > 1 and len(beyond) * 20 >= len(numbers):
        return f"{heading.strip()!r} goes to {max(beyond):g}"
    if not asks and best is None and len(numbers) >= ENOUGH and max(numbers) <= BEST / 2:
        return f"{heading.strip()!r} never exceeds {max(numbers):g} in {len(numbers)} rows: it seems out of 5"
    return None
