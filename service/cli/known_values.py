"""Brands, sources and places that people name as they know them: found among what the index holds.

A value that no mention has would find nothing, as if nothing had been said: it is refused, with the likest.
"""

from collections.abc import Mapping, Sequence
from typing import get_args

from ouidire.index import Query, Term
from ouidire.settings.editions import ReportLanguage
from ouidire.text.nearest import plain_name
from reports.explore.filters import EXCLUDING, VALUES
from reports.explore.problem import ViewError
from reports.explore.spoken_values import nearest_shown
from reports.explore.value_words import value_word
from reports.explore.view import MentionView
from service.pipeline.installation import Installation

NAMED = ("brand", "source", "key", "site", "place", "subject", "language")
"""Filters of open values that are looked up."""
MOST_KNOWN = 2_000
"""Values of a field that a name is looked for among."""


def with_known_values(
    view: MentionView, installation: Installation, names: Mapping[str, Mapping[str, str]]
) -> MentionView:
    """Return a view with each open value as the index has it; `names` are what values are called, by filter.

    A source may be called by its kind, or as digests call it: then its pages are kept. Raises ViewError for a
    value that no mention has, where any has another.
    """
    for chosen in view.values:
        before = EXCLUDING if chosen.name.startswith(EXCLUDING) else ""
        filtered = chosen.name.removeprefix(EXCLUDING)
        if filtered not in NAMED:
            continue
        pages = _pages_called(chosen.values, names["key"]) if filtered == "source" else ()
        if pages and not view.chosen(f"{before}key"):
            view = view.without(chosen.name).keeping(f"{before}key", pages)
            continue
        known = _Known(installation, filtered, names.get(filtered, {}))
        view = view.keeping(chosen.name, [known.meant(value) for value in chosen.values])
    return view


class _Known:
    """The values of one filter that the index or the configuration knows."""

    def __init__(self, installation: Installation, name: str, called: Mapping[str, str]) -> None:
        self._index, self._name, self._called = installation.index, name, called
        self._field = VALUES[name].field

    def meant(self, value: str) -> str:
        """Return the value that a person means. Raises ViewError where none is meant and there are others."""
        clause = Term(field=self._field, any_of=(value,))
        if value in self._called or self._index.search(Query(where=(clause,)), size=1).hits:
            return value
        held = [str(each.value) for each in self._index.facet(Query(), self._field, size=MOST_KNOWN)]
        known = list(dict.fromkeys([*held, *(self._called if self._name == "brand" else ())]))
        if not known:
            return value
        wanted = plain_name(value)
        found: list[str] = [each for each in known if wanted in map(plain_name, (each, *self._words(each)))]
        if not wanted or len(found) != 1:
            raise ViewError("none_has", name=self._name, value=value, known=self._listed(value, known))
        return found[0]

    def _words(self, value: str) -> tuple[str, ...]:
        """Return what a value is called: by the configuration, and in each language."""
        own = {self._name: self._called}
        spoken: tuple[ReportLanguage, ...] = get_args(ReportLanguage)
        return tuple(dict.fromkeys(value_word(each, self._name, value, own) for each in spoken))

    def _listed(self, value: str, known: Sequence[str]) -> str:
        """Return the names that may have been meant, the likest first."""
        return nearest_shown(value, known, {each: self._words(each) for each in known})


def _pages_called(values: Sequence[str], called: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of the sources of one title; none where several things are asked for."""
    if len(values) != 1:
        return ()
    wanted = plain_name(values[0])
    titles = {key: {plain_name(name), plain_name(name.partition(" · ")[0])} for key, name in called.items()}
    return tuple(key for key, title in titles.items() if wanted and wanted in title)
