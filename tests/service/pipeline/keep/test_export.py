"""Exports: everything, in every format, whole or not at all, and no stranger's word becomes a formula."""

import csv
import json
from datetime import UTC, datetime
from typing import ClassVar

import openpyxl
import pytest

from ouidire.errors import UsageError
from ouidire.index import Query
from service.pipeline.keep.export import DANGEROUS, export, safe, safe_csv
from service.pipeline.keep.export_form import COLUMNS, ExportForm, columns_named
from service.pipeline.keep.export_labels import FILTERS, SECTIONS, ExportLabels

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


def test_a_moment_of_which_only_the_day_is_known_is_a_day(tmp_path):
    house = House("Bien")
    house.index.moment = datetime(2026, 3, 9, 12, tzinfo=UTC)
    columns = ("first_seen_at", "text")
    for timezone in ("Europe/Paris", "Pacific/Auckland"):
        form = ExportForm(columns=columns, french=True, timezone=timezone)
        export(house, Query(), tmp_path / "avis.csv", form=form)
        assert (tmp_path / "avis.csv").read_text("utf-8-sig").splitlines()[1] == '"09/03/2026";"Bien"'
        export(house, Query(), tmp_path / "avis.xlsx", form=form)
        cell = openpyxl.load_workbook(tmp_path / "avis.xlsx").active["A2"]
        assert (cell.value, cell.number_format) == (datetime(2026, 3, 9), "dd/mm/yyyy")  # noqa: DTZ001 (as above)


class Labelled(House):
    """One mention with a value in each kind of column."""

    row: ClassVar = {
        "text": "negative",
        "brands": ["a", "b"],
        "sentiment": "negative",
        "aspect_polarity": ["delivery:negative", "price:positive"],
        "stages": ["delivery"],
        "answered": True,
        "verified": None,
        "country": "de",
        "language": "pl",
        "masked": ["phone"],
        "published_precision": "day",
        "corrected": ["side"],
        "answer_state": "to_answer",
        "intents": ["unheard_of"],
        "stars": 4.5,
    }

    def __init__(self):
        super().__init__()
        self.index.scan = lambda _query, fields: iter([{name: self.row.get(name) for name in fields}])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            {
                "Marques": "Chez A, =B()",
                "Tonalité": "négatif",
                "Thèmes et tonalité": "livraison (négatif), prix (positif)",
                "La marque a répondu": "oui",
                "Pays": "Allemagne",
                "Langue": "polonais",
                "Données personnelles masquées": "téléphone",
                "Publication connue": "au jour",
                "Corrigé par une personne": "tonalité",
                "Réponse\u00a0: où elle en est": "à répondre",
            },
        ),
        (
            "en",
            {
                "Brands": "Chez A, =B()",
                "Tone": "negative",
                "The brand has replied": "yes",
                "Country": "Germany",
            },
        ),
    ],
)
def test_labels_are_words_of_the_language_for_a_person(tmp_path, language, words):
    labels = ExportLabels(language=language, names={"brand": {"a": "Chez A", "b": "=B()"}})
    columns = tuple(Labelled.row)
    for ending in (".csv", ".xlsx"):
        path = tmp_path / f"avis{ending}"
        export(Labelled(), Query(), path, form=ExportForm(columns=columns, labels=labels))
        (row,) = rows_of(path)
        shown = {name: str(value).replace("'", "") for name, value in row.items()}
        assert shown.items() >= words.items()
        assert row[labels.heading("text")] == "negative", "what was written is no label"
        assert row[labels.heading("intents")] == "unheard_of"
        assert str(row[labels.heading("stars")]) == "4.5"


def test_a_name_that_is_a_formula_is_none_in_a_labelled_file(tmp_path):
    labels = ExportLabels(language="fr", names={"brand": {"a": '=HYPERLINK("x")', "b": "b;=1+1"}})
    for ending in (".csv", ".xlsx"):
        path = tmp_path / f"avis{ending}"
        export(Labelled(), Query(), path, form=ExportForm(columns=("brands",), french=True, labels=labels))
        raw = (
            path.read_text("utf-8-sig")
            if ending == ".csv"
            else openpyxl.load_workbook(path).active["A2"].value
        )
        assert "'=HYPERLINK" in raw
    assert ";'=1+1" in (tmp_path / "avis.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_column_has_a_heading_of_its_own(language):
    labels = ExportLabels(language=language)
    headings = ExportForm(labels=labels).headings
    assert len(set(headings)) == len(COLUMNS)
    assert not set(headings) & (set(COLUMNS) - {"id"})
    assert set(COLUMNS) >= {*FILTERS, *SECTIONS}


def test_labels_are_for_no_program(tmp_path):
    form = ExportForm(labels=ExportLabels(language="fr"))
    with pytest.raises(UsageError, match=r"--labels is for \.csv and \.xlsx"):
        export(House("Bien"), Query(), tmp_path / "avis.jsonl", form=form)
    assert not list(tmp_path.iterdir())


def test_the_french_form_writes_truth_as_a_french_spreadsheet_does():
    form = ExportForm(french=True)
    assert [form.written(each) for each in (True, False, None)] == ["VRAI", "FAUX", None]


@pytest.mark.parametrize(
    ("named", "message"),
    [(["star"], "did you mean stars"), (["vector"], "columns are id, "), ([" , "], "names no column")],
)
def test_a_column_that_there_is_not_is_named(named, message):
    with pytest.raises(UsageError, match=message):
        columns_named(named)
