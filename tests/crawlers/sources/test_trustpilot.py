import json
import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.sources.trustpilot.source import SOURCE, TrustpilotParams, entity, requests
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed
from ouidire.page import Page
from tests.support import golden

parse = SOURCE.parse
AT = datetime(2026, 3, 10, 15, tzinfo=UTC)
URL = "https://fr.trustpilot.com/review/pousse-et-compagnie.example"
FIRST = golden.load(golden.PAGES / "trustpilot" / "2025-06-first-page")


def review(number=1, **more):
    return {
        "id": f"{number:024x}",
        "rating": 4,
        "text": "Bien",
        "dates": {"publishedDate": "2026-01-02T03:04:05.000Z"},
        "consumer": {},
        **more,
    }


def page(reviews, *, total=1, pages=1, current=1, url=URL, context=None, **props):
    business = {
        "identifyingName": "Pousse-et-compagnie.example",
        "displayName": "Pousse",
        "trustScore": 3.4,
        "stars": 3.5,
        "numberOfReviews": 12,
    }
    paging = {"currentPage": current, "perPage": 20, "totalCount": total, "totalPages": pages}
    data = {"businessUnit": business, "reviews": reviews, "filters": {"pagination": paging}} | props
    script = json.dumps({"props": {"pageProps": data}}).replace("</", "<\\/")
    body = f'<html><body><script id="__NEXT_DATA__" type="application/json">{script}</script></body></html>'
    return Page(url=url, body=body.encode(), fetched_at=AT, context=context or {})


def mentions(found):
    return [item for item in found.items if item.item == "mention"]


def test_requests_and_entity():
    params = TrustpilotParams(company="Pousse-et-compagnie.example", languages="fr")
    (request,) = requests(params)
    assert (
        request.url
        == "https://www.trustpilot.com/review/Pousse-et-compagnie.example?languages=fr&sort=recency"
    )
    assert entity(params) == parse(page([review()])).items[0].entity == "pousse-et-compagnie.example"


def test_the_carousel_of_relevant_reviews_is_not_the_listing():
    found = mentions(parse(page([review(1)], relevantReviews=[review(2), review(1)])))
    assert [one.native_id for one in found] == [f"{1:024x}"]


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"isPending": True}, "extra", {"pending": "yes"}),
        ({"pending": True}, "extra", {"pending": "yes"}),
        ({"source": "Invitation"}, "extra", {"source": "Invitation"}),
        ({"labels": {"verification": {"isVerified": True}}}, "verified", True),
        ({"consumer": {"displayName": " Jo "}}, "author", "Jo"),
        ({"likes": 3}, "likes", 3),
        ({"location": {"name": "Lyon"}}, "place", "Lyon"),
        ({"text": "a &amp; <b>"}, "text", "a &amp; <b>"),
        ({"reply": None}, "reply", None),
        ({"rating": None}, "rating", None),
    ],
)
def test_fields_under_every_name(changed, field, value):
    (one,) = mentions(parse(page([review(**changed)])))
    assert getattr(one, field) == value


def test_experience_is_a_day_whatever_the_midnight():
    dates = {"publishedDate": "2026-01-02T03:04:05.000Z", "experiencedDate": "2026-01-01T05:00:00.000Z"}
    (one,) = mentions(parse(page([review(dates=dates)])))
    assert (one.experienced.at, one.experienced.precision) == (datetime(2026, 1, 1, 12, tzinfo=UTC), "day")


@pytest.mark.parametrize(
    ("total", "pages", "current", "ending"),
    [(0, 0, 1, "empty"), (5, 1, 1, "changed"), (None, None, 1, "changed"), (40, 2, 3, "end")],
)
def test_no_reviews(total, pages, current, ending):
    stored = page([], total=total, pages=pages, current=current)
    if ending == "changed":
        with pytest.raises(LayoutChanged):
            parse(stored)
    else:
        found = parse(stored)
        assert (found.says_empty, found.last_page) == (ending == "empty", True)


def test_paging_keeps_filters_and_stops_at_what_is_old():
    stored = page(
        [review()],
        total=50,
        pages=3,
        current=2,
        url=f"{URL}?languages=all&stars=1&page=2",
        context={"since": "2025-12-01T00:00:00+00:00"},
    )
    (follow,) = parse(stored).follow
    assert follow.url == f"{URL}?languages=all&stars=1&page=3"
    assert follow.context == stored.context
    old = golden.changed(stored, context={"since": "2026-02-01T00:00:00+00:00"})
    found = parse(old)
    assert (found.follow, found.last_page, len(mentions(found))) == ((), False, 1)


def test_a_company_nobody_rated_has_no_score():
    business = {"identifyingName": "x.fr", "trustScore": 0, "stars": 0, "numberOfReviews": 0}
    assert parse(page([], total=0, businessUnit=business)).items == ()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html></html>",
        '<script id="__NEXT_DATA__">{"props"</script>',
        '<script id="__NEXT_DATA__">[]</script>',
        "[]",
        "{}",
        '{"a": [1]}',
    ],
)
def test_what_is_no_company_page(body):
    for url in (URL, "https://www.trustpilot.com/categories/x"):
        with pytest.raises(LayoutChanged):
            parse(Page(url=url, body=body.encode(), fetched_at=AT))


@given(st.integers(0, len(FIRST.body)), st.binary(max_size=6), st.integers(0, 30))
def test_any_mutation_ends_clearly(where, put, gone):
    with suppress(SourceError):
        assert isinstance(
            parse(golden.changed(FIRST, body=FIRST.body[:where] + put + FIRST.body[where + gone :])), Parsed
        )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda one: st.lists(one, max_size=2) | st.dictionaries(st.text(max_size=4), one, max_size=2),
)
NAMES = sorted(set(re.findall(r'"(\w+)":', FIRST.text)) - {"reviews"})


@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8))
def test_any_field_may_hold_anything(fields):
    for stored in (
        page([review(**fields)]),
        page([review()], **fields),
        page([{**review(), "consumer": fields, "dates": fields, "reply": fields, "labels": fields}]),
    ):
        with suppress(SourceError):
            assert isinstance(parse(stored), Parsed)
