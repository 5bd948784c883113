"""What a page states of reviews and ratings, in whichever syntaxes, and the next page of its listing.

It cannot see reviews that the page shows without marking them up.
"""

from collections.abc import Iterable, Iterator

from crawlers.reading.pager import following_page, listing_name, listing_url
from crawlers.reading.schema.blocks import read_blocks
from crawlers.reading.schema.empty import says_none
from crawlers.reading.schema.found import FoundRating, FoundReviews, ReviewedThing
from crawlers.reading.schema.identity import NativeIds, is_same, main_subject, native_ids, subject_entity
from crawlers.reading.schema.reviews import interpret
from ouidire.errors import LayoutChanged
from ouidire.items import Item, Parsed, Rejected, StatedId
from ouidire.mention import Mention, RatingSummary
from ouidire.page import Page, Request


def parse(page: Page) -> Parsed:
    """Read what a page states in all its syntaxes together; what one repeats of another is merged.

    Raises LayoutChanged when it states nothing of what is expected.
    """
    blocks, broken = read_blocks(page)
    found = interpret(blocks, fetched_at=page.fetched_at)
    name = page.context.get("entity") or listing_name(page.url)
    expect = page.context.get("expect", "any")
    main = main_subject(found, page)
    items: list[Item] = [_summary(rating, name, main, page) for rating in found.ratings]
    stated = native_ids(found.reviews, page)
    counted = {
        len(items) + place: StatedId(native_id=native_id, url=url)
        for place, (native_id, url) in enumerate(stated.ids)
        if stated.counts and native_id is not None
    }
    items += _mentions(found, name, main, page, stated)
    wanted = {"reviews": found.reviews, "rating": found.ratings}.get(expect, items)
    says_empty = (
        not wanted and not (expect == "reviews" and _counted(found)) and (found.says_none or says_none(page))
    )
    if not wanted and not says_empty:
        raise LayoutChanged(
            _missing(found, broken, expect), selector="JSON-LD, microdata or RDFa: Review, AggregateRating"
        )
    number = int(page.context.get("page", "1"))
    following = following_page(page, number=number) if found.reviews else None
    total = next(
        (one.review_count for one in found.ratings if found.reviews and is_same(one.subject, main)), None
    )
    return Parsed(
        items=tuple(items),
        follow=tuple(_follow(page, following, name, number)),
        rejected=(*broken, *found.rejected),
        declared_total=total,
        says_empty=says_empty,
        last_page=_ends(len(found.reviews), total, number, following),
        counted=counted,
    )


def _ends(reviews: int, total: int | None, number: int, following: str | None) -> bool | None:
    """Return whether the listing ends here.

    One page without a pager is a window (the latest ten) unless it holds all it declares.
    """
    if not reviews:
        return None
    if following is not None:
        return False
    return number > 1 or (total is not None and reviews >= total)


def _missing(found: FoundReviews, broken: list[Rejected], expect: str) -> str:
    what = {"reviews": "reviews", "rating": "an aggregate rating"}.get(expect, "reviews or ratings")
    if broken:
        return f"{what} ({len(broken)} unreadable script(s): {broken[0].detail})"
    return f"{what} (the page has {len(found.reviews)} reviews and {len(found.ratings)} ratings)"


def _counted(found: FoundReviews) -> bool:
    return any(rating.review_count or rating.rating_count for rating in found.ratings)


def _summary(found: FoundRating, name: str, main: ReviewedThing, page: Page) -> RatingSummary:
    return RatingSummary(
        entity=subject_entity(found.subject, name, main, page),
        subject=found.subject.name,
        url=listing_url(page.url),
        rating=found.rating,
        rating_count=found.rating_count,
        review_count=found.review_count,
    )


def _mentions(
    found: FoundReviews, name: str, main: ReviewedThing, page: Page, stated: NativeIds
) -> Iterable[Mention]:
    for review, own in zip(found.reviews, stated.ids, strict=True):
        native_id, url = (None, None) if stated.counts else own
        yield Mention(
            entity=subject_entity(review.subject, name, main, page),
            native_id=native_id,
            url=url or listing_url(page.url),
            title=review.title,
            text=review.text,
            language=review.language,
            author=review.author,
            subject=review.subject.name or main.name,
            published=review.published,
            updated=review.updated,
            rating=review.rating,
            likes=review.likes,
            reply=review.reply,
        )


def _follow(page: Page, url: str | None, name: str, number: int) -> Iterator[Request]:
    if url is not None:
        yield Request(
            url=url,
            render=page.context.get("render") == "yes",
            context={**page.context, "entity": name, "page": str(number + 1)},
        )
