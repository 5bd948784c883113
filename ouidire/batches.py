"""A stream cut into lists of bounded size, so that no more of it is in memory at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, in order; the last one may be shorter, and none is empty.

    As `itertools.batched` of Python 3.12, but for lists. Raises ValueError for a size below 1.
    """
    if size < 1:
        message = f"a batch holds at least 1 item, not {size}"
        raise ValueError(message)
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch
