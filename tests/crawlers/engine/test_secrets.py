"""Secrets leave with the request and are found nowhere else."""

from datetime import UTC, datetime

import pytest

from crawlers.engine.secrets import Secrets, public_address
from ouidire.errors import ConfigError
from ouidire.page import Page, Request

KEY = "clé/très+secrète"
NOW = datetime(2026, 2, 3, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _key(monkeypatch, tmp_path):
    monkeypatch.setenv("ESSAI_CLE", KEY)
    (tmp_path / "cle").write_text("de-fichier\n")
    monkeypatch.setenv("AUTRE_CLE_FILE", str(tmp_path / "cle"))


def everything(run):
    kept = "".join(f"{page.url} {page.headers} {page.text}" for page in run.pages())
    return kept + run.manifest.model_dump_json() + "".join(run.lines)


def test_in_an_address(crawl, site):
    run = crawl("/echo?key={secret:ESSAI_CLE}")
    assert run.status == "ok"
    assert site.paths() == ["/echo?key=cl%C3%A9%2Ftr%C3%A8s%2Bsecr%C3%A8te"]
    assert run.pages()[0].url == site.url + "/echo?key={secret:ESSAI_CLE}"
    assert "asked with {secret:ESSAI_CLE}" in run.pages()[0].text
    assert "secr%C3%A8te" not in everything(run)
    assert KEY not in everything(run)


def test_in_a_header_and_from_a_file(crawl, site):
    run = crawl("/echo", params={"headers": {"X-Api-Key": "secret:AUTRE_CLE"}})
    assert run.status == "ok"
    assert site.log[-1].headers["x-api-key"] == "de-fichier"
    assert "x-api-key" not in site.log[0].headers, "robots.txt is asked for without it"
    assert "de-fichier" not in everything(run)


def test_a_redirect_elsewhere_does_not_take_it_along(crawl, site):
    here = f"/redirect?to=http://localhost:{site.port}/echo"
    run = crawl(
        here,
        params={"headers": {"X-Api-Key": "secret:AUTRE_CLE"}},
        fetch={"allow_hosts": ("127.0.0.1", "localhost")},
    )
    assert run.status == "ok"
    with_key = [hit.host for hit in site.log if "x-api-key" in hit.headers]
    assert with_key == [f"127.0.0.1:{site.port}"]
    same = crawl("/redirect?to=/echo", params={"headers": {"X-Api-Key": "secret:AUTRE_CLE"}})
    assert same.status == "ok"
    assert site.log[-1].headers["x-api-key"] == "de-fichier"


def test_in_a_refusal(crawl):
    run = crawl("/forbidden?key={secret:ESSAI_CLE}")
    assert run.status == "blocked"
    assert KEY not in everything(run)
    assert "secr%C3%A8te" not in everything(run)


def test_missing(crawl, site):
    run = crawl("/echo?key={secret:PAS_DE_CLE}")
    assert (run.status, run.sealed) == ("failed", True)
    assert "PAS_DE_CLE" in run.reason
    assert "PAS_DE_CLE_FILE" in run.reason
    assert site.log == []


def test_secrets_are_put_in_and_taken_out(tmp_path):
    (tmp_path / "cle").write_text("de fichier\n")
    secrets = Secrets({"A": "x/y z", "B_FILE": str(tmp_path / "cle"), "EMPTY": " ", "LINES": "a\nb"})
    assert secrets.url("https://h.example/?k={secret:A}") == "https://h.example/?k=x%2Fy%20z"
    assert secrets.headers({"X-Key": "secret:B", "Accept": "secret: not one"}) == {"X-Key": "de fichier"}
    assert secrets.headers({"Authorization": "Bearer secret:B"}) == {"Authorization": "Bearer de fichier"}
    page = Page(
        url="https://h.example/?k=x%2Fy+z",
        body=b"x/y z de fichier",
        fetched_at=NOW,
        headers={"x": "de fichier"},
    )
    assert secrets.redact_page(page).body == b"{secret:A} {secret:B}"
    assert secrets.redact_page(page).url == "https://h.example/?k={secret:A}"
    assert secrets.redact_page(page).headers == {"x": "{secret:B}"}
    for name in ("ABSENT", "EMPTY", "LINES"):
        with pytest.raises(ConfigError, match=name):
            secrets.url(f"https://h.example/{{secret:{name}}}")
    assert Secrets.used_by(Request(url="https://h.example/{secret:A}"))
    assert Secrets.used_by(Request(url="https://h.example/", headers={"x": "secret:A"}))
    assert not Secrets.used_by(Request(url="https://h.example/", headers={"x": "y"}))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://moi:mdp@h.example:81/a/b?cle=1#f", "https://h.example:81/a/b"),
        ("file:///home/jeanne/avis.csv", "file:avis.csv"),
        ("http://h.example:x/", "an address that is no URL"),
    ],
)
def test_what_is_shown_of_an_address(url, expected):
    assert public_address(url) == expected


def test_a_scheme_may_stand_before_the_name_of_a_secret():
    secrets = Secrets({"PAIR": "moi@pousse.example:sésame", "TOKEN": "abc123"})
    given = secrets.headers(
        {"Authorization": "Basic secret:PAIR", "X": "Bearer secret:TOKEN", "Y": "secret: TOKEN"}
    )
    encoded = "bW9pQHBvdXNzZS5leGFtcGxlOnPDqXNhbWU="
    assert given == {"Authorization": f"Basic {encoded}", "X": "Bearer abc123"}
    page = Page(url="https://h.example/", body=f"you sent {encoded}".encode(), fetched_at=NOW)
    assert secrets.redact_page(page).body == b"you sent {secret:PAIR}"
    assert secrets.redact(f"Basic {encoded}") == "Basic {secret:PAIR}"
    assert Secrets.used_by(Request(url="https://h.example/", headers={"x": "Bearer secret:TOKEN"}))
