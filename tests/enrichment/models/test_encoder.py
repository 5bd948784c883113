import math
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from enrichment.analysers.embedding import quantised
from enrichment.analysers.sentences import split
from enrichment.lexicons.taxonomy import aspects, signal_names
from enrichment.models.encoder import bundled
from enrichment.models.windows import LIMIT, WHOLE, cut
from enrichment.run import bundled as everything
from tests.support.annotate import annotate

TEXTS = [
    "Parfait",
    (
        "Accueil adorable et souriant. Livraison catastrophique, une honte. "
        "Mais je reviendrai, l'équipe est formidable !"
    ),
    "",
    "Merci. " * 200,
    "The room was filthy and nobody answered. The breakfast was great though.",
    "😀",
    "\ud800",
    "x" * 5_000,
    "Bien " * 137 + "nul. " + "Puis parfait. " * 60,
]


def read(texts):
    return bundled().read(texts, [split(text) for text in texts])


def same(one, other):
    parts = [
        *zip(one.whole, other.whole, strict=True),
        *zip(one.sentences, other.sentences, strict=True),
        (one.vector, other.vector),
    ]
    return all(np.array_equal(a, b) for a, b in parts)


@cache
def tokenizer():
    return Tokenizer.from_file(str(files("enrichment").joinpath("models/weights/tokenizer.json")))


@given(
    st.integers(0, 700).flatmap(
        lambda count: st.tuples(
            st.just(count), st.lists(st.integers(0, max(count * 3, 1)), max_size=40, unique=True).map(sorted)
        )
    )
)
def test_every_sentence_is_in_exactly_one_window_and_none_is_empty(case):
    count, cuts = case
    spans = list(pairwise(cuts))
    windows = cut(7, list(range(10, 10 + count)), [3 * place for place in range(count)], spans)
    numbers = [piece.number for window in windows for piece in window.pieces]
    assert sorted(numbers) == [WHOLE, *range(len(spans))]
    for window in windows:
        assert window.owner == 7
        assert len(window.ids) <= LIMIT + 2
        assert all(0 <= piece.start < piece.end <= len(window.ids) for piece in window.pieces)


def test_a_sentence_of_a_long_text_is_read_where_it_stands():
    starts = list(range(0, 4_000, 4))
    windows = cut(0, list(range(1_000)), starts, [(0, 40), (2_000, 2_040), (3_960, 4_000)])
    found = {
        piece.number: window.ids[piece.start : piece.end] for window in windows for piece in window.pieces
    }
    assert found[0] == list(range(10))
    assert found[1] == list(range(500, 510))
    assert found[2] == list(range(990, 1_000))


def test_a_text_is_read_the_same_alone_and_in_any_company():
    together = read(TEXTS * 5)
    for place, text in enumerate(TEXTS):
        alone = read([text])[0]
        assert same(alone, together[place]), text[:40]
        assert same(alone, read([*TEXTS[::-1], text])[-1])


def test_chances_are_chances_and_vectors_have_length_one():
    for text, found in zip(TEXTS, read(TEXTS), strict=True):
        assert found.whole.stars.shape == (5,)
        assert found.whole.aspects.shape == (len(aspects()),)
        assert found.whole.signals.shape == (len(found.names.signals),)
        named = (*found.names.aspects, *found.names.signals)
        assert named == tuple(name for name in signal_names() if not name.startswith("tone:"))
        assert len(found.sentences.stars) == len(split(text))
        assert found.sentences.aspect_polarity.shape == (len(split(text)), len(aspects()), 3)
        for part in (found.whole.stars, found.whole.tone, found.whole.classes, found.sentences.tone):
            assert np.allclose(part.sum(-1), 1, atol=1e-5)
        assert math.isclose(float(np.linalg.norm(found.vector)), 1, rel_tol=1e-5)


def test_no_text_no_reading():
    assert bundled().read([], []) == []


def test_each_sentence_is_read_by_itself_in_its_text():
    good, bad, back = read(TEXTS[1:2])[0].sentences.tone
    assert good[2] > 0.5 > good[0]
    assert bad[0] > 0.5 > bad[2]
    assert back[2] > back[0]


@settings(max_examples=200)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn")),
        min_size=1,
        max_size=20,
    )
)
def test_no_character_is_lost(text):
    normal = tokenizer().normalizer.normalize_str(text)
    encoding = tokenizer().encode(text, add_special_tokens=False)
    assert 3 not in encoding.ids
    assert tokenizer().decode(encoding.ids, skip_special_tokens=False).replace(" ", "") == normal.replace(
        " ", ""
    ).replace("▁", "")


def test_characters_outside_the_vocabulary_are_told_apart():
    ids = {tuple(tokenizer().encode(text).ids) for text in ("中", "文", "🫠", "𝼀", "가")}
    assert len(ids) == 5


def test_a_vector_is_quantised_without_turning():
    vector = read(["Le petit déjeuner était délicieux."])[0].vector
    small = np.array(quantised(vector), float)
    assert np.abs(small).max() == 127
    assert small @ vector / np.linalg.norm(small) > 0.999
    assert quantised(np.zeros(4, np.float32)) == (0, 0, 0, 0)


def test_near_meanings_are_near_and_others_are_not():
    texts = [
        "Le colis n'est jamais arrivé.",
        "My parcel was never delivered.",
        "Les chambres sont spacieuses et calmes.",
    ]
    one, near, far = (np.array(each.vector, float) for each in annotate(*texts, enricher=everything()))

    def cosine(a, b):
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    assert cosine(one, near) > cosine(one, far)


@pytest.mark.parametrize("text", ["", "...", "███"])
def test_what_says_nothing_is_not_read(text):
    assert annotate(text, enricher=everything())[0].vector is None
