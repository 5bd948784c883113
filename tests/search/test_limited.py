"""The reading side of an index within limits: whatever is asked, what is out of sight is not there."""

from datetime import timedelta

import pytest

from ouidire.documents import MODELS
from ouidire.errors import IndexUnavailable
from ouidire.index import (
    ConditionPart,
    CountParts,
    Exists,
    FacetPart,
    PartCounts,
    Query,
    SeriesPart,
    Sort,
    Term,
)
from search.limited import OF_BRANDS, LimitedReader
from search.sqlite.index import SqliteIndex
from tests.support import index_corpus

BRAND = "ours"


def sided():
    """The conformance corpus, a third of it ours, a third of both brands, a third of the other."""
    brands = ((BRAND,), (BRAND, "theirs"), ("theirs",))
    for number, each in enumerate(index_corpus.everything(120)):
        changed = {"brands": brands[number % 3]}
        if each.kind == "mention":
            place = ("Lyon", "Lille", None)[number // 3 % 3]
            changed |= {"brands_mentioned": brands[number % 3], "place": place}
        yield each.model_copy(update=changed)


@pytest.fixture
def index(tmp_path):
    made = SqliteIndex(tmp_path / "index.db")
    made.ensure()
    made.upsert(sided())
    yield made
    made.close()


KINDS = ("mention", "search_result", "run", "event", "measure")


def ids_of(index, kind, **limits):
    return {
        each.id
        for each in sided()
        if each.kind == kind
        and set(each.brands) & set(limits.get("brands", each.brands))
        and ("places" not in limits or getattr(each, "place", None) in limits["places"])
    }


@pytest.mark.parametrize("kind", KINDS)
def test_by_brand_every_method_gives_the_same_set(index, kind):
    reader = LimitedReader(index, brands=(BRAND,))
    wanted = ids_of(index, kind, brands=(BRAND,))
    everything = {each.id for each in sided() if each.kind == kind}
    query = Query(kind=kind)
    assert reader.sums(query).n == len(wanted)
    assert {row["id"] for row in reader.scan(query, ("id", "brands"))} == wanted
    assert {row["brands"] for row in reader.scan(query, ("brands",))} <= {(BRAND,)}
    found = reader.search(query, size=1000)
    assert (found.total, {hit.document.id for hit in found.hits}) == (len(wanted), wanted)
    assert set(reader.get_many(kind, sorted(everything))) == wanted
    assert {key for key in everything if reader.get(kind, key)} == wanted
    assert [bucket.value for bucket in reader.facet(query, "brands")] == ([BRAND] if wanted else [])
    parts = CountParts(facets=(FacetPart(field="brands", size=1), FacetPart(field="id", size=1000)))
    counted = reader.counts(query, parts)
    assert counted.total == len(wanted)
    assert {bucket.value for bucket in counted.facets[1]} == wanted
    assert "theirs" not in repr(found) + repr(counted)


@pytest.mark.parametrize(
    "clause",
    [
        Term(field="brands", any_of=("theirs",)),
        Term(field="brands", any_of=("nobody",)),
        Term(field="brands_mentioned", any_of=("theirs",)),
    ],
)
def test_a_brand_out_of_sight_is_as_one_that_there_is_not(index, clause):
    reader = LimitedReader(index, brands=(BRAND,))
    query = Query(where=(clause,), sort=(Sort(field="period_at"),))
    assert reader.sums(query, ("stars",)).fields["stars"].n == 0
    assert reader.search(query).total == 0
    parts = CountParts(facets=(FacetPart(field="brands"), FacetPart(field="source")))
    assert reader.counts(query, parts) == PartCounts(total=0, facets=((), ()))
    assert list(reader.scan(query, ("id",))) == []
    edges = [each.period_at for each in list(sided())[:2]]
    assert [bucket.n for bucket in reader.series(query, "period_at", sorted(edges))] == [0]


def test_leaving_out_a_brand_out_of_sight_says_nothing_of_it(index):
    reader = LimitedReader(index, brands=(BRAND,))
    left_out = Query(where=(Term(field="brands", any_of=("theirs",), exclude=True),))
    assert reader.sums(left_out).n == reader.sums(Query()).n > 0


@pytest.mark.parametrize("asked", [(BRAND,), ("theirs",), (BRAND, "theirs"), ("nobody",)])
def test_a_count_that_leaves_out_its_own_filter_leaves_out_no_limit(index, asked):
    reader = LimitedReader(index, brands=(BRAND,), places=("Lyon",))
    own = (Term(field="brands", any_of=asked), Term(field="place", any_of=("Lyon",)))
    edges = (index_corpus.START, index_corpus.START + timedelta(days=900))
    condition = Term(field="brands", any_of=("theirs",))
    found = reader.counts(
        Query(where=own),
        CountParts(
            facets=(FacetPart(field="brands", without=own), FacetPart(field="place", without=own)),
            conditions=(ConditionPart(condition=condition, without=own),),
            series=(SeriesPart(field="period_at", edges=edges, by="brands"),),
        ),
    )
    wanted = len(ids_of(index, "mention", brands=(BRAND,), places=("Lyon",)))
    assert found.total == (wanted if BRAND in asked else 0)
    assert [(each.value, each.n) for each in found.facets[0]] == [(BRAND, wanted)]
    assert [(each.value, each.n) for each in found.facets[1]] == [("Lyon", wanted)]
    assert found.conditions == (0,)
    assert set(found.series[0][0].by) <= {BRAND}


def test_what_is_nearest_is_in_sight(index):
    vector = (1, *(0,) * 383)
    index.upsert(each.model_copy(update={"vector": vector}) for each in sided() if each.kind == "mention")
    reader = LimitedReader(index, brands=(BRAND,), places=("Lyon",))
    wanted = ids_of(index, "mention", brands=(BRAND,), places=("Lyon",))
    found = reader.nearest(Query(), vector, size=1000)
    assert {hit.document.id for hit in found} == wanted
    assert "theirs" not in repr(found)
    assert reader.nearest(Query(kind="answer"), vector) == ()


def test_by_place_only_what_has_one_is_seen(index):
    reader = LimitedReader(index, brands=(BRAND,), places=("Lyon",), source_keys=("feed:a",))
    wanted = ids_of(index, "mention", brands=(BRAND,), places=("Lyon",))
    assert wanted
    assert {row["id"] for row in reader.scan(Query(), ("id",))} == wanted
    assert reader.sums(Query()).n == len(wanted)
    assert [bucket.value for bucket in reader.facet(Query(), "place")] == ["Lyon"]
    assert reader.sums(Query(where=(Exists(field="place", exclude=True),))).n == 0
    for kind in ("search_result", "suggestion", "answer"):
        assert reader.sums(Query(kind=kind)).n == reader.search(Query(kind=kind)).total == 0
    for each in reader.search(Query(kind="run"), size=100).hits:
        assert each.document.source_key == "feed:a"


def test_by_place_an_event_is_seen_with_its_mention(index):
    events = [each for each in sided() if each.kind == "event"]
    mentions = [each for each in sided() if each.kind == "mention" and BRAND in each.brands]
    seen = next(each for each in mentions if each.place == "Lyon")
    hidden = next(each for each in mentions if each.place != "Lyon")
    index.upsert(
        events[0].model_copy(update={"id": f"e-{each.id}", "subject_id": each.id, "brands": (BRAND,)})
        for each in (seen, hidden)
    )
    reader = LimitedReader(index, brands=(BRAND,), places=("Lyon",))
    found = reader.search(Query(kind="event"), size=100)
    shown = {hit.document.id: hit.document.subject_id for hit in found.hits}
    assert f"e-{seen.id}" in shown
    assert set(shown.values()) <= ids_of(index, "mention", brands=(BRAND,), places=("Lyon",))
    assert found.total == len(shown)
    assert set(reader.get_many("event", [f"e-{seen.id}", f"e-{hidden.id}"])) == {f"e-{seen.id}"}
    assert reader.sums(Query(kind="event")).n == 0


def test_it_never_writes_and_tells_nothing_of_the_whole(index):
    reader = LimitedReader(index, brands=(BRAND,))
    index.delete("mention", [("m00001", 9)])
    assert list(reader.tombstone_ids("mention")) == []
    for asked in (
        reader.status,
        reader.ensure,
        lambda: reader.upsert([]),
        lambda: reader.delete("mention", []),
        lambda: reader.rebuild([]),
    ):
        with pytest.raises(IndexUnavailable):
            asked()


def test_every_field_that_holds_brands_is_known():
    """A field more of this kind must be hidden as well."""
    named = {name for model in MODELS.values() for name in model.model_fields if "brand" in name}
    assert named - {"brand_present"} == set(OF_BRANDS)
