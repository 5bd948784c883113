"""The command line: one message for every error, and the exit codes that it promises (0 ok, 1 error, 2 usage, 3 partial)."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code. No expected failure shows a traceback."""
    import click
    import typer

    from ouidire.cli.app import app
    from ouidire.cli.output import ERROR, OK, USAGE, complain
    from ouidire.errors import ConfigError, OuidireError, UsageError
    from ouidire.logs import configure

    configure()
    command = typer.main.get_command(app)
    try:
        code = command.main(args=list(arguments) if arguments is not None else None, prog_name="ouidire", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.exceptions.Abort, KeyboardInterrupt):
        messages, code = ["stopped; what was begun is taken up again next time"], ERROR
    except ConfigError as error:
        messages, code = error.problems, ERROR
    except OuidireError as error:
        messages, code = [str(error)], USAGE if isinstance(error, UsageError) else ERROR
    except BrokenPipeError:
        return OK
    except OSError as error:
        messages, code = [f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"], ERROR
    else:
        return code if isinstance(code, int) else OK
    for line in messages:
        complain(f"ouidire: {line}")
    return code
