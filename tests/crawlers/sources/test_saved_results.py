import base64
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawlers.sources.saved_results.reading import leads_to
from crawlers.sources.saved_results.source import SOURCE, entity, requests
from ouidire.errors import Blocked, LayoutChanged
from ouidire.page import Page

AT = datetime(2026, 3, 2, tzinfo=UTC)
PARAMS = {"path": "/srv/bing*.html", "engine": "bing", "query": "Pousse et Compagnie"}


def page(body, **context):
    return Page(url="file:///srv/x.html", body=body.encode(), fetched_at=AT, context=context)


def bing(inner):
    return f'<html lang="fr"><input name="q" value="pousse"><ol id="b_results">{inner}</ol></html>'


def result(href, title="Titre"):
    return f'<li class="b_algo"><h2><a href="{href}">{title}</a></h2></li>'


def test_a_configured_search_is_one_entity_and_its_files(tmp_path):
    for name in ("bing-1.html", "bing-2.html"):
        (tmp_path / name).write_text("x")
    params = SOURCE.params(**{**PARAMS, "path": f"{tmp_path}/bing-*.html"})
    assert [request.url.rpartition("/")[2] for request in requests(params)] == ["bing-1.html", "bing-2.html"]
    assert entity(params) == "bing/fr/fr/desktop/pousse et compagnie"
    context = next(iter(requests(params))).context
    assert SOURCE.parse(page(bing(result("https://a.example/")), **context)).items[0].entity == entity(params)
    with pytest.raises(ValidationError, match="engine"):
        SOURCE.params(**{**PARAMS, "engine": "qwant"})


ENCODED = base64.urlsafe_b64encode("https://é.example/?a=1".encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("href", "url"),
    [
        (f"https://www.bing.com/ck/a?!&&p=1&u=a1{ENCODED}&ntb=1", "https://é.example/?a=1"),
        ("https://www.bing.com/ck/a?u=a1!!!", "https://www.bing.com/ck/a?u=a1!!!"),
        ("https://www.bing.com/ck/a?u=a1gICA", "https://www.bing.com/ck/a?u=a1gICA"),
        ("//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2F&rut=1", "https://a.example/"),
        ("https://yandex.ru/clck/jsredir?from=x&url=https%3A%2F%2Fa.example%2F", "https://a.example/"),
        (
            "https://a.example/l/?uddg=javascript%3Aalert(1)",
            "https://a.example/l/?uddg=javascript%3Aalert(1)",
        ),
        (
            "https://a.example/page?url=https%3A%2F%2Fb.example%2F",
            "https://a.example/page?url=https%3A%2F%2Fb.example%2F",
        ),
        ("javascript:alert(1)", None),
        ("http://[", None),
        ("", None),
        ("https://a.example/" + "x" * 5_000, None),
    ],
)
def test_links_are_followed_out_of_redirects(href, url):
    assert leads_to(href, base="https://www.bing.com/search") == url


def test_results_hidden_in_a_group_are_read_and_what_has_no_title_is_not():
    inner = (
        result("https://a.example/")
        + '<li class="b_algo"><p>sans titre</p></li>'
        + f"<li><ul>{result('https://b.example/')}</ul></li>"
        + f'<li class="b_ans"><ul>{result("https://carte.example/")}</ul></li>'
    )
    found = SOURCE.parse(page(bing(inner))).items[0]
    assert [entry.url for entry in found.entries if entry.type == "organic"] == [
        "https://a.example/",
        "https://b.example/",
    ]


@pytest.mark.parametrize(
    "body",
    [
        bing(""),
        bing('<li class="b_ad"><h2><a href="https://x.example/">Annonce</a></h2></li>'),
        '<html><input name="q" value="x"><a class="result__a"></a></html>',
        "<html>ecosia <div data-test-id='mainline'></div></html>",
        "<html><li class='serp-item'></li></html>",
        "<p>rien</p>",
    ],
)
def test_a_page_without_results_that_does_not_say_so_has_changed(body):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page(body))


def test_a_captcha_saved_by_mistake_is_no_empty_page():
    body = (
        '<html><title>Challenge</title><div class="anomaly-modal">Unfortunately, bots use DuckDuckGo too. '
        "Select all squares</div></html>"
    )
    with pytest.raises(Blocked):
        SOURCE.parse(page(body))


@pytest.mark.parametrize("value", ["", "<", "x" * 10_000, "\x00", "<b>" * 500, "\u202e"])
def test_nonsense_in_every_place_is_survived(value):
    forms = (
        bing(
            result(value, value)
            + f'<li class="b_algo"><h2><a href="https://a.example/">t</a></h2><p>{value}</p></li>'
        ),
        f'<a class="result__a" href="{value}">{value}</a>',
        (
            f'<article data-test-id="organic-result">ecosia <a data-test-id="result-link" href="{value}">'
            f"{value}</a></article>"
        ),
        f'<li class="serp-item"><h2><a href="{value}">{value}</a></h2></li>',
    )
    for form in forms:
        try:
            parsed = SOURCE.parse(page(form, query="pousse"))
        except LayoutChanged:
            continue
        for entry in parsed.items[0].entries:
            assert entry.title
            assert entry.url is None or entry.url.startswith("http")


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        (
            (
                '<html>duckduckgo<ol><li data-layout="organic"><div data-testid="result"><h2><a href="https://a.example/">'
                'Titre</a></h2></div></li><li data-layout="ad"><h2><a href="https://ad.example/">Pub</a></h2></li>'
                '<li data-layout="organic"><h2><a href="https://b.example/">Titre</a></h2></li></ol></html>'
            ),
            ["https://a.example/", "https://b.example/"],
        ),
        (
            (
                '<html>yandex<ul><li data-fast="1"><a href="https://a.example/"><h2>Titre</h2></a></li>'
                '<li class="serp-item"><div class="serp-item"><h2><a href="https://b.example/">Titre</a></h2></div></li>'
                '<li class="serp-item"><h2><a href="https://yandex.com/images/search?text=x">Images</a></h2></li>'
                "</ul></html>"
            ),
            ["https://a.example/", "https://b.example/"],
        ),
        (
            bing('<li class="b_algo"><h2><a href="https://a.example/" aria-label="Titre"></a></h2></li>'),
            ["https://a.example/"],
        ),
    ],
)
def test_other_forms_of_the_same_engines(body, urls):
    found = SOURCE.parse(page(body, query="pousse")).items[0].entries
    assert [entry.url for entry in found if entry.type == "organic"] == urls


@pytest.mark.parametrize("mark", ["CheckboxCaptcha", "SmartCaptcha", "anomaly-modal"])
def test_a_challenge_is_told_as_one(mark):
    with pytest.raises(Blocked):
        SOURCE.parse(page(f'<html><title>yandex</title><div class="{mark}"></div></html>'))
