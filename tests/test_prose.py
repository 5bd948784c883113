"""The first sentence of every docstring is plain: a metaphor may follow, and none stands in it."""

import ast
import re

import pytest

from tests.test_architecture import PACKAGES, modules

METAPHORS = re.compile(
    r"\b(rings?|rang|ringing|crews?|flights?|houses?|doors?|hears?|heard|unheard|told"
    r"|says? of|bury|buries|buried|whispers?)\b",
    re.IGNORECASE,
)
"""Words that once stood for an alert, the workers, a crawl, the installation, what a run read, what was sent.

Say what the code does in the field's words: an alert is active or sent, a text describes, a report shows.
"""
LITERAL = {
    ("ouidire", "Ouï-dire: what people say of a brand"): "the sentence by which the product is known",
    ("service.cli.app", "Ouï-dire: what people say of a brand"): "the same, as the help's first line",
}
"""Where such a word is meant as it is: (module, how the sentence begins) → why."""


def first_sentences(name):
    """Yield the first sentence of each docstring of a module, with its line."""
    for node in ast.walk(modules()[name][1]):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        paragraph = (ast.get_docstring(node) or "").partition("\n\n")[0]
        yield getattr(node, "lineno", 1), re.split(r"(?<=[.!?])\s", paragraph)[0].replace("\n", " ")


def found(name):
    return [
        (line, sentence, METAPHORS.search(sentence)[0])
        for line, sentence in first_sentences(name)
        if METAPHORS.search(sentence)
    ]


def literal(name, sentence):
    return any(name == module and sentence.startswith(begins) for module, begins in LITERAL)


@pytest.mark.parametrize("package", PACKAGES)
def test_first_sentences_hold_no_private_metaphor(package):
    names = [name for name in modules() if name.partition(".")[0] == package]
    wrong = [
        f"{name}:{line}: {word!r} in {sentence!r}"
        for name in names
        for line, sentence, word in found(name)
        if not literal(name, sentence)
    ]
    assert not wrong, "say it in the field's words (CONTRIBUTING.md)"


def test_what_is_allowed_is_still_there():
    unused = {
        key for key in LITERAL if not any(sentence.startswith(key[1]) for _, sentence, _ in found(key[0]))
    }
    assert not unused, "take it off the list"


@pytest.mark.parametrize("text", ["Say what rings.", "Whether it was told.", "What it says of the source."])
def test_the_words_are_recognised(text):
    assert METAPHORS.search(text)


@pytest.mark.parametrize("text", ["Share of voice.", "Warehouse stock.", "What is said of a brand."])
def test_others_are_left_alone(text):
    assert not METAPHORS.search(text)
