"""Nothing that the command line prints is written in one language: every text in its code, looked at."""

import re

import pytest

from ouidire.text.catalogue import catalogue
from ouidire.text.translated import translated
from tests.support.printed_text import printed_texts

TYPED = (
    r"`?ouidire [a-z ]+|My brand|sees brands |No such option: \{\w+\}| Did you mean \{\w+\}\?|bold reverse"
    r"|ouidire report send --brand \{\w+\} --period \{\w+\}"
    r"|\{\w+\}: this is a fault of Ouï-dire's own; nothing that was kept is lost"
)
"""What is no sentence: a command to type, the end of a sentence of Typer's, a style, a name to
replace, the first half of a sentence."""
TEXTS = printed_texts()


def shown(text):
    return re.sub(r"\x00(place\d+)\x00", r"{\1}", text)


def test_the_texts_of_the_command_line_are_found():
    uses = [each.use for each in TEXTS]
    assert uses.count("column") > 50
    assert uses.count("elsewhere") > 15


def test_what_is_printed_as_it_is_holds_no_words():
    assert [(shown(each.sentence), each.where) for each in TEXTS if each.use == "as it is"] == [
        ("bold", next(each.where for each in TEXTS if each.sentence == "bold"))
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_column_has_its_heading(language):
    known = catalogue(language, "commands")
    headings = {each.sentence.strip().replace(" ", "_") for each in TEXTS if each.use == "column"}
    assert {each for each in headings if f"column.{each}" not in known} == set()


@pytest.mark.parametrize(
    "each", [each for each in TEXTS if each.use == "elsewhere"], ids=lambda each: each.where
)
def test_every_other_sentence_has_its_french(each):
    text = shown(each.sentence).strip("; ")
    if re.fullmatch(TYPED, shown(each.sentence)):
        return
    message = re.sub(r"\{(\w+)\}", r"'\1'", text)
    assert translated(message, "fr") != message
