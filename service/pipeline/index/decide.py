"""The decision on a harvested mention: new, edited, updated, restored, unchanged, or an older reading.

Pure: it cannot see whether the index has taken what it decides.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from pydantic import AwareDatetime

from ouidire.clock import PRECISIONS, Precision, StatedDate
from ouidire.ids import canonical_url, digest, source_key
from ouidire.mention import Mention
from ouidire.settings.brand import Brand
from ouidire.state.items import ItemRecord
from ouidire.state.runs import Run
from service.pipeline.index.documents import content_hash

ChangeKind = Literal["edited", "restored"]
"""A change of a known mention that readers are told of, as an event."""
LONGEST_RUN = timedelta(days=1)
"""Runs that overlap may be taken in in another order than they read; none lasts so long."""
LATE_DAYS = 8
"""A mention first seen more than a week and a day after its date came too late for the digest of its week."""


class Decision(NamedTuple):
    """What is written of a mention: its record, whether its document changes, and which change to report."""

    mention: Mention
    row: ItemRecord
    changed: bool
    event: ChangeKind | None = None


class Standing(NamedTuple):
    """What stands of a known mention beside what the run shows of it.

    `kept` gives the run that holds each field that stands, `content_run` the run that holds all the rest, 0
    for the run itself. `edit` says whether its author says something else, None where the hashes tell.
    `answered` has a run that settled the mention settle it again.
    """

    kept: Mapping[str, int] = MappingProxyType({})
    content_run: int = 0
    holds_date: bool = False
    edit: bool | None = None
    answered: bool = False


NOTHING_STANDS: Final = Standing()


def relevant_brands(mention: Mention, run: Run, brands: Sequence[Brand]) -> tuple[str, ...] | None:
    """Return the brands that a mention concerns; None when it concerns none.

    Reviews, survey answers and what is left on a brand's own page concern the brands of their source. An
    article, post or comment concerns those that it names, among its source's brands where the source has any.
    """
    if mention.concerns_its_source:
        return run.brands
    text = f"{mention.title or ''}\n{mention.text}"
    candidates = [brand for brand in brands if not run.brands or brand.slug in run.brands]
    found = tuple(brand.slug for brand in candidates if brand.is_named_in(text))
    return found or None


def decide(
    mention: Mention,
    item_id: str,
    *,
    seen_at: datetime,
    run: Run,
    brands: tuple[str, ...],
    before: ItemRecord | None,
    missed_at: datetime | None = None,
    standing: Standing = NOTHING_STANDS,
) -> Decision | None:
    """Return what to write, or None when this run has already settled it (or a newer reading stands).

    `missed_at` is when the run that found it vanished looked for it: only what was seen later is back.
    """
    content = content_hash(mention)
    if before is None:
        return Decision(
            mention,
            _first(mention, item_id, seen_at=seen_at, run=run, brands=brands, content=content),
            changed=True,
        )
    if before.presence in ("erasing", "erased") or _is_older(seen_at, run=run, before=before):
        return None
    again = before.last_run == run.sequence
    if again and not standing.answered and (content == before.content or mention.extent != "full"):
        return None
    if mention.extent == "summary" and before.content:  # the article, known or about to come, says more
        return Decision(
            mention,
            before.model_copy(update={"last_seen_at": seen_at, "last_run": run.sequence}),
            changed=False,
        )
    at, precision = finest_date(None if standing.holds_date else mention.published, before)
    united = tuple(sorted({*before.brands, *brands}))
    back = before.presence != "present" and (missed_at is None or seen_at > missed_at)
    changed = (
        content != before.content
        or back
        or united != before.brands
        or (at, precision) != (before.published_at, before.published_precision)
    )
    row = before.model_copy(
        update={
            "revision": before.revision + 1 if changed else before.revision,
            "presence": "present" if back else before.presence,
            "content": content,
            "brands": united,
            "published_at": at,
            "published_precision": precision,
            "last_seen_at": seen_at,
            "changed_run": run.sequence if changed else before.changed_run,
            "last_run": run.sequence,
            "content_run": standing.content_run or run.sequence,
            "kept": dict(standing.kept),
            "vanished_run": None if back else before.vanished_run,
            "author_key": mention.author_key or before.author_key,
            "url_hash": _url_hash(mention) or before.url_hash,
        },
    )
    edit = _is_edit(content, before) if standing.edit is None else standing.edit
    return Decision(mention, row, changed=changed, event=_change(mention, run, before, edit=edit, back=back))


def _is_older(seen_at: datetime, *, run: Run, before: ItemRecord) -> bool:
    """Return whether a newer reading stands; one that a clock which was ahead has dated does not."""
    ended = run.finished_at or seen_at
    is_ahead = before.last_seen_at > ended + LONGEST_RUN and run.sequence > before.last_run
    return seen_at < before.last_seen_at and not (is_ahead and run.kind == "collect")


def finest_date(
    now: StatedDate | None, before: ItemRecord | None
) -> tuple[AwareDatetime | None, Precision | None]:
    """Return the date of publication to keep, with its precision.

    A coarser reading never overwrites a finer one; of two relative ones the first stays.
    """
    if before is None or before.published_at is None or before.published_precision is None:
        return (now.at, now.precision) if now else (None, None)
    kept = (before.published_at, before.published_precision)
    if now is None or now.precision == before.published_precision == "relative":
        return kept
    coarser = PRECISIONS.index(now.precision) > PRECISIONS.index(before.published_precision)
    return kept if coarser else (now.at, now.precision)


def _change(mention: Mention, run: Run, before: ItemRecord, *, edit: bool, back: bool) -> ChangeKind | None:
    """Return the change to report, if any: corrections of a newspaper, and pages read anew, are none."""
    if run.kind == "reparse" or mention.kind == "article":
        return None
    if back and before.presence == "vanished":
        return "restored"
    return "edited" if edit and before.content else None


def _is_edit(content: str, before: ItemRecord) -> bool:
    return content.partition(".")[0] != before.content.partition(".")[0]


def _first(
    mention: Mention, item_id: str, *, seen_at: datetime, run: Run, brands: tuple[str, ...], content: str
) -> ItemRecord:
    at, precision = finest_date(mention.published, None)
    return ItemRecord(
        id=item_id,
        source=run.source,
        source_key=source_key(run.source, mention.entity),
        revision=1,
        presence="present",
        content=content,
        brands=tuple(sorted(brands)),
        published_at=at,
        published_precision=precision,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
        first_run=run.sequence,
        changed_run=run.sequence,
        last_run=run.sequence,
        content_run=run.sequence,
        late=at is not None and seen_at - at > timedelta(days=LATE_DAYS),
        author_key=mention.author_key,
        url_hash=_url_hash(mention),
    )


def _url_hash(mention: Mention) -> str | None:
    return digest(canonical_url(mention.url)) if mention.url else None
