"""The layout `cards-2018`: review cards of Trustpilot's pages of 2018–2020, with a script for their dates.

It cannot see dates of experience, countries, languages and likes, which those cards did not have.
"""

import re
from typing import Any

from crawlers.reading.extract import one_line, read_json, stated_date
from crawlers.sources.trustpilot.listing import read_listing, text_of
from crawlers.sources.trustpilot.review import ADDRESS, dig
from ouidire.items import Parsed
from ouidire.mention import Mention, Rating, Reply
from ouidire.page import Page

MARKS = "article.review[id]"
CARDS = "//article[contains(@class, 'review')][@id]"
_RATED = re.compile(
    r"(?:stars?-|star-rating-?)(\d)\b|\b([1-5])\s*(?:out of|sur|von|de|su|av|/)\s*5"
    r"|^\s*([1-5])\s*(?:stars?|étoiles?)"
)


def knows(page: Page) -> bool:
    """Return whether the page has such a card."""
    return bool(page.selector.xpath(CARDS))


def parse(page: Page) -> Parsed:
    """Read a company's cards and score. Raises LayoutChanged when there is no review or no company."""
    return read_listing(page, cards=CARDS, read_card=_read_card)


def _read_card(card: Any, entity: str, native_id: str, page: Page) -> Mention:  # noqa: ANN401 (a parsel Selector)
    dates = _dates(card)
    answer = text_of(
        card,
        "contains(@class, 'review-reply__text')",
        "contains(@class, 'brand-company-reply__content')",
    )
    return Mention(
        entity=entity,
        native_id=native_id,
        url=ADDRESS + native_id,
        title=one_line(text_of(card, "contains(@class, 'review-content__title')")),
        text=text_of(card, "contains(@class, 'review-content__text')") or "",
        author=one_line(text_of(card, "contains(@class, 'consumer-information__name')")),
        published=stated_date(dates.get("publishedDate"), fetched_at=page.fetched_at),
        updated=stated_date(dates.get("updatedDate"), fetched_at=page.fetched_at),
        rating=_stars(card),
        reply=Reply(text=answer) if answer else None,
    )


def _stars(card: Any) -> Rating | None:  # noqa: ANN401
    images = " ".join(card.xpath('.//*[contains(@class, "star-rating")]//img/@*').getall())
    match = _RATED.search(images)
    value = int(next(group for group in match.groups() if group)) if match else 0
    return Rating(value=value) if 1 <= value <= 5 else None  # noqa: PLR2004 (the scale)


def _dates(card: Any) -> dict[str, Any]:  # noqa: ANN401
    script = card.xpath('.//script[@data-initial-state="review-dates"]/text()').get()
    if not script:
        return {"publishedDate": card.xpath(".//time/@datetime").get()}
    try:
        dates = read_json(script)
    except ValueError:
        dates = None
    return {name: dig(dates, name) for name in ("publishedDate", "updatedDate")}
