"""What is around the results: query, language, country, device, number of results, "no results".

It reads the page and its address only. It cannot know what was *asked for* when Google answered something
else: the request's context, which wins over the page where both say something, is the business of `source`.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from crawlers.reading.search_results import clean, whole_number
from crawlers.sources.google_results.tree import Element, text_of
from ouidire.serp import Device

if TYPE_CHECKING:
    from parsel import Selector

RESULTS_PER_PAGE: Final = 10
LONGEST_START: Final = 5
"""Digits of `start` in an address: Google serves no more than a thousand results."""
_COUNTRY_HOST: Final = re.compile(r"(?:www\.|m\.)?google\.(?:com?\.)?([a-z]{2})$")
_SCRIPT_COUNTRY: Final = re.compile(r"\bkGL:'([A-Z]{2})'")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Za-z]{2}))?$")
_TITLE_END: Final = re.compile(r"(?<!\s)\s++[-–—]\s++[^-–—]*(?:Google|google)[^-–—]*$")
LONGEST_TITLE: Final = 2_000
"""Characters of a page's title that are looked at; a query has no more."""
_NOTHING: Final = (
    "did not match any documents|ne correspond à aucun document|Aucun document ne correspond"
    "|stimmt mit keinem Dokument überein|keine mit deiner Suchanfrage|es wurden keine mit"
    "|no obtuvo ningún resultado|No se han encontrado resultados|nessun documento"
    "|non ha prodotto risultati|komt met geen enkel document overeen|não encontrou nenhum documento"
    "|não encontrou nenhum resultado|No results found for your search|geen documenten gevonden"
)
NOTHING: Final = re.compile(_NOTHING, re.IGNORECASE)
"""How Google says "no documents" in the languages of our readers; structure shows it in the others."""


@dataclass(frozen=True)
class Frame:
    """What a page states of itself; None where it states nothing."""

    query: str | None
    gl: str | None
    hl: str | None
    device: Device | None
    page_number: int
    total: int | None
    says_empty: bool
    goes_on: bool


def read_frame(page: "Selector", *, url: str, head: str) -> Frame:
    """Read a page's frame. `head` is the beginning of its source, for what only scripts say."""
    asked = _asked(url)
    declared = _LANGUAGE.match(page.xpath("string(/html/@lang)").get() or "")
    host = _COUNTRY_HOST.match(urlsplit(url).hostname or "") if asked else None
    script = _SCRIPT_COUNTRY.search(head)
    gl = (
        asked.get("gl")
        or _field(page, "gl")
        or (script and script[1])
        or (declared and declared[2])
        or (host and host[1])
    )
    hl = asked.get("hl") or _field(page, "hl") or (declared and declared[1])
    return Frame(
        query=clean(asked.get("q")) or _searched(page),
        gl=gl.lower() if gl else None,
        hl=hl.lower() if hl else None,
        device=_device(page),
        page_number=_page_number(asked.get("start", "0")),
        total=_total(page),
        says_empty=says_nothing(page),
        goes_on=bool(page.xpath("//*[@id='pnnext']|//a[@aria-label][contains(@href,'start=')]")),
    )


def _page_number(start: str) -> int:
    whole = start.isascii() and start.isdigit() and len(start) <= LONGEST_START
    return 1 + int(start) // RESULTS_PER_PAGE if whole else 1


def _asked(url: str) -> dict[str, str]:
    """Return the parameters of a search address; nothing when the address is no search."""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, max_num_fields=200)
    except ValueError:
        return {}
    return {key: values[0] for key, values in query.items()} if "q" in query else {}


def _first(page: "Selector", xpath: str) -> Element | None:
    found = page.xpath(xpath)
    return found[0].root if found else None


def _field(page: "Selector", name: str) -> str | None:
    return clean(page.xpath("string((//form//input[@name=$name]/@value)[1])", name=name).get())


def _searched(page: "Selector") -> str | None:
    """Return the words in the search box (a text area since 2023, an input before), else in the title."""
    box = clean(page.xpath("string((//textarea[@name='q'])[1])").get())
    box = box or _field(page, "q") or clean(page.xpath("string((//input[@name='q']/@value)[1])").get())
    return box or clean(_TITLE_END.sub("", (page.xpath("string(//title)").get() or "")[:LONGEST_TITLE]))


def _device(page: "Selector") -> Device | None:
    """Return the device: only phones are asked not to link numbers; only desktops have a right column."""
    if page.xpath(
        "//meta[@name='format-detection']"
        "|//*[@id='navd' or @id='before-appbar' or @id='gsr']/*[@id='main' or @id='cnt']"
    ):
        return "mobile" if not page.xpath("//*[@id='rcnt' or @id='rhs']") else "desktop"
    return (
        "desktop"
        if page.xpath(
            "//*[@id='rcnt' or @id='rhs' or @id='hdtb' or @id='tsf']|//body[@jsmodel or @class='srp']"
        )
        else None
    )


def _total(page: "Selector") -> int | None:
    stats = text_of(_first(page, "//*[@id='result-stats' or @id='resultStats']"))
    return whole_number(re.split(r"[(（]", stats, maxsplit=1)[0]) if stats else None


def says_nothing(page: "Selector") -> bool:
    """Return whether the page says that no document matches.

    It counts none, or has a sentence that we know, or a card that repeats the query in `em` inside a heading
    and goes on with a list of suggestions, which is how every language lays it out.
    """
    if _total(page) == 0:
        return True
    for region in ("//*[@id='topstuff']", "//*[@id='center_col']", "//*[@id='main']", "//body"):
        words = text_of(_first(page, region))
        if words:
            stated = NOTHING.search(words) is not None
            break
    else:
        stated = False
    return stated or bool(
        page.xpath(
            "//p[@role='heading' or contains(../@class,'card-section')][.//em]/following-sibling::ul[li]"
        )
    )
