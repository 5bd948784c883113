"""Accounts: who logs in, in which role, and which brands and places they may see.

A password is kept as a hash that the caller made; its `stamp` changes with it, so that sessions opened before
end. It cannot see what a role may do: that is decided where pages are routed.
"""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import AwareDatetime
from sqlalchemy import Connection, delete, insert, select, update

from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.state.tables import accounts
from ouidire.system.person import ANYBODY

AccountRole = Literal["reader", "analyst", "operator"]
ROLES: tuple[AccountRole, ...] = get_args(AccountRole)
MOST_LIMITS = 200
"""Brands, or places, that one account is limited to."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


class SightLimits(Frozen):
    """The brands (slugs) and places that may be seen; an empty one limits nothing."""

    brands: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether anything is out of sight."""
        return bool(self.brands or self.places)


class Account(Frozen):
    """One account. `password` is a hash, empty where an issuer logs in; `identity` names it there."""

    name: str
    role: AccountRole
    limits: SightLimits = SightLimits()
    password: str = ""
    identity: str = ""
    stamp: str
    by: str = ""
    at: AwareDatetime


def account_name(text: str) -> str:
    """Return a name as accounts have it, in small letters. Raises UsageError for one that none can have."""
    name = text.strip().lower()
    if _NAME.fullmatch(name) is None:
        raise UsageError(f"{text!r} is no name of an account: 64 letters a–z, digits and . _ @ + - at most")
    if name == ANYBODY:
        raise UsageError(f"{ANYBODY!r} is who knows the configured password; choose another name")
    return name


def checked_limits(role: AccountRole, brands: tuple[str, ...], places: tuple[str, ...]) -> SightLimits:
    """Return the limits of a role, each value once, in order.

    Raises UsageError for an operator with limits, and for more values than can be asked of an index at once.
    """
    limits = SightLimits(brands=tuple(sorted(set(brands))), places=tuple(sorted(set(places))))
    if role == "operator" and limits.limited:
        raise UsageError("an operator sees all brands and places; give the role of analyst or reader")
    if max(len(limits.brands), len(limits.places)) > MOST_LIMITS:
        raise UsageError(f"an account is limited to {MOST_LIMITS} brands and {MOST_LIMITS} places at most")
    return limits


def new_stamp() -> str:
    """Return a stamp that no session has."""
    return secrets.token_hex(8)


def add_account(connection: Connection, account: Account) -> None:
    """Add an account. Raises UsageError where there is one of this name."""
    if load_account(connection, account.name) is not None:
        raise UsageError(f"there is an account {account.name!r} already; `ouidire people list` shows all")
    connection.execute(insert(accounts), [_row(account)])


def save_account(connection: Connection, account: Account) -> None:
    """Write what an account has become."""
    values = _row(account)
    connection.execute(update(accounts).where(accounts.c.name == account.name).values(values))


def remove_account(connection: Connection, name: str) -> None:
    """Delete an account: its sessions open nothing from now on."""
    connection.execute(delete(accounts).where(accounts.c.name == name))


def load_account(connection: Connection, name: str) -> Account | None:
    """Return the account of a name; None where there is none."""
    row = connection.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
    return None if row is None else _account(dict(row))


def known_account(connection: Connection, name: str) -> Account:
    """Return the account of a name. Raises UsageError where there is none."""
    found = load_account(connection, name.strip().lower())
    if found is None:
        raise UsageError(f"there is no account {name!r}; `ouidire people list` shows all")
    return found


def list_accounts(connection: Connection) -> tuple[Account, ...]:
    """Return all accounts, by name."""
    rows = connection.execute(select(accounts).order_by(accounts.c.name)).mappings()
    return tuple(_account(dict(row)) for row in rows)


def any_account(connection: Connection) -> bool:
    """Return whether there is any account."""
    return connection.execute(select(accounts.c.name).limit(1)).first() is not None


def _row(account: Account) -> dict[str, Any]:
    values = account.model_dump(exclude={"limits"})
    return {**values, **limits_row(account.limits)}


def _account(row: dict[str, Any]) -> Account:
    return Account(limits=limits_of(row), **{key: row[key] for key in row if key not in ("brands", "places")})


def limits_row(limits: SightLimits) -> dict[str, str]:
    """Return limits as columns."""
    return {name: json.dumps(getattr(limits, name), ensure_ascii=False) for name in ("brands", "places")}


def limits_of(row: Mapping[str, Any]) -> SightLimits:
    """Return the limits that columns hold."""
    return SightLimits(brands=tuple(json.loads(row["brands"])), places=tuple(json.loads(row["places"])))
