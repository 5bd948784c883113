"""What a fault is: a row of data with its kind, how it is put in, and what is right all the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.faults.lab import Lab

FALSE = ("Rien ne manque", "silence est réel", "retirés? de leur site", "▼", "▲")
"""What a digest over a week that could not be seen must never say (regular expressions)."""
UNTRUE = ("retirés? de leur site",)
"""What no digest may say where nothing was withdrawn."""

Start = Literal["due", "collected"]
"""`due`: four weeks are known and the fifth is published; `collected`: it is collected, not sent."""


def nothing(_: Lab) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Right:
    """The right outcome of a fault.

    Attributes:
        codes: exit codes of the pass with the fault.
        shows: regular expressions, each found in what the operator reads.
        hides: regular expressions, none found in it.
        tells: regular expressions, each found in the week's digest where one went while the fault lasted.
        never: regular expressions, none found in that digest.
        mails: how many digests of the week each reader may have at the end.
        now: how many a reader may have while the fault lasts.
        later: exit codes of the last pass, once all is mended.
        foreign: texts that the site never published and that may be kept (an edit, a real second page).
        lost: whether mentions may lack at the end (what a site really withdrew).
    """

    codes: tuple[int, ...] = (1, 3)
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    never: tuple[str, ...] = FALSE
    mails: tuple[int, ...] = (1,)
    now: tuple[int, ...] = (0, 1)
    later: tuple[int, ...] = (0,)
    lost: int = 0
    foreign: int = 0


@dataclass(frozen=True)
class Fault:
    """One fault, and how a pass goes with it.

    Attributes:
        name: a short name, unique.
        kind: the kind in the list of what got through (C1, W3 …), or a word.
        how: what is done, in a few words.
        breaks: puts the fault in, before the pass.
        mends: takes it away, beyond what the site and the mail server do by themselves.
        acts: commands in the place of one `run`; each a tuple of arguments.
        judge: looks at more; returns what is wrong, in words.
    """

    name: str
    kind: str
    how: str
    breaks: Callable[[Lab], None]
    right: Right = field(default_factory=Right)
    mends: Callable[[Lab], None] = nothing
    source: str = "listing"
    start: Start = "due"
    passes: Callable[[Lab], None] | None = None
    judge: Callable[[Lab], list[str]] | None = None
    fetch: str = "timeout = 20"
    more: str = ""
