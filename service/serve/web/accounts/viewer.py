"""Who asks: a name, what they may do, and what they see."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from fastapi import Request

from ouidire.state.people.accounts import Account, SightLimits
from ouidire.state.people.tokens import AccessToken
from ouidire.system.person import ANYBODY
from service.serve.web.accounts.permissions import OF_ROLE, OF_SCOPE, Permission

ViewerKind = Literal["machine", "password", "account", "token"]
"""Somebody at this machine, who knows the configured password, an account, a program with a token."""


class Viewer(NamedTuple):
    """Who makes a request."""

    name: str
    kind: ViewerKind
    permissions: frozenset[Permission]
    limits: SightLimits = SightLimits()

    def may(self, wanted: Permission) -> bool:
        """Return whether this is allowed."""
        return wanted == "open" or wanted in self.permissions

    @property
    def logged_in(self) -> bool:
        """Whether there is a session, which can be ended."""
        return self.kind in ("account", "password")

    @property
    def is_named(self) -> bool:
        """Whether the name is that of one account or token, not of all who know a password."""
        return self.kind in ("account", "token")


def operator_at(kind: ViewerKind) -> Viewer:
    """Return who sits at this machine, or knows the configured password: an operator."""
    return Viewer(ANYBODY, kind, OF_ROLE["operator"])


def viewer_of_account(account: Account) -> Viewer:
    """Return who logged in with an account."""
    return Viewer(account.name, "account", OF_ROLE[account.role], account.limits)


def viewer_of_token(token: AccessToken) -> Viewer:
    """Return the program that has a token: it may do what its scopes name."""
    return Viewer(f"token:{token.label}", "token", _together(token), token.limits)


def viewer_at(request: Request) -> Viewer:
    """Return who makes a request that was let through. Raises AttributeError for any other."""
    found: Viewer = request.state.viewer
    return found


def _together(token: AccessToken) -> frozenset[Permission]:
    parts: Iterable[frozenset[Permission]] = (OF_SCOPE[scope] for scope in token.scopes)
    return frozenset[Permission]().union(*parts)
