"""Reviews and ratings of a page's structured data, each counted once and attached to what it rates.

Publishers repeat themselves (microdata and JSON-LD of the same reviews, a block printed twice, a `mainEntity`
that repeats the product): repeats are merged. Fact checks (ClaimReview) are not reviews. It cannot see
whether a review was written by a customer or by the publisher.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from crawlers.reading.extract import count, decimal, fold, one_line
from crawlers.reading.schema.blocks import Block, Node, local
from crawlers.reading.schema.found import UNNAMED, FoundRating, FoundReview, FoundReviews, ReviewedThing
from crawlers.reading.schema.review import read_rating, read_review
from crawlers.reading.schema.values import types, values, words

REVIEWS = frozenset(["Review", "UserReview", "CriticReview", "EmployerReview", "Recommendation"])
AGGREGATES = frozenset(["AggregateRating", "EmployerAggregateRating", "Review-aggregate"])
NEVER = frozenset(["ClaimReview", "MediaReview"])
HOLDS_REVIEWS = frozenset(["review", "reviews", "hasReview"])
PASSED_THROUGH = frozenset(["ItemList", "ListItem", "CollectionPage", "DataFeed", "DataFeedItem"])
MOST, MOST_RATINGS = 10_000, 1_000
"""Reviews and ratings read of one page: twenty times the longest real page; what is beyond is rejected."""
SHORT = 40
"""Characters under which two anonymous reviews of one day may well say the same ("Très bien")."""


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
        node = _resolved(seen.node, named)
        review = read_review(node, subject, scale, fetched_at, found, f"review {position}")
        if review is not None:
            _merge(kept, seen.block, review, texts)
    found.reviews = [review for _, review in kept]
    for seen in aggregates[:MOST_RATINGS]:
        _add_rating(found, seen, _subject(seen, named, owners))
    return found


def _by_id(blocks: list[Block]) -> dict[str, Node]:
    named: dict[str, Node] = {}
    for block in blocks:
        for node, _key, _subject in _nodes(block.roots):
            name = node.get("@id")
            if isinstance(name, str) and len(node) > len(named.get(name, {})):
                named[name] = node
    return named


def _resolved(node: Node, named: dict[str, Node]) -> Node:
    """Return a node with each property that only refers to another node ("@id") holding that node."""
    return {
        name: [_referred(one, named) for one in value] if isinstance(value, list) else _referred(value, named)
        for name, value in node.items()
    }


def _referred(value: Any, named: dict[str, Node]) -> Any:  # noqa: ANN401 (a raw payload)
    reference = value.get("@id") if isinstance(value, dict) and set(value) <= {"@id", "@type"} else None
    return named.get(reference, value) if isinstance(reference, str) else value


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
    rating, stated = read_rating(
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
