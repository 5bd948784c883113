"""JSON-LD, microdata and RDFa of a page as one kind of node: a dict with "@type", "@id" and its properties.

Each syntax is read only where its markup occurs. The readers of microdata and RDFa are ours, one loop over
the tree each: extruct takes minutes for a page of 20,000 items, overflows the stack on deep ones and loses
the order of RDFa. RDFa is read as its Lite subset plus `rel`, which is what review pages use. They cannot see
microformats, nor what a script adds after the page was saved.
"""

import html
import re
import sys
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from crawlers.reading.extract import absolute_url, clean, element_text, read_json
from ouidire.items import Rejected, RejectReason
from ouidire.page import Page

Node = dict[str, Any]
Syntax = Literal["json-ld", "microdata", "rdfa"]

REPAIRABLE = 200_000
"""Characters of a broken JSON-LD script that we try to repair: no real one that was seen is longer."""
MOST_REFERENCES = 1_000
"""`itemref` targets followed on one page; real pages have a handful."""
DEEPEST = 32
"""Texts of properties within one another: real pages have a handful, and each is read at every level."""
MOST_REFERRED = 200_000
"""Tags passed while `itemref` targets are followed; targets may lie within one another."""
MOST_VALUES = 100_000
"""Items and properties read of one page's markup: ten times what the longest real listings have."""
LINKS = frozenset(
    [
        "url",
        "sameAs",
        "image",
        "logo",
        "photo",
        "mainEntityOfPage",
        "thumbnailUrl",
        "additionalType",
        "discussionUrl",
    ]
)
"""Properties whose value is an address even when the link has a text."""

_ADDRESS = {
    "a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "embed": "src",
    "iframe": "src", "source": "src", "video": "src", "track": "src", "object": "data",
}  # fmt: skip
_COMMENTS = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|//[^\n]*+|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|,(?=\s*+[}\]])', re.DOTALL)
_BETWEEN = re.compile(r"(?<=[}\]])\s*+(?:,\s*+)?(?=\{)")
_ADJACENT = re.compile(r"\}\s*+\{")
_WRAPPING = re.compile(
    r"^\s*+(?:<!--|//\s*+<!\[CDATA\[|/\*\s*+<!\[CDATA\[\s*+\*/|<!\[CDATA\[)"
    r"|(?:-->|//\s*+\]\]>|/\*\s*+\]\]>\s*+\*/|\]\]>)\s*+(?:;\s*+)?$"
)


class Block(NamedTuple):
    """The top nodes of one script, or of all microdata or RDFa of a page, in the page's order."""

    syntax: Syntax
    roots: list[Any]


def read_blocks(page: Page) -> tuple[list[Block], list[Rejected]]:
    """Return all structured data of a page, JSON-LD first, and the scripts that could not be read."""
    lowered = page.lowered
    blocks: list[Block] = []
    rejected: list[Rejected] = []
    if re.search(r"ld(?:\+|&#x2b;|&#43;)json", lowered):
        blocks, rejected = _json_ld(page)
    if "rating" in lowered or "review" in lowered:
        if "itemscope" in lowered:
            blocks.append(Block("microdata", _Microdata(page).read()))
        if "typeof=" in lowered:
            blocks.append(Block("rdfa", _Rdfa(page).read()))
    return blocks, rejected


def local(name: str) -> str:
    """Return the last part of a type's or property's name: `schema:Review` is `Review`."""
    return re.split(r"[/#:]", name.strip())[-1]


def tolerant_json(text: str) -> Any:  # noqa: ANN401 (a raw payload)
    """Read a JSON-LD script as publishers write it; raises ValueError when it is no JSON all the same.

    Allowed: a wrapping comment or CDATA, comments, trailing commas, a script escaped as a whole, several
    values in a row.
    """
    text = text.replace("\ufeff", "").strip()
    try:
        return read_json(text)
    except ValueError:
        if not text or len(text) > REPAIRABLE:
            raise
    for _ in range(2):
        text = _WRAPPING.sub("", _WRAPPING.sub("", text)).strip()
    if re.match(r"[\[{]\s*&quot;", text):
        text = html.unescape(text)
    for needless in (_COMMENTS, _TRAILING):  # a comma may stand before a comment that stood last
        text = needless.sub(lambda match: match[0] if match[0][0] == '"' else "", text).strip().rstrip(";")
    try:
        return read_json(text)
    except ValueError:
        pieces = _BETWEEN.sub(",", text) if _ADJACENT.search(text) else ""
        return read_json(f"[{pieces}]" if pieces else text)


def _json_ld(page: Page) -> tuple[list[Block], list[Rejected]]:
    blocks: list[Block] = []
    rejected: list[Rejected] = []
    lower = 'translate(@type, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")'
    for number, script in enumerate(page.selector.xpath(f'//script[contains({lower}, "ld+json")]'), 1):
        text = "".join(script.xpath("./text()").getall())
        if not text.strip():
            continue
        try:
            value = tolerant_json(text)
        except ValueError as error:
            reason: RejectReason = "incomplete" if _of_reviews(text) else "unreadable"
            where = f"JSON-LD script {number}"
            rejected.append(Rejected(reason=reason, where=where, detail=clean(str(error))[:120]))
            continue
        blocks.append(Block("json-ld", value if isinstance(value, list) else [value]))
    return blocks, rejected


def _of_reviews(script: str) -> bool:
    """Return whether a script that cannot be read was to state reviews, or an average of them."""
    lowered = script.lower()
    return any(word in lowered for word in ("review", "rating"))


class _Scope(NamedTuple):
    element: Any
    node: Node
    rel: str | None = None


class _Reader:
    """One loop over the tree, keeping the stack of items that are open."""

    def __init__(self, page: Page) -> None:
        self.url = page.url
        self.root = page.selector.root
        self.roots: list[Any] = []
        self.left = MOST_VALUES
        self.within: list[Any] = []
        self.visits = sys.maxsize

    def read(self) -> list[Any]:
        self.walk(self.root, [])
        return self.roots

    def walk(self, element: Any, stack: list[_Scope]) -> None:  # noqa: ANN401 (an lxml element)
        from lxml.etree import iterwalk

        for event, node in iterwalk(element, events=("start", "end")):
            self.visits -= 1
            if self.visits < 0:
                return
            if event == "start":
                if isinstance(node.tag, str):
                    self.open(node, stack)
                if self.left < 0:
                    return
            else:
                while self.within and self.within[-1] is node:
                    self.within.pop()
                while stack and stack[-1].element is node:
                    stack.pop()

    def open(self, element: Any, stack: list[_Scope]) -> None:  # noqa: ANN401
        raise NotImplementedError

    def add(self, stack: list[_Scope], names: Iterator[str] | list[str], value: Any) -> None:  # noqa: ANN401
        self.left -= 1
        for name in names:
            stack[-1].node.setdefault(local(name), []).append(value)

    def value(self, element: Any, name: str) -> Any:  # noqa: ANN401
        content = element.get("content")
        if content is not None:
            return clean(content)
        if element.tag in {"data", "meter"} and element.get("value"):
            return clean(element.get("value"))
        if element.get("datetime"):
            return clean(element.get("datetime"))
        address = (element.get(_ADDRESS[element.tag]) if element.tag in _ADDRESS else None) or element.get(
            "resource"
        )
        text = ""
        if len(self.within) < DEEPEST:
            self.within.append(element)
            text = element_text(element)
        if address is None:
            return text
        url = absolute_url(self.url, address)
        return (
            url or text if local(name) in LINKS or not text else {"@type": [], "@id": url or "", "name": text}
        )


class _Microdata(_Reader):
    def read(self) -> list[Any]:
        self.references: list[tuple[Node, str]] = []
        self.walk(self.root, [])
        self.visits = MOST_REFERRED
        followed: set[tuple[int, str]] = set()
        places = _by_id(self.root) if self.references else {}
        for node, target in self.references[:MOST_REFERENCES]:
            if (id(node), target) not in followed and target in places:
                followed.add((id(node), target))
                self.walk(places[target], [_Scope(None, node)])
        return self.roots

    def open(self, element: Any, stack: list[_Scope]) -> None:  # noqa: ANN401
        names = (element.get("itemprop") or "").split()
        if element.get("itemscope") is not None:
            node: Node = {"@type": [local(name) for name in (element.get("itemtype") or "").split()]}
            if element.get("itemid"):
                node["@id"] = clean(element.get("itemid"))
            if names and stack:
                self.add(stack, names, node)
            else:
                self.left -= 1
                self.roots.append(node)
            stack.append(_Scope(element, node))
            if len(self.references) < MOST_REFERENCES:
                self.references.extend((node, target) for target in (element.get("itemref") or "").split())
        elif names and stack:
            self.add(stack, names, self.value(element, names[0]))


def _by_id(root: Any) -> dict[str, Any]:  # noqa: ANN401 (an lxml element)
    """Return the first element of each id."""
    found: dict[str, Any] = {}
    for element in root.iter("*"):
        if (name := element.get("id")) is not None:
            found.setdefault(name, element)
    return found


class _Rdfa(_Reader):
    def open(self, element: Any, stack: list[_Scope]) -> None:  # noqa: ANN401
        names = (element.get("property") or "").split()
        rel = next((name for name in (element.get("rel") or "").split() if ":" in name), None)
        types = element.get("typeof")
        if types is not None:
            node: Node = {"@type": [local(name) for name in types.split()]}
            subject = element.get("resource") or element.get("about")
            if subject:
                node["@id"] = clean(subject)
            held_by = rel or (stack[-1].rel if stack else None)
            names = names or ([held_by] if held_by else [])
            if names and stack:
                self.add(stack, names, node)
            else:
                self.left -= 1
                self.roots.append(node)
            stack.append(_Scope(element, node))
        elif names and stack:
            self.add(stack, names, self.value(element, names[0]))
        elif rel and stack:
            stack.append(_Scope(element, stack[-1].node, rel))
