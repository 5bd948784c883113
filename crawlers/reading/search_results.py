"""Helpers of every reader of search results: clean text, shown ratings, counts, redirects, entity name.

Everything here is a function of its arguments. It reads the *shape* of a rating ("Note : 2,2 - 22 votes",
"8.7/10", "88% · 161 votes", "4,8 (78)") rather than its language; it cannot tell a rating from a price when
neither stars nor a word for "rating" stand beside the number, so callers ask only where one of them does.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final
from urllib.parse import parse_qs, urljoin, urlsplit

from crawlers.reading.dates import fold
from ouidire.errors import SourceError
from ouidire.serp import SearchEntry, ShownRating

_INVISIBLE: Final = dict.fromkeys(
    [0x00AD, 0x200B, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
"""Soft hyphen, zero-width space, joiner and directional marks: invisible, and common on Google's pages."""

RATING_WORDS: Final = (
    "Rating|Rated|Note|Noté|Notée|Évaluation|Bewertung|Bewertet|Valoración|Calificación|Puntuación|Valutazione|Voto|"
    "Beoordeling|Waardering|Classificação|Avaliação|Ocena|Betyg|Vurdering|Bedømmelse|Arvio|Hodnocení|Értékelés|"
    "Рейтинг|Оценка|Puan|Βαθμολογία|評価|评分|評分|평점|التقييم"
)
"""What Google writes before a shown rating, in the languages that we met or that European users read."""

_NUMBER = r"\d{1,3}(?:[ .,'’]\d{3})+(?!\d)|\d{1,12}(?:[.,]\d{1,2})?"
_RATING: Final = re.compile(
    rf"(?:(?P<label>{RATING_WORDS})\s?:?\s?)?(?<![\d.,])(?P<value>\d{{1,3}}(?:[.,]\d{{1,2}})?)(?![\d]|[.,]\d)"
    r"(?:\s?(?:/|sur|out of|von|de|di|su|van|av|af)\s?(?P<best>\d{1,3})(?!\d)|\s?(?P<percent>%))?"
    rf"(?:\s?,?\s?(?:[·⋅∙•–—-]|from|basé sur)?\s?\(?(?P<count>{_NUMBER})"
    r"\s?(?P<times>(?:k|K|M|mille|mil|Tsd\.|Mio\.)(?!\w))?\)?"
    r"(?P<noun>\s?[^\W\d_]{2,24})?)?",
    re.IGNORECASE,
)
_LABELLED: Final = re.compile(rf"(?<!\w)(?:{RATING_WORDS})\s?:?\s?\d", re.IGNORECASE)
_COUNTED: Final = re.compile(r"(?<![\d.,])[0-5][.,]\d\s?\(\s?\d")
_TIMES: Final = {"k": 1_000, "mille": 1_000, "mil": 1_000, "tsd.": 1_000, "m": 1_000_000, "mio.": 1_000_000}
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ .,'’]\d{2,3})+(?!\d)|\d{1,18}")
_WRAPPED_PATHS: Final = frozenset({"/url", "/interstitial", "/aclk", "/pagead/aclk"})
_GOOGLE_HOST: Final = re.compile(r"(?:www\.|m\.)?google(?:adservices)?\.(?:com?\.)?[a-z]{2,3}$")
MAX_TEXT: Final = 5_000
"""Longest text kept of one field: a real snippet has some 300 characters, an AI overview some 3,000."""
SAME_LETTERS = 0.85
"""Share of letters in common, in their order, from which two queries differ in their spelling alone."""


def clean(text: str | None) -> str | None:
    """Return at most MAX_TEXT characters of the text on one line without invisible marks, or None."""
    if not text:
        return None
    line = " ".join(text[: 4 * MAX_TEXT].translate(_INVISIBLE).split())
    return line[:MAX_TEXT] or None


def whole_number(text: str) -> int | None:
    """Return the largest whole number of a text in any digit grouping: "Environ 17 200 000" is 17200000."""
    numbers = [int(re.sub(r"\D", "", found)) for found in _GROUPED.findall(clean(text) or "")]
    return max(numbers) if numbers else None


def shows_rating(text: str) -> bool:
    """Return whether a text carries a rating by itself: a word for it before a number, or "4,8 (78)"."""
    line = clean(text) or ""
    return bool(_LABELLED.search(line) or _COUNTED.search(line))


def shown_rating(text: str | None) -> ShownRating | None:
    """Read a rating as shown.

    The scale is 5 unless the text states another (/10, "sur 20") or a percentage (100).

    Returns None when the text holds no number that can be a rating on its scale.
    """
    line = clean(text)
    if line is None:
        return None
    start = _LABELLED.search(line) or _COUNTED.search(line)
    match = _RATING.search(line, start.start() if start else 0)
    if match is None:
        return None
    value = float(match["value"].replace(",", "."))
    best = 100.0 if match["percent"] else float(match["best"] or 5)
    if best <= 0 or value > best:
        return None
    count = _count(match["count"], match["times"]) if _counts(match) else None
    end = match.end() if count is not None or not match["count"] else match.start("count")
    if "(" in match[0] and ")" not in match[0] and count is not None:
        closing = line.find(")", end, end + 24)
        end = closing + 1 if closing >= 0 else end
    shown = line[match.start() : end]
    return ShownRating(value=value, best=best, count=count, text=shown.strip(" ·⋅-–—,(") or None)


def _counts(match: re.Match[str]) -> bool:
    """Return whether the second number is a number of votes: in parentheses, or followed by a noun."""
    return bool(match["count"]) and ("(" in match[0] or bool(match["noun"]))


def _count(number: str, times: str | None) -> int:
    if times:
        return round(float(re.sub(r"[ '’]", "", number).replace(",", ".")) * _TIMES[times.lower()])
    return int(re.sub(r"\D", "", number))


def unwrap(href: str | None, *, base: str) -> str | None:
    """Return the absolute address a result leads to, out of redirects and AMP viewer, without text fragments.

    Redirects are Google's, or those of `base`'s own host (a copy of a page served from elsewhere).
    None for what is no web address (javascript:, tel:, an empty link) or cannot be read as one.
    """
    if not href or len(href) > MAX_TEXT:
        return None
    try:
        url = urljoin(base, href.strip())
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.path in _WRAPPED_PATHS and (_GOOGLE_HOST.match(host) or host == urlsplit(base).hostname):
            query = parse_qs(parts.query, max_num_fields=100)
            target = next((query[key][0] for key in ("q", "url", "adurl") if query.get(key)), "")
            if not target.startswith(("http://", "https://")):
                return url
            url, parts = target, urlsplit(target)
        elif _GOOGLE_HOST.match(host) and parts.path.startswith("/amp/"):
            secure = parts.path.startswith("/amp/s/")
            url = (
                ("https://" if secure else "http://")
                + parts.path[7 if secure else 5 :]
                + (f"?{parts.query}" if parts.query else "")
            )
            parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    return url.split("#:~:text=", 1)[0]


def normal_query(query: str) -> str:
    """Return the query as identity sees it: composed, case-folded, blanks collapsed."""
    return " ".join(unicodedata.normalize("NFC", query).casefold().split())


def query_of(asked: str | None, shown: str | None) -> str | None:
    """Return the query that a page of results answers: what was asked for, else what the page shows.

    Raises SourceError where the page shows another one: an engine that mends the spelling still shows most of
    its letters.
    """
    if asked and shown and not _is_same_query(asked, shown):
        told = " ".join(shown.split())[:100]
        raise SourceError(f'the answer is to another search ("{told}") than the one asked for ("{asked}")')
    return asked or shown


def _is_same_query(one: str, two: str) -> bool:
    first, second = (re.findall(r"\w+", fold(each)[:MAX_TEXT]) for each in (one, two))
    if set(first) <= set(second) or set(second) <= set(first):
        return bool(first) == bool(second)
    return SequenceMatcher(None, " ".join(first), " ".join(second)).ratio() >= SAME_LETTERS


def search_entity(engine: str, query: str, *, gl: str | None, hl: str | None, device: str) -> str:
    """Return the entity of one watched search (`google/fr/fr/desktop/pousse et compagnie`).

    "-" stands for what is not known.
    """
    return "/".join([engine, (gl or "-").lower(), (hl or "-").lower(), device, normal_query(query)])


def ranked(found: Iterable[SearchEntry]) -> tuple[SearchEntry, ...]:
    """Return the entries with their places, in the order given, without blocks that repeat an entry."""
    ranks: Counter[str] = Counter()
    seen: set[tuple[str, str | None, str | None]] = set()
    placed: list[SearchEntry] = []
    for entry in found:
        key = (entry.type, entry.title, entry.url)
        if entry.type not in {"organic", "local"} and key in seen:
            continue
        seen.add(key)
        ranks[entry.type] += 1
        placed.append(entry.model_copy(update={"position": len(placed) + 1, "rank": ranks[entry.type]}))
    return tuple(placed)
