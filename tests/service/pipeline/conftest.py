"""The small chain, played in this process on the demo's site."""

import pytest
import structlog

import crawlers.spawn
from tests.support.pipeline_chain import Chain, crawl


@pytest.fixture(autouse=True)
def quiet():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


@pytest.fixture
def chain(tmp_path, monkeypatch):
    """Makes chains: `chain(data)` in a folder of its own."""
    monkeypatch.setattr(crawlers.spawn, "run_job", crawl)
    made = []

    def make(data=None, name="house"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        made.append(Chain(folder, data))
        return made[-1]

    yield make
    for each in made:
        each.close()
