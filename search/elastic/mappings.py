"""Mappings, settings and templates of Elasticsearch, all derived from the document models.

It cannot see a server. A change here that a running index cannot take is a new LAYOUT_VERSION: `ouidire index
rebuild` then builds indices of the new layout aside, since a mapping is never altered in place.
"""

from typing import Any

from ouidire.documents import MODELS, SCHEMA_VERSION, Kind
from ouidire.schema import FieldSpec, FieldType
from ouidire.text.words import WORDS_VERSION
from search.elastic.analysis import ANALYSIS
from search.fields import specs

Json = dict[str, Any]

LAYOUT_VERSION = 1
"""Grows when what is written here changes without the models changing."""

VERSIONS = {"schema": SCHEMA_VERSION, "layout": LAYOUT_VERSION, "words": WORDS_VERSION}

TOMBSTONE = "tombstone"
"""The field that marks a deletion: the one field of ours that no document model has."""

TERMS_LIMIT = 65_536
"""Values that one `terms` query may list (the server's default); longer lists are cut into several."""

PRIORITY = 300
"""Of our templates: those of Elastic's own stay at 200 and below."""

NESTED_LIMIT = 100_000
"""Sentences, aspects and evidence of one document: the default of 10,000 would refuse a whole book."""

_PLURALS: dict[Kind, str] = {
    "mention": "mentions",
    "search_result": "search-results",
    "suggestion": "suggestions",
    "answer": "answers",
    "run": "runs",
    "event": "events",
    "measure": "measures",
}
_TYPES: dict[FieldType, Json] = {
    "keyword": {"type": "keyword"},
    "text": {
        "type": "text",
        "analyzer": "ouidire_french",
        "fields": {"english": {"type": "text", "analyzer": "ouidire_english"}},
    },
    "integer": {"type": "long"},
    "float": {"type": "double"},
    "boolean": {"type": "boolean"},
    # Nanoseconds keep our microseconds. What lies outside 1970–2262 is kept and shown, but takes part in no
    # filter.
    "date": {"type": "date_nanos", "ignore_malformed": True},
    "stored": {"type": "keyword", "index": False, "doc_values": False},
}
_STEMS: dict[str, Json] = {
    "stems": {"type": "text", "analyzer": "ouidire_words"},
    "words": {"type": "text", "analyzer": "ouidire_words", "index_options": "docs", "norms": False},
}
_FOLDED = frozenset({"place", "subject", "entity", "domain", "query"})
"""Names that people type: Kibana finds them whatever their case and accents, under `<field>.folded`."""


def alias(prefix: str, kind: Kind) -> str:
    """Return the name under which a kind is read, by us and by Kibana: live documents only."""
    return f"{prefix}-{_PLURALS[kind]}"


def write_alias(prefix: str, kind: Kind) -> str:
    """Return the name under which a kind is written: tombstones are there too."""
    return f"{alias(prefix, kind)}-write"


def family(prefix: str, kind: Kind) -> str:
    """Return the pattern of the names of a kind's indices, of any version and generation."""
    return f"{alias(prefix, kind)}-v*"


def index_name(prefix: str, kind: Kind, generation: int) -> str:
    """Return the name of one index: its kind, the schema it was built for, its generation."""
    return f"{alias(prefix, kind)}-v{SCHEMA_VERSION}-{generation:06d}"


def mapping(kind: Kind) -> Json:
    """Return the mapping of a kind: strict, every field from the models, versions in `_meta`."""
    properties = {spec.name: _field(spec) for spec in specs(kind).values()}
    properties[TOMBSTONE] = {"type": "boolean"}
    return {
        "dynamic": "strict",
        "date_detection": False,
        "_meta": {"ouidire": VERSIONS},
        "properties": properties,
    }


def settings(*, replicas: str, keeps_vectors: bool) -> Json:
    """Return the settings of an index.

    One shard, so that counts of values are exact; no refresh but ours, so that a batch is seen whole or not
    at all. From
    9.2 on a server leaves vectors out of documents unless told otherwise: `keeps_vectors` tells it.
    """
    index: Json = {
        "number_of_shards": 1,
        "auto_expand_replicas": replicas,
        "refresh_interval": "-1",
        "mapping.nested_objects.limit": NESTED_LIMIT,
        "max_terms_count": TERMS_LIMIT,
    }
    if keeps_vectors:
        index["mapping.exclude_source_vectors"] = False
    return {"index": index, "analysis": ANALYSIS}


def component(prefix: str) -> str:
    """Return the name of the component template that all kinds share: settings and analysers."""
    return f"{prefix}-settings"


def templates(prefix: str) -> dict[str, Json]:
    """Return the index templates by name: what is created under our names gets our settings and mapping."""
    return {
        alias(prefix, kind): {
            "index_patterns": [family(prefix, kind)],
            "priority": PRIORITY,
            "composed_of": [component(prefix)],
            "template": {"mappings": mapping(kind)},
            "meta": {"ouidire": VERSIONS},
        }
        for kind in MODELS
    }


def _field(spec: FieldSpec) -> Json:
    if spec.type == "nested":
        return {
            "type": "nested",
            "dynamic": "strict",
            "properties": {each.name: _field(each) for each in spec.fields},
        }
    if spec.type == "stems":
        return _STEMS[spec.name]
    if spec.type == "vector":
        # Said explicitly: the default changed in 9.1.
        return {
            "type": "dense_vector",
            "dims": spec.dims,
            "index": True,
            "similarity": "cosine",
            "index_options": {"type": "int8_hnsw"},
        }
    if spec.name in _FOLDED and spec.type == "keyword":
        return {"type": "keyword", "fields": {"folded": {"type": "keyword", "normalizer": "ouidire_folded"}}}
    return _TYPES[spec.type]
