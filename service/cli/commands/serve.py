"""`ouidire serve` and `ouidire password`."""

import sys

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config
from service.cli.output import OK, answer_to, say

SERVE_HELP = (
    "Run the service: collect, index and report when each is due, and show how it goes on a page; "
    "until it is stopped."
)
HASH_HELP = (
    "Print the hash of a password for the service's pages, "
    "to be kept in the file that `serve.password_file` names."
)


def serve(config: Config = DEFAULT_CONFIG) -> int:
    """Run the service until it is stopped."""
    from ouidire.system.logs import configure
    from service.serve.process import serve as run_service

    configure(quiet=False)
    run_service(config)
    return OK


def password() -> int:
    """Print the hash of a password for the service's pages."""
    from service.serve.web.passwords import hashed

    if sys.stdin.isatty():
        given = answer_to("Password", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError("no password was given")
    say(hashed(given))
    return OK
