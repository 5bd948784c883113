"""Tests of what sites are called: by the one title of their sources, else by their host."""

from reports.builders.share_of_voice import titles_of
from reports.data.context import SourceInfo


def info(key, title):
    return SourceInfo(source="schema_org", source_key=key, title=title, name=title)


def test_two_sources_of_one_host_with_two_titles_keep_its_name():
    sites = {key: frozenset({"avis.example"}) for key in ("lyon", "nantes")}
    assert titles_of(sites, [info("lyon", "Avis de Lyon"), info("nantes", "Avis de Nantes")]) == {}
    assert titles_of(sites, [info("lyon", "Avis"), info("nantes", "Avis")]) == {"avis.example": "Avis"}
    assert titles_of(sites, [info("lyon", "Avis de Lyon")]) == {"avis.example": "Avis de Lyon"}


def test_a_source_of_several_sites_names_none():
    assert titles_of({"presse": frozenset({"a.example", "b.example"})}, [info("presse", "Presse")]) == {}
