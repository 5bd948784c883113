"""What decisions are read from and written to: the state, and an index that is only read.

An `Installation` is one; a page, whose index is opened for reading alone, makes its own.
"""

from dataclasses import dataclass
from typing import Protocol

from ouidire.clock import Clock
from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from ouidire.index import MentionIndex
from ouidire.settings.configuration import Settings
from ouidire.state import State
from ouidire.state.items import LIVE, load_items


class DecisionSide(Protocol):
    """The settings, the state, an index and the clock."""

    @property
    def settings(self) -> Settings:
        """The configuration."""

    @property
    def state(self) -> State:
        """The state, which decisions are written to."""

    @property
    def index(self) -> MentionIndex:
        """The index, which is only read."""

    @property
    def clock(self) -> Clock:
        """The present moment."""


@dataclass(frozen=True)
class ReadingSide:
    """The same, of parts opened apart."""

    settings: Settings
    state: State
    index: MentionIndex
    clock: Clock


def mention_of(
    side: DecisionSide, mention_id: str, *, hint: str = "`ouidire search` and `export` show ids"
) -> MentionDocument:
    """Return the document of a known mention.

    Raises UsageError for one that there is not; `hint` says where its id could be found.
    """
    with side.state.read() as connection:
        row = load_items(connection, [mention_id]).get(mention_id)
    document = side.index.get("mention", mention_id)
    if row is None or row.presence not in LIVE or not isinstance(document, MentionDocument):
        raise UsageError(f"no mention has the id {mention_id!r}; {hint}")
    return document
