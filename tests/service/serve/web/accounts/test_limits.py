"""A hostile reader with limits asks every page for what is out of sight."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from ouidire.state.people.accounts import load_account, save_account
from ouidire.state.people.answer_tasks import AnswerTask, load_tasks, save_task
from ouidire.state.people.chart_notes import list_notes, save_note
from ouidire.state.people.corrections import Correction, load_corrections, save_corrections
from ouidire.state.people.saved_views import list_views, save_view
from ouidire.state.themes import ThemeRecord, save_themes
from tests.service.serve.conftest import NOW
from tests.service.serve.web.accounts.conftest import FORM, PLACES, RIVAL, SECRET

IDS = ("theirs0", "copied", "elsewhere")
"""Mentions that somebody limited to our brand in Lyon does not see."""
FILTERS = (
    f"brand={RIVAL}",
    f"brand=pousse&brand={RIVAL}",
    "not-brand=pousse",
    f"not-brand={RIVAL}",
    f"q={SECRET}",
    f"place=Lille+{SECRET}",
    "not-place=Lyon",
    f"site={SECRET}.example",
    f"key=schema_org:{SECRET}.example",
    f"subject={SECRET}",
    "edited=yes",
    "edited=no",
    "duplicates=shown",
    "published=28d",
    "published=28d&compare=before",
    "order=imported",
)
PATHS = (
    *(f"/mentions{kind}?{each}" for each in FILTERS for kind in ("", ".json")),
    *(f"/mentions.{kind}?duplicates=shown" for kind in ("csv", "ndjson")),
    *(f"/mentions/{each}{kind}" for each in (*IDS, "ours0", "both") for kind in ("", ".json")),
    *(f"/chiffres{kind}?brand={each}" for each in ("pousse", RIVAL) for kind in ("", ".json")),
    *(f"/a-repondre{kind}?brand={each}" for each in ("pousse", RIVAL) for kind in ("", ".json")),
    "/a-repondre?state=dismissed",
    "/a-repondre.json?state=dismissed",
    *(f"/themes{kind}?brand={each}" for each in ("pousse", RIVAL) for kind in ("", ".json")),
    "/themes?ignored=1",
    *(f"/a-repondre/{each}" for each in (*IDS, "ours0")),
    "/corrections",
    "/corrections?second=1",
    f"/corrections?brand={RIVAL}",
    "/compte",
)


@pytest.fixture
def decided(installation):
    """What others decided, kept and wrote, of what is in sight and what is not."""
    with installation.state.begin() as connection:
        for key in (*IDS, "ours1"):
            word = "en vue" if key == "ours1" else SECRET
            save_task(
                connection,
                AnswerTask(mention_id=key, state="dismissed", assignee=word, note=word, by="ana", at=NOW),
            )
            made = Correction(
                mention_id=key, field="side", value="negative", said="x", model={}, by="ana", at=NOW
            )
            save_corrections(connection, [made])
        save_themes(connection, [_theme("theirs-theme", RIVAL), _theme("far-theme", "pousse")])
        view = save_view(connection, f"Crise {SECRET}", f"brand={RIVAL}", by="ana", at=NOW)
        note = save_note(connection, NOW.date(), f"Crise {SECRET}", by="ana", at=NOW)
    return view, note


def _theme(key, brand):
    """A theme of which nobody with limits sees a mention, under a phrase of what they do not see."""
    week = {"week_start": NOW - timedelta(weeks=1), "week_end": NOW, "opened_at": NOW}
    found = {"anchor": b"", "radius": 0.5, "version": 1, "sentences": 4, "p": 0.001}
    return ThemeRecord(id=key, brand=brand, label=f"le {SECRET} theirs", **found, **week)


def own_words(path, shown):
    """What a page says, without what the reader wrote in its address."""
    for asked in (RIVAL, f"Lille {SECRET}", f"{SECRET}.example", SECRET) if SECRET in path else ():
        shown = shown.replace(asked, "")
    return shown


@pytest.mark.parametrize("name", ["branded", "placed"])
def test_nothing_out_of_sight_is_in_any_answer(peopled, decided, name):
    hidden = ("theirs", "copied", *(("elsewhere",) if name == "placed" else ()))
    with peopled() as as_:
        browser = as_(name)
        for path in PATHS:
            status, _, shown = browser.ask(path)
            if status == 303:
                status, _, shown = browser.ask(browser.ask(path)[1]["Location"])
            told = own_words(path, shown)
            assert status in (200, 400, 404), (path, status)
            if name == "placed":
                assert SECRET not in told, path
            for each in hidden:
                if path.startswith(("/mentions/", "/a-repondre/")):  # its own address, which was asked
                    told = told.replace(path.split("?")[0].rpartition("/")[2].removesuffix(".json"), "")
                assert each not in told, (path, each)
            assert f"Marque {SECRET}" not in told, path
            assert "Crise" not in told, path


@pytest.mark.parametrize(("name", "n"), [("branded", 4), ("placed", 3), ("ana", 7)])
def test_counts_and_facets_are_of_what_is_in_sight(peopled, name, n):
    with peopled() as as_:
        found = json.loads(as_(name).ask("/mentions.json")[2])
    assert (found["total"], len(found["items"])) == (n, n)
    facets = found["facets"]
    assert sum(each["n"] for each in facets["place"]) == n
    brands = {each["value"]: each["n"] for each in facets["brand"]}
    assert brands == ({"pousse": n} if name != "ana" else {"pousse": 4, RIVAL: 4})
    assert sum(bar["n"] for bar in found["histogram"]["bars"]) == n
    if name != "ana":
        assert {brand for each in found["items"] for brand in each["brands"]} == {"pousse"}
        assert {brand for each in found["items"] for brand in each["brands_mentioned"]} == {"pousse"}


def test_a_brand_out_of_sight_is_as_one_that_there_is_not(peopled):
    with peopled() as as_:
        browser = as_("branded")
        for values in (f"brand={RIVAL}", "brand=nobody"):
            found = json.loads(browser.ask(f"/mentions.json?{values}")[2])
            assert (found["total"], found["items"]) == (0, [])
        assert browser.ask("/chiffres?brand=nobody")[0] == browser.ask(f"/chiffres?brand={RIVAL}")[0] == 400
        assert browser.ask("/mentions/nobody")[0] == browser.ask("/mentions/theirs0")[0] == 404


def test_nothing_is_decided_of_what_is_out_of_sight(peopled, decided, installation):
    with peopled() as as_:
        browser = as_("placed")
        form = FORM.search(browser.ask("/corrections")[2])[1]
        for key in IDS:
            for path, fields in (
                ("/a-repondre", {"state": "answered"}),
                ("/corrections", {"side": "positive"}),
                ("/corrections", {"undo": "side"}),
                ("/corrections?second=1", {"side": "positive"}),
            ):
                assert browser.ask(path, {"form": form, "mention": key, **fields})[0] == 400, (key, path)
        for fields in ({"brands": "pousse"}, {"irrelevant": "true"}, {"place": "none"}):
            status, _, shown = browser.ask("/corrections", {"form": form, "mention": "both", **fields})
            assert (status, "limité" in shown) == (400, True), fields
        beyond = {"form": form, "mention": "ours0", "duplicate": "theirs0"}
        assert browser.ask("/corrections", beyond)[0] == 400
        view, note = decided
        assert browser.ask(f"/vues/{view.id}")[0] == 404
        browser.ask(f"/vues/{view.id}/retirer", {"form": form})
        browser.ask(f"/reperes/{note.id}/retirer", {"form": form})
        browser.ask("/vues", {"form": form, "name": "à moi", "query": f"brand={RIVAL}"})
        browser.ask("/reperes", {"form": form, "day": "2026-03-09", "label": f"Crise {SECRET}"})
    with installation.state.read() as connection:
        assert {task.state for task in load_tasks(connection, IDS).values()} == {"dismissed"}
        kept = load_corrections(connection, IDS)
        assert {each.value for found in kept.values() for each in found} == {"negative"}
        assert {(each.name, each.by) for each in list_views(connection)} == {
            (view.name, "ana"),
            ("à moi", "placed"),
        }
        assert len(list_notes(connection, NOW.date(), NOW.date())) == 2


def test_limits_that_change_hold_from_the_next_request_on(peopled, installation):
    with peopled() as as_:
        browser = as_("branded")
        assert browser.ask("/mentions/elsewhere")[0] == 200
        with installation.state.begin() as connection:
            account = load_account(connection, "branded")
            limits = account.limits.model_copy(update={"places": (PLACES[0],)})
            save_account(connection, account.model_copy(update={"limits": limits}))
        assert browser.ask("/mentions/elsewhere")[0] == 404
        assert browser.ask("/mentions/ours0")[0] == 200


def test_a_decision_within_the_limits_is_recorded_under_its_name(peopled, installation):
    with peopled() as as_:
        browser = as_("placed")
        form = FORM.search(browser.ask("/corrections")[2])[1]
        fields = {"form": form, "mention": "ours0"}
        assert browser.ask("/a-repondre?by=quelqu-un", {**fields, "state": "dismissed"})[0] == 303
        assert browser.ask("/corrections", {**fields, "side": "positive"})[0] == 303
    with installation.state.read() as connection:
        assert load_tasks(connection, ["ours0"])["ours0"].by == "placed"
        (made,) = load_corrections(connection, ["ours0"])["ours0"]
    assert (made.by, made.value, made.at - NOW) == ("placed", "positive", timedelta())


@pytest.mark.parametrize(("name", "n"), [("branded", 4), ("placed", 3), ("ana", 7)])
def test_a_workbook_has_what_is_in_sight_alone(peopled, name, n):
    with peopled() as as_:
        browser = as_(name)
        sheet = load_workbook(BytesIO(browser.fetch("/mentions.xlsx")), read_only=True).active
        rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(rows) == 1 + n
    words = " ".join(cell for row in rows[1:] for cell in row)
    assert (RIVAL in words) == (name == "ana")
    assert (SECRET in words) == (name != "placed")


def test_a_name_that_is_everybodys_is_not_changed_by_who_sees_a_part(peopled, decided):
    with peopled() as as_:
        browser = as_("branded")
        form = FORM.search(browser.ask("/corrections")[2])[1]
        fields = {"form": form, "theme": "far-theme", "act": "ignore"}
        assert browser.ask("/themes", fields)[0] == 403
        assert len(json.loads(as_("ana").ask("/themes.json")[2])["items"]) == 1
