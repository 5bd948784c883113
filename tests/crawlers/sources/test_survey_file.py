import csv
import io
import json
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crawlers.reading.tables import read_rows, sniff_delimiter, sniff_encoding
from crawlers.sources.survey_file.answers import read_answers
from crawlers.sources.survey_file.source import SOURCE, SurveyParams, entity, requests
from ouidire.errors import LayoutChanged, SourceError
from ouidire.items import Parsed, Rejected
from ouidire.mention import Mention
from ouidire.page import Page
from tests.support import golden

parse = SOURCE.parse
AT = datetime(2026, 4, 1, 6, tzinfo=UTC)
HEAD = "Date;Note;Commentaire;Magasin\n"
CSV = golden.load(golden.PAGES / "survey_file" / "2026-01-semicolons-cp1252")
BOOK = golden.load(golden.PAGES / "survey_file" / "2026-03-workbook")


def page(body, **context):
    return Page(
        url="file:///srv/x.csv",
        body=body.encode() if isinstance(body, str) else body,
        fetched_at=AT,
        kind="file",
        context=context,
    )


def answers(body, **context):
    return parse(page(body, **context)).items


def book(*rows):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "cp850", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_any_delimiter_and_encoding(delimiter, encoding):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(["Date", "Note", "Commentaire", "Magasin"])
    writer.writerow(
        [
            "05/03/2026",
            "9",
            "Très bien ; accueil à l'écoute, dès l'entrée\nça change | vraiment\tbien",
            "Besançon",
        ]
    )
    writer.writerow(["06/03/2026", "2", 'Déçue par le "service", où êtes-vous ?', "Nîmes"])
    first, second = answers(out.getvalue().encode(encoding))
    assert first.text == "Très bien ; accueil à l'écoute, dès l'entrée\nça change | vraiment\tbien"
    assert (second.text, second.place, second.asked_score) == (
        'Déçue par le "service", où êtes-vous ?',
        "Nîmes",
        2,
    )


def test_an_accent_after_the_sample_decides_the_encoding_too():
    body = ("Note;Commentaire\n" + "9;rien de neuf ici\n" * 20_000 + "3;déçu\n").encode("cp1252")
    assert sniff_encoding(io.BytesIO(body)) == "cp1252"
    assert answers(body)[-1].text == "déçu"


def test_a_stated_separator():
    assert sniff_delimiter("sep=|\nNote|Commentaire\n") == "|"
    assert answers("sep=;\r\nNote;Commentaire\r\n9;a, b, c\r\n")[0].text == "a, b, c"


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (
            "Horodateur,Recommanderiez-vous (0 à 10) ?,Pourquoi cette note ?",
            {"asked_score": 9, "text": "b c d"},
        ),
        ("Submitted at,How likely are you to recommend us?,Comments", {"asked_score": 9, "text": "b c d"}),
        ("Date,NPS,Verbatim", {"asked_score": 9, "text": "b c d"}),
        ("Date de réponse,Note globale,Votre avis", {"asked_score": 9, "text": "b c d"}),
        ("Date de visite,x,Une réponse longue sans nom", {"asked_score": 9, "text": ""}),
    ],
)
def test_columns_are_found_by_their_headings_or_values(headings, found):
    (one,) = answers(f"{headings}\n2026-03-01,9,b c d\n")
    assert {name: getattr(one, name) for name in found} == found
    assert one.published.at == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_words_of_a_scale_are_ratings_and_never_a_score_of_recommendation():
    satisfied = "Dans quelle mesure êtes-vous satisfait de votre visite ?"
    found = answers(
        f"Horodateur,{satisfied},Pourquoi ?\n"
        "03/02/2026 10:12:00,Très satisfait(e),Un accueil parfait et de bons conseils\n"
        "04/02/2026 11:12:00,Plutôt insatisfait(e),Une attente sans fin à la caisse du fond\n"
        "05/02/2026 12:12:00,Ne sait pas,Je n'ai pas encore essayé la tondeuse\n"
    )
    assert [(each.rating.value, each.rating.best) if each.rating else None for each in found] == [
        (5, 5),
        (2, 5),
        None,
    ]
    assert {each.asked_score for each in found} == {None}
    assert len({each.native_id for each in found}) == 3


def test_columns_as_configured():
    columns = json.dumps({"score": "Note du prix", "text": "2", "place": "où"})
    (one,) = answers("Note;Bla;Note du prix;OÙ\n3;mots;8;Lyon\n", columns=columns)
    assert (one.asked_score, one.text, one.place) == (8, "mots", "Lyon")
    with pytest.raises(LayoutChanged, match=r"score = 'absente'; the file has 'Note', 'Bla'"):
        parse(page("Note;Bla\n3;mots\n", columns='{"score": "absente"}'))


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        ("9", 9),
        ("9,0", 9),
        ("7.5", 7.5),
        ("9/10", 9),
        ("10 - Très probable", 10),
        ("0 : pas du tout", 0),
        (" 8 ", 8),
        ("11", None),
        ("-1", None),
        ("4/5", None),
        ("très bien", None),
        ("", None),
        ("1e1", None),
        ("９", 9),
    ],
)
def test_scores(cell, score):
    found = [
        *read_answers(
            io.BytesIO(f"{HEAD}01/03/2026;{cell};a;b\n02/03/2026;5;c;d\n".encode()), entity="s", fetched_at=AT
        )
    ]
    first = found[0]
    assert (first.asked_score if isinstance(first, Mention) else None) == score
    assert score is not None or (first.reason, first.where) == ("bad_score", "line 2")


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["03/04/2025", "25/04/2025"], "2025-04-03"),
        (["03/04/2025", "04/25/2025"], "2025-03-04"),
        (["03/04/2025", "04/05/2025"], "2025-04-03"),
        (["2025-04-03", "2025-04-04"], "2025-04-03"),
        (["3 avril 2025", "4 avril 2025"], "2025-04-03"),
        (["45750", "45751.5"], "2025-04-03"),
        (["03/04/25 14:05", "1/1/25"], "2025-04-03"),
    ],
)
def test_dates(cells, first):
    body = HEAD + "".join(f"{cell};5;a;b\n" for cell in cells)
    assert answers(body)[0].published.at.date().isoformat() == first


def test_times_are_local_and_day_first_can_be_told():
    assert answers(HEAD + "05/03/2026 00:30;5;a;b\n")[0].published.at == datetime(
        2026, 3, 4, 23, 30, tzinfo=UTC
    )
    assert (
        answers(HEAD + "05/03/2025;5;a;b\n", day_first="false")[0].published.at.date().isoformat()
        == "2025-05-03"
    )


def test_bad_rows_are_told_by_line_and_the_rest_is_read():
    found = parse(CSV)
    assert [(one.reason, one.where) for one in found.rejected] == [
        ("bad_score", "line 4"),
        ("bad_date", "line 6"),
        ("bad_row", "line 7"),
        ("duplicate_in_page", "line 10"),
        ("bad_score", "line 12"),
    ]
    assert [one.native_id.split("~")[0] for one in found.items] == ["R-1", "R-3", "R-6", "R-7"]


def test_a_quote_never_closed_costs_only_what_it_swallows():
    csv.field_size_limit(10_000_000)  # as the reader of `ouidire enrich` leaves it
    found = parse(
        page(HEAD + '01/03/2026;5;a;b\n02/03/2026;5;"jamais fermé;b\n' + "03/03/2026;6;c;d\n" * 20_000)
    )
    assert found.rejected[0].reason == "bad_row"
    assert found.rejected[0].where == "line 3"
    assert len(found.items) > 10_000


def test_answers_without_an_id_keep_theirs_when_the_file_grows():
    rows = "01/03/2026;5;a;Lyon\n01/03/2026;5;b;Lyon\n01/03/2026;9;c;Lyon\n"
    before, after = answers(HEAD + rows), answers(HEAD + rows + "01/03/2026;5;d;Lyon\n")
    assert len({one.native_id for one in after}) == 4
    assert [one.native_id for one in before] == [one.native_id for one in after[:3]]
    corrected = answers(HEAD + rows.replace(";a;", ";texte corrigé;"))
    assert [one.native_id for one in corrected] == [one.native_id for one in before]


def test_an_id_tells_nothing_of_the_author():
    one, two = (answers(f"Date;Note;Nom\n01/03/2026;5;{name}\n")[0] for name in ("Ana", "Luc"))
    assert one.native_id == two.native_id
    assert one.author == "Ana"


def test_workbooks():
    when = datetime(2026, 3, 2, 3, 4)  # noqa: DTZ001 (spreadsheets have no timezone)
    rows = (
        ["Titre"],
        [],
        ["Identifiant", "Date", "NPS", "Commentaire"],
        [7, when, 9, "Très bien"],
        [8.0, when.date(), "8,5", 12],
        [9, when, "=4+4", "x"],
    )
    found = parse(page(book(*rows)))
    assert [(one.native_id.split("~")[0], one.asked_score, one.text) for one in found.items] == [
        ("7", 9, "Très bien"),
        ("8", 8.5, "12"),
    ]
    assert found.items[0].published.at == datetime(2026, 3, 2, 3, 4, tzinfo=ZoneInfo("Europe/Paris"))
    assert [(one.reason, one.where) for one in found.rejected] == [("bad_score", "line 6")]
    with pytest.raises(LayoutChanged, match="a sheet called 'Autre'"):
        parse(page(book(*rows), sheet="Autre"))


def inflating(size, name="xl/worksheets/sheet1.xml", entries=1):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(entries):
            archive.writestr(f"{number or ''}{name}", b"0" * size)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        inflating(20_000_000),
        inflating(10, entries=2_100),
        b"PK\x03\x04",
        inflating(10),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 10,
        b"",
        b"\0" * 5000,
        "Date;Couleur\n1;2\n",
        "{}",
        "<html></html>",
    ],
    ids=range(10),
)
def test_what_is_no_survey(body):
    with pytest.raises(LayoutChanged):
        parse(page(body))


def test_an_entry_that_inflates_beyond_what_it_declares_is_refused():
    raw = bytearray(book(["NPS", "Commentaire"], [9, "x" * 5000]))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = bytes(raw).replace(size.to_bytes(4, "little"), (200).to_bytes(4, "little"))
    assert lying != bytes(raw)
    with pytest.raises(LayoutChanged):
        parse(page(lying))


def test_rows_stream():
    class Endless(io.RawIOBase):
        """A file of a billion rows: reading it whole would never end."""

        def __init__(self):
            self.at = 0

        def readable(self):
            return True

        def seekable(self):
            return True

        def seek(self, where, _from=0):
            self.at = where
            return where

        def tell(self):
            return self.at

        def readinto(self, buffer):
            data = (b"Note;Commentaire\n" if self.at == 0 else b"9;encore et encore\n" * 50)[: len(buffer)]
            buffer[: len(data)] = data
            self.at += len(data)
            return len(data)

    rows = read_answers(io.BufferedReader(Endless()), entity="s", fetched_at=AT, encoding="utf-8")
    assert [next(rows).text for _ in range(3_000)][-1].startswith("encore")


def test_headings_alone_are_an_empty_survey():
    found = parse(page(HEAD))
    assert (found.items, found.says_empty) == ((), True)


def test_parameters_and_requests(tmp_path):
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).write_text(HEAD, encoding="utf-8")
    params = SurveyParams(
        path=str(tmp_path / "*.csv"), survey="satisfaction", columns={"score": "Note"}, day_first=True
    )
    built = list(requests(params))
    assert [one.url.rsplit("/", 1)[1] for one in built] == ["a.csv", "b.csv"]
    assert built[0].url.startswith("file:///")
    assert entity(params) == built[0].context["survey"] == "satisfaction"
    (one,) = parse(page(HEAD + "01/03/2026;9;a;b\n", **built[0].context)).items
    assert one.entity == "satisfaction"
    for wrong in ({"columns": {"colour": "x"}}, {"timezone": "Lune/Mer"}, {"path": ""}):
        with pytest.raises(ValidationError):
            SurveyParams(**{"path": "x", **wrong})


@given(st.sampled_from([CSV, BOOK]), st.integers(0, 6000), st.binary(max_size=6), st.integers(0, 30))
def test_any_mutation_ends_clearly(stored, where, put, gone):
    with suppress(SourceError):
        assert isinstance(
            parse(golden.changed(stored, body=stored.body[:where] + put + stored.body[where + gone :])),
            Parsed,
        )


@given(st.binary(max_size=400))
def test_any_bytes_end_clearly(body):
    for start in (b"", b"Note;Commentaire\n", b"PK\x03\x04"):
        with suppress(SourceError):
            assert all(
                isinstance(one, Mention | Rejected)
                for one in read_answers(io.BytesIO(start + body), entity="s", fetched_at=AT)
            )


def test_rows_keep_their_lines():
    rows = list(read_rows(io.BytesIO(b'a;b\n"x\ny";2\n\n3;4')))
    assert [(row.line, row.cells) for row in rows] == [
        (1, ["a", "b"]),
        (2, ["x\ny", "2"]),
        (4, []),
        (5, ["3", "4"]),
    ]


ROWS = (
    "".join(f"2026-03-{day:02d};{day % 11};« Accueil ; très bien » du {day};Lyon\n" for day in range(1, 28))
    .replace("«", '"«')
    .replace("»", '»"')
)


@pytest.mark.parametrize("cut", range(1, 60, 3))
def test_a_row_at_which_a_file_breaks_off_is_no_answer(cut):
    whole = HEAD + ROWS
    part = whole[:-cut]
    kept = whole[: part.rindex("\n") + 1]
    found, before = parse(page(part)), parse(page(kept))
    assert [item.native_id for item in found.items[: len(before.items)]] == [
        i.native_id for i in before.items
    ]
    row = part[len(kept) :]
    if row and row.count(";") < 4:
        assert [one.reason for one in found.rejected] == ["incomplete"]
        assert len(found.items) == len(before.items)


@pytest.mark.parametrize(
    ("end", "answers", "rejected"),
    [
        ("2026-03-28;10;Bien;Lyon", 2, 0),
        ("2026-03-28;10;Bien;Lyon\n\n  ", 2, 0),
        ("2026-03-28;10;Bien\n", 2, 0),
        ('2026-03-28;10;"Bien ; je rev', 1, 1),
        ('2026-03-28;10;"Bien ; je rev\n', 1, 1),
        ("2026-03-28;1", 1, 1),
        ("2026-03-", 1, 1),
    ],
)
def test_the_end_of_a_file(end, answers, rejected):
    found = parse(page(HEAD + "2026-03-27;9;Très bien;Lyon\n" + end))
    assert len(found.items) == answers
    assert [one.reason for one in found.rejected] == ["incomplete"] * rejected


def test_a_score_at_the_very_end_may_be_the_beginning_of_another():
    found = parse(page("Date;Commentaire;Note\n2026-03-27;Bien;9\n2026-03-28;Bien;1"))
    assert [item.asked_score for item in found.items] == [9]
    assert [one.where for one in found.rejected] == ["line 3, where the file breaks off"]


@pytest.mark.parametrize("path", ["nowhere.csv", "surveys/*.csv"])
def test_a_file_that_is_not_there_is_asked_for_by_its_name(path, tmp_path):
    (asked,) = requests(SurveyParams(path=str(tmp_path / path)), since=None)
    assert unquote(asked.url).endswith(path), "the run names what is not there"


@pytest.mark.parametrize(
    ("heading", "is_date"),
    [
        ("Fini le", True),
        ("Quand ?", True),
        ("Jour", True),
        ("Votre date de naissance", False),
        ("Dernier achat", False),
        ("Arrivée à l'hôtel", False),
        ("Livré le", False),
    ],
)
def test_a_column_of_dates_alone_is_the_answers_date_unless_it_tells_of_something_else(heading, is_date):
    text = (
        f"{heading};Recommanderiez-vous (0 à 10) ?;Pourquoi ?\n"
        "13/02/2026;9;Conseils précis, je reviendrai\n14/02/2026;2;Personne au téléphone\n"
    )
    found = [
        each.published and f"{each.published.at:%Y-%m-%d}"
        for each in read_answers(io.BytesIO(text.encode()), entity="e", fetched_at=AT)
    ]
    assert found == (["2026-02-13", "2026-02-14"] if is_date else [None, None])
