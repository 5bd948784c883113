"""The decision on a harvested mention: new, edited, updated, restored, unchanged, or an older reading.

Pure: it cannot see whether the index has taken what it decides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from ouidire.clock import PRECISIONS, Precision
from ouidire.ids import canonical_url, digest, source_key
from ouidire.mention import Mention
from ouidire.settings.brand import Brand
from ouidire.state.items import ItemRecord
from ouidire.state.runs import Run
from service.pipeline.index.documents import content_hash

ChangeKind = Literal["edited", "restored"]
"""A change of a known mention that readers are told of, as an event."""
LATE_DAYS = 8
"""A mention first seen more than a week and a day after its date came too late for the digest of its week."""


class Decision(NamedTuple):
    """What is written of a mention: its record, whether its document changes, and which change to report."""

    mention: Mention
    row: ItemRecord
    changed: bool
    event: ChangeKind | None = None


def relevant_brands(mention: Mention, run: Run, brands: Sequence[Brand]) -> tuple[str, ...] | None:
    """Return the brands that a mention concerns; None when it concerns none.

    Reviews and survey answers concern the brands of their source. An article, post or comment concerns those
    that it names, among its source's brands where the source has any.
    """
    if mention.kind in ("review", "survey_answer"):
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
    if before.presence in ("erasing", "erased") or seen_at < before.last_seen_at:
        return None
    again = before.last_run == run.sequence
    if again and (content == before.content or mention.extent != "full"):
        return None
    if mention.extent == "summary" and before.content:  # the article, known or about to come, says more
        return Decision(
            mention,
            before.model_copy(update={"last_seen_at": seen_at, "last_run": run.sequence}),
            changed=False,
        )
    at, precision = finest_date(mention, before)
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
            "content_run": run.sequence,
            "vanished_run": None if back else before.vanished_run,
            "author_key": mention.author_key or before.author_key,
            "url_hash": _url_hash(mention) or before.url_hash,
        },
    )
    return Decision(mention, row, changed=changed, event=_change(mention, run, before, content, back=back))


def finest_date(mention: Mention, before: ItemRecord | None) -> tuple[AwareDatetime | None, Precision | None]:
    """Return the date of publication to keep, with its precision.

    A coarser reading never overwrites a finer one; of two relative ones the first stays.
    """
    now = mention.published
    if before is None or before.published_at is None or before.published_precision is None:
        return (now.at, now.precision) if now else (None, None)
    kept = (before.published_at, before.published_precision)
    if now is None or now.precision == before.published_precision == "relative":
        return kept
    coarser = PRECISIONS.index(now.precision) > PRECISIONS.index(before.published_precision)
    return kept if coarser else (now.at, now.precision)


def _change(mention: Mention, run: Run, before: ItemRecord, content: str, *, back: bool) -> ChangeKind | None:
    """Return the change to report, if any: corrections of a newspaper, and pages read anew, are none."""
    if run.kind == "reparse" or mention.kind == "article":
        return None
    if back and before.presence == "vanished":
        return "restored"
    says_otherwise = content.partition(".")[0] != before.content.partition(".")[0]
    return "edited" if says_otherwise and before.content else None


def _first(
    mention: Mention, item_id: str, *, seen_at: datetime, run: Run, brands: tuple[str, ...], content: str
) -> ItemRecord:
    at, precision = finest_date(mention, None)
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
