"""Themes that come up by themselves: which mentions are of which, and whether the last week brought new ones.

Each of our brands is looked at over the last full week and the eight before. A sentence is first given to the
themes that are there, by their anchors, which never move; the rest is tested for new subjects
(`enrichment.themes.emergence`). Doing it again over the same mentions changes nothing. A mention keeps its
themes when it leaves the window. Sources that are read for less than four weeks take no part: all of what
they say would be new. It cannot see a subject whose sentences were read by other weights.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import structlog
from numpy.typing import NDArray

from enrichment.analysers.theme_vectors import version as vectors_version
from enrichment.themes.emergence import (
    WIDTH,
    Floats,
    Integers,
    NewSubject,
    WeekWindow,
    nearest_theme,
    new_subjects,
    unit_rows,
)
from enrichment.themes.labels import label_of
from ouidire.batches import batched
from ouidire.documents import MeasureDocument
from ouidire.ids import digest
from ouidire.index import Exists, Query, Range, Term
from ouidire.period import Period, last_full_period
from ouidire.state.items import load_items
from ouidire.state.marks import mark_of, set_mark
from ouidire.state.measured import Measured, measured_in
from ouidire.state.runs import count_ingested
from ouidire.state.themes import MARK, ThemeRecord, load_themes, save_themes, shown_ids
from ouidire.text.vectors import unpack_rows
from service.pipeline.config_template import slug_of
from service.pipeline.index.commit import BATCH, Changes, commit
from service.pipeline.installation import Installation

WEEKS = 8
"""Weeks before the one that is tested."""
SETTLED = timedelta(days=28)
"""How long before the week a source must have shown something."""
MOST_SENTENCES = 60_000
"""Sentences of a window that are looked at: beyond, an even part of the mentions, by their ids."""
LABELLED_AGAINST = 3_000
"""Sentences of everything else that a label is set apart from."""
PERIOD = "themes"
"""The period under which measures of themes are kept: they are of their own weeks."""
NEW_THEME, COVERAGE = "new_theme", "theme_coverage"
_FIELDS = ("id", "period_at", "source_key", "author_key", "text", "sentences", "theme_vectors", "aspects")

log = structlog.get_logger()


class ReadSentences(NamedTuple):
    """The sentences of a brand's window, one row each: whose they are, and where each stands in its text."""

    mentions: list[str]
    vectors: Floats
    now: NDArray[np.bool_]
    sources: Integers
    authors: Integers
    texts: list[str]
    in_taxonomy: NDArray[np.bool_]


def find_themes(installation: Installation) -> int:
    """Give mentions their themes, and open those that the last week brought; return how many were opened.

    Nothing is read where nothing was ingested and no week has ended since the last time.
    """
    settings = installation.settings
    week = last_full_period("week", installation.clock(), timezone=settings.timezone)
    with installation.state.read() as connection:
        taken = f"{vectors_version()}:{week.key}:{count_ingested(connection)}"
        if mark_of(connection, MARK) == taken:
            return 0
    opened = 0
    for brand in settings.own_brands:
        opened += len(update_brand(installation, brand.slug, week))
    with installation.state.begin() as connection:
        set_mark(connection, MARK, taken)
    return opened


def update_brand(installation: Installation, brand: str, week: Period) -> list[ThemeRecord]:
    """Give a brand's mentions their themes over a week and those before; return the themes opened."""
    with installation.state.read() as connection:
        registry = load_themes(connection, brand=brand)
    read = _read(installation, brand, week)
    known = [each for each in registry if each.version == vectors_version()]
    found = nearest_theme(read.vectors, [_anchor(each) for each in known], [each.radius for each in known])
    opened = _open(installation, brand, week, read, found, known)
    every = [*known, *opened]
    numbers = nearest_theme(read.vectors, [_anchor(each) for each in every], [each.radius for each in every])
    drifted = [
        each.model_copy(update={"drift": _drift(read, numbers, n, each)}) for n, each in enumerate(every)
    ]
    with installation.state.begin() as connection:
        save_themes(connection, drifted)
    _write_mentions(installation, read, numbers, [*registry, *opened], every)
    _write_measures(installation, brand, week, read, numbers, [*registry, *opened])
    log.info("themes", brand=brand, week=week.key, opened=len(opened), sentences=len(read.texts))
    return opened


def _read(installation: Installation, brand: str, week: Period) -> ReadSentences:
    """Return the sentences of a brand over a week and those before, in the order of mentions' ids."""
    start = week.before(WEEKS)[0].start
    where = (
        Term(field="brands", any_of=(brand,)),
        Range(field="period_at", gte=start, lt=week.end),
        Exists(field="duplicate_of", exclude=True),
        Term(field="presence", any_of=("present",)),
    )
    settled = _settled_sources(installation, brand, week)
    keys: dict[str, int] = {}
    authors: dict[str, int] = {}
    mentions, rows, now, sources, people, texts, covered = [], [], [], [], [], [], []
    for each in installation.index.scan(Query(where=where), _FIELDS):
        held = unpack_rows(each["theme_vectors"] or "", WIDTH)
        sentences = each["sentences"]
        if each["source_key"] not in settled or len(held) != WIDTH * (1 + len(sentences)):
            continue
        of_aspects = {aspect["sentence"] for aspect in each["aspects"] if aspect["name"] != "overall"}
        author = authors.setdefault(each["author_key"] or each["id"], len(authors))
        source = keys.setdefault(each["source_key"], len(keys))
        for number, sentence in enumerate(sentences):
            mentions.append(each["id"])
            rows.append(held[WIDTH * (1 + number) : WIDTH * (2 + number)])
            now.append(each["period_at"] >= week.start)
            sources.append(source)
            people.append(author)
            texts.append(each["text"][sentence["start"] : sentence["end"]])
            covered.append(number in of_aspects)
    vectors = unit_rows(np.frombuffer(b"".join(rows), np.int8).reshape(-1, WIDTH))
    return ReadSentences(
        mentions,
        vectors,
        np.array(now, bool),
        np.array(sources, np.int64),
        np.array(people, np.int64),
        texts,
        np.array(covered, bool),
    )


def _settled_sources(installation: Installation, brand: str, week: Period) -> set[str]:
    """Return the keys of the sources that showed something well before the week."""
    where = (
        Term(field="brands", any_of=(brand,)),
        Range(field="period_at", lt=week.start - SETTLED),
    )
    return {
        str(each.value) for each in installation.index.facet(Query(where=where), "source_key", size=10_000)
    }


def _open(
    installation: Installation,
    brand: str,
    week: Period,
    read: ReadSentences,
    found: Integers,
    known: Sequence[ThemeRecord],
) -> list[ThemeRecord]:
    """Return the themes that the week brought among what is of none; those without a phrase are none."""
    left = np.flatnonzero(found < 0)
    if len(left) > MOST_SENTENCES:
        left = left[:: -(-len(left) // MOST_SENTENCES)]
    window = WeekWindow(read.vectors[left], read.now[left], read.sources[left], read.authors[left])
    opened: list[ThemeRecord] = []
    ids = {each.id for each in known}
    for subject in new_subjects(window):
        record = _record(installation, brand, week, read, left, subject)
        if record is not None and record.id not in ids:
            opened.append(record)
            ids.add(record.id)
    return opened


def _record(
    installation: Installation,
    brand: str,
    week: Period,
    read: ReadSentences,
    left: Integers,
    subject: NewSubject,
) -> ThemeRecord | None:
    members = [read.texts[row] for row in left[subject.members]]
    inside = set(left[subject.members].tolist())
    step = max(1, len(left) // LABELLED_AGAINST)
    label = label_of(members, [read.texts[row] for row in left[::step].tolist() if row not in inside])
    if label is None:
        return None
    anchor = np.round(subject.anchor * (127 / np.abs(subject.anchor).max())).astype(np.int8).tobytes()
    return ThemeRecord(
        id=f"{slug_of(label)[:40]}-{digest('theme', brand, anchor.hex(), size=3)}",
        brand=brand,
        label=label,
        anchor=anchor,
        radius=subject.radius,
        version=vectors_version(),
        week_start=week.start,
        week_end=week.end,
        sentences=len(members),
        p=subject.p,
        opened_at=installation.clock(),
    )


def _anchor(theme: ThemeRecord) -> Floats:
    unit: Floats = unit_rows(np.frombuffer(theme.anchor, np.int8).reshape(1, WIDTH))[0]
    return unit


def _drift(read: ReadSentences, numbers: Integers, number: int, theme: ThemeRecord) -> float:
    """Return how far the mean of a theme's sentences is from its anchor, 0–2; as before without any."""
    own = read.vectors[numbers == number]
    if not len(own):
        return theme.drift
    mean = own.mean(axis=0)
    return round(1 - float(mean @ _anchor(theme)) / max(float(np.linalg.norm(mean)), 1e-9), 4)


def _write_mentions(
    installation: Installation,
    read: ReadSentences,
    numbers: Integers,
    registry: Sequence[ThemeRecord],
    every: Sequence[ThemeRecord],
) -> None:
    """Write the themes of mentions that changed, by batches: in the window, and of themes moved by people."""
    shown = shown_ids(registry)
    own = {each.id for each in every}
    wanted: dict[str, set[str]] = {each: set() for each in read.mentions}
    for mention, number in zip(read.mentions, numbers.tolist(), strict=True):
        target = shown[every[number].id] if number >= 0 else None
        if target is not None:
            wanted[mention].add(target)
    for ids in batched([*wanted, *_moved(installation, shown, set(wanted))], BATCH):
        with installation.state.read() as connection:
            rows = load_items(connection, ids)
        changed = []
        for key, row in rows.items():
            # what is of themes that nothing is compared with any more, or of another brand, stays
            kept = {shown.get(each, each) for each in row.emergent if key not in wanted or each not in own}
            themes = tuple(sorted({each for each in kept if each} | wanted.get(key, set())))
            if themes != row.emergent:
                changed.append(row.model_copy(update={"emergent": themes, "revision": row.revision + 1}))
        held = installation.index.get_many("mention", [row.id for row in changed])
        documents = [
            held[row.id].model_copy(update={"emergent": row.emergent, "revision": row.revision})
            for row in changed
            if row.id in held
        ]
        commit(installation, Changes(documents=documents, rows=changed))


def _moved(installation: Installation, shown: dict[str, str | None], window: set[str]) -> Iterator[str]:
    """Yield the mentions beyond the window whose themes people have merged or have ignored."""
    moved = tuple(key for key, target in shown.items() if target != key)
    if moved:
        where = (Term(field="emergent", any_of=moved),)
        for each in installation.index.scan(Query(where=where), ("id",)):
            if each["id"] not in window:
                yield str(each["id"])


def _write_measures(
    installation: Installation,
    brand: str,
    week: Period,
    read: ReadSentences,
    numbers: Integers,
    registry: Sequence[ThemeRecord],
) -> None:
    """Write what the index must know of themes: each one's week and name, and the share that is in any."""
    shown = shown_ids(registry)
    documents = [_theme_document(each) for each in registry if shown[each.id] == each.id]
    of_week = read.now
    if of_week.any():
        covered = (numbers >= 0) | read.in_taxonomy
        documents.append(
            MeasureDocument(
                id=digest("measure", brand, COVERAGE, week.key),
                revision=1,
                name=COVERAGE,
                brands=(brand,),
                period_start=week.start,
                period_end=week.end,
                at=week.end,
                value=round(float(covered[of_week].mean()), 4),
                n=int(of_week.sum()),
            )
        )
    with installation.state.read() as connection:
        held = measured_in(connection, brand=brand, period=PERIOD)
    rows = []
    for document in documents:
        before = held.get(document.id)
        if before is not None and before.document == document.model_copy(
            update={"revision": before.revision}
        ):
            continue
        revision = before.revision + 1 if before is not None else 1
        kept = document.model_copy(update={"revision": revision})
        rows.append(Measured(id=kept.id, brand=brand, period=PERIOD, revision=revision, document=kept))
    names = {document.id for document in documents}
    gone = [
        each.model_copy(update={"revision": each.revision + 1, "document": None})
        for key, each in held.items()
        if key not in names and each.document is not None and each.document.name == NEW_THEME
    ]
    commit(installation, Changes(measures=[*rows, *gone]))


def _theme_document(theme: ThemeRecord) -> MeasureDocument:
    return MeasureDocument(
        id=f"theme-{theme.id}",
        revision=1,
        name=NEW_THEME,
        brands=(theme.brand,),
        subject=theme.title,
        period_start=theme.week_start,
        period_end=theme.week_end,
        at=theme.week_end,
        value=float(theme.sentences),
        n=theme.sentences,
    )
