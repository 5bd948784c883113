"""A real server that is killed, full, busy or wrongly mapped: nothing is lost, nothing doubled,
and one message says what to do."""

import json
import threading
import time

import pytest

from ouidire.errors import IndexUnavailable
from ouidire.index import Query, Term, UpsertReport
from search.elastic.cluster import Cluster
from search.elastic.index import ElasticIndex
from search.elastic.mappings import mapping
from tests.search.elastic.conftest import started
from tests.support import index_corpus

SIZE = 6_000
pytestmark = pytest.mark.timeout(900)  # a server takes its time to start


@pytest.fixture(scope="module")
def server():
    """A server of this module's own, to be ill-treated."""
    own = started(
        settings={"cluster.info.update.interval": "10s", "http.max_content_length": "4mb"}, heap="512m"
    )
    yield own
    own.stop()


@pytest.fixture
def open_index(server, tmp_path):
    """Opens indices on the module's own server: `open_index(patience_s)`."""
    made = []

    def opened(patience_s, prefix="faults"):
        made.append(
            ElasticIndex(
                Cluster((server.url,), patience_s=patience_s),
                prefix=prefix,
                dead_letters=tmp_path / "refused.jsonl",
            )
        )
        return made[-1]

    yield opened
    for each in made:
        each.close()


def ids(index):
    return [row["id"] for row in index.scan(Query(), ["id"])]


def settle(client, **settings):
    client.cluster.put_settings(persistent=settings)


def test_killed_in_the_middle_of_a_bulk_and_started_again(server, open_index):
    index = open_index(patience_s=500)
    index.ensure()
    reached, gone = threading.Event(), threading.Event()
    reports = []

    def documents():
        for seed in range(SIZE):
            if seed == SIZE // 2:
                reached.set()
            if seed == SIZE // 2 + 1_500:
                assert gone.wait(600)
            yield index_corpus.mention(seed)

    writer = threading.Thread(target=lambda: reports.append(index.upsert(documents())))
    writer.start()
    assert reached.wait(600)
    server.kill()
    gone.set()
    hurried = open_index(patience_s=0.5)
    for ask in (
        lambda: hurried.upsert([index_corpus.mention(1)]),
        lambda: hurried.search(Query()),
        lambda: hurried.get_many("mention", ["m00001"]),
        hurried.status,
        hurried.ensure,
    ):
        with pytest.raises(IndexUnavailable, match="cannot be reached") as told:
            ask()
        assert len(str(told.value).splitlines()) == 1
    server.start()
    writer.join(400)
    assert reports == [UpsertReport(written=SIZE)]
    assert ids(index) == [f"m{seed:05d}" for seed in range(SIZE)]
    assert index.dead_letters.count() == 0


def test_a_full_disk(server, open_index):
    index = open_index(patience_s=1, prefix="full")
    index.ensure()
    client = index.cluster.client
    mark = "cluster.routing.allocation.disk"
    low = {f"{mark}.watermark.{level}": "1%" for level in ("low", "high", "flood_stage")}
    settle(client, **{f"{mark}.threshold_enabled": True, **low})
    held = index.generations.current()["mention"].name
    deadline = time.monotonic() + 90
    while "read_only_allow_delete" not in json.dumps(
        client.indices.get_settings(index=held, flat_settings=True).body
    ):
        assert time.monotonic() < deadline, "the server never locked its index"
        time.sleep(0.5)
    with pytest.raises(IndexUnavailable, match="disk of Elasticsearch is nearly full"):
        index.upsert(index_corpus.mention(seed) for seed in range(100))
    settle(client, **{f"{mark}.threshold_enabled": False, **dict.fromkeys(low)})
    client.indices.put_settings(index="full-*", settings={"index.blocks.read_only_allow_delete": None})
    assert index.upsert(index_corpus.mention(seed) for seed in range(100)).written == 100
    assert len(ids(index)) == 100
    assert index.dead_letters.count() == 0


def test_a_server_that_is_busy(server, open_index):
    """Its circuit breaker refuses what we send (429) until it is let go: we wait, and everything
    arrives once."""
    index = open_index(patience_s=60, prefix="busy")
    index.ensure()
    client = index.cluster.client
    settle(client, **{"network.breaker.inflight_requests.limit": "20kb"})

    def relieve():
        time.sleep(2)
        settle(client, **{"network.breaker.inflight_requests.limit": None})

    helper = threading.Thread(target=relieve)
    helper.start()
    assert index.upsert(index_corpus.mention(seed) for seed in range(300)) == UpsertReport(written=300)
    helper.join()
    assert len(ids(index)) == 300

    settle(client, **{"network.breaker.inflight_requests.limit": "20kb"})
    hurried = open_index(patience_s=0.5, prefix="busy")
    with pytest.raises(IndexUnavailable, match="more to do than it can"):
        hurried.upsert(index_corpus.mention(seed, revision=2) for seed in range(300))
    settle(client, **{"network.breaker.inflight_requests.limit": None})
    assert hurried.upsert(index_corpus.mention(seed, revision=2) for seed in range(300)).written == 300


def test_what_is_refused_for_good_is_kept_with_its_reason_and_tried_again(server, open_index):
    """Somebody made an index by hand, and `stars` is a date there."""
    index = open_index(patience_s=5, prefix="clash")
    index.ensure()
    client = index.cluster.client
    held = index.generations.current()["mention"].name
    described = client.indices.get(index=held)[held]
    client.indices.delete(index=held)
    wrong = mapping("mention")
    wrong["properties"]["stars"] = {"type": "date", "format": "yyyy"}
    client.indices.create(
        index=held,
        mappings=wrong,
        aliases=described["aliases"],
        settings={"analysis": described["settings"]["index"]["analysis"]},
    )
    documents = [
        index_corpus.mention(seed).model_copy(update={"stars": None if seed % 3 else 4.5})
        for seed in range(30)
    ]
    assert index.upsert(documents) == UpsertReport(written=20, refused=10)
    assert index.dead_letters.count() == 10
    assert all("stars" in reason for reason in index.dead_letters.reasons().values())

    assert index.retry_refused() == UpsertReport(refused=10), "nothing has changed yet"
    assert index.dead_letters.count() == 10
    index.rebuild(documents, expected={"mention": 30})
    assert index.retry_refused() == UpsertReport(written=10)
    assert (index.dead_letters.count(), len(ids(index))) == (0, 30)
    assert index.retry_refused() == UpsertReport()


def test_a_value_that_is_too_long_for_a_keyword_is_told_apart(server, open_index):
    index = open_index(patience_s=5, prefix="long")
    index.ensure()
    long = index_corpus.mention(1).model_copy(update={"place": "é" * 20_000})
    assert index.upsert([index_corpus.mention(2), long, index_corpus.mention(3)]) == UpsertReport(
        written=2, refused=1
    )
    assert "place" in index.dead_letters.reasons()["mention", long.id]


def test_a_request_that_is_too_large_is_cut(server, open_index):
    """The server takes 4 MB at once here; one document alone is larger."""
    index = open_index(patience_s=60, prefix="large")
    index.ensure()
    text = "mot " * 200_000
    documents = [index_corpus.mention(seed).model_copy(update={"text": text}) for seed in range(12)]
    documents.insert(5, index_corpus.mention(99).model_copy(update={"text": text * 6}))
    assert index.upsert(documents) == UpsertReport(written=12, refused=1)
    assert list(index.dead_letters.reasons()) == [("mention", "m00099")]
    assert index.sums(Query(where=(Term(field="id", any_of=("m00003",)),))).n == 1


def test_a_crash_while_retrying_loses_no_letter(server, open_index):
    index = open_index(patience_s=5, prefix="letters")
    index.ensure()
    long = [index_corpus.mention(seed).model_copy(update={"place": "é" * 20_000}) for seed in range(3)]
    index.upsert(long)

    def breaks(documents):
        next(iter(documents))
        message = "killed"
        raise KeyboardInterrupt(message)

    with pytest.raises(KeyboardInterrupt):
        index.dead_letters.retry(breaks)
    assert index.dead_letters.count() == 3
    assert index.retry_refused() == UpsertReport(refused=3)
    assert index.dead_letters.count() == 3
