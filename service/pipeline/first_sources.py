"""The sources of a first configuration, made of what a newcomer answers: Google, an app, pages, files.

An address is tried where that is asked for; without the network it is taken at its word. It cannot know keys:
the comment above a source says which are needed.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from crawlers import SOURCES
from ouidire.errors import UsageError
from ouidire.settings.fetch import FetchSettings
from service.pipeline.collect.try_source import TriedPlace, try_place
from service.pipeline.source_toml import params_in_address, source_toml

FirstSource = tuple[str, str]
GOOGLE = (
    "Google reviews of your own places: ask Google for access to the Business Profile API, give the consent\n"
    "once, and put its three values into these variables. Until then: ouidire import review_file takeout.json"
)
SURVEY = "Answers to your own survey, with its 0–10 question; `ouidire import survey_file` shows what is read"
REVIEWS = "Reviews that a platform let you export; look first: ouidire import review_file FILE --dry-run"
EVERY_FEED = "6h"


def google_block(brand: str) -> FirstSource:
    """Return the source of the owner's Google reviews, or of their export where that source is not there."""
    if "google_business" in SOURCES:
        return GOOGLE, source_toml("google_business", {}, brand=brand)
    return REVIEWS, source_toml("review_file", {"path": "takeout.json"}, brand=brand)


def trustpilot_name(text: str) -> str:
    """Return the name under which Trustpilot lists a company, of its page's address or its domain.

    Raises UsageError when it is neither.
    """
    whole = text.strip() if "://" in text else f"https://{text.strip()}"
    known = params_in_address(whole) if re.fullmatch(r"https?://\S+", whole) else None
    if known is not None and known[0] == "trustpilot":
        return str(known[1]["company"])
    name = whole.partition("://")[2].rstrip("/")
    if not re.fullmatch(r"[\w.-]+", name):
        message = f"{text!r} is no company on Trustpilot; write its domain there, as example.fr"
        raise UsageError(message)
    return name


def app_block(app: str, brand: str) -> FirstSource:
    """Return the source of an app, by its address or number in the App Store. Raises UsageError."""
    known = params_in_address(app if "://" in app else f"https://{app}")
    if known is None and re.fullmatch(r"\d{5,12}", app.strip()):
        known = ("app_store", {"app_id": app.strip(), "country": "fr"})
    if known is None or known[0] != "app_store":
        message = (
            f"{app!r} is no app of the App Store; write its number, or its address (https://apps.apple.com/…)"
        )
        raise UsageError(message)
    return "Reviews in the App Store", source_toml(known[0], known[1], brand=brand)


def feed_block(url: str, brand: str, names: Sequence[str]) -> FirstSource:
    """Return the source of a feed, read for entries that name the brand. Raises UsageError."""
    return (
        "A feed, read for what names the brand",
        source_toml("feed", {"url": _address(url), "must_name": list(names)}, brand=brand, every=EVERY_FEED),
    )


def page_block(
    url: str, brand: str, *, names: Sequence[str] = (), fetch: FetchSettings | None
) -> FirstSource:
    """Return the source of a page with reviews, or of whatever reads it; tried where `fetch` is given.

    Raises UsageError when it is no address, or when nothing may read it.
    """
    address = _address(url)
    if fetch is None:
        known = params_in_address(address) or ("schema_org", {"url": address})
        return "A page with reviews", source_toml(known[0], known[1], brand=brand)
    tried = try_place(address, brand=brand, names=names, fetch=fetch)
    if not tried.toml:
        raise UsageError(f"{url}: no source reads it ({'; '.join((tried.reason, *tried.advice))})")
    return _told(tried), tried.toml


def file_block(path: str, brand: str, *, slug: str) -> FirstSource:
    """Return the source of a file of one's own; `slug` is its kind."""
    comment = SURVEY if slug == "survey_file" else REVIEWS
    name = {"survey": Path(path).stem} if slug == "survey_file" else {"name": Path(path).stem}
    return comment, source_toml(slug, {"path": path, **name}, brand=brand)


def _told(tried: TriedPlace) -> str:
    found = f"tried: {tried.items} items" if tried.items > 1 else "tried: 1 item"
    if not tried.items:
        found = "; ".join(filter(None, [tried.reason, *tried.advice]))
    return f"{tried.title or tried.place} ({found[:200]})"


def _address(url: str) -> str:
    whole = url.strip() if "://" in url else f"https://{url.strip()}"
    try:
        host = urlsplit(whole).hostname or ""
    except ValueError:
        host = ""
    if not re.fullmatch(r"https?://\S+", whole) or not (host == "localhost" or "." in host or ":" in host):
        message = f"{url!r} is no web address; write it like https://example.fr/feed.xml"
        raise UsageError(message)
    return whole
