"""New, empty indices on a server under test."""

from ouidire.documents import MODELS
from search.elastic.cluster import Cluster
from search.elastic.index import ElasticIndex
from search.elastic.mappings import family


def fresh_index(url, folder, prefix, **options):
    """Return an empty index; what an earlier test left under its prefix goes; `options` are the cluster's."""
    index = ElasticIndex(Cluster((url,), **options), prefix=prefix, dead_letters=folder / "refused.jsonl")
    erase(index.cluster.client, prefix)
    index.ensure()
    return index


def erase(client, prefix):
    """Remove every index of a prefix."""
    names = ",".join(family(prefix, kind) for kind in MODELS)
    found = client.indices.get(index=names, features="aliases", expand_wildcards="all")
    if found:
        client.indices.delete(index=",".join(found))
