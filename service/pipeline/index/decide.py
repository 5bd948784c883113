"""What a harvested mention is to what is known: new, edited, updated, restored, unchanged, or an older reading. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from ouidire.ids import canonical_url, digest, source_key
from ouidire.mention import Mention
from ouidire.settings.brand import Brand, is_named
from ouidire.state.items import ItemRecord
from ouidire.state.runs import Run
from service.pipeline.index.documents import LATE_DAYS, content_hash, published

ChangeKind = Literal["edited", "restored"]
"""A change of a known mention that readers are told of, as an event."""


class Decision(NamedTuple):
    """A mention settled: the row that will be known of it, whether its document changes, and the event worth telling."""

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
    found = tuple(brand.slug for brand in candidates if is_named(text, brand.names))
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
    if (
        mention.extent == "summary" and before.content
    ):  # the article itself, known already or about to come, says more
        return Decision(
            mention,
            before.model_copy(update={"last_seen_at": seen_at, "last_run": run.sequence}),
            changed=False,
        )
    at, precision = published(mention, before)
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
    event: ChangeKind | None = None
    if run.kind != "reparse" and mention.kind != "article":  # a newspaper's corrections are no signal
        said_changed = content.split(".")[0] != before.content.split(".")[0]
        event = (
            "restored"
            if back and before.presence == "vanished"
            else "edited"
            if said_changed and before.content
            else None
        )
    return Decision(mention, row, changed=changed, event=event)


def _first(
    mention: Mention, item_id: str, *, seen_at: datetime, run: Run, brands: tuple[str, ...], content: str
) -> ItemRecord:
    at, precision = published(mention, None)
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
