"""`ouidire enrich` and `ouidire reenrich`: score a file of texts, or what is kept, with the analysers."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.language import sentence
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, PARTIAL, complain, inform, say_json, say_table


def enrich(
    file: Annotated[
        Path,
        typer.Argument(
            help="Texts: .jsonl or .csv, gzipped or not; one row is one text.", show_default=False
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File to write: one JSON object per row, in order.")
    ],
    *,
    text_column: Annotated[str, typer.Option(help="Column or field that holds the text.")] = "text",
    lang_column: Annotated[
        str, typer.Option(help="Column or field that holds its language (fr, en …), where there is one.")
    ] = "lang",
    group_by: Annotated[
        str | None,
        typer.Option(help="Also count the positive and negative texts of each value of this column."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Score a file of your own texts: sentiment, advocacy, aspects, delight, intents, effort, journey."""
    from enrichment.scoring.rows import Columns
    from enrichment.scoring.score_file import score
    from service.cli.output import err

    columns = Columns(text=text_column, language=lang_column, group=group_by)
    with err.status(sentence("reading")) as shown:
        done = score(
            file,
            out,
            columns=columns,
            on_progress=lambda rows: shown.update(sentence(f"reading — {rows} rows")),
        )
    if as_json:
        say_json({"file": str(out), **done.model_dump(mode="json")})
    else:
        inform(
            f"{done.rows} rows written to {out}"
            + (f", {done.taken_up} of them before it was stopped" if done.taken_up else "")
        )
        if done.positive is not None and done.positive.n:
            share = _percents(done.positive.value, done.positive.low, done.positive.high)
            inform(f"{share} of the texts are positive, read in words (n = {done.positive.n})")
        if done.groups:
            say_table(
                (group_by or "", "rows", "read", "positive", "neutral or mixed", "negative"),
                [
                    (each.group, each.rows, each.read, each.positive, each.undecided, each.negative)
                    for each in done.groups
                ],
            )
            inform(
                "counts, not levels: what is read in words does not compare one shop or brand with another"
            )
    if done.problems:
        complain(f"ouidire: {done.problems} rows have no annotations; the first, {done.first_problem}")
        return PARTIAL
    return OK


def _percents(*share: float | None) -> str:
    """Return a share and its interval in whole percents."""
    value, low, high = (100 * (part or 0.0) for part in share)
    return f"{value:.0f}% ({low:.0f} to {high:.0f}%)"


def reenrich(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Read again what other versions of the analysers had read, and nothing else."""
    from service.cli.output import err
    from service.pipeline.index.ingest import ingest_waiting
    from service.pipeline.index.reenrich import reenrich as read_again

    with opened(config, now) as installation:
        ingest_waiting(installation)
        with err.status(sentence("reading again")) as shown:
            done = read_again(
                installation,
                on_progress=lambda count: shown.update(sentence(f"reading again — {count} mentions")),
            )
    if as_json:
        say_json(done)
    else:
        inform(
            f"{done.changed} of {done.mentions} mentions read again"
            if done.changed
            else f"nothing to read again among {done.mentions} mentions"
        )
    if done.failed:
        complain(f"ouidire: {done.failed} mentions could not be read; they keep what was said of them")
        return PARTIAL
    return OK
