"""What is particular to Elasticsearch: generations and aliases, writes during a rebuild, versions,
Kibana's fields, nearness."""

import pytest

from ouidire.documents import MODELS
from ouidire.errors import IndexUnavailable
from ouidire.index import Query, UpsertReport
from search.elastic.mappings import VERSIONS, alias, family, write_alias
from tests.support import index_corpus


def names(index):
    return sorted(
        index.cluster.client.indices.get(
            index=f"{index.prefix}-*", features="aliases", expand_wildcards="all"
        )
    )


def ids(index, text=""):
    return [row["id"] for row in index.scan(Query(text=text), ["id"])]


def analysed(index, field, text):
    answer = index.cluster.client.indices.analyze(
        index=alias(index.prefix, "mention"), field=field, text=text
    )
    return [token["token"] for token in answer["tokens"]]


def test_every_kind_has_one_index_behind_two_aliases(index):
    index.rebuild([index_corpus.mention(1)])
    assert len(names(index)) == len(MODELS)
    (held,) = index.cluster.client.indices.get(index=family(index.prefix, "mention")).values()
    assert set(held["aliases"]) == {alias(index.prefix, "mention"), write_alias(index.prefix, "mention")}
    assert held["mappings"]["_meta"]["ouidire"] == VERSIONS


def test_readers_of_the_alias_see_no_tombstone(index):
    index.upsert(index_corpus.mention(seed) for seed in range(3))
    index.delete("mention", [("m00001", 5), ("never-seen", 1)])
    client = index.cluster.client
    assert client.count(index=alias(index.prefix, "mention"))["count"] == 2
    assert client.count(index=write_alias(index.prefix, "mention"))["count"] == 4


def test_what_is_written_during_a_rebuild_is_not_lost(make):
    index, other = make("meanwhile"), make("meanwhile")
    index.upsert(index_corpus.mention(seed) for seed in range(50))

    def documents():
        for seed in range(50):
            if seed == 20:
                other.upsert([index_corpus.mention(7, revision=5), index_corpus.mention(1000)])
                other.delete("mention", [("m00009", 8)])
            yield index_corpus.mention(seed)

    index.rebuild(documents(), expected={"mention": 50})
    assert ids(index) == sorted([f"m{seed:05d}" for seed in range(50) if seed != 9] + ["m01000"])
    assert index.get("mention", "m00007").revision == 5
    assert other.upsert([index_corpus.mention(9, revision=7)]) == UpsertReport(stale=1)
    assert len(names(index)) == len(MODELS)


def test_a_rebuild_forgets_what_it_was_not_given(index):
    index.upsert(index_corpus.mention(seed) for seed in range(10))
    index.rebuild([index_corpus.mention(3)], expected={"mention": 1})
    assert ids(index) == ["m00003"]


def test_a_failed_rebuild_leaves_nothing_behind(index):
    index.upsert([index_corpus.mention(1)])
    before = names(index)
    with pytest.raises(IndexUnavailable, match="the old one is kept"):
        index.rebuild([index_corpus.mention(2)], expected={"mention": 7})
    assert names(index) == before
    assert index.upsert([index_corpus.mention(4)]).written == 1


def test_what_a_killed_rebuild_left_is_removed_by_the_next(index):
    index.upsert([index_corpus.mention(1)])
    half = index.generations.begin()
    assert set(half.values()) <= set(names(index))
    index.ensure()
    assert set(half.values()) <= set(names(index)), "another process may be building it"
    index.rebuild([index_corpus.mention(1)])
    assert not set(half.values()) & set(names(index))


def test_a_rebuild_killed_while_it_blocked_writes_is_mended_by_the_next(make):
    index = make("blocked", patience_s=0.5)
    index.upsert([index_corpus.mention(1)])
    current = index.generations.current()["mention"].name
    index.cluster.client.indices.add_block(index=current, block="write")
    with pytest.raises(IndexUnavailable, match="ouidire index rebuild"):
        index.upsert([index_corpus.mention(2)])
    index.rebuild([index_corpus.mention(1)])
    assert index.upsert([index_corpus.mention(2)]).written == 1


def test_an_index_of_another_version_asks_for_a_rebuild(index):
    client = index.cluster.client
    held = index.generations.current()["mention"].name
    client.indices.put_mapping(index=held, meta={"ouidire": {**VERSIONS, "layout": 0}})
    with pytest.raises(IndexUnavailable, match=r"layout 0.*ouidire index rebuild"):
        index.ensure()
    index.rebuild([index_corpus.mention(1)])
    index.ensure()


def test_no_index_at_all_says_so(make):
    index = make("absent")
    index.cluster.client.indices.delete(index=",".join(each.name for each in index.generations.found()))
    for ask in (
        lambda: index.search(Query()),
        lambda: index.get("mention", "m"),
        lambda: index.get_many("mention", ["m", "n"]),
        lambda: index.upsert([index_corpus.mention(1)]),
        index.status,
    ):
        with pytest.raises(IndexUnavailable, match="ouidire index rebuild"):
            ask()


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        (
            "text",
            "L'hôtel était vraiment décevant, les chambres n'étaient pas nettoyées",
            ["hotel", "vraiment", "decevant", "chambr", "pas", "netoy"],
        ),
        ("text", "Plus jamais ! On n’a rien reçu, ni excuses ni remboursement", None),
        ("text.english", "I wasn't happy, never again without a refund", None),
    ],
)
def test_kibana_s_fields_keep_negations(index, field, text, expected):
    tokens = analysed(index, field, text)
    if expected is not None:
        assert tokens == expected
    for word in ("pas", "jamais", "rien", "ni", "never", "without"):
        if word in text.split():
            assert any(token.startswith(word[:4]) for token in tokens), word


def test_people_find_places_whatever_their_accents(index):
    index.upsert([index_corpus.mention(1).model_copy(update={"place": "Évry"})])
    found = index.cluster.client.count(
        index=alias(index.prefix, "mention"), query={"term": {"place.folded": "EVRY"}}
    )
    assert found["count"] == 1


def test_a_date_that_no_index_can_order_is_kept(index):
    old = index_corpus.mention(1).model_copy(update={"published_at": index_corpus.START.replace(year=1950)})
    assert index.upsert([old]).written == 1
    assert index.get("mention", old.id) == old
