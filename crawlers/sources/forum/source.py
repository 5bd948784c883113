"""forum: threads that name a brand, on forums that run XenForo, phpBB or vBulletin, by their pages.

A thread is read from its first page to its last. A board is looked through for topics whose titles have one
of the names. It cannot see what a forum shows to its members only. Where a forum has a feed, `feed` is the
lighter way, and finds names within posts of any topic.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field

from crawlers.base import FactSheet, Layout, Params, Source
from crawlers.reading.mentions import DAYS_HELP, NAMES_HELP, asking
from crawlers.reading.pager import listing_name
from crawlers.sources.forum import boards, threads
from crawlers.sources.forum.software import ALL
from ouidire.page import Request


class ForumParams(Params):
    """One thread, or one board."""

    url: str = Field(pattern=r"^https?://[^/\s]+", description="The address of a thread or of a board.")
    must_name: tuple[str, ...] = Field(default=(), description=NAMES_HELP)
    read_threads: bool = Field(
        default=True, description="Of a board, read the threads whose titles have one of the names."
    )
    days: int = Field(default=365, ge=1, le=3650, description=DAYS_HELP)


def entity(params: ForumParams) -> str:
    """Return the address of the thread or board without scheme and page number."""
    return listing_name(params.url)


def requests(params: ForumParams, *, since: datetime | None = None) -> Iterator[Request]:
    """Yield the first page; with `since`, boards are read back to topics opened before it."""
    context = asking(
        entity(params),
        names=params.must_name,
        since=since,
        days=params.days,
        threads="yes" if params.read_threads else "",
    )
    yield Request(url=params.url, context=context)


LAYOUTS = tuple(
    layout
    for software in sorted(ALL, key=lambda each: each.since, reverse=True)
    for layout in (
        Layout(
            f"{software.name}-thread",
            since=software.since,
            marks=f"posts of {software.name}",
            knows=threads.knows(software),
            parse=threads.parse(software),
        ),
        Layout(
            f"{software.name}-board",
            since=software.since,
            marks=f"topics of {software.name}",
            knows=boards.knows(software),
            parse=boards.parse(software),
        ),
    )
)

SOURCE = Source(
    slug="forum",
    about=FactSheet(
        title="Forums that run XenForo, phpBB or vBulletin",
        site="the forum chosen",
        kind="forum",
        access="web",
        official_api="none; a forum's feed (`feed`) is the lighter way where there is one",
        languages=("all",),
        limits="Every page of a thread; of a board, topics whose titles have a name. Times without a zone "
        "are read as UTC.",
        legal_note="Read the forum's rules and robots.txt first; its administrators are easily asked, and "
        "many forbid collecting. Posts are their authors' personal data (GDPR) and works of theirs: names "
        "are kept as keyed hashes, signatures and pictures not at all.",
    ),
    params=ForumParams,
    entity=entity,
    requests=requests,
    layouts=LAYOUTS,
    enumerates=False,
    fields=("text", "published", "author", "url"),
)
