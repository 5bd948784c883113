"""Apple's customer-review feed, JSON or XML, in one form: links, and entries with the same keys.

It cannot tell an app without reviews from a wrong app number: Apple answers both with the same empty feed.
"""

import re
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from crawlers.reading.extract import read_json
from ouidire.errors import LayoutChanged
from ouidire.page import Page

ATOM = "{http://www.w3.org/2005/Atom}"
KEYS = {
    "id": "id", "title": "title", "updated": "updated", "im:rating": "rating", "im:version": "version",
    "im:voteSum": "likes", "im:voteCount": "votes", "im:name": "app_name",
}  # fmt: skip


class Feed(NamedTuple):
    """A feed: its entries, its links by `rel`, its own id (an address) and its form, "json" or "xml"."""

    entries: list[dict[str, Any]]
    links: dict[str, str]
    name: str
    form: str


def read_feed(page: Page) -> Feed:
    """Return the page's feed. Raises LayoutChanged when it is none, or XML that defines entities."""
    text = page.text.strip()
    return _from_json(text) if text[:1] in {"{", "["} else _from_xml(text)


def _from_json(text: str) -> Feed:
    try:
        feed = read_json(text)["feed"]
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
    return Feed([_json_entry(one) for one in _listed(entries)], links, _label(feed.get("id")) or "", "json")


def _json_entry(raw: Any) -> dict[str, Any]:  # noqa: ANN401 (a raw payload)
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


def _from_xml(text: str) -> Feed:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        undeclared = re.sub(r"^<\?xml[^>]{0,200}\?>", "", text)  # the text is decoded already
        root: Element = fromstring(undeclared.encode("utf-8", "replace"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise LayoutChanged("a customer-review feed", selector="feed (XML)") from error
    if root.tag != f"{ATOM}feed":
        raise LayoutChanged("a customer-review feed", selector=f"{ATOM}feed")
    links = {link.get("rel", "alternate"): link.get("href", "") for link in root.findall(f"{ATOM}link")}
    return Feed(
        [_xml_entry(entry) for entry in root.findall(f"{ATOM}entry")],
        links,
        root.findtext(f"{ATOM}id", ""),
        "xml",
    )


def _xml_entry(element: Element) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for child in element:
        namespace, _, name = child.tag.rpartition("}")
        key = KEYS.get(name if namespace == ATOM[:-1] else f"im:{name}")
        if key and key not in entry:
            entry[key] = child.text
    texts = [one.text for one in element.findall(f"{ATOM}content") if one.get("type", "text") == "text"]
    link = element.find(f"{ATOM}link")
    entry["text"] = next((text for text in texts if text), None)
    entry["author"] = element.findtext(f"{ATOM}author/{ATOM}name")
    entry["url"] = link.get("href") if link is not None else None
    return entry
