import errno
import subprocess
import sys

import pytest

from enrichment import ANALYSERS, LINKERS, load
from enrichment.base import Analyser, ModelFilesError
from enrichment.run import Enricher, Failure, bundled, ordered
from ouidire.annotations import Annotations, Language, Memory
from ouidire.errors import AnalysisUnavailable, ConfigError
from tests.support.annotate import annotate


class Fake(Analyser):
    version = 3

    def __init__(self, name, *, requires=(), fills=(), answer=None, breaks_on=None):
        self.name, self.requires, self.fills = name, requires, fills
        self.answer, self.breaks_on = answer or {}, breaks_on

    def analyse(self, batch):
        if any(self.breaks_on and self.breaks_on in subject.text for subject in batch):
            raise RuntimeError(batch[0].text)
        return [dict(self.answer) for _ in batch]


class Unversioned(Fake):
    version = None


KEY_OF_A = "1c99723d62a8dbfce3b2340f7f4e11da"
"""The cache key of the text "a", always the same: with another, every installation would infer all anew."""
FRENCH = {"language": Language(code="fr", probability=1)}


def test_the_order_follows_what_is_required():
    names = [
        each.name for each in ordered([Fake("c", requires=("a", "b")), Fake("b", requires=("a",)), Fake("a")])
    ]
    assert names == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("analysers", "said"),
    [
        ([Fake("a", requires=("b",)), Fake("b", requires=("a",))], "circle"),
        ([Fake("a", requires=("z",))], "requires 'z'"),
        ([Fake("a"), Fake("a")], "twice"),
        ([Fake("a", fills=("nothing",))], "do not have"),
        ([Fake("a", fills=("language",)), Fake("b", fills=("language",))], "both fill"),
        ([Unversioned("a")], "no version"),
    ],
)
def test_a_set_that_cannot_run_is_refused(analysers, said):
    with pytest.raises(ConfigError, match=said):
        Enricher(analysers)


def test_a_text_that_breaks_an_analyser_fails_alone_and_is_not_quoted():
    enricher = Enricher([Fake("a", fills=("language",), answer=FRENCH, breaks_on="boum"), Fake("b")])
    good, bad, other = annotate("un", "boum secret", "deux", enricher=enricher)
    assert good == other == Annotations(language=FRENCH["language"], versions=("masking@3", "a@3", "b@3"))
    assert bad == Failure(reason="a@3: RuntimeError")


def test_an_analyser_that_breaks_its_contract_is_named():
    assert annotate("x", enricher=Enricher([Fake("a", answer=FRENCH)])) == [
        Failure(reason="a@3: fills undeclared language")
    ]
    wrong = Fake("a", fills=("memory",), answer={"memory": {"peak": 4, "end": 0, "mean": 0}})
    assert "memory.peak" in annotate("x", enricher=Enricher([wrong]))[0].reason

    class Short(Fake):
        def analyse(self, batch):
            return batch[:0]

    assert annotate("x", enricher=Enricher([Short("a")])) == [Failure(reason="a@3: 0 results for 1 texts")]


def test_what_is_attached_is_shared_with_those_that_require_it_and_named_nowhere():
    class Attaching(Unversioned):
        attaches = "signals"

    class Using(Fake):
        def analyse(self, batch):
            return [{"language": Language(code=subject.signals, probability=1)} for subject in batch]

    enricher = Enricher(
        [Using("b", requires=("a",), fills=("language",)), Attaching("a", answer={"signals": "fr"})]
    )
    assert [each.name for each in enricher.analysers] == ["a", "b"]
    assert annotate("x", enricher=enricher) == [
        Annotations(language=FRENCH["language"], versions=("masking@3", "b@3"))
    ]
    failing = Attaching("a", breaks_on="x")
    assert annotate("x", enricher=Enricher([failing])) == [Failure(reason="a: RuntimeError")]


def test_model_files_that_do_not_fit_are_named():
    class Unfit(Fake):
        def analyse(self, _):
            raise ModelFilesError("readout.json has no column stage:use")

    with pytest.raises(AnalysisUnavailable, match=r"a@3: readout\.json has no column stage:use"):
        annotate("x", enricher=Enricher([Unfit("a")]))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "disk"), "a@3: OSError, No space left on device"),
        (MemoryError(), "a@3: MemoryError"),
        (ImportError("x"), "a@3: ImportError"),
    ],
)
def test_what_no_text_is_the_cause_of_keeps_none_from_being_read(error, told):
    class OnThisMachine(Fake):
        def analyse(self, _):
            raise error

    with pytest.raises(AnalysisUnavailable, match=told):
        annotate("x", "y", enricher=Enricher([OnThisMachine("a")]))


def test_the_text_that_leaves_is_masked_and_its_spans_hold():
    text = "Appelez le 06 39 98 12 34. Merci !"
    enricher = bundled()
    subject = enricher.prepare(text, title="Mon mail a@exemple.fr")
    found = enricher.annotate([subject])[0]
    assert isinstance(found, Annotations)
    assert "06" not in subject.text
    assert subject.title == "Mon mail ████████████"
    assert found.masked == ("email", "phone")
    assert [text[each.start : each.end] for each in found.sentences] == [
        "Appelez le 06 39 98 12 34.",
        "Merci !",
    ]


def test_what_is_not_there_yet_is_absent_never_a_stub():
    found = annotate("Bluffant, au-delà de mes attentes, merci Julie !", stars=5)[0]
    assert found.effort is None
    recorded = [name for name in ANALYSERS if name != "signals"]
    assert [each.partition("@")[0] for each in found.versions] == ["masking", *recorded]
    assert isinstance(found.memory, Memory)


def test_results_do_not_depend_on_batches():
    texts = ["Parfait", "", "Nul ! À fuir.", "ok", "\ud800", "Great service, thanks", "12 rue des Lilas"] * 7
    enricher = bundled()
    subjects = [enricher.prepare(text, stars=index % 6) for index, text in enumerate(texts)]
    assert enricher.annotate(subjects) == [enricher.annotate([subject])[0] for subject in subjects]
    assert enricher.annotate([]) == []


def test_the_key_covers_all_that_is_seen_and_tells_absence_from_zero():
    base = {
        "text": "a",
        "title": None,
        "kind": "review",
        "stated_language": None,
        "stars": None,
        "asked_score": None,
    }
    changes = [
        {},
        {"text": "b"},
        {"title": ""},
        {"title": "a"},
        {"kind": "post"},
        {"stated_language": "fr"},
        {"stars": 0},
        {"asked_score": 0},
    ]
    enricher = Enricher([])
    keys = {enricher.prepare(**(base | change)).key for change in changes}
    assert len(keys) == len(changes)
    assert enricher.prepare("a").key == enricher.prepare(**base).key == KEY_OF_A
    assert enricher.prepare("a", stars=4).key == enricher.prepare("a", stars=4.0).key
    assert enricher.prepare("\ud800").key


def test_the_key_is_of_what_was_written_whatever_is_masked():
    texts = ("Appelez le 06 39 98 12 34.", "Appelez le 06 39 98 12 35.")
    keys = [Enricher([], mask_names=names).prepare(text).key for text in texts for names in (False, True)]
    assert keys[0] == keys[1] != keys[2] == keys[3]


def test_the_catalogues_load_and_agree_with_their_names():
    assert {name: load(name, ANALYSERS).name for name in ANALYSERS} == {name: name for name in ANALYSERS}
    assert {name: load(name, LINKERS).name for name in LINKERS} == {name: name for name in LINKERS}
    with pytest.raises(ConfigError, match="choose among"):
        load("divination", ANALYSERS)


def test_importing_the_package_loads_nothing_heavy():
    heavy = ("numpy", "onnxruntime", "tokenizers", "py3langid", "sklearn", "scipy")
    code = f"import enrichment, enrichment.run, sys; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def test_nothing_at_run_time_needs_scikit_learn():
    hidden = dict.fromkeys(("sklearn", "scipy", "torch", "transformers", "onnx"))
    code = (
        f"import sys; sys.modules |= {hidden}; from enrichment.run import bundled; e = bundled(); "
        "print(e.annotate([e.prepare('Parfait')])[0].sentiment.label)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "positive"
    )
