"""Sources whose site changed much of what was known at once, as long as nobody has said whether it is right.

What such a run brings that is new may be as wrong as what it changes (machine-translated texts, a scale ten
times too large): the period is told and compared without it. It cannot see which of the two it is.
"""

from collections.abc import Sequence

from ouidire.index import MentionIndex, Query, Term
from reports.coverage.observation import ObservationWindow, as_datetime

CHANGED = ("dates", "ratings", "texts")
"""What a site may change wholesale of the readings themselves; new ids change none."""


def sources_in_doubt(
    reader: MentionIndex, brand: str, windows: Sequence[ObservationWindow]
) -> tuple[frozenset[str], ...]:
    """Return, for each window, the keys of sources of which a change made in it is held."""
    where = (
        Term(field="name", any_of=("site_change",)),
        Term(field="basis", any_of=("held",)),
        Term(field="brands", any_of=(brand,)),
        Term(field="subject", any_of=CHANGED),
        ObservationWindow(start=windows[0].start, end=windows[-1].end).range("at"),
    )
    held = [
        (str(row["source_key"]), as_datetime(row["at"]))
        for row in reader.scan(Query(kind="measure", where=where), ("source_key", "at"))
    ]
    return tuple(frozenset(key for key, at in held if window.contains(at)) for window in windows)
