import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from crawlers.engine.access.plan import RequestPlan
from crawlers.sources.search_api.params import SearchApiParams
from crawlers.sources.search_api.refusals import LARGEST
from crawlers.sources.search_api.source import SOURCE, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page

parse = SOURCE.parse
AT = datetime(2026, 3, 2, tzinfo=UTC)


def page(body, status=200, **context):
    if not isinstance(body, str | bytes):
        body = json.dumps(body)
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(url="https://api.example/search", body=raw, fetched_at=AT, status=status, context=context)


def params(provider, **more):
    given = (
        {"key_env": "SEARCH_KEY"}
        if provider != "searxng"
        else {"base_url": "https://searx.example.fr/search"}
    )
    return SearchApiParams(provider=provider, query="pousse et compagnie", **{**given, **more})


def test_keys_are_placeholders_in_headers_and_addresses():
    (brave,) = requests(params("brave"))
    assert brave.headers["X-Subscription-Token"] == "secret:SEARCH_KEY"
    (serper,) = requests(params("serper"))
    assert (serper.method, serper.headers["X-API-KEY"]) == ("POST", "secret:SEARCH_KEY")
    assert json.loads(serper.body) == {
        "q": "pousse et compagnie",
        "gl": "fr",
        "hl": "fr",
        "num": 10,
        "page": 1,
    }
    (google,) = requests(params("google_cse", engine_id="0123:abc"))
    assert google.url.startswith(
        "https://www.googleapis.com/customsearch/v1?key={secret:SEARCH_KEY}&cx=0123%3Aabc&q=pousse+et+compagnie"
    )
    (searxng,) = requests(params("searxng"))
    assert (
        searxng.url
        == "https://searx.example.fr/search?q=pousse+et+compagnie&format=json&language=fr-FR&pageno=1&categories=general"
    )
    for request in (brave, serper, google, searxng):
        assert "SEARCH_KEY" not in json.dumps(request.context)
        assert request.context["provider"] in {"brave", "serper", "google_cse", "searxng"}


def test_pages_are_numbered_as_each_service_counts():
    assert [request.url[-24:] for request in requests(params("google_cse", engine_id="x", pages=2))][
        1
    ].endswith("start=11")
    assert "offset=1" in list(requests(params("brave", pages=2)))[1].url
    assert json.loads(list(requests(params("serper", pages=3)))[2].body)["page"] == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"provider": "searxng"}, "base_url"),
        ({"provider": "brave"}, "key_env"),
        ({"provider": "google_cse", "key_env": "K"}, "engine_id"),
        ({"provider": "brave", "key_env": "sk-secret-itself"}, "key_env"),
        ({"provider": "bing"}, "provider"),
    ],
)
def test_what_a_provider_needs_is_asked_for(given, words):
    with pytest.raises(ValidationError, match=words):
        SearchApiParams(query="x", **given)


def test_the_entity_is_the_same_from_parameters_and_page():
    context = next(iter(requests(params("serper")))).context
    found = parse(
        page(
            {
                "searchParameters": {"q": "Pousse  et Compagnie"},
                "organic": [{"title": "t", "link": "https://a.example/"}],
            },
            **context,
        )
    ).items[0]
    assert found.entity == entity(params("serper")) == "serper/fr/fr/desktop/pousse et compagnie"
    assert found.engine == "google"


@pytest.mark.parametrize("shown", ["plombier lyon", "pousse et caillou", "meilleure jardinerie"])
def test_an_answer_to_another_search_is_refused(shown):
    context = next(iter(requests(params("serper")))).context
    body = {"searchParameters": {"q": shown}, "organic": [{"title": "t", "link": "https://a.example/"}]}
    with pytest.raises(SourceError, match="another search"):
        parse(page(body, **context))


@pytest.mark.parametrize(
    ("body", "provider", "number"),
    [
        (
            {"searchParameters": {"q": "x"}, "organic": [{"title": "t", "link": "https://a.example/"}]},
            "serper",
            1,
        ),
        (
            {
                "kind": "customsearch#search",
                "queries": {"request": [{"searchTerms": "x"}]},
                "items": [{"link": "https://a.example/"}],
            },
            "google_cse",
            1,
        ),
        (
            {
                "type": "search",
                "query": {"original": "x"},
                "web": {"results": [{"url": "https://a.example/"}]},
            },
            "brave",
            1,
        ),
        (
            {"query": "x", "number_of_results": 3, "results": [{"url": "https://a.example/", "title": "t"}]},
            "searxng",
            1,
        ),
        ({"query": "x", "results": []}, "searxng", 0),
        ({"searchParameters": {"q": "x"}, "organic": []}, "serper", 0),
        ({"type": "search", "query": {"original": "x"}}, "brave", 0),
    ],
)
def test_a_saved_answer_tells_its_provider_and_may_be_empty(body, provider, number):
    parsed = parse(page(body))
    assert parsed.items[0].entity == f"{provider}/-/-/desktop/x"
    assert len(parsed.items[0].entries) == number
    assert parsed.says_empty == (number == 0)


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        (
            {
                "type": "ErrorResponse",
                "error": {"code": "RATE_LIMITED", "detail": "Request rate limit exceeded", "status": 429},
            },
            429,
            RateLimited,
            "quota",
        ),
        (
            {
                "type": "ErrorResponse",
                "error": {"code": "SUBSCRIPTION_TOKEN_INVALID", "detail": "bad token", "status": 422},
            },
            422,
            Blocked,
            "key_env",
        ),
        ({"message": "Unauthorized.", "statusCode": 403}, 403, Blocked, "key_env"),
        ({"message": "Not enough credits", "statusCode": 400}, 400, RateLimited, "quota"),
        (
            {
                "error": {
                    "code": 429,
                    "message": "Quota exceeded for quota metric",
                    "status": "RESOURCE_EXHAUSTED",
                }
            },
            429,
            RateLimited,
            "Quota exceeded",
        ),
        ({"error": {"code": 403, "errors": [{"reason": "dailyLimitExceeded"}]}}, 403, RateLimited, "quota"),
        (
            {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}},
            400,
            Blocked,
            "API key not valid",
        ),
        ("<html>429</html>", 429, RateLimited, "429"),
        ("<html>Forbidden</html>", 403, Blocked, "403"),
        ({"error": "invalid request"}, 400, Blocked, "invalid request"),
        (
            {"query": "x", "results": [], "unresponsive_engines": [["google", "CAPTCHA"]]},
            200,
            Blocked,
            "google",
        ),
    ],
)
def test_error_answers_say_what_to_do(body, status, error, words):
    with pytest.raises(error, match=words) as caught:
        parse(page(body, status))
    assert type(caught.value) is error


def test_a_searxng_without_json_says_which_setting():
    with pytest.raises(Blocked, match=r"search\.formats"):
        parse(page("<html>Forbidden</html>", 403, provider="searxng"))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "3",
        "null",
        '{"a": 1}',
        "[" * 100_000,
        '{"organic": ' * 50_000,
        '{"type":"search","query":[]}',
        '{"kind":"customsearch#search","queries":{}}',
    ],
)
def test_what_is_no_answer_has_changed(body):
    with pytest.raises(LayoutChanged):
        parse(page(body))


def test_results_counted_but_not_given_are_a_change():
    with pytest.raises(LayoutChanged, match="counts 12"):
        parse(
            page(
                {
                    "kind": "customsearch#search",
                    "queries": {"request": [{"searchTerms": "x"}]},
                    "searchInformation": {"totalResults": "12"},
                }
            )
        )


def test_a_huge_answer_is_refused():
    with pytest.raises(LayoutChanged, match="20 MB"):
        parse(page(b" " * (LARGEST + 1)))


def test_nonsense_in_every_field_is_survived():
    junk = [None, 3, True, [], {}, "x", "javascript:alert(1)", "9" * 400, -1, 1e400]
    for value in junk:
        row = dict.fromkeys(
            (
                "title",
                "link",
                "url",
                "snippet",
                "rating",
                "ratingCount",
                "date",
                "content",
                "age",
                "meta_url",
                "pagemap",
            ),
            value,
        )
        for body in (
            {
                "searchParameters": {"q": "x"},
                "organic": [row, value],
                "places": [row],
                "knowledgeGraph": value,
                "relatedSearches": value,
            },
            {
                "type": "search",
                "query": {"original": "x"},
                "web": {"results": [row, value]},
                "mixed": {"main": [row, value]},
                "infobox": value,
            },
            {
                "query": "x",
                "results": [row, value],
                "answers": [value],
                "infoboxes": [row],
                "suggestions": value,
            },
            {"kind": "customsearch#search", "queries": {"request": [{"searchTerms": "x"}]}, "items": [row]},
        ):
            try:
                found = parse(page(json.dumps(body))).items[0]
            except SourceError:
                continue
            assert all(entry.url is None or entry.url.startswith("http") for entry in found.entries)


def test_new_services_are_asked_as_each_documents():
    (dataforseo,) = requests(params("dataforseo"))
    assert dataforseo.headers["Authorization"] == "Basic secret:SEARCH_KEY"
    (asked,) = json.loads(dataforseo.body)
    assert (asked["location_code"], asked["language_code"], asked["load_async_ai_overview"]) == (
        2250,
        "fr",
        True,
    )
    (serpapi,) = requests(params("serpapi", gl="gb", hl="en"))
    assert serpapi.url.startswith(
        "https://serpapi.com/search.json?api_key={secret:SEARCH_KEY}&engine=google&"
    )
    assert "google_domain=google.co.uk" in serpapi.url
    mojeek = list(requests(params("mojeek", pages=2)))
    assert "api_key={secret:SEARCH_KEY}" in mojeek[0].url
    assert "&s=11&" in mojeek[1].url


@pytest.mark.parametrize(
    ("more", "words"),
    [({"pages": 2}, "first page only"), ({"gl": "zz"}, "location_code")],
)
def test_what_dataforseo_cannot_be_asked_is_refused(more, words):
    with pytest.raises(ValidationError, match=words):
        params("dataforseo", **more)
    assert params("dataforseo", gl="zz", location_code=1001).location_code == 1001


def wrapped(code, message="", outer=20000, result=None):
    task = {"status_code": code, "status_message": message, "result": result}
    return {"status_code": outer, "status_message": "Ok.", "tasks": [task]}


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        (wrapped(40501, "Invalid Field: 'keyword'."), 200, Blocked, "Invalid Field"),
        (wrapped(40100, "You are not Authorized."), 200, Blocked, "key_env"),
        (
            {"status_code": 40100, "status_message": "You are not Authorized.", "tasks": None},
            401,
            Blocked,
            "key_env",
        ),
        (wrapped(40202, "Rate limit per minute exceeded."), 200, RateLimited, "quota"),
        (wrapped(40210, "Insufficient Funds."), 402, RateLimited, "balance"),
        (wrapped(50000, "Internal Error."), 200, SourceError, "later"),
        (wrapped(40601, "Task Handed."), 200, Blocked, "Task Handed"),
        (wrapped(20000), 200, LayoutChanged, "result"),
        (
            wrapped(20000, result=[{"keyword": "x", "items": None, "items_count": 9}]),
            200,
            LayoutChanged,
            "items",
        ),
        ({"status_code": 20000, "tasks": []}, 200, LayoutChanged, "task"),
    ],
)
def test_dataforseo_wraps_errors_in_good_answers(body, status, error, words):
    with pytest.raises(error, match=words) as caught:
        parse(page(body, status, provider="dataforseo", query="x"))
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        ({"error": "Your account has run out of searches."}, 200, RateLimited, "quota"),
        ({"error": "Invalid API key. Your API key should be here: ..."}, 401, Blocked, "key_env"),
        ({"search_metadata": {"status": "Processing"}}, 200, Blocked, "Processing"),
        (
            {"search_metadata": {"status": "Error"}, "error": "We couldn't get valid results."},
            200,
            Blocked,
            "valid",
        ),
        (
            {"search_metadata": {"status": "Success"}, "search_parameters": {"q": "x"}},
            200,
            LayoutChanged,
            "results",
        ),
    ],
)
def test_serpapi_tells_of_errors_in_good_answers(body, status, error, words):
    with pytest.raises(error, match=words) as caught:
        parse(page(body, status, provider="serpapi", query="x"))
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [("Access denied: API key not valid", Blocked, "key_env"), ("Query limit reached", RateLimited, "limit")],
)
def test_mojeek_says_in_its_status_that_it_did_not_search(said, error, words):
    with pytest.raises(error, match=words) as caught:
        parse(page({"response": {"status": said}}, provider="mojeek", query="x"))
    assert type(caught.value) is error


def test_mojeek_counts_what_it_gives():
    assert parse(page({"response": {"status": "OK", "results": []}}, provider="mojeek", query="x")).says_empty
    with pytest.raises(LayoutChanged, match="counts 4"):
        parse(page({"response": {"status": "OK", "head": {"results": 4}, "results": []}}, provider="mojeek"))


def test_engines_that_did_not_answer_are_named_whatever_their_form():
    rows = [["google", "CAPTCHA"], ["brave"], "qwant", [None, "x"], [], 3, ["x" * 500, "y" * 500]]
    body = {
        "query": "x",
        "results": [{"url": "https://a.example/", "title": "t"}],
        "unresponsive_engines": rows,
    }
    silent = parse(page(body)).silent
    assert list(silent.items())[:3] == [("google", "CAPTCHA"), ("brave", ""), ("qwant", "")]
    assert [len(each) for each in (*silent, *silent.values())] == [6, 5, 5, 60, 7, 0, 0, 80]


def test_googles_custom_search_has_a_known_end():
    from ouidire.errors import SourceGone

    assert SOURCE.ending(params("google_cse", engine_id="x")).on.isoformat() == "2027-01-01"
    assert SOURCE.ending(params("brave")) is None
    refused = page({"error": {"code": 403, "message": "forbidden"}}, 403, provider="google_cse")
    with pytest.raises(Blocked):
        parse(refused)
    with pytest.raises(SourceGone, match="choose another provider"):
        parse(refused.model_copy(update={"fetched_at": datetime(2027, 1, 1, tzinfo=UTC)}))


LATER = {"search_metadata": {"status": "Success"}, "ai_overview": {"page_token": "jeton"}} | {
    "organic_results": [{"position": 1, "title": "Pousse", "link": "https://pousse.example/"}]
}
OVERVIEW = {
    "search_metadata": {"status": "Success"},
    "ai_overview": {
        "text_blocks": [{"type": "paragraph", "snippet": "Pousse est une jardinerie."}],
        "references": [{"title": "Avis", "link": "https://avis.example/pousse"}],
    },
}


def second_answer(body, status=200):
    asked = SearchApiParams(provider="serpapi", query="pousse", key_env="SERP_KEY")
    (first,) = requests(asked)
    read = SOURCE.parse(
        Page(url=first.url, body=json.dumps(LATER).encode(), fetched_at=AT, context=first.context)
    )
    (second,) = read.follow
    assert read.items == ()
    assert second.url == (
        "https://serpapi.com/search.json?api_key={secret:SERP_KEY}&engine=google_ai_overview&page_token=jeton"
    )
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    page = Page(
        url=second.url,
        body=raw,
        status=status,
        fetched_at=AT + timedelta(seconds=9),
        kind=second.kind,
        context=second.context,
    )
    return SOURCE.parse(page)


def test_an_ai_overview_that_google_loads_later_is_asked_for_by_its_token():
    (one,) = second_answer(OVERVIEW).items
    assert [(each.type, each.position) for each in one.entries] == [
        ("ai_overview", 1),
        ("ai_reference", 2),
        ("organic", 3),
    ]
    assert (one.captured_at, one.query, one.gl) == (AT, "pousse", "fr")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"error": "Google AI Overview page_token has expired"}, 400),
        ({"search_metadata": {"status": "Success"}, "ai_overview": {"error": "none"}}, 200),
        ({"error": "Your account has run out of searches."}, 429),
        (b"<html>", 502),
    ],
)
def test_without_its_overview_a_page_is_kept_and_that_is_said(body, status):
    found = second_answer(body, status)
    assert [each.type for each in found.items[0].entries] == ["organic"]
    (missing,) = found.rejected
    assert (missing.reason, missing.where[:15]) == ("incomplete", "the AI overview")


def test_a_keys_searches_in_a_day_count_the_second_request_too():
    asked = SearchApiParams(provider="serpapi", query="pousse", key_env="SERP_KEY", searches_a_day=5)
    (budget,) = SOURCE.budgets(asked)
    (first,) = requests(asked)

    def spent(*answers):
        plan = RequestPlan(most=9, budgets=(budget,), spent={})
        for number, answer in enumerate(answers):
            if plan.add(first.model_copy(update={"url": f"{first.url}&n={number}"})) != "planned":
                return plan.spent[budget.name], plan.exhausted
            read = SOURCE.parse(
                Page(url=first.url, body=json.dumps(answer).encode(), fetched_at=AT, context=first.context)
            )
            plan.settle(first.kind, read.taken)
            assert {plan.add(each) for each in read.follow} <= {"planned", "again"}, "what is begun is ended"
        return plan.spent[budget.name], plan.exhausted

    at_once = {**LATER, "ai_overview": {}}
    assert (budget.key, spent(at_once, at_once)) == ("SERP_KEY", (2, None))
    assert spent(LATER, LATER) == (4, None)
    assert spent(LATER, LATER, at_once) == (4, budget), "one that is left has no room for two"
    assert SOURCE.budgets(asked.model_copy(update={"searches_a_day": None})) == ()
    serper = SearchApiParams(provider="serper", query="pousse", key_env="SERP_KEY", searches_a_day=5)
    assert SOURCE.budgets(serper)[0].costs == {"search": 1}
