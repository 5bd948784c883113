"""What `ouidire check` says of a service with a known end: a warning before, a refusal after."""

from datetime import UTC, datetime

import pytest

from ouidire.errors import ConfigError
from ouidire.settings.configuration import settings_from
from service.pipeline.check_configuration import check

CONFIGURATION = {
    "brand": [{"slug": "pousse", "name": "Pousse"}],
    "source": [
        {
            "source": "search_api",
            "brands": ["pousse"],
            "params": {
                "provider": "google_cse",
                "query": "pousse avis",
                "key_env": "SEARCH_KEY",
                "engine_id": "x",
            },
        }
    ],
}


@pytest.fixture
def settings(tmp_path):
    return settings_from(CONFIGURATION, base=tmp_path)


def test_a_service_that_ends_is_warned_of(settings):
    (line,) = [
        each
        for each in check(settings, now=datetime(2026, 12, 31, 23, tzinfo=UTC)).warnings
        if "ends on" in each
    ]
    assert line.startswith("source[0]: its service ends on 2027-01-01")
    assert "dataforseo" in line


def test_a_service_that_has_ended_is_refused(settings):
    with pytest.raises(ConfigError, match="ended on 2027-01-01"):
        check(settings, now=datetime(2027, 1, 1, tzinfo=UTC))
