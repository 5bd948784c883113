import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.sources.app_store.source import SOURCE, AppStoreParams, entity, requests
from ouidire.errors import LayoutChanged, SourceError, SourceGone
from ouidire.items import Parsed
from ouidire.page import Page
from tests.support import golden
from tests.support.api_site import Answer, ApiSite, crawl

parse = SOURCE.parse
AT = datetime(2026, 3, 10, 15, tzinfo=UTC)
XML = golden.load(golden.PAGES / "app_store" / "2026-03-xml-first-page")
JSON = golden.load(golden.PAGES / "app_store" / "2018-06-json-with-app-entry")
AGAIN = "https://itunes.apple.com/fr/rss/customerreviews/page={}/id=990001/sortby=mostrecent/{}"


def test_requests_and_entity():
    params = AppStoreParams(app_id="990001", country="fr")
    (request,) = requests(params)
    assert request.url == AGAIN.format(1, "xml")
    assert entity(params) == parse(XML).items[0].entity == parse(JSON).items[0].entity == "990001/fr"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://itunes.apple.com/us/rss/customerreviews/id=990001/json", "990001/us"),
        ("https://itunes.apple.com/rss/customerreviews/id=990001/json?cc=be", "990001/be"),
        ("https://itunes.apple.com/rss/customerreviews/id=990001/json", "990001/us"),
        ("https://exemple.fr/copie.json", "990001/fr"),
    ],
)
def test_app_and_storefront_are_the_addresss_then_the_feeds(url, name):
    assert {one.entity for one in parse(golden.changed(JSON, url=url)).items} == {name}


def test_both_forms_give_the_plain_text():
    assert parse(XML).items[0].text == "Le suivi de commande est clair.\nBravo & merci"
    assert parse(JSON).items[0].text == "Bonne appli 🌱"


def test_what_the_tenth_page_leaves_out_has_not_vanished():
    body = XML.body.replace(b"page=2/", b"page=11/").replace(b"page=1/", b"page=10/")
    found = parse(golden.changed(XML, url=AGAIN.format(10, "xml"), body=body))
    assert (found.follow, found.last_page) == ((), False)


def test_paging_stops_at_what_is_old():
    found = parse(golden.changed(XML, context={"since": "2026-03-08T00:00:00+00:00"}))
    assert (found.follow, found.last_page) == ((), False)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        '{"feed": 3}',
        '{"feed": {}}',
        '{"feed": ' * 5000,
        "<feed/>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        '<!DOCTYPE a [<!ENTITY b "c">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>',
        "<html><body>App Store</body></html>",
    ],
)
def test_what_is_no_feed(body):
    with pytest.raises(LayoutChanged):
        parse(golden.changed(XML, body=body.encode()))


def test_a_feed_in_another_encoding():
    body = XML.text.replace('encoding="utf-8"', 'encoding="iso-8859-1"').encode("iso-8859-1")
    assert parse(golden.changed(XML, body=body)).items[1].text.startswith("Plante à")


@given(st.sampled_from([XML, JSON]), st.integers(0, 4000), st.binary(max_size=6), st.integers(0, 30))
def test_any_mutation_ends_clearly(stored, where, put, gone):
    with suppress(SourceError):
        assert isinstance(
            parse(golden.changed(stored, body=stored.body[:where] + put + stored.body[where + gone :])),
            Parsed,
        )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda one: (
            st.lists(one, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "entry",
                        "link",
                        "id",
                        "label",
                        "attributes",
                        "im:rating",
                        "content",
                        "author",
                        "name",
                        "href",
                        "rel",
                        "title",
                    ]
                ),
                one,
                max_size=5,
            )
        ),
    )
)
def test_any_json_ends_clearly(value):
    import json

    with suppress(SourceError):
        body = json.dumps({"feed": {"id": value, "entry": value, "link": value}}).encode()
        assert isinstance(parse(Page(url=JSON.url, body=body, fetched_at=AT)), Parsed)


def test_the_feed_of_another_app_is_not_read():
    page = golden.load(golden.PAGES / "app_store" / "2026-03-xml-first-page")
    other = re.sub(rb"/id=\d+", b"/id=999999999", page.body)
    with pytest.raises(LayoutChanged, match="it is that of app 999999999"):
        SOURCE.parse(golden.changed(page, body=other))


EMPTY = golden.load(golden.PAGES / "app_store" / "2026-03-xml-empty")
RATED = golden.load(golden.PAGES / "app_store" / "2026-11-lookup-rated")


def test_an_empty_feed_is_held_against_the_count_of_ratings():
    (witness,) = parse(EMPTY).follow
    assert (witness.kind, witness.url.partition("?")[0]) == ("lookup", "https://itunes.apple.com/lookup")
    with pytest.raises(SourceError, match="128 ratings in fr"):
        parse(RATED)
    with pytest.raises(SourceGone, match="no app 990001"):
        parse(golden.changed(RATED, body=b'{"resultCount": 0, "results": []}'))
    for odd in (
        b'{"resultCount": 1}',
        b'{"resultCount": 1, "results": [{"trackId": 990001}]}',
        b'{"resultCount": "x"}',
    ):
        with pytest.raises(LayoutChanged):
            parse(golden.changed(RATED, body=odd))


@pytest.mark.parametrize(
    ("lookup", "status"),
    [
        ({"resultCount": 1, "results": [{"trackId": 990001, "userRatingCount": 0}]}, "empty"),
        ({"resultCount": 1, "results": [{"trackId": 990001, "userRatingCount": 128}]}, "degraded"),
        ({"resultCount": 0, "results": []}, "degraded"),
    ],
)
def test_an_empty_feed_of_a_rated_app_is_not_emptiness(tmp_path, lookup, status):
    def answer(asked):
        if asked.path == "/lookup":
            assert asked.query == {"id": "990001", "country": "fr"}
            return Answer(lookup)
        return Answer(EMPTY.text, headers={"content-type": "text/xml; charset=utf-8"})

    with ApiSite(answer) as site:
        run = crawl("app_store", {"app_id": "990001", "base_url": site.url}, tmp_path / "run")
    assert run.summary.status == status
