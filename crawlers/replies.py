"""How a platform is answered by its API: what is asked to see whether a review has a reply, and to give one.

Values for the sender (`crawlers/engine/access/replies.py`), which alone fetches tokens and sends. It cannot
see whether a platform will show a reply that it took: some look at it first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from ouidire.frozen import Frozen

P_contra = TypeVar("P_contra", contravariant=True)
PlatformAnswer = dict[str, Any]
"""An answer of a platform: the JSON object that it sent."""


class ReplyCall(Frozen):
    """One call of a platform's API, sent with the source's access token; `body` goes out as JSON."""

    method: Literal["GET", "POST", "PUT"]
    url: str
    body: dict[str, Any] | None = None


def nothing_lacks(params: object) -> str | None:
    """Return None: the parameters say all that a reply needs."""
    del params
    return None


@dataclass(frozen=True)
class ReplyWay(Generic[P_contra]):
    """How one platform is answered.

    `service` is its name for people. `longest` is the most that a reply may have, in `counted` (characters,
    or bytes of UTF-8). `look(params, native_id)` asks for one review; `shown(answer)` returns the owner's
    reply in what came back, "" where there is none, None where it is no review at all. `give(params,
    native_id, text)` gives a reply, `taken(answer)` returns whether an answer of success says that it was
    taken (None stands for an empty one). `lacks(params)` says what parameters lack for it, None if nothing.
    """

    service: str
    longest: int
    look: Callable[[P_contra, str], ReplyCall]
    shown: Callable[[PlatformAnswer], str | None]
    give: Callable[[P_contra, str, str], ReplyCall]
    taken: Callable[[PlatformAnswer | None], bool]
    lacks: Callable[[P_contra], str | None] = nothing_lacks
    counted: Literal["characters", "bytes"] = "characters"

    def length(self, text: str) -> int:
        """Return how long a reply is, as the platform counts."""
        return len(text.encode()) if self.counted == "bytes" else len(text)
