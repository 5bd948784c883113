"""The layout `xml`: Apple's customer-review feed as Atom, the form that has dates.

XML that defines entities is refused before anything parses it.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from crawlers.sources.app_store.feed import KEYS, Feed
from crawlers.sources.app_store.reviews import read_reviews
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.page import Page

ATOM = "{http://www.w3.org/2005/Atom}"
BEGINNING = 5_000
"""Characters of the page in which an Atom feed names itself."""


def knows(page: Page) -> bool:
    """Return whether the page is an Atom feed by its root element."""
    return re.search(r"<(?:\w+:)?feed\b", page.text[:BEGINNING]) is not None


def parse(page: Page) -> Parsed:
    """Read one page of reviews. Raises LayoutChanged when it is no customer-review feed."""
    return read_reviews(page, _read_feed(page.text.strip()))


def _read_feed(text: str) -> Feed:
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
    entries = [_entry(entry) for entry in root.findall(f"{ATOM}entry")]
    return Feed(entries, links, root.findtext(f"{ATOM}id", ""), "xml")


def _entry(element: Element) -> dict[str, Any]:
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
