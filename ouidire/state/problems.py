"""What to do about a fault of the state's database: a full disk is no lost state."""

SERVER = "the database server does not answer: check that it runs and that state.url leads to it"
FULL = "the disk is full or cannot be written; nothing is lost: make room, then try again"
HELD = "another program holds it: end that program or wait, then try again"
LOGIN = "the server does not accept the user or the password: check both in state.url"
OWNER = "the user of state.url may not do this: make it the owner of the database"
NO_DATABASE = "create the database, then try again: `createdb --encoding UTF8 --template template0 NAME`"
CROWDED = "the server has no connection left: end what else is connected, or raise max_connections"
STANDBY = "the server only reads: state.url must lead to the one that writes"
DAMAGED = "it is damaged: restore it from your backup (`ouidire restore`), or see `ouidire state recover`"
URL_PARTS = "check the options at the end of state.url"
SERVER_LOG = "look into the database server's log"
BY_CODE: tuple[tuple[str, str], ...] = (
    ("0800", SERVER),
    ("25006", STANDBY),
    ("25P03", SERVER),
    ("28", LOGIN),
    ("3D000", NO_DATABASE),
    ("42501", OWNER),
    ("53100", FULL),
    ("53300", CROWDED),
    ("55P03", HELD),
    ("57P", SERVER),
    ("XX00", DAMAGED),
    ("", SERVER_LOG),
)
"""Beginnings of a server's codes (SQLSTATE), and what a person does about it; the first that fits."""
AT_LOGIN: tuple[tuple[tuple[str, ...], str], ...] = (
    (("authenti", "no password supplied", "pg_hba", 'role "', "rôle «"), LOGIN),
    (('database "', "base de données «"), NO_DATABASE),
    (("too many", "trop de ", "connection slots"), CROWDED),
    (("invalid connection option", "invalid integer value", "invalid value for"), URL_PARTS),
)
"""Words of a server that refuses a connection, in English or French: it gives no code then."""
ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("disk is full", "disk i/o error", "no space"),
        FULL,
    ),
    (
        ("readonly", "read-only", "unable to open", "permission denied"),
        "it cannot be written: check who owns the folder and its permissions",
    ),
    (("locked", "busy"), HELD),
    (("malformed", "not a database", "corrupt"), DAMAGED),
    (("connection refused", "could not connect", "timeout", "name or service"), SERVER),
)
"""Words of a database's message, in lower case, and what a person does about it; the first that fits."""
FOLDER = "is a folder; move it away, then `ouidire restore` from your backup, or see `ouidire state recover`"
OTHERWISE = "if it stays so, restore it from your backup (`ouidire restore`)"


def advised(error: BaseException) -> str:
    """Return a fault's message followed by what to do about it."""
    cause = error.__cause__ or error
    said = next(iter(str(cause).splitlines()), type(error).__name__)
    return f"{said}; {_advice(cause, said.lower())}"


def _advice(cause: BaseException, said: str) -> str:
    if hasattr(cause, "sqlstate"):  # of a server
        code = str(cause.sqlstate or "")
        if code:
            return next(advice for beginning, advice in BY_CODE if code.startswith(beginning))
        otherwise = SERVER if type(cause).__name__ == "OperationalError" else SERVER_LOG
        return next((advice for words, advice in AT_LOGIN if any(word in said for word in words)), otherwise)
    return next((advice for words, advice in ADVICE if any(word in said for word in words)), OTHERWISE)
