"""What a site changes wholesale is told once, as the site's doing."""

import pytest

from ouidire.period import last_full_period
from reports.rendering.render import render
from service.pipeline.answers import answer, apply_answers
from service.pipeline.report.digests import digest_context, edition_of
from tests.support.readings import House, changed, moved, reviews


@pytest.fixture
def house(tmp_path, monkeypatch):
    made = House(tmp_path, monkeypatch)
    yield made
    made.close()


def told(house, language="fr"):
    """The last week's digest, as one line of text."""
    installation = house.open()
    week = last_full_period("week", installation.clock(), timezone=installation.settings.timezone)
    edition = edition_of(installation.settings.editions["brand"], "pousse-et-compagnie")
    context = digest_context(installation, week, edition=edition)
    return " ".join(render(context, language=language).text.split())


def test_held_changes_are_told_once_as_the_sites_doing(house):
    house.reads(reviews(0, 36))
    run = house.reads([moved(each, 1) for each in reviews(0, 36)]).run
    house.weeks += 0.9
    assert "d’un coup les dates de 36 avis déjà connus. Nous gardons ce qui était connu" in told(house)
    assert "changed the dates of 36 known reviews at once. We keep what was known" in told(house, "en")
    assert "modifiés" not in told(house)
    house.weeks += 1
    assert "le site a changé" not in told(house)
    answer(house.open(), run.id, accept=True)
    apply_answers(house.open())
    house.weeks += 1
    assert "accepté pour 36 avis : les chiffres depuis le" in told(house)


def test_renamed_reviews_are_told_as_recognised(house):
    house.reads(reviews(0, 36))
    house.reads([changed(each, native_id=f"new-{each.native_id}") for each in reviews(0, 36)])
    house.weeks += 0.9
    assert "36 avis déjà connus ; ils sont reconnus, et n’ont pas été retirés." in told(house)
