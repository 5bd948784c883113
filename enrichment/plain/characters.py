"""Characters that a reader of the page does not see, or sees as others: invisible ones, entities, shapes.

Invisible characters go, but for the joiner inside an emoji; entities and the tags of plain markup become what
they show; letters of other shapes (full-width, mathematical, ligatures) and letters with their marks apart
become ordinary letters; apostrophes become straight; marks and emoji that are repeated are written once. It
cannot see letters of another script that look like ours.
"""

import html
import re
import unicodedata

from enrichment.plain.edits import PlainText, TextEdit, edited

LONGEST_TAG = 300
"""Characters of a tag's attributes that are read."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TAG = re.compile(
    rf"</?(?P<name>br|p|div|li|ul|ol|b|i|u|em|strong|span|a|font|small)(?:\s[^<>]{{0,{LONGEST_TAG}}})?/?>",
    re.IGNORECASE,
)
_BREAKS = frozenset(("br", "p", "div", "li", "ul", "ol"))
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0e\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_JOINER = "\u200d"
_EMOJI_FROM = 0x2190
_ODD = re.compile(
    rf"(?P<gone>[{_INVISIBLE}]+)"
    r"|(?P<marked>\w[\u0300-\u036f]+)"
    r"|(?P<shaped>[\uff01-\uff5e\ufb00-\ufb06\U0001d400-\U0001d7ff]+)"
    r"|(?P<apostrophe>(?<=\w)[\u2018\u2019\u201b\u02bc\u2032\u00b4`](?=\w))"
    r"|(?P<many>!{2,}|\?{2,}|…{2,}|\.{4,}|,{2,}|(?P<emoji>[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?)(?P=emoji)+)"
)


def shown(plain: PlainText) -> PlainText:
    """Return a text as its reader sees it."""
    for _ in range(2):  # what was escaped twice
        if "&" not in plain.text:
            break
        plain = edited(plain, [_unescaped(found) for found in _ENTITY.finditer(plain.text)])
    if "<" in plain.text:
        plain = edited(plain, [_without_tag(found) for found in _TAG.finditer(plain.text)])
    return edited(plain, [each for found in _ODD.finditer(plain.text) if (each := _seen(found))])


def visible(text: str) -> PlainText:
    """Return a text without invisible characters and entities, and otherwise as written."""
    plain = PlainText(text)
    if "&" in text:
        plain = edited(plain, [_unescaped(found) for found in _ENTITY.finditer(text)])
    if plain.text.isascii():
        return plain
    found = [each for each in _ODD.finditer(plain.text) if each["gone"] or each["shaped"]]
    return edited(plain, [each for one in found if (each := _seen(one))])


def _unescaped(found: re.Match[str]) -> TextEdit:
    return found.start(), found.end(), html.unescape(found[0])


def _without_tag(found: re.Match[str]) -> TextEdit:
    return found.start(), found.end(), "\n" if found["name"].lower() in _BREAKS else ""


def _seen(found: re.Match[str]) -> TextEdit | None:
    """Return what stands for one find of `_ODD`; None where it stays."""
    start, end = found.span()
    kind = found.lastgroup
    if found["gone"]:
        joins = found[0] == _JOINER and _is_emoji(found.string, start - 1) and _is_emoji(found.string, end)
        return None if joins else (start, end, "")
    if found["marked"]:
        whole = unicodedata.normalize("NFC", found[0][:2])
        return start, end, whole if len(whole) == 1 else found[0][0]
    if found["shaped"]:
        return start, end, unicodedata.normalize("NFKC", found[0])
    if found["apostrophe"]:
        return start, end, "'"
    assert kind in {"many", "emoji"}  # noqa: S101 (the groups of the pattern)
    first = found["emoji"] or found[0][0]
    return start, end, "..." if first == "." else first


def _is_emoji(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (ord(text[place]) >= _EMOJI_FROM)
