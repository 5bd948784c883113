"""How a file is understood, in words: its columns, its scale, its dates."""

from ouidire.frozen import Frozen
from service.pipeline.collect.saved_pages import ReadFile

SHOWN = 60
"""Characters of an example that are shown."""


class ColumnRead(Frozen):
    """A field of ours: the headings that it is read from, what tells so, and an example of its cells."""

    field: str
    headings: tuple[str, ...]
    told_by: str
    example: str = ""


class FilePreview(Frozen):
    """How a file is understood, and what is read of it.

    `platform` is the export recognised, "" for none, and None where none is looked for; `shape` where rows or
    records lie; `scale`, `dates` and `timezone` say in words how ratings and dates are read and what tells
    so. All are empty for sources that find no columns by themselves.
    """

    read: ReadFile
    platform: str | None = ""
    shape: str = ""
    columns: tuple[ColumnRead, ...] = ()
    unused: tuple[str, ...] = ()
    scale: str = ""
    dates: str = ""
    timezone: str = ""
