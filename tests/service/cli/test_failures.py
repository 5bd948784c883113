"""The last message of a command that failed by the system: what, where, what to do."""

import errno

import pytest

from service.cli import _failure_lines


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EFBIG, "make room"),
        (errno.EDQUOT, "make room"),
        (errno.EACCES, "who owns it"),
        (errno.EROFS, "who owns it"),
    ],
)
def test_an_error_of_the_system_says_where_and_what_to_do(number, advice):
    (line,), code = _failure_lines(OSError(number, "The system's words", "/var/lock"))
    assert line.startswith("The system's words: /var/lock; ")
    assert advice in line
    assert ("nothing is lost" in line) == (advice == "make room")
    assert code == 1


def test_another_error_of_the_system_stands_alone():
    assert _failure_lines(OSError(errno.ENOENT, "No such file", "x"))[0] == ["No such file: x"]
