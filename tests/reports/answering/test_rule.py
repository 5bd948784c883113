"""Which reviews are worth an answer, why, and where one answers them."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.documents import MentionDocument
from reports.answering.platforms import reply_address
from reports.answering.rule import FIELDS, POINTS, points_of, reasons_to_answer

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)


def names(*, first_page=frozenset(), **given):
    mention = dict.fromkeys(FIELDS) | {"period_at": NOW - timedelta(days=10), "site": "avis.example"} | given
    reasons = reasons_to_answer(mention, first_page=first_page, now=NOW)
    assert points_of(reasons) == sum(POINTS[each.name] for each in reasons)
    return [each.name for each in reasons]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"stars": 1.0}, ["one_star"]),
        ({"stars": 2.0}, ["poor"]),
        ({"stars": 3.0}, []),
        ({"stars": 5.0}, []),
        ({"stars": None}, []),
        ({"stars": 5.0, "intents": ("asks_answer",)}, ["question"]),
        ({"stars": 3.0, "irritation": 0.5}, ["middling", "anger"]),
        ({"stars": 3.0, "irritation": 0.49, "intents": ("leaves",), "likes": 99}, []),
        ({"stars": 1.0, "intents": ("warns_off",), "likes": 5}, ["one_star", "leaving", "reach"]),
        ({"stars": 1.0, "likes": 50}, ["one_star", "wide_reach"]),
        ({"stars": 1.0, "reach": 10_000}, ["one_star", "wide_reach"]),
        ({"stars": 1.0, "period_at": NOW - timedelta(days=6)}, ["one_star", "fresh"]),
        ({"stars": 2.0, "first_page": frozenset({"avis.example"})}, ["poor", "first_page"]),
    ],
)
def test_a_review_asks_for_an_answer_when_it_is_poor_or_angry_or_asks(given, expected):
    assert names(**given) == expected


def document(**more):
    return MentionDocument(
        **{
            "id": "m",
            "revision": 1,
            "mention_kind": "review",
            "source": "schema_org",
            "source_key": "schema_org:shop.example",
            "site": "shop.example",
            "entity": "shop.example",
            "run_id": "r",
            "url": "https://shop.example/avis#1",
            "period_at": NOW,
            "first_seen_at": NOW,
            **more,
        }
    )


REVIEW = "5f9c3a1be2d4c70001a2b3c4"


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ({}, "https://shop.example/avis#1"),
        ({"url": None}, None),
        ({"source": "google_business", "url": None}, "https://business.google.com/reviews"),
        (
            {"source": "trustpilot", "native_id": REVIEW},
            f"https://businessapp.b2b.trustpilot.com/reviews/{REVIEW}",
        ),
        (
            {
                "source": "review_file",
                "site": "fr.trustpilot.com",
                "native_id": "12",
                "url": f"https://fr.trustpilot.com/reviews/{REVIEW}?x=1",
            },
            f"https://businessapp.b2b.trustpilot.com/reviews/{REVIEW}",
        ),
        (
            {"source": "appstore_connect", "entity": "990001"},
            "https://appstoreconnect.apple.com/apps/990001/distribution",
        ),
        ({"source": "appstore_connect", "entity": "../x"}, "https://shop.example/avis#1"),
        ({"site": "nottrustpilot.com"}, "https://shop.example/avis#1"),
    ],
)
def test_one_answers_where_the_platform_has_owners_answer_else_at_the_review(more, address):
    assert reply_address(document(**more)) == address
