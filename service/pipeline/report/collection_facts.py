"""What the index cannot know when a digest is made: harvests that wait, imports, earlier digests.

A harvest that was sealed and not taken into the index is missing from every figure. It waits since nobody has
indexed it yet, since it is damaged, or since the state, put back from an older backup, does not know its run.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from crawlers import SOURCES, load_source
from ouidire.errors import HarvestError
from ouidire.harvest.store import Harvest
from ouidire.index import Query, Term
from ouidire.period import Period
from ouidire.state.counts import Arrival, arrivals, first_sent, keys_waiting_at, reported_periods
from ouidire.state.runs import Run, run_ids, waiting_runs
from reports.coverage.coverage import coverage
from reports.data.baseline import RECENT
from reports.data.collection import CollectionFacts, CompletedPeriod, WaitingHarvest
from reports.data.scope import Edition, within
from service.pipeline.installation import Installation
from service.pipeline.report.reported_figures import reported_before

LONGEST_SILENCE = 53
"""Periods that are looked back on: after a year without a digest, none is missed."""
LOOKED_BACK = 4
"""Periods in which a source has a run, whatever its interval."""
CHUNK = 500
"""Ids that are asked for at once."""
HARVESTED = ("ok", "empty", "degraded")


def collection_facts(
    installation: Installation, period: Period, *, edition: Edition, earlier: bool = True
) -> CollectionFacts:
    """Gather what the state knows and the index cannot; with `earlier`, of earlier digests as well."""
    with installation.state.read() as connection:
        imports = run_ids(connection, kind="import")
    return CollectionFacts(
        waiting=tuple(waiting_harvests(installation)),
        imports=imports,
        unsent=unsent_before(installation, period, edition=edition) if earlier else (),
        completed=tuple(_completed(installation, period, edition)) if earlier else (),
        reported=reported_before(installation, period, edition=edition) if earlier else None,
        files=file_sources(installation),
    )


def file_sources(installation: Installation) -> frozenset[str]:
    """Return the configured sources that read files."""
    named = {each.source for each in installation.settings.source if each.source in SOURCES}
    return frozenset(slug for slug in named if load_source(slug).about.access == "file")


# --- Harvests that wait ---


def waiting_harvests(installation: Installation) -> list[WaitingHarvest]:
    """Return what was collected and is in no figure, in the order in which it was collected."""
    with installation.state.read() as connection:
        waiting = [run for run in waiting_runs(connection) if run.kind != "reparse"]
    found = [*(_waiting(installation, run) for run in waiting), *unknown_harvests(installation)]
    return sorted(found, key=lambda each: (each.started_at, each.source_key))


def unknown_harvests(installation: Installation) -> list[WaitingHarvest]:
    """Return the sealed harvests of which the state knows no run, as after an older state was put back."""
    folders = list(installation.harvests.folders(besides=_known(installation)))
    if not folders:
        return []
    known = _known(installation)  # again: a run may have begun and ended since
    return [_unknown(folder) for folder in folders if folder.name not in known]


def _known(installation: Installation) -> frozenset[str]:
    """Return the ids of the runs that the state knows."""
    with installation.state.read() as connection:
        return run_ids(connection)


def waiting_problems(waiting: Sequence[WaitingHarvest]) -> list[str]:
    """Return a line for the operator on each harvest that waits: what, and what to do."""
    return [
        f"run {each.run_id} of {each.source_key} is in no figure: {each.reason}"
        for each in waiting
        if each.status in HARVESTED
    ]


def _waiting(installation: Installation, run: Run) -> WaitingHarvest:
    damage = _damage(installation, run) if run.sealed else None
    reason = "it waits to be indexed, which `ouidire run` does" if damage is None else damage
    return WaitingHarvest(
        source=run.source,
        source_key=run.source_key,
        run_id=run.id,
        started_at=run.started_at,
        status=run.status,
        reason=reason if run.status in HARVESTED else run.reason,
        brands=run.brands,
        damaged=damage is not None,
    )


def _damage(installation: Installation, run: Run) -> str | None:
    """Return why a harvest cannot be read, with what to do; None where it can."""
    try:
        for _ in installation.harvests.open(run.source, run.source_key, run.id).items():
            pass
    except HarvestError as error:
        return str(error)
    return None


def _unknown(folder: Path) -> WaitingHarvest:
    """Return a harvest of which the state knows no run."""
    advice = "the state knows no such run: put back the state that belongs to it (`ouidire restore`)"
    try:
        manifest = Harvest(folder).manifest
    except HarvestError as error:
        source = folder.parent.parent.name
        return WaitingHarvest(
            source=source,
            source_key=f"{source}:{folder.parent.name}",
            run_id=folder.name,
            started_at=_begun(folder),
            status="degraded",
            reason=f"{error}; {advice}",
            damaged=True,
        )
    return WaitingHarvest(
        source=manifest.source,
        source_key=manifest.source_key,
        run_id=manifest.run_id,
        started_at=manifest.summary.started_at,
        status=manifest.summary.status,
        reason=advice,
    )


def _begun(folder: Path) -> datetime:
    """Return when a run began, by its id; by its folder's date where that does not tell."""
    try:
        return datetime.strptime(folder.name[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(folder.stat().st_mtime, tz=UTC)


# --- Earlier digests ---


def unsent_before(installation: Installation, period: Period, *, edition: Edition) -> tuple[Period, ...]:
    """Return the periods whose digests went to nobody since the last that went to anyone, oldest first.

    They were missed, and are not sent any more.
    """
    brand = edition.scope.brand
    with installation.state.read() as connection:
        reported = reported_periods(connection, report="digest", edition=edition.name, brand=brand)
    past = period.before(LONGEST_SILENCE)
    last = max((number for number, each in enumerate(past) if each.key in reported), default=len(past))
    return past[last + 1 :]


def _completed(installation: Installation, period: Period, edition: Edition) -> Iterator[CompletedPeriod]:
    """Yield the past periods whose digests were incomplete and of which more was read since, oldest first."""
    now, brand = installation.clock(), edition.scope.brand
    past = period.before(RECENT)
    with installation.state.read() as connection:
        told = first_sent(connection, report="digest", edition=edition.name, brand=brand)
    sent = {each.key: told[each.key] for each in past if each.key in told and told[each.key] <= now}
    for each in past:
        if each.key not in sent:
            continue
        with installation.state.read() as connection:
            came = arrivals(connection, each, since=sent[each.key])
        missing = _missing_at(installation, each, brand, sent[each.key]) if came else frozenset()
        came = [arrival for arrival in came if arrival.source_key in missing]
        mentions = _count(installation, each, edition, came)
        if mentions:
            last = max(sent.values())
            lately = [arrival for arrival in came if arrival.ingested_at > last]
            yield CompletedPeriod(
                period=each,
                mentions=mentions,
                lately=_count(installation, each, edition, lately),
                source_keys=tuple(sorted({arrival.source_key for arrival in lately or came})),
            )


def _missing_at(installation: Installation, period: Period, brand: str, moment: datetime) -> frozenset[str]:
    """Return the source keys that a digest of a period could not see when it was sent."""
    with installation.state.read() as connection:
        waited = keys_waiting_at(connection, moment)
        imports = run_ids(connection, kind="import")
    periods = (*period.before(LOOKED_BACK), period)
    seen = coverage(installation.index, brand, periods, now=moment, facts=CollectionFacts(imports=imports))
    return seen.broken[-1] | waited


def _count(installation: Installation, period: Period, edition: Edition, came: Sequence[Arrival]) -> int:
    """Count those of some mentions that a digest of the edition counts in a period."""
    ids = [arrival.id for arrival in came]
    where = (*edition.scope.once, within(period.start, period.end))
    return sum(
        installation.index.sums(
            Query(where=(*where, Term(field="id", any_of=tuple(ids[start : start + CHUNK]))))
        ).n
        for start in range(0, len(ids), CHUNK)
    )
