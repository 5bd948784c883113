"""The layout `videos`: a search's videos, those that name what is asked for as mentions, their comments next.

It cannot see what a video says: only its title and the beginning of its description.
"""

import html
from typing import Final

from crawlers.reading.json_answer import known_object, mapping, name_of, objects, plain_text, read_object
from crawlers.reading.mentions import ReadMentions
from crawlers.sources.youtube.calls import call, following
from crawlers.sources.youtube.comments import WATCH
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page, Request

SEARCH: Final = "youtube#searchListResponse"
COMMENTS: Final = {
    "part": "snippet,replies",
    "order": "time",
    "textFormat": "plainText",
    "maxResults": "100",
}


def knows(page: Page) -> bool:
    """Return whether the page is the answer of a search for videos."""
    return known_object(page).get("kind") == SEARCH


def parse(page: Page) -> Parsed:
    """Read the videos found. Raises LayoutChanged when the answer has no list of them."""
    answer, read = read_object(page), ReadMentions(page)
    if not isinstance(answer.get("items"), list):
        raise LayoutChanged("a list of videos", selector="items")
    follow: list[Request] = []
    for position, video in enumerate(objects(answer["items"]), 1):
        about, name = (
            mapping(video.get("snippet")),
            name_of(mapping(video.get("id")).get("videoId"), limit=40),
        )
        title = html.unescape(plain_text(about.get("title"))) or None
        text = html.unescape(plain_text(about.get("description")))
        if name is None:
            continue  # a channel or a playlist
        read.keep(
            Mention(
                kind="post",
                entity=page.context.get("entity") or "youtube",
                native_id=name,
                url=f"{WATCH}{name}",
                title=title,
                text=text,
                author=name_of(about.get("channelTitle"), limit=200),
                published=read.date(about.get("publishedAt"), f"video {position}"),
            ),
            f"video {position}",
        )
        if read.asks_for(title, text) and "key_env" in page.context:
            follow.append(comments_of(page.url, name, page.context | ({"title": title} if title else {})))
    pages = int(page.context.get("pages_left", "0"))
    more = following(page, answer) if pages > 0 else ()
    counted = {**page.context, "pages_left": str(pages - 1)}
    follow += [each.model_copy(update={"context": counted}) for each in more]
    return read.parsed(follow=follow, last_page=False)


def comments_of(base: str, video: str, context: dict[str, str]) -> Request:
    """Return the call for the comments of a video, newest first."""
    return call(base, "commentThreads", COMMENTS | {"videoId": video}, kind="threads", context=context)
