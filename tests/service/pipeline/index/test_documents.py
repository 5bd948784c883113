"""Documents built from what was collected: the hashes by which an edit is known."""

from datetime import UTC, datetime

import pytest

from ouidire.clock import StatedDate
from ouidire.mention import Mention, Rating
from service.pipeline.index.documents import content_hash

ARTICLE = {
    "kind": "article",
    "entity": "potager.example/feed.xml",
    "native_id": "http://potager.example/a",
    "url": "http://potager.example/a",
    "title": "Les ateliers",
}


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        (Mention(**ARTICLE, text="Un résumé.", extent="summary"), "89af5f087b636a62.689aebea40f318b8"),
        (Mention(**ARTICLE, text="Un article entier.", extent="full"), "fd609254fff33ab6.46a5118b0c62d4af"),
        (
            Mention(
                entity="shop.example",
                native_id="1",
                text="Équipe au top",
                rating=Rating(value=4),
                published=StatedDate(at=datetime(2026, 2, 3, tzinfo=UTC), precision="day"),
                extra={"votes": 3},
            ),
            "d927fdeb2cae9522.f1c8d8c592efb9aa",
        ),
    ],
)
def test_content_hashes_are_those_of_versions_that_kept_the_extent_among_extras(mention, expected):
    assert content_hash(mention) == expected
