"""Reads the files of the shipped models, and finds columns in them by name."""

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.base import ModelFilesError

WEIGHTS = resources.files("enrichment").joinpath("models/weights")


def read_json(name: str) -> Any:  # noqa: ANN401 (whatever JSON can hold)
    """Return the content of one JSON file of `models/weights`."""
    return json.loads(WEIGHTS.joinpath(name).read_text(encoding="utf-8"))


def read_arrays(name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of one `.npz` file of `models/weights`."""
    with resources.as_file(WEIGHTS.joinpath(name)) as path, np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def columns_of(wanted: Sequence[str], names: Sequence[str], *, where: str) -> list[int]:
    """Return the column of each wanted name among `names`, the columns of the file `where`.

    Raises ModelFilesError, with the names that are missing, where the file lacks some.
    """
    place = {name: column for column, name in enumerate(names)}
    missing = [name for name in wanted if name not in place]
    if missing:
        raise ModelFilesError(f"{where} has no column {', '.join(missing)}: ship its model again")
    return [place[name] for name in wanted]
