"""`ouidire report doubts`, `settle` and `bounce`: what became of deliveries afterwards."""

from pathlib import Path
from typing import Annotated

import typer

from ouidire.errors import UsageError
from service.cli.language import sentence, value_named, words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, exit_code, inform, say, say_json, say_table
from service.cli.sent_output import colon, to

SHOWN = 12
DOUBTS_HELP = (
    "List the deliveries in doubt, digests and alerts: cut short between sending and marking, "
    "so that nobody knows whether they left."
)
BOUNCE_HELP = (
    "Take in mail servers' reports of what they could not deliver: "
    "those deliveries are marked as refused, with the status code."
)


def doubts(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """List the deliveries in doubt."""
    from service.pipeline.report.deliveries_in_doubt import unconfirmed_deliveries

    with opened(config, now) as installation:
        found = unconfirmed_deliveries(installation)
    if as_json:
        say_json(found)
        return OK
    if not found:
        inform("nothing is in doubt")
        return OK
    columns = ("id", "report", "brand", "period", "edition", "recipient", "since")
    say_table(
        columns,
        [
            (
                each.id[:SHOWN],
                value_named("report", each.report),
                each.brand,
                each.period,
                ", ".join(map(_alert_kind, each.tells)) or each.edition,
                each.recipient or _gone(),
                f"{each.claimed_at:%Y-%m-%d %H:%M} UTC",
            )
            for each in found
        ],
    )
    inform(
        "Ask who reads it whether it arrived; then: "
        "ouidire report settle ID --sent, or --again to have it sent again."
    )
    return OK


def _alert_kind(kind: str) -> str:
    """Return what a kind of alerts is called."""
    return value_named("alert", f"name_{kind}", file="alerts")


def _gone() -> str:
    """Return what stands for a recipient whom the configuration no longer names."""
    return words().text("delivery.gone")


def settle(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID…", help="What `report doubts` calls it, its beginning, or its Message-ID."
        ),
    ],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    sent: Annotated[bool, typer.Option("--sent", help="It arrived: it is never sent again.")] = False,
    again: Annotated[bool, typer.Option("--again", help="It did not arrive: it is sent again.")] = False,
    as_json: Json = False,
) -> int:
    """Settle deliveries in doubt, once those who read them said whether they arrived.

    All of them, or none.
    """
    from service.pipeline.report.deliveries_in_doubt import resolve

    if sent == again:
        raise UsageError("say what became of it: --sent (it arrived) or --again (it did not)")
    with opened(config, now) as installation:
        settled = resolve(installation, ids, "sent" if sent else "again")
    if as_json:
        say_json([{**each._asdict(), "settled": "sent" if sent else "again"} for each in settled])
        return OK
    for each in settled:
        of = value_named("report", each.report)
        named = f"{of} {each.brand} {each.period} {to(each.recipient or _gone())}"
        if sent:
            inform(f"{named}: settled as sent; it is never sent again")
        elif each.recipient is None:
            inform(f"{named}: settled as not sent; nobody in the configuration reads it, and nothing is sent")
        elif each.report == "digest":
            now_by = f"ouidire report send --brand {each.brand} --period {each.period}"
            inform(f"{named}: sent again by the next run while it is due; now by `{now_by}`")
        else:
            inform(f"{named}: told again by the next run, if it still holds")
    return OK


def bounce(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Delivery reports as they were received (.eml).")
    ],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    as_json: Json = False,
) -> int:
    """Mark deliveries as refused, from mail servers' reports."""
    from reports.delivery.bounces import LARGEST
    from service.pipeline.report.deliveries_in_doubt import record_bounce

    read = []
    with opened(config, now) as installation:
        for path in files:
            with path.open("rb") as file:
                read.append((path, record_bounce(installation, file.read(LARGEST + 1))))
    if as_json:
        say_json([{"file": str(path), **each._asdict()} for path, each in read])
    else:
        for path, each in read:
            about = f"{each.brand} {each.period} {to(each.recipient)}{colon()}" if each.recipient else ""
            why = sentence(each.problem) if each.problem else each.status
            what = value_named("bounce", each.outcome)
            say(f"{path}{colon()}{about}{what}{f' ({why})' if why else ''}")
    bad = sum(each.outcome in ("unknown", "unreadable") for _, each in read)
    return exit_code(bad=bad, of=len(read))
