"""The back-ends under test. Another back-end adds a name to BACKENDS and a branch to `make_index`; no test changes.

Elasticsearch is under test where ELASTICSEARCH_URL names a server: `make elastic-test` starts one.
"""

import os

import corpus
import pytest
from reference import Reference

from search.mappings import family
from search.sqlite import SqliteIndex

SERVER = os.environ.get("ELASTICSEARCH_URL", "")
BACKENDS = ["sqlite", "elasticsearch"] if SERVER else ["sqlite"]


def make_index(backend, folder):
    """Return a new, empty index of a back-end that keeps its files, if it has any, in the folder."""
    if backend == "sqlite":
        index = SqliteIndex(folder / "index.db", wait_s=1)
    else:
        from search.elastic import ElasticIndex
        from search.elastic_cluster import Cluster

        used = "filled" if folder.name.startswith("filled") else "fresh"
        prefix = f"conformance-{os.environ.get('PYTEST_XDIST_WORKER', 'one')}-{used}"
        index = ElasticIndex(Cluster((SERVER,)), prefix=prefix, dead_letters=folder / "refused.jsonl")
        erase(index)
    index.ensure()
    return index


def erase(index):
    """Remove what an earlier test left under the prefix."""
    names = [family(index.prefix, kind) for kind in ("mention", "search_result", "run", "event", "measure")]
    found = index.cluster.client.indices.get(index=",".join(names), features="aliases", expand_wildcards="all")
    if found:
        index.cluster.client.indices.delete(index=",".join(found))


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


@pytest.fixture
def index(backend, tmp_path):
    made = make_index(backend, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request, tmp_path_factory):
    """An index that holds the whole corpus, for tests that only read it."""
    made = make_index(request.param, tmp_path_factory.mktemp("filled"))
    made.upsert(corpus.everything())
    yield made
    made.close()


@pytest.fixture(scope="module")
def reference():
    """The reference that holds the whole corpus."""
    made = Reference()
    made.upsert(corpus.everything())
    return made
