"""The pages that the explorer's header leads to, in order: one line for each."""

from typing import NamedTuple

from reports.explore.links import ANSWERS, MENTIONS


class NavigationEntry(NamedTuple):
    """A page of the header: its key in the catalogue (`nav.<key>`) and its path."""

    key: str
    path: str


FIGURES = "/chiffres"
CORRECTIONS = "/corrections"
NAVIGATION: tuple[NavigationEntry, ...] = (
    NavigationEntry("mentions", MENTIONS),
    NavigationEntry("figures", FIGURES),
    NavigationEntry("answers", ANSWERS),
    NavigationEntry("corrections", CORRECTIONS),
)
