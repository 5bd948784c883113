"""What every parser needs to read a page: numbers, dates, texts, JSON and links as sites write them.

All of it is pure.

It cannot see meaning: whether "1,234" is a count or a rating is for the caller to say, by asking for `count`
or `decimal`.
"""

import html
import math
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from crawlers.reading.dates import fold, stated_date
from ouidire.ids import canonical_url
from ouidire.mention import Rating
from ouidire.page import Page
from ouidire.text.json_text import read_json
from ouidire.text.markup import absurd_tag

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "absolute_url",
    "canonical_link",
    "clean",
    "count",
    "decimal",
    "element_text",
    "fold",
    "html_to_text",
    "next_link",
    "one_line",
    "read_json",
    "registrable_host",
    "scaled",
    "stated_date",
    "title_of",
]

TEXT_LIMIT = 50_000
"""Characters kept of one text: ten times the longest review that any site of ours accepts."""
BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "fieldset",
     "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
     "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"]
)  # fmt: skip
SILENT = frozenset(
    ["script", "style", "template", "noscript", "svg", "iframe", "object", "head", "textarea", "select"]
)

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
"""What the C1 control characters of a page mean: bytes of Windows-1252 that were taken for Latin-1."""
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_TAG = re.compile(
    r"</?(?:a|b|br|p|div|span|i|em|strong|u|ul|ol|li|h[1-6]|img|table|tr|td|blockquote|pre|code|font|script|style|sup|sub|hr)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_NUMBER = re.compile(r"[-−]?\d[\d\s.,'’٫٬]*(?:[eE][-+]?\d{1,2}(?!\w))?")
_SCALED = re.compile(
    r"^\D{0,40}?(\d+(?:[.,٫]\d+)?)"
    r"\s*(?:/|\bsur\b|\bout of\b|\bof\b|\bvon\b|\bde\b|\bsu\b|\bvan de\b|\buit\b)"
    r"\s*(\d+(?:[.,]\d+)?)\b"
)
_PERCENT = re.compile(r"^\D{0,20}?(\d+(?:[.,]\d+)?)\s*%")
_MULTIPLES = {"k": 1e3, "m": 1e6, "mio": 1e6, "mille": 1e3, "millions": 1e6, "million": 1e6}


def clean(text: str) -> str:
    """Return the text without control characters, lone surrogates, outer blanks; line ends are newlines.

    C1 control characters are read as Windows-1252, which is what pages mean by them (as HTML itself does).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CP1252)
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text)).strip()


def one_line(value: object, *, limit: int = 500) -> str | None:
    """Return the value as one line of at most `limit` characters, or None when nothing is left of it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = " ".join(clean(html_to_text(value) if isinstance(value, str) else str(value)).split())
    return text[:limit] or None


def decimal(value: object) -> float | None:
    """Return the first number in a text of any locale; a lone separator is the decimal one: "8,4" is 8.4.

    With two kinds of separators, or one kind repeated, the last kind is decimal if it occurs once: "1.234,5"
    is 1234.5, "1 234 567" is 1234567. None when there is no finite number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 and math.isfinite(value) else None  # noqa: PLR2004 (exact in a float)
    if not isinstance(value, str):
        return None
    match = _NUMBER.search(unicodedata.normalize("NFKC", value[:200]))
    if match is None:
        return None
    text = re.sub(r"[\s'’]", "", match[0]).replace("−", "-").replace("٫", ",").replace("٬", ".").rstrip(".,")
    separators = re.findall(r"[.,]", text)
    if len(separators) > 1:
        last = separators[-1]
        decimal_part = separators.count(last) == 1
        for separator in ".,":
            if separator != last or not decimal_part:
                text = text.replace(separator, "")
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def count(value: object) -> int | None:
    """Return the first number of a text as a count: groups of three digits are joined, "1,2 k" is 1200.

    None below zero.
    """
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value[:200])
        grouped = re.search(r"(?<![\d.,])\d{1,3}(?:[\s.,'’٬]\d{3})+(?![\d])", text)
        if grouped:
            return int(re.sub(r"\D", "", grouped[0]))
        multiple = re.search(r"(?<!\d)(\d++(?:[.,]\d++)?)\s?(k|mio|mille|millions?|m)\b", text, re.IGNORECASE)
        if multiple:
            return round(float(multiple[1].replace(",", ".")) * _MULTIPLES[multiple[2].lower()])
    number = decimal(value)
    return int(number) if number is not None and 0 <= number < 1e12 else None  # noqa: PLR2004 (more than all people's reviews)


def scaled(value: object, *, best: object = None, worst: object = None) -> Rating | None:
    """Return a rating on its scale; "8/10", "4 sur 5" and "92%" carry their own.

    Without a stated best, 5 is taken as schema.org says, unless the value exceeds it: then 10, then 100. None
    when there is no number, or one outside its scale.
    """
    text = unicodedata.normalize("NFKC", value[:200]).casefold() if isinstance(value, str) else ""
    top, bottom = decimal(best), decimal(worst)
    if match := _SCALED.search(text):
        number, top = decimal(match[1]), decimal(match[2])
    elif match := _PERCENT.search(text):
        number, top, bottom = decimal(match[1]), 100.0, 0.0
    else:
        number = decimal(value)
    if number is None or number < 0:
        return None
    if top is None or top <= 0:
        top = next((scale for scale in (5.0, 10.0, 100.0) if number <= scale), None)
    if top is None or number > top:
        return None
    if bottom is None or bottom >= top:
        bottom = min(1.0, math.floor(number)) if top > 1 else 0.0
    return Rating(value=number, best=top, worst=bottom) if number >= bottom else None


def html_to_text(text: str) -> str:
    """Return the visible text of a fragment that may hold HTML or entities; paragraphs and line breaks stay.

    Plain text is returned as it is: "prix < 100 et > 50" and "<3" are words, not markup.
    """
    if _TAG.search(text) and absurd_tag(text) is None:
        from lxml import html as lxml_html
        from lxml.etree import LxmlError

        try:
            root = lxml_html.document_fromstring(
                "<div>" + _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text)) + "</div>"
            )
        except (LxmlError, ValueError):
            return clean(_TAG.sub(" ", text))
        text = element_text(root)
        return _unescaped(text)
    return clean(_unescaped(_TAG.sub(" ", text) if absurd_tag(text) is not None else text))


def _unescaped(text: str) -> str:
    """Undo entities, twice at most: publishers escape what their templates escape again."""
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def element_text(element: "_Element", *, limit: int = TEXT_LIMIT) -> str:
    """Return at most `limit` characters of the visible text under an element; blocks and `<br>` break lines.

    The walk is a loop, not a recursion, and stops at the limit: depth and size of a hostile page cannot harm
    it.
    """
    parts: list[str] = []
    size, skipping = 0, None
    from lxml.etree import iterwalk

    for event, node in iterwalk(element, events=("start", "end", "comment", "pi")):
        name = node.tag if isinstance(node.tag, str) else "#"
        if event == "start":
            if skipping is None and name in SILENT and node is not element:
                skipping = node
            if skipping is None:
                parts.append("\n" if name in BLOCKS or name == "br" else "")
                parts.append(_spaced(node.text, limit, keep=name == "pre"))
        elif skipping is None or skipping is node:
            parts.append("\n" if skipping is None and name in BLOCKS else "")
            skipping = None
            if node is not element:
                parts.append(_spaced(node.tail, limit, keep=False))
        size += len(parts[-1]) if parts else 0
        if size > limit:
            break
    lines = (" ".join(line.split()) if line.strip() else "" for line in "".join(parts).split("\n"))
    return clean(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))[:limit]


def _spaced(text: str | None, limit: int, *, keep: bool) -> str:
    if not text:
        return ""
    text = text[: 4 * limit]  # blanks included
    return text if keep else re.sub(r"[ \t\r\n\f]+", " ", text)


def absolute_url(base: str, link: object) -> str | None:
    """Return the http(s) address a link on page `base` leads to, or None where it leads to none."""
    if not isinstance(link, str):
        return None
    try:
        url = urljoin(base, re.sub(r"[\t\r\n]", "", clean(link)))
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and host else None


def canonical_link(page: Page) -> str | None:
    """Return the page's own address in canonical form (`rel=canonical`, then `og:url`), or None."""
    for query in ('//link[@rel="canonical"]/@href', '//meta[@property="og:url"]/@content'):
        url = absolute_url(page.url, page.selector.xpath(query).get())
        if url is not None:
            return canonical_url(url)
    return None


def next_link(page: Page) -> str | None:
    """Return the next page of a pager (`Link` header, `<link rel=next>`, then `<a rel=next>`), or None."""
    header = re.search(r'<([^<>]*)>[^,<]*;\s*rel="?next\b', page.headers.get("link", "")[:4000])
    marked = None if header or "next" not in page.text.lower() else page.selector.xpath(
        '(//link|//a)[contains(concat(" ", translate(@rel, "NEXT", "next"), " "), " next ")]/@href'
    ).get()  # fmt: skip
    link = header[1] if header else marked
    url = absolute_url(page.url, link) if link else None
    return url if url is not None and url.split("#")[0] != page.url.split("#")[0] else None


def title_of(page: Page) -> str:
    """Return the page's title on one line, or an empty text."""
    match = re.search(r"<title[^>]{0,500}+>([^<]{0,2000})", page.text[:200_000], re.IGNORECASE)
    return " ".join(html.unescape(match[1]).split()) if match else ""


def registrable_host(url: str) -> str:
    """Return the registered domain of an address (`avis.exemple.co.uk` → `exemple.co.uk`), or its host.

    Known suffixes are those of the list that comes with tldextract: the network is never asked.
    """
    host = (urlsplit(url).hostname or "").lower().rstrip(".")
    return _suffixes()(host).top_domain_under_public_suffix or host


@lru_cache(maxsize=1)
def _suffixes() -> Any:  # noqa: ANN401 (tldextract's extractor)
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
