"""Every sentence that shows a lever: « au moins », its condition, and no verb of cause without one."""

import re

import pytest

from ouidire.text.catalogue import LANGUAGES, catalogue
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.words.driver_text import DriverText
from reports.words.figure_text import FigureText
from reports.words.language import Localizer
from tests.support.fake_index import FakeIndex

SHOWN = {
    "digest": (r"drivers\.", r"foot\.drivers"),
    "brief": (r"brief\.in_general", r"brief\.no_reason", r"parts\."),
    "explorer": (r"(.*\.)?(no_)?drivers$",),
    "kibana": (r"levers\.drivers_", r"figures\.points_at_least", r"splits\.driver"),
}
"""By part of the catalogue: the keys of what is said where levers, or the parts of a move, are shown."""
EFFECT = re.compile(r"drivers\.(nps|delight|irritation)_(up|down)$")
CONDITION = {
    "fr": re.compile(r"\bs'ils \w+ comme les autres|à (sévérité|chaleur) égale|à autres thèmes"),
    "en": re.compile(r"\bif they \w+ as the others do|at equal (harshness|warmth)|other themes"),
}
AT_LEAST = {"fr": "au moins", "en": "at least"}
CAUSE = {
    "fr": re.compile(
        r"\b(co[uû]t\w*|rapport(e|ent|er)|p[eè]se\w*|entra[iî]n\w*|provoqu\w*|cause(nt|r)?|expliqu\w*|génèr\w*"
        r"|améliorer\w*|dégrad\w*|fai(t|re|ra) (gagner|perdre|baisser|monter|chuter)|serait|seraient"
        r"|grâce à|à cause d\w*|parce qu\w*|rapetisse\w*)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(costs?|earns?|brings?|weighs?|weigh|drives?|causes?|leads? to|explains?|generates?|improves?"
        r"|lowers?|raises?|would be|thanks to|because)\b",
        re.IGNORECASE,
    ),
}
DENIED = re.compile(r"(pas|non) une cause|n'est une cause|not a cause|no cause|None is a cause")


def straight(text):
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")


def sentences(language):
    """Every form of every sentence shown with levers, by part of the catalogue and key."""
    for part, patterns in SHOWN.items():
        for key, entry in catalogue(language, part).entries.items():
            if any(re.match(pattern, key) for pattern in patterns):
                forms = [entry] if isinstance(entry, str) else entry.values()
                yield from ((f"{part}:{key}", straight(form)) for form in forms)


def faults(language, text):
    """What a sentence says of cause without its condition."""
    left = DENIED.sub("", text)
    # what is said of the automatic reader is no claim on customers
    left = re.sub(r"« Au moins » : .*?effets\.|“At least”: .*?smaller\.", "", left)
    said = CAUSE[language].findall(left)
    return said if said and not CONDITION[language].search(left) else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_verb_of_cause_stands_without_its_condition(language):
    found = list(sentences(language))
    assert len(found) > 35
    assert not [(key, text) for key, text in found if faults(language, text)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "La livraison coûte 8 points"),
        ("fr", "Ce qui pèse sur la recommandation"),
        ("fr", "la recommandation serait 8 points plus haute"),
        ("fr", "Le NPS baisse à cause de la livraison"),
        ("en", "Delivery costs 8 points"),
        ("en", "What weighs on recommendation"),
        ("en", "recommendation would be 8 points higher"),
    ],
)
def test_a_bare_cause_is_found(language, text):
    assert faults(language, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_effect_says_at_least_and_its_condition(language):
    effects = {key: text for key, text in sentences(language) if EFFECT.search(key)}
    assert len(effects) == 6
    for key, text in effects.items():
        assert AT_LEAST[language] in text, key
        assert CONDITION[language].search(text), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_columns_of_dashboards_say_at_least_and_no_cause(language):
    found = dict(sentences(language))
    titles = [text for key, text in found.items() if key.startswith("kibana:levers.drivers_")]
    assert len(titles) == 3
    for title in titles:
        assert AT_LEAST[language] in title
        assert DENIED.search(title)
    assert AT_LEAST[language] in found["kibana:figures.points_at_least"]


@pytest.fixture(scope="module")
def context():
    edition = Edition(scope=Scope(brand="pousse"))
    return build(
        FakeIndex(documents("busy")), PERIOD, edition=edition, brands=BRANDS, now=NOW, sources=SOURCES
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_of_a_digest_s_levers_is_such_a_sentence(context, language):
    levers = DriverText(FigureText(context, Localizer(language, timezone=PERIOD.timezone)))
    lines = [line for _, listed in levers.driven() for line in listed]
    assert lines
    for line in lines:
        text = straight(line.text)
        assert AT_LEAST[language] in text
        assert CONDITION[language].search(text)
    assert DENIED.search(straight(levers.driven_note()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_says_so_too(context, language):
    general = catalogue(language, "brief").text("brief.in_general").partition(" {")[0]
    said = [
        each
        for each in render_mail(context, language).text.split("\n\n")
        if straight(general) in straight(each)
    ]
    assert said
    lever = " ".join(straight(said[0]).split())
    assert AT_LEAST[language] in lever
    assert CONDITION[language].search(lever)
