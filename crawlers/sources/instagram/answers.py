"""The layouts of an Instagram account's lists: comments on its own media, and posts that tag it.

It cannot see stories, direct messages and private accounts.
"""

from collections.abc import Mapping

from crawlers.reading.extract import count
from crawlers.reading.json_answer import JsonObject, known_object, mapping, name_of, objects, plain_text
from crawlers.reading.mentions import ReadMentions
from crawlers.reading.services.graph import OBJECT, cursor_after, graph_request, listed
from ouidire.items import Parsed
from ouidire.mention import OWN_PAGE, Mention, Reply
from ouidire.page import Page, Request

COMMENT = "id,text,timestamp,like_count,username,replies{id,text,timestamp,like_count,username}"
FIELDS = {
    "comments": f"id,username,permalink,timestamp,comments_count,comments.limit(50){{{COMMENT}}}",
    "tags": "id,caption,permalink,timestamp,username,like_count,comments_count",
}
PATHS = {"comments": "media", "tags": "tags"}
A_PAGE = {"comments": 25, "tags": 50}


def list_request(kind: str, context: Mapping[str, str], *, after: str | None = None) -> Request:
    """Return the request for a page of one of the two lists."""
    asked = {"fields": FIELDS[kind], "limit": str(A_PAGE[kind])}
    return graph_request(f"{context['account']}/{PATHS[kind]}", asked, context, kind=kind, after=after)


def knows_comments(page: Page) -> bool:
    """Return whether the page is a list of media with comments, or of a medium's comments."""
    rows = known_object(page).get("data")
    if page.kind in ("comments", "more"):
        return isinstance(rows, list)
    return page.kind == "list" and any("comments" in each and "permalink" in each for each in objects(rows))


def knows_tags(page: Page) -> bool:
    """Return whether the page is a list of posts that tag the account."""
    rows = known_object(page).get("data")
    if page.kind == "tags":
        return isinstance(rows, list)
    known = any({"caption", "username", "permalink"} <= set(each) for each in objects(rows))
    return page.kind == "list" and known and not knows_comments(page)


def parse_comments(page: Page) -> Parsed:
    """Read comments of others on the account's own media, with its answers. Raises LayoutChanged."""
    answer, rows = listed(page)
    read = ReadMentions(page)
    follow: list[Request] = []
    for position, row in enumerate(rows, 1):
        held = mapping(row)
        if not held:
            read.reject("unreadable", f"row {position}", "no object")
        elif page.kind == "more":
            _keep(held, page, page.context, f"comment {position}", read)
        else:
            medium = {**page.context, **_medium(held)}
            comments = mapping(held.get("comments"))
            for number, each in enumerate(objects(comments.get("data")), 1):
                _keep(each, page, medium, f"medium {position}, comment {number}", read)
            follow += _more(comments, medium)
    after = cursor_after(answer)
    if page.kind == "more":
        follow += _more(answer, page.context)
        return read.parsed(follow=follow, last_page=after is None, nothing=not read.rejected)
    left = int(page.context.get("posts", "0")) - A_PAGE["comments"]
    if after is not None and left > 0 and "version" in page.context:
        follow.append(list_request("comments", {**page.context, "posts": str(left)}, after=after))
    return read.parsed(follow=follow, last_page=after is None, nothing=not read.rejected)


def parse_tags(page: Page) -> Parsed:
    """Read posts of others that tag the account. Raises LayoutChanged."""
    answer, rows = listed(page)
    read = ReadMentions(page)
    for position, row in enumerate(rows, 1):
        held = mapping(row)
        where = f"post {position}"
        read.keep(
            Mention(
                kind="post",
                entity=page.context.get("entity") or "saved",
                native_id=name_of(held.get("id"), limit=120),
                url=_link(held.get("permalink")),
                text=plain_text(held.get("caption")),
                author=name_of(held.get("username"), limit=200),
                published=read.date(held.get("timestamp"), where),
                likes=count(held.get("like_count")),
                extra={OWN_PAGE: True},
            ),
            where,
        )
    after = cursor_after(answer)
    goes_on = after is not None and "version" in page.context
    follow = (list_request("tags", page.context, after=after),) if goes_on else ()
    return read.parsed(follow=follow, last_page=after is None, nothing=not rows)


def _medium(row: JsonObject) -> dict[str, str]:
    """Return what the comments of a medium need to know of it: its id, its address, whose it is."""
    found = {
        "medium": name_of(row.get("id"), limit=120),
        "link": _link(row.get("permalink")),
        "owner": name_of(row.get("username"), limit=120),
    }
    return {name: text for name, text in found.items() if text}


def _more(comments: JsonObject, medium: Mapping[str, str]) -> list[Request]:
    after = cursor_after(comments)
    if after is None or "version" not in medium or not OBJECT.fullmatch(medium.get("medium", "")):
        return []
    asked = {"fields": COMMENT, "limit": "50"}
    return [graph_request(f"{medium['medium']}/comments", asked, medium, kind="more", after=after)]


def _keep(row: JsonObject, page: Page, medium: Mapping[str, str], where: str, read: ReadMentions) -> None:
    """Take a comment of somebody else with the account's answer to it, and what others answered."""
    owner = medium.get("owner")
    replies = objects(mapping(row.get("replies")).get("data"))
    name = name_of(row.get("username"), limit=200)
    if name is None or name != owner:
        own = [each for each in replies if owner and name_of(each.get("username")) == owner]
        text = plain_text(own[0].get("text")) if own else ""
        read.keep(
            Mention(
                kind="comment",
                entity=page.context.get("entity") or "saved",
                native_id=name_of(row.get("id"), limit=120),
                url=medium.get("link"),
                text=plain_text(row.get("text")),
                author=name,
                published=read.date(row.get("timestamp"), where),
                likes=count(row.get("like_count")),
                extra={OWN_PAGE: True},
                reply=Reply(text=text, published=read.date(own[0].get("timestamp"), None)) if text else None,
            ),
            where,
        )
    for number, each in enumerate(replies, 1):
        if "replies" not in each:
            _keep(each, page, medium, f"{where}, answer {number}", read)


def _link(value: object) -> str | None:
    link = name_of(value, limit=1_000)
    return link if link and link.startswith("https://") else None
