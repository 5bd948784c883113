"""Exports: everything, in every format, whole or not at all, and no stranger's word becomes a formula."""

import csv
import json
from datetime import UTC, datetime

import openpyxl
import pytest

from ouidire.errors import UsageError
from ouidire.index import Query
from service.pipeline.keep.export import DANGEROUS, export, safe, safe_csv
from service.pipeline.keep.export_form import COLUMNS, ExportForm, columns_named

NASTY = ['=cmd|"/c calc"!A1', "+33 6", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "＝1+1"]


class Index:
    """An index that holds what it is given, and may break in the middle."""

    moment = datetime(2026, 3, 9, 6, tzinfo=UTC)

    def __init__(self, texts, *, breaks=False):
        self.texts, self.breaks = texts, breaks

    def scan(self, query, fields):
        assert query == Query()
        for number, text in enumerate(self.texts):
            yield dict.fromkeys(fields) | {
                "id": f"m{number}",
                "text": text,
                "stars": 4.5,
                "brands": ["a", "b"],
                "first_seen_at": self.moment,
            }
        if self.breaks:
            raise RuntimeError("the index is gone")


class House:
    """All that an export asks of an installation."""

    def __init__(self, *texts, breaks=False):
        self.index = Index(texts, breaks=breaks)


def rows_of(path):
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    sheet = openpyxl.load_workbook(path).active
    head, *rows = sheet.iter_rows()
    return [
        {name.value: cell.value for name, cell in zip(head, row, strict=True)}
        | {"types": {c.data_type for c in row}}
        for row in rows
    ]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_every_mention_is_there_with_every_column(tmp_path, ending):
    path = tmp_path / f"avis{ending}"
    assert export(House("Très bien, « parfait »", "Nul 😡"), Query(), path) == 2
    rows = rows_of(path)
    assert [row["text"] for row in rows] == ["Très bien, « parfait »", "Nul 😡"]
    assert set(COLUMNS) <= set(rows[0])
    assert {str(row["stars"]) for row in rows} == {"4.5"}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("text", NASTY)
def test_no_word_of_a_stranger_is_a_formula(tmp_path, ending, text):
    path = tmp_path / f"avis{ending}"
    export(House(text), Query(), path)
    (row,) = rows_of(path)
    assert row["text"].startswith("'")
    assert "f" not in row.get("types", ())


def test_json_keeps_the_words_as_they_are(tmp_path):
    export(House(NASTY[0]), Query(), tmp_path / "avis.jsonl")
    assert rows_of(tmp_path / "avis.jsonl")[0]["text"] == NASTY[0]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_cut_short_it_leaves_what_was_there_before(tmp_path, ending):
    path = tmp_path / f"avis{ending}"
    path.write_bytes(b"before")
    with pytest.raises(RuntimeError, match="the index is gone"):
        export(House("un", breaks=True), Query(), path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_sheet_that_is_full_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("service.pipeline.keep.export.SHEET_ROWS", 3)
    with pytest.raises(UsageError, match="more than 2 mentions do not fit a sheet"):
        export(House("un", "deux", "trois"), Query(), tmp_path / "avis.xlsx")
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_and_a_missing_folder_are_told(tmp_path):
    with pytest.raises(UsageError, match="the ending says the format"):
        export(House(), Query(), tmp_path / "avis.pdf")
    with pytest.raises(UsageError, match="is no folder"):
        export(House(), Query(), tmp_path / "nulle part" / "avis.csv")


def test_cells_hold_no_control_characters_and_join_lists():
    assert safe("a\x00b\x07c\x1b[0m") == "abc[0m"
    assert safe(("a", "b")) == "a, b"
    assert safe(datetime(2026, 3, 9, tzinfo=UTC)) == "2026-03-09T00:00:00+00:00"
    assert (safe(3), safe(None), safe(-0.5)) == (3, None, -0.5)
    assert all(safe(f"{mark}1").startswith("'") or ord(mark) < 32 for mark in DANGEROUS)


HIDDEN = [
    "Bien;=cmd|'/C calc'!A0;fin",
    "Super\n=cmd|'/C calc'!A0;x",
    "Super\r\n\t=HYPERLINK(1);x",
    "Bien,=WEBSERVICE(1)",
    "Bien\t=1+1",
    'Bien;"=1+1"',
    "Bien; \u00a0@SUM(1)",
    "Bien\u2028=1+1",
    "a|=1+1",
    "＝1;＋1;－1",
]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quotes", [True, False])
@pytest.mark.parametrize("text", HIDDEN)
def test_no_cell_is_a_formula_whatever_separates_cells(tmp_path, text, quotes, separator):
    """A spreadsheet of another country cuts the file elsewhere; a quote amid a cell is a letter there."""
    path = tmp_path / "avis.csv"
    export(House(text, "fin"), Query(), path)
    raw = path.read_text(encoding="utf-8-sig")
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    rows = list(csv.reader(raw.splitlines(), delimiter=separator, quoting=quoting))
    starts = [cell.strip(' \u00a0"\t') for row in rows for cell in row]
    assert not [cell for cell in starts if cell.startswith(DANGEROUS)]
    assert len(raw.splitlines()) == 3, "a cell holds no line break"


def test_numbers_and_plain_words_are_left_alone():
    assert safe_csv(-0.5) == -0.5
    assert safe_csv("peut-être, c'est bien ; oui") == "peut-être, c'est bien ; oui"
    assert safe_csv("un\ndeux") == "un ⏎ deux"


def test_the_french_form_is_what_a_french_spreadsheet_reads(tmp_path):
    path = tmp_path / "avis.csv"
    form = ExportForm(
        columns=("first_seen_at", "stars", "text", "verified"), french=True, timezone="Europe/Paris"
    )
    assert export(House("Très bien ; « parfait »", "=1+1"), Query(), path, form=form) == 2
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == '"first_seen_at";"stars";"text";"verified"'
    assert lines[1] == '"09/03/2026 07:00";"4,5";"Très bien ; « parfait »";""'
    assert '"\'=1+1"' in lines[2]


@pytest.mark.parametrize(("season", "hour"), [(1, 13), (7, 14)])
def test_moments_of_a_sheet_are_local_moments(tmp_path, season, hour):
    moment = datetime(2026, season, 9, 12, 30, 15, tzinfo=UTC)
    house = House("Bien")
    house.index.moment = moment
    path = tmp_path / "avis.xlsx"
    export(house, Query(), path, form=ExportForm(timezone="Europe/Paris"))
    (row,) = rows_of(path)
    assert row["first_seen_at"] == datetime(2026, season, 9, hour, 30, 15)  # noqa: DTZ001 (a cell has no zone)
    house.index.moment = datetime(1800, 1, 1, tzinfo=UTC)
    export(house, Query(), path)
    (row,) = rows_of(path)
    assert row["first_seen_at"] == "1800-01-01T00:00:00+00:00"


def test_columns_are_those_named_in_their_order(tmp_path):
    columns = columns_named(["stars,text", " id , stars"])
    assert columns == ("stars", "text", "id")
    for ending in (".csv", ".xlsx", ".jsonl"):
        path = tmp_path / f"avis{ending}"
        export(House("Bien"), Query(), path, form=ExportForm(columns=columns))
        (row,) = rows_of(path)
        assert [name for name in row if name != "types"] == list(columns)


@pytest.mark.parametrize(
    ("named", "message"),
    [(["star"], "did you mean stars"), (["vector"], "columns are id, "), ([" , "], "names no column")],
)
def test_a_column_that_there_is_not_is_named(named, message):
    with pytest.raises(UsageError, match=message):
        columns_named(named)
