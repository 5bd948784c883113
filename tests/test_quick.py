"""The choice of `pytest --quick`: what it names exists and is not imported, and what is dear fails it."""

from types import SimpleNamespace

import pytest

from tests.support.paths import ROOT
from tests.support.quick import MOST, NEEDS, SLOW, Quick, place_of


def test_every_slow_file_exists_and_is_listed_once():
    assert [name for name in SLOW if not (ROOT / name).exists()] == []
    assert len(set(SLOW)) == len(SLOW)
    hidden = [name for number, name in enumerate(SLOW) if place_of(name) != number]
    assert hidden == [], "a folder before its own file leaves the file no place"


def test_every_need_is_a_marker(pytestconfig):
    markers = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert set(NEEDS) <= markers


@pytest.mark.parametrize(
    ("name", "ignored"), [*((name, True) for name in SLOW), ("tests/test_quick.py", None), ("tests", None)]
)
def test_slow_files_are_not_even_imported(name, ignored):
    assert Quick().pytest_ignore_collect(ROOT / name, SimpleNamespace(rootpath=ROOT)) is ignored


def test_a_file_that_costs_too_much_fails_a_run_that_passed():
    quick, session = Quick(), SimpleNamespace(exitstatus=pytest.ExitCode.OK)
    for file, seconds in (("a.py", MOST * 0.6), ("b.py", MOST * 0.6), ("a.py", MOST * 0.6)):
        properties = [("other", 1), ("processor_seconds", seconds)]
        quick.pytest_runtest_logreport(
            SimpleNamespace(when="teardown", location=(file, 0, ""), user_properties=properties)
        )
        quick.pytest_runtest_logreport(
            SimpleNamespace(when="call", location=(file, 0, ""), user_properties=properties)
        )
    assert quick.dear() == {"a.py": pytest.approx(MOST * 1.2)}
    quick.pytest_sessionfinish(session)
    assert session.exitstatus == pytest.ExitCode.TESTS_FAILED
