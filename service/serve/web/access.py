"""Who may see what: the paths that are open to all, and what makes a request one of this machine.

Decided from the path that is routed and from raw headers alone, never from an address that is put together
out of what the client wrote.
"""

import re

from fastapi import Request

from ouidire.mailing.unsubscribe import PATH
from service.pipeline.collect.message_tokens import MESSAGES

OPEN_PATHS = frozenset(
    {"/healthz", "/readyz", "/style.css", "/connexion", "/connexion/annuaire", "/connexion/annuaire/retour"}
)
"""Paths that are open to all, beside the links of mails and the addresses for messages."""
_MAIL_LINK = re.compile(re.escape(PATH) + r"[^/]+(/retour)?")
_MESSAGES = re.compile(re.escape(MESSAGES) + r"[A-Za-z0-9_-]{43}")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_FORWARDED = ("forwarded", "via", "x-real-ip")


def is_open(path: str) -> bool:
    """Return whether a path is open to all."""
    links = (_MAIL_LINK, _MESSAGES)
    return path in OPEN_PATHS or any(each.fullmatch(path) is not None for each in links)


def is_from_this_machine(request: Request) -> bool:
    """Return whether a request names this machine, as the browser of somebody who sits at it does.

    Its Host must be one of ours, with our port or none: a page of the web can have a browser ask here under
    the page's own name (DNS rebinding). What a proxy passes on comes from elsewhere.
    """
    hosts = request.headers.getlist("host")
    port = (request.scope.get("server") or ("", None))[1]
    ours = {*_LOCAL_NAMES, *(f"{name}:{port}" for name in _LOCAL_NAMES)}
    return len(hosts) == 1 and hosts[0] in ours and not _was_forwarded(request)


def _was_forwarded(request: Request) -> bool:
    names = [name.lower() for name in request.headers]
    return any(name in _FORWARDED or name.startswith("x-forwarded-") for name in names)
