"""Speed and memory of the SQLite index: every figure is a ratio of two things done in one run on one machine.

    python -m bench.search            SCALE=100000 by default

writing   upserts/s through `SqliteIndex.upsert`, against `executemany` of the same rows into the same tables
          (the full-text ones included), in the same batches and with the same pragmas. Aim: 60 % at least.
search    p50 and p95 of `SqliteIndex.search` (20 hits, exact total, highlights), against the FTS5 query
          itself: the same MATCH ranked by BM25, 20 rows, counted, with the stored documents of those rows.
          Aim: 1.5 times at most. Also against the barest query: rowid and rank of 20 rows, no count, no
          document.
memory    growth of the peak of a child process that upserts, scans or rebuilds SCALE documents, against
          SCALE / 10. Aim: 1.1 times and 40 MB at most.
"""

# A benchmark is a program: it prints its table, and starts itself again to measure memory.
# ruff: noqa: T201, S603

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bench.measuring import growth, p95, peak_mb, percentiles, timed
from ouidire.documents import AspectDocument, EvidenceDocument, MentionDocument, SentenceDocument
from ouidire.ids import mention_id
from ouidire.index import Query, Range, Sort, Term
from ouidire.text.words import indexed
from search.querytext import parse
from search.sqlite.files import connect
from search.sqlite.index import BATCH, SqliteIndex
from search.sqlite.query import compile_query
from search.sqlite.records import form
from search.sqlite.write import shape

SCALE = int(os.environ.get("SCALE", "100000"))
START = datetime(2025, 1, 6, tzinfo=UTC)
QUERIES = [
    "livraison",
    "service client",
    '"pas content"',
    "remboursement",
    "l'accueil (",
    "delivery",
    "vendeur -retard",
    "conseil plantes",
    "jamais",
    '"très bon accueil"',
    "tondeuse panne",
    "caisse attente samedi",
    "qualité/prix",
    "never again",
    "colis cassé",
]
OPENINGS = [
    "Très bon accueil",
    "Je ne suis pas content",
    "Commande passée samedi",
    "Rien à redire",
    "Plus jamais",
    "Enseigne habituelle",
    "They never answered",
]
SUBJECTS = [
    "la livraison",
    "le service client",
    "le vendeur du rayon",
    "la tondeuse",
    "mon colis",
    "le remboursement",
    "la caisse",
    "les plantes",
    "l'accueil",
    "le site",
    "the delivery",
    "la qualité",
    "le prix",
    "les conseils",
    "la terre",
    "le robot",
    "l'arrosage",
    "la boutique",
    "le parking",
    "le drive",
]
VERBS = [
    "est arrivée avec trois jours de retard",
    "n'a pas répondu à mes appels",
    "m'a rappelé dès le lendemain",
    "était cassé à l'ouverture",
    "est tombée en panne",
    "vaut vraiment le détour",
    "reste trop chère pour ce que c'est",
    "a été soigné et rapide",
    "n'est toujours pas là",
    "dépasse mes attentes",
    "was late again",
]
RARE = [
    f"{start}{end}"
    for start in ("bel", "cor", "dra", "fil", "gri", "lam", "mor", "pal", "ros", "tul")
    for end in ("ade", "ette", "ion", "ure", "ole", "ine")
]


def documents(size: int) -> Iterator[MentionDocument]:
    """Yield realistic mentions: some 250 characters, some 40 filled fields, sentences, aspects, evidence."""
    rng = random.Random(7)  # noqa: S311 (a benchmark must repeat itself)
    for number in range(size):
        sentences = [f"{rng.choice(OPENINGS)}, {rng.choice(RARE)}{rng.choice(RARE)}."]
        while sum(map(len, sentences)) < 230:  # noqa: PLR2004 (see above)
            sentences.append(f"{rng.choice(SUBJECTS)} {rng.choice(VERBS)} {rng.choice(RARE)}.".capitalize())
        text = " ".join(sentences)
        title = f"{rng.choice(SUBJECTS)} {rng.choice(RARE)}".capitalize()
        found = indexed("fr", title, text)
        at = START + timedelta(minutes=rng.randrange(60 * 24 * 420))
        names = tuple(rng.sample(["price", "delivery", "staff", "quality", "website", "returns"], k=3))
        polarity = rng.uniform(-1, 1)
        source = rng.choice(["trustpilot", "app_store", "feed", "schema_org"])
        chances = (0.2, 0.3, 0.5)
        yield MentionDocument(
            id=mention_id(source, str(number)),
            revision=1,
            mention_kind="review",
            source=source,
            source_key=f"{source}:shop-{number % 40}",
            entity=f"shop-{number % 40}",
            native_id=str(number),
            run_id=f"run-{number // 5000}",
            url=f"https://exemple.fr/avis/{number}",
            brands=(f"brand-{rng.randrange(6)}",),
            place=f"Ville {number % 60}",
            country="FR",
            subject="Tondeuse X200",
            language="fr",
            title=title,
            text=text,
            stems=found.stems,
            words=found.words,
            author_key=f"{rng.getrandbits(96):024x}",
            published_at=at,
            published_precision="day",
            period_at=at,
            first_seen_at=at + timedelta(days=2),
            rating=float(rng.randrange(1, 6)),
            rating_best=5.0,
            stars=float(rng.randrange(1, 6)),
            verified=rng.random() < 0.5,  # noqa: PLR2004 (an even chance)
            likes=rng.randrange(30),
            sentiment=rng.choice(["negative", "neutral", "positive"]),
            sentiment_abstains=False,
            polarity=polarity,
            sentiment_balance=polarity,
            p_negative=chances[0],
            p_neutral=chances[1],
            p_positive=chances[2],
            estimated_stars=3.2 + polarity,
            advocacy="passive",
            advocacy_basis="estimated",
            likelihood=6.4 + polarity,
            p_promoter=chances[2],
            p_passive=chances[1],
            p_detractor=chances[0],
            advocacy_balance=polarity,
            advocacy_spread=0.61,
            delight=rng.random(),
            irritation=rng.random(),
            intents=("recommends",) if polarity > 0 else (),
            stages=("delivery", "use"),
            stage_polarity=("delivery:negative",),
            memory_peak=polarity,
            memory_end=polarity / 2,
            memory_mean=polarity / 3,
            aspects=tuple(
                AspectDocument(
                    name=name, polarity="negative", probability=0.8123, start=3, end=15, sentence=place
                )
                for place, name in enumerate(names)
            ),
            aspect_names=names,
            aspect_polarity=tuple(f"{name}:negative" for name in names),
            sentences=tuple(
                SentenceDocument(start=40 * place, end=40 * place + 39, polarity=0.25, label="positive")
                for place in range(len(sentences))
            ),
            evidence=(EvidenceDocument(what="stage:delivery", probability=0.71, start=0, end=12),),
            versions=("language@1", "sentiment@1", "advocacy@1", "aspects@1", "masking@1"),
        )


def writing(folder: Path, size: int) -> tuple[float, float]:
    """Return upserts/s and bare rows/s, taking turns of 2,000 documents at two indices that grow alike."""
    ours, bare, stream = 0.0, 0.0, documents(size)
    index = SqliteIndex(folder / "ours.db")
    index.ensure()
    other = _Bare(folder / "bare.db")
    while turn := list(islice(stream, 2_000)):
        begun = time.perf_counter()
        index.upsert(turn)
        ours += time.perf_counter() - begun
        bare += other.write(turn)
    index.close()
    other.close()
    return size / ours, size / bare


class _Bare:
    """The same tables, filled by `executemany` alone."""

    def __init__(self, path: Path) -> None:
        index = SqliteIndex(path)
        index.ensure()
        index.close()
        self.connection = connect(path.resolve(), place=path, wait_s=5, cache_kib=16_384, writing=True)
        self.doc = 0

    def write(self, turn: list[MentionDocument]) -> float:
        prepared = shape("mention")
        record = bytes(form("mention").itemsize)
        batches: list[list[tuple[str, Sequence[Sequence[Any]]]]] = []
        for at in range(0, len(turn), BATCH):
            rows = [row for row in map(prepared.row, turn[at : at + BATCH]) if row]
            for row in rows:
                self.doc += 1
                row.columns[0] = self.doc
            batches.append(
                [
                    (prepared.insert, [row.columns for row in rows]),
                    (prepared.insert_body, [(row.columns[0], row.body) for row in rows]),
                    ("INSERT INTO mention_record VALUES (?, ?)", [(row.columns[0], record) for row in rows]),
                    *(
                        (each, [(row.columns[0], row.words[place]) for row in rows])
                        for place, each in enumerate(prepared.insert_words)
                    ),
                ]
            )
        begun = time.perf_counter()
        for statements in batches:
            self.connection.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                self.connection.executemany(statement, values)
            self.connection.execute("COMMIT")
        return time.perf_counter() - begun

    def close(self) -> None:
        self.connection.close()


def searching(path: Path) -> list[tuple[str, float, float]]:
    """Return (figure, p50 ratio, p95 ratio) of our search against the raw queries, in turns."""
    index = SqliteIndex(path)
    connection = connect(path.resolve(), place=path, wait_s=5, cache_kib=16_384, writing=False)
    count = "SELECT count(*) FROM mention_stems WHERE mention_stems MATCH ?"
    full = (
        "SELECT b.body, f.rank FROM (SELECT rowid, rank FROM mention_stems "
        "WHERE mention_stems MATCH ? ORDER BY rank LIMIT 20) f JOIN mention_body b ON b.doc = f.rowid"
    )
    barest = "SELECT rowid, rank FROM mention_stems WHERE mention_stems MATCH ? ORDER BY rank LIMIT 20"
    times: dict[str, list[float]] = {"ours": [], "full": [], "barest": []}
    for turn in range(12):
        for text in QUERIES:
            match = compile_query(connection, Query(text=text), parse(text)).match
            for name, work in (
                ("ours", lambda text=text: index.search(Query(text=text))),
                (
                    "full",
                    lambda match=match: (
                        connection.execute(full, (match,)).fetchall(),
                        connection.execute(count, (match,)).fetchall(),
                    ),
                ),
                ("barest", lambda match=match: connection.execute(barest, (match,)).fetchall()),
            ):
                seconds = timed(work)
                if turn > 1:  # the first two turns warm the caches
                    times[name].append(seconds)
    connection.close()
    index.close()
    for name, taken in times.items():
        print(f"    {name:<8} {percentiles(taken)}")
    ours = times["ours"]
    return [
        (name, statistics.median(ours) / statistics.median(times[name]), p95(ours) / p95(times[name]))
        for name in ("full", "barest")
    ]


def answers(path: Path) -> list[tuple[str, float]]:
    """Return (name, milliseconds) for queries that the digest and the explorer make."""
    index = SqliteIndex(path)
    week = Range(field="period_at", gte=START + timedelta(days=70), lt=START + timedelta(days=77))
    brand = Term(field="brands", any_of=("brand-1",))
    edges = [START + timedelta(days=7 * number) for number in range(53)]
    numbers = ["advocacy_balance", "sentiment_balance", "delight"]
    asked: list[tuple[str, Callable[[], object]]] = [
        ("sums of a brand's week", lambda: index.sums(Query(where=(brand, week)), numbers)),
        (
            "aspects of a brand's week",
            lambda: index.facet(Query(where=(brand, week)), "aspect_polarity", fields=numbers),
        ),
        ("sums of a brand, all time", lambda: index.sums(Query(where=(brand,)), numbers)),
        (
            "aspects of a brand, all time",
            lambda: index.facet(Query(where=(brand,)), "aspect_polarity", fields=numbers),
        ),
        (
            "52 weeks of a brand",
            lambda: index.series(Query(where=(brand,)), "period_at", edges, fields=numbers),
        ),
        ("sources of everything", lambda: index.facet(Query(), "source")),
        ("latest of a brand", lambda: index.search(Query(where=(brand,), sort=(Sort(field="period_at"),)))),
    ]
    found = [(name, 1e3 * min(timed(work) for _ in range(3))) for name, work in asked]
    index.close()
    return found


def peak(action: str, size: int) -> float:
    """Return the peak memory (MB) of a child process that does one thing at one scale."""
    with tempfile.TemporaryDirectory() as folder:
        if action == "scan":
            index = SqliteIndex(Path(folder) / "index.db")
            index.rebuild(documents(size))
            index.close()
        child = subprocess.run(
            [sys.executable, "-m", "bench.search", action, folder, str(size)],
            check=True,
            capture_output=True,
            text=True,
        )
    return float(child.stdout.split()[-1])


def child(action: str, folder: str, size: int) -> None:
    """Do one thing in this process and print its peak memory in MB."""
    index = SqliteIndex(Path(folder) / "index.db")
    index.ensure()
    if action == "rebuild":
        index.rebuild(documents(size), expected={"mention": size})
    elif action == "upsert":
        index.upsert(documents(size))
    else:
        brand = Term(field="brands", any_of=("brand-1", "brand-2", "brand-3"))
        seen = sum(
            1
            for query in (Query(), Query(where=(brand,)))
            for _ in index.scan(query, ["id", "text", "stars", "aspects"])
        )
        assert seen > size  # noqa: S101 (a benchmark that did nothing must not print a figure)
    index.close()
    print(peak_mb())


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = writing(Path(folder), SCALE)
        print(
            f"writing {SCALE} mentions: {ours:.0f}/s, executemany {bare:.0f}/s: "
            f"{ours / bare:.0%} (aim 60 % at least)"
        )
        path = Path(folder) / "ours.db"
        print(f"search at {SCALE} mentions ({path.resolve().stat().st_size / 2**20:.0f} MB):")
        for name, middle, tail in searching(path):
            aim = " (aim 1.5 at most)" if name == "full" else ""
            print(f"    against {name}: p50 x {middle:.2f}, p95 x {tail:.2f}{aim}")
        for name, milliseconds in answers(path):
            print(f"    {name}: {milliseconds:.1f} ms")
    for action in ("upsert", "scan", "rebuild"):
        small, large = peak(action, SCALE // 10), peak(action, SCALE)
        peaks = f"{small:.0f} MB at {SCALE // 10}, {large:.0f} MB at {SCALE}"
        print(f"{action}: peak {peaks}: {growth(small, large)}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    else:
        main()
