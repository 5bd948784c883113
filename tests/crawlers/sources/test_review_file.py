"""Tests of review_file: exports as platforms write them, what is asked, and ids that outlive an export."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from crawlers.reading.sheets.ratings import Scale, read_rating, told_scale
from crawlers.reading.translated import original_of
from crawlers.sources.review_file.file import open_file, parse
from crawlers.sources.review_file.source import SOURCE, ReviewFileParams, requests
from ouidire.errors import FileNotUnderstood
from ouidire.page import Page
from ouidire.privacy import identified

AT = datetime(2026, 3, 9, 5, tzinfo=UTC)


def page(body, **context):
    """A file fetched on 9 March 2026."""
    body = body.encode() if isinstance(body, str) else body
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in context.items()}
    return Page(url="file:///srv/avis.csv", body=body, fetched_at=AT, context=texts)


def read(body, **context):
    return parse(page(body, **context))


def refusal(body, **context):
    with pytest.raises(FileNotUnderstood) as raised:
        read(body, **context)
    return str(raised.value)


def ids(body, **context):
    """The ids of a file's reviews, in order, as the engine gives them."""
    return [one for one, _ in identified(read(body, **context).items, slug="review_file", secret=b"k" * 32)]


@pytest.mark.parametrize(
    ("cell", "value", "best"),
    [
        ("4,5", 4.5, None), (4, 4.0, None), ("4/5", 4.0, 5.0), ("8 sur 10", 8.0, 10.0), ("15/20", 15.0, 20.0),
        ("4.0 out of 5 stars", 4.0, 5.0), ("80 %", 80.0, 100.0), ("4 étoiles", 4.0, 5.0),
        ("★★★★☆", 4.0, 5.0), ("⭐⭐⭐", 3.0, 5.0), ("FIVE", 5.0, 5.0), ("one star", 1.0, 5.0),
    ],
)  # fmt: skip
def test_ratings_as_exports_write_them(cell, value, best):
    assert read_rating(cell) == (value, best)


@pytest.mark.parametrize("cell", ["4-5", "Très bien", "2026-02-03", "", True, "12 avis", "101 %x"])
def test_what_is_no_rating(cell):
    assert read_rating(cell) is None


@pytest.mark.parametrize(
    ("heading", "cells", "best"),
    [
        ("Note", ["5", "3"], 5.0), ("Note sur 10", ["5", "3"], 10.0), ("Note /20", ["5", "3"], 20.0),
        ("Satisfaction (%)", ["80"], 100.0), ("Étoiles", ["2"], 5.0), ("Note", ["2/5", "3/5"], 5.0),
        ("Note", ["10", "7"], 10.0), ("Score", ["3"] * 20, 5.0), ("Score", ["8"] * 20, 10.0),
    ],
)  # fmt: skip
def test_scales_that_are_told(heading, cells, best):
    scale = told_scale(heading, cells)
    assert isinstance(scale, Scale)
    assert scale.best == best


@pytest.mark.parametrize(
    ("heading", "cells"),
    [("Note", ["3", "4"]), ("Note", ["8", "9"]), ("Note", ["0", "5"]), ("Note sur 5", ["8", "3"]),
     ("Note", ["4/5", "16/20", "12"])],
)  # fmt: skip
def test_scales_that_are_asked(heading, cells):
    assert isinstance(told_scale(heading, cells), str)


def test_a_scale_is_asked_with_what_to_write_and_taken_when_written():
    body = "Date;Note;Commentaire\n2026-02-03;3;Bien\n2026-02-04;4;Très bien\n"
    assert "scale = 5, or 10" in refusal(body)
    first, second = read(body, scale=10).items
    assert [(each.rating.value, each.rating.best) for each in (first, second)] == [(3, 10), (4, 10)]


def test_days_and_months_are_asked_where_nothing_tells():
    body = "Date,Rating,Text\n02/01/2026,5,Good\n03/02/2025,4,Fine\n"
    assert "day_first = true or false" in refusal(body)
    assert read(body, day_first=False).items[0].published.at.date().isoformat() == "2026-02-01"
    assert read(body, day_first=True).items[0].published.at.date().isoformat() == "2026-01-02"


@pytest.mark.parametrize(
    ("body", "first", "told_by"),
    [
        ("Date,Rating,Text\n02/01/2026,5,Good\n25/02/2026,4,Fine\n", "2026-01-02", "its dates"),
        ("Date,Rating,Text\n02/01/2026,5,Good\n02/25/2026,4,Fine\n", "2026-02-01", "its dates"),
        ("Date,Note,Commentaire\n02/01/2026,5,Bien\n", "2026-01-02", "the language of its headings"),
        ("Date,Rating,Text\n01/12/2026,5,Good\n", "2026-01-12", "otherwise some would lie in the future"),
    ],
)
def test_days_and_months_that_are_told(body, first, told_by):
    assert read(body).items[0].published.at.date().isoformat() == first
    assert open_file(page(body)).how.day_told_by == told_by


def test_dates_in_both_orders_are_asked():
    body = "Date,Rating,Text\n02/01/2026,5,Good\n25/02/2026,4,Fine\n02/25/2026,4,Fine\n"
    assert "others with the month first" in refusal(body)


def test_two_columns_that_could_be_the_rating_are_asked():
    body = "Date,Note accueil,Note produit,Avis\n2026-02-03,5,4,Bien\n2026-02-04,5,2,Bof\n"
    assert "'Note accueil', 'Note produit' could each be it" in refusal(body)
    found = read(body, columns={"rating": "Note produit"}, scale=5)
    assert [each.rating.value for each in found.items] == [4, 2]
    overall = body.replace("Note accueil", "Note globale")
    assert [each.rating.value for each in read(overall).items] == [5, 5]


def test_a_field_that_is_not_there_is_told_with_the_headings():
    text = refusal("Date;Note\n2026-02-03;5\n", columns={"rating": "Étoiles"})
    assert "rating = 'Étoiles'" in text
    assert "'Note'" in text
    assert "a field called 'stars'" in refusal("Note\n5\n", columns={"stars": "Note"})


def test_trustpilot_leaves_out_addresses_and_order_numbers():
    body = (
        "Review Id,Review Date,Review Username,Review Stars,Review Title,Review Content,Consumer Email,"
        "Reference Id,Company Reply,Company Reply Date\n"
        "64f0aabbccdd001122334455,2026-02-03T10:00:00Z,Ana,5,Top,Livré vite,ana@x.example,"
        "CMD-1,Merci,2026-02-04\n"
    )
    (review,) = read(body).items
    assert (review.native_id, review.title, review.reply.text) == ("64f0aabbccdd001122334455", "Top", "Merci")
    assert "CMD-1" not in review.model_dump_json()
    assert "ana@x.example" not in review.model_dump_json()


def test_facebook_recommendations_have_no_stars():
    records = [
        {
            "created_time": "2026-02-03T10:00:00+0000",
            "recommendation_type": "positive",
            "review_text": "Bien",
        },
        {"created_time": "2026-02-03T10:00:00+0000", "recommendation_type": "negative"},
    ]
    first, second = read(json.dumps(records)).items
    assert (first.rating, second.rating) == (None, None)
    assert (first.extra["recommends"], second.extra["recommends"]) == (True, False)


def test_app_store_connect_answers_are_joined_with_what_they_include():
    answer = {
        "data": [
            {
                "type": "customerReviews",
                "id": "00000012-1",
                "attributes": {
                    "rating": 4, "title": "Top", "body": "Bien", "reviewerNickname": "ana",
                    "createdDate": "2026-02-03T10:00:00-08:00", "territory": "FRA",
                },
                "relationships": {"response": {"data": {"type": "customerReviewResponses", "id": "r1"}}},
            }
        ],
        "included": [
            {"type": "customerReviewResponses", "id": "r1", "attributes": {"responseBody": "Merci"}}
        ],
    }  # fmt: skip
    (review,) = read(json.dumps(answer)).items
    assert (review.rating.value, review.country, review.reply.text) == (4, "FRA", "Merci")
    assert review.published.at.isoformat() == "2026-02-03T18:00:00+00:00"


def test_play_answers_have_their_title_before_a_tab():
    comments = [
        {"userComment": {"text": "Utile\tJe recommande.", "lastModified": {"seconds": "1770112800"},
                         "starRating": 4, "reviewerLanguage": "fr"}},
        {"developerComment": {"text": "Merci", "lastModified": {"seconds": "1770199200"}}},
    ]  # fmt: skip
    (review,) = read(json.dumps({"reviews": [{"reviewId": "gp:1", "comments": comments}]})).items
    assert (review.title, review.text, review.reply.text) == ("Utile", "Je recommande.", "Merci")


def test_seller_feedback_of_amazon_by_tabs():
    body = (
        "Date\tRating\tComments\tYour Response\tOrder ID\tRater Email\n"
        "02/13/26\t5\tParfait\t\t171-1\ta@b.example\n02/12/26\t1\tCassé\tDésolé\t171-2\ta@b.example\n"
    )
    first, second = read(body).items
    assert first.published.at.date().isoformat() == "2026-02-13"
    assert second.reply.text == "Désolé"
    assert "171-" not in first.model_dump_json()


def test_dates_within_words_and_praise_beside_blame():
    records = [
        {
            "where": "Commenté en France le 3 mars 2026",
            "rating": 5,
            "pros": "Le choix.",
            "cons": "L’attente.",
        },
        {"where": "Commenté en France le 4 mars 2026", "rating": 2, "pros": "Rien.", "cons": "La caisse."},
    ]
    first, _ = read(json.dumps(records)).items
    assert first.text == "Le choix.\nL’attente."
    assert first.published.at.date().isoformat() == "2026-03-03"


def test_reviews_within_places_keep_their_place():
    groups = {"locations": [
        {"name": "Lyon", "reviews": [{"rating": 5, "text": "Bien", "date": "2026-02-03"}]},
        {"name": "Nantes", "reviews": [{"rating": 1, "text": "Nul", "date": "2026-02-03"}]},
    ]}  # fmt: skip
    assert [(each.place, each.text) for each in read(json.dumps(groups)).items] == [
        ("Lyon", "Bien"),
        ("Nantes", "Nul"),
    ]


def test_two_lists_of_reviews_are_asked():
    lists = {name: [{"rating": 5, "text": name, "date": "2026-02-03"}] for name in ("web", "shop")}
    assert 'records = "web"' in refusal(json.dumps(lists))
    assert read(json.dumps(lists), records="shop").items[0].text == "shop"


def test_a_table_without_headings():
    body = (
        "2026-02-03;5;Ana;Très bon accueil dans ce magasin de Lyon\n"
        "2026-02-04;3;Bob;Long à la caisse, bon avis\n"
    )
    first, second = read(body).items
    assert (first.rating.value, first.text[:8], second.rating.value) == (5, "Très bon", 3)


def docx():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "it is empty"), (b"\xef\xbb\xbf \n", "it is empty"), (b"%PDF-1.7\n", "a PDF document"),
        (b"<!DOCTYPE html><html><body>Connexion</body></html>", "a web page"), (docx(), "a Word document"),
        (b"\x1f\x8b\x08", "gzip"), (b"\x89PNG\r\n", "a picture"), (b"SQLite format 3\0", "SQLite"),
        (b'{"a": [1, 2', "JSON that can be read"), (b'{"error": "quota"}', "a list of reviews"),
        (b"Nom;Prix\nPelle;12,50 EUR\n", "'Nom', 'Prix'"),
    ],
)  # fmt: skip
def test_wrong_files_are_named_as_what_they_are(body, words):
    text = refusal(body)
    assert words in text
    assert "layout" not in text


def test_rows_left_out_have_their_place_and_reason():
    body = (
        "Date;Note;Avis\n2026-02-03;5;Bien\n2026-02-04;9;Bien\nhier soir;douze;Bof\nplus tard;5;Bof\n"
        "2026-02-05;;\n2026-02-06;4;a;b\n"
    )
    assert [(each.where, each.reason) for each in read(body, scale=5).rejected] == [
        ("line 3", "bad_rating"),
        ("line 4", "bad_rating"),
        ("line 5", "bad_date"),
        ("line 6", "no_text"),
        ("line 7", "bad_row"),
    ]


def test_ratings_in_words_are_told_and_may_be_left_out():
    body = "Date;Note;Avis\n2026-02-03;Très satisfait;Bien\n2026-02-04;Déçu;Bof\n"
    assert "'Déçu': these are not the words of one scale" in refusal(body)
    assert [each.rating for each in read(body, columns={"rating": ""}).items] == [None, None]
    found = read(body.replace("Déçu", "Plutôt insatisfait(e)")).items
    assert [(each.rating.value, each.rating.worst, each.rating.best) for each in found] == [
        (5, 1, 5),
        (2, 1, 5),
    ]


ROWS = (
    "2026-02-03;5;Ana;Très bien\n",
    "2026-02-03;5;;Parfait\n",
    "2026-02-03;4;;Parfait !\n",
    "2026-02-04;1;Bob;Nul\n",
    "2026-02-04;5;Zoé;\n",
)


def test_a_longer_export_doubles_nothing_whichever_its_order():
    heading = "Date;Note;Nom;Avis\n"
    short = ids(heading + "".join(ROWS))
    more = ("2026-02-05;5;Ana;Très bien\n", "2026-02-03;5;Léo;Parfait\n")
    longer = heading + "".join([more[0], *reversed(ROWS), more[1]])
    assert len(set(short)) == len(ROWS)
    assert set(short) < set(ids(longer))
    assert len(set(ids(longer))) == len(ROWS) + 2


def test_two_reviews_that_are_the_same_in_all_are_two():
    twice = "Date;Note;Avis\n2026-02-03;5;Bien\n2026-02-03;5;Bien\n"
    assert len(set(ids(twice))) == 2
    assert set(ids(twice)) < set(ids(twice + "2026-02-03;5;Bien\n"))


def test_names_cannot_be_tried_from_an_id():
    """The unkeyed id says nothing of the author: two keys make two ids of one review."""
    items = read("Date;Note;Nom;Avis\n2026-02-03;5;Ana;Bien\n").items
    first, second = (
        [one for one, _ in identified(items, slug="review_file", secret=key)]
        for key in (b"a" * 32, b"b" * 32)
    )
    assert first != second
    assert "Ana" not in items[0].native_id


def test_short_numbers_are_no_ids_alone():
    heading = "Id;Date;Note;Avis\n"
    first = ids(heading + "1;2026-02-03;5;Bien\n2;2026-02-04;1;Nul\n")
    other = ids(heading + "1;2026-01-13;5;Autre\n2;2026-01-14;1;Encore\n")
    assert not set(first) & set(other)
    assert ids(heading + "1;2026-02-03;5;Bien mais\n2;2026-02-04;1;Nul\n") == first, "an edit keeps its id"


def test_a_row_that_is_exported_twice_is_one_review():
    found = read("Review Id;Date;Note;Avis\nabcdefgh1;2026-02-03;5;Bien\nabcdefgh1;2026-02-03;5;Bien\n")
    assert (len(found.items), found.rejected[0].reason) == (1, "duplicate_in_page")


def test_a_relative_date_is_no_part_of_an_id():
    body = "Date;Note;Avis\nil y a 2 jours;5;Bien\n"
    later = Page(url="file:///srv/a.csv", body=body.encode(), fetched_at=datetime(2026, 3, 10, tzinfo=UTC))
    assert read(body).items[0].native_id == parse(later).items[0].native_id


@pytest.mark.parametrize(
    ("text", "original"),
    [
        ("(Translated by Google) Good\n\n(Original)\nBien", "Bien"),
        ("(Original) Bien (Translated by Google) Good", "Bien"),
        ("Bien\n\n(Translated by Google)\nGood", "Bien"),
        ("Bien (original) et bon", "Bien (original) et bon"),
    ],
)
def test_the_original_of_a_translation(text, original):
    assert original_of(text) == original


@pytest.mark.parametrize(
    "body",
    [
        "[" * 50_000, '{"a":' * 50_000, '[{"a":' * 20_000 + "1" + "}]" * 20_000,
        json.dumps([{f"k{n}": n for n in range(2_000)}]),
        json.dumps([{"rating": 1e308, "text": "x"}, {"rating": -5}, {"rating": "9" * 500, "text": "z"}]),
    ],
    ids=["open", "objects", "nested", "keys", "numbers"],
)  # fmt: skip
def test_hostile_files_end_in_a_refusal(body):
    with pytest.raises(FileNotUnderstood):
        read(body)


def test_parameters_travel_to_the_page(tmp_path):
    path = tmp_path / "avis.csv"
    path.write_text("x")
    params = ReviewFileParams(
        path=str(path), name="lyon", scale=10, columns={"text": ("a", "b")}, day_first=True
    )
    (request,) = requests(params)
    assert request.context["scale"] == "10.0"
    assert json.loads(request.context["columns"]) == {"text": ["a", "b"]}
    assert SOURCE.entity(params) == "lyon"
    with pytest.raises(ValueError, match="no export is called"):
        ReviewFileParams(path="x", platform="nowhere")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"error": {"code": 403, "message": "Forbidden"}}', "a service's error (Forbidden)"),
        ('{"data": [], "errors": [{"title": "No right", "status": "403"}]}', "a service's error (No right)"),
        ('{"timestamp": "2026-03-01", "error": "Unauthorized", "message": "no"}', "a service's error"),
        ('{"message": "Unauthorized"}', "it has message"),
    ],
)
def test_a_services_error_is_neither_a_review_nor_silence(body, says):
    assert says in refusal(body)


def test_one_review_alone_and_a_list_that_holds_errors_of_its_own():
    (alone,) = read('{"comment": "Bien", "createTime": "2026-03-01T10:00:00Z"}').items
    assert alone.text == "Bien"
    listed = '{"error": "some are missing", "reviews": [{"rating": 5, "text": "Bien", "date": "2026-03-01"}]}'
    assert len(read(listed).items) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_addresses_of_people_are_kept_in_no_file(encoding):
    text = (
        "Date;Note;Avis;Courriel;Client\r\n02/03/2026;5;Écrivez à sav@c.example;ana@a.example;Ana\r\n"
        '13/03/2026;1;"Nul; bob@b.example";"bob.le+mou@b.example";Bob\r\n'
    )
    whole = page(text.encode(encoding))
    kept = SOURCE.minimised(whole)
    assert "ana@a.example" not in kept.text
    assert "bob.le+mou" not in kept.text
    assert [one.text for one in parse(kept).items] == [one.text for one in parse(whole).items]
    assert SOURCE.minimised(kept).body == kept.body
    known = page(text.encode(encoding), columns={"author": "Courriel"})
    hashed = SOURCE.minimised(SOURCE.pseudonymised(known, lambda address: f"~{len(address)}"))
    assert "ana@a.example" not in hashed.text
    assert "bob.le+mou" not in hashed.text
    assert [one.author for one in parse(hashed).items] == ["~13"]


@pytest.mark.parametrize(
    "cell",
    [
        "TOTAL",
        "Total : 3",
        "Average rating",
        "Note moyenne : 4,2/5",
        "Sous-total",
        "Nombre d'avis",
        "Moyenne = 84 %",
    ],
)
def test_a_row_of_sums_is_no_review(cell):
    found = read(f"Source;Date;Note;Avis\nA;13/02/2026;5;Bien\n{cell};;4;\n", scale=5)
    assert [one.text for one in found.items] == ["Bien"]
    assert [one.reason for one in found.rejected] == ["bad_row"]


def test_a_review_of_one_word_is_no_row_of_sums():
    found = read("Avis;Date;Note\nAverage;13/02/2026;3\nTotal respect;14/02/2026;5\nMoyenne;15/02/2026;3\n")
    assert [one.text for one in found.items] == ["Average", "Total respect", "Moyenne"]


def test_a_sum_tells_nothing_of_the_scale():
    found = read("Date;Note /10;Avis\n13/02/2026;8;Bien\n14/02/2026;10;Top\nTotal;18;\n")
    assert [one.rating.value for one in found.items] == [8, 10]
    assert {one.rating.best for one in found.items} == {10}


@pytest.mark.parametrize(
    "question",
    [
        "Pourquoi cette réponse ?",
        "Pourquoi avez-vous donné cette note ?",
        "Why did you give this answer?",
        "What is the reason for your response?",
        "Warum diese Antwort?",
        "¿Por qué esta respuesta?",
        "Perché questa risposta?",
        "Waarom dit antwoord?",
        "Réponse libre",
        "Open-Ended Response",
    ],
)
def test_a_question_about_ones_own_answer_is_no_owners_reply(question):
    (one,) = read(f"Date;Note sur 5;{question}\n2026-02-03;4;Un accueil souriant\n").items
    assert (one.text, one.reply) == ("Un accueil souriant", None)
