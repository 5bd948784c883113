import gzip
import json

import pytest

from enrichment.run import Enricher
from enrichment.scoring import score_file
from enrichment.scoring.rows import Columns, rows_of
from enrichment.scoring.score_file import score
from ouidire.errors import UsageError
from service.cli import run

TEXTS = [
    "Je recommande, c'était exceptionnel !",
    "Nul, à fuir.",
    "",
    "Livraison rapide mais produit cassé 😡",
    "ok",
]


class Short(Enricher):
    """An enricher without analysers: masking alone, so that tests of files are about files."""

    def __init__(self):
        super().__init__([])


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def jsonl(tmp_path):
    path = tmp_path / "in.jsonl"
    rows = [{"text": text, "lang": "fr", "shop": "ab"[number % 2]} for number, text in enumerate(TEXTS)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_one_line_per_row_in_order_with_everything_annotated(jsonl, tmp_path, capsys):
    out = tmp_path / "out.jsonl"
    assert run(["enrich", str(jsonl), "--out", str(out), "--group-by", "shop"]) == 0
    found = lines(out)
    assert [each["row"] for each in found] == [1, 2, 3, 4, 5]
    assert [each["text"] for each in found] == TEXTS
    notes = found[0]["annotations"]
    assert len(notes["sentiment"]["stars"]) == 5
    assert {"polarity", "label", "abstain"} <= set(notes["sentiment"])
    assert 0 <= notes["advocacy"]["likelihood"] <= 10
    assert set(notes["advocacy"]["probabilities"]) == {"promoter", "passive", "detractor"}
    assert {"aspects", "delight", "intents", "effort", "journey", "memory", "sentences"} <= set(notes)
    assert "recommends" in [each["name"] for each in notes["intents"]]
    assert found[2]["annotations"]["sentiment"] is None
    said = capsys.readouterr().out
    assert "5 rows written" in said
    assert "counts, not levels" in said
    assert "NPS" not in said
    assert not list(tmp_path.glob(".*"))


def test_the_same_again_is_the_same_to_the_byte(jsonl, tmp_path):
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    score(jsonl, first, columns=Columns())
    score(jsonl, second, columns=Columns())
    score(jsonl, first, columns=Columns())
    assert first.read_bytes() == second.read_bytes()


def test_stopped_in_the_middle_it_goes_on_where_it_was(tmp_path, monkeypatch):
    source, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("text\n" + "".join(f"avis {number}\n" for number in range(40)))
    monkeypatch.setattr(score_file, "BATCH", 10)
    seen = []

    def stop(rows):
        seen.append(rows)
        if rows == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score(source, out, columns=Columns(), enricher=Short(), on_progress=stop)
    assert not out.exists()
    with (tmp_path / ".out.jsonl.part").open("ab") as part:
        part.write(b'{"row": 21, "te')
    seen.clear()
    done = score(source, out, columns=Columns(), enricher=Short(), on_progress=seen.append)
    assert (done.rows, done.taken_up, seen) == (40, 20, [30, 40])
    assert [each["row"] for each in lines(out)] == list(range(1, 41))
    assert not list(tmp_path.glob(".*"))


def test_what_was_begun_of_another_file_is_not_taken_up(tmp_path, monkeypatch):
    source, out = tmp_path / "in.csv", tmp_path / "out.jsonl"
    source.write_text("text\na\nb\n")
    monkeypatch.setattr(score_file, "BATCH", 1)

    def stop(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score(source, out, columns=Columns(), enricher=Short(), on_progress=stop)
    source.write_text("text\nc\nd\n")
    assert score(source, out, columns=Columns(), enricher=Short()).taken_up == 0
    assert [each["text"] for each in lines(out)] == ["c", "d"]


def test_bad_rows_are_told_and_stop_nothing(tmp_path, capsys):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    deep = "[" * 100_000
    source.write_bytes(
        b'{"text": "bien"}\n\nnot json\n[1]\n{"autre": 1}\n{"text": null}\n{"text": 12}\n'
        b'{"text": "\\ud800"}\n{"text": "\xff\xfe"}\n' + deep.encode()
    )
    assert run(["enrich", str(source), "--out", str(out)]) == 3
    found = lines(out)
    assert [each["annotations"] is None for each in found] == [
        False,
        True,
        True,
        True,
        False,
        False,
        False,
        False,
        True,
    ]
    assert [each["text"] for each in found][4:7] == ["", "12", "\ufffd"]
    assert "row 2: the line is no JSON" in capsys.readouterr().err


def test_personal_data_is_masked(tmp_path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"text": "Écrivez à a.b@exemple.fr"}))
    score(source, out, columns=Columns(), enricher=Short())
    assert "exemple.fr" not in out.read_text()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_of_any_kind(tmp_path, delimiter, encoding):
    path = tmp_path / "in.csv"
    rows = (f"avis{delimiter}langue", f'"été, \u00abbien\u00bb;\nsuper"{delimiter}fr', delimiter, "court", "")
    path.write_bytes("\r\n".join(rows).encode(encoding))
    found = list(rows_of(path, Columns(text="avis", language="langue")))
    assert [(each.number, each.text, each.language) for each in found] == [
        (1, "été, «bien»;\nsuper", "fr"),
        (2, "court", None),
    ]


def test_gzip_is_known_by_its_bytes(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(gzip.compress(b'{"text": "a"}\n{"text": "b"}'))
    assert [each.text for each in rows_of(path, Columns())] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("in.csv", b"a,b\n1,2\n", "no column 'text'; it has 'a', 'b'"),
        ("in.csv", b"", "no headings"),
        ("in.xlsx", b"PK", "none of"),
        ("in.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 999, mtime=0)[:-9], "no whole gzip file"),
    ],
    ids=["no such column", "an empty file", "no whole archive", "a gzip cut short"],
)
def test_a_file_that_is_none_leaves_nothing_behind(tmp_path, capsys, name, body, said):
    source, out = tmp_path / name, tmp_path / "out.jsonl"
    source.write_bytes(body)
    out.write_text("old")
    assert run(["enrich", str(source), "--out", str(out)]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert out.read_text() == "old"
    assert not list(tmp_path.glob(".*"))


def test_a_missing_file_and_one_written_over_itself(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        score(tmp_path / "none.jsonl", tmp_path / "out.jsonl", columns=Columns())
    path = tmp_path / "in.jsonl"
    path.write_text("{}")
    with pytest.raises(UsageError, match="to be read"):
        score(path, path, columns=Columns())


def test_too_many_groups_are_refused(tmp_path, monkeypatch):
    source = tmp_path / "in.csv"
    source.write_text("text,id\n" + "".join(f"a,{number}\n" for number in range(5)))
    monkeypatch.setattr(score_file, "MOST_GROUPS", 3)
    with pytest.raises(UsageError, match="more than 3 values"):
        score(source, tmp_path / "out.jsonl", columns=Columns(group="id"), enricher=Short())
