"""Trustpilot, App Store and structured data against real saved pages: every field of `expected.json`."""

import hashlib
import json
import re
from datetime import UTC, datetime

import pytest

from crawlers import load_source
from crawlers.reading.schema.blocks import read_blocks
from ouidire.errors import LayoutChanged
from ouidire.page import Page
from ouidire.text.charset import decode

pytestmark = pytest.mark.real
TRUSTPILOT = {
    "trustpilot/airtransat_fr_2025-06.html": datetime(2025, 6, 5, 13, tzinfo=UTC),
    "trustpilot/bt_com_en_2023-05.html": datetime(2023, 5, 7, 8, tzinfo=UTC),
}
APP_STORE = "app_and_maps/appstore_rss_customerreviews_jp_2020-08.json"
STRUCTURED = [
    "750g_salade_carottes_fr",
    "allrecipes_pizza_en",
    "cuisineaz_saumon_fr",
    "iens_restaurant_reviews_nl_2016-03",
    "madamefigaro_sauce_tomate_fr",
    "marmiton_ratatouille_fr",
    "tasteofhome_sauerbraten_en",
]
NOTHING = [
    "climeo34_localbusiness_fr_2026-08",
    "monsterpet_product_microdata_uk",
    "tripadvisor_attractions_toronto_2018",
]


@pytest.fixture
def real(shared):
    """(expectation, bytes) of one file."""
    stated = json.loads((shared / "fixtures" / "expected.json").read_text(encoding="utf-8"))
    return lambda name: (stated[name], (shared / "fixtures" / name).read_bytes())


def parsed(slug, body, url="https://www.example.org/page", at=datetime(2026, 9, 1, tzinfo=UTC)):
    return load_source(slug).parse(Page(url=url, body=body, fetched_at=at))


def key(name):
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def mentions(found):
    return [item for item in found.items if item.item == "mention"]


def instant(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("name", TRUSTPILOT)
def test_trustpilot_every_field(real, name):
    expected, body = real(name)
    found = parsed("trustpilot", body, expected["page_url"], TRUSTPILOT[name])
    read = mentions(found)
    summary = next(item for item in found.items if item.item == "rating_summary")
    assert (summary.subject, summary.entity) == (expected["business"], expected["domain"])
    assert (summary.rating.value, summary.rating.best, summary.extra["stars"]) == (
        expected["trust_score"],
        5,
        expected["stars"],
    )
    assert summary.review_count == expected["number_of_reviews_businessunit"]
    assert sum(summary.histogram.values()) == summary.review_count
    assert found.declared_total == expected["pagination"]["totalCount"]
    assert [one.native_id for one in read] == expected["review_ids"]
    assert [one.rating.value for one in read] == expected["ratings"]
    assert sum(one.reply is not None for one in read) == expected["replies_count"]
    assert found.rejected == ()
    for one, stated in ((read[0], expected["first_review"]), (read[-1], expected["last_review"])):
        assert (one.native_id, one.title, one.language) == (stated["id"], stated["title"], stated["language"])
        assert one.text.startswith(stated["text_start"])
        assert one.url == f"https://www.trustpilot.com/reviews/{stated['id']}"
        assert (one.published.at, one.published.precision) == (instant(stated["published"]), "second")
        assert (one.experienced.at.date(), one.experienced.precision) == (
            instant(stated["experienced"]).date(),
            "day",
        )
        assert (one.verified, one.likes, one.reply is not None) == (
            stated["verified"],
            stated["likes"],
            stated["has_reply"],
        )
        assert (key(one.author), one.country) == (stated["author_sha256_12"], stated["author_country"])
    (follow,) = found.follow
    assert follow.url == expected["page_url"] + ("&" if "?" in expected["page_url"] else "?") + "page=2"
    assert found.last_page is False


@pytest.mark.parametrize("name", TRUSTPILOT)
def test_trustpilot_without_its_data_script_reads_the_same_reviews(real, name):
    expected, body = real(name)
    bare = re.sub(rb'<script id="__NEXT_DATA__".*?</script>', b"", body, flags=re.DOTALL)
    for version in (bare, re.sub(rb"<article.*</article>", b"", bare, flags=re.DOTALL)):
        read = mentions(parsed("trustpilot", version, expected["page_url"], TRUSTPILOT[name]))
        assert [one.native_id for one in read] == expected["review_ids"]
        assert [one.rating.value for one in read] == expected["ratings"]
        assert key(read[0].author) == expected["first_review"]["author_sha256_12"]


def test_trustpilot_category_search_is_no_company_page(real):
    with pytest.raises(LayoutChanged):
        parsed("trustpilot", real("trustpilot/category_search_2023-12.json")[1])


def test_app_store_every_field(real):
    expected, body = real(APP_STORE)
    url = "https://itunes.apple.com/jp/rss/customerreviews/id=1404176564/sortBy=mostRecent/page=1/json"
    found = parsed("app_store", body, url, datetime(2020, 8, 8, 6, tzinfo=UTC))
    assert {one.entity for one in found.items} == {f"{expected['app_id']}/{expected['country']}"}
    assert [one.rating.value for one in found.items] == expected["ratings"]
    assert len(found.items) == expected["reviews"]
    for one, stated in (
        (found.items[0], expected["first_review"]),
        (found.items[-1], expected["last_review"]),
    ):
        assert (one.native_id, one.rating.value, one.title, one.extra["version"]) == (
            stated["id"],
            stated["rating"],
            stated["title"],
            stated["version"],
        )
        assert one.text.startswith(stated["text_start"])
        assert key(one.author) == stated["author_sha256_12"]
        assert (one.published is not None) == expected["entries_have_updated"]
    (follow,) = found.follow
    assert "/page=2/" in follow.url
    assert follow.url.endswith("/json")
    # without an address, the feed's own says which app and storefront it is
    assert (
        parsed("app_store", body, at=datetime(2020, 8, 8, tzinfo=UTC)).items[0].entity
        == found.items[0].entity
    )


@pytest.mark.parametrize("name", STRUCTURED)
def test_structured_data(real, name):
    expected, body = real(f"structured_data/{name}.html")
    found = parsed("schema_org", body)
    summaries = [item for item in found.items if item.item == "rating_summary"]
    aggregates = expected.get("aggregate_ratings") or [expected["aggregate"]]
    assert len(summaries) == len(aggregates)
    for summary, stated in zip(summaries, aggregates, strict=True):
        assert summary.rating.value == pytest.approx(float(str(stated["ratingValue"]).replace(",", ".")))
        assert summary.rating.best == float(stated.get("bestRating", 5))
        assert summary.rating_count == (int(stated["ratingCount"]) if "ratingCount" in stated else None)
        assert summary.review_count == (int(stated["reviewCount"]) if "reviewCount" in stated else None)
    read = mentions(found)
    assert len(read) == expected.get("jsonld_reviews", expected.get("microdata_reviews"))
    ratings = expected.get("review_ratings", expected.get("review_ratings_out_of_10", []))
    assert [one.rating and one.rating.value for one in read] == [
        float(one) if one is not None else None for one in ratings
    ]
    for one, stated in zip(read, expected.get("dates", []), strict=False):
        assert one.published.at == instant(stated)
    for one, stated in zip(
        (*read[:1], *read[-1:]), (expected.get("first_review"), expected.get("last_review")), strict=False
    ):
        if stated:
            assert one.text.startswith(stated["text_start"])
            assert key(one.author) == stated["author_sha256_12"]
            assert (one.published and one.published.at.date().isoformat()) == (
                stated["date"] and stated["date"][:10]
            )
    if "normalised_average_out_of_5" in expected:
        assert summaries[0].rating.stars == pytest.approx(expected["normalised_average_out_of_5"])
        assert read[0].text.startswith(expected["first_text_start"])
    assert found.rejected == ()
    assert len({(one.entity, one.author, one.text) for one in read}) == len(read)


@pytest.mark.parametrize("name", NOTHING)
def test_pages_without_reviews_or_ratings_are_said_to_have_none_of_them(real, name):
    with pytest.raises(LayoutChanged):
        parsed("schema_org", real(f"structured_data/{name}.html")[1])


def test_slow_syntaxes_are_read_only_where_they_occur(real):
    syntaxes = {}
    for name in (*STRUCTURED, *NOTHING):
        page = Page(
            url="https://www.example.org/",
            body=real(f"structured_data/{name}.html")[1],
            fetched_at=datetime(2026, 9, 1, tzinfo=UTC),
        )
        syntaxes[name] = {block.syntax for block in read_blocks(page)[0]}
    assert syntaxes["marmiton_ratatouille_fr"] == {"json-ld"}
    assert syntaxes["iens_restaurant_reviews_nl_2016-03"] == {"microdata"}
    assert not any("rdfa" in found for found in syntaxes.values())


def test_encodings(real):
    expected, body = real("awkward/latin9_forum_mindfactory_de_2016-03.html")
    text = decode(body)
    assert all(words in text for words in expected["must_contain"])
    expected, body = real("structured_data/scrapfly_glassdoor_reviews_2026-01.json")
    assert len(json.loads(decode(body))) == expected["reviews"]
    assert "\ufffd" not in decode(body)
