"""The layout `cards`: review cards as Trustpilot's pages show them since 2021, without their data script.

It cannot see what the cards do not show: languages, likes, when an edited review was first published.
"""

import re
from typing import Any

from crawlers.reading.extract import count, one_line, stated_date
from crawlers.sources.trustpilot.listing import read_listing, text_of
from crawlers.sources.trustpilot.review import ADDRESS
from ouidire.items import Parsed
from ouidire.mention import Mention, Rating, Reply
from ouidire.page import Page

MARKS = "article[data-service-review-card-paper]"
CARDS = "//article[@data-service-review-card-paper][.//@data-service-review-rating]"


def knows(page: Page) -> bool:
    """Return whether the page has such a card with a rating."""
    return bool(page.selector.xpath(CARDS))


def parse(page: Page) -> Parsed:
    """Read a company's cards and score. Raises LayoutChanged when there is no review or no company."""
    return read_listing(page, cards=CARDS, read_card=_read_card)


def _read_card(card: Any, entity: str, native_id: str, page: Page) -> Mention:  # noqa: ANN401 (a parsel Selector)
    experienced = text_of(card, "@data-service-review-date-of-experience-typography") or ""
    answer = text_of(card, "@data-service-review-business-reply-text-typography")
    answered = card.xpath(".//*[@data-service-review-business-reply-date-time-ago]/@datetime").get()
    dated = card.xpath(".//*[@data-service-review-date-time-ago]/@datetime | .//time/@datetime").get()
    stars = count(card.xpath(".//@data-service-review-rating").get())
    return Mention(
        entity=entity,
        native_id=native_id,
        url=ADDRESS + native_id,
        title=one_line(text_of(card, "@data-service-review-title-typography")),
        text=text_of(card, "@data-service-review-text-typography") or "",
        author=one_line(text_of(card, "@data-consumer-name-typography")),
        country=one_line(card.xpath(".//*[@data-consumer-country-typography]//span/text()").get()),
        published=stated_date(dated, fetched_at=page.fetched_at),
        experienced=stated_date(
            re.sub(r"^[^:]*:\s*", "", experienced), fetched_at=page.fetched_at, midnight="day"
        ),
        rating=Rating(value=stars) if stars is not None and 1 <= stars <= 5 else None,  # noqa: PLR2004 (the scale)
        reply=Reply(text=answer, published=stated_date(answered, fetched_at=page.fetched_at))
        if answer
        else None,
    )
