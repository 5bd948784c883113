import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.sources.gdelt.articles import MOST
from crawlers.sources.gdelt.source import SOURCE, GdeltParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
URL = "https://api.gdeltproject.org/api/v2/doc/doc?query=x&mode=artlist&timespan=30d"


def article(number=1, **more):
    return {
        "url": f"https://gazette.example/{number}",
        "title": f"Pousse {number}",
        "seendate": f"20260308T{number % 24:02d}1500Z",
        "domain": "gazette.example",
        "language": "French",
        "sourcecountry": "France",
    } | more


def page(body, status=200, url=URL, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(url=url, body=raw.encode(), fetched_at=AT, status=status, context=context)


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def asked(request):
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


def test_the_query_has_language_country_and_window():
    params = GdeltParams(query='"Pousse & Cie"', country="France")
    (first,) = requests(params)
    assert asked(first)["query"] == '"Pousse & Cie" sourcelang:french sourcecountry:france'
    assert asked(first)["timespan"] == "30d"
    (later,) = requests(params, since=AT)
    assert asked(later)["startdatetime"] == "20260309060000"
    assert entity(params) == "pousse & cie/french/france"
    assert asked(next(requests(GdeltParams(query="Pousse", language=None))))["query"] == "Pousse"


def test_one_request_in_five_seconds_is_the_pace():
    assert SOURCE.pace == 5


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("Your query was too short or too long.", 200, SourceError),
        ("The specified phrase is too short.", 200, SourceError),
        ("Please limit requests to one every 5 seconds", 200, RateLimited),
        ("Please limit requests to one every 5 seconds", 429, RateLimited),
        ("", 200, SourceError),
        ("<html><body>502 Bad Gateway</body></html>", 502, SourceError),
        ("<html><title>Just a moment...</title><div id='challenge-form'>", 200, Blocked),
        ('{"articles": {}}', 200, LayoutChanged),
        ('{"timeline": []}', 200, LayoutChanged),
        ('{"articles": [', 200, LayoutChanged),
        ("[]", 200, LayoutChanged),
    ],
)
def test_errors_as_text_are_never_no_articles(body, status, error):
    with pytest.raises(error) as raised:
        parse(body, status=status)
    assert type(raised.value) is error


def test_the_words_of_an_error_are_told():
    with pytest.raises(SourceError, match=r"The specified phrase is too short\.; correct query"):
        parse("The specified phrase is too short.")


def test_only_the_empty_object_and_the_empty_list_are_empty():
    assert parse("{}\n").says_empty
    assert parse({"articles": []}).says_empty


def test_escapes_that_are_none_are_read():
    (one,) = parse(
        '{"articles": [{"url": "https://a.example/1", "title": "L\\\'avis \\u00e9 \\& \\"x\\"", '
        '"seendate": "20260308T101500Z"}]}'
    ).items
    assert one.title == 'L\'avis é & "x"'


def test_a_full_answer_is_followed_by_what_is_older():
    full = {"articles": [article(number) for number in range(MOST)]}
    (older,) = parse(full, days="30").follow
    window = asked(older)
    assert (window["startdatetime"], window["enddatetime"]) == ("20260207060000", "20260308001500")
    assert "timespan" not in window
    assert parse(full, url=older.url, **older.context).follow == (), "the same end again leads nowhere"
    assert parse({"articles": full["articles"][1:]}, days="30").follow == ()
    assert parse(full, since="2026-03-09T00:00:00+00:00").follow == ()


def test_whole_articles_are_read_by_the_reader_of_articles():
    listed = {"articles": [article(), article(2, title="Ailleurs")]}
    found = parse(listed, full_text="yes", must_name='["Pousse"]')
    assert [item.extent for item in found.items] == ["summary"]
    urls = ["https://gazette.example/1", "https://gazette.example/2"]
    assert [follow.url for follow in found.follow] == urls
    words = "<p>Chez Pousse, les rosiers anciens ont eu le plus grand succès auprès des visiteurs.</p>"
    body = f"<html><body><article><h1>Ailleurs</h1>{words}</article></body></html>"
    whole = Page(
        url=urls[1], body=body.encode(), fetched_at=AT, kind="article", context=found.follow[1].context
    )
    (one,) = SOURCE.parse(whole).items
    assert (one.extent, one.native_id, one.title) == ("full", urls[1], "Ailleurs")


def test_a_crawl_leaves_the_pace_between_two_requests_robots_txt_included(tmp_path):
    with ApiSite(lambda _: Answer({"articles": [article()]})) as site:
        params = {"query": "pousse", "base_url": site.url, "days": 90}
        done = crawl("gdelt", params, tmp_path / "run", max_minutes=0.03)
    assert (site.asked, done.summary.status) == ([], "failed")
    assert "fetch.max_minutes" in done.summary.reason
