"""What is personal in tables, workbooks and JSON is taken out before they are stored, and nothing else is."""

import io
import json
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from openpyxl.comments import Comment

from crawlers.reading.services.minimised import without_addresses
from crawlers.reading.sheets.personal import is_personal, kinds_of
from crawlers.reading.tables import read_rows
from crawlers.sources.review_file.source import SOURCE as REVIEWS
from crawlers.sources.survey_file.source import SOURCE as SURVEY
from ouidire.ids import author_key, pseudonym
from ouidire.page import Page
from ouidire.privacy import keyed

AT = datetime(2026, 3, 9, 5, tzinfo=UTC)


def page(body: bytes, **context: str) -> Page:
    return Page(url="file:///x", body=body, fetched_at=AT, kind="file", context={"columns": "{}", **context})


def rows(body: bytes) -> list[list[object]]:
    return [list(row.cells) for row in read_rows(io.BytesIO(body))]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Avis", "ana@a.example"),
        ("Avis", "mailto:ana.le+mou@sous.a.example"),
        ("Avis", "Ana Le Mou <ana@a.example>"),
        ("Avis", "06 12 34 56 78"),
        ("Avis", "+33 (0)6 12 34 56 78"),
        ("Avis", "+1-415-555-0101"),
        ("Avis", "tel: 01.23.45.67.89"),
        ("Téléphone", 612345678),
        ("Téléphone", "33612345678"),
        ("Phone number", "(415) 555-0101"),
        ("Contact", "Ana, ana@a.example, 06 12 34 56 78"),
        ("Adresse IP", "90.12.3.4"),
        ("IPAddress", "2001:db8::1"),
        ("Date de naissance", "12/03/1980"),
        ("Date de naissance", datetime(1980, 3, 12)),  # noqa: DTZ001 (as a workbook's cell)
        ("Adresse postale", "3 rue Nationale, Lille"),
        ("IBAN", "FR76 3000 6000 0112 3456 7890 189"),
    ],
)
def test_what_is_personal_by_itself_or_beside_its_heading(heading, cell):
    assert is_personal(cell, kinds_of(heading))


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Date", "12/02/2026 10:30"),
        ("Date", "20260212102345"),
        ("Date", "1770906322"),
        ("Date", "1770906322000"),
        ("Note téléphone", "8"),
        ("Note téléphone", 8),
        ("Canal", "Téléphone"),
        ("Accueil au téléphone", "Personne n'a répondu le 12/02/2026, j'ai rappelé le 14/02/2026"),
        ("Avis", "Appelez-moi au 06 12 34 56 78, merci"),
        ("Avis", "Écrivez à sav@c.example, ils répondent"),
        ("Version", "10.2.3.4"),
        ("Ville", "Lyon"),
        ("Prix", "1 250 000"),
        ("Score", 10),
        ("Mobile", True),
    ],
)
def test_what_is_not(heading, cell):
    assert not is_personal(cell, kinds_of(heading))


def test_a_number_in_a_column_of_ids_is_an_id():
    text = "id;note;tel\n0123456789;5;0123456789\n"
    assert without_addresses(page(text.encode())).text == "id;note;tel\n0123456789;5;\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_rows_of_a_text_stay_as_they_were_to_the_byte(encoding):
    kept = ["sep=;\r\n", '"Été";"Tél. portable";Note\r\n', '"a ""b""";;"5"\r\n', "c;;3\r\n", "\r\n"]
    text = "".join([*kept[:3], '"multi\nligne";"06.12.34.56.78";4\r\n', *kept[3:]])
    body = ("\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else "") + text
    found = without_addresses(page(body.encode(encoding))).body.decode(
        "utf-16" if "16" in encoding else encoding
    )
    found = found.lstrip("\ufeff")
    assert found == "".join([*kept[:3], '"multi\nligne";;4\r\n', *kept[3:]])


def test_a_quote_that_is_never_closed_stays_open():
    text = 'note;avis;mail\n5;bien;a@a.example\n4;"jamais fermé;b@b.example\n'
    found = without_addresses(page(text.encode())).text
    assert "@" not in found
    assert '"jamais fermé' in found


def test_json_by_keys_and_by_values():
    record = {
        "note": 5, "phone": 33612345678, "customer": {"email": "ana@a.example", "tel": "06 12 34 56 78"},
        "text": "écrivez à moi@b.example", "id": "0123456789", "others": ["bob@b.example"], "ip": "9.9.9.9",
    }  # fmt: skip
    found = json.loads(without_addresses(page(json.dumps([record]).encode())).body)[0]
    assert found == {
        "note": 5, "phone": "", "customer": {"email": "", "tel": ""},
        "text": "écrivez à moi@b.example", "id": "0123456789", "others": [""], "ip": "",
    }  # fmt: skip
    lines = f"{json.dumps(record)}\n{{broken\n{json.dumps({'note': 1})}\n"
    kept = without_addresses(page(lines.encode())).text
    assert "ana@" not in kept
    assert kept.splitlines()[1:] == lines.splitlines()[1:]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Réponses"
    sheet.append(["Horodateur", "Adresse e-mail", "Tél.", "Note (0 à 10)", "Commentaire"])
    sheet.append([datetime(2026, 2, 12, 13, 5, 22), "ana@a.example", 612345678, 9, "Bien\nmoi@b.example"])  # noqa: DTZ001
    sheet.append(["13/02/2026", "bob@b.example", "06 12 34 56 79", "'2", "=Nul"])
    sheet["E3"].data_type = "s"
    sheet["A2"].comment = Comment("Appeler au 0699999999", "Jean Secret")
    sheet["B3"].hyperlink = "mailto:bob@b.example"
    other = book.create_sheet("Clients")
    other.append(["Nom", "E-mail"])
    other.append(["X", "cle@c.example"])
    other.sheet_state = "hidden"
    book.properties.creator = "Marie Secrete"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def unzipped(body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_a_workbook_keeps_its_cells_alone_and_of_them_what_is_not_personal():
    whole = workbook()
    kept = without_addresses(page(whole)).body
    inside = unzipped(kept)
    for personal in (b"ana@", b"bob@", b"cle@", b"612345678", b"0699999999", b"Secret", b"06 12"):
        assert personal in unzipped(whole)
        assert personal not in inside
    before = rows(whole)
    assert rows(kept) == [
        before[0],
        [before[1][0], None, None, 9, "Bien\nmoi@b.example"],
        ["13/02/2026", None, None, "'2", "=Nul"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(kept))
    assert [(each.title, each.sheet_state) for each in book] == [
        ("Réponses", "visible"),
        ("Clients", "hidden"),
    ]


def test_what_nobody_here_can_read_is_cut_to_what_tells_its_kind():
    for body in (b"%PDF-1.7 ana@a.example", b"\xd0\xcf\x11\xe0\xa1\xb1 ana@a.example", workbook()[:3000]):
        kept = without_addresses(page(body))
        assert len(kept.body) == 16
        for source in (REVIEWS, SURVEY):
            said = []
            for each in (page(body), kept):
                with pytest.raises(Exception, match="the file does not hold") as raised:
                    source.parse(each)
                said.append(str(raised.value))
            assert said[0] == said[1]


def test_authors_known_by_an_address_keep_their_key_and_lose_the_address():
    text = "Date;Courriel;Note;Commentaire\n02/03/2026;Ana@a.example;9;Bien\n03/03/2026;;2;Nul\n"
    secret, key = b"k" * 32, "survey_file:survey"
    assert SURVEY.pseudonymised is not None
    kept = SURVEY.minimised(
        SURVEY.pseudonymised(page(text.encode()), lambda address: pseudonym(secret, key, address))
    )
    assert "@" not in kept.text
    first, second = SURVEY.parse(kept).items
    assert keyed(first, key=key, secret=secret).author_key == author_key(secret, key, "ana@a.example")
    assert second.author is None
    assert SURVEY.parse(SURVEY.minimised(page(text.encode()))).items[0].author is None
