"""Trustpilot pages without their data script: their cards (2018–2020, and since 2021), else JSON-LD.

It cannot see what only the data script has: dates of experience in the oldest cards, countries, languages,
likes.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from crawlers.reading.extract import (
    absolute_url,
    canonical_link,
    count,
    element_text,
    next_link,
    one_line,
    read_json,
    stated_date,
)
from crawlers.reading.schema.blocks import read_blocks
from crawlers.reading.schema.found import FoundReviews
from crawlers.reading.schema.reviews import interpret
from crawlers.sources.trustpilot.review import ADDRESS, dig
from ouidire.errors import LayoutChanged
from ouidire.items import Item, Parsed
from ouidire.mention import Mention, Rating, RatingSummary, Reply
from ouidire.page import Page, Request

CARDS = (
    "//article[@data-service-review-card-paper][.//@data-service-review-rating]"
    " | //article[contains(@class, 'review')][@id]"
)
RATED = re.compile(
    r"(?:stars?-|star-rating-?)(\d)\b|\b([1-5])\s*(?:out of|sur|von|de|su|av|/)\s*5"
    r"|^\s*([1-5])\s*(?:stars?|étoiles?)"
)
_ID = re.compile(r"[0-9a-f]{24}")
_COMPANY = re.compile(r"/review/([\w.\-]+)")


def read_markup(page: Page) -> Parsed:
    """Read the reviews and the score of a company page.

    Raises LayoutChanged when there is neither, or no company.
    """
    match = _COMPANY.search(urlsplit(page.url).path) or _COMPANY.search(canonical_link(page) or "")
    blocks, broken = read_blocks(page)
    found = interpret(blocks, fetched_at=page.fetched_at)
    entity = match[1].lower() if match else _named(found)
    if entity is None:
        raise LayoutChanged("a company page", selector="__NEXT_DATA__, or /review/<company> in the address")
    stated = _from_json_ld(found, entity)
    mentions = _completed(_from_cards(page, entity), stated) or stated
    ratings: list[Item] = [
        RatingSummary(
            entity=entity,
            subject=one.subject.name,
            url=f"https://www.trustpilot.com/review/{entity}",
            rating=one.rating,
            rating_count=one.rating_count,
            review_count=one.review_count,
        )
        for one in found.ratings[:1]
    ]
    if not mentions and not found.says_none:
        raise LayoutChanged(
            "reviews",
            selector="__NEXT_DATA__, JSON-LD Review, article[data-service-review-card-paper], article.review",
        )
    link = next_link(page) or absolute_url(
        page.url, page.selector.xpath('//a[@name="pagination-button-next"]/@href').get()
    )
    return Parsed(
        items=(*ratings, *mentions),
        follow=(Request(url=link, context=page.context),) if link and "/review/" in link else (),
        rejected=(*broken, *found.rejected),
        says_empty=not mentions,
        last_page=None if link is None else False,
    )


def _named(found: FoundReviews) -> str | None:
    ids = [one for review in found.reviews for one in review.ids]
    match = next((hit for one in ids if (hit := re.search(r"/schema/Review/([\w.\-]+)/", one))), None)
    return match[1].lower() if match else None


def _from_json_ld(found: FoundReviews, entity: str) -> list[Mention]:
    mentions: dict[str, Mention] = {}
    for review in found.reviews:
        match = next((match for one in review.ids if (match := _ID.search(one))), None)
        mention = Mention(
            entity=entity,
            native_id=match[0] if match else None,
            url=ADDRESS + match[0] if match else f"https://www.trustpilot.com/review/{entity}",
            title=review.title,
            text=review.text,
            language=review.language,
            author=review.author,
            subject=review.subject.name,
            published=review.published,
            updated=review.updated,
            rating=review.rating,
            reply=review.reply,
        )
        mentions.setdefault(mention.native_id or f"{len(mentions)}", mention)
    return list(mentions.values())


def _from_cards(page: Page, entity: str) -> list[Mention]:
    mentions: dict[str, Mention] = {}
    for card in page.selector.xpath(CARDS):
        link = card.xpath('.//a[contains(@href, "/reviews/")]/@href').get() or card.xpath("@id").get() or ""
        match = _ID.search(link)
        if match is not None and match[0] not in mentions:
            mention = _card(card, entity, match[0], page)
            if mention.text or mention.title or mention.rating:
                mentions[match[0]] = mention
    return list(mentions.values())


def _completed(cards: list[Mention], stated: list[Mention]) -> list[Mention]:
    """Return the cards with what only JSON-LD has: language, company, first date of an edited review."""
    known = {mention.native_id: mention for mention in stated if mention.native_id}
    return [_with(card, known[card.native_id]) if card.native_id in known else card for card in cards]


def _with(card: Mention, other: Mention) -> Mention:
    edited = card.published and other.published and card.published.at > other.published.at
    missing = {
        name: getattr(other, name)
        for name in ("language", "subject", "author", "rating", "title")
        if not getattr(card, name)
    }
    dates = {"published": other.published, "updated": card.updated or card.published} if edited else {}
    return card.model_copy(update=missing | dates)


def _card(card: Any, entity: str, native_id: str, page: Page) -> Mention:  # noqa: ANN401 (a parsel Selector)
    dates = _dates(card)
    experienced = re.sub(
        r"^[^:]*:\s*", "", _text(card, "@data-service-review-date-of-experience-typography") or ""
    )
    answer = _text(
        card,
        "@data-service-review-business-reply-text-typography",
        "contains(@class, 'review-reply__text')",
        "contains(@class, 'brand-company-reply__content')",
    )
    answered = card.xpath(".//*[@data-service-review-business-reply-date-time-ago]/@datetime").get()
    return Mention(
        entity=entity,
        native_id=native_id,
        url=ADDRESS + native_id,
        title=one_line(
            _text(card, "@data-service-review-title-typography", "contains(@class, 'review-content__title')")
        ),
        text=_text(card, "@data-service-review-text-typography", "contains(@class, 'review-content__text')")
        or "",
        author=one_line(
            _text(card, "@data-consumer-name-typography", "contains(@class, 'consumer-information__name')")
        ),
        country=one_line(card.xpath(".//*[@data-consumer-country-typography]//span/text()").get()),
        published=stated_date(dates.get("publishedDate"), fetched_at=page.fetched_at),
        updated=stated_date(dates.get("updatedDate"), fetched_at=page.fetched_at),
        experienced=stated_date(experienced, fetched_at=page.fetched_at, midnight="day"),
        rating=_stars(card),
        reply=Reply(text=answer, published=stated_date(answered, fetched_at=page.fetched_at))
        if answer
        else None,
    )


def _text(card: Any, *conditions: str) -> str | None:  # noqa: ANN401
    for condition in conditions:
        for element in card.xpath(f".//*[{condition}]")[:1]:
            return element_text(element.root) or None
    return None


def _stars(card: Any) -> Rating | None:  # noqa: ANN401
    stated = card.xpath(".//@data-service-review-rating").get()
    if stated:
        value = count(stated)
    else:
        images = " ".join(card.xpath('.//*[contains(@class, "star-rating")]//img/@*').getall())
        match = RATED.search(images)
        value = int(next(group for group in match.groups() if group)) if match else None
    return Rating(value=value) if value is not None and 1 <= value <= 5 else None  # noqa: PLR2004 (the scale)


def _dates(card: Any) -> dict[str, Any]:  # noqa: ANN401
    script = card.xpath('.//script[@data-initial-state="review-dates"]/text()').get()
    if script:
        try:
            dates = read_json(script)
        except ValueError:
            dates = None
        return {name: dig(dates, name) for name in ("publishedDate", "updatedDate")}
    return {
        "publishedDate": card.xpath(
            ".//*[@data-service-review-date-time-ago]/@datetime | .//time/@datetime"
        ).get()
    }
