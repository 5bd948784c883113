"""The layouts `search`, `topic` and `post`: extracts that a forum's search finds, a topic's posts, one post.

It cannot see topics that a forum shows to its members only, nor posts of a topic beyond its first page.
"""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawlers.reading.extract import count
from crawlers.reading.json_answer import (
    JsonObject,
    check_status,
    known_object,
    mapping,
    markup_text,
    name_of,
    objects,
    own_words,
    plain_text,
    read_object,
)
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.refusals import check_refused
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.mention import Extent, Extra, Mention
from ouidire.page import Page, Request

OK: Final = 200
GROUPED: Final = "grouped_search_result"


def check(page: Page) -> None:
    """Raise for an answer that is an error, by its status or by its words."""
    answer = known_object(page)
    listed = answer.get("errors")
    said = name_of(listed[0]) if isinstance(listed, list) and listed else None
    said = said or name_of(answer.get("error")) or name_of(mapping(answer.get(GROUPED)).get("error"))
    if not answer and page.status == OK:
        check_refused(page)
    check_status(page, said, advice="the forum may show this to its members only: read its feeds by `feed`")
    if said:
        raise SourceError(f"the forum did not answer the search: {said}")


def knows_search(page: Page) -> bool:
    """Return whether the page is the answer of a search."""
    return isinstance(known_object(page).get(GROUPED), dict)


def knows_topic(page: Page) -> bool:
    """Return whether the page is a topic."""
    return isinstance(known_object(page).get("post_stream"), dict)


def knows_post(page: Page) -> bool:
    """Return whether the page is one post."""
    answer = known_object(page)
    return "topic_id" in answer and ("cooked" in answer or "raw" in answer)


def parse_search(page: Page) -> Parsed:
    """Read the extracts found, and the requests for their posts where whole texts are asked for."""
    answer, read = read_object(page), ReadMentions(page)
    grouped = mapping(answer.get(GROUPED))
    listed = objects(answer.get("posts"))
    if not listed and grouped.get("post_ids"):
        raise LayoutChanged("posts, of which there are some", selector="posts")
    topics = {count(topic.get("id")): topic for topic in objects(answer.get("topics"))}
    full = page.context.get("full_text") == "yes"
    follow: list[Request] = []
    for position, post in enumerate(listed, 1):
        topic = topics.get(count(post.get("topic_id")), {})
        _keep(post, topic, f"post {position}", page, read, extent="summary" if full else None)
        if full and name_of(post.get("id"), limit=20):
            follow.append(_whole(post, topic, page))
    if grouped.get("more_full_page_results") is True and listed and not read.is_past:
        follow.append(_next(page))
    return read.parsed(follow=follow, last_page=False)


def parse_topic(page: Page) -> Parsed:
    """Read the posts that a topic's page holds. Raises LayoutChanged when it holds none."""
    answer, read = read_object(page), ReadMentions(page)
    listed = objects(mapping(answer.get("post_stream")).get("posts"))
    if not listed:
        raise LayoutChanged("the posts of a topic", selector="post_stream.posts")
    for position, post in enumerate(listed, 1):
        _keep(post, answer, f"post {position}", page, read)
    stream = mapping(answer.get("post_stream")).get("stream")
    rest = len(stream) > len(listed) if isinstance(stream, list) else False
    return read.parsed(last_page=False if rest else None)


def parse_post(page: Page) -> Parsed:
    """Read one post as a whole."""
    post, read = read_object(page), ReadMentions(page)
    topic = {"title": page.context.get("title"), "slug": page.context.get("slug")}
    _keep(post, topic, "the post", page, read, extent="full" if "title" in page.context else None)
    return read.parsed()


def _keep(
    post: JsonObject,
    topic: JsonObject,
    where: str,
    page: Page,
    read: ReadMentions,
    *,
    extent: Extent | None = None,
) -> None:
    native_id = name_of(post.get("id"), limit=20)
    number = count(post.get("post_number")) or 1
    title = name_of(topic.get("title")) or name_of(topic.get("fancy_title"))
    is_first = number == 1
    slug = name_of(topic.get("slug") or post.get("topic_slug")) or "-"
    topic_id = name_of(post.get("topic_id") or topic.get("id"), limit=20)
    extra: dict[str, Extra] = {} if is_first or not title else {"thread": title}
    if post.get("hidden") is True or post.get("deleted_at"):
        read.reject("not_public", where, native_id)
        return
    words = own_words(post.get("cooked")) or plain_text(post.get("raw")) or markup_text(post.get("blurb"))
    read.keep(
        Mention(
            kind="post" if is_first else "comment",
            entity=page.context.get("entity") or urlsplit(page.url).hostname or "forum",
            native_id=native_id,
            url=f"{_base(page)}/t/{slug}/{topic_id}/{number}" if topic_id else None,
            title=title if is_first else None,
            text=words,
            extent=extent,
            author=name_of(post.get("username"), limit=200),
            published=read.date(post.get("created_at"), where),
            likes=count(post.get("like_count")),
            extra=extra,
        ),
        where,
    )


def _whole(post: JsonObject, topic: JsonObject, page: Page) -> Request:
    context = page.context | {
        "title": name_of(topic.get("title")) or "",
        "slug": name_of(topic.get("slug")) or "",
    }
    path = f"/posts/{name_of(post.get('id'), limit=20)}.json"
    return Request(url=f"{_base(page)}{path}", kind="post", context=context)


def _base(page: Page) -> str:
    """Return the forum's address, without a slash at its end."""
    parts = urlsplit(page.url)
    return page.context.get("base") or f"{parts.scheme}://{parts.netloc}"


def _next(page: Page) -> Request:
    parts = urlsplit(page.url)
    asked = dict(parse_qsl(parts.query))
    following = str((count(asked.get("page")) or 1) + 1)
    return Request(
        url=parts._replace(query=urlencode(asked | {"page": following})).geturl(), context=page.context
    )
