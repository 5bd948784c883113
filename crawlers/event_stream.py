"""How a source listens to a stream of events: where it connects, and what of each event is kept.

Values for the engine, which alone connects: nothing here sees the network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

TAIL = "ouidire.tail"
"""The type of the line that ends each page of a stream: how many events were read, from when to when."""


class StreamEvent(NamedTuple):
    """One event of a stream as the engine needs it.

    `kept` is what is stored of it, one line of JSON; None for what concerns nobody that is asked for.
    `native_id` is the mention's id, `author` its author's name as mentions have it; `departs` says that this
    author's account is gone: all of their mentions are withdrawn, and nothing is stored. What `deletes` one
    is stored only where the mention is known, or came
    earlier in the run. `at` is when it happened. `missed` says that events before it can no longer be had,
    `error` that the service refuses, in its words.
    """

    kept: str | None = None
    native_id: str | None = None
    author: str | None = None
    departs: bool = False
    deletes: bool = False
    at: datetime | None = None
    missed: bool = False
    error: str | None = None


@dataclass(frozen=True)
class EventStream:
    """A stream that can be followed from a moment on.

    `address(moment)` is its URL (https), `protocol` the WebSocket subprotocol, `hours` how far back a first
    run listens, `read(text)` what an event is; it never raises.
    """

    address: Callable[[datetime], str]
    protocol: str
    hours: int
    read: Callable[[str], StreamEvent]
