"""What is said of a SQLite index that cannot be used: a full disk is no damage."""

import sqlite3

import pytest

from ouidire.errors import IndexUnavailable
from search.sqlite.files import translate_errors


def raised(code, path, words="SQLite's words"):
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    with pytest.raises(IndexUnavailable) as caught, translate_errors(path):
        raise error
    return str(caught.value)


@pytest.mark.parametrize(
    "code",
    [
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_FULL,
    ],
)
def test_what_cannot_be_written_asks_for_room_and_for_no_rebuild(code, tmp_path):
    line = raised(code, tmp_path / "index.db")
    assert "disk is full" in line
    assert "rebuild" not in line


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
def test_what_cannot_be_read_is_made_anew(code, tmp_path):
    assert "ouidire index rebuild" in raised(code, tmp_path / "index.db")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_missing_index_and_one_of_another_user_are_told_apart(is_there, tmp_path):
    path = tmp_path / "index.db"
    if is_there:
        path.touch()
    line = raised(sqlite3.SQLITE_CANTOPEN, path)
    assert ("permissions" in line) == is_there
    assert ("rebuild" in line) == (not is_there)


def test_a_folder_in_its_place_and_a_missing_table_are_named(tmp_path):
    (tmp_path / "index.db").mkdir()
    line = raised(sqlite3.SQLITE_CANTOPEN, tmp_path / "index.db")
    assert "a folder stands in its place" in line
    assert "ouidire index rebuild" in line
    missing = raised(sqlite3.SQLITE_ERROR, tmp_path / "other.db", "no such table: mention")
    assert "ouidire index rebuild" in missing


def test_our_own_faults_stay_as_they_are(tmp_path):
    error = sqlite3.OperationalError("near SELEC: syntax error")
    error.sqlite_errorcode = sqlite3.SQLITE_ERROR
    with pytest.raises(sqlite3.OperationalError), translate_errors(tmp_path / "index.db"):
        raise error
