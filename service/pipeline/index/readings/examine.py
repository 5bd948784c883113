"""Examination of a run's harvest before it is ingested: what of it may change what is known.

It reads the state and harvests alone, never the index, and writes nothing. Killed after a part of the run was
ingested, it finds the same again, since what was held is known as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from ouidire.batches import batched
from ouidire.harvest.store import HarvestItem
from ouidire.ids import digest
from ouidire.items import RunState
from ouidire.mention import Mention
from ouidire.state.holds import IN_FORCE, Hold, HoldKind, holds_of
from ouidire.state.items import LIVE, ItemRecord, SourceItems, items_past, load_items
from ouidire.state.renames import Alias, known_ids, possible_items
from ouidire.state.runs import Run
from service.pipeline.index.decide import Standing
from service.pipeline.index.documents import content_hash, said_hash
from service.pipeline.index.readings.known import KnownMentions, known_mentions
from service.pipeline.index.readings.merge import bare, is_plausible, is_taken_back, merged, says_otherwise
from service.pipeline.index.readings.renamed import Renamed, Stated, renamed
from service.pipeline.index.readings.shortened import Shown, believed
from service.pipeline.index.readings.wholesale import (
    FIELDS_OF,
    KnownAndNew,
    Tally,
    is_wholesale,
    moves,
    placeholders,
    tally,
)
from service.pipeline.installation import Installation

GOOD: Final[tuple[RunState, ...]] = ("ok", "empty")
"""Statuses of runs that may change what is known; after others only new mentions are taken."""
LEFT_OVER: Final = 0.1
"""Share of known mentions that may still differ once a site shows again what is known."""
STRANGERS: Final = 3
"""From so many mentions on, of days of which all should be known, a page without a known one is strange."""
STRANGERS_AT_ONCE: Final = 20
"""The same where the source has never shown a mention twice."""
SEEN_TWICE: Final = 0.5
"""Share of a source's mentions that were seen twice from which a page without a known one is strange."""


class Examination(NamedTuple):
    """What a run may change.

    Nothing of it is used when it is `withheld`, for the `strangers` that it shows; a `careful` one changes
    nothing that is known. `held` are the kinds of change whose known values stand. `holds` and `aliases` are
    to be written first. `renamed` says whether the site has renamed wholesale in this run, `ended` since
    which run each kind of change had been held that this run shows no more. `answered` has it read again, as
    a person accepted what it changes, and `by_site` says that its changes are for that reason no edits.
    `shortened` are the fields of which less is shown because there is less, by id of the mention.
    """

    withheld: bool = False
    strangers: int = 0
    careful: bool = False
    held: frozenset[HoldKind] = frozenset()
    holds: tuple[Hold, ...] = ()
    aliases: tuple[Alias, ...] = ()
    renamed: bool = False
    known: KnownMentions = KnownMentions({})
    placeholders: frozenset[str] = frozenset()
    ended: Mapping[HoldKind, int] = MappingProxyType({})
    compared: tuple[KnownAndNew, ...] = ()
    answered: bool = False
    by_site: bool = False
    shortened: Mapping[str, frozenset[str]] = MappingProxyType({})

    def settle(
        self, mention: Mention, row: ItemRecord, *, seen_at: datetime
    ) -> tuple[Mention, Standing] | None:
        """Return what is taken of a known mention, and what of it stands.

        None where what is known cannot be read: it stands as it is.
        """
        if row.id in self.known.unreadable:
            return None
        known = self.known.mentions.get(row.id)
        if known is None:
            return mention, Standing(answered=self.answered)
        if self.careful:
            return known, Standing(row.kept, row.content_run, holds_date=True, edit=False)
        fields = {name for kind in self.held for name in FIELDS_OF[kind]}
        if bare(mention.text) in self.placeholders:
            fields.add("text")
        taken, kept = merged(known, mention, held=fields, believed=self.shortened.get(row.id, ()))
        by_site = self.by_site or any(row.first_run >= since for since in self.ended.values())
        dated = mention.published is None or is_plausible(mention.published, seen_at=seen_at)
        return taken, Standing(
            kept={name: row.kept.get(name, row.content_run) for name in kept},
            holds_date="dates" in self.held or not dated,
            edit=not by_site and (says_otherwise(known, taken) or is_taken_back(known, taken)),
            answered=self.answered,
        )


class _Shown(NamedTuple):
    """The mentions of a harvest: the known ones, those read otherwise than known, and the new ones."""

    known: set[str]
    otherwise: dict[str, tuple[ItemRecord, Mention]]
    new: dict[str, Mention]
    alike: Shown = Shown()


def examine(
    installation: Installation, run: Run, items: Iterable[HarvestItem], *, answered: bool = False
) -> Examination:
    """Return what a run may change; `items` are those of its harvest that nobody has had erased.

    With `answered` it is read again because a person accepted what it changes: nothing more is asked.
    """
    with installation.state.read() as connection:
        past = items_past(connection, run.source_key, before=run.sequence)
        holds = holds_of(connection, run.source_key)
    if not past.items:
        return Examination(answered=answered)
    shown = _shown(installation, run, items)
    moved = [each for each in holds if each.kind == "dates"]
    accepted = answered or run.decision == "accepted"
    by_hand = run.kind == "reparse" or run.decision == "accepted"
    careful = run.status not in GOOD and not by_hand
    paired = _Paired() if answered else _paired(installation, run, shown, moved)
    aliases = tuple(Alias(id=key, item_id=row.id, run=run.sequence) for key, row in paired.rows.items())
    for key, row in paired.rows.items():
        shown.known.add(row.id)
        shown.otherwise[row.id] = (row, shown.new.pop(key))
    if not accepted and _is_another(run, shown, past):
        return Examination(
            withheld=True,
            strangers=len(shown.new),
            holds=_asked(run, holds, "subject", len(shown.new), past.items),
        )
    known = known_mentions(installation, (row for row, _ in shown.otherwise.values()))
    compared = tuple(
        KnownAndNew(row, known.mentions[key], mention)
        for key, (row, mention) in shown.otherwise.items()
        if key in known.mentions
    )
    counted = tally(_known_before(compared, holds), known=len(shown.known), at=run.started_at)
    changes = () if answered else _holds(run, holds, counted, careful=careful)
    if paired.found.wholesale:
        changes += _asked(run, holds, "ids", len(aliases), len(shown.known))
    now = {each.id: each for each in (*holds, *changes)}
    return Examination(
        careful=careful,
        held=frozenset(each.kind for each in now.values() if each.status in IN_FORCE),
        holds=changes,
        aliases=aliases,
        renamed=paired.found.wholesale
        or any(each.kind == "ids" and each.run == run.sequence for each in holds),
        known=known,
        placeholders=placeholders(compared),
        ended={each.kind: each.run for each in now.values() if each.ended_run == run.sequence},
        compared=compared,
        answered=answered,
        by_site=answered or any(each.status == "accepted" for each in holds),
        shortened={} if careful else believed(installation, run, compared, shown.alike),
    )


def _shown(installation: Installation, run: Run, items: Iterable[HarvestItem]) -> _Shown:
    shown, alike = _Shown(set(), {}, {}), Shown()
    for batch in batched(items, installation.settings.enrichment.batch):
        mentions = [(each, each.item) for each in batch if isinstance(each.item, Mention)]
        with installation.state.read() as connection:
            further = known_ids(connection, [each.id for each, _ in mentions])
            rows = load_items(connection, sorted({further.get(each.id, each.id) for each, _ in mentions}))
        for each, mention in mentions:
            row = rows.get(further.get(each.id, each.id))
            if row is None:
                shown.new.setdefault(each.id, mention)
                alike = alike.beside(mention)
            elif row.first_run < run.sequence and row.presence in LIVE:
                shown.known.add(row.id)
                if row.id not in shown.otherwise and _is_otherwise(each, mention, row):
                    shown.otherwise[row.id] = (row, mention)
                elif content_hash(mention) == row.content:
                    alike = alike.beside(mention)
    return shown._replace(alike=alike)


def _is_otherwise(each: HarvestItem, mention: Mention, row: ItemRecord) -> bool:
    """Whether a mention is read otherwise than known, and not before what is known was."""
    if mention.extent == "summary" or each.seen_at < row.last_seen_at:
        return False
    return content_hash(mention) != row.content or moves(row, mention)


class _Paired(NamedTuple):
    """The known mention that each new one is, and what was found of renamed ids."""

    rows: Mapping[str, ItemRecord] = MappingProxyType({})
    found: Renamed = Renamed({}, wholesale=False)


def _paired(installation: Installation, run: Run, shown: _Shown, moved: Sequence[Hold]) -> _Paired:
    """Return the known mention that each new one is under another id; `moved` are the holds of dates."""
    if not shown.new or run.kind == "reparse":
        return _Paired()
    new = [_stated(key, mention) for key, mention in shown.new.items()]
    with installation.state.read() as connection:
        rows = {
            row.id: row
            for row in possible_items(
                connection,
                run.source_key,
                said=sorted({each.said for each in new}),
                authors=sorted({each.author for each in new if each.author}),
            )
            if row.id not in shown.known and row.first_run < run.sequence
        }
    if not rows:
        return _Paired()
    same = {each.said: each for each in new}
    dated = {(each.author, each.date) for each in new if each.author and each.date}
    unlike = [
        row for row in rows.values() if _said_of(row) not in same and (row.author_key, _date_of(row)) in dated
    ]
    known = known_mentions(installation, unlike).mentions
    missing = [
        Stated(
            row.id,
            _said_of(row),
            same[_said_of(row)].length if _said_of(row) in same else 0,
            row.author_key,
            _date_of(row),
            same[_said_of(row)].stars if _said_of(row) in same else _stars(known.get(row.id)),
        )
        for row in rows.values()
    ]
    found = renamed(
        new,
        missing,
        seen=len(shown.known),
        dates_move=bool(moved),
        misdated={key for key, row in rows.items() if any(_came_during(row, each) for each in moved)},
    )
    return _Paired({key: rows[known_id] for key, known_id in found.known_ids.items()}, found)


def _came_during(row: ItemRecord, hold: Hold) -> bool:
    """Return whether a mention came while the dates of its source were held: its own are in doubt too."""
    return row.first_run >= hold.run and (hold.ended_run is None or row.first_run < hold.ended_run)


def _stated(key: str, mention: Mention) -> Stated:
    return Stated(
        key,
        said_hash(mention),
        len(bare(mention.text)),
        mention.author_key,
        mention.published.at.isoformat() if mention.published else None,
        _stars(mention),
    )


def _said_of(row: ItemRecord) -> str:
    return row.content.partition(".")[0]


def _date_of(row: ItemRecord) -> str | None:
    return row.published_at.isoformat() if row.published_at else None


def _stars(mention: Mention | None) -> str | None:
    return f"{mention.rating.stars:.2f}" if mention is not None and mention.rating is not None else None


def _is_another(run: Run, shown: _Shown, past: SourceItems) -> bool:
    """Whether a page of reviews shows none that is known, of days of which all should be."""
    if run.kind != "collect" or shown.known or past.newest is None:
        return False
    reviews = [each for each in shown.new.values() if each.kind == "review"]
    before = past.newest - timedelta(days=1)
    strangers = [each for each in reviews if each.published is not None and each.published.at < before]
    least = STRANGERS if past.seen_twice >= SEEN_TWICE * past.items else STRANGERS_AT_ONCE
    return len(strangers) >= least and 2 * len(strangers) >= len(reviews)


def _known_before(compared: Sequence[KnownAndNew], holds: Sequence[Hold]) -> list[KnownAndNew]:
    """Leave out the mentions that were first seen while a change is held.

    They are known only as the site showed them then: that they change again is how such a change ends.
    """
    since = min((each.run for each in holds if each.status in IN_FORCE), default=None)
    return [each for each in compared if since is None or each.row.first_run < since]


def _holds(run: Run, holds: list[Hold], counted: Tally, *, careful: bool) -> tuple[Hold, ...]:
    """Return the holds that begin or end with a run."""
    changes: list[Hold] = []
    wholesale = [] if careful or run.kind == "reparse" else counted.wholesale()
    for kind in wholesale:
        changes += _asked(run, holds, kind, len(counted.changed[kind]), counted.known)
    for each in holds:
        if each.status not in IN_FORCE or each.kind in wholesale or careful or not run.full:
            continue
        enough = counted.known > 0 if each.kind == "subject" else 2 * counted.known >= each.known
        left = len(counted.changed.get(each.kind, ()))
        if enough and left <= LEFT_OVER * counted.known and not is_wholesale(left, counted.known):
            changes.append(each.model_copy(update={"status": "ended", "ended_run": run.sequence}))
    return tuple(changes)


def _asked(run: Run, holds: list[Hold], kind: HoldKind, changed: int, known: int) -> tuple[Hold, ...]:
    """Return the hold that asks about a change; none while one of that kind is in force."""
    settled = (*IN_FORCE, "accepted")
    if any(each.kind == kind and (each.status in settled or each.run == run.sequence) for each in holds):
        return ()
    begun = Hold(
        id=digest("hold", run.source_key, kind, run.id),
        source_key=run.source_key,
        kind=kind,
        run=run.sequence,
        run_id=run.id,
        status="linked" if kind == "ids" else "held",
        changed=changed,
        known=known,
        opened_at=run.started_at,
    )
    return (begun,)
