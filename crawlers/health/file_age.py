"""Which files of a source are older than others: an older export changes nothing that a newer one showed.

A file's age is that of the newest date in it, or the moment at which the same file was read before. It cannot
see that an export of a past month was made again with corrections: `ouidire import --fetched-at` says so.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from ouidire.harvest.manifest import FileRead
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page

BEFORE = timedelta(seconds=1)
"""By how much an older file is read before the first one that is newer."""
STEP = 1_000_000
"""Of two files of one run, the one whose newest date is a year older counts as read 32 seconds earlier."""


class FileAges:
    """Says when each file of a run counts as read, beside the files that the source had before."""

    def __init__(self, known: Sequence[FileRead], *, as_of: datetime | None = None) -> None:
        self._known, self._as_of = tuple(known), as_of
        self.several = False
        self.read: list[FileRead] = []
        self.older: str | None = None

    def dated(self, page: Page, parsed: Parsed) -> Page:
        """Return a file stamped with the moment at which it counts as read, and remember it."""
        newest, content = _newest(parsed), _content(parsed)
        at = page.fetched_at
        if self._as_of is None:
            earlier = self._read_before(newest, content)
            if earlier is not None:
                at = min(at, earlier)
            if self.several and newest is not None and newest < at:
                at -= (at - newest) / STEP
        self.read.append(FileRead(content=content, newest=newest, seen_at=at))
        return page if at == page.fetched_at else page.model_copy(update={"fetched_at": at})

    def _read_before(self, newest: datetime | None, content: str) -> datetime | None:
        """Return when a file counts as read that is older than one that was read before; None for others."""
        same = [each.seen_at for each in self._known if each.content == content]
        if same and any(each.content != content and each.seen_at > min(same) for each in self._known):
            self.older = f"it was read before, on {min(same):%Y-%m-%d}, and another one since"
            return min(same)
        later = [each for each in self._known if newest and each.newest and each.newest > newest]
        if not later or newest is None:
            return None
        first = min(later, key=lambda each: each.seen_at)
        self.older = f"it ends on {newest:%Y-%m-%d}, and a file was read that goes to {first.newest:%Y-%m-%d}"
        return first.seen_at - BEFORE

    @property
    def note(self) -> str:
        """What is said of an older file; "" where none was."""
        if self.older is None:
            return ""
        return (
            f"an older file ({self.older}): what is known keeps the newer file's values; "
            "if it is newer, say when it was exported with --fetched-at"
        )


def _content(parsed: Parsed) -> str:
    """Return a digest of what was read of a file: that of a workbook's bytes changes when it is saved."""
    state = hashlib.blake2b(digest_size=12)
    for item in parsed.items:
        state.update(item.model_dump_json().encode())
    return state.hexdigest()


def _newest(parsed: Parsed) -> datetime | None:
    """Return the newest date that a file states of its mentions, of their edits and replies."""
    dates = [
        stated.at
        for item in parsed.items
        if isinstance(item, Mention)
        for stated in (item.published, item.updated, item.reply.published if item.reply else None)
        if stated is not None and stated.precision != "relative"
    ]
    return max(dates, default=None)
