"""Golden queries: what a person types and, of the written texts, exactly what is found."""

import pytest

from ouidire.index import Query
from tests.support import index_corpus

FRENCH_LONG = " ".join(["content"] * 5000)

GOLDEN = [
    # negation is never lost
    ("content", "content pas-content pas-contente pas-venu-content frontiere"),
    ("pas content", "pas-content pas-contente pas-venu-content frontiere"),
    ('"pas content"', "pas-content pas-contente"),
    ("« pas contente »", "pas-content pas-contente"),
    ("content -pas", "content"),
    ('content -"pas content"', "content pas-venu-content frontiere"),
    ("plus jamais", "jamais"),
    ('"jamais remboursé"', "jamais"),
    ("rien", "rien frontiere"),
    ("aucun", "aucune"),
    ("not happy", "en-not-happy en-wasnt-happy"),
    ('"not happy"', "en-not-happy en-wasnt-happy"),
    ("wasn't happy", "en-wasnt-happy"),
    ("happy -not", "en-happy"),
    ("never", "en-never"),
    ("don't", "en-agency"),
    # a phrase does not run from the title into the text
    ('"suis pas content"', "pas-content"),
    # forms of a word
    ("livrer", "content livree livree-sans-accent"),
    ("livraisons", "livraison"),
    ("remboursement", "jamais rembourse"),
    ("rembourser refuser", "rembourse"),
    ("déçu", "pas-contente livree-sans-accent decus typographie"),
    ("nul", "nulle nuls"),
    ("deliveries", "en-happy en-not-happy en-agency"),
    ("refund", "en-wasnt-happy en-never"),
    # accents, ligatures, case, decomposed letters
    ("livree", "content livree livree-sans-accent"),
    ("LIVRÉE", "content livree livree-sans-accent"),
    ("coeur", "coeur"),
    ("CŒUR", "coeur"),
    ("oeillet", "coeur"),
    ("arnaque fuyez", "majuscules"),
    ("réparation bâclée", "decompose"),
    ("reparation baclee", "decompose"),
    ("re\u0301paration", "decompose"),
    # elisions and apostrophes of all kinds; agence and agency share their stem, each in its language
    ("agence", "agence agence-typo notre-agence en-agency"),
    ("l'agence", "agence agence-typo notre-agence en-agency"),
    ("l’agence (", "agence agence-typo notre-agence en-agency"),
    ("l' agence", "agence agence-typo notre-agence en-agency"),
    ("aujourd'hui", "agence-typo"),
    ("aujourdhui", "agence-typo"),
    ("quelqu'un", "agence-typo"),
    ("puisqu'il appelle", "elisions dix"),
    ("agency", "agence agence-typo notre-agence en-agency"),
    ("agency's", "agence agence-typo notre-agence en-agency"),
    # phrases, and words joined without a blank
    ('"service client"', "service-client"),
    ("service client", "service-client client-service"),
    ("service-client", "service-client"),
    ("porte-monnaie", "porte-monnaie"),
    ("porte monnaie", "porte-monnaie porte-et-monnaie"),
    ("qualité/prix", "qualite-prix"),
    ("10/10", "dix-sur-dix"),
    ("10", "dix-sur-dix dix"),
    ("3,5", "dix"),
    # beginnings of words as they are written
    ("livr*", "content pas-venu-content livree livree-sans-accent livraison"),
    ("livrai*", "livraison"),
    ("Déç*", "pas-contente livree-sans-accent decus typographie"),
    ("porte-mon*", "porte-monnaie porte-et-monnaie"),
    ("livr* -livreu*", "content livree livree-sans-accent"),
    ("l'agen*", "agence agence-typo notre-agence en-agency"),
    ("ivr*", "ivre"),
    # emoji and scripts without blanks
    ("😡", "emoji-colere"),
    ("😡😡", "emoji-colere"),
    ("❤", "emoji-coeur"),
    ("👍", "emoji-coeur drapeau"),
    ("👍🏿", "emoji-coeur drapeau"),
    ("👍 -🇫🇷", "emoji-coeur"),
    ("★★★★★", "dix-sur-dix"),
    ("配送", "cjk japonais"),
    ("送配", ""),
    ("배송", "coreen"),
    ("gracias", "es"),
    # what looks like syntax is none
    ("AND OR NEAR(", "syntaxe"),
    ("stems:words", "syntaxe"),
    ("'; DROP TABLE mention; --", "injection"),
    ('content" OR "1"="1', ""),
    ("{stems} : content", ""),
    (
        "content ^ + ~ ( ) [ ] { } : ; \\ % _ \x00",
        "content pas-content pas-contente pas-venu-content frontiere",
    ),
    ("<script>alert('bonjour')</script>", "html"),
    ("https://exemple.fr/avis?id=12", "url"),
    ('"pas content', "pas-content pas-contente pas-venu-content frontiere"),
    (FRENCH_LONG, "content pas-content pas-contente pas-venu-content frontiere"),
    ("x" * 100_000, ""),
    ("introuvable", ""),
]
EVERYTHING = ["", " ", '"', "!!!", "(*)", "-", "¶", "' OR 1=1 --"[:1], "\x00"]


@pytest.fixture(scope="module")
def written(filled):
    """The ids of the written texts, which alone are looked at here."""
    return filled, set(index_corpus.TEXTS)


def found(index, text):
    ids, after = set(), None
    while True:
        page = index.search(Query(text=text), size=200, after=after)
        ids.update(hit.document.id for hit in page.hits)
        after = page.after
        if after is None:
            return ids


@pytest.mark.parametrize(
    ("text", "expected"), GOLDEN, ids=[text[:30].replace("\x00", "NUL") for text, _ in GOLDEN]
)
def test_golden(written, text, expected):
    index, names = written
    assert found(index, text) & names == set(expected.split())


@pytest.mark.parametrize("text", EVERYTHING)
def test_a_text_without_words_keeps_everything(written, text):
    index, names = written
    assert found(index, text) >= names


def test_exclusion_alone_keeps_the_rest(written):
    index, names = written
    assert found(index, "-content") & names == names - {
        "content",
        "pas-content",
        "pas-contente",
        "pas-venu-content",
        "frontiere",
    }
    assert found(index, "-livr*") & names == names - {
        "content",
        "pas-venu-content",
        "livree",
        "livree-sans-accent",
        "livraison",
    }


def test_there_are_forty_golden_queries_at_least():
    assert len(GOLDEN) >= 40


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("pas content", "pas-content", {"text": ["pas", "content"]}),
        ('"pas content"', "pas-content", {"text": ["pas content"]}),
        ("l'agence", "agence", {"title": ["agence"], "text": ["agence"]}),
        ("déçu", "pas-contente", {"title": ["Déçue"]}),
        ("livr*", "livraison", {"title": ["Livraison"], "text": ["Livraisons", "livreur"]}),
        ("réparation", "decompose", {"text": ["Re\u0301paration"]}),
        ("👍", "emoji-coeur", {"text": ["👍🏽"]}),
        ("配送", "japonais", {"text": ["配送"]}),
        ("script", "html", {"text": ["script", "script"]}),
        ("deliveries", "en-happy", {"text": ["delivery"]}),
        ("-rien content", "content", {"title": ["content"], "text": ["content"]}),
    ],
)
def test_highlights_are_spans_of_the_text(written, text, name, expected):
    index, _ = written
    (hit,) = [hit for hit in index.search(Query(text=text), size=200).hits if hit.document.id == name]
    shown = {
        each.field: [getattr(hit.document, each.field)[start:end] for start, end in each.spans]
        for each in hit.highlights
    }
    assert shown == expected


def test_no_highlights_without_words(written):
    index, _ = written
    assert all(not hit.highlights for hit in index.search(Query(), size=50).hits)
