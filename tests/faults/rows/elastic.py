"""Faults of a real Elasticsearch behind a proxy: away, busy, wrong, emptied, moved, cut.

They need a server, which `make faults` fetches and starts; without one they are left out, and said to be.
"""

import os
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from elasticsearch import Elasticsearch

from search.elastic.mappings import alias, family, mapping, write_alias
from tests.faults.fault import FALSE, UNTRUE, Fault, Right
from tests.faults.lab import Lab
from tests.support.http_proxy import Fate, FaultyProxy

URL = os.environ.get("ELASTICSEARCH_URL", "")
MISSING = os.environ.get("OUIDIRE_ELASTIC_MISSING") or "`make faults` fetches and starts one"
"""Why there is no server."""
INDEX = """
[index]
backend = "elasticsearch"
url = "{url}"
prefix = "{prefix}"
patience = 1
timeout = 60
"""
Change = Callable[[Elasticsearch, str], object]
"""Changes the server by hand, given a client and the prefix of the installation's indices."""
WAITS = Right(
    now=(0,),
    never=FALSE,
    shows=("the index at|l’index à|Elasticsearch|ouidire index rebuild",),
    hides=("state recover",),
)
REBUILDS = Right(now=(0,), never=FALSE, shows=("index rebuild",))
SOUND = Right(codes=(0,), now=(1,), never=UNTRUE)


def on_elastic(lab: Lab) -> None:
    """Have the installation use Elasticsearch, by a proxy of its own, with all that it knows."""
    proxy = FaultyProxy(URL).__enter__()
    lab.parts = {"proxy": proxy, "prefix": f"fault-{uuid4().hex[:12]}"}
    lab.more += INDEX.format(url=proxy.url, prefix=lab.parts["prefix"])
    lab.write()
    said = lab.ouidire("index", "rebuild")
    assert said.code == 0, said.all


def by_proxy(fate: Callable[[str, str], Fate]) -> Callable[[Lab], None]:
    """Return what has the proxy decide so of each request, by its method and path."""

    def breaks(lab: Lab) -> None:
        on_elastic(lab)
        lab.parts["proxy"].fate = fate

    return breaks


def by_hand(change: Change) -> Callable[[Lab], None]:
    """Return what changes the server by hand."""

    def breaks(lab: Lab) -> None:
        on_elastic(lab)
        with Elasticsearch(URL) as client:
            change(client, lab.parts["prefix"])

    return breaks


def passing(lab: Lab) -> None:
    """Let everything pass the proxy again."""
    lab.parts["proxy"].fate = lambda _method, _path: "pass"


def rebuilt(lab: Lab) -> None:
    """Do what the message says."""
    with Elasticsearch(URL) as client:
        settings = {
            "index.blocks.read_only_allow_delete": None,
            "index.routing.allocation.enable": None,
        }
        client.indices.put_settings(
            index=f"{lab.parts['prefix']}-*", settings=settings, allow_no_indices=True
        )
    lab.ouidire("index", "rebuild")


def released(lab: Lab) -> None:
    """Unlock the indices by hand."""
    with Elasticsearch(URL) as client:
        settings = {"index.blocks.read_only_allow_delete": None, "index.blocks.write": None}
        client.indices.put_settings(index=f"{lab.parts['prefix']}-*", settings=settings)


def _held(client: Elasticsearch, prefix: str) -> str:
    return next(iter(client.indices.get_alias(name=alias(prefix, "mention")).body))


def _deletes(query: dict[str, Any], *, most: int | None = None) -> Change:
    return lambda client, prefix: client.delete_by_query(
        index=_held(client, prefix), query=query, max_docs=most, refresh=True, conflicts="proceed"
    )


def _settings(**more: object) -> Change:
    return lambda client, prefix: client.indices.put_settings(index=_held(client, prefix), settings=more)


def _loses(name: Callable[[str, str], str]) -> Change:
    return lambda client, prefix: client.indices.delete_alias(
        index=_held(client, prefix), name=name(prefix, "mention")
    )


def _made_by_hand(client: Elasticsearch, prefix: str, *, mappings: dict[str, Any]) -> str:
    from search.elastic.analysis import ANALYSIS

    name = f"{prefix}-by-hand"
    client.indices.create(index=name, mappings=mappings, settings={"analysis": ANALYSIS})
    return name


def _moved(client: Elasticsearch, prefix: str) -> None:
    held, made = _held(client, prefix), _made_by_hand(client, prefix, mappings=dict(mapping("mention")))
    name = alias(prefix, "mention")
    client.indices.update_aliases(
        actions=[{"remove": {"index": held, "alias": name}}, {"add": {"index": made, "alias": name}}]
    )


def _of_another_mapping(client: Elasticsearch, prefix: str) -> None:
    held = _held(client, prefix)
    client.indices.delete(index=held)
    client.indices.create(index=held, mappings={"properties": {"stars": {"type": "date"}}})
    for name in (alias(prefix, "mention"), write_alias(prefix, "mention")):
        client.indices.put_alias(index=held, name=name)


def _gone(client: Elasticsearch, prefix: str) -> None:
    client.indices.delete(index=_held(client, prefix))


def _all_gone(client: Elasticsearch, prefix: str) -> None:
    names = client.indices.get(index=family(prefix, "mention").replace("mentions", "*")).body
    client.indices.delete(index=",".join(names))


def _red(client: Elasticsearch, prefix: str) -> None:
    held = _held(client, prefix)
    client.indices.put_settings(index=held, settings={"index.routing.allocation.enable": "none"})
    client.indices.close(index=held)
    client.indices.open(index=held, wait_for_active_shards="0")


def _closed(client: Elasticsearch, prefix: str) -> None:
    client.indices.close(index=_held(client, prefix))


def every(fate: Fate) -> Callable[[str, str], Fate]:
    """Return the same fate for each request."""
    return lambda _method, _path: fate


def searches(fate: Fate) -> Callable[[str, str], Fate]:
    """Return a fate for searches alone."""
    return lambda _method, path: fate if "_search" in path or "_count" in path else "pass"


def writes(fate: Fate) -> Callable[[str, str], Fate]:
    """Return a fate for writes alone."""
    return lambda _method, path: fate if "_bulk" in path else "pass"


def now_and_then(fate: Fate, each: int) -> Callable[[str, str], Fate]:
    """Return a fate for one request of so many."""
    count = iter(range(10**9))
    return lambda _method, _path: fate if next(count) % each == 0 else "pass"


AWAY: tuple[tuple[str, Callable[[Lab], None]], ...] = (
    ("elastic_refused", by_proxy(every("refuse"))),
    ("elastic_503", by_proxy(every("busy"))),
    ("elastic_429", by_proxy(every("too_many"))),
    ("elastic_401", by_proxy(every("unknown"))),
    ("elastic_is_a_page", by_proxy(every("page"))),
    ("elastic_answers_lost", by_proxy(every("lose"))),
    ("elastic_answers_cut", by_proxy(every("cut"))),
    ("elastic_answers_cut_unsaid", by_proxy(every("cut_unsaid"))),
    ("elastic_answers_empty_json", by_proxy(every("empty"))),
    ("elastic_searches_503", by_proxy(searches("busy"))),
    ("elastic_searches_cut", by_proxy(searches("cut_unsaid"))),
    ("elastic_searches_empty_json", by_proxy(searches("empty"))),
    ("elastic_searches_partial", by_proxy(searches("partial"))),
    ("elastic_searches_timed_out", by_proxy(searches("timed_out"))),
)
UNWRITTEN: tuple[tuple[str, Callable[[Lab], None]], ...] = (
    ("elastic_writes_503", by_proxy(writes("busy"))),
    ("elastic_writes_429", by_proxy(writes("too_many"))),
    ("elastic_writes_lost", by_proxy(writes("lose"))),
    ("elastic_writes_cut", by_proxy(writes("cut_unsaid"))),
    ("elastic_writes_empty_json", by_proxy(writes("empty"))),
)
CHANGED: tuple[tuple[str, Callable[[Lab], None]], ...] = (
    ("elastic_index_gone", by_hand(_gone)),
    ("elastic_all_gone", by_hand(_all_gone)),
    ("elastic_emptied", by_hand(_deletes({"match_all": {}}))),
    ("elastic_short_of_one", by_hand(_deletes({"match_all": {}}, most=1))),
    ("elastic_short_of_a_third", by_hand(_deletes({"match_all": {}}, most=17))),
    ("elastic_read_alias_gone", by_hand(_loses(alias))),
    ("elastic_write_alias_gone", by_hand(_loses(write_alias))),
    ("elastic_alias_moved", by_hand(_moved)),
    ("elastic_other_mapping", by_hand(_of_another_mapping)),
)

FAULTS = (
    Fault("elastic_sound", "control", "nothing at all", on_elastic, SOUND),
    Fault(
        "elastic_503_now_and_then",
        "control",
        "one request of seven is answered with 503",
        by_proxy(now_and_then("busy", 7)),
        SOUND,
    ),
    Fault(
        "elastic_429_now_and_then",
        "control",
        "one request of five is answered with 429",
        by_proxy(now_and_then("too_many", 5)),
        SOUND,
    ),
    *(
        Fault(name, "elastic", "the server is away or odd", breaks, WAITS, mends=passing, start="collected")
        for name, breaks in AWAY
    ),
    *(
        Fault(name, "elastic", "the server takes no writes", breaks, WAITS, mends=passing)
        for name, breaks in UNWRITTEN
    ),
    *(
        Fault(name, "I1", "the index is changed by hand", breaks, REBUILDS, mends=rebuilt, start="collected")
        for name, breaks in CHANGED
    ),
    *(
        Fault(
            name,
            "elastic",
            "the index is not served",
            by_hand(change),
            WAITS,
            mends=rebuilt,
            start="collected",
        )
        for name, change in (("elastic_red", _red), ("elastic_closed", _closed))
    ),
    Fault(
        "elastic_read_only",
        "elastic",
        "the index is locked, as for a full disk",
        by_hand(_settings(**{"index.blocks.read_only_allow_delete": True})),
        WAITS,
        mends=released,
    ),
    Fault(
        "elastic_write_block",
        "elastic",
        "the index takes no writes",
        by_hand(_settings(**{"index.blocks.write": True})),
        WAITS,
        mends=released,
    ),
)
