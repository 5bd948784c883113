"""Keeps, parses and counts each page of a run, however it was fetched, and writes its items.

Nothing is accumulated but counts and the ids already met, so that memory stays flat however long a run is. It
cannot see the network: `crawlers.engine.fetch` and `crawlers.engine.files` bring the pages, and report what
they could not bring.
"""

from datetime import datetime, timedelta
from typing import Any

import psutil

from crawlers.base import Source
from crawlers.engine.access.plan import RequestPlan, add_digest, fingerprint
from crawlers.engine.access.repeats import Repeats
from crawlers.engine.describe import describe_failure
from crawlers.engine.secrets import Secrets, public_address
from crawlers.engine.throttle import retry_after
from crawlers.health.facts import (
    ANOTHERS,
    INCOMPLETE,
    CrawlProblem,
    Limit,
    ProblemKind,
    RunFacts,
)
from crawlers.health.file_age import FileAges
from crawlers.health.item_counts import ItemCounts
from crawlers.health.status import RunVerdict, run_status
from crawlers.health.subject import same_names
from crawlers.id_scheme import IdentifiedItem, IdSchemes, reading_id, withdrawn_ids
from crawlers.job import CrawlJob, Progress
from crawlers.page_reading import DirectReader, PageReader, ReadItem, ReadPage
from crawlers.reading.extract import registrable_host
from crawlers.reading.whole import is_unclosed, without_cut
from crawlers.upkeep import AGAIN
from ouidire.clock import Clock, system_clock
from ouidire.errors import Blocked, LayoutChanged, SourceError, SourceGone
from ouidire.harvest.manifest import RunSummary, Validators
from ouidire.harvest.store import HarvestWriter
from ouidire.ids import pseudonym
from ouidire.items import Parsed
from ouidire.mention import Mention
from ouidire.page import Page, Request

PROBLEMS_KEPT = 20
DOUBTFUL_KEPT = 500
"""Mentions that wait in memory for the end of a run, when it is known whom it is about; more are kept."""
BUSY = 503
FIRST_ERROR = 400
WITHDRAWN_KEPT = 5_000
"""Ids of withdrawn mentions that a run's summary names at most."""
MEMORY_SHARE = 0.9
"""Share of `fetch.max_memory_mb` at which a run ends by itself and seals what it has.

At the whole of it, it is killed.
"""


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
        reader: PageReader | None = None,
    ) -> None:
        self.job, self.source = job, source
        self._reader = reader or DirectReader(source)
        self.secrets = secrets or Secrets()
        self.facts = RunFacts(
            past=job.past,
            since=job.since is not None,
            enumerates=source.enumerates,
            imports=job.imports,
        )
        self._subjects: set[str] = set()
        self._doubtful: list[ReadItem] = []
        self.clock: Clock = (lambda: job.now) if job.now else system_clock  # type: ignore[assignment,return-value]
        self.started_at = self.clock()
        self._counts = ItemCounts(self.facts, fields=source.fields, started_at=self.started_at)
        self._writer = writer
        self._on_progress = on_progress
        self._suppressed = frozenset(job.suppressed)
        self._ids = IdSchemes.of(job)
        self._items_seen: set[int] = set()
        self._repeats = Repeats()
        self._plan = RequestPlan(most=job.fetch.max_pages, budgets=job.budgets, spent=job.spent)
        self._validators: dict[str, Validators] = {}
        self.files = FileAges(job.files, as_of=job.as_of)

    def plan(self, request: Request) -> bool:
        """Return whether a request is to be made, and count it if so.

        It is when it was not made before in this run, and `fetch.max_pages` and budgets leave room for it.
        """
        outcome = self._plan.add(request)
        if outcome in ("pages", "budget"):
            self.add_limit(outcome)
        return outcome == "planned"

    def read_page(
        self,
        page: Page,
        *,
        request: Request,
        first: bool,
        reference: str | None = None,
        unbounded: bool = False,
    ) -> ReadPage:
        """Store and parse a page. Whatever the page holds, nothing is raised.

        With a `reference`, the page is stored already (it is read again from a harvest) and only its items
        are written. `unbounded` is true for an answer that stated no length: it ended with its connection.
        """
        page = self._minimised(self.secrets.redact_page(page))
        self.facts.pages += 1
        if self.source.about.access != "file":  # a file is on the disk: it is stored once its age is known
            reference = self._stored(page, reference)
        refused = False
        spoken = self.source.reads_errors or page.status < FIRST_ERROR
        try:
            parsed = self._without_cut(self._reader.read(page), page, unbounded=unbounded)
            page = self._aged(page, parsed)
        except Blocked as error:
            refused = not error.only_here
            self.add_problem("blocked", page.url, f"{error}{_come_back(error.retry_after)}", first=first)
        except LayoutChanged as error:
            self.add_problem("layout", page.url, str(error), first=first)
        except SourceGone as error:
            detail = str(error) if spoken else f"HTTP {page.status}"
            self.add_problem("gone", page.url, detail, first=first)
        except SourceError as error:
            refused = page.status == BUSY and "retry-after" in page.headers
            detail = str(error) if spoken else f"HTTP {page.status}"
            until = retry_after(page.headers.get("retry-after"), answered_at=page.fetched_at)
            kind: ProblemKind = "blocked" if refused else "http"
            self.add_problem(kind, page.url, f"{detail}{_come_back(until)}", first=first)
        except Exception as error:  # noqa: BLE001 (a parser's bug must not end the other pages)
            self.add_problem("parser", page.url, describe_failure(error), first=first)
        else:
            self._take(parsed, page, self._stored(page, reference))
            if first:
                self._keep_validators(request.url, page)
                if page.url.startswith("http"):
                    self.facts.hosts[registrable_host(page.url)] += 1
            follow = self._next(parsed, request)
            self._progress()
            return ReadPage(follow, refused=False)
        self._stored(page, reference)
        self._progress()
        return ReadPage([], refused=refused)

    def _stored(self, page: Page, reference: str | None) -> str | None:
        """Return the reference to a page; one that has a body and no reference is stored first."""
        if page.kind == AGAIN:  # it names what may have been deleted, and shows what is known
            return reference
        return reference or (self._writer.add_page(page) if page.body else None)

    def _aged(self, page: Page, parsed: Parsed) -> Page:
        """Return a page; a file with the moment at which it counts as read."""
        return self.files.dated(page, parsed) if self.source.about.access == "file" else page

    def _minimised(self, page: Page) -> Page:
        """Return a page as it may be kept: without what is personal, authors' addresses as keyed hashes."""
        if self.source.pseudonymised is not None:
            secret, key = bytes.fromhex(self.job.author_secret), self.job.source_key
            page = self.source.pseudonymised(page, lambda address: pseudonym(secret, key, address))
        return self.source.minimised(page)

    def _without_cut(self, parsed: Parsed, page: Page, *, unbounded: bool) -> Parsed:
        """Return what was read of a page, without its last mention where the page breaks off before its end.

        A page that is not closed is cut where the source's pages always were, or where only the end of the
        connection ended it and nothing is known of the source.
        """
        if page.kind == "article" or not is_unclosed(page):  # articles lie on sites of all habits
            return parsed
        self.facts.unclosed += 1
        past = self.job.past
        if past.unclosed or not (past.runs or unbounded):
            return parsed
        return without_cut(parsed)

    def _take(self, parsed: Parsed, page: Page, reference: str | None) -> None:
        facts = self.facts
        facts.says_empty += parsed.says_empty and page.kind != AGAIN
        facts.remark = facts.remark or parsed.remark
        facts.rejected.update(rejected.reason for rejected in parsed.rejected)
        broken = next((each for each in parsed.rejected if each.reason == INCOMPLETE), None)
        if broken is not None and not facts.incomplete:
            facts.incomplete = self.secrets.redact(broken.where)
        facts.withdrawn |= withdrawn_ids(parsed, self.job)
        self._counts.count_page(parsed)
        self._plan.settle(page.kind, parsed.taken)
        if parsed.layout is not None:
            facts.layouts[parsed.layout] += 1
        if parsed.declared_total is not None:
            facts.declared_total = max(facts.declared_total or 0, parsed.declared_total)
        found = self._ids.identify(parsed, page, both=bool(self._suppressed))
        if page.kind == AGAIN:
            self._take_again(found, page)
            return
        for item_id, item, other_id in self._repeats.counted(found):
            if not self._suppressed.isdisjoint((item_id, other_id)) or (
                isinstance(item, Mention) and item.author_key in self._suppressed
            ):
                facts.suppressed += 1
                self._counts.recognise(item_id, item)
            elif not add_digest(self._items_seen, reading_id(item_id, item)):
                facts.duplicates += 1
            else:
                read = ReadItem(item_id, item, reference, page.fetched_at)
                if self._is_doubtful(read):
                    self._doubtful.append(read)
                else:
                    self._keep(read)

    def _take_again(self, found: list[IdentifiedItem], page: Page) -> None:
        """Write known mentions that were asked for again: they are no part of what the run has found."""
        for item_id, item, other_id in found:
            author = item.author_key if isinstance(item, Mention) else None
            if self._suppressed.isdisjoint((item_id, other_id, author or "")):
                self._writer.add_item(item, item_id=item_id, page=None, seen_at=page.fetched_at)

    def _is_doubtful(self, read: ReadItem) -> bool:
        """Return whether a mention that was not known names somebody else than the source's one subject."""
        item, subjects = read.item, self.job.past.subjects
        if not isinstance(item, Mention) or not item.subject or len(subjects) != 1:
            return False
        if len(self._doubtful) >= DOUBTFUL_KEPT or same_names([item.subject], subjects):
            return False
        if self._counts.is_known(read.item_id):
            self._subjects.add(item.subject)
            return False
        return True

    def _decide_on_doubtful(self) -> None:
        """Keep the doubtful mentions, or leave them out where the run has others of the source's own subject.

        A subject that known mentions have now is the source's own under a new name. Where all are doubtful,
        the whole run is (`crawlers.health.subject`).
        """
        doubtful, self._doubtful = self._doubtful, []
        is_ours = self.facts.mentions > 0
        for read in doubtful:
            name = (isinstance(read.item, Mention) and read.item.subject) or ""
            if is_ours and not same_names([name], self._subjects):
                self.facts.rejected[ANOTHERS] += 1
                self.facts.others = self.facts.others or f'"{name[:80]}"'
            else:
                self._keep(read)

    def _keep(self, read: ReadItem) -> None:
        self._writer.add_item(read.item, item_id=read.item_id, page=read.page, seen_at=read.seen_at)
        self._counts.count(read.item_id, read.item)

    def _next(self, parsed: Parsed, request: Request) -> list[Request]:
        itself = fingerprint(request)
        goes_on = [follow for follow in parsed.follow if follow.kind == request.kind]
        if goes_on and self._repeats.is_circle:
            self.facts.loops += 1  # under another token or number each time: it would never end
            return [each for each in parsed.follow if each.kind != request.kind and self.plan(each)]
        planned = [follow for follow in parsed.follow if self.plan(follow)]
        if parsed.last_page is False and all(fingerprint(follow) == itself for follow in goes_on):
            self.facts.unfinished += 1
        led_on = any(follow in planned for follow in goes_on) or bool(self.facts.limits)
        if goes_on and self._is_paged_by_answers and not led_on:
            self.facts.loops += 1
        return planned

    @property
    def _is_paged_by_answers(self) -> bool:
        """Whether each page names the next one only: links of web pages lead back and forth."""
        return self.source.about.access == "api"

    def _keep_validators(self, url: str, page: Page) -> None:
        found = Validators(etag=page.headers.get("etag"), last_modified=page.headers.get("last-modified"))
        if found.etag or found.last_modified:
            self._validators[url] = found

    def count_request(self) -> None:
        """Count a request that is sent."""
        self.facts.requests += 1

    def count_not_modified(self, request: Request) -> None:
        """Count a page that has not changed since the last run; its validators are kept."""
        self.facts.not_modified += 1
        if request.url in self.job.validators:
            self._validators[request.url] = self.job.validators[request.url]

    def add_problem(self, kind: ProblemKind, url: str, detail: str, *, first: bool = False) -> None:
        """Count a page that could not be fetched or read; keep the first few, and the first of every kind."""
        facts = self.facts
        facts.problem_count += 1
        if kind == "robots":
            facts.refused_by_robots += 1
        if len(facts.problems) < PROBLEMS_KEPT or all(problem.kind != kind for problem in facts.problems):
            page, detail = public_address(self.secrets.redact(url)), self.secrets.redact(detail)
            facts.problems.append(CrawlProblem(kind=kind, page=page, detail=detail, first=first))

    def add_limit(self, limit: Limit) -> None:
        """Note that the run was cut short by a limit."""
        self.facts.limits.add(limit)
        if self._plan.exhausted is not None:
            budget = self._plan.exhausted
            self.facts.exhausted = budget.sentence

    def note_consent(self, ends_in: timedelta | None) -> None:
        """Note in how long the consent that tokens are made from ends, where the service says so."""
        self.facts.consent_ends_in = ends_in

    def report_fault(self, reason: str) -> None:
        """Note our own fault or a wrong configuration: the run fails with this reason, the last one given."""
        self.facts.fault = reason

    def _progress(self) -> None:
        if self._on_progress:
            self._on_progress(self.facts.pages, self.facts.items)

    def summary(self) -> RunSummary:
        """Return how the run ended. The cursor and the validators advance only past what was wholly read."""
        self._decide_on_doubtful()
        facts = self.facts
        verdict = run_status(facts)
        whole = not facts.fault and not facts.problem_count and not facts.limits
        advances = whole and verdict.status in ("ok", "empty")
        return RunSummary(
            status=verdict.status,
            reason=self._with_advice(verdict),
            started_at=self.started_at,
            finished_at=self.clock(),
            requests=facts.requests,
            pages=facts.pages,
            not_modified=facts.not_modified,
            items=facts.items,
            rejected=dict(sorted(facts.rejected.items())),
            refused_by_robots=facts.refused_by_robots,
            layouts=dict(sorted(facts.layouts.items())),
            identity=dict(sorted(self._ids.chosen.items())),
            declared_total=facts.declared_total,
            complete=verdict.complete and self.source.enumerates,
            fill_rates=self._counts.fill_rates(),
            cursor=facts.newest if advances else None,
            validators=self._validators if advances else {},
            found=facts.found,
            mentions=facts.mentions,
            unclosed=facts.unclosed,
            subjects=tuple(name for name, _ in facts.subjects.most_common()),
            hosts=tuple(sorted(facts.hosts)),
            sites=tuple(sorted(facts.sites)),
            silent=dict(sorted(facts.silent.items())),
            withdrawn=tuple(sorted(facts.withdrawn))[:WITHDRAWN_KEPT],
            departed=tuple(sorted(facts.departed))[:WITHDRAWN_KEPT],
            watch=verdict.watch,
            hold=verdict.hold,
            spent=dict(sorted(self._plan.spent.items())),
            files=tuple(self.files.read),
        )

    def _with_advice(self, verdict: RunVerdict) -> str:
        """Return a verdict's reason, with the commands by which a person decides on a run that is held."""
        if verdict.hold is None:
            return "; ".join(filter(None, (self.files.note, verdict.reason)))
        run = self.job.run_id
        decide = f"if it is right: ouidire sources accept {run}, if not: ouidire sources reject {run}"
        return f"{verdict.reason}; nothing of this run is used ({decide})"

    def is_out_of_memory(self) -> bool:
        """Return whether this process uses so much memory that the run should end while it can be sealed."""
        return bool(psutil.Process().memory_info().rss > MEMORY_SHARE * self.job.fetch.max_memory_mb * 1e6)


def _come_back(moment: datetime | None) -> str:
    return f"; it asks us to come back after {moment:%Y-%m-%d %H:%M} UTC" if moment else ""
