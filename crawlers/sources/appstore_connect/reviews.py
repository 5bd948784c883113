"""The layout `reviews`: answers of App Store Connect about one app's reviews, with the developer's answers.

In the form of JSON:API. It cannot see stars without words, nor answers that Apple has not published yet.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from crawlers.access import JSON_BEARER
from crawlers.reading.extract import absolute_url, count, decimal
from crawlers.reading.json_answer import (
    JsonObject,
    known_object,
    mapping,
    name_of,
    objects,
    plain_text,
    read_object,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.services.errors import ErrorRule, check_answer
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import Mention, Rating, Reply
from ouidire.page import Page, Request

BASE = "https://api.appstoreconnect.apple.com"
A_PAGE = 200
BEST = 5
TYPE = "customerReviews"
KOSOVO = {"XKS": ["XK"], "XKX": ["XK"]}
"""Codes of a country that ISO 3166 does not have."""
RULES = (
    ErrorRule(
        "key",
        ("required_agreements", "agreement"),
        "the account's holder must accept Apple's current agreements in App Store Connect",
    ),
    ErrorRule(
        "key", ("forbidden_error",), "give the key a role that may see reviews (Customer Support or more)"
    ),
)
KEY_ADVICE = "check key_id, issuer_id and the private key, and that the key was not revoked"


def check(page: Page) -> None:
    """Raise for an answer that is an error, in Apple's words with what to do."""
    check_answer(page, service="App Store Connect", key_advice=KEY_ADVICE, rules=RULES)


def reviews_request(context: Mapping[str, str], *, cursor: str | None = None) -> Request:
    """Return the request for a page of an app's reviews, newest first."""
    asked = {"sort": "-createdDate", "limit": str(A_PAGE), "include": "response"}
    if context.get("territory"):
        asked["filter[territory]"] = context["territory"]
    if cursor:
        asked["cursor"] = cursor
    return Request(
        url=f"{context.get('base') or BASE}/v1/apps/{context['app']}/customerReviews?{urlencode(asked)}",
        headers=JSON_BEARER,
        kind="reviews",
        context=dict(context),
    )


def knows(page: Page) -> bool:
    """Return whether the page is a list of customers' reviews, or was asked for as one."""
    answer = known_object(page)
    if page.kind == "reviews" and "/customerReviews" in page.url:
        return isinstance(answer.get("data"), list)
    if isinstance(answer.get("data"), list) and TYPE in str(mapping(answer.get("links")).get("self")):
        return True
    return any(each.get("type") == TYPE for each in objects(answer.get("data")))


def parse(page: Page) -> Parsed:
    """Read one page of reviews.

    Raises LayoutChanged when none is listed where some are counted, or the next page has no cursor.
    """
    answer = read_object(page)
    listed = answer.get("data")
    if not isinstance(listed, list):
        raise LayoutChanged("a list of reviews", selector="data")
    total = count(mapping(mapping(answer.get("meta")).get("paging")).get("total"))
    cursor, first = _cursor(answer), "cursor=" not in page.url
    if first and total and not listed:
        raise LayoutChanged(f"some of the {total} reviews that are counted", selector="data")
    responses = {
        name_of(each.get("id")): mapping(each.get("attributes"))
        for each in objects(answer.get("included"))
        if each.get("type") == "customerReviewResponses"
    }
    read = ReadMentions(page)
    for position, review in enumerate(listed, 1):
        if isinstance(review, dict) and review.get("type", TYPE) == TYPE:
            _keep(review, responses, page, f"review {position}", read)
        else:
            read.reject("unreadable", f"review {position}", "no review")
    goes_on = cursor is not None and not read.is_past and "app" in page.context
    return read.parsed(
        follow=(reviews_request(page.context, cursor=cursor),) if goes_on else (),
        declared_total=total,
        last_page=not goes_on,
        nothing=not listed and not total,
    )


def _cursor(answer: JsonObject) -> str | None:
    """Return the cursor of the next page's address: of what an answer names, nothing else is asked for."""
    link = mapping(answer.get("links")).get("next")
    if not isinstance(link, str) or not link:
        return None
    url = absolute_url("https://api.appstoreconnect.apple.com/", link)
    cursor = parse_qs(urlsplit(url or "").query).get("cursor", [""])[0]
    if not cursor:
        raise LayoutChanged("the cursor of the next page", selector="links.next: cursor")
    return cursor


def _keep(
    review: JsonObject, responses: Mapping[str | None, JsonObject], page: Page, where: str, read: ReadMentions
) -> None:
    said, native_id = mapping(review.get("attributes")), name_of(review.get("id"), limit=100)
    stars = decimal(said.get("rating"))
    if native_id is None:
        read.reject("unreadable", where, "no id")
        return
    if stars is None or not 1 <= stars <= BEST:
        read.reject("bad_rating", where, said.get("rating"))
        return
    response = mapping(mapping(mapping(review.get("relationships")).get("response")).get("data"))
    read.keep(
        Mention(
            entity=page.context.get("entity") or _app_of(page.url),
            native_id=native_id,
            title=plain_text(said.get("title")) or None,
            text=plain_text(said.get("body")),
            author=name_of(said.get("reviewerNickname"), limit=200),
            country=_country(said.get("territory")),
            published=read.date(said.get("createdDate"), where),
            rating=Rating(value=stars, best=BEST),
            reply=_reply(responses.get(name_of(response.get("id"))), read),
        ),
        where,
    )


def _reply(response: JsonObject | None, read: ReadMentions) -> Reply | None:
    """Return the developer's answer where the public can read it."""
    held = response or {}
    text = plain_text(held.get("responseBody"))
    if not text or (name_of(held.get("state")) or "PUBLISHED").upper() != "PUBLISHED":
        return None
    return Reply(text=text, published=read.date(held.get("lastModifiedDate"), None))


def _country(value: object) -> str | None:
    """Return a country's two letters for Apple's three, such as FR for FRA; None for what is no country."""
    from babel.core import get_global

    code = (name_of(value, limit=10) or "").upper()
    if re.fullmatch(r"[A-Z]{2}", code):
        return code
    found = KOSOVO.get(code) or get_global("territory_aliases").get(code, [])
    return str(found[0]) if len(found) == 1 else None


def _app_of(url: str) -> str:
    """Return the app of an answer's address; a name of its own for a saved answer without one."""
    match = re.search(r"/apps/(\d{5,12})/customerReviews", url)
    return match[1] if match else "saved"
