"""The back-ends under test. Another back-end adds a name to BACKENDS and a branch to `make_index`; no test changes."""

import corpus
import pytest
from reference import Reference

from search.sqlite import SqliteIndex

BACKENDS = ["sqlite"]


def make_index(backend, folder):
    """Return a new, empty index of a back-end that keeps its files, if it has any, in the folder."""
    assert backend == "sqlite"
    index = SqliteIndex(folder / "index.db", wait_s=1)
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
    made.upsert(corpus.everything())
    yield made
    made.close()


@pytest.fixture(scope="module")
def reference():
    """The reference that holds the whole corpus."""
    made = Reference()
    made.upsert(corpus.everything())
    return made
