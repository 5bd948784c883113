"""A part of the faults with every test run; `make faults` plays all of them."""

import pytest
import structlog

from tests.faults.engine import Bases, play
from tests.faults.rows import SUITE, every


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    return Bases(tmp_path_factory.mktemp("bases"))


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setenv("OUIDIRE_LOG", "error")
    monkeypatch.setenv("COLUMNS", "200")
    yield
    structlog.reset_defaults()


FAULTS = {each.name: each for each in every()}


def test_names_are_unique_and_there_are_many():
    assert len(FAULTS) == len(every()) >= 150
    assert set(SUITE) <= set(FAULTS)


@pytest.mark.parametrize("name", SUITE)
def test_it_holds(name, bases, tmp_path):
    verdict = play(FAULTS[name], bases, tmp_path / "installation")
    assert verdict.held, (verdict.wrong, verdict.log)
