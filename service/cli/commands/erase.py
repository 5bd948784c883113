"""`ouidire erase`."""

from typing import Annotated

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import ERROR, OK, say, say_json


def erase(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    url: Annotated[str | None, typer.Option(help="Erase what this address shows.")] = None,
    author: Annotated[
        str | None, typer.Option(help="Erase all of an author, by the name that sites show.")
    ] = None,
    mention: Annotated[str | None, typer.Option(help="Erase one mention, by its id.")] = None,
    as_json: Json = False,
) -> int:
    """Erase mentions everywhere, and refuse them for ever."""
    from service.pipeline.keep.forget import erase as erase_all

    if sum(each is not None for each in (url, author, mention)) != 1:
        raise UsageError("say what to erase: one of --url, --author or --mention")
    with opened(config, now) as installation:
        done = erase_all(installation, url=url, author=author, item_id=mention)
    if as_json:
        say_json(done)
    elif done.mentions:
        dropped = f"{done.pages} pages and {done.events} events dropped"
        say(f"{done.mentions} mentions erased: {done.harvests} harvests rewritten, {dropped}.")
        say("They will not be collected again. Digests already sent cannot be taken back.")
    else:
        say("Nothing is known of it; if it is an author, it will be refused from now on.")
    return OK if done.mentions or author is not None else ERROR
