"""What decisions are read from and written to: the state, and an index that is only read.

An `Installation` is one; a page, whose index is opened for reading alone, makes its own.
"""

from dataclasses import dataclass
from typing import Protocol

from ouidire.clock import Clock
from ouidire.index import MentionIndex
from ouidire.settings.configuration import Settings
from ouidire.state import State


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
