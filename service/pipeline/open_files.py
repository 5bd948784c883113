"""Files of an installation that other users of the machine can read, and the command that closes them."""

import shlex
from pathlib import Path

from ouidire.settings.configuration import Settings
from ouidire.system.private import open_mode


def open_files(settings: Settings) -> list[str]:
    """Return one warning for each folder or file of an installation that others can reach."""
    data = settings.path(None, "")
    inside = [
        settings.path(settings.harvest.folder, "harvest"),
        settings.path(settings.digest.outbox, "outbox"),
        settings.path(settings.index.path, "index.db"),
        settings.path(settings.privacy.key_file, "key"),
    ]
    if settings.state_url.startswith("sqlite:///"):
        inside.append(Path(settings.state_url.removeprefix("sqlite:///")))
    elsewhere = [each for each in inside if not each.is_relative_to(data)]
    named = [settings.base / each for each in _secret_files(settings)]
    found = []
    for path in dict.fromkeys((data, *elsewhere, *_beside(elsewhere), *named)):
        mode = open_mode(path)
        if mode is not None:
            recursive = "-R " if path.is_dir() else ""
            command = f"chmod {recursive}go-rwx {shlex.quote(str(path))}"
            found.append(f"{path}: other users of this machine can reach it (mode {mode:03o}); `{command}`")
    return found


def _secret_files(settings: Settings) -> list[Path]:
    """Return the files that hold secrets, as the configuration names them."""
    given = [
        settings.serve.password_file,
        settings.smtp.password_file if settings.smtp else None,
        settings.index.password_file,
        settings.index.api_key_file,
        *(each.url_file for each in settings.channel),
        *(each.secret_file for each in settings.channel),
    ]
    return [each for each in given if each is not None]


def _beside(files: list[Path]) -> list[Path]:
    """Return the journals that SQLite writes beside its files."""
    return [each.with_name(f"{each.name}{ending}") for each in files for ending in ("-wal", "-shm")]
