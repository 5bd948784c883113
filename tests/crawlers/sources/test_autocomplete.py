import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from crawlers.sources.autocomplete.source import SOURCE, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited
from ouidire.page import Page

AT = datetime(2026, 3, 2, tzinfo=UTC)


def params(provider, **more):
    return SOURCE.params(provider=provider, name="Pousse", key_env="SEARCH_KEY", **more)


def page(body, status=200, **context):
    return Page(
        url="https://api.example/",
        body=json.dumps(body).encode(),
        fetched_at=AT,
        status=status,
        context=context,
    )


def test_the_same_beginnings_are_asked_each_time():
    asked = [request.context["query"] for request in requests(params("serper"), since=AT)]
    assert asked == [
        *("Pousse", "Pousse avis", "Pousse arnaque", "pourquoi Pousse", "Pousse ou ", "est-ce que Pousse")
    ]
    (one,) = requests(params("brave", stems=("{name} sav",)))
    assert one.url.endswith("?q=Pousse+sav&country=FR&lang=fr&count=20")
    assert next(iter(requests(params("serper", hl="en")))).context["stem"] == "{name}"
    assert [each.context["query"] for each in requests(params("serper", hl="en"))][2] == "Pousse scam"


def test_keys_are_placeholders():
    for provider in ("serper", "serpapi", "dataforseo", "brave"):
        (request,) = requests(params(provider, stems=("{name}",)))
        assert "SEARCH_KEY" in request.url + json.dumps(request.headers)
        assert "SEARCH_KEY" not in json.dumps(request.context) + (request.body or "")
        assert entity(params(provider)) == f"{provider}/fr/fr/pousse"


@pytest.mark.parametrize(
    ("more", "words"),
    [({"stems": ("avis",)}, "{name}"), ({"gl": "zz"}, "location_code"), ({"name": ""}, "name")],
)
def test_what_cannot_be_asked_is_refused(more, words):
    with pytest.raises(ValidationError, match=words):
        SOURCE.params(**{"provider": "dataforseo", "name": "Pousse", "key_env": "K", **more})


@pytest.mark.parametrize(
    ("provider", "body", "found"),
    [
        (
            "serper",
            {"suggestions": [{"value": "a"}, {"value": "a"}, {"value": "<b>b</b> &amp; c"}]},
            ["a", "b & c"],
        ),
        ("serper", {"suggestions": ["a", "b"]}, ["a", "b"]),
        ("serper", {"suggestions": []}, []),
        ("serpapi", {"search_metadata": {"status": "Success"}, "suggestions": [{"value": "a"}]}, ["a"]),
        (
            "serpapi",
            {
                "search_metadata": {"status": "Success"},
                "error": "Google hasn't returned any results for this query.",
            },
            [],
        ),
        ("brave", {"type": "suggest", "results": [{"query": "a", "is_entity": False}]}, ["a"]),
        (
            "dataforseo",
            {
                "status_code": 20000,
                "tasks": [{"status_code": 20000, "result": [{"items": [{"suggestion": "a"}]}]}],
            },
            ["a"],
        ),
        (
            "dataforseo",
            {"status_code": 20000, "tasks": [{"status_code": 40102, "result": None}]},
            [],
        ),
    ],
)
def test_lists_are_kept_whole_and_may_be_empty(provider, body, found):
    parsed = SOURCE.parse(page(body, provider=provider, name="Pousse", stem="{name}", query="Pousse"))
    assert list(parsed.items[0].suggestions) == found
    assert parsed.says_empty is not bool(found)


@pytest.mark.parametrize(
    ("provider", "body", "status", "error"),
    [
        ("serper", {"searchParameters": {"q": "x"}}, 200, LayoutChanged),
        ("serper", {"suggestions": [{"text": "a"}]}, 200, LayoutChanged),
        ("serper", {"message": "Unauthorized.", "statusCode": 403}, 403, Blocked),
        ("brave", {"type": "suggest"}, 200, LayoutChanged),
        ("serpapi", {"error": "Your account has run out of searches."}, 200, RateLimited),
        ("dataforseo", {"status_code": 20000, "tasks": [{"status_code": 40100}]}, 200, Blocked),
        (
            "dataforseo",
            {"status_code": 20000, "tasks": [{"status_code": 20000, "result": None}]},
            200,
            LayoutChanged,
        ),
    ],
)
def test_a_failure_is_never_an_empty_list(provider, body, status, error):
    with pytest.raises(error) as caught:
        SOURCE.parse(page(body, status, provider=provider, name="Pousse", stem="{name}", query="Pousse"))
    assert type(caught.value) is error


@pytest.mark.parametrize("value", [None, 3, True, {}, "x", [[]], [None], [{"value": {}}], "9" * 400])
def test_nonsense_is_survived(value):
    with pytest.raises(LayoutChanged):
        SOURCE.parse(page({"suggestions": value}, provider="serper", name="x", stem="{name}", query="x"))
