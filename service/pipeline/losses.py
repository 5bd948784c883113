"""Tell the first use of an installation from the loss of what is precious in it.

A state or a key that is missing is made anew at first use. Where harvests remember earlier work, the same
silence would send digests twice and forget who asked to be erased: then nothing is done. It
cannot see a loss of everything at once, which is a first use.
"""

from pathlib import Path

from sqlalchemy import Connection

from ouidire.errors import ConfigError, MissingStateError, StateError
from ouidire.harvest.store import HarvestStore
from ouidire.ids import digest
from ouidire.settings.configuration import Settings
from ouidire.state import State, open_state
from ouidire.state.databases import is_server, parsed_url
from ouidire.state.marks import KEY, MOVED, RECOVERING, mark_of, set_mark

RESTORE = (
    "nothing was done; put your backup back with `ouidire restore`, or, without one, see what "
    "`ouidire state recover` can do"
)


def open_known_state(settings: Settings) -> State:
    """Open the state, created at first use.

    Raises StateError where it is missing or empty and something remembers earlier runs.
    """
    path = state_file(settings)
    remembers = None if path is not None and _has_content(path) else _remembers(settings)
    if remembers is None:
        return open_state(settings.state_url)
    lost = (
        f"the state {path or settings.state_url} is gone, but {remembers} remembers earlier runs: a new one "
        f"would send digests again; {RESTORE}; to begin anew on purpose, move {settings.path(None, '')} away "
        "first"
    )
    if path is not None:
        raise StateError(lost)
    try:
        return open_state(settings.state_url, may_create=False)
    except MissingStateError as error:
        raise StateError(lost) from error


def refuse_lost_key(settings: Settings) -> None:
    """Raise ConfigError where the key of author hashes is missing and the state is not."""
    path, state = settings.path(settings.privacy.key_file, "key"), state_file(settings)
    if path.exists() or not (is_server(settings.state_url) if state is None else _has_content(state)):
        return
    if _remembers(settings) is not None:
        raise ConfigError(
            [
                (
                    f"privacy.key_file: the key {path} is gone; with a new one digests would be sent again, "
                    f"and authors could be neither recognised nor erased; put its own copy back; {RESTORE}"
                )
            ]
        )


def refuse_unfinished(state: State) -> None:
    """Raise StateError where a recovery of the state was begun and not ended."""
    with state.read() as connection:
        begun = mark_of(connection, RECOVERING)
    if begun is not None:
        raise StateError(
            f"the recovery of the state that began at {begun} was cut short: "
            "`ouidire state recover --yes` does it again, from the beginning"
        )


def refuse_moved(state: State) -> None:
    """Raise StateError where the state was moved to another database."""
    with state.read() as connection:
        moved = mark_of(connection, MOVED)
    if moved is not None:
        raise StateError(
            f"the state was moved from here ({moved}): name that database under [state]; "
            "to come back, move it back from there"
        )


def refuse_other_key(state: State, secret: bytes, path: Path) -> None:
    """Raise ConfigError where the key is not the one that the state was made with.

    A state of a former version does not know its key yet: this one becomes it.
    """
    with state.read() as connection:
        known = mark_of(connection, KEY)
    if known is None:
        with state.begin() as connection:
            set_key_mark(connection, secret)
    elif known != _key_mark(secret):
        raise ConfigError(
            [
                (
                    f"privacy.key_file: {path} is not the key that this state was made with; with it digests "
                    f"would be sent again, and authors could be neither recognised nor erased; put the right "
                    f"one back; {RESTORE}"
                )
            ]
        )


def set_key_mark(connection: Connection, secret: bytes) -> None:
    """Record which key the state is used with."""
    set_mark(connection, KEY, _key_mark(secret))


def _key_mark(secret: bytes) -> str:
    return digest("key", secret.hex())


def kept_state(settings: Settings) -> State | None:
    """Open the state that there is already; None, and nothing is made, where there is none.

    Raises ConfigError and StateError as `open_state` does.
    """
    path = state_file(settings)
    if settings.state.url is None if path is None else not _has_content(path):
        return None
    try:
        return open_state(settings.state_url, may_create=False)
    except MissingStateError:  # a database that nobody has used yet
        return None


def _remembers(settings: Settings) -> Path | None:
    """Return the folder of harvests where one was sealed; None at first use.

    An index proves nothing: any command that reads makes an empty one.
    """
    store = HarvestStore(settings.path(settings.harvest.folder, "harvest"))
    return store.root if next(store.folders(), None) is not None else None


def state_file(settings: Settings) -> Path | None:
    """Return the state's file; None for a database server, or an address that makes no sense."""
    try:
        url = parsed_url(settings.state_url)
    except ConfigError:
        return None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
