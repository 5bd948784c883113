"""The layout `json`: Apple's customer-review feed as JSON, each value under a `label`.

It cannot see dates where the feed leaves them out (until about 2021).
"""

from typing import Any

from crawlers.reading.extract import read_json
from crawlers.sources.app_store.feed import KEYS, Feed
from crawlers.sources.app_store.reviews import read_reviews
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.page import Page


def knows(page: Page) -> bool:
    """Return whether the page is JSON by its first character."""
    return page.text.lstrip()[:1] in {"{", "["}


def parse(page: Page) -> Parsed:
    """Read one page of reviews. Raises LayoutChanged when it is no customer-review feed."""
    return read_reviews(page, _read_feed(page.text))


def _read_feed(text: str) -> Feed:
    try:
        feed = read_json(text.strip())["feed"]
    except (ValueError, TypeError, KeyError) as error:
        raise LayoutChanged("a customer-review feed", selector="feed (JSON)") from error
    if not isinstance(feed, dict) or not ({"id", "link", "title"} & set(feed)):
        raise LayoutChanged("a customer-review feed", selector="feed.{id,link,title}")
    entries = feed.get("entry") or []
    links = {}
    for link in _listed(feed.get("link")):
        attributes = link.get("attributes") if isinstance(link, dict) else None
        if isinstance(attributes, dict):
            links[str(attributes.get("rel"))] = str(attributes.get("href", ""))
    return Feed([_entry(one) for one in _listed(entries)], links, _label(feed.get("id")) or "", "json")


def _entry(raw: Any) -> dict[str, Any]:  # noqa: ANN401 (a raw payload)
    if not isinstance(raw, dict):
        return {}
    entry: dict[str, Any] = {key: _label(raw[name]) for name, key in KEYS.items() if name in raw}
    author, link = raw.get("author"), next(iter(_listed(raw.get("link"))), None)
    attributes = link.get("attributes") if isinstance(link, dict) else None
    contents = [one for one in _listed(raw.get("content")) if isinstance(one, dict)]
    plain = [
        one
        for one in contents
        if isinstance(one.get("attributes"), dict) and one["attributes"].get("type") == "text"
    ]
    entry["text"] = next((_label(one) for one in plain or contents), None)
    entry["author"] = _label(author.get("name")) if isinstance(author, dict) else None
    entry["url"] = attributes.get("href") if isinstance(attributes, dict) else None
    return entry


def _label(value: Any) -> str | None:  # noqa: ANN401
    label = value.get("label") if isinstance(value, dict) else value
    return str(label) if isinstance(label, str | int | float) and not isinstance(label, bool) else None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    if isinstance(value, dict):
        return [value]
    return value if isinstance(value, list) else []
