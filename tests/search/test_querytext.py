"""What people type → clauses: nothing is an error, nothing is syntax."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.querytext import CLAUSE_LIMIT, Clause, occurrences, parse


def shown(text):
    """Clauses as short strings: the French reading of each phrase, `*` for a prefix, `-` for an exclusion."""
    return [
        "-" * each.exclude + (each.prefix + "*" if each.prefix else " ".join(each.any_of[0]))
        for each in parse(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'agence (", ["agenc"]),
        ('"', []),
        ("AND OR NEAR(", ["and", "or", "near"]),
        ("pas content", ["pas", "content"]),
        ('"pas content" -cher', ["pas content", "-cher"]),
        ("« pas content »", ["pas content"]),
        ("“service client” rapide", ["servic client", "rapid"]),
        ('-"pas cher" ok', ["-pas cher", "ok"]),
        ("livr* -rembours*", ["livr*", "-rembours*"]),
        ("Éton* l'agenc*", ["eton*", "agenc*"]),
        ("porte-mon*", ["port", "mon*"]),
        ("(livr*), (livr*)", ["livr*"]),
        ("* - -- -* ** \" ' ( ) !!! ¶", []),
        ("- cher --loin", ["cher", "loin"]),
        ("vite,bien 3,5 10/10 h&m", ["vit", "bien", "3 5", "10 10", "h m"]),
        ("qualité/prix; stems:prix", ["qualit prix", "stem", "prix"]),
        ("配送 -😡", ["配 送", "-😡"]),
        ('"pas content', ["pas", "content"]),
        ('foo"bar"baz', ["foo", "bar", "baz"]),
        ("rapide rapides RAPIDE", ["rapid"]),
        ("ʼ", []),
        ("'; DROP TABLE mention; --", ["drop", "tabl", "mention"]),
        ("", []),
    ],
)
def test_clauses(text, expected):
    assert shown(text) == expected


def test_a_word_is_read_in_french_and_in_english():
    (clause,) = parse("notes")
    assert clause.any_of == (("not",), ("note",))
    (clause,) = parse("pas")
    assert clause.any_of == (("pas",),)


def test_a_very_long_query_is_cut():
    assert len(parse(" ".join(f"mot{n}" for n in range(10_000)))) == CLAUSE_LIMIT
    (clause,) = parse('"' + "oui " * 10_000 + '"')
    assert len(clause.any_of[0]) == CLAUSE_LIMIT


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (Clause(any_of=(("pas", "content"),)), [(1, 3)]),
        (Clause(any_of=(("content",),)), [(2, 3), (4, 5)]),
        (Clause(prefix="con"), [(2, 3), (4, 5)]),
        (Clause(any_of=(("x",),)), []),
    ],
)
def test_occurrences(clause, expected):
    said = ["suis", "pas", "content", "tres", "content"]
    assert list(occurrences(clause, said, said)) == expected


@given(st.text(max_size=200))
@example('"rock ʼ roll"')
def test_anything_can_be_typed(text):
    for clause in parse(text):
        assert bool(clause.prefix) != bool(clause.any_of)
        assert all(phrase and all(phrase) for phrase in clause.any_of)


@given(st.text(alphabet="ab'’*-\"« »()é,:AND", max_size=40))
def test_what_looks_like_syntax_is_punctuation(text):
    assert parse(text) == parse(text + " (")
