"""`ouidire index`: status, rebuild, move to another back-end, documents refused, roles."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.errors import IndexUnavailable, UsageError
from ouidire.settings.index import Backend
from service.cli.language import sentence, value_named
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened, settings_of
from service.cli.output import ERROR, OK, PARTIAL, complain, err, inform, say_json, say_table

MOVE_HELP = (
    "Copy the index to another back-end, count and compare; "
    "then say which line of the configuration to change."
)
ROLES_HELP = (
    "Create the two roles that Elasticsearch needs, ours and the analysts', and our templates; "
    "with --key-file, an API key."
)


def index_status(config: Config = DEFAULT_CONFIG, *, as_json: Json = False) -> int:
    """Say what the index holds, what waits for it, and what it refused."""
    from ouidire.state.runs import waiting_runs
    from service.pipeline.index.check_index import missing_mentions
    from service.pipeline.index_backend import dead_letters

    with opened(config, writes=False) as installation:
        letters = dead_letters(installation.settings)
        kept = letters.count()
        with installation.state.read() as connection:
            waiting = len(waiting_runs(connection))
        waits = (
            f"{waiting} runs wait to be indexed: `ouidire run` takes them"
            if waiting
            else "nothing waits to be indexed"
        )
        try:
            status = installation.index.status()
            short = missing_mentions(installation)
        except IndexUnavailable as problem:
            if as_json:
                say_json(
                    {
                        "backend": installation.settings.index.backend,
                        "problem": str(problem),
                        "waiting_runs": waiting,
                        "refused": kept,
                    }
                )
            else:
                complain(f"ouidire: {problem}")
                inform(waits)
            return ERROR
    if as_json:
        missing = [each._asdict() for each in short]
        say_json({**status.model_dump(), "waiting_runs": waiting, "refused": kept, "missing": missing})
        return PARTIAL if short else OK
    inform(f"{status.backend} at {status.place}, schema {status.schema_version}")
    say_table(
        ("kind", "documents", "tombstones"),
        [(_kind(kind), count, status.tombstones.get(kind, 0)) for kind, count in status.counts.items()],
    )
    inform(waits)
    for each in short:
        inform(f"{each.source_key}: {each.held} of {each.known} mentions are here; `ouidire index rebuild`")
    if kept:
        inform(
            f"{kept} documents were refused: {letters.path} says why; `ouidire index retry` tries them again"
        )
    return PARTIAL if short else OK


def index_rebuild(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Build the index anew from what is kept, aside, and swap it in."""
    from service.pipeline.index.ingest import ingest_waiting
    from service.pipeline.index.rebuild import rebuild
    from service.pipeline.keep.restored import assume_alerts_sent

    with opened(config, now) as installation:
        with err.status(sentence("rebuilding")) as shown:
            status = rebuild(
                installation,
                on_progress=lambda count: shown.update(sentence(f"rebuilding — {count} documents")),
            )
        ingest_waiting(installation)
        alerts = assume_alerts_sent(installation)
    if alerts:
        complain(f"ouidire: {alerts} alerts are older than the backup was put back, and count as sent")
    if as_json:
        say_json(status)
    else:
        held = ", ".join(f"{_kind(kind)} {count}" for kind, count in status.counts.items())
        inform(f"rebuilt: {held}")
    return OK


def index_move(
    target: Annotated[str, typer.Argument(help="The back-end to copy to: sqlite or elasticsearch.")],
    config: Config = DEFAULT_CONFIG,
    *,
    as_json: Json = False,
) -> int:
    """Copy the index to another back-end, and compare."""
    from service.pipeline.index.move import move

    with opened(config) as installation, err.status(sentence("moving")) as shown:
        moved = move(
            installation,
            _backend(target),
            on_progress=lambda count: shown.update(sentence(f"moving — {count} documents")),
        )
    if as_json:
        say_json(moved._asdict())
        return OK
    say_table(
        ("kind", "documents", "checksum"),
        [(_kind(kind), count, moved.checksums[kind]) for kind, count in moved.counts.items()],
    )
    inform(
        f"{moved.target} holds the same as {moved.source}. "
        f'Now write backend = "{moved.target}" under [index] in {config}'
    )
    return OK


def index_retry(config: Config = DEFAULT_CONFIG, *, as_json: Json = False) -> int:
    """Write again the documents that Elasticsearch refused; what it refuses again is kept again."""
    from service.pipeline.index_backend import open_elastic

    with opened(config) as installation:
        _needs_elasticsearch(installation.settings.index.backend)
        index = open_elastic(installation.settings)
        try:
            index.ensure()
            report = index.retry_refused()
            kept = index.dead_letters.count()
        finally:
            index.close()
    if as_json:
        say_json({**report.model_dump(), "kept": kept})
    else:
        inform(f"{report.written} written, {report.stale} overtaken meanwhile, {kept} still refused")
    return PARTIAL if kept else OK


def index_roles(
    config: Config = DEFAULT_CONFIG,
    *,
    user: Annotated[
        str | None,
        typer.Option(help="An administrator of Elasticsearch; without it, our own credentials are used."),
    ] = None,
    password_env: Annotated[
        str, typer.Option(help="Environment variable that holds the administrator's password.")
    ] = "ELASTIC_PASSWORD",  # noqa: S107 (a name, no password)
    key_file: Annotated[
        Path | None, typer.Option(help="Make an API key for Ouï-dire and write it to this file.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Create roles, templates and, with a file to write it to, an API key on Elasticsearch."""
    from service.pipeline.index.roles import make_roles

    made = make_roles(settings_of(config), user=user, password_env=password_env, key_file=key_file)
    if as_json:
        say_json(made._asdict())
        return OK
    inform(f"role {made.writer}: for Ouï-dire; role {made.reader}: for people who read in Kibana")
    if made.key_file:
        inform(f"an API key with the first is in {made.key_file}: write api_key_file under [index]")
    return OK


def _kind(kind: str) -> str:
    """Return what the documents of a kind are called."""
    return value_named("document", kind)


def _backend(name: str) -> Backend:
    if name == "sqlite":
        return "sqlite"
    if name == "elasticsearch":
        return "elasticsearch"
    raise UsageError(f"{name!r} is no back-end; choose sqlite or elasticsearch")


def _needs_elasticsearch(backend: Backend) -> None:
    if backend != "elasticsearch":
        raise UsageError("index.backend is sqlite, which keeps no refused documents")
