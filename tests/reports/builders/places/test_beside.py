"""A shop beside all shops: counts that sum, rates with their intervals, no rate of few, no rank."""

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.words.beside_text import BesideText
from reports.words.figure_text import FigureText
from reports.words.language import Localizer
from tests.support.fake_index import FakeIndex


def shop(*places, few=None, kind="busy", **scope):
    listed = list(documents(kind))
    if few is not None:
        theirs = [
            each.id for each in listed if each.kind == "mention" and each.place == places[0] and in_week(each)
        ]
        gone = set(theirs[few:])
        listed = [each for each in listed if each.id not in gone]
    edition = Edition(name="lyon", role="place", scope=Scope(brand="pousse", places=places, **scope))
    return build(FakeIndex(listed), PERIOD, brands=BRANDS, now=NOW, sources=SOURCES, edition=edition), listed


def in_week(document):
    return document.brands == ("pousse",) and PERIOD.start <= document.period_at < PERIOD.end


def lines(context, language="fr"):
    localizer = Localizer(language, timezone="Europe/Paris")
    return [
        line.replace("\u00a0", " ").replace("\u202f", " ")
        for line in BesideText(FigureText(context, localizer)).lines()
    ]


def test_a_shop_stands_beside_all_shops_and_counts_agree():
    context, listed = shop("Lyon")
    named = [each for each in listed if each.kind == "mention" and each.place and in_week(each)]
    once = [each for each in named if each.duplicate_of is None]
    beside = context.beside
    assert (beside.n, beside.whole) == (sum(each.place == "Lyon" for each in once), len(once))
    assert beside.members == len({each.place for each in once})
    assert beside.n == context.talk.volume.figure.n
    assert beside.delight.value == pytest.approx(context.delight.delight.figure.value)
    assert beside.delight.low <= beside.delight.value <= beside.delight.high
    assert beside.delight_of_all.n == len(once)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_the_mail_and_in_the_attached_page(language):
    context, _ = shop("Lyon")
    found = render_mail(context, language)
    counts, rates = lines(context, language)
    for text in (found.text, found.html, found.attachments[0].html):
        flat = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
        assert counts in flat
        assert rates.split("(")[0].strip() in flat


def test_few_mentions_have_counts_and_no_rate():
    context, _ = shop("Lyon", few=12)
    assert context.beside.n == 12
    assert context.beside.delight is context.beside.delight_of_all is None
    counts, few = lines(context)
    assert counts.startswith("Ici 12 mentions, sur ")
    assert few == "12 mentions, c’est trop peu pour un taux."
    assert "%" not in counts + few
    single, _ = shop("Lyon", few=1)
    assert lines(single)[0].startswith("Ici 1 mention, sur ")


def test_what_has_no_others_stands_alone():
    assert shop()[0].beside is None
    listed = [
        each.model_copy(update={"place": "Lyon"}) if each.kind == "mention" and each.place else each
        for each in documents("busy")
    ]
    alone = build(
        FakeIndex(listed),
        PERIOD,
        brands=BRANDS,
        now=NOW,
        sources=SOURCES,
        edition=Edition(role="place", scope=Scope(brand="pousse", places=("Lyon",))),
    )
    assert alone.beside is None
    assert lines(alone) == []


def test_withdrawn_reviews_of_other_shops_are_not_a_shops():
    """Events know no place: their reviews do."""
    context, listed = shop("Lyon")
    assert context.reviews.vanished == 0
    events = [each for each in listed if each.kind == "event" and each.type == "vanished"]
    ours = next(each for each in listed if each.kind == "mention" and each.place == "Lyon" and in_week(each))
    mine = events[0].model_copy(update={"subject_id": ours.id})
    rest = [mine if each is events[0] else each for each in listed]
    edition = Edition(role="place", scope=Scope(brand="pousse", places=("Lyon",)))
    found = build(FakeIndex(rest), PERIOD, brands=BRANDS, now=NOW, sources=SOURCES, edition=edition)
    assert found.reviews.vanished == 1
    assert [each.type for each in found.reviews.examples] == ["vanished"]
