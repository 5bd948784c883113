"""`ouidire evaluate`: how right the analysers are on one's own labelled texts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ouidire.errors import UsageError
from service.cli.options import Json
from service.cli.output import OK, say, say_json

if TYPE_CHECKING:
    from enrichment.scoring.evaluation import Evaluation, GroupEvaluation, MeasuredShare

EVALUATE_HELP = (
    "Score the analysers on your own labelled texts (200 or more): right side, macro-F1, confusion."
)


def evaluate(
    file: Annotated[
        Path,
        typer.Argument(
            help="Labelled texts: .csv, .xlsx, .jsonl or .ndjson; beside each a label (negative, neutral, "
            "positive, mixed; French or English) or stars (1 to 5).",
            show_default=False,
        ),
    ],
    *,
    text_column: Annotated[str | None, typer.Option(help="Heading of the texts, if it is not found.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Heading of the labels.")] = None,
    stars_column: Annotated[str | None, typer.Option(help="Heading of the stars.")] = None,
    language_column: Annotated[str | None, typer.Option(help="Heading of the languages.")] = None,
    as_json: Json = False,
) -> int:
    """Score the analysers on your own labelled texts."""
    from enrichment.run import bundled
    from enrichment.scoring.evaluation import SMALLEST
    from enrichment.scoring.evaluation import evaluate as measure
    from service.cli.output import err
    from service.pipeline.evaluate.labelled_file import read_labelled

    given = {"text": text_column, "label": label_column, "stars": stars_column, "language": language_column}
    read = read_labelled(file, {name: value for name, value in given.items() if value is not None})
    if len(read.texts) < SMALLEST:
        raise UsageError(
            f"{file} has {len(read.texts)} labelled texts: {SMALLEST} at least say anything, 200 much"
        )
    with err.status(f"reading {len(read.texts)} texts"):
        found = measure(read.texts, bundled())
    if as_json:
        say_json({"file": str(file), "columns": read.taken, "left_out": read.left_out, **found.model_dump()})
        return OK
    taken = ", ".join(f"{name} = {heading!r}" for name, heading in read.taken.items())
    say(f"# Evaluation on {file.name}\n\n{len(read.texts)} labelled texts ({taken}).")
    if read.left_out:
        say(f"{read.left_out} rows have no text or no label, and are left out.")
    for line in report_lines(found):
        say(line)
    return OK


def report_lines(found: "Evaluation") -> list[str]:
    """Return the report in Markdown: figures by language, French first, then who is taken for whom."""
    from enrichment.scoring.evaluation import ENOUGH

    lines = [
        "Figures in brackets are 95% bootstrap intervals over texts; no label is shown to the analysers.",
        f"Analysers: {', '.join(found.versions)}.",
    ]
    if found.n < ENOUGH:
        lines.append(f"Fewer than {ENOUGH} texts: believe the intervals, not the figures.")
    if found.unread:
        lines.append(f"{found.unread} texts say nothing that can be read, and are in no figure.")
    lines += [
        "",
        "| texts | n | right side % | macro-F1 | calibration error | exact stars % | off by one % |",
        "|---|---|---|---|---|---|---|",
    ]
    for group in found.groups:
        cells = [
            _cell(group.right_side, percent=True),
            _cell(group.macro_f1),
            _cell(group.calibration_error),
            _cell(group.exact_stars, percent=True),
            _cell(group.off_by_one, percent=True),
        ]
        lines.append(f"| {_name(group)} | {group.n} | {' | '.join(cells)} |")
    lines += ["", "Who is taken for whom, all texts:", "", *_confusion(found.groups[0])]
    for name, (n, right) in (("speaks", found.spoken), ("abstains", found.withheld)):
        if n:
            lines.append(f"- {name}: {n} texts, right {100 * right / n:.1f} %")
    return lines


def _name(group: "GroupEvaluation") -> str:
    return group.name if group.name == "all" else f"language {group.name}"


def _cell(share: "MeasuredShare | None", *, percent: bool = False) -> str:
    if share is None:
        return "–"
    if percent:
        return f"{100 * share.value:.1f} ({100 * share.low:.1f}–{100 * share.high:.1f})"
    return f"{share.value:.3f} ({share.low:.3f}–{share.high:.3f})"


def _confusion(group: "GroupEvaluation") -> list[str]:
    read = ("negative", "neutral", "positive", "mixed")
    lines = [f"| a person says | {' | '.join(f'read {each}' for each in read)} |", "|---|---|---|---|---|"]
    for truth, counts in group.confusion.items():
        lines.append(f"| {truth} | {' | '.join(str(counts[each]) for each in read)} |")
    return [*lines, ""]
