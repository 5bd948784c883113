"""The demo's machine-readable pages: lists cut into pages, schema.org, an API answer, an app-store feed.

Pure functions of reviews that `content.py` has already placed in a week; they know no HTTP and no HTML.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from service.demo import TIMEZONE
from service.demo.site.content import Listing, Review

_MONTHS: Final = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]


def french_day(moment: datetime) -> str:
    """Return a day as a French page writes it: "1er mars 2026"."""
    local = moment.astimezone(ZoneInfo(TIMEZONE))
    return f"{local.day}{'er' if local.day == 1 else ''} {_MONTHS[local.month - 1]} {local.year}"


@dataclass(frozen=True)
class Slice:
    """One page of a list: its items, its number from 1, and how many pages there are."""

    items: list[Review]
    number: int
    count: int

    @property
    def following(self) -> int | None:
        """Return the next page's number, None on the last one."""
        return self.number + 1 if self.number < self.count else None


def cut(reviews: list[Review], wanted: str, *, size: int) -> Slice | None:
    """Return the page asked for, or None when there is no such page."""
    count = max(1, math.ceil(len(reviews) / size))
    number = int(wanted) if wanted.isdecimal() else 0
    if not 1 <= number <= count:
        return None
    return Slice(reviews[(number - 1) * size : number * size], number, count)


def linked_data(listing: Listing, part: Slice, *, week: int) -> dict[str, object]:
    """Return the schema.org description of a listing and of the reviews of one of its pages."""
    url = f"http://avis-jardin.example/avis/{listing.slug}"
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": listing.schema_type,
        "@id": url,
        "name": listing.name,
        "url": url,
    }
    if listing.street:
        address = {
            "streetAddress": listing.street,
            "postalCode": listing.postcode,
            "addressLocality": listing.city,
        }
        data["address"] = {"@type": "PostalAddress", **address, "addressCountry": "FR"}
    data["aggregateRating"] = {
        "@type": "AggregateRating",
        "ratingValue": f"{listing.note(week):.1f}",
        "bestRating": "5",
        "worstRating": "1",
        "reviewCount": len(listing.at(week)),
    }
    data["review"] = [_linked_review(review, url=url, brand=listing.name) for review in part.items]
    return data


def _linked_review(review: Review, *, url: str, brand: str) -> dict[str, object]:
    data: dict[str, object] = {
        "@type": "Review",
        "@id": f"{url}#{review.id}",
        "identifier": review.id,
        "author": {"@type": "Person", "name": review.author},
        "datePublished": review.date.isoformat(),
        "inLanguage": review.lang,
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": str(review.stars),
            "bestRating": "5",
            "worstRating": "1",
        },
        "reviewBody": review.text,
    }
    if review.title:
        data["name"] = review.title
    if review.modified:
        data["dateModified"] = review.modified.isoformat()
    if review.reply:
        author = {"@type": "Organization", "name": brand}
        created = review.reply.date.isoformat()
        data["comment"] = {
            "@type": "Comment",
            "author": author,
            "dateCreated": created,
            "text": review.reply.text,
        }
    return data


def verdict_answer(listing: Listing, part: Slice, *, week: int) -> dict[str, object]:
    """Return what verdict-clients.example's page asks its own API for."""
    cards = [
        {
            "id": review.id,
            "auteur": review.author,
            "note": review.stars,
            "titre": review.title,
            "texte": review.text,
            "date": review.date.astimezone(ZoneInfo(TIMEZONE)).date().isoformat(),
            "jour": french_day(review.date),
            "reponse": review.reply.text if review.reply else None,
        }
        for review in part.items
    ]
    return {
        "marque": {"slug": listing.slug, "nom": listing.name},
        "total": len(listing.at(week)),
        "moyenne": round(listing.note(week), 1),
        "page": part.number,
        "pages": part.count,
        "avis": cards,
    }


def _label(text: str) -> dict[str, str]:
    return {"label": text}


def app_feed(listing: Listing, part: Slice, *, form: str) -> dict[str, object]:
    """Return a page of reviews in the shape of Apple's customer-review feed; `form` is "json" or "xml"."""
    root = "http://apps.example/fr"

    def address(number: int) -> str:
        return f"{root}/rss/customerreviews/page={number}/id={listing.slug}/sortby=mostrecent/{form}"

    numbers = {"self": part.number, "first": 1, "last": part.count, "previous": max(1, part.number - 1)}
    numbers["next"] = part.following or part.count
    links = [{"attributes": {"rel": rel, "href": address(number)}} for rel, number in numbers.items()]
    entries = [
        {
            "author": {
                "uri": _label(f"{root}/reviews/id{review.id}"),
                "name": _label(review.author),
                "label": "",
            },
            "updated": _label(review.date.isoformat()),
            "im:rating": _label(str(review.stars)),
            "im:version": _label(review.version),
            "id": _label(review.id),
            "title": _label(review.title),
            "content": {"label": review.text, "attributes": {"type": "text"}},
            "link": {
                "attributes": {
                    "rel": "related",
                    "href": f"{root}/review?id={listing.slug}&type=Purple%20Software",
                }
            },
            "im:voteSum": _label("0"),
            "im:contentType": {"attributes": {"term": "Application", "label": "Application"}},
            "im:voteCount": _label("0"),
        }
        for review in part.items
    ]
    feed = {
        "author": {"name": _label("Boutique d'apps"), "uri": _label("http://apps.example/")},
        "entry": entries,
        "updated": _label(part.items[0].date.isoformat()),
        "title": _label("Boutique d'apps : avis des clients"),
        "link": links,
        "id": _label(address(part.number)),
    }
    return {"feed": feed}
