"""Measures the errors of levels by source under each condition: seen, left out, never seen.

*Seen*: the shipped model on `dev`, whose sources it was trained on. *Left out*: the same texts, read by a
head of stars fitted and calibrated without any source of that trade, on the frozen encoder, which has seen
them. *Never seen*: `train2` and `dev2`, read by a head of stars fitted and calibrated without them, on the
encoder, which was trained on none of their sources. *New trades*: the trades of them that no training file
holds, each trade of a source apart. Rows are drawn by their hash, and carry no date: bursts cannot be seen, φ
is 1 here.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.models.encoder import EncoderHeads
from enrichment.models.files import read_json
from enrichment.training.evaluation.transfer.between import LevelError
from enrichment.training.evaluation.transfer.figures import (
    ASKED,
    FIGURES,
    TextPairs,
    asked_pairs,
    pairs,
    source_errors,
)
from enrichment.training.evaluation.transfer.heads import (
    classes_by_stars,
    offsets,
    refit_classes,
    refit_stars,
)
from enrichment.training.evaluation.transfer.rows import NEVER_SEEN, SourceRow, bounded, read_rows, texts
from enrichment.training.evaluation.transfer.states import StateCache
from enrichment.training.evaluation.unseen import sentences

Floats = NDArray[np.float64]
SEEN, REFITTED, LEFT_OUT = "seen", "seen, heads fitted again", "trade left out"
BY_STARS, SITE_SCORES = "survey left out, by stars alone", "scores of sites"
OUT_OF_TEN = "surveys by stars alone, and scores of sites"
UNSEEN, OTHER_TRADES, NEW_TRADES = "never seen", "never seen, other trades", "new trades"
SENTENCES = "sentences"
LISTED = (SEEN, REFITTED, LEFT_OUT, BY_STARS, SITE_SCORES, UNSEEN, NEW_TRADES, SENTENCES)
"""Conditions whose sources are each listed; the others are made of theirs."""
CONDITIONS = (*LISTED[:5], OUT_OF_TEN, UNSEEN, OTHER_TRADES, NEW_TRADES, SENTENCES)
LEAST = 20
"""Rows of a source below which its error says nothing."""
SPLITS = {"train": 100, "dev": 10_000, "train2": 300, "dev2": 1_200}
"""Rows taken of each source and trade, at most."""
SURVEY_ROWS, SENTENCE_ROWS = 400, 150
NEW = ("pharmacy", "higher_education", "food_delivery", "coffee_shop", "fast_food", "car_maker", "hospital")
"""Trades of dev2 that neither train nor train2 holds."""


class MeasuredLevels(NamedTuple):
    """Pairs of texts by figure, condition and source; and those of asked NPS by condition and source."""

    figures: Mapping[str, Mapping[str, Mapping[str, TextPairs]]]
    asked: Mapping[str, Mapping[str, TextPairs]]


class LabelledSources(NamedTuple):
    """The rows of every file that is used, by split; `surveys` are rows of train with an asked score."""

    rows: Mapping[str, Sequence[SourceRow]]
    surveys: Sequence[SourceRow]
    all_train: Sequence[SourceRow]
    sentences: Sequence[SourceRow]

    def texts(self) -> list[str]:
        """Return every text to be read."""
        every = [*self.rows["dev2"], *self.rows["dev"], *self.rows["train2"], *self.rows["train"]]
        return texts([*every, *self.surveys, *self.sentences])


def read_sources(folder: Path) -> LabelledSources:
    """Return what is measured on. Raises UsageError where a file is missing."""
    whole = {split: read_rows(folder, split, most=10**9) for split in SPLITS}
    rows = {
        split: [row for row in bounded(whole[split], most=most) if _says(row)]
        for split, most in SPLITS.items()
    }
    surveys = bounded([row for row in whole["train"] if row.nps is not None], most=SURVEY_ROWS)
    single = [SourceRow(**row.model_dump(), domain="", split="absa") for row in sentences(folder)]
    return LabelledSources(rows, surveys, whole["train"], bounded(single, most=SENTENCE_ROWS))


def _says(row: SourceRow) -> bool:
    """Whether a row of that file serves: of train2 only those with stars, of train all but surveys."""
    if row.split == "train2":
        return row.stars is not None
    return row.split != "train" or row.nps is None


def measure(found: LabelledSources, cache: StateCache) -> MeasuredLevels:
    """Return the pairs and errors of every condition; the states of all texts are in `cache`."""
    heads = EncoderHeads(read_json("readout.json"))

    def shipped(rows: Sequence[SourceRow]) -> Floats:
        return heads.probabilities(cache.states(texts(rows)).values.astype(np.float32)).stars.astype(
            np.float64
        )

    judged = [row for row in found.rows["dev"] if row.nps is None]
    unseen = [row for split in NEVER_SEEN for row in found.rows[split]]
    conditions = {
        condition: (rows, shipped(rows))
        for condition, rows in ((SEEN, judged), (SENTENCES, found.sentences))
        if rows
    }
    fresh = fitted_without(found, cache, judged, unseen)
    is_new = np.array([row.domain in NEW for row in unseen], bool)
    for condition, chosen in (
        (UNSEEN, np.ones(len(unseen), bool)),
        (OTHER_TRADES, ~is_new),
        (NEW_TRADES, is_new),
    ):
        if chosen.any():
            rows = [row for row, kept in zip(unseen, chosen, strict=True) if kept]
            conditions[condition] = rows, fresh[chosen]
    for condition, leave_out in ((REFITTED, False), (LEFT_OUT, True)):
        conditions[condition] = judged, refitted(found, cache, judged, leave_out=leave_out)
    asked = {condition: _asked(found, cache, condition) for condition in (REFITTED, LEFT_OUT, BY_STARS)}
    asked[SITE_SCORES] = _site_scores(found, cache, heads)
    return MeasuredLevels(
        {
            name: {
                condition: pairs(rows, chances, figure, least=LEAST, by_trade=condition == NEW_TRADES)
                for condition, (rows, chances) in conditions.items()
            }
            for name, figure in FIGURES.items()
        },
        asked | {OUT_OF_TEN: asked[BY_STARS] | asked[SITE_SCORES]},
    )


def refitted(
    found: LabelledSources, cache: StateCache, judged: Sequence[SourceRow], *, leave_out: bool
) -> Floats:
    """Return the five-star chances of `judged`, by heads fitted again: once, or without each trade."""
    train = found.rows["train"]
    states, own = cache.states(texts(train)), cache.states(texts(judged))
    shift = offsets(found.all_train, found.rows["dev"])
    chances = np.zeros((len(judged), 5))
    for trade in sorted({row.domain for row in judged}) if leave_out else [None]:
        kept, calibrating = (_other_trades(rows, trade) for rows in (train, judged))
        head = refit_stars(
            [train[place] for place in kept],
            states.taken(kept),
            [judged[place] for place in calibrating],
            own.taken(calibrating),
            shift,
        )
        places = np.array([place for place, row in enumerate(judged) if trade in (None, row.domain)])
        chances[places] = head.chances(own.taken(places))
    return chances


def fitted_without(
    found: LabelledSources, cache: StateCache, judged: Sequence[SourceRow], unseen: Sequence[SourceRow]
) -> Floats:
    """Return the five-star chances of rows that are in neither `train` nor `judged`, which fit their head."""
    train, judged = (
        [row for row in rows if row.stars is not None or row.label is not None]
        for rows in (found.rows["train"], judged)
    )
    own, dev = cache.states(texts(train)), cache.states(texts(judged))
    head = refit_stars(train, own, judged, dev, offsets(found.all_train, found.rows["dev"]))
    return head.chances(cache.states(texts(unseen)))


def _other_trades(rows: Sequence[SourceRow], trade: str | None) -> NDArray[np.int64]:
    return np.array(
        [
            place
            for place, row in enumerate(rows)
            if row.domain != trade and (row.stars is not None or row.label is not None)
        ]
    )


def _asked(found: LabelledSources, cache: StateCache, condition: str) -> dict[str, TextPairs]:
    """Return the NPS of the dev rows of each survey, by heads that saw it (REFITTED) or not."""
    dev = [row for row in found.rows["dev"] if row.nps is not None]
    result = {}
    for survey in sorted({row.src for row in dev}):
        fitted, calibrating = (
            [row for row in rows if row.src != survey or condition == REFITTED]
            for rows in (found.surveys, dev)
        )
        judged = [row for row in dev if row.src == survey]
        of_fitted, of_dev, own = (cache.states(texts(rows)) for rows in (fitted, calibrating, judged))
        if condition == BY_STARS:
            classes = classes_by_stars(fitted, of_fitted, own)
        else:
            classes = refit_classes(fitted, of_fitted, calibrating, of_dev, own)
        result[survey] = asked_pairs([row.nps or 0 for row in judged], classes)
    return result


def _site_scores(found: LabelledSources, cache: StateCache, heads: EncoderHeads) -> dict[str, TextPairs]:
    """Return the shipped classes beside the scores out of ten that some sites ask for."""
    by_source: dict[str, list[SourceRow]] = {}
    for split in ("dev", *NEVER_SEEN):
        for row in found.rows[split]:
            if row.score10 is not None:
                by_source.setdefault(row.src, []).append(row)
    result = {}
    for source, rows in sorted(by_source.items()):
        classes = heads.probabilities(cache.states(texts(rows)).values.astype(np.float32)).classes
        if len(rows) >= LEAST and classes is not None:
            result[source] = asked_pairs([row.score10 or 0 for row in rows], classes.astype(np.float64))
    return result


def errors_by_figure(found: MeasuredLevels, condition: str) -> dict[str, list[LevelError]]:
    """Return the errors of a condition by figure, those of asked NPS included."""
    result = {
        name: source_errors(by_condition.get(condition, {}))
        for name, by_condition in (*found.figures.items(), (ASKED, found.asked))
    }
    return {name: errors for name, errors in result.items() if errors}
