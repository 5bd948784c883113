"""One mention's page, and a view as JSON and as files."""

import csv
import io
import json
import re

import pytest

from tests.service.serve.web.explorer.conftest import HOSTILE


def test_a_mention_shows_why_it_counts_and_what_is_like_it(explored):
    _, _, listed = explored.ask("/mentions.json?theme=price")
    found = next(each for each in json.loads(listed)["items"] if each["aspects"])
    status, _, text = explored.ask(f"/mentions/{found['id']}")
    assert status == 200
    assert "Pourquoi elle compte ainsi" in text
    assert 'id="why-1"' in text
    assert "probabilité 75\u202f%" in text
    shape = json.loads(explored.ask(f"/mentions/{found['id']}.json")[2])
    assert shape["mention"]["id"] == found["id"]
    assert {each["what"] for each in shape["evidence"]} >= {f"aspect:{found['aspects'][0]['name']}"}
    assert "author_key" not in shape["mention"]


@pytest.mark.parametrize(
    "path", ["/mentions/none", "/mentions/%00", "/mentions/<b>", "/mentions/..%2f..%2fetc"]
)
def test_what_is_no_mention_is_not_found(explored, path):
    status, _, text = explored.ask(path.replace("<", "%3C").replace(">", "%3E"))
    assert status == 404
    assert "<b>" not in text


def test_a_hostile_mention_stays_text(explored):
    for number in range(len(HOSTILE)):
        status, _, text = explored.ask(f"/mentions/hostile{number}")
        assert status == 200
        for danger in ("<script", "<img", "<svg", 'href="javascript'):
            assert danger not in text


def test_json_lists_the_same_and_ends_with_a_null(explored):
    _, _, page = explored.ask("/mentions?source=feed")
    total = int(re.search(r"<h1>(\d+)", page)[1])
    seen, link = [], "/mentions.json?source=feed"
    while link is not None:
        status, headers, text = explored.ask(link)
        assert (status, headers.get_content_type()) == (200, "application/json")
        answer = json.loads(text)
        assert answer.keys() == {
            "view",
            "total",
            "items",
            "facets",
            "histogram",
            "comparison",
            "as_of",
            "next",
        }
        assert answer["total"] == total
        seen += [each["id"] for each in answer["items"]]
        link = answer["next"]
    assert len(seen) == len(set(seen)) == total
    assert sum(each["n"] for each in answer["facets"]["kind"]) == total
    assert sum(each["n"] for each in answer["histogram"]["bars"]) == total


def test_what_fails_has_one_shape(explored):
    for path, code in (("/mentions.json?side=angry", 400), ("/mentions/none.json", 404)):
        status, _, text = explored.ask(path)
        assert (status, json.loads(text)["error"]["status"]) == (code, code)
        assert json.loads(text).keys() == {"error"}


def test_files_hold_exactly_the_view_and_no_formula(explored):
    asked = "brand=pousse&side=negative&published=2026-03"
    total = json.loads(explored.ask(f"/mentions.json?{asked}")[2])["total"]
    status, headers, text = explored.ask(f"/mentions.csv?{asked}")
    assert status == 200
    assert headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert len(rows) == total >= len(HOSTILE)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "@", "+cmd"))]
    lines = explored.ask(f"/mentions.ndjson?{asked}")[2].splitlines()
    assert {json.loads(line)["id"] for line in lines} == {row["id"] for row in rows}
    assert explored.ask("/mentions.csv?side=angry")[0] == 400
