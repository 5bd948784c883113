"""The sentences of one language by key, with named placeholders and plural forms chosen by CLDR's rules.

Mails, pages and Kibana read theirs here, from `ouidire/locales/<language>/<name>.toml`. A key is the path of
its entry, dotted ("where.mentions"). An entry is a text or a table of plural forms: the categories that CLDR
gives the language ("one", "other") and, where a sentence writes a number in letters, that number itself
("1"), which comes first. French is written there with ordinary spaces and straight apostrophes; those that
printers use are put in here. It cannot see markup.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

from ouidire.errors import UsageError
from ouidire.text.elision import with_article
from ouidire.text.numbers import number
from ouidire.text.typography import curly, french_sentence

LANGUAGES = ("fr", "en")
FOLDER = Path(__file__).parents[1] / "locales"
CATEGORIES = frozenset({"zero", "one", "two", "few", "many", "other"})
"""The plural categories of CLDR (Unicode TR 35, part 3, "Language Plural Rules")."""
PATTERNS = "format"
"""The section of Babel's date patterns, which quote with straight apostrophes."""

Entry = str | Mapping[str, str]
"""A text, or its plural forms by category or by number."""


class Catalogue:
    """The sentences of one language."""

    def __init__(self, language: str, entries: Mapping[str, Entry]) -> None:
        self.language = language
        self.entries = entries
        self.locale = Locale.parse(language)

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def text(self, key: str) -> str:
        """Return a text as it stands, its placeholders unfilled.

        Raises KeyError for an unknown key, and for one with plural forms.
        """
        entry = self.entries[key]
        if not isinstance(entry, str):
            raise KeyError(f"{key} has plural forms")
        return entry

    def fill(self, key: str, **values: Any) -> str:  # noqa: ANN401 (numbers, dates already worded, strings)
        """Return a sentence, its placeholders filled; where it has plural forms, the number `n` chooses.

        Numbers are written as the language writes them. Raises KeyError for an unknown key, and for a
        placeholder without a value.
        """
        entry = self.entries[key]
        text = entry if isinstance(entry, str) else self._form(entry, values["n"])
        shown = {
            name: number(value, self.locale) if isinstance(value, int | float) else value
            for name, value in values.items()
        }
        if self.locale.language == "fr":
            text, shown = with_article(text, shown)
        return text.format_map(shown)

    def _form(self, forms: Mapping[str, str], n: float) -> str:
        """Return the plural form of a number: its own, else that of its category, else the general one."""
        itself = str(int(n)) if n == int(n) else ""
        return forms.get(itself) or forms.get(str(self.locale.plural_form(n))) or forms["other"]


@cache
def catalogue(language: str, *names: str) -> Catalogue:
    """Return a language's sentences of some files of its folder ("digest", "alerts", "pages", "kibana" …).

    Raises UsageError for a language that there is not.
    """
    if language not in LANGUAGES:
        raise UsageError(f"nothing is written in {language!r}; languages are {', '.join(LANGUAGES)}")
    entries: dict[str, Entry] = {}
    for name in names:
        data = tomllib.loads((FOLDER / language / f"{name}.toml").read_text(encoding="utf-8"))
        for key, entry in _entries(data):
            entries[key] = _printed(key, entry, language)
    return Catalogue(language, entries)


def _entries(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Entry]]:
    """Yield every entry of a table and of its sections, with its dotted key."""
    for name, value in data.items():
        if isinstance(value, str) or _is_plural(value):
            yield prefix + name, value
        else:
            yield from _entries(value, f"{prefix}{name}.")


def _is_plural(table: Mapping[str, Any]) -> bool:
    """Whether a table is one of plural forms, not a section."""
    return "other" in table and all(form in CATEGORIES or form.isdecimal() for form in table)


def _printed(key: str, entry: Entry, language: str) -> Entry:
    """Return an entry as it is printed: apostrophes, and the spaces of French."""
    if not isinstance(entry, str):
        return {form: _printed_text(key, text, language) for form, text in entry.items()}
    return _printed_text(key, entry, language)


def _printed_text(key: str, text: str, language: str) -> str:
    if not key.startswith(f"{PATTERNS}."):
        text = curly(text)
    return french_sentence(text) if language == "fr" else text
