"""`ouidire people`: accounts, their roles, passwords and limits."""

import sys
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from ouidire.errors import UsageError
from ouidire.system.person import ANYBODY
from service.cli.commands.people.answers import Person
from service.cli.language import sentence, value_named, words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, answer_to, inform, say, say_json, say_table
from service.cli.sent_output import colon

if TYPE_CHECKING:
    from ouidire.settings.configuration import Settings
    from ouidire.state.people.accounts import Account, AccountRole, SightLimits
    from service.pipeline.installation import Installation

ADD_HELP = "Add an account; its password is asked for, or read from the first line of the standard input."
LIST_HELP = "List the accounts: the role of each, and what it sees."
RENEW_HELP = "Give an account another password, and end its sessions."
LIMIT_HELP = (
    "Give an account another role, or other brands and places that it sees; what is not named stays as it is."
)
REMOVE_HELP = "Remove an account, and end its sessions."
RoleOption = Annotated[
    str | None,
    typer.Option("--role", help="reader (looks), analyst (corrects, answers, exports) or operator (all)."),
]
SeenBrands = Annotated[
    list[str] | None, typer.Option("--brand", "-b", help="Sees this brand alone (its slug); repeat it.")
]
SeenPlaces = Annotated[list[str] | None, typer.Option("--place", help="Sees this place alone; repeat it.")]
Name = Annotated[str, typer.Argument(help="The account's name, with which its owner logs in.")]


def people_add(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    role: RoleOption = None,
    brand: SeenBrands = None,
    place: SeenPlaces = None,
    by: Person = ANYBODY,
) -> int:
    """Add an account."""
    from ouidire.state.people.accounts import Account, account_name, add_account, checked_limits, new_stamp
    from ouidire.state.people.audit import record_action

    with opened(config, now, writes=False) as installation:
        known, wanted = account_name(name), role_named(role or "reader")
        brands = brands_named(installation.settings, brand)
        limits = checked_limits(wanted, brands, tuple(place or ()))
        kept = _asked_password()
        at, who = installation.clock(), by
        account = Account(
            name=known, role=wanted, limits=limits, password=kept, stamp=new_stamp(), by=who, at=at
        )
        with installation.state.begin() as connection:
            add_account(connection, account)
            record_action(connection, "account_add", by=who, at=at, subject=known, detail=summary_of(account))
    inform(f"{known} can log in: {_spoken(account)}")
    return OK


def people_list(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """List the accounts."""
    from ouidire.state.people.accounts import list_accounts

    with opened(config, now, writes=False) as installation, installation.state.read() as connection:
        found = list_accounts(connection)
    if as_json:
        say_json([each.model_dump(mode="json", exclude={"password", "stamp", "identity"}) for each in found])
    elif found:
        rows = [
            (
                each.name,
                value_named("role_name", each.role, file="people"),
                limits_words(each.limits),
                words().text("account.password" if each.password else "account.issuer"),
            )
            for each in found
        ]
        say_table(("account", "role", "sees", "logs in by"), rows)
    else:
        inform("there is no account yet; `ouidire people add NAME --role analyst` adds one")
    return OK


def people_passwd(
    name: Name, config: Config = DEFAULT_CONFIG, now: Now = None, *, by: Person = ANYBODY
) -> int:
    """Give an account another password."""
    from ouidire.state.people.accounts import known_account, new_stamp

    with opened(config, now, writes=False) as installation:
        with installation.state.read() as connection:
            account = known_account(connection, name)
        if account.identity:
            raise UsageError(f"{account.name} logs in by an issuer: its password is changed there")
        changed = account.model_copy(update={"password": _asked_password(), "stamp": new_stamp()})
        _write(installation, changed, "account_password", by=by)
    inform(f"{changed.name} has another password; its sessions have ended")
    return OK


def people_limit(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    role: RoleOption = None,
    brand: SeenBrands = None,
    place: SeenPlaces = None,
    all_brands: Annotated[bool, typer.Option("--all-brands", help="It sees all brands.")] = False,
    all_places: Annotated[bool, typer.Option("--all-places", help="It sees all places.")] = False,
    by: Person = ANYBODY,
) -> int:
    """Give an account another role, or other limits."""
    from ouidire.state.people.accounts import checked_limits, known_account

    if (brand and all_brands) or (place and all_places):
        raise UsageError("name the brands and places that it sees, or --all-brands and --all-places")
    if not (role or brand or place or all_brands or all_places):
        raise UsageError("say what changes: --role, --brand, --place, --all-brands or --all-places")
    with opened(config, now, writes=False) as installation:
        with installation.state.read() as connection:
            account = known_account(connection, name)
        wanted = role_named(role) if role else account.role
        brands = () if all_brands else brands_named(installation.settings, brand) or account.limits.brands
        places = () if all_places else tuple(place or ()) or account.limits.places
        limits = checked_limits(wanted, brands, places)
        changed = account.model_copy(update={"role": wanted, "limits": limits})
        _write(installation, changed, "account_change", by=by)
    say(f"{changed.name}{colon()}{_spoken(changed)}")
    return OK


def people_remove(
    name: Name, config: Config = DEFAULT_CONFIG, now: Now = None, *, by: Person = ANYBODY
) -> int:
    """Remove an account."""
    from ouidire.state.people.accounts import known_account, remove_account
    from ouidire.state.people.audit import record_action

    with opened(config, now, writes=False) as installation:
        who, at = by, installation.clock()
        with installation.state.begin() as connection:
            account = known_account(connection, name)
            remove_account(connection, account.name)
            record_action(connection, "account_remove", by=who, at=at, subject=account.name)
    inform(f"{account.name} is removed; its sessions have ended")
    return OK


def role_named(text: str) -> "AccountRole":
    """Return the role of a name. Raises UsageError."""
    from ouidire.state.people.accounts import AccountRole

    for role in get_args(AccountRole):
        if role == text:
            return role  # type: ignore[no-any-return]  # one of the three
    raise UsageError(f"{text!r} is no role; there are {', '.join(get_args(AccountRole))}")


def brands_named(settings: "Settings", given: list[str] | None) -> tuple[str, ...]:
    """Return slugs of configured brands. Raises UsageError for one that is none."""
    known = [each.slug for each in settings.brand]
    for slug in given or ():
        if slug not in known:
            raise UsageError(f"no brand has the slug {slug!r}; the configured ones are {', '.join(known)}")
    return tuple(given or ())


def limits_text(limits: "SightLimits") -> str:
    """Return what is seen, as a line says it."""
    if not limits.limited:
        return "everything"
    parts = (("brands", limits.brands), ("places", limits.places))
    return "; ".join(f"{name} {', '.join(values)}" for name, values in parts if values)


def limits_words(limits: "SightLimits") -> str:
    """Return what is seen, in the language of the command line."""
    if not limits.limited:
        return words().text("account.everything")
    parts = (("brands", limits.brands), ("places", limits.places))
    return "; ".join(
        words().fill(f"account.{name}", list=", ".join(values)) for name, values in parts if values
    )


def summary_of(account: "Account") -> str:
    """Return the role of an account and what it sees."""
    return f"{account.role}, sees {limits_text(account.limits)}"


def _spoken(account: "Account") -> str:
    """Return the role of an account and what it sees, in the language of the command line."""
    role = value_named("role_name", account.role, file="people")
    return words().fill("account.summary", role=role, sees=limits_words(account.limits))


def _write(installation: "Installation", account: "Account", action: str, *, by: str) -> None:
    from ouidire.state.people.accounts import save_account
    from ouidire.state.people.audit import record_action

    who, at = by, installation.clock()
    detail = summary_of(account) if action == "account_change" else ""
    with installation.state.begin() as connection:
        save_account(connection, account)
        record_action(connection, action, by=who, at=at, subject=account.name, detail=detail)


def _asked_password() -> str:
    """Ask for a password and return its hash. Raises UsageError for none, and for one that is too short."""
    from service.serve.web.passwords import hashed

    if sys.stdin.isatty():
        given = answer_to(
            "Password", hide_input=True, confirmation_prompt=sentence("Repeat for confirmation")
        )
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError("no password was given")
    return hashed(given)
