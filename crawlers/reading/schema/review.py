"""One review and one rating of structured data, under every name and form that publishers give their parts.

It cannot see what the page shows beside its markup.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crawlers.reading.extract import clean, count, decimal, fold, scaled, stated_date
from crawlers.reading.schema.blocks import Node
from crawlers.reading.schema.found import FoundReview, FoundReviews, ReviewedThing
from crawlers.reading.schema.values import types, values, verbatim, words
from ouidire.clock import StatedDate
from ouidire.mention import Rating, Reply


def read_rating(node: Any, default_best: object) -> tuple[Rating | None, object]:  # noqa: ANN401
    """Return (rating, what was stated) of a Rating node or a bare value."""
    if not isinstance(node, dict):
        return scaled(node, best=default_best), node
    value = next(iter(values(node, "ratingValue")), None)
    if isinstance(value, dict):
        value = value.get("@value")
    best = next(iter(values(node, "bestRating")), default_best)
    worst = next(iter(values(node, "worstRating")), None)
    number = decimal(value)
    if number == 0 and worst is None:
        return None, value  # nobody has rated: a zero that no scale starts at
    if number is not None and best is default_best and (top := decimal(best)) is not None and number > top:
        best = None
    return scaled(value, best=best, worst=worst), value


def read_review(
    node: Node, subject: ReviewedThing, scale: object, fetched_at: datetime, found: FoundReviews, where: str
) -> FoundReview | None:
    """Return the review that a node states, or None for an empty one; faults go to `found.rejected`."""
    text = next(
        (
            verbatim(one)
            for name in ("reviewBody", "description", "text")
            for one in values(node, name)[:1]
            if verbatim(one)
        ),
        "",
    )
    title = next(
        (one for one in (words(values(node, name)[:1]) for name in ("headline", "name")) if one), None
    )
    stated: object = None
    rating = None
    for one in [*values(node, "reviewRating"), *([node] if values(node, "ratingValue") else [])][:1]:
        rating, stated = read_rating(one, scale)
    if rating is None and stated not in (None, "") and decimal(stated) != 0:
        found.reject("bad_rating", where, stated)
    if not text and rating is None and (title is None or title == subject.name):
        return None
    return FoundReview(
        ids=tuple(_ids(node)),
        title=None if title is not None and title == text else title,
        text=text,
        author=words(values(node, "author")) or words(values(node, "creator")),
        rating=rating,
        published=_date(node, ("datePublished", "dateCreated"), fetched_at, found, where),
        updated=_date(node, ("dateModified",), fetched_at, found, where),
        language=_language(node),
        likes=_likes(node),
        reply=_reply(node, subject, fetched_at),
        subject=subject,
    )


def _ids(node: Node) -> Iterator[str]:
    for value in values(node, "identifier"):
        inner = next(iter(values(value, "value")), None) if isinstance(value, dict) else value
        if isinstance(inner, str | int) and not isinstance(inner, bool) and str(inner).strip():
            yield f"id:{clean(str(inner))[:200]}"
    for value in [node.get("@id"), *values(node, "url")[:1]]:
        address = value.get("@id") if isinstance(value, dict) else value
        if isinstance(address, str) and address.strip() and not address.startswith("_:"):
            yield clean(address)[:1000]


def _date(
    node: Node, names: tuple[str, ...], fetched_at: datetime, found: FoundReviews, where: str
) -> StatedDate | None:
    stated = next((one for name in names for one in values(node, name)[:1]), None)
    if isinstance(stated, dict):
        stated = stated.get("@value", stated.get("name"))
    date = stated_date(stated, fetched_at=fetched_at, midnight="day")
    if date is None and stated not in (None, ""):
        found.reject("bad_date", where, stated)
    return date


def _language(node: Node) -> str | None:
    value = next(iter(values(node, "inLanguage")), None)
    if isinstance(value, dict):
        value = words(values(value, "alternateName")) or words(value)
    match = re.match(r"[a-zA-Z]{2,3}(?![a-zA-Z])", value) if isinstance(value, str) else None
    return match[0].lower() if match else None


def _likes(node: Node) -> int | None:
    for counter in values(node, "interactionStatistic"):
        if isinstance(counter, dict) and "LikeAction" in str(counter.get("interactionType", "")):
            return count(next(iter(values(counter, "userInteractionCount")), None))
    return count(next(iter(values(node, "upvoteCount")), None))


def _reply(node: Node, subject: ReviewedThing, fetched_at: datetime) -> Reply | None:
    """Return the publisher's answer: a comment by an organisation, the subject or nobody named."""
    for comment in [*values(node, "comment"), *values(node, "reply")]:
        if not isinstance(comment, dict):
            continue
        text = next(
            (verbatim(one) for name in ("text", "description") for one in values(comment, name)[:1]), ""
        )
        author = next(iter(values(comment, "author")), None)
        kinds = types(author) if isinstance(author, dict) else set()
        name = fold(words(author) or "")
        other = "Person" in kinds and not (
            subject.name and (fold(subject.name) in name or name in fold(subject.name))
        )
        if text and not other:
            stated = next(
                (one for key in ("datePublished", "dateCreated") for one in values(comment, key)[:1]), None
            )
            return Reply(text=text, published=stated_date(stated, fetched_at=fetched_at, midnight="day"))
    return None
