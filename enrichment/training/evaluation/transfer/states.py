"""States of texts by the shipped encoder, pooled as its heads pool them, kept on disk.

The heads are linear in the last states of a text's tokens, weighed by the head's own token weights: with
encoder and token weights frozen, a head can be fitted again from these pooled states alone, exactly in its
shipped form. A run that is stopped goes on where it was: parts are written whole, under a folder named after
the hash of the weights, and a text is found by its own hash. No text is kept.
"""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from enrichment.models.encoder import PAD, STEP, EncoderHeads
from enrichment.models.files import WEIGHTS, read_json
from enrichment.models.runtime import runtime
from enrichment.models.windows import TokenWindow, cut
from enrichment.plain.courtesies import body
from enrichment.plain.reading_text import plain_text

Floats = NDArray[np.float64]
REFITTED = ("stars", "classes", "asked")
"""Heads whose pooled states are kept."""
MEANS = "means"
"""Name of the means over all tokens of the middle and the last states, which the model gives as they are."""
KEPT = (*REFITTED, MEANS)
FORM = 2
"""Grows when the arrays of a part change."""
LAST_STATES = "layers.11.norm2.out"
"""Output of the last layer in the graph that `enrichment.training.encoder.graph` writes."""
PART, TOKENS = 256, 384
"""Texts of a part on disk; tokens read in one run of the model."""
_GRAPH, _OUTPUT, _NAME, _TYPE, _TENSOR, _FLOAT = 7, 12, 1, 2, 1, b"\x08\x01"
"""Field numbers of ONNX's protocol buffers: ModelProto.graph, GraphProto.output, ValueInfoProto."""


class PooledStates(NamedTuple):
    """Rows of texts: every head's pooled `values`, not calibrated, and the states that each head pools."""

    values: Floats
    states: dict[str, Floats]

    def taken(self, places: NDArray[np.int64]) -> "PooledStates":
        """Return the rows at these places."""
        return PooledStates(self.values[places], {name: each[places] for name, each in self.states.items()})


class StateCache:
    """Folder of pooled states by text hash; what is missing is computed and written part by part."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        digest = hashlib.sha256(WEIGHTS.joinpath("model.onnx").read_bytes()).hexdigest()[:12]
        self._folder, self._threads = folder / f"{digest}-{FORM}", threads
        self._folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[str, tuple[Path, int]] = {}
        for path in sorted(self._folder.glob("*.npz")):
            self._learn(path)

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Return the texts that are not kept yet, as models read them, once each, in order."""
        read = dict.fromkeys(map(read_text, texts))
        return [text for text in read if text_key(text) not in self._known]

    def fill(self, texts: Sequence[str]) -> None:
        """Compute and keep the states of the texts that are missing; a line on stderr for each part."""
        waiting = self.missing(texts)
        if not waiting:
            return
        reader = _StateReader(self._threads)
        for start in range(0, len(waiting), PART):
            part = waiting[start : start + PART]
            arrays = reader.read(part)
            keys = np.array([text_key(text) for text in part])
            path = self._folder / f"{keys[0]}.npz"
            partial = path.with_suffix(".part")
            with partial.open("wb") as file:
                np.savez(file, keys=keys, **arrays)  # type: ignore[arg-type]  # the stub takes them for allow_pickle
            partial.replace(path)
            self._learn(path)
            sys.stderr.write(f"{start + len(part)} of {len(waiting)} texts read\n")

    def states(self, texts: Sequence[str]) -> PooledStates:
        """Return the states of texts, in order. Raises KeyError for a text that is not kept."""
        places = [self._known[text_key(read_text(text))] for text in texts]
        found: dict[str, Floats] = {}
        for path in sorted({path for path, _ in places}):
            with np.load(path, allow_pickle=False) as arrays:
                rows = [row for row, (owner, _) in enumerate(places) if owner == path]
                inside = [places[row][1] for row in rows]
                for name in ("values", *KEPT):
                    value = arrays[name][inside].astype(np.float64)
                    found.setdefault(name, np.zeros((len(texts), value.shape[1])))[rows] = value
        return PooledStates(found["values"], {name: found[name] for name in KEPT})

    def _learn(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as arrays:
            self._known.update({key: (path, row) for row, key in enumerate(arrays["keys"].tolist())})


def read_text(text: str) -> str:
    """Return what the encoder reads of a text: as models read it, without greeting and closing formula."""
    plain = plain_text(text).text
    return plain[slice(*body(plain))]


def text_key(text: str) -> str:
    """Return the hash by which a text is kept."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


class _StateReader:
    """The shipped encoder with one more output: the last states of every token."""

    def __init__(self, threads: int) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_str(WEIGHTS.joinpath("tokenizer.json").read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        onnx = runtime()
        options = onnx.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        graph = with_output(WEIGHTS.joinpath("model.onnx").read_bytes(), LAST_STATES)
        self._session = onnx.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        described = read_json("readout.json")
        self._heads = EncoderHeads(described)
        self._weight = _weight_columns(described)

    def read(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Return the arrays of one part: `values` and each head's pooled states, a row per text."""
        windows = []
        for owner, encoding in enumerate(self._tokenizer.encode_batch(list(texts), add_special_tokens=False)):
            windows += cut(owner, encoding.ids, [offset[0] for offset in encoding.offsets], ())
        arrays: dict[str, NDArray[Any]] = {}
        for group in _batches(windows):
            owners = [window.owner for window in group]
            for name, rows in self._run(group).items():
                if name not in arrays:
                    arrays[name] = np.zeros((len(texts), rows.shape[1]), rows.dtype)
                arrays[name][owners] = rows
        return arrays

    def _run(self, group: Sequence[TokenWindow]) -> dict[str, NDArray[Any]]:
        sizes = np.array([len(window.ids) for window in group])
        length = -(-int(sizes.max()) // STEP) * STEP
        ids = np.full((len(group), length), PAD, np.int32)
        for row, window in enumerate(group):
            ids[row, : len(window.ids)] = window.ids
        tokens, last, means = self._session.run(
            ["tokens", LAST_STATES, "pooled"], {"ids": ids, "lengths": sizes.astype(np.int32)}
        )
        starts = np.arange(len(group)) * length
        pooled = self._heads.pool(tokens.reshape(len(group) * length, -1), starts, starts + sizes)
        found: dict[str, NDArray[Any]] = {"values": pooled, MEANS: means.astype(np.float16)}
        inside = np.arange(length)[None] < sizes[:, None]
        for name in REFITTED:
            weight = tokens[:, :, self._weight[name]] * inside
            mean = (weight[:, None] @ last)[:, 0] / weight.sum(1, keepdims=True)
            found[name] = mean.astype(np.float16)
        return found


def _weight_columns(described: dict[str, Any]) -> dict[str, int]:
    """Return the column of `tokens` that holds each refitted head's token weight."""
    at = sum(values for _, values, _ in described["heads"])
    found = {}
    for name, _, own in described["heads"]:
        found[name] = at
        at += own
    return {name: found[name] for name in REFITTED}


def _batches(windows: Sequence[TokenWindow]) -> Iterator[list[TokenWindow]]:
    """Yield windows of like length, together at most TOKENS tokens."""
    group: list[TokenWindow] = []
    for window in sorted(windows, key=lambda each: len(each.ids)):
        if group and (len(group) + 1) * (len(window.ids) + STEP) > TOKENS:
            yield group
            group = []
        group.append(window)
    if group:
        yield group


def with_output(model: bytes, name: str) -> bytes:
    """Return a serialised ONNX model with the inner result `name` as one more float output.

    Protocol buffers merge what is appended: a second `graph` field adds its outputs to those of the first.
    """
    described = _field(_NAME, name.encode()) + _field(_TYPE, _field(_TENSOR, _FLOAT))
    return model + _field(_GRAPH, _field(_OUTPUT, described))


def _field(number: int, payload: bytes) -> bytes:
    """Return one length-delimited field."""
    size, parts = len(payload), bytearray([number << 3 | 2])
    while size > 0x7F:  # noqa: PLR2004 (seven bits a byte)
        parts.append(size & 0x7F | 0x80)
        size >>= 7
    parts.append(size)
    return bytes(parts) + payload
