"""The known readings of mentions, read from the harvests that hold them.

A reading may be held by several: what a later page left out stands as an earlier one gave it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection

from ouidire.errors import HarvestError
from ouidire.harvest.store import HarvestItem
from ouidire.mention import Mention
from ouidire.state.items import LIVE, ItemRecord, items_held_by
from ouidire.state.renames import further_ids, known_ids
from ouidire.state.runs import Run, run_by_sequence
from service.pipeline.index.documents import content_hash
from service.pipeline.installation import Installation

log = structlog.get_logger()
Parts = dict[str, dict[str, Any]]
"""By id of an item: the fields that stand as an earlier reading gave them."""


class KnownMentions(NamedTuple):
    """Known readings by id of the item, and the ids of those whose harvest is damaged."""

    mentions: dict[str, Mention]
    unreadable: frozenset[str] = frozenset()


def known_mentions(installation: Installation, rows: Iterable[ItemRecord]) -> KnownMentions:
    """Return what is known of some mentions; one that no harvest holds is left out."""
    listed = [row for row in rows if row.content]
    wanted: dict[int, set[str]] = {}
    for row in listed:
        for number in {row.content_run, *row.kept.values()}:
            wanted.setdefault(number, set()).add(row.id)
    read: dict[int, dict[str, Mention]] = {}
    unreadable: set[str] = set()
    for number, ids in sorted(wanted.items()):
        try:
            read[number] = mentions_in(installation, number, ids)
        except HarvestError as error:
            log.warning("harvest damaged", reason=str(error))
            unreadable |= ids
    found = {
        row.id: with_parts(read[row.content_run][row.id], _parts_of(row, read))
        for row in listed
        if row.id not in unreadable and row.id in read[row.content_run]
    }
    return KnownMentions(found, frozenset(unreadable))


def kept_parts(installation: Installation, rows: Iterable[ItemRecord]) -> Parts:
    """Return the fields that stand as earlier readings gave them.

    Raises HarvestError when a harvest is damaged.
    """
    listed = [row for row in rows if row.kept]
    wanted: dict[int, set[str]] = {}
    for row in listed:
        for number in row.kept.values():
            wanted.setdefault(number, set()).add(row.id)
    read = {number: mentions_in(installation, number, ids) for number, ids in sorted(wanted.items())}
    return {row.id: _parts_of(row, read) for row in listed}


def present_mentions(
    connection: Connection, run: Run, batch: Sequence[HarvestItem], parts: Parts
) -> dict[str, tuple[ItemRecord, Mention]]:
    """Return the live mentions whose present content this batch of a run's harvest holds, by their known id.

    `parts` are the fields of earlier readings that stand (`kept_parts`).
    """
    listed = [(each.id, each.item) for each in batch if isinstance(each.item, Mention)]
    further = known_ids(connection, sorted({key for key, _ in listed}))
    found = [(further.get(key, key), mention) for key, mention in listed]
    held = items_held_by(connection, run.sequence, sorted({key for key, _ in found}))
    whole = [(key, with_parts(mention, parts.get(key))) for key, mention in found if key in held]
    return {
        key: (held[key], mention)
        for key, mention in whole
        if held[key].presence in LIVE and content_hash(mention) == held[key].content
    }


def with_parts(mention: Mention, parts: Mapping[str, Any] | None) -> Mention:
    """Return a mention with those fields of earlier readings that stand."""
    return mention.model_copy(update=dict(parts)) if parts else mention


def _parts_of(row: ItemRecord, read: Mapping[int, Mapping[str, Mention]]) -> dict[str, Any]:
    return {
        name: getattr(read[number][row.id], name)
        for name, number in row.kept.items()
        if row.id in read.get(number, {})
    }


def mentions_in(installation: Installation, number: int, ids: Collection[str]) -> dict[str, Mention]:
    """Return some mentions of a run's harvest, by the ids that they are known under."""
    with installation.state.read() as connection:
        run = run_by_sequence(connection, number)
        further = further_ids(connection, sorted(ids))
    if run is None:
        return {}
    found: dict[str, Mention] = {}
    for each in installation.harvests.open(run.source, run.source_key, run.id).items():
        key = further.get(each.id, each.id)
        if isinstance(each.item, Mention) and key in ids:
            _take(found, key, each.item)
    return found


def _take(found: dict[str, Mention], key: str, mention: Mention) -> None:
    """Keep the first of several readings of one mention, or the whole text where an extract is first."""
    if key not in found or mention.extent == "full":
        found[key] = mention
