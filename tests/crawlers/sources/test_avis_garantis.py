import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.avis_garantis.source import SOURCE, AvisGarantisParams, entity, requests
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError, SourceGone
from ouidire.page import Page
from tests.support.api_site import Answer, ApiSite, crawl

parse = SOURCE.parse
AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
URL = "https://api.guaranteed-reviews.com/public/v3/reviews/4f2a9c/site"


def page(body, status=200, **headers):
    raw = body if isinstance(body, str) else json.dumps(body)
    return Page(url=URL, body=raw.encode(), fetched_at=AT, status=status, headers=headers)


def review(number=1, **more):
    return {"id": number, "c": "Maud L.", "r": 4, "txt": "Bien.", "date": "2026-10-20 18:30"} | more


def answer(*reviews, total=None):
    return {
        "ratings": {"total": len(reviews) if total is None else total, "average": "4,5"},
        "reviews": list(reviews),
    }


def one(**more):
    return parse(page(answer(review(**more)))).items[1]


def test_the_request_names_the_shop_and_what_of_it_is_read():
    (request,) = requests(AvisGarantisParams(public_key="4f2a9c"))
    assert request.url == URL
    (product,) = requests(AvisGarantisParams(public_key="4f2a9c", scope="812"))
    assert product.url.endswith("/4f2a9c/812")
    assert entity(AvisGarantisParams(public_key="4f2a9c")) == "4f2a9c/site"


def test_dates_are_of_paris_in_summer_and_in_winter():
    assert one(date="2026-10-24 18:30").published.at == datetime(2026, 10, 24, 16, 30, tzinfo=UTC)
    assert one(date="2026-10-26 18:30").published.at == datetime(2026, 10, 26, 17, 30, tzinfo=UTC)


def test_order_numbers_are_kept_nowhere():
    kept = one(o="CMD-4711", odate="2026-10-01 09:00")
    assert kept.verified is True
    assert "4711" not in kept.model_dump_json()
    assert one(o="CMD-4711").verified is None
    stored = SOURCE.minimised(page(answer(review(o="CMD-4711", txt="Né \ud800"))))
    assert b"4711" not in stored.body
    assert parse(stored).items[1].text == "Né \ufffd"


def test_a_translated_text_is_marked_and_its_language_not_taken_for_the_texts():
    kept = one(transl=1, lang="nl")
    assert (kept.language, kept.extra) == (None, {"translated": True, "stated_language": "nl"})
    assert one(transl=0, lang="fr").language == "fr"
    assert one(lang="<b>").language is None


def test_a_rating_without_words_counts_and_html_is_text():
    assert (one(txt=None).text, one(txt=None).rating.value) == ("", 4)
    assert one(txt="<p>Tr&egrave;s bien</p><script>x()</script>").text == "Très bien"


@pytest.mark.parametrize("stars", [0, 6, -1, "x", None, 1e99, True, [5]])
def test_ratings_outside_the_scale_are_left_out_and_said(stars):
    found = parse(page(answer(review(), review(2, r=stars))))
    assert [each.reason for each in found.rejected] == ["bad_rating"]
    assert len(found.items) == 2


def test_a_reply_has_its_date():
    reply = one(reply="Merci !", rdate="2026-10-21 08:00").reply
    assert (reply.text, reply.published.at) == ("Merci !", datetime(2026, 10, 21, 6, tzinfo=UTC))
    assert one(reply="  ").reply is None


def test_more_reviews_than_one_answer_holds_are_no_whole_listing():
    found = parse(page(answer(review(), total=4_000)))
    assert (found.last_page, found.declared_total) == (False, 4_000)
    assert parse(page(answer(review()))).last_page is True


def test_only_a_count_of_none_is_empty():
    assert parse(page(answer())).says_empty
    for wrong in (
        {"reviews": []},
        answer(total=3),
        {"ratings": {"total": 0}},
        {"reviews": {}, "ratings": {}},
    ):
        with pytest.raises(LayoutChanged):
            parse(page(wrong))


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"error": "Invalid API key"}, 403, Blocked),
        ({"error": "Invalid API key"}, 401, Blocked),
        ({"message": "Too many"}, 429, RateLimited),
        ({"error": "no such shop"}, 404, SourceGone),
        ({"error": {"message": "down"}}, 500, SourceError),
        ({"error": "Clé inconnue"}, 200, SourceError),
        ({"errors": ["Clé inconnue"]}, 200, SourceError),
        ("Invalid key", 200, LayoutChanged),
        ("null", 200, LayoutChanged),
        ("[]", 200, LayoutChanged),
        ("", 200, LayoutChanged),
        ("<html><title>Just a moment...</title><div id='challenge-form'>", 503, Blocked),
    ],
)
def test_no_error_is_read_as_empty(body, status, error):
    with pytest.raises(error) as raised:
        parse(page(body, status))
    assert type(raised.value) is error


def test_a_crawl_keeps_reviews_and_says_what_a_wrong_key_is(tmp_path):
    def reply(asked):
        if asked.path.endswith("/4f2a9c/site"):
            return Answer(answer(review(1), review(2, o="CMD-1"), review(2)))
        return Answer({"error": "Invalid API key"}, 403)

    with ApiSite(reply) as site:
        good = crawl("avis_garantis", {"public_key": "4f2a9c", "base_url": site.url}, tmp_path / "a")
        bad = crawl("avis_garantis", {"public_key": "x", "base_url": site.url}, tmp_path / "b")
    assert (good.summary.status, good.summary.mentions) == ("ok", 2)
    assert bad.summary.status == "blocked"
    assert "Invalid API key; check public_key" in bad.summary.reason
