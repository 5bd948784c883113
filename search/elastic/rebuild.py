"""A rebuild under way: indices filled aside while readers and writers go on, then swapped in.

What others write to the old indices is found by its sequence number and copied by the server. Only for the
last of it are writes blocked, for a moment: writers wait and then meet the new indices. Whatever fails before
the swap, the old indices stay as they were. A swap that got no answer may have been done, or be done later:
then nothing is removed, and the next rebuild clears away what is not needed.
"""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any, Self

import structlog
from elasticsearch import Elasticsearch

from ouidire.documents import MODELS, Document, Kind
from ouidire.errors import IndexUnavailable
from search.dead_letters import DeadLetters
from search.elastic import read
from search.elastic.aliases import REBUILD
from search.elastic.indices import Generations
from search.elastic.query import Json
from search.elastic.write import write, write_tombstones

REFUSED_SHARE = 0.01
"""Share of a kind's documents that a rebuild may lack because the server refuses them (dead letters)."""

_COPYING_S = 600.0
_log = structlog.get_logger("search")


class Rebuilding:
    """A generation being built; leaving the block without a swap removes it."""

    def __init__(self, generations: Generations, dead_letters: DeadLetters) -> None:
        self._generations = generations
        self._cluster = generations.cluster
        self._dead_letters = dead_letters
        self._refused = Counter[Kind]()
        self._blocked: list[str] = []
        self._swap_begun = self._swapped = False
        self._names: dict[Kind, str] = {}
        self._before: dict[str, Kind] = {}
        self._copied: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._names = self._generations.begin()
        self._before = {
            name: kind for kind, each in self._generations.targets().items() for name in each.names
        }
        self._open(sorted(self._before))
        self._copied = {name: self._last_written(name) for name in self._before}
        return self

    def __exit__(self, *problem: object) -> None:
        if not self._swapped:
            try:
                self._unblock()
            except (
                IndexUnavailable
            ) as error:  # what stopped the rebuild is told; the next one lifts the block
                _log.warning("index_still_blocked", place=self._cluster.place, why=str(error))
        if not self._swap_begun:
            self._generations.discard(self._names)

    def write(self, documents: Iterable[Document]) -> None:
        """Write a batch to the indices aside."""
        by_kind: dict[Kind, list[Document]] = {}
        for document in documents:
            by_kind.setdefault(document.kind, []).append(document)
        for kind, batch in by_kind.items():
            self._refused[kind] += write(
                self._cluster, batch, self._generations.building, self._dead_letters
            ).refused

    def write_tombstones(self, tombstones: Iterable[tuple[Kind, str, int]]) -> None:
        """Write a batch of tombstones to the indices aside."""
        by_kind: dict[Kind, list[tuple[str, int]]] = {}
        for kind, each, revision in tombstones:
            by_kind.setdefault(kind, []).append((each, revision))
        for kind, batch in by_kind.items():
            write_tombstones(self._cluster, kind, batch, self._generations.building(kind), self._dead_letters)

    def check(self, expected: dict[str, int] | None) -> dict[str, int]:
        """Return the counts of what was built. Raises IndexUnavailable when they are not those expected."""
        names = list(self._names.values())
        self._cluster.write(lambda client: client.indices.refresh(index=",".join(names)))
        counts, _ = read.counts(self._cluster, names)
        wrong: list[str] = []
        for kind in MODELS:
            wanted = (expected or {}).get(kind, counts[kind])
            missing = wanted - counts[kind]
            if missing and not 0 < missing <= min(self._refused[kind], REFUSED_SHARE * wanted):
                wrong.append(f"{counts[kind]} {kind} for {wanted}")
        if wrong:
            refused = (
                f" ({sum(self._refused.values())} were refused: see {self._dead_letters.path})"
                if sum(self._refused.values())
                else ""
            )
            message = (
                f"the index rebuilt beside {self._cluster.place} holds {', '.join(wrong)}{refused}: "
                f"the old one is kept; "
                f"look at the log, then {REBUILD}"
            )
            raise IndexUnavailable(message)
        return counts

    def swap(self) -> None:
        """Copy what was written meanwhile, block writes for the last of it, and swap."""
        self._copy()
        if self._before:
            self._blocked = sorted(self._before)
            self._cluster.write(
                lambda client: client.indices.add_block(index=",".join(self._blocked), block="write")
            )
        self._copy()
        self._swap_begun = True
        self._generations.swap(self._names)
        self._swapped = True

    def _copy(self) -> None:
        """Copy what was written to the old indices since the last copy; older revisions stay behind."""
        for name, kind in self._before.items():
            last = self._last_written(name)
            if last > self._copied[name]:
                since = {"range": {"_seq_no": {"gt": self._copied[name]}}}
                self._cluster.write(
                    partial(_copied, held=name, target=self._generations.building(kind), since=since)
                )
                self._copied[name] = last
                _log.info("index_caught_up", place=self._cluster.place, kind=kind)

    def _last_written(self, name: str) -> int:
        stats: Any = self._cluster.read(
            lambda client: client.indices.stats(index=name, metric="_all", level="shards")
        )
        shards = stats["indices"][name]["shards"].values()  # ours have one; one made by hand may have more
        return max(int(copy["seq_no"]["max_seq_no"]) for shard in shards for copy in shard)

    def _open(self, names: list[str]) -> None:
        """Open old indices that somebody closed: what was written to them meanwhile could not be read."""
        if names:
            self._cluster.write(
                lambda client: client.indices.open(index=",".join(names), wait_for_active_shards="0")
            )

    def _unblock(self) -> None:
        if self._blocked:
            names = ",".join(self._blocked)
            self._cluster.write(
                lambda client: client.indices.put_settings(index=names, settings={"index.blocks.write": None})
            )


def _copied(client: Elasticsearch, *, held: str, target: str, since: Json) -> None:
    client.indices.refresh(index=held)
    client.options(request_timeout=_COPYING_S).reindex(
        conflicts="proceed",
        source={"index": held, "query": since},
        dest={"index": target, "version_type": "external_gte"},
        require_alias=True,
        refresh=True,
        wait_for_completion=True,
    )
