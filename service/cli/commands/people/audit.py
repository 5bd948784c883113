"""`ouidire audit`: who corrected, answered, exported, erased, logged in or changed accounts, and when."""

from typing import Annotated

import typer

from service.cli.language import sentence, value_named, words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment, opened
from service.cli.output import OK, inform, say_json, say_table

SEES = "sees brands "
AUDIT_HELP = "Show who corrected, answered, exported, erased, logged in or changed what, the newest first."


def _detail(text: str) -> str:
    """Return what was done in the language of the command line, what is listed one by one."""
    return ", ".join(map(_piece, sentence(text).split(", ")))


def _piece(text: str) -> str:
    """Return one thing that was done: what, and after a blank the state or the limits that it has now."""
    if text.startswith(SEES):
        return words().fill("audit_detail.sees", list=text.removeprefix(SEES))
    what, _, state = text.partition(" ")
    if what == "state" and state:
        return f"{value_named('audit_detail', what)} {value_named('answer_state', state, file='queues')}"
    return value_named("audit_detail", text)


def audit(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    since: Annotated[str | None, typer.Option(help="From this moment on (ISO 8601).")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Only what this person did.")] = None,
    action: Annotated[
        str | None,
        typer.Option(help="Only this: answer, correct, export, erase, log_in … as the list names it."),
    ] = None,
    subject: Annotated[str | None, typer.Option(help="Only what was done to this mention or file.")] = None,
    size: Annotated[int, typer.Option(min=1, max=100_000, help="Entries shown.")] = 100,
    as_json: Json = False,
) -> int:
    """Show who did what."""
    from ouidire.state.people.audit import list_audit

    with opened(config, now, writes=False) as installation, installation.state.read() as connection:
        entries = list_audit(
            connection, since=moment(since), by=by, action=action, subject=subject, limit=size
        )
    if as_json:
        say_json(entries)
    elif entries:
        rows = [
            (
                f"{each.at:%Y-%m-%d %H:%M}",
                each.by,
                value_named("action", each.action, file="people"),
                each.subject,
                _detail(each.detail),
            )
            for each in entries
        ]
        say_table(("when (UTC)", "who", "did", "to", "what"), rows)
    else:
        inform("nothing was done by hand yet")
    return OK
