"""Every message that the code raises has its French sentence."""

import re
import time

import pytest

from crawlers import SOURCES, load_source
from ouidire.errors import LayoutChanged
from ouidire.text.translated import translated
from tests.support.raised_messages import printed_messages, raised_messages

DYNAMIC = {
    "ouidire/settings/configuration.py",  # the problems of a file, each translated by itself
    "crawlers/sources/json_api/answer.py",
    "crawlers/sources/schema_org/reviews_page.py",
    "enrichment/run.py",
    "service/cli/commands/collect.py",
    "service/cli/commands/init.py",
    "service/pipeline/check_configuration.py",
    "service/pipeline/collect/file_preview.py",
    "service/pipeline/configured_sources.py",
    "service/pipeline/index/ingest.py",
    "service/pipeline/people/correction_file.py",
}
"""Modules that raise messages which others wrote."""
JOINED = {"{shown}{advice}", "{named}: {error}", "{path}: {error}", "templates: {place}: {errormessage}"}
"""Messages of places alone."""
HELD = "another program holds it: end that program or wait, then try again"
BY = "a {by} has its own days; say how many {by2}s with --count, and the last by --until"
"""The one whose place is a word of ours: its two sentences are tried below."""


def sample(sentence):
    """A message as it is raised, a word in each of its places."""
    return re.sub(r"(?<!\{)\{(\w+)\}", r"'\1'", sentence).replace("{{", "{").replace("}}", "}")


RAISED = [each for each in raised_messages() if each.sentence not in {*JOINED, BY}]


def test_messages_are_found_in_the_code():
    assert len(RAISED) > 350
    assert any("is no period; write a week" in each.sentence for each in RAISED)


@pytest.mark.parametrize("each", RAISED, ids=lambda each: each.where)
def test_a_raised_message_has_its_french_sentence(each):
    if re.fullmatch(r"\{\w+\}", each.sentence):
        assert each.where.partition(":")[0] in DYNAMIC
        return
    message = sample(each.sentence)
    french = translated(message, "fr")
    assert french != message, each
    for place in re.findall(r"(?<!\{)\{(\w+)\}", each.sentence):
        assert place in french, "its values are in it"
    assert translated(message, "en") == message


@pytest.mark.parametrize("each", printed_messages(), ids=lambda each: each.where)
def test_what_a_command_prints_has_its_french_sentence(each):
    if re.fullmatch(r"[{}\w .-]*", each.sentence) and re.sub(r"\{\w+\}|[ .-]", "", each.sentence) == "":
        return  # places alone: what stands there is translated by itself
    message = sample(each.sentence)
    assert translated(message, "fr") != message, each


@pytest.mark.parametrize(
    ("message", "french"),
    [
        ("o.toml cannot be read: [Errno 13] Permission denied: 'o.toml'", "accès refusé"),
        (
            f"the state database refused the work: database is locked; {HELD}",
            "un autre programme la tient",
        ),
        (
            str(LayoutChanged("a list of reviews", selector="data")),
            "une liste d’avis\u00a0: rien n’est trouvé",
        ),
        ("no site is called 'trustpilo.com'; did you mean 'trustpilot.com'?", "vouliez-vous dire"),
        (BY.replace("{by}", "week").replace("{by2}", "week"), "une semaine a ses propres jours"),
        (BY.replace("{by}", "month").replace("{by2}", "month"), "un mois a ses propres jours"),
        ("no site is called 'x'", "aucun site ne s’appelle"),
        (
            "x: cannot be read as TOML: Expected '=' after a key in a key/value pair (at line 3, column 8)",
            "il manque «\u00a0=\u00a0» après une clé (ligne 3, colonne 8)",
        ),
    ],
)
def test_sentences_within_sentences_are_translated_too(message, french):
    assert french in translated(message, "fr")


def test_what_no_sentence_knows_stays_as_it_is():
    for text in ("Bonjour", "", "a: b", "x; y", "https://example.fr/a: b"):
        assert translated(text, "fr") == text


def test_a_message_made_of_sentences_costs_no_more_than_its_length():
    begun = time.perf_counter()
    translated("cannot be read: " * 120, "fr")
    translated("; ".join(["is damaged: line"] * 100), "fr")
    translated("is damaged: line " * 100_000, "fr")
    assert time.perf_counter() - begun < 2


def test_reasons_that_are_counted_are_said_in_words():
    said = translated(
        "3 of 40 things found could not be read (unreadable date: 2, without a word: 1)", "fr"
    ).replace("\xa0", " ")
    assert said.endswith("n’ont pas pu être lus (date illisible : 2, sans un mot : 1)")
    before = translated("3 of 40 things found could not be read (bad_date 2)", "fr")
    assert before.endswith("(bad_date 2)"), "as runs of former versions have it"


@pytest.mark.parametrize("slug", sorted(SOURCES))
def test_what_a_source_says_of_its_limits_and_of_the_law_is_french(slug):
    about = load_source(slug).about
    for said in filter(None, (about.limits, about.legal_note)):
        assert translated(said, "fr") != said
