"""Scores a user's own texts: writes one line of annotations for each row of a file, in order.

The file is written whole or not at all; a scoring that was stopped is taken up again. Lines go to a hidden
file beside the wanted one, which takes its name only when the last row is written. A note beside it says of
which file, options and analysers it is: stopped and called again with the same, what is written is kept; with
others, it begins anew.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from enrichment.base import Subject
from enrichment.run import Enricher, Failure, bundled
from enrichment.scoring.rows import Columns, TextRow, rows_of
from ouidire.annotations import Annotations
from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.measures import Figure, Moments, class_variance, net_sentiment, rate
from ouidire.measures.transfer import read_positive_sd, read_sentiment_sd
from ouidire.system.files import replace_file, sync

BATCH = 128
MOST_TEXT = 100_000
"""Characters read of a text; what follows is left out of the line too."""
MOST_GROUPS = 1_000
NO_GROUP = "–"
_FINGERPRINT = 1 << 20


class GroupCounts(Frozen):
    """Counts of one group of rows: all, those read, and those whose label is each of the four.

    No level: what an analyser is off by differs from one shop or brand to the next, so that levels that were
    read in words do not compare groups.
    """

    group: str
    rows: int
    read: int = 0
    positive: int = 0
    negative: int = 0
    neutral: int = 0
    mixed: int = 0

    @property
    def undecided(self) -> int:
        """Texts that are neither positive nor negative."""
        return self.neutral + self.mixed


class Scored(Frozen):
    """The outcome: rows written, kept from a stopped scoring, without annotations; counts by group.

    `positive` is the share of positive texts of the whole file (0–1), `net_sentiment` theirs (−1…1); the
    intervals of both hold the analyser's spread from brand to brand.
    """

    rows: int
    taken_up: int = 0
    problems: int = 0
    first_problem: str | None = None
    positive: Figure | None = None
    net_sentiment: Figure | None = None
    groups: tuple[GroupCounts, ...] = ()


def score(
    source: Path,
    out: Path,
    *,
    columns: Columns,
    enricher: Enricher | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Scored:
    """Write `out` from the rows of `source`.

    Raises UsageError when `source` cannot be read or `out` cannot be written; `out` is then as it was.
    """
    if source.resolve() == out.resolve():
        raise UsageError(f"{out} is the file to be read: name another one to be written")
    chosen = enricher or bundled()
    part = out.with_name(f".{out.name}.part")
    note = out.with_name(f".{out.name}.part.json")
    taken_up = _begin(part, note, _fingerprint(source, columns, chosen))
    try:
        with part.open("ab") as file:
            for batch in _batches(rows_of(source, columns), taken_up):
                file.write(b"".join(_lines(chosen, batch)))
                file.flush()
                if on_progress is not None:
                    on_progress(batch[-1].number)
            os.fsync(file.fileno())
        done = _summed(part, grouped=columns.group is not None).model_copy(update={"taken_up": taken_up})
    except UsageError:
        part.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        raise
    part.replace(out)
    note.unlink(missing_ok=True)
    sync(out.parent)
    return done


def _fingerprint(source: Path, columns: Columns, enricher: Enricher) -> bytes:
    """Return a description of all that the lines depend on: the file, the options, the analysers."""
    try:
        with source.open("rb") as file:
            head = hashlib.sha256(file.read(_FINGERPRINT)).hexdigest()
        facts = source.stat()
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror or error}") from error
    described = [head, facts.st_size, facts.st_mtime_ns, list(columns), list(enricher.versions)]
    return json.dumps(described).encode()


def _begin(part: Path, note: Path, fingerprint: bytes) -> int:
    """Return the number of rows that a stopped scoring of the same has written; else clear them, return 0."""
    if part.exists() and note.exists() and note.read_bytes() == fingerprint:
        whole, rows = 0, 0
        with part.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole, rows = whole + len(line), rows + 1
        os.truncate(part, whole)
        return rows
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(b"")
        replace_file(note, fingerprint)
    except OSError as error:
        raise UsageError(f"{part.parent} cannot be written to: {error.strerror or error}") from error
    return 0


def _batches(rows: Iterator[TextRow], skipped: int) -> Iterator[list[TextRow]]:
    waiting = islice(rows, skipped, None)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _lines(enricher: Enricher, batch: list[TextRow]) -> Iterator[bytes]:
    """Yield the line of each row, in order."""
    subjects = {
        row.number: enricher.prepare(row.text[:MOST_TEXT], stated_language=row.language)
        for row in batch
        if row.problem is None
    }
    found = dict(zip(subjects, enricher.annotate(list(subjects.values())), strict=True))
    for row in batch:
        line: dict[str, Any] = {"row": row.number}
        if row.group is not None:
            line["group"] = row.group
        if row.problem is not None:
            line |= _problem(row.problem)
        else:
            line |= _outcome(subjects[row.number], found[row.number])
        yield json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _problem(reason: str) -> dict[str, Any]:
    return {"text": None, "annotations": None, "problem": reason}


def _outcome(subject: Subject, found: Annotations | Failure) -> dict[str, Any]:
    if isinstance(found, Failure):
        return _problem(found.reason)
    return {
        "text": subject.text,
        "annotations": found.model_dump(mode="json", exclude={"vector", "theme_vectors"}),
    }


def _summed(part: Path, *, grouped: bool) -> Scored:
    """Return the outcome by reading the lines once more, whenever they were written."""
    rows = problems = 0
    first: str | None = None
    chances: list[tuple[float, float]] = []
    counts: dict[str, Counter[str]] = {}
    with part.open("rb") as lines:
        for line in lines:
            written = json.loads(line)
            rows += 1
            if written["annotations"] is None:
                problems += 1
                first = first or f"row {written['row']}: {written['problem']}"
            sentiment = (written["annotations"] or {}).get("sentiment")
            label = sentiment["label"] if sentiment else None
            if sentiment:
                chances.append((sentiment["p_positive"], sentiment["p_negative"]))
            if grouped:
                name = written.get("group") or NO_GROUP
                if name not in counts and len(counts) == MOST_GROUPS:
                    raise UsageError(
                        f"the column has more than {MOST_GROUPS} values: --group-by wants one with few"
                    )
                counts.setdefault(name, Counter()).update(("rows", *(("read", label) if label else ())))
    return Scored(
        rows=rows,
        problems=problems,
        first_problem=first,
        positive=rate(Moments.of([positive for positive, _ in chances]), transfer_sd=read_positive_sd()),
        net_sentiment=_net_sentiment(chances),
        groups=tuple(GroupCounts(group=name, **counts[name]) for name in sorted(counts)),
    )


def _net_sentiment(chances: Sequence[tuple[float, float]]) -> Figure:
    return net_sentiment(
        Moments.of([positive - negative for positive, negative in chances]),
        within=sum(class_variance(positive, negative) for positive, negative in chances),
        transfer_sd=read_sentiment_sd(),
    )
