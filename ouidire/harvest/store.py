"""The harvests: what each run collected, written once and sealed; the system's source of truth.

One folder a run: `items-NNNNN.jsonl.zst` (one item a line), `pages-NNNNN.warc.zst` (every page fetched, one
zstd frame a record as the IIPC's WARC-zstd profile has it) and `manifest.json`, written last. A folder
without a manifest is a run that was killed: nothing in it is used. Nothing sealed is ever appended to, so a
folder or an object store serves alike. This module cannot see what the items mean, nor whether an index has
ingested them: the state has that.
"""

import hashlib
import io
import os
import shutil
from collections.abc import Callable, Container, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from uuid import NAMESPACE_URL, uuid5

import zstandard
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from ouidire.errors import HarvestError
from ouidire.frozen import Frozen
from ouidire.harvest.manifest import Manifest, RunSummary, Segment
from ouidire.harvest.warc import page_of, record_of, records_in
from ouidire.ids import digest
from ouidire.items import Item
from ouidire.page import Page
from ouidire.system.files import replace_file, sync

ITEM_LEVEL = 6
PAGE_LEVEL = 3
"""zstd levels: items are small and kept for years, pages are large, many and kept for weeks.

Level 3 is the library's default.
"""
SEGMENT_BYTES = 64_000_000
"""Uncompressed size at which a segment is closed and the next begun.

Small enough to rewrite when someone asks to be erased.
"""


class HarvestItem(Frozen):
    """One line of a harvest: the item under its id, the page it was read from and when."""

    id: str
    page: str | None = None
    seen_at: AwareDatetime
    item: Item


_ITEM = TypeAdapter(HarvestItem)


class _SegmentWriter:
    """Writes one kind of segments, each under a `.part` name until it is whole and on disk."""

    def __init__(self, folder: Path, kind: Literal["items", "pages"], *, generation: int = 0) -> None:
        self._folder = folder
        self._generation = f".r{generation}" if generation else ""
        self._kind: Literal["items", "pages"] = kind
        self._suffix = "jsonl.zst" if kind == "items" else "warc.zst"
        self._compressor = zstandard.ZstdCompressor(
            level=ITEM_LEVEL if kind == "items" else PAGE_LEVEL, write_checksum=True
        )
        self._file: io.BufferedWriter | None = None
        self._stream: zstandard.ZstdCompressionWriter | None = None
        self._raw = 0
        self._records = 0
        self.segments: list[Segment] = []

    @property
    def _name(self) -> str:
        return f"{self._kind}-{len(self.segments):05d}{self._generation}.{self._suffix}"

    def write(self, record: bytes) -> None:
        if self._file is None:
            self._file = (self._folder / f"{self._name}.part").open("wb")
            self._raw = self._records = 0
            self._stream = (
                self._compressor.stream_writer(self._file, closefd=False) if self._kind == "items" else None
            )
        if self._stream is not None:
            self._stream.write(record)
        else:
            self._file.write(self._compressor.compress(record))
        self._raw += len(record)
        self._records += 1
        if self._raw >= SEGMENT_BYTES:
            self.close()

    def close(self) -> None:
        if self._file is None:
            return
        if self._stream is not None:
            self._stream.close()  # type: ignore[no-untyped-call]
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        part, path = self._folder / f"{self._name}.part", self._folder / self._name
        with part.open("rb") as stream:
            checksum = hashlib.file_digest(stream, "sha256").hexdigest()
        size = part.stat().st_size
        part.replace(path)
        self.segments.append(
            Segment(name=path.name, kind=self._kind, records=self._records, size=size, sha256=checksum)
        )


class HarvestWriter:
    """Writes one run's harvest.

    Leave it without `seal` and the folder stays unsealed: the run never happened.
    """

    def __init__(self, folder: Path, *, run_id: str, source: str, source_key: str, entity: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for parent in folder.parents[:3]:  # run, entity, source: these names survive a power cut too
            sync(parent)
        self.folder = folder
        self.run_id = run_id
        self._source, self._source_key, self._entity = source, source_key, entity
        self._items = _SegmentWriter(folder, "items")
        self._pages = _SegmentWriter(folder, "pages")
        self._page_count = 0

    def add_page(self, page: Page) -> str:
        """Write a page; return the reference that its items carry."""
        self._page_count += 1
        reference = str(uuid5(NAMESPACE_URL, f"{self.run_id}/{self._page_count}"))
        self._pages.write(record_of(page, reference))
        return reference

    def add_item(self, item: Item, *, item_id: str, page: str | None, seen_at: datetime) -> None:
        """Write an item whose author has already been replaced by a keyed hash."""
        line = HarvestItem(id=item_id, page=page, seen_at=seen_at, item=item)
        self._items.write(line.model_dump_json(exclude_none=True).encode() + b"\n")

    def seal(self, summary: RunSummary) -> Manifest:
        """Close the segments, put them on disk, and write the manifest last."""
        self._items.close()
        self._pages.close()
        manifest = Manifest(
            run_id=self.run_id,
            source=self._source,
            source_key=self._source_key,
            entity=self._entity,
            summary=summary,
            segments=(*self._items.segments, *self._pages.segments),
        )
        # a folder that was discarded meanwhile (its parent was killed, and a new one has started) is not made
        # again
        replace_file(self.folder / "manifest.json", manifest.model_dump_json(indent=1).encode())
        return manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._items.close()
        self._pages.close()


class Harvest:
    """A sealed harvest, read as a stream. Raises HarvestError when its manifest cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
        except (OSError, ValidationError) as error:
            raise HarvestError(
                f"{folder} holds no readable manifest: it is damaged or gone; restore it from your backup"
            ) from error

    def items(self) -> Iterator[HarvestItem]:
        """Yield the items in the order in which they were read.

        Raises HarvestError when a segment is damaged.
        """
        for segment in self._segments("items"):
            path, number = self.folder / segment.name, 0
            try:
                with (
                    path.open("rb") as file,
                    zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream,
                ):
                    for number, line in enumerate(io.BufferedReader(stream, 1 << 16), start=1):  # noqa: B007 (counted below)
                        yield _ITEM.validate_json(line)
            except ValidationError as error:  # its message would quote what people wrote
                raise HarvestError(
                    f"{path} is damaged: line {number} is no item; restore it from your backup"
                ) from error
            except (OSError, zstandard.ZstdError) as error:
                raise HarvestError(f"{path} is damaged: {error}; restore it from your backup") from error
            _check_whole(path, segment, number)

    def pages(self) -> Iterator[tuple[str, Page]]:
        """Yield (reference, page) in the order in which they were fetched.

        Raises HarvestError when a segment is damaged.
        """
        for segment in self._segments("pages"):
            path, number = self.folder / segment.name, 0
            try:
                with (
                    path.open("rb") as file,
                    zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream,
                ):
                    for number, record in enumerate(records_in(io.BufferedReader(stream, 1 << 16)), start=1):  # noqa: B007
                        yield record.reference, page_of(record)
            except (OSError, EOFError, zstandard.ZstdError, ValueError) as error:
                raise HarvestError(
                    f"{path} is damaged: {_brief(error)}; restore it from your backup"
                ) from error
            _check_whole(path, segment, number)

    def _segments(self, kind: str) -> Iterator[Segment]:
        return (segment for segment in self.manifest.segments if segment.kind == kind)


def _check_whole(path: Path, segment: Segment, records: int) -> None:
    """Raise HarvestError for a segment cut short at a frame's edge: it reads like a shorter one."""
    if records != segment.records:
        raise HarvestError(
            f"{path} is damaged: {records} of {segment.records} records are left; restore it from your backup"
        )


def _brief(error: Exception) -> str:
    return type(error).__name__ if isinstance(error, ValueError) else str(error)


def rewrite(
    harvest: Harvest,
    *,
    drop_items: Callable[[HarvestItem], bool],
    drop_pages: Callable[[str, Page], bool],
    mentions_expired: bool = False,
) -> Manifest:
    """Write a harvest again without what must be forgotten.

    Writing the new manifest makes it take effect; then the old files are removed.
    """
    folder, old = harvest.folder, harvest.manifest
    generation = 1 + max(
        (int(each.name.split(".r")[1].split(".")[0]) for each in old.segments if ".r" in each.name), default=0
    )
    items, pages = (
        _SegmentWriter(folder, "items", generation=generation),
        _SegmentWriter(folder, "pages", generation=generation),
    )
    for item in harvest.items():
        if not drop_items(item):
            items.write(item.model_dump_json(exclude_none=True).encode() + b"\n")
    for reference, page in harvest.pages():
        if not drop_pages(reference, page):
            pages.write(record_of(page, reference))
    items.close()
    pages.close()
    manifest = old.model_copy(
        update={"segments": (*items.segments, *pages.segments), "mentions_expired": mentions_expired}
    )
    replace_file(folder / "manifest.json", manifest.model_dump_json(indent=1).encode())
    _sweep(folder, manifest)
    return manifest


def sweep(harvest: Harvest) -> None:
    """Remove the files that a killed rewriting left: they hold what was to be forgotten."""
    _sweep(harvest.folder, harvest.manifest)


def _sweep(folder: Path, manifest: Manifest) -> None:
    kept = {each.name for each in manifest.segments} | {"manifest.json"}
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()


class HarvestStore:
    """All harvests under one local folder: `<root>/<source>/<entity's hash>/<run id>/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, source: str, source_key: str, run_id: str) -> Path:
        """Return the folder of a run's harvest, sealed or not.

        The entity is hashed: a site's words never become a path.
        """
        return self.root / source / digest(source_key, size=6) / run_id

    def open(self, source: str, source_key: str, run_id: str) -> Harvest:
        """Open a sealed harvest. Raises HarvestError when it is not sealed."""
        return Harvest(self.folder(source, source_key, run_id))

    def is_sealed(self, source: str, source_key: str, run_id: str) -> bool:
        """Return whether the run's manifest was written."""
        return (self.folder(source, source_key, run_id) / "manifest.json").exists()

    def sealed(self) -> Iterator[Harvest]:
        """Yield every sealed harvest, ordered by run id within each source and entity."""
        for folder in self.folders():
            yield Harvest(folder)

    def folders(self, *, besides: Container[str] = frozenset()) -> Iterator[Path]:
        """Yield the folder of every sealed harvest, ordered by run id within each source and entity.

        Those of the run ids `besides` are left out, and not even looked at: it costs their names alone.
        """
        for path in sorted(each for each in self.root.glob("*/*/[!.]*") if each.name not in besides):
            if (path / "manifest.json").exists():
                yield path

    def discard(self, source: str, source_key: str, run_id: str) -> bool:
        """Remove an unsealed harvest (a killed run's); return False, and leave it, when it is sealed.

        The folder is moved away first: an orphaned child that is still writing can then seal nothing, and
        what it sealed a moment before is found and put back.
        """
        folder = self.folder(source, source_key, run_id)
        if (folder / "manifest.json").exists():
            return False
        away = folder.with_name(f".{folder.name}.discarded")
        if not away.exists():
            try:
                folder.rename(away)
            except FileNotFoundError:
                return True
        if (away / "manifest.json").exists():
            away.rename(folder)
            return False
        shutil.rmtree(away, ignore_errors=True)
        return True
