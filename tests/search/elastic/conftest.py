"""A real Elasticsearch for every test here, or the reason why there is none.

`make elastic-test` starts one and sets ELASTICSEARCH_URL; any other server may be named there. Tests of
faults start servers of their own, which they kill, fill and lock.
"""

import os
from pathlib import Path

import pytest
import structlog

from tests.support.elastic_server import Server, Unavailable
from tests.support.fresh_elastic_index import fresh_index

HERE = Path(__file__).parent
URL = os.environ.get("ELASTICSEARCH_URL", "")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "one")


def pytest_collection_modifyitems(items):
    why = (
        ""
        if URL
        else os.environ.get("OUIDIRE_ELASTIC_MISSING")
        or "no Elasticsearch runs here: `make elastic-test` fetches and starts one"
    )
    for item in items:
        if HERE in item.path.parents and item.path.name != "test_mappings.py":
            item.add_marker(pytest.mark.elastic)
            if why:
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(autouse=True)
def quiet():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture
def make(tmp_path):
    """Makes empty indices on the server under test: `make(name, **options)`."""
    made = []

    def new(name="fresh", **options):
        made.append(fresh_index(URL, tmp_path, f"elastic-{WORKER}-{name}", **{"patience_s": 5, **options}))
        return made[-1]

    yield new
    for each in made:
        each.close()


@pytest.fixture
def index(make):
    return make()


def started(**options):
    """Start a server of one's own; skip, saying why, where it cannot be had."""
    try:
        return Server(os.environ.get("OUIDIRE_ELASTIC_MAJOR", "8"), **options).start()
    except Unavailable as reason:
        pytest.skip(str(reason))
