"""The pages that the explorer's header leads to, in order: one line for each."""

from typing import NamedTuple

from reports.explore.links import ANSWERS, MENTIONS
from service.serve.web.accounts.permissions import Permission


class NavigationEntry(NamedTuple):
    """A page of the header: its key in the catalogue (`nav.<key>`), its path and who sees it."""

    key: str
    path: str
    needs: Permission = "look"


FIGURES = "/chiffres"
THEMES = "/themes"
CORRECTIONS = "/corrections"
ACCOUNTS = "/comptes"
AUDIT = "/journal"
OWN = "/compte"
NAVIGATION: tuple[NavigationEntry, ...] = (
    NavigationEntry("mentions", MENTIONS),
    NavigationEntry("figures", FIGURES),
    NavigationEntry("themes", THEMES),
    NavigationEntry("answers", ANSWERS),
    NavigationEntry("corrections", CORRECTIONS, "decide"),
    NavigationEntry("accounts", ACCOUNTS, "operate"),
    NavigationEntry("audit", AUDIT, "operate"),
)
