"""Changes in words: what is said of each direction, of opinion and of the mix of sources."""

import re

import pytest

from ouidire.measures import Change, Figure
from ouidire.measures.change import SourceMix
from reports.data.metric import Metric
from reports.words.figure_text import FigureText
from reports.words.language import Localizer


def metric(key="net_sentiment", *, unit="score", announced=False, n=60, **more):
    known = {"delta": -0.09, "low": -0.3, "high": 0.12, "p_value": 0.3, "visible": 0.21, "within": 0.26}
    change = Change(
        **(known | {"value_now": 0.1, "value_before": 0.19} | more),
        n_now=n,
        n_before=480,
        weeks=8,
        unit=unit,
        outcome="compared",
    )
    figure = Figure(value=0.1, low=-0.1, high=0.3, n=n, weight=n, unit=unit, basis="counted")
    return Metric(key=key, figure=figure, change=change, announced=announced)


def text(week, language="fr"):
    context = week("quiet").model_copy(update={"key_names": {"survey_file:own": "Enquête en caisse"}})
    return FigureText(context, Localizer(language, timezone="Europe/Paris"))


@pytest.mark.parametrize(
    ("more", "direction", "french", "english"),
    [
        (
            {},
            "no_visible_change",
            "pas de changement visible, +0,19 d’habitude (il aurait fallu ± 0,21)",
            "no visible change, usually +0.19 (it would have taken ± 0.21)",
        ),
        ({"within": 0.09}, "stable", "stable, +0,19 d’habitude", "stable, usually +0.19"),
        (
            {"beyond_noise": True},
            "watch",
            "à surveiller, peut-être en baisse, +0,19 d’habitude",
            "to watch, perhaps down, usually +0.19",
        ),
        ({"announced": True}, "down", "en baisse, +0,19 d’habitude", "down, usually +0.19"),
        (
            {"visible": 1.2},
            "no_visible_change",
            "pas de changement visible, +0,19 d’habitude (trop peu pour en voir un)",
            "no visible change, usually +0.19 (too few to see one)",
        ),
    ],
)
def test_each_direction_has_its_words(week, more, direction, french, english):
    said = metric(**more)
    assert said.direction == direction
    assert text(week).change(said).replace("\xa0", " ").replace("\u202f", " ") == french
    assert text(week, "en").change(said).replace("\xa0", " ") == english


def test_margins_are_those_of_the_unit():
    assert metric("nps", unit="points", within=9.9).direction == "stable"
    assert metric("nps", unit="points", within=10.1).direction == "no_visible_change"
    assert metric("delight", unit="ratio", within=0.05).direction == "stable"
    assert metric("delight", unit="ratio", within=0.06).direction == "no_visible_change"
    assert metric("volume", unit="count", value_before=60.0, within=11.0).direction == "stable"
    assert metric("volume", unit="count", value_before=60.0, within=13.0).direction == "no_visible_change"


def test_opinion_and_mix_are_told_apart_where_the_mix_counts(week):
    louder = SourceMix(value=0.06, source="survey_file:own", share_now=0.5, share_before=0.2)
    said = text(week).mix(metric(mix=louder)).replace("\xa0", " ").replace("\u202f", " ")
    assert said == (
        "Toutes mentions ensemble, −0,03, dont −0,09 d’opinion et +0,06 parce que la source "
        "« Enquête en caisse » pèse plus cette semaine (50 % des textes, 20 % d’habitude)"
    )
    quieter = louder.model_copy(update={"share_now": 0.1, "value": -0.06})
    assert "weighs less this week" in text(week, "en").mix(metric(mix=quieter))
    small = louder.model_copy(update={"source": ""})
    assert "les sources pèsent autrement" in text(week).mix(metric(mix=small))
    hardly = louder.model_copy(update={"value": 0.02})
    assert text(week).mix(metric(mix=hardly)) == ""
    assert text(week).mix(metric()) == ""


@pytest.mark.parametrize(
    ("unit", "delta", "value"), [("ratio", -0.016, 0.034), ("points", -2.4, 4.8), ("score", -0.0849, 0.0555)]
)
def test_what_is_printed_of_opinion_and_mix_makes_up_the_whole(week, unit, delta, value):
    mixed = SourceMix(value=value, source="", share_now=0.5, share_before=0.2)
    said = text(week).mix(metric("positive", unit=unit, delta=delta, mix=mixed))
    numbers = re.findall(r"[+-]?\d+(?:\.\d+)?", said.replace("−", "-").replace(",", "."))
    whole, opinion, weights = map(float, numbers[:3])
    assert whole == pytest.approx(opinion + weights)


def test_a_gap_stands_with_half_its_interval(week):
    assert text(week).gap(metric().change).replace("\xa0", " ") == "écart −0,09 ± 0,21"
    rate = metric("delight", unit="ratio", delta=0.23, visible=0.075).change
    assert text(week).gap(rate).replace("\xa0", " ") == "écart +23 ± 8 pts"
