"""Listings and their pages: the address that all pages of a pager share, and the link to the next one.

It knows the usual ways to write a page number (query parameter, `/page/2`, `-p2`, `-or10-`) and cannot see
pagers that work by script alone.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.reading.extract import next_link, registrable_host
from ouidire.ids import canonical_url
from ouidire.page import Page

PAGER = frozenset(
    ["page", "p", "pg", "pagenumber", "page_number", "pageno", "pageindex", "currentpage", "paged", "pagina",
     "seite", "offset", "start", "from", "cursor", "after", "before", "limit", "per_page", "perpage",
     "pagesize", "reviewpage", "avispage"]
)  # fmt: skip
ORDER = frozenset(["sort", "sortby", "sort_by", "orderby", "order", "order_by", "tri", "sortorder"])
REFERRER = frozenset(["ref", "referrer", "referer", "src", "source", "via", "redirected"])
_IN_PATH = re.compile(
    r"(?:/|-|_)(?:page|pagina|seite|pg|p)(?:/|-|_|=)?\d{1,6}(?=/?$|\.[a-z]{2,5}$)|-or\d{1,6}(?=-|$|/|\.)",
    re.IGNORECASE,
)


def listing_url(url: str) -> str:
    """Return the canonical address of a listing, without the page number and the order of sorting.

    On the root path `p` stays, since WordPress names its articles so.
    """
    parts = urlsplit(canonical_url(url))
    path = _IN_PATH.sub("", parts.path)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in ORDER and (name.lower() not in PAGER or (name == "p" and path in {"", "/"}))
    ]
    return urlunsplit((parts.scheme, parts.netloc, path or "/", urlencode(kept), ""))


def listing_name(url: str) -> str:
    """Return the name of a listing as an entity: registrable host, path and query (`exemple.fr/avis/lyon`).

    Scheme, `www.`, port, page number, sorting and campaign parameters leave it unchanged.
    """
    parts = urlsplit(listing_url(url))
    return registrable_host(url) + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")


def following_page(page: Page, *, number: int) -> str | None:
    """Return the address of page `number + 1` of the listing that `page` is page `number` of, or None.

    A `rel=next` that leads to another article or another site is not a next page, and is not returned.
    """
    link = next_link(page)
    if link is None or registrable_host(link) != registrable_host(page.url):
        return None
    here, there = _without_referrer(listing_name(page.url)), _without_referrer(listing_name(link))
    if here == there or (there.rsplit("/", 1) == [_unnumbered(here, number), str(number + 1)]):
        return link
    return None


def _without_referrer(name: str) -> str:
    """Return a listing's name without where its reader came from, which redirects add and pagers drop."""
    path, mark, query = name.partition("?")
    kept = [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in REFERRER]
    return f"{path}?{urlencode(kept)}" if mark and kept else path


def _unnumbered(name: str, number: int) -> str:
    return name.removesuffix(f"/{number}")
