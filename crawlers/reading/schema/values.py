"""Values of a node of structured data: under any of a property's names, as one line, as text, as types.

It cannot see a property whose publisher invented its name.
"""

from typing import Any

from crawlers.reading.extract import html_to_text, one_line
from crawlers.reading.schema.blocks import Node, local

OLD_NAMES = {
    "author": "reviewer", "datePublished": "dtreviewed", "itemReviewed": "itemreviewed", "name": "summary",
    "ratingValue": "average", "bestRating": "best", "worstRating": "worst", "reviewCount": "count",
    "ratingCount": "votes", "reviewRating": "rating",
}  # fmt: skip
"""data-vocabulary.org, which schema.org replaced in 2011; pages of small shops still carry it."""


def values(node: Node, name: str) -> list[Any]:
    """Return a property's values, under its plain, prefixed, absolute or data-vocabulary name."""
    for key in (
        name,
        f"schema:{name}",
        f"http://schema.org/{name}",
        f"https://schema.org/{name}",
        OLD_NAMES.get(name, name),
    ):
        if key in node and node[key] not in (None, "", []):
            value = node[key]
            return value if isinstance(value, list) else [value]
    return []


def words(value: Any, *, limit: int = 500) -> str | None:  # noqa: ANN401 (a raw payload)
    """Return a value as one line: a text, a number, or the name of a node; None when it has none."""
    if isinstance(value, list):
        named = [text for text in (words(one) for one in value[:5]) if text]
        return ", ".join(dict.fromkeys(named)) or None
    if isinstance(value, dict):
        if "@value" in value:
            return one_line(value["@value"], limit=limit)
        name = words(values(value, "name"))
        return (
            name
            or " ".join(filter(None, (words(values(value, part)) for part in ("givenName", "familyName"))))
            or None
        )
    return one_line(value, limit=limit)


def types(node: Node) -> set[str]:
    """Return the local names of a node's types."""
    stated = node.get("@type", [])
    return {local(one) for one in (stated if isinstance(stated, list) else [stated]) if isinstance(one, str)}


def verbatim(value: Any) -> str:  # noqa: ANN401
    """Return the text of a value or of its node, without markup; empty where there is none."""
    if isinstance(value, dict):
        value = value.get("@value", value.get("name"))
    return (
        html_to_text(str(value))
        if isinstance(value, str | int | float) and not isinstance(value, bool)
        else ""
    )
