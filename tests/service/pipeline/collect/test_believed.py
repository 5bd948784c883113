"""What a site is believed, from its page to the state: a listing goes wrong in its fourth week."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import crawlers.spawn
from ouidire.state.items import all_events, present_items
from service.pipeline.answers import answer
from service.pipeline.collect.crawl_source import collect
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.ingest import ingest_waiting
from tests.support.faulty_site import FaultSite
from tests.support.pipeline_chain import configuration, crawl, installation_at

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
OURS = "Pousse & Compagnie"


def review(number, *, who="ours", **more):
    return {
        "@type": "Review",
        "identifier": f"{who}-{number * 7919 % 10007}",  # in no order that counts
        "author": f"Client {who} {number}",
        "datePublished": f"2026-01-{1 + number % 28:02d}",
        "reviewBody": f"Accueil parfait, allée {number}, on y retourne.",
        "reviewRating": {"ratingValue": 1 + number % 5},
        **more,
    }


def shop(*reviews, name=OURS, total=None):
    rating = {"aggregateRating": {"ratingValue": 4, "reviewCount": total}} if total is not None else {}
    return {"@type": "Store", "name": name, "review": list(reviews), **rating}


def page(*blocks, words=""):
    scripts = "".join(
        f'<script type="application/ld+json">{each if isinstance(each, str) else json.dumps(each)}</script>'
        for each in blocks
    )
    return f"<!doctype html><html><head>{scripts}</head><body><h1>Avis</h1>{words}</body></html>".encode()


def ours(size=40, **more):
    return [review(number, **more) for number in range(size)]


WELL = page(shop(*ours(), total=40))
FAULTS = {
    # the page of the fourth week, the status, what the reason says
    "another company": (
        page(shop(*[review(n, who="dupont") for n in range(40)], name="Plomberie Dupont", total=40)),
        "layout_changed",
        '"Plomberie Dupont", before about "Pousse & Compagnie"; of 40 mentions read, 0 were known (of 40)',
    ),
    "five other shops on an error page": (
        page(*[shop(review(n, who=f"autre{n}"), name=f"Boutique {n}") for n in range(5)]),
        "layout_changed",
        "before about",
    ),
    "an error that says there are none": (
        page(words="<p>Une erreur est survenue : aucun avis n’a pu être chargé. Réessayez plus tard.</p>"),
        "layout_changed",
        "",
    ),
    "a page that says there are none": (
        page(words="<p>Aucun avis pour le moment.</p>"),
        "degraded",
        "where 40 were found before",
    ),
    "an empty list": (page(shop()), "degraded", "where 40 were found before"),
    "a count of zero": (page(shop(total=0)), "degraded", "where 40 were found before"),
    "a block that breaks off": (
        page(shop(*ours(20)), json.dumps(shop(*ours()[20:]))[:-200]),
        "degraded",
        "could not be read whole (JSON-LD script 2)",
    ),
    "half a listing": (page(shop(*ours(20))), "degraded", "20 found, usually 40"),
    "other shops beside our own": (
        page(
            shop(*ours(), total=40),
            *[shop(review(n, who=f"autre{n}"), name=f"Boutique {n}") for n in range(5)],
        ),
        "degraded",
        '5 left out, which are about another ("Boutique 0")',
    ),
    "half the ratings": (
        page(shop(*ours(20), *[{**each, "reviewRating": None} for each in ours()[20:]])),
        "degraded",
        "rating filled in 50% of 40 mentions, usually 100%",
    ),
}
HONEST = {
    "a brand that renames itself": page(shop(*ours(), name="Verte Maison", total=40)),
    "a brand that renames itself, and has new ones": page(shop(*ours(43), name="Verte Maison", total=43)),
    "one that was withdrawn": page(shop(*ours(39), total=39)),
    "three that are new": page(shop(*ours(43), total=43)),
}
SIZES = {
    "a brand that renames itself, and has new ones": 43,
    "one that was withdrawn": 39,
    "three that are new": 43,
}


@pytest.fixture
def fourth_week(tmp_path, monkeypatch):
    """Collects and ingests three good weeks, then one with the page given; returns its run and the state."""
    monkeypatch.setattr(crawlers.spawn, "run_job", crawl)

    def played(body, *, accept=False):
        listing = {"source": "schema_org", "brands": ["pousse-et-compagnie"], "every": "1w"}
        params = {"url": "http://avis.example/avis/pousse", "expect": "reviews"}
        data = configuration(source=[{**listing, "params": params}], recipient=[])
        with FaultSite() as site:
            for week in range(5 if accept else 4):
                site.pages["/avis/pousse"] = WELL if week < 3 else body
                moment = START + timedelta(weeks=week)
                installation = installation_at(tmp_path, moment, site=site, data=data)
                (source,) = configured_sources(installation.settings)
                run = collect(installation, source, full=True)
                ingest_waiting(installation)
                if accept and week == 3:
                    answer(installation, run.id, accept=True)
                with installation.state.read() as connection:
                    events = Counter(event.type for event in all_events(connection))
                    present = present_items(connection, source.key, limit=100)
                installation.close()
        return run, present, events

    return played


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_changes_nothing_of_what_was_known(fourth_week, fault):
    body, status, said = FAULTS[fault]
    run, present, events = fourth_week(body)
    assert (run.status, said in run.reason) == (status, True), run.reason
    assert not run.summary.complete
    assert (len(present), events["vanished"]) == (40, 0)


@pytest.mark.parametrize("page", HONEST)
def test_what_is_honest_is_believed(fourth_week, page):
    run, present, events = fourth_week(HONEST[page])
    assert (run.status, run.summary.complete) == ("ok", True), run.reason
    assert len(present) == SIZES.get(page, 40)
    assert events["vanished"] == (page == "one that was withdrawn")


def test_a_fall_that_a_person_accepts_is_what_is_usual(fourth_week):
    run, present, _ = fourth_week(page(shop(*ours(20), total=20)), accept=True)
    assert (run.status, run.summary.complete, len(present)) == ("ok", True, 20), run.reason
