"""`ouidire parse` and `ouidire reparse`: read a saved page, or the kept pages of past runs again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.language import sentence, words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment, opened, pairs
from service.cli.output import OK, inform, say, say_json
from service.cli.preview_output import rejected_line
from service.cli.run_output import report_runs, status_word
from service.cli.sent_output import colon

if TYPE_CHECKING:
    from ouidire.items import Item
    from ouidire.state.runs import Run
    from service.pipeline.installation import Installation


def parse(
    source: Annotated[str, typer.Argument(help="A name of the catalogue.")],
    file: Annotated[
        Path,
        typer.Argument(help="A saved page (may be gzipped).", exists=True, dir_okay=False, readable=True),
    ],
    url: Annotated[str, typer.Option(help="The page's address.")] = "",
    fetched_at: Annotated[
        str | None,
        typer.Option(
            help="When it was fetched (ISO 8601), to which relative dates are resolved; now by default."
        ),
    ] = None,
    context: Annotated[
        list[str] | None, typer.Option(help="What the parser was asked for, as query=…; repeat it.")
    ] = None,
    kind: Annotated[str, typer.Option(help="What the page was fetched as.")] = "list",
    *,
    as_json: Json = False,
) -> int:
    """Show what a source's parser reads in a saved page; nothing is stored."""
    from service.pipeline.collect.saved_pages import parse_file

    read = parse_file(
        source, file, url=url, fetched_at=moment(fetched_at), kind=kind, context=pairs(context or [])
    )
    if as_json:
        say_json(read)
        return OK
    say(f"{status_word(read.status)}{f' — {sentence(read.reason)}' if read.reason else ''}")
    inform(
        f"{len(read.items)} items, {len(read.rejected)} rejected, {len(read.follow)} to follow, "
        f"{_declared(read.declared_total)}"
    )
    if read.layout is not None:
        inform(f"read by the layout `{read.layout}` (since {read.layout_since})")
    for item in read.items:
        say(f"  {_headline(item)}")
    if read.rejected:
        inform("left out:")
    for each in read.rejected:
        say(f"  {rejected_line(each)}")
    return OK


def reparse(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    source: Annotated[str | None, typer.Option("--source", "-s", help="Only this source.")] = None,
    since: Annotated[str | None, typer.Option(help="Only runs since this moment.")] = None,
    as_json: Json = False,
) -> int:
    """Read the kept pages of past runs again with today's parsers, then index what changed."""
    from ouidire.state.runs import run_by_id
    from service.pipeline.collect.import_pages import reparsable
    from service.pipeline.collect.import_pages import reparse as read_again
    from service.pipeline.index.ingest import ingest_waiting

    with opened(config, now) as installation:
        ingest_waiting(installation)
        kept = [
            each
            for each in reparsable(installation, source=source, since=moment(since))
            if _has_pages(installation, each)
        ]
        runs = []
        for each in kept:
            runs.append(read_again(installation, each))
            ingest_waiting(installation)
        with installation.state.read() as connection:
            runs = [run_by_id(connection, each.id) or each for each in runs]
    return report_runs(runs, as_json=as_json)


def _declared(total: int | None) -> str:
    return "the page states no total" if total is None else f"the page states {total} in all"


def _headline(item: "Item") -> str:
    """Return one line about an item."""
    if item.item == "mention":
        stars = f"{item.rating.value:g}/{item.rating.best:g}" if item.rating else "—"
        if item.asked_score is not None:
            stars = words().fill("read_item.asked", score=f"{item.asked_score:g}")
        date = f"{item.published.at:%Y-%m-%d}" if item.published else words().text("read_item.no_date")
        return f"{date}  {stars}  {' '.join((item.title or item.text).split())[:80]}"
    if item.item == "search_page":
        found = words().fill("read_item.entries", n=len(item.entries))
        return f"{item.engine} {words().fill('answer.quoted', text=item.query)}{colon()}{found}"
    if item.item == "suggestions":
        found = words().fill("read_item.suggestions", n=len(item.suggestions))
        return f"{item.engine} {words().fill('answer.quoted', text=item.query)}{colon()}{found}"
    if item.item == "answer":
        cited = words().fill("read_item.cited", n=len(item.citations))
        return f"{item.engine} ({item.model}), {cited}{colon()}{item.text[:80]}"
    return f"{item.subject or item.entity}{colon()}{item.rating.value:g}/{item.rating.best:g}"


def _has_pages(installation: "Installation", run: "Run") -> bool:
    """Return whether the raw pages of a run are still kept."""
    manifest = installation.harvests.open(run.source, run.source_key, run.id).manifest
    return any(each.kind == "pages" for each in manifest.segments)
