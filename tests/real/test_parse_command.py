"""`ouidire parse` on every saved page: exact, unambiguous, and the same as what the engine keeps."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from ouidire.items import STATUSES
from service.cli import run
from tests.real.cases import ABSENT, FIXTURES, cases
from tests.real.compare import compare
from tests.real.crawl import NOW, crawl

pytestmark = [pytest.mark.real, pytest.mark.skipif(not (FIXTURES / "expected.json").is_file(), reason=ABSENT)]
FETCHED = NOW.isoformat()
PAGES = [case for case in cases() if case.group != "robots"]
NAMES = [case.name for case in PAGES]
COMPARED = [case for case in PAGES if case.group not in {"encoding", "article"}]


def arguments(case, *more):
    kind = ("--kind", case.kind) if case.kind != "list" else ()
    return [
        "parse",
        case.slug,
        str(case.path),
        "--url",
        case.url,
        "--fetched-at",
        FETCHED,
        "--json",
        *kind,
        *more,
    ]


@pytest.fixture
def parse(capsys):
    def read(case, *more):
        assert run(arguments(case, *more)) == 0
        return json.loads(capsys.readouterr().out)

    return read


def as_reading(answer):
    """The command's answer in the shape in which a harvest is compared."""
    items = answer["items"]
    return SimpleNamespace(
        status=answer["status"],
        reason=answer["reason"],
        items=items,
        declared_total=answer["declared_total"],
        of=lambda kind: [item for item in items if item["item"] == kind],
    )


@pytest.mark.parametrize("case", COMPARED, ids=[case.name for case in COMPARED])
def test_everything_that_is_known_of_a_page_is_read(case, parse):
    wrong = [
        check
        for check in compare(case, as_reading(parse(case)))
        if not check.exact and check.aim and check.what != "status"
    ]
    assert wrong == []


@pytest.mark.parametrize("case", PAGES, ids=NAMES)
def test_the_answer_is_unambiguous(case, parse):
    answer = parse(case)
    assert answer["status"] in STATUSES
    assert (answer["source"], answer["url"]) == (case.slug, case.url)
    assert answer["status"] in {"ok", "degraded", "empty"} or answer["items"] == []
    assert answer["status"] not in {"blocked", "layout_changed"} or answer["reason"]
    mentions = [item for item in answer["items"] if item["item"] == "mention"]
    assert all(
        number == 1 for number in Counter(one["native_id"] for one in mentions if one["native_id"]).values()
    )
    for one in mentions:
        assert one["author_key"] is None
        assert (
            one["rating"] is None or one["rating"]["worst"] <= one["rating"]["value"] <= one["rating"]["best"]
        )
        assert one["published"] is None or one["published"]["at"] <= answer["fetched_at"]
        assert one["text"] == one["text"].strip()
    for page in (item for item in answer["items"] if item["item"] == "search_page"):
        assert [entry["position"] for entry in page["entries"]] == list(range(1, len(page["entries"]) + 1))
        assert all(entry["url"] for entry in page["entries"] if entry["type"] == "organic")


@pytest.mark.parametrize("case", PAGES, ids=NAMES)
def test_groups_end_in_their_status(case, parse):
    answer = parse(case)
    if case.group == "blocked":
        assert answer["status"] == "blocked"
    elif case.group == "google_empty":
        assert answer["says_empty"]
    elif case.group == "cut":
        assert answer["status"] == "degraded"
    elif case.group in {"none", "encoding"}:
        assert answer["status"] in {"layout_changed", "empty"}
    else:
        assert answer["status"] in {"ok", "degraded"}
        assert answer["status"] == "ok" or answer["follow"], (
            "only a listing that goes on may be called incomplete"
        )


def test_the_command_answers_alike_in_a_process_of_its_own(parse):
    case = next(case for case in PAGES if case.group == "trustpilot")
    command = Path(sys.executable).with_name("ouidire")
    done = subprocess.run([str(command), *arguments(case)], capture_output=True, check=True)
    assert json.loads(done.stdout.decode("utf-8")) == parse(case)


@pytest.mark.parametrize(
    "group",
    ["trustpilot", "app_store", "structured", "feed", "search_api", "google", "google_empty", "blocked"],
)
def test_the_engine_keeps_what_the_command_shows(group, parse):
    case = next(case for case in PAGES if case.group == group)
    shown, kept = parse(case), crawl(case)
    assert [stripped(item) for item in shown["items"]] == [stripped(item) for item in kept.items]
    assert shown["status"] == kept.status or {shown["status"], kept.status} == {"ok", "degraded"}
    assert shown["status"] == kept.status or shown["follow"]
    assert shown["declared_total"] == kept.declared_total


def stripped(item):
    """An item without what the request decides: addresses, and which search was asked for."""
    asked = {"author_key", "entity", "url", "gl", "hl", "device", "query"}
    own = {
        name: value
        for name, value in item.items()
        if name not in (asked if item["item"] == "search_page" else {"author_key", "url"})
    }
    return {**own, "entity": None} if item["item"] == "rating_summary" else own
