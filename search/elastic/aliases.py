"""Where our aliases lead: the one truth about which concrete index is read and which is written.

Sound is a kind whose read alias and write alias both lead to one index, the same. Whatever else is found (an
alias lost, on two indices, on two different ones, on an index made by hand) is never worked with: a rebuild
moves both aliases to a new index, from wherever they led.
"""

from typing import NamedTuple

from ouidire.documents import MODELS, Kind
from search.elastic.cluster import Cluster
from search.elastic.mappings import alias, write_alias

REBUILD = "`ouidire index rebuild` makes it anew"


class AliasTargets(NamedTuple):
    """The indices that one kind's two aliases lead to, by name."""

    kind: Kind
    read: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def single(self) -> str | None:
        """The one index that is both read and written; None where there is no such one."""
        return self.read[0] if len(self.read) == 1 and self.read == self.written else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every index that either alias leads to, by name."""
        return tuple(sorted({*self.read, *self.written}))


def alias_targets(cluster: Cluster, prefix: str) -> dict[Kind, AliasTargets]:
    """Return where the aliases of each kind lead now. Raises IndexUnavailable."""
    answer = cluster.read(
        lambda client: client.options(ignore_status=404).indices.get_alias(
            name=f"{prefix}-*", expand_wildcards="all"
        )
    )
    found: dict[str, set[str]] = {}
    for name, each in answer.items():
        if isinstance(each, dict):  # a 404 has its reason beside what was found
            for held in each.get("aliases", {}):
                found.setdefault(held, set()).add(name)
    return {
        kind: AliasTargets(
            kind,
            tuple(sorted(found.get(alias(prefix, kind), ()))),
            tuple(sorted(found.get(write_alias(prefix, kind), ()))),
        )
        for kind in MODELS
    }


def problem(each: AliasTargets, prefix: str) -> str:
    """Say what is wrong with a kind's aliases, and what to do; empty where they are sound."""
    if each.single is not None:
        return ""
    for name, held in (
        (alias(prefix, each.kind), each.read),
        (write_alias(prefix, each.kind), each.written),
    ):
        if not held:
            return f"the alias {name} leads nowhere: there is no index yet, or it was removed; {REBUILD}"
        if len(held) > 1:
            return f"the alias {name} leads to {len(held)} indices ({', '.join(held)}); {REBUILD}"
    return f"{each.kind} is read from {each.read[0]} and written to {each.written[0]}; {REBUILD}"
