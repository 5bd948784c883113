"""The generations of an Elasticsearch index: made aside, swapped in by aliases, removed when unread.

Each kind has a read alias (live documents) and a write alias (tombstones too), both on one index. An index
that is being built carries a `-building` alias; one that was replaced carries none, and is removed once no
scan holds a view of it. Before anything is removed it is looked where the aliases lead: no answer is not
"not done".
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import structlog
from elasticsearch import ApiError

from ouidire.documents import MODELS, Kind
from ouidire.errors import IndexUnavailable
from search.elastic.aliases import REBUILD, AliasTargets, alias_targets, problem
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
        """Return the index of each kind that both aliases lead to; kinds whose aliases are not sound lack."""
        listed = {each.name: each for each in (self.found() if found is None else found)}
        aliases = alias_targets(self.cluster, self.prefix)
        return {kind: listed[name] for kind, each in aliases.items() if (name := each.single) in listed}

    def require_sound(self) -> None:
        """Raise IndexUnavailable, saying what to do, where a kind is not read and written in one index."""
        for each in alias_targets(self.cluster, self.prefix).values():
            why = problem(each, self.prefix)
            if why:
                raise self.cluster.unavailable(why)

    def ensure(self) -> None:
        """Create the kinds of which there is nothing, and remove what was replaced.

        Raises IndexUnavailable for other versions, and where aliases were lost or lead elsewhere: what is
        there is then left as it is.
        """
        listed = self.found()
        aliases = alias_targets(self.cluster, self.prefix)
        there = {each.kind for each in listed if self.building(each.kind) not in each.aliases}
        for kind, each in aliases.items():
            why = problem(each, self.prefix)
            if why and (each.names or kind in there):
                raise self.cluster.unavailable(why)
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
        self._sweep()

    def begin(self) -> dict[Kind, str]:
        """Create the next generation, to be filled, and return its names.

        What killed rebuilds left is removed first.
        """
        listed = self.found()
        held = {name for each in alias_targets(self.cluster, self.prefix).values() for name in each.names}
        half = [each.name for each in listed if self.building(each.kind) in each.aliases]
        self._delete([name for name in half if name not in held])
        self._sweep()
        self._put_templates()
        number = max((each.generation for each in listed), default=0) + 1
        names = {kind: index_name(self.prefix, kind, number) for kind in MODELS}
        self._create(names, building=True)
        return names

    def building(self, kind: Kind) -> str:
        """Return the alias under which a kind's next generation is filled."""
        return f"{alias(self.prefix, kind)}-building"

    def targets(self) -> dict[Kind, AliasTargets]:
        """Return where the aliases of each kind lead now."""
        return alias_targets(self.cluster, self.prefix)

    def swap(self, names: Mapping[Kind, str]) -> None:
        """Move all aliases of all kinds to new indices in one step, from wherever they led.

        Where the answer is lost, it is looked where the aliases lead. Raises IndexUnavailable when they were
        not moved, or when nobody can say; nothing is removed then.
        """
        ours = {each.name: each.aliases for each in self.found()}
        actions: list[Json] = []
        for kind, each in self.targets().items():
            actions += [{"remove": {"index": names[kind], "alias": self.building(kind)}}]
            for name, held in (
                (alias(self.prefix, kind), each.read),
                (write_alias(self.prefix, kind), each.written),
            ):
                actions += [{"remove": {"index": index, "alias": name}} for index in held]
            more = {
                (index, name)
                for index in each.names
                for name in ours.get(index, frozenset())
                - {alias(self.prefix, kind), write_alias(self.prefix, kind)}
            }
            actions += [{"remove": {"index": index, "alias": name}} for index, name in sorted(more)]
            actions += [
                {"add": {"index": names[kind], "alias": name, **options}}
                for name, options in self._aliases(kind).items()
            ]
        try:
            self.cluster.write(lambda client: client.indices.update_aliases(actions=actions))
        except IndexUnavailable as error:
            if not self._moved(names):
                message = f"{error}; both indices are kept and the old one is read: {REBUILD}"
                raise IndexUnavailable(message) from error
            _log.info("index_swap_found_done", place=self.cluster.place, why=str(error))
        self._sweep()

    def _moved(self, names: Mapping[Kind, str]) -> bool:
        """Return whether both aliases of each kind lead to its new index, and nowhere else."""
        try:
            targets = self.targets()
        except IndexUnavailable as error:
            message = (
                f"{error}; nobody knows whether the old or the new index is read now: nothing was removed; "
                "`ouidire index status` says it once Elasticsearch answers"
            )
            raise IndexUnavailable(message) from error
        return all(each.single == names[kind] for kind, each in targets.items())

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

    def _sweep(self) -> None:
        """Remove indices that were replaced and that no view holds open any more.

        Replaced is an index without an alias, numbered by us, of a kind whose aliases lead to a later one.
        """
        listed = self.found()
        present = {kind: each.generation for kind, each in self.current(listed).items()}
        replaced = [
            each.name
            for each in listed
            if not each.aliases and 0 < each.generation < present.get(each.kind, 0)
        ]
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
