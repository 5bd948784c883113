"""The layout `posts`: posts that a search of Bluesky finds, newest first, and the errors of its API.

It cannot see posts that their authors have deleted, nor what a picture shows.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from crawlers.access import BEARER
from crawlers.reading.extract import count
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
from crawlers.reading.mentions import ReadMentions, query_name
from crawlers.reading.refusals import check_refused
from ouidire.clock import StatedDate
from ouidire.errors import Blocked, LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

OK: Final = 200
SKEW: Final = timedelta(hours=1)
"""How much later than the network has seen it a post may say that it was written."""
KEY_ERRORS: Final = frozenset(
    {"AuthMissing", "AuthenticationRequired", "InvalidToken", "ExpiredToken", "AccountTakedown"}
)
ADVICE: Final = "give identifier, and an app password in password_env"


def check(page: Page) -> None:
    """Raise for an answer that is an error: by its name, or by its status."""
    answer = known_object(page)
    name, words = name_of(answer.get("error"), limit=80), name_of(answer.get("message"), limit=200)
    said = ": ".join(each for each in (name, words) if each)
    if not answer and page.status == OK:
        check_refused(page)
    if name in KEY_ERRORS:
        raise Blocked(f"Bluesky refused the login: {said}; {ADVICE}")
    check_status(page, said, advice=ADVICE)
    if name and "posts" not in answer:
        raise SourceError(f"Bluesky did not answer the search: {said}")


def knows(page: Page) -> bool:
    """Return whether the page is a list of posts."""
    return isinstance(known_object(page).get("posts"), list)


def parse(page: Page) -> Parsed:
    """Read one page of posts. Raises LayoutChanged when posts are none."""
    answer, read = read_object(page), ReadMentions(page)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
    entity = page.context.get("entity") or query_name(asked.get("q") or "bluesky")
    listed = objects(answer.get("posts"))
    if len(listed) < len(answer["posts"]):
        raise LayoutChanged("posts", selector="posts[]")
    for position, post in enumerate(listed, 1):
        keep_post(post, entity, f"post {position}", read)
    cursor = name_of(answer.get("cursor"), limit=2_000)
    follow: tuple[Request, ...] = ()
    if cursor and listed and not read.is_past:
        query = urlencode(asked | {"cursor": cursor})
        url = urlsplit(page.url)._replace(query=query).geturl()
        follow = (Request(url=url, headers=BEARER, context=page.context),)
    return read.parsed(follow=follow, last_page=False)


def keep_post(
    post: JsonObject,
    entity: str,
    where: str,
    read: ReadMentions,
    *,
    more: Mapping[str, Extra] = MappingProxyType({}),
) -> None:
    """Take one post: a comment where it answers another. `more` is put beside its own numbers."""
    author, record = mapping(post.get("author")), mapping(post.get("record"))
    uri = name_of(post.get("uri"), limit=300)
    languages = record.get("langs")
    first = name_of(languages[0], limit=20) if isinstance(languages, list) and languages else None
    extra: dict[str, Extra] = dict(more)
    for name, key in (("shares", "repostCount"), ("comments", "replyCount"), ("quotes", "quoteCount")):
        if (number := count(post.get(key))) is not None:
            extra[name] = number
    read.keep(
        Mention(
            kind="comment" if record.get("reply") else "post",
            entity=entity,
            native_id=uri,
            url=address_of(uri),
            text=plain_text(record.get("text")),
            author=name_of(author.get("handle"), limit=300) or name_of(author.get("did"), limit=300),
            language=first.split("-")[0].lower() if first else None,
            published=_written(record.get("createdAt"), post.get("indexedAt"), where, read),
            likes=count(post.get("likeCount")),
            extra=extra,
        ),
        where,
    )


def address_of(uri: str | None) -> str | None:
    """Return the page of a post on Bluesky's site, from its URI (`at://DID/COLLECTION/KEY`)."""
    parts = (uri or "").split("/")
    if len(parts) != 5 or parts[0] != "at:":  # noqa: PLR2004 (at:, "", DID, collection, key)
        return None
    return f"https://bsky.app/profile/{parts[2]}/post/{parts[4]}"


def _written(created: object, seen: object, where: str, read: ReadMentions) -> StatedDate | None:
    """Return when a post was written: as its author's device says, unless that is later than it was seen."""
    stated, witnessed = read.date(created, None), read.date(seen, None)
    if stated is None or (witnessed is not None and stated.at > witnessed.at + SKEW):
        return witnessed or read.date(created, where)
    return stated
