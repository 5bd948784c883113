"""What every route needs, in one table, and what every role may do: what is not named here is refused.

The route is the one that Starlette chose for the path and method; addresses and headers play no part.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol

from fastapi.routing import APIRoute

from ouidire.state.people.accounts import AccountRole
from ouidire.state.people.tokens import TokenScope

Permission = Literal["open", "own", "look", "export", "decide", "reply", "operate", "mcp"]
"""`open` to all; `own` to whoever is known; the others to roles and tokens that have them.

No token may `reply`: a person confirms what is published.
"""

OF_ROLE: Mapping[AccountRole, frozenset[Permission]] = {
    "reader": frozenset({"own", "look"}),
    "analyst": frozenset({"own", "look", "export", "decide", "reply"}),
    "operator": frozenset({"own", "look", "export", "decide", "reply", "operate"}),
}
OF_SCOPE: Mapping[TokenScope, frozenset[Permission]] = {
    "read": frozenset({"look"}),
    "export": frozenset({"look", "export"}),
    "decide": frozenset({"look", "decide"}),
    "operate": frozenset({"operate"}),
    "mcp": frozenset({"mcp"}),
}
ROUTES: Mapping[tuple[str, str], Permission] = {
    ("GET", "/healthz"): "open",
    ("HEAD", "/healthz"): "open",
    ("GET", "/readyz"): "open",
    ("HEAD", "/readyz"): "open",
    ("GET", "/style.css"): "open",
    ("GET", "/connexion"): "open",
    ("POST", "/connexion"): "open",
    ("GET", "/connexion/annuaire"): "open",
    ("GET", "/connexion/annuaire/retour"): "open",
    ("GET", "/desabonnement/{token}"): "open",
    ("POST", "/desabonnement/{token}"): "open",
    ("POST", "/desabonnement/{token}/retour"): "open",
    ("POST", "/messages/{token}"): "open",
    ("POST", "/deconnexion"): "own",
    ("GET", "/compte"): "own",
    ("POST", "/compte"): "own",
    ("GET", "/"): "operate",
    ("GET", "/metrics"): "operate",
    ("GET", "/comptes"): "operate",
    ("GET", "/journal"): "operate",
    ("GET", "/journal.json"): "operate",
    ("GET", "/explorer.css"): "own",
    ("GET", "/explorer.js"): "own",
    ("GET", "/mentions"): "look",
    ("GET", "/mentions.json"): "look",
    ("GET", "/mentions/{mention_id}"): "look",
    ("GET", "/mentions.csv"): "export",
    ("GET", "/mentions.xlsx"): "export",
    ("GET", "/mentions.ndjson"): "export",
    ("GET", "/chiffres"): "look",
    ("GET", "/chiffres.json"): "look",
    ("GET", "/themes"): "look",
    ("GET", "/themes.json"): "look",
    ("POST", "/themes"): "decide",
    ("GET", "/vues/{view_id}"): "look",
    ("POST", "/vues"): "decide",
    ("POST", "/vues/{view_id}/retirer"): "decide",
    ("POST", "/reperes"): "decide",
    ("POST", "/reperes/{note_id}/retirer"): "decide",
    ("GET", "/a-repondre"): "look",
    ("GET", "/a-repondre.json"): "look",
    ("POST", "/a-repondre"): "decide",
    ("GET", "/a-repondre/{mention_id}"): "reply",
    ("POST", "/a-repondre/{mention_id}"): "reply",
    ("GET", "/corrections"): "decide",
    ("POST", "/corrections"): "decide",
    ("POST", "/mcp"): "mcp",
}


class Routed(Protocol):
    """A route, as an application lists them."""

    def matches(self, scope: Any) -> tuple[Any, Any]:  # noqa: ANN401 (what ASGI calls a scope)
        """Return whether it takes a request: `NONE`, `PARTIAL` (another method) or `FULL`."""


def permission_of(
    routes: Iterable[Routed], scope: Mapping[str, Any]
) -> Permission | Literal["none", "nobody"]:
    """Return what a request needs.

    `none` where no route takes its path and method (it is answered with 404 or 405), `nobody` for a route
    that the table does not name.
    """
    for route in routes:
        matched, _ = route.matches(scope)
        if matched.name == "FULL":
            path = route.path if isinstance(route, APIRoute) else ""
            return ROUTES.get((scope["method"], path), "nobody")
    return "none"
