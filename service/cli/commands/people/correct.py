"""`ouidire correct`: what is worth correcting, and the corrections of people."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouidire.errors import UsageError
from ouidire.system.person import ANYBODY
from service.cli.commands.people.answers import NEXT_PASS, Person
from service.cli.language import value_named, words
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened, pairs
from service.cli.output import OK, inform, say, say_json, say_table

if TYPE_CHECKING:
    from service.pipeline.people.agreement import Agreement

QUEUE_HELP = "List what is worth correcting: uncertainty × influence on the figures of the last seven days."
SET_HELP = (
    "Say what a mention is: side=negative, advocacy=detractor, themes=delivery:negative,staff:positive, "
    "place=Lyon, irrelevant=true, brands=a,b, duplicate=ID. `none` empties themes, place and duplicate."
)
UNDO_HELP = "Take corrections of a mention back: its model's reading holds again from the next pass on."
CALIBRATION_HELP = (
    "Show whether a temperature fitted on a brand's corrections (200 or more) would calibrate the chances "
    "of sides better, on corrections held out. Nothing is changed by it."
)
AGREEMENT_HELP = "Show how far two readers agree on what both read: Cohen's kappa, with its interval."
MentionArgument = Annotated[str, typer.Argument(help="The mention's id.")]


def correct_queue(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    brand: Annotated[str | None, typer.Option("--brand", "-b", help="One of your brands (its slug).")] = None,
    second: Annotated[
        bool, typer.Option("--second", help="What awaits a second reader, who is not the first.")
    ] = False,
    by: Person = ANYBODY,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Lines shown.")] = 20,
    as_json: Json = False,
) -> int:
    """List what is worth correcting."""
    from reports.data.scope import Scope
    from service.pipeline.people.correction_queue import correction_queue, second_queue

    with opened(config, now, writes=False) as installation:
        known = [each.slug for each in installation.settings.brand]
        if brand is not None and brand not in known:
            raise UsageError(f"no brand has the slug {brand!r}; the configured ones are {', '.join(known)}")
        if second:
            waiting = second_queue(installation, by=by)
            found = installation.index.get_many("mention", [each.mention_id for each in waiting[:size]])
            lines = [
                {
                    "id": each.mention_id,
                    "field": each.field,
                    "text": getattr(found[each.mention_id], "text", ""),
                }
                for each in waiting[:size]
                if each.mention_id in found
            ]
        else:
            slugs = [brand] if brand else [each.slug for each in installation.settings.own_brands]
            lines = [
                {
                    "id": each.id,
                    "brand": slug,
                    "worth": round(each.worth, 4),
                    "uncertainty": round(each.uncertainty, 3),
                    "influence": round(each.influence, 3),
                    "sentiment": each.document.sentiment,
                    "p_negative": each.document.p_negative,
                    "p_neutral": each.document.p_neutral,
                    "p_positive": each.document.p_positive,
                    "text": each.document.text,
                }
                for slug in slugs
                for each in correction_queue(installation, Scope(brand=slug), size=size)
            ]
    if as_json:
        say_json(lines)
    else:
        for line in lines:
            say(f"\n{line['id']}  " + _chances(line))
            say(f"  {' '.join(str(line['text']).split())[:300]}")
        say("")
        inform(f"{len(lines)} mentions" if lines else "nothing to correct in these days")
    return OK


def correct_set(
    mention: MentionArgument,
    values: Annotated[list[str], typer.Argument(help="What it is, as field=value.", show_default=False)],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
    second: Annotated[
        bool, typer.Option("--second", help="As a second reader, who changes nothing.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Say what a mention is."""
    from service.pipeline.people.correcting import correct, read_again

    given = pairs(values)
    with opened(config, now, writes=False) as installation:
        record = read_again if second else correct
        made = record(installation, mention, given, by=by)
    if as_json:
        say_json(made)
    elif second:
        inform(f"{mention}: read a second time ({_fields(given)}); the first reading stands.")
    else:
        inform(f"{mention}: corrected ({_fields(given)}). {NEXT_PASS}")
    return OK


def correct_undo(
    mention: MentionArgument,
    fields: Annotated[list[str] | None, typer.Argument(help="Only these fields.", show_default=False)] = None,
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
    as_json: Json = False,
) -> int:
    """Take corrections of a mention back."""
    from service.pipeline.people.correcting import undo

    with opened(config, now, writes=False) as installation:
        undone = undo(installation, mention, fields or (), by=by)
    if as_json:
        say_json(undone)
    else:
        inform(f"{mention}: undone ({_fields(each.field for each in undone)}). {NEXT_PASS}")
    return OK


def correct_list(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """List every correction that stands, the last first."""
    from ouidire.state.people.corrections import all_corrections
    from service.pipeline.people.correction_file import as_text

    with opened(config, now, writes=False) as installation, installation.state.read() as connection:
        listed = list(all_corrections(connection))
    if as_json:
        say_json(listed)
    elif listed:
        rows = [
            (each.mention_id, _fields([each.field]), as_text(each.value), each.by, f"{each.at:%Y-%m-%d}")
            for each in listed
        ]
        say_table(("mention", "field", "value", "by", "on"), rows)
    else:
        inform("nothing is corrected")
    return OK


def correct_agreement(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Show how far two readers agree."""
    from service.pipeline.people.agreement import agreements

    with opened(config, now, writes=False) as installation:
        found = agreements(installation)
    if as_json:
        say_json(list(found))
    else:
        for each in found:
            _say_agreement(each)
    return OK


def correct_calibration(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Show whether the chances of sides would be better calibrated on your own texts."""
    from service.pipeline.people.calibration import FEWEST, calibrations

    with opened(config, now, writes=False) as installation:
        found = calibrations(installation)
    if as_json:
        say_json([{**each.model_dump(), "helps": each.helps} for each in found])
        return OK
    for each in found:
        if each.gain is None:
            inform(f"{each.brand}: {each.n} corrected sides, {FEWEST} are needed")
            continue
        inform(f"{each.brand}: {each.n} corrected sides, temperature {each.temperature:.2f}")
        inform(f"  log-loss of held-out ones {each.before:.3f} → {each.after:.3f}")
        inform(f"  gain {each.gain:.3f} ({each.low:.3f} to {each.high:.3f})")
        inform("  it would help" if each.helps else "  no gain beyond its noise")
    return OK


def correct_export(
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: .csv.")],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
    as_json: Json = False,
) -> int:
    """Write every correction to a CSV file."""
    from service.pipeline.people.correction_file import export_corrections

    with opened(config, now, writes=False) as installation:
        count = export_corrections(installation, out, by=by)
    if as_json:
        say_json({"file": str(out), "corrections": count})
    else:
        inform(f"{count} corrections written to {out}")
    return OK


def correct_import(
    file: Annotated[Path, typer.Argument(help="A CSV file with mention, field and value.")],
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    by: Person = ANYBODY,
    as_json: Json = False,
) -> int:
    """Take the corrections of a CSV file in, all of them or none."""
    from service.pipeline.people.correction_file import import_corrections

    with opened(config, now, writes=False) as installation:
        count = import_corrections(installation, file, by=by)
    if as_json:
        say_json({"file": str(file), "corrections": count})
    else:
        inform(f"{count} corrections taken in. {NEXT_PASS}")
    return OK


def _chances(line: dict[str, object]) -> str:
    if "worth" not in line:
        return str(line["field"])
    chances = ", ".join(
        f"{value_named('value.side', name, file='explorer')} {float(str(line[f'p_{name}'] or 0.0)):.0%}"
        for name in ("negative", "neutral", "positive")
    )
    return f"{line['brand']}  {words().fill('queue.worth', worth=str(line['worth']))}  ({chances})"


def _say_agreement(found: "Agreement") -> None:
    """Print how far two readers agree on a field."""
    field = _fields([found.field])
    if found.kappa is None:
        inform(f"{field}: {found.n} read twice, too few or too alike for a kappa")
        return
    inform(
        f"{field}: kappa {found.kappa:.2f} ({found.low:.2f} to {found.high:.2f}), "
        f"{found.same} of {found.n} alike"
    )


def _fields(names: Iterable[str]) -> str:
    """Return what fields that are corrected are called, with commas between."""
    return ", ".join(value_named("field", each, file="queues") for each in names)
