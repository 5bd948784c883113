"""Words as they are usually written: drawn out ("nuuul"), bare of accents ("decu"), spelt as in messages.

The language is judged by the words that hardly any text is without; accents and French spellings come back in
French texts alone. A word that is also one without accents gets them only after an auxiliary ("j'ai
commande"). What no list holds stays as it is.
"""

import re
from collections.abc import Iterator, Sequence

from enrichment.plain.edits import PlainText, TextEdit, edited
from enrichment.plain.word_lists import SpeltLanguage, WordLists, word_lists

_WORD = re.compile(r"[^\W\d_]+(?:/(?![^\W\d_]))?")
_LETTERS = re.compile(r"[^\W\d_]+")
_DOUBLED = re.compile(r"(?<![^\W\d_])(?>[^\W\d_]*?([^\W\d_])\1)[^\W\d_]*+")
_TWICE = re.compile(r"([^\W\d_])\1")
_VOWELS = re.compile(r"([aiuyàâéèêîïôû])\1")
_THRICE = re.compile(r"([^\W\d_])\1{2,}")
_APART = re.compile(
    r"(?<![\w'’-])(?:([djlmnst]|qu) (?=[aeiouyàâéèêëîïôû][^\W\d_]|h[oôuéeaî][tnmsbr])"
    r"|(c) (?=est|etai|étai))",
    re.IGNORECASE,
)
_LETTERS_ALONE = {"c": "c'est", "g": "j'ai"}
_FEMININE = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,}ees?(?![^\W\d_])")
SHORTEST = 4
"""Letters of a word whose doubled letters may be a slip."""
FARTHEST = 3
"""Words that may stand between an auxiliary and its participle."""


def language_of(words: Sequence[str], lists: WordLists) -> SpeltLanguage | None:
    """Return the language that the words of a text speak for, French or English; None for neither."""
    votes = {"fr": 0, "en": 0}
    others = 0
    for word in words:
        vote = lists.by_language.get(word)
        if vote in votes:
            votes[vote] += 1
        elif vote:
            others += 1
        elif word in lists.accents:
            votes["fr"] += 1
    best: SpeltLanguage = "fr" if votes["fr"] >= votes["en"] else "en"
    return best if votes[best] > others else None


def respelt(plain: PlainText) -> PlainText:
    """Return a text whose words are written as usual."""
    lists = word_lists()
    words = _LETTERS.findall(plain.text.lower())
    language = language_of(words, lists)
    if _TWICE.search(plain.text):
        plain = edited(plain, list(_shortened(plain.text, language, lists)))
    if language is None:
        return plain
    if language == "fr":
        apart = [(each.end() - 1, each.end(), "'") for each in _APART.finditer(plain.text)]
        plain = edited(plain, apart)
    words = _LETTERS.findall(plain.text.lower())
    if lists.triggers[language].isdisjoint(words) and not (language == "fr" and _FEMININE.search(plain.text)):
        return plain
    return edited(plain, list(_replaced(plain.text, language, lists)))


def _shortened(text: str, language: SpeltLanguage | None, lists: WordLists) -> Iterator[TextEdit]:
    """Yield the edits of words that are drawn out or have a letter twice by a slip."""
    for found in _DOUBLED.finditer(text):
        word = found[0]
        slips = language == "fr" and (word[0].islower() or _VOWELS.search(word.lower()) is not None)
        short = _short(word.lower(), lists, slips=slips)
        if short is not None:
            yield found.start(), found.end(), _cased(short, word)


def _short(word: str, lists: WordLists, *, slips: bool) -> str | None:
    """Return a word without what was drawn out; None where it stays as it is.

    `slips`: a letter twice that no known word has is a slip too.
    """

    def is_known(each: str) -> bool:
        return each in lists.known or each in lists.accents or each in lists.doubled

    drawn = _THRICE.search(word) is not None
    if is_known(word) or not (drawn or slips):
        return None
    twice, once = _THRICE.sub(r"\1\1", word), _THRICE.sub(r"\1", word)
    singles = [twice[: each.start()] + twice[each.start() + 1 :] for each in _TWICE.finditer(twice)]
    none = re.sub(r"([^\W\d_])\1+", r"\1", word)
    for each in (twice, once, *singles, none):
        if each != word and (drawn or len(each) >= SHORTEST) and is_known(each):
            return each
    return once if drawn else None


def _replaced(text: str, language: SpeltLanguage, lists: WordLists) -> Iterator[TextEdit]:
    """Yield the edits of words that are written otherwise than usual."""
    since = FARTHEST + 1
    spellings = lists.spellings[language]
    for found in _WORD.finditer(text):
        word, written = found[0].lower(), found[0]
        new = spellings.get(word) if text[found.end() : found.end() + 1] != "." or len(word) > 1 else None
        if new is None and language == "fr":
            new = _accented(word, lists, after_auxiliary=since <= FARTHEST)
            if new is None and written in _LETTERS_ALONE and _stands_alone(text, found):
                new = _LETTERS_ALONE[written]
        if new is not None and not written.isupper():
            yield found.start(), found.end(), _cased(new, written)
        if word in lists.auxiliaries:
            since = 1
        elif word in lists.between and since <= FARTHEST:
            since += 1
        else:
            since = FARTHEST + 1


def _accented(word: str, lists: WordLists, *, after_auxiliary: bool) -> str | None:
    if new := lists.accents.get(word):
        return new
    if not word.isascii():
        return None
    if _FEMININE.fullmatch(word) and word not in lists.known:
        return word.replace("ee", "ée") if word.count("ee") == 1 else None
    return lists.participles.get(word) if after_auxiliary else None


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    """Say whether a letter stands between blanks, after no number and before a word."""
    start, end = found.span()
    before = text[:start].rstrip()[-1:]
    return (
        text[start - 1 : start] in {"", " ", "\n", "("}
        and text[end : end + 1] == " "
        and text[end + 1 : end + 2].isalpha()
        and not before.isdigit()
    )


def _cased(new: str, written: str) -> str:
    """Return a word with the capital that the written one begins with."""
    return new[0].upper() + new[1:] if written[0].isupper() else new
