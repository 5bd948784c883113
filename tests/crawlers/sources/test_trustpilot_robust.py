"""trustpilot: pages cut short, saved without their address, or with optional parts missing."""

import json
from datetime import UTC, datetime

import pytest

from crawlers.sources.trustpilot.source import SOURCE
from ouidire.errors import LayoutChanged
from ouidire.page import Page

parse = SOURCE.parse
ID = "65a0b1c2d3e4f5061728394a"
CARD = f"""<article data-service-review-card-paper="true">
<a href="/reviews/{ID}"><h2 data-service-review-title-typography>Bon accueil</h2></a>
<div data-service-review-rating="4"></div>
<p data-service-review-text-typography>Conseils utiles, un peu d'attente.</p>
<span data-consumer-name-typography>Zoé</span>
<time data-service-review-date-time-ago datetime="2025-03-04T10:00:00.000Z">4 mars</time></article>"""
STATED = json.dumps(
    {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "name": "Pousse",
        "review": [
            {
                "@type": "Review",
                "@id": f"https://www.trustpilot.com/#/schema/Review/pousse.example/{ID}",
                "author": {"@type": "Person", "name": "Zoé"},
                "datePublished": "2025-03-01T09:00:00.000Z",
                "reviewBody": "Conseils utiles, un peu d'attente.",
                "reviewRating": {"ratingValue": "4"},
                "inLanguage": "fr",
            }
        ],
    }
)
LD = f'<script type="application/ld+json">{STATED}</script>'


def read(body, url="https://fr.trustpilot.com/review/pousse.example"):
    return parse(
        Page(
            url=url,
            body=f"<html><body>{body}</body></html>".encode(),
            fetched_at=datetime(2026, 3, 9, tzinfo=UTC),
        )
    )


def data(**page):
    business = {
        "identifyingName": "pousse.example",
        "displayName": "Pousse",
        "numberOfReviews": 0,
        "trustScore": 0,
    }
    payload = {"props": {"pageProps": {"businessUnit": business, "reviews": [], **page}}}
    return f'<script type="application/json" nonce="x" id="__NEXT_DATA__">{json.dumps(payload)}</script>'


def test_data_that_was_cut_short_leaves_the_cards():
    (mention,) = read(data()[:120] + "</script>" + CARD).items
    assert (mention.native_id, mention.title, mention.rating.value, mention.author) == (
        ID,
        "Bon accueil",
        4,
        "Zoé",
    )


def test_data_that_was_cut_short_and_nothing_else_is_a_changed_layout():
    with pytest.raises(LayoutChanged):
        read(data()[:120] + "</script>")


def test_a_company_without_reviews_and_without_a_pager_is_empty():
    parsed = read(data())
    assert (parsed.items, parsed.says_empty, parsed.declared_total) == ((), True, 0)


def test_no_reviews_where_the_company_has_some_is_a_changed_layout():
    business = {"identifyingName": "pousse.example", "numberOfReviews": 12, "trustScore": 4}
    with pytest.raises(LayoutChanged):
        read(data(businessUnit=business))


def test_a_card_is_completed_by_json_ld_and_an_edit_keeps_the_first_date():
    (mention,) = read(CARD + LD).items
    assert (mention.language, mention.subject) == ("fr", "Pousse")
    assert mention.published.at == datetime(2025, 3, 1, 9, tzinfo=UTC)
    assert mention.updated.at == datetime(2025, 3, 4, 10, tzinfo=UTC)


def test_a_page_saved_without_its_address_is_known_by_its_canonical_link():
    link = '<link rel="canonical" href="https://fr.trustpilot.com/review/pousse.example">'
    assert [one.entity for one in read(link + CARD, url="file:///pages/copie.html").items] == [
        "pousse.example"
    ]
