"""Shows on a terminal how a file would be read, row by row for the first ten."""

from pathlib import Path
from typing import TYPE_CHECKING

from service.cli.language import sentence, value_named, words
from service.cli.output import inform, say, say_table
from service.cli.sent_output import colon

if TYPE_CHECKING:
    from ouidire.items import Item, Rejected
    from service.pipeline.collect.understood_file import FilePreview

FIRST = 10
"""Items that are shown whole."""
WIDEST = 80


def say_preview(path: Path, preview: "FilePreview") -> None:
    """Print how one file is understood, its first items, and every row left out with its reason."""
    read = preview.read
    reason = f" — {sentence(read.reason)}" if read.reason and read.status != "ok" else ""
    say(f"{path}{colon()}{value_named('file_status', read.status)}{reason}")
    if not read.items and not read.rejected:
        return
    if preview.columns:
        if preview.platform is not None:
            _say("export", preview.platform or words().text("preview.unknown"))
        _say("shape", sentence(preview.shape))
        rows = [
            (
                f"  {value_named('read_field', each.field)}",
                " + ".join(each.headings),
                sentence(each.told_by),
                each.example[:WIDEST],
            )
            for each in preview.columns
        ]
        say_table(("  field", "column", "told", "first row"), rows)
        _say("scale", sentence(preview.scale))
        _say("dates", sentence(preview.dates))
        zone, _, told = preview.timezone.removesuffix(")").partition(" (")
        _say("hours", f"{zone} ({sentence(told)})" if told else zone)
        if preview.unused:
            _say("unused", ", ".join(preview.unused))
    inform(
        f"  {len(read.items)} read, {len(read.rejected)} left out; the first {min(FIRST, len(read.items))}:"
    )
    for number, item in enumerate(read.items[:FIRST], 1):
        say(f"  {number:>3}  {_item_line(item)}")
    if read.rejected:
        inform("  left out:")
    for each in read.rejected:
        say(f"    {rejected_line(each)}")


def _say(name: str, what: str) -> None:
    """Print one thing that is understood of a file, after what it is called."""
    say(f"  {words().text(f'preview.{name}')}{colon()}{what}")


def rejected_line(rejected: "Rejected") -> str:
    """Return where something was left out, and why."""
    detail = f" ({sentence(rejected.detail)})" if rejected.detail else ""
    return f"{_where(rejected.where)}{colon()}{value_named('rejected', rejected.reason)}{detail}"


def _where(where: str) -> str:
    """Return where something stands, as `line 5`, in the language of the command line."""
    unit, _, number = where.rpartition(" ")
    return f"{value_named('unit', unit)} {number}" if unit else where


def _item_line(item: "Item") -> str:
    """Return what was read of one item, in one line."""
    if item.item == "search_page":
        found = words().fill("read_item.entries", n=len(item.entries))
        return f"{item.engine} {words().fill('answer.quoted', text=item.query)}{colon()}{found}"
    if item.item == "suggestions":
        found = ", ".join(item.suggestions) or words().fill("read_item.suggestions", n=0)
        return f"{item.engine} {words().fill('answer.quoted', text=item.query)}{colon()}{found}"
    if item.item == "answer":
        return f"{item.engine} ({item.model}){colon()}{item.text[:WIDEST]}"
    none = words().text("read_item.no_rating")
    rating = f"{item.rating.value:g}/{item.rating.best:g}" if item.rating else none
    if item.item == "rating_summary":
        return f"{rating}  {item.subject or item.entity}"
    if item.asked_score is not None:
        rating = words().fill("read_item.asked", score=f"{item.asked_score:g}")
    if "recommends" in item.extra:
        rating = words().text(f"read_item.{'' if item.extra['recommends'] else 'not_'}recommends")
    at = item.published.at if item.published else None
    date = words().text("read_item.no_date")
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
