"""`ouidire demo`: eight simulated weeks on the site that the package ships, and the digest of the eighth."""

import time
from pathlib import Path
from typing import Annotated

import typer

from ouidire.errors import UsageError
from service.cli.language import sentence
from service.cli.output import OK, PARTIAL, complain, err, inform, say_json


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo keeps everything.")] = Path("demo"),
    *,
    weeks: Annotated[int, typer.Option(min=1, max=8, help="How many weeks are simulated.")] = 8,
    serve_site: Annotated[
        bool,
        typer.Option(
            "--serve-site",
            help="Only serve the demo's web site, as it is after that many weeks, until interrupted.",
        ),
    ] = False,
    serve: Annotated[
        bool,
        typer.Option(
            "--serve", help="Then show what was collected in the explorer's pages, until interrupted."
        ),
    ] = False,
    port: Annotated[
        int,
        typer.Option(min=1, max=65535, help="Where --serve or --serve-site listens, on this machine alone."),
    ] = 8123,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Run the whole chain on a bundled local web site: eight weeks, one digest."""
    from ouidire.system.logs import configure
    from service.demo.story import play

    if serve_site:
        return _serve_site(weeks, port)
    configure(quiet=True)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    with err.status(sentence("the demo begins")) as status:

        def say_progress(text: str) -> None:
            status.update(sentence(text))
            if not err.is_terminal:
                complain(text)

        played = play(folder, weeks=weeks, announce=say_progress)
    if as_json:
        say_json(played)
    else:
        for line in played.lines:
            inform(line)
    if serve:
        return _serve_pages(folder, weeks, port)
    if as_json:
        return OK
    inform(f"Browse it: ouidire demo {folder} --serve")
    return PARTIAL if played.problems else OK


def _serve_pages(folder: Path, weeks: int, port: int) -> int:
    """Serve the explorer over what the demo collected until Ctrl-C; raise UsageError for a taken port."""
    from service.demo.explore import open_pages

    with open_pages(folder, weeks=weeks, port=port) as address:
        inform(f"The explorer is at {address}/mentions?published=28d: open it in a browser. Ctrl-C stops it.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return OK


def _serve_site(week: int, port: int) -> int:
    """Serve the demo's site until Ctrl-C; raise UsageError when the port is taken."""
    from service.demo.site import DemoSite

    try:
        site = DemoSite(week, port=port)
    except OSError as error:
        raise UsageError(
            f"cannot listen on 127.0.0.1:{port} ({error.strerror}); choose another --port"
        ) from error
    with site:
        inform(
            f"The demo's web site, after {week} weeks, is at {site.url}/: open it in a browser, or name this"
        )
        inform("address as `proxy` under [fetch], to collect from it. Ctrl-C stops it.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return OK
