"""Exports of platforms, known by their headings: which column is which, the scale, how dates are written.

Headings are from platforms' own help pages and from memory; what a preset names and a file lacks is looked
for like in any file. It cannot know an export whose makers have renamed all of its columns.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from ouidire.errors import UsageError


class Preset(NamedTuple):
    """One platform's export.

    `marks` are sets of folded headings: a file that has all of one set is this export. `columns` are the
    headings of each field, the first that the file has; `best` and `worst` the scale of the ratings.
    """

    title: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]
    best: float | None = 5.0
    worst: float = 1.0
    day_first: bool | None = None
    timezone: str | None = None


def _marks(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split(" | ")) for each in sets)


PRESETS: dict[str, Preset] = {
    "google_play": Preset(
        title="Google Play Console, monthly reviews",
        marks=_marks("review submit date and time | star rating", "package name | star rating | review text"),
        columns={
            "date": ("review submit millis since epoch", "review submit date and time"),
            "updated": ("review last update millis since epoch", "review last update date and time"),
            "rating": ("star rating",),
            "title": ("review title",),
            "text": ("review text",),
            "reply": ("developer reply text",),
            "reply_date": ("developer reply millis since epoch", "developer reply date and time"),
            "language": ("reviewer language",),
            "url": ("review link",),
            "subject": ("package name",),
        },
        timezone="UTC",
    ),
    "google_play_api": Preset(
        title="Google Play, answers of its API",
        marks=_marks("comments user comment text", "comments user comment star rating"),
        columns={
            "id": ("review id",),
            "date": ("comments user comment last modified seconds",),
            "rating": ("comments user comment star rating",),
            "text": ("comments user comment original text", "comments user comment text"),
            "author": ("author name",),
            "reply": ("comments developer comment text",),
            "reply_date": ("comments developer comment last modified seconds",),
            "language": ("comments user comment reviewer language",),
            "likes": ("comments user comment thumbs up count",),
        },
        timezone="UTC",
    ),
    "google_takeout": Preset(
        title="Google Business Profile (Takeout)",
        marks=_marks("star rating | create time"),
        columns={
            "id": ("review id", "name"),
            "date": ("create time",),
            "updated": ("update time",),
            "rating": ("star rating",),
            "text": ("comment",),
            "author": ("reviewer display name",),
            "reply": ("review reply comment",),
            "reply_date": ("review reply update time",),
        },
        timezone="UTC",
    ),
    "google_maps": Preset(
        title="Google Maps, one's own reviews (Takeout)",
        marks=_marks("properties five star rating published"),
        columns={
            "date": ("properties date",),
            "rating": ("properties five star rating published",),
            "text": ("properties review text published",),
            "url": ("properties google maps url",),
            "place": ("properties location name",),
        },
        timezone="UTC",
    ),
    "trustpilot": Preset(
        title="Trustpilot Business",
        marks=_marks("review stars | review content", "review stars | review id"),
        columns={
            "id": ("review id",),
            "date": ("review created utc", "review created", "review date", "review created date utc"),
            "rating": ("review stars",),
            "title": ("review title",),
            "text": ("review content", "review text"),
            "author": ("review username", "consumer name", "reviewer name"),
            "reply": ("company reply", "reply content", "company reply content", "review reply"),
            "language": ("review language",),
            "url": ("review url", "review link"),
            "place": ("location name", "location"),
        },
        day_first=None,
        timezone="UTC",
    ),
    "avis_verifies": Preset(
        title="Avis Vérifiés (Skeepers)",
        marks=_marks(
            "date avis | date commande",
            "date de l avis | date de commande",
            "date de l avis | date de la commande",
            "review rate | review text",
            "review rate | review date",
        ),
        columns={
            "id": ("id avis", "id review", "review id", "id de l avis"),
            "date": ("date avis", "date de l avis", "review date", "publish date"),
            "rating": ("note", "note avis", "review rate", "rate"),
            "text": ("avis", "commentaire", "review text", "review"),
            "reply": ("reponse", "commentaire de l etablissement", "moderation"),
            "subject": ("nom produit", "nom du produit", "product name"),
        },
        day_first=True,
    ),
    "booking": Preset(
        title="Booking.com extranet",
        marks=_marks(
            "review score | positive review",
            "review score | negative review",
            "positive review | negative review",
            "commentaire positif | commentaire negatif",
            "review score | reservation number",
        ),
        columns={
            "date": ("review date", "date du commentaire", "date de l evaluation"),
            "rating": ("review score", "note du commentaire", "note", "note globale", "score"),
            "title": ("review title", "titre du commentaire", "titre de l evaluation", "titre"),
            "text": ("positive review", "commentaire positif"),
            "author": ("guest name", "nom du client", "nom"),
            "reply": ("property reply", "reponse de l etablissement", "reponse"),
        },
        best=10.0,
    ),
    "tripadvisor": Preset(
        title="Tripadvisor Management Centre",
        marks=_marks("bubble rating", "management response | rating", "nombre de bulles"),
        columns={
            "id": ("review id",),
            "date": ("published date", "publish date", "review date", "date published", "date"),
            "rating": ("bubble rating", "overall rating", "rating", "nombre de bulles"),
            "title": ("review title", "title", "titre"),
            "text": ("review text", "review", "text", "avis"),
            "author": ("username", "reviewer", "author"),
            "reply": ("management response", "management response text", "owner response"),
        },
    ),
    "facebook": Preset(
        title="Facebook page (recommendations)",
        marks=_marks("recommendation type", "type de recommandation"),
        columns={
            "recommends": ("recommendation type", "type de recommandation"),
            "date": ("created time", "created at", "date"),
            "text": ("review text", "recommendation text", "message", "text"),
            "author": ("reviewer name", "author name", "name"),
            "rating": ("rating",),
            "id": ("open graph story id", "id"),
        },
        timezone="UTC",
    ),
    "amazon": Preset(
        title="Amazon reviews or seller feedback",
        marks=_marks(
            "asin | rating", "asin | star rating", "asin | note", "rater email | rating",
            "your response | rating", "asin | review rating", "votre reponse | note",
        ),
        columns={
            "id": ("review id",),
            "date": ("review date", "date"),
            "rating": ("star rating", "review rating", "rating", "note"),
            "title": ("review title", "title", "titre"),
            "text": ("review text", "review body", "body", "review", "comments", "commentaires", "content"),
            "reply": ("your response", "votre reponse"),
            "author": ("reviewer name", "author", "profile name", "reviewer"),
            "subject": ("product title", "product name", "asin"),
        },
    ),
    "app_store": Preset(
        title="App Store Connect",
        marks=_marks(
            "attributes rating | attributes reviewer nickname", "reviewer nickname | rating | territory"
        ),
        columns={
            "id": ("id",),
            "date": ("attributes created date", "created date"),
            "rating": ("attributes rating", "rating"),
            "title": ("attributes title", "title"),
            "text": ("attributes body", "body"),
            "author": ("attributes reviewer nickname", "reviewer nickname"),
            "country": ("attributes territory", "territory"),
            "reply": ("response attributes response body", "response body"),
            "reply_date": ("response attributes last modified date",),
        },
    ),
}  # fmt: skip
"""Presets by name, the most telling first."""


def preset_of(names: Collection[str]) -> str | None:
    """Return the name of the preset whose marks the folded headings of a file have, or None."""
    present = set(names)
    return next((name for name, each in PRESETS.items() if any(one <= present for one in each.marks)), None)


def preset_called(name: str) -> Preset:
    """Return a preset. Raises UsageError, naming those there are."""
    if name not in PRESETS:
        message = f"no export is called {name!r}; known: {', '.join(PRESETS)}"
        raise UsageError(message)
    return PRESETS[name]
