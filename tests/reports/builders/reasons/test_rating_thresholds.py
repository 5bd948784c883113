"""A rating near the next tenth is told only where its sum and count are known exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouidire.documents import MeasureDocument
from ouidire.text.catalogue import LANGUAGES
from reports.builders.digest import build
from reports.builders.reasons.rating_thresholds import NEAR, near_thresholds
from reports.data.roles import MAIL
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

KEY = "schema_org:verdict"


def shown(value, n, **more):
    return MeasureDocument(
        **{
            "id": "shown",
            "revision": 1,
            "name": "rating_shown",
            "brands": ("pousse",),
            "source": "schema_org",
            "source_key": KEY,
            "at": NOW,
            "value": value,
            "best": 5.0,
            "n": n,
        }
        | more
    )


BASE = next(each for each in documents("quiet") if each.kind == "mention" and each.brands == ("pousse",))


def reviews(stars):
    return [
        BASE.model_copy(
            update={
                "id": f"{at:064x}",
                "source_key": KEY,
                "presence": "present",
                "rating": each,
                "stars": each,
            }
        )
        for at, each in enumerate(stars)
    ]


class Sums:
    edges = (PERIOD.start, PERIOD.end)

    def __init__(self, listed, **scope):
        self.reader = FakeIndex(listed)
        self.scope = Scope(brand="pousse", **scope)


STARS = [4.0] * 14 + [5.0] * 6 + [3.0] * 1  # 89 stars of 21 reviews: 4.238


def test_three_reviews_away_from_the_next_tenth():
    (found,) = near_thresholds(Sums([shown(4.2, 21), *reviews(STARS)]))
    assert (found.shown, found.next_shown, found.needed, found.reviews) == (4.2, pytest.approx(4.3), 1, 21)


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ([shown(4.2, 22), *reviews(STARS)], "a review that we do not have"),
        ([shown(4.3, 21), *reviews(STARS)], "the site shows something else than the mean"),
        ([shown(4.24, 21), *reviews(STARS)], "not rounded to tenths"),
        ([shown(4.2, 21, source="trustpilot"), *reviews(STARS)], "no plain mean"),
        ([shown(4.2, 21, best=10.0), *reviews(STARS)], "another scale"),
        ([shown(4.2, 21, at=PERIOD.start.replace(year=2020)), *reviews(STARS)], "long ago"),
        ([shown(5.0, 21), *reviews([5.0] * 21)], "nothing above"),
        ([shown(4.0, 900), *reviews([4.0] * 900)], "far away"),
        ([shown(4.2, 5), *reviews([4.0] * 4 + [5.0])], "too few"),
        ([shown(4.2, 21, brands=("arrosoir",)), *reviews(STARS)], "another brand's"),
        (reviews(STARS), "nothing is shown"),
    ],
)
def test_nothing_is_said(listed, why):
    assert near_thresholds(Sums(listed)) == [], why


def test_a_shop_reads_its_own():
    listed = [shown(4.2, 21, place="Lyon"), *reviews(STARS)]
    assert near_thresholds(Sums(listed, places=("Lyon",)))
    assert not near_thresholds(Sums(listed, places=("Nantes",)))
    assert not near_thresholds(Sums(listed, sources=("feed",)))


@given(stars=st.lists(st.integers(1, 5), min_size=10, max_size=60))
def test_so_many_reviews_are_needed_and_no_fewer(stars):
    def of(listed):
        return int(sum(listed) / len(listed) * 10 + 0.5 + 1e-9) / 10

    before = of(stars)
    for found in near_thresholds(
        Sums([shown(before, len(stars)), *reviews([float(each) for each in stars])])
    ):
        assert 0 < found.needed <= NEAR
        assert of([*stars, *[5] * found.needed]) >= found.next_shown - 1e-9
        assert of([*stars, *[5] * (found.needed - 1)]) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_asks_for_reviews(language):
    kept = [each for each in documents("quiet") if getattr(each, "source_key", None) != KEY]
    index = FakeIndex([*kept, shown(4.2, 21), *reviews(STARS)])
    for role in MAIL:
        edition = Edition(role=role, scope=Scope(brand="pousse"))
        context = build(
            index,
            PERIOD,
            brands=BRANDS,
            now=NOW,
            sources=SOURCES,
            edition=edition,
        )
        text = " ".join(render_mail(context, language).text.split())
        sentence = "à un avis 5 ★ de 4,3 (note affichée 4,2, sur 21 avis)"
        if language == "en":
            sentence = "one 5★ review away from 4.3 (rating shown 4.2, of 21 reviews)"
        assert (sentence in text) == (role in ("brand", "place"))
