"""The small inputs of shared/cases, each run by the command of its README, with the outcome stated there."""

import json
import runpy
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy
from types import SimpleNamespace

import pytest

from service.cli import run
from tests.support.paths import SHARED

CASES = SHARED / "cases"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (CASES / "README.md").is_file(),
        reason=f"no small cases in {CASES}: set OUIDIRE_SHARED to the folder that holds cases/",
    ),
]
FETCHED = ("--fetched-at", "2026-03-09T06:00:00+01:00")
EXPORTS = {
    "gforms-horodateur.csv": (
        (9, "2026-02-12T13:05:22Z"),
        (2, "2026-02-11T23:20:05Z"),
        (10, "2026-02-28T22:40:00Z"),
        (8, "2026-02-12T08:05:22Z"),
        (7, "2026-02-12T11:05:22Z"),
    ),
    "msforms.csv": ((9, "2026-02-12T13:05:22Z"), (3, "2026-02-12T14:05:22Z")),
    "typeform.csv": ((9, "2026-02-12T23:25:10Z"), (3, "2026-02-28T23:10:00Z")),
    "surveymonkey.csv": ((9, "2026-02-12T13:09:10Z"), (2, "2026-02-13T08:09:10Z")),
    "bilan.csv": ((10, "2026-02-02"), (7, "2026-02-03"), (0, "2026-02-04")),
    "x-hiddenfirst.xlsx": ((9, "2026-02-12T13:05:22Z"),),
}
SCORES = {
    "a": 10, "b": 10, "c": 0, "d": 0, "e": 0, "f": 10, "g": 9, "h": 9, "i": 9, "j": 9, "k": 9, "l": 9, "m": 9,
    "n": 9, "o": 9, "p": 9, "w": 7.5, "x": 10, "y": 8, "zb": 9, "ze": 10,
}  # fmt: skip
FEED = {
    **dict.fromkeys("abcg", "2026-03-01T23:30:00Z"),
    "d": "2026-03-02T14:30:22Z",
    "e": "2026-03-02T06:20:00Z",
    "f": "2025-07-04T04:10:00Z",
    "i": "2026-03-01T22:30:00Z",
    "j": "2026-03-02T00:15:00Z",
}


@pytest.fixture
def parsed(capsys):
    """Return what `ouidire parse … --json` prints of one case."""

    def read(slug, name, *more, code=0):
        assert run(["parse", slug, str(CASES / name), *FETCHED, "--json", *more]) == code
        return json.loads(capsys.readouterr().out)

    return read


@pytest.fixture
def installed(tmp_path, monkeypatch, capsys):
    """Return a way to run a command, in JSON, on a configuration among the cases."""
    monkeypatch.chdir(tmp_path)

    def prepared(name, **moved):
        text = (CASES / name).read_text(encoding="utf-8")
        for old, new in moved.items():
            text = text.replace(f"127.0.0.1:{old.removeprefix('port_')}", new)
        (tmp_path / "ouidire.toml").write_text(text, encoding="utf-8")

    def command(*words, code=0):
        capsys.readouterr()
        assert run([*words, "--json"]) == code, capsys.readouterr()
        return json.loads(capsys.readouterr().out)

    command.on = prepared
    return command


@contextmanager
def served(handler):
    """Serve requests by a handler on loopback, and give out its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Serves the files of a folder, and logs nothing."""

    def log_message(self, *_):
        pass


def mentions(answer):
    return [item for item in answer["items"] if item["item"] == "mention"]


@pytest.mark.parametrize("name", EXPORTS)
def test_scores_and_dates_of_survey_tools(name, parsed):
    found = mentions(parsed("survey_file", name))
    assert [(one["asked_score"], one["published"]["at"]) for one in found] == [
        (score, at if "T" in at else f"{at}T12:00:00Z") for score, at in EXPORTS[name]
    ]
    assert all(one["text"] for one in found)


def test_a_score_out_of_five_is_refused(parsed):
    answer = parsed("survey_file", "csat5.csv")
    assert (answer["status"], answer["items"]) == ("layout_changed", [])
    assert "Note (sur 5)" in answer["reason"]


def test_words_lie_in_two_columns_of_captions(parsed):
    texts = [one["text"] for one in mentions(parsed("survey_file", "caption-cols.csv"))]
    assert texts == ["Les conseils\nLe parking", "Rien\nLa caisse, trop lente"]


def test_dates_as_spreadsheets_write_them(parsed):
    answer = parsed("survey_file", "excel-dates.csv")
    assert [one["published"]["at"][:10] for one in mentions(answer)] == ["2026-02-12"] * 9
    assert answer["rejected"] == []


def test_scores_as_people_write_them(parsed):
    answer = parsed("survey_file", "scores.csv")
    assert {one["text"]: one["asked_score"] for one in mentions(answer)} == SCORES
    assert len(answer["rejected"]) == 31 - len(SCORES)
    assert all(one["where"] and one["reason"] for one in answer["rejected"])


def test_entities_are_characters(parsed):
    first, second = mentions(parsed("survey_file", "html-entities.csv"))
    assert first["text"].startswith("L'accueil & les conseils")
    assert "reçu" in second["text"]


def test_references_of_structured_data(parsed):
    answer = parsed("schema_org", "jsonld-author-ref.html", "--url", "https://boutique.example/beche")
    assert [(one["author"], one["rating"]["value"]) for one in mentions(answer)] == [
        ("Testeuse Deux", 5),
        ("Testeur Un", 1),
    ]


def test_comments_and_commas_in_structured_data(parsed):
    (one,) = mentions(parsed("schema_org", "jsonld-comment-comma.html", "--url", "https://b.example/x"))
    assert (one["rating"]["value"], one["rating"]["best"]) == (1, 5)


def test_characters_of_windows_in_pages(parsed):
    found = mentions(parsed("schema_org", "schema-ncr.html", "--url", "https://b.example/x"))
    assert [one["text"][:36] for one in found] == [
        "L’accueil n’est pas un coup de cœur",
        "L’accueil n’est pas un coup de cœur,",
    ]


def test_dates_of_feeds(parsed):
    answer = parsed("feed", "feed-dates-2.xml", "--url", "https://presse.example/rss")
    found = {one["title"][0]: one["published"]["at"] for one in mentions(answer)}
    assert {name: found[name] for name in FEED} == FEED


@pytest.mark.parametrize("written", ["Coeur de Jardin", "Cœur de Jardin"])
def test_a_ligature_is_written_either_way(written, parsed):
    answer = parsed(
        "feed",
        "feed-ligature.xml",
        "--url",
        "https://presse.example/rss",
        "--context",
        f'must_name=["{written}"]',
    )
    assert [one["url"].rpartition("/")[2] for one in mentions(answer)] == list("abcdefghi")


def test_alerts_lead_to_the_article(parsed):
    answer = parsed("feed", "google-alerts.xml", "--url", "https://www.google.com/alerts/feeds/1/2")
    (one,) = mentions(answer)
    assert {one["url"], one["native_id"]} == {"https://presse.example/lyon/ouverture?id=7"}


def test_capitals_have_the_side_of_small_letters(tmp_path):
    out = tmp_path / "out.jsonl"
    assert run(["enrich", str(CASES / "caps.csv"), "--out", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    side = {row["text"]: row["annotations"]["sentiment"]["label"] for row in rows}
    small = {text.casefold(): text for text in side if text != text.upper()}
    capitals = [text for text in side if text == text.upper() and text.casefold() in small]
    assert len(capitals) >= 12
    assert [text for text in capitals if side[text] != side[small[text.casefold()]]] == []


def test_two_shops_of_one_survey_keep_their_answers(installed):
    installed.on("two-brands.toml")
    for shop in ("Lyon", "Nantes"):
        copied = f"survey-{shop.lower()}.csv"
        copy(CASES / copied, copied)
        installed(
            "import",
            "survey_file",
            copied,
            "--brand",
            "pousse",
            "--place",
            shop,
            *FETCHED,
            "--now",
            FETCHED[1],
        )
    hits = [hit["document"] for hit in installed("search")["hits"]]
    assert sorted((one["place"], one["text"].partition(" :")[0], one["asked_score"]) for one in hits) == [
        ("Lyon", "Lyon", 2),
        ("Lyon", "Lyon", 9),
        ("Nantes", "Nantes", 0),
        ("Nantes", "Nantes", 10),
    ]
    assert {one["presence"] for one in hits} == {"present"}


def test_an_elided_name_and_an_ampersand(installed, tmp_path):
    copy(CASES / "feed-elision.xml", tmp_path / "feed.xml")
    with served(partial(Quiet, directory=str(tmp_path))) as address:
        installed.on("elision.toml", port_9201=address)
        installed("collect", "--now", "2026-03-09T06:00:00+01:00")
    hits = [hit["document"] for hit in installed("search")["hits"]]
    assert [(one["native_id"], one["brands"]) for one in hits] == [("http://x.example/2", ["entrepot"])]


def test_engines_that_do_not_answer_conclude_nothing(installed, monkeypatch):
    handlers = []
    monkeypatch.setattr(
        "http.server.HTTPServer",
        lambda _, handler: SimpleNamespace(serve_forever=lambda: handlers.append(handler)),
    )
    runpy.run_path(str(CASES / "searxng-outage-server.py"))
    with served(handlers[0]) as address:
        installed.on("searxng-outage.toml", port_9301=address)
        for day in ("2026-02-16", "2026-02-23", "2026-03-02"):
            installed("collect", "--now", f"{day}T06:00:00+01:00")
        (last,) = installed("collect", "--now", "2026-03-09T06:00:00+01:00", code=1)
    assert last["status"] == "degraded"
    command = ("report", "preview", "--period", "2026-W10", "--now", "2026-03-09T07:00:00+01:00", "--whole")
    assert run([*command, "--out", "digest.txt"]) == 0
    digest = Path("digest.txt").read_text(encoding="utf-8")
    assert "n’ont pas répondu" in digest
    assert not any(
        f"site{number}.example" in digest or f"Pousse {number}" in digest for number in range(1, 11)
    )
