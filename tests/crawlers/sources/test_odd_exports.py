"""Exports and surveys as tools of several countries write them, and what must be read of each."""

import io
import json
from datetime import UTC, datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from crawlers.sources.json_api.source import SOURCE as ENDPOINT
from crawlers.sources.review_file.source import SOURCE as REVIEWS
from crawlers.sources.survey_file.source import SOURCE as SURVEY
from ouidire.errors import LayoutChanged
from ouidire.items import Parsed
from ouidire.page import Page

AT = datetime(2026, 3, 9, 5, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 12, 13, 5)  # noqa: DTZ001 (as a workbook's cell)


def read(source, body, **context: str) -> Parsed:
    data = body if isinstance(body, bytes) else body.encode()
    page = Page(url="file:///x", body=data, fetched_at=AT, kind="file", context={"columns": "{}", **context})
    return source.parse(source.minimised(page))


def workbook(*sheets, epoch=None, merged=()) -> bytes:
    book = openpyxl.Workbook()
    if epoch is not None:
        book.epoch = epoch
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


REVIEWED = {
    "German": (
        (
            "Datum;Bewertung;Kommentar;Kunde;Antwort\n12.02.2026;5;Gute Beratung;Jana;Danke\n"
            "25.02.2026;1;Kaputt;Uwe;\n"
        ),
        [("2026-02-12", 5, 5, "Gute Beratung", "Jana", "Danke"), ("2026-02-25", 1, 5, "Kaputt", "Uwe", None)],
    ),
    "German, where « Bewertung » heads the words": (
        "Datum;Sterne;Bewertung\n12.02.2026;5;Gute Beratung im Laden\n25.02.2026;1;Kaputt und spät\n",
        [
            ("2026-02-12", 5, 5, "Gute Beratung im Laden", None, None),
            ("2026-02-25", 1, 5, "Kaputt und spät", None, None),
        ],
    ),
    "Spanish": (
        (
            'Fecha,Puntuación,Comentario,Autor\n12/02/2026,5,"Buen trato, volveré",Ana\n'
            "25/02/2026,2,Tarde,Luis\n"
        ),
        [
            ("2026-02-12", 5, 5, "Buen trato, volveré", "Ana", None),
            ("2026-02-25", 2, 5, "Tarde", "Luis", None),
        ],
    ),
    "Italian": (
        "Data;Valutazione;Recensione;Autore\n12/02/2026;5;Ottimo;Gino\n25/02/2026;1;Rotto;Pia\n",
        [("2026-02-12", 5, 5, "Ottimo", "Gino", None), ("2026-02-25", 1, 5, "Rotto", "Pia", None)],
    ),
    "Dutch": (
        "Datum;Beoordeling;Opmerking;Naam\n12-02-2026;5;Vriendelijk;Jan\n25-02-2026;2;Laat;Piet\n",
        [("2026-02-12", 5, 5, "Vriendelijk", "Jan", None), ("2026-02-25", 2, 5, "Laat", "Piet", None)],
    ),
    "Portuguese": (
        "Data;Classificação;Comentário;Cliente\n12/02/2026;5;Excelente;Rui\n25/02/2026;1;Partido;Eva\n",
        [("2026-02-12", 5, 5, "Excelente", "Rui", None), ("2026-02-25", 1, 5, "Partido", "Eva", None)],
    ),
    "a first line that states the delimiter, 4,5/5, a broken line": (
        (
            '\ufeffsep=;\r\nDate de l\'avis;Note;Avis\r\n12/02/2026;4,5/5;"Bien,\r\nprécis"\r\n'
            "25/02/2026;2/5;Déçu\r\n"
        ),
        [("2026-02-12", 4.5, 5, "Bien,\nprécis", None, None), ("2026-02-25", 2, 5, "Déçu", None, None)],
    ),
    "drawn stars": (
        "Date;Étoiles;Avis\n12/02/2026;★★★★☆;Bien\n25/02/2026;⭐⭐⭐⭐⭐;Top\n",
        [("2026-02-12", 4, 5, "Bien", None, None), ("2026-02-25", 5, 5, "Top", None, None)],
    ),
    "ratings that each state their scale": (
        "Date;Note;Avis\n12/02/2026;8/10;Bien\n25/02/2026;3/5;Bof\n26/02/2026;16/20;Oui\n",
        [
            ("2026-02-12", 8, 10, "Bien", None, None),
            ("2026-02-25", 3, 5, "Bof", None, None),
            ("2026-02-26", 16, 20, "Oui", None, None),
        ],
    ),
    "« Note : 3 »": (
        "Date;Note;Avis\n12/02/2026;Note : 3;Bof\n25/02/2026;Note : 5;Top\n",
        [("2026-02-12", 3, 5, "Bof", None, None), ("2026-02-25", 5, 5, "Top", None, None)],
    ),
    "dates told from today": (
        "Publié;Note;Avis\nil y a 3 semaines;5;Bien\nil y a un mois;2;Déçu\nhier;3;Bof\n",
        [
            ("2026-02-16", 5, 5, "Bien", None, None),
            ("2026-02-09", 2, 5, "Déçu", None, None),
            ("2026-03-08", 3, 5, "Bof", None, None),
        ],
    ),
    "names with an ampersand and an elision": (
        (
            'Date;Note;Avis;Auteur\n12/02/2026;5;"L\'accueil ; ""parfait""";C&A\n'
            "25/02/2026;1;D'accord;L'Équipe\n"
        ),
        [
            ("2026-02-12", 5, 5, 'L\'accueil ; "parfait"', "C&A", None),
            ("2026-02-25", 1, 5, "D'accord", "L'Équipe", None),
        ],
    ),
}


def told(parsed: Parsed) -> list[tuple[object, ...]]:
    return [
        (
            f"{one.published.at:%Y-%m-%d}" if one.published else None,
            one.rating.value if one.rating else None,
            one.rating.best if one.rating else None,
            one.text,
            one.author,
            one.reply.text if one.reply else None,
        )
        for one in parsed.items
    ]


@pytest.mark.parametrize("name", REVIEWED)
def test_reviews(name):
    text, expected = REVIEWED[name]
    found = read(REVIEWS, text.encode("utf-16-le") if text.startswith("\ufeff") else text)
    assert told(found) == expected
    assert found.rejected == ()


HEADINGS, FIRST, SECOND = (
    ["Date", "Note /5", "Commentaire"],
    [FEBRUARY, 5, "Bien"],
    [datetime(2026, 2, 25), 2, "Déçu"],  # noqa: DTZ001 (as a workbook's cell)
)
EXPECTED = [("2026-02-12", 5, 5, "Bien", None, None), ("2026-02-25", 2, 5, "Déçu", None, None)]


@pytest.mark.parametrize(
    ("body", "remark"),
    [
        (workbook(("Avis", [HEADINGS, FIRST, SECOND]), epoch=CALENDAR_MAC_1904), ""),
        (
            workbook(
                ("Légende", [["Ce fichier contient vos avis"], ["Généré le 01/03/2026"]]),
                ("Avis", [HEADINGS, FIRST, SECOND]),
            ),
            "",
        ),
        (
            workbook(("Lyon", [HEADINGS, FIRST, SECOND]), ("Nantes", [HEADINGS, FIRST])),
            "the sheet 'Lyon' was read, and not 'Nantes', which could be too (--sheet)",
        ),
        (
            workbook(
                (
                    "Avis",
                    [
                        [*HEADINGS, None, "Note", "Nombre"],
                        [*FIRST, None, 5, 12],
                        [*SECOND, None, 4, 3],
                        [None, None, None, None, 3, 1],
                    ],
                )
            ),
            "",
        ),
        (
            workbook(
                ("Avis", [["Export"], ["Avis", None, None, "Réponse"], [*HEADINGS, "Texte"], FIRST, SECOND]),
                merged=["A1:D1", "A2:C2"],
            ),
            "",
        ),
    ],
    ids=["1904", "legend first", "two sheets", "side by side", "merged headings"],
)
def test_workbooks_of_reviews(body, remark):
    found = read(REVIEWS, body)
    assert told(found) == EXPECTED
    assert found.remark == remark


@pytest.mark.parametrize(
    "text",
    [
        (
            "Datum;Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen? (0-10);Warum?\n"
            "12.02.2026;9;Gute Beratung\n25.02.2026;2;Langsam\n"
        ),
        (
            'Marca temporal,"Del 0 al 10, ¿con qué probabilidad nos recomendaría?",¿Por qué?\n'
            "12/02/2026 13:05:22,9,Gute Beratung\n25/02/2026 9:00:00,2,Langsam\n"
        ),
        (
            "Informazioni cronologiche;Da 0 a 10, quanto è probabile che ci consigli?;Perché?\n"
            "12/02/2026 13.05.22;9;Gute Beratung\n25/02/2026 9.00.00;2;Langsam\n"
        ),
        (
            "Tijdstempel;Hoe waarschijnlijk is het dat u ons aanbeveelt (0-10)?;Waarom?\n"
            "12-2-2026 13:05:22;9;Gute Beratung\n25-2-2026 9:00:00;2;Langsam\n"
        ),
        "Date;Note de 0 à 10;Commentaire\n12/02/2026;9️⃣;Gute Beratung\n25/02/2026;2;Langsam\n",
    ],
    ids=["German", "Spanish", "Italian", "Dutch", "keycaps"],
)
def test_surveys(text):
    found = read(SURVEY, text)
    assert [(one.asked_score, one.text, f"{one.published.at:%m-%d}") for one in found.items] == [
        (9, "Gute Beratung", "02-12"),
        (2, "Langsam", "02-25"),
    ]
    assert found.remark == ""


def test_a_survey_behind_a_summary_and_one_without_words_or_dates():
    rows = [["Date", "Note de 0 à 10", "Commentaire"], [FEBRUARY, 9, "Bien"]]
    found = read(SURVEY, workbook(("Synthèse", [["NPS", "32"], ["Réponses", "1"]]), ("Données", rows)))
    assert [(one.asked_score, one.text) for one in found.items] == [(9, "Bien")]
    bare = read(SURVEY, "Note de 0 à 10;Code\n9;12\n2;13\n")
    assert bare.remark == "no column of words (--column text=…) nor of dates (--column date=…) was found"


def test_headings_alone_are_named_as_what_they_are():
    for source, text in ((REVIEWS, "Date;Note /5;Avis\n"), (SURVEY, "Date;Note de 0 à 10;Avis\n")):
        found = read(source, text)
        assert (found.says_empty, found.remark) == (True, "the file has headings and no rows below them")


def test_a_service_whose_dates_go_both_ways_names_its_own_setting():
    days = ("25/02/2026", "02/25/2026", "02/03/2026")
    records = [{"note": 5, "texte": "Bien", "le": day} for day in days]
    fields = {"rating": "note", "text": "texte", "date": "le"}
    params = ENDPOINT.params.model_validate({"url": "https://api.b.example/x", "scale": 5, "fields": fields})
    request = next(iter(ENDPOINT.first_requests(params)))
    answer = Page(url=request.url, body=json.dumps(records).encode(), fetched_at=AT, context=request.context)
    with pytest.raises(LayoutChanged, match="day_first = true or false") as raised:
        ENDPOINT.parse(answer)
    assert "--" not in str(raised.value)
