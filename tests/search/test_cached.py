"""The reading side of an index: counted once for a revision, never writing."""

import pytest

from ouidire.errors import IndexUnavailable
from ouidire.index import CountParts, FacetPart, Query, Term
from search.cached import CachedReader
from search.sqlite.index import SqliteIndex
from tests.support import index_corpus


class Counting:
    """An index that counts how often it is asked."""

    def __init__(self, index):
        self.index = index
        self.asked = 0

    def __getattr__(self, name):
        found = getattr(self.index, name)
        if name in ("sums", "facet", "counts", "series"):

            def counted(*args, **options):
                self.asked += 1
                return found(*args, **options)

            return counted
        return found


@pytest.fixture
def index(tmp_path):
    made = SqliteIndex(tmp_path / "index.db")
    made.ensure()
    made.upsert(index_corpus.written())
    yield made
    made.close()


def test_a_count_is_made_once_until_something_is_written(index):
    counting = Counting(index)
    reader = CachedReader(counting)
    query = Query(where=(Term(field="source", any_of=("feed",)),))
    first = reader.sums(query).n
    assert (reader.sums(query).n, counting.asked) == (first, 1)
    parts = CountParts(facets=(FacetPart(field="language"),))
    assert reader.counts(query, parts) == reader.counts(query, parts)
    assert counting.asked == 2
    index.upsert([index_corpus.mention(1).model_copy(update={"source": "feed"})])
    assert (reader.sums(query).n, counting.asked) == (first + 1, 3)
    index.delete("mention", [("m00001", 9)])
    assert (reader.sums(query).n, counting.asked) == (first, 4)
    index.rebuild(index_corpus.written())
    assert (reader.sums(query).n, counting.asked) == (first, 5)


def test_no_more_counts_are_kept_than_it_may(index):
    counting = Counting(index)
    reader = CachedReader(counting, kept=2)
    for name in ("feed", "trustpilot", "app_store", "feed"):
        reader.sums(Query(where=(Term(field="source", any_of=(name,)),)))
    assert counting.asked == 4


def test_it_never_writes(index):
    reader = CachedReader(index)
    for write in (
        reader.ensure,
        lambda: reader.upsert([]),
        lambda: reader.delete("mention", []),
        lambda: reader.rebuild([]),
    ):
        with pytest.raises(IndexUnavailable, match="only reads"):
            write()


def test_another_connection_writes_while_it_reads(index, tmp_path):
    reader = CachedReader(SqliteIndex(tmp_path / "index.db"))
    stream = reader.scan(Query(), ("id",))
    next(stream)
    index.upsert([index_corpus.mention(2)])
    before = 1 + sum(1 for _ in stream)
    assert reader.sums(Query()).n == before + 1
    reader.close()
