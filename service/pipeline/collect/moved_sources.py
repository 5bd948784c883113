"""A source under a new address, or a place under a new name, keeps its past.

A place is a label of its source: what was collected for it under another, or under none, bears the new one.
A source that moved would have another key, and everything of it would be new: it is asked about, and not
read until the configuration answers (`formerly`). It cannot see a move to an address and a name that resemble
nothing.
"""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

import structlog

from ouidire.batches import batched
from ouidire.documents import Kind
from ouidire.index import Query, Term
from ouidire.state import State
from ouidire.state.renames import SourceRuns, keys_read, places_of, rename_place, sources_of_runs
from service.pipeline.configured_sources import ConfiguredSource, configured_sources
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.installation import Installation

log = structlog.get_logger()
ALIKE: Final = 0.6
"""Share of two names that is the same, as difflib counts it, from which one may have become the other."""
PLACED: Final[tuple[Kind, ...]] = ("mention", "measure")
"""The kinds of document that name a place."""


def moved_questions(sources: Iterable[ConfiguredSource], state: State) -> dict[str, str]:
    """Return a line on each source that may be a former one under another key, by its present key.

    It is asked of a source without a run, of the brands and kind of one that the configuration no longer has
    and that brought mentions, where their names resemble each other or there is one of each.
    """
    listed = list(sources)
    silent = [each for each in listed if each.settings.formerly is None]
    with state.read() as connection:
        read = keys_read(connection)
        new = [each for each in silent if each.key not in read]
        if not new:
            return {}
        runs = sources_of_runs(connection)
    known = {each.key for each in listed}
    gone = [each for each in runs.values() if each.source_key not in known and each.mentions]
    asked: dict[str, str] = {}
    for each in new:
        rivals = [other for other in new if other.source.slug == each.source.slug]
        former = _former(each, gone, only=len(rivals) == 1)
        if former is not None:
            asked[each.key] = (
                f"source[{each.number}]: {each.key} was never read, and the configuration no longer has "
                f"{former.source_key}, of which {former.mentions} mentions are known; has it moved? "
                f'Then write formerly = "{former.source_key}" in that [[source]]; if it is another, '
                'formerly = "" there; until then it is not read'
            )
    return asked


def _former(each: ConfiguredSource, gone: Iterable[SourceRuns], *, only: bool) -> SourceRuns | None:
    """Return the source of before that one may be, the most alike."""
    brands = set(each.settings.brands)
    ours = [
        one
        for one in gone
        if one.source == each.source.slug and (brands & set(one.brands) or not (brands or one.brands))
    ]
    if not ours:
        return None
    best = max(ours, key=lambda one: (_likeness(one.entity, each.entity), one.source_key))
    return best if (only and len(ours) == 1) or _likeness(best.entity, each.entity) >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:200], other[:200], autojunk=False).ratio()


def take_over_places(installation: Installation) -> int:
    """Put the present place of each source in the stead of its former ones; return how many had to be.

    Nothing to do costs one query. Raises IndexUnavailable.
    """
    with installation.state.read() as connection:
        known = places_of(connection)
    renamed = {
        (each.key, former): each.settings.place
        for each in configured_sources(installation.settings)
        if each.settings.place is not None
        for former in known.get(each.key, ())
        if former != each.settings.place
    }
    for (key, former), now in renamed.items():
        for kind in PLACED:
            _rename_documents(installation, kind, key, former, now)
        with installation.state.begin() as connection:
            rename_place(connection, key, former=former, now=now)
        log.info("place renamed", source=key, former=former or "", now=now)
    return len(renamed)


def _rename_documents(
    installation: Installation, kind: Kind, source_key: str, former: str | None, now: str
) -> None:
    of_source = Query(kind=kind, where=(Term(field="source_key", any_of=(source_key,)),))
    rows = installation.index.scan(of_source, ("id", "place"))
    ids = sorted(str(row["id"]) for row in rows if row["place"] == former)
    for batch in batched(ids, BATCH):
        documents = installation.index.get_many(kind, batch).values()
        commit(
            installation, Changes(documents=[each.model_copy(update={"place": now}) for each in documents])
        )
