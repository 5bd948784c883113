"""The layouts `article` and `views`: an article's opening with its latest changes, and how often it was read.

It cannot see why an article was changed beyond what its editors say, nor who reads it.
"""

import re
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from crawlers.reading.extract import absolute_url
from crawlers.reading.json_answer import (
    JsonObject,
    check_status,
    known_object,
    mapping,
    name_of,
    objects,
    plain_text,
    read_object,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.refusals import check_refused
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.items import Parsed
from ouidire.mention import Extent, Extra, Mention
from ouidire.page import Page, Request

DAYS: Final = 30
"""Days of views and changes that are counted."""
OPENING: Final = 6_000
"""Characters kept of an article's opening."""
OK: Final = 200
NOT_FOUND: Final = 404
UNDOING: Final = ("mw-undo", "mw-rollback", "mw-manual-revert")
PASSING: Final = frozenset({"maxlag", "ratelimited", "readonly"})
KEPT: Final = ("page", "name", "title", "text", "url", "edits", "undone", "updated")
"""What of an article travels to its views."""


def check(page: Page) -> None:
    """Raise for an answer that is an error, which MediaWiki states with status 200; no views are none."""
    answer = known_object(page)
    error = mapping(answer.get("error"))
    code, words = name_of(error.get("code"), limit=80), name_of(error.get("info"), limit=200)
    if code in PASSING:
        raise RateLimited(f"Wikipedia: {code}: {words}; try again later")
    if code is not None and "denied" in code:
        raise Blocked(f"Wikipedia: {code}: {words}")
    if page.kind == "views" and page.status == NOT_FOUND:
        return
    if not answer and page.status == OK:
        check_refused(page)
    check_status(page, words or name_of(answer.get("detail")), advice="set fetch.contact: it is asked for")
    if error:
        raise SourceError(f"Wikipedia did not answer: {code}: {words}")


def knows_article(page: Page) -> bool:
    """Return whether the page describes an article."""
    return isinstance(mapping(known_object(page).get("query")).get("pages"), list)


def knows_views(page: Page) -> bool:
    """Return whether the page counts an article's views, or says that there are none."""
    return isinstance(known_object(page).get("items"), list) or (
        page.kind == "views" and page.status == NOT_FOUND
    )


def parse_article(page: Page) -> Parsed:
    """Read an article's opening and its changes, and the request for its views.

    Raises SourceGone where there is no such article, SourceError for a page of several meanings.
    """
    found = objects(mapping(read_object(page).get("query")).get("pages"))
    if len(found) != 1:
        raise LayoutChanged("one article", selector="query.pages[]")
    about = found[0]
    title = name_of(about.get("title"), limit=300)
    if about.get("missing") is True or about.get("invalid") is True:
        raise SourceGone(f"Wikipedia has no article {title!r}: correct title, as the article's page shows it")
    if "disambiguation" in mapping(about.get("pageprops")):
        raise SourceError(f"{title!r} lists several meanings: give the title of the brand's own article")
    name = name_of(about.get("pageid"), limit=20)
    if title is None or name is None or "extract" not in about:
        raise LayoutChanged("an article's opening", selector="query.pages[].extract")
    known = {
        "page": name,
        "name": page.context.get("entity") or f"{urlsplit(page.url).hostname}/{title}",
        "title": title,
        "text": plain_text(about.get("extract"))[:OPENING],
        "url": absolute_url(page.url, about.get("fullurl")) or "",
    } | _changes(about, page)
    read = ReadMentions(page)
    read.keep(_mention(known, page, read, extent="summary"), "the article")
    return read.parsed(follow=(_views_of(title, known, page),), last_page=True)


def parse_views(page: Page) -> Parsed:
    """Read an article's views, and give the article with them as its reach."""
    read = ReadMentions(page)
    known = {each: page.context.get(each, "") for each in KEPT}
    if not known["page"] or not known["title"]:
        raise LayoutChanged("the article that is counted", selector="the request's context")
    views = None
    if page.status != NOT_FOUND:
        counts = [item.get("views") for item in objects(read_object(page).get("items"))]
        numbers = [int(each) for each in counts if isinstance(each, int | float) and 0 <= each < 1e12]  # noqa: PLR2004 (more than people)
        views = sum(numbers) if numbers else None
    mention = _mention(known, page, read, extent="full").model_copy(update={"reach": views})
    read.keep(mention, "the article")
    return read.parsed(last_page=True)


def _changes(about: JsonObject, page: Page) -> dict[str, str]:
    """Return how often people changed an article in the last days, how many changes undid another, and when.

    Changes by the programs of Wikipedia's own do not count.
    """
    read = ReadMentions(page)
    since = page.fetched_at - timedelta(days=DAYS)
    revisions = objects(about.get("revisions"))
    dated = [(read.date(each.get("timestamp"), None), each) for each in revisions]
    recent = [each for at, each in dated if at and at.at >= since and not each.get("bot")]
    undone = [each for each in recent if _tags(each) & frozenset(UNDOING)]
    newest = name_of(revisions[0].get("timestamp"), limit=40) if revisions else None
    return {"edits": str(len(recent)), "undone": str(len(undone)), "updated": newest or ""}


def _tags(revision: JsonObject) -> frozenset[str]:
    tags = revision.get("tags")
    return frozenset(str(each) for each in tags) if isinstance(tags, list) else frozenset()


def _mention(known: dict[str, str], page: Page, read: ReadMentions, *, extent: Extent) -> Mention:
    extra: dict[str, Extra] = {}
    for field, key in (("edits", "edits"), ("edits_undone", "undone")):
        if re.fullmatch(r"\d{1,6}", known[key]):
            extra[field] = int(known[key])
    return Mention(
        kind="article",
        entity=known["name"],
        native_id=known["page"],
        url=known["url"] or None,
        title=known["title"],
        text=known["text"],
        language=page.context.get("language"),
        updated=read.date(known["updated"], None),
        extent=extent,
        extra=extra,
    )


def _views_of(title: str, known: dict[str, str], page: Page) -> Request:
    """Return the request for the views of the last days, up to the day before the fetch."""
    last = page.fetched_at - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    base = page.context.get("views") or "https://wikimedia.org"
    project = page.context.get("project") or (urlsplit(page.url).hostname or "").removeprefix("www.")
    path = f"{project}/all-access/user/{quote(title.replace(' ', '_'), safe='')}/daily"
    url = f"{base}/api/rest_v1/metrics/pageviews/per-article/{path}/{first:%Y%m%d}/{last:%Y%m%d}"
    return Request(url=url, kind="views", context=page.context | {key: known[key] for key in KEPT})
