"""Writing: idempotence, revisions, tombstones, batches, scans beside writers, and the rebuild."""

import itertools
import threading

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from ouidire.documents import MODELS, AspectDocument
from ouidire.errors import IndexUnavailable
from ouidire.index import Query, Sort, UpsertReport
from tests.search.conformance.conftest import make_index
from tests.support import index_corpus
from tests.support.index_reference import Reference

IDS = st.integers(0, 5).map(lambda number: f"m{number}")
REVISIONS = st.integers(1, 4)
EXAMPLES = {"sqlite": 25, "elasticsearch": 5}  # a server takes its time to make and remove indices


def ids(index, text="", kind="mention"):
    return [row["id"] for row in index.scan(Query(kind=kind, text=text), ["id"])]


def counts(**named):
    return dict.fromkeys(MODELS, 0) | named


class Machine(RuleBasedStateMachine):
    """The index and the reference, driven by the same random writes, must answer alike after each."""

    backend = "sqlite"
    folders = None

    @initialize()
    def start(self):
        self.index = make_index(self.backend, next(self.folders))
        self.reference = Reference()

    documents = Bundle("documents")

    @rule(target=documents, seed=st.integers(0, 40), name=IDS, revision=REVISIONS)
    def compose(self, seed, name, revision):
        return index_corpus.mention(seed, revision=revision, name=name)

    @rule(batch=st.lists(documents, max_size=5))
    def upsert(self, batch):
        assert self.index.upsert(iter(batch)) == self.reference.upsert(batch)

    @rule(revisions=st.lists(st.tuples(IDS, REVISIONS), max_size=3))
    def delete(self, revisions):
        assert self.index.delete("mention", iter(revisions)) == self.reference.delete("mention", revisions)

    @rule()
    def rebuild(self):
        live, buried = self.reference.live["mention"], self.reference.buried["mention"]
        self.index.rebuild(
            live.values(),
            tombstones=[("mention", *each) for each in buried.items()],
            expected={"mention": len(live)} if live else {},
        )

    @invariant()
    def same_documents(self):
        if not hasattr(self, "index"):
            return
        live, buried = self.reference.live["mention"], self.reference.buried["mention"]
        assert [hit.document for hit in self.index.search(Query()).hits] == [
            live[each] for each in sorted(live)
        ]
        status = self.index.status()
        assert (status.counts, status.tombstones) == (counts(mention=len(live)), counts(mention=len(buried)))
        for each in buried:
            assert self.index.get("mention", each) is None
        asked = [*sorted({*live, *buried}, reverse=True), "never-seen", *sorted(live)]
        found = self.index.get_many("mention", iter(asked))
        assert found == live
        assert list(found) == [each for each in dict.fromkeys(asked) if each in live]

    @invariant()
    def same_answers(self):
        if not hasattr(self, "index"):
            return
        for text in ("content", '"pas content"', "livr*", "-pas", "送"):
            assert ids(self.index, text) == [each.id for each in self.reference.kept(Query(text=text))]
        assert self.index.facet(Query(), "brands", fields=["stars"]) == self.reference.facet(
            Query(), "brands", fields=["stars"]
        )

    def teardown(self):
        if hasattr(self, "index"):
            self.index.close()


def test_any_order_of_writes_gives_what_the_reference_gives(backend, tmp_path):
    def folders():
        for number in itertools.count():
            folder = tmp_path / str(number)
            folder.mkdir()
            yield folder

    Machine.backend, Machine.folders = backend, folders()
    run = Machine.TestCase()
    run.settings = settings(max_examples=EXAMPLES[backend], stateful_step_count=20, deadline=None)
    run.runTest()


def test_writing_twice_changes_nothing(index):
    documents = index_corpus.everything(50)
    assert index.upsert(documents) == UpsertReport(written=len(documents))
    before = (index.status(), index.facet(Query(), "brands", fields=["stars"]), ids(index, "content"))
    assert index.upsert(iter(documents)) == UpsertReport(written=len(documents))
    assert (index.status(), index.facet(Query(), "brands", fields=["stars"]), ids(index, "content")) == before


def test_revisions(index):
    old, new = index_corpus.mention(1, revision=3, name="m"), index_corpus.mention(2, revision=3, name="m")
    assert index.upsert([old]).written == 1
    assert index.upsert([index_corpus.mention(3, revision=2, name="m")]) == UpsertReport(stale=1)
    assert index.get("mention", "m") == old
    assert index.upsert([new]).written == 1
    assert index.get("mention", "m") == new


def test_many_documents_at_once(index):
    """As many `get`s: what is live, as last written, of one kind, in the order asked for; batches
    do not show."""
    documents = {each.id: each for each in (index_corpus.mention(seed) for seed in range(2_300))}
    index.upsert(documents.values())
    buried = [f"m{seed:05d}" for seed in range(0, 2_300, 7)]
    index.delete("mention", [(each, 9) for each in buried])
    index.upsert([index_corpus.search_result(1).model_copy(update={"id": "m00001"})])
    asked = [*reversed(documents), "never-seen", "", "m00001"]
    found = index.get_many("mention", iter(asked))
    assert list(found) == [each for each in reversed(documents) if each not in set(buried)]
    assert all(found[each] == documents[each] for each in found)
    assert index.get_many("mention", []) == {}
    assert index.get_many("run", ["m00001"]) == {}
    assert index.get_many("search_result", ["m00001"]).keys() == {"m00001"}


def test_tombstones(index):
    index.upsert([index_corpus.mention(1, revision=3, name="m")])
    assert index.delete("mention", [("m", 2), ("absent", 7)]) == UpsertReport(written=1, stale=1)
    assert index.get("mention", "m") is not None
    assert index.delete("mention", [("m", 5)]) == UpsertReport(written=1)
    assert (index.get("mention", "m"), ids(index), index.search(Query()).total) == (None, [], 0)
    assert index.upsert(
        [index_corpus.mention(1, revision=4, name="m"), index_corpus.mention(1, revision=6, name="absent")]
    ) == UpsertReport(stale=2)
    assert index.status().tombstones == counts(mention=2)
    assert list(index.tombstone_ids("mention")) == ["absent", "m"]
    assert list(index.tombstone_ids("run")) == []
    assert index.upsert([index_corpus.mention(1, revision=6, name="m")]).written == 1
    assert (ids(index), index.status().tombstones) == (["m"], counts(mention=1))


def test_an_id_belongs_to_its_kind(index):
    index.upsert(
        [
            index_corpus.mention(1, name="same"),
            index_corpus.search_result(1).model_copy(update={"id": "same"}),
        ]
    )
    index.delete("mention", [("same", 9)])
    assert index.get("search_result", "same") is not None


def test_words_that_a_document_no_longer_has_are_no_longer_found(index):
    first, second = [each for each in index_corpus.written() if each.id in {"agence", "livraison"}]
    index.upsert([first])
    index.upsert([second.model_copy(update={"id": first.id, "revision": 2})])
    assert (ids(index, "agence"), ids(index, "agen*"), ids(index, "livraison")) == ([], [], [first.id])
    index.delete("mention", [(first.id, 3)])
    assert (ids(index, "livraison"), ids(index, "livr*")) == ([], [])


def test_several_batches_and_a_failing_stream(index):
    def stream():
        yield from (index_corpus.mention(seed) for seed in range(2500))
        message = "the source broke"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="broke"):
        index.upsert(stream())
    kept = index.status().counts["mention"]
    assert kept % 500 == 0
    assert kept < 2500
    assert index.upsert(index_corpus.mention(seed) for seed in range(2500)).written == 2500
    assert index.status().counts["mention"] == 2500


@pytest.mark.parametrize(
    "change",
    [
        {"likes": 2**63},
        {"stars": float("nan")},
        {"polarity": float("inf")},
        {"aspects": (AspectDocument(name="price", polarity="negative", probability=float("nan")),)},
    ],
)
def test_a_number_without_end_is_refused_and_stops_nothing(index, change):
    refused = index_corpus.mention(1, name="refused").model_copy(update=change)
    assert index.upsert([index_corpus.mention(2), refused, index_corpus.mention(3)]) == UpsertReport(
        written=2, refused=1
    )
    assert index.get("mention", "refused") is None
    assert len(ids(index)) == 2


def test_hostile_text_comes_back_as_it_was(index):
    said = "\x00\x1f\x1e'\";--</script>\u202e\U0001f600 ½ \ufeff" + "é" * 5000
    document = index_corpus.mention(1).model_copy(
        update={
            "text": said,
            "title": said,
            "place": said,
            "brands": (said, "\x1e1", "\x1f"),
            "intents": ("", "\x1e0"),
            "native_id": said,
        }
    )
    index.upsert([document])
    assert index.get("mention", document.id) == document
    assert {bucket.value for bucket in index.facet(Query(), "brands")} == set(document.brands)
    assert {bucket.value for bucket in index.facet(Query(), "intents")} == set(document.intents)
    assert index.facet(Query(), "place")[0].value == said
    (row,) = index.scan(Query(), ["brands", "intents", "text"])
    assert row == {
        "brands": document.brands,
        "intents": document.intents,
        "text": said,
    }


def test_a_scan_sees_one_moment(index):
    index.upsert(index_corpus.mention(seed) for seed in range(300))
    scan = index.scan(Query(), ["id", "revision", "text"])
    seen = [next(scan)]
    index.upsert(index_corpus.mention(seed, revision=2) for seed in range(0, 400, 2))
    index.delete("mention", [(f"m{seed:05d}", 9) for seed in range(1, 300, 2)])
    seen += list(scan)
    assert [(row["id"], row["revision"]) for row in seen] == [(f"m{seed:05d}", 1) for seed in range(300)]
    assert ids(index) == [f"m{seed:05d}" for seed in range(0, 400, 2)]


def test_a_scan_outlives_a_rebuild(index):
    index.upsert(index_corpus.mention(seed) for seed in range(300))
    scan = index.scan(Query(), ["id", "text"])
    seen = [next(scan)]
    index.rebuild([index_corpus.mention(1)], expected={"mention": 1})
    index.upsert([index_corpus.mention(2)])
    assert len(seen + list(scan)) == 300
    assert ids(index) == ["m00001", "m00002"]


def test_a_scan_can_be_left(index):
    index.upsert(index_corpus.mention(seed) for seed in range(50))
    for _ in range(20):
        scan = index.scan(Query(), ["id"])
        next(scan)
        scan.close()
    index.rebuild(index_corpus.mention(seed) for seed in range(3))
    assert len(ids(index)) == 3


def test_readers_and_writers_at_once(index):
    """Each batch writes the same revision everywhere: a reader that ever sees two has seen half a batch."""
    index.upsert(index_corpus.mention(seed) for seed in range(200))
    errors, done = [], threading.Event()

    def read():
        try:
            while not done.is_set():
                assert len({row["revision"] for row in index.scan(Query(), ["revision"])}) == 1
                assert index.search(Query(sort=(Sort(field="period_at"),)), size=5).total == 200
        except BaseException as error:  # noqa: BLE001 (reported by the test)
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for revision in range(2, 8):
        index.upsert(index_corpus.mention(seed, revision=revision) for seed in range(200))
        if revision % 3 == 0:
            index.rebuild(
                (index_corpus.mention(seed, revision=revision) for seed in range(200)),
                expected={"mention": 200},
            )
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []


def test_rebuild_replaces_everything_and_keeps_revisions(index):
    index.upsert(index_corpus.mention(seed) for seed in range(20))
    status = index.rebuild(
        [*(index_corpus.mention(seed) for seed in range(5, 30)), index_corpus.search_result(1)],
        tombstones=[("mention", "m00007", 4), ("mention", "parti", 2)],
        expected={"mention": 24, "search_result": 1},
    )
    assert (status.counts, status.tombstones) == (counts(mention=24, search_result=1), counts(mention=2))
    assert status == index.status()
    assert index.upsert(
        [index_corpus.mention(7, revision=3), index_corpus.mention(1, revision=1, name="parti")]
    ) == UpsertReport(stale=2)
    assert ids(index) == [f"m{seed:05d}" for seed in range(5, 30) if seed != 7]


@pytest.mark.parametrize("expected", [{"mention": 4}, {"mention": 3, "run": 1}, {"mention": 0}])
def test_a_rebuild_that_does_not_count_up_leaves_the_old_index(index, expected):
    index.upsert(index_corpus.mention(seed) for seed in range(20))
    with pytest.raises(IndexUnavailable, match="ouidire index rebuild"):
        index.rebuild([index_corpus.mention(seed) for seed in range(3)], expected=expected)
    assert len(ids(index)) == 20
    assert index.upsert([index_corpus.mention(50)]).written == 1


def test_a_rebuild_whose_documents_fail_leaves_the_old_index(index):
    def stream():
        yield index_corpus.mention(0)
        message = "a harvest cannot be read"
        raise ValueError(message)

    index.upsert(index_corpus.mention(seed) for seed in range(20))
    with pytest.raises(ValueError, match="harvest"):
        index.rebuild(stream())
    assert len(ids(index)) == 20


def test_rebuild_of_the_same_gives_the_same_answers(index):
    documents = index_corpus.everything(100)
    index.upsert(documents)
    before = [hit.document.id for hit in index.search(Query(text="content"), size=100).hits]
    index.rebuild(documents[::-1])
    assert [hit.document.id for hit in index.search(Query(text="content"), size=100).hits] == before
    index.rebuild([])
    assert index.search(Query()).total == 0


def test_ensure_and_close_can_be_called_again(index):
    index.upsert([index_corpus.mention(1)])
    index.ensure()
    index.close()
    index.close()
    index.ensure()
    assert ids(index) == ["m00001"]
