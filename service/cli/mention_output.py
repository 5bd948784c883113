"""How commands print mentions that they found: one block each, for a person."""

from collections.abc import Iterable, Mapping

from ouidire.documents import MentionDocument
from ouidire.index import Hit
from service.cli.output import Marked, say, say_marked

SHOWN = 240
"""Characters of a text that a hit shows."""


def say_hits(hits: Iterable[Hit], names: Mapping[str, Mapping[str, str]]) -> None:
    """Print the mentions among some hits; `names` are what brands and source keys are called."""
    for hit in hits:
        if isinstance(hit.document, MentionDocument):
            _print(hit, hit.document, names)


def _print(hit: Hit, found: MentionDocument, names: Mapping[str, Mapping[str, str]]) -> None:
    """Print one mention: when, how rated, where, its id, and its words with those searched for marked."""
    source = names["key"].get(found.source_key, found.source)
    place = f", {found.place}" if found.place and found.place not in source else ""
    brands = ", ".join(names["brand"].get(each, each) for each in found.brands)
    say(f"\n{found.period_at:%Y-%m-%d}  {_stars(found)}  {source}{place}  {brands}")
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
