"""Filters and their values as people say them, in French or English: `thème=livraison`, `oui`, `négatif`.

The names of the code stay what addresses hold: what is said otherwise is only read. A word that may mean two
values means none.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from ouidire.text.catalogue import LANGUAGES, catalogue
from ouidire.text.nearest import nearest_first, plain_name
from reports.explore.filters import EXCLUDING, FLAGS, ORDERS, RANGES, VALUES
from reports.explore.value_words import LONGEST_NAME, value_word
from reports.typography import shortened, tame

SIDED = {"theme-side": "theme", "stage-side": "stage"}
"""Filters of two words each, `delivery:negative`, and the filter of the first one."""
MOST_SHOWN = 12
"""Values that a message lists."""
_YES_NO = {"yes": ("oui", "yes"), "no": ("non", "no")}
_SAME_NAME = frozenset({*SIDED, "suspicious", "flags"})
"""Filters that share their name with another: only that of the code says which."""


def filter_said(text: str) -> str:
    """Return the name of the filter that a text names; the text itself where it names none."""
    name = text.strip()
    bare = name.removeprefix(EXCLUDING)
    if bare in VALUES or name in FLAGS or name in RANGES:
        return name
    found = _filters().get(plain_name(bare))
    if found is None:
        return name
    return found if bare == name else f"{EXCLUDING}{found}"


def value_said(name: str, text: str) -> str:
    """Return the value of a filter, a flag or the order that a text names; the text where it names none.

    A filter of open values (a brand, a place) takes any text as it is.
    """
    bare, said = name.removeprefix(EXCLUDING), text.strip()
    if bare in SIDED:
        what, colon, side = said.partition(":")
        return f"{value_said(SIDED[bare], what)}{colon}{value_said('side', side)}"
    known = values_of(bare)
    if said in known or not known:
        return said
    return _meant(said, bare, known)


def values_of(name: str) -> tuple[str, ...]:
    """Return the only values that a filter, a flag or the order takes; none for one of open values."""
    if name in FLAGS:
        return ("yes", "no")
    if name == "order":
        return ORDERS
    return VALUES[name].values if name in VALUES else ()


def values_shown(name: str, value: str, language: str) -> str:
    """Return the values that may have been meant, the likest first, each with what it is called."""
    bare = name.removeprefix(EXCLUDING)
    known = values_of(bare)
    also = {each: _words(bare, each) for each in known}
    nearest = nearest_first(value, known, also)
    return _listed([_with_word(bare, each, language) for each in nearest[:MOST_SHOWN]], nearest)


def filters_shown(text: str, language: str) -> str:
    """Return the filters that may have been meant, the likest first, each with what it is called."""
    known = (*VALUES, *FLAGS, *RANGES)
    also = {name: [_filter_word(name, each) for each in LANGUAGES] for name in known}
    nearest = nearest_first(text.removeprefix(EXCLUDING), known, also)
    return _listed([_beside(name, _filter_word(name, language)) for name in nearest[:MOST_SHOWN]], nearest)


def nearest_shown(value: str, known: Sequence[str], also: Mapping[str, Sequence[str]]) -> str:
    """Return names from outside that may have been meant, the likest first, as a message lists them.

    `also` are what they are called.
    """
    nearest = nearest_first(value, known, also)
    return _listed([shortened(tame(each), LONGEST_NAME) for each in nearest[:MOST_SHOWN]], nearest)


@cache
def _filters() -> Mapping[str, str]:
    """Return the names of filters by what they are called, where only one is called so."""
    said: dict[str, set[str]] = {}
    for name in (*VALUES, *FLAGS, *RANGES):
        if name not in _SAME_NAME:
            for language in LANGUAGES:
                said.setdefault(plain_name(_filter_word(name, language)), set()).add(name)
    return {text: names.pop() for text, names in said.items() if len(names) == 1}


def _meant(said: str, name: str, known: Sequence[str]) -> str:
    """Return the one value that is called so, or whose name alone has all these words; else the text."""
    wanted = plain_name(said)
    words = {each: [plain_name(word) for word in (each, *_words(name, each))] for each in known}
    whole = [each for each in known if wanted in words[each]]
    if len(whole) == 1:
        return whole[0]
    parts = set(wanted.split())
    within = [each for each in known if any(parts <= set(word.split()) for word in words[each])]
    return within[0] if parts and len(within) == 1 else said


@cache
def _words(name: str, value: str) -> tuple[str, ...]:
    if name in FLAGS:
        return _YES_NO[value]
    return tuple(_word(name, value, each) for each in LANGUAGES)


def _word(name: str, value: str, language: str) -> str:
    return value_word("en" if language == "en" else "fr", name, value, {})


def _with_word(name: str, value: str, language: str) -> str:
    """Return a value and, in brackets, what it is called where that is another word."""
    return _beside(value, _YES_NO[value][language == "en"] if name in FLAGS else _word(name, value, language))


def _filter_word(name: str, language: str) -> str:
    return catalogue("en" if language == "en" else "fr", "explorer").text(f"filter.{name}")


def _beside(name: str, word: str) -> str:
    return name if plain_name(word) == plain_name(name) else f"{name} ({word})"


def _listed(shown: Sequence[str], every: Sequence[str]) -> str:
    return ", ".join([*shown, *(["etc"] if len(every) > len(shown) else [])])
