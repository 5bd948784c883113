"""Writes what was measured as a section of docs/evaluation.md, between its own heading and the next.

`make eval` writes the rest of the page and keeps this section; `make transfer` writes this section alone.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from enrichment.training.evaluation.transfer.between import Interval, LevelError, Spread, spread
from enrichment.training.evaluation.transfer.coverage import (
    SIZES,
    SourceCoverage,
    coverage_of_sites,
    coverage_of_sources,
    mean_coverage,
    site_of_source,
)
from enrichment.training.evaluation.transfer.figures import ASKED, FIGURES, TextPairs
from enrichment.training.evaluation.transfer.measure import (
    CONDITIONS,
    LEFT_OUT,
    LISTED,
    NEW_TRADES,
    OTHER_TRADES,
    OUT_OF_TEN,
    SPLITS,
    UNSEEN,
    MeasuredLevels,
    errors_by_figure,
)

HEADING = "## Levels of a source never seen"
_SECTION = re.compile(rf"^{HEADING}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FEWEST = 3
"""Sources below which a coverage is not printed."""

INTRODUCTION = """
Written by `make transfer` on {today}. An error is that of one source: the level read in its texts minus the
level that their authors gave, over the same texts, {most} at most. τ is its spread between sources beyond
sampling (Paule and Mandel; 95% intervals by Q-profile), *bias* its mean; *about 0* is the spread that
counts for a level which nobody corrects for the bias, *farthest* the largest error (of 20 sources or more,
the one that 95% do not exceed). The constants of `ouidire/measures/transfer.py` are the spreads about 0 and
the farthest errors of sources *never seen*, and for asked NPS those of *surveys by stars alone, and scores of
sites*.

- *seen*: the shipped model on `dev`: the sources that it was trained on, other texts
- *seen, heads fitted again*: the same texts, by heads fitted as in the next line, with nothing left out
- *trade left out*: the same texts, by a head of stars fitted and calibrated without any source of that
  trade (asked NPS: without that survey). **The encoder stays frozen and was trained on these sources, and
  on the surveys' own classes: the errors are too small, those of asked NPS much too small.**
- *survey left out, by stars alone*: asked NPS through a map from the shipped head of stars, which no survey
  taught, to promoter classes, fitted on the other survey
- *scores of sites*: the shipped promoter classes against scores out of ten that sites ask for (Booking,
  Skytrax, SensCritique), read as if they were asked scores: another question, and Skytrax and Booking are
  in training. Both are also taken together
- *never seen*: `train2` and `dev2`, by a head of stars fitted and calibrated on `train` and `dev` alone (the
  shipped one knows `train2`), on the encoder, which saw no text or brand of theirs; some of their trades are
  in training all the same (restaurants, hotels, apps)
- *never seen, other trades* and *new trades*: of these, the trades that are in a training file (`train2`
  among them), and those of `dev2` that are in none, each trade of a source apart
- *sentences*: the four SemEval sets
"""
LIMITS = """
What this cannot say:

- Asked NPS rests on two surveys, and on the scores of five sites, which answer another question. Its
  interval, t · τ on either side, is about as wide as the whole scale: no level of an unseen brand can be
  printed.
- The mix of stars of pharmacies and schools was made by whoever drew the files, and that of Amazon's food
  is nearly even. An error grows with the share of middling stars: theirs may be larger than in a natural
  mix.
- Sites were chosen for what they publish; they are no random draw of the brands that will be followed.
  Three files are of one site (SensCritique, whose NPS by stars is the farthest off), several of Trustpilot.
- The texts carry no dates here, so that bursts cannot be seen (φ = 1).
- The words that mark irony, which move a few texts in the product, are not applied here.
"""
COVERAGE = """
Of each source never seen with 100 texts or more (asked NPS: of each survey and site with scores), draws of n
texts, with replacement: the interval z · √(sampling² + s²) around the level read must hold the source's true
level, with z · s the larger of t · τ and of the farthest error, which is what the product adds to a level.
τ is about 0, and k of Student's k − 1 degrees of freedom counts the sources, the one judged left out.
Promised 95%; in brackets a 95% bootstrap interval over sources. *By t alone* leaves the farthest error out: a
few sites that are far off hardly show in the τ of the others. *Site left out*: the other files of its site do
not count either, and each site counts once.
"""
CHECK = """
How many τ (about 0) the error is on trades that no training file holds: τ of trades left out under the
frozen encoder, and τ of *never seen, other trades*. Beside each error, the standard error that sampling
gives it.
"""


def with_section(page: str, section: str) -> str:
    """Return the page with that section in the place of its old one, or at its end."""
    section = section.strip() + "\n"
    if _SECTION.search(page):
        return _SECTION.sub(lambda _: section + "\n", page).rstrip() + "\n"
    return f"{page.rstrip()}\n\n{section}"


def section_of(page: str) -> str:
    """Return the section of a page, empty where it has none."""
    found = _SECTION.search(page)
    return found.group().strip() + "\n" if found else ""


def section(found: MeasuredLevels, *, today: date) -> Iterator[str]:
    """Yield the lines of the section."""
    yield HEADING
    yield ""
    yield INTRODUCTION.format(today=today.isoformat(), most=f"{SPLITS['train2']:,}").strip()
    yield ""
    yield "| figure | condition | sources | bias | τ | about 0 | farthest |"
    yield "|---|---|---|---|---|---|---|"
    for condition in CONDITIONS:
        for name, errors in errors_by_figure(found, condition).items():
            if len(errors) > 1:
                yield _spread_row(name, condition, spread(errors))
    yield LIMITS.rstrip()
    yield "\n### Coverage on sources left out\n"
    yield from _coverage(found)
    yield "\n### New trades, as a check\n"
    yield from _check(found)
    yield "\n### Errors by source\n"
    yield from _errors(found)


def _name(figure: str) -> str:
    return "asked NPS" if figure == ASKED else FIGURES[figure].name


def _digits(figure: str) -> int:
    return 1 if figure == ASKED else FIGURES[figure].digits


def _spread_row(name: str, condition: str, of: Spread) -> str:
    signed, plain = (_between(_digits(name), sign) for sign in ("+", ""))
    cells = [_name(name), condition, str(of.k), signed(of.bias), plain(of.tau), plain(of.around_zero)]
    cells.append(f"{of.farthest:.{_digits(name)}f}")
    return f"| {' | '.join(cells)} |"


def _between(digits: int, sign: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def cell(of: Interval) -> str:
        form = f"{sign}.{digits}f"
        return f"{of.value:{form}} ({of.low:{form}} to {of.high:{form}})"

    return cell


def _coverage(found: MeasuredLevels) -> Iterator[str]:
    yield COVERAGE.strip()
    yield ""
    yield (
        "| figure | n | sources | coverage % | by t alone % | site left out % | with sampling alone % "
        "| mean half-width |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    unseen = {name: by_condition[UNSEEN] for name, by_condition in found.figures.items()}
    for name, pairs in (*unseen.items(), (ASKED, found.asked.get(OUT_OF_TEN, {}))):
        for size in SIZES:
            each = coverage_of_sources(pairs, size) if len(pairs) >= _FEWEST else []
            if len(each) >= _FEWEST:
                yield _coverage_row(name, size, each, pairs)


def _coverage_row(
    name: str, size: int, each: Sequence[SourceCoverage], pairs: Mapping[str, TextPairs]
) -> str:
    mean, low, high, alone = mean_coverage(each)
    by_t = mean_coverage(coverage_of_sources(pairs, size, reach=False))[0]
    cells = [_name(name), str(size), str(len(each))]
    cells += [f"{100 * mean:.0f} ({100 * low:.0f}–{100 * high:.0f})", f"{100 * by_t:.0f}"]
    if name == ASKED:  # each survey is of a brand of its own
        cells.append("–")
    else:
        apart = coverage_of_sources(pairs, size, apart=site_of_source)
        cells.append(f"{100 * coverage_of_sites(apart):.0f}")
    half = sum(one.half_width for one in each) / len(each)
    return f"| {' | '.join([*cells, f'{100 * alone:.0f}'])} | {half:.{_digits(name)}f} |"


def _check(found: MeasuredLevels) -> Iterator[str]:
    yield CHECK.strip()
    yield ""
    yield "| source | n | figure | error | in τ, left out | in τ, others |"
    yield "|---|---|---|---|---|---|"
    new, left, others = (errors_by_figure(found, each) for each in (NEW_TRADES, LEFT_OUT, OTHER_TRADES))
    overall = []
    for name, errors in new.items():
        frozen, other = (spread(each[name]).around_zero.value for each in (left, others))
        for each in errors:
            cells = [each.source, str(each.n), _name(name), _signed(each, _digits(name))]
            yield f"| {' | '.join([*cells, _times(each.error, frozen), _times(each.error, other)])} |"
        overall.append(
            f"- {_name(name)}: {_root_mean_square(errors, frozen):.1f} with τ of trades left out, "
            f"{_root_mean_square(errors, other):.1f} with τ of other trades never seen"
        )
    yield "\nRoot mean square of error / √(τ² + sampling²), which is 1 where τ is right:\n"
    yield from overall


def _root_mean_square(errors: Sequence[LevelError], tau: float) -> float:
    known = [(each.error, tau * tau + each.variance) for each in errors if tau or each.variance]
    return math.sqrt(sum(error**2 / spread for error, spread in known) / len(known)) if known else math.nan


def _signed(each: LevelError, digits: int) -> str:
    return f"{each.error:+.{digits}f} ± {each.variance**0.5:.{digits}f}"


def _times(error: float, tau: float) -> str:
    return f"{abs(error) / tau:.1f}" if tau > 0 else "–"


def _errors(found: MeasuredLevels) -> Iterator[str]:
    yield "Estimated − true, with the standard error that sampling gives it."
    yield ""
    names = [*FIGURES, ASKED]
    yield f"| condition | source | n | {' | '.join(map(_name, names))} |"
    yield f"|---|---|---|{'---|' * len(names)}"
    for condition in LISTED:
        figures = errors_by_figure(found, condition)
        sources: dict[str, dict[str, LevelError]] = {}
        for name, errors in figures.items():
            for each in errors:
                sources.setdefault(each.source, {})[name] = each
        for source, by_figure in sources.items():
            yield _error_row(condition, source, by_figure, names)


def _error_row(condition: str, source: str, by_figure: dict[str, LevelError], names: Sequence[str]) -> str:
    cells = [condition, source, str(max(each.n for each in by_figure.values()))]
    for name in names:
        if name in by_figure:
            cells.append(_signed(by_figure[name], _digits(name)))
        else:
            cells.append("–")
    return f"| {' | '.join(cells)} |"
