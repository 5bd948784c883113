"""The sections of a digest for each role of reader, in order. Data only."""

from typing import Literal

from ouidire.settings.editions import Role

Section = Literal["cards", "why", "experience", "quotes", "where", "page", "assistants", "reviews", "blind"]

SECTIONS: dict[Role, tuple[Section, ...]] = {
    "brand": ("cards", "why", "quotes", "experience", "where", "page", "assistants", "reviews", "blind"),
    "executive": ("cards", "why", "quotes", "page", "assistants", "blind"),
    "customer_service": ("cards", "why", "quotes", "experience", "reviews", "blind"),
    "place": ("cards", "why", "quotes", "experience", "where", "reviews", "blind"),
}
"""What could not be seen always stands.

An edition about a shop or a product has no first page: a search knows the brand alone.
"""

MailSection = Literal["actions", "glance", "because", "chart", "words", "blind"]
MAIL: dict[Role, tuple[MailSection, ...]] = {
    "brand": ("actions", "glance", "because", "chart", "words", "blind"),
    "executive": ("actions", "glance", "blind"),
    "customer_service": ("actions", "glance", "because", "chart", "words", "blind"),
    "place": ("actions", "glance", "because", "chart", "words", "blind"),
}
"""The sections of the mail, which a reader takes in within 90 seconds; the whole digest is attached to it."""
QUIET: frozenset[MailSection] = frozenset({"because", "words"})
"""Sections left out of the mail of a period of which nothing is notable."""

BRIEF: frozenset[Section] = frozenset({"experience", "where"})
"""Sections left out of a week of which nothing is notable."""
COMPARED: frozenset[Role] = frozenset({"brand", "executive", "place"})
"""Roles whose digest shows the share of voice, on a card or in a section of its own."""


def has(role: Role, section: Section) -> bool:
    """Whether a role's digest has a section."""
    return section in SECTIONS[role]
