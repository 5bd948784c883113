"""Removal of suppressed items from harvests, with the pages that show their words.

What is refused is named by ids of mentions and keys of authors. A page is compared by rows of plain letters
alone, so that a text written in another alphabet keeps the pages on which something else of it was not read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ouidire.harvest.store import Harvest, HarvestItem, rewrite, sweep
from ouidire.mention import Mention
from ouidire.page import Page

TELLING = 6
"""Words in a row that tell a text from others.

An excerpt shows only some of them: each such row of a text is looked for.
"""
_PLAIN = re.compile(rb"[A-Za-z0-9,.;:!?() -]{20,}")


class Removed(NamedTuple):
    """What a removal changed: harvests rewritten, and pages dropped from them."""

    harvests: int = 0
    pages: int = 0


class WithoutSuppressed:
    """Iterates over the items of a harvest without the suppressed ones, which `left_out` counts."""

    def __init__(self, items: Iterable[HarvestItem], refused: frozenset[str]) -> None:
        self._items, self._refused = items, refused
        self.left_out = 0

    def __iter__(self) -> Iterator[HarvestItem]:
        for each in self._items:
            if _is_refused(each, self._refused):
                self.left_out += 1
            else:
                yield each


def remove_suppressed(harvests: Sequence[Harvest], refused: frozenset[str]) -> Removed:
    """Rewrite harvests without what is refused; return how many were rewritten and how many pages dropped.

    A page goes when something refused was read from it, in whatever run (a reparse reads the pages of another
    one), or when it shows its words: the same review stands on two pages when a listing moved under the
    crawl. Raises HarvestError when a harvest cannot be read.
    """
    references: set[str] = set()
    words: set[bytes] = set()
    having: set[str] = set()
    for harvest in harvests:
        sweep(harvest)
        for each in harvest.items():
            if _is_refused(each, refused) and isinstance(each.item, Mention):
                having.add(harvest.manifest.run_id)
                references |= {each.page} if each.page else set()
                words |= _telling(each.item)
    rewritten = dropped = 0
    for harvest in harvests:
        gone = frozenset(
            reference for reference, page in harvest.pages() if reference in references or _shows(page, words)
        )
        if gone or harvest.manifest.run_id in having:
            _rewrite_without(harvest, refused, gone)
            rewritten, dropped = rewritten + 1, dropped + len(gone)
    return Removed(rewritten, dropped)


def _rewrite_without(harvest: Harvest, refused: frozenset[str], pages: frozenset[str]) -> None:
    rewrite(
        harvest,
        drop_items=lambda each: _is_refused(each, refused),
        drop_pages=lambda reference, _: reference in pages,
        mentions_expired=harvest.manifest.mentions_expired,
    )


def _is_refused(each: HarvestItem, refused: frozenset[str]) -> bool:
    return each.id in refused or (isinstance(each.item, Mention) and each.item.author_key in refused)


def _telling(mention: Mention) -> set[bytes]:
    """Return rows of words of plain letters: they stand in a page as they are, whatever its encoding."""
    rows: set[bytes] = set()
    for run in _PLAIN.findall(mention.text.encode()):
        words = run.split(b" ")[1:-1]  # the first and the last may be parts of words
        rows.update(
            b" ".join(words[start : start + TELLING]) for start in range(0, len(words) - TELLING + 1, TELLING)
        )
    return rows


def _shows(page: Page, words: set[bytes]) -> bool:
    return any(run in page.body for run in words)
