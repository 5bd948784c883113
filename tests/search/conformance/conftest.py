"""The back-ends under test.

Another back-end adds a name to BACKENDS and a branch to `make_index`; no test changes.

Elasticsearch is under test where ELASTICSEARCH_URL names a server: `make elastic-test` starts one.
"""

import os

import pytest

from search.sqlite.index import SqliteIndex
from tests.support import index_corpus
from tests.support.index_reference import Reference

SERVER = os.environ.get("ELASTICSEARCH_URL", "")
BACKENDS = ["sqlite", "elasticsearch"] if SERVER else ["sqlite"]


def make_index(backend, folder):
    """Return a new, empty index of a back-end that keeps its files, if it has any, in the folder."""
    if backend == "sqlite":
        index = SqliteIndex(folder / "index.db", wait_s=1)
    else:
        from tests.support.fresh_elastic_index import fresh_index

        used = "filled" if folder.name.startswith("filled") else "fresh"
        return fresh_index(
            SERVER, folder, f"conformance-{os.environ.get('PYTEST_XDIST_WORKER', 'one')}-{used}"
        )
    index.ensure()
    return index


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
    made.upsert(index_corpus.everything())
    yield made
    made.close()


@pytest.fixture(scope="module")
def reference():
    """The reference that holds the whole corpus."""
    made = Reference()
    made.upsert(index_corpus.everything())
    return made
