"""Speed and memory of the index on Elasticsearch: every figure is a ratio of two things done in one run.

    python -m bench.elastic           SCALE=100000 by default

It uses the server at ELASTICSEARCH_URL, else fetches and starts one (tests/support/elastic_server.py), and
says so where there is none.

writing   upserts/s through `ElasticIndex.upsert`, refreshes included, against the library's `streaming_bulk`
          of the same documents as ready dictionaries, in turns on two indices alike. Aim: 90 % at least.
search    p50 and p95 of `ElasticIndex.search` (20 hits, exact total, highlights), against the bare request:
          the same query, 20 documents, counted. Aim: 1.5 times at most.
memory    growth of the peak of a child process that upserts or scans SCALE documents, against SCALE / 10.
          Aim: 1.1 times and 40 MB at most.
"""

# A benchmark is a program: it prints its table, and starts itself again to measure memory.
# ruff: noqa: T201, S603

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from bench.measuring import growth, p95, peak_mb, percentiles, timed
from bench.search import QUERIES, documents
from ouidire.documents import MODELS
from ouidire.index import Query
from search.elastic.cluster import Cluster
from search.elastic.index import ElasticIndex
from search.elastic.mappings import alias, family, write_alias
from search.elastic.query import compile_query
from search.querytext import parse
from tests.support.elastic_server import Server, Unavailable

SCALE = int(os.environ.get("SCALE", "100000"))
TURN = 2_000


def opened(url: str, folder: Path, prefix: str, *, new: bool = True) -> ElasticIndex:
    """Return an index under a prefix, empty when it is new."""
    index = ElasticIndex(Cluster((url,)), prefix=prefix, dead_letters=folder / f"{prefix}.jsonl")
    if new:
        names = ",".join(family(prefix, kind) for kind in MODELS)
        found = index.cluster.client.indices.get(index=names, features="aliases")
        if found:
            index.cluster.client.indices.delete(index=",".join(found))
    index.ensure()
    return index


def writing(url: str, folder: Path) -> tuple[float, float]:
    """Return upserts/s and bare documents/s, in turns of 2,000 documents on two indices that grow alike."""
    index, other = opened(url, folder, "bench-ours"), opened(url, folder, "bench-bare")
    ours = bare = 0.0
    stream = documents(SCALE)
    while turn := list(islice(stream, TURN)):
        ready = [each.model_dump(mode="json", exclude_none=True) for each in turn]
        ours += timed(partial(index.upsert, turn))
        bare += timed(partial(_bare, other.cluster.client, ready))
    other.cluster.client.indices.refresh(index=write_alias("bench-bare", "mention"))
    index.close()
    other.close()
    return SCALE / ours, SCALE / bare


def _bare(client: Elasticsearch, ready: list[dict[str, object]]) -> None:
    name = write_alias("bench-bare", "mention")
    actions = ({"_index": name, "_id": each["id"], "_source": each} for each in ready)
    for _ in streaming_bulk(client, actions, chunk_size=1_000, max_chunk_bytes=8 << 20):
        pass


def searching(url: str, folder: Path) -> tuple[float, float]:
    """Return the ratios of p50 and p95 of our search against the bare request, each query tried in turn."""
    index = opened(url, folder, "bench-ours", new=False)
    name = alias("bench-ours", "mention")
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(12):
        for text in QUERIES:
            asked = compile_query(Query(text=text), parse(text))
            body = {
                "index": name,
                "query": asked.kept,
                "sort": asked.sort,
                "size": 20,
                "track_total_hits": True,
            }
            for what, work in (
                ("ours", lambda text=text: index.search(Query(text=text))),
                ("bare", lambda body=body: index.cluster.client.search(**body)),
            ):
                seconds = timed(work)
                if turn > 1:  # the first two turns warm the caches
                    times[what].append(seconds)
    index.close()
    for what, taken in times.items():
        print(f"    {what:<5} {percentiles(taken)}")
    ours, bare = times["ours"], times["bare"]
    return statistics.median(ours) / statistics.median(bare), p95(ours) / p95(bare)


def peak(action: str, url: str, size: int) -> float:
    """Return the peak memory (MB) of a child process that does one thing at one scale."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bench.elastic", action, url, folder, str(size)]
        child = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(child.stdout.split()[-1])


def child(action: str, url: str, folder: str, size: int) -> None:
    """Do one thing in this process and print its peak memory in MB."""
    index = opened(url, Path(folder), "bench-memory", new=action == "upsert")
    if action == "upsert":
        index.upsert(documents(size))
    else:
        seen = sum(1 for _ in index.scan(Query(), ["id", "text", "stars", "aspects"]))
        assert seen == size  # noqa: S101 (a benchmark that did nothing must not print a figure)
    index.close()
    print(peak_mb())


def measured(url: str) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, bare = writing(url, folder)
        print(
            f"writing {SCALE} mentions: {ours:.0f}/s, streaming_bulk {bare:.0f}/s: "
            f"{ours / bare:.0%} (aim 90 % at least)"
        )
        print(f"search at {SCALE} mentions:")
        p50, p95 = searching(url, folder)
        print(f"    against the bare request: p50 x {p50:.2f}, p95 x {p95:.2f} (aim 1.5 at most)")
    peaks: dict[tuple[str, int], float] = {}
    for size in (SCALE // 10, SCALE):
        for action in ("upsert", "scan"):
            peaks[action, size] = peak(action, url, size)
    for action in ("upsert", "scan"):
        less, more = peaks[action, SCALE // 10], peaks[action, SCALE]
        print(
            f"{action}: peak {less:.0f} MB at {SCALE // 10}, {more:.0f} MB at {SCALE}: {growth(less, more)}"
        )


@contextmanager
def served() -> Iterator[str | None]:
    """Give the address of the server named by ELASTICSEARCH_URL, or of one that is started.

    Gives None, and prints why, where there is none.
    """
    named = os.environ.get("ELASTICSEARCH_URL")
    if named:
        yield named
        return
    try:
        server = Server("8").start()
    except Unavailable as reason:
        print(f"not measured, for want of an Elasticsearch: {reason}")
        yield None
        return
    try:
        yield server.url
    finally:
        server.stop()


def main() -> None:
    """Measure, where there is a server."""
    with served() as url:
        if url is not None:
            measured(url)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
