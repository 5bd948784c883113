"""`ouidire token`: what programs ask with."""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from ouidire.errors import UsageError
from ouidire.system.person import ANYBODY
from service.cli.commands.people.accounts import (
    SeenBrands,
    SeenPlaces,
    brands_named,
    limits_text,
    limits_words,
)
from service.cli.commands.people.answers import Person
from service.cli.language import words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, inform, say, say_json, say_table

if TYPE_CHECKING:
    from datetime import timedelta

    from ouidire.state.people.accounts import AccountRole
    from ouidire.state.people.tokens import AccessToken, TokenScope

CREATE_HELP = "Make a token for a program, and show it: this once, for only its hash is kept."
LIST_HELP = "List the tokens: what each may do and sees, when it ends, when it was last used."
REVOKE_HELP = "Have a token open nothing any more."


def token_create(
    label: Annotated[str, typer.Argument(help="What it is for, as the list and the audit name it.")],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            help="read (pages and JSON), export (files too), decide (answers, corrections), "
            "operate (status, metrics, audit) or mcp; repeat it.",
        ),
    ] = None,
    expires: Annotated[str, typer.Option(help="When it ends, from now on, like 90d.")] = "90d",
    brand: SeenBrands = None,
    place: SeenPlaces = None,
    by: Person = ANYBODY,
    as_json: Json = False,
) -> int:
    """Make a token."""
    from ouidire.settings.durations import read_duration
    from ouidire.state.people.accounts import checked_limits
    from ouidire.state.people.audit import record_action
    from ouidire.state.people.tokens import create_token

    scopes = tuple(scope_named(each) for each in scope or ["read"])
    try:
        lasting = cast("timedelta", read_duration(expires))
    except ValueError as error:
        raise UsageError(f"--expires: {error}") from error
    with opened(config, now, writes=False) as installation:
        brands = brands_named(installation.settings, brand)
        role: AccountRole = "operator" if "operate" in scopes else "reader"
        limits = checked_limits(role, brands, tuple(place or ()))
        at, who = installation.clock(), by
        with installation.state.begin() as connection:
            made = create_token(
                connection, label, scopes=scopes, limits=limits, by=who, at=at, lasting=lasting
            )
            told = f"{', '.join(made.token.scopes)}, sees {limits_text(limits)}"
            record_action(connection, "token_create", by=who, at=at, subject=made.token.id, detail=told)
    if as_json:
        say_json({**made.token.model_dump(mode="json"), "token": made.text})
    else:
        say(made.text)
        inform("It is shown this once.")
        inform(f"It ends on {made.token.expires_at:%Y-%m-%d}.")
        inform(f"It may: {', '.join(made.token.scopes)}; it sees: {limits_words(limits)}.")
        inform("Send it in the header `Authorization`, after the word Bearer.")
    return OK


def token_list(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """List the tokens."""
    from ouidire.state.people.tokens import list_tokens

    with opened(config, now, writes=False) as installation:
        at = installation.clock()
        with installation.state.read() as connection:
            found = list_tokens(connection)
    if as_json:
        say_json([each.model_dump(mode="json") for each in found])
    elif found:
        rows = [
            (
                each.id,
                each.label,
                ", ".join(each.scopes),
                limits_words(each.limits),
                _end(each, standing=each.holds(at)),
                f"{each.used_at:%Y-%m-%d}" if each.used_at else words().text("token.never"),
            )
            for each in found
        ]
        say_table(("id", "for", "may", "sees", "ends", "last used"), rows)
    else:
        inform("there is no token; `ouidire token create LABEL --scope read --expires 90d` makes one")
    return OK


def token_revoke(
    token: Annotated[str, typer.Argument(help="Its id, as `ouidire token list` shows it.")],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
) -> int:
    """Have a token open nothing any more."""
    from ouidire.state.people.audit import record_action
    from ouidire.state.people.tokens import revoke_token

    with opened(config, now, writes=False) as installation:
        at, who = installation.clock(), by
        with installation.state.begin() as connection:
            revoked = revoke_token(connection, token, at=at)
            record_action(connection, "token_revoke", by=who, at=at, subject=revoked.id)
    inform(f"{revoked.label} ({revoked.id}) opens nothing any more")
    return OK


def scope_named(text: str) -> "TokenScope":
    """Return the scope of a name. Raises UsageError."""
    from ouidire.state.people.tokens import SCOPES

    for scope in SCOPES:
        if scope == text:
            return scope
    raise UsageError(f"{text!r} is no scope; there are {', '.join(SCOPES)}")


def _end(token: "AccessToken", *, standing: bool) -> str:
    if token.revoked_at is not None:
        return words().text("token.revoked")
    return f"{token.expires_at:%Y-%m-%d}" if standing else words().text("token.ended")
