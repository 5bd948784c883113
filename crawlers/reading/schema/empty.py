"""Whether a page says, to its readers, that nobody has written a review yet.

It cannot see what a page merely leaves out.
"""

import re

from crawlers.reading.extract import element_text, fold
from ouidire.page import Page

NONE_YET = re.compile(
    r"\b(?:aucun avis\b|pas encore d'avis|pas encore (?:ete )?(?:note|evalue)|0 avis\b"
    r"|soyez le premier a (?:donner|laisser|deposer|ecrire|publier|partager|rediger|evaluer|commenter|noter)"
    r"|no reviews yet|no customer reviews|there are no reviews"
    r"|not yet (?:been )?(?:rated|reviewed)|0 reviews\b"
    r"|be the first to (?:write|leave|review|rate|share)"
    r"|noch keine bewertungen|aun no hay opiniones|nog geen (?:reviews|beoordelingen)|nessuna recensione)"
)
"""How pages say it, in folded text."""
READ = 200_000
"""Characters of visible text searched for it."""


def says_none(page: Page) -> bool:
    """Return whether the visible text (no scripts, no templates) says that there are no reviews."""
    return bool(NONE_YET.search(fold(" ".join(element_text(page.selector.root, limit=READ).split()))))
