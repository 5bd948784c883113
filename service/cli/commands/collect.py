"""`ouidire collect`: collect sources now."""

from typing import TYPE_CHECKING, Annotated

import typer

from ouidire.errors import ConfigError, UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.progress import pass_progress
from service.cli.run_output import report_runs

if TYPE_CHECKING:
    from ouidire.state.runs import Run


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
    from crawlers import SOURCES
    from crawlers.ways import nearest
    from service.pipeline.collect.crawl_source import collect as collect_one
    from service.pipeline.collect.crawl_source import recover
    from service.pipeline.collect.moved_sources import moved_questions
    from service.pipeline.configured_sources import configured_sources
    from service.pipeline.index.ingest import ingest_waiting

    with opened(config, now) as installation:
        listed = configured_sources(installation.settings)
        chosen = [each for each in listed if not source or each.source.slug in source or each.key in source]
        if not chosen:
            wanted, keys = ", ".join(source or []), ", ".join(each.key for each in listed) or "none"
            slugs = dict.fromkeys(name.partition(":")[0] for name in source or [])
            ways = [nearest(slug, SOURCES) for slug in slugs if slug not in SOURCES]
            told = "; ".join([f"no configured source is called {wanted}", f"the keys are {keys}", *ways])
            raise UsageError(told)
        questions = moved_questions(listed, installation.state)
        if asked := [questions[each.key] for each in chosen if each.key in questions]:
            raise ConfigError(asked)
        recover(installation)
        runs: list[Run] = []
        with pass_progress(quiet=as_json) as shown:
            for each in chosen:
                update = None if shown is None else shown.begin(each)
                runs.append(collect_one(installation, each, full=full, on_progress=update))
                if shown is not None:
                    shown.end(runs[-1])
            on_progress = None if shown is None else shown.index
            taken = ingest_waiting(installation, on_progress=on_progress) if ingest else []
        ingested = {each.run.id: each.run for each in taken}
        runs = [ingested.get(each.id, each) for each in runs]
    return report_runs(runs, as_json=as_json)
