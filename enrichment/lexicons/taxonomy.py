"""The names of what is read in sentences: aspects (`taxonomy.toml`), signals, and tables to other taxonomies.

Names are stable: figures are kept by them. A table (`mappings/*.toml`) says which of another taxonomy's
categories a sentence has, from the set of our aspects that was found in it; it serves evaluation.
"""

import tomllib
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Final, NamedTuple, get_args

from ouidire.annotations import Intent, Stage

INTENTS: Final[tuple[Intent, ...]] = get_args(Intent)
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
LEVELS: Final = ("none", "some", "a_lot")
TONES: Final = ("good", "bad")
ASPECT: Final = "aspect:"
"""What goes before an aspect's name in the name of its signal."""


class Aspect(NamedTuple):
    """One aspect: its name, its titles and definitions in French and in English."""

    name: str
    fr: str
    en: str
    definition_fr: str
    definition_en: str


@cache
def aspects() -> dict[str, Aspect]:
    """Return the taxonomy, by name, in its order."""
    tables = tomllib.loads(
        resources.files("enrichment").joinpath("lexicons/taxonomy.toml").read_text(encoding="utf-8")
    )
    return {name: Aspect(name=name, **fields) for name, fields in tables.items()}


@cache
def signal_names() -> tuple[str, ...]:
    """Return the name of every signal that a sentence may show."""
    return (
        *(f"{ASPECT}{name}" for name in aspects()),
        "delight",
        "irritation",
        *(f"effort:{level}" for level in LEVELS),
        *(f"intent:{name}" for name in INTENTS),
        *(f"stage:{name}" for name in STAGES),
        *(f"tone:{name}" for name in TONES),
    )


class Rule(NamedTuple):
    """A category of another taxonomy: it holds where all of `all_of` were found and none of `none_of`."""

    category: str
    all_of: frozenset[str]
    none_of: frozenset[str]
    polarity_of: str


@cache
def rules(table: str) -> tuple[Rule, ...]:
    """Read one table of `mappings/`. Raises FileNotFoundError where there is none of that name."""
    listed = tomllib.loads(
        resources.files("enrichment").joinpath(f"lexicons/mappings/{table}.toml").read_text(encoding="utf-8")
    )["rule"]
    return tuple(
        Rule(
            each["category"],
            frozenset(each["all_of"]),
            frozenset(each.get("none_of", ())),
            each.get("polarity_of", each["all_of"][-1]),
        )
        for each in listed
    )


def categories(found: Collection[str], table: str) -> dict[str, str]:
    """Return another taxonomy's categories for the aspects found in a sentence.

    Each comes with the aspect of ours whose polarity is its own.
    """
    names = frozenset(found)
    chosen: dict[str, str] = {}
    for rule in rules(table):
        if rule.all_of <= names and not rule.none_of & names:
            chosen.setdefault(rule.category, rule.polarity_of)
    return chosen
