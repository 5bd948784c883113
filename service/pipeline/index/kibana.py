"""Kibana's objects of an installation: written to a file, or imported into a running Kibana."""

from pathlib import Path
from urllib.parse import urlsplit

from ouidire.errors import ConfigError, UsageError
from ouidire.settings.configuration import Settings, secret
from ouidire.settings.editions import ReportLanguage
from ouidire.settings.safety import is_loopback
from ouidire.system.files import write_atomically
from service.pipeline.index_backend import login_of


def export_objects(settings: Settings, out: Path, *, language: ReportLanguage) -> int:
    """Write the saved objects to a file, whole, and return how many there are."""
    from search.kibana.objects import ndjson, saved_objects

    made = saved_objects(settings.index.prefix, language)
    write_atomically(out, ndjson(made).encode())
    return len(made)


def import_objects(
    settings: Settings, url: str, *, language: ReportLanguage, space: str, user: str | None, password_env: str
) -> int:
    """Import the saved objects into Kibana and return how many there are.

    Raises ConfigError or OuidireError, and UsageError for an address that holds a secret or would have one
    cross the network unencrypted.
    """
    from search.elastic.cluster import Login
    from search.kibana import transfer
    from search.kibana.objects import ndjson, saved_objects

    login = (
        login_of(settings)
        if user is None
        else Login(user=user, password=secret(env=password_env, file=None, what="--password"))
    )
    _check_address(url, has_secret=bool(login.password or login.api_key), allowed=settings.index.clear_text)
    ca_file = settings.base / settings.index.ca_file if settings.index.ca_file is not None else None
    if ca_file is not None and not ca_file.is_file():
        raise ConfigError([f"index.ca_file: {ca_file} is no file"])
    made = saved_objects(settings.index.prefix, language)
    return transfer.import_objects(ndjson(made), url, login=login, ca_file=ca_file, space=space)


def _check_address(url: str, *, has_secret: bool, allowed: bool) -> None:
    """Raise UsageError for an address of Kibana that holds a secret, or would have one cross in the clear."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise UsageError("no secret stands in an address: give --user and --password-env")
    if has_secret and parts.scheme == "http" and not (allowed or is_loopback(parts.hostname or "")):
        raise UsageError(
            f"by {url} the password or key crosses the network unencrypted; write https, or "
            "index.clear_text = true where it stays within one machine"
        )
