"""The same reviews in other forms: microdata, a Trustpilot page's data, an Atom feed, a platform's export."""

import json
import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from tests.faults.published import NAME, PAGE, Review

MICRO = "http://avis.example/micro"
TRUST = "http://trust.example/review/fleurs.example"
ATOM = "http://journal.example/atom.xml"
HTML = {"Content-Type": "text/html; charset=utf-8"}
LATEST = 12
"""Entries that the feed shows."""


class Listed(NamedTuple):
    """One page of a listing: what it shows, its number of how many, what it declares and whom it is about."""

    reviews: list[Review]
    number: int = 1
    pages: int = 1
    total: int | None = None
    name: str = NAME


def microdata(page: Listed) -> bytes:
    """Return a page whose reviews are marked up in its HTML alone."""
    shown = "".join(
        f'<li itemprop="review" itemscope itemtype="https://schema.org/Review" id="avis-{each.number}">'
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{each.author}</span></span>'
        f'<meta itemprop="datePublished" content="{each.on.isoformat()}">'
        f'<span itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating">'
        f'<meta itemprop="ratingValue" content="{each.rating}"><meta itemprop="bestRating" content="5">'
        f"</span>"
        f'<p itemprop="reviewBody">{escape(each.text)}</p></li>'
        for each in page.reviews
    )
    declared = (
        '<div itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating">'
        f'<meta itemprop="ratingValue" content="3.5"><meta itemprop="reviewCount" content="{page.total}">'
        "</div>"
    )
    more = f'<a rel="next" href="{MICRO}?page={page.number + 1}">Suite</a>'
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        f"<title>Avis sur {page.name}</title></head>"
        f'<body><div itemscope itemtype="https://schema.org/Store"><h1 itemprop="name">{page.name}</h1>'
        f"{declared if page.total is not None else ''}<ul>{shown}</ul></div>"
        f"{more if page.number < page.pages else ''}</body></html>"
    ).encode()


def trustpilot(page: Listed) -> bytes:
    """Return a company's page as Trustpilot's have it: a script of data."""
    listed = [
        {
            "id": f"{each.number:024x}",
            "text": each.text,
            "rating": each.rating,
            "title": " ".join(each.text.split()[:3]),
            "dates": {"publishedDate": f"{each.on.isoformat()}T09:00:00.000Z"},
            "consumer": {"id": f"c{each.number}", "displayName": each.author, "countryCode": "FR"},
            "language": "fr",
        }
        for each in page.reviews
    ]
    name = "fleurs.example" if page.name == NAME else "plomberie.example"
    business = {"id": "5f00", "displayName": page.name, "identifyingName": name}
    paging = {"currentPage": page.number, "perPage": 10, "totalPages": page.pages}
    if page.total is not None:
        business["numberOfReviews"] = page.total
        paging["totalCount"] = page.total
    data = {"businessUnit": business, "reviews": listed, "filters": {"pagination": paging}}
    script = json.dumps({"props": {"pageProps": data}}, ensure_ascii=False)
    return (
        f'<!DOCTYPE html><html lang="fr-FR"><head><title>{page.name} : avis | Trustpilot</title></head><body>'
        f'<div id="__next"><h1>{page.name}</h1></div>'
        f'<script id="__NEXT_DATA__" type="application/json">{script}</script></body></html>'
    ).encode()


def atom(page: Listed) -> bytes:
    """Return an Atom feed of articles that name the brand."""
    entries = "".join(
        f"<entry><title>{page.name} : récit n° {each.number}</title>"
        f'<link href="http://journal.example/atom/{each.number}"/><id>http://journal.example/atom/{each.number}</id>'
        f"<updated>{each.on.isoformat()}T09:00:00Z</updated><published>{each.on.isoformat()}T09:00:00Z</published>"
        f"<summary>{escape(page.name + '. ' + each.text)}</summary></entry>"
        for each in page.reviews
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>Le Journal</title>"
        f"<id>http://journal.example/</id><updated>2026-03-09T00:00:00Z</updated>{entries}</feed>"
    ).encode()


def export(listed: list[Review]) -> str:
    """Return a platform's export: one review a row, the oldest first."""
    rows = [
        f'{each.number};{each.on:%d/%m/%Y};{each.rating};"{each.author}";"{each.text}"'
        for each in reversed(listed)
    ]
    return "\n".join(("Identifiant;Date;Note sur 5;Auteur;Avis", *rows)) + "\n"


Side = Callable[[str, list[Review]], bytes | None]
"""What stands at other addresses of a site (a token, one review asked for again); None where nothing does."""


def nothing_else(_url: str, _listed: list[Review]) -> None:
    """Return None: a site has no other addresses."""


class Shape(NamedTuple):
    """How a site shows its reviews: where, as what, with which headers.

    `latest` is how many it shows at most, all on one page; without it pages of ten follow one another, whose
    number `number` finds in an address.
    """

    url: str
    render: Callable[[Listed], bytes]
    headers: dict[str, str]
    latest: int | None = None
    number: re.Pattern[str] = re.compile(r"[?&/]page=(\d+)")
    side: Side = nothing_else

    def is_at(self, url: str) -> bool:
        """Return whether an address is one of the listing's pages."""
        return re.match(re.escape(self.url) + r"(?:[/?]|$)", url) is not None

    def page(self, url: str, listed: list[Review], *, total: int | None = None, name: str = NAME) -> bytes:
        """Return the page at an address, of a listing; `total` is what it declares, by default the truth."""
        found = self.number.search(url)
        number = int(found[1]) if found else 1
        if self.latest is not None:
            return self.render(Listed(listed[: self.latest], total=len(listed), name=name))
        part = listed[(number - 1) * PAGE : number * PAGE]
        pages = max(1, -(-len(listed) // PAGE))
        return self.render(Listed(part, number, pages, len(listed) if total is None else total, name))


SHAPES = {
    "microdata": Shape(MICRO, microdata, HTML),
    "trustpilot": Shape(TRUST, trustpilot, HTML),
    "atom": Shape(ATOM, atom, {"Content-Type": "application/atom+xml; charset=utf-8"}, latest=LATEST),
}
SOURCES = {
    "microdata": f"""
[[source]]
source = "schema_org"
brands = ["temoin"]
every = "1w"
params = {{ url = "{MICRO}", expect = "reviews" }}
""",
    "trustpilot": """
[[source]]
source = "trustpilot"
brands = ["temoin"]
every = "1w"
params = { company = "fleurs.example", base_url = "http://trust.example" }
""",
    "atom": f"""
[[source]]
source = "feed"
brands = ["temoin"]
every = "1w"
params = {{ url = "{ATOM}" }}
""",
    "export": """
[[source]]
source = "review_file"
brands = ["temoin"]
every = "1w"
params = { path = "reviews.csv" }
""",
}
