"""The manifest of a harvest: how its run ended and which files hold what it collected.

It is JSON, written last: a harvest without one was not sealed. Fields that are added have defaults, so that
manifests of former versions are read.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen
from ouidire.items import RunStatus

FORMAT = 1


class Validators(Frozen):
    """The ETag and Last-Modified headers of a page, verbatim, for conditional requests (RFC 9110, 13)."""

    etag: str | None = None
    last_modified: str | None = None


class RunHold(Frozen):
    """Why nothing of a run may be used until a person has decided: its kind, and a sentence with figures.

    "another_subject": its pages are about another company, shop or app than before.
    """

    kind: Literal["another_subject"]
    detail: str


class FileRead(Frozen):
    """A file that a run read: a digest of its content, the newest date in it, and when it counts as read."""

    content: str
    newest: AwareDatetime | None = None
    seen_at: AwareDatetime


IdScheme = Literal["stated", "unstated"]
"""What a mention is known by: the id that its page states, or its address, author and date."""


class RunSummary(Frozen):
    """How a run ended: its one status, the reason, and its counts.

    `fill_rates` holds, for each watched field, the share (0–1) of mentions that have it. `complete` is true
    only when the whole listing was read: no `since`, pager exhausted, status ok. `cursor` is the newest date
    seen, from which the next incremental run starts. `not_modified` counts pages that answered 304.
    `layouts` counts the pages that each layout of the source read, `identity` has what the mentions of
    each are known by, chosen once. `found` counts the mentions, or the
    entries of search results, on the pages, kept or not; `mentions` those kept; both are None in manifests of
    former versions. `unclosed` counts pages that end without closing their root element, `subjects` names
    what the pages are about, `hosts` where the first ones lay and `sites` where most of what they list lies.
    `silent` holds the engines of a metasearch that did not answer, each with its reason, `withdrawn` the ids
    of mentions that the site shows as removed, `departed` the keyed hashes of authors whose account is gone.
    `watch` names what fell beside the source's past, where the run is degraded for that alone. `spent` is
    what the run took of daily budgets, by their names. `files` are those that a source of files read.
    """

    status: RunStatus
    reason: str = ""
    started_at: AwareDatetime
    finished_at: AwareDatetime
    requests: int = 0
    pages: int = 0
    not_modified: int = 0
    items: int = 0
    rejected: dict[str, int] = Field(default_factory=dict)
    refused_by_robots: int = 0
    layouts: dict[str, int] = Field(default_factory=dict)
    identity: dict[str, IdScheme] = Field(default_factory=dict)
    declared_total: int | None = None
    complete: bool = False
    fill_rates: dict[str, float] = Field(default_factory=dict)
    cursor: AwareDatetime | None = None
    validators: dict[str, Validators] = Field(default_factory=dict)
    found: int | None = None
    mentions: int | None = None
    unclosed: int = 0
    subjects: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    silent: dict[str, str] = Field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()
    departed: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    hold: RunHold | None = None
    spent: dict[str, int] = Field(default_factory=dict)
    files: tuple[FileRead, ...] = ()


class Segment(Frozen):
    """One sealed file: what it holds, how many records, its size and checksum."""

    name: str
    kind: Literal["items", "pages"]
    records: int
    size: int
    sha256: str


class Manifest(Frozen):
    """The manifest of a run's harvest.

    `mentions_expired` is set once retention has removed all its mentions.
    """

    format: int = FORMAT
    run_id: str
    source: str
    source_key: str
    entity: str
    summary: RunSummary
    segments: tuple[Segment, ...] = ()
    mentions_expired: bool = False
