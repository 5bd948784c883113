"""The layout `reviews`: answers of Google Play's Developer API about one app's reviews.

It cannot see reviews older than a week, nor stars without words: the API leaves them out.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from crawlers.access import JSON_BEARER
from crawlers.reading.extract import count, decimal
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
from ouidire.clock import StatedDate
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention, Rating, Reply
from ouidire.page import Page, Request

BASE = "https://androidpublisher.googleapis.com"
A_PAGE = 100
BEST = 5
KNOWN = {"reviews", "pageInfo", "tokenPagination", "kind"}
RULES = (
    ErrorRule(
        "key",
        ("service_disabled", "has not been used in project", "accessnotconfigured"),
        "enable the Google Play Android Developer API for your project, then wait a few minutes",
    ),
    ErrorRule(
        "key",
        ("insufficient permissions", "permission_denied", "permissiondenied"),
        "invite the service account in the Play Console (Users and permissions), with the right to see "
        "the app's information and to reply to reviews",
    ),
)
KEY_ADVICE = "check the service account's key, and that it may use the Play Console"


def check(page: Page) -> None:
    """Raise for an answer that is an error, in Google's words with what to do."""
    check_answer(page, service="Google Play", key_advice=KEY_ADVICE, rules=RULES)


def reviews_request(context: Mapping[str, str], *, token: str | None = None) -> Request:
    """Return the request for a page of an app's reviews."""
    asked = {"maxResults": str(A_PAGE)} | ({"token": token} if token else {})
    path = f"/androidpublisher/v3/applications/{context['entity']}/reviews"
    return Request(
        url=f"{context.get('base') or BASE}{path}?{urlencode(asked)}",
        headers=JSON_BEARER,
        kind="reviews",
        context=dict(context),
    )


def knows(page: Page) -> bool:
    """Return whether the page lists reviews with comments of users, or was asked for as such a list."""
    if page.kind == "reviews" and "/androidpublisher/" in page.url:
        return page.text.lstrip("\ufeff \t\r\n")[:1] == "{"
    return any(
        "userComment" in each for row in objects(known_object(page).get("reviews")) for each in _comments(row)
    )


def parse(page: Page) -> Parsed:
    """Read one page of reviews. An empty object is Google's way to say that there is none.

    Raises LayoutChanged for another thing.
    """
    answer = read_object(page)
    listed = answer.get("reviews", [])
    if not isinstance(listed, list) or ("reviews" not in answer and not set(answer) <= KNOWN):
        raise LayoutChanged("a list of reviews", selector="reviews")
    read = ReadMentions(page)
    for position, review in enumerate(listed, 1):
        if isinstance(review, dict):
            _keep(review, page, f"review {position}", read)
        else:
            read.reject("unreadable", f"review {position}", "no object")
    token = name_of(mapping(answer.get("tokenPagination")).get("nextPageToken"), limit=4_000)
    goes_on = token is not None and "entity" in page.context
    return read.parsed(
        follow=(reviews_request(page.context, token=token),) if goes_on else (),
        last_page=not goes_on,
        nothing=not listed,
    )


def _comments(review: Mapping[str, object]) -> list[JsonObject]:
    return objects(review.get("comments"))


def _keep(review: JsonObject, page: Page, where: str, read: ReadMentions) -> None:
    native_id = name_of(review.get("reviewId"), limit=300)
    said = [mapping(each["userComment"]) for each in _comments(review) if "userComment" in each]
    answers = [mapping(each["developerComment"]) for each in _comments(review) if "developerComment" in each]
    if native_id is None or not said:
        read.reject("unreadable", where, "no id" if native_id is None else "no words of its author")
        return
    dates = [read.date(_seconds(each.get("lastModified")), where) for each in said]
    first, last = _ordered(dates)
    newest = said[dates.index(last)] if last in dates else said[-1]
    stars = decimal(newest.get("starRating"))
    if stars is not None and not 1 <= stars <= BEST:
        read.reject("bad_rating", where, newest.get("starRating"))
        return
    title, text = _titled(plain_text(newest.get("originalText") or newest.get("text")))
    language = name_of(newest.get("reviewerLanguage"), limit=20) or ""
    version = name_of(newest.get("appVersionName"), limit=40)
    extra: dict[str, Extra] = {"version": version} if version else {}
    read.keep(
        Mention(
            entity=page.context.get("entity") or _app_of(page.url),
            native_id=native_id,
            title=title,
            text=text,
            author=name_of(review.get("authorName"), limit=200),
            language=match[1].lower() if (match := re.match(r"([A-Za-z]{2,3})\b", language)) else None,
            published=first,
            updated=last if last != first else None,
            rating=Rating(value=stars, best=BEST) if stars is not None else None,
            likes=count(newest.get("thumbsUpCount")),
            reply=_reply(answers, read),
            extra=extra,
        ),
        where,
    )


def _reply(answers: list[JsonObject], read: ReadMentions) -> Reply | None:
    text = plain_text(answers[-1].get("text")) if answers else ""
    return (
        Reply(text=text, published=read.date(_seconds(answers[-1].get("lastModified")), None))
        if text
        else None
    )


def _ordered(dates: list[StatedDate | None]) -> tuple[StatedDate | None, StatedDate | None]:
    """Return the earliest and the latest of some dates."""
    known = sorted((each for each in dates if each is not None), key=lambda each: each.at)
    return (known[0], known[-1]) if known else (None, None)


def _titled(text: str) -> tuple[str | None, str]:
    """Return the title and the text of words that may hold both, a tab between them."""
    title, tab, rest = text.partition("\t")
    if not tab:
        return None, text.strip()
    return title.strip() or None, rest.strip()


def _seconds(value: object) -> object:
    """Return a moment's seconds since 1970; a text that is none is returned as it is."""
    seconds = mapping(value).get("seconds", value)
    return int(seconds) if isinstance(seconds, str) and re.fullmatch(r"\d{9,11}", seconds) else seconds


def _app_of(url: str) -> str:
    """Return the app of an answer's address; a name of its own for a saved answer without one."""
    match = re.search(r"/applications/([\w.]+)/reviews", url)
    return match[1] if match else "saved"
