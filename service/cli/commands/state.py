"""`ouidire state recover` and `ouidire state move`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.language import sentence, value_named
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, moment, opened, settings_of
from service.cli.output import ERROR, OK, PARTIAL, complain, confirmed, err, inform, say_json, say_table

if TYPE_CHECKING:
    from service.pipeline.keep.recover import Recovery, RecoveryPlan

RECOVER_HELP = (
    "Make a lost or damaged state again from the harvests, after saying what cannot be known; "
    "no digest of a past period is sent again."
)
MOVE_HELP = (
    "Move the state to another database, SQLite or PostgreSQL: every row is copied and compared, while "
    "nothing else is at work; the former one is refused from then on."
)
ERASURES = (
    "who asked to be erased, as far as the index does not know it: their words are not in the harvests, but "
    "sites that still show them would bring them back. Run `ouidire erase` again for each, before anything"
)
OPT_OUTS = "who unsubscribed: take them off [[recipient]] before the next digest"
LEDGER = (
    "which digests and alerts went to whom: those of every past period count as sent, and are not sent again"
)
CORRECTIONS = (
    "what a person decided of a run, which reviews were answered or dismissed, the audit, sessions of the "
    "pages: everyone logs in again; corrections, unless you exported them (`ouidire correct import`)"
)
NEW_KEY = (
    "with a new key: authors known so far are not recognised any more, mentions to which their site gives no "
    "id come back under another, and erasures by author do not match"
)


def recover(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it, without asking.")] = False,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make a new key too, where it is lost for good.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Recover the state."""
    from ouidire.errors import ConfigError, UsageError
    from service.pipeline.installation import Installation
    from service.pipeline.keep.recover import plan_recovery, recover_state, renew_key

    installation = Installation(settings_of(config), now=moment(now), recovering=True)
    try:
        with installation.exclusive():
            plan = plan_recovery(installation.settings, new_key=new_key)
            if plan.state == "sound" and not new_key:
                raise UsageError(f"the state {plan.path} is sound: there is nothing to recover")
            if not plan.has_key and not new_key and plan.harvests:
                raise ConfigError(
                    ["privacy.key_file: the key is gone; put its own copy back, or say --new-key"]
                )
            if not as_json:
                _say_plan(plan, new_key=new_key)
            if not (yes or (sys.stdin.isatty() and confirmed("Do it?"))):
                complain("ouidire: nothing was done; `ouidire state recover --yes` does it")
                return ERROR
            if new_key:
                renew_key(installation, plan)
            if plan.state == "sound":
                inform(f"a new key is in place; copy {plan.key_path} to a safe place, apart from the data")
                return OK
            with err.status(sentence("recovering")) as shown:
                done = recover_state(installation, plan, on_step=lambda step: shown.update(sentence(step)))
    finally:
        installation.close()
    if as_json:
        say_json(done)
    else:
        _say_done(done)
    return PARTIAL if done.problems else OK


def move(
    url: Annotated[
        str,
        typer.Argument(help="Where to, as state.url has it: postgresql+psycopg://…, or sqlite:///FILE."),
    ],
    config: Config = DEFAULT_CONFIG,
    *,
    as_json: Json = False,
) -> int:
    """Move the state."""
    from service.pipeline.keep.moved_state import move_state

    with opened(config) as installation, err.status(sentence("moving")):
        moved = move_state(installation, url)
    if as_json:
        say_json({"url": moved.url, "tables": {name: each._asdict() for name, each in moved.tables.items()}})
        return OK
    say_table(
        ("table", "rows", "checksum"),
        [(name, each.rows, each.sha256[:16]) for name, each in moved.tables.items() if each.rows],
    )
    inform(f'Every row is there. Now write url = "{moved.url}" under [state] in {config}')
    return OK


def _say_plan(plan: "RecoveryPlan", *, new_key: bool) -> None:
    """Print what there is to recover from, and what cannot be known."""
    state = value_named("state_health", plan.state)
    inform(f"the state {plan.path}: {state}")
    if plan.harvests:
        first, last = plan.harvests[0].summary.started_at, plan.harvests[-1].summary.started_at
        sources = len({each.source_key for each in plan.harvests})
        inform(
            f"found: {len(plan.harvests)} harvests of {sources} sources, "
            f"from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        )
    else:
        inform("found: no harvest; the new state will be empty")
    for each in plan.damaged:
        complain(f"ouidire: left out: {each}")
    complain("ouidire: what cannot be known, unless the damaged file still tells it:")
    for line in (ERASURES, OPT_OUTS, LEDGER, CORRECTIONS, *([NEW_KEY] if new_key else [])):
        complain(f"  - {sentence(line)}")


def _say_done(done: "Recovery") -> None:
    """Print what was recovered."""
    inform(f"recovered: {done.runs} runs, {done.mentions} mentions; the index was made anew")
    for path in done.aside:
        inform(f"kept aside: {path}")
    kept = [(value_named("salvaged", name), count) for name, count in sorted(done.salvaged.items()) if count]
    saved = ", ".join(f"{name} {count}" for name, count in kept)
    if saved:
        inform(f"saved of the old state: {saved}")
    if done.suppressed:
        inform(f"{done.suppressed} mentions that the index knew as erased or expired stay so")
    inform(
        f"{done.assumed} digests and alerts count as sent; one that did not go: "
        "`ouidire report send --again --period PERIOD --to ADDRESS`"
    )
    for each in done.problems:
        complain(f"ouidire: {each}")
