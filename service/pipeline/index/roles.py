"""The roles of an installation on Elasticsearch, made once by an administrator."""

import os
from pathlib import Path
from typing import NamedTuple

from ouidire.errors import ConfigError
from ouidire.settings.configuration import Settings, secret
from service.pipeline.index_backend import open_cluster


class Made(NamedTuple):
    """The names of the roles, and where the API key was written, if one was asked for."""

    writer: str
    reader: str
    key_file: str


def make_roles(settings: Settings, *, user: str | None, password_env: str, key_file: Path | None) -> Made:
    """Create the roles, the templates and, with `key_file`, an API key.

    Raises ConfigError or IndexUnavailable.
    """
    from search.elastic.cluster import Login
    from search.elastic.roles import new_key, put_roles

    login = (
        None
        if user is None
        else Login(user=user, password=secret(env=password_env, file=None, what="--password"))
    )
    if key_file is not None and key_file.exists():
        raise ConfigError([f"{key_file} exists: remove it, or name another file for the new key"])
    cluster = open_cluster(settings, login=login)
    try:
        made = put_roles(cluster, settings.index.prefix, replicas=settings.index.replicas)
        if key_file is not None:
            _write_secret(key_file, new_key(cluster, settings.index.prefix))
    finally:
        cluster.close()
    return Made(made.writer, made.reader, str(key_file or ""))


def _write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from the moment that it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
