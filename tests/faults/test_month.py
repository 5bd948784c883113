"""Some days of the simulated month with every test run; `make faults` plays whole months."""

import pytest
import structlog

from tests.faults.month import play_month


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def test_a_week_with_faults_at_random(tmp_path, monkeypatch):
    month = play_month(tmp_path, 1, monkeypatch, weeks=1)
    assert month.wrong == [], month.days
    assert sum(day.endswith("well") for day in month.days) < len(month.days)
