"""Tables that stand side by side in one sheet, a column without anything between them.

It cannot see two tables of which one begins where the other ends without a gap.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from crawlers.reading.tables import FileRow


def side_by_side(rows: Sequence[FileRow]) -> list[slice]:
    """Return the columns of each table of a sheet; nothing where there is only one."""
    width = max((len(row.cells) for row in rows), default=0)
    filled = [
        any(i < len(row.cells) and row.cells[i] not in (None, "") for row in rows) for i in range(width)
    ]
    blocks = []
    for has_any, columns in groupby(range(width), key=filled.__getitem__):
        listed = list(columns)
        if has_any:
            blocks.append(slice(listed[0], listed[-1] + 1))
    return blocks if len(blocks) > 1 else []


def cut_to(rows: Iterable[FileRow], columns: slice) -> Iterator[FileRow]:
    """Yield rows with some of their columns alone."""
    for row in rows:
        yield row._replace(cells=row.cells[columns])
