"""Whether a page says, to its readers, that nobody has written a review yet.

Words alone say little: an error, a filter and a policy ("no review is ever changed") speak of no reviews too.
What is believed is a short sentence of its own in the body of the page, of the list as a whole, with no word
of a failure near it. It cannot see what a page merely leaves out, nor whether what it says is plausible: a
run is compared with the source's past (`crawlers.health`).
"""

import re
from collections import Counter

from crawlers.reading.extract import element_text, fold, title_of
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
FAILED = re.compile(
    r"\berreurs?\b|\bincident|\ben panne\b|\bproblemes? (?:technique|de (?:connexion|chargement|serveur))"
    r"|\breessa(?:yez|yer|ie)|\bulterieurement|\bplus tard\b|indisponible|momentanement|temporairement"
    r"|en maintenance|\bpu (?:etre|charger|afficher|recuperer|obtenir)|\bpeu(?:t|vent) (?:pas )?etre"
    r"|\bimpossible|\ba echoue|\bechec (?:de|du|lors)|delai depasse|patientez"
    r"|\bchargement (?:des|de la|en cours|impossible)|en cours de chargement"
    r"|\berrors?\b|went wrong|try again|\bcould ?n[o']t\b|\bcould not\b|\bcannot\b|can't|\bunable to\b"
    r"|\bfail(?:ed|ure)\b|unavailable|temporarily|under maintenance|timed? ?out|\bloading (?:the )?reviews"
    r"|please wait|bad gateway"
    r"|\bfehler\b|nicht (?:geladen|verfugbar)|\bstorung|erneut|\bspater\b"
    r"|intentalo|no se (?:ha|han) podido|no disponible|mas tarde"
    r"|riprova|non disponibil|impossibile|\berrore\b|probeer|niet beschikbaar|mislukt|\bfout\b"
)
"""Words of a failure, in folded text: near them, a page that has no reviews has only not got them."""
BROKEN = re.compile(
    r"\berreur|\berror\b|indisponible|unavailable|maintenance en cours|en maintenance|went wrong|\b50[0-9]\b"
    r"|\b404\b|\bfehler\b|\berrore\b"
)
"""What titles of such pages say, in folded text; a title may name a product with other words of failures."""
OF_A_PART = re.compile(
    r"correspond|\bfiltr|\brecherche|\bcritere|(?:votre|cette|la) selection|(?:votre|cette) langue"
    r"|\bnegatif|\bpositif|\b(?:de)?favorable|\betoiles?\b|\bsur 5\b|/ ?5\b|\bsupprim|\bmodifi"
    r"|\bmoder(?:e|es|er|ation)\b|\brejet|\bfaux\b|frauduleu|suspect|\brembours|contre paiement|\bremuner"
    r"|n'est (?:filtre|trie|cache|achete|sollicite)|\bcharge|\baffich"
    r"|\bmatch|\bfilter|\bsearch|\bcriteria|(?:your|this|selected) language|\bnegative\b|\bpositive\b"
    r"|\d[ -]?stars?\b|\bout of 5\b|\bedited\b|\bdeleted?\b|\bremoved?\b|\bfake\b|\bpaid\b"
    r"|\d sterne|\d estrellas|\d stelle|\d sterren"
)
"""Words of a part of the list, of a search or of a policy, in folded text: not of the list as such."""
APART = (
    "//nav | //footer | //aside | //dialog | //*[@hidden] | //*[@aria-hidden='true']"
    " | //*[@role='navigation' or @role='contentinfo' or @role='complementary' or @role='dialog']"
    " | //*[contains(translate(@style, 'DISPLAYNOE ', 'displaynoe'), 'display:none')]"
    " | //*[contains(translate(@style, 'VISBLTYHDEN ', 'visbltyhden'), 'visibility:hidden')]"
)
"""Where no page says anything of its own list, and what it does not show."""
READ = 200_000
"""Characters of visible text searched for it."""
LONGEST = 140
"""Characters of a sentence that says it; a review that mentions reviews is longer, or in a longer line."""
LONGEST_LINE = 300
AROUND = 4
"""Lines before and after it in which a word of a failure counts."""
SMALL = 800
"""Characters of a page of so little that a word of a failure anywhere on it counts."""
MOST_APART = 200
_SENTENCE = re.compile(r"(?<![.!?:;…])[.!?:;…]++(?=\s|$)|\s[–—-]\s")


def says_none(page: Page) -> bool:
    """Return whether the page's own words (no scripts, no templates) say that there are no reviews."""
    lines = _lines(element_text(page.selector.root, limit=READ))
    if not any(NONE_YET.search(line) for line in lines):
        return False
    apart = Counter(
        line
        for element in page.selector.root.xpath(APART)[:MOST_APART]
        for line in set(_lines(element_text(element, limit=SMALL)))
    )
    heading = fold(" ".join([title_of(page), *page.selector.xpath("//h1//text()").getall()[:20]]))
    if BROKEN.search(heading):
        return False
    small = sum(map(len, lines)) <= SMALL
    counted = Counter(lines)
    return any(
        _states_none(line)
        and counted[line] > apart[line]
        and not FAILED.search("\n".join(lines if small else _near(lines, at)))
        for at, line in enumerate(lines)
    )


def _lines(text: str) -> list[str]:
    return [folded for line in text.split("\n") if (folded := " ".join(fold(line).split()))]


def _near(lines: list[str], at: int) -> list[str]:
    return lines[max(0, at - AROUND) : at + AROUND + 1]


def _states_none(line: str) -> bool:
    if len(line) > LONGEST_LINE:
        return False
    return any(
        NONE_YET.search(sentence) and len(sentence) <= LONGEST and not OF_A_PART.search(sentence)
        for sentence in _SENTENCE.split(line)
    )
