"""Where past figures are not those of the last digest: said in one line, with its cause."""

import re
from datetime import timedelta

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.builders.digest import build
from reports.builders.moves.past_changes import reported_of
from reports.data.collection import CollectionFacts
from reports.data.past_changes import ChangedPeriod
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from reports.words.language import Localizer
from reports.words.past_text import PastText
from reports.words.verdict_text import VerdictText
from tests.support.fake_index import FakeIndex

LAST = NOW - timedelta(weeks=1)


def rebuilt(found, reported, **options):
    return build(
        FakeIndex(found),
        PERIOD,
        brands=BRANDS,
        now=NOW,
        sources=SOURCES,
        edition=Edition(scope=Scope(brand="pousse")),
        facts=CollectionFacts(reported=reported, **options),
    )


@pytest.fixture
def last(week):
    """What the digest of the week before showed of each week, as it happens to be still."""
    return reported_of(week("quiet").history, period=PERIOD.before(1)[0].key, at=LAST)


def test_what_is_as_it_was_is_not_spoken_of(week, last):
    context = rebuilt(documents("quiet"), last)
    assert context.changed_past == ()
    assert rebuilt(documents("quiet"), None).changed_past == ()


def test_what_came_and_what_was_taken_out_since_is_told_with_its_cause(last):
    (before,) = PERIOD.before(1)
    key = before.key
    found = list(documents("quiet"))
    ours = [each for each in found if each.kind == "mention" and each.brands == ("pousse",)]
    there = [each for each in ours if before.start <= each.period_at < before.end]
    came = there[0].model_copy(update={"id": "came", "first_seen_at": LAST + timedelta(days=2)})
    kept = [each for each in found if each not in there[1:4]]
    for erased, cause in ((0, "other"), (2, "erased")):
        (changed,) = rebuilt([*kept, came], last.model_copy(update={"erased": erased})).changed_past
        assert changed.period.key == key
        assert (changed.was, changed.now, changed.came, changed.gone) == (
            last.counts[key],
            last.counts[key] - 2,
            1,
            3,
        )
        assert changed.causes == (cause,)


def test_a_level_is_compared_with_its_own_kind_alone(week, last):
    key = PERIOD.before(1)[0].key
    asked = last.model_copy(update={"positive": {}, "nps": {key: -90}})
    assert rebuilt(documents("quiet"), asked).changed_past == ()
    read_again = last.model_copy(update={"positive": last.positive | {key: last.positive[key] + 4}})
    (changed,) = rebuilt(documents("quiet"), read_again).changed_past
    assert (changed.level, changed.came, changed.gone) == ("positive", 0, 0)
    assert changed.level_was == changed.level_now + 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_says_the_latest_and_counts_the_others(week, language):
    before = PERIOD.before(3)
    changed = tuple(
        ChangedPeriod(period=period, was=65, now=66, came=2, gone=1, causes=("erased", "corrected"))
        for period in reversed(before)
    )
    context = week("quiet").model_copy(update={"changed_past": changed})
    text = re.sub(r"\s+", " ", render_mail(context, language).text)
    expected = {
        "fr": "Semaine du 23 février : 66 mentions, 65 dans le dernier bilan (2 arrivées depuis et une de"
        " moins : effacement demandé et correction d’une personne). - 2 autres périodes passées ont changé",
        "en": "Week of 23 February: 66 mentions, 65 in the last digest (2 arrived since and one fewer:"
        " erased on request and corrected by a person). - 2 more past periods have changed",
    }[language]
    assert expected in text
    whole = PastText(VerdictText(context, Localizer(language, timezone="Europe/Paris")))
    assert len(whole.lines()) == len(changed)
