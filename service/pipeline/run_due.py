"""One pass over all that is due: recover, retain, collect, ingest, link, report, measure.

Started twice or late, it does each thing once.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol, TypeVar

import structlog

from crawlers.job import Progress
from ouidire.errors import OuidireError
from ouidire.state.runs import Run
from service.pipeline.answers import apply_answers
from service.pipeline.collect.crawl_source import collect, recover
from service.pipeline.collect.due import due_now, runs_ahead
from service.pipeline.collect.known_again import drop_unasked, unasked_problems
from service.pipeline.collect.moved_sources import moved_questions, take_over_places
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.index.annotate import MentionAnnotator
from service.pipeline.index.ingest import Ingested, ingest_waiting
from service.pipeline.index.linking import link_waiting
from service.pipeline.installation import Installation
from service.pipeline.keep.forget import Forgotten, finish_erasures, retain
from service.pipeline.keep.rename_brands import brand_question, take_over_former_brands
from service.pipeline.people.apply_decisions import apply_decisions
from service.pipeline.report.alerts import send_alerts_due
from service.pipeline.report.beginning import why_not_yet
from service.pipeline.report.collection_facts import unknown_harvests, waiting_problems
from service.pipeline.report.deliveries_in_doubt import doubt_problems
from service.pipeline.report.digests import send_digests_due
from service.pipeline.report.kept_measures import measure_due
from service.pipeline.report.sending import SendResult
from service.pipeline.themes.find import find_themes

log = structlog.get_logger()
T = TypeVar("T")


class Watcher(Protocol):
    """Who is shown how a pass goes; called by several threads."""

    def begin(self, source: ConfiguredSource) -> Progress | None:
        """Take in that a source is being read; return what to call with its pages and items."""

    def end(self, run: Run) -> None:
        """Take in how a source's run ended."""

    def index(self, done: int, total: int) -> None:
        """Take in how many of the items that wait are in the index."""


class Done(NamedTuple):
    """What one pass did. `problems` holds one line for each thing that could not be done.

    `decided` counts the mentions whose documents show now what people decided. `not_yet` is why no mail is
    sent by itself yet.
    """

    recovered: tuple[Run, ...] = ()
    runs: tuple[Run, ...] = ()
    ingested: tuple[Ingested, ...] = ()
    forgotten: Forgotten = Forgotten()
    decided: int = 0
    linked: int = 0
    sent: tuple[SendResult, ...] = ()
    alerts: tuple[SendResult, ...] = ()
    problems: tuple[str, ...] = ()
    not_yet: str | None = None

    @property
    def changed(self) -> bool:
        """Return whether anything happened at all."""
        sent = any(each.outcome == "sent" for each in (*self.sent, *self.alerts))
        return bool(
            self.recovered
            or self.runs
            or self.ingested
            or self.forgotten.mentions
            or self.decided
            or self.linked
            or sent
        )


def run_due(installation: Installation, *, watcher: Watcher | None = None) -> Done:
    """Do all that is due. One source, one digest or the index failing never stops the rest."""
    problems: list[str] = []
    recovered = recover(installation)
    erased = _attempt(lambda: finish_erasures(installation), problems) or Forgotten()
    problems += runs_ahead(installation, configured_sources(installation.settings)).values()
    runs = collect_due(installation, watcher=watcher)
    done = process_pending(
        installation, problems=problems, on_indexed=None if watcher is None else watcher.index
    )
    gone = done.forgotten._replace(mentions=done.forgotten.mentions + erased.mentions)
    return done._replace(recovered=tuple(recovered), runs=tuple(runs), forgotten=gone)


def process_pending(
    installation: Installation,
    *,
    problems: list[str] | None = None,
    annotator: MentionAnnotator | None = None,
    retention: bool = True,
    reports: bool = True,
    on_indexed: Progress | None = None,
) -> Done:
    """Do what follows collecting: index what waits, link, forget what is too old, report, measure.

    Nothing to do costs a few queries.
    """
    problems = [] if problems is None else problems
    erased = _attempt(lambda: finish_erasures(installation), problems) or Forgotten()
    _attempt(lambda: take_over_former_brands(installation), problems)
    _attempt(lambda: take_over_places(installation), problems)
    moved = _attempt(
        lambda: moved_questions(configured_sources(installation.settings), installation.state), problems
    )
    problems += (moved or {}).values()
    asked = _attempt(lambda: brand_question(installation.settings, installation.state), problems)
    if asked is not None:
        waits = "; until then no digest and no alert is sent" if asked.ours else ""
        problems.append(f"{asked.line}{waits}")
    told = (
        asked is None or not asked.ours
    )  # a digest of a brand without its past would be wrong, and is sent once
    applied = _attempt(lambda: apply_answers(installation, annotator=annotator), problems)
    ingested = _attempt(
        lambda: ingest_waiting(installation, annotator=annotator, problems=problems, on_progress=on_indexed),
        problems,
    )
    decided = _attempt(lambda: apply_decisions(installation, annotator=annotator), problems)
    linked = _attempt(lambda: link_waiting(installation), problems) if ingested is not None else None
    if linked is not None:
        _attempt(lambda: find_themes(installation), problems)
    forgotten = (_attempt(lambda: retain(installation), problems) if retention else None) or Forgotten()
    dropped = _attempt(lambda: drop_unasked(installation), problems)
    problems += _attempt(lambda: unasked_problems(installation), problems) or ()
    # figures of an index that has not taken everything would be wrong, and a digest is sent once
    not_yet = _attempt(lambda: why_not_yet(installation), problems)
    told = told and not_yet is None
    sent = (
        _attempt(lambda: send_digests_due(installation), problems)
        if reports and told and linked is not None
        else None
    )
    if sent is not None:
        _attempt(lambda: measure_due(installation), problems)
    alerts = (
        _attempt(lambda: send_alerts_due(installation), problems) if told and linked is not None else None
    )
    results = (*(sent or ()), *(alerts or ()))
    unknown = _attempt(lambda: unknown_harvests(installation), problems) or ()
    problems += [
        *waiting_problems(unknown),
        *forgotten.problems,
        *(each.problem for each in results if each.problem),
        *(
            _attempt(lambda: doubt_problems(installation, digests=sent or (), alerts=alerts or ()), problems)
            or ()
        ),
    ]
    unasked = dropped.mentions if dropped is not None else 0
    gone = forgotten._replace(mentions=forgotten.mentions + erased.mentions + unasked)
    return Done(
        ingested=(*(applied or ()), *(ingested or ())),
        forgotten=gone,
        decided=decided or 0,
        linked=linked or 0,
        sent=tuple(sent or ()),
        alerts=tuple(alerts or ()),
        problems=tuple(problems),
        not_yet=not_yet,
    )


def _attempt(work: Callable[[], T], problems: list[str]) -> T | None:
    """Do one part of a pass; what stops it is added to `problems`, and stops no other part."""
    try:
        return work()
    except OuidireError as error:
        if str(error) not in problems:  # one cause may stop several parts
            problems.append(str(error))
        return None


def collect_due(installation: Installation, *, watcher: Watcher | None = None) -> list[Run]:
    """Run every source that is due; return the runs in the configuration's order.

    Sources of different sites run side by side, `fetch.parallel` at most; those of one site follow one
    another, so that no site sees more of us than its delay allows.
    """
    sources = {each.key: each for each in configured_sources(installation.settings)}
    due = due_now(installation, sources.values())
    sites: dict[str, list[ConfiguredSource]] = {}
    for key in due:
        sites.setdefault(sources[key].site, []).append(sources[key])

    def one(source: ConfiguredSource) -> Run:
        if watcher is None:
            return collect(installation, source, due=due[source.key])
        run = collect(installation, source, due=due[source.key], on_progress=watcher.begin(source))
        watcher.end(run)
        return run

    def one_site(listed: list[ConfiguredSource]) -> list[Run]:
        return [one(each) for each in listed]

    _ = installation.state, installation.secret  # opened once, before the threads
    with ThreadPoolExecutor(max_workers=installation.settings.fetch.parallel) as pool:
        ended = {run.source_key: run for site in pool.map(one_site, sites.values()) for run in site}
    return [ended[key] for key in due]
