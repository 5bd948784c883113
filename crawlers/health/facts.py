"""The counts of a run while it lasts, and the problems it met."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from crawlers.health.past import SourcePast
from ouidire.frozen import Frozen

ProblemKind = Literal[
    "blocked",
    "robots",
    "robots_unreachable",
    "layout",
    "gone",
    "network",
    "http",
    "address",
    "too_large",
    "redirects",
    "parser",
    "browser",
]
Limit = Literal["pages", "time", "memory", "stopped", "budget"]
INCOMPLETE = "incomplete"
"""The reason of rejection of a part of a page that could not be read whole: cut off, or broken."""
ANOTHERS = "another_subject"
"""The reason of rejection of a mention that is about somebody else, on a page of the source's own subject."""
WHOLE_TEXT = "whole_text"
"""The field that a mention fills whose text is neither an excerpt nor, word for word, another one's."""
HARMLESS = frozenset({"advertisement", "duplicate_in_page", "not_public", "no_words", INCOMPLETE, ANOTHERS})
"""Rejections that are no things found: they say nothing of a parser's health, or have rules of their own."""


class CrawlProblem(Frozen):
    """One page that could not be fetched or read.

    `page` is its address without secrets; `first` is true if the run began with it.
    """

    kind: ProblemKind
    page: str
    detail: str
    first: bool = False


@dataclass
class RunFacts:
    """The counts of a run, and the past of its source to compare them with.

    The collector counts into it while the run lasts; everything else only reads it. `fault` is our own fault
    or a wrong configuration, which ended the run. `enumerates` is false for a source that shows only the
    latest of many. `problems` holds the first few of `problem_count`, one of each kind at least.
    `suppressed` and `duplicates` were read but not kept again. `results` counts pages of search results,
    `entries` what they list, `unfinished` listings that said they went on but gave no next page,
    `crawl_delay` the seconds between two requests that robots.txt asks for, `filled` the mentions that have
    each watched field, `layouts` the pages that each layout read. `incomplete` says what the first part was
    that could not be read whole, `others` whom a mention is about that is left out. `oldest` and `newest`
    are the earliest and latest date of publication. `subjects` counts the names of what the pages are about,
    `hosts` the registered domains of the first pages, `sites` those that most of what a page lists lies on.
    `silent` holds the engines that did not answer a metasearch, each with its reason. `known_seen` counts
    the mentions that the source had before, `authors_seen` their authors, `authored` all mentions with an
    author, `overlapping` those that are no newer than what was known. `imports` is true for what a person
    brings, of any period. `withdrawn` has the ids of mentions that their site shows as removed, or no longer
    as public, `departed` the keyed hashes of authors whose account is gone. `loops` counts listings that led
    back to a page already read, `exhausted` names a key's budget that left no room for more, and `remark`
    says in words how a file was read, or why it has nothing, `consent_ends_in` is how long a service's
    consent still lasts, where it says so.
    """

    past: SourcePast = field(default_factory=SourcePast)
    since: bool = False
    enumerates: bool = True
    imports: bool = False
    fault: str | None = None
    requests: int = 0
    pages: int = 0
    not_modified: int = 0
    items: int = 0
    mentions: int = 0
    results: int = 0
    entries: int = 0
    duplicates: int = 0
    suppressed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    incomplete: str = ""
    others: str = ""
    unclosed: int = 0
    says_empty: int = 0
    remark: str = ""
    declared_total: int | None = None
    unfinished: int = 0
    crawl_delay: float = 0.0
    filled: Counter[str] = field(default_factory=Counter)
    layouts: Counter[str] = field(default_factory=Counter)
    oldest: datetime | None = None
    newest: datetime | None = None
    subjects: Counter[str] = field(default_factory=Counter)
    hosts: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    silent: dict[str, str] = field(default_factory=dict)
    known_seen: int = 0
    authors_seen: int = 0
    authored: int = 0
    overlapping: int = 0
    withdrawn: set[str] = field(default_factory=set)
    departed: set[str] = field(default_factory=set)
    refused_by_robots: int = 0
    problems: list[CrawlProblem] = field(default_factory=list)
    problem_count: int = 0
    limits: set[Limit] = field(default_factory=set)
    loops: int = 0
    exhausted: str = ""
    consent_ends_in: timedelta | None = None

    @property
    def unreadable(self) -> int:
        """How many things on the pages could not be read as items."""
        return sum(count for reason, count in self.rejected.items() if reason not in HARMLESS)

    @property
    def accounted_for(self) -> int:
        """How many mentions were on the pages, whether they were kept or not."""
        return self.mentions + self.suppressed + self.unreadable

    @property
    def found(self) -> int:
        """How many mentions, or entries of search results, were on the pages."""
        return self.accounted_for + self.entries

    @property
    def is_whole(self) -> bool:
        """Whether everything was asked for, and every page of it came."""
        return not (self.since or self.not_modified or self.problem_count or self.limits or self.loops)
