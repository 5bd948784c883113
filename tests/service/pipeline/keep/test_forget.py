"""Erasure and retention: what is to be forgotten is nowhere any more, whenever it is killed, and
never comes back."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import zstandard

from ouidire.clock import StatedDate
from ouidire.ids import author_key, mention_id
from ouidire.index import Query
from ouidire.mention import Mention, Rating
from ouidire.page import Page
from ouidire.state.items import all_events, load_items
from ouidire.state.tables import metadata
from service.demo import crawl_time
from service.pipeline.collect.import_pages import Origin, import_pages, reparsable, reparse
from service.pipeline.index import commit
from service.pipeline.index.ingest import ingest_waiting
from service.pipeline.index.rebuild import rebuild
from service.pipeline.keep import forget
from service.pipeline.keep.forget import erase, finish_erasures, retain
from service.pipeline.run_due import run_due
from tests.support.pipeline_chain import configuration, documents, harvested, listing

EDITED = "AJ-LYO-1123"


def everywhere(installation):
    """All bytes that are kept of the harvests, decompressed; names of files too."""
    found = b""
    for path in sorted(installation.harvests.root.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            if ".zst" in path.name:
                raw = (
                    zstandard.ZstdDecompressor()
                    .stream_reader(io.BytesIO(raw), read_across_frames=True)
                    .read()
                )
            found += path.name.encode() + raw
    return found


@pytest.fixture
def two_weeks(chain):
    played = chain(configuration(recipient=[], source=[listing("pousse-et-compagnie-lyon")]))
    for week in (3, 4):
        played.week(week)
    return played


def the_edited(installation):
    (row,) = [
        row
        for row in installation.index.scan(Query(), ["id", "native_id", "text"])
        if row["native_id"].endswith(EDITED)
    ]
    return row


def test_what_is_erased_is_nowhere_any_more(two_weeks):
    installation = two_weeks.open(4, after=timedelta(hours=1))
    row = the_edited(installation)
    with installation.state.read() as connection:
        (event,) = all_events(connection)
        text_key = load_items(connection, [row["id"]])[row["id"]].text_key
    words = [row["text"][:30].encode(), event.before[:30].encode(), EDITED.encode()]
    assert all(each in everywhere(installation) for each in words)
    done = erase(installation, item_id=row["id"])
    assert (done.mentions, done.harvests, done.events) == (1, 2, 1)
    kept = everywhere(installation)
    assert not any(each in kept for each in words)
    assert b".part" not in kept
    assert installation.index.get("mention", row["id"]) is None
    assert installation.index.get("event", event.id) is None
    with installation.state.read() as connection:
        assert list(all_events(connection)) == []
        said = metadata.tables["enrichments"]
        assert connection.execute(said.select().where(said.c.text_key == text_key)).first() is None
        left = load_items(connection, [row["id"]])[row["id"]]
    assert (left.presence, left.author_key, left.url_hash, left.text_key) == ("erased", None, None, None)
    assert erase(installation, item_id=row["id"]).mentions == 0


def test_what_was_erased_never_comes_back(two_weeks):
    installation = two_weeks.open(4, after=timedelta(hours=1))
    row = the_edited(installation)
    erase(installation, item_id=row["id"])
    installation.close()
    done = two_weeks.week(5)
    assert done.problems == ()
    installation = two_weeks.open(5, after=timedelta(hours=1))
    for run in reparsable(installation):
        reparse(installation, run)
        ingest_waiting(installation)
    assert installation.index.get("mention", row["id"]) is None
    rebuild(installation)
    assert installation.index.get("mention", row["id"]) is None
    assert installation.index.status().tombstones["mention"] == 1
    assert all(each.id != row["id"] for harvest in installation.harvests.sealed() for each in harvest.items())
    installation.close()


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def review(name, native_id, text, **more):
    return Mention(
        entity="shop.example", native_id=native_id, author=name, text=text, rating=Rating(value=2), **more
    )


TOLD = "une histoire de pot ebreche que je regrette"
PAGE = Page(url="http://shop.example/1", body=f"<p>{TOLD}</p>".encode(), fetched_at=NOON)
OTHER = Page(
    url="http://shop.example/2", body=f"<li>Claire M. : {TOLD}, et la suite".encode(), fetched_at=NOON
)
CLEAN = Page(url="http://shop.example/3", body=b"<p>rien de tel</p>", fetched_at=NOON)


@pytest.fixture
def at(chain):
    played = chain(configuration(recipient=[], source=[]))
    opened = []

    def installation(days=0.0):
        opened.append(played.open(1, after=NOON - crawl_time(1) + timedelta(days=days)))
        return opened[-1]

    yield installation
    for each in opened:
        each.close()


def test_all_of_an_author_goes_also_what_waits_and_what_only_a_page_shows(at):
    installation = at(0)
    items = [
        review("Claire M.", "1", f"C'est {TOLD}."),
        review("Denis", "2", "Tout est parfait, merci à toute l'équipe."),
    ]
    harvested(installation, items, pages=[(PAGE, 1), (CLEAN, 1), (OTHER, 1)])
    ingest_waiting(installation)
    waiting = harvested(installation, [review("claire m. ", "3", f"Encore {TOLD} !")])
    assert waiting.ingested_at is None
    done = erase(installation, author="CLAIRE M.")
    assert (done.mentions, done.pages) == (1, 2)
    assert TOLD.encode() not in everywhere(installation)
    (counts,) = [each.counts for each in ingest_waiting(installation)]
    assert counts.new == 0
    assert {
        document["native_id"]
        for key, document in documents(installation.index).items()
        if key[0] == "mention"
    } == {"2"}
    key = author_key(installation.secret, "schema_org:shop.example", "Claire M.")
    assert key.encode() not in everywhere(installation)


def test_what_was_collected_before_the_erasure_and_sealed_after_it_is_forgotten_when_it_comes(at):
    installation = at(0)
    harvested(installation, [review("Claire M.", "1", f"C'est {TOLD}.")])
    ingest_waiting(installation)
    assert erase(installation, author="Claire M.").mentions == 1
    harvested(
        installation,
        [review("Claire M.", "4", f"Toujours {TOLD}."), review("Denis", "2", "Très bien.")],
        pages=[(PAGE, 1)],
    )
    assert TOLD.encode() in everywhere(installation)
    (done,) = ingest_waiting(installation)
    assert done.counts.new == 1
    assert TOLD.encode() not in everywhere(installation)


def test_an_author_of_whom_nothing_is_known_yet_is_refused_from_now_on(at):
    installation = at(0)
    harvested(installation, [review("Denis", "2", "Tout est parfait.")])
    ingest_waiting(installation)
    assert erase(installation, author="Claire M.").mentions == 0
    harvested(installation, [review("Claire M.", "1", "Me voici pourtant.")])
    assert [each.counts.new for each in ingest_waiting(installation)] == [0]


def test_an_erasure_by_address_takes_all_that_stands_there(at):
    installation = at(0)
    url = "https://shop.example/avis/7?utm_source=mail"
    harvested(
        installation,
        [
            review("A", "1", "Un avis.", url=url),
            review("B", "2", "Un autre.", url=url),
            review("C", "3", "Ailleurs."),
        ],
    )
    ingest_waiting(installation)
    assert erase(installation, url="https://shop.example/avis/7").mentions == 2
    assert erase(installation, url="https://shop.example/avis/7").mentions == 0
    origin = Origin("schema_org", "shop.example", ("pousse-et-compagnie",))
    assert import_pages(installation, [CLEAN], origin).status == "layout_changed"
    ingest_waiting(installation)
    assert {
        document["native_id"]
        for key, document in documents(installation.index).items()
        if key[0] == "mention"
    } == {"3"}


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (forget, "remove_suppressed"),
        (forget, "events_of"),
        (commit, "drop_events"),
        (commit, "delete_annotations"),
    ],
)
def test_stopped_in_the_middle_an_erasure_is_taken_up_again(two_weeks, monkeypatch, module, step):
    installation = two_weeks.open(4, after=timedelta(hours=1))
    row = the_edited(installation)
    real = getattr(module, step)

    def stopping(*arguments, **named):
        if step == "remove_suppressed":
            real(*arguments, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, step, stopping)
    with pytest.raises(KeyboardInterrupt):
        erase(installation, item_id=row["id"])
    monkeypatch.undo()
    installation.close()
    installation = two_weeks.open(4, after=timedelta(hours=1))
    assert run_due(installation).forgotten.mentions == 1
    assert finish_erasures(installation).mentions == 0
    assert {key for key in documents(installation.index) if key[0] in ("mention", "event")}.isdisjoint(
        {("mention", row["id"])}
    )
    assert not any(key[0] == "event" for key in documents(installation.index))
    assert EDITED.encode() not in everywhere(installation)
    installation.close()


def test_what_a_killed_rewriting_left_behind_is_swept(two_weeks):
    installation = two_weeks.open(4, after=timedelta(hours=1))
    row = the_edited(installation)
    harvests = list(installation.harvests.sealed())
    old = {
        each.folder / segment.name: (each.folder / segment.name).read_bytes()
        for each in harvests
        for segment in each.manifest.segments
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forget, "events_of", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            erase(installation, item_id=row["id"])
    for (
        path,
        content,
    ) in old.items():  # as if the kill had come between the new manifest and the removal of the old files
        path.write_bytes(content)
    assert EDITED.encode() in everywhere(installation)
    finish_erasures(installation)
    assert EDITED.encode() not in everywhere(installation)
    installation.close()


def test_retention_by_dates(at):
    old = StatedDate(at=NOON - timedelta(days=2000))
    harvested(
        at(0),
        [review("A", "1", "Un vieil avis, toujours là.", published=old), review("B", "2", "Un avis retiré.")],
        pages=[(PAGE, 1)],
    )
    ingest_waiting(at(0))
    harvested(at(100), [review("A", "1", "Un vieil avis, toujours là.", published=old)], pages=[(CLEAN, 1)])
    ingest_waiting(at(100))
    assert retain(at(179)) == forget.Forgotten()
    done = retain(at(181))
    assert (done.mentions, done.harvests, done.pages) == (0, 1, 1)
    assert [len(list(each.pages())) for each in at(181).harvests.sealed()] == [0, 1]
    done = retain(at(1096))
    assert (done.mentions, done.events) == (1, 1)
    installation = at(1096)
    assert installation.index.get("mention", mention_id("schema_org:shop.example", "2")) is None
    assert installation.index.get("mention", mention_id("schema_org:shop.example", "1")) is not None
    assert b"retir" not in everywhere(installation)
    assert retain(at(1096)) == forget.Forgotten()
    assert rebuild(at(1096)).counts["mention"] == 1
    assert retain(at(1200)).mentions == 1
    assert b"vieil avis" not in everywhere(at(1200))
    assert rebuild(at(1200)).counts["mention"] == 0


def test_an_article_whose_summary_alone_is_still_seen_keeps_its_text(at):
    def article(extent, text):
        return Mention(
            kind="article",
            entity="feed",
            native_id="a",
            title="Pousse & Compagnie",
            url="http://a.example/",
            text=text,
            extent=extent,
        )

    harvested(at(0), [article("full", "Tout l'article.")], source="feed", entity="feed", complete=False)
    ingest_waiting(at(0))
    harvested(at(1000), [article("summary", "Son résumé.")], source="feed", entity="feed", complete=False)
    ingest_waiting(at(1000))
    retain(at(1100))
    installation = at(1100)
    rebuild(installation)
    assert installation.index.get("mention", mention_id("feed:feed", "a")).text == "Tout l'article."
    retain(at(2100))
    assert b"Tout l'article" not in everywhere(installation)


def test_a_damaged_harvest_is_told_of_and_stops_no_retention(at):
    bad = harvested(at(0), [review("A", "1", "Un avis.")], entity="bad.example", pages=[(PAGE, 1)])
    harvested(at(0), [review("B", "2", "Un autre.")], pages=[(CLEAN, 1)])
    ingest_waiting(at(0))
    installation = at(200)
    folder = installation.harvests.folder(bad.source, bad.source_key, bad.id)
    (folder / "items-00000.jsonl.zst").write_bytes(b"")
    done = retain(installation)
    assert (done.pages, len(done.problems)) == (1, 1)
    assert "0 of 1 records are left" in done.problems[0]
    (folder / "manifest.json").write_text("{")
    assert "no readable manifest" in retain(installation).problems[0]
