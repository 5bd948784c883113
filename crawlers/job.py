"""A crawl job: all the input of a crawling child process.

It travels as JSON on its standard input, never on its command line.
"""

from collections.abc import Callable
from typing import Any

from pydantic import AwareDatetime, Field

from crawlers.access import Budget
from crawlers.health.past import SourcePast
from crawlers.upkeep import KnownMention
from ouidire.frozen import Frozen
from ouidire.harvest.manifest import FileRead, IdScheme, Validators
from ouidire.settings.fetch import FetchSettings

Progress = Callable[[int, int], None]
"""Called with the pages fetched and the items kept so far."""


class CrawlJob(Frozen):
    """One run of one source.

    `folder` is where the harvest goes. `now`, when given, is the fixed clock that pages and the run are
    stamped with. `since` asks for what is newer only. `past` is what this source key's own runs were like.
    `entities` gives the entity that mentions are known under, by the one that pages state, where a source
    moved. `identity` is what mentions are known by, chosen before for each of its layouts.
    `suppressed` holds ids and author keys of what was erased. `budgets` are the daily ones of the source's
    keys, `spent` what was spent of each today. `files` are those that were read before of a source of files
    that a person imports, and `as_of` is when that person says that the files were exported. `again` are
    known mentions to be asked for again. `imports` is true for what a person brings, of any period.
    """

    run_id: str
    slug: str
    source_key: str
    entity: str
    entities: dict[str, str] = Field(default_factory=dict)
    params: dict[str, Any]
    folder: str
    since: AwareDatetime | None = None
    now: AwareDatetime | None = None
    author_secret: str
    suppressed: tuple[str, ...] = ()
    past: SourcePast = Field(default_factory=SourcePast)
    validators: dict[str, Validators] = Field(default_factory=dict)
    identity: dict[str, IdScheme] = Field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    spent: dict[str, int] = Field(default_factory=dict)
    files: tuple[FileRead, ...] = ()
    as_of: AwareDatetime | None = None
    again: tuple[KnownMention, ...] = ()
    imports: bool = False
    fetch: FetchSettings = Field(default_factory=FetchSettings)
