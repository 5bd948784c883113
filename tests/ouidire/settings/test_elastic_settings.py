"""Settings of Elasticsearch: what is refused, where secrets come from, what commands say without a server."""

import json
from datetime import UTC, datetime

import pytest

from ouidire.errors import ConfigError, IndexUnavailable
from ouidire.settings.configuration import settings_from
from service import cli
from service.pipeline.check_configuration import check
from service.pipeline.index_backend import login_of, open_cluster, open_elastic

BRAND = [{"slug": "jardivert", "name": "Jardivert"}]
NOWHERE = "http://127.0.0.1:9"


def settings(folder, **index):
    return settings_from({"brand": BRAND, "index": index}, base=folder)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({"backend": "elasticsearch"}, "say where Elasticsearch answers"),
        ({"backend": "opensearch"}, "index.backend"),
        ({"url": "elastic:9200"}, "no address of a server"),
        ({"url": "https://elastic:secret@localhost:9200"}, "no secret stands in an address"),
        ({"url": NOWHERE, "user": "elastic"}, "give its password"),
        ({"url": NOWHERE, "user": "elastic", "password_env": "A", "api_key_env": "B"}, "not both"),
        ({"prefix": "Ouï-dire"}, "index.prefix"),
        ({"prefix": "-x"}, "index.prefix"),
        ({"replicas": "many"}, "index.replicas"),
        ({"patience": 0}, "index.patience"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, index, message):
    with pytest.raises(ConfigError, match=message) as told:
        settings(tmp_path, **index)
    assert "secret" not in str(told.value).replace("no secret", "")


def test_addresses_get_their_port(tmp_path):
    urls = ["https://elastic.example", "http://elastic.example/", "https://elastic.example:9243"]
    assert settings(tmp_path, url=urls).index.url == (
        "https://elastic.example:443",
        "http://elastic.example:80",
        "https://elastic.example:9243",
    )


def test_secrets_come_from_the_environment_or_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("MOT_DE_PASSE", "entre nous")
    (tmp_path / "elastic.key").write_text("Y2zDqQ==\n")
    by_user = login_of(settings(tmp_path, url=NOWHERE, user="ouidire", password_env="MOT_DE_PASSE"))  # noqa: S106 (a name)
    assert by_user == (None, "ouidire", "entre nous")
    assert login_of(settings(tmp_path, url=NOWHERE, api_key_file="elastic.key")).api_key == "Y2zDqQ=="


def test_check_tells_of_secrets_that_are_not_there(tmp_path):
    asked = settings(tmp_path, backend="elasticsearch", url=NOWHERE, api_key_env="NULLE_PART")
    assert any(
        "NULLE_PART is not set" in warning
        for warning in check(asked, now=datetime(2026, 3, 9, tzinfo=UTC)).warnings
    )


def test_a_certificate_that_is_not_there(tmp_path):
    with pytest.raises(IndexUnavailable, match="is no file"):
        open_cluster(settings(tmp_path, url=NOWHERE, ca_file="absent.crt"))


def test_nothing_is_connected_before_it_is_needed(tmp_path):
    index = open_elastic(settings(tmp_path, backend="elasticsearch", url=NOWHERE, patience=0.1))
    index.close()
    with pytest.raises(IndexUnavailable, match="cannot be reached"):
        index.status()
    index.close()


def test_commands_say_what_is_missing(tmp_path, capsys, monkeypatch):
    config = tmp_path / "ouidire.toml"
    config.write_text('[[brand]]\nslug = "jardivert"\nname = "Jardivert"\n')
    assert cli.run(["index", "move", "elasticsearch", "--config", str(config)]) == 1
    assert "say where Elasticsearch answers" in capsys.readouterr().err
    assert cli.run(["index", "move", "solr", "--config", str(config)]) == 2
    assert cli.run(["index", "move", "sqlite", "--config", str(config)]) == 2
    assert cli.run(["index", "retry", "--config", str(config)]) == 2
    assert cli.run(["index", "roles", "--config", str(config)]) == 1
    capsys.readouterr()
    config.write_text(
        f'[index]\nbackend = "elasticsearch"\nurl = "{NOWHERE}"\n'
        '[[brand]]\nslug = "jardivert"\nname = "Jardivert"\n'
    )
    assert (
        cli.run(
            ["index", "roles", "--config", str(config), "--user", "elastic", "--password-env", "NULLE_PART"]
        )
        == 1
    )
    assert "NULLE_PART is not set" in capsys.readouterr().err
    assert cli.run(["index", "status", "--config", str(config), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["backend"], told["waiting_runs"], told["refused"]) == ("elasticsearch", 0, 0)
