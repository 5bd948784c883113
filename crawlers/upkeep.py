"""Upkeep: known mentions are asked for again, so that what its author deletes at a service is deleted here.

A service's terms say how long words may be kept that it was not asked about since. It cannot see which
mentions are known: the job brings them.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from pydantic import Field, TypeAdapter

from ouidire.frozen import Frozen
from ouidire.mention import Extra, Mention
from ouidire.page import Page, Request

AGAIN: Final = "again"
"""The kind of a request for known mentions: its answer is no listing, and is not stored."""
_ASKED: Final = "asked_again"


class KnownMention(Frozen):
    """A mention to ask for again: the site's id of it, and what an answer about it alone may leave out."""

    native_id: str
    url: str | None = None
    extra: dict[str, Extra] = Field(default_factory=dict)


_KNOWN: Final = TypeAdapter(dict[str, KnownMention])


class Upkeep(NamedTuple):
    """How the known mentions of a source are kept true to its service.

    A mention last seen `every` ago is asked for again, `most` of them in one run, the longest ago first. By
    `within`, the service's terms want it to have been asked for; one that could not be for `kept` is removed.
    `requests(params, known)` builds the requests.
    """

    every: timedelta
    within: timedelta
    kept: timedelta
    most: int
    requests: Callable[[Any, Sequence[KnownMention]], Iterable[Request]]


def asking_again(entity: str, known: Sequence[KnownMention]) -> dict[str, str]:
    """Return the context of a request for known mentions of an entity."""
    by_id = {each.native_id: each for each in known}
    return {"entity": entity, _ASKED: _KNOWN.dump_json(by_id).decode()}


def asked_again(page: Page) -> Mapping[str, KnownMention]:
    """Return the known mentions that a page was asked for, by their ids; none for any other page."""
    stated = page.context.get(_ASKED) if page.kind == AGAIN else None
    if stated is None:
        return {}
    try:
        return _KNOWN.validate_python(json.loads(stated))
    except ValueError:
        return {}


def completed(mention: Mention, known: KnownMention) -> Mention:
    """Return a mention with what was known of it where an answer about it alone says nothing."""
    extra = {**known.extra, **mention.extra}
    return mention.model_copy(update={"url": mention.url or known.url, "extra": extra})
