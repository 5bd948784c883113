"""The pages of the demo's hosts: a pure function from (week, host, path, query) to the bytes served.

It renders the web as it stood at the crawl of that week, once, and keeps it. It sees neither the network nor
a clock; the HTTP rules (conditional requests, proxying, the request log) are `server.py`'s.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader, StrictUndefined

from service.demo import crawl_time
from service.demo.site import results
from service.demo.site.content import Listing, articles, listings
from service.demo.site.shapes import app_feed, cut, french_day, linked_data, verdict_answer

PER_PAGE: Final = 20
APP_PER_PAGE: Final = 10
FEED_LENGTH: Final = 20
BREAK_WEEK: Final = 7  # the week whose crawl first meets carnet-vert.example's redesign
_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json; charset=utf-8"
_ROBOTS: Final = "User-agent: *\nDisallow: /prive/\n"


@dataclass(frozen=True)
class ServedPage:
    """An answer: status, body, and the headers that come from content rather than from the connection."""

    body: bytes
    content_type: str = _HTML
    status: HTTPStatus = HTTPStatus.OK
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        """Derive the strong ETag from the body."""
        object.__setattr__(self, "etag", f'"{hashlib.sha256(self.body).hexdigest()[:24]}"')


_SHOWN: Final = {
    "avis-jardin.example": [
        "/",
        "/avis/pousse-et-compagnie",
        "/avis/pousse-et-compagnie-lyon",
        "/avis/terre-folle",
    ],
    "verdict-clients.example": [
        "/marque/pousse-et-compagnie",
        "/marque/le-grand-arrosoir",
        "/marque/terre-folle",
    ],
    "carnet-vert.example": ["/marques/pousse-et-compagnie"],
    "le-potager-bavard.example": ["/", "/feed.xml", "/atom.xml"],
    "moteur.example": ["/", "/search?q=pousse+et+compagnie&hl=fr&gl=fr"],
    "apps.example": ["/", "/fr/rss/customerreviews/page=1/id=990001/sortby=mostrecent/json"],
}
SiteHandler = Callable[[int, str, Mapping[str, str]], ServedPage]


def get_page(week: int, host: str, path: str, query: str) -> ServedPage | None:
    """Return what a host serves for a path and a raw query at a week's crawl; None for an unknown host."""
    if host not in HOSTS:
        return None
    return _rendered(week, host, path, query)


def index_page(port: int) -> ServedPage:
    """Return the list of hosts that a browser sees at the bare address."""
    return _html("index.html", hosts=_SHOWN, port=port)


def last_modified(week: int, host: str, path: str, query: str) -> datetime:
    """Return when the page last changed.

    That is the end of the latest week whose crawl saw another body than the one before.
    """
    current = get_page(week, host, path, query)
    while week > 1 and get_page(week - 1, host, path, query) == current:
        week -= 1
    return crawl_time(week) - timedelta(hours=6)


@lru_cache(maxsize=4096)
def _rendered(week: int, host: str, path: str, query: str) -> ServedPage:
    if path == "/robots.txt":
        return ServedPage(_ROBOTS.encode(), "text/plain; charset=utf-8")
    if path.startswith("/prive/"):
        return _html("private.html", host=host)
    return HOSTS[host](week, path, dict(parse_qsl(query)))


@cache
def _templates() -> Environment:
    loader = PackageLoader("service.demo.site")
    env = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "indent": 1}
    env.filters.update(day=french_day, comma=_comma, rfc822=format_datetime, stars=_stars)
    return env


def _html(template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: object) -> ServedPage:
    return ServedPage(_templates().get_template(template).render(context).encode(), status=status)


def _missing(host: str) -> ServedPage:
    return _html("missing.html", host=host, status=HTTPStatus.NOT_FOUND)


def _comma(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _stars(count: int) -> str:
    return "★" * count + "☆" * (5 - count)


def _avis_jardin(week: int, path: str, query: Mapping[str, str]) -> ServedPage:
    found = listings("avis-jardin")
    if path == "/":
        return _html("avis-jardin/home.html", listings=found.values(), week=week)
    listing = found.get(path.removeprefix("/avis/"))
    part = cut(listing.at(week), query.get("page", "1"), size=PER_PAGE) if listing else None
    if listing is None or part is None:
        return _missing("avis-jardin.example")
    linked = linked_data(listing, part, week=week)
    return _html("avis-jardin/listing.html", listing=listing, part=part, week=week, linked=linked)


def _verdict_clients(week: int, path: str, query: Mapping[str, str]) -> ServedPage:
    found = listings("verdict-clients")
    if path == "/":
        return _html("verdict-clients/home.html", listings=found.values())
    if path == "/api/avis":
        return _verdict_api(found.get(query.get("marque", "")), week, query.get("page", "1"))
    listing = found.get(path.removeprefix("/marque/"))
    if listing is None or cut(listing.at(week), query.get("page", "1"), size=PER_PAGE) is None:
        return _missing("verdict-clients.example")
    return _html("verdict-clients/brand.html", listing=listing, page=int(query.get("page", "1")))


def _verdict_api(listing: Listing | None, week: int, wanted: str) -> ServedPage:
    part = cut(listing.at(week), wanted, size=PER_PAGE) if listing else None
    if listing is None or part is None:
        return ServedPage(b'{"erreur": "introuvable"}', _JSON, HTTPStatus.NOT_FOUND)
    return ServedPage(
        json.dumps(verdict_answer(listing, part, week=week), ensure_ascii=False, indent=1).encode(), _JSON
    )


def _carnet_vert(week: int, path: str, query: Mapping[str, str]) -> ServedPage:
    listing = listings("carnet-vert")["pousse-et-compagnie"]
    redesigned = week >= BREAK_WEEK
    if path == "/":
        home = _html(
            "carnet-vert/home.html",
            listing=listing,
            layout=f"carnet-vert/{'new-' if redesigned else ''}layout.html",
        )
        return home if redesigned else _old_web(home)
    part = cut(listing.at(week), query.get("p", "1"), size=PER_PAGE)
    if path != "/marques/pousse-et-compagnie" or part is None:
        return _missing("carnet-vert.example")
    if redesigned:
        return _html("carnet-vert/redesign.html", listing=listing, part=part, total=len(listing.at(week)))
    return _old_web(_html("carnet-vert/listing.html", listing=listing, part=part, week=week))


def _old_web(page: ServedPage) -> ServedPage:
    """Return a UTF-8 page as ISO-8859-15, which is what that site served before its redesign."""
    body = page.body.decode().encode("iso-8859-15", "xmlcharrefreplace")
    return ServedPage(body, "text/html; charset=iso-8859-15", page.status)


def _potager_bavard(week: int, path: str, _query: Mapping[str, str]) -> ServedPage:
    published = articles(week)
    if path == "/":
        return _html("le-potager-bavard/home.html", articles=published)
    for feed, kind in (("/feed.xml", "rss"), ("/atom.xml", "atom")):
        if path == feed:
            page = _html(f"le-potager-bavard/{kind}.xml", articles=published[:FEED_LENGTH])
            return ServedPage(page.body, f"application/{kind}+xml; charset=utf-8")
    wanted = [article for article in published if path == f"/articles/{article.slug}"]
    return (
        _html("le-potager-bavard/article.html", article=wanted[0])
        if wanted
        else _missing("le-potager-bavard.example")
    )


def _moteur(week: int, path: str, query: Mapping[str, str]) -> ServedPage:
    if path == "/":
        return _html("moteur/home.html", queries=results.queries())
    if path != "/search":
        return _missing("moteur.example")
    text = query.get("q", "")
    page = results.result_page(text, week=week) if query.get("start", "0") == "0" else None
    return _html("moteur/results.html", page=page, query=text)


def _apps(week: int, path: str, _query: Mapping[str, str]) -> ServedPage:
    if path == "/":
        return _html("apps.html", app=listings("apps")["990001"], week=week)
    match path.split("/")[1:]:
        case ["fr", "rss", "customerreviews", page, app, "sortby=mostrecent", "json" | "xml" as form]:
            listing = listings("apps").get(app.removeprefix("id="))
            wanted = page.removeprefix("page=")
        case _:
            return _missing("apps.example")
    part = cut(listing.at(week), wanted, size=APP_PER_PAGE) if listing else None
    if listing is None or part is None:
        return _missing("apps.example")
    feed = app_feed(listing, part, form=form)
    if form == "xml":
        return ServedPage(_html("apps/feed.xml", feed=feed["feed"]).body, "text/xml; charset=utf-8")
    return ServedPage(json.dumps(feed, ensure_ascii=False, indent=1).encode(), _JSON)


HOSTS: Final[Mapping[str, SiteHandler]] = {
    "avis-jardin.example": _avis_jardin,
    "verdict-clients.example": _verdict_clients,
    "carnet-vert.example": _carnet_vert,
    "le-potager-bavard.example": _potager_bavard,
    "moteur.example": _moteur,
    "apps.example": _apps,
}
