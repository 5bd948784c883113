"""A customer's own labelled texts: columns found by their headings, whatever the file."""

import csv
import json

import pytest
from openpyxl import Workbook

from ouidire.errors import UsageError
from service.cli import run as run_command
from service.pipeline.evaluate.labelled_file import label_of, read_labelled, stars_of

TEXTS = ("Livraison rapide, je recommande.", "Une honte, jamais remboursé.", "Correct sans plus.", "Mitigé.")
LABELS = ("Positif", "négatif", "NEUTRE", "Mixte")


def written(path, headings, rows, *, delimiter=";", encoding="utf-8"):
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows([headings, *rows])
    return path


def test_a_french_table_is_understood(tmp_path):
    rows = [
        (number, text, label, "fr-FR") for number, (text, label) in enumerate(zip(TEXTS, LABELS, strict=True))
    ]
    path = written(
        tmp_path / "x.csv",
        ("N°", "Commentaire client", "Sentiment (humain)", "Langue"),
        rows,
        encoding="cp1252",
    )
    found = read_labelled(path, {})
    assert [each.label for each in found.texts] == ["positive", "negative", "neutral", "mixed"]
    assert {each.language for each in found.texts} == {"fr"}
    assert found.taken["text"] == "Commentaire client"
    assert found.texts[1].text == "Une honte, jamais remboursé."


def test_workbooks_and_json_lines_are_the_same(tmp_path):
    book = Workbook()
    book.active.append(["review text", "stars"])
    for text, stars in zip(TEXTS, (5, 1, 3, "4/5"), strict=True):
        book.active.append([text, stars])
    book.save(tmp_path / "x.xlsx")
    lines = [
        json.dumps({"review text": text, "stars": n}) for text, n in zip(TEXTS, (5, 1, 3, 4), strict=True)
    ]
    (tmp_path / "x.ndjson").write_text("\n".join(lines), encoding="utf-8")
    table, objects = (read_labelled(tmp_path / name, {}) for name in ("x.xlsx", "x.ndjson"))
    assert table.texts == objects.texts
    assert [each.stars for each in table.texts] == [5, 1, 3, 4]


def test_rows_without_a_text_or_a_label_are_left_out_and_counted(tmp_path):
    rows = [("bien", "positive")] * 20 + [("", "positive"), ("bof", "")]
    found = read_labelled(written(tmp_path / "x.csv", ("texte", "label"), rows), {})
    assert (len(found.texts), found.left_out) == (20, 2)


def test_columns_may_be_named(tmp_path):
    path = written(tmp_path / "x.csv", ("a", "b", "c"), [("bien joué", "pos", "neg")] * 3)
    found = read_labelled(path, {"label": "c", "text": "a"})
    assert {each.label for each in found.texts} == {"negative"}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("x.csv", "a,b\n1,2\n", "it has 'a', 'b'"),
        ("x.csv", "texte,avis\nbien,oui\n", "needs a column of texts and one of labels"),
        ("x.csv", "", "no headings"),
        ("x.jsonl", '{"text": "a"}\nnope', "line 2: this is no JSON"),
        ("x.jsonl", "[1]", "line 1: this is no JSON object"),
        ("x.pdf", "%PDF-1.7\n", "PDF"),
    ],
)
def test_what_is_no_such_file_is_refused_with_one_message(tmp_path, name, content, problem, capsys):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=problem):
        read_labelled(tmp_path / name, {})
    assert run_command(["evaluate", str(tmp_path / name)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_labels_and_stars_are_words_that_people_write():
    assert [label_of(each) for each in ("Négatif", "POS", "mitigé", "neutral", "oui", None, 3)] == [
        *("negative", "positive", "mixed", "neutral"),
        *(None, None, None),
    ]
    assert [stars_of(each) for each in (5, "4,0", "3/5", "2 étoiles", "1★", 0, 6, 4.5, "", None)] == [
        *(5, 4, 3, 2, 1),
        *(None, None, None, None, None),
    ]
