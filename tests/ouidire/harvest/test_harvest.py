"""The harvest: whole or not there, the same when read back, and honest about damage."""

import json
import os
from datetime import UTC, datetime

import pytest

from ouidire.clock import StatedDate
from ouidire.errors import HarvestError
from ouidire.harvest import store
from ouidire.harvest.manifest import RunSummary
from ouidire.harvest.store import Harvest, HarvestItem, HarvestStore, HarvestWriter, rewrite, sweep
from ouidire.mention import Mention, Rating
from ouidire.page import Page
from ouidire.system.files import write_atomically

NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
SUMMARY = RunSummary(status="ok", started_at=NOW, finished_at=NOW)
NAMES = {
    "run_id": "r1",
    "source": "schema_org",
    "source_key": "schema_org:shop.example",
    "entity": "shop.example",
}


def mention(number=1, **more):
    date = StatedDate(at=NOW, precision="day")
    return Mention(
        entity="shop.example",
        native_id=str(number),
        text=f"Avis n° {number} : « bien »\u2028fin",
        rating=Rating(value=4),
        published=date,
        **more,
    )


def page(number=1, body=b"<p>\xe9t\xe9</p>\r\n\r\n", **more):
    return Page(
        url=f"http://shop.example/{number}?a=b",
        body=body,
        fetched_at=NOW,
        headers={"content-type": "text/html"},
        **more,
    )


OLD_LINE = (
    '{"id":"id0","seen_at":"2026-03-09T06:00:00Z","item":{"item":"mention","kind":"article",'
    '"entity":"potager.example/feed.xml","native_id":"http://potager.example/a","text":"Un résumé.",'
    '"extra":{"extent":"summary","votes":3}}}'
)
"""A line as harvests had it when a mention's extent was one of its extras."""


OLD_MANIFEST = """{
 "format": 1, "run_id": "r1", "source": "feed", "source_key": "feed:potager.example/feed.xml",
 "entity": "potager.example/feed.xml",
 "summary": {"status": "ok", "reason": "", "started_at": "2026-03-09T06:00:00Z",
  "finished_at": "2026-03-09T06:01:00Z", "requests": 3, "pages": 2, "not_modified": 0, "items": 1,
  "rejected": {"bad_date": 1}, "refused_by_robots": 0, "declared_total": null, "complete": false,
  "fill_rates": {"text": 1.0}, "cursor": "2026-03-08T00:00:00Z",
  "validators": {"https://potager.example/feed.xml": {"etag": "x", "last_modified": null}}},
 "segments": [], "mentions_expired": false
}"""
"""A manifest as every version so far wrote it."""


def written(folder, *, items=3, pages=2, **names):
    with HarvestWriter(folder, **{**NAMES, **names}) as writer:
        references = [writer.add_page(page(number)) for number in range(pages)]
        for number in range(items):
            writer.add_item(
                mention(number),
                item_id=f"id{number}",
                page=references[0] if references else None,
                seen_at=NOW,
            )
        writer.seal(SUMMARY)
    return Harvest(folder)


def test_what_was_written_is_read_back(tmp_path):
    bodies = [b"", b"a;b\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nWARC/1.0\r\n", os.urandom(3_000_000)]
    pages = [
        page(1, bodies[0], kind="article", context={"query": "l'été\nà Lyon"}),
        Page(url="file:///home/claire/r%C3%A9ponses.csv", body=bodies[1], fetched_at=NOW, kind="file"),
        page(3, bodies[2], status=404),
        page(4, bodies[3]),
    ]
    with HarvestWriter(tmp_path / "h", **NAMES) as writer:
        references = [writer.add_page(each) for each in pages]
        writer.add_item(mention(), item_id="id1", page=references[3], seen_at=NOW)
        writer.seal(SUMMARY)
    harvest = Harvest(tmp_path / "h")
    assert list(harvest.pages()) == list(zip(references, pages, strict=True))
    (item,) = harvest.items()
    assert (item.id, item.page, item.item) == ("id1", references[3], mention())
    assert [(each.kind, each.records) for each in harvest.manifest.segments] == [("items", 1), ("pages", 4)]
    assert not list((tmp_path / "h").glob("*.part"))


def test_without_a_seal_it_never_happened(tmp_path):
    with HarvestWriter(tmp_path / "h", **NAMES) as writer:
        writer.add_item(mention(), item_id="id1", page=None, seen_at=NOW)
    with pytest.raises(HarvestError, match="no readable manifest"):
        Harvest(tmp_path / "h")


def test_an_empty_harvest_has_no_segments(tmp_path):
    harvest = written(tmp_path / "h", items=0, pages=0)
    assert (list(harvest.items()), list(harvest.pages()), harvest.manifest.segments) == ([], [], ())


def test_segments_are_closed_when_they_are_long(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "SEGMENT_BYTES", 500)
    harvest = written(tmp_path / "h", items=10, pages=3)
    kinds = [each.kind for each in harvest.manifest.segments]
    assert kinds.count("items") > 2
    assert [each.id for each in harvest.items()] == [f"id{number}" for number in range(10)]
    assert [each.url for _, each in harvest.pages()] == [page(number).url for number in range(3)]


@pytest.mark.parametrize("kind", ["items", "pages"])
@pytest.mark.parametrize("damage", ["cut", "emptied", "removed", "flipped", "rubbish"])
def test_damage_is_told_and_quotes_nobody(tmp_path, kind, damage):
    harvest = written(tmp_path / "h", items=50)
    path = tmp_path / "h" / next(each.name for each in harvest.manifest.segments if each.kind == kind)
    whole = path.read_bytes()
    if damage == "removed":
        path.unlink()
    else:
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
        path.write_bytes(
            {"cut": whole[:-20], "emptied": b"", "flipped": flipped, "rubbish": b"no zstd" * 100}[damage]
        )
    with pytest.raises(HarvestError, match=r"is damaged: .*restore it from your backup") as caught:
        list(getattr(harvest, kind)())
    assert "Avis" not in str(caught.value)


def test_a_segment_that_ends_at_a_frame_is_damaged_too(tmp_path):
    harvest = written(tmp_path / "h", pages=2)
    (name,) = (each.name for each in harvest.manifest.segments if each.kind == "pages")
    whole = (tmp_path / "h" / name).read_bytes()
    (tmp_path / "h" / name).write_bytes(whole[: whole.index(b"\x28\xb5\x2f\xfd", 4)])
    with pytest.raises(HarvestError, match="1 of 2 records are left"):
        list(harvest.pages())


@pytest.mark.parametrize("text", ["", "{", '{"format": 1}', "null"])
def test_a_damaged_manifest_is_told(tmp_path, text):
    written(tmp_path / "h")
    (tmp_path / "h" / "manifest.json").write_text(text)
    with pytest.raises(HarvestError, match="no readable manifest"):
        Harvest(tmp_path / "h")


def test_rewriting_forgets_and_leaves_nothing(tmp_path):
    harvest = written(tmp_path / "h")
    first = next(iter(harvest.pages()))[0]
    manifest = rewrite(
        harvest, drop_items=lambda each: each.id == "id1", drop_pages=lambda reference, _: reference == first
    )
    again = Harvest(tmp_path / "h")
    assert again.manifest == manifest
    assert [each.id for each in again.items()] == ["id0", "id2"]
    assert [each.url for _, each in again.pages()] == [page(1).url]
    assert {path.name for path in (tmp_path / "h").iterdir()} == {
        "manifest.json",
        "items-00000.r1.jsonl.zst",
        "pages-00000.r1.warc.zst",
    }
    rewrite(again, drop_items=lambda _: True, drop_pages=lambda *_: True, mentions_expired=True)
    assert {path.name for path in (tmp_path / "h").iterdir()} == {"manifest.json"}
    assert Harvest(tmp_path / "h").manifest.mentions_expired is True


def test_what_a_killed_rewriting_left_is_swept(tmp_path):
    harvest = written(tmp_path / "h")
    (tmp_path / "h" / "items-00000.r1.jsonl.zst.part").write_bytes(b"x")
    sweep(harvest)
    assert {path.name for path in (tmp_path / "h").iterdir()} == {
        "manifest.json",
        *(each.name for each in harvest.manifest.segments),
    }


def store_with(tmp_path):
    store = HarvestStore(tmp_path)
    return store, store.folder(NAMES["source"], NAMES["source_key"], NAMES["run_id"])


def asked(store):
    return store.discard(NAMES["source"], NAMES["source_key"], NAMES["run_id"])


def test_discarding_takes_what_was_not_sealed_and_only_that(tmp_path):
    store, folder = store_with(tmp_path)
    assert asked(store) is True
    with HarvestWriter(folder, **NAMES) as writer:
        writer.add_item(mention(), item_id="id1", page=None, seen_at=NOW)
    assert asked(store) is True
    assert not folder.exists()
    written(folder)
    assert asked(store) is False
    assert [each.folder for each in store.sealed()] == [folder]


def test_an_orphan_cannot_seal_what_was_discarded(tmp_path):
    store, folder = store_with(tmp_path)
    writer = HarvestWriter(folder, **NAMES)
    writer.add_item(mention(), item_id="id1", page=None, seen_at=NOW)
    assert asked(store) is True
    with pytest.raises(OSError, match="items-00000"):
        writer.seal(SUMMARY)
    assert list(store.sealed()) == []
    closed = HarvestWriter(folder, **NAMES)
    closed.add_item(mention(), item_id="id1", page=None, seen_at=NOW)
    closed._items.close()
    assert asked(store) is True
    with pytest.raises(OSError, match="manifest"):
        closed.seal(SUMMARY)
    assert list(store.sealed()) == []


def test_a_discarding_killed_in_the_middle_is_made_good(tmp_path):
    store, folder = store_with(tmp_path)
    written(folder)
    folder.rename(folder.with_name(f".{folder.name}.discarded"))
    assert list(store.sealed()) == []
    assert asked(store) is False
    assert len(list(store.sealed())) == 1


def test_a_store_lists_its_harvests_in_order(tmp_path):
    store = HarvestStore(tmp_path)
    for run_id in ("b", "a"):
        written(store.folder("schema_org", "schema_org:shop.example", run_id), run_id=run_id)
    assert [each.manifest.run_id for each in store.sealed()] == ["a", "b"]
    assert ".." not in str(store.folder("schema_org", "schema_org:../../etc", "a").relative_to(tmp_path))


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "file.json"
    write_atomically(path, b"one")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"


def test_a_manifest_of_yesterday_is_read(tmp_path):
    harvest = written(tmp_path / "h")
    kept = json.loads((tmp_path / "h" / "manifest.json").read_text())
    del kept["mentions_expired"]
    (tmp_path / "h" / "manifest.json").write_text(json.dumps(kept))
    assert Harvest(tmp_path / "h").manifest == harvest.manifest


def test_a_former_versions_extent_is_read_as_the_field_it_is_now():
    read = HarvestItem.model_validate_json(OLD_LINE).item
    assert (read.extent, read.extra) == ("summary", {"votes": 3})
    again = HarvestItem.model_validate_json(HarvestItem.model_validate_json(OLD_LINE).model_dump_json())
    assert again.item == read


def test_a_former_versions_manifest_is_read(tmp_path):
    (tmp_path / "manifest.json").write_text(OLD_MANIFEST)
    summary = Harvest(tmp_path).manifest.summary
    assert (summary.status, summary.requests, summary.pages, summary.items) == ("ok", 3, 2, 1)
    assert (summary.rejected, summary.fill_rates) == ({"bad_date": 1}, {"text": 1.0})
    assert summary.validators["https://potager.example/feed.xml"].etag == "x"
