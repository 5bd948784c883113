"""The command line: one message for every error, and exit codes (0 ok, 1 error, 2 usage, 3 partial)."""

import errno
import os
import sys
from collections.abc import Sequence

_ADVICE = (
    (
        (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
        "; no room is left (disk, quota, limit of file sizes): make room, then try again; nothing is lost",
    ),
    (
        (errno.EACCES, errno.EPERM, errno.EROFS),
        "; this user may not write there: check who owns it, its permissions, and that the disk is writable",
    ),
)
"""What to do about an error of the system, by its numbers."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit. What it and its children make is private to its user."""
    from ouidire.system.private import keep_files_private

    keep_files_private()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code.

    No failure shows a traceback, unless `OUIDIRE_LOG=debug` asks for it.
    """
    import typer

    from ouidire.system.logs import configure
    from service.cli.app import app
    from service.cli.help import usage_lines
    from service.cli.language import language_of, speak
    from service.cli.output import OK, USAGE, complain

    configure()
    given = sys.argv[1:] if arguments is None else list(arguments)
    speak(language_of(given, os.environ))
    command = typer.main.get_command(app)
    try:
        code = command.main(args=given, prog_name="ouidire", standalone_mode=False)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.TyperException as error:
        complain("\n".join(usage_lines(error)))
        return USAGE
    except BrokenPipeError:
        return OK
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (the last one: a person reads it)
        messages, code = _failure_lines(error)
        for line in messages:
            complain(f"ouidire: {line}")
        return code
    return code if isinstance(code, int) else OK


def _of_system(error: OSError) -> str:
    """Return the system's message about a file, where it lies, and what to do about it."""
    where = f": {error.filename}" if error.filename else ""
    advice = next((text for numbers, text in _ADVICE if error.errno in numbers), "")
    return f"{error.strerror or error}{where}{advice}"


def _failure_lines(error: BaseException) -> tuple[list[str], int]:
    """Return the lines to print about a failure, and the exit code.

    A fault of our own is raised again where `OUIDIRE_LOG=debug` asks for its traceback.
    """
    import typer

    from ouidire.errors import ConfigError, OuidireError, UsageError
    from service.cli.language import sentence
    from service.cli.output import ERROR, USAGE

    if isinstance(error, (typer.Abort, KeyboardInterrupt)):
        return [sentence("stopped; what was begun is taken up again next time")], ERROR
    if isinstance(error, ConfigError):
        return [sentence(each) for each in error.problems], ERROR
    if isinstance(error, OuidireError):
        return [_in_words(error)], USAGE if isinstance(error, UsageError) else ERROR
    if isinstance(error, OSError):
        return [sentence(_of_system(error))], ERROR
    if os.environ.get("OUIDIRE_LOG", "").lower() == "debug":
        raise error
    fault = f"{type(error).__name__}: this is a fault of Ouï-dire's own; nothing that was kept is lost"
    return [sentence(f"{fault}. OUIDIRE_LOG=debug shows where it arose")], ERROR


def _in_words(error: Exception) -> str:
    """Return an error's message in the language of the command line, which some say themselves."""
    from service.cli.language import sentence, spoken_language

    said = getattr(error, "sentence", None)
    if said is not None:
        return str(said(spoken_language()))
    return "\n".join(sentence(line) for line in str(error).split("\n"))
