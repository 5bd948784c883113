"""The layout `data`: the data script that Trustpilot's pages carry since 2021, under every name of its parts.

The listing is `reviews`; the "most relevant" carousel repeats some of it and is left out.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.reading.extract import count, decimal, one_line, read_json
from crawlers.sources.trustpilot.review import dig, read_review
from ouidire.errors import LayoutChanged
from ouidire.items import Item, Parsed, Rejected
from ouidire.mention import Extra, Mention, Rating, RatingSummary
from ouidire.page import Page, Request

STARS = ("one", "two", "three", "four", "five")


def knows(page: Page) -> bool:
    """Return whether the page has a readable data script; one cut short holds less than the cards."""
    return _payload(page) is not None


def parse(page: Page) -> Parsed:
    """Read a company's reviews, score and next page. Raises LayoutChanged where the listing is missing."""
    data = dig(_payload(page), "props", "pageProps")
    business, listed = dig(data, "businessUnit") or dig(data, "business"), dig(data, "reviews")
    name = one_line(dig(business, "identifyingName"))
    if name is None or not isinstance(listed, list):
        raise LayoutChanged(
            "a company and its reviews", selector="props.pageProps.{businessUnit.identifyingName,reviews}"
        )
    name = name.lower()
    paging = dig(data, "filters", "pagination") or dig(data, "pagination") or {}
    total = count(_first(paging, "totalCount", "totalReviews"))
    if total is None and not listed and _reviews_in_all(business) == 0:
        total = 0
    current, last = count(_first(paging, "currentPage", "page")) or 1, count(dig(paging, "totalPages"))
    mentions, rejected = _listing(listed, name, one_line(dig(business, "displayName")), page)
    if not mentions and (total != 0 and not (last is not None and current > last)):
        raise LayoutChanged(f"reviews (the page says {total})", selector="props.pageProps.reviews[]")
    summary = _summary(business, dig(data, "filters", "reviewStatistics", "ratings"), name)
    items: list[Item] = [*([summary] if summary else []), *mentions]
    goes_on = last is not None and current < last
    return Parsed(
        items=tuple(items),
        follow=tuple(_next_page(page, current + 1)) if goes_on and not _is_old(mentions, page) else (),
        rejected=tuple(rejected),
        declared_total=total,
        says_empty=not mentions and total == 0,
        last_page=None if last is None else not goes_on,
    )


def _payload(page: Page) -> Any:  # noqa: ANN401 (a raw payload)
    script = page.selector.xpath('//script[@id="__NEXT_DATA__"]/text()').get()
    if script is None:
        return None
    try:
        return read_json(script)
    except ValueError:
        return None


def _first(value: Any, *names: str) -> Any:  # noqa: ANN401
    return next((dig(value, name) for name in names if dig(value, name) is not None), None)


def _listing(
    listed: list[Any], name: str, subject: str | None, page: Page
) -> tuple[list[Mention], list[Rejected]]:
    mentions: dict[str, Mention] = {}
    rejected: list[Rejected] = []
    for number, raw in enumerate(listed, 1):
        mention = read_review(
            raw,
            entity=name,
            subject=subject,
            fetched_at=page.fetched_at,
            where=f"reviews[{number}]",
            rejected=rejected,
        )
        if mention is None or mention.native_id is None:
            continue
        if mention.native_id in mentions:
            rejected.append(
                Rejected(reason="duplicate_in_page", where=f"reviews[{number}]", detail=mention.native_id)
            )
        mentions.setdefault(mention.native_id, mention)
    return list(mentions.values()), rejected


def _summary(business: Any, ratings: Any, name: str) -> RatingSummary | None:  # noqa: ANN401
    """Return the TrustScore and its counts; None where nobody has rated the company yet (a score of 0)."""
    score = decimal(_first(business, "trustScore")) or decimal(dig(business, "score", "trustScore"))
    if not score or not 1 <= score <= 5:  # noqa: PLR2004 (the scale)
        return None
    per_star = {
        str(stars): number
        for stars, word in enumerate(STARS, 1)
        if (number := count(dig(ratings, word))) is not None
    }
    stars = decimal(_first(business, "stars")) or decimal(dig(business, "score", "stars"))
    return RatingSummary(
        entity=name,
        subject=one_line(dig(business, "displayName")),
        url=f"https://www.trustpilot.com/review/{name}",
        rating=Rating(value=score),
        review_count=_reviews_in_all(business),
        histogram=per_star if len(per_star) == len(STARS) else {},
        extra=_extra(stars=stars, business_unit_id=one_line(dig(business, "id"))),
    )


def _extra(**values: Extra | None) -> dict[str, Extra]:
    return {name: value for name, value in values.items() if value is not None}


def _reviews_in_all(business: Any) -> int | None:  # noqa: ANN401
    stated = dig(business, "numberOfReviews")
    return count(dig(stated, "total") if isinstance(stated, dict) else stated)


def _is_old(mentions: list[Mention], page: Page) -> bool:
    """Return whether the whole page is older than what was asked for."""
    since = page.context.get("since")
    moments = [mention.published.at for mention in mentions if mention.published]
    return bool(since and moments and max(moments) < datetime.fromisoformat(since))


def _next_page(page: Page, number: int) -> Iterator[Request]:
    parts = urlsplit(page.url)
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "page"
    ]
    yield Request(
        url=urlunsplit(parts._replace(query=urlencode([*query, ("page", number)]), fragment="")),
        context=page.context,
    )
