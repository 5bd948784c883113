"""What Trustpilot's pages without a data script share: company, score, pager, and reviews in JSON-LD.

It cannot see what only the data script has: countries, languages of cards, likes.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from crawlers.reading.extract import absolute_url, canonical_link, element_text, next_link
from crawlers.reading.schema.blocks import read_blocks
from crawlers.reading.schema.found import FoundReviews
from crawlers.reading.schema.reviews import interpret
from crawlers.sources.trustpilot.review import ADDRESS
from ouidire.errors import LayoutChanged
from ouidire.items import Item, Parsed
from ouidire.mention import Mention, RatingSummary
from ouidire.page import Page, Request

ReadCard = Callable[[Any, str, str, Page], Mention]
"""Reads one card (a parsel Selector) of a company, under its review's id, on a page."""

_ID = re.compile(r"[0-9a-f]{24}")
_COMPANY = re.compile(r"/review/([\w.\-]+)")


def read_listing(page: Page, *, cards: str | None = None, read_card: ReadCard | None = None) -> Parsed:
    """Read a company's score, and its reviews from the cards found by an XPath, completed by JSON-LD.

    JSON-LD alone is read without `cards`, or where no card has an id. Raises LayoutChanged when there is no
    review or no company.
    """
    match = _COMPANY.search(urlsplit(page.url).path) or _COMPANY.search(canonical_link(page) or "")
    blocks, broken = read_blocks(page)
    found = interpret(blocks, fetched_at=page.fetched_at)
    entity = match[1].lower() if match else _company_in_ids(found)
    if entity is None:
        raise LayoutChanged("a company page", selector="__NEXT_DATA__, or /review/<company> in the address")
    stated = _from_json_ld(found, entity)
    shown = _from_cards(page, entity, cards, read_card) if cards and read_card else []
    mentions = _completed(shown, stated) or stated
    if not mentions and not found.says_none:
        raise LayoutChanged("reviews", selector=" | ".join(filter(None, (cards, "JSON-LD Review"))))
    link = next_link(page) or absolute_url(
        page.url, page.selector.xpath('//a[@name="pagination-button-next"]/@href').get()
    )
    return Parsed(
        items=(*_score(found, entity), *mentions),
        follow=(Request(url=link, context=page.context),) if link and "/review/" in link else (),
        rejected=(*broken, *found.rejected),
        says_empty=not mentions,
        last_page=None if link is None else False,
    )


def text_of(card: Any, *conditions: str) -> str | None:  # noqa: ANN401 (a parsel Selector)
    """Return the visible text of the first element that meets one of the XPath conditions, or None."""
    for condition in conditions:
        for element in card.xpath(f".//*[{condition}]")[:1]:
            return element_text(element.root) or None
    return None


def _score(found: FoundReviews, entity: str) -> list[Item]:
    return [
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


def _company_in_ids(found: FoundReviews) -> str | None:
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


def _from_cards(page: Page, entity: str, cards: str, read_card: ReadCard) -> list[Mention]:
    mentions: dict[str, Mention] = {}
    for card in page.selector.xpath(cards):
        link = card.xpath('.//a[contains(@href, "/reviews/")]/@href').get() or card.xpath("@id").get() or ""
        match = _ID.search(link)
        if match is not None and match[0] not in mentions:
            mention = read_card(card, entity, match[0], page)
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
