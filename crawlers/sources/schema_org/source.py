"""schema_org: reviews and ratings that any page publishes as JSON-LD, microdata or RDFa, page after page.

The entity is the listing's address: registrable host and path, without page number, sorting or campaign, so
that every page of a pager names the same one. It cannot see reviews that a page shows without marking them
up, and a product that simply has no review looks the same as one whose markup is gone: only a page that says
"none" ends as empty.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from crawlers.base import FactSheet, Params, Source
from crawlers.reading.pager import following_page, listing_name, listing_url
from crawlers.reading.refusals import check_refused
from crawlers.reading.schema.blocks import read_blocks
from crawlers.reading.schema.empty import says_none
from crawlers.reading.schema.found import FoundRating, FoundReviews, ReviewedThing
from crawlers.reading.schema.identity import is_same, main_subject, native_ids, subject_entity
from crawlers.reading.schema.reviews import interpret
from ouidire.errors import LayoutChanged
from ouidire.items import Item, Parsed, Rejected
from ouidire.mention import Mention, RatingSummary
from ouidire.page import Page, Request

Expect = Literal["reviews", "rating", "any"]


class SchemaParams(Params):
    """One page, or the first page of a listing.

    `expect` is what the page must state for a run to be called ok.
    """

    url: str = Field(pattern=r"^https?://[^/\s]+", description="The page, or the first page of a listing.")
    expect: Expect = Field(default="any", description="What the page must state for a run to be called ok.")
    render: bool = Field(
        default=False, description="Let Chromium render the page: only where its source lacks the reviews."
    )


def entity(params: SchemaParams) -> str:
    """Return the listing's name, like `exemple.fr/avis/lyon`."""
    return listing_name(params.url)


def requests(params: SchemaParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page; listings of unknown order have no use for `since`."""
    del since
    context = {"entity": entity(params), "expect": params.expect, "page": "1"} | (
        {"render": "yes"} if params.render else {}
    )
    yield Request(url=params.url, render=params.render, context=context)


def parse(page: Page) -> Parsed:
    """Read one page.

    Raises Blocked, SourceGone, or LayoutChanged when it states nothing of what is expected.
    """
    check_refused(page)
    blocks, broken = read_blocks(page)
    found = interpret(blocks, fetched_at=page.fetched_at)
    name = page.context.get("entity") or listing_name(page.url)
    expect = page.context.get("expect", "any")
    main = main_subject(found, page)
    items: list[Item] = [_summary(rating, name, main, page) for rating in found.ratings]
    items += _mentions(found, name, main, page)
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


def _mentions(found: FoundReviews, name: str, main: ReviewedThing, page: Page) -> Iterable[Mention]:
    ids = native_ids(found.reviews, page)
    for review, (native_id, url) in zip(found.reviews, ids, strict=True):
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


SOURCE = Source(
    slug="schema_org",
    about=FactSheet(
        title="Any page with schema.org reviews",
        site="any",
        kind="reviews",
        access="web",
        official_api="none: the markup is what sites publish for search engines to read",
        terms_url="https://schema.org/docs/terms.html",
        languages=(),
        rating_scale="the page's own (bestRating), 1–5 when it states none",
        limits="Only what is marked up, often the latest ten reviews. A review without an id is known by "
        "its author and date.",
        legal_note="Each site's own terms and robots.txt apply: check them before adding a page. Reviews "
        "are their authors' personal data (GDPR) and may be protected by the site's database "
        "right: keep what you need, for as long as you need it.",
    ),
    params=SchemaParams,
    entity=entity,
    requests=requests,
    parse=parse,
    versions=("2011 schema.org (JSON-LD, microdata, RDFa Lite)", "2009 data-vocabulary.org"),
)
