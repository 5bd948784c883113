"""Nearness of vectors, alike on every back-end: against each vector compared in plain Python."""

import math
import random

import pytest

from ouidire.documents import MentionDocument
from ouidire.index import Exists, Query, Range, Term
from ouidire.text.words import indexed
from search.likeness import find_like, find_similar, fuse
from search.sqlite import vectors
from tests.support import index_corpus

RNG = random.Random(11)
WANTED = tuple(RNG.randrange(-127, 128) for _ in range(384))
QUERIES = [
    Query(),
    Query(where=(Term(field="source", any_of=index_corpus.SOURCES[:1]),)),
    Query(where=(Exists(field="place"), Range(field="stars", gte=3))),
    Query(text="-pas"),
    Query(where=(Term(field="source", any_of=("nowhere",)),)),
]


def expected(reference, query, size):
    scored = []
    for each in reference.kept(query):
        if each.vector and any(each.vector):
            product = sum(a * b for a, b in zip(WANTED, each.vector, strict=True))
            lengths = math.hypot(*WANTED) * math.hypot(*each.vector)
            scored.append((-round(product / lengths, 6), each.id))
    return sorted(scored)[:size]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("few", [0, 20_000])
def test_the_nearest_are_those_of_plain_python(filled, reference, query, few, monkeypatch):
    monkeypatch.setattr(vectors, "FEW", few)
    monkeypatch.setattr(vectors, "FIRST_LOOKED_AT", 3)
    for size in (1, 7, 10_000):
        found = [(-hit.score, hit.document.id) for hit in filled.nearest(query, WANTED, size=size)]
        assert found == expected(reference, query, size)
    assert filled.nearest(query, WANTED, size=0) == ()


def at(number: int, *axes: int, text: str = "") -> MentionDocument:
    """A mention whose vector points along some axes."""
    vector = tuple(100 if place in axes else 0 for place in range(384))
    base = index_corpus.mention(number, name=f"m{number:04}")
    found = indexed("fr", None, text)
    words = {"title": None, "text": text, "stems": found.stems, "words": found.words}
    return base.model_copy(update={"vector": vector, "duplicate_of": None, **words})


def test_what_is_replaced_or_deleted_is_near_nothing(index):
    index.upsert([at(number, number % 3) for number in range(300)])
    nearest = index.nearest(Query(), at(0, 0).vector, size=2)
    assert [hit.document.id for hit in nearest] == ["m0000", "m0003"]
    index.upsert(
        [
            at(0, 1).model_copy(update={"revision": 9}),
            at(3, 0).model_copy(update={"vector": None, "revision": 9}),
        ]
    )
    index.delete("mention", [("m0006", 99)])
    nearest = index.nearest(Query(), at(0, 0).vector, size=100)
    assert [hit.document.id for hit in nearest[:2]] == ["m0009", "m0012"]
    assert len([hit for hit in nearest if hit.score == 1]) == 97
    assert {hit.score for hit in index.nearest(Query(), at(0, 0).vector, size=400)} == {0.0, 1.0}


@pytest.mark.parametrize(
    ("kind", "vector"),
    [("mention", (1, 2)), ("mention", (0,) * 384), ("mention", (300,) * 384), ("run", (1,) * 384)],
)
def test_a_vector_that_nothing_can_be_compared_with_is_refused(index, kind, vector):
    with pytest.raises(ValueError, match="vector"):
        index.nearest(Query(kind=kind), vector)


def test_words_and_meaning_are_joined_by_their_ranks(index):
    index.upsert(
        [
            at(1, 0, text="colis casse"),
            at(2, 0, 1, text="rien"),
            at(3, 2, text="colis perdu"),
            at(4, 3, text="autre"),
        ]
    )
    answer = find_like(index, Query(), "colis", at(0, 0).vector, size=3)
    assert answer.kept == 4
    assert answer.hits[0].document.id == "m0001"
    assert {hit.document.id for hit in answer.hits} == {"m0001", "m0002", "m0003"}
    assert answer.hits[0].highlights
    words_alone = find_like(index, Query(), "colis", None)
    assert {hit.document.id for hit in words_alone.hits} == {"m0001", "m0003"}


def test_similar_mentions_are_others_and_no_copies(index):
    index.upsert([at(1, 0), at(2, 0).model_copy(update={"duplicate_of": "m0001"}), at(3, 0, 1), at(4, 5)])
    for name in ("m0001", "m0002"):
        found = find_similar(index, index.get("mention", name), Query(), size=1)
        assert [hit.document.id for hit in found.hits] == ["m0003"]
        assert found.kept == 2
    bare = at(9).model_copy(update={"vector": None})
    assert find_similar(index, bare, Query()).hits == ()


def test_equal_ranks_are_in_the_order_of_ids(index):
    index.upsert([at(1, 0), at(2, 1)])
    one, two = (index.nearest(Query(), at(0, axis).vector, size=2) for axis in (0, 1))
    assert [hit.document.id for hit in fuse([two, one], size=2)] == ["m0001", "m0002"]
