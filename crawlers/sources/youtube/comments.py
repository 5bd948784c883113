"""The layouts `threads` and `replies`: comments of a video or a channel, and all the answers to one of them.

It cannot see comments that wait for approval, nor those that were removed.
"""

from typing import Final

from crawlers.reading.extract import count
from crawlers.reading.json_answer import (
    JsonObject,
    known_object,
    mapping,
    markup_text,
    name_of,
    objects,
    plain_text,
    read_object,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.sources.youtube.calls import call, following
from crawlers.sources.youtube.errors import has_nothing
from crawlers.upkeep import AGAIN
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.mention import OWN_PAGE, Extra, Mention
from ouidire.page import Page, Request

THREADS: Final = "youtube#commentThreadListResponse"
REPLIES: Final = "youtube#commentListResponse"
WATCH: Final = "https://www.youtube.com/watch?v="


def knows_threads(page: Page) -> bool:
    """Return whether the page is a list of threads, or says that there are no comments to be read."""
    return known_object(page).get("kind") == THREADS or has_nothing(page)


def knows_replies(page: Page) -> bool:
    """Return whether the page is a list of the answers to a comment."""
    return known_object(page).get("kind") == REPLIES


def parse_threads(page: Page) -> Parsed:
    """Read threads, newest first: each comment, the answers given with it, and where more of them are."""
    if has_nothing(page):
        return ReadMentions(page).parsed() if page.kind == AGAIN else Parsed(says_empty=True)
    answer, read = read_object(page), ReadMentions(page)
    threads = _items(answer)
    more: list[Request] = []
    for position, thread in enumerate(threads, 1):
        about = mapping(thread.get("snippet"))
        top = mapping(about.get("topLevelComment"))
        video = name_of(about.get("videoId"), limit=40)
        _keep(top, video, f"thread {position}", page, read)
        replies = objects(mapping(thread.get("replies")).get("comments"))
        for number, reply in enumerate(replies, 1):
            _keep(reply, video, f"thread {position}, reply {number}", page, read, is_reply=True)
        name = name_of(top.get("id"), limit=100) or name_of(thread.get("id"), limit=100)
        if name and (count(about.get("totalReplyCount")) or 0) > len(replies):
            more += [_replies_of(page, name, video)] if page.context.get("key_env") else []
    follow = () if read.is_past else following(page, answer)
    return read.parsed(follow=(*more, *follow), last_page=not follow and not more and not read.is_past)


def parse_replies(page: Page) -> Parsed:
    """Read the answers to one comment."""
    answer, read = read_object(page), ReadMentions(page)
    for position, reply in enumerate(_items(answer), 1):
        is_reply = page.kind != AGAIN  # of a comment asked for again that is known
        _keep(reply, page.context.get("video"), f"reply {position}", page, read, is_reply=is_reply)
    follow = following(page, answer)
    return read.parsed(follow=follow, last_page=not follow)


def _items(answer: JsonObject) -> list[JsonObject]:
    """Return the rows of an answer. Raises LayoutChanged when it counts some and gives none."""
    rows = objects(answer.get("items"))
    if not rows and count(mapping(answer.get("pageInfo")).get("totalResults")):
        raise LayoutChanged("comments, of which there are some", selector="items, pageInfo.totalResults")
    if not isinstance(answer.get("items"), list):
        raise LayoutChanged("a list of comments", selector="items")
    return rows


def _replies_of(page: Page, name: str, video: str | None) -> Request:
    context = page.context | ({"video": video} if video else {})
    asked = {"part": "snippet", "parentId": name, "maxResults": "100", "textFormat": "plainText"}
    return call(page.url, "comments", asked, kind="replies", context=context)


def _keep(
    comment: JsonObject,
    video: str | None,
    where: str,
    page: Page,
    read: ReadMentions,
    *,
    is_reply: bool = False,
) -> None:
    about = mapping(comment.get("snippet"))
    native_id = name_of(comment.get("id"), limit=100)
    text = plain_text(about.get("textOriginal")) or markup_text(about.get("textDisplay"))
    published = read.date(about.get("publishedAt"), where)
    updated = read.date(about.get("updatedAt"), None)
    shown = video or name_of(about.get("videoId"), limit=40)
    extra: dict[str, Extra] = {}
    if title := page.context.get("title"):
        extra["thread"] = title
    if is_reply:
        extra["answer"] = True
    if page.context.get(OWN_PAGE) == "yes":
        extra[OWN_PAGE] = True
    read.keep(
        Mention(
            kind="comment",
            entity=page.context.get("entity") or shown or "youtube",
            native_id=native_id,
            url=f"{WATCH}{shown}&lc={native_id}" if shown and native_id else None,
            text=text,
            author=name_of(about.get("authorDisplayName"), limit=200),
            published=published,
            updated=updated if updated != published else None,
            likes=count(about.get("likeCount")),
            extra=extra,
        ),
        where,
    )
