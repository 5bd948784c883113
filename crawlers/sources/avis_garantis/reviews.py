"""The layout `reviews`: the public answer of the Société des Avis Garantis, a shop's or a product's reviews.

It cannot see more than the latest 1,000 reviews, nor who bought what: order numbers are never read.
"""

import re
from typing import Final
from zoneinfo import ZoneInfo

from crawlers.reading.extract import count, decimal
from crawlers.reading.json_answer import (
    JsonObject,
    check_status,
    known_object,
    mapping,
    markup_text,
    name_of,
    objects,
    read_object,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.refusals import check_refused
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention, Rating, RatingSummary, Reply
from ouidire.page import Page

BEST: Final = 5
PARIS: Final = ZoneInfo("Europe/Paris")
"""The timezone of dates, which state none: the service is French."""
STATED_ERRORS: Final = ("error", "errors", "message", "detail")


def check(page: Page) -> None:
    """Raise for an answer that is a refusal or an error, whatever its status.

    Raises Blocked, SourceGone (no such key) or SourceError.
    """
    answer = known_object(page)
    said = next((answer[name] for name in STATED_ERRORS if answer.get(name)), None)
    if not answer and page.status == 200:  # noqa: PLR2004 (HTTP's OK)
        check_refused(page)
    words = name_of(said) or name_of(mapping(said).get("message")) or ("an error" if said else None)
    check_status(page, words, advice="check public_key, and that the shop publishes its reviews")
    if words and "reviews" not in answer:
        raise SourceError(f"the reviews are not given: {words}; check public_key and scope")


def knows(page: Page) -> bool:
    """Return whether the page is an answer with reviews, or with their ratings."""
    answer = known_object(page)
    return "reviews" in answer or isinstance(answer.get("ratings"), dict)


def parse(page: Page) -> Parsed:
    """Read the answer: the average as it is shown, and every review.

    Empty only where the answer counts no review. Raises LayoutChanged when reviews are missing.
    """
    answer = read_object(page)
    listed, ratings = answer.get("reviews"), mapping(answer.get("ratings"))
    total = count(ratings.get("total"))
    if not isinstance(listed, list) or (not listed and total != 0):
        raise LayoutChanged("the list of reviews", selector="reviews, ratings.total")
    entity = page.context.get("entity") or entity_of(page.url)
    read = ReadMentions(page)
    for position, review in enumerate(objects(listed), 1):
        _keep_review(review, entity, f"review {position}", read)
    for _ in range(len(listed) - len(objects(listed))):
        read.reject("unreadable", "reviews", "no object")
    whole = total is not None and len(listed) >= total
    return read.parsed(
        summary=_summary(ratings, entity, total),
        declared_total=total,
        last_page=whole,
        nothing=total == 0,
    )


def entity_of(url: str) -> str:
    """Return `KEY/SCOPE` from an answer's address. Raises LayoutChanged for another address."""
    match = re.search(r"/reviews/([^/?#]+)/([^/?#]+)", url)
    if match is None:
        raise LayoutChanged("whose reviews these are", selector="/reviews/KEY/SCOPE in the address")
    return f"{match[1]}/{match[2]}"


def _summary(ratings: JsonObject, entity: str, total: int | None) -> RatingSummary | None:
    average = decimal(ratings.get("average"))
    if not total or average is None or not 1 <= average <= BEST:
        return None
    counts = ratings.get("distribution")
    shares = counts.items() if isinstance(counts, dict) else []
    histogram = {
        str(stars): number
        for stars, value in shares
        if re.fullmatch(r"[1-5]", str(stars)) and (number := count(value)) is not None
    }
    return RatingSummary(
        entity=entity,
        rating=Rating(value=average, best=BEST),
        review_count=total,
        histogram=histogram,
    )


def _keep_review(review: JsonObject, entity: str, where: str, read: ReadMentions) -> None:
    native_id, stars = name_of(review.get("id"), limit=100), decimal(review.get("r"))
    if native_id is None:
        read.reject("unreadable", where, "no id")
        return
    if stars is None or not 1 <= stars <= BEST:
        read.reject("bad_rating", where, review.get("r"))
        return
    translated, stated = _is_true(review.get("transl")), name_of(review.get("lang"), limit=20)
    language = stated.split("-")[0].split("_")[0].lower() if stated else None
    if language is not None and not re.fullmatch(r"[a-z]{2,3}", language):
        language = None
    answer = markup_text(review.get("reply"))
    extra: dict[str, Extra] = {}
    if translated:
        extra["translated"] = True
        if language:
            extra["stated_language"] = language
    read.keep(
        Mention(
            entity=entity,
            native_id=native_id,
            text=markup_text(review.get("txt")),
            author=name_of(review.get("c"), limit=200),
            language=None if translated else language,
            published=read.date(review.get("date"), where, timezone=PARIS),
            experienced=read.date(review.get("odate"), None, timezone=PARIS),
            rating=Rating(value=stars, best=BEST),
            verified=True if review.get("odate") else None,
            reply=(
                Reply(text=answer, published=read.date(review.get("rdate"), None, timezone=PARIS))
                if answer
                else None
            ),
            extra=extra,
        ),
        where,
    )


def _is_true(value: object) -> bool:
    return value is True or str(value).strip().lower() in {"1", "true"}
