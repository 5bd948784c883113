"""Every panel of every dashboard, run on a real server with the demo's first weeks: it has rows,
and its figures are the digest's."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from elasticsearch import Elasticsearch

import crawlers.spawn
from ouidire.documents import MODELS
from ouidire.engines.documents import AnswerDocument
from ouidire.index import Query, Term
from ouidire.period import last_full_period
from ouidire.state.runs import list_runs
from ouidire.text.catalogue import catalogue
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from search.elastic.mappings import alias
from search.kibana.describe import TIME_FIELDS
from search.kibana.lint import panels_of
from search.kibana.objects import saved_objects
from service.demo import crawl_time
from service.pipeline.index.move import move
from tests.search.elastic.conftest import URL, WORKER
from tests.support.fresh_elastic_index import erase
from tests.support.lens_query import asked, rows_of
from tests.support.pipeline_chain import Chain, configuration, crawl, listing, query

BRAND = "pousse-et-compagnie"
PREFIX = f"kibana-{WORKER}"
WEEKS = 3
RARE = {"stars_before", "stars_after", "reason", "shown_rating", "shown_rating_count", "query", "subject"}
"""What three weeks of the demo do not have to fill."""
pytestmark = pytest.mark.timeout(1200)
PANELS = [
    (page["attributes"]["title"], panel["title"], page, panel)
    for page in saved_objects(PREFIX, "fr")
    if page["type"] == "dashboard"
    for panel in panels_of(page)
]
CHARTS = [each for each in PANELS if each[3]["type"] == "lens"]
SEARCHES = [each for each in saved_objects(PREFIX, "fr") if each["type"] == "search"]


def answers():
    """Answers of an assistant, which the demo does not ask: some name and cite the brand."""
    for number in range(12):
        is_category = number % 3 > 0
        yield AnswerDocument(
            id=f"answer-{number}",
            revision=1,
            source="assistant_answers",
            source_key="assistant_answers:made-up",
            run_id="run",
            engine="made-up",
            model=f"made-up-{number % 2 + 1}",
            surface="API",
            question_id=f"q{number % 3}",
            question_kind="category" if is_category else "brand",
            question="Quelle jardinerie choisir à Lyon ?" if is_category else "Que penser d'elle ?",
            brands=(BRAND,),
            asked_at=crawl_time(WEEKS) - timedelta(days=number),
            text="Pousse & Compagnie, ou Terre Folle.",
            brands_named=(BRAND, "terre-folle") if number % 2 else ("terre-folle",),
            named=float(number % 2),
            cited=float(number % 4 == 1),
            cited_domains=("pousse-et-compagnie.example",) if number % 4 == 1 else ("terre-folle.example",),
            cost=0.01,
        )


def with_themes(index):
    """Mentions of deliveries with a theme that came up, which takes nine weeks to."""
    spoken = Query(text="livraison", where=(Term(field="brands", any_of=(BRAND,)),))
    for hit in index.search(spoken, size=50).hits:
        yield hit.document.model_copy(
            update={"emergent": ("colis-perdus",), "revision": hit.document.revision + 1}
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo's first weeks, on Elasticsearch, and the installation that they were played in."""
    with pytest.MonkeyPatch.context() as patch, Elasticsearch(URL) as client:
        patch.setattr(crawlers.spawn, "run_job", crawl)
        erase(client, PREFIX)
        data = configuration(index={"backend": "sqlite", "url": [URL], "prefix": PREFIX}, recipient=[])
        data["source"] += [
            query("meilleure jardinerie lyon", "category"),
            listing("terre-folle", "terre-folle"),
        ]
        data["source"] += [
            listing("pousse-et-compagnie"),
            listing("pousse-et-compagnie-lille", place="Lille Centre"),
        ]  # some are delighted
        played = Chain(tmp_path_factory.mktemp("kibana"), data)
        for week in range(1, WEEKS + 1):
            assert played.week(week).problems == ()
        installation = played.open(WEEKS)
        move(installation, "elasticsearch")
        index = installation.index_on("elasticsearch")
        index.upsert([*answers(), *with_themes(index)])
        yield installation
        installation.close()
        played.close()


@pytest.fixture
def client():
    with Elasticsearch(URL) as made:
        yield made


@pytest.fixture(scope="module")
def digest(demo):
    """The last week's digest, built from Elasticsearch."""
    period = last_full_period("week", crawl_time(WEEKS), timezone=demo.settings.timezone)
    reader = demo.index_on("elasticsearch")
    return period, build(
        reader,
        period,
        edition=Edition(scope=Scope(brand=BRAND)),
        brands=demo.settings.brand,
        now=crawl_time(WEEKS),
    )


def kind_of(page, panel):
    views = {
        each["id"]: each["attributes"]["title"]
        for each in saved_objects(PREFIX, "fr")
        if each["type"] == "index-pattern"
    }
    (view,) = [
        views[ref["id"]] for ref in page["references"] if ref["name"].startswith(f"{panel['panelIndex']}:")
    ]
    return next(kind for kind in MODELS if alias(PREFIX, kind) == view)


def rows(client, title, *, where=()):
    _, _, page, panel = next(each for each in CHARTS if each[1] == title)
    kind = kind_of(page, panel)
    return rows_of(client, panel, alias(PREFIX, kind), time_field=TIME_FIELDS[kind], where=where)


def within(kind, period, brand=BRAND):
    return (
        {"range": {TIME_FIELDS[kind]: {"gte": period.start.isoformat(), "lt": period.end.isoformat()}}},
        {"term": {"brands": brand}},
    )


@pytest.mark.parametrize(
    ("page", "title"),
    [(page, title) for page, title, *_ in CHARTS],
    ids=[f"{each[0]}-{each[1]}" for each in CHARTS],
)
def test_every_panel_has_rows(demo, client, page, title):
    found = rows(client, title)
    assert found
    assert sum(row[""] for row in found) > 0
    for label in found[0]:
        assert any(row[label] is not None for row in found), f"{label} is never known"


@pytest.mark.parametrize("search", SEARCHES, ids=lambda each: each["attributes"]["title"])
def test_every_search_finds_something(demo, client, search):
    meta = json.loads(search["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    views = {
        each["id"]: each["attributes"]["title"]
        for each in saved_objects(PREFIX, "fr")
        if each["type"] == "index-pattern"
    }
    (view,) = [views[ref["id"]] for ref in search["references"]]
    sort = [{field: {"order": order, "missing": "_last"}} for field, order in search["attributes"]["sort"]]
    hits = client.search(index=view, query=asked(meta["query"]["query"]), sort=sort, size=50)["hits"]["hits"]
    assert hits
    for column in search["attributes"]["columns"]:
        if column not in RARE:
            assert any(hit["_source"].get(column) not in (None, [], "") for hit in hits), (
                f"{column} is never filled"
            )


def test_figures_are_the_digest_s(demo, client, digest):
    period, context = digest
    where = within("mention", period)
    expected = {
        "Mentions": context.talk.volume,
        "NPS d’après les étoiles": context.engage.stars,
        "Part de positif, lue dans les mots": context.engage.positive,
        "Enchantement": context.delight.delight,
        "Irritation": context.delight.irritation,
        "Sentiment net": context.engage.net_sentiment,
    }
    for title, reading in expected.items():
        (row,) = rows(client, title, where=where)
        assert reading.figure.n > 0
        assert row[title] == pytest.approx(reading.figure.value, abs=1e-9), title


@pytest.mark.parametrize("of", ["delight", "irritation", "nps"])
def test_drivers_are_the_digest_s(demo, client, digest, of):
    period, context = digest
    told = {
        each.code: each
        for driven in context.experience.driven
        if driven.key == of
        for each in driven.found.drivers
    }
    assert told
    week = {"term": {"period_end": period.end.isoformat()}}
    title = catalogue("fr", "kibana").text(f"levers.drivers_{of}")
    assert "au moins" in title
    found = {row["Levier"]: row for row in rows(client, title, where=(week,))}
    assert found.keys() == told.keys()
    for code, driver in told.items():
        row = found[code]
        assert (row["Points, au moins"], row["De"], row["À"]) == pytest.approx(
            (driver.value, driver.low, driver.high), abs=1e-8
        )
        assert (row["n"], row["Marque"]) == (driver.n_coded, BRAND)


def test_intervals_are_the_digest_s(demo, client, digest):
    period, context = digest
    week = {"term": {"period_end": period.end.isoformat()}}
    found = {
        row["Mesure"]: row for row in rows(client, "La dernière semaine, avec les intervalles", where=(week,))
    }
    assert found.keys() == context.metrics.keys()
    for key, reading in context.metrics.items():
        figure = reading.figure
        assert (found[key]["Valeur"], found[key]["De"], found[key]["À"]) == pytest.approx(
            (figure.value, figure.low, figure.high)
        )


def test_a_drop_of_a_fill_rate_is_seen(demo, client):
    found = rows(client, "Champs remplis, source par source", where=({"term": {"source": "survey_file"}},))
    rates = {row["Champ"]: row for row in found}
    with demo.state.read() as connection:
        last = list_runs(connection, source_key=found[0]["Source"], limit=1)[0]
    assert {name: row["Dernier relevé"] for name, row in rates.items()} == pytest.approx(
        last.summary.fill_rates
    )


def test_weeks_of_a_chart_are_those_of_the_digest(demo, client, digest):
    period, context = digest
    week = period.start.astimezone(ZoneInfo(demo.settings.timezone)).date().isoformat()
    found = rows(client, "Qui fait parler de lui", where=({"term": {"brands": BRAND}},))
    (row,) = [each for each in found if each["Marque"] == BRAND and each["Semaine"].startswith(week)]
    assert row["Mentions"] == context.talk.volume.figure.n


def test_the_first_page_is_the_digest_s(demo, client, digest):
    _, context = digest
    watch = {
        "range": {
            "captured_at": {"gt": crawl_time(WEEKS - 1).isoformat(), "lte": crawl_time(WEEKS).isoformat()}
        }
    }
    (row,) = rows(client, "Note de première page", where=(watch, {"term": {"brands": BRAND}}))
    assert row["Note de première page"] == pytest.approx(context.convince.score.figure.value)
    (row,) = rows(client, "Considération", where=(watch, {"term": {"brands": BRAND}}))
    assert row["Considération"] == pytest.approx(context.convince.consideration.figure.value)
