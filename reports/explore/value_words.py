"""What the values of filters are called in French and English: tones, themes and stages.

A value from outside, which no catalogue has, keeps its own name.
"""

from collections.abc import Mapping

from ouidire.settings.editions import ReportLanguage
from ouidire.text.catalogue import catalogue
from reports.typography import shortened, tame

LONGEST_NAME = 60
"""Characters shown of a name from outside."""
Names = Mapping[str, Mapping[str, str]]
"""What brands, source keys and themes that came up are called, by filter and value."""
_LABELLED = {
    "theme": "aspect",
    "stage": "stage",
    "intent": "intent",
}
"""Filters whose values the digest names already, and the section of its catalogue."""


def value_word(language: ReportLanguage, name: str, value: str, names: Names) -> str:
    """Return what a value of a filter is called; one from outside keeps its own name, made harmless."""
    sentences, digest = catalogue(language, "explorer", "sources"), catalogue(language, "digest")
    if name in ("theme-side", "stage-side"):
        what, _, side = value.partition(":")
        return sentences.fill(
            "with_side",
            what=value_word(language, name.partition("-")[0], what, names),
            side=value_word(language, "side", side, names),
        )
    known = names.get(name, {}).get(value)
    if known is not None:
        return shortened(tame(known), LONGEST_NAME)
    section = _LABELLED.get(name)
    if section is not None and f"{section}.{value}" in digest:
        return digest.text(f"{section}.{value}")
    if f"value.{name}.{value}" in sentences:
        return sentences.text(f"value.{name}.{value}")
    return shortened(tame(value), LONGEST_NAME) or "–"
