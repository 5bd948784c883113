"""Opens the configured index: the one place that knows which back-ends there are.

Each is imported when it is used.
"""

from typing import TYPE_CHECKING

from ouidire.errors import ConfigError
from ouidire.index import MentionIndex
from ouidire.settings.configuration import Settings, secret
from ouidire.settings.index import Backend

if TYPE_CHECKING:
    from search.dead_letters import DeadLetters
    from search.elastic.cluster import Cluster, Login
    from search.elastic.index import ElasticIndex


def open_index(settings: Settings, backend: Backend) -> MentionIndex:
    """Return the index on a back-end: not created, not checked.

    Raises ConfigError when it is not configured.
    """
    if backend == "elasticsearch":
        return open_elastic(settings)
    from search.sqlite.index import SqliteIndex

    return SqliteIndex(settings.path(settings.index.path, "index.db"))


def open_elastic(settings: Settings) -> "ElasticIndex":
    """Return the index on Elasticsearch.

    Raises ConfigError when it is not configured, or a secret cannot be read.
    """
    from search.elastic.index import ElasticIndex

    return ElasticIndex(
        open_cluster(settings),
        prefix=settings.index.prefix,
        dead_letters=settings.path(None, "refused.jsonl"),
        replicas=settings.index.replicas,
    )


def open_cluster(settings: Settings, *, login: "Login | None" = None) -> "Cluster":
    """Return the configured cluster, reached with the configured credentials or with others."""
    from search.elastic.cluster import Cluster

    asked = settings.index
    if not asked.url:
        raise ConfigError(["index.url: say where Elasticsearch answers, as https://localhost:9200"])
    return Cluster(
        asked.url,
        login=login or login_of(settings),
        ca_file=settings.base / asked.ca_file if asked.ca_file is not None else None,
        patience_s=asked.patience,
        timeout_s=asked.timeout,
    )


def dead_letters(settings: Settings) -> "DeadLetters":
    """Return the dead letters: documents that the server refused for good."""
    from search.dead_letters import DeadLetters

    return DeadLetters(settings.path(None, "refused.jsonl"))


def login_of(settings: Settings) -> "Login":
    """Return the configured credentials. Raises ConfigError when a secret cannot be read."""
    from search.elastic.cluster import Login

    asked = settings.index
    key_file = settings.base / asked.api_key_file if asked.api_key_file is not None else None
    password_file = settings.base / asked.password_file if asked.password_file is not None else None
    return Login(
        api_key=secret(env=asked.api_key_env, file=key_file, what="index.api_key"),
        user=asked.user,
        password=secret(env=asked.password_env, file=password_file, what="index.password"),
    )
