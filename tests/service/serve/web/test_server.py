"""The service's address, and what it needs where others can reach it."""

import socket
from datetime import UTC, datetime

import pytest
import structlog

from ouidire.errors import ConfigError, OuidireError
from ouidire.settings.configuration import settings_from
from service.pipeline.check_configuration import check
from service.serve.web.passwords import hashed, is_hash
from service.serve.web.server import Site, password_of
from tests.service.serve.conftest import PASSWORD, SCRYPT, configuration


def test_others_can_reach_it_only_with_a_password(tmp_path, monkeypatch):
    def settings(**serve):
        return settings_from(configuration(serve=serve), base=tmp_path)

    for host in ("0.0.0.0", "::", "192.168.1.4", "ouidire.lan"):  # noqa: S104 (what must be refused)
        with pytest.raises(ConfigError, match=r"serve\.host"):
            password_of(settings(host=host))
    for host in ("127.0.0.1", "::1", "localhost", "127.8.0.1"):
        assert password_of(settings(host=host)) is None
    (tmp_path / "hash").write_text(hashed(PASSWORD) + "\n")
    assert is_hash(password_of(settings(host="0.0.0.0", password_file="hash")))  # noqa: S104, S106 (allowed with a password)
    (tmp_path / "hash").write_text(PASSWORD)
    with pytest.raises(ConfigError, match="not a hash"):
        password_of(settings(password_file="hash"))  # noqa: S106 (a file's name)
    with pytest.raises(ConfigError, match="not set"):
        password_of(settings(password_env="OUIDIRE_NO_SUCH"))  # noqa: S106 (a variable's name)


def test_an_address_that_is_taken_is_said(installation):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        installation.settings = settings_from(
            configuration(serve={"port": port}), base=installation.settings.base
        )
        with (
            pytest.raises(OuidireError, match=rf"127.0.0.1:{port} cannot be served at"),
            Site(installation, lambda: None).open(),
        ):
            raise AssertionError


def logged_at_start(installation, **serve):
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    installation.settings = settings_from(configuration(serve=serve), base=installation.settings.base)
    with structlog.testing.capture_logs() as lines:
        Site(installation, lambda: None)
    return lines


def test_a_hash_of_a_former_version_is_logged_at_the_start_with_the_way_to_renew_it(installation, tmp_path):
    kept = installation.settings.base / "hash"
    kept.write_text(SCRYPT + "\n")
    (line,) = logged_at_start(installation, password_file="hash")  # noqa: S106 (a file's name)
    assert (line["log_level"], line["form"]) == ("warning", "scrypt")
    assert "ouidire password" in line["do"]
    kept.write_text(hashed(PASSWORD) + "\n")
    assert logged_at_start(installation, password_file="hash") == []  # noqa: S106 (same)


def test_an_address_for_others_without_a_password_is_logged_and_told_by_check(installation):
    (line,) = logged_at_start(installation, url="https://ouidire.example.fr")
    assert "serve.url" in line["reason"]
    assert logged_at_start(installation) == []


@pytest.mark.parametrize(
    ("serve", "warns"),
    [
        ({"url": "https://ouidire.example.fr"}, "serve.url: without serve.password_file only links of mails"),
        ({"host": "0.0.0.0"}, "serve.host: without serve.password_file the service does not start"),  # noqa: S104
        ({"password_env": "OUIDIRE_NO_SUCH"}, "OUIDIRE_NO_SUCH is not set"),
        ({"url": "https://ouidire.example.fr", "password_file": "hash"}, ""),
        ({}, ""),
    ],
)
def test_check_warns_of_a_service_that_nobody_could_use(tmp_path, serve, warns):
    (tmp_path / "hash").write_text(hashed(PASSWORD))
    warnings = check(
        settings_from(configuration(serve=serve), base=tmp_path), now=datetime(2026, 3, 9, tzinfo=UTC)
    ).warnings
    about = [each for each in warnings if "serve." in each]
    assert [warns in each for each in about] == ([True] if warns else [])
