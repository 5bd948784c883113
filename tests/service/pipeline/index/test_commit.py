"""Index first, then state: interrupted between the two, a pass made again writes the same revisions."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic_core import to_json

from enrichment.analysers.delight import DelightAnalyser
from ouidire.clock import StatedDate
from ouidire.documents import EventDocument
from ouidire.errors import IndexUnavailable
from ouidire.ids import mention_id
from ouidire.mention import Mention, Rating
from ouidire.serp import SearchEntry, SearchPage
from ouidire.state.items import all_events
from ouidire.state.marks import mark_of, set_mark
from ouidire.state.runs import waiting_runs
from search.sqlite.index import SqliteIndex
from service.demo import crawl_time
from service.pipeline.index import commit
from service.pipeline.index.commit import Changes, Tombstone
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.linking import link_waiting
from service.pipeline.index.reenrich import reenrich
from service.pipeline.index_backend import dead_letters
from service.pipeline.keep.forget import erase, retain
from service.pipeline.report.kept_measures import measure_due
from tests.support.pipeline_chain import configuration, difference, fingerprint, harvested

SERVICE = Path(__file__).parents[4] / "service"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = (
    "Le colis est arrivé avec trois jours de retard et la moitié des plantes étaient mortes, "
    "personne ne répond au téléphone."
)


def review(native_id, text, **more):
    return Mention(
        entity="shop.example",
        native_id=native_id,
        text=text,
        published=StatedDate(at=NOON - timedelta(days=9), precision="day"),
        **{"author": f"Auteur {native_id}", "rating": Rating(value=4), **more},
    )


def results(days, *names):
    return SearchPage(
        entity="pousse et compagnie avis",
        engine="google",
        query="pousse et compagnie avis",
        device="desktop",
        captured_at=NOON + timedelta(days=days),
        entries=tuple(
            SearchEntry(type="organic", position=rank, rank=rank, title=name, url=f"http://{name}.example/")
            for rank, name in enumerate(names, start=1)
        ),
    )


FIRST = [review("1", WORDS), review("2", WORDS), review("3", "Très belles plantes, je reviendrai.")]
SECOND = [
    review("1", WORDS),
    review("2", WORDS + " Toujours rien."),
    review("4", WORDS.upper()),
]


MOST_COMMITS = 20
"""Of one pass here."""


class House:
    """One installation of a folder, opened at any moment."""

    def __init__(self, made):
        (made.folder / "var").mkdir()
        (made.folder / "var" / "key").write_text("17" * 32)
        self.made, self.opened = made, []

    def at(self, days):
        self.opened.append(self.made.open(1, after=NOON - crawl_time(1) + timedelta(days=days)))
        return self.opened[-1]

    def close(self):
        for each in self.opened:
            each.close()


@pytest.fixture
def house(chain):
    made = []

    def new(name):
        made.append(House(chain(configuration(recipient=[], source=[]), name=name)))
        return made[-1]

    yield new
    for each in made:
        each.close()


def collected(installation, reviews, page):
    harvested(installation, reviews)
    harvested(installation, [page], source="google_results", entity="pousse et compagnie avis")


def passes(house, monkeypatch):
    """Every pass that commits, in the order of a house's life: each a name, and what makes the pass."""
    collected(house.at(0), FIRST, results(0, "un", "deux", "trois"))
    yield "ingest", lambda: ingest_waiting(house.at(0))
    yield "link", lambda: link_waiting(house.at(0))
    collected(house.at(7), SECOND, results(7, "deux", "quatre"))
    yield "ingest an edit", lambda: ingest_waiting(house.at(7))
    yield "link again", lambda: link_waiting(house.at(7))
    yield "measure", lambda: measure_due(house.at(7))
    with monkeypatch.context() as patched:
        patched.setattr(DelightAnalyser, "version", DelightAnalyser.version + 1)
        yield "re-enrich", lambda: reenrich(house.at(7))
        gone = mention_id("schema_org:shop.example", "2")
        yield "erase", lambda: erase(house.at(8), item_id=gone)
        yield "expire", lambda: retain(house.at(2_000))


def test_interrupted_between_index_and_state_every_pass_is_made_again_with_the_same_revisions(
    house, monkeypatch
):
    calm, struck = house("calm"), house("struck")
    shown = {}
    for name, work in passes(calm, monkeypatch):
        work()
        shown[name] = fingerprint(calm.opened[-1])
    write, tried, taken, interrupted = commit._write_to_state, set(), set(), set()

    def interrupting(connection, changes):
        """Each commit is interrupted when it is first tried, and taken when the very same is tried again."""
        same = to_json(changes)
        if same not in tried:
            tried.add(same)
            raise KeyboardInterrupt
        taken.add(same)
        write(connection, changes)

    for name, work in passes(struck, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(commit, "_write_to_state", interrupting)
            for _ in range(MOST_COMMITS):
                try:
                    work()
                except KeyboardInterrupt:
                    interrupted.add(name)
                else:
                    break
        assert tried == taken, name
        assert difference(shown[name], fingerprint(struck.opened[-1])) == [], name
    assert interrupted == set(shown)


def test_while_the_index_takes_nothing_the_state_stays_as_it_was(house, monkeypatch):
    made = house("struck")
    write = {name: getattr(SqliteIndex, name) for name in ("upsert", "delete")}

    def away(*_):
        raise IndexUnavailable("the index is away")

    for name, work in passes(made, monkeypatch):
        if name == "erase":  # an erasure that was asked for is recorded before all else
            work()
            continue
        before = rows_of(made.opened[-1])
        with monkeypatch.context() as patched:
            for each in write:
                patched.setattr(SqliteIndex, each, away)
            with pytest.raises(IndexUnavailable, match="the index is away"):
                work()
        assert rows_of(made.opened[-1]) == before, name
        work()
        assert rows_of(made.opened[-1]) != before, name


def rows_of(installation):
    """The state as rows, but for marks."""
    from ouidire.state.tables import metadata

    with installation.state.read() as connection:
        return {
            name: sorted(map(str, connection.execute(table.select())))
            for name, table in metadata.tables.items()
            if name != "marks"
        }


def event(installation, **more):
    with installation.state.read() as connection:
        (run,) = waiting_runs(connection)
    made = EventDocument(
        id="e1",
        revision=1,
        type="edited",
        at=NOON,
        run_id=run.id,
        source=run.source,
        source_key=run.source_key,
        subject_id="m1",
        **more,
    )
    return run, made


def test_an_event_s_tombstone_removes_it_from_the_state_too(house):
    installation = house("one").at(0)
    harvested(installation, FIRST)
    run, made = event(installation)
    commit.commit(installation, Changes(run=run, events=[made]))
    with installation.state.read() as connection:
        assert list(all_events(connection)) == [made]
    assert installation.index.get("event", "e1") == made
    commit.commit(installation, Changes(tombstones=[Tombstone("event", "e1", 2)]))
    with installation.state.read() as connection:
        assert list(all_events(connection)) == []
    assert installation.index.get("event", "e1") is None


def test_a_mention_s_tombstone_drops_its_dead_letter_and_marks_are_dropped(house):
    installation = house("one").at(0)
    letters = dead_letters(installation.settings)
    letters.keep("mention", "m1", 1, "too long", b"{}")
    letters.keep("mention", "m2", 1, "too long", b"{}")
    with installation.state.begin() as connection:
        set_mark(connection, "work", "done")
    commit.commit(installation, Changes(tombstones=[Tombstone("mention", "m1", 2)], dropped_marks=["work"]))
    assert letters.reasons().keys() == {("mention", "m2")}
    with installation.state.read() as connection:
        assert mark_of(connection, "work") is None


def test_nothing_to_write_touches_nothing(house, monkeypatch):
    installation = house("one").at(0)
    harvested(installation, FIRST)
    monkeypatch.setattr(commit, "_write_to_index", None)
    monkeypatch.setattr(commit, "_write_to_state", None)
    commit.commit(installation, Changes())
    commit.commit(installation, Changes(run=event(installation)[0]))


def test_events_name_their_run(house):
    installation = house("one").at(0)
    harvested(installation, FIRST)
    with pytest.raises(ValueError, match="name it"):
        Changes(events=[event(installation)[1]])


def writes_to_the_index(tree):
    """Calls such as `installation.index.upsert(…)`, by line; an index in a variable of its own is
    a scratch one."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("upsert", "delete")
        and ast.unparse(node.func.value).endswith(".index")
    ]


def test_the_service_writes_to_the_index_in_one_place():
    found = {
        path.relative_to(SERVICE).as_posix(): lines
        for path in sorted(SERVICE.rglob("*.py"))
        if (lines := writes_to_the_index(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found.keys() == {"pipeline/index/commit.py"}
