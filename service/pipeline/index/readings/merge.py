"""The reading of a known mention that is kept, from the known one and a newer one.

What a page leaves out or cuts short does not overwrite what is known. It cannot see why: what an author has
removed is believed once several good runs show the same (`shortened`).
"""

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from ouidire.clock import StatedDate
from ouidire.mention import Mention, Rating
from ouidire.text.excerpts import without_mark

Field = str
FIELDS: Final[tuple[Field, ...]] = (
    "url",
    "title",
    "text",
    "language",
    "author_key",
    "country",
    "place",
    "subject",
    "experienced",
    "updated",
    "rating",
    "asked_score",
    "verified",
    "likes",
    "reach",
    "reply",
)
"""The fields that are kept one by one; the date of publication stands in the item's record."""
EARLIEST: Final = 1990
"""Reviews on the web are younger: a date before that year is the zero of a computer's clock, or an error."""
AHEAD: Final = timedelta(days=2)
"""How far a date may lie ahead of the moment at which it was read: timezones, and clocks that go wrong."""


class Merged(NamedTuple):
    """The reading that is kept, and the fields of it that stand as the known one had them."""

    mention: Mention
    kept: frozenset[Field] = frozenset()


def merged(
    known: Mention, new: Mention, *, held: Collection[Field] = (), believed: Collection[Field] = ()
) -> Merged:
    """Return the newer reading; what it leaves out or cuts short, and what `held` names, stands as known.

    Fields that are `believed` have less because there is less (`shortened`).
    """
    worse = [name for name in FIELDS if name not in believed and is_worse(name, known, new)]
    kept = frozenset((*worse, *held))
    kept = frozenset(name for name in kept if getattr(known, name) != getattr(new, name))
    return Merged(new.model_copy(update={name: getattr(known, name) for name in kept}), kept)


def is_worse(name: Field, known: Mention, new: Mention) -> bool:
    """Whether the newer reading has less of a field than the known one."""
    before, now = getattr(known, name), getattr(new, name)
    if before is None or before == "":
        return False
    if now is None or now == "":
        return True
    if name in ("title", "text"):
        return is_cut(now, before)
    if name == "reply":
        return is_cut(now.text, before.text) or not now.text.strip()
    return name == "rating" and is_off_scale(now) and not is_off_scale(before)


def is_off_scale(rating: Rating) -> bool:
    """Return whether a rating lies outside of the scale that is stated with it."""
    return not min(rating.worst, rating.best) <= rating.value <= rating.best


def is_cut(text: str, known: str) -> bool:
    """Return whether a text shows less of what is known: its beginning alone, or a link to the rest of it."""
    shown, marked = without_mark(text)
    whole, was_marked = without_mark(known)
    if marked and not was_marked:
        return True
    beginning, all_of_it = bare(shown), bare(whole)
    return len(beginning) < len(all_of_it) and all_of_it.startswith(beginning)


def bare(text: str) -> str:
    """Return the letters and digits of a text, without case, accents, blanks and punctuation."""
    return "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if each.isalnum())


def says_otherwise(known: Mention, now: Mention) -> bool:
    """Return whether the author says something else than was known: another text, title, rating or score.

    The same words under another typography, the same share of another scale, what a page had left out or cut
    short before, are no edits.
    """
    if differs(known.title, now.title) or differs(known.text, now.text):
        return True
    before, after = known.rating, now.rating
    if before is not None and after is not None and abs(before.stars - after.stars) > STARS_ALIKE:
        return True
    scores = (known.asked_score, now.asked_score)
    return None not in scores and scores[0] != scores[1]


def is_taken_back(known: Mention, taken: Mention) -> bool:
    """Return whether a reading that is taken has no rating, score or text any more where there was one."""
    gone = (known.rating and not taken.rating, bare(known.text) and not bare(taken.text))
    return any(gone) or (known.asked_score is not None and taken.asked_score is None)


STARS_ALIKE: Final = 0.05
"""Two ratings no further apart, in stars, are the same: 4 of 5 is 80 of 100, and 3.33 of 5 is 6.7 of 10."""


def differs(known: str | None, now: str | None) -> bool:
    """Return whether a text says something else than the known one, not only the rest of one cut short."""
    if not known or not now:
        return False
    shown, marked = without_mark(known)
    before, after = bare(shown), bare(now)
    if marked or known.rstrip().endswith(("…", "...")):
        return not after.startswith(before)
    return before != after


def is_plausible(date: StatedDate, *, seen_at: datetime) -> bool:
    """Return whether a date of publication may be true, as read at a moment."""
    return date.at.year >= EARLIEST and date.at <= seen_at + AHEAD
