"""Exports as survey tools write them: headings, dates, scales, and whose answers are whose."""

import io
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from crawlers.sources.survey_file.answers import read_answers
from crawlers.sources.survey_file.columns import zone_of
from crawlers.sources.survey_file.scores import read_score, scale_of
from ouidire.errors import FileNotUnderstood
from ouidire.items import Rejected
from ouidire.text.translated import translated

AT = datetime(2026, 4, 1, 6, tzinfo=UTC)


def read(body, **options):
    data = body if isinstance(body, bytes) else body.encode()
    options = {"timezone": ZoneInfo("Europe/Paris"), **options}
    return list(read_answers(io.BytesIO(data), entity="s", fetched_at=AT, **options))


TOOLS = {
    "google_forms": (
        "Horodateur,Recommanderiez-vous la maison à un ami (0 à 10) ?,Qu'est-ce qui explique votre note ?\n"
        "2026/03/12 2:15:30 PM UTC+1,9,Un accueil souriant\n"
    ),
    "microsoft_forms": (
        "ID;Heure de début;Heure de fin;Adresse de messagerie;Nom;"
        "Recommanderiez-vous notre atelier ?;Qu'est-ce qui motive ce choix ?\n"
        "1;12/03/2026 14:01:00;12/03/2026 14:15:30;anonymous;;9;Un accueil souriant\n"
    ),
    "microsoft_forms_en": (
        "Id,Start time,Completion time,Email,Name,How likely are you to recommend us?,Why?\n"
        "1,12/03/2026 14:01:00,12/03/2026 14:15:30,anonymous,,9,Un accueil souriant\n"
    ),
    "typeform": (
        "#,How likely are you to recommend us?,What could we improve?,Start Date (UTC),"
        "Submit Date (UTC),Network ID\n"
        "zz9,9,Un accueil souriant,2026-03-12 13:01:00,2026-03-12 13:15:30,n1\n"
    ),
    "surveymonkey": (
        "Respondent ID,Collector ID,Start Date,End Date,IP Address,Recommanderiez-vous l'atelier ?,"
        ",Que devons-nous améliorer ?\n"
        ",,,,,Recommanderiez-vous l'atelier ? - Group,Recommanderiez-vous l'atelier ?,Open-Ended Response\n"
        "118,4,03/12/2026 02:01:00 PM,03/12/2026 02:15:30 PM,192.0.2.9,Promoters (9-10),9,"
        "Un accueil souriant\n"
        "119,4,03/13/2026 02:01:00 PM,03/13/2026 02:15:30 PM,192.0.2.9,Detractors (0-6),2,Trop long\n"
    ),
    "limesurvey": (
        '"ID de la réponse","Date de soumission","Date de lancement",'
        '"Probabilité de nous recommander","Votre commentaire"\n'
        '"1","2026-03-12 14:15:30","2026-03-12 14:01:00","9","Un accueil souriant"\n'
    ),
    "kobo": (
        "start;end;recommandation_0_10;commentaire;_id;_uuid;_submission_time\n"
        "2026-03-12T14:01:00.000+01:00;2026-03-12T14:14:00.000+01:00;9;Un accueil souriant;7;u-7;"
        "2026-03-12T13:15:30\n"
    ),
    "qualtrics": (
        "StartDate,EndDate,ResponseId,Q1_NPS_GROUP,Q1,Q2\n"
        "Start Date,End Date,Response ID,Would you recommend us? - Group,Would you recommend us?,"
        "Why did you choose this?\n"
        '"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""_recordId""}",x,y,z\n'
        "2026-03-12 14:01:00,2026-03-12 14:15:30,R_1,Promoter,9,Un accueil souriant\n"
    ),
    "a_report": (
        "Enquête de satisfaction – mars;;;\nPériode : mars 2026;;;\n;;;\n"
        "Date;Note satisfaction (1 à 5);Note NPS;Verbatim\n"
        "12/03/2026 14:15:30;5;9;Un accueil souriant\nTotal;;9;\nMoyenne;5;9;\n"
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_exports_are_read_as_their_tools_write_them(tool):
    zone = UTC if tool == "kobo" else ZoneInfo("Europe/Paris")
    first, *others = read(TOOLS[tool], timezone=zone)
    assert (first.asked_score, first.text) == (9, "Un accueil souriant")
    assert first.published.at == datetime(2026, 3, 12, 13, 15, 30, tzinfo=UTC)
    assert first.place is None
    assert [(one.asked_score, one.text) for one in others if not isinstance(one, Rejected)] == (
        [(2, "Trop long")] if tool == "surveymonkey" else []
    )


def test_answers_to_several_open_questions_are_one_text():
    (one,) = read(
        "Date,Note de 0 à 10,Qu'avez-vous apprécié ?,Que faut-il améliorer ?,Commentaire interne\n"
        "2026-03-12,9,Le calme,Le parking,à rappeler\n"
    )
    assert one.text == "Le calme\nLe parking"


def test_markup_and_marks_of_spreadsheets_are_no_words():
    (one,) = read('ID;Note NPS;Commentaire\n="01";="9";"L&#039;atelier &amp; le th&eacute;<br />parfaits"\n')
    assert one.native_id.startswith("01~")
    assert (one.asked_score, one.text) == (9, "L'atelier & le thé\nparfaits")


def test_a_hidden_sheet_is_passed_over_and_can_be_named():
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "Brouillon", "hidden"
    book.active.append(["NPS", "Commentaire"])
    book.active.append([1, "brouillon"])
    shown = book.create_sheet("Réponses")
    shown.append(["NPS", "Commentaire"])
    shown.append([10, "la bonne feuille"])
    out = io.BytesIO()
    book.save(out)
    assert [one.text for one in read(out.getvalue())] == ["la bonne feuille"]
    assert [one.text for one in read(out.getvalue(), sheet="Brouillon")] == ["brouillon"]


@pytest.mark.parametrize(
    ("cell", "score"),
    [
        ("10 Tout à fait", 10),
        ("(8) Probable", 8),
        ("Certainement pas - 0", 0),
        ("Tout à fait (10)", 10),
        ("« 7 »", 7),
        ("'6", 6),
        ("8️⃣", 8),
        ("6.", 6),
        ("7,5", 7.5),
        ("1.00E+01", 10),
        ("9 sur 10", 9),
        ("8 / 10", 8),
        ("9-10", None),
        ("7 - 8 (passif)", None),
        ("3/5", None),
        ("60 %", None),
        ("4 étoiles", None),
        ("sept", None),
        ("", None),
        ("12", None),
        ("8 sur 20", None),
    ],
)
def test_a_score_is_read_without_doubt_or_not_at_all(cell, score):
    assert read_score(cell) == score


@pytest.mark.parametrize(
    ("heading", "best"),
    [
        ("Note (sur 5)", 5),
        ("Note /20", 20),
        ("Note en %", 100),
        ("Satisfaction 1 à 5", 5),
        ("Rating (1-7)", 7),
        ("Recommanderiez-vous (0 à 10) ?", 10),
        ("NPS 0-10", 10),
        ("Note", None),
        ("Note du 12/05/2026", None),
    ],
)
def test_a_heading_may_state_its_scale(heading, best):
    assert scale_of(heading) == best


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Note (sur 5),Avis\n5,a b\n4,c d\n", "'Note \\(sur 5\\)' is out of 5"),
        ("Note /20,Avis\n15,a b\n9,c d\n", "is out of 20"),
        ("Note (%),Avis\n80,a b\n9,c d\n", "is out of 100"),
        ("Note,Avis\n" + "15,a b\n9,c d\n8,c d\n" * 5, "goes to 15"),
        ("Note,Avis\n" + "5,a b\n4,c d\n" * 10, "seems out of 5"),
    ],
)
def test_another_scale_is_refused_with_its_reason(body, why):
    with pytest.raises(FileNotUnderstood, match=why):
        read(body)


def test_low_scores_of_the_recommendation_question_are_kept():
    found = read("Recommanderiez-vous ?,Avis\n" + "1,a b\n4,c d\n" * 15)
    assert len(found) == 30


def test_one_slip_beyond_ten_is_a_row_left_out():
    found = read("Note,Avis\n" + "9,a b\n8,c d\n" * 10 + "99,e f\n")
    assert [(one.reason, one.where) for one in found if isinstance(one, Rejected)] == [
        ("bad_score", "line 22")
    ]


def test_ids_that_count_from_one_in_each_file_name_different_answers():
    lyon = read("ID;Date;Note;Commentaire\n1;02/03/2026;9;conseils\n2;03/03/2026;2;retard\n")
    nantes = read("ID;Date;Note;Commentaire\n1;04/03/2026;0;attente\n2;05/03/2026;10;adorable\n")
    assert len({one.native_id for one in lyon + nantes}) == 4
    corrected = read("ID;Date;Note;Commentaire\n1;02/03/2026;9;conseils précis\n")
    assert corrected[0].native_id == lyon[0].native_id


@pytest.mark.parametrize(
    ("heading", "hours"),
    [
        ("Submit Date (UTC)", 0),
        ("Date (GMT+2)", 2),
        ("Date (CEST)", 2),
        ("Fin (Europe/Paris)", 1),
        ("Date UTC", 0),
        ("Date (jj/mm/aaaa)", None),
        ("Date", None),
        ("Date (no/where)", None),
    ],
)
def test_the_heading_of_a_date_may_state_its_timezone(heading, hours):
    zone = zone_of(heading)
    found = None if zone is None else datetime(2026, 1, 5, tzinfo=zone).utcoffset().total_seconds() / 3600
    assert found == hours


def test_a_row_of_answers_is_never_taken_for_headings():
    body = (
        "Horodateur,Accueil,Produits,Commentaire\n"
        "2026-03-02,Très satisfait,Plutôt satisfait,Bien\n"
        "2026-03-03,Pas satisfait,Très satisfait,Bof\n"
        "2026-03-04,Plutôt satisfait,Très satisfait,Bof encore\n"
    )
    for table in (body, "\n".join(line.partition(",")[2] for line in body.splitlines())):
        with pytest.raises(FileNotUnderstood, match=r"'Accueil', 'Produits'.*--column \"score=Accueil"):
            read(table)


@pytest.mark.parametrize(
    ("body", "french"),
    [
        ("Date,Note (sur 5),Avis\n2026-03-02,5,Bien\n", "«\u00a0Note (sur 5)\u00a0» est sur 5"),
        ("Date,Avis\n2026-03-02,Bien\n", "une colonne de notes de 0 à 10\u202f; le fichier a «\u00a0Date"),
        (
            "Jour,Avis\n1,Satisfait\n2,Chouette\n3,Moche\n4,Pas satisfait\n",
            "ce ne sont pas les mots d’une échelle connue",
        ),
        (
            "Date,Caisse,Rayon\n2026-03-02,Satisfait,Très satisfait\n2026-03-02,Pas satisfait,Satisfait\n",
            "plusieurs colonnes répondent en mots («\u00a0Caisse\u00a0», «\u00a0Rayon\u00a0»)",
        ),
    ],
)
def test_a_refusal_is_in_one_language(body, french):
    with pytest.raises(FileNotUnderstood) as refused:
        read(body)
    said = translated(str(refused.value), "fr")
    assert french in said
    assert not re.search(r"\b(?:the|of|out|score from|these|column)\b", said.replace("--column", ""))
