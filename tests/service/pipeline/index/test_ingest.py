"""What becomes of what was collected: new, updated, unchanged, edited, vanished, restored; as the
demo's story tells."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

import crawlers.spawn
from crawlers.page_reading import DirectReader
from enrichment.base import Analyser
from ouidire.clock import StatedDate
from ouidire.errors import AnalysisUnavailable, IndexUnavailable
from ouidire.ids import mention_id
from ouidire.index import Query, Term
from ouidire.items import Parsed
from ouidire.mention import Mention, Rating
from ouidire.page import Page
from ouidire.state.items import all_events
from ouidire.state.runs import cursor_of, list_runs
from ouidire.state.tables import metadata
from search.sqlite.index import SqliteIndex
from service.demo import crawl_time
from service.pipeline.collect import crawl_source
from service.pipeline.collect.crawl_source import collect, recover
from service.pipeline.collect.import_pages import Origin, import_pages, reparsable, reparse
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.linking import link_duplicates
from service.pipeline.index.rebuild import rebuild
from tests.support.pipeline_chain import (
    LYON,
    NANTES,
    configuration,
    crawl,
    difference,
    documents,
    fingerprint,
    harvested,
    listing,
)

LILLE = "schema_org:avis-jardin.example/avis/pousse-et-compagnie-lille"
NEW = {LYON: (16, 4, 4, 5, 4, 5, 6, 10), NANTES: (14, 4, 3, 4, 3, 4, 4, 4), LILLE: (11, 4, 3, 3, 4, 3, 4, 4)}
"""New mentions at each crawl (STORY.md: "before" and week 1 come together at the first)."""
LIVE = {
    LYON: (16, 20, 24, 29, 33, 38, 44, 54),
    NANTES: (14, 18, 21, 24, 27, 32, 36, 40),
    LILLE: (11, 15, 18, 21, 25, 28, 32, 36),
}
EVENTS = {
    (3, "edited", "AJ-LIL-1066"),
    (4, "edited", "AJ-LYO-1123"),
    (4, "vanished", "AJ-NAN-1120"),
    (6, "restored", "AJ-NAN-1120"),
}


def quietly(**more):
    """A configuration without recipients: no digest is made."""
    return configuration(recipient=[], **more)


def live(index, key):
    where = (Term(field="source_key", any_of=(key,)), Term(field="presence", any_of=("present",)))
    return index.sums(Query(where=where)).n


def test_eight_weeks_of_three_listings_are_as_the_story_tells(chain):
    slugs = ("pousse-et-compagnie-lyon", "pousse-et-compagnie-nantes", "pousse-et-compagnie-lille")
    played = chain(quietly(source=[listing(slug) for slug in slugs]))
    told = set()
    for week in range(1, 9):
        done = played.week(week)
        assert done.problems == ()
        counts = {each.run.source_key: each.counts for each in done.ingested}
        installation = played.open(week)
        edits = {"edited": 0, "vanished": 0, "restored": 0}
        with installation.state.read() as connection:
            for event in all_events(connection):
                if event.at == crawl_time(week):
                    told.add(
                        (
                            week,
                            event.type,
                            installation.index.get("mention", event.subject_id).native_id.rpartition("/")[2],
                        )
                    )
                    edits[event.type] += 1
        for key, new in NEW.items():
            assert counts[key].new == new[week - 1], (week, key)
            assert live(installation.index, key) == LIVE[key][week - 1], (week, key)
            total = live(installation.index, key)
            assert counts[key].new + counts[key].updated + counts[key].unchanged == total, (week, key)
        assert sum(each.updated for each in counts.values()) == edits["edited"] + edits["restored"], week
        assert sum(each.vanished for each in counts.values()) == edits["vanished"], week
        installation.close()
    assert {(week, what, name[-11:]) for week, what, name in told} == EVENTS


def test_an_edit_keeps_what_stood_before(chain):
    played = chain(quietly(source=[listing("pousse-et-compagnie-lyon")]))
    for week in (3, 4):
        played.week(week)
    installation = played.open(4)
    with installation.state.read() as connection:
        (event,) = all_events(connection)
    document = installation.index.get("mention", event.subject_id)
    assert (event.type, event.stars_before, event.stars_after) == ("edited", 4, 5)
    assert event.before
    assert event.before != event.after
    assert document.text.startswith(event.after.removesuffix("…"))
    assert document.revision == 2
    assert installation.index.get("event", event.id) == event
    installation.close()
    assert played.week(4).changed is False


@pytest.mark.parametrize(("broken", "changes"), [("partial", {"max_pages": 1}), ("since", {}), ("gone", {})])
def test_nothing_vanishes_but_after_a_complete_enumeration(chain, monkeypatch, broken, changes):
    played = chain(quietly(source=[listing("pousse-et-compagnie-nantes")]))
    played.week(3)

    def breaking(job, **options):
        if broken == "gone":
            job = job.model_copy(
                update={"params": {**job.params, "url": "http://avis-jardin.example/avis/inconnu"}}
            )
        if broken == "since":
            job = job.model_copy(update={"since": crawl_time(3)})
        return crawl(job.model_copy(update={"fetch": job.fetch.model_copy(update=changes)}), **options)

    monkeypatch.setattr(crawlers.spawn, "run_job", breaking)
    played.week(4)
    installation = played.open(4)
    with installation.state.read() as connection:
        assert list(all_events(connection)) == []
        (run,) = list_runs(connection, limit=1)
    assert run.summary.complete is False
    assert run.status == {"partial": "degraded", "since": "ok", "gone": "gone"}[broken]
    assert live(installation.index, NANTES) >= 21
    installation.close()


# --- Items of our own
# ---------------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def review(
    native_id="A1", text="Livraison rapide et plantes en bonne santé, je recommande vivement.", **more
):
    return Mention(
        entity="shop.example",
        native_id=native_id,
        text=text,
        **{"author": "Claire M.", "rating": Rating(value=4), **more},
    )


@pytest.fixture
def at(chain):
    """Open the same house at a moment, `days` after noon of 2 March."""
    made = chain(quietly(source=[]))
    opened = []

    def installation(days=0.0):
        opened.append(made.open(1, after=NOON - crawl_time(1) + timedelta(days=days)))
        return opened[-1]

    yield installation
    for each in opened:
        each.close()


def ingested(installation, items, **more):
    harvested(installation, items, **more)
    seen = []
    (done,) = ingest_waiting(installation, on_progress=lambda *counts: seen.append(counts))
    assert seen == sorted(seen)
    assert all(count == total for count, total in seen[-1:])
    return done.counts


def the_one(installation, native_id="A1", key="schema_org:shop.example"):
    return installation.index.get("mention", mention_id(key, native_id))


def day(number, precision="day"):
    return StatedDate(at=datetime(2026, 2, number, 12, tzinfo=UTC), precision=precision)


def test_a_coarser_date_never_overwrites_a_finer_one(at):
    ingested(at(0), [review(published=day(3, "month"))])
    assert ingested(at(1), [review(published=day(14))]).updated == 1
    assert the_one(at(1)).published_at == day(14).at
    assert ingested(at(2), [review(published=day(1, "month"))]).updated == 0
    assert ingested(at(3), [review(published=day(2, "relative"))]).updated == 0
    found = the_one(at(3))
    assert (found.published_at, found.published_precision, found.revision) == (day(14).at, "day", 2)


def test_relative_dates_make_no_updates(at):
    ingested(at(0), [review(published=day(20, "relative"))])
    assert ingested(at(1), [review(published=day(21, "relative"))]).unchanged == 1
    found = the_one(at(1))
    assert (found.published_at, found.revision) == (day(20).at, 1)


def test_what_is_only_dated_better_is_no_edit(at):
    ingested(at(0), [review()])
    assert ingested(at(1), [review(published=day(14))]).updated == 1
    with at(1).state.read() as connection:
        assert list(all_events(connection)) == []


def test_late_is_what_was_first_seen_after_the_digest_of_its_week(at):
    ingested(at(0), [review("old", published=day(1)), review("new", published=day(27)), review("undated")])
    assert [the_one(at(0), name).late for name in ("old", "new", "undated")] == [True, False, False]
    assert the_one(at(0), "undated").period_at == NOON


def test_brands_are_united_across_runs(at):
    ingested(at(0), [review()])
    installation = at(1)
    run = harvested(installation, [review()])
    with installation.state.begin() as connection:
        connection.execute(
            metadata.tables["runs"]
            .update()
            .where(metadata.tables["runs"].c.id == run.id)
            .values(brands='["terre-folle"]')
        )
    (done,) = ingest_waiting(installation)
    assert (done.counts.updated, the_one(installation).brands) == (1, ("pousse-et-compagnie", "terre-folle"))
    assert ingested(at(2), [review()]).unchanged == 1


def test_two_runs_in_a_day(at):
    installation = at(0)
    assert ingested(installation, [review(), review("A2")]).new == 2
    again = ingested(
        at(0.1), [review(text="Colis arrivé cassé, service client injoignable, très déçue."), review("A3")]
    )
    assert again.model_dump() == {"new": 1, "updated": 1, "unchanged": 0, "vanished": 1}
    with installation.state.read() as connection:
        assert sorted(event.type for event in all_events(connection)) == ["edited", "vanished"]
        assert len({run.id for run in list_runs(connection)}) == 2
    assert ingested(at(0.2), [review(), review("A2"), review("A3")]).updated == 2
    assert the_one(installation, "A2").presence == "present"


def test_two_waiting_runs_are_ingested_in_their_order(at):
    harvested(at(0), [review(text="Première version de cet avis, assez longue.")])
    harvested(at(1), [review(text="Seconde version de cet avis, assez longue.")])
    installation = at(1)
    assert [each.counts.new for each in ingest_waiting(installation)] == [1, 0]
    assert the_one(installation).text.startswith("Seconde")


def article(text, extent, **more):
    return Mention(
        kind="article",
        entity="potager.example/feed.xml",
        native_id="http://potager.example/a",
        url="http://potager.example/a",
        title="Les ateliers de Pousse & Compagnie",
        text=text,
        extent=extent,
        **more,
    )


SUMMARY, FULL = (
    article("Un résumé.", "summary"),
    article("Un article entier sur Pousse et Compagnie, avec tout ce qu'il faut.", "full"),
)


@pytest.mark.parametrize("order", [(SUMMARY, FULL), (FULL, SUMMARY)])
@pytest.mark.parametrize("batch", [1, 256])
def test_a_summary_and_its_article_are_one_mention_and_the_full_text_wins(chain, order, batch):
    played = chain(quietly(source=[], enrichment={"batch": batch}))
    feed = {"source": "feed", "entity": "potager.example/feed.xml", "complete": False}
    revisions = []
    for days, items in enumerate([order, order, [SUMMARY], order]):
        installation = played.open(1, after=timedelta(days=days))
        counts = ingested(installation, items, **feed)
        found = installation.index.get(
            "mention", mention_id("feed:potager.example/feed.xml", "http://potager.example/a")
        )
        assert found.text == FULL.text
        assert counts.new + counts.updated + counts.unchanged == 1
        assert counts.new == (days == 0)
        revisions.append(found.revision)
        with installation.state.read() as connection:
            assert list(all_events(connection)) == []
        rebuild(installation)
        installation.close()
    assert len(set(revisions)) == 1


def test_a_summary_alone_is_kept_until_the_article_can_be_read(at):
    feed = {"source": "feed", "entity": "potager.example/feed.xml", "complete": False}
    key = ("http://potager.example/a", "feed:potager.example/feed.xml")
    ingested(at(0), [SUMMARY], **feed)
    assert the_one(at(0), *key).text == SUMMARY.text
    assert ingested(at(1), [SUMMARY, FULL], **feed).updated == 1
    assert the_one(at(1), *key).text == FULL.text


def test_articles_that_name_no_brand_are_no_mentions(at):
    other = FULL.model_copy(update={"title": "Le jardin en mars", "text": "Rien sur aucune enseigne connue."})
    counts = ingested(at(0), [other], source="feed", entity="potager.example/feed.xml")
    assert counts.new == 0
    assert documents(at(0).index).keys() == {("run", run.id) for run in runs_of(at(0))}


def runs_of(installation):
    with installation.state.read() as connection:
        return list_runs(connection)


WORDS = (
    "Le colis est arrivé avec trois jours de retard et la moitié des plantes étaient mortes, "
    "personne ne répond au téléphone."
)


def test_duplicates_are_linked_and_stay_linked(at):
    ingested(
        at(0),
        [
            review("first", text=WORDS, published=day(10)),
            review("second", text=WORDS.upper(), published=day(20)),
            review("other"),
        ],
    )
    assert link_duplicates(at(0)) == 1
    first = the_one(at(0), "first")
    assert (
        the_one(at(0), "second").duplicate_of,
        first.duplicate_of,
        the_one(at(0), "other").duplicate_of,
    ) == (first.id, None, None)
    assert link_duplicates(at(0)) == 0
    installation = at(45)  # the original has left the window of 60 days, its copy has not
    assert link_duplicates(installation) == 0
    assert the_one(installation, "second").duplicate_of == first.id
    rebuild(installation)
    assert the_one(installation, "second").duplicate_of == first.id


class Fragile(Analyser):
    """An analyser that cannot bear one word."""

    name, version, requires, fills = "fragile", 1, (), ()

    def __init__(self):
        self.seen = 0

    def analyse(self, batch):
        self.seen += len(batch)
        if any("BOUM" in each.text for each in batch):
            raise RuntimeError("what it says must not be told: BOUM")
        return [{} for _ in batch]


def test_a_text_that_no_analyser_can_read_is_put_aside_and_stops_nothing(at, monkeypatch):
    from enrichment.run import Enricher
    from service.pipeline.index import annotate

    monkeypatch.setattr(
        annotate, "bundled", lambda *, mask_names, **_: Enricher([Fragile()], mask_names=mask_names)
    )
    installation = at(0)
    counts = ingested(
        installation,
        [review("good"), review("bad", text="BOUM, dit cet avis, et rien ne va plus."), review("fine")],
    )
    assert counts.new == 3
    with installation.state.read() as connection:
        ((key, reason),) = [
            (row.id, row.reason) for row in connection.execute(metadata.tables["quarantine"].select())
        ]
    assert (key, reason) == (the_one(installation, "bad").id, "fragile@1: RuntimeError")
    assert the_one(installation, "good").versions[-1] == "fragile@1"
    before = documents(installation.index)
    rebuild(installation)
    assert documents(installation.index) == before


@pytest.mark.parametrize("error", [RuntimeError("BOUM"), OSError(28, "full")])
def test_texts_that_are_not_read_are_told_of_and_wait_where_it_is_the_machine(at, monkeypatch, error):
    from enrichment.run import Enricher
    from service.pipeline.index import annotate

    class Broken(Fragile):
        def analyse(self, _):
            raise error

    monkeypatch.setattr(
        annotate, "bundled", lambda *, mask_names, **_: Enricher([Broken()], mask_names=mask_names)
    )
    installation, problems = at(0), []
    harvested(installation, [review("one"), review("two")])
    if isinstance(error, OSError):
        with pytest.raises(AnalysisUnavailable, match="what was collected waits"):
            ingest_waiting(installation, problems=problems)
        assert documents(installation.index) == {}
        return
    (done,) = ingest_waiting(installation, problems=problems)
    (line,) = problems
    assert line.startswith(f"run {done.run.id} of {done.run.source_key}: 2 texts could not be analysed")
    assert "RuntimeError" in line
    assert "BOUM" not in line


def test_while_the_index_is_away_everything_waits_and_nothing_is_lost(chain, monkeypatch):
    quiet, noisy = chain(configuration(), name="quiet"), chain(configuration(), name="noisy")
    (quiet.folder / "var").mkdir()
    (noisy.folder / "var").mkdir()
    for each in (quiet, noisy):
        (each.folder / "var" / "key").write_text("17" * 32)
    quiet.week(3)
    real, calls = SqliteIndex.upsert, []

    def away(index, documents):
        calls.append(1)
        if len(calls) > 2:
            raise IndexUnavailable("the index is away")
        return real(index, documents)

    monkeypatch.setattr(SqliteIndex, "upsert", away)
    done = noisy.week(3)
    assert done.problems == ("the index is away",)
    assert (len(done.runs), done.sent) == (5, ())
    monkeypatch.setattr(SqliteIndex, "upsert", real)
    done = noisy.week(3)
    assert (done.problems, done.runs, {each.outcome for each in done.sent}) == ((), (), {"sent"})
    one, other = quiet.open(3), noisy.open(3)
    assert difference(fingerprint(one), fingerprint(other)) == []
    one.close()
    other.close()


def test_an_index_lost_in_the_middle_is_rebuilt_and_ingesting_goes_on(at, monkeypatch):
    installation = at(0)
    items = [
        review(f"N{number}", text=f"Avis numéro {number} : tout va bien, merci.") for number in range(300)
    ]
    harvested(installation, items)
    real, calls = SqliteIndex.upsert, []

    def away(index, listed):
        calls.append(1)
        if len(calls) > 1:
            raise IndexUnavailable("the disk is gone")
        return real(index, listed)

    monkeypatch.setattr(SqliteIndex, "upsert", away)
    with pytest.raises(IndexUnavailable, match="the disk is gone"):
        ingest_waiting(installation)
    monkeypatch.setattr(SqliteIndex, "upsert", real)
    for path in (installation.settings.base / "var").glob("index.db*"):
        path.unlink()
    lost = at(0)
    assert rebuild(lost).counts["mention"] == 16  # the one batch that the state had taken
    (done,) = ingest_waiting(lost)
    assert done.counts.new == 300
    assert lost.index.status().counts["mention"] == 300


def test_a_damaged_harvest_waits_and_stops_no_other(at):
    installation = at(0)
    bad = harvested(installation, [review("bad")], entity="bad.example")
    harvested(installation, [review("good")])
    folder = installation.harvests.folder(bad.source, bad.source_key, bad.id)
    segment = folder / "items-00000.jsonl.zst"
    whole = segment.read_bytes()
    segment.write_bytes(whole[: len(whole) // 2])
    problems = []
    assert [each.run.source_key for each in ingest_waiting(installation, problems=problems)] == [
        "schema_org:shop.example"
    ]
    assert len(problems) == 1
    assert "bad.example waits" in problems[0]
    segment.write_bytes(whole)
    assert [each.counts.new for each in ingest_waiting(installation)] == [1]


def test_a_reparse_brings_nothing_back_and_tells_of_nothing(chain):
    played = chain(quietly(source=[listing("pousse-et-compagnie-nantes")]))
    for week in (3, 4):
        played.week(week)
    installation = played.open(4, after=timedelta(days=1))
    before = {key: document for key, document in documents(installation.index).items() if key[0] != "measure"}
    with installation.state.read() as connection:
        told = [event.type for event in all_events(connection)]
    assert told == ["vanished"]
    for run in reparsable(installation):
        assert reparse(installation, run).status == "ok"
        ingest_waiting(installation)
    after = {key: document for key, document in documents(installation.index).items() if key[0] != "measure"}
    assert {key: {**document, "run_id": ""} for key, document in after.items()} == {
        key: {**document, "run_id": ""} for key, document in before.items()
    }
    with installation.state.read() as connection:
        assert [event.type for event in all_events(connection)] == told
    installation.close()
    played.site.week = 6
    assert played.week(6).ingested[0].counts.updated == 1  # restored, two weeks later, as the site says


def test_a_better_parser_changes_what_is_known_without_calling_it_an_edit(at, monkeypatch):
    page = Page(url="http://shop.example/", body=b"<html>", fetched_at=NOON)
    installation = at(0)
    harvested(installation, [review(text="Un avis lu de travers, sans sa fin")], pages=[(page, 1)])
    ingest_waiting(installation)
    better = SimpleNamespace(
        slug="schema_org",
        about=SimpleNamespace(access="web"),
        fields=("text",),
        enumerates=True,
        reads_errors=False,
        minimised=lambda page: page,
        pseudonymised=None,
        parse=lambda _: Parsed(items=(review(text="Un avis lu de travers, sans sa fin, que voici."),)),
    )
    monkeypatch.setattr("service.pipeline.collect.import_pages.load_source", lambda _: better)
    reader = nullcontext(DirectReader(better))  # a child process would read with the catalogue's parser
    monkeypatch.setattr("service.pipeline.collect.import_pages.ChildReader.started", lambda *_: reader)
    later = at(5)
    (run,) = reparsable(later)
    reparse(later, run)
    (done,) = ingest_waiting(later)
    assert done.counts.updated == 1
    assert the_one(later).text.endswith("que voici.")
    with later.state.read() as connection:
        assert list(all_events(connection)) == []


def page_of_reviews(*names, moment=NOON):
    reviews = [
        {
            "@type": "Review",
            "@id": f"#{name}",
            "author": {"@type": "Person", "name": name},
            "datePublished": f"2026-02-{10 + number}",
            "reviewBody": f"{name} trouve les plantes très belles et la livraison soignée.",
            "reviewRating": {"ratingValue": 4},
        }
        for number, name in enumerate(names)
    ]
    store = json.dumps(
        {"@context": "https://schema.org", "@type": "Store", "name": "Boutique", "review": reviews}
    )
    body = f'<script type="application/ld+json">{store}</script>'
    return Page(url="http://shop.example/avis", body=body.encode(), fetched_at=moment)


ORIGIN = Origin("schema_org", "shop.example/avis", ("pousse-et-compagnie",))


def texts(installation):
    return sorted(row["text"].split()[0] for row in installation.index.scan(Query(where=()), ["text"]))


def test_saved_pages_are_imported_once_and_older_ones_overwrite_nothing(at):
    installation = at(0)
    run = import_pages(installation, [page_of_reviews("Claire", "Denis", moment=NOON)], ORIGIN)
    assert (run.status, run.summary.complete) == ("ok", False)
    ingest_waiting(installation)
    assert texts(installation) == ["Claire", "Denis"]
    import_pages(installation, [page_of_reviews("Claire", moment=NOON - timedelta(days=9))], ORIGIN)
    (done,) = ingest_waiting(installation)
    assert done.counts.model_dump() == {"new": 0, "updated": 0, "unchanged": 0, "vanished": 0}
    with installation.state.read() as connection:
        assert cursor_of(connection, run.source_key).at is None


def test_importing_and_reparsing_move_no_schedule(chain):
    played = chain(quietly(source=[listing("pousse-et-compagnie-lyon")]))
    played.week(3)
    installation = played.open(4, after=-timedelta(hours=1))
    (run,) = reparsable(installation)
    reparse(installation, run)
    ingest_waiting(installation)
    installation.close()
    assert [each.source_key for each in played.week(4).runs] == [LYON]


def test_everything_is_asked_for_once_a_week_however_often_a_source_runs(chain, monkeypatch):
    played = chain(quietly(source=[{**listing("pousse-et-compagnie-lyon"), "every": "1h"}]))
    asked = []

    def watching(job, **options):
        asked.append(job.since is None)
        return crawl(job, **options)

    monkeypatch.setattr(crawlers.spawn, "run_job", watching)
    for hours in [*range(20), 24 * 7, 24 * 7 + 1]:
        installation = played.open(3, after=timedelta(hours=hours))
        collect(installation, configured_sources(installation.settings)[0])
        ingest_waiting(installation)
        installation.close()
    assert asked == [True, *[False] * 19, True, False]


def test_a_survey_recovered_after_a_kill_makes_nothing_vanish(chain, monkeypatch):
    survey = {
        "source": "survey_file",
        "brands": ["pousse-et-compagnie"],
        "every": "1w",
        "params": {"path": "surveys/*.csv"},
    }
    played = chain(quietly(source=[survey]))
    played.week(2)
    for path in (played.folder / "surveys").glob("*S03.csv"):
        path.unlink()
    installation = played.open(3)

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(crawl_source, "_ended", killed)
    with pytest.raises(KeyboardInterrupt):
        collect(installation, configured_sources(installation.settings)[0])
    monkeypatch.undo()
    (ended,) = recover(installation)
    assert (ended.status, ended.summary.complete) == ("ok", False)
    (done,) = ingest_waiting(installation)
    assert done.counts.vanished == 0
    installation.close()
