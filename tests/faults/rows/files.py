"""Faults of what is kept: state, key, index, harvests; lost, empty, cut, damaged, another's."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from ouidire.state.databases import sqlite
from tests.faults.engine import query
from tests.faults.fault import FALSE, UNTRUE, Fault, Right
from tests.faults.lab import Lab

STOPS = Right(
    now=(0,), never=FALSE, shows=("ouidire (restore|state recover|index rebuild)|backup|sauvegarde",)
)
"""Nothing is sent; what to do is said."""
REBUILDS = Right(now=(0,), never=FALSE, shows=("index rebuild",))
KEPT = "kept-aside"


def _files(lab: Lab, what: str) -> list[Path]:
    if what == "index":
        return sorted(path for path in lab.var.glob("index.db*") if not path.name.endswith(".lock"))
    return {"state": sorted(lab.var.glob("state.db*")), "key": [lab.var / "key"]}[what]


def _keep(lab: Lab) -> None:
    if not (lab.folder / KEPT).exists():
        shutil.copytree(lab.var, lab.folder / KEPT, symlinks=True)


def _back(what: str) -> Callable[[Lab], None]:
    """Return what puts the sound files back."""

    def mends(lab: Lab) -> None:
        for path in _files(lab, what):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        for path in (lab.folder / KEPT).iterdir():
            if path.name.startswith({"index": "index.db", "state": "state.db", "key": "key"}[what]):
                shutil.copy2(path, lab.var / path.name, follow_symlinks=False)

    return mends


def _rebuilt(lab: Lab) -> None:
    for path in _files(lab, "index"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
    lab.ouidire("index", "rebuild")


def _each(change: Callable[[Path], None], what: str) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        _keep(lab)
        for path in _files(lab, what):
            if path.exists() and not path.is_symlink():
                change(path)

    return breaks


def _gone(what: str) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        _keep(lab)
        for path in _files(lab, what):
            path.unlink()

    return breaks


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _garbage(path: Path) -> None:
    path.write_bytes(bytes(range(1, 201)) * 60)


def _head(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"not a database, that is sure")


def _middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(4096, size - 2000, 8192):
            file.seek(place)
            file.write(b"\xff" * 1500)


def _leads_nowhere(what: str) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        _gone(what)(lab)
        name = {"index": "index.db", "state": "state.db", "key": "key"}[what]
        (lab.var / name).symlink_to(lab.folder / "nowhere" / "at-all")

    return breaks


def _folder(what: str) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        _gone(what)(lab)
        (lab.var / {"index": "index.db", "state": "state.db", "key": "key"}[what]).mkdir()

    return breaks


def _other_key(lab: Lab) -> None:
    _keep(lab)
    (lab.var / "key").write_text("5a" * 32)


def _short_key(lab: Lab) -> None:
    _keep(lab)
    (lab.var / "key").write_text("5a5a5")


def _harvested(change: Callable[[Path], None]) -> Callable[[Lab], None]:
    """Return what collects the week without indexing it, and changes its folder."""

    def breaks(lab: Lab) -> None:
        lab.ouidire("collect", "--no-ingest", now=lab.now.replace(hour=6))
        folder = max(lab.var.glob("harvest/*/*/2*"), key=lambda each: each.name)
        shutil.copytree(folder, lab.folder / KEPT)
        (lab.folder / "where").write_text(str(folder))
        change(folder)

    return breaks


def _harvest_back(lab: Lab) -> None:
    folder = Path((lab.folder / "where").read_text())
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(lab.folder / KEPT, folder)


def _segment(change: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: change(next(iter(sorted(folder.glob("items-*")))))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _manifest(change: Callable[[Path], None]) -> Callable[[Path], None]:
    return lambda folder: change(folder / "manifest.json")


def _sql(sql: str, name: str = "index.db") -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        _keep(lab)
        query((lab.var / name).resolve(), sql)

    return breaks


C2 = Right(
    now=(0, 1),
    never=("Rien ne manque", "silence est réel"),
    shows=("damaged|is gone|cannot be read|restore|backup|sauvegarde",),
)
"""A harvest that waits, damaged: named, and the week does not say that nothing is missing."""
WAITING: tuple[tuple[str, Callable[[Path], None]], ...] = (
    ("segment_cut", _segment(_half)),
    ("segment_gone", _segment(Path.unlink)),
    ("segment_empty", _segment(_empty)),
    ("segment_bit_flipped", _segment(_flip)),
    ("segment_garbage", _segment(_garbage)),
    ("manifest_gone", _manifest(Path.unlink)),
    ("manifest_cut", _manifest(_half)),
    ("manifest_empty", _manifest(_empty)),
    ("manifest_garbage", _manifest(_garbage)),
    ("harvest_gone", shutil.rmtree),
)
LOST: tuple[tuple[str, str, Callable[[Lab], None]], ...] = tuple(
    (f"{what}_{name}", what, breaks)
    for what in ("state", "index")
    for name, breaks in (
        ("gone", _gone(what)),
        ("empty", _each(_empty, what)),
        ("cut", _each(_half, what)),
        ("garbage", _each(_garbage, what)),
        ("head", _each(_head, what)),
        ("middle", _each(_middle, what)),
        ("leads_nowhere", _leads_nowhere(what)),
        ("is_a_folder", _folder(what)),
    )
)


def _recovered(lab: Lab) -> None:
    """Recover the lost state in place of putting it back, and say that the past was sent."""
    said = lab.ouidire("state", "recover", "--yes", now=lab.now)
    assert said.code in {0, 3}, said.all


def _locked(name: str) -> Callable[[Lab], None]:
    """Return what has another program hold a database for itself; nobody waits a minute for it here."""

    def breaks(lab: Lab) -> None:
        connection = sqlite3.connect(
            (lab.var / name).resolve(), isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN EXCLUSIVE")
        lab.parts = {"lock": connection, "wait": sqlite.BUSY_SECONDS}
        sqlite.BUSY_SECONDS = 1

    return breaks


def _unlocked(lab: Lab) -> None:
    lab.parts["lock"].close()
    sqlite.BUSY_SECONDS = lab.parts["wait"]


FAULTS = (
    Fault(
        "state_locked",
        "M3",
        "another program holds the state for itself",
        _locked("state.db"),
        Right(
            now=(0,),
            never=FALSE,
            shows=("(?i)locked|another program|autre programme|verrouill",),
            hides=("state recover", "restore"),
        ),
        mends=_unlocked,
    ),
    *(
        Fault(
            name,
            "S1" if what == "state" else "I1",
            f"the {what} is damaged or lost",
            breaks,
            STOPS if what == "state" else REBUILDS,
            mends=_back(what) if what == "state" else _rebuilt,
            start="collected",
        )
        for name, what, breaks in LOST
    ),
    Fault(
        "key_gone",
        "S1",
        "the key is gone",
        _gone("key"),
        STOPS,
        mends=_back("key"),
        start="collected",
    ),
    Fault(
        "key_empty",
        "S1",
        "the key is empty",
        _each(_empty, "key"),
        STOPS,
        mends=_back("key"),
        start="collected",
    ),
    Fault(
        "key_short", "S1", "the key is cut short", _short_key, STOPS, mends=_back("key"), start="collected"
    ),
    Fault(
        "key_garbage",
        "S1",
        "the key holds bytes of something else",
        _each(_garbage, "key"),
        STOPS,
        mends=_back("key"),
        start="collected",
    ),
    Fault(
        "key_of_another",
        "S1",
        "the key is another installation's",
        _other_key,
        STOPS,
        mends=_back("key"),
        start="collected",
    ),
    Fault(
        "key_is_a_folder",
        "S1",
        "a folder stands in the key's place",
        _folder("key"),
        STOPS,
        mends=_back("key"),
        start="collected",
    ),
    *(
        Fault(
            name,
            "C2",
            "a harvest that waits is damaged",
            _harvested(change),
            C2,
            mends=_harvest_back,
        )
        for name, change in WAITING
    ),
    Fault(
        "mentions_deleted",
        "I1",
        "every mention is deleted from the index",
        _sql("DELETE FROM mention"),
        REBUILDS,
        mends=_rebuilt,
        start="collected",
    ),
    Fault(
        "half_deleted",
        "I1",
        "half of the mentions are deleted from the index",
        _sql("DELETE FROM mention WHERE rowid % 2"),
        REBUILDS,
        mends=_rebuilt,
        start="collected",
    ),
    Fault(
        "one_deleted",
        "I1",
        "one mention is deleted from the index",
        _sql("DELETE FROM mention WHERE rowid = 7"),
        REBUILDS,
        mends=_rebuilt,
        start="collected",
    ),
    Fault(
        "table_dropped",
        "I1",
        "the table of mentions is dropped",
        _sql("DROP TABLE mention"),
        REBUILDS,
        mends=_rebuilt,
        start="collected",
    ),
    Fault(
        "other_schema",
        "I1",
        "the index says it is of another version",
        _sql("UPDATE meta SET value = 1 WHERE name = 'schema'"),
        REBUILDS,
        mends=_rebuilt,
        start="collected",
    ),
    Fault(
        "wal_left_behind",
        "control",
        "journals of SQLite lie about, empty",
        lambda lab: (lab.var / "state.db-wal").write_bytes(b""),
        Right(codes=(0,), now=(1,), never=UNTRUE),
        start="collected",
    ),
    Fault(
        "state_gone_recovered",
        "S1",
        "the state is gone, and is recovered",
        _gone("state"),
        Right(now=(0,), never=FALSE, mails=(0, 1), shows=("state recover",)),
        mends=_recovered,
        start="collected",
    ),
    Fault(
        "state_garbage_recovered",
        "S1",
        "the state is damaged, and is recovered",
        _each(_garbage, "state"),
        Right(now=(0,), never=FALSE, mails=(0, 1), shows=("state recover",)),
        mends=_recovered,
        start="collected",
    ),
)
