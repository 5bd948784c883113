"""`ouidire backup` and `ouidire restore`."""

import time
from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened, settings_of
from service.cli.output import OK, complain, inform, say_json

AGAIN = 5.0
"""Seconds between two looks at a lock that is held."""


def backup(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Where the backup is kept; what it holds already is not copied again.", file_okay=False
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    *,
    with_key: Annotated[
        bool, typer.Option("--with-key", help="Copy the key of author hashes too; kept apart is better.")
    ] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="Minutes to wait for another Ouï-dire that is at work.")
    ] = 30.0,
    as_json: Json = False,
) -> int:
    """Back up the state and the harvest, while nothing else is at work on them."""
    from ouidire.system.locks import LockHeld
    from service.pipeline.keep.backup import back_up

    end = time.monotonic() + wait * 60
    while True:
        try:
            with opened(config) as installation:
                done = back_up(installation, folder, with_key=with_key)
            break
        except LockHeld:
            if time.monotonic() + AGAIN > end:
                raise
            time.sleep(AGAIN)
    if as_json:
        say_json(done)
    else:
        inform(
            f"{folder}: {done.files} files, {done.size / 1e6:.1f} MB; "
            f"{done.copied} copied, {done.removed} removed"
        )
        if not done.with_key:
            inform("The key is not in it: keep a copy of it elsewhere.")
    return OK


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup.", exists=True, file_okay=False)],
    config: Config = DEFAULT_CONFIG,
    *,
    key: Annotated[
        Path | None, typer.Option(help="The key's own backup.", exists=True, dir_okay=False)
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> int:
    """Put a backup in the place of an installation that is lost; then rebuild the index."""
    from service.pipeline.keep.backup import restore as put_back
    from service.pipeline.keep.restored import assume_digests_sent

    manifest = put_back(settings_of(config), folder, key=key)
    with opened(config, now) as installation:
        assumed = assume_digests_sent(installation, since=manifest.at)
    for period in assumed:
        complain(
            f"ouidire: the digest of {period.key} became due after the backup and counts as sent; if it "
            f"did not go: ouidire report send --again --period {period.key} --to ADDRESS"
        )
    if as_json:
        say_json(manifest)
    else:
        inform(
            f"restored as of {manifest.at:%Y-%m-%d %H:%M} UTC, {len(manifest.files)} files. "
            "Now: ouidire index rebuild"
        )
    return OK
