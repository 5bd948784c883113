"""Vectors for grouping: one of the whole, one of each sentence, the same whatever is read beside them."""

import numpy as np

from enrichment.analysers import theme_vectors
from enrichment.analysers.theme_vectors import ThemeVectorAnalyser
from ouidire.text.vectors import pack_rows, unpack_rows
from tests.support.annotate import annotate

WIDTH = 64
TEXT = "Le colis est arrivé cassé. La serveuse était adorable."


def rows(packed):
    return np.frombuffer(unpack_rows(packed, WIDTH), np.int8).reshape(-1, WIDTH).astype(float)


def cosines(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_the_whole_and_each_sentence_have_a_vector():
    found = annotate(TEXT)[0]
    assert len(rows(found.theme_vectors)) == 1 + len(found.sentences) == 3
    assert np.abs(rows(found.theme_vectors)).max(axis=1).tolist() == [127, 127, 127]


def test_a_text_without_words_has_none():
    assert annotate("…")[0].theme_vectors is None


def test_it_is_the_same_in_any_company():
    alone = annotate(TEXT)[0].theme_vectors
    assert annotate("Bien. " * 90, TEXT, "Trop cher.")[1].theme_vectors == alone


def test_sentences_of_a_subject_are_near_whatever_they_say_of_it():
    texts = ("Le carton était éventré.", "Colis impeccable, rien de cassé.", "Serveuse adorable.")
    broken, intact, staff = (rows(each.theme_vectors)[0] for each in annotate(*texts))
    assert cosines(broken, intact) > cosines(broken, staff)


def test_the_version_follows_the_weights(monkeypatch, tmp_path):
    (tmp_path / "theme.npz").write_bytes(b"other weights")
    before = ThemeVectorAnalyser().version
    monkeypatch.setattr(theme_vectors, "WEIGHTS", tmp_path)
    theme_vectors.version.cache_clear()
    try:
        assert ThemeVectorAnalyser().version != before
        assert ThemeVectorAnalyser().version // 1_000_000 == theme_vectors.VERSION
    finally:
        theme_vectors.version.cache_clear()


def test_rows_are_packed_and_read_back():
    kept = [(1, -128, 127), (0, 5, -1)]
    assert list(memoryview(unpack_rows(pack_rows(kept), 3)).cast("b")) == [1, -128, 127, 0, 5, -1]
    assert unpack_rows("no base64 é", 3) == b""
    assert unpack_rows(pack_rows([(1, 2)]), 3) == b""
