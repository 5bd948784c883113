"""Commands that collect: run, collect, import, parse, reparse, sources."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment, opened
from service.cli.output import ERROR, OK, PARTIAL, complain, progress, say, say_json, say_table

if TYPE_CHECKING:
    from ouidire.state.runs import Run
    from service.pipeline.collect.source_health import SourceHealth
    from service.pipeline.run_due import Done

GOOD = ("ok", "empty")


def run(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Do all that is due: collect, enrich, index, report."""
    from service.pipeline.run_due import run_due

    with opened(config, now) as installation:
        done = run_due(installation, announce=_announced(quiet=as_json))
    if as_json:
        say_json(done)
    else:
        _tell_done(done)
    return _code(done.runs, problems=bool(done.problems))


def collect(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    source: Annotated[
        list[str] | None, typer.Option("--source", "-s", help="Only sources of this name, or of this key.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Ask for everything again, not only what is new.")
    ] = False,
    ingest: Annotated[
        bool, typer.Option("--ingest/--no-ingest", help="Enrich and index what was collected.")
    ] = True,
    as_json: Json = False,
) -> int:
    """Collect the configured sources now, due or not, then enrich and index."""
    from service.pipeline.collect.crawl_source import collect as collect_one
    from service.pipeline.collect.crawl_source import recover
    from service.pipeline.configured_sources import configured_sources
    from service.pipeline.index.ingest import ingest_waiting

    with opened(config, now) as installation:
        listed = configured_sources(installation.settings)
        chosen = [each for each in listed if not source or each.source.slug in source or each.key in source]
        if not chosen:
            raise UsageError(
                f"no configured source is called {', '.join(source or [])}; the keys are {', '.join(each.key for each in listed) or 'none'}"
            )
        recover(installation)
        runs: list[Run] = []
        for each in chosen:
            with progress(each.key) as update:
                runs.append(
                    collect_one(installation, each, full=full, on_progress=None if as_json else update)
                )
        ingested = {each.run.id: each.run for each in ingest_waiting(installation)} if ingest else {}
        runs = [ingested.get(each.id, each) for each in runs]
    if as_json:
        say_json(runs)
    else:
        tell_runs(runs)
    return _code(runs, problems=False)


def import_files(
    source: Annotated[str, typer.Argument(help="A name of the catalogue; survey_file for surveys.")],
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV or XLSX surveys, or saved pages.", exists=True, dir_okay=False, readable=True
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[
        list[str] | None, typer.Option("--brand", "-b", help="Brand it speaks of (its slug).")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Shop or place it speaks of.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of the saved page.")] = None,
    fetched_at: Annotated[
        str | None, typer.Option(help="When the page was saved (ISO 8601); the file's own date by default.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", help="Survey column, as score=Note; repeat it.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Import surveys or saved pages as a harvest of their own, then enrich and index."""
    from service.pipeline.collect.saved_pages import import_pages_of, import_survey
    from service.pipeline.index.ingest import ingest_waiting

    with opened(config, now) as installation:
        brands = tuple(brand or [each.slug for each in installation.settings.own_brands[:1]])
        unknown = [
            each for each in brands if each not in {known.slug for known in installation.settings.brand}
        ]
        if unknown:
            raise UsageError(
                f"no brand has the slug {unknown[0]!r}; known: {', '.join(each.slug for each in installation.settings.brand)}"
            )
        if source == "survey_file":
            runs = [
                import_survey(installation, path, brands=brands, place=place, columns=_columns(column or []))
                for path in files
            ]
        else:
            runs = [
                import_pages_of(
                    installation,
                    source,
                    files,
                    brands=brands,
                    place=place,
                    url=url,
                    fetched_at=moment(fetched_at),
                )
            ]
        ingested = {each.run.id: each.run for each in ingest_waiting(installation)}
        runs = [ingested.get(each.id, each) for each in runs]
    if as_json:
        say_json(runs)
    else:
        tell_runs(runs)
    return _code(runs, problems=False)


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
        source, file, url=url, fetched_at=moment(fetched_at), kind=kind, context=_columns(context or [])
    )
    if as_json:
        say_json(read)
        return OK
    say(f"{read.status}{f' — {read.reason}' if read.reason else ''}")
    say(
        f"{len(read.items)} items, {len(read.rejected)} rejected, {len(read.follow)} to follow, {_declared(read.declared_total)}"
    )
    if read.layout is not None:
        say(f"read by the layout `{read.layout}` (since {read.layout_since})")
    for item in read.items:
        say(f"  {_headline(item)}")
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
        from ouidire.state.runs import run_by_id

        with installation.state.read() as connection:
            runs = [run_by_id(connection, each.id) or each for each in runs]
    if as_json:
        say_json(runs)
    else:
        tell_runs(runs)
    return _code(runs, problems=False)


def sources_list(*, as_json: Json = False) -> int:
    """List the catalogue of sources."""
    from crawlers import SOURCES, load_source

    listed = [load_source(slug) for slug in SOURCES]
    if as_json:
        say_json(
            [
                {
                    "slug": each.slug,
                    **each.about.model_dump(mode="json"),
                    "params": each.params.model_json_schema(),
                }
                for each in listed
            ]
        )
        return OK
    rows = [
        (
            each.slug,
            each.about.title,
            each.about.kind,
            each.about.access,
            "key" if each.about.needs_key else "",
            "opt-in" if each.about.opt_in else "",
        )
        for each in listed
    ]
    say_table(("source", "reads", "kind", "access", "", ""), rows)
    return OK


def sources_health(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Say how each configured source is: last run, last good one, what changed."""
    from service.pipeline.collect.source_health import health_of

    with opened(config, now, writes=False) as installation:
        listed = health_of(installation)
    if as_json:
        say_json(listed)
    else:
        rows = [
            (each.key, each.status, each.last_run, each.last_good, each.items, each.next_due, _note(each))
            for each in listed
        ]
        say_table(("source", "status", "last run", "last good", "items", "next", "note"), rows)
    return PARTIAL if any(each.status not in (*GOOD, "never run") for each in listed) else OK


def _note(health: "SourceHealth") -> str:
    change = health.layout_change
    return "; ".join(filter(None, (health.note, change.sentence if change else "")))


def tell_runs(runs: "list[Run] | tuple[Run, ...]") -> None:
    """Print how runs ended."""
    rows = [
        (
            each.source_key,
            each.status,
            each.summary.pages if each.summary else 0,
            each.summary.items if each.summary else 0,
            each.new,
            each.updated,
            each.unchanged,
            each.vanished,
            each.reason,
        )
        for each in runs
    ]
    say_table(("source", "status", "pages", "items", "new", "updated", "unchanged", "vanished", "why"), rows)


def _tell_done(done: "Done") -> None:
    for each in done.recovered:
        say(f"a killed run was ended: {each.source_key} ({each.status})")
    ingested = {each.run.id: each.run for each in done.ingested}
    runs = [ingested.get(each.id, each) for each in done.runs]
    if runs:
        tell_runs(runs)
    for sent in done.sent:
        say(f"digest {sent.line}")
    for sent in done.alerts:
        say(f"alert {sent.line}")
    for problem in done.problems:
        complain(f"ouidire: {problem}")
    if not done.changed:
        say("nothing was due")


def _code(runs: "list[Run] | tuple[Run, ...]", *, problems: bool) -> int:
    bad = [each for each in runs if each.status not in GOOD]
    if bad and len(bad) == len(runs):
        return ERROR
    return PARTIAL if bad or problems else OK


def _announced(*, quiet: bool) -> Any:  # noqa: ANN401 (a callback or None)
    from service.cli.output import err

    if quiet or not err.is_terminal:
        return None

    def announce(source: Any) -> Any:  # noqa: ANN401 (a configured source; its progress callback)
        err.print(f"collecting {source.key}", markup=False)

    return announce


def _columns(pairs: list[str]) -> dict[str, str]:
    read: dict[str, str] = {}
    for pair in pairs:
        name, found, value = pair.partition("=")
        if not found or not name.strip():
            raise UsageError(f"{pair!r} is no pair; write it like score=Note")
        read[name.strip()] = value.strip()
    return read


def _declared(total: int | None) -> str:
    return "the page states no total" if total is None else f"the page states {total} in all"


def _headline(item: Any) -> str:  # noqa: ANN401 (any item)
    if item.item == "mention":
        stars = f"{item.rating.value:g}/{item.rating.best:g}" if item.rating else "—"
        date = f"{item.published.at:%Y-%m-%d}" if item.published else "no date"
        return f"{date}  {stars}  {(item.title or item.text)[:80]!r}"
    if item.item == "search_page":
        return f"{item.engine} {item.query!r}: {len(item.entries)} entries"
    return f"{item.subject or item.entity}: {item.rating.value:g}/{item.rating.best:g}"


def _has_pages(installation: Any, run: "Run") -> bool:  # noqa: ANN401 (an Installation)
    manifest = installation.harvests.open(run.source, run.source_key, run.id).manifest
    return any(each.kind == "pages" for each in manifest.segments)
