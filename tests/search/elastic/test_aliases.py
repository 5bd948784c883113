"""One index is read and written: lost and doubled aliases, indices made by hand, lost answers."""

import pytest

from ouidire.errors import IndexUnavailable
from ouidire.index import Query
from search.elastic.cluster import Cluster
from search.elastic.index import ElasticIndex
from search.elastic.mappings import alias, mapping, write_alias
from tests.search.elastic.conftest import URL
from tests.support import index_corpus
from tests.support.http_proxy import FaultyProxy

SIZE = 12


def ids(index):
    return [row["id"] for row in index.scan(Query(), ["id"])]


def documents():
    return [index_corpus.mention(seed) for seed in range(SIZE)]


def client_of(index):
    return index.cluster.client.indices


def lose(*kinds):
    """What removes the read alias, the write alias, or both, of mentions."""

    def change(index):
        held = index.generations.current()["mention"].name
        for kind in kinds:
            name = {"read": alias, "write": write_alias}[kind](index.prefix, "mention")
            client_of(index).delete_alias(index=held, name=name)

    return change


def double(kind):
    """What puts an alias on a second index too."""

    def change(index):
        name = {"read": alias, "write": write_alias}[kind](index.prefix, "mention")
        client_of(index).create(
            index=f"{index.prefix}-by-hand", mappings=mapping("mention"), settings=plain()
        )
        client_of(index).put_alias(index=f"{index.prefix}-by-hand", name=name)

    return change


def move_by_hand(index):
    """The read alias leads to an index made by hand, of two shards, the write alias to ours."""
    held = index.generations.current()["mention"].name
    made = f"{index.prefix}-by-hand"
    settings = {**plain(), "number_of_shards": 2}
    client_of(index).create(index=made, mappings=mapping("mention"), settings=settings)
    name = alias(index.prefix, "mention")
    client_of(index).update_aliases(
        actions=[{"remove": {"index": held, "alias": name}}, {"add": {"index": made, "alias": name}}]
    )


def plain():
    from search.elastic.analysis import ANALYSIS

    return {"analysis": ANALYSIS}


@pytest.fixture
def held(make):
    index = make("aliases")
    index.upsert(documents())
    yield index
    client_of(index).delete(index=f"{index.prefix}-by-hand", ignore_unavailable=True)


@pytest.mark.parametrize(
    "change",
    [lose("write"), lose("read"), lose("read", "write"), double("read"), double("write"), move_by_hand],
    ids=["write lost", "read lost", "both lost", "read doubled", "write doubled", "read by hand"],
)
def test_a_rebuild_leaves_one_index_under_both_aliases(held, change):
    change(held)
    before = set(client_of(held).get(index=f"{held.prefix}-*", expand_wildcards="all"))
    for ask in (held.status, held.ensure):
        with pytest.raises(IndexUnavailable, match="ouidire index rebuild"):
            ask()
    assert set(client_of(held).get(index=f"{held.prefix}-*", expand_wildcards="all")) == before, (
        "nothing goes"
    )
    for _ in range(2):
        held.rebuild(documents(), expected={"mention": SIZE})
        assert ids(held) == sorted(each.id for each in documents())
        assert held.status().counts["mention"] == SIZE
        for each in held.generations.targets().values():
            assert each.read == each.written
            assert len(each.read) == 1
    held.ensure()


def test_after_a_rebuild_the_old_indices_are_gone(held):
    lose("write")(held)
    held.rebuild(documents(), expected={"mention": SIZE})
    held.rebuild(documents(), expected={"mention": SIZE})
    held.ensure()
    assert {each.name for each in held.generations.found()} == {
        each.single for each in held.generations.targets().values()
    }


@pytest.fixture
def proxied(held, tmp_path):
    """The same index through a proxy, with little patience."""
    with FaultyProxy(URL) as proxy:
        index = ElasticIndex(
            Cluster((proxy.url,), patience_s=0.5), prefix=held.prefix, dead_letters=tmp_path / "refused.jsonl"
        )
        yield proxy, index
        index.close()


def test_a_swap_whose_answers_are_all_lost_is_found_done(held, proxied):
    proxy, index = proxied
    proxy.fate = lambda method, path: "lose" if (method, path) == ("POST", "/_aliases") else "pass"
    assert index.rebuild(documents(), expected={"mention": SIZE}).counts["mention"] == SIZE
    assert ids(held) == sorted(each.id for each in documents())
    held.ensure()


def test_a_swap_that_nobody_can_look_at_removes_nothing(held, proxied):
    proxy, index = proxied
    swapping = []

    def fate(method, path):
        if (method, path) == ("POST", "/_aliases"):
            swapping.append(path)
            return "lose"
        return "refuse" if swapping else "pass"

    proxy.fate = fate
    with pytest.raises(IndexUnavailable, match="nothing was removed"):
        index.rebuild(documents(), expected={"mention": SIZE})
    assert held.status().counts["mention"] == SIZE
    assert ids(held) == sorted(each.id for each in documents())
    held.rebuild(documents(), expected={"mention": SIZE})
    assert ids(held) == sorted(each.id for each in documents())


def test_a_swap_that_was_not_done_keeps_the_old_index(held, proxied):
    proxy, index = proxied
    proxy.fate = lambda method, path: "refuse" if (method, path) == ("POST", "/_aliases") else "pass"
    with pytest.raises(IndexUnavailable, match="ouidire index rebuild"):
        index.rebuild([index_corpus.mention(99)], expected={"mention": 1})
    assert ids(held) == sorted(each.id for each in documents())
    assert held.upsert([index_corpus.mention(50)]).written == 1, "writes go on"
    held.rebuild(documents(), expected={"mention": SIZE})
    held.ensure()
    assert len(held.generations.found()) == len(held.generations.targets())


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST"])
def test_answers_lost_once_at_every_step_change_nothing(held, proxied, method):
    proxy, index = proxied
    index.cluster.patience_s = 20
    lost = set()

    def fate(asked, path):
        step = (asked, path.partition("?")[0].rpartition("/")[2])
        if asked == method and step not in lost and "_search" not in path:
            lost.add(step)
            return "lose"
        return "pass"

    proxy.fate = fate
    try:
        index.rebuild(documents(), expected={"mention": SIZE})
    except IndexUnavailable:
        proxy.fate = lambda _method, _path: "pass"
        assert ids(held) == sorted(each.id for each in documents()), "the old one is read"
        index.rebuild(documents(), expected={"mention": SIZE})
    assert lost
    assert ids(held) == sorted(each.id for each in documents())
    held.ensure()
    assert held.status().counts["mention"] == SIZE
