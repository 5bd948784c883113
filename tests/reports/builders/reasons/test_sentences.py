"""The sentences beside a driver or an action: on its side, clear, and each of another author."""

import pytest

from ouidire.documents import AspectDocument, SentenceDocument
from reports.builders.digest import build
from reports.builders.reasons.sentences import ClearQuotes
from reports.data.scope import Edition, Scope
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

LATE = "Le colis a mis trois semaines à venir jusque chez moi."
PRAISE = "Les plantes sont superbes et le livreur est charmant."
SHORT = "Nul."


def mentions(index):
    return [
        each
        for each in index.documents.values()
        if each.kind == "mention"
        and each.brands == ("pousse",)
        and PERIOD.start <= each.period_at < PERIOD.end
    ]


def said(base, number, sentences, coded, **more):
    """A mention of these sentences, with (sentence, aspect, side, probability) coded."""
    text, spans = "", []
    for words, polarity in sentences:
        start = len(text)
        text += words + " "
        spans.append(SentenceDocument(start=start, end=start + len(words), polarity=polarity))
    aspects = tuple(
        AspectDocument(name=name, polarity=side, probability=probability, sentence=at)
        for at, name, side, probability in coded
    )
    return base.model_copy(
        update={
            "id": f"{number:064x}",
            "text": text.strip(),
            "author_key": f"author{number}",
            "sentences": tuple(spans),
            "aspects": aspects,
            "aspect_names": tuple({each.name for each in aspects}),
            "aspect_polarity": tuple({f"{each.name}:{each.polarity}" for each in aspects}),
            "presence": "present",
            "rating": 1.0,
            "stars": 1.0,
            "asked_score": None,
            "url": f"https://avis.example/{number}",
        }
        | more
    )


class Sums:
    def __init__(self, listed):
        self.reader = FakeIndex(listed)
        self.where = ()


@pytest.fixture
def base():
    return mentions(FakeIndex(documents("quiet")))[0]


def quotes(listed, code="delivery:negative"):
    return [quote.text for quote in ClearQuotes(Sums(listed)).of(code)]


def test_a_sentence_is_cut_out_of_its_text(base):
    one = said(base, 1, [(PRAISE, 0.8), (LATE, -0.7)], [(1, "delivery", "negative", 0.9)])
    assert quotes([one]) == [f"… {LATE}"]


def test_no_sentence_that_praises_stands_under_a_complaint(base):
    sounding = said(base, 1, [(PRAISE, 0.8)], [(0, "delivery", "negative", 0.9)])
    both = said(base, 2, [(LATE, -0.4)], [(0, "delivery", "negative", 0.9), (0, "delivery", "positive", 0.9)])
    five = said(base, 3, [(LATE, -0.4)], [(0, "delivery", "negative", 0.9)], rating=5.0, stars=5.0)
    assert quotes([sounding, both, five]) == []
    pleased = said(base, 4, [(PRAISE, 0.8)], [(0, "delivery", "positive", 0.9)], rating=5.0, stars=5.0)
    assert quotes([pleased], "delivery:positive") == [PRAISE]
    assert quotes([pleased.model_copy(update={"stars": 2.0})], "delivery:positive") == []


def test_sure_readable_and_typical_sentences_come_first(base):
    code = (0, "delivery", "negative", 0.9)
    unsure = said(
        base, 1, [("Il a plu toute la journée de dimanche dans le jardin.", -0.5)], [(*code[:3], 0.6)]
    )
    short = said(base, 2, [(SHORT, -0.9)], [code])
    typical = said(base, 3, [(LATE, -0.5)], [code])
    like = said(base, 4, [("Le colis a mis deux semaines, personne ne répond au téléphone.", -0.5)], [code])
    found = quotes([unsure, short, typical, like])
    assert found[0] in (LATE, "Le colis a mis deux semaines, personne ne répond au téléphone.")
    assert SHORT not in found


def test_no_author_is_quoted_twice(base):
    code = (0, "delivery", "negative", 0.9)
    one = said(base, 1, [(LATE, -0.5)], [code])
    again = said(base, 2, [("Toujours rien reçu, le transporteur a perdu mes rosiers.", -0.5)], [code])
    same = again.model_copy(update={"author_key": "author1"})
    assert len(quotes([one, again])) == 2
    assert len(quotes([one, same])) == 1
    clear = ClearQuotes(Sums([one, again]))
    assert len(clear.of("delivery:negative")) == 2
    assert clear.of("delivery:negative") == ()


def test_every_driver_of_a_sample_week_is_quoted_on_its_side():
    index = FakeIndex(documents("busy"))
    context = build(
        index, PERIOD, brands=BRANDS, now=NOW, sources=SOURCES, edition=Edition(scope=Scope(brand="pousse"))
    )
    by_id = {each.id: each for each in mentions(index)}
    quoted = [
        (code, quote)
        for each in context.experience.driven
        for code, found in each.quotes.items()
        for quote in found
    ]
    assert quoted
    for code, quote in quoted:
        assert code in by_id[quote.id].aspect_polarity
        assert quote.kind == ("worst" if code.endswith(":negative") else "best")
    authors = [by_id[quote.id].author_key for _, quote in quoted if by_id[quote.id].author_key]
    assert len(authors) == len(set(authors))
