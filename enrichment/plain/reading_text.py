"""A text as models read it, in training and in use: what carries no meaning is taken out of it.

In this order: what the reader of the page sees (`characters`), small letters for shouted words (`capitals`),
the usual spelling of words (`spelling`). An ordinary text comes out as it went in. Offsets lead back to the
text as written, in which evidence is shown.
"""

from enrichment.plain.capitals import in_small_letters
from enrichment.plain.characters import shown
from enrichment.plain.edits import PlainText
from enrichment.plain.spelling import respelt

VERSION = 1
"""Grows whenever any text comes out otherwise: models are trained on what comes out."""


def plain_text(text: str) -> PlainText:
    """Return a text as models read it; time is linear in its length."""
    return respelt(in_small_letters(shown(PlainText(text))))
