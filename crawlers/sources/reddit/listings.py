"""The layouts `listing` and `thread`: posts that a search finds, newest first, and a post with its comments.

It cannot see comments that Reddit folds away ("more"), nor what was removed.
"""

import html
import re
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from crawlers.access import BEARER
from crawlers.reading.extract import absolute_url, count, read_json
from crawlers.reading.json_answer import (
    JsonObject,
    check_status,
    known_object,
    mapping,
    name_of,
    objects,
    plain_text,
    read_object,
    read_value,
)
from crawlers.reading.mentions import ReadMentions, query_name
from crawlers.reading.quotes import without_quoted_lines
from crawlers.reading.refusals import check_refused
from crawlers.upkeep import AGAIN
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

SITE: Final = "https://www.reddit.com"
OK: Final = 200
GONE: Final = frozenset({"[deleted]", "[removed]", "[supprimé]"})
DEEPEST: Final = 200
ADVICE: Final = "Reddit answers approved applications only: check client_id_env and client_secret_env"
_BLANK: Final = "\ufeff \t\r\n"


def check(page: Page) -> None:
    """Raise for an answer that is an error, by its status or by its words."""
    answer = known_object(page)
    said = name_of(answer.get("message"), limit=200) or name_of(answer.get("error"), limit=200)
    reason = name_of(answer.get("reason"), limit=80)
    if not answer and page.status == OK and page.text.lstrip(_BLANK)[:1] != "[":
        check_refused(page)
    check_status(page, ": ".join(each for each in (said, reason) if each), advice=ADVICE)
    if said and "data" not in answer:
        raise SourceError(f"Reddit did not answer: {said}")


def knows_listing(page: Page) -> bool:
    """Return whether the page is a listing."""
    answer = known_object(page)
    return answer.get("kind") == "Listing" and isinstance(mapping(answer.get("data")).get("children"), list)


def knows_thread(page: Page) -> bool:
    """Return whether the page is a post with its comments: a list of two listings."""
    text = page.text.lstrip(_BLANK)
    if text[:1] != "[" or '"Listing"' not in text[:200]:
        return False
    try:
        value = read_json(text)
    except ValueError:
        return False
    return isinstance(value, list) and all(mapping(each).get("kind") == "Listing" for each in value)


def parse_listing(page: Page) -> Parsed:
    """Read a listing's posts and comments. Raises LayoutChanged where children are none."""
    answer, read = read_object(page), ReadMentions(page)
    data = mapping(answer.get("data"))
    rows = objects(data.get("children"))
    if len(rows) < len(data["children"]):
        raise LayoutChanged("posts", selector="data.children[]")
    follow: list[Request] = []
    for position, row in enumerate(rows, 1):
        is_there = _keep(row, f"item {position}", page, read)
        if is_there and page.context.get("comments") == "yes" and row.get("kind") == "t3":
            follow += _thread_of(mapping(row.get("data")), page)
    after = name_of(data.get("after"), limit=100)
    if after and rows and not read.is_past:
        parts = urlsplit(page.url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()} | {"after": after}
        url = parts._replace(query=urlencode(asked)).geturl()
        follow.append(Request(url=url, headers=BEARER, context=page.context))
    return read.parsed(follow=follow, last_page=False)


def parse_thread(page: Page) -> Parsed:
    """Read a post's comments, however deep. Raises LayoutChanged when the page is none."""
    value, read = read_value(page), ReadMentions(page)
    if not isinstance(value, list):
        raise LayoutChanged("a post and its comments", selector="body")
    waiting = [(row, 0) for listing in objects(value) for row in _children(listing)]
    for position, (row, depth) in enumerate(waiting, 1):  # grows while it is read
        _keep(row, f"item {position}", page, read)
        if depth < DEEPEST:
            replies = mapping(mapping(row.get("data")).get("replies"))
            waiting += [(each, depth + 1) for each in _children(replies)]
    return read.parsed(last_page=False)


def _children(listing: JsonObject) -> list[JsonObject]:
    return objects(mapping(listing.get("data")).get("children"))


def _keep(row: JsonObject, where: str, page: Page, read: ReadMentions) -> bool:
    """Take one post or comment; return whether it is there: not removed, no advertisement."""
    kind, about = row.get("kind"), mapping(row.get("data"))
    if kind == "more":
        return False
    if kind not in ("t1", "t3"):
        read.reject("unreadable", where, kind)
        return False
    words = html.unescape(plain_text(about.get("body") if kind == "t1" else about.get("selftext")))
    author = name_of(about.get("author"), limit=100)
    name = name_of(about.get("name"), limit=40)
    identifier = name_of(about.get("id"), limit=40)
    if about.get("removed_by_category") or words.strip() in GONE or (author in GONE and not words):
        read.reject("not_public", where, name or identifier)
        return False
    if about.get("promoted") is True:
        read.reject("advertisement", where, name or identifier)
        return False
    if author in GONE and page.kind == AGAIN:  # what was known of the author goes; the words stay
        read.reject("not_public", f"{where}, its author", name)
    extra: dict[str, Extra] = {}
    if subreddit := name_of(about.get("subreddit"), limit=100):
        extra["subreddit"] = subreddit
    if (comments := count(about.get("num_comments"))) is not None:
        extra["comments"] = comments
    if kind == "t1" and (thread := name_of(about.get("link_title"))):
        extra["thread"] = html.unescape(thread)
    title = html.unescape(plain_text(about.get("title"))) if kind == "t3" else ""
    read.keep(
        Mention(
            kind="post" if kind == "t3" else "comment",
            entity=page.context.get("entity") or _entity_of(page.url),
            native_id=name or (f"{kind}_{identifier}" if identifier else None),
            url=absolute_url(SITE, about.get("permalink")) if about.get("permalink") else None,
            title=" ".join(title.split()) or None,
            text=without_quoted_lines(words),
            author=None if author in GONE else author,
            published=read.date(about.get("created_utc"), where),
            updated=read.date(about.get("edited"), None) if about.get("edited") is not True else None,
            likes=count(about.get("score")),
            extra=extra,
        ),
        where,
    )
    return True


def _thread_of(about: JsonObject, page: Page) -> list[Request]:
    """Return the request of a post's comments, where it has any."""
    identifier = name_of(about.get("id"), limit=40)
    is_known = identifier is not None and re.fullmatch(r"[a-z0-9]{1,20}", identifier)
    if not is_known or not count(about.get("num_comments")):
        return []
    parts = urlsplit(page.url)
    url = f"{parts.scheme}://{parts.netloc}/comments/{identifier}?sort=new&limit=500&raw_json=1"
    return [Request(url=url, headers=BEARER, kind="thread", context=page.context)]


def _entity_of(url: str) -> str:
    parts = urlsplit(url)
    query = parse_qs(parts.query).get("q", [""])[0]
    subreddit = re.match(r"/(r/[^/]+)", parts.path)
    found = [subreddit[1].lower() if subreddit else "", query_name(query) if query else ""]
    return "/".join(each for each in found if each) or "reddit"
