"""Backup and restore of what cannot be made again: the state, the harvest, and the key if one asks for it.

A backup is a folder that mirrors the installation, with a manifest of checksums written last: without one, it
is none. Doing it again copies what changed and removes what is gone, so that what was erased or expired does
not live on there. The index is not in it: it is rebuilt. A state on a server is in it as a dump, which any
database can take, as it can a backup of SQLite's.
"""

import hashlib
import hmac
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

import structlog
from pydantic import AwareDatetime, ValidationError

from ouidire import __version__
from ouidire.errors import UsageError
from ouidire.frozen import Frozen
from ouidire.privacy import read_key
from ouidire.settings.configuration import Settings
from ouidire.system.files import sync, write_atomically
from service.pipeline.installation import Installation
from service.pipeline.keep.moved_state import dump_state, holds_rows, restore_state
from service.pipeline.losses import state_file

log = structlog.get_logger()
NAMED = 5
"""Damaged files that an error names."""
STATE, DUMP, HARVEST, KEY, MANIFEST = "state.db", "state.ndjson.zst", "harvest", "key", "manifest.json"


class Kept(Frozen):
    """One file of a backup: its size in bytes, its checksum, and when its original was last changed."""

    size: int
    sha256: str
    changed_ns: int


class BackupManifest(Frozen):
    """What a backup holds, by path within it, sealed by the installation's key (empty in former backups)."""

    format: int = 1
    at: AwareDatetime
    version: str
    files: dict[str, Kept]
    hmac: str = ""


class Backup(Frozen):
    """What was done: files in the backup, those copied now, those removed, and bytes in all."""

    files: int
    copied: int
    removed: int
    size: int
    with_key: bool


def back_up(installation: Installation, folder: Path, *, with_key: bool = False) -> Backup:
    """Bring a backup up to date, the state first: a harvest that the state does not know does no harm.

    The caller holds the installation's lock. Raises UsageError for a folder inside the data folder, OSError
    when something cannot be written.
    """
    if folder.resolve().is_relative_to(installation.settings.path(None, "").resolve()):
        raise UsageError(f"{folder} is inside the data folder: name one elsewhere, best on another disk")
    before = _manifest(folder).files if (folder / MANIFEST).exists() else {}
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with installation.state.read():  # it exists and is of this version
        pass
    source = state_file(installation.settings)
    if source is None:
        files = {DUMP: _dump_state(installation, folder / DUMP)}
    else:
        files = {STATE: _copy_state(source, folder / STATE)}
    root = installation.settings.path(installation.settings.harvest.folder, HARVEST)
    copied = 1
    for path in _files(root):
        name = f"{HARVEST}/{path.relative_to(root).as_posix()}"
        known = before.get(name)
        facts = path.stat()
        if (
            known is not None
            and (known.size, known.changed_ns) == (facts.st_size, facts.st_mtime_ns)
            and (folder / name).exists()
        ):
            files[name] = known
            continue
        files[name] = _copy(path, folder / name)
        copied += 1
    if with_key:
        files[KEY] = _copy(
            installation.settings.path(installation.settings.privacy.key_file, KEY), folder / KEY
        )
    removed = _sweep(folder, files.keys())
    manifest = BackupManifest(at=installation.clock(), version=__version__, files=files)
    manifest = manifest.model_copy(update={"hmac": _seal(manifest, installation.secret)})
    write_atomically(folder / MANIFEST, manifest.model_dump_json(indent=1).encode())
    return Backup(
        files=len(files),
        copied=copied,
        removed=removed,
        size=sum(each.size for each in files.values()),
        with_key=with_key,
    )


def restore(settings: Settings, folder: Path, *, key: Path | None = None) -> BackupManifest:
    """Put a backup in the place of an installation that has none of it, after checking everything.

    `key` is the key's own backup, where the folder does not hold it. Raises UsageError when the backup is
    damaged or not whole, when the key is missing, or when there is something to overwrite.
    """
    state, root = state_file(settings), settings.path(settings.harvest.folder, HARVEST)
    place = settings.path(settings.privacy.key_file, KEY)
    taken = [
        str(each)
        for each in (state, root, place)
        if each is not None and each.exists() and not (each.is_dir() and not any(each.iterdir()))
    ]
    if state is None and holds_rows(settings.state_url):
        taken.append(settings.state_url)
    if taken:
        raise UsageError(f"there is something already: {', '.join(taken)}; move it away first")
    manifest = _manifest(folder)
    wrong = [name for name, each in manifest.files.items() if not _is_whole(folder / name, each)]
    if wrong:
        more = " …" if len(wrong) > NAMED else ""
        raise UsageError(f"{folder} is damaged: {', '.join(wrong[:NAMED])}{more}; take another backup")
    kept_key = key or (folder / KEY if KEY in manifest.files else None)
    if kept_key is None or not kept_key.is_file():
        raise UsageError(
            f"{folder} holds no key: give its own backup with --key; "
            "without it authors can be neither recognised nor erased"
        )
    secret = read_key(kept_key)
    if manifest.hmac and not hmac.compare_digest(manifest.hmac, _seal(manifest, secret)):
        raise UsageError(
            f"{folder / MANIFEST} was not written with this key: it was changed, or the key is another's; "
            "take another backup"
        )
    if not manifest.hmac:
        log.warning("backup without seal", folder=str(folder), why="written by a version before seals")
    for name in manifest.files:
        if name.startswith(f"{HARVEST}/"):
            _copy(_inside(folder, name), _inside(root, name.removeprefix(f"{HARVEST}/")))
    _copy(kept_key, place)
    place.chmod(0o600)
    # last: without it there is no installation
    if state is not None and STATE in manifest.files:
        _copy(folder / STATE, state)
    else:
        restore_state(settings.state_url, folder / (STATE if STATE in manifest.files else DUMP))
    return manifest


def _dump_state(installation: Installation, target: Path) -> Kept:
    part = target.with_name(f".{target.name}.part")
    dump_state(installation.state, part)
    return _placed(part, target, changed_ns=part.stat().st_mtime_ns)


def _copy_state(source: Path, target: Path) -> Kept:
    """Copy a database that may be in use, whole, by SQLite's own means; check the copy."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        (said,) = copy.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        part.unlink()
        raise UsageError(
            f"{source} is damaged ({said}): the backup that was there is left as it is; restore from it"
        )
    return _placed(part, target, changed_ns=source.stat().st_mtime_ns)


def _copy(source: Path, target: Path) -> Kept:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    return _placed(part, target, changed_ns=source.stat().st_mtime_ns)


def _placed(part: Path, target: Path, *, changed_ns: int) -> Kept:
    """Put a copy on disk under its name, for its owner alone."""
    part.chmod(0o600)
    with part.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    size = part.stat().st_size
    part.replace(target)
    sync(target.parent)
    return Kept(size=size, sha256=checksum, changed_ns=changed_ns)


def _sweep(folder: Path, wanted: Collection[str]) -> int:
    """Remove what a backup holds no more, empty folders too."""
    gone = [path for path in _files(folder) if path.relative_to(folder).as_posix() not in {*wanted, MANIFEST}]
    for path in gone:
        path.unlink()
    for path in sorted((folder / HARVEST).rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return len(gone)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _is_whole(path: Path, kept: Kept) -> bool:
    if not path.is_file() or path.stat().st_size != kept.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == kept.sha256


def _manifest(folder: Path) -> BackupManifest:
    try:
        manifest = BackupManifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise UsageError(f"{folder} holds no whole backup: there is no {MANIFEST}") from error
    except (OSError, ValidationError) as error:
        raise UsageError(
            f"{folder / MANIFEST} cannot be read as a backup's manifest; take another backup"
        ) from error
    outside = [name for name in manifest.files if not _stays_inside(name)]
    if outside:
        raise UsageError(f"{folder / MANIFEST} names {outside[0]!r}, which is no file of a backup")
    return manifest


def _stays_inside(name: str) -> bool:
    """Whether a name is in the one form that leads into the backup: `harvest/a/b`, never `harvest//a`."""
    path = PurePosixPath(name)
    canonical = str(path) == name and not path.is_absolute() and ".." not in path.parts
    plain = "\\" not in name and "\0" not in name and ":" not in path.parts[0]
    is_harvest = canonical and plain and len(path.parts) > 1 and path.parts[0] == HARVEST
    return name in (STATE, DUMP, KEY) or is_harvest


def _inside(root: Path, name: str) -> Path:
    """Return the path of a name under a folder. Raises UsageError where it lies elsewhere, by a link too."""
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{path} would lie outside {root}: nothing was written there")
    return path


def _seal(manifest: BackupManifest, secret: bytes) -> str:
    """Return the manifest's keyed hash (HMAC-SHA-256, hexadecimal), by the installation's key."""
    body = manifest.model_copy(update={"hmac": ""}).model_dump_json().encode()
    return hmac.new(secret, b"ouidire backup\0" + body, hashlib.sha256).hexdigest()
