"""What to do about a fault of the state's database: a full disk is no lost state."""

ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("disk is full", "disk i/o error", "no space"),
        "the disk is full or cannot be written; nothing is lost: make room, then try again",
    ),
    (
        ("readonly", "read-only", "unable to open", "permission denied"),
        "it cannot be written: check who owns the folder and its permissions",
    ),
    (("locked", "busy"), "another program holds it: end that program or wait, then try again"),
    (
        ("malformed", "not a database", "corrupt"),
        "it is damaged: restore it from your backup (`ouidire restore`), or see `ouidire state recover`",
    ),
    (
        ("connection refused", "could not connect", "timeout", "name or service"),
        "the database server does not answer: check that it runs and that state.url leads to it",
    ),
)
"""Words of a database's message, in lower case, and what a person does about it; the first that fits."""
FOLDER = "is a folder; move it away, then `ouidire restore` from your backup, or see `ouidire state recover`"
OTHERWISE = "if it stays so, restore it from your backup (`ouidire restore`)"


def advised(error: BaseException) -> str:
    """Return a fault's message followed by what to do about it."""
    said = next(iter(str(error.__cause__ or error).splitlines()), type(error).__name__)
    lowered = said.lower()
    advice = next((text for words, text in ADVICE if any(word in lowered for word in words)), OTHERWISE)
    return f"{said}; {advice}"
