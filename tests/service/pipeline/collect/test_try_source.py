"""Tests of a first try: pages served on this machine, addresses not to be fetched, and what is to paste."""

import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawlers import SOURCES
from crawlers.ways import WAYS
from ouidire.errors import UsageError
from ouidire.settings.configuration import Settings
from ouidire.settings.fetch import FetchSettings
from service.pipeline import first_sources
from service.pipeline.collect.try_source import try_place
from service.pipeline.config_template import configuration
from service.pipeline.configured_sources import configured_sources
from service.pipeline.source_toml import source_toml

REVIEWS = """<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "Store", "name": "Pousse",
"review": [{"@type": "Review", "author": "Ana", "datePublished": "2026-02-03",
"reviewBody": "Un figuier superbe",
"reviewRating": {"@type": "Rating", "ratingValue": 5}}]}</script></body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>http://a/</link><item>
<title>Pousse ouvre</title><link>http://a/1</link><pubDate>Tue, 03 Feb 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""
PAGES = {
    "/avis": ("text/html", REVIEWS),
    "/feed.xml": ("application/rss+xml", FEED),
    "/js": ("text/html", '<html><body><div id="root"></div><script src="/app.js"></script></body></html>'),
    "/api": ("application/json", '[{"id": "a1", "rating": 5, "text": "Bien", "date": "2026-02-03"}]'),
    "/json": ("application/json", '{"data": [{"note": "4", "texte": "Bien", "le": "2026-02-03"}]}'),
    "/cut": (
        "text/html",
        '<html><script type="application/ld+json">{"@type": "Review", "a": "</script></html>',
    ),
    "/texte": ("text/html", f"<html><body><p>{'Un long texte sans avis. ' * 60}</p></body></html>"),
    "/robots.txt": ("text/plain", "User-agent: *\nDisallow: /prive\n"),
}


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        kind, body = PAGES.get(self.path, ("application/json", '{"error": "cle"}'))
        self.send_response(200 if self.path in PAGES else 401)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


LOCAL = FetchSettings(delay=0, retries=0, allow_hosts=("127.0.0.1",))


def tried(url):
    return try_place(url, brand="pousse", fetch=LOCAL)


def accepted(text):
    """The configured sources of a brand's configuration with this block."""
    whole = f'[[brand]]\nslug = "pousse"\nname = "Pousse"\nrole = "own"\n\n{text}'
    return configured_sources(Settings.model_validate(tomllib.loads(whole)))


def test_a_page_with_reviews(site):
    found = tried(f"{site}/avis")
    assert (found.source, found.layout, found.items, found.robots) == (
        "schema_org",
        "json-ld",
        1,
        "allows this page",
    )
    assert found.examples == ("2026-02-03  5/5  Un figuier superbe",)
    assert any("/feed.xml" in line for line in found.advice)
    assert len(found.legal_note) > 80
    assert (found.needs_script, found.needs_key) == (False, False)
    assert [each.source.slug for each in accepted(found.toml)] == ["schema_org"]


@pytest.mark.parametrize(("path", "source"), [("/feed.xml", "feed"), ("/api", "json_api")])
def test_a_feed_and_an_endpoint(site, path, source):
    found = tried(site + path)
    assert (found.source, found.status, found.items) == (source, "ok", 1)
    assert len(accepted(found.toml)) == 1


def test_a_feed_that_speaks_of_others_is_told_to_keep_what_names_the_brand(site):
    for names, kept in ((("Terre Folle",), ("Terre Folle",)), (("Pousse", "Pousse & Cie"), ())):
        found = try_place(f"{site}/feed.xml", brand="pousse", names=names, fetch=LOCAL)
        (source,) = accepted(found.toml)
        assert source.params.must_name == kept
    reviews = try_place(f"{site}/api", brand="pousse", names=("Terre Folle",), fetch=LOCAL)
    assert "must_name" not in reviews.toml


def test_a_page_of_scripts(site):
    script = tried(f"{site}/js")
    assert (script.source, script.needs_script) == (None, True)
    assert "render = true" in script.toml


def test_a_page_without_reviews(site):
    plain = tried(f"{site}/texte")
    assert (plain.source, plain.needs_script) == (None, False)
    assert "marks up no reviews" in plain.reason


def test_two_refusals(site):
    robots = tried(f"{site}/prive")
    assert (robots.status, robots.robots) == ("refused_by_robots", "forbids this page")
    key = tried(f"{site}/cle")
    assert (key.status, key.needs_key) == ("blocked", True)


def test_json_whose_records_are_not_told_is_json_all_the_same(site):
    found = tried(f"{site}/json")
    assert found.source is None
    assert "json_api" in found.reason
    assert "'note'" in found.reason
    assert "marks up" not in found.reason


def test_marked_up_reviews_that_cannot_be_read_are_told(site):
    found = tried(f"{site}/cut")
    assert found.source is None
    assert "unreadable script" in found.reason


@pytest.mark.parametrize("url", ["{}/avis?api_key=s3cr3ts3cr3t", "http://ana:s3cr3ts3cr3t@127.0.0.1/avis"])
def test_an_address_with_a_secret_is_not_fetched_nor_repeated(site, url):
    with pytest.raises(UsageError) as raised:
        tried(url.format(site))
    assert "is a secret" in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize("way", [way for way in WAYS if way.closed and way.hosts], ids=lambda way: way.title)
def test_places_whose_terms_forbid_it_are_never_fetched(way, monkeypatch):
    monkeypatch.setattr(
        "service.pipeline.collect.try_source.run_job", lambda *_, **__: pytest.fail("nothing may be fetched")
    )
    found = tried(f"https://{way.hosts[0]}{'' if '/' in way.hosts[0] else '/x'}")
    assert found.status == ""
    assert found.source in SOURCES or not found.advice


def test_what_an_address_says_of_an_app(monkeypatch):
    monkeypatch.setattr(
        "service.pipeline.collect.try_source.run_job", lambda *_, **__: pytest.fail("nothing may be fetched")
    )
    found = tried("https://apps.apple.com/fr/app/pousse/id123456789")
    (source,) = accepted(found.toml)
    assert source.key == "app_store:123456789/fr"


def test_slips_and_places(monkeypatch):
    with pytest.raises(UsageError, match="did you mean 'schema_org'"):
        tried("shema_org")
    with pytest.raises(UsageError, match="Facebook can be read by"):
        tried("facebook")
    assert tried("survey_file").source == "survey_file"


@pytest.mark.parametrize("slug", sorted(SOURCES))
def test_what_is_to_paste_is_toml_whatever_the_source(slug):
    block = tomllib.loads(source_toml(slug, {}, brand="pousse"))["source"][0]
    assert (block["source"], block["brands"]) == (slug, ["pousse"])


def test_a_first_configuration_is_accepted_whole():
    brand = "L'Entrepôt & Cie"
    slug = "l-entrepot-cie"
    blocks = [
        first_sources.google_block(slug),
        first_sources.app_block("123456789", slug),
        first_sources.page_block("exemple.fr/avis", slug, fetch=None),
        first_sources.feed_block("https://exemple.fr/rss", slug, [brand]),
        first_sources.file_block("sondage.csv", slug, slug="survey_file"),
        first_sources.file_block("avis.xlsx", slug, slug="review_file"),
    ]
    text = configuration(brand=brand, trustpilot="exemple.fr", sources=blocks, recipient="a@b.example")
    slugs = [each.source.slug for each in configured_sources(Settings.model_validate(tomllib.loads(text)))]
    assert slugs == [
        "trustpilot",
        "google_business",
        "app_store",
        "schema_org",
        "feed",
        "survey_file",
        "review_file",
    ]


@pytest.mark.parametrize(("call", "words"), [("app_block", "no app"), ("page_block", "no web address")])
def test_what_is_no_place_is_refused(call, words):
    more = {"fetch": None} if call == "page_block" else {}
    with pytest.raises(UsageError, match=words):
        getattr(first_sources, call)("n'importe quoi", "pousse", **more)
