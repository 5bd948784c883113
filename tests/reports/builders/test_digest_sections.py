"""Drivers, experience, key moments and editions: each section only where something filled it."""

import re
from datetime import date
from typing import get_args

import pytest

from enrichment.lexicons.taxonomy import aspects
from ouidire.annotations import Stage
from ouidire.documents import MentionDocument
from ouidire.period import period_of
from ouidire.settings.brand import Brand
from ouidire.text.catalogue import LANGUAGES, catalogue
from reports.builders.digest import build
from reports.data.roles import SECTIONS
from reports.data.scope import Edition, Scope
from reports.rendering.render import render
from reports.samples import BRANDS, NOW, OWN, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex


def edition(role="brand", **scope):
    return Edition(name=role, role=role, scope=Scope(brand="pousse", **scope))


LYON = edition("place", places=("Lyon",))


def words(text):
    return " ".join(text.split())


def test_drivers_are_told_in_points_with_interval_and_n(week):
    driven = {each.key: each for each in week("busy").experience.driven}
    nps = driven["nps"]
    assert nps.periods == 9
    product = next(each for each in nps.found.drivers if each.code == "product_quality:negative")
    assert product.announced
    assert product.low <= product.value <= product.high < 0
    assert product.n == nps.found.n > 600
    assert product.value == pytest.approx(100 * product.share * product.coefficient)
    text = words(render(week("busy"), "fr").text)
    assert re.search(
        rf"Ceux qui critiquent la qualité du produit \({product.n_now} textes cette semaine\) : "
        rf"la recommandation serait {round(abs(product.value))} points plus haute, au moins, s’ils "
        rf"notaient comme les autres \(de \d+ à \d+, n = {product.n_coded} en 9 semaines\)",
        text,
    )
    assert not re.search(r"\b(coûte|rapporte)\b", text)
    assert "Une association, pas une cause" in text


def test_drivers_this_week_alone_where_versions_are_mixed():
    now = [
        each
        for each in documents("busy")
        if isinstance(each, MentionDocument) and each.period_at >= PERIOD.start
    ]
    changed = [*documents("busy"), *(each.model_copy(update={"versions": ("aspects@2",)}) for each in now)]
    context = build(FakeIndex(changed), PERIOD, edition=edition(), brands=BRANDS, now=NOW, sources=SOURCES)
    assert {each.periods for each in context.experience.driven} == {1}
    assert {each.found.n for each in context.experience.driven} == {131}


def test_nothing_filled_means_no_block(week):
    experience = week("bare").experience
    assert experience.driven == ()
    assert not experience.metrics or {each.key for each in experience.metrics} <= {
        "spike",
        "reply_rate",
        "reply_days",
    }
    assert (experience.memory, experience.journey, experience.service, experience.effort) == (None,) * 4
    text = render(week("bare"), "fr").text
    assert "Ce qu’ils ont vécu" not in text
    assert "association" not in text


def test_what_people_went_through_and_will_do(week):
    experience = week("busy").experience
    assert experience.leaving.reading.direction == "up"
    assert experience.leaving.to == (("Le Grand Arrosoir", 11),)
    assert experience.service.n == next(
        row.n for row in experience.journey.rows if row.stage == "customer_service"
    )
    assert (
        experience.effort.none + experience.effort.some + experience.effort.a_lot
        == experience.effort.reading.figure.n
    )
    assert experience.memory.ends_well.n == 131
    assert experience.memory.moment.id not in {quote.id for quote in week("busy").quotes}


def test_a_spike_is_told_with_its_day_and_what_it_is_about(week):
    day = week("busy").experience.day
    assert day.day.astimezone(tz=None) >= PERIOD.start
    assert day.themes[0][0].endswith(":negative")
    assert day.quote.id not in {quote.id for quote in week("busy").quotes}
    text = words(render(week("busy"), "fr").text)
    assert "Jeudi 5 mars : 65 mentions, contre 9 par jour d’habitude" in text
    assert "On y parle surtout de : service client, en mal (16)" in text
    assert week("quiet").experience.day is None


def test_the_first_page_is_told_by_who_stands_behind_it(week):
    main = week("busy").convince.main
    assert (main.results, main.owned, main.review_sites, main.competitors, main.earned, main.hostile) == (
        9,
        1,
        2,
        1,
        5,
        1,
    )
    assert [(move.before, move.after) for move in week("busy").convince.ratings] == [(4.2, 3.9)]
    assert [row.was for row in main.rows] == [None] * 4 + [4, 5, 6, 7, 8]
    text = words(render(week("busy"), "fr").text)
    assert "1 sur 9 à vous, 5 gagnés, 2 sites d’avis, un concurrent, un résultat défavorable" in text
    assert "était" not in text  # an entrant moves all others by one: no news


def test_competitors_are_measured_on_the_same_sites(week):
    voices = week("busy").talk.voices
    assert [voice.brand.slug for voice in voices] == ["pousse", "arrosoir", "terre-folle"]
    assert all(0 < voice.rated <= voice.n for voice in voices)
    assert all((voice.stars is None) == (voice.rated < 20) for voice in voices)


@pytest.mark.parametrize("role", SECTIONS)
def test_every_role_reads_its_own(role):
    context = build(
        FakeIndex(documents("busy")), PERIOD, edition=edition(role), brands=BRANDS, now=NOW, sources=SOURCES
    )
    assert (context.convince is None) == ("page" not in SECTIONS[role])
    for language in LANGUAGES:
        found = render(context, language)
        page = {"fr": "La première page", "en": "The first page"}[language]
        unseen = {"fr": "Ce que nous n’avons pas\u00a0pu\u00a0voir", "en": "What we could not see"}[language]
        assert (page in found.text) == (page in found.html) == ("page" in SECTIONS[role])
        assert unseen in found.text
        assert unseen in found.html
        assert len(found.html.encode()) < 80_000


def test_a_place_is_read_alone():
    context = build(
        FakeIndex(documents("busy")),
        PERIOD,
        edition=edition("place", places=("Lyon",)),
        brands=BRANDS,
        now=NOW,
        sources=SOURCES,
    )
    assert {quote.place for quote in context.quotes} == {"Lyon"}
    assert 20 < context.talk.volume.figure.n < 60
    assert context.talk.share is None
    found = render(context, "fr")
    assert words(found.subject).startswith("Pousse & Compagnie · Lyon, du lundi 2")


def test_sources_and_languages_are_read_alone():
    english = build(
        FakeIndex(documents("busy")),
        PERIOD,
        edition=edition(languages=("en",)),
        brands=BRANDS,
        now=NOW,
        sources=SOURCES,
    )
    assert {quote.language for quote in english.quotes} == {"en"}
    assert "anglais" in render(english, "fr").subject
    till = build(
        FakeIndex(documents("busy")),
        PERIOD,
        edition=edition(sources=("survey_file",)),
        brands=BRANDS,
        now=NOW,
        sources=SOURCES,
    )
    assert {quote.site for quote in till.quotes} == {"survey_file"}
    assert till.engage.nps.figure.basis == "asked"
    assert till.blind.sources == 1


def test_a_month_is_a_period_like_any_other():
    month = period_of("month", date(2026, 2, 10), timezone="Europe/Paris")
    context = build(
        FakeIndex(documents("quiet")), month, edition=edition(), brands=BRANDS, now=NOW, sources=SOURCES
    )
    assert context.talk.volume.figure.n > 200
    found = render(context, "fr")
    assert "en février 2026" in words(found.text)
    assert "ce mois-ci" in words(found.text)
    ours = re.sub(r"« [^»]* »", "", words(found.text))  # customers speak of what they will
    assert "semaine" not in ours.replace("semaines passées", "")


def test_twelve_brands_fit_in_eighty_kilobytes():
    """A mail beyond 102 KB is cut by some readers; twelve brands must fit well within."""
    listed = list(documents("busy"))
    many = [
        Brand(slug=f"rival-{at}", name=f"Les Jardins de la Concurrence nº {at}", role="competitor")
        for at in range(11)
    ]
    copies = [
        each.model_copy(
            update={
                "id": f"{each.id}-{brand.slug}",
                "brands": (brand.slug,),
                "source_key": f"{each.source}:{brand.slug}",
            }
        )
        for brand in many
        for each in listed
        if each.kind in ("mention", "run") and each.brands == ("arrosoir",)
    ]
    context = build(
        FakeIndex([*listed, *copies]),
        PERIOD,
        edition=edition(),
        brands=(OWN, *many),
        now=NOW,
        sources=SOURCES,
    )
    assert len(context.talk.voices) == 12
    size = len(render(context, "fr").html.encode())
    print(f"busy week, twelve brands: {size:,} bytes")  # noqa: T201 (printed with -s)
    assert size < 80_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_aspect_has_a_name_and_an_article(language):
    known = catalogue(language, "digest").entries
    assert {f"{kind}.{name}" for name in aspects() for kind in ("aspect", "aspect_the")} <= set(known)
    assert {f"stage.{name}" for name in get_args(Stage)} <= set(known)
