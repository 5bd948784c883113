"""Streams cut into lists: everything once, in order, and no more read than asked for."""

import pytest

from ouidire.batches import batched


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (1, [[0]]), (3, [[0, 1, 2]]), (7, [[0, 1, 2], [3, 4, 5], [6]])]
)
def test_everything_comes_once_and_in_order(count, expected):
    assert list(batched(range(count), 3)) == expected


def test_a_batch_is_read_only_when_it_is_asked_for():
    stream = iter(range(10))
    batches = batched(stream, 4)
    assert next(batches) == [0, 1, 2, 3]
    assert next(stream) == 4


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least 1 item"):
        list(batched([1], 0))
