"""An entry as it is found, before it has its place and details, and how its address is read."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from crawlers.reading.search_results import unwrap
from crawlers.sources.google_results.tree import Element
from ouidire.serp import EntryType, SearchEntry, ShownRating

_ENGINE_HOST: Final = re.compile(
    r"(?:(?:www|m|maps|search|accounts|consent|policies|support|webcache)\.)?"
    r"google(?:usercontent|adservices)?\.(?:com?\.)?[a-z]{2,3}$"
)
_ENGINE_PATHS: Final = re.compile(
    r"/(?:search|aclk|imgres|url|webhp|preferences|advanced_search|setprefs|travel|flights|shopping|local"
    r"|maps|ServiceLogin|images|interstitial|pagead|save|intl/[^/]+/policies|websearch/answer|httpservice"
    r"|finance)\b",
)
_OWN_PAGES: Final = re.compile(r"/(?:travel|flights|shopping|local|maps|websearch/answer|finance)\b")
"""Paths of the engine's own at which there is something to read, as on any site."""
_VIDEO_HOSTS: Final = ("youtube.com", "youtu.be", "dailymotion.com", "vimeo.com", "tiktok.com", "twitch.tv")
_VIDEO_PATH: Final = re.compile(r"/(?:watch|shorts|video|videos|reel)\b|^/\d{6,}$|/v/")


@dataclass
class EntryDraft:
    """One entry in the making; `element` is where it was found."""

    type: EntryType
    element: Element
    title: str | None = None
    url: str | None = None
    snippet: str | None = None
    shown_url: str | None = None
    rating: ShownRating | None = None
    date: str | None = None

    def entry(self) -> SearchEntry:
        """Return the entry; `crawlers.reading.search_results.ranked` gives it its place."""
        return SearchEntry(
            type=self.type,
            position=1,
            rank=1,
            title=self.title,
            url=self.url,
            snippet=self.snippet,
            shown_url=self.shown_url,
            rating=self.rating,
            date=self.date,
        )


def outside(href: str | None, *, base: str) -> str | None:
    """Return the address of a link that leads out of the engine; None for one of the engine's own pages."""
    url = unwrap(href, base=base)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    own = _ENGINE_HOST.match(parts.hostname or "") or parts.hostname == urlsplit(base).hostname
    return None if own and _ENGINE_PATHS.match(parts.path) else url


def own_page(href: str | None, *, base: str) -> str | None:
    """Return the address of a page of the engine's own that may be a result: help, maps, a shop; else None.

    The parts of a results page lead to them by addresses without a host, results by whole ones.
    """
    url = unwrap(href, base=base)
    if url is None or not (href or "").startswith(("http://", "https://", "/url?")):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    shown = _OWN_PAGES.match(parts.path) or (parts.hostname or "").startswith(("support.", "maps."))
    return url if _ENGINE_HOST.match(parts.hostname or "") and shown else None


def searched(href: str | None, *, base: str) -> str | None:
    """Return the query of a link to another search; None for tabs, pages, filters and entities."""
    if not href or "q=" not in href:
        return None
    try:
        parts = urlsplit(unwrap(href, base=base) or "")
        query = parse_qs(parts.query, max_num_fields=100)
    except ValueError:
        return None
    if parts.path != "/search" or query.keys() & {
        "start",
        "tbm",
        "udm",
        "stick",
        "tbs",
        "ludocid",
        "ibp",
        "source",
    }:
        return None
    return " ".join(query.get("q", [""])[0].split()) or None


def is_video(url: str) -> bool:
    """Return whether an address is a single video on one of the large video sites."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return any(host == name or host.endswith("." + name) for name in _VIDEO_HOSTS) and bool(
        _VIDEO_PATH.search(parts.path) or host == "youtu.be"
    )
