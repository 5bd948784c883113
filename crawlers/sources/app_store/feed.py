"""Apple's customer-review feed in one form, whichever it was served in.

It cannot tell an app without reviews from a wrong app number, since Apple answers both with the same empty
feed: `lookup` does.
"""

from typing import Any, NamedTuple

KEYS = {
    "id": "id", "title": "title", "updated": "updated", "im:rating": "rating", "im:version": "version",
    "im:voteSum": "likes", "im:voteCount": "votes", "im:name": "app_name",
}  # fmt: skip
"""What an entry's parts are called here, by Apple's names."""


class Feed(NamedTuple):
    """A feed: its entries, its links by `rel`, its own id (an address) and its form, "json" or "xml"."""

    entries: list[dict[str, Any]]
    links: dict[str, str]
    name: str
    form: str
