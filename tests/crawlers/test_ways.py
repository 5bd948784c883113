"""Tests of the nearest way: places that are no source, slips of a slug, and addresses of known sites."""

import re

import pytest

from crawlers import SOURCES, load_source
from crawlers.ways import WAYS, nearest, way_in_words, way_of_address
from ouidire.errors import UsageError
from ouidire.text.translated import translated


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("shema_org", "schema_org"), ("Schema.org", "schema_org"), ("schema-org", "schema_org"),
        ("trust_pilot", "trustpilot"), ("trustpillot", "trustpilot"), ("feeds", "feed"),
        ("survay_file", "survey_file"), ("app-store", "app_store"), ("jsonapi", "json_api"),
    ],
)  # fmt: skip
def test_slips_are_answered_with_the_source(word, slug):
    assert nearest(word, SOURCES) == f"did you mean {slug!r}?"


@pytest.mark.parametrize(
    ("word", "slug"),
    [
        ("facebook", "review_file"), ("google_maps", "google_business"), ("Google Maps", "google_business"),
        ("googel maps", "google_business"), ("amazon", "review_file"), ("booking.com", "review_file"),
        ("tripadvisor", "review_file"), ("play_store", "review_file"), ("twitter", "json_api"),
        ("typeform", "survey_file"), ("phpbb", "feed"), ("presse", "feed"), ("avis verifies", "skeepers"),
    ],
)  # fmt: skip
def test_places_are_answered_with_what_reads_them(word, slug):
    assert slug in nearest(word, SOURCES)


def test_an_unknown_word_is_answered_with_the_catalogue():
    assert nearest("zzz", SOURCES) == f"the catalogue has {', '.join(sorted(SOURCES))}"


def test_only_sources_that_there_are_are_named():
    for way in WAYS:
        words = way_in_words(way, {"review_file"})
        assert not words or "review_file" in words
    assert "google_business" not in nearest("google_maps", {"review_file", "feed"})


def test_names_and_hosts_lead_to_one_place_each():
    names = [name for way in WAYS for name in way.names]
    hosts = [host for way in WAYS for host in way.hosts]
    assert len(set(names)) == len(names)
    assert len(set(hosts)) == len(hosts)


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://www.google.com/maps/place/x", "Google reviews"), ("https://amazon.fr/dp/1", "Amazon"),
        ("https://www.google.com/search?q=x", "Google's result pages"),
        ("https://fr-fr.facebook.com/x", "Facebook"),
        ("https://fr.trustpilot.com/review/x.fr", "Trustpilot"),
    ],
)  # fmt: skip
def test_addresses_of_known_sites(url, title):
    assert way_of_address(url).title == title


@pytest.mark.parametrize("url", ["https://exemple.fr/", "https://notfacebook.com/", "https://[bad", ""])
def test_other_addresses(url):
    assert way_of_address(url) is None


def test_a_source_that_is_none_is_refused_with_the_way():
    with pytest.raises(UsageError, match="did you mean 'schema_org'"):
        load_source("shema_org")


@pytest.mark.parametrize("way", WAYS, ids=[way.title for way in WAYS])
def test_a_way_is_told_in_french_alone(way):
    told = translated(way_in_words(way, SOURCES), "fr")
    assert not re.search(r"\b(?:can be read|its|your|the|forbid)\b", told), told
