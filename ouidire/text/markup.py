"""Detection of tags with so many attributes that libxml2 would take minutes to build a tree of them.

libxml2 compares each attribute with all before it, so that a tag of 200,000 costs a minute of processor time
in C, where no signal arrives. One linear scan of the text finds such a tag first. It cannot see what a script
would add.
"""

import re

MOST_ATTRIBUTES = 1_000
"""Attributes of one tag; the longest tags of saved real pages have some sixty."""

# Attributes as HTML reads them (WHATWG, 13.2.5.32–40): quotes enclose a value only where one begins.
_PART = re.compile(
    r"""[\s/]++|(?P<name>=?[^\s/>=]++)(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+|(?=>)|))?"""
)
_TAG = re.compile(rf"<([A-Za-z][^\s/>]*+)((?:{_PART.pattern.replace('?P<name>', '')})*+)")
_SHORTEST = 2 * MOST_ATTRIBUTES
"""Characters that so many attributes take at the least: shorter tags are not looked into."""
_OPENING = re.compile(r"<(?=!--|[A-Za-z])")
_ENDS = {
    "<!--": re.compile("-->"),
    "script": re.compile("</script", re.IGNORECASE),
    "style": re.compile("</style", re.IGNORECASE),
}
"""Comments and raw text, which hold no tags up to their end; one that never ends is read like the rest."""


def absurd_tag(text: str) -> str | None:
    """Return the beginning of a tag with more than `MOST_ATTRIBUTES` attributes; None where there is none."""
    at = 0
    endless: set[str] = set()
    while opening := _OPENING.search(text, at):
        at = opening.end()
        raw = "<!--"
        if tag := _TAG.match(text, opening.start()):
            if len(tag[2]) >= _SHORTEST and _attributes(tag[2]) > MOST_ATTRIBUTES:
                return tag[0][:60]
            at, raw = tag.end(), tag[1].lower()
        if raw in _ENDS and raw not in endless:
            end = _ENDS[raw].search(text, at)
            if end is None:
                endless.add(raw)
            else:
                at = end.start()
    return None


def _attributes(text: str) -> int:
    """Return how many attributes the inside of a tag has."""
    return sum(part["name"] is not None for part in _PART.finditer(text))
