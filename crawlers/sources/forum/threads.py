"""The layouts of a thread: its posts without what they quote and without signatures, and the next page.

It cannot see posts that the forum shows to its members only, nor the timezone of dates that state none.
"""

import re
from collections.abc import Callable, Sequence
from urllib.parse import urljoin

from parsel import Selector

from crawlers.reading.extract import absolute_url, clean, element_text, one_line, registrable_host, title_of
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.pager import listing_name
from crawlers.reading.quotes import drop_quotes
from crawlers.sources.forum.software import ForumSoftware
from ouidire.clock import StatedDate
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

_OTHER_CALENDAR = re.compile(r"(?<!\d)1[2-4]\d\d[/-]\d{1,2}[/-]\d{1,2}(?!\d)")
"""A date of the Persian or the Islamic calendar: no date to us, and no fault."""

_LATER_PAGE = re.compile(r"(?:[?&](?:start|page)=|/page-?)(?!0*1?(?!\d))\d")


def is_of(software: ForumSoftware, page: Page) -> bool:
    """Return whether a page has a mark of the program."""
    return any(mark in page.lowered for mark in software.marks)


def knows(software: ForumSoftware) -> Callable[[Page], bool]:
    """Return a function that says whether a page is a thread of a forum that runs this program."""

    def is_known(page: Page) -> bool:
        return is_of(software, page) and _found(page, software.post)

    return is_known


def _found(page: Page, expression: str) -> bool:
    try:
        return bool(page.selector.xpath(expression))
    except (LayoutChanged, ValueError):
        return False


def parse(software: ForumSoftware) -> Callable[[Page], Parsed]:
    """Return the reader of threads of this program. It raises LayoutChanged when no post can be read."""

    def read_thread(page: Page) -> Parsed:
        read = ReadMentions(page)
        title = _title_of(page, software)
        earlier = page.selector.xpath("//link[@rel='prev']/@href | //a[@rel='prev']/@href")
        is_first_page = not earlier and not _LATER_PAGE.search(page.url)
        for position, post in enumerate(page.selector.xpath(software.post), 1):
            opens = position == 1 and is_first_page
            _keep(post, software, f"post {position}", page, read, title=title, opens=opens)
        following = next_page(page, software)
        follow = (Request(url=following, context=page.context),) if following else ()
        return read.parsed(follow=follow, last_page=following is None)

    return read_thread


def _title_of(page: Page, software: ForumSoftware) -> str | None:
    """Return a thread's title: a heading of one line, else the page's own before the forum's name."""
    shown = [_text_of([each]).strip() for each in page.selector.xpath(software.title)[:4]]
    heading = next((each for each in shown if each and "\n" not in each), None)
    return one_line(heading or title_of(page).partition(" | ")[0], limit=300)


def _keep(
    post: Selector,
    software: ForumSoftware,
    where: str,
    page: Page,
    read: ReadMentions,
    *,
    title: str | None,
    opens: bool,
) -> None:
    numbers = (re.search(r"\d{1,15}", each) for each in post.xpath(software.post_id).getall())
    number = next((found[0] for found in numbers if found), None)
    if number is None:
        read.reject("unreadable", where, "no number")
        return
    body = next((found for each in software.body if (found := post.xpath(each))), None)
    if not body:
        read.reject("unreadable", where, "no words")
        return
    root = body[0].root
    drop_quotes(root)
    name = "post_{}" if software.anchor == "post{}" else software.anchor
    extra: dict[str, Extra] = {"thread": title} if title and not opens else {}
    read.keep(
        Mention(
            kind="post" if opens else "comment",
            entity=entity_of(page),
            native_id=name.format(number),
            url=f"{page.url.partition('#')[0]}#{software.anchor.format(number)}",
            title=title if opens else None,
            text=element_text(root),
            author=author_of(post, software.author),
            published=date_of(post, software.date, where, read),
            extra=extra,
        ),
        where,
    )


def entity_of(page: Page) -> str:
    """Return the name of the thread or board that was asked for, else that of the page."""
    return page.context.get("entity") or listing_name(page.url)


def author_of(post: Selector, expression: str) -> str | None:
    """Return the first name that an expression finds."""
    for found in post.xpath(expression):
        if name := one_line(_text_of([found]), limit=200):
            return name
    return None


def date_of(post: Selector, expressions: Sequence[str], where: str, read: ReadMentions) -> StatedDate | None:
    """Return the first date that an expression finds; where each is none, it is said."""
    told: str | None = None
    for found in (one for each in expressions for one in post.xpath(each)[:4]):
        text = one_line(_text_of([found]), limit=300) or ""
        stated = text.rpartition("»")[2].strip() or text
        told = told or stated[-60:]
        for each in (stated, stated.rpartition("»")[2]):
            if date := read.date(each[-100:], None):
                return date
    if told and not _OTHER_CALENDAR.search(told):
        read.reject("bad_date", where, told)
    return None


def next_page(page: Page, software: ForumSoftware) -> str | None:
    """Return the next page of a listing on the same site, or None."""
    base = urljoin(page.url, page.selector.xpath("//base/@href").get() or "")
    for link in page.selector.xpath(software.next_page).getall():
        url = absolute_url(base, link)
        if url is None or registrable_host(url) != registrable_host(page.url):
            continue
        if url.partition("#")[0] != page.url.partition("#")[0]:
            return url
    return None


def _text_of(found: Sequence[Selector]) -> str:
    """Return the words of the first thing found: an element's, an attribute's or a text's."""
    if not found:
        return ""
    root = found[0].root
    return clean(root) if isinstance(root, str) else element_text(root)
