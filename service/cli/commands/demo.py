"""`ouidire demo`: eight simulated weeks on the site that the package ships, and the digest of the eighth."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.errors import UsageError
from service.cli.output import OK, PARTIAL, err, say, say_json


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo keeps everything.")] = Path("demo"),
    *,
    weeks: Annotated[int, typer.Option(min=1, max=8, help="How many weeks are simulated.")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> int:
    """Run the whole chain on a bundled local web site: eight weeks, one digest."""
    from ouidire.system.logs import configure
    from service.demo.story import play

    configure(quiet=True)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    with err.status("the demo begins") as status:

        def say_progress(text: str) -> None:
            status.update(text)
            if not err.is_terminal:
                err.print(text, markup=False)

        played = play(folder, weeks=weeks, announce=say_progress)
    if as_json:
        say_json(played)
        return OK
    for line in played.lines:
        say(line)
    return PARTIAL if played.problems else OK
