"""Roles on Elasticsearch: one for us, one for people who read in Kibana, each with no more than it needs.

Ours works on indices under our prefix alone, and sees of the cluster no more than its version. It may not
write templates: these are put here, by an administrator, and are needed only for indices that somebody makes
by hand under our names.
"""

from typing import Any, NamedTuple

from ouidire.documents import MODELS
from search.elastic.cluster import Cluster
from search.elastic.indices import KEEPS_VECTORS_SINCE, put_templates
from search.elastic.mappings import alias

Json = dict[str, Any]


class Roles(NamedTuple):
    """The names of the two roles."""

    writer: str
    reader: str


def names(prefix: str) -> Roles:
    """Return the names of the roles of a prefix."""
    return Roles(f"{prefix}-writer", f"{prefix}-reader")


def writer(prefix: str) -> Json:
    """Return the rights of Ouï-dire: everything with its own indices, and `monitor` to read the version."""
    own = {"names": [f"{alias(prefix, kind)}*" for kind in MODELS], "privileges": ["manage", "read", "write"]}
    return {"cluster": ["monitor"], "indices": [own]}


def reader(prefix: str) -> Json:
    """Return what analysts may do: read live documents, through the aliases alone."""
    return {
        "cluster": [],
        "indices": [
            {"names": [alias(prefix, kind) for kind in MODELS], "privileges": ["read", "view_index_metadata"]}
        ],
    }


def put_roles(cluster: Cluster, prefix: str, *, replicas: str) -> Roles:
    """Write both roles and the templates, as an administrator.

    Raises IndexUnavailable. Doing it again changes nothing.
    """
    made = names(prefix)
    keeps = cluster.version() >= KEEPS_VECTORS_SINCE
    with cluster.translate_errors():
        put_templates(cluster, prefix, replicas=replicas, keeps_vectors=keeps)
        for name, role in ((made.writer, writer(prefix)), (made.reader, reader(prefix))):
            cluster.client.security.put_role(name=name, **role)
    return made


def new_key(cluster: Cluster, prefix: str) -> str:
    """Make an API key that may do what the writer's role may, and return it as Elasticsearch encodes it."""
    role = names(prefix).writer
    with cluster.translate_errors():
        made = cluster.client.security.create_api_key(name=role, role_descriptors={role: writer(prefix)})
    return str(made["encoded"])
