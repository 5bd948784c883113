"""What only files can suffer: a kill at any point, damage, locks, other versions, other people's files."""

import os
import sqlite3
import subprocess
import sys

import pytest

from ouidire.errors import IndexUnavailable
from ouidire.index import Query
from search.sqlite.files import IndexFiles
from search.sqlite.index import SqliteIndex
from search.sqlite.schema import VERSIONS
from tests.support import index_corpus, killed_writer

OLD = 300


@pytest.fixture
def index(tmp_path):
    made = SqliteIndex(tmp_path / "index.db", wait_s=0.2)
    made.ensure()
    yield made
    made.close()


def ids(index, text=""):
    return [row["id"] for row in index.scan(Query(text=text), ["id"])]


def names(folder):
    return [each.name for each in folder.iterdir()]


def run_child(folder, action, what, number):
    """Return whether the child finished; anything but that or a kill is a failure of the test."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_writer", str(folder), action, what, str(number)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode in {0, -9}, child.stderr
    assert (child.returncode == 0) == ("finished" in child.stdout)
    return child.returncode == 0


def assert_sound(path):
    """Every structure agrees with every other one: SQLite's own check, FTS5's, and words against
    documents."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for table in ("mention_stems", "mention_words"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608 (a table of ours)
    connection.close()
    index = SqliteIndex(path)
    for text in ("content", "livr*"):
        naive = [row["id"] for row in index.scan(Query(), ["id", "words", "stems"]) if _says(row, text)]
        assert ids(index, text) == naive
    index.close()


def _says(row, text):
    return (
        any(word.startswith("livr") for word in row["words"].split())
        if text == "livr*"
        else "content" in row["stems"].split()
    )


@pytest.mark.kill
@pytest.mark.parametrize(
    ("action", "what", "number"),
    [
        *(("rebuild", "file", number) for number in range(1, 18)),
        *(("upsert", "file", number) for number in (2, 4, 6)),
        *((action, "step", number) for action in ("upsert", "rebuild") for number in (1, 3, 8, 16, 24)),
    ],
)
def test_killed_anywhere_and_run_again(tmp_path, action, what, number):
    """The index holds whole batches of either state at every point, and the same as if never
    killed when run again."""
    path = tmp_path / "index.db"
    index = SqliteIndex(path)
    index.ensure()
    index.upsert(index_corpus.mention(seed) for seed in range(OLD))
    index.delete("mention", [("parti", 3)])
    index.close()
    finished = run_child(tmp_path, action, what, number)
    index.ensure()
    revisions = [row["revision"] for row in index.scan(Query(), ["revision"])]
    if action == "rebuild":
        assert (len(revisions), set(revisions)) in [(OLD, {1}), (killed_writer.SIZE, {2})]
    else:
        assert revisions.count(2) % 1000 == 0 or revisions.count(2) == killed_writer.SIZE
        assert len(revisions) == max(OLD, revisions.count(2))
    assert not finished or revisions == [2] * killed_writer.SIZE
    left = {name for name in names(tmp_path) if not name.endswith(("-wal", "-shm"))}
    assert left == {"index.db", "index.db.lock", path.readlink().name}
    assert_sound(path)
    if action == "rebuild":
        index.rebuild(
            (index_corpus.mention(seed, revision=2) for seed in range(killed_writer.SIZE)),
            tombstones=[("mention", "parti", 3)],
        )
    else:
        index.upsert(index_corpus.mention(seed, revision=2) for seed in range(killed_writer.SIZE))
    assert [row["revision"] for row in index.scan(Query(), ["revision"])] == [2] * killed_writer.SIZE
    assert index.status().tombstones["mention"] == 1
    index.close()
    assert_sound(path)


@pytest.mark.kill
@pytest.mark.parametrize("number", range(1, 12, 2))
def test_killed_while_it_is_made(tmp_path, number):
    run_child(tmp_path, "upsert", "file", number)
    index = SqliteIndex(tmp_path / "index.db")
    index.ensure()
    assert index.upsert([index_corpus.mention(1)]).written == 1
    index.close()
    assert_sound(tmp_path / "index.db")


@pytest.mark.parametrize(
    "ask",
    [
        lambda index: index.search(Query()),
        lambda index: index.upsert([index_corpus.mention(1)]),
        lambda index: index.status(),
    ],
)
def test_no_index(tmp_path, ask):
    with pytest.raises(IndexUnavailable, match=r"no index at .*`ouidire index rebuild`"):
        ask(SqliteIndex(tmp_path / "absent" / "index.db"))


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 100, bytes(8192)])
def test_a_damaged_file_says_rebuild_and_a_rebuild_mends_it(tmp_path, index, damage):
    index.upsert([index_corpus.mention(1)])
    index.close()
    current = (tmp_path / "index.db").resolve()
    for name in names(tmp_path):
        if name.endswith(("-wal", "-shm")):
            (tmp_path / name).unlink()
    current.write_bytes(damage)
    for ask in (index.ensure, index.status, lambda: index.search(Query())):
        with pytest.raises(IndexUnavailable, match="`ouidire index rebuild`"):
            ask()
    index.rebuild([index_corpus.mention(2)], expected={"mention": 1})
    index.ensure()
    assert ids(index) == ["m00002"]


def test_damage_in_the_middle(tmp_path, index):
    index.upsert(index_corpus.mention(seed) for seed in range(500))
    index.close()
    current = (tmp_path / "index.db").resolve()
    content = bytearray(current.read_bytes())
    content[20 * 8192 :] = b"\xff" * (len(content) - 20 * 8192)
    current.write_bytes(content)
    with pytest.raises(IndexUnavailable, match="`ouidire index rebuild`"):
        list(index.scan(Query(), ["id", "text"]))


def test_a_link_that_leads_nowhere(tmp_path, index):
    index.close()
    (tmp_path / "index.db").resolve().unlink()
    with pytest.raises(IndexUnavailable, match="`ouidire index rebuild`"):
        index.ensure()
    index.rebuild([])
    index.ensure()


@pytest.mark.parametrize("name", sorted(VERSIONS))
def test_another_version_is_not_read(tmp_path, index, name):
    index.close()
    connection = sqlite3.connect(tmp_path / "index.db")
    connection.execute("UPDATE meta SET value = 0 WHERE name = ?", (name,))
    connection.commit()
    connection.close()
    with pytest.raises(IndexUnavailable, match=f"other versions.*{name} 0.*`ouidire index rebuild`"):
        index.ensure()
    index.rebuild([])
    index.ensure()


def test_another_database_in_its_place(tmp_path):
    connection = sqlite3.connect(tmp_path / "index.db")
    connection.execute("CREATE TABLE mention (id)")
    connection.close()
    index = SqliteIndex(tmp_path / "index.db")
    with pytest.raises(IndexUnavailable, match="no index of ours"):
        index.ensure()
    index.rebuild([index_corpus.mention(1)])
    assert (ids(index), (tmp_path / "index.db").is_symlink()) == (["m00001"], True)
    index.close()


def test_an_index_that_was_copied_as_a_plain_file(tmp_path, index):
    index.upsert([index_corpus.mention(1)])
    index.close()
    copy = tmp_path / "copy" / "index.db"
    copy.parent.mkdir()
    copy.write_bytes((tmp_path / "index.db").read_bytes())
    other = SqliteIndex(copy)
    other.ensure()
    other.upsert([index_corpus.mention(2)])
    assert ids(other) == ["m00001", "m00002"]
    other.rebuild([index_corpus.mention(3)])
    assert ids(other) == ["m00003"]
    other.close()
    assert {name.split("-")[0] for name in names(copy.parent)} == {
        "index.db",
        "index.db.lock",
        "index.db.000001",
    }


def test_a_writer_elsewhere_is_waited_for_then_named(tmp_path, index):
    other = sqlite3.connect(tmp_path / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(IndexUnavailable, match="another process is writing"):
        index.upsert([index_corpus.mention(1)])
    assert index.search(Query()).total == 0
    other.execute("ROLLBACK")
    other.close()
    assert index.upsert([index_corpus.mention(1)]).written == 1


def test_nobody_writes_during_a_rebuild_and_readers_go_on(tmp_path, index):
    index.upsert([index_corpus.mention(1)])
    other = SqliteIndex(tmp_path / "index.db", wait_s=0.1)

    def stream():
        yield index_corpus.mention(2)
        with pytest.raises(IndexUnavailable, match="being rebuilt"):
            other.upsert([index_corpus.mention(3)])
        with pytest.raises(IndexUnavailable, match="rebuilt by another process"):
            other.rebuild([])
        other.ensure()
        assert ids(other) == ["m00001"]

    index.rebuild(stream(), expected={"mention": 1})
    assert ids(other) == ["m00002"]
    other.close()


def test_a_rebuild_waits_for_writers(tmp_path, index):
    other = SqliteIndex(tmp_path / "index.db", wait_s=0.1)

    def stream():
        yield index_corpus.mention(2)
        with pytest.raises(IndexUnavailable, match="being written to"):
            other.rebuild([])

    assert index.upsert(stream()).written == 1
    other.close()


def test_a_folder_that_may_not_be_written(tmp_path):
    if os.geteuid() == 0:
        (tmp_path / "file").write_text("in the way")
        path = tmp_path / "file" / "index.db"
    else:
        (tmp_path / "shut").mkdir(mode=0o500)
        path = tmp_path / "shut" / "index.db"
    with pytest.raises(IndexUnavailable, match="cannot be used"):
        SqliteIndex(path).ensure()


def test_generations_are_never_numbered_twice(tmp_path, index):
    names = [(tmp_path / "index.db").readlink().name]
    for _ in range(3):
        index.rebuild([])
        names.append((tmp_path / "index.db").readlink().name)
    assert names == sorted(set(names))
    (tmp_path / "index.db.000009-wal").write_bytes(b"")
    assert IndexFiles(tmp_path / "index.db", wait_s=0).build().name == "index.db.000010"
