"""A site that publishes reviews, articles and answers by a calendar that the oracle knows, and can be broken.

`FaultSite` is the forward proxy of every host of a configuration; `mangle` changes an answer on its way.
"""

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from html import escape
from urllib.parse import parse_qs, urlsplit

from tests.faults import services
from tests.faults.published import FIRST_MONDAY, NAME, PAGE, Review, published
from tests.faults.shapes import SHAPES
from tests.support.local_server import LocalServer, QuietHandler

LISTING = "http://avis.example/fleurs"
WINDOW = "http://avis.example/fenetre"
"""A listing that shows its latest twenty and states no total."""
FEED = "http://journal.example/feed.xml"


@dataclass(frozen=True)
class Answer:
    """One answer of the site, and what becomes of it on the line."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    declared: int | None = None
    """Content-Length that is declared; the true one by default, none at all for -1."""
    drop: bool = False
    reset: bool = False
    wait: float = 0.0

    def but(self, **changes: object) -> "Answer":
        """Return the answer with other values."""
        return replace(self, **changes)

    def with_header(self, name: str, value: str) -> "Answer":
        """Return the answer with one header more."""
        return replace(self, headers={**self.headers, name: value})


Mangle = Callable[[Answer, str, dict[str, str]], Answer]
"""Takes the sound answer, the address asked for, and the headers of the request."""


def page_of_reviews(
    listed: list[Review],
    *,
    number: int = 1,
    pages: int = 1,
    total: int | None = None,
    name: str = NAME,
    item: Callable[[Review], dict[str, object]] | None = None,
    url: str = LISTING,
) -> bytes:
    """Return a page of a listing: its JSON-LD, the same in plain HTML, and the pager."""
    about: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Store",
        "name": name,
        "url": url,
        "review": [(item or json_ld)(each) for each in listed],
    }
    if total is not None:
        about["aggregateRating"] = {"@type": "AggregateRating", "ratingValue": 3.5, "reviewCount": total}
    shown = "".join(f"<li>{escape(each.text)}</li>" for each in listed)
    more = f'<a rel="next" href="{url}?page={number + 1}">Suite</a>' if number < pages else ""
    data = json.dumps(about, ensure_ascii=False)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Avis sur {name}</title>'
        f'<script type="application/ld+json">{data}</script></head>'
        f"<body><h1>{name}</h1><ul>{shown}</ul>{more}</body></html>"
    ).encode()


def json_ld(each: Review) -> dict[str, object]:
    """Return one review as the site marks it up."""
    return {
        "@type": "Review",
        "@id": f"{LISTING}#avis-{each.number}",
        "author": {"@type": "Person", "name": each.author},
        "datePublished": each.on.isoformat(),
        "reviewBody": each.text,
        "reviewRating": {"@type": "Rating", "ratingValue": each.rating, "bestRating": 5, "worstRating": 1},
    }


class _Handler(QuietHandler):
    owner: "FaultSite"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # noqa: N802 (a name of http.server)
        """Answer a request with a body, which is not looked at."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:  # noqa: N802 (a name of http.server)
        """Answer one request."""
        url = self.path if "://" in self.path else f"http://{self.headers.get('Host', '')}{self.path}"
        answer = self.owner.answer(url, {name.lower(): value for name, value in self.headers.items()})
        if answer.wait:
            time.sleep(answer.wait)
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if answer.drop or answer.reset:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        declared = len(answer.body) if answer.declared is None else answer.declared
        if declared >= 0:
            self.send_header("Content-Length", str(declared))
        if declared != len(answer.body):
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body)


class FaultSite(LocalServer):
    """Serves listing and feed as of `today`; `mangle` breaks what leaves, `asked` is what was asked for."""

    def __init__(self) -> None:
        self.today = FIRST_MONDAY
        self.mangle: Mangle | None = None
        self.robots: Answer = Answer(status=404)
        self.asked: list[str] = []
        self.published: Callable[[date], list[Review]] = published

    def handler_class(self) -> type[QuietHandler]:
        """Return the class of its handlers."""
        return _Handler

    def mended(self) -> None:
        """Break nothing any more."""
        self.mangle, self.robots, self.published = None, Answer(status=404), published

    def answer(self, url: str, headers: dict[str, str]) -> Answer:
        """Return what is sent for an address."""
        parts = urlsplit(url)
        self.asked.append(url)
        if parts.path == "/robots.txt":
            return self.robots
        sound = self.sound(url)
        return self.mangle(sound, url, headers) if self.mangle is not None else sound

    def sound(self, url: str) -> Answer:
        """Return what an honest site answers."""
        parts = urlsplit(url)
        listed = self.published(self.today)
        if f"{parts.scheme}://{parts.netloc}{parts.path}" in {LISTING, WINDOW}:
            is_window = parts.path.endswith("fenetre")
            listed = listed[: 2 * PAGE] if is_window else listed
            number = int(parse_qs(parts.query).get("page", ["1"])[0])
            pages = max(1, -(-len(listed) // PAGE))
            part = listed[(number - 1) * PAGE : number * PAGE]
            total, url = (None, WINDOW) if is_window else (len(listed), LISTING)
            return Answer(page_of_reviews(part, number=number, pages=pages, total=total, url=url))
        if f"{parts.scheme}://{parts.netloc}{parts.path}" == FEED:
            return Answer(rss(listed[:12]), headers={"Content-Type": "application/rss+xml; charset=utf-8"})
        return self._of_shape(url, listed)

    def _of_shape(self, url: str, listed: list[Review]) -> Answer:
        for shape in (*SHAPES.values(), *services.SHAPES.values()):
            if shape.is_at(url):
                return Answer(shape.page(url, listed), headers=shape.headers)
            if (beside := shape.side(url, listed)) is not None:
                return Answer(beside, headers=services.JSON)
        return Answer(b"<title>404</title>", status=404)


def rss(listed: list[Review]) -> bytes:
    """Return a feed of articles that name the brand, one for each review."""
    entries = "".join(
        f"<item><title>{NAME} : récit n° {each.number}</title><link>http://journal.example/recit/{each.number}</link>"
        f"<guid>http://journal.example/recit/{each.number}</guid>"
        f"<pubDate>{datetime(*each.on.timetuple()[:3], 9, tzinfo=UTC):%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
        f"<description>{escape(NAME + '. ' + each.text)}</description></item>"
        for each in listed
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Le Journal</title>'
        f"<link>http://journal.example/</link><description>Récits</description>{entries}</channel></rss>"
    ).encode()


def survey(listed: list[Review], *, separator: str = ";") -> str:
    """Return a survey's export: one answer for each review, scored from 0 to 10."""
    lines = [separator.join(("Date", "Note", "Commentaire", "Identifiant"))]
    lines += [
        separator.join(
            (f"{each.on:%d/%m/%Y} 10:00", str(each.rating * 2), f'"{each.text}"', str(each.number))
        )
        for each in reversed(listed)
    ]
    return "\n".join(lines) + "\n"


def gzipped(answer: Answer) -> Answer:
    """Return an answer compressed."""
    return answer.but(body=gzip.compress(answer.body)).with_header("Content-Encoding", "gzip")
