"""The layout `hits`: an answer of Hacker News' search by Algolia, newest first.

It cannot see what was deleted, nor more than 1,000 hits of one window of time: it asks for the next window.
"""

import re
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from crawlers.reading.extract import absolute_url, count
from crawlers.reading.json_answer import (
    JsonObject,
    check_status,
    known_object,
    markup_text,
    name_of,
    objects,
    read_object,
)
from crawlers.reading.mentions import ReadMentions, query_name
from crawlers.reading.quotes import without_quoted_lines
from crawlers.reading.refusals import check_refused
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

PER_PAGE: Final = 100
ITEM: Final = "https://news.ycombinator.com/item?id="
OK: Final = 200


def check(page: Page) -> None:
    """Raise for an answer that is an error, by its status or by its words."""
    answer = known_object(page)
    said = name_of(answer.get("message")) or name_of(answer.get("error"))
    if not answer and page.status == OK:
        check_refused(page)
    check_status(page, said)
    if said and "hits" not in answer:
        raise SourceError(f"the search was not answered: {said}")


def knows(page: Page) -> bool:
    """Return whether the page is an answer with hits."""
    return isinstance(known_object(page).get("hits"), list)


def parse(page: Page) -> Parsed:
    """Read an answer's stories and comments.

    Raises LayoutChanged where hits are counted and none is given.
    """
    answer = read_object(page)
    listed, total = objects(answer.get("hits")), count(answer.get("nbHits"))
    number, pages = count(answer.get("page")) or 0, count(answer.get("nbPages")) or 0
    if not listed and total and number < pages:
        raise LayoutChanged("hits, of which there are some", selector="hits, nbHits")
    asked = parse_qs(urlsplit(page.url).query)
    entity = page.context.get("entity") or query_name((asked.get("query") or [""])[0])
    read = ReadMentions(page)
    for position, hit in enumerate(listed, 1):
        _keep(hit, entity, f"hit {position}", read)
    follow = _following(page, listed, number, pages, total or 0) if listed and not read.is_past else ()
    return read.parsed(follow=follow, last_page=False)


def _keep(hit: JsonObject, entity: str, where: str, read: ReadMentions) -> None:
    native_id = name_of(hit.get("objectID"), limit=40)
    words = hit.get("comment_text")
    is_comment = bool(words) or (hit.get("parent_id") is not None and not hit.get("title"))
    link = absolute_url(ITEM, hit.get("url")) if hit.get("url") else None
    extra: dict[str, Extra] = {}
    if thread := name_of(hit.get("story_title")):
        extra["thread"] = thread
    if link:
        extra["link"] = link[:1000]
    if (comments := count(hit.get("num_comments"))) is not None:
        extra["comments"] = comments
    read.keep(
        Mention(
            kind="comment" if is_comment else "post",
            entity=entity,
            native_id=native_id,
            url=f"{ITEM}{native_id}" if native_id and native_id.isdigit() else link,
            title=None if is_comment else name_of(hit.get("title")),
            text=without_quoted_lines(markup_text(words or hit.get("story_text"))),
            author=name_of(hit.get("author"), limit=200),
            published=read.date(hit.get("created_at_i") or hit.get("created_at"), where),
            likes=count(hit.get("points")),
            extra=extra,
        ),
        where,
    )


def _following(
    page: Page, listed: list[JsonObject], number: int, pages: int, total: int
) -> tuple[Request, ...]:
    """Return the request of the next page; after a window's last one, that of the next window of time."""
    if number + 1 < pages:
        return (_asking(page, {"page": str(number + 1)}),)
    seconds = [count(hit.get("created_at_i")) for hit in listed]
    oldest = min((each for each in seconds if each), default=None)
    if oldest is None or total <= (number + 1) * PER_PAGE:
        return ()
    asked = parse_qs(urlsplit(page.url).query).get("numericFilters", [""])[0]
    kept = [each for each in asked.split(",") if re.fullmatch(r"created_at_i>\d+", each)]
    return (_asking(page, {"page": "0", "numericFilters": ",".join([*kept, f"created_at_i<={oldest}"])}),)


def _asking(page: Page, changed: dict[str, str]) -> Request:
    parts = urlsplit(page.url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return Request(url=parts._replace(query=urlencode(asked)).geturl(), context=page.context)
