"""One answer as an engine gives it, whichever its shape, and the values that it is read from.

It cannot see which engine answered.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self
from urllib.parse import urlsplit

from ouidire.engines.answers import Citation
from ouidire.ids import canonical_url, site_of

Json = Mapping[str, Any]
LONGEST: Final = 20_000
"""Characters kept of an answer."""
MOST_CITED: Final = 50
_DOMAIN: Final = re.compile(r"(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}")
_REDIRECTS: Final = ("vertexaisearch.cloud.google.com", "www.google.com", "google.com")
"""Hosts of addresses that lead to the cited page only by a call to the engine."""


@dataclass(frozen=True)
class EngineAnswer:
    """What one answer holds.

    `cost` is the service's own figure where it gives one. `paused` says that the engine wants to be asked to
    go on.
    """

    text: str
    model: str | None
    cited: tuple[Citation, ...] = ()
    searches: tuple[str, ...] = ()
    search_count: int = 0
    search_error: str | None = None
    refused: bool = False
    truncated: bool = False
    stop: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    paused: bool = False

    def after(self, before: Self) -> Self:
        """Return the whole of an answer that had paused: what came before, and this."""
        pages = [(each.url, each.title or each.domain) for each in (*before.cited, *self.cited)]
        costs = [each.cost for each in (before, self) if each.cost is not None]
        return replace(
            self,
            text=joined((before.text, "\n\n" if before.text and self.text else "", self.text)),
            cited=citations(pages),
            searches=queries((*before.searches, *self.searches)),
            search_count=before.search_count + self.search_count,
            search_error=self.search_error if before.search_error or not before.search_count else None,
            tokens_in=before.tokens_in + self.tokens_in,
            tokens_out=before.tokens_out + self.tokens_out,
            cost=sum(costs) if costs else None,
        )


def mapping(value: object) -> Json:
    """Return an object of the answer, empty where there is none."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """Return a list of the answer, empty where there is none; at most 1,000 items."""
    return value[:1_000] if isinstance(value, list) else []


def objects(value: object) -> list[Json]:
    """Return the objects of a list."""
    return [each for each in listed(value) if isinstance(each, dict)]


def words(value: object) -> str | None:
    """Return a text, or None for anything that is none or is empty."""
    return value[:LONGEST].strip() or None if isinstance(value, str) else None


def verbatim(value: object) -> str | None:
    """Return a text as it stands, or None for anything that is none."""
    return value if isinstance(value, str) else None


def number(value: object) -> int:
    """Return a whole number from 0 on; 0 for anything that is none."""
    is_count = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12  # noqa: PLR2004 (no count is that large)
    return int(value) if is_count else 0  # type: ignore[call-overload]  # narrowed by is_count


def amount(value: object) -> float | None:
    """Return an amount of money from 0 on; None for anything that is none."""
    is_amount = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6  # noqa: PLR2004 (no answer costs that much)
    return float(value) if is_amount else None  # type: ignore[arg-type]  # narrowed by is_amount


def citations(pages: Iterable[tuple[object, object]]) -> tuple[Citation, ...]:
    """Return the cited pages, given as (address, title), each once, in order.

    Campaign parameters go. Where the address is the engine's own redirect, the domain is read in the title.
    """
    found: dict[str, Citation] = {}
    for address, given in pages:
        title = words(given)
        url = _address(address)
        domain = site_of(url)
        if url is not None and urlsplit(url).hostname in _REDIRECTS:
            url, domain = None, _domain_in(title)
        key = url or domain or title
        if key and key not in found and len(found) < MOST_CITED:
            order = len(found) + 1
            found[key] = Citation(order=order, url=url, domain=domain, title=(title or "")[:300] or None)
    return tuple(found.values())


def joined(parts: Iterable[str | None]) -> str:
    """Return the parts of an answer as one text, as they stand."""
    return "".join(part for part in parts if part)[:LONGEST].strip()


def queries(given: Iterable[object]) -> tuple[str, ...]:
    """Return what the engine searched for, each once."""
    return tuple(dict.fromkeys(_short(given)))[:20]


def _short(given: Iterable[object]) -> Iterator[str]:
    for each in given:
        text = words(each)
        if text:
            yield text[:300]


def _address(value: object) -> str | None:
    if not isinstance(value, str) or not value.startswith(("http://", "https://")) or len(value) > 4_000:  # noqa: PLR2004 (no address is that long)
        return None
    try:
        return canonical_url(value) if urlsplit(value).hostname else None
    except ValueError:
        return None


def _domain_in(title: str | None) -> str | None:
    match = _DOMAIN.fullmatch((title or "").strip().lower())
    return match[0].removeprefix("www.") if match else None
