"""Search by meaning on SQLite: what it finds, and how long it takes.

    python -m bench.meaning           SCALE=100000 by default

found     share of the right texts among the ten first, on 20 queries of ours with four texts each that share
          few words with them (`tests/eval/likeness/gold.jsonl`): words all required, words joined (BM25),
          vectors alone, and both joined by ranks as `--like` does.
known   share of the same texts found by one word of theirs, the rarest among all, first and among the ten
        first: by vectors alone, and joined.
time      p50 and p95 of `SqliteIndex.nearest` (10 hits, every kept vector compared) over all mentions, over a
          brand and over a week, beside three facets of the same mentions, counted together. Reading the
          query's text is apart: it depends on no size.
"""

# A benchmark is a program: it prints its table.
# ruff: noqa: T201, S311

import json
import os
import random
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench.measuring import percentiles, timed
from bench.search import documents
from enrichment.analysers.embedding import quantised
from enrichment.models.encoder import bundled
from ouidire.documents import MentionDocument
from ouidire.index import CountParts, FacetPart, Query, Range, Term
from ouidire.text.words import indexed
from search.likeness import find_like
from search.sqlite.index import SqliteIndex

SCALE = int(os.environ.get("SCALE", "100000"))
GOLD = Path(__file__).parents[1] / "tests" / "eval" / "likeness" / "gold.jsonl"
TURNS = 5
FACETS = ("source", "brands", "sentiment")
FIRST = 10
DIMS = 384
Vector = tuple[int, ...]


def vectors_of(texts: Sequence[str]) -> list[Vector]:
    """Return the vectors of texts, as mentions have them."""
    found = bundled().read(texts, [()] * len(texts))
    return [quantised(each.vector) for each in found if each.vector is not None]


def gold() -> list[tuple[str, list[str]]]:
    """Return queries, each with its texts."""
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    return [(row["query"], row["texts"]) for row in rows]


def small_index(folder: Path) -> SqliteIndex:
    """Return an index of all gold texts; an id names its query and its place."""
    index = SqliteIndex(folder / "small" / "index.db")
    index.ensure()
    base = next(documents(1))
    for number, (_, texts) in enumerate(gold()):
        for place, (text, vector) in enumerate(zip(texts, vectors_of(texts), strict=True)):
            found = indexed("fr", None, text)
            own = {"id": f"{number}-{place}", "title": None, "text": text, "vector": vector}
            index.upsert([base.model_copy(update={**own, "stems": found.stems, "words": found.words})])
    return index


def found_share(ask: Callable[[str, Vector], Sequence[str]]) -> float:
    """Return the mean share of a query's texts among the ids that `ask` gives first."""
    shares = []
    for number, (query, texts) in enumerate(gold()):
        first = ask(query, vectors_of([query])[0])[:FIRST]
        shares.append(sum(each.startswith(f"{number}-") for each in first) / len(texts))
    return statistics.mean(shares)


def report_found(folder: Path) -> None:
    """Print what each way finds."""
    index = small_index(folder)
    ways: dict[str, Callable[[str, Vector], Sequence[str]]] = {
        "words, all required": lambda text, _: [
            hit.document.id for hit in index.search(Query(text=text), size=FIRST).hits
        ],
        "words joined (BM25)": lambda text, _: [
            hit.document.id for hit in find_like(index, Query(), text, None, size=FIRST).hits
        ],
        "vectors alone": lambda _, vector: [
            hit.document.id for hit in index.nearest(Query(), vector, size=FIRST)
        ],
        "both, as --like": lambda text, vector: [
            hit.document.id for hit in find_like(index, Query(), text, vector, size=FIRST).hits
        ],
    }
    for name, ask in ways.items():
        print(f"found {name:22} recall@{FIRST} {found_share(ask):.2f}")
    index.close()


def rarest_words(texts: Sequence[str]) -> list[str]:
    """Return one word of each text: that which fewest texts hold, of four letters or more."""
    held = [list(dict.fromkeys(re.findall(r"\w{4,}", text.lower()))) for text in texts]
    counts = Counter(word for each in held for word in each)
    return [min(each, key=lambda word: (counts[word], -len(word), word)) for each in held]


def report_known(folder: Path) -> None:
    """Print how often one word finds its text, by vectors alone and joined with words."""
    index = small_index(folder / "known")
    ids = [f"{number}-{place}" for number, (_, texts) in enumerate(gold()) for place in range(len(texts))]
    asked = rarest_words([text for _, texts in gold() for text in texts])
    vectors = [vectors_of([word])[0] for word in asked]
    ways: dict[str, list[list[str]]] = {
        "vectors alone": [
            [hit.document.id for hit in index.nearest(Query(), vector, size=FIRST)] for vector in vectors
        ],
        "both, as --like": [
            [hit.document.id for hit in find_like(index, Query(), word, vector, size=FIRST).hits]
            for word, vector in zip(asked, vectors, strict=True)
        ],
    }
    for name, found in ways.items():
        first = statistics.mean(key in each[:1] for key, each in zip(ids, found, strict=True))
        among = statistics.mean(key in each for key, each in zip(ids, found, strict=True))
        print(f"known {name:22} first {first:.2f}   among {FIRST} {among:.2f}")
    index.close()


def with_vectors(size: int) -> Iterator[MentionDocument]:
    """Yield the mentions of the other benches, with vectors by chance."""
    rng = random.Random(3)
    for each in documents(size):
        vector = tuple(value - 128 for value in rng.randbytes(DIMS))
        yield each.model_copy(update={"vector": vector})


def report_time(folder: Path) -> None:
    """Print how long the nearest are looked for."""
    index = SqliteIndex(folder / "large" / "index.db")
    index.rebuild(with_vectors(SCALE))
    asked = vectors_of([query for query, _ in gold()])
    start = datetime(2025, 3, 3, tzinfo=UTC)
    queries = {
        "all": Query(),
        "a brand": Query(where=(Term(field="brands", any_of=("brand-1",)),)),
        "a week": Query(where=(Range(field="period_at", gte=start, lt=start + timedelta(days=7)),)),
    }
    parts = CountParts(facets=tuple(FacetPart(field=name) for name in FACETS))
    for name, query in queries.items():
        facets = [timed(partial(index.counts, query, parts)) for _ in range(TURNS)]
        near = [timed(partial(index.nearest, query, each, size=FIRST)) for each in asked]
        ratio = statistics.median(near) / statistics.median(facets)
        print(f"time  {name:8} facets {percentiles(facets)}")
        print(f"time  {name:8} nearest {percentiles(near)}   x {ratio:.2f} of the facets")
    index.close()


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        report_found(Path(folder))
        report_known(Path(folder))
        report_time(Path(folder))


if __name__ == "__main__":
    main()
