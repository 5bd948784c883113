"""The configuration: every problem at once, each with its key and a hint; secrets are never in the file."""

from datetime import timedelta
from pathlib import Path

import pytest

from ouidire.errors import ConfigError
from ouidire.settings.configuration import load_settings, secret, settings_from

BRAND = {"slug": "ardoise", "name": "Ardoise"}


def problems(data):
    with pytest.raises(ConfigError) as caught:
        settings_from(data, base=Path("/house"))
    return caught.value.problems


@pytest.mark.parametrize(("text", "days"), [("30m", 1 / 48), ("12h", 0.5), ("1d", 1), (" 2 w ", 14)])
def test_durations(text, days):
    settings = settings_from({"brand": [BRAND], "source": [{"source": "feed", "every": text}]}, base=Path())
    assert settings.source[0].every == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "d", "1", "1.5d", "-1d", "999999d", 3, None, "1d1h", "٣d1"])
def test_what_is_no_duration_is_refused(text):
    (line,) = problems({"brand": [BRAND], "source": [{"source": "feed", "every": text}]})
    assert line.startswith("configuration: source[0].every: write a duration like 30m, 12h, 1d or 2w")


def test_every_problem_is_told_at_once_with_its_key():
    lines = problems(
        {
            "brand": [BRAND, {"slug": "bocage", "name": "Bocage", "roles": "own"}],
            "timezone": "Europe/Pari",
            "digets": {"hour": 7},
            "digest": {"hour": 25},
            "recipient": [{"address": "claire"}],
        }
    )
    told = "\n".join(lines)
    for words in (
        "brand[1].roles: unknown key; did you mean 'role'?",
        "timezone: 'Europe/Pari' is no timezone",
        "digest.hour",
        "recipient[0].address",
    ):
        assert words in told
    assert "digets: unknown key; did you mean 'digest'?" in told
    assert len(lines) == 5


def test_brands_that_no_one_knows_are_told_with_the_nearest_name():
    lines = problems({"brand": [BRAND, BRAND], "source": [{"source": "feed", "brands": ["ardoisse"]}]})
    assert lines == [
        "configuration: brand: 'ardoise' stands twice",
        "configuration: source[0].brands: no brand has the slug 'ardoisse'; did you mean 'ardoise'?",
    ]
    assert problems({"brand": [{**BRAND, "role": "competitor"}]}) == [
        'configuration: brand: none is ours; give one role = "own"'
    ]


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path):
    (tmp_path / "ouidire.toml").write_text(
        'data = "donnees"\n[[brand]]\nslug = "a"\nname = "Ardoise"\n', encoding="utf-8"
    )
    settings = load_settings(tmp_path / "ouidire.toml")
    assert settings.path(None, "index.db") == tmp_path / "donnees" / "index.db"
    assert settings.path(Path("x.db"), "index.db") == tmp_path / "x.db"
    assert settings.state_url == f"sqlite:///{tmp_path / 'donnees' / 'state.db'}"


@pytest.mark.parametrize("content", [b"data = ", b"\xff\xfe", b"base = 1\n[[brand]]\nslug='a'\nname='A'\n"])
def test_a_file_that_cannot_be_read_is_told_by_name(tmp_path, content):
    path = tmp_path / "ouidire.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=str(path)):
        load_settings(path)
    with pytest.raises(ConfigError, match="`ouidire init` writes one"):
        load_settings(tmp_path / "absent.toml")


def test_secrets_come_from_where_the_file_says(tmp_path, monkeypatch):
    monkeypatch.setenv("OUIDIRE_TEST_SECRET", "s3same")
    (tmp_path / "secret").write_text("s3same\n", encoding="utf-8")
    assert secret(env=None, file=None, what="smtp.password") is None
    assert secret(env="OUIDIRE_TEST_SECRET", file=None, what="smtp.password") == "s3same"
    assert secret(env=None, file=tmp_path / "secret", what="smtp.password") == "s3same"
    monkeypatch.setenv("OUIDIRE_TEST_SECRET", "")
    with pytest.raises(
        ConfigError, match=r"smtp\.password_env: the environment variable OUIDIRE_TEST_SECRET is not set"
    ):
        secret(env="OUIDIRE_TEST_SECRET", file=None, what="smtp.password")
    with pytest.raises(ConfigError, match=r"smtp\.password_file: .* cannot be read"):
        secret(env=None, file=tmp_path / "absent", what="smtp.password")
