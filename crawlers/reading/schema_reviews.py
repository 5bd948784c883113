"""Reviews and ratings of a page's structured data, each counted once and attached to what it rates.

Publishers repeat themselves (microdata and JSON-LD of the same reviews, a block printed twice, a `mainEntity`
that repeats the product): repeats are merged. Fact checks (ClaimReview) are not reviews. It cannot see
whether a review was written by a customer or by the publisher.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from crawlers.reading.extract import clean, count, decimal, fold, html_to_text, one_line, scaled, stated_date
from crawlers.reading.structured_data import Block, Node, local
from ouidire.clock import StatedDate
from ouidire.items import Rejected, RejectReason
from ouidire.mention import Rating, Reply

REVIEWS = frozenset(["Review", "UserReview", "CriticReview", "EmployerReview", "Recommendation"])
AGGREGATES = frozenset(["AggregateRating", "EmployerAggregateRating", "Review-aggregate"])
NEVER = frozenset(["ClaimReview", "MediaReview"])
HOLDS_REVIEWS = frozenset(["review", "reviews", "hasReview"])
PASSED_THROUGH = frozenset(["ItemList", "ListItem", "CollectionPage", "DataFeed", "DataFeedItem"])
OLD_NAMES = {
    "author": "reviewer", "datePublished": "dtreviewed", "itemReviewed": "itemreviewed", "name": "summary",
    "ratingValue": "average", "bestRating": "best", "worstRating": "worst", "reviewCount": "count",
    "ratingCount": "votes", "reviewRating": "rating",
}  # fmt: skip
"""data-vocabulary.org, which schema.org replaced in 2011; pages of small shops still carry it."""
MOST, MOST_RATINGS = 10_000, 1_000
"""Reviews and ratings read of one page: twenty times the longest real page; what is beyond is rejected."""
SHORT = 40
"""Characters under which two anonymous reviews of one day may well say the same ("Très bien")."""


class ReviewedThing(NamedTuple):
    """What is rated: its name and its address (as stated, perhaps relative), when the page gives them."""

    name: str | None = None
    url: str | None = None


UNNAMED = ReviewedThing()


@dataclass(frozen=True)
class FoundReview:
    """One review as structured data states it.

    `ids` are its identifiers and addresses, the most particular first.
    """

    ids: tuple[str, ...] = ()
    title: str | None = None
    text: str = ""
    author: str | None = None
    rating: Rating | None = None
    published: StatedDate | None = None
    updated: StatedDate | None = None
    language: str | None = None
    likes: int | None = None
    reply: Reply | None = None
    subject: ReviewedThing = UNNAMED


@dataclass(frozen=True)
class FoundRating:
    """One aggregate rating with its counts as stated."""

    rating: Rating
    rating_count: int | None = None
    review_count: int | None = None
    subject: ReviewedThing = UNNAMED


@dataclass
class FoundReviews:
    """All that a page states.

    `says_none` is true when it states a count of zero or an empty list of reviews.
    """

    reviews: list[FoundReview] = field(default_factory=list)
    ratings: list[FoundRating] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    says_none: bool = False

    def reject(self, reason: RejectReason, where: str, detail: object) -> None:
        """Keep what could not be read."""
        self.rejected.append(Rejected(reason=reason, where=where, detail=clean(str(detail))[:120]))


class _Seen(NamedTuple):
    node: Node
    subject: Node | None
    block: int


def interpret(blocks: list[Block], *, fetched_at: datetime) -> FoundReviews:
    """Return the reviews and ratings of a page's blocks, in the page's order, without repeats."""
    found = FoundReviews()
    named = _by_id(blocks)
    reviews: list[_Seen] = []
    aggregates: list[_Seen] = []
    owners: dict[str, Node] = {}
    for number, block in enumerate(blocks):
        _collect(block.roots, number, reviews, aggregates, owners, found)
    scale = _common_scale(aggregates)
    kept: list[tuple[int, FoundReview]] = []
    texts: dict[str, list[int]] = {}
    if len(reviews) > MOST:
        found.reject("too_long", f"after review {MOST}", f"{len(reviews)} reviews on one page")
    for position, seen in enumerate(reviews[:MOST], 1):
        subject = _subject(seen, named, owners)
        review = _review(seen.node, subject, scale, fetched_at, found, f"review {position}")
        if review is not None:
            _merge(kept, seen.block, review, texts)
    found.reviews = [review for _, review in kept]
    for seen in aggregates[:MOST_RATINGS]:
        _add_rating(found, seen, _subject(seen, named, owners))
    return found


def values(node: Node, name: str) -> list[Any]:
    """Return a property's values, under its plain, prefixed, absolute or data-vocabulary name."""
    for key in (
        name,
        f"schema:{name}",
        f"http://schema.org/{name}",
        f"https://schema.org/{name}",
        OLD_NAMES.get(name, name),
    ):
        if key in node and node[key] not in (None, "", []):
            value = node[key]
            return value if isinstance(value, list) else [value]
    return []


def words(value: Any, *, limit: int = 500) -> str | None:  # noqa: ANN401 (a raw payload)
    """Return a value as one line: a text, a number, or the name of a node; None when it has none."""
    if isinstance(value, list):
        named = [text for text in (words(one) for one in value[:5]) if text]
        return ", ".join(dict.fromkeys(named)) or None
    if isinstance(value, dict):
        if "@value" in value:
            return one_line(value["@value"], limit=limit)
        name = words(values(value, "name"))
        return (
            name
            or " ".join(filter(None, (words(values(value, part)) for part in ("givenName", "familyName"))))
            or None
        )
    return one_line(value, limit=limit)


def types(node: Node) -> set[str]:
    """Return the local names of a node's types."""
    stated = node.get("@type", [])
    return {local(one) for one in (stated if isinstance(stated, list) else [stated]) if isinstance(one, str)}


def _by_id(blocks: list[Block]) -> dict[str, Node]:
    named: dict[str, Node] = {}
    for block in blocks:
        for node, _key, _subject in _nodes(block.roots):
            name = node.get("@id")
            if isinstance(name, str) and len(node) > len(named.get(name, {})):
                named[name] = node
    return named


def _nodes(roots: list[Any]) -> Iterator[tuple[Node, str, Node | None]]:
    """Yield every node in the page's order, with the property that holds it and its parent node."""
    stack: list[tuple[Any, str, Node | None]] = [(roots, "", None)]
    while stack:
        value, key, subject = stack.pop()
        if isinstance(value, list):
            stack.extend((one, key, subject) for one in reversed(value))
        elif isinstance(value, dict):
            yield value, key, subject
            through = types(value) & PASSED_THROUGH or set(value) <= {"@context", "@graph"}
            owner = subject if through else value
            stack.extend(
                (one, local(name), owner)
                for name, one in reversed(list(value.items()))
                if isinstance(one, list | dict)
            )


def _collect(
    roots: list[Any],
    block: int,
    reviews: list[_Seen],
    aggregates: list[_Seen],
    owners: dict[str, Node],
    found: FoundReviews,
) -> None:
    for node, key, subject in _nodes(roots):
        kinds = types(node)
        if kinds & NEVER:
            continue
        held = key in HOLDS_REVIEWS
        if subject is not None and (held or key == "aggregateRating") and isinstance(node.get("@id"), str):
            owners.setdefault(node["@id"], subject)
        if kinds & AGGREGATES or (key == "aggregateRating" and values(node, "ratingValue")):
            aggregates.append(_Seen(node, subject if key == "aggregateRating" else None, block))
        elif (kinds & REVIEWS or (held and not kinds and _reads_like_one(node))) and not set(node) <= {
            "@id",
            "@type",
        }:
            reviews.append(
                _Seen(node, subject if subject is not None and not types(subject) & REVIEWS else None, block)
            )
        if any(node.get(name) == [] for name in HOLDS_REVIEWS):
            found.says_none = True


def _reads_like_one(node: Node) -> bool:
    return bool(values(node, "reviewBody") or values(node, "reviewRating"))


def _subject(seen: _Seen, named: dict[str, Node], owners: dict[str, Node]) -> ReviewedThing:
    node: Any = next(iter(values(seen.node, "itemReviewed")), None)
    if isinstance(node, str):
        return ReviewedThing(url=node) if re.match(r"https?://", node) else ReviewedThing(name=one_line(node))
    name = seen.node.get("@id")
    for candidate in (node, seen.subject, owners.get(name) if isinstance(name, str) else None):
        if isinstance(candidate, dict):
            reference = candidate.get("@id")
            full = named.get(reference, candidate) if isinstance(reference, str) else candidate
            url = words(values(full, "url")) or (reference if isinstance(reference, str) else None)
            subject = ReviewedThing(words(values(full, "name")), url)
            if subject != UNNAMED:
                return subject
    return ReviewedThing(name=words(values(seen.node, "about")))


def _common_scale(aggregates: list[_Seen]) -> object:
    """Return the best rating that the page's aggregates agree on, for reviews that state no scale."""
    stated = {decimal(one) for seen in aggregates for one in values(seen.node, "bestRating")[:1]}
    return stated.pop() if len(stated) == 1 else None


def _rating(node: Any, default_best: object) -> tuple[Rating | None, object]:  # noqa: ANN401
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


def _review(
    node: Node, subject: ReviewedThing, scale: object, fetched_at: datetime, found: FoundReviews, where: str
) -> FoundReview | None:
    text = next(
        (
            _verbatim(one)
            for name in ("reviewBody", "description", "text")
            for one in values(node, name)[:1]
            if _verbatim(one)
        ),
        "",
    )
    title = next(
        (one for one in (words(values(node, name)[:1]) for name in ("headline", "name")) if one), None
    )
    stated: object = None
    rating = None
    for one in [*values(node, "reviewRating"), *([node] if values(node, "ratingValue") else [])][:1]:
        rating, stated = _rating(one, scale)
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


def _verbatim(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        value = value.get("@value", value.get("name"))
    return (
        html_to_text(str(value))
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else ""
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
            (_verbatim(one) for name in ("text", "description") for one in values(comment, name)[:1]), ""
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


def _merge(
    kept: list[tuple[int, FoundReview]], block: int, review: FoundReview, seen: dict[str, list[int]]
) -> None:
    """Add a review, or complete the one it repeats, found in `seen` by text or, without, by first id."""
    key = _plain(review.text) or f"\0{review.ids[0] if review.ids else ''}"
    for index in seen.get(key, [])[:50]:
        first = kept[index][1]
        if _same(kept[index], block, review):
            missing = {
                name: getattr(review, name)
                for name in vars(first)
                if not getattr(first, name) and getattr(review, name)
            }
            kept[index] = (kept[index][0], replace(first, **missing))
            return
    seen.setdefault(key, []).append(len(kept))
    kept.append((block, review))


def _same(kept: tuple[int, FoundReview], block: int, review: FoundReview) -> bool:
    """Return whether two reviews of equal text (or both without) are one: same id, or no other difference."""
    first = kept[1]
    if first.ids and review.ids and first.ids[0] == review.ids[0]:
        return True
    agree = all(
        one is None or two is None or one == two
        for one, two in (
            (first.author and fold(first.author), review.author and fold(review.author)),
            (first.published and first.published.at.date(), review.published and review.published.at.date()),
            (first.rating and first.rating.value, review.rating and review.rating.value),
        )
    )
    if not agree or kept[0] != block:
        return agree
    telling = len(review.text) >= SHORT or (
        review.text != "" and review.author is not None and first.author is not None
    )
    return telling and not (first.ids and review.ids)


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", fold(text[:600]))[:300]


def _add_rating(found: FoundReviews, seen: _Seen, subject: ReviewedThing) -> None:
    node = seen.node
    inner = next(iter(values(node, "rating")), None)  # data-vocabulary nests the average
    rating, stated = _rating(
        inner if isinstance(inner, dict) and not values(node, "ratingValue") else node, None
    )
    rating_count = count(next(iter(values(node, "ratingCount")), None))
    review_count = count(next(iter(values(node, "reviewCount")), None))
    if rating_count == 0 or review_count == 0:
        found.says_none = found.says_none or not (rating_count or review_count)
    if rating is None or (rating.value == 0 and not (rating_count or review_count)):
        if stated not in (None, "") and decimal(stated) != 0:
            found.reject("bad_rating", f"aggregate rating of {subject.name or 'the page'}", stated)
        return
    if not (rating_count or review_count) and (rating_count == 0 or review_count == 0):
        return
    for index, known in enumerate(found.ratings):
        if _same_subject(known.subject, subject):
            merged = ReviewedThing(known.subject.name or subject.name, known.subject.url or subject.url)
            counts = (known.rating_count or rating_count, known.review_count or review_count)
            found.ratings[index] = FoundRating(known.rating, *counts, merged)
            return
    found.ratings.append(FoundRating(rating, rating_count, review_count, subject))


def _same_subject(one: ReviewedThing, two: ReviewedThing) -> bool:
    """Return whether two ratings rate one thing: same name, same address, or one of them names nothing."""
    if one.name and two.name:
        return fold(one.name) == fold(two.name)
    if one.url and two.url:
        return one.url.rstrip("/") == two.url.rstrip("/")
    return UNNAMED in (one, two)
