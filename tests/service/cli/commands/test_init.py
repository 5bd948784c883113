"""`ouidire init`: what is written can be used, and what cannot be used is not written."""

import tomllib

import pytest

from service.cli import run

APP = "https://apps.apple.com/fr/app/truc/id990001123"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--brand", "Foo", "--language", "de"], "write one of fr, en"),
        (["--brand", "Foo", "--recipient", "nobody"], "recipient[0].address"),
        (["--brand", "Foo", "--competitor", "foo"], "'foo' stands twice"),
        (["--brand", "x\n[evil"], "cannot be seen"),
        (["--brand", "Foo", "--domain", "not a domain"], "bare domain"),
        (["--brand", "Foo", "--page", "javascript:1"], "no web address"),
        (["--brand", "Foo", "--feed", "https://[::1"], "no web address"),
        (["--brand", "Foo", "--trustpilot", "my company"], "no company on Trustpilot"),
        (["--brand", "Foo", "--app", "nonsense"], "no app of the App Store"),
    ],
)
def test_what_cannot_be_used_is_not_written(words, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["init", *words]) != 0
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stated", ["foo.fr", "https://foo.fr/", "fr.trustpilot.com/review/foo.fr?page=2"])
def test_addresses_as_people_paste_them(stated, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [
        "--domain",
        "https://www.Foo.fr/accueil",
        "--trustpilot",
        stated,
        "--app",
        APP,
        "--app",
        "990001123",
    ]
    assert run(["init", "--brand", "Foo", *words]) == 0
    assert "ouidire.toml written" in capsys.readouterr().out
    written = tomllib.loads((tmp_path / "ouidire.toml").read_text())
    assert written["brand"][0]["domains"] == ["foo.fr"]
    assert [each["params"] for each in written["source"]] == [
        {"company": "foo.fr"},
        {"app_id": "990001123", "country": "fr"},
    ]
