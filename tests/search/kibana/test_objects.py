"""Kibana's saved objects: as the importer wants them, the same each time, and a linter that sees
what the importer does not."""

import copy
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from search.kibana.dashboards import DASHBOARDS
from search.kibana.lint import layers_of, lint, panels_of
from search.kibana.objects import GRID, ndjson, saved_objects
from service import cli

PREFIX = "ouidire"


@pytest.fixture
def objects():
    return copy.deepcopy(saved_objects(PREFIX, "fr"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_we_write_is_sound(language):
    made = saved_objects(PREFIX, language)
    assert lint(made, PREFIX) == []
    assert sum(each["type"] == "dashboard" for each in made) == 5
    assert [json.loads(line) for line in ndjson(made).splitlines()] == made


def test_importing_twice_changes_nothing():
    assert ndjson(saved_objects(PREFIX, "fr")) == ndjson(saved_objects(PREFIX, "fr"))
    keys = {each["id"] for each in saved_objects(PREFIX, "fr")}
    assert not keys & {each["id"] for each in saved_objects("other", "fr")}
    english = {each["id"]: each["type"] for each in saved_objects(PREFIX, "en")}
    assert {english[key] for key in keys & set(english)} == {"index-pattern"}, (
        "both languages can be imported side by side"
    )


def test_titles_are_in_their_language():
    def titles(language):
        for each in saved_objects(PREFIX, language):
            if each["type"] == "dashboard":
                yield each["attributes"]["title"]
                yield from (panel["title"] for panel in panels_of(each))

    french, english = list(titles("fr")), list(titles("en"))
    assert {
        "Ouï-dire — Réputation",
        "Ouï-dire — Leviers",
        "Ouï-dire — Ce que Google en dit",
        "Ouï-dire — Santé des sources",
    } <= set(french)
    assert sum(one == other for one, other in zip(french, english, strict=True)) <= 5


def dashboard(objects):
    return next(each for each in objects if each["type"] == "dashboard")


def changed(objects, change):
    """Lint the objects with the first panel changed that has what is to be changed."""
    for page in (each for each in objects if each["type"] == "dashboard"):
        panels = panels_of(page)
        for panel in (each for each in panels[1:] if each["type"] == "lens"):
            try:
                change(panel)
            except StopIteration:
                continue
            page["attributes"]["panelsJSON"] = json.dumps(panels)
            return lint(objects, PREFIX)
    raise AssertionError("no panel has it")


def columns(panel):
    ((_, layer),) = layers_of(panel).items()
    return layer["columns"]


def rename(panel):
    next(each for each in columns(panel).values() if each["operationType"] == "average")["sourceField"] = (
        "advocacy"
    )


def misspell(panel):
    next(each for each in columns(panel).values() if each["operationType"] == "terms")["sourceField"] = (
        "brand"
    )


def approximate(panel):
    next(each for each in columns(panel).values() if each["operationType"] == "average")["operationType"] = (
        "unique_count"
    )


def order_by_a_formula(panel):
    found = columns(panel)
    formula = next(key for key, each in found.items() if each["operationType"] == "formula")
    next(each for each in found.values() if each["operationType"] == "terms")["params"]["orderBy"] = {
        "type": "column",
        "columnId": formula,
    }


def lose_a_column(panel):
    columns(panel).popitem()


def lose_a_part(panel):
    del columns(panel)[next(key for key in columns(panel) if key.endswith("X0"))]


def overlap(panel):
    panel["gridData"]["x"] = 12
    panel["gridData"]["w"] = GRID - 12


def outside(panel):
    panel["gridData"]["w"] = GRID + 1


def move_layer(panel):
    layers = layers_of(panel)
    layers["other"] = layers.pop(next(iter(layers)))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (rename, "keyword field, of no use there"),
        (misspell, "has no field 'brand'"),
        (approximate, "approximate or unknown"),
        (order_by_a_formula, "cannot order by"),
        (lose_a_column, "columnOrder"),
        (lose_a_part, "computes with"),
        (overlap, "lies on another panel"),
        (outside, "outside the grid"),
        (move_layer, "no data view"),
    ],
)
def test_the_linter_sees(objects, change, problem):
    found = changed(objects, change)
    assert any(problem in each for each in found), found


def test_the_linter_sees_what_objects_lack(objects):
    without = [each for each in objects if each["type"] != "search"]
    assert any("which is not here" in each for each in lint(without, PREFIX))
    dashboard(objects)["typeMigrationVersion"] = "11.0.0"
    assert any("versions" in each for each in lint(objects, PREFIX))
    assert any("view of nothing of ours" in each for each in lint(objects, "other"))


def test_every_panel_stands_once():
    for page in DASHBOARDS:
        keys = [placed.panel.key for placed in page.panels]
        assert len(keys) == len(set(keys))


class Kibana(BaseHTTPRequestHandler):
    """What Kibana answers to an import, as its documentation says it."""

    status, answer, got = 200, {"success": True, "successCount": 14}, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        payload = json.dumps(self.answer).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def kibana():
    handler = type("Handler", (Kibana,), {"got": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "ouidire.toml"
    path.write_text('[[brand]]\nslug = "jardivert"\nname = "Jardivert"\n')
    return path


def test_export(config, tmp_path, capsys):
    out = tmp_path / "ouidire.ndjson"
    assert (
        cli.run(
            ["kibana", "export", "--config", str(config), "--out", str(out), "--language", "en", "--json"]
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)["objects"] == len(out.read_text().splitlines()) == 18
    assert cli.run(["kibana", "export", "--config", str(config), "--out", str(out), "--language", "de"]) == 2


def test_import(config, kibana, capsys, monkeypatch):
    url, handler = kibana
    monkeypatch.setenv("ELASTIC_PASSWORD", "secret")
    asked = ["kibana", "import", url, "--config", str(config), "--space", "veille", "--user", "elastic"]
    assert cli.run([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"url": url, "objects": 14}
    ((path, headers, body),) = handler.got
    assert path == "/s/veille/api/saved_objects/_import?overwrite=true"
    assert headers["kbn-xsrf"] == "true"
    assert headers["authorization"].startswith("Basic ")
    assert ndjson(saved_objects(PREFIX, "fr")).encode() in body


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (401, {}, "refuses our credentials"),
        (503, {}, "refused the import (503"),
        (
            200,
            {
                "success": False,
                "successCount": 3,
                "errors": [{"type": "dashboard", "id": "x", "error": {"type": "conflict"}}],
            },
            "refused 1",
        ),
    ],
)
def test_a_refused_import_is_told(config, kibana, capsys, status, answer, message):
    url, handler = kibana
    handler.status, handler.answer = status, answer
    assert cli.run(["kibana", "import", url, "--config", str(config)]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert len(told.splitlines()) == 1


def test_a_kibana_that_is_not_there(config, capsys):
    for url in ("http://127.0.0.1:9", "file:///etc/passwd"):
        assert cli.run(["kibana", "import", url, "--config", str(config)]) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
