"""Mentions as a list shows them: plain values and links, words of the reader's language."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ouidire.documents import MentionDocument
from ouidire.index import Exists, Hit, MentionIndex, Query, Term
from reports.explore.excerpt import Piece, excerpt, pieces
from reports.explore.filters import PEAK_FROM
from reports.explore.links import MENTIONS
from reports.rendering.templating import web
from service.serve.web.explorer.context import ExplorerPage

THEMES_SHOWN = 4


class SideTag(NamedTuple):
    """Something a text speaks of, and how: `side` is a tone of the style sheet's."""

    text: str
    side: str


class ListedMention(NamedTuple):
    """One mention of a list; `copies` counts its near-duplicates, `stars` is a number of one to five."""

    id: str
    url: str
    day: str
    stars: float | None
    score: float | None
    source: str
    brand: str
    place: str
    language: str
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    side: str
    peaks: tuple[str, ...]
    themes: tuple[SideTag, ...]
    copies: int
    answered: bool
    vanished: bool
    link: str


def listed(page: ExplorerPage, hits: Sequence[Hit]) -> tuple[ListedMention, ...]:
    """Return found mentions as a list shows them."""
    found = [hit for hit in hits if isinstance(hit.document, MentionDocument)]
    copies = copies_of(page.reader, [hit.document.id for hit in found])
    return tuple(_listed(page, hit, copies) for hit in found)


def listed_documents(page: ExplorerPage, documents: Sequence[MentionDocument]) -> tuple[ListedMention, ...]:
    """Return mentions as a list shows them, no words marked."""
    return listed(page, [Hit(document=document) for document in documents])


def copies_of(reader: MentionIndex, ids: Sequence[str]) -> Mapping[str, int]:
    """Return how many near-duplicates each of some mentions has; those without one are absent."""
    if not ids:
        return {}
    where = (Term(field="duplicate_of", any_of=tuple(ids)), Exists(field="duplicate_of"))
    buckets = reader.facet(Query(where=where), "duplicate_of", size=len(ids))
    return {str(bucket.value): bucket.n for bucket in buckets}


def peaks_of(document: MentionDocument) -> tuple[str, ...]:
    """Return the peaks that a text is listed for: `delight`, `irritation`."""
    chances = {"delight": document.delight, "irritation": document.irritation}
    return tuple(name for name, chance in chances.items() if chance is not None and chance >= PEAK_FROM)


def theme_tags(page: ExplorerPage, document: MentionDocument) -> tuple[SideTag, ...]:
    """Return the themes of a text, each with its side."""
    made = []
    for each in document.aspect_polarity:
        name, _, side = each.partition(":")
        made.append(SideTag(page.words.value("theme", name), side))
    return tuple(made)


def _listed(page: ExplorerPage, hit: Hit, copies: Mapping[str, int]) -> ListedMention:
    document = hit.document
    assert isinstance(document, MentionDocument)  # noqa: S101 (chosen so)
    spans = {each.field: each.spans for each in hit.highlights}
    words = page.words
    return ListedMention(
        id=document.id,
        url=page.url(f"{MENTIONS}/{document.id}"),
        day=words.local(document.period_at),
        stars=document.stars,
        score=document.asked_score,
        source=words.value("key", document.source_key)
        if page.names_key(document.source_key)
        else words.value("source", document.source),
        brand=", ".join(words.value("brand", each) for each in document.brands),
        place=words.value("place", document.place) if document.place else "",
        language=document.language,
        title=pieces(document.title, spans.get("title", ())) if document.title else (),
        text=excerpt(document.text, spans.get("text", ())),
        side=document.sentiment or "",
        peaks=peaks_of(document),
        themes=theme_tags(page, document)[:THEMES_SHOWN],
        copies=copies.get(document.id, 0),
        answered=document.answered,
        vanished=document.presence == "vanished",
        link=web(document.url),
    )
