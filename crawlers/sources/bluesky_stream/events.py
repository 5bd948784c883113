"""The layout `events`: posts that were kept of Jetstream's events, one a line, and what else was read.

It cannot see likes and answers, which come after a post.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from crawlers.event_stream import TAIL, StreamEvent
from crawlers.reading.extract import count, read_json
from crawlers.reading.json_answer import JsonObject, mapping, name_of, objects, plain_text
from crawlers.reading.mentions import ReadMentions, named
from crawlers.sources.bluesky.posts import keep_post
from ouidire.errors import LayoutChanged
from ouidire.ids import site_of
from ouidire.items import Parsed
from ouidire.mention import OWN_PAGE, Extra
from ouidire.page import Page

LINKED: Final = "ouidire.linked"
"""Added to a post that is kept because it links to one of the domains, and not for its words."""
COLLECTION: Final = "app.bsky.feed.post"
GONE: Final = frozenset({"deleted", "takendown"})
"""The states of an account that is not to come back."""


def reader_of(
    names: Sequence[str], domains: Sequence[str], language: str | None
) -> Callable[[str], StreamEvent]:
    """Return a function that says what an event of the stream is: kept where a post names what is asked for.

    A post that links to one of the domains names it too. With a language, posts that state others are left.
    """
    wanted = tuple(domain.removeprefix("www.").lower() for domain in domains)

    def read(text: str) -> StreamEvent:
        frame = _frame_of(text)
        if frame.get("$type") == "error" or (frame.get("error") and "payload" not in frame):
            said = [name_of(frame.get(key), limit=200) for key in ("error", "message")]
            return StreamEvent(error=f"Jetstream refused: {': '.join(each for each in said if each)}")
        payload = mapping(frame.get("payload")) or frame
        kind = str(payload.get("$type") or "")
        if kind.endswith("#info"):
            return StreamEvent(missed="OutdatedCursor" in str(payload.get("name") or payload.get("info")))
        if kind.endswith("#account"):
            return _account_event(payload)
        if not kind.endswith("#commit"):
            return StreamEvent()
        name, at = _uri_of(payload), moment_of(payload)
        if payload.get("operation") == "delete" and payload.get("collection") == COLLECTION:
            line = json.dumps(payload, separators=(",", ":"))
            return StreamEvent(kept=line, native_id=name, deletes=True, at=at)
        kept = _kept(payload, names, wanted, language)
        return StreamEvent(kept=kept, native_id=name, author=name_of(payload.get("did"), limit=200), at=at)

    return read


def _account_event(payload: JsonObject) -> StreamEvent:
    """Return what an account's event says: that it is gone for good, or nothing that concerns its posts.

    An account that its owner or a moderator has put to rest may come back, and is left.
    """
    stated = {**payload, **mapping(payload.get("account"))}
    gone = stated.get("active") is False and str(stated.get("status")) in GONE
    return StreamEvent(author=name_of(stated.get("did"), limit=200), departs=gone, at=moment_of(payload))


def _frame_of(text: str) -> JsonObject:
    try:
        return mapping(read_json(text))
    except ValueError:
        return {}


def _is_post(payload: JsonObject) -> bool:
    return payload.get("collection") == COLLECTION and payload.get("operation") in ("create", "update")


def _kept(
    payload: JsonObject, names: Sequence[str], domains: Sequence[str], language: str | None
) -> str | None:
    """Return what is stored of a post that speaks of what is asked for, None for all others."""
    record = mapping(payload.get("record"))
    if not _is_post(payload) or not _is_in(record, language):
        return None
    by_name = named(names, plain_text(record.get("text")))
    if not by_name and not _links_to(record, domains):
        return None
    return json.dumps({**payload, LINKED: not by_name}, separators=(",", ":"))


def moment_of(payload: JsonObject) -> datetime | None:
    """Return when an event happened: as the stream's servers have witnessed it, else as it states."""
    for name in ("witnessed_at", "witnessedAt", "time", "time_us"):
        stated = payload.get(name)
        if isinstance(stated, int) and not isinstance(stated, bool) and 1e15 < stated < 4e15:  # noqa: PLR2004 (microseconds since 1970)
            return datetime.fromtimestamp(stated / 1e6, UTC)
        if isinstance(stated, str):
            try:
                moment = datetime.fromisoformat(stated)
            except ValueError:
                continue
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _links_to(record: JsonObject, domains: Sequence[str]) -> bool:
    if not domains:
        return False
    links = [mapping(mapping(record.get("embed")).get("external")).get("uri")]
    for facet in objects(record.get("facets")):
        links += [feature.get("uri") for feature in objects(facet.get("features"))]
    hosts = {site_of(link) for link in links if isinstance(link, str)}
    return any(host == domain or (host or "").endswith(f".{domain}") for host in hosts for domain in domains)


def _is_in(record: JsonObject, language: str | None) -> bool:
    stated = record.get("langs")
    if language is None or not isinstance(stated, list) or not stated:
        return True
    return any(str(each).lower().partition("-")[0] == language for each in stated)


def knows(page: Page) -> bool:
    """Return whether the page ends with what was read of a stream."""
    return f'"{TAIL}"' in page.text[-2_000:]


def parse(page: Page) -> Parsed:
    """Read the posts that were kept. Raises LayoutChanged when nothing was read of the stream."""
    read = ReadMentions(page)
    entity = page.context.get("entity") or "bluesky"
    tail: JsonObject = {}
    for number, line in enumerate(page.text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            payload = mapping(read_json(line))
        except ValueError:
            read.reject("incomplete", f"line {number}, which is no JSON")
            continue
        if payload.get("$type") == TAIL:
            tail = payload
            continue
        if payload.get("operation") == "delete":
            read.reject("not_public", f"line {number}", _uri_of(payload))
            continue
        extra: dict[str, Extra] = {OWN_PAGE: True} if payload.get(LINKED) is True else {}
        keep_post(_as_post(payload), entity, f"line {number}", read, more=extra)
    if not count(tail.get("read")):
        raise LayoutChanged("events of the stream", selector=f"{TAIL}.read")
    if tail.get("missed") is True:
        read.reject("incomplete", "events that the stream no longer holds: the last run was too long ago")
    return read.parsed(last_page=False)


def _as_post(payload: JsonObject) -> JsonObject:
    """Return an event as the search gives a post; its author is known by the account's id alone."""
    seen = moment_of(payload)
    return {
        "uri": _uri_of(payload),
        "author": {"did": name_of(payload.get("did"), limit=200)},
        "record": mapping(payload.get("record")),
        "indexedAt": seen.isoformat() if seen else None,
    }


def _uri_of(payload: JsonObject) -> str | None:
    """Return the address of an event's record in the network, which is the post's id."""
    did, key = name_of(payload.get("did"), limit=200), name_of(payload.get("rkey"), limit=100)
    return f"at://{did}/{COLLECTION}/{key}" if did and key else None
