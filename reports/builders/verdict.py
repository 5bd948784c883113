"""What the one sentence of a digest is about, and which measures may be called changed.

It chooses, it does not word: prose is `reports.words.verdict_text`. It cannot see importance beyond what was
tested and counted.
"""

from reports.data.context import Convince, Delight, DigestContext, Engage, Signal, Talk, Verdict
from reports.data.metric import kept_if_announced as _told
from reports.data.search_pages import HOSTILE_AT
from reports.data.sections import Experience

WAVE = 5
"""Withdrawn reviews from which a withdrawal is a signal: fewer vanish in any week, as accounts are closed."""


def verdict_of(context: DigestContext) -> Verdict:
    """Choose what the one sentence is about; prose comes later."""
    volume = context.talk.volume
    broken = bool(context.history[-1].broken)
    moved = tuple(key for key in context.announcement.announced if key in context.readings)
    signals = _signals(context)
    known = any(reading.direction != "unknown" for reading in context.readings.values())
    if not volume.figure.n:
        kind = (
            "unseen" if broken or any(not spot.recovered for spot in context.blind.spots) else "no_mentions"
        )
        return Verdict.model_validate({"kind": kind, "signals": signals, "incomplete": broken})
    kind = "moved" if moved else "signal" if signals else "quiet" if known else "first_weeks"
    return Verdict.model_validate({"kind": kind, "moved": moved, "signals": signals, "incomplete": broken})


def _signals(context: DigestContext) -> tuple[Signal, ...]:
    pages = [context.convince.main, *context.convince.others] if context.convince else []
    rows = [row for page in pages if page is not None for row in page.rows]
    hostile = any(
        row.entrant and row.favourability is not None and row.favourability <= HOSTILE_AT for row in rows
    )
    found: list[Signal] = ["hostile_entrant"] if hostile else []
    return (*found, "reviews_vanished") if context.reviews.vanished >= WAVE else tuple(found)


def told_talk(talk: Talk, kept_if_announced: frozenset[str]) -> Talk:
    """Mark the readings that may be announced."""
    return talk.model_copy(
        update={
            "volume": _told(talk.volume, kept_if_announced),
            "share": _told(talk.share, kept_if_announced),
        }
    )


def told_delight(delight: Delight | None, kept_if_announced: frozenset[str]) -> Delight | None:
    """Mark the readings that may be announced."""
    return delight and delight.model_copy(
        update={
            "delight": _told(delight.delight, kept_if_announced),
            "irritation": _told(delight.irritation, kept_if_announced),
        }
    )


def told_engage(engage: Engage, kept_if_announced: frozenset[str]) -> Engage:
    """Mark the readings that may be announced.

    Beside an NPS, net sentiment is shown but not tested: a second look at the same words would cost the
    others power.
    """
    net = engage.net_sentiment
    net = (
        _told(net, kept_if_announced)
        if engage.nps is None
        else net and net.model_copy(update={"change": None})
    )
    return engage.model_copy(update={"nps": _told(engage.nps, kept_if_announced), "net_sentiment": net})


def told_convince(convince: Convince | None, kept_if_announced: frozenset[str]) -> Convince | None:
    """Mark the readings that may be announced."""
    return convince and convince.model_copy(
        update={
            "score": _told(convince.score, kept_if_announced),
            "consideration": _told(convince.consideration, kept_if_announced),
        }
    )


def told_experience(experience: Experience, kept_if_announced: frozenset[str]) -> Experience:
    """Mark the readings that may be announced; a day stands only where it may."""
    found = {
        name: getattr(experience, name) for name in ("effort", "service", "word_of_mouth", "leaving", "day")
    }
    marked = {
        name: block and block.model_copy(update={"reading": _told(block.reading, kept_if_announced)})
        for name, block in found.items()
    }
    if marked["day"] is not None and marked["day"].reading.direction != "up":
        marked["day"] = None
    return experience.model_copy(update=marked)
