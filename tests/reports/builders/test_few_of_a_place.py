"""Of a place with fewer than 20 mentions, counts alone: in its digest, its mail and `ouidire stats`."""

import re

import pytest

from ouidire.documents import MentionDocument
from ouidire.index import Query, Term
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.statistics.group import group_periods, measure_periods
from tests.support.fake_index import FakeIndex

COUNTS = {"volume", "spike", "voice", "first_page", "consideration"}
PLACE = "Nantes"
FEW = 11


def thinned(*, kept):
    """The busy week, with at most `kept` mentions of the place in each week."""
    weeks: dict[object, int] = {}
    for each in documents("busy"):
        if isinstance(each, MentionDocument) and each.place == PLACE and each.duplicate_of is None:
            week = each.period_at.isocalendar()[:2]
            weeks[week] = weeks.get(week, 0) + 1
            if weeks[week] > kept:
                continue
        yield each


def digest(kept, role="place"):
    edition = Edition(scope=Scope(brand="pousse", places=(PLACE,)), role=role, name="shop")
    index = FakeIndex(thinned(kept=kept))
    return build(index, PERIOD, edition=edition, brands=BRANDS, now=NOW, sources=SOURCES)


@pytest.mark.parametrize("role", ["place", "customer_service"])
def test_few_mentions_of_a_place_have_no_level(role):
    context = digest(FEW, role)
    assert 0 < context.talk.volume.figure.n <= FEW
    assert set(context.metrics) <= COUNTS
    assert set(context.announcement.adjusted) <= COUNTS
    assert context.delight is None
    assert context.experience.driven == ()
    assert context.experience.journey is None
    assert context.experience.memory is None
    assert all(each.positive_share is None and each.nps is None for each in context.history)
    assert all(site.stars is None for site in context.talk.sites)


def test_its_mail_says_so_and_prints_counts_alone():
    text = " ".join(render_mail(digest(FEW), "fr").text.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert "Moins de 20 mentions en disent quelque chose ici : des comptes, pas de taux." in text
    brief = text.partition("En bref")[2].partition("Leurs mots")[0]
    assert "mentions" in brief
    assert not re.search(r"\d %", brief)
    assert "NPS" not in brief


def test_more_mentions_of_a_place_have_levels_and_smaller_parts_of_them_none():
    metrics = digest(40).metrics
    assert {"positive", "delight", "irritation"} <= set(metrics)
    assert all(metric.figure.n >= 20 for key, metric in metrics.items() if key not in COUNTS)


def test_the_weeks_of_a_place_show_no_level_of_a_few():
    where = (Term(field="brands", any_of=("pousse",)), Term(field="place", any_of=(PLACE,)))
    periods = group_periods("week", until=PERIOD.end, count=3, timezone=PERIOD.timezone)
    rows = measure_periods(FakeIndex(thinned(kept=FEW)), Query(where=where), periods, ("volume", "positive"))
    assert [set(row.figures) for row in rows] == [{"volume"}] * 3
    (*_, last) = measure_periods(
        FakeIndex(documents("busy")), Query(where=where), periods, ("volume", "positive")
    )
    assert set(last.figures) == {"volume", "positive"}
