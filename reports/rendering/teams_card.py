"""Adaptive cards as Teams takes them in a message: blocks of text, facts, and links that open a page.

Texts are escaped here, so that callers give plain text; a link that is none of the web is left out.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from reports.rendering.chat_markup import teams_text
from reports.rendering.templating import web
from reports.typography import shortened

BUTTON = 60
"""Characters of the title of a link."""
LINKS = 5
"""Links below a card, at most: Teams shows no more than a few."""


def text_block(text: str, **look: str | bool) -> dict[str, Any]:
    """Return a block of plain text that wraps; `look` holds further properties of a TextBlock."""
    return {"type": "TextBlock", "text": teams_text(text), "wrap": True, **look}


def fact_set(facts: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return a table of names and values."""
    return {
        "type": "FactSet",
        "facts": [{"title": teams_text(name), "value": teams_text(value)} for name, value in facts],
    }


def teams_message(
    body: Sequence[dict[str, Any]], *, fallback: str, links: Iterable[tuple[str, str | None]] = ()
) -> dict[str, Any]:
    """Return a message with one card; `fallback` is shown where no card can be.

    `links` are titles and addresses, of which those of the web become buttons, five at most.
    """
    actions = [
        {"type": "Action.OpenUrl", "title": shortened(title, BUTTON), "url": url}
        for title, url in links
        if web(url)
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": fallback,
        "msteams": {"width": "Full"},
        "body": list(body),
        **({"actions": actions[:LINKS]} if actions else {}),
    }
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attached]}
