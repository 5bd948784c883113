"""Which identity a page's reviews have, over runs: chosen once, whatever their ids count like afterwards."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import crawlers.spawn
from ouidire.state.items import all_events, present_items
from service.pipeline.collect.crawl_source import collect
from service.pipeline.collect.import_pages import reparse
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.keep.forget import erase
from tests.support.faulty_site import FaultSite
from tests.support.pipeline_chain import configuration, crawl, installation_at

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
URL = "http://avis.example/avis/pousse"
WORDS = ("Parfait.", "Bien.", "Trop cher.", "Une belle allée, on y retourne.", "Accueil aimable.", "Long.")


def review(name, number):
    return {
        "@type": "Review",
        "@id": f"{URL}#{name}",
        "author": f"Client {number}",
        "datePublished": f"2026-01-{10 + number:02d}",
        "reviewBody": WORDS[number % len(WORDS)],
        "reviewRating": {"ratingValue": 1 + number % 5},
    }


def page(*reviews):
    shop = {
        "@type": "Store",
        "name": "Pousse & Compagnie",
        "aggregateRating": {"ratingValue": 4, "reviewCount": len(reviews)},
        "review": list(reviews),
    }
    script = f'<script type="application/ld+json">{json.dumps(shop)}</script>'
    return f"<!doctype html><html><head>{script}</head><body></body></html>".encode()


def counted(numbers, first=0):
    """Reviews whose ids count up in the order of the page."""
    return [review(f"avis-{first + place}", number) for place, number in enumerate(numbers)]


def own(ids):
    """Reviews whose ids are their own: a number each, kept for ever."""
    return [review(f"avis-{native}", number) for native, number in ids]


@pytest.fixture
def weeks(tmp_path, monkeypatch):
    """Plays one page a week; returns each run, the present items and the events after all."""
    monkeypatch.setattr(crawlers.spawn, "run_job", crawl)
    listing = {"source": "schema_org", "brands": ["pousse-et-compagnie"], "every": "1w"}
    data = configuration(source=[{**listing, "params": {"url": URL, "expect": "reviews"}}], recipient=[])

    def played(*bodies, after=None, again=False):
        runs = []
        with FaultSite() as site:
            for week, body in enumerate(bodies):
                site.pages["/avis/pousse"] = body
                installation = installation_at(tmp_path, START + timedelta(weeks=week), site=site, data=data)
                (source,) = configured_sources(installation.settings)
                collect(installation, source, full=True)
                ingested = ingest_waiting(installation)
                runs += [each.run for each in ingested]
                if after is not None:
                    after(installation, week)
                if again:
                    reparse(installation, runs[-1])
                    ingest_waiting(installation)
                with installation.state.read() as connection:
                    events = Counter(event.type for event in all_events(connection))
                    present = present_items(connection, source.key, limit=100)
                installation.close()
        return runs, present, events

    return played


def news(runs):
    return [(run.new, run.updated, run.vanished) for run in runs]


def test_own_ids_that_count_up_by_chance_and_then_no_more(weeks):
    first = own([(5, 0), (6, 1), (7, 2), (8, 3)])
    second = own([(31, 4), (5, 0), (6, 1), (7, 2), (8, 3)])
    third = own([(40, 5), (31, 4), (5, 0), (6, 1), (7, 2), (8, 3)])
    runs, present, events = weeks(page(*first), page(*second), page(*third))
    assert news(runs) == [(4, 0, 0), (1, 0, 0), (1, 0, 0)]
    assert (len(present), events["vanished"], events["edited"]) == (6, 0, 0)


def test_own_ids_that_come_to_count_up_by_chance(weeks):
    first = own([(9, 4), (7, 2), (6, 1), (5, 0)])
    second = own([(5, 0), (6, 1), (7, 2)])
    third = own([(5, 0), (6, 1), (7, 2), (12, 3)])
    runs, present, events = weeks(page(*first), page(*second), page(*third))
    assert [each.new for each in runs] == [4, 0, 1]
    assert events["edited"] == 0
    assert len({each.id for each in present}) == len(present)


def test_places_that_count_up_on_every_page(weeks):
    runs, present, events = weeks(
        page(*counted([0, 1, 2])), page(*counted([3, 0, 1, 2])), page(*counted([4, 3, 0, 1, 2]))
    )
    assert news(runs) == [(3, 0, 0), (1, 0, 0), (1, 0, 0)]
    assert (len(present), events["edited"]) == (5, 0)


def test_what_was_erased_does_not_come_back_under_its_other_identity(weeks):
    first = own([(5, 0), (6, 1), (7, 2), (8, 3)])
    second = own([(31, 4), (5, 0), (6, 1), (7, 2), (8, 3)])
    gone = []

    def after(installation, week):
        if week == 0:
            with installation.state.read() as connection:
                listed = present_items(connection, "schema_org:avis.example/avis/pousse", limit=9)
            gone.append(min(each.id for each in listed))
            erase(installation, item_id=gone[0])

    _, present, _ = weeks(page(*first), page(*second), page(*second), after=after)
    assert len(present) == 4
    assert gone[0] not in {each.id for each in present}


def test_pages_read_again_have_the_identity_that_was_chosen(weeks):
    first = own([(5, 0), (6, 1), (7, 2), (8, 3)])
    second = own([(31, 4), (5, 0), (6, 1), (7, 2), (8, 3)])
    _, present, events = weeks(page(*first), page(*second), again=True)
    assert (len(present), events["vanished"], events["edited"]) == (5, 0, 0)
