"""Exports and answers of tools as they are headed in several languages, each read whole."""

import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawlers.sources.review_file.source import SOURCE
from crawlers.sources.survey_file.answers import read_answers
from ouidire.items import Rejected
from ouidire.page import Page

AT = datetime(2026, 4, 1, 6, tzinfo=UTC)
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
SURVEYS = {
    "Microsoft Forms, German": (
        "ID;Startzeit;Fertigstellungszeit;E-Mail;Name;Wie wahrscheinlich würden Sie uns weiterempfehlen?;"
        "Was hat Ihnen gefallen?\n7;12.03.2026 12:50:00;12.03.2026 13:00:00;anonymous;;9;Der Empfang\n"
    ),
    "Microsoft Forms, Spanish": (
        "Id.,Hora de inicio,Hora de finalización,Correo electrónico,Nombre,"
        "¿Qué probabilidad hay de que nos recomiende a un amigo?,¿Qué podemos mejorar?\n"
        "7,12/03/2026 12:50:00,12/03/2026 13:00:00,anonymous,,9,Der Empfang\n"
    ),
    "Microsoft Forms, French, NPS": (
        "ID,Heure de début,Heure de fin,Dans quelle mesure est-il probable que vous nous recommandiez ?,"
        "Quel est le motif principal de votre note ?,Points - Motif\n"
        "7,12/03/2026 12:50:00,12/03/2026 13:00:00,9,Der Empfang,\n"
    ),
    "LimeSurvey, codes": (
        '"id","submitdate","lastpage","startlanguage","seed","startdate","datestamp","NPS","G1Q02"\n'
        '"7","2026-03-12 13:00:00","3","fr","1","2026-03-12 12:50:00","2026-03-12 13:00:00",'
        '"9","Der Empfang"\n'
    ),
    "LimeSurvey, codes and questions": (
        '"id. ID de la réponse";"submitdate. Date de soumission";"G1Q1. Recommanderiez-vous ?";'
        '"G1Q2. Pourquoi ?"\n'
        '"7";"2026-03-12 13:00:00";"9";"Der Empfang"\n'
    ),
    "LimeSurvey, an answer that was not submitted": (
        '"ID de la réponse","Date de soumission","Date de lancement","Recommanderiez-vous ?","Pourquoi ?"\n'
        '"7","","2026-03-12 13:00:00","9","Der Empfang"\n'
        '"8","2026-03-12 14:00:00","2026-03-12 13:55:00","9","x"\n'
    ),
    "KoBo, whose own date is in UTC": (
        "start;end;Recommanderiez-vous ce magasin (0 à 10) ?;Pourquoi ?;_id;_uuid;_submission_time\n"
        "2026-03-12T12:50:00.000+01:00;2026-03-12T12:59:00.000+01:00;9;Der Empfang;7;u;2026-03-12T12:00:00\n"
    ),
    "Sphinx": (
        "N° obs.;DATE_SAISIE;1. Recommanderiez-vous notre établissement ?;2. Précisez les raisons\n"
        "7;12/03/2026 13:00;9;Der Empfang\n"
    ),
    "SurveyMonkey, French": (
        "ID du répondant,ID du collecteur,Date de début,Date de fin,Recommanderiez-vous ici ?,,Remarques\n"
        ",,,,Recommanderiez-vous ici ? - Groupe,Recommanderiez-vous ici ?,Réponse ouverte\n"
        "7,4,12/03/2026 12:50,12/03/2026 13:00,Promoteurs (9-10),9,Der Empfang\n"
    ),
    "HubSpot": (
        "Contact ID,Survey name,Survey type,Response group,Rating,Follow up response,Submission date\n"
        "7,NPS,Net Promoter Score,Promoter,9,Der Empfang,2026-03-12 13:00\n"
    ),
    "Medallia": (
        "Survey ID,Response Date,Unit,Likelihood to Recommend (0-10),Overall Satisfaction (1-5),Comment\n"
        "7,2026-03-12 13:00,Lyon,9,5,Der Empfang\n"
    ),
    "Goodays, with the shop's answer and its date": (
        "Identifiant;Date de création;Magasin;NPS;Message du client;Réponse du magasin;Date de réponse\n"
        "7;12/03/2026 13:00;Lyon;9;Der Empfang;Merci !;14/03/2026\n8;12/03/2026 13:00;Lyon;9;x;;\n"
    ),
}


@pytest.mark.parametrize("tool", SURVEYS)
def test_surveys(tool):
    body = io.BytesIO(SURVEYS[tool].encode())
    first, *others = read_answers(body, entity="s", fetched_at=AT, timezone=ZoneInfo("Europe/Paris"))
    assert (first.asked_score, first.text, first.published.at) == (9, "Der Empfang", NOON)
    assert tool == "HubSpot" or first.native_id.startswith("7~"), "known by its own id"
    assert first.place == ("Lyon" if tool.startswith(("Medallia", "Goodays")) else None)
    assert not any(isinstance(each, Rejected) for each in others)


def wrapped(*reviews):
    """An answer of DataForSEO, which wraps its reviews twice."""
    return {"status_code": 20000, "tasks": [{"status_code": 20000, "result": [{"items": list(reviews)}]}]}


def review(number, **more):
    return {
        "type": "google_reviews_search",
        "review_id": f"r{number}",
        "rating": {"value": 4, "rating_max": 5},
        "timestamp": "2026-03-12 12:00:00 +00:00",
        "time_ago": "il y a un mois",
        "review_text": f"Un accueil {number}",
        "original_review_text": None,
        "profile_name": "Ana",
        "owner_answer": "Merci",
        "owner_timestamp": "2026-03-13 08:00:00 +00:00",
    } | more


REVIEWS = {
    "DataForSEO": json.dumps(
        wrapped(review(1), review(2, review_text="x", original_review_text="Un accueil 2"))
    ),
    "Apify": json.dumps(
        [
            {
                "title": "Pousse",
                "stars": 4,
                "name": "Ana",
                "publishedAtDate": "2026-03-12T12:00:00.000Z",
                "publishAt": "il y a un mois",
                "text": f"Un accueil {number}",
                "responseFromOwnerText": "Merci",
                "responseFromOwnerDate": "2026-03-13T08:00:00.000Z",
                "reviewId": f"r{number}",
                "totalScore": 4.2,
            }
            for number in (1, 2)
        ]
    ),
    "Outscraper": (
        "name,author_title,review_text,review_rating,review_timestamp,review_datetime_utc,owner_answer,"
        "owner_answer_timestamp_datetime_utc,review_id,reviews,rating\n"
        "Pousse,Ana,Un accueil 1,5,1773316800,03/12/2026 12:00:00,Merci,03/13/2026 08:00:00,r1,120,4.2\n"
        "Pousse,Ana,Un accueil 2,5,1773316800,03/12/2026 12:00:00,Merci,03/13/2026 08:00:00,r2,120,4.2\n"
    ),
    "Yotpo": (
        "Review ID,Review Creation Date,Review Score,Review Content,Reviewer Display Name,Comment Content,"
        "Comment Creation date\nr1,2026-03-12 13:00,4/5,Un accueil 1,Ana,Merci,2026-03-13\n"
        "r2,2026-03-12 13:00,4/5,Un accueil 2,Ana,,\n"
    ),
    "Goodays": (
        "ID feedback;Créé le;Lieu;Satisfaction (sur 5);Verbatim;Auteur;Réponse;Répondu le\n"
        "r1;12/03/2026 13:00;Lyon;4;Un accueil 1;Ana;Merci;13/03/2026\n"
        "r2;12/03/2026 13:00;Lyon;4;Un accueil 2;Ana;Merci;13/03/2026\n"
    ),
    "Partoo": (
        "Business Name,Store Code,Review ID,Review Date,Reviewer,Rating,Review,Reply,Reply date\n"
        "Lyon,L1,r1,2026-03-12T12:00:00Z,Ana,4/5,Un accueil 1,Merci,2026-03-13T08:00:00Z\n"
        "Lyon,L1,r2,2026-03-12T12:00:00Z,Ana,4/5,Un accueil 2,Merci,2026-03-13T08:00:00Z\n"
    ),
    "Trustpilot, German": (
        "Bewertungs-ID;Erstellt am;Titel;Text;Sterne;Antwort;Name\n"
        "r1;12.03.2026 13:00;;Un accueil 1;4;Merci;Ana\nr2;12.03.2026 13:00;;Un accueil 2;4;Merci;Ana\n"
    ),
    "Judge.me": (
        "body,rating,review_date,reviewer_name,reply,reply_date,location,id\n"
        "Un accueil 1,4/5,2026-03-12 12:00:00 UTC,Ana,Merci,2026-03-13 08:00:00 UTC,FR,r1\n"
        "Un accueil 2,4/5,2026-03-12 12:00:00 UTC,Ana,Merci,2026-03-13 08:00:00 UTC,BE,r2\n"
    ),
}


@pytest.mark.parametrize("tool", REVIEWS)
def test_reviews(tool):
    page = Page(url="file:///export", body=REVIEWS[tool].encode(), fetched_at=AT, kind="file")
    found = SOURCE.parse(page)
    assert [(one.native_id.partition("~")[0], one.text) for one in found.items] == [
        ("r1", "Un accueil 1"),
        ("r2", "Un accueil 2"),
    ]
    for one in found.items:
        assert (one.rating.value, one.rating.best, one.published.at, one.author) == (
            5 if tool == "Outscraper" else 4,
            5,
            NOON,
            "Ana",
        )
        assert one.place == ("Lyon" if tool in {"Goodays", "Partoo"} else None)
    if tool != "Yotpo":
        assert {one.reply.text for one in found.items} == {"Merci"}
    assert found.rejected == ()
