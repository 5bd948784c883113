"""What is wrong with an Elasticsearch is explained in French where French is spoken, what to do included."""

import re

import pytest
from elastic_transport import ApiResponseMeta, ConnectionTimeout, HttpHeaders, NodeConfig, TlsError
from elastic_transport import ConnectionError as Unreached
from elasticsearch import (
    ApiError,
    AuthenticationException,
    AuthorizationException,
    NotFoundError,
    UnsupportedProductError,
)

from ouidire.text.translated import translated
from search.elastic.cluster import Busy, Cluster, UnreadableError, explain

ENGLISH = re.compile(r"\b(the|it|its|is|are|was|and|or|of|to|not|there|this|that|with|for|again|then)\b")
CLASSES = {401: AuthenticationException, 403: AuthorizationException, 404: NotFoundError}


def answered(status, kind="", reason=""):
    meta = ApiResponseMeta(
        status=status,
        http_version="1.1",
        headers=HttpHeaders(),
        duration=0,
        node=NodeConfig("http", "es", 9200),
    )
    body = {"error": {"type": kind, "reason": reason}} if kind else "<html>"
    return CLASSES.get(status, ApiError)("m", meta, body)


ERRORS = [
    Busy("a search found a part alone: a shard did not answer, or not in time"),
    TlsError("self-signed"),
    ConnectionTimeout("timeout"),
    UnsupportedProductError("x", meta=None, body=None),
    UnreadableError("nothing called 'hits' in it"),
    Unreached("Connection refused"),
    answered(401, "security_exception", "missing"),
    answered(403, "security_exception", "denied"),
    answered(403, "cluster_block_exception", "blocked by: [FORBIDDEN/8]"),
    answered(429, "cluster_block_exception", "disk usage exceeded flood-stage watermark"),
    answered(429, "es_rejected_execution_exception", "queue full"),
    answered(404, "index_not_found_exception", "no such index"),
    answered(400, "index_closed_exception", "closed"),
    answered(503, "no_shard_available_action_exception", "No shard available"),
    answered(502),
    answered(400, "parsing_exception", "bad"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: explain(each)[:40])
@pytest.mark.parametrize(
    "after",
    [
        "",
        "; both indices are kept and the old one is read: `ouidire index rebuild` makes it anew",
        (
            "; nobody knows whether the old or the new index is read now: nothing was removed; "
            "`ouidire index status` says it once Elasticsearch answers"
        ),
    ],
)
def test_it_is_explained_in_french(error, after):
    said = translated(f"{Cluster(('http://es:9200',)).unavailable(explain(error))}{after}", "fr")
    words = re.sub(r"`[^`]*`|\([^()]*(\[[^\]]*\])?[^()]*\)", "", said)  # commands, and the server's own words
    assert not ENGLISH.findall(words), said
