"""What a worker of `make faults` does: one fault, or one month, in a process of its own."""

import os
import tempfile
import traceback
from pathlib import Path

import pytest

from tests.faults.engine import Bases, Verdict, play
from tests.faults.month import play_month
from tests.faults.rows import every, of_elastic


def quietly(folder: str, name: str) -> Verdict:
    """Play one fault by its name; what the harness itself raises is a failure with its reason."""
    os.environ.update(OUIDIRE_LOG="error", COLUMNS="200", TZ="UTC")
    fault = next(each for each in (*every(), *of_elastic()) if each.name == name)
    with tempfile.TemporaryDirectory(prefix="fault-") as place:
        try:
            return play(fault, Bases(Path(folder)), Path(place) / "installation")
        except Exception as error:  # noqa: BLE001 (one fault that cannot be played stops no other)
            return Verdict(name, fault.kind, (f"cannot be played: {error!r}",), traceback.format_exc())


def month(seed: int) -> Verdict:
    """Play a month with the dice of a seed."""
    os.environ.update(OUIDIRE_LOG="error", COLUMNS="200")
    with tempfile.TemporaryDirectory(prefix="month-") as place, pytest.MonkeyPatch.context() as patch:
        played = play_month(Path(place), seed, patch)
    return Verdict(f"month_{seed}", "month", tuple(played.wrong), "\n".join(played.days))
