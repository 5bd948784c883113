"""The explorer in a real Chromium: axe, hostile words that run nowhere, keys alone, any width."""

from importlib.resources import files
from urllib.parse import quote

import pytest
from playwright.sync_api import sync_playwright

from crawlers.engine.browser.launch import find_browser
from ouidire.state.people.answer_tasks import load_tasks
from ouidire.state.people.corrections import load_corrections
from tests.service.serve.web.explorer.conftest import IDS

pytestmark = pytest.mark.browser
PAGES = (
    "/mentions?published=2026-02&compare=before",
    "/mentions?q=livraison",
    "/mentions?q=rien%20de%20tel",
    "/mentions?side=angry",
    "/mentions/hostile0",
    "/mentions/hostile1",
    "/mentions?brand=pousse&published=2026-03",
    "/chiffres",
)
LOOKED_AT = (
    "/chiffres",
    "/mentions?published=2026-02-10&compare=before",
    "/mentions?q=rien%20de%20tel",
    "/mentions/hostile0",
)
"""One page of each kind, with as little on it as shows all of its parts: axe looks at every element."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 375, 1280, 1920)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield browser
        browser.close()


def test_axe_finds_nothing(explored, chromium):
    package = pytest.importorskip("axe_playwright_python", reason="axe is a development dependency")
    script = files(package).joinpath("axe.min.js").read_text(encoding="utf-8")
    context = chromium.new_context(bypass_csp=True, locale="fr-FR")
    page = context.new_page()
    found = {}
    for path in LOOKED_AT:
        answer = page.goto(explored.address + path)
        assert answer.ok
        page.evaluate(script)
        for scheme, rules in (("light", TAGS), ("dark", ["cat.color"])):
            page.emulate_media(color_scheme=scheme)
            result = page.evaluate(
                "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", rules
            )
            assert result["passes"]
            for each in result["violations"]:
                found[path, scheme, each["id"]] = [node["html"][:120] for node in each["nodes"][:3]]
    context.close()
    assert found == {}


def test_hostile_words_run_nowhere_and_no_policy_is_even_met(explored, chromium):
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    noticed = []
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.on("dialog", lambda dialog: (noticed.append(dialog.message), dialog.dismiss()))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    hostile = quote("<script>alert(1)</script>")
    for path in (*PAGES, f"/mentions?q={hostile}", f"/mentions?place={hostile}", f"/mentions/{hostile}"):
        page.goto(explored.address + path)
        assert page.title() != "pwned"
        assert page.locator("script, iframe, object, embed, img").count() == 0
        assert page.locator('[href^="javascript" i]').count() == 0
    context.close()
    assert [text for text in noticed if "status of 40" not in text] == []
    assert [url for url in asked if not url.startswith(explored.address)] == []


def test_nothing_is_wider_than_the_screen(explored, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in PAGES:
        page.goto(explored.address + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_a_view_is_narrowed_by_keys_alone_without_scripts(explored, chromium):
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(explored.address + "/mentions?source=feed")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.locator("#q").focus()
    page.keyboard.type("livraison")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mentions?q=livraison&source=feed")
    page.locator("a.removable").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/mentions?source=feed")
    context.close()


def test_a_reading_is_corrected_and_undone_by_one_key(queues, chromium, installation):
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    noticed = []
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.goto(queues.address + "/corrections")
    focused = "document.activeElement.closest('.mention')?.querySelector('[name=mention]').value ?? null"
    page.keyboard.press("1")  # nothing is in focus: nothing happens
    assert page.evaluate(focused) is None
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.evaluate(focused)
    page.keyboard.press("k")
    first = page.evaluate(focused)
    assert {first, second} < set(IDS)
    page.keyboard.press("Control+1")
    with page.expect_navigation():
        page.keyboard.press("1")
    with installation.state.read() as connection:
        (made,) = load_corrections(connection, IDS)[first]
    assert made.value == "negative"
    page.wait_for_function(f"({focused}) === {second!r}")  # the next one is in focus
    with page.expect_navigation():
        page.keyboard.press("u")
    with installation.state.read() as connection:
        assert [each.withdrawn for each in load_corrections(connection, IDS).get(first, ())] in ([], [True])
    page.wait_for_function(focused)  # it is given back after the page is there
    page.keyboard.press("j")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.localName") in ("select", "input")
    page.locator("details[open] input[name=themes]").focus()
    page.keyboard.type("1j?")
    assert page.locator("details[open] input[name=themes]").input_value() == "1j?"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "mention"
    context.close()
    assert noticed == []


def test_single_keys_are_shown_and_can_be_switched_off(queues, chromium, installation):
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(queues.address + "/a-repondre")
    page.keyboard.press("?")
    assert page.locator("#keys dd").all_text_contents()[1] == "à répondre"
    page.locator("#keys-on").uncheck()
    page.goto(queues.address + "/a-repondre")
    assert not page.locator("#keys-on").is_checked()
    for key in ("j", "t", "d"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.localName") == "body"
    page.evaluate("document.getElementById('keys').open = true")
    page.locator("#keys-on").check()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("d")
    with installation.state.read() as connection:
        assert [each.state for each in load_tasks(connection, IDS).values()] == ["dismissed"]
    context.close()


def checked_pages(chromium, address, paths):
    """What a browser notices of pages with hostile words, with and without our policy, and what axe finds."""
    package = pytest.importorskip("axe_playwright_python", reason="axe is a development dependency")
    script = files(package).joinpath("axe.min.js").read_text(encoding="utf-8")
    noticed, found = [], {}
    for strict in (True, False):
        context = chromium.new_context(locale="fr-FR", bypass_csp=not strict)
        page = context.new_page()
        page.on("console", lambda message: noticed.append(message.text))
        page.on("dialog", lambda dialog: (noticed.append(dialog.message), dialog.dismiss()))
        for path in paths:
            page.goto(address + path)
            assert page.title() != "pwned"
            assert page.locator("iframe, object, embed, img, [onload], [onerror]").count() == 0
            assert page.locator("script:not([src='/explorer.js'])").count() == 0
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            if strict:
                continue
            page.evaluate(script)
            for scheme, rules in (("light", TAGS), ("dark", ["cat.color"])):
                page.emulate_media(color_scheme=scheme)
                result = page.evaluate(
                    "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", rules
                )
                for each in result["violations"]:
                    found[path, scheme, each["id"]] = [node["html"][:160] for node in each["nodes"][:3]]
        context.close()
    return noticed, found


def test_queues_run_nothing_of_strangers_fit_any_screen_and_please_axe(queues, chromium):
    paths = ("/a-repondre", "/corrections", "/corrections?second=1", f"/a-repondre/{IDS[1]}")
    assert checked_pages(chromium, queues.address, paths) == ([], {})


def test_themes_run_nothing_of_strangers_fit_any_screen_and_please_axe(themed, chromium):
    assert checked_pages(chromium, themed.address, ("/themes", "/themes?ignored=1")) == ([], {})


def test_a_page_that_writes_a_reply_fits_any_screen_and_pleases_axe(pages, chromium):
    assert checked_pages(chromium, pages.address, ("/a-repondre/waiting", "/a-repondre/other")) == ([], {})
