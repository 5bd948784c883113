"""Mentions are masked once, annotated, and what the state has cached of them is not inferred again."""

import pytest

from enrichment.run import Enricher, Failure
from ouidire.annotations import Annotations
from ouidire.mention import Mention, Reply
from ouidire.settings.configuration import settings_from
from ouidire.state import open_state
from ouidire.state.enrichments import store_annotations
from service.pipeline.index import annotate
from service.pipeline.index.annotate import MentionAnnotator

FORMER = {
    "masking": {"masked": ["phone"]},
    "language": {"language": {"code": "fr", "probability": 0.1234}},
    "sentences": {"sentences": [{"start": 0, "end": 26}]},
    "reading": {},
    "sentiment": {"sentences": [{"start": 0, "end": 26, "polarity": 0.5, "label": "positive"}]},
    "advocacy": {},
    "memory": {},
    "embedding": {},
    "theme_vectors": {},
    "delight": {"delight": {"probability": 0.25, "spans": []}},
    "effort": {},
    "intents": {"intents": []},
    "journey": {"journey": []},
    "aspects": {"aspects": []},
}
"""The analysers of which an installation holds a row for each text, since before signals were attached."""
TEXT, MASKED = "Appelez le 06 39 98 12 34.", "Appelez le ██ ██ ██ ██ ██."


@pytest.fixture
def state(tmp_path):
    opened = open_state(f"sqlite:///{tmp_path / 'state.db'}")
    yield opened
    opened.close()


@pytest.fixture
def annotator(tmp_path):
    return MentionAnnotator(settings_from({"brand": [{"slug": "pousse", "name": "Pousse"}]}, base=tmp_path))


def mention(text=TEXT, **given):
    return Mention(entity="lyon", text=text, **given)


def no_inference(_, batch):
    assert not batch, "a cached text was inferred again"
    return []


def test_what_an_installation_has_cached_is_not_inferred_again(state, annotator, monkeypatch):
    versions = dict(label.split("@") for label in annotator.versions)
    assert list(versions) == list(FORMER)
    key = annotator._prepare(mention()).key
    rows = [(key, name, int(versions[name]), fields) for name, fields in FORMER.items()]
    with state.begin() as connection:
        store_annotations(connection, rows)
    monkeypatch.setattr(Enricher, "annotate", no_inference)
    with state.read() as connection:
        (found,) = annotator.annotate(connection, [mention()])
    assert (found.text, found.key, found.fresh, found.failure) == (MASKED, key, (), None)
    assert found.annotations.language.probability == 0.1234
    assert found.annotations.sentences[0].polarity == 0.5
    assert found.annotations.masked == ("phone",)
    assert found.annotations.versions == annotator.versions


def test_what_was_inferred_is_stored_once_and_loaded_the_same(state, annotator, monkeypatch):
    mentions = [mention(), mention("Parfait, merci."), mention()]
    with state.read() as connection:
        first = annotator.annotate(connection, mentions)
    assert [each.mention for each in first] == mentions
    assert {row[1] for row in first[0].fresh} == set(FORMER)
    with state.begin() as connection:
        store_annotations(connection, [row for each in first for row in each.fresh])
    monkeypatch.setattr(Enricher, "annotate", no_inference)
    with state.read() as connection:
        again = annotator.annotate(connection, mentions)
    assert again == [each._replace(fresh=()) for each in first]


def test_each_text_is_masked_once(state, annotator, monkeypatch):
    masked = []
    mask = annotate.mask

    def counted(text, **options):
        masked.append(text)
        return mask(text, **options)

    monkeypatch.setattr(annotate, "mask", counted)
    monkeypatch.setattr("enrichment.run.mask", counted)
    given = mention(title="Mon mail a@exemple.fr", reply=Reply(text="Écrivez à b@exemple.fr"))
    with state.read() as connection:
        (found,) = annotator.annotate(connection, [given])
    assert sorted(masked) == sorted([TEXT, "Mon mail a@exemple.fr", "Écrivez à b@exemple.fr"])
    assert (found.title, found.text) == ("Mon mail ████████████", MASKED)
    assert found.reply == "Écrivez à ████████████"
    assert found.annotations.masked == ("email", "phone")


def test_a_text_that_cannot_be_annotated_is_masked_all_the_same(state, annotator, monkeypatch):
    monkeypatch.setattr(Enricher, "annotate", lambda *_: [Failure(reason="delight@5: ValueError")])
    with state.read() as connection:
        (found,) = annotator.annotate(connection, [mention()])
    assert (found.text, found.failure, found.fresh) == (MASKED, "delight@5: ValueError", ())
    assert found.annotations == Annotations()
