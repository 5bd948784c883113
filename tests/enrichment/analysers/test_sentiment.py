import math

import numpy as np
import pytest

from enrichment.analysers.encode import READ
from enrichment.analysers.sentiment import polarity_of
from enrichment.models.linear import bundled
from enrichment.run import Enricher
from enrichment.run import bundled as everything
from tests.support.annotate import annotate


def read(text, **given):
    return annotate(text, enricher=everything(), **given)[0]


def test_polarity_is_the_mean_star_on_minus_one_to_one():
    assert polarity_of((1, 0, 0, 0, 0)) == -1
    assert polarity_of((0, 0, 1, 0, 0)) == 0
    assert polarity_of((0, 0, 0, 0.5, 0.5)) == 0.75


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Excellent accueil, équipe adorable, je recommande vivement !", "positive"),
        ("Service catastrophique, à fuir, jamais remboursé.", "negative"),
        ("Je ne suis pas du tout satisfaite.", "negative"),
        ("Terrible service, rude staff, never again.", "negative"),
        ("J'adore, parfait 😍", "positive"),
    ],
)
def test_plain_texts_are_read_right(text, label):
    assert read(text).sentiment.label == label


def test_faint_praise_is_no_praise():
    found = read("Moyen, sans plus.").sentiment
    assert found.label == "neutral" or found.abstain
    assert found.stars[2] > found.stars[4]


def test_chances_sum_to_one_and_the_label_has_the_largest():
    found = read("Très bon produit mais livraison lente.").sentiment
    assert math.isclose(sum(found.stars), 1, abs_tol=1e-4)
    assert math.isclose(found.p_negative + found.p_neutral + found.p_positive, 1, abs_tol=1e-4)
    assert found.p_negative == pytest.approx(found.stars[0] + found.stars[1], abs=1e-4)


def test_a_text_that_says_nothing_has_no_sentiment():
    for text in ("", "   ", "...", "███ ██"):
        found = read(text)
        assert found.sentiment is None
        assert found.memory is None


def test_the_title_is_read_too():
    assert (
        read("Voir le titre", title="Une catastrophe, à fuir, honteux").sentiment.polarity
        < read("Voir le titre").sentiment.polarity
    )


def test_the_stars_given_do_not_change_what_the_words_say():
    assert read("Plutôt correct", stars=1).sentiment == read("Plutôt correct", stars=5).sentiment


def test_each_sentence_has_its_polarity():
    first, second = read("Accueil adorable et souriant. Livraison catastrophique, une honte.").sentences
    assert first.polarity > 0.4
    assert first.label == "positive"
    assert second.polarity < -0.4


def test_both_poles_and_doubt_are_mixed():
    found = read("J'adore, c'est parfait, merci. Nul, une honte, à fuir.").sentiment
    assert found.label in {"mixed", "positive", "negative"}
    assert (found.label == "mixed") == (found.probability == found.p_neutral)


def test_a_language_it_was_not_trained_on_makes_it_abstain():
    found = read("El pedido nunca llegó y nadie contesta al teléfono, muy mala atención.")
    assert found.language.code == "es"
    assert found.sentiment.abstain


def test_only_the_beginning_of_a_huge_text_is_read():
    head = "Parfait. " * (READ // 9)
    found = read(head + "Nul. " * 50_000)
    assert found.sentiment.label == "positive"
    assert found.sentences[-1].polarity is None
    assert annotate("x", enricher=Enricher([]))[0].sentiment is None


def test_scores_are_the_same_alone_and_in_any_batch():
    texts = ["Parfait", "", "Nul nul nul " * 400, "😀", "bien mais cher", "\ud800", "a"] * 30
    model = bundled()
    assert model.raw(texts).tolist() == [model.raw([text])[0].tolist() for text in texts]
    assert model.raw(texts[::-1]).tolist() == model.raw(texts).tolist()[::-1]
    assert model.raw([]).shape == (0, 8)


def test_a_model_of_other_features_is_refused():
    from enrichment.models.linear import LinearModel

    with pytest.raises(ValueError, match="features"):
        LinearModel({"features_version": np.array(999)})


def test_the_model_card_names_the_model_that_ships():
    from hashlib import sha256
    from importlib.resources import files

    folder = files("enrichment").joinpath("models/weights")
    card = folder.joinpath("CARD.md").read_text(encoding="utf-8")
    for name in (
        "model.onnx",
        "tokenizer.json",
        "readout.json",
        "meaning.npz",
        "theme.npz",
        "linear.npz",
        "heads.npz",
        "signal_weights.json",
        "stacking.json",
    ):
        assert sha256(folder.joinpath(name).read_bytes()).hexdigest() in card, name
