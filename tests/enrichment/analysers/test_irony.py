import numpy as np
import pytest

from enrichment.analysers import irony
from enrichment.lexicons import patterns
from enrichment.models.encoder import EncodedText, SpanScores
from tests.support.annotate import annotate

IRONIC = (
    "Merci pour rien.",
    "Merci de m'avoir gâché mon anniversaire.",
    "Félicitations, vous avez réussi à me faire fuir.",
    "Bravo, trois semaines d'attente pour une lampe.",
    "Super, encore une visite pour rien.",
    "Génial, le technicien n'est jamais venu.",
    "Continuez comme ça et vous n'aurez plus de clients.",
    "Encore bravo pour votre incompétence.",
    "Parfait pour qui aime perdre son temps.",
    "Ah ça, pour encaisser ils sont rapides !",
    "Merci à vos équipes de m'avoir fait rater mon train.",
    "Thanks for nothing.",
    "Great, another cancelled flight.",
    "Well done, you managed to lose my bag twice.",
    "Wonderful service, if you enjoy being ignored.",
)
SINCERE = (
    "Merci pour tout.",
    "Merci, rien à redire.",
    "Rien à dire, merci.",
    "Merci de m'avoir dépannée un dimanche.",
    "Merci de ne pas avoir oublié mon allergie.",
    "Bravo à toute l'équipe, trois jours de travaux et un résultat superbe.",
    "Bravo pour la rapidité, aucune attente en caisse.",
    "Félicitations pour votre professionnalisme.",
    "Super, encore une visite réussie.",
    "Génial, le technicien est venu le jour même.",
    "Continuez comme ça !",
    "Parfait pour qui aime le calme.",
    "Merci beaucoup, pour une fois je n'ai pas perdu mon temps.",
    "Merci pour cette belle soirée, il n'y avait rien à jeter.",
    "Thanks for everything.",
    "Great, another lovely flight.",
    "Thanks a lot for staying late to help us.",
    "Wonderful service, nothing to complain about.",
)


def notes(*texts, title=None):
    return annotate(*texts, title=title)


@pytest.mark.parametrize(
    "entry", patterns.lexicon("irony"), ids=lambda each: f"{each.language}-{each.pattern[:30]}"
)
def test_every_entry_marks_its_example(entry):
    assert entry in [found.entry for found in patterns.find("irony", entry.example)]
    assert irony.weight(entry.example) >= irony.WEIGHTS[entry.strength]


def test_praise_that_blames_is_blame():
    for text, read in zip(IRONIC, notes(*IRONIC), strict=True):
        assert read.sentiment.label == "negative", text
        assert read.sentences[0].polarity < 0, text
        assert read.advocacy.probabilities.detractor > 0.5, text
        assert read.delight is None or not read.delight.spans, text


TAKEN_FOR_BLAME = "On se demande comment ils font pour être aussi bons à ce prix."
"""Praise in the words of reproach: no marker of irony, but the encoder itself takes it for blame."""


@pytest.mark.xfail(strict=True, reason="a limit of the encoder, told in its card")
def test_praise_in_the_words_of_reproach_is_praise():
    assert notes(TAKEN_FOR_BLAME)[0].sentiment.polarity > 0


def test_thanks_are_thanks():
    assert irony.weight(TAKEN_FOR_BLAME) == 0
    for text, read in zip(SINCERE, notes(*SINCERE), strict=True):
        assert irony.weight(text) == 0, text
        assert read.sentiment.polarity > 0, text


def test_only_the_ironic_sentence_is_turned_and_the_whole_with_it():
    plain, mixed = notes("Le magasin est très beau.", "Le magasin est très beau. Merci pour rien.")
    assert mixed.sentences[0].polarity == pytest.approx(plain.sentences[0].polarity, abs=0.3)
    assert mixed.sentences[1].polarity < 0
    assert mixed.sentiment.polarity < 0


def test_a_title_may_be_ironic():
    text = "Accueil souriant, produits superbes."
    titled, plain = notes(text, title="Merci pour rien")[0], notes(text)[0]
    assert titled.sentiment.polarity < 0 < plain.sentiment.polarity
    assert titled.sentences[0].polarity > 0


def test_chances_stay_chances_and_what_a_model_does_not_give_stays_absent():
    stars, tone = np.array([0, 0, 0, 0.1, 0.9], np.float32), np.array([0, 0, 1], np.float32)
    rows = SpanScores(np.stack([stars] * 2), np.stack([tone] * 2), None, None, None, None)
    reading = EncodedText(SpanScores(stars, tone, None, None, None, None), rows, None)
    found = irony.move_towards_irony(reading, 0.5, [0.5, 0.0])
    assert found.whole.stars.sum() == pytest.approx(1)
    assert found.whole.stars[0] == pytest.approx(0.375)
    assert found.sentences.tone[0].argmax() == 2
    assert (found.sentences.tone[1] == tone).all()
    assert found.whole.classes is None
    assert found.sentences.aspect_polarity is None
    assert irony.move_towards_irony(reading, 0.0, [0.0, 0.0]) is reading
