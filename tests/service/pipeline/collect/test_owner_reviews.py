"""Owners' reviews over time, by the real chain: what was edited, answered or removed on Google is so here."""

import pytest

from ouidire.index import Query
from ouidire.settings.configuration import settings_from
from service.pipeline.collect.crawl_source import collect
from service.pipeline.collect.source_health import health_of
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.installation import Installation
from tests.support.google_business_site import GoogleBusiness, review


@pytest.fixture
def owner(monkeypatch):
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        monkeypatch.setenv(f"GOOGLE_{name}", f"secret-{name}")
    numbers = range(1, 7)
    places = {
        "7": ("Pousse & Cie Lyon", [review(number, comment=None) for number in numbers]),
        "8": ("Pousse & Cie Nantes", [review(number + 10, comment=None) for number in numbers]),
    }
    with GoogleBusiness(places) as site:
        yield site


def passes(owner, folder):
    """Collect everything once and index it; return the run and the indexed mentions by their native ids."""
    data = {
        "brand": [{"slug": "pousse", "name": "Pousse & Cie", "domains": ["pousse.example"]}],
        "source": [{"source": "google_business", "brands": ["pousse"], "params": {"base_url": owner.url}}],
        "fetch": {"delay": 0, "allow_hosts": ["127.0.0.1"]},
    }
    installation = Installation(settings_from(data, base=folder))
    (wanted,) = configured_sources(installation.settings)
    run = collect(installation, wanted, full=True)
    ingest_waiting(installation)
    rows = list(installation.index.scan(Query(kind="mention"), ["id"]))
    found = [installation.index.get("mention", row["id"]) for row in rows]
    health = health_of(installation)
    installation.close()
    return run, {each.native_id: each for each in found}, health


def test_edits_answers_and_removals_are_followed(owner, tmp_path):
    run, first, _ = passes(owner, tmp_path)
    assert (run.status, len(first)) == ("ok", 12)
    assert {each.place for each in first.values()} == {"Pousse & Cie Lyon", "Pousse & Cie Nantes"}
    lyon = owner.places["7"][1]
    lyon[0] = {**lyon[0], "starRating": "ONE", "updateTime": "2026-10-30T08:00:00Z"}
    del lyon[2]
    run, second, health = passes(owner, tmp_path)
    assert run.status == "ok"
    assert second["locations/7/AbC-1"].stars == 1
    assert second["locations/7/AbC-1"].revision > first["locations/7/AbC-1"].revision
    assert second["locations/7/AbC-3"].presence == "vanished"
    assert [each.status for each in health] == ["ok"]
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secret-" not in kept
    assert b"jeton-" not in kept
