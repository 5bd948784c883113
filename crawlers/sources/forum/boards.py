"""The layouts of a board: its topics as they are titled, or the threads of those that name what is asked for.

It cannot see topics whose titles do not name it: a forum's feed, or its search, can.
"""

from collections.abc import Callable

from parsel import Selector

from crawlers.reading.extract import absolute_url, element_text, one_line
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.pager import listing_name
from crawlers.sources.forum import threads
from crawlers.sources.forum.software import TOPIC_LINK, ForumSoftware
from ouidire.errors import LayoutChanged
from ouidire.ids import canonical_url
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page, Request


def knows(software: ForumSoftware) -> Callable[[Page], bool]:
    """Return a function that says whether a page is a board of a forum that runs this program."""

    def is_known(page: Page) -> bool:
        try:
            return threads.is_of(software, page) and bool(page.selector.xpath(software.topic))
        except (LayoutChanged, ValueError):
            return False

    return is_known


def parse(software: ForumSoftware) -> Callable[[Page], Parsed]:
    """Return the reader of boards of this program. It raises LayoutChanged when no topic can be read."""

    def read_board(page: Page) -> Parsed:
        read = ReadMentions(page)
        base = page.selector.xpath("//base/@href").get() or page.url
        found = [
            topic
            for position, row in enumerate(page.selector.xpath(software.topic), 1)
            if (topic := _topic(row, software, f"topic {position}", page, read, base=base))
        ]
        if not found:
            raise LayoutChanged("the topics of a board", selector=software.topic[:60])
        follow: list[Request] = []
        for position, topic in enumerate(found, 1):
            if page.context.get("threads") != "yes":
                read.keep(topic, f"topic {position}")
                continue
            read.look_at(topic)
            if read.asks_for(topic.title):
                follow.append(_thread_of(topic, page))
        following = threads.next_page(page, software)
        if following and not read.is_past:
            follow.append(Request(url=following, context=page.context))
        return read.parsed(follow=follow, last_page=False)

    return read_board


def _topic(
    row: Selector, software: ForumSoftware, where: str, page: Page, read: ReadMentions, *, base: str
) -> Mention | None:
    links = row.xpath(TOPIC_LINK)
    title = one_line(element_text(links[-1].root), limit=300) if links else None
    url = absolute_url(base, links[-1].attrib.get("href")) if links else None
    if title is None or url is None:
        read.reject("unreadable", where, "no title or no link")
        return None
    return Mention(
        kind="post",
        entity=threads.entity_of(page),
        native_id=canonical_url(url)[:2_000],
        url=url,
        title=title,
        author=threads.author_of(row, software.topic_author),
        published=threads.date_of(row, software.topic_date, where, read),
    )


def _thread_of(topic: Mention, page: Page) -> Request:
    url = topic.url or ""
    kept = {name: value for name, value in page.context.items() if name not in {"threads", "entity"}}
    return Request(url=url, context=kept | {"entity": page.context.get("entity") or listing_name(page.url)})
