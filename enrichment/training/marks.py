"""The marks of labelled sentences, as the guide writes them (`LABELS.md`), and the signals they stand for."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from enrichment.lexicons.taxonomy import signal_names

SIGNALS: Final = {
    "D": "delight", "I": "irritation", "E0": "effort:none", "E1": "effort:some", "E2": "effort:a_lot",
    "rec": "intent:recommends", "warn": "intent:warns_off", "tell": "intent:tells_others",
    "back": "intent:comes_back", "leave": "intent:leaves", "ask": "intent:asks_answer",
    "pay": "intent:would_pay_more",
    "need": "stage:need", "search": "stage:search", "select": "stage:selection", "buy": "stage:purchase",
    "deliv": "stage:delivery", "use": "stage:use", "maint": "stage:maintenance",
    "reco": "stage:recommendation", "cs": "stage:customer_service",
}  # fmt: skip
"""The signal of each of the guide's ids, in the order of the columns of the encoder's head `signals`."""
SPREADING: Final = {"rec", "back", "warn", "tell", "leave"}
"""Intents that are word of mouth: a stage of the journey as well."""
BLAME, NEITHER, PRAISE = range(3)


def listed(marks: str) -> list[str]:
    """Return the marks of a field; a point stands for none."""
    return [mark for mark in marks.split() if mark != "."]


def tone(aspect_marks: str, signal_marks: str) -> int:
    """Return BLAME for a sentence that only blames, PRAISE for one that only praises, else NEITHER."""
    praises, blames = _sides(aspect_marks, signal_marks)
    if praises == blames:
        return NEITHER
    return PRAISE if praises else BLAME


def target(aspect_marks: str, signal_marks: str) -> NDArray[np.int8]:
    """Return 0/1 by signal of the taxonomy. Raises KeyError for a mark that the guide does not know."""
    found = {f"aspect:{mark[:-1]}" for mark in listed(aspect_marks)} | {
        SIGNALS[mark] for mark in listed(signal_marks)
    }
    if unknown := found - set(signal_names()):
        raise KeyError(*unknown)
    if SPREADING & set(listed(signal_marks)):
        found.add("stage:recommendation")
    found |= {
        name
        for name, there in zip(("tone:good", "tone:bad"), _sides(aspect_marks, signal_marks), strict=True)
        if there
    }
    return np.array([name in found for name in signal_names()], dtype=np.int8)


def _sides(aspect_marks: str, signal_marks: str) -> tuple[bool, bool]:
    """Return whether a sentence praises, and whether it blames."""
    judged, seen = {mark[-1] for mark in listed(aspect_marks)}, set(listed(signal_marks))
    return "+" in judged or bool(seen & {"D", "rec"}), "-" in judged or bool(seen & {"I", "warn"})
