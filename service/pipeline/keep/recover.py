"""Recovery of a state that is lost or damaged, from the harvests and whatever of it can still be read.

The new state is made aside and put in place whole; what was there is kept beside it. Then the index is
emptied and every harvest is ingested again, in its order. Until that is done the state carries a mark, and
nothing is told of it: a recovery that was cut short begins anew. It cannot know what only the old state knew:
which digests went to whom (those of past periods count as sent), who opted out, whose erasure was asked for.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from sqlite3 import connect
from typing import NamedTuple

import structlog

from ouidire.errors import HarvestError, IndexUnavailable, UsageError
from ouidire.harvest.manifest import Manifest
from ouidire.harvest.store import Harvest, HarvestStore
from ouidire.ids import digest
from ouidire.index import MentionIndex
from ouidire.mailing.delivery import DeliveryKey
from ouidire.period import Period, last_full_period
from ouidire.privacy import load_key, read_key
from ouidire.settings.configuration import Settings
from ouidire.state import State, open_state
from ouidire.state.ledger import StateLedger
from ouidire.state.marks import RECOVERING, drop_mark, set_mark
from ouidire.state.runs import RunKind, begin_run, end_run
from ouidire.state.suppressions import suppress
from ouidire.system.files import sync
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.linking import link_waiting
from service.pipeline.installation import Installation
from service.pipeline.keep.salvage import is_sound, salvage
from service.pipeline.losses import set_key_mark, state_file
from service.pipeline.report.alert_plan import keys_of
from service.pipeline.report.alerts import found_alerts
from service.pipeline.report.digests import deliveries_of
from service.pipeline.report.sending import ledger_of

log = structlog.get_logger()
ASSUMED = "counted as sent: the state that knew was lost"
MOST_PERIODS = 520
"""Periods back for which digests count as sent: ten years of weeks."""
_BESIDE = ("", "-wal", "-shm")


class RecoveryPlan(NamedTuple):
    """What a recovery would start from: harvests in their order, those damaged, and whether the key is there.

    `state` is gone, damaged, cut short (an earlier recovery was killed) or sound (only the key is lost).
    """

    state: str
    path: Path
    harvests: tuple[Manifest, ...]
    damaged: tuple[str, ...]
    has_key: bool
    key_path: Path


class Recovery(NamedTuple):
    """What a recovery did: runs and mentions again, rows saved of the old state, deliveries counted as sent.

    `suppressed` counts ids taken from the index's tombstones; None where it had none to give.
    """

    runs: int
    mentions: int
    salvaged: dict[str, int]
    suppressed: int | None
    assumed: int
    aside: tuple[Path, ...]
    problems: tuple[str, ...]


def plan_recovery(settings: Settings, *, new_key: bool = False) -> RecoveryPlan:
    """Return what there is to recover from; nothing is changed. A damaged key is refused without `new_key`.

    Raises UsageError where the state lies on a database server.
    """
    path = state_file(settings)
    if path is None:
        raise UsageError("the state lies on a database server: put your backup back with `ouidire restore`")
    found: list[Manifest] = []
    damaged: list[str] = []
    for folder in HarvestStore(settings.path(settings.harvest.folder, "harvest")).folders():
        try:
            found.append(Harvest(folder).manifest)
        except HarvestError as error:
            damaged.append(str(error))
    found.sort(key=lambda each: (each.summary.started_at, each.run_id))
    key_path = settings.path(settings.privacy.key_file, "key")
    if key_path.is_file() and not new_key:
        read_key(key_path)  # damaged is not gone: it says so
    has_key = key_path.is_file()
    return RecoveryPlan(_condition(path), path, tuple(found), tuple(damaged), has_key, key_path)


def _condition(path: Path) -> str:
    if not path.is_file() or not path.stat().st_size:
        return "gone"
    if not is_sound(path):
        return "damaged"
    with closing(connect(f"file:{path}?mode=ro", uri=True)) as connection:
        marked = connection.execute("SELECT 1 FROM marks WHERE name = ?", (RECOVERING,)).fetchone()
    return "cut short" if marked else "sound"


def recover_state(
    installation: Installation, plan: RecoveryPlan, *, on_step: Callable[[str], None] = lambda _: None
) -> Recovery:
    """Make a new state of the harvests, put it in place, and fill it and the index again.

    Raises StateError, IndexUnavailable; whatever stops it, doing it again begins anew.
    """
    now = installation.clock()
    on_step("reading the manifests")
    tombstones = _tombstones(installation.bare_index())
    new = plan.path.with_name(f"{plan.path.name}.recovering")
    for end in _BESIDE:
        new.with_name(new.name + end).unlink(missing_ok=True)
    secret = load_key(plan.key_path)
    state = open_state(f"sqlite:///{new}")
    try:
        salvaged = _fill(state, installation, plan, tombstones or [], secret, now=now)
        ledger = StateLedger(state, secret=secret, clock=installation.clock)
        assumed = ledger.assume_sent(list(_past_digests(installation, plan, now=now)), ASSUMED)
    finally:
        state.close()
    with closing(connect(new)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    aside = _set_aside(plan.path, now=now)
    new.rename(plan.path)
    sync(plan.path.parent)
    on_step("reading the harvests again")
    installation.bare_index().rebuild(())
    problems = list(plan.damaged)
    done = ingest_waiting(installation, problems=problems)
    link_waiting(installation)
    assumed += ledger_of(installation).assume_sent(keys_of(installation, found_alerts(installation)), ASSUMED)
    with installation.state.begin() as connection:
        drop_mark(connection, RECOVERING)
    log.warning("state recovered", runs=len(done), salvaged=salvaged, assumed=assumed)
    mentions = installation.index.status().counts.get("mention", 0)
    gone = None if tombstones is None else len(tombstones)
    return Recovery(len(done), mentions, salvaged, gone, assumed, tuple(aside), tuple(problems))


def renew_key(installation: Installation, plan: RecoveryPlan) -> None:
    """Make a new key in the place of one that is lost; what was there is kept aside.

    Under it the digests of past periods count as sent, where the state is sound (`recover_state` sees to it
    otherwise).
    """
    now, path = installation.clock(), plan.key_path
    if path.exists() or path.is_symlink():
        path.rename(path.with_name(f"{path.name}.lost-{now:%Y%m%dT%H%M%S}"))
    secret = load_key(path)
    if plan.state != "sound":
        return
    ledger = StateLedger(installation.state, secret=secret, clock=installation.clock)
    ledger.assume_sent(list(_past_digests(installation, plan, now=now)), ASSUMED)
    with installation.state.begin() as connection:
        set_key_mark(connection, secret)


def _tombstones(index: MentionIndex) -> list[str] | None:
    """Return the ids of the mentions that the index knows as deleted; None where it cannot say."""
    try:
        return list(index.tombstone_ids("mention"))
    except IndexUnavailable:
        return None
    finally:
        index.close()


def _fill(
    state: State,
    installation: Installation,
    plan: RecoveryPlan,
    tombstones: list[str],
    secret: bytes,
    *,
    now: datetime,
) -> dict[str, int]:
    """Write runs, what was salvaged and suppressions into the new state, in one transaction."""
    known = {each.key: each for each in configured_sources(installation.settings)}
    with state.begin() as connection:
        set_mark(connection, RECOVERING, now.isoformat())
        set_key_mark(connection, secret)
        kinds = _kinds(plan.harvests)
        for each in plan.harvests:
            source = known.get(each.source_key)
            run = begin_run(
                connection,
                run_id=each.run_id,
                kind=kinds[each.run_id],
                source=each.source,
                source_key=each.source_key,
                entity=each.entity,
                full=each.summary.complete,
                brands=source.settings.brands if source else (),
                place=source.settings.place if source else None,
                query_kind=source.query_kind if source else None,
                now=each.summary.started_at,
            )
            end_run(connection, run, each.summary, sealed=True)
        salvaged = salvage(plan.path, connection) if plan.state != "gone" else {}
        suppress(connection, tombstones, now=now)
    return salvaged


def _kinds(harvests: tuple[Manifest, ...]) -> dict[str, RunKind]:
    """Return what each run was: its id is made of the source's key, or of the run that was read again."""
    of_source: dict[str, list[str]] = {}
    for each in harvests:
        of_source.setdefault(each.source_key, []).append(each.run_id)
    kinds: dict[str, RunKind] = {}
    for key, ids in of_source.items():
        numbers = [str(number) for number in range(2 * len(ids) + 50)]  # runs without a harvest counted too
        collected = {digest(key, number, size=4) for number in numbers}
        again = {digest("reparse", each, number, size=4) for each in ids for number in numbers}
        for run_id in ids:
            end = run_id.rpartition("-")[2]
            if end in collected:
                kinds[run_id] = "collect"
            else:
                kinds[run_id] = "reparse" if end in again else "import"
    return kinds


def _past_digests(installation: Installation, plan: RecoveryPlan, *, now: datetime) -> Iterator[DeliveryKey]:
    """Yield the key of every digest of a period that ended before now and after the first harvest began."""
    if not plan.harvests:
        return
    first = plan.harvests[0].summary.started_at
    for every in ("week", "month"):
        last = last_full_period(every, now, timezone=installation.settings.timezone)
        for period in _periods_since(first, last):
            yield from deliveries_of(installation, period)


def _periods_since(first: datetime, last: Period) -> Iterator[Period]:
    for each in (last, *reversed(last.before(MOST_PERIODS))):
        yield each
        if each.end <= first:
            return


def _set_aside(path: Path, *, now: datetime) -> list[Path]:
    """Rename what is in the state's place, journals included; return the new names."""
    kept: list[Path] = []
    for end in _BESIDE:
        old = path.with_name(path.name + end)
        if old.is_symlink() or old.exists():
            aside = path.with_name(f"{path.name}.lost-{now:%Y%m%dT%H%M%S}{end}")
            old.rename(aside)
            kept.append(aside)
    return kept
