"""How commands print mentions that they found: one block each, for a person."""

from collections.abc import Iterable

from ouidire.documents import MentionDocument
from ouidire.index import Hit
from service.cli.output import Marked, say, say_marked

SHOWN = 240
"""Characters of a text that a hit shows."""


def say_hits(hits: Iterable[Hit]) -> None:
    """Print the mentions among some hits."""
    for hit in hits:
        if isinstance(hit.document, MentionDocument):
            _print(hit, hit.document)


def _print(hit: Hit, found: MentionDocument) -> None:
    """Print one mention: when, how rated, where, its id, and its words with those searched for marked."""
    place = f", {found.place}" if found.place else ""
    say(f"\n{found.period_at:%Y-%m-%d}  {_stars(found)}  {found.source}{place}  {', '.join(found.brands)}")
    say(f"  {found.id}")
    spans = {each.field: each.spans for each in hit.highlights}
    if found.title:
        say_marked("  ", Marked(found.title, spans.get("title", ())).around(SHOWN))
    if found.text and (not found.title or "text" in spans):
        say_marked("  ", Marked(found.text, spans.get("text", ())).around(SHOWN))
    if found.url:
        say(f"  {found.url}")


def _stars(found: MentionDocument) -> str:
    """Return the rating of a mention as it is shown."""
    if found.stars is not None:
        return f"{found.stars:g}★"
    return "–" if found.asked_score is None else f"{found.asked_score:g}/10"
