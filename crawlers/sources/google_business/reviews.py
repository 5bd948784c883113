"""The reviews of one location: stars, words, the owner's reply, and the average that Google shows.

It cannot see texts of reviews without words: those are kept as their stars.
"""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from crawlers.reading.extract import count, decimal
from crawlers.reading.json_answer import JsonObject, mapping, name_of, objects, plain_text
from crawlers.reading.mentions import ReadMentions
from crawlers.sources.google_business.asked import reviews_request
from crawlers.sources.google_business.texts import own_words
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention, Rating, RatingSummary, Reply
from ouidire.page import Page

BEST = 5
STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
NO_STARS = ("STAR_RATING_UNSPECIFIED", "")
NAME = re.compile(r"accounts/[^/]+/(locations/[^/]+)/reviews/([^/]+)")
KNOWN = {"reviews", "averageRating", "totalReviewCount", "nextPageToken"}


def read_reviews(page: Page, answer: JsonObject) -> Parsed:
    """Read one page of a location's reviews.

    An empty object is Google's way to say that there is none. Raises LayoutChanged when reviews are missing
    where they are counted, or when the answer is another thing.
    """
    listed = answer.get("reviews", [])
    total = count(answer.get("totalReviewCount"))
    token = name_of(answer.get("nextPageToken"), limit=2_000)
    first = "pageToken" not in parse_qs(urlsplit(page.url).query)
    if not isinstance(listed, list) or (not set(answer) <= KNOWN and "reviews" not in answer):
        raise LayoutChanged("a list of reviews", selector="reviews")
    if first and total and not listed and token is None:
        raise LayoutChanged(f"some of the {total} reviews that are counted", selector="reviews")
    read = ReadMentions(page)
    changed: list[datetime] = []
    for position, review in enumerate(objects(listed), 1):
        _keep(review, page, f"review {position}", read, changed)
    for _ in range(len(listed) - len(objects(listed))):
        read.reject("unreadable", "reviews", "no object")
    since = page.context.get("since")
    older = since is not None and min(changed, default=page.fetched_at) < datetime.fromisoformat(since)
    goes_on = token is not None and not older and "location" in page.context
    location = page.context.get("location", "")
    return read.parsed(
        follow=(reviews_request(location, page.context, token=token),) if goes_on else (),
        summary=_summary(page, answer, total) if first else None,
        declared_total=total,
        last_page=not goes_on,
        nothing=not listed and not total,
    )


def _summary(page: Page, answer: JsonObject, total: int | None) -> RatingSummary | None:
    average = decimal(answer.get("averageRating"))
    if not total or average is None or not 1 <= average <= BEST:
        return None
    return RatingSummary(
        entity=_entity(page),
        subject=page.context.get("place") or page.context.get("location"),
        url=page.context.get("map"),
        rating=Rating(value=average, best=BEST),
        rating_count=total,
    )


def _entity(page: Page) -> str:
    return page.context.get("entity") or "accounts/-"


def _keep(review: JsonObject, page: Page, where: str, read: ReadMentions, changed: list[datetime]) -> None:
    name = NAME.fullmatch(name_of(review.get("name")) or "")
    location = name[1] if name else page.context.get("location")
    own_id = name_of(review.get("reviewId"), limit=300) or (name[2] if name else None)
    if own_id is None or location is None:
        read.reject("unreadable", where, "no id")
        return
    stated = name_of(review.get("starRating")) or ""
    stars = STARS.get(stated.upper())
    if stars is None and stated.upper() not in NO_STARS:
        read.reject("bad_rating", where, stated)
        return
    written, reply = own_words(plain_text(review.get("comment"))), mapping(review.get("reviewReply"))
    published, updated = read.date(review.get("createTime"), where), read.date(review.get("updateTime"), None)
    changed += [each.at for each in (updated or published,) if each is not None]
    read.keep(
        Mention(
            entity=_entity(page),
            native_id=f"{location}/{own_id}",
            url=page.context.get("map"),
            text=written.text,
            author=_author(mapping(review.get("reviewer"))),
            place=page.context.get("place"),
            published=published,
            updated=updated if updated != published else None,
            rating=Rating(value=stars, best=BEST) if stars else None,
            reply=_reply(reply, read),
            extra=_extra(review, reply, page, is_translation=written.is_translation),
        ),
        where,
    )


def _author(reviewer: JsonObject) -> str | None:
    """Return the name shown; None for those who hide theirs, whom Google gives one name all together."""
    return None if reviewer.get("isAnonymous") is True else name_of(reviewer.get("displayName"), limit=200)


def _reply(reply: JsonObject, read: ReadMentions) -> Reply | None:
    text = own_words(plain_text(reply.get("comment"))).text
    return Reply(text=text, published=read.date(reply.get("updateTime"), None)) if text else None


def _extra(review: JsonObject, reply: JsonObject, page: Page, *, is_translation: bool) -> dict[str, Extra]:
    extra: dict[str, Extra] = {"location": page.context["location"]} if "location" in page.context else {}
    state = name_of(reply.get("reviewReplyState") or reply.get("state"), limit=60)
    media = objects(review.get("reviewMediaItems"))
    if code := page.context.get("code"):
        extra["store_code"] = code
    if is_translation:
        extra["translated"] = True
    if state:
        extra["reply_state"] = state
    if media:
        extra["media"] = len(media)
    return extra
