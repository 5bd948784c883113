"""What people call configured sources: a title of its own, else told apart by place, brand or address."""

from pathlib import Path

from ouidire.settings.configuration import settings_from
from service.pipeline.configured_sources import configured_sources
from service.pipeline.source_names import source_names

BRANDS = (
    {"slug": "pousse", "name": "Pousse & Compagnie"},
    {"slug": "arrosoir", "name": "Le Grand Arrosoir", "role": "competitor"},
)


def source(path, *, title="Avis Jardin", brand="pousse", **more):
    return {
        "source": "schema_org",
        "title": title,
        "brands": [brand],
        "params": {"url": f"https://avis.example/{path}"},
        **more,
    }


def names(*sources):
    settings = settings_from({"brand": list(BRANDS), "source": list(sources)}, base=Path())
    return [each.whole for each in source_names(settings, configured_sources(settings)).values()]


def test_a_title_of_its_own_is_a_name():
    assert names(source("a"), source("b", title="Verdict")) == ["Avis Jardin", "Verdict"]


def test_sources_of_one_title_are_told_apart_by_place_or_brand():
    assert names(source("a", place="Lyon"), source("b"), source("c", brand="arrosoir")) == [
        "Avis Jardin · Lyon",
        "Avis Jardin · Pousse & Compagnie",
        "Avis Jardin · Le Grand Arrosoir",
    ]


def test_what_place_and_brand_do_not_tell_apart_is_told_by_address():
    assert names(source("a"), source("b"), source("c", place="Lyon")) == [
        "Avis Jardin · avis.example/a",
        "Avis Jardin · avis.example/b",
        "Avis Jardin · Lyon",
    ]


def test_queries_of_one_engine_are_told_apart_by_their_words_and_their_kind_is_named_in_french():
    asked = [
        {
            "source": "google_results",
            "brands": ["pousse"],
            "params": {"query": query, "accept_legal_note": True},
        }
        for query in ("jardinerie lyon", "livraison plantes")
    ]
    assert names(*asked) == [
        "Pages de résultats de Google · jardinerie lyon",
        "Pages de résultats de Google · livraison plantes",
    ]
