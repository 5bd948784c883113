"""Variants of a text that say the same: capitals, lost accents, elongations, entities, spelling of messages.

Each variant is a function of the text alone, with choices drawn by a hash of it, so that a measure made twice
is the same. What a variant cannot change (a text of one sentence has none to swap) is returned as None.
Models are judged by how little these move them, and trained on some of them.
"""

import hashlib
import html
import random
import re
import unicodedata
from collections.abc import Callable
from typing import Final, Literal

from enrichment.analysers.sentences import split

TextSide = Literal["negative", "neutral", "positive"]
Variant = Callable[[str, random.Random, TextSide], str]
EMOJI: Final = {"negative": ("😡", "👎", "😤", "😞"), "positive": ("😊", "👍", "❤️", "🤩"), "neutral": ("😐",)}
GREETINGS: Final = ("Bonjour,", "Bonjour à tous,", "Bonsoir,", "Bonjour Madame, Monsieur,")
SIGNATURES: Final = ("Cordialement, Julie", "Bien à vous,\nMarc D.", "Cdt", "Sophie, de Nantes")
GREETINGS_EN: Final = ("Hello,", "Hi all,", "Good morning,")
SIGNATURES_EN: Final = ("Kind regards, Julie", "Best,\nMark D.", "Regards", "Sophie from Leeds")
SPOKEN: Final = {
    "acheté": "acheter", "accueil": "acceuil", "appartement": "apartement", "beaucoup": "beaucoups",
    "bien sûr": "biensur", "c'est": "ses", "ces": "ses", "chère": "cher", "connaissance": "conaissance",
    "cette": "cet", "commande": "comande", "commandé": "commander", "déçu": "dessu", "déception": "déseption",
    "différent": "diférent", "efficace": "éfficace", "est": "et", "excellent": "exellent",
    "excellente": "exellente", "honnête": "honette", "inadmissible": "innadmissible", "jamais": "jamai",
    "langage": "language", "livraison": "livraisson", "livré": "livrer", "malgré": "malgrés",
    "magasin": "magazin", "meilleur": "meilleure", "mauvais": "mauvai", "nul": "null", "parmi": "parmis",
    "personnel": "personel", "possible": "posible", "professionnel": "proffesionel",
    "professionnels": "proffesionels", "qualité": "qualitée", "rapidement": "rapidemment", "reçu": "reçus",
    "recommande": "recomande", "remboursement": "rembourssement", "rien": "rient", "réponse": "reponce",
    "sympathique": "simpathique", "toujours": "toujour", "très": "trés", "vraiment": "vraiement",
    "definitely": "definately", "delivery": "delivary", "disappointed": "dissapointed",
    "friendly": "freindly", "received": "recieved", "recommend": "recomend", "terrible": "terible",
    "really": "realy", "their": "there", "too": "to", "their staff": "there staff", "beautiful": "beatiful",
    "because": "becuase", "which": "wich", "separate": "seperate",
}  # fmt: skip
SMS: Final = {
    "aujourd'hui": "ajd", "avec": "avc", "beaucoup": "bcp", "bonjour": "bjr", "c'est": "c", "c'était": "ct",
    "dans": "ds", "désolé": "dsl", "j'ai": "g", "j'étais": "jt", "jamais": "jms", "longtemps": "lgtps",
    "maintenant": "mtn", "mais": "mé", "même": "mm", "nous": "ns", "pas": "pa", "parce que": "pcq",
    "pour": "pr", "pourquoi": "pk", "problème": "pb", "problèmes": "pbs", "qu'il": "kil", "quand": "qd",
    "que": "ke", "quelque": "qq", "quelqu'un": "qqn", "qui": "ki", "quoi": "koi", "rendez-vous": "rdv",
    "service": "serv", "sont": "st", "temps": "tps", "toujours": "tjrs", "tout": "tt", "tous": "ts",
    "très": "tré", "vous": "vs", "vraiment": "vrmt", "n'est": "né",
    "and": "n", "are": "r", "because": "cuz", "before": "b4", "for": "4", "great": "gr8", "people": "ppl",
    "please": "plz", "thanks": "thx", "to": "2", "with": "w/", "you": "u", "your": "ur", "really": "rly",
}  # fmt: skip
SHARE: Final = 0.5
"""Share of the words that have a spelling in a table which get it; one word at least."""
LONG: Final = 6
"""Letters from which a word may lose one."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LETTERS = re.compile(r"[^\W\d_]{4,}")
_STOPS = re.compile(r"[.!?]+(?=\s|$)")
_ENGLISH = re.compile(r"\b(?:the|and|was|is|with|for|very|this|they)\b", re.IGNORECASE)
_ENTITIES: Final[dict[str, str | int | None]] = {
    "'": "&#39;",
    "’": "&rsquo;",
    "\u00a0": "&nbsp;",
    "€": "&euro;",
}
INVISIBLE: Final = ("\u200b", "\u200c", "\u00ad", "\u2060", "\ufeff")


def variant(name: str, text: str, side: TextSide) -> str | None:
    """Return the variant of a text that says what its `side` says; None where it would not differ.

    Raises KeyError for a name that is not in `VARIANTS`.
    """
    seed = hashlib.sha256(f"{name}\n{text}".encode("utf-8", "replace")).digest()
    found = VARIANTS[name](text, random.Random(seed), side)  # noqa: S311 (choices to be repeated, no secret)
    return None if found == text else found


def without_accents(text: str) -> str:
    """Return the text with every letter bare of its marks; œ is oe."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return bare.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae")


def _capitals(text: str, _: random.Random, __: TextSide) -> str:
    return text.upper()


def _no_accents(text: str, _: random.Random, __: TextSide) -> str:
    return without_accents(text)


def _capitals_no_accents(text: str, _: random.Random, __: TextSide) -> str:
    return without_accents(text).upper()


def _elongated(text: str, dice: random.Random, _: TextSide) -> str:
    """Double or draw out a letter of some words, and end every sentence with exclamation marks."""

    def longer(found: re.Match[str]) -> str:
        word = found[0]
        if dice.random() > SHARE / 2:
            return word
        place = dice.randrange(1, len(word))
        return word[:place] + word[place - 1] * dice.choice((1, 2, 4)) + word[place:]

    return _STOPS.sub(" !!!", _LETTERS.sub(longer, text)).rstrip() + ("" if _STOPS.search(text) else " !!!")


def _typographic(text: str, _: random.Random, __: TextSide) -> str:
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def _straight(text: str, _: random.Random, __: TextSide) -> str:
    return text.replace("’", "'").replace("«\u00a0", '"').replace("\u00a0»", '"')


def _emoji(text: str, dice: random.Random, side: TextSide) -> str:
    return f"{text} {dice.choice(EMOJI[side]) * dice.choice((1, 2, 3))}"


def _entities(text: str, _: random.Random, __: TextSide) -> str:
    """Write what HTML writes as entities: markup, apostrophes and accented letters by their names."""
    named = html.escape(text, quote=False).translate(str.maketrans(_ENTITIES))
    return re.sub(r"[à-ÿÀ-Ý]", lambda found: f"&{_entity(found[0])};", named)


def _entity(char: str) -> str:
    return html.entities.codepoint2name.get(ord(char), f"#{ord(char)}")


def _zero_width(text: str, dice: random.Random, _: TextSide) -> str:
    """Put invisible characters into some of the words."""
    char = dice.choice(INVISIBLE)

    def split_word(found: re.Match[str]) -> str:
        place = dice.randrange(1, len(found[0]))
        return found[0][:place] + char + found[0][place:] if dice.random() < SHARE else found[0]

    return _LETTERS.sub(split_word, text)


def _spelt(table: dict[str, str]) -> Variant:
    known = re.compile(
        rf"(?<![\w'’-])(?:{'|'.join(sorted(map(re.escape, table), key=len, reverse=True))})(?![\w-])",
        re.IGNORECASE,
    )

    def apply(text: str, dice: random.Random, _: TextSide) -> str:
        plain = text.replace("’", "'")
        places = [each for each in known.finditer(plain) if each[0].lower() in table]
        chosen = [each for each in places if dice.random() < SHARE] or places[:1]
        parts, done = [], 0
        for each in chosen:
            parts += [text[done : each.start()], table[each[0].lower()]]
            done = each.end()
        return "".join(parts) + text[done:]

    return apply


def _misspelt(text: str, dice: random.Random, side: TextSide) -> str:
    """Write words as they are often misspelt, and let one long word in eight lose or double a letter."""
    spoken = _spelt(SPOKEN)(text, dice, side)

    def slip(found: re.Match[str]) -> str:
        word = found[0]
        if len(word) < LONG or dice.random() > 1 / 8:
            return word
        place = dice.randrange(2, len(word) - 1)
        if dice.random() < SHARE:
            return word[:place] + word[place + 1 :]
        return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]

    return _WORD.sub(slip, spoken)


def _no_punctuation(text: str, _: random.Random, __: TextSide) -> str:
    return re.sub(r"\s{2,}", " ", re.sub(r"[.,;:!?…«»\"()]", " ", text)).strip()


def _greeted(text: str, dice: random.Random, _: TextSide) -> str:
    return f"{dice.choice(GREETINGS_EN if _ENGLISH.search(text) else GREETINGS)} {text}"


def _signed(text: str, dice: random.Random, _: TextSide) -> str:
    return f"{text}\n{dice.choice(SIGNATURES_EN if _ENGLISH.search(text) else SIGNATURES)}"


def _swapped(text: str, dice: random.Random, _: TextSide) -> str:
    """Swap two neighbouring sentences."""
    spans = split(text)
    if len(spans) < 2:  # noqa: PLR2004 (two to swap)
        return text
    place = dice.randrange(len(spans) - 1)
    (start, end), (later, last) = spans[place : place + 2]
    first = text[start:end] if _STOPS.search(text[start:end]) else f"{text[start:end]}."
    return text[:start] + text[later:last] + (text[end:later] or " ") + first + text[last:]


VARIANTS: Final[dict[str, Variant]] = {
    "capitals": _capitals,
    "no accents": _no_accents,
    "capitals, no accents": _capitals_no_accents,
    "elongated": _elongated,
    "typographic apostrophes": _typographic,
    "straight apostrophes": _straight,
    "emoji that agree": _emoji,
    "HTML entities": _entities,
    "zero-width characters": _zero_width,
    "misspelt": _misspelt,
    "SMS": _spelt(SMS),
    "no punctuation": _no_punctuation,
    "greeting": _greeted,
    "signature": _signed,
    "sentences swapped": _swapped,
}
"""Every variant by its name."""
