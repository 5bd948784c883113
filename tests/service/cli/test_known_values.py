"""Brands, sources and places as people know them, looked up in an index of two weeks."""

import pytest

from reports.explore.filters import EXCLUDING
from reports.explore.problem import ViewError
from reports.explore.view import ChosenValues, MentionView
from service.cli.known_values import with_known_values
from service.serve.web.explorer.names import names_of, sources_of
from tests.support.pipeline_chain import configuration, listing

LYON = "schema_org:avis-jardin.example/avis/pousse-et-compagnie-lyon"


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    import crawlers.spawn
    from tests.support.pipeline_chain import Chain, crawl

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(crawlers.spawn, "run_job", crawl)
        data = dict(
            configuration(recipient=[]), source=[listing("pousse-et-compagnie-lyon", place="Lyon Confluence")]
        )
        chain = Chain(tmp_path_factory.mktemp("known"), data)
        chain.week(1)
        opened = chain.open(1)
        yield opened
        opened.close()
        chain.close()


def looked_up(installation, name, *values):
    view = MentionView(values=(ChosenValues(name=name, values=values),))
    settings = installation.settings
    found = with_known_values(view, installation, names_of(settings, sources_of(settings)))
    return {each.name: each.values for each in found.values}


@pytest.mark.parametrize(
    ("name", "said", "meant"),
    [
        ("brand", "pousse-et-compagnie", {"brand": ("pousse-et-compagnie",)}),
        ("brand", "POUSSE & COMPAGNIE", {"brand": ("pousse-et-compagnie",)}),
        ("brand", "Terre Folle", {"brand": ("terre-folle",)}),  # configured, and nobody spoke of it yet
        ("place", "LYON-CONFLUENCE", {"place": ("Lyon Confluence",)}),
        ("language", "Français", {"language": ("fr",)}),
        ("source", "schema_org", {"source": ("schema_org",)}),
        ("source", "Avis-Jardin.example", {"key": (LYON,)}),
        (f"{EXCLUDING}source", "avis jardin example", {f"{EXCLUDING}key": (LYON,)}),
        ("site", "avis-jardin.example", {"site": ("avis-jardin.example",)}),
    ],
)
def test_a_name_is_what_the_index_has(installation, name, said, meant):
    assert looked_up(installation, name, said) == meant


@pytest.mark.parametrize(
    ("name", "said", "listed"),
    [
        ("place", "Lyon", "Lyon Confluence"),
        ("brand", "pouse", "pousse-et-compagnie"),
        ("source", "trustpilot", "schema_org"),
        (f"{EXCLUDING}place", "Paris", "Lyon Confluence"),
        ("language", "xx", "fr"),
    ],
)
def test_what_no_mention_has_is_refused_with_what_there_is(installation, name, said, listed):
    with pytest.raises(ViewError) as caught:
        looked_up(installation, name, said)
    assert f"« {said} »" in caught.value.sentence("fr").replace("\xa0", " ")
    assert listed in caught.value.sentence("en")


def test_an_empty_index_refuses_nothing(tmp_path):
    from ouidire.settings.configuration import settings_from
    from service.pipeline.installation import Installation

    empty = Installation(settings_from({"brand": [{"slug": "a", "name": "A"}]}, base=tmp_path))
    assert looked_up(empty, "place", "Lyon") == {"place": ("Lyon",)}
    empty.close()
