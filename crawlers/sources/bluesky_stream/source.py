"""bluesky_stream: posts of Bluesky that name a brand or link to it, as they are written, from its Jetstream.

The whole network's posts pass by; those that concern nobody asked for are not stored. Each run listens from
where the last one ended up to the present. It cannot see likes and answers, nor posts older than the few days
that the stream holds.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from pydantic import Field, model_validator

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.event_stream import EventStream
from crawlers.reading.mentions import asking
from crawlers.sources.bluesky_stream import events
from ouidire.page import Request

BASE = "https://jetstream.us-east.bsky.network"
PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"
PROTOCOL = "xrpc.v1.json"


class BlueskyStreamParams(Params):
    """Names and domains to listen for."""

    names: tuple[str, ...] = Field(min_length=1, description="Keep posts with one of these names.")
    domains: tuple[str, ...] = Field(default=(), description="Keep posts that link to one of these domains.")
    language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2}$",
        description="Leave out posts that state other languages.",
    )
    hours: int = Field(default=24, ge=1, le=72, description="How many hours back the first run listens.")
    base_url: str = Field(
        default=BASE, pattern=r"^https?://[^/]+$", description="Where the stream is, written with https."
    )

    @model_validator(mode="after")
    def _something_to_listen_for(self) -> Self:
        if not any(character.isalnum() for name in self.names for character in name):
            message = "names must have a letter or a figure"
            raise ValueError(message)
        return self


def entity(params: BlueskyStreamParams) -> str:
    """Return the names in small letters, in alphabetical order."""
    return "+".join(sorted({" ".join(name.casefold().split()) for name in params.names}))


def requests(params: BlueskyStreamParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the stream; the engine adds the moment from which it listens."""
    del since
    yield Request(url=f"{params.base_url}{PATH}", kind="stream", context=asking(entity(params)))


def stream(params: BlueskyStreamParams) -> EventStream:
    """Return how the stream is followed: from a moment on, in microseconds since 1970.

    Asked for are posts, and accounts that go.
    """

    def address(moment: datetime) -> str:
        asked = {
            "collections": events.COLLECTION,
            "kinds": ("commit", "account"),
            "cursor": str(int(moment.timestamp() * 1_000_000)),
        }
        return f"{params.base_url}{PATH}?{urlencode(asked, doseq=True)}"

    return EventStream(
        address=address,
        protocol=PROTOCOL,
        hours=params.hours,
        read=events.reader_of(params.names, params.domains, params.language),
    )


SOURCE = Source(
    slug="bluesky_stream",
    about=FactSheet(
        title="Bluesky as it is written (Jetstream)",
        site="bsky.network",
        kind="social",
        access="api",
        official_api="https://github.com/bluesky-social/jetstream (no key for the latest days)",
        terms_url="https://bsky.social/about/support/tos",
        languages=("all",),
        limits="Some gigabytes a day pass by, whatever is kept; the stream holds the latest days: run it at "
        "least every day.",
        legal_note="Posts are their authors' personal data (GDPR), often of opinions: what names nobody "
        "asked for is never stored, authors are kept as keyed hashes. What is deleted there is erased "
        "here, and so are the posts of an account that is.",
    ),
    params=BlueskyStreamParams,
    entity=entity,
    requests=requests,
    layouts=(
        Layout("events", since="2026", marks="JSON lines: a tail", knows=events.knows, parse=events.parse),
    ),
    stream=stream,
    enumerates=False,
    erases=True,
    fields=("text", "published", "author", "url"),
)
