import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.sources.hackernews.source import SOURCE, HackerNewsParams, entity, requests
from ouidire.errors import LayoutChanged, RateLimited, SourceError
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 6, tzinfo=UTC)
NEWEST = int(AT.timestamp())


def page(body, url="https://hn.algolia.com/api/v1/search_by_date?query=x&page=0", status=200, **context):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(url=url, body=raw.encode(), fetched_at=AT, status=status, context=context)


def hit(number, **more):
    return {
        "objectID": str(number),
        "created_at_i": NEWEST - 60 * number,
        "author": "maud",
        "comment_text": f"Pousse {number}",
        "parent_id": 1,
    } | more


def hits(*rows, total=None, number=0, pages=1):
    return {
        "hits": list(rows),
        "nbHits": len(rows) if total is None else total,
        "page": number,
        "nbPages": pages,
    }


def parse(*args, **more):
    return SOURCE.parse(page(*args, **more))


def asked(request):
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


def test_the_search_asks_for_what_is_newer():
    params = HackerNewsParams(query='"Pousse & Cie"')
    (first,) = requests(params)
    assert "numericFilters" not in asked(first)
    (later,) = requests(params, since=AT)
    assert asked(later)["numericFilters"] == f"created_at_i>{NEWEST}"
    assert entity(params) == "pousse & cie"


def test_pages_follow_one_another_and_then_windows_of_time():
    (second,) = parse(hits(hit(1), total=1_500, pages=10)).follow
    assert asked(second)["page"] == "1"
    last = page(
        hits(hit(998), hit(999), total=1_500, number=9, pages=10),
        url=f"https://hn.algolia.com/api/v1/search_by_date?query=x&page=9&numericFilters=created_at_i>{5}",
    )
    (window,) = SOURCE.parse(last).follow
    assert asked(window) == {
        "query": "x",
        "page": "0",
        "numericFilters": f"created_at_i>5,created_at_i<={NEWEST - 60 * 999}",
    }
    assert parse(hits(hit(1), total=901, number=9, pages=10)).follow == ()


def test_the_paging_ends_where_the_first_run_stops_looking():
    old = hit(1, created_at_i=int((AT - timedelta(days=91)).timestamp()))
    assert parse(hits(old, total=1_500, pages=10), days="90").follow == ()
    assert parse(hits(hit(0), old, total=1_500, pages=10), days="90").follow != ()


def test_a_comment_counts_by_its_own_words_and_a_story_by_its_title():
    names = json.dumps(["Pousse"])
    found = parse(
        hits(
            hit(1, comment_text="Bien", story_title="Pousse ouvre"),
            hit(2, comment_text=None, parent_id=None, title="Pousse ouvre", url="javascript:x", points=3),
        ),
        must_name=names,
    )
    (story,) = found.items
    assert (story.kind, story.title, story.likes, story.extra) == ("post", "Pousse ouvre", 3, {})


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"message": "indexName is not valid"}, 404, SourceError),
        ({"message": "down"}, 200, SourceError),
        ({"message": "Too Many Requests"}, 429, RateLimited),
        ({"hits": {}}, 200, LayoutChanged),
        ({"hits": [], "nbHits": 3, "nbPages": 1, "page": 0}, 200, LayoutChanged),
        ("upstream error", 200, LayoutChanged),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error):
        parse(body, status=status)


def test_nothing_found_is_empty():
    assert parse(hits()).says_empty


def test_a_crawl_reads_every_page_and_ends_where_pages_repeat(tmp_path):
    def answer(asked):
        number = int(asked.query["page"])
        return Answer(hits(*(hit(10 * number + n) for n in range(3)), total=250, number=number % 2, pages=3))

    with ApiSite(answer) as site:
        done = crawl("hackernews", {"query": "pousse", "base_url": site.url, "days": 3650}, tmp_path / "run")
    assert [asked.query["page"] for asked in site.asked] == ["0", "1", "2"]
    assert (done.summary.mentions, done.summary.complete) == (9, False)
