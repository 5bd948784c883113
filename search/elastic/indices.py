"""The generations of an Elasticsearch index: made aside, swapped in by aliases, removed when unread.

Each kind has a read alias (live documents) and a write alias (tombstones too), both on one index. An index
that is being built carries a `-building` alias; one that was replaced carries none, and is removed once no
scan holds a view of it.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import structlog
from elasticsearch import ApiError

from ouidire.documents import MODELS, Kind
from search.elastic.cluster import Cluster
from search.elastic.mappings import (
    TOMBSTONE,
    VERSIONS,
    alias,
    component,
    family,
    index_name,
    mapping,
    settings,
    templates,
    write_alias,
)
from search.elastic.query import Json

REBUILD = "`ouidire index rebuild` makes it anew"

KEEPS_VECTORS_SINCE = (9, 2)
"""The first version that leaves vectors out of documents by default, and has the setting that keeps them."""

_LIVE: Json = {"bool": {"must_not": {"term": {TOMBSTONE: True}}}}
_FORBIDDEN = 403
_EXISTS = "resource_already_exists_exception"
_log = structlog.get_logger("search")


class ExistingIndex(NamedTuple):
    """One index that exists under our names: its kind, aliases, and the versions that it was built for."""

    name: str
    kind: Kind
    aliases: frozenset[str]
    versions: dict[str, int]

    @property
    def generation(self) -> int:
        """The number at the end of its name; 0 where it has none."""
        number = self.name.rpartition("-")[2]
        return int(number) if number.isdecimal() else 0


class Generations:
    """The indices of one prefix on one cluster. `replicas` is Elasticsearch's `auto_expand_replicas`."""

    def __init__(self, cluster: Cluster, prefix: str, *, replicas: str) -> None:
        self.cluster = cluster
        self.prefix = prefix
        self.replicas = replicas

    def found(self) -> list[ExistingIndex]:
        """Return every index of ours, by name."""
        wanted = "*.aliases,*.mappings._meta"
        names = ",".join(family(self.prefix, kind) for kind in MODELS)
        answer = self.cluster.read(
            lambda client: client.indices.get(
                index=names, filter_path=wanted, features=["aliases", "mappings"], expand_wildcards="all"
            )
        )
        listed: list[ExistingIndex] = []
        for kind in MODELS:
            beginning = alias(self.prefix, kind) + "-v"
            for name, each in sorted(answer.items()):
                if name.startswith(beginning):
                    versions = each.get("mappings", {}).get("_meta", {}).get("ouidire", {})
                    listed.append(ExistingIndex(name, kind, frozenset(each.get("aliases", {})), versions))
        return listed

    def current(self, found: list[ExistingIndex] | None = None) -> dict[Kind, ExistingIndex]:
        """Return the index of each kind that is written to now."""
        listed = self.found() if found is None else found
        return {each.kind: each for each in listed if write_alias(self.prefix, each.kind) in each.aliases}

    def ensure(self) -> None:
        """Create the kinds that are missing and remove what was replaced.

        Raises IndexUnavailable for other versions.
        """
        listed = self.found()
        current = self.current(listed)
        other = [each for each in current.values() if each.versions != VERSIONS]
        if other:
            shown = (
                ", ".join(f"{name} {value}" for name, value in sorted(other[0].versions.items()))
                or "no version of ours"
            )
            needed = ", ".join(f"{name} {value}" for name, value in sorted(VERSIONS.items()))
            why = (
                f"{other[0].name} was built for other versions "
                f"({shown}; this program needs {needed}); {REBUILD}"
            )
            raise self.cluster.unavailable(why)
        missing = [kind for kind in MODELS if kind not in current]
        if missing:
            self._put_templates()
            number = max((each.generation for each in listed), default=0) + 1
            self._create({kind: index_name(self.prefix, kind, number) for kind in missing}, building=False)
        self._sweep(listed)

    def begin(self) -> dict[Kind, str]:
        """Create the next generation, to be filled, and return its names.

        What killed rebuilds left is removed first.
        """
        listed = self.found()
        half = [each.name for each in listed if self.building(each.kind) in each.aliases]
        self._delete(half)
        self._sweep(listed)
        self._put_templates()
        number = max((each.generation for each in listed), default=0) + 1
        names = {kind: index_name(self.prefix, kind, number) for kind in MODELS}
        self._create(names, building=True)
        return names

    def building(self, kind: Kind) -> str:
        """Return the alias under which a kind's next generation is filled."""
        return f"{alias(self.prefix, kind)}-building"

    def swap(self, names: Mapping[Kind, str], before: Mapping[Kind, ExistingIndex]) -> None:
        """Move all aliases of all kinds to new indices in one step, then remove the old ones when unread."""
        actions: list[Json] = []
        for kind, name in names.items():
            actions += [{"remove": {"index": name, "alias": self.building(kind)}}]
            if kind in before:
                held = before[kind]
                actions += [{"remove": {"index": held.name, "alias": each}} for each in sorted(held.aliases)]
            actions += [
                {"add": {"index": name, "alias": each, **options}}
                for each, options in self._aliases(kind).items()
            ]
        self.cluster.write(lambda client: client.indices.update_aliases(actions=actions))
        self._sweep([each._replace(aliases=frozenset()) for each in before.values()])

    def discard(self, names: Mapping[Kind, str]) -> None:
        """Remove a generation that is not wanted after all."""
        self._delete(list(names.values()))

    def _aliases(self, kind: Kind) -> dict[str, Json]:
        return {
            alias(self.prefix, kind): {"filter": _LIVE},
            write_alias(self.prefix, kind): {"is_write_index": True},
        }

    def _create(self, names: Mapping[Kind, str], *, building: bool) -> None:
        keeps = self.cluster.version() >= KEEPS_VECTORS_SINCE
        body = settings(replicas=self.replicas, keeps_vectors=keeps)

        def create(item: tuple[Kind, str]) -> None:
            kind, name = item
            aliases: dict[str, Json] = (
                {self.building(kind): {"is_hidden": True}} if building else self._aliases(kind)
            )
            try:
                with self.cluster.translate_errors():
                    self.cluster.client.indices.create(
                        index=name, mappings=mapping(kind), settings=body, aliases=aliases
                    )
            except Exception as error:
                # another process was as quick as we: it made the same
                if not (
                    isinstance(error.__cause__, ApiError)
                    and error.__cause__.message == _EXISTS
                    and not building
                ):
                    raise

        with ThreadPoolExecutor(max_workers=len(MODELS)) as pool:
            list(pool.map(create, names.items()))

    def _put_templates(self) -> None:
        """Write templates where they lack or are of another version.

        Without the right to, go on: indices are created whole anyway.
        """
        keeps = self.cluster.version() >= KEEPS_VECTORS_SINCE
        try:
            put_templates(self.cluster, self.prefix, replicas=self.replicas, keeps_vectors=keeps)
        except ApiError as error:
            if error.status_code != _FORBIDDEN:
                with self.cluster.translate_errors():
                    raise
            _log.debug("index_templates_not_ours_to_write", place=self.cluster.place)

    def _sweep(self, found: list[ExistingIndex]) -> None:
        """Remove indices that were replaced and that no view holds open any more."""
        replaced = [each.name for each in found if not each.aliases]
        if not replaced:
            return
        stats: Any = self.cluster.read(
            lambda client: client.options(ignore_status=404).indices.stats(
                index=",".join(replaced), metric="search"
            )
        )
        free = [
            name
            for name, each in stats.get("indices", {}).items()
            if not each["total"]["search"]["open_contexts"]
        ]
        self._delete(free)

    def _delete(self, names: list[str]) -> None:
        if names:
            self.cluster.write(
                lambda client: client.options(ignore_status=404).indices.delete(index=",".join(sorted(names)))
            )


def put_templates(cluster: Cluster, prefix: str, *, replicas: str, keeps_vectors: bool) -> None:
    """Write the templates that lack or are of another version. Raises ApiError when it may not."""
    client = cluster.client
    have = (
        client.options(ignore_status=404)
        .indices.get_index_template(name=f"{prefix}-*")
        .get("index_templates", [])
    )
    ours = {each["name"]: each["index_template"].get("_meta", {}).get("ouidire") for each in have}
    wanted = templates(prefix)
    if all(ours.get(name) == VERSIONS for name in wanted):
        return
    client.cluster.put_component_template(
        name=component(prefix),
        template={"settings": settings(replicas=replicas, keeps_vectors=keeps_vectors)},
        meta={"ouidire": VERSIONS},
    )
    for name, body in wanted.items():
        client.indices.put_index_template(name=name, **body)
