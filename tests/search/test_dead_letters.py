"""What an index refused: kept with its reason, retried, survived, forgotten when somebody asks to be."""

import json
from datetime import UTC, datetime

import pytest

from ouidire.documents import RunDocument
from ouidire.index import UpsertReport
from search.bodies import body_of
from search.dead_letters import DeadLetters


@pytest.fixture
def letters(tmp_path):
    return DeadLetters(tmp_path / "var" / "refused.jsonl")


def run(name, revision=1):
    at = datetime(2026, 1, 5, tzinfo=UTC)
    return RunDocument(
        id=name, revision=revision, source="feed", source_key="feed:a", status="ok", started_at=at
    )


def keep(letters, document, reason="too long"):
    letters.keep("run", document.id, document.revision, reason, body_of(document))


def test_none_at_first(letters):
    assert (letters.count(), letters.reasons()) == (0, {})
    assert letters.retry(lambda _: pytest.fail("nothing to write")) == UpsertReport()
    letters.forget("run", {"a"})
    assert not letters.path.exists()


def test_each_counts_once_with_its_last_reason_and_document(letters):
    keep(letters, run("a"))
    keep(letters, run("b"))
    keep(letters, run("a", 2), "too long again")
    assert letters.reasons() == {("run", "a"): "too long again", ("run", "b"): "too long"}
    written = []
    assert (
        letters.retry(
            lambda documents: UpsertReport(written=len(written.extend(documents) or written))
        ).written
        == 2
    )
    assert written == [run("a", 2), run("b")]
    assert letters.count() == 0


def test_what_fails_while_retrying_is_still_there(letters):
    keep(letters, run("a"))

    def fails(documents):
        next(iter(documents))
        message = "killed"
        raise KeyboardInterrupt(message)

    with pytest.raises(KeyboardInterrupt):
        letters.retry(fails)
    keep(letters, run("b"))
    assert letters.count() == 2
    with pytest.raises(KeyboardInterrupt):
        letters.retry(fails)
    written = []
    letters.retry(lambda documents: UpsertReport(written=len(written.extend(documents) or written)))
    assert [each.id for each in written] == ["a", "b"]


def test_a_line_cut_short_by_a_crash_is_left_out(letters):
    keep(letters, run("a"))
    with letters.path.open("a") as file:
        file.write('{"kind": "run", "id": "b", "rev')
    assert letters.reasons() == {("run", "a"): "too long"}


def test_what_has_no_document_or_an_old_one_is_kept(letters):
    letters.keep("mention", "endless", 1, "a number in it has no end", None)
    keep(letters, run("old"))
    line = json.loads(letters.path.read_text().splitlines()[1])
    line["document"]["a_field_of_another_schema"] = 1
    letters.path.write_text(letters.path.read_text().splitlines()[0] + "\n" + json.dumps(line) + "\n")
    assert letters.retry(lambda documents: UpsertReport(written=len(list(documents)))) == UpsertReport()
    assert set(letters.reasons()) == {("mention", "endless"), ("run", "old")}
    assert "a_field_of_another_schema" in letters.path.read_text()


def test_the_forgotten_leave_no_letter(letters):
    for name in ("a", "b", "c"):
        keep(letters, run(name))
    letters.forget("run", {"a", "c"})
    letters.forget("mention", {"b"})
    assert list(letters.reasons()) == [("run", "b")]
    assert '"a"' not in letters.path.read_text()
