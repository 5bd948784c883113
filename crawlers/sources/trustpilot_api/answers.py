"""The layouts `unit` and `reviews`: answers of Trustpilot's API about a company and its reviews.

A company leads to its reviews, page by page. It cannot see who ordered what: references and e-mail addresses
are dropped before anything is stored.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from crawlers.access import BEARER
from crawlers.base import MessageNews
from crawlers.reading.extract import count, decimal
from crawlers.reading.json_answer import JsonObject, known_object, mapping, name_of, objects, read_object
from crawlers.reading.services.errors import ErrorRule, check_answer
from crawlers.sources.trustpilot.review import read_review
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention, Rating, RatingSummary
from ouidire.page import Page, Request

BASE = "https://api.trustpilot.com"
UNIT = re.compile(r"[A-Za-z0-9]{6,64}")
SAVED = "saved"
"""The entity of saved answers that do not say whose they are."""
A_PAGE = 100
BEST = 5
STARS = ("oneStar", "twoStars", "threeStars", "fourStars", "fiveStars")
RULES = (
    ErrorRule(
        "key",
        ("invalid apikey", "invalidapikey", "failedtoresolveapikey"),
        "check the key in the environment variable that key_env names",
    ),
)
KEY_ADVICE = "check the key, and that your contract has the API (the Connect module) and this company"


def check(page: Page) -> None:
    """Raise for an answer that is an error, in Trustpilot's words with what to do."""
    check_answer(page, service="Trustpilot", key_advice=KEY_ADVICE, rules=RULES)


def read_message(message: object) -> MessageNews | None:
    """Return whether a webhook's message reports "new" reviews, or "changed" ones: revised or deleted."""
    events = objects(mapping(message).get("events"))
    names = [(name_of(each.get("eventName"), limit=100) or "").lower() for each in events]
    told = [name for name in names if "review" in name]
    if any(not name.endswith("created") for name in told):
        return "changed"
    return "new" if told else None


def reviews_request(unit: str, number: int, context: Mapping[str, str]) -> Request:
    """Return the request for one page of a company's reviews, newest first, from 1."""
    private = bool(context.get("private"))
    language = {"language": context["language"]} if context.get("language") else {}
    asked = urlencode({"page": number, "perPage": A_PAGE, "orderBy": "createdat.desc", **language})
    path = f"/v1/{'private/' if private else ''}business-units/{unit}/reviews"
    return Request(
        url=f"{context.get('base') or BASE}{path}?{asked}",
        headers={"Accept": "application/json", **(BEARER if private else key_header(context["key"]))},
        kind="reviews",
        context={**context, "unit": unit},
    )


def key_header(name: str) -> dict[str, str]:
    """Return the header that holds the key of this name."""
    return {"apikey": f"secret:{name}"}


def knows_unit(page: Page) -> bool:
    """Return whether the page describes a company."""
    answer = known_object(page)
    return "reviews" not in answer and "id" in answer and bool({"displayName", "score", "name"} & set(answer))


def parse_unit(page: Page) -> Parsed:
    """Read a company: its TrustScore as it is shown, and the request for its reviews.

    Raises LayoutChanged for a company without an id that an address may hold.
    """
    answer = read_object(page)
    unit = name_of(answer.get("id")) or ""
    if not UNIT.fullmatch(unit):
        raise LayoutChanged("the company's id", selector="id")
    score, numbers = mapping(answer.get("score")), mapping(answer.get("numberOfReviews"))
    average, total = decimal(score.get("trustScore")), count(numbers.get("total"))
    counts = {str(stars): count(numbers.get(name)) for stars, name in enumerate(STARS, 1)}
    summary = (
        RatingSummary(
            entity=page.context.get("entity") or unit,
            subject=name_of(answer.get("displayName")),
            url=_own_link(answer),
            rating=Rating(value=average, best=BEST),
            rating_count=total,
            histogram={stars: number for stars, number in counts.items() if number is not None},
        )
        if average is not None and 1 <= average <= BEST
        else None
    )
    if total == 0:
        return Parsed(says_empty=True, declared_total=0, last_page=True)
    stated = {"total": str(total)} if total else {}
    subject = {"subject": name} if (name := name_of(answer.get("displayName"), limit=200)) else {}
    known = {**page.context, **stated, **subject}
    follow = (reviews_request(unit, 1, known),) if "key" in known else ()
    return Parsed(items=(summary,) if summary else (), follow=follow)


def knows_reviews(page: Page) -> bool:
    """Return whether the page lists reviews."""
    return isinstance(known_object(page).get("reviews"), list)


def parse_reviews(page: Page) -> Parsed:
    """Read one page of reviews.

    Raises LayoutChanged when none is listed on the first page of a company that has some in all languages.
    """
    answer, context = read_object(page), page.context
    listed = answer["reviews"]
    number = _number_of(page.url)
    total = None if context.get("language") else count(context.get("total"))
    if not listed and number == 1 and total:
        raise LayoutChanged(f"some of the {total} reviews that are counted", selector="reviews")
    rejected: list[Rejected] = []
    kept: dict[str, Mention] = {}
    for position, raw in enumerate(listed, 1):
        mention = read_review(
            raw,
            entity=context.get("entity") or _unit_of(page.url),
            subject=context.get("subject"),
            fetched_at=page.fetched_at,
            where=f"review {position}",
            rejected=rejected,
        )
        if mention is not None and mention.native_id in kept:
            rejected.append(Rejected(reason="duplicate_in_page", where=f"review {position}"))
        elif mention is not None and mention.native_id is not None:
            kept[mention.native_id] = _with_status(mention, raw)
    goes_on = _goes_on(answer, len(listed)) and not _all_older(kept.values(), context.get("since"))
    follow = (reviews_request(context["unit"], number + 1, context),) if goes_on and "unit" in context else ()
    return Parsed(
        items=tuple(kept.values()),
        follow=follow,
        rejected=tuple(rejected),
        declared_total=total,
        says_empty=not listed,
        last_page=not follow,
    )


def _number_of(url: str) -> int:
    match = re.search(r"[?&]page=(\d{1,6})(?:&|$)", url)
    return int(match[1]) if match else 1


def _unit_of(url: str) -> str:
    """Return the company's id in an answer's address; a name of its own for a saved answer without one."""
    match = re.search(r"/business-units/([A-Za-z0-9]{6,64})/", url)
    return match[1] if match else SAVED


def _goes_on(answer: JsonObject, listed: int) -> bool:
    """Return whether there is a next page: where links say so, or, without any, where this one is full."""
    links = objects(answer.get("links"))
    if links:
        return any(each.get("rel") == "next-page" for each in links)
    return listed >= A_PAGE


def _with_status(mention: Mention, raw: JsonObject) -> Mention:
    """Return the review with its state at Trustpilot where that is not the usual one."""
    status = name_of(raw.get("status"), limit=40)
    if status is None or status.lower() == "active":
        return mention
    return mention.model_copy(update={"extra": {**mention.extra, "status": status}})


def _all_older(mentions: Iterable[Mention], since: str | None) -> bool:
    moments = [each.published.at for each in mentions if each.published]
    return since is not None and bool(moments) and max(moments) < datetime.fromisoformat(since)


def _own_link(answer: JsonObject) -> str | None:
    """Return the address of the company's public page, where one is given."""
    links = objects(answer.get("links"))
    found = (name_of(each.get("href"), limit=500) for each in links if each.get("rel") == "public-profile")
    return next((link for link in found if link and link.startswith("https://")), None)
