"""The explorer in a real Chromium: axe, hostile words that run nowhere, keys alone, any width."""

from importlib.resources import files
from urllib.parse import quote

import pytest
from playwright.sync_api import sync_playwright

from crawlers.engine.browser.launch import find_browser

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
