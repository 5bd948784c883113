import pytest

from enrichment.analysers.aspects import clause
from enrichment.analysers.intents import leaves_for
from enrichment.analysers.sentence_signals import SENTENCES, read_signals
from enrichment.base import Subject
from enrichment.lexicons.taxonomy import aspects, categories, rules
from enrichment.models.signal_probabilities import SURE, match_lexicons
from enrichment.run import bundled
from ouidire.annotations import Sentence
from tests.support.annotate import annotate


@pytest.fixture(scope="module")
def enricher():
    return bundled()


def read(enricher, text, **rest):
    return annotate(text, enricher=enricher, **rest)[0]


def test_a_peak_is_told_with_its_words(enricher):
    text = "Accueil correct. Le dessert était exceptionnel, une pure merveille !"
    peak = read(enricher, text).delight
    assert peak.probability > 0.5
    assert "exceptionnel" in [text[span.start : span.end] for span in peak.spans]


@pytest.mark.parametrize(
    ("text", "peak"),
    [
        ("Chapeau bas à l'équipe de nuit, on n'oubliera pas.", True),
        ("Jamais mangé une tarte aussi bonne.", True),
        ("On ne pouvait pas espérer mieux pour nos noces d'or.", True),
        ("The staff went above and beyond for my mother.", True),
        ("Pas de quoi être bluffé.", False),
        ("Je n'ai pas été émerveillée par le buffet.", False),
        ("Rien d'exceptionnel, on mange correctement.", False),
    ],
)
def test_delight_is_told_by_its_idioms(enricher, text, peak):
    assert (read(enricher, text).delight.probability >= 0.5) is peak


def test_satisfaction_is_no_peak(enricher):
    notes = read(enricher, "Très bien, conforme à la description.")
    assert notes.delight.probability < 0.3
    assert notes.delight.spans == ()
    assert notes.irritation.spans == ()


def test_a_text_that_says_nothing_gets_nothing(enricher):
    for text in ("", "  ", "...", "███"):
        notes = read(enricher, text)
        assert (notes.delight, notes.irritation, notes.effort) == (None, None, None)
        assert (notes.intents, notes.journey, notes.aspects) == ((), (), ())


def test_effort_is_none_where_none_is_told(enricher):
    assert read(enricher, "Les chambres sont jolies.").effort is None
    assert read(enricher, "Très simple à utiliser.").effort.level == "none"
    assert (
        read(
            enricher, "J'ai appelé dix fois, envoyé plusieurs mails, relancé pendant des semaines."
        ).effort.level
        == "a_lot"
    )


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("On en a déjà parlé à tous nos voisins.", "tells_others"),
        ("Nous y retournerons volontiers cet automne.", "comes_back"),
        ("N'achetez rien dans cette boutique.", "warns_off"),
        ("Vous venez de perdre une cliente.", "leaves"),
        ("Could somebody confirm my booking?", "asks_answer"),
        ("I'd gladly pay double for it.", "would_pay_more"),
        ("Merci de nous avoir accueillis.", None),
        ("Le serveur ne parle pas anglais.", None),
    ],
)
def test_intents_are_told_by_their_idioms(enricher, text, intent):
    assert [each.name for each in read(enricher, text).intents] == ([intent] if intent else [])


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Ouverture de compte bouclée en dix minutes.", "none"),
        ("Un simple SMS et le rendez-vous était décalé.", "none"),
        ("Ils se sont chargés de toutes les démarches à ma place.", "none"),
        ("Je n'ai pas eu à me déplacer, le coursier est venu au bureau.", "none"),
        ("It paired with my phone straight out of the box.", "none"),
        ("J'ai dû rappeler une fois pour confirmer l'adresse.", "some"),
        ("It took a while to find the right menu in the app.", "some"),
        ("Ça fait quatre mois que j'attends mon remboursement et on me balade.", "a_lot"),
        ("Douze mails, aucune réponse.", "a_lot"),
        ("Six phone calls and two visits later, still no router.", "a_lot"),
        ("L'escalade demande de la force, mais le mur est superbe.", None),
        ("Rien à redire sur les plats.", None),
        ("Cuisine fine, sans prise de tête.", None),
        pytest.param(
            *("On a appelé le chien, il est revenu.", None),
            marks=pytest.mark.xfail(strict=True, reason="a call is heard as a hassle, whoever is called"),
        ),
    ],
)
def test_effort_is_told_by_its_idioms(enricher, text, level):
    effort = read(enricher, text).effort
    assert (effort and effort.level) == level


def test_one_sentence_of_a_lot_outweighs_others_of_less(enricher):
    some, a_lot = "J'ai dû rappeler une fois.", "Douze mails, aucune réponse."
    assert [read(enricher, text).effort.level for text in (some, a_lot)] == ["some", "a_lot"]
    for text in (f"{some} {a_lot}", f"{a_lot} {some} {some}"):
        effort = read(enricher, text).effort
        assert effort.level == "a_lot"
        assert text[effort.span.start : effort.span.end] in a_lot


def test_a_sure_entry_decides_alone(enricher):
    effort = read(enricher, "Tout est passé comme une lettre à la poste.").effort
    assert effort.probability >= SURE
    assert effort.span.end - effort.span.start < 40


def test_intents_and_the_one_left_for(enricher):
    found = {
        each.name: each
        for each in read(enricher, "Je résilie mon abonnement et je passe chez Lumicom. À fuir !").intents
    }
    assert {"leaves", "warns_off"} <= set(found)
    assert found["leaves"].target == "Lumicom"
    assert "recommends" not in found


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("Je suis passée chez Banque Mirabeau hier.", "Banque Mirabeau"),
        ("J'irai à la concurrence.", "la concurrence"),
        ("Direction la Mutuelle Verte !", "la Mutuelle Verte"),
        ("We switched to Rival Fibre.", "Rival Fibre"),
        ("Plus jamais chez Lumicom.", None),
        ("Je passe chez vous demain.", None),
        ("", None),
    ],
)
def test_the_target_of_leaving(sentence, target):
    assert leaves_for(sentence) == target


def test_a_stage_has_the_polarity_of_its_sentences(enricher):
    stages = {
        each.name: each
        for each in read(
            enricher, "Livraison très rapide, colis bien emballé. Le service client est nul."
        ).journey
    }
    assert stages["delivery"].polarity > 0 > stages["customer_service"].polarity


def test_aspects_of_one_sentence_have_their_own_polarity_and_words(enricher):
    text = "Les plats sont délicieux mais le service est beaucoup trop lent et désagréable."
    found = {each.name: each for each in read(enricher, text).aspects}
    assert found["food"].polarity == "positive"
    assert found["staff"].polarity == "negative"
    assert text[found["food"].span.start : found["food"].span.end].lower() in {"plats", "délicieux"}
    assert found["food"].sentence == 0


def test_a_title_counts_but_has_no_span(enricher):
    notes = read(enricher, "Voilà.", title="À fuir, arnaque honteuse !")
    assert notes.irritation.probability > 0.5
    assert all(each.span is None for each in notes.intents)


def test_results_do_not_depend_on_neighbours(enricher):
    texts = ["Je recommande !", "Nul.", "Livraison lente mais joli produit", "Je recommande !", ""]
    alone = [read(enricher, text) for text in texts]
    assert annotate(*texts, enricher=enricher) == alone


def test_the_sentences_of_a_text_are_read_once_for_all_analysers(monkeypatch):
    read_texts = []

    def counted(sentence):
        read_texts.append(sentence)
        return match_lexicons(sentence)

    monkeypatch.setattr("enrichment.analysers.sentence_signals.match_lexicons", counted)
    text = "Je recommande. Livraison lente mais joli produit."
    notes = annotate(text)[0]
    assert read_texts == ["Je recommande.", "Livraison lente mais joli produit."]
    assert notes.intents
    assert notes.journey
    assert notes.aspects


def test_a_page_pasted_whole_is_cut_short():
    text = "Bon plat. " * 3_000
    sentences = tuple(Sentence(start=at, end=at + 9) for at in range(0, len(text), 10))
    subject = Subject(text=text)
    subject = subject.model_copy(update={"done": subject.done.model_copy(update={"sentences": sentences})})
    assert len(read_signals([subject])[0]) == SENTENCES


def test_a_clause_is_cut_at_what_turns():
    text = "Bons plats, mais un service lent ; jolie vue"
    subject = Subject(text=text)
    subject = subject.model_copy(
        update={"done": subject.done.model_copy(update={"sentences": (Sentence(start=0, end=len(text)),)})}
    )
    found = read_signals([subject])[0][0]
    assert clause(found, "aspect:staff").strip() == "un service lent"
    assert clause(found, "aspect:returns") == text


def test_tables_to_other_taxonomies_name_our_aspects():
    for table in ("semeval_restaurants", "semeval_hotels", "semeval_museums"):
        for rule in rules(table):
            assert rule.all_of | rule.none_of | {rule.polarity_of} <= set(aspects())
    assert categories({"food", "choice"}, "semeval_restaurants") == {
        "FOOD#STYLE_OPTIONS": "choice",
        "FOOD#QUALITY": "food",
    }
    assert categories({"price"}, "semeval_restaurants") == {"RESTAURANT#PRICES": "price"}
    assert categories((), "semeval_restaurants") == {}


def test_the_taxonomy_is_whole_in_both_languages():
    for each in aspects().values():
        assert all(each)
