"""The encoder: reads a text once and gives the scores of the whole and of each of its sentences.

`bundled().read(texts, spans)` tokenises each text once, reads it in windows of like length (int8 ONNX, on a
CPU) and pools its tokens over the whole text and over each span. An `EncodedText` carries calibrated
probabilities: `stars` (1★ first), `tone` (negative, neutral, positive: for sentences), `classes` (detractor,
passive, promoter), `aspects` with `aspect_polarity` (negative, neutral, positive) and `signals`; `names` says
which column of `aspects` and `signals` is which, as the model's own file does. Its `vector` is the text's
meaning as a unit vector for retrieval (cosine).

A text's numbers depend on that text and its spans alone: windows are padded to a length of their own, and
activations are quantised by fixed scales. What a span says is read in its context; it cannot see beyond its
window.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from enrichment.base import ModelFilesError
from enrichment.models.runtime import runtime
from enrichment.models.windows import WHOLE, TokenWindow, cut
from enrichment.plain.courtesies import body
from enrichment.plain.edits import PlainText
from enrichment.plain.reading_text import plain_text

Floats = NDArray[np.float32]
POLARITIES = 3
"""Negative, neutral, positive."""
STEP = 8
"""Windows are padded to a multiple of this many tokens, a function of their own length alone."""
TOKENS = 384
"""Tokens read in one run of the model.

Enough to keep two cores busy, little enough to stay in their caches: a tenth less processor time than 1,536.
"""
TEXTS = 256
"""Texts tokenised at a time: memory stays flat whatever the batch."""
PAD = 1
THEMES = "theme.npz"
"""The read-out for themes, beside the model."""
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of characters, which no UTF-8 holds."""


class ColumnNames(NamedTuple):
    """The signals of the columns of `SpanScores`: of `aspects` (and `aspect_polarity`), and of `signals`."""

    aspects: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()


class SpanScores(NamedTuple):
    """Probabilities, a row per span (no leading axis for one alone); None for what a model does not give."""

    stars: Floats
    tone: Floats
    classes: Floats | None
    aspects: Floats | None
    aspect_polarity: Floats | None
    signals: Floats | None


class EncodedText(NamedTuple):
    """The scores of a whole text and of each of its spans (rows, in order); its meaning as a unit vector.

    `themes` are unit vectors for grouping, of the whole (first row) and of each span: a linear read-out of
    the pooled values of all heads. None where a model has no such read-out.
    `plain` is the text as it was read, None where a model read it as it is written.
    """

    whole: SpanScores
    sentences: SpanScores
    vector: Floats | None
    themes: Floats | None = None
    names: ColumnNames = ColumnNames()
    plain: PlainText | None = None


class TextEncoder(Protocol):
    """A model that reads texts: the bundled encoder, or one from a hub (`enrichment.models.hub`)."""

    label: str
    version: int

    def read(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> list[EncodedText]:
        """Return one reading per text; `spans` are its sentences' offsets, in order and without overlap."""


class Encoder:
    """The bundled model: `tokenizer.json`, `model.onnx` and `readout.json` in one folder."""

    label = ""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        onnx = runtime()
        options = onnx.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.enable_mem_pattern = False
        # a waiting thread sleeps: on a shared machine, spinning takes the time of those that work
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnx.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._heads = EncoderHeads(json.loads((folder / "readout.json").read_text(encoding="utf-8")))
        with np.load(folder / "meaning.npz", allow_pickle=False) as arrays:
            self._meaning = arrays["weight"].astype(np.float32), arrays["bias"].astype(np.float32)
        with np.load(folder / THEMES, allow_pickle=False) as arrays:
            self._themes = arrays["weight"].astype(np.float32), arrays["bias"].astype(np.float32)
        self.version = self._heads.version

    def read(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> list[EncodedText]:
        """Return one reading per text, in order; texts of any length, batches of any size."""
        found: list[EncodedText] = []
        for start in range(0, len(texts), TEXTS):
            found += self._some(texts[start : start + TEXTS], spans[start : start + TEXTS])
        return found

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return texts × head values: pooled over whole texts, not calibrated."""
        found = [
            self._pooled(_plain(texts[start : start + TEXTS]), [()] * TEXTS)[0]
            for start in range(0, len(texts), TEXTS)
        ]
        return np.stack([values for some in found for values, _ in some])

    def _some(self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> list[EncodedText]:
        plain = _plain(texts)
        read = self._encoded(*self._pooled(plain, spans))
        return [each._replace(plain=own) for each, own in zip(read, plain, strict=True)]

    def _pooled(
        self, plain: Sequence[PlainText], spans: Sequence[Sequence[tuple[int, int]]]
    ) -> tuple[list[tuple[Floats, Floats]], list[dict[int, Floats]]]:
        """Return, by text, the whole's pooled values and mean states, and each span's pooled values."""
        encodings = self._tokenizer.encode_batch([each.text for each in plain], add_special_tokens=False)
        windows: list[TokenWindow] = []
        for owner, (encoding, wanted) in enumerate(zip(encodings, spans, strict=False)):
            starts = [plain[owner].place(start, end)[0] for start, end in encoding.offsets]
            own = cut(owner, encoding.ids, starts, wanted, _body(plain[owner].text, encoding.offsets))
            windows += [each for each in own if each.pieces]
        wholes: dict[int, tuple[Floats, Floats]] = {}
        rows: list[dict[int, Floats]] = [{} for _ in plain]
        for group in _grouped(windows):
            pooled, means = self._run(group)
            at = 0
            for window, mean in zip(group, means, strict=True):
                for piece in window.pieces:
                    if piece.number == WHOLE:
                        wholes[window.owner] = pooled[at], mean
                    else:
                        rows[window.owner][piece.number] = pooled[at]
                    at += 1
        return [wholes[owner] for owner in range(len(plain))], rows

    def _run(self, group: Sequence[TokenWindow]) -> tuple[Floats, Floats]:
        """Return each piece's pooled head values, in order, and each window's mean states."""
        length = _padded(max(len(window.ids) for window in group))
        ids = np.full((len(group), length), PAD, np.int32)
        for row, window in enumerate(group):
            ids[row, : len(window.ids)] = window.ids
        lengths = np.array([len(window.ids) for window in group], np.int32)
        tokens, means = self._session.run(None, {"ids": ids, "lengths": lengths})
        starts = [row * length + piece.start for row, window in enumerate(group) for piece in window.pieces]
        ends = [row * length + piece.end for row, window in enumerate(group) for piece in window.pieces]
        return self._heads.pool(
            tokens.reshape(len(group) * length, -1), np.array(starts), np.array(ends)
        ), means

    def _encoded(
        self, wholes: Sequence[tuple[Floats, Floats]], rows: Sequence[dict[int, Floats]]
    ) -> list[EncodedText]:
        """Turn pooled values into probabilities, all at once, and hand each text its own."""
        values = [value for value, _ in wholes] + [row[number] for row in rows for number in sorted(row)]
        if not values:
            return []
        scores = self._heads.probabilities(np.stack(values))
        weight, bias = self._meaning
        # row by row: a product of many rows may round otherwise than one of few
        vectors = [weight @ mean + bias for _, mean in wholes]
        found = []
        at = len(wholes)
        for owner, row in enumerate(rows):
            vector = vectors[owner] / np.float32(max(float(np.linalg.norm(vectors[owner])), 1e-9))
            sentences = _taken(scores, slice(at, at + len(row)))
            themes = self._theme_rows([values[owner], *values[at : at + len(row)]])
            found.append(EncodedText(_taken(scores, owner), sentences, vector, themes, self._heads.names))
            at += len(row)
        return found

    def _theme_rows(self, values: Sequence[Floats]) -> Floats:
        """Return the unit vectors of pooled values, row by row, so that none depends on the others."""
        weight, bias = self._themes
        rows = [weight @ each + bias for each in values]
        return np.stack([row / np.float32(max(float(np.linalg.norm(row)), 1e-9)) for row in rows])


class EncoderHeads:
    """Pools token values over spans and calibrates them, as `readout.json` describes the heads.

    Raises ModelFilesError where that file does not name the columns of aspects and signals.
    """

    def __init__(self, described: dict[str, Any]) -> None:
        self.version = int(described["version"])
        self.names = _column_names(described)
        self.columns: dict[str, slice] = {}
        spread: list[int] = []
        at = weights = 0
        for name, values, own in described["heads"]:
            self.columns[name] = slice(at, at + values)
            spread += [weights + index * own // values for index in range(values)]
            at, weights = at + values, weights + own
        self._values = at
        self._spread = np.array(spread)
        self._calibration = {
            name: (np.asarray(each["weight"], np.float64), np.asarray(each["bias"], np.float64))
            for name, each in described["calibration"].items()
        }

    def pool(self, tokens: Floats, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Floats:
        """Return the weighted means of token rows over spans, one row per span; no span is empty."""
        sizes = ends - starts
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        places = np.repeat(starts - first, sizes) + np.arange(int(sizes.sum()))
        chosen = tokens[places]
        weights = chosen[:, self._values :]
        spread = weights[:, self._spread]
        top = np.add.reduceat(chosen[:, : self._values] * spread, first, axis=0)
        return np.asarray(top / np.add.reduceat(weights, first, axis=0)[:, self._spread], np.float32)

    def probabilities(self, values: Floats) -> SpanScores:
        """Return calibrated probabilities, one row per row of pooled values."""
        wide = values.astype(np.float64)
        stars = self._scores("stars", wide)
        tone = self._scores("tone", wide)
        classes = self._scores("classes", wide)
        polarity = wide[:, self.columns["aspect_polarity"]].reshape(len(wide), -1, POLARITIES)
        return SpanScores(
            stars=_softmax(stars),
            tone=_softmax(tone),
            classes=_softmax(classes),
            aspects=_sigmoid(self._scores("aspects", wide)),
            aspect_polarity=_softmax(polarity),
            signals=_sigmoid(self._scores("signals", wide)),
        )

    def _scores(self, name: str, wide: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a head's calibrated scores: a vector of weights scales each, a matrix mixes all heads."""
        own = wide[:, self.columns[name]]
        if name not in self._calibration:
            return own
        weight, bias = self._calibration[name]
        if weight.ndim == 1:
            return np.asarray(own * weight + bias)
        # summed column by column, so that a row's result does not depend on how many rows there are
        total = np.repeat(bias[None], len(wide), axis=0)
        for column in range(weight.shape[1]):
            total += wide[:, column : column + 1] * weight[:, column]
        return total


def _column_names(described: dict[str, Any]) -> ColumnNames:
    named = described.get("names", {})
    names = ColumnNames(tuple(named.get("aspects", ())), tuple(named.get("signals", ())))
    widths = {name: values for name, values, _ in described["heads"]}
    for head, own, width in (
        ("aspects", names.aspects, 1),
        ("aspect_polarity", names.aspects, POLARITIES),
        ("signals", names.signals, 1),
    ):
        if len(own) * width != widths[head]:
            count = f"readout.json names {len(own)} columns, the head {head!r} has {widths[head]} values"
            raise ModelFilesError(f"{count}: ship the model again")
    return names


def _plain(texts: Sequence[str]) -> list[PlainText]:
    return [plain_text(_SURROGATE.sub("\ufffd", text)) for text in texts]


def _body(text: str, offsets: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the tokens of a text, the first and the one after the last, without greeting and closing."""
    first, last = body(text)
    if (first, last) == (0, len(text)):
        return 0, len(offsets)
    return sum(end <= first for _, end in offsets), sum(start < last for start, _ in offsets)


def _grouped(windows: Sequence[TokenWindow]) -> Iterable[list[TokenWindow]]:
    """Yield windows of the same padded length, at most TOKENS at a time."""
    order = sorted(windows, key=lambda window: _padded(len(window.ids)))
    group: list[TokenWindow] = []
    for window in order:
        length = _padded(len(window.ids))
        if group and (length != _padded(len(group[0].ids)) or (len(group) + 1) * length > TOKENS):
            yield group
            group = []
        group.append(window)
    if group:
        yield group


def _padded(length: int) -> int:
    return -(-length // STEP) * STEP


def _taken(scores: SpanScores, place: int | slice) -> SpanScores:
    return SpanScores(*(None if part is None else part[place] for part in scores))  # type: ignore[arg-type]


def _softmax(scores: NDArray[np.float64]) -> Floats:
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


def _sigmoid(scores: NDArray[np.float64]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-scores)), np.float32)


@cache
def bundled() -> Encoder:
    """Load the model that ships with the package, once per process."""
    with resources.as_file(resources.files("enrichment").joinpath("models/weights")) as folder:
        return Encoder(folder)
