"""Mappings come from the models: no server is needed to see it."""

import pytest

from ouidire.documents import MODELS
from ouidire.schema import fields_of
from search.elastic.analysis import ANALYSIS
from search.elastic.mappings import TOMBSTONE, VERSIONS, index_name, mapping, settings, templates


@pytest.mark.parametrize("kind", MODELS)
def test_every_field_is_mapped_and_no_other(kind):
    made = mapping(kind)
    assert list(made["properties"]) == [*(spec.name for spec in fields_of(MODELS[kind])), TOMBSTONE]
    assert made["dynamic"] == "strict"
    assert made["_meta"]["ouidire"] == VERSIONS


def test_nested_fields_are_strict_too():
    aspects = mapping("mention")["properties"]["aspects"]
    assert (aspects["type"], aspects["dynamic"]) == ("nested", "strict")
    assert aspects["properties"]["probability"] == {"type": "double"}


def test_vectors_say_how_they_are_kept():
    vector = mapping("mention")["properties"]["vector"]
    assert (vector["dims"], vector["index_options"]) == (384, {"type": "int8_hnsw"})


def test_every_analyser_that_is_named_is_defined():
    def named(properties):
        for each in properties.values():
            yield from (each[key] for key in ("analyzer", "normalizer") if key in each)
            yield from named(each.get("fields", {}))
            yield from named(each.get("properties", {}))

    known = set(ANALYSIS["analyzer"]) | set(ANALYSIS["normalizer"])
    used = {name for kind in MODELS for name in named(mapping(kind)["properties"])}
    assert used == known


def test_templates_match_our_names_and_nobody_else_s():
    import fnmatch

    patterns = [pattern for each in templates("ouidire").values() for pattern in each["index_patterns"]]
    assert all(
        any(fnmatch.fnmatch(index_name("ouidire", kind, 12), pattern) for pattern in patterns)
        for kind in MODELS
    )
    assert not any(
        fnmatch.fnmatch(index_name("ouidire-two", kind, 12), pattern)
        for kind in MODELS
        for pattern in patterns
    )
    assert {each["priority"] for each in templates("ouidire").values()} == {300}


def test_settings_differ_only_where_servers_do():
    old, new = settings(replicas="0-1", keeps_vectors=False), settings(replicas="0-1", keeps_vectors=True)
    assert new["index"].pop("mapping.exclude_source_vectors") is False
    assert old == new
