"""What an attack is: a row with its kind, what it tries, the right outcome, and how it is played."""

from collections.abc import Callable
from typing import NamedTuple


class Attack(NamedTuple):
    """One attack.

    `play` returns the outcome in a word or two; the attack is held where that is `right`. `slow` ones are
    left out of the ordinary tests.
    """

    kind: str
    name: str
    tries: str
    right: str
    play: Callable[[], str]
    slow: bool = False


class Outcome(NamedTuple):
    """What came of an attack."""

    attack: Attack
    came: str

    @property
    def held(self) -> bool:
        """Whether the outcome is the right one."""
        return self.came == self.attack.right


def played(attack):
    """Play an attack; what it raises by itself is its outcome."""
    try:
        return Outcome(attack, attack.play())
    except Exception as error:  # noqa: BLE001 (one attack that cannot be played stops no other)
        return Outcome(attack, f"{type(error).__name__}: {error}"[:200])


def refused_by(call, *errors):
    """Return "refused" where a call raises one of these errors, else "admitted"."""
    try:
        call()
    except errors:
        return "refused"
    return "admitted"
