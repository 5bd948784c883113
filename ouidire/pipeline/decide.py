"""What a harvested mention is to what is known: new, edited, updated, restored, unchanged, or an older reading. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from ouidire.brand import Brand
from ouidire.compose import LATE_DAYS, content_hash, named, published
from ouidire.ids import canonical_url, digest, source_key
from ouidire.mention import Mention
from ouidire.state.items import Known
from ouidire.state.runs import Run


class Decision(NamedTuple):
    """A mention settled: the row that will be known of it, whether its document changes, and the event worth telling."""

    mention: Mention
    row: Known
    changed: bool
    event: Literal["edited", "restored"] | None = None


def relevant_brands(mention: Mention, run: Run, brands: Sequence[Brand]) -> tuple[str, ...] | None:
    """Return the brands that a mention concerns; None when it concerns none.

    Reviews and survey answers concern the brands of their source. An article, post or comment concerns those that it
    names, among its source's brands where the source has any.
    """
    if mention.kind in ("review", "survey_answer"):
        return run.brands
    text = f"{mention.title or ''}\n{mention.text}"
    candidates = [brand for brand in brands if not run.brands or brand.slug in run.brands]
    found = tuple(brand.slug for brand in candidates if named(text, brand.names))
    return found or None


def decide(
    mention: Mention, item_id: str, *, seen_at: datetime, run: Run, brands: tuple[str, ...], before: Known | None
) -> Decision | None:
    """Return what to write, or None when this run has already settled it (or a newer reading stands)."""
    if before is not None and (before.last_run == run.sequence or before.presence in ("erasing", "erased")):
        return None
    content = content_hash(mention)
    at, precision = published(mention, before)
    if before is None:
        late = at is not None and seen_at - at > timedelta(days=LATE_DAYS)
        row = Known(
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
            late=late,
            author_key=mention.author_key,
            url_hash=digest(canonical_url(mention.url)) if mention.url else None,
        )
        return Decision(mention, row, changed=True)
    if seen_at < before.last_seen_at:
        return None  # an older page read again: the newer reading stands
    united = tuple(sorted({*before.brands, *brands}))
    said_changed = content.split(".")[0] != before.content.split(".")[0]
    back = before.presence == "vanished"
    changed = (
        content != before.content or back or united != before.brands or (at, precision) != (before.published_at, before.published_precision)
    )
    row = before.model_copy(
        update={
            "revision": before.revision + 1 if changed else before.revision,
            "presence": "present",
            "content": content,
            "brands": united,
            "published_at": at,
            "published_precision": precision,
            "last_seen_at": max(seen_at, before.last_seen_at),
            "changed_run": run.sequence if changed else before.changed_run,
            "last_run": run.sequence,
            "vanished_run": None if back else before.vanished_run,
            "author_key": mention.author_key or before.author_key,
        },
    )
    told = run.kind != "reparse"
    event: Literal["edited", "restored"] | None = "restored" if back and told else "edited" if said_changed and told else None
    return Decision(mention, row, changed=changed, event=event)
