"""One installation: its settings, state, harvests, index, key and clock, each opened when first used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property

from ouidire.clock import Clock, system_clock
from ouidire.harvest.store import HarvestStore
from ouidire.index import MentionIndex
from ouidire.privacy import load_key
from ouidire.settings.configuration import Settings
from ouidire.settings.index import Backend
from ouidire.state import State
from ouidire.state.databases import hold
from ouidire.state.databases.holding import Holding
from ouidire.system.locks import lock
from ouidire.system.person import person
from service.pipeline.index_backend import open_index
from service.pipeline.losses import (
    open_known_state,
    refuse_lost_key,
    refuse_moved,
    refuse_other_key,
    refuse_unfinished,
)


class Installation:
    """The settings of an installation, and what they lead to, opened when first used.

    `now` fixes the clock (simulations, tests); without it time is the system's. `recovering` opens a state
    whose recovery is not done.
    """

    def __init__(self, settings: Settings, *, now: datetime | None = None, recovering: bool = False) -> None:
        self.settings = settings
        self._recovering = recovering
        self.fixed_now = now
        self.clock: Clock = system_clock if now is None else _fixed(now)
        self._opened: list[Callable[[], None]] = []
        self._holding: Holding | None = None

    @property
    def person(self) -> str:
        """The name under which this process works, for the audit: OUIDIRE_USER, else "operator"."""
        return person()

    @cached_property
    def state(self) -> State:
        """Return the precious state, migrated. Raises StateError where it was lost or is half recovered."""
        state = open_known_state(self.settings)
        state.holding = self._holding
        self._opened.append(state.close)
        if not self._recovering:
            refuse_unfinished(state)
            refuse_moved(state)
        return state

    @cached_property
    def harvests(self) -> HarvestStore:
        """Return the store of sealed harvests."""
        return HarvestStore(self.settings.path(self.settings.harvest.folder, "harvest"))

    @cached_property
    def index(self) -> MentionIndex:
        """Return the search index, created where it was missing."""
        index = self.bare_index()
        index.ensure()
        return index

    def bare_index(self) -> MentionIndex:
        """Return the search index as it is: not created, not checked (for `status` and `rebuild`)."""
        return self.index_on(self.settings.index.backend)

    def index_on(self, backend: Backend) -> MentionIndex:
        """Return the search index on one back-end, whether or not it is the configured one (for `move`)."""
        index = open_index(self.settings, backend)
        self._opened.append(index.close)
        return index

    @cached_property
    def secret(self) -> bytes:
        """Return the key of author hashes and of signatures.

        Raises ConfigError where it was lost, or is not the one that the state was made with.
        """
        refuse_lost_key(self.settings)
        path = self.settings.path(self.settings.privacy.key_file, "key")
        secret = load_key(path)
        refuse_other_key(self.state, secret, path)
        return secret

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the installation's lock, and its state's on a server: one process at a time writes.

        Raises LockHeld, naming the holder, when one is taken; StateError where the server is away.
        """
        busy = "another Ouï-dire is at work here ({holder}); wait for it to end"
        here = lock(self.settings.path(None, "lock"), now=self.clock(), busy=busy)
        with here, hold(self.settings.state_url, busy=busy) as holding:
            self._hold(holding)
            try:
                yield
            finally:
                self._hold(None)

    def _hold(self, holding: Holding | None) -> None:
        self._holding = holding
        if "state" in vars(self):
            self.state.holding = holding

    def close(self) -> None:
        """Release everything that was opened."""
        for close in reversed(self._opened):
            close()
        self._opened.clear()


def _fixed(now: datetime) -> Clock:
    return lambda: now
