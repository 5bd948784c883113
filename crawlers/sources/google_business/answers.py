"""The layout `json`: answers of Google Business Profile, each of one of three kinds.

Accounts lead to their locations, locations to their reviews. It cannot see reviews that Google removed, nor
who wrote one: names are kept as keyed hashes.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawlers.reading.extract import one_line
from crawlers.reading.json_answer import JsonObject, known_object, mapping, name_of, objects, read_object
from crawlers.reading.services.errors import ErrorRule, check_answer
from crawlers.sources.google_business.asked import (
    ACCOUNT,
    LOCATION,
    accounts_request,
    locations_request,
    reviews_request,
)
from crawlers.sources.google_business.reviews import read_reviews
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed, Rejected
from ouidire.page import Page, Request

KINDS = ("accounts", "locations", "reviews")
ENABLE = "enable the API that it names for your project in the Google Cloud console, then wait a few minutes"
RULES = (
    ErrorRule("key", ("service_disabled", "has not been used in project", "accessnotconfigured"), ENABLE),
    ErrorRule(
        "key",
        ("quota_limit_value=0",),
        "Google has not approved this project for the Business Profile API (its quota is 0): ask for access",
    ),
    ErrorRule(
        "key",
        ("scope_insufficient", "insufficient authentication scopes"),
        "give the consent again, with the scope https://www.googleapis.com/auth/business.manage",
    ),
)
NO_RIGHT = ErrorRule(
    "key",
    ("permission_denied", "does not have permission", "failed_precondition"),
    "this location is not verified, or the account may not read its reviews; the other locations are read",
    only_here=True,
)
KEY_ADVICE = "check the consent and the client, and that the account manages this business profile"


def check(page: Page) -> None:
    """Raise for an answer that is an error, in Google's words with what to do."""
    rules = (*RULES, NO_RIGHT) if page.kind == "reviews" else RULES
    check_answer(page, service="Google Business Profile", key_advice=KEY_ADVICE, rules=rules)


def knows(page: Page) -> bool:
    """Return whether the page is an answer to one of our requests, or has what only such an answer has."""
    if page.kind in KINDS:
        return page.text.lstrip("\ufeff \t\r\n")[:1] == "{"
    answer = known_object(page)
    return any("starRating" in review for review in objects(answer.get("reviews")))


def parse(page: Page) -> Parsed:
    """Read one answer. Raises LayoutChanged when it holds none of what was asked for."""
    answer = read_object(page)
    if page.kind == "accounts":
        return _read_accounts(page, answer)
    if page.kind == "locations":
        return _read_locations(page, answer)
    return read_reviews(page, answer)


def _read_accounts(page: Page, answer: JsonObject) -> Parsed:
    listed = _listed(answer, "accounts")
    names = [name_of(each.get("name")) or "" for each in listed]
    good = [name for name in names if ACCOUNT.fullmatch(name)]
    token = name_of(answer.get("nextPageToken"), limit=2_000)
    first = "pageToken" not in parse_qs(urlsplit(page.url).query)
    if first and not listed and token is None:
        raise SourceError(
            "Google Business Profile: this consent sees no account; "
            "give it as somebody who manages the profile"
        )
    more = [accounts_request(page.context, token=token)] if token else []
    return Parsed(
        follow=(*(locations_request(name, page.context) for name in good), *more),
        rejected=_unnamed(len(names) - len(good), "account"),
    )


def _read_locations(page: Page, answer: JsonObject) -> Parsed:
    account = page.context.get("account", "")
    wanted = set(filter(None, page.context.get("locations", "").split("+")))
    listed, follow, unnamed, unverified = _listed(answer, "locations"), [], 0, 0
    verified = [mapping(each.get("metadata")).get("hasVoiceOfMerchant") is True for each in listed]
    for each, is_verified in zip(listed, verified, strict=True):
        match = LOCATION.fullmatch(name_of(each.get("name")) or "")
        if match is None:
            unnamed += 1
        elif wanted and match[1].partition("/")[2] not in wanted:
            continue
        elif any(verified) and not is_verified:  # Google leaves out what is false
            unverified += 1
        else:
            follow.append(reviews_request(match[1], {**page.context, "account": account, **_place(each)}))
    token = name_of(answer.get("nextPageToken"), limit=2_000)
    more: list[Request] = [locations_request(account, page.context, token=token)] if token else []
    return Parsed(
        follow=(*follow, *more),
        rejected=(*_unnamed(unnamed, "location"), *_unverified(unverified)),
        says_empty=not (follow or more or unnamed),
    )


def _place(location: JsonObject) -> dict[str, str]:
    """Return what is to be known of a location: its label (title and store code, else town), code and map."""
    title, code = one_line(location.get("title"), limit=200), one_line(location.get("storeCode"), limit=64)
    town = one_line(mapping(location.get("storefrontAddress")).get("locality"), limit=100)
    which = code or (town if town and town.casefold() not in (title or "").casefold() else None)
    label = f"{title} ({which})" if title and which else title or which or ""
    link = one_line(mapping(location.get("metadata")).get("mapsUri"), limit=1_000) or ""
    url = link if link.startswith("https://") else ""
    return {name: text for name, text in (("place", label), ("code", code or ""), ("map", url)) if text}


def _listed(answer: JsonObject, key: str) -> list[JsonObject]:
    """Return the objects of a list; none where Google leaves an empty list out.

    Raises LayoutChanged for another value, and for an object that has neither the list nor a page token.
    """
    value: Any = answer.get(key, [])
    if not isinstance(value, list) or (key not in answer and set(answer) - {"nextPageToken", "totalSize"}):
        raise LayoutChanged(f"a list of {key}", selector=key)
    return objects(value)


def _unverified(number: int) -> Iterator[Rejected]:
    """Yield a line for each location that is not verified: it has no reviews that its owner may read."""
    yield from (Rejected(reason="not_public", where="a location that is not verified") for _ in range(number))


def _unnamed(number: int, what: str) -> tuple[Rejected, ...]:
    return tuple(Rejected(reason="unreadable", where=what, detail="no name") for _ in range(number))
