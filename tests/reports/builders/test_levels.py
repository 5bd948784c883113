"""Levels of a digest: each from one basis, none compared by what was read, intervals by what varies."""

from datetime import timedelta

import pytest

from ouidire.documents import MentionDocument, SearchResultDocument
from ouidire.measures import Moments, Pairs, anchored_nps, nps
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.render import render
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

POUSSE = Edition(scope=Scope(brand="pousse"))


def built(listed):
    return build(FakeIndex(listed), PERIOD, edition=POUSSE, brands=BRANDS, now=NOW, sources=SOURCES)


def words(context, language="fr"):
    return " ".join(render(context, language).text.split())


def own_mentions(listed):
    return [each for each in listed if isinstance(each, MentionDocument) and "pousse" in each.brands]


def as_asked(listed, *, every=2):
    """Let every second review of the brand be an answer of a survey, its stars doubled."""
    for at, each in enumerate(listed):
        if isinstance(each, MentionDocument) and each.stars and at % every == 0:
            yield each.model_copy(
                update={"advocacy_basis": "asked", "asked_score": 2 * each.stars, "stars": None}
            )
        else:
            yield each


def in_period(listed, basis):
    return [
        each
        for each in own_mentions(listed)
        if each.advocacy_basis == basis and PERIOD.start <= each.period_at < PERIOD.end
    ]


def test_asked_starred_and_read_are_never_pooled():
    listed = list(as_asked(documents("busy")))
    engage = built(listed).engage
    for metric, basis in ((engage.nps, "asked"), (engage.stars, "star_proxy")):
        scores = [each.advocacy_balance for each in in_period(listed, basis)]
        assert metric.figure.basis == basis
        assert metric.figure.n == len(scores) >= 30
        assert metric.figure.value == pytest.approx(100 * sum(scores) / len(scores))
    assert engage.nps.key == "nps"
    assert engage.promoters.n == engage.nps.figure.n
    text = words(built(listed))
    assert "NPS demandé, échelle de −100 à +100" in text
    assert "D’après les étoiles : NPS" in text
    assert "Lu dans les mots :" in text


def test_few_asked_scores_are_a_level_over_eight_weeks_or_none(week):
    engage = week("busy").engage
    assert engage.asked == 27
    assert engage.nps.key == "nps_eight_weeks"
    assert engage.nps.change is None
    assert engage.nps.figure.n >= 100
    assert "NPS demandé, sur les huit dernières semaines" in words(week("busy"))
    unread = [
        each.model_copy(update={"read_balance": None}) if isinstance(each, MentionDocument) else each
        for each in documents("quiet")
    ]
    quiet = built(unread)
    assert quiet.engage.nps is None
    assert "NPS demandé : 17 réponses, trop peu pour un niveau" in words(quiet)


def test_a_survey_s_words_are_anchored_on_its_own_scores(week):
    """Neither the reviews of other sites nor older pairs are looked at."""
    listed = own_mentions(documents("quiet"))
    surveyed = [each for each in listed if each.source == "survey_file"]
    pairs = Pairs.of((each.advocacy_balance, each.read_balance) for each in surveyed)
    read = [each.read_balance for each in surveyed if each.period_at >= PERIOD.start]
    metric = week("quiet").engage.nps
    assert (metric.key, metric.change, metric.figure.basis) == ("nps_anchored", None, "anchored")
    assert metric.figure.n == pairs.n >= 90
    assert metric.figure.value == pytest.approx(anchored_nps(Moments.of(read), pairs).value)
    assert "NPS de vos enquêtes, lu dans les mots et ancré sur leurs scores" in words(week("quiet"))


def test_no_figure_is_of_several_bases(week):
    for language, banned in (("fr", ("estimé", "en partie")), ("en", ("estimated NPS", "partly"))):
        for kind in ("quiet", "busy", "broken", "first"):
            text = words(week(kind), language)
            assert not any(word in text for word in banned)


def test_levels_that_are_read_hold_the_error_between_brands(week):
    for metric, least in ((week("busy").engage.positive, 0.12), (week("busy").engage.net_sentiment, 0.16)):
        figure = metric.figure
        assert figure.high - figure.value >= least
        assert figure.value - figure.low >= least


def test_places_show_what_people_gave_and_few_show_counts(week):
    for place in week("busy").places:
        assert place.nps is None
        assert (place.stars is None) == (place.rated < 20)
    listed = list(as_asked(documents("busy"), every=1))
    rich = [place for place in built(listed).places if place.nps is not None]
    assert rich
    for place in rich:
        scores = [e.advocacy_balance for e in in_period(listed, "asked") if e.place == place.place]
        assert place.nps.n == len(scores) >= 30
        assert place.nps == nps(Moments.of(scores), basis="asked")


def pages(listed, change):
    """The documents with results pages changed: `change` gives the copies of one."""
    for each in listed:
        yield from change(each) if isinstance(each, SearchResultDocument) else (each,)


def daily(result):
    """Seven captures of a result, one each day, that day's page."""
    for day in range(7):
        yield result.model_copy(
            update={
                "id": f"{result.id}-{day}",
                "snapshot_id": f"{result.snapshot_id}-{day}",
                "captured_at": result.captured_at - timedelta(days=day),
            }
        )


def test_a_page_captured_daily_is_one_page(week):
    once, seven = week("busy").convince, built(pages(documents("busy"), daily)).convince
    assert seven.score.figure.n == once.score.figure.n == 2
    assert seven.consideration.figure.n == once.consideration.figure.n == 1
    width = once.score.figure.high - once.score.figure.low
    assert seven.score.figure.high - seven.score.figure.low == pytest.approx(width, rel=0.2)


def test_a_query_taken_out_or_added_is_no_change(week):
    def without_one(result):
        gone = result.query.endswith("avis") and result.captured_at > PERIOD.start
        return () if gone else (result,)

    def only_now(result):
        new = result.query.endswith("avis") and result.captured_at <= PERIOD.start
        return () if new else (result,)

    for change in (without_one, only_now):
        score = built(pages(documents("quiet"), change)).convince.score
        assert score.change.outcome == "compared"
        assert score.change.delta == pytest.approx(0)
        assert not score.announced
