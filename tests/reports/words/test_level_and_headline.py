"""A headline's figures and its card's: where sources are weighed as before, both are said, with why."""

import re

import numpy as np
import pytest

from bench.digests import World, digest_of, simulated
from ouidire.text.catalogue import catalogue
from reports.rendering.mail import render_mail
from reports.words.cards import card_rows
from reports.words.language import Localizer
from reports.words.verdict_text import VerdictText

FALL = World("every source −60, survey ×3.5", shift=-60.0, batch=3.5)
CAPTIONS = ("main_nps", "main_nps_stars", "main_net_sentiment", "first_page", "service")
EQUAL = {"fr": "à sources égales", "en": "on the same sources"}


@pytest.fixture(scope="module")
def digests():
    """Digests of brands whose opinion fell while the survey was louder: levels and comparisons differ."""
    rng = np.random.default_rng(8)
    made = [digest_of(simulated(FALL, rng, a_week=200)) for _ in range(4)]
    assert sum(each.metrics["positive"].announced for each in made) >= 2
    return made


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_clause_names_another_level_than_the_card_without_saying_so(digests, language):
    seen = 0
    for context in digests:
        text = VerdictText(context, Localizer(language, timezone=context.period.timezone))
        for key, metric in context.metrics.items():
            if not metric.announced or key == "spike":
                continue
            clause = text._clause(metric)
            is_level = text.amount(metric.change.value_now, metric.change.unit) == text.value(metric.figure)
            seen += not is_level
            assert (EQUAL[language] in clause) == (not is_level), clause
    assert seen >= 4


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mail_says_what_is_opinion_and_what_is_mix(digests, language):
    texts = catalogue(language, "digest")
    opening = texts.text("change.mix_more").partition("{")[0]
    for context in digests:
        text = VerdictText(context, Localizer(language, timezone=context.period.timezone))
        named = [metric for metric in text._headline_metrics() if text.mix(metric)]
        details = " ".join(text.mail_details())
        assert details.count(opening) == len(named)


def test_parts_of_a_difference_make_up_the_card_s_level(digests):
    """« 34 % → 17 %; toutes mentions ensemble −8, dont −17 et +9 », and the card says 26 %: all add up."""
    checked = 0
    for context in digests:
        metric = context.metrics["positive"]
        text = VerdictText(context, Localizer("fr", timezone=context.period.timezone))
        whole, opinion, mix = (
            int(each.replace("−", "-")) for each in re.findall(r"[−+]?\d+(?=\s?pts)", text.mix(metric))[:3]
        )
        assert whole == opinion + mix
        level, usual = metric.figure.value, metric.change.value_before
        assert whole == pytest.approx(100 * (level - usual), abs=1)
        checked += 1
    assert checked


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_line_of_the_mix_goes_with_every_level_of_recommendation(digests, language):
    for context in digests:
        text = VerdictText(context, Localizer(language, timezone=context.period.timezone))
        card = next(each for row in card_rows(context, text) for each in row if "NPS" in each.caption)
        assert text.mix(context.metrics["positive"]) in card.lines


def test_a_quiet_mail_has_the_interval_and_n_of_each_level():
    context = digest_of(simulated(World("quiet"), np.random.default_rng(3), a_week=60))
    text = re.sub(r"[\u00a0\u202f]", " ", render_mail(context, "fr").text)
    glance = text.split("----\n", 1)[1].split("\n\n")[0]
    words = VerdictText(context, Localizer("fr", timezone=context.period.timezone))
    for card in (each for row in card_rows(context, words) for each in row):
        if card.measured and not card.counted:
            behind = re.sub(r"[\u00a0\u202f]", " ", card.lines[0])
            assert behind in glance
            assert re.search(r"n = \d+", behind)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_scale_is_not_taken_for_an_interval(language):
    """« +85 NPS demandé, de −100 à +100 » reads as an interval: a caption's range is called a scale."""
    captions = [catalogue(language, "digest").text(f"card.{key}") for key in CAPTIONS]
    ranged = [each for each in captions if re.search(r"−1(00)? (à|to) \+1", each)]
    assert len(ranged) == len(CAPTIONS)
    assert all(re.search(r"échelle de|scale from", each) for each in ranged)


def test_the_power_of_a_question_is_told_in_answers():
    context = digest_of(simulated(World("loud survey", batch=4.0), np.random.default_rng(77), a_week=120))
    assert context.metrics["nps"].figure.n >= 30
    text = VerdictText(context, Localizer("fr", timezone=context.period.timezone))
    assert any(f"{context.metrics['nps'].figure.n} réponses" in line for line in text.mail_details())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_mail_says_beside_a_level_what_of_it_is_the_weight_of_sources(digests, language):
    """A level that another mix of sources lifts is no better opinion, in the summary of the mail too."""
    told = 0
    for context in digests:
        words = VerdictText(context, Localizer(language, timezone=context.period.timezone))
        cards = [each for row in card_rows(context, words) for each in row]
        mail = re.sub(r"\s+", " ", render_mail(context, language).text)
        for card in (each for each in cards if each.mix):
            assert re.sub(r"\s+", " ", card.mix) in mail
            told += 1
        for card in (each for each in cards if each.measured and not each.counted):
            assert bool(card.mix) == any(
                "Toutes mentions" in line or "All mentions" in line for line in card.lines[1:2]
            )
    assert told
