"""Shows on a terminal how a file would be read, row by row for the first ten."""

from pathlib import Path
from typing import TYPE_CHECKING

from service.cli.language import sentence
from service.cli.output import inform, say, say_table

if TYPE_CHECKING:
    from ouidire.items import Item
    from service.pipeline.collect.file_preview import FilePreview

FIRST = 10
"""Items that are shown whole."""
WIDEST = 80


def say_preview(path: Path, preview: "FilePreview") -> None:
    """Print how one file is understood, its first items, and every row left out with its reason."""
    read = preview.read
    words = {"layout_changed": "not understood", "failed": "not read"}.get(read.status, read.status)
    reason = f" — {sentence(read.reason)}" if read.reason and read.status != "ok" else ""
    say(f"{path}: {sentence(words)}{reason}")
    if not read.items and not read.rejected:
        return
    if preview.columns:
        zone, _, told = preview.timezone.partition(" (")
        inform(f"  kind of export: {preview.platform or 'not recognised: columns by headings and values'}")
        inform(f"  read as: {preview.shape}")
        rows = [
            (
                f"  {each.field}",
                " + ".join(map(repr, each.headings)),
                sentence(each.told_by),
                each.example[:WIDEST],
            )
            for each in preview.columns
        ]
        say_table(("  field", "column", "told", "first row"), rows)
        inform(f"  scale of ratings: {preview.scale}")
        inform(f"  order of dates: {preview.dates}; hours: {zone} ({sentence(told.removesuffix(')'))})")
        if preview.unused:
            inform(f"  not read: {', '.join(map(repr, preview.unused))}")
    inform(
        f"  {len(read.items)} read, {len(read.rejected)} left out; the first {min(FIRST, len(read.items))}:"
    )
    for number, item in enumerate(read.items[:FIRST], 1):
        say(f"  {number:>3}  {_item_line(item)}")
    if read.rejected:
        inform("  left out:")
    for each in read.rejected:
        say(f"    {each.where}: {each.reason}{f' ({each.detail})' if each.detail else ''}")


def _item_line(item: "Item") -> str:
    """Return what was read of one item, in one line."""
    if item.item == "search_page":
        return f"{item.engine} {item.query!r}: {len(item.entries)} entries"
    if item.item == "suggestions":
        return f"{item.engine} {item.query!r}: {', '.join(item.suggestions) or 'no suggestion'}"
    if item.item == "answer":
        return f"{item.engine} ({item.model}): {item.text[:WIDEST]!r}"
    rating = f"{item.rating.value:g}/{item.rating.best:g}" if item.rating else sentence("no rating")
    if item.item == "rating_summary":
        return f"{rating}  {item.subject or item.entity}"
    if item.asked_score is not None:
        rating = sentence(f"{item.asked_score:g}/10 asked")
    if "recommends" in item.extra:
        rating = sentence("recommends" if item.extra["recommends"] else "does not recommend")
    at = item.published.at if item.published else None
    date = sentence("no date")
    if item.published and at:
        date = f"{at:%Y-%m-%d %H:%M}Z" if item.published.precision == "second" else f"{at:%Y-%m-%d}"
    parts = (
        date,
        rating,
        item.author or "",
        item.place or "",
        " — ".join(filter(None, (item.title, item.text)))[:WIDEST].replace("\n", " / "),
        f"→ {item.reply.text[:WIDEST]}" if item.reply else "",
        f"({item.native_id})" if item.native_id else "",
    )
    return "  ".join(part for part in parts if part)
