"""The layout `published`: lists of reviews of Skeepers' Published API, of a brand, its shops or products.

The next page is named by a Link header (RFC 8288). It cannot see who ordered what: order numbers are dropped
before anything is stored.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from crawlers.access import JSON_BEARER
from crawlers.reading.extract import decimal
from crawlers.reading.json_answer import (
    JsonObject,
    known_object,
    mapping,
    name_of,
    objects,
    plain_text,
    read_value,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.services.errors import check_answer
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention, Rating, Reply
from ouidire.page import Page, Request

BASE = "https://api.skeepers.io/verified-reviews/v1/published"
A_PAGE = 200
"""The most that the service gives at once."""
BEST = 5
KEY_ADVICE = "check the client's id and secret, and that your contract has the Published API"
LISTS = ("data", "reviews", "items", "results")
SHOPS = ("shop_name", "shop_label", "shop_reference", "shop_id")
DATES = ("publish_date", "date", "created_at")
COMMENTS = ("comments", "review_comments", "moderation", "replies")
_NEXT = re.compile(r"<([^<>]{1,3000})>\s*;[^<]*\brel=\"?next\"?", re.IGNORECASE)


def check(page: Page) -> None:
    """Raise for an answer that is an error, in Skeepers' words with what to do."""
    check_answer(page, service="Skeepers", key_advice=KEY_ADVICE)


def reviews_request(context: Mapping[str, str], *, cursor: str | None = None) -> Request:
    """Return the request for a page of reviews."""
    asked = {"limit": str(A_PAGE)}
    if context.get("product"):
        asked["product_variation_id"] = context["product"]
    if context.get("since"):
        asked["publish_date.gte"] = context["since"].replace("+00:00", "Z")
    if cursor:
        asked["cursor"] = cursor
    return Request(
        url=f"{context.get('base') or BASE}/{context['of']}/reviews?{urlencode(asked)}",
        headers=JSON_BEARER,
        kind="reviews",
        context=dict(context),
    )


def knows(page: Page) -> bool:
    """Return whether the page is a list of reviews, or was asked for as one."""
    if page.text.lstrip("\ufeff \t\r\n")[:1] == "[":
        return (page.kind == "reviews" and "of" in page.context) or '"review_rate"' in page.text[:200_000]
    return any("review_rate" in each for name in LISTS for each in objects(known_object(page).get(name))[:1])


def parse(page: Page) -> Parsed:
    """Read one page of reviews; an empty list says that there is none. Raises LayoutChanged for no list."""
    listed = _listed(read_value(page))
    read = ReadMentions(page)
    for position, review in enumerate(listed, 1):
        if isinstance(review, dict):
            _keep(review, page, f"review {position}", read)
        else:
            read.reject("unreadable", f"review {position}", "no object")
    following = _next_page(page)
    is_last = following is None and len(listed) < A_PAGE
    return read.parsed(
        follow=(following,) if following else (), last_page=is_last, nothing=not listed and following is None
    )


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    found = next((mapping(value)[name] for name in LISTS if isinstance(mapping(value).get(name), list)), None)
    if found is None:
        raise LayoutChanged("a list of reviews", selector="[…]")
    return list(found)


def _next_page(page: Page) -> Request | None:
    """Return the request for the next page, by the cursor of the address that the answer gives.

    One without a cursor is used as it is where it leads to the same service. Raises LayoutChanged else.
    """
    match = _NEXT.search(page.headers.get("link", ""))
    if match is None or "of" not in page.context:
        return None
    cursor = parse_qs(urlsplit(match[1]).query).get("cursor", [""])[0]
    if not cursor and urlsplit(match[1])[:2] == urlsplit(page.url)[:2]:
        return reviews_request(page.context).model_copy(update={"url": match[1]})
    if not cursor:
        raise LayoutChanged("the cursor of the next page", selector="Link: <…cursor=…>; rel=next")
    return reviews_request(page.context, cursor=cursor)


def _keep(review: JsonObject, page: Page, where: str, read: ReadMentions) -> None:
    native_id, stars = name_of(review.get("review_id"), limit=100), decimal(review.get("review_rate"))
    if native_id is None:
        read.reject("unreadable", where, "no id")
        return
    if stars is None or not 1 <= stars <= BEST:
        read.reject("bad_rating", where, review.get("review_rate"))
        return
    language, country = _locale(review.get("locale"))
    verified = review.get("is_verified") if isinstance(review.get("is_verified"), bool) else None
    names = (name_of(review.get(name), limit=100) for name in ("author_firstname", "author_lastname"))
    published = read.date(review.get("publish_date") or review.get("created_at"), where)
    written = read.date(review.get("review_date"), None)
    read.keep(
        Mention(
            entity=page.context.get("entity") or "saved",
            native_id=native_id,
            title=plain_text(review.get("review_title")) or None,
            text=plain_text(review.get("review_content") or review.get("review_text")),
            author=" ".join(filter(None, names)) or None,
            language=language,
            country=country,
            place=next((name for key in SHOPS if (name := name_of(review.get(key), limit=200))), None),
            subject=name_of(review.get("product_name"), limit=200),
            published=written or published,
            experienced=read.date(review.get("order_date"), None),
            rating=Rating(value=stars, best=BEST),
            verified=verified,
            reply=_reply(review, read),
            extra=_extra(review, verified=verified),
        ),
        where,
    )


def _reply(review: JsonObject, read: ReadMentions) -> Reply | None:
    """Return the first answer that is not the author's own."""
    for comment in (each for name in COMMENTS for each in objects(review.get(name))):
        origin = (name_of(comment.get("origin") or comment.get("author_type")) or "").lower()
        texts = (plain_text(comment.get(name)) for name in ("content", "comment", "text"))
        text = next(filter(None, texts), "")
        if text and origin not in {"customer", "consumer", "author"}:
            date = next((comment[name] for name in DATES if name in comment), None)
            return Reply(text=text, published=read.date(date, None))
    return None


def _extra(review: JsonObject, *, verified: bool | None) -> dict[str, Extra]:
    extra: dict[str, Extra] = {}
    syndicated = review.get("syndicated_review") in (True, 1, "true", "1")
    incentive = name_of(review.get("incentivization"), limit=60)
    if verified and not syndicated:
        extra["invited"] = True
    if syndicated:
        extra["syndicated"] = True
    if incentive and incentive.lower() not in {"none", "false", "0"}:
        extra["incentive"] = incentive
    return extra


def _locale(value: object) -> tuple[str | None, str | None]:
    """Return the language and country of a locale such as fr_FR."""
    match = re.fullmatch(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?", name_of(value, limit=20) or "")
    if match is None:
        return None, None
    return match[1].lower(), match[2].upper() if match[2] else None
