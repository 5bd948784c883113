"""The layouts of a Facebook page's lists: recommendations, posts with their comments, and mentions.

It cannot see who wrote where Facebook hides it, nor posts of private accounts.
"""

import re
from collections.abc import Mapping

from crawlers.reading.extract import count, decimal
from crawlers.reading.json_answer import JsonObject, known_object, mapping, name_of, objects, plain_text
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.services.graph import OBJECT, cursor_after, graph_request, listed
from ouidire.items import Parsed
from ouidire.mention import OWN_PAGE, Extra, Mention, MentionKind, Rating, Reply
from ouidire.page import Page, Request

COMMENT = "id,message,created_time,like_count,permalink_url,from"
COMMENTS = f"{COMMENT},comments.limit(25){{{COMMENT}}}"
FIELDS = {
    "recommendations": "created_time,recommendation_type,review_text,rating,reviewer,"
    f"open_graph_story{{id,comments.limit(25){{{COMMENT}}}}}",
    "posts": f"id,message,created_time,permalink_url,from,comments.limit(100).filter(toplevel){{{COMMENTS}}}",
    "mentions": "id,message,created_time,permalink_url,from",
}
PATHS = {"recommendations": "ratings", "posts": "feed", "mentions": "tagged"}
A_PAGE = {"recommendations": "100", "posts": "25", "mentions": "100"}
BEST = 5


def page_request(kind: str, context: Mapping[str, str], *, after: str | None = None) -> Request:
    """Return the request for a page of one of the three lists."""
    asked = {"fields": FIELDS[kind], "limit": A_PAGE[kind]}
    return graph_request(f"{context['page']}/{PATHS[kind]}", asked, context, kind=kind, after=after)


def knows_recommendations(page: Page) -> bool:
    """Return whether the page is a list of recommendations, by how it was asked for or by its rows."""
    return _is_asked(page, "recommendations") or _has(page, "recommendation_type")


def knows_posts(page: Page) -> bool:
    """Return whether the page is a list of posts or of a post's comments."""
    return _is_asked(page, "posts") or _is_asked(page, "comments") or _has(page, "comments")


def knows_mentions(page: Page) -> bool:
    """Return whether the page is a list of posts that name the page."""
    return _is_asked(page, "mentions") or (_has(page, "message") and not _has(page, "comments"))


def parse_recommendations(page: Page) -> Parsed:
    """Read recommendations: what people say, and whether they recommend the page. Raises LayoutChanged."""
    answer, rows = listed(page)
    read = ReadMentions(page)
    for position, row in enumerate(rows, 1):
        where = f"recommendation {position}"
        held = mapping(row)
        created = name_of(held.get("created_time"), limit=40)
        story = mapping(held.get("open_graph_story"))
        stars = decimal(held.get("rating"))
        stated = (name_of(held.get("recommendation_type"), limit=20) or "").lower()
        extra: dict[str, Extra] = {"recommends": stated == "positive"} if stated in RECOMMENDS else {}
        if extra and stars is None and not plain_text(held.get("review_text")):
            read.reject("no_words", where, stated)
            continue
        read.keep(
            Mention(
                kind="review",
                entity=_entity(page),
                native_id=name_of(story.get("id"), limit=120) or created,
                text=plain_text(held.get("review_text")),
                author=name_of(mapping(held.get("reviewer")).get("name"), limit=200),
                published=read.date(created, where),
                rating=Rating(value=stars) if stars is not None and 1 <= stars <= BEST else None,
                reply=_reply(story, page, read),
                extra=extra,
            ),
            where,
        )
    return _ended(page, answer, read, kind="recommendations")


def parse_posts(page: Page) -> Parsed:
    """Read posts and comments of others: the page's own posts are no mentions. Raises LayoutChanged."""
    answer, rows = listed(page)
    read = ReadMentions(page)
    more: list[Request] = []
    for position, row in enumerate(rows, 1):
        where, held = f"row {position}", mapping(row)
        if not held:
            read.reject("unreadable", where, "no object")
        elif page.kind == "comments":
            _keep(held, page, where, read, kind="comment")
        else:
            if not _is_own(held, page):
                _keep(held, page, where, read, kind="post")
            comments = mapping(held.get("comments"))
            for number, each in enumerate(objects(comments.get("data")), 1):
                _keep(each, page, f"{where}, comment {number}", read, kind="comment")
            more += _more_comments(held, comments, page)
    if page.kind == "comments":
        return _ended(page, answer, read, kind="comments")
    return _ended(page, answer, read, kind="posts", more=more)


def parse_mentions(page: Page) -> Parsed:
    """Read posts of others that name the page. Raises LayoutChanged."""
    answer, rows = listed(page)
    read = ReadMentions(page)
    for position, row in enumerate(rows, 1):
        held = mapping(row)
        if held and not _is_own(held, page):
            _keep(held, page, f"post {position}", read, kind="post")
        elif not held:
            read.reject("unreadable", f"post {position}", "no object")
    return _ended(page, answer, read, kind="mentions")


RECOMMENDS = ("positive", "negative")


def _is_asked(page: Page, kind: str) -> bool:
    return page.kind == kind and "page" in page.context and isinstance(known_object(page).get("data"), list)


def _has(page: Page, name: str) -> bool:
    return page.kind == "list" and any(name in each for each in objects(known_object(page).get("data")))


def _entity(page: Page) -> str:
    return page.context.get("entity") or _page_id(page) or "saved"


def _page_id(page: Page) -> str:
    """Return the page's number, of the request or of a saved answer's address; empty where neither has it."""
    match = re.search(r"/v\d{1,3}\.\d{1,2}/(\d{5,20})/", page.url)
    return page.context.get("page") or (match[1] if match else "")


def _is_own(row: JsonObject, page: Page) -> bool:
    """Return whether the page itself wrote a post or comment; Facebook names the writers of pages always."""
    return name_of(mapping(row.get("from")).get("id"), limit=120) == (_page_id(page) or "-")


def _keep(row: JsonObject, page: Page, where: str, read: ReadMentions, *, kind: MentionKind) -> None:
    """Take a post or comment of somebody else, with the page's answer to it."""
    if _is_own(row, page):
        return
    link = name_of(row.get("permalink_url"), limit=1_000)
    read.keep(
        Mention(
            kind=kind,
            entity=_entity(page),
            native_id=name_of(row.get("id"), limit=120),
            url=link if link and link.startswith("https://") else None,
            text=plain_text(row.get("message")),
            author=name_of(mapping(row.get("from")).get("name"), limit=200),
            published=read.date(row.get("created_time"), where),
            likes=count(row.get("like_count")),
            extra={OWN_PAGE: True},
            reply=_reply(row, page, read) if kind == "comment" else None,
        ),
        where,
    )
    for number, each in enumerate(objects(mapping(row.get("comments")).get("data")), 1):
        if kind == "comment":
            _keep(each, page, f"{where}, answer {number}", read, kind="comment")


def _reply(row: JsonObject, page: Page, read: ReadMentions) -> Reply | None:
    """Return the page's own first answer."""
    answers = [each for each in objects(mapping(row.get("comments")).get("data")) if _is_own(each, page)]
    text = plain_text(answers[0].get("message")) if answers else ""
    return Reply(text=text, published=read.date(answers[0].get("created_time"), None)) if text else None


def _more_comments(row: JsonObject, comments: JsonObject, page: Page) -> list[Request]:
    post, after = name_of(row.get("id"), limit=120) or "", cursor_after(comments)
    if after is None or not OBJECT.fullmatch(post) or "version" not in page.context:
        return []
    asked = {"fields": COMMENTS, "filter": "toplevel", "limit": "100"}
    context = {**page.context, "post": post}
    return [graph_request(f"{post}/comments", asked, context, kind="comments", after=after)]


def _ended(
    page: Page,
    answer: JsonObject,
    read: ReadMentions,
    *,
    kind: str,
    more: list[Request] | None = None,
) -> Parsed:
    """Return what was read, and the requests for what follows; of posts, as many as are asked for."""
    after, context = cursor_after(answer), page.context
    left = int(context.get("posts", "0")) - int(A_PAGE["posts"]) if kind == "posts" else 1
    follow = list(more or [])
    if after is not None and left > 0 and "version" in context:
        follow.append(_next(kind, context, after, left))
    return read.parsed(
        follow=follow,
        last_page=after is None,
        nothing=all(each.reason == "no_words" for each in read.rejected),
    )


def _next(kind: str, context: Mapping[str, str], after: str, left: int) -> Request:
    if kind == "comments":
        asked = {"fields": COMMENTS, "filter": "toplevel", "limit": "100"}
        return graph_request(f"{context['post']}/comments", asked, context, kind=kind, after=after)
    own = {**context, "posts": str(left)} if kind == "posts" else context
    return page_request(kind, own, after=after)
