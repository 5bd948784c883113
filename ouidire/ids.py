"""Identifiers: stable ids of sources, mentions, authors and texts.

A source key is a source's slug and the site's own entity (a shop, an app, a query): never a brand, our
configuration or a file name. A mention's id is a hash of its source key and native id; where the site gives
none, of its canonical URL, keyed author and stated date, never of its text, so that an edited review keeps
its id.
"""

import hashlib
import hmac
import unicodedata
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

TRACKING = (
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
    "gclid",
    "fbclid",
    "msclkid",
    "xtor",
    "at_medium",
    "at_campaign",
)
"""Query parameters that name a campaign, not a page.

They are those of Google Analytics, Google, Meta and Microsoft Ads, and AT Internet.
"""

CONTENT = "content:"
"""How a native id begins that a source made of date and text, since its file gives none.

The engine joins the keyed author to it, and how many of the same came after on the page.
"""

PSEUDONYM = "~"
"""How an author begins whose name was replaced before its page was stored; the keyed hash follows."""


def digest(*parts: str, size: int = 16) -> str:
    """Hash parts into `2 * size` hexadecimal digits.

    Parts are length-prefixed, so ("ab", "c") differs from ("a", "bc").
    """
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def source_key(slug: str, entity: str) -> str:
    """Return the key of one entity of one site, e.g. `trustpilot:airtransat.com`."""
    return f"{slug}:{entity}"


def canonical_url(url: str) -> str:
    """Return the URL with a sorted query, no fragment and no campaign parameters."""
    return str(canonicalize_url(url_query_cleaner(url, TRACKING, remove=True, unique=False)))


def site_of(url: str | None) -> str | None:
    """Return the host of an address without `www.`; None where there is none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def author_key(secret: bytes, key: str, name: str) -> str:
    """Return the keyed hash under which an author of a source is stored.

    It is HMAC-SHA-256, 24 hexadecimal digits. The name is case-folded and stripped of surrounding blanks;
    without the secret a name cannot be tried.
    """
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    return hmac.new(secret, f"{key}\0{folded}".encode(), hashlib.sha256).hexdigest()[:24]


def pseudonym(secret: bytes, key: str, name: str) -> str:
    """Return what stands in the place of an author's name in a kept page: a mark, and the keyed hash."""
    return PSEUDONYM + author_key(secret, key, name)


def mention_id(key: str, native_id: str) -> str:
    """Return the id of a mention that its site names."""
    return digest("mention", key, native_id)


def unnamed_mention_id(key: str, *, url: str, author: str, date: str, occurrence: int = 0) -> str:
    """Return the id of a mention that its site does not name.

    `occurrence` distinguishes mentions of one page that share URL, author and date (two anonymous reviews of
    one day); it is counted from the last on the page, since sites add new ones at the top.
    """
    return digest("unnamed", key, canonical_url(url), author, date, str(occurrence))


def content_mention_id(key: str, native_id: str, *, author: str, occurrence: int = 0) -> str:
    """Return the id of a mention known by its content: what its source made of date and text, and its author.

    `author` is the keyed hash; `occurrence` counts others of a page that are the same in all.
    """
    return digest("content", key, native_id, author, str(occurrence))


def text_hash(*parts: str) -> str:
    """Return the key under which the annotations of a text are kept."""
    return digest("text", *parts)
