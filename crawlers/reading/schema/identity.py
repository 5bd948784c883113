"""Entity and id of a review read from structured data, from addresses and never from names or texts.

It cannot see whether an id lasts; it only leaves out those that cannot (ids that count the reviews on the
page).
"""

import re
from typing import NamedTuple

from crawlers.reading.extract import absolute_url
from crawlers.reading.pager import listing_name, listing_url
from crawlers.reading.schema.found import UNNAMED, FoundReview, FoundReviews, ReviewedThing
from ouidire.ids import canonical_url
from ouidire.page import Page


def main_subject(found: FoundReviews, page: Page) -> ReviewedThing:
    """Return the page's subject: the one at its address, else the only one reviewed, else the only one rated.

    A page that lists several things is about none of them: the answer is then a subject without a name.
    """
    here = listing_name(page.url)
    reviewed = list(dict.fromkeys(review.subject for review in found.reviews))
    rated = list(dict.fromkeys(rating.subject for rating in found.ratings))
    for subject in (*reviewed, *rated):
        url = _address(page, subject)
        if url is not None and listing_name(url) == here:
            return subject
    only = reviewed or rated
    return only[0] if len(only) == 1 else UNNAMED


def _address(page: Page, subject: ReviewedThing) -> str | None:
    return absolute_url(page.url, subject.url)


def is_same(subject: ReviewedThing, main: ReviewedThing) -> bool:
    """Return whether a subject is the page's own: the same name, or the same in all."""
    return subject == main or (subject.name is not None and subject.name == main.name)


def subject_entity(subject: ReviewedThing, name: str, main: ReviewedThing, page: Page) -> str:
    """Return the page's entity, or the subject's own where a page lists several things with own pages."""
    url = _address(page, subject)
    if url is None or is_same(subject, main):
        return name
    own = listing_name(url)
    return own if own.partition("/")[0] == name.partition("/")[0] else name


class NativeIds(NamedTuple):
    """The (native id, own address) of each review of a page, and whether the ids just count the reviews."""

    ids: list[tuple[str | None, str | None]]
    counts: bool


def native_ids(reviews: list[FoundReview], page: Page) -> NativeIds:
    """Return (native id, own address) of each review, where the page gives one of its own.

    An id shared with the page or another review names something else. Numbers that just count the reviews on
    the page (`#review-1`, `#review-2` …) may change hands when a new one arrives.
    """
    listing = listing_url(page.url)
    candidates: list[list[tuple[str, str | None]]] = []
    for review in reviews:
        own: list[tuple[str, str | None]] = []
        for stated in review.ids:
            if stated.startswith("id:"):
                own.append((stated[3:], None))
            elif (url := absolute_url(page.url, stated)) is not None:
                base, _, fragment = url.partition("#")
                if fragment and listing_url(base) == listing:
                    own.append((fragment, f"{listing}#{fragment}"))
                elif fragment or listing_url(base) not in {listing, _address(page, review.subject)}:
                    own.append((url if fragment else canonical_url(url), url))
        candidates.append(own)
    uses: dict[str, int] = {}
    for own in candidates:
        for one in dict.fromkeys(native for native, _ in own):
            uses[one] = uses.get(one, 0) + 1
    best = [next(((native, url) for native, url in own if uses[native] == 1), None) for own in candidates]
    addresses = [next((url for native, url in own if url and uses[native] == 1), None) for own in candidates]
    ids = [(one[0] if one else None, url) for one, url in zip(best, addresses, strict=True)]
    return NativeIds(ids, _positional([one[0] for one in best if one]))


def _positional(ids: list[str]) -> bool:
    numbers = [int(match[1]) for match in (re.search(r"(\d{1,9})\D*$", one) for one in ids) if match]
    if not numbers or len(numbers) < len(ids) or len({re.sub(r"\d+(?=\D*$)", "", one) for one in ids}) > 1:
        return False
    counting = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return counting and (numbers[0] <= 1 or len(numbers) > 2)  # noqa: PLR2004 (two neighbours may be chance)
