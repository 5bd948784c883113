"""What becomes of a page, however it was had: kept, parsed, its authors replaced, its items written, and all of it counted.

Nothing is accumulated but counts and the ids already met, so that memory stays flat however long a run is. It
cannot see the network: `crawlers.engine.fetch` and `crawlers.engine.files` bring the pages, and say what they
could not bring.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import psutil

from crawlers.base import Source
from crawlers.engine.describe import described
from crawlers.engine.secrets import Secrets, shown
from crawlers.engine.seen import IdSet
from crawlers.engine.throttle import retry_after
from crawlers.health import CrawlProblem, Limit, RunFacts, TroubleKind, run_status
from crawlers.job import CrawlJob
from crawlers.reading.refusals import check_refused
from ouidire.clock import Clock, system_clock
from ouidire.errors import Blocked, LayoutChanged, SourceError, SourceGone
from ouidire.harvest.store import HarvestWriter, RunSummary, Validators
from ouidire.ids import digest
from ouidire.items import Item, Parsed
from ouidire.mention import Mention
from ouidire.page import Page, Request
from ouidire.privacy import identified

TROUBLES_KEPT = 20
GONE = frozenset({404, 410})
BUSY = 503
FIRST_ERROR = 400
OK = 200
MEMORY_SHARE = 0.9
"""Share of `fetch.max_memory_mb` at which a run ends by itself and keeps what it has; at the whole of it, it is killed."""

Progress = Callable[[int, int], None]
"""Called with the pages fetched and the items kept so far."""


class Read(NamedTuple):
    """What reading a page led to: the requests to make next, and whether the site refused us."""

    follow: list[Request]
    refused: bool


@dataclass
class CrawlCounts:
    """What a run counts as it goes."""

    requests: int = 0
    pages: int = 0
    not_modified: int = 0
    items: int = 0
    mentions: int = 0
    results: int = 0
    duplicates: int = 0
    suppressed: int = 0
    says_empty: int = 0
    unfinished: int = 0
    refused_by_robots: int = 0
    trouble_count: int = 0
    declared_total: int | None = None
    newest: datetime | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    limits: set[Limit] = field(default_factory=set)


class Collector:
    """Takes the pages of one run, in the order in which they come."""

    def __init__(
        self,
        job: CrawlJob,
        source: Source[Any],
        writer: HarvestWriter,
        *,
        on_progress: Progress | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self.job, self.source = job, source
        self.secrets = secrets or Secrets()
        self.counts = CrawlCounts()
        self.troubles: list[CrawlProblem] = []
        self.fault: str | None = None
        self.clock: Clock = (lambda: job.now) if job.now else system_clock  # type: ignore[assignment,return-value]
        self.started_at = self.clock()
        self._writer = writer
        self._on_progress = on_progress
        self._author_secret = bytes.fromhex(job.author_secret)
        self._suppressed = frozenset(job.suppressed)
        self._items_seen, self._requests_seen = IdSet(), IdSet()
        self._planned = 0
        self._validators: dict[str, Validators] = {}

    def plan(self, request: Request) -> bool:
        """Whether a request is to be made: it was not made before in this run, and `max_pages` leaves room for it."""
        if not self._requests_seen.add(_fingerprint(request)):
            return False
        if self._planned >= self.job.fetch.max_pages:
            self.counts.limits.add("pages")
            return False
        self._planned += 1
        return True

    def page(self, page: Page, *, request: Request, first: bool, reference: str | None = None) -> Read:
        """Keep and read a page. Whatever the page holds, nothing is raised.

        With a `reference`, the page is kept already (it is read again from a harvest) and only its items are
        written.
        """
        page = self.secrets.without(page)
        self.counts.pages += 1
        if reference is None and page.body:
            reference = self._writer.add_page(page)
        refused = False
        try:
            parsed = self._parsed(page)
        except Blocked as error:
            refused = True
            self.trouble("blocked", page.url, _blocked(error), first=first)
        except LayoutChanged as error:
            self.trouble("layout", page.url, str(error), first=first)
        except SourceGone as error:
            self.trouble(
                "gone", page.url, f"HTTP {page.status}" if page.status in GONE else str(error), first=first
            )
        except SourceError as error:
            refused = page.status == BUSY and "retry-after" in page.headers
            detail = f"HTTP {page.status}" if page.status >= FIRST_ERROR else str(error)
            self.trouble("blocked" if refused else "http", page.url, f"{detail}{_until(page)}", first=first)
        except Exception as error:  # noqa: BLE001 (a parser's bug must not end the other pages)
            self.trouble("parser", page.url, f"the parser failed with {described(error)}", first=first)
        else:
            self._take(parsed, page, reference)
            if first:
                self._remember_validators(request.url, page)
            follow = self._next(parsed, request)
            self._progress()
            return Read(follow, refused=False)
        self._progress()
        return Read([], refused=refused)

    def _parsed(self, page: Page) -> Parsed:
        """Read a page; where its status is no 200, or nothing was found on it, first see whether it is a refusal.

        Looking for refusals on every page would cost more than all else that the engine does (20 % of a 50 kB
        page's time).
        """
        may_refuse = self.source.about.access != "file" or "html" in page.headers.get("content-type", "")
        if page.status != OK:
            check_refused(page)
        try:
            parsed = self.source.parse(page)
        except (SourceGone, Blocked):
            raise
        except Exception:
            if may_refuse:
                check_refused(page)
            raise
        if may_refuse and not any(_tells(item) for item in parsed.items):
            check_refused(page)
        return parsed

    def _take(self, parsed: Parsed, page: Page, reference: str | None) -> None:
        counts = self.counts
        counts.says_empty += parsed.says_empty
        counts.rejected.update(rejected.reason for rejected in parsed.rejected)
        if parsed.declared_total is not None:
            counts.declared_total = max(counts.declared_total or 0, parsed.declared_total)
        for item_id, item in identified(parsed.items, slug=self.source.slug, secret=self._author_secret):
            if item_id in self._suppressed or (
                isinstance(item, Mention) and item.author_key in self._suppressed
            ):
                counts.suppressed += 1
            elif not self._items_seen.add(_reading_of(item_id, item)):
                counts.duplicates += 1
            else:
                self._writer.add_item(item, item_id=item_id, page=reference, seen_at=page.fetched_at)
                self._count(item)

    def _count(self, item: Item) -> None:
        counts = self.counts
        counts.items += 1
        if not isinstance(item, Mention):
            counts.results += item.item == "search_page"
            return
        counts.mentions += 1
        for name in self.source.fields:
            value = getattr(item, "author_key" if name == "author" else name, None)
            counts.filled[name] += value is not None and value != ""
        if (
            item.published
            and item.published.at <= self.started_at
            and (counts.newest is None or item.published.at > counts.newest)
        ):
            counts.newest = item.published.at

    def _next(self, parsed: Parsed, request: Request) -> list[Request]:
        itself = _fingerprint(request)
        if parsed.last_page is False and all(_fingerprint(follow) == itself for follow in parsed.follow):
            self.counts.unfinished += 1
        return [follow for follow in parsed.follow if self.plan(follow)]

    def _remember_validators(self, url: str, page: Page) -> None:
        found = Validators(etag=page.headers.get("etag"), last_modified=page.headers.get("last-modified"))
        if found.etag or found.last_modified:
            self._validators[url] = found

    def not_modified(self, request: Request) -> None:
        """Count a page that is as it was at the last run; what it was known by is kept."""
        self.counts.not_modified += 1
        if request.url in self.job.validators:
            self._validators[request.url] = self.job.validators[request.url]

    def trouble(self, kind: TroubleKind, url: str, detail: str, *, first: bool = False) -> None:
        """Count a page that could not be had or read; the first few are told, and the first of every kind."""
        self.counts.trouble_count += 1
        if kind == "robots":
            self.counts.refused_by_robots += 1
        if len(self.troubles) < TROUBLES_KEPT or all(trouble.kind != kind for trouble in self.troubles):
            told = CrawlProblem(
                kind=kind,
                page=shown(self.secrets.hidden(url)),
                detail=self.secrets.hidden(detail),
                first=first,
            )
            self.troubles.append(told)

    def limit(self, limit: Limit) -> None:
        """Note that the run was cut short."""
        self.counts.limits.add(limit)

    def _progress(self) -> None:
        if self._on_progress:
            self._on_progress(self.counts.pages, self.counts.items)

    def summary(self) -> RunSummary:
        """Return how the run ended. The cursor and the validators advance only past what was wholly read."""
        counts = self.counts
        facts = self._facts()
        status, reason, complete = run_status(facts)
        whole = not facts.fault and not counts.trouble_count and not counts.limits
        return RunSummary(
            status=status,
            reason=reason,
            started_at=self.started_at,
            finished_at=self.clock(),
            requests=counts.requests,
            pages=counts.pages,
            not_modified=counts.not_modified,
            items=counts.items,
            rejected=dict(sorted(counts.rejected.items())),
            refused_by_robots=counts.refused_by_robots,
            declared_total=counts.declared_total,
            complete=complete and self.source.enumerates,
            fill_rates={name: counts.filled[name] / counts.mentions for name in self.source.fields}
            if counts.mentions
            else {},
            cursor=counts.newest if whole and status in ("ok", "empty") else None,
            validators=self._validators if whole and status in ("ok", "empty") else {},
        )

    def too_much_memory(self) -> bool:
        """Whether this process has grown so far that the run had better end while it can still be sealed."""
        return bool(psutil.Process().memory_info().rss > MEMORY_SHARE * self.job.fetch.max_memory_mb * 1e6)

    def _facts(self) -> RunFacts:
        counts = self.counts
        return RunFacts(
            fault=self.fault,
            first_run=self.job.first,
            since=self.job.since is not None,
            pages=counts.pages,
            not_modified=counts.not_modified,
            items=counts.items,
            mentions=counts.mentions,
            results=counts.results,
            duplicates=counts.duplicates,
            suppressed=counts.suppressed,
            rejected=dict(counts.rejected),
            says_empty=counts.says_empty,
            declared_total=counts.declared_total,
            unfinished=counts.unfinished,
            filled=dict(counts.filled),
            troubles=tuple(self.troubles),
            trouble_count=counts.trouble_count,
            limits=tuple(sorted(counts.limits)),
            usual_items=self.job.usual_items,
            usual_fill=self.job.usual_fill,
        )


def _tells(item: Item) -> bool:
    """Whether an item holds anybody's words: a bare rating or an empty result page could be read on a consent page too."""
    return isinstance(item, Mention) or (item.item == "search_page" and bool(item.entries))


def _blocked(error: Blocked) -> str:
    return f"{error}{_back(error.retry_after)}"


def _until(page: Page) -> str:
    return _back(retry_after(page.headers.get("retry-after"), answered_at=page.fetched_at))


def _back(moment: datetime | None) -> str:
    return f"; it asks us to come back after {moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _reading_of(item_id: str, item: Item) -> str:
    """Tell the readings of one mention apart: a feed's summary and the article it leads to are both kept."""
    return digest(item_id, item.extent) if isinstance(item, Mention) and item.extent else item_id


def _fingerprint(request: Request) -> str:
    context = json.dumps(request.context, sort_keys=True) if request.context else ""
    return digest(request.method, request.url.partition("#")[0], request.body or "", request.kind, context)
