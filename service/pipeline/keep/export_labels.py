"""The words that an export has in the place of internal names, in French or English: headings and values.

A value is called what the explorer calls it; brands, sources and themes are called what the configuration and
people call them. Texts, numbers, moments and ids stay what they are.
"""

from collections.abc import Mapping
from typing import Any

from babel import Locale

from ouidire.frozen import Frozen
from ouidire.settings.editions import ReportLanguage
from ouidire.text.catalogue import catalogue
from reports.explore.value_words import value_word

FILTERS: Mapping[str, str] = {
    "mention_kind": "kind",
    "source": "source",
    "source_key": "key",
    "brands": "brand",
    "brands_mentioned": "brand",
    "brands_collected": "brand",
    "leaves_for": "brand",
    "presence": "presence",
    "sentiment": "side",
    "advocacy": "class",
    "advocacy_basis": "basis",
    "intents": "intent",
    "effort": "effort",
    "stages": "stage",
    "stage_polarity": "stage-side",
    "aspect_names": "theme",
    "aspect_polarity": "theme-side",
    "suspicion": "suspicion",
    "emergent": "emergent",
}
"""Columns whose values the explorer names, and its filter of each."""
SECTIONS: Mapping[str, tuple[str, str]] = {
    "masked": ("export", "masked"),
    "published_precision": ("export", "precision"),
    "answer_state": ("queues", "answer_state"),
    "corrected": ("queues", "field"),
}
"""Columns whose values a section of a catalogue names."""


class ExportLabels(Frozen):
    """The labels of one language; `names` are what brands, source keys and themes are called."""

    language: ReportLanguage
    names: Mapping[str, Mapping[str, str]] = {}

    def heading(self, column: str) -> str:
        """Return what a column is called."""
        return catalogue(self.language, "export").text(f"column.{column}")

    def value(self, column: str, value: Any) -> Any:  # noqa: ANN401 (any value of a document)
        """Return what a column's value is called, each of several by itself; others as they are."""
        if isinstance(value, bool):
            return catalogue(self.language, "export").text("answer.yes" if value else "answer.no")
        if isinstance(value, list | tuple):
            return [self.value(column, each) for each in value]
        return self._word(column, value) if isinstance(value, str) and value else value

    def _word(self, column: str, value: str) -> str:
        if column in FILTERS:
            return value_word(self.language, FILTERS[column], value, self.names)
        if column in SECTIONS:
            file, section = SECTIONS[column]
            words, key = catalogue(self.language, file), f"{section}.{value}"
            return words.text(key) if key in words else value
        locale = Locale.parse(self.language)
        if column == "country":
            return str(locale.territories.get(value.upper(), value))
        if column == "language":
            return str(locale.languages.get(value, value))
        return value
