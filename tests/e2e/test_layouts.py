"""A site that begins to serve another layout: what its runs, its source's health and `parse` say of it."""

import json

import pytest

from tests.e2e.test_cli import answered, plain
from tests.support.faulty_site import FaultSite

REVIEWS = [(f"r{number}", f"Plante numéro {number} arrivée en pleine forme.") for number in range(1, 6)]
JSON_LD = "<!doctype html><title>Avis</title>" + "".join(
    '<script type="application/ld+json">'
    + json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "Review",
            "@id": f"http://serre.example/avis/{name}",
            "author": {"@type": "Person", "name": "Lise"},
            "datePublished": "2026-03-01",
            "reviewBody": text,
            "reviewRating": {"ratingValue": 4},
        }
    )
    + "</script>"
    for name, text in REVIEWS
)
MICRODATA = "<!doctype html><title>Avis</title>" + "".join(
    f'<div itemscope itemtype="https://schema.org/Review" itemid="http://serre.example/avis/{name}">'
    '<b itemprop="author">Lise</b><time itemprop="datePublished" datetime="2026-03-01"></time>'
    '<i itemprop="reviewRating" itemscope><i itemprop="ratingValue">4</i></i>'
    f'<p itemprop="reviewBody">{text}</p></div>'
    for name, text in REVIEWS
)
ADDRESS = "http://serre.example/avis"
CONFIGURATION = """
data = "var"
[[brand]]
slug = "serre"
name = "La Serre"
role = "own"
[[source]]
source = "schema_org"
brands = ["serre"]
every = "1w"
params = {{ url = "{address}" }}
[fetch]
proxy = "{proxy}"
delay = 0
"""


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setenv("OUIDIRE_LOG", "error")


def test_a_change_of_layout_is_counted_and_said(tmp_path):
    with FaultSite() as site:
        (tmp_path / "ouidire.toml").write_text(
            CONFIGURATION.format(address=ADDRESS, proxy=site.url), encoding="utf-8"
        )
        for day, body in (("02", JSON_LD), ("09", MICRODATA), ("16", MICRODATA)):
            site.pages["/avis"] = body.encode()
            now = f"2026-03-{day}T06:00:00+01:00"
            (run,) = answered("collect", "--full", "--no-ingest", "--now", now, folder=tmp_path)
            assert (run["status"], run["summary"]["items"]) == ("ok", 5), run["reason"]
            assert run["summary"]["layouts"] == {"json-ld" if body is JSON_LD else "microdata": 1}
            (health,) = answered("sources", "health", "--now", now, folder=tmp_path)
            if day == "02":
                assert (health["layouts"], health["layout_change"]) == ({"json-ld": 1}, None)
    assert health["layouts"] == {"microdata": 1}
    assert health["layout_change"] == {
        "since": "2026-03-09T05:00:00Z",
        "now": ["microdata"],
        "before": ["json-ld"],
    }
    out, _ = plain("sources", "health", "--now", now, folder=tmp_path)
    assert "since 2026-03-09 read by `microdata`, before by `json-ld`" in out


def test_the_layout_of_a_saved_page_is_said(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(MICRODATA, encoding="utf-8")
    wanted = ("parse", "schema_org", str(page), "--url", ADDRESS, "--fetched-at", "2026-03-09T06:00:00+01:00")
    read = answered(*wanted, folder=tmp_path)
    assert (read["status"], read["layout"], read["layout_since"]) == ("ok", "microdata", "2011")
    assert "read by the layout `microdata` (since 2011)" in plain(*wanted, folder=tmp_path)[0]
    page.write_text("<p>Bonjour</p>", encoding="utf-8")
    read = answered(*wanted, folder=tmp_path)
    assert (read["status"], read["layout"]) == ("layout_changed", None)
    assert "JSON-LD Review | RDFa Review | microdata Review" in read["reason"]
    page.write_text('<p itemscope itemtype="https://schema.org/Review"></p>', encoding="utf-8")
    read = answered(*wanted, folder=tmp_path)
    assert (read["status"], read["layout"]) == ("layout_changed", "microdata")
