"""Texts in pieces: nothing is lost, spans may overlap, what is cut says so."""

from hypothesis import given
from hypothesis import strategies as st

from reports.explore.excerpt import excerpt, pieces
from reports.typography import harmless

spans = st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=5)


@given(st.text(alphabet="abc é😡", max_size=60), spans)
def test_pieces_are_the_text(text, marks):
    made = pieces(text, marks)
    assert "".join(piece.text for piece in made) == harmless(text)
    ended = [number for piece in made for number in piece.ends]
    assert len(ended) == len(set(ended))


def test_marks_lie_where_they_were_found():
    made = pieces("livraison lente et chère", [(0, 15), (10, 15), (19, 24)])
    assert [(piece.text, piece.marks) for piece in made] == [
        ("livraison ", (1,)),
        ("lente", (1, 2)),
        (" et ", ()),
        ("chère", (3,)),
    ]
    assert [piece.ends for piece in made] == [(), (1, 2), (), (3,)]


def test_masks_and_hidden_characters_are_not_shown():
    assert pieces("tél. ██ ███ \u202eabc", [])[0].text == "tél. […] abc"


@given(st.text(alphabet="mot ", min_size=500, max_size=900), st.integers(0, 480))
def test_an_excerpt_is_short_and_holds_its_first_mark(text, at):
    made = excerpt(text, [(at, at + 3)], limit=200)
    assert sum(len(piece.text) for piece in made) <= 204
    assert any(1 in piece.marks for piece in made)
