"""What `ouidire check` says of a service with a known end: a warning before, a refusal after."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect

from ouidire.errors import ConfigError
from ouidire.settings.configuration import StateSettings, settings_from
from ouidire.state.databases import open_engine
from service.pipeline.check_configuration import check
from tests.support.state_urls import new_schema, postgres_server

__all__ = ["postgres_server"]

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


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql+psycopg://o:{secret:P}@db.example/o", "db.example"),
        ("postgresql+psycopg://o:{secret:P}@db.example/o?sslmode=prefer", "db.example"),
        ("postgresql+psycopg://o@/o?host=127.0.0.1,db.example", "db.example"),
        ("postgresql+psycopg://o:{secret:P}@db.example/o?sslmode=verify-full", None),
        ("postgresql+psycopg://o@localhost/o", None),
        ("postgresql+psycopg://o@[::1]/o", None),
        ("postgresql+psycopg:///o?host=/run/postgresql", None),
        ("sqlite:///state.db", None),
        (None, None),
    ],
)
def test_a_state_on_another_machine_is_reached_by_tls(settings, url, host, monkeypatch):
    monkeypatch.setattr("service.pipeline.losses.open_state", lambda *_, **__: pytest.fail("connected"))
    monkeypatch.setattr("service.pipeline.losses.kept_state", lambda _: None)
    settings = settings.model_copy(update={"state": StateSettings(url=url)})
    warnings = check(settings, now=datetime(2026, 12, 1, tzinfo=UTC)).warnings
    found = [each for each in warnings if "unencrypted" in each]
    assert [each.split(" may ")[0] for each in found] == (
        [] if host is None else [f"state.url: what goes to {host}"]
    )


@pytest.mark.postgres
def test_checking_makes_no_table(settings, postgres_server):
    url = new_schema(postgres_server)
    settings = settings.model_copy(update={"state": StateSettings(url=url)})
    check(settings, now=datetime(2026, 12, 1, tzinfo=UTC))
    engine = open_engine(url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    engine.dispose()


def test_checking_makes_no_file(settings):
    check(settings, now=datetime(2026, 12, 1, tzinfo=UTC))
    assert not (settings.base / "var").exists()
