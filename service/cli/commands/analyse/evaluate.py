"""`ouidire evaluate`: how right the analysers are on one's own labelled texts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from babel.numbers import format_decimal

from ouidire.errors import UsageError
from service.cli.language import sentence, value_named, words
from service.cli.options import Json
from service.cli.output import OK, say, say_json

if TYPE_CHECKING:
    from enrichment.scoring.evaluation import Evaluation, GroupEvaluation, MeasuredShare

COLUMNS = ("group", "n", "right_side", "macro_f1", "calibration", "exact_stars", "off_by_one")
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
    with err.status(sentence(f"reading {len(read.texts)} texts")):
        found = measure(read.texts, bundled())
    if as_json:
        say_json({"file": str(file), "columns": read.taken, "left_out": read.left_out, **found.model_dump()})
        return OK
    spoken = words()
    taken = ", ".join(f"{value_named('label_column', name)} = {head}" for name, head in read.taken.items())
    say(f"# {spoken.fill('evaluate.title', file=file.name)}\n")
    say(spoken.fill("evaluate.texts", n=len(read.texts), taken=taken))
    if read.left_out:
        say(spoken.fill("evaluate.left_out", n=read.left_out))
    for line in report_lines(found):
        say(line)
    return OK


def report_lines(found: "Evaluation") -> list[str]:
    """Return the report in Markdown: figures by language, French first, then who is taken for whom."""
    from enrichment.scoring.evaluation import ENOUGH

    spoken = words()
    lines = [
        spoken.text("evaluate.intervals"),
        spoken.fill("evaluate.analysers", list=", ".join(found.versions)),
    ]
    if found.n < ENOUGH:
        lines.append(spoken.fill("evaluate.few", fewest=str(ENOUGH)))
    if found.unread:
        lines.append(spoken.fill("evaluate.unread", n=found.unread))
    lines += ["", f"| {' | '.join(spoken.text(f'evaluate.{name}') for name in COLUMNS)} |", "|---" * 7 + "|"]
    for group in found.groups:
        cells = [
            _cell(group.right_side, percent=True),
            _cell(group.macro_f1),
            _cell(group.calibration_error),
            _cell(group.exact_stars, percent=True),
            _cell(group.off_by_one, percent=True),
        ]
        lines.append(f"| {_name(group)} | {group.n} | {' | '.join(cells)} |")
    lines += ["", spoken.text("evaluate.confusion"), "", *_confusion(found.groups[0])]
    for name, (n, right) in (("speaks", found.spoken), ("abstains", found.withheld)):
        if n:
            share = format_decimal(100 * right / n, format="0.0", locale=spoken.language)
            lines.append(f"- {spoken.fill(f'evaluate.{name}', n=n, share=share)}")
    return lines


def _name(group: "GroupEvaluation") -> str:
    if group.name == "all":
        return words().text("evaluate.all")
    return words().fill("evaluate.language", language=group.name)


def _cell(share: "MeasuredShare | None", *, percent: bool = False) -> str:
    if share is None:
        return "–"
    if percent:
        value, low, high = (_number(100 * each, 1) for each in (share.value, share.low, share.high))
    else:
        value, low, high = (_number(each, 3) for each in (share.value, share.low, share.high))
    return f"{value} ({low}–{high})"


def _number(value: float, digits: int) -> str:
    """Return a number with so many decimals, as the language writes it."""
    return format_decimal(value, format=f"0.{'0' * digits}", locale=words().language)


def _confusion(group: "GroupEvaluation") -> list[str]:
    read = ("negative", "neutral", "positive", "mixed")
    named = {each: value_named("value.side", each, file="explorer").lower() for each in read}
    heads = [
        words().text("evaluate.truth"),
        *(words().fill("evaluate.read", side=named[each]) for each in read),
    ]
    lines = [f"| {' | '.join(heads)} |", "|---" * 5 + "|"]
    for truth, counts in group.confusion.items():
        lines.append(f"| {named.get(truth, truth)} | {' | '.join(str(counts[each]) for each in read)} |")
    return [*lines, ""]
