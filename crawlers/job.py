"""A crawl job: all the input of a crawling child process.

It travels as JSON on its standard input, never on its command line.
"""

from collections.abc import Callable
from typing import Any

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen
from ouidire.harvest.manifest import Validators
from ouidire.settings.fetch import FetchSettings

Progress = Callable[[int, int], None]
"""Called with the pages fetched and the items kept so far."""


class CrawlJob(Frozen):
    """One run of one source.

    `folder` is where the harvest goes. `now`, when given, is the fixed clock that pages and the run are
    stamped with. `since` asks for what is newer only. `usual_fill` (0–1 by field) and `usual_items` (median
    of past complete runs) are this source key's own past; `first` is true when it has none. `suppressed`
    holds ids and author keys of what was erased.
    """

    run_id: str
    slug: str
    source_key: str
    entity: str
    params: dict[str, Any]
    folder: str
    since: AwareDatetime | None = None
    now: AwareDatetime | None = None
    author_secret: str
    suppressed: tuple[str, ...] = ()
    first: bool = True
    usual_fill: dict[str, float] = Field(default_factory=dict)
    usual_items: float | None = None
    validators: dict[str, Validators] = Field(default_factory=dict)
    fetch: FetchSettings = Field(default_factory=FetchSettings)
