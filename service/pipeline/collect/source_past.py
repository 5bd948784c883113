"""What is usual for a source, from its last runs and the items that the state has of it.

What fell and stays fallen becomes usual: after three runs in a row that were degraded for nothing else, the
first of them two weeks old, they are the past. What a person has accepted is usual at once, and what was
before it no longer is. It cannot see why something fell.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median_low

from sqlalchemy import Connection

from crawlers.health.facts import ANOTHERS, INCOMPLETE
from crawlers.health.past import ID_DIGITS, FieldPast, SourcePast
from ouidire.harvest.manifest import FileRead, IdScheme, RunSummary
from ouidire.state.items import ItemRecord, present_items
from ouidire.state.renames import further_ids
from ouidire.state.runs import Run, list_runs

LOOKED_AT = 60
"""Runs that have read something which are looked at: those that failed between them count for nothing."""
MOST_LOOKED_AT = 2_000
"""The same where few of those were good: hourly runs that find nothing new, or are degraded, for weeks."""
PAST_RUNS = 12
"""Good runs that what is usual is computed from."""
SETTLED_RUNS = 3
SETTLED_AFTER = timedelta(days=13)
"""How often, and for how long, something must stay fallen to be usual: a weekly source's third time."""
KNOWN = 5_000
"""Mentions, the newest, that a run's are compared with: 35 bytes each on their way to the child."""
NAMES = 20
JUDGED = ("ok", "empty", "degraded")


def past_of(connection: Connection, key: str, *, now: datetime) -> SourcePast:
    """Return what the runs of a source were like before the moment `now`."""
    runs = list_runs(connection, source_key=key, kind="collect", read=True, limit=LOOKED_AT)
    if len(runs) == LOOKED_AT and sum(map(_is_good, runs)) < PAST_RUNS:
        runs = list_runs(connection, source_key=key, kind="collect", read=True, limit=MOST_LOOKED_AT)
    items = present_items(connection, key, limit=KNOWN)
    past = past_from(runs, items, now=now)
    further = tuple(each[:ID_DIGITS] for each in further_ids(connection, [each.id for each in items]))
    return past.model_copy(update={"known": (*past.known, *further)}) if past.runs else past


def identity_of(connection: Connection, key: str) -> dict[str, IdScheme]:
    """Return what the mentions of a source are known by, for each of its layouts, as chosen at first."""
    found: dict[str, IdScheme] = {}
    for run in list_runs(connection, source_key=key, read=True, limit=LOOKED_AT):
        if run.summary is not None:
            found.update(run.summary.identity)  # the runs are newest first: the first choice stands
    return found


def files_of(connection: Connection, key: str) -> tuple[FileRead, ...]:
    """Return the files that the last runs of a source of files read, each as it was read first."""
    found: dict[str, FileRead] = {}
    for run in list_runs(connection, source_key=key, read=True, limit=LOOKED_AT):
        if run.summary is not None and run.kind != "reparse":
            found.update({each.content: each for each in run.summary.files})
    return tuple(found.values())


def past_from(runs: Sequence[Run], items: Sequence[ItemRecord], *, now: datetime) -> SourcePast:
    """Return the past that runs, newest first, and the present items of a source make."""
    good = _good(runs, now=now)
    if not good:
        return SourcePast()
    whole = [each for full, each in good if full and not each.not_modified]
    summaries = [each for _, each in good]
    dates = [each.published_at for each in items if each.published_at is not None]
    return SourcePast(
        runs=len(good),
        counts=tuple(_found(each) for each in whole),
        shares=tuple(_found(each) / each.declared_total for each in whole if each.declared_total),
        fields=_fields(summaries),
        incomplete=median_low([each.rejected.get(INCOMPLETE, 0) for each in summaries]),
        others=median_low([each.rejected.get(ANOTHERS, 0) for each in summaries]),
        unclosed=sum(each.unclosed for each in summaries),
        subjects=_names([each.subjects for each in summaries]),
        hosts=_names([each.hosts for each in summaries]),
        sites=_names([each.sites for each in summaries]),
        known=tuple(each.id[:ID_DIGITS] for each in items),
        authors=tuple(sorted({each.author_key[:ID_DIGITS] for each in items if each.author_key})),
        newest=max(dates, default=None),
        silent=tuple(summaries[-1].silent),
    )


def _good(runs: Sequence[Run], *, now: datetime) -> list[tuple[bool, RunSummary]]:
    """Return the good runs that read something, oldest first, with whether everything was asked for.

    `runs` are newest first.
    """
    judged = [run for run in runs if run.summary is not None and (run.status in JUDGED or _accepted(run))]
    fallen: list[Run] = []
    for run in judged:
        if _is_good(run):
            break
        if run.summary is not None and run.summary.watch:
            fallen.append(run)
    settled = len(fallen) >= SETTLED_RUNS and now - fallen[-1].started_at >= SETTLED_AFTER
    used = fallen if settled else [run for run in judged if _is_good(run)]
    accepted = next((number for number, run in enumerate(used) if _accepted(run)), None)
    if accepted is not None:
        used = used[: accepted + 1]
    return [(run.full, run.summary) for run in reversed(used[:PAST_RUNS]) if run.summary is not None]


def _is_good(run: Run) -> bool:
    return run.summary is not None and run.summary.items > 0 and (run.status == "ok" or _accepted(run))


def _accepted(run: Run) -> bool:
    return run.decision == "accepted"


def _found(summary: RunSummary) -> int:
    return summary.items if summary.found is None else summary.found


def _fields(summaries: Sequence[RunSummary]) -> dict[str, FieldPast]:
    found: dict[str, FieldPast] = {}
    for each in summaries:
        n = each.items if each.mentions is None else each.mentions
        for name, rate in each.fill_rates.items():
            before = found.get(name, FieldPast(filled=0, n=0))
            found[name] = FieldPast(filled=before.filled + round(rate * n), n=before.n + n)
    return found


def _names(listed: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names of all runs, each once, those of the last run first."""
    return tuple(dict.fromkeys(name for names in reversed(listed) for name in names))[:NAMES]
