import json
import re
from importlib import resources

import pytest

from enrichment.lexicons import patterns
from enrichment.lexicons.taxonomy import signal_names
from enrichment.models.signal_probabilities import LEXICONS
from tests.support.growth import AT_MOST, TIMES, growth
from tests.support.paths import EVAL

ENTRIES = [(name, each) for name in LEXICONS for each in patterns.lexicon(name)]


def test_every_entry_is_found_in_its_example():
    assert ENTRIES
    lost = [
        f"{name}.tsv, {entry.what}: {entry.pattern!r} is not found in {entry.example!r}"
        for name, entry in ENTRIES
        if entry not in [found.entry for found in patterns.find(name, entry.example)]
    ]
    assert not lost, "\n".join(lost)


def texts_of_choices(pattern):
    """Return a text for each choice of a pattern's parts, but those without a word or a symbol."""
    tokens = re.findall(r"\[[^\]]*\]|\S+", pattern.removeprefix("="))
    choices = [
        token[1:-1].split("|") if token.startswith("[") else [token]
        for token in tokens
        if token not in {"~", "^", "$"}
    ]
    for number in range(max(map(len, choices))):
        words = [each[min(number, len(each) - 1)].replace("*", "s").replace("_", "mot") for each in choices]
        text = " ".join(word for word in words if word)
        if any(char.isalnum() or ord(char) > 0x2000 or char in "?!$" for char in text):
            yield text


def test_every_choice_of_every_entry_can_be_found():
    tried = [(name, entry, text) for name, entry in ENTRIES for text in texts_of_choices(entry.pattern)]
    assert len(tried) > len(ENTRIES)
    lost = [
        f"{name}.tsv, {entry.what}: {entry.pattern!r} does not find {text!r}"
        for name, entry, text in tried
        if not entry.found_by.search(patterns.fold(text))
    ]
    assert not lost, "\n".join(lost)


def test_entries_name_signals_and_are_listed_once():
    known = set(signal_names())
    assert {
        prefix + each.what for name, prefix in LEXICONS.items() for each in patterns.lexicon(name)
    } <= known
    for name in LEXICONS:
        lines = (
            resources.files("enrichment")
            .joinpath(f"lexicons/{name}.tsv")
            .read_text(encoding="utf-8")
            .splitlines()
        )
        assert len(lines) == len(set(lines))


def test_every_signal_but_tones_has_words_in_both_languages():
    for signal in signal_names():
        if signal.startswith("tone:"):
            continue
        languages = {
            each.language
            for name, prefix in LEXICONS.items()
            for each in patterns.lexicon(name)
            if prefix + each.what == signal
        }
        assert {"fr", "en"} <= languages, signal


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ce n'est pas exceptionnel.", False),
        ("C’était exceptionnel", True),
        ("Rien d'exceptionnel", False),
        ("EXCEPTIONNELLE !", True),
        ("Pas un plat raté, tout est exceptionnel", True),
        ("Non seulement exceptionnel", True),
        ("It is not amazing", False),
        ("It wasn't really amazing", False),
        ("No doubt: amazing", True),
    ],
)
def test_negation_within_the_clause_counts(text, found):
    assert (
        any(
            each.entry.what == "delight" and each.entry.strength == "strong"
            for each in patterns.find("delight", text)
        )
        is found
    )


def test_folding_keeps_offsets():
    text = "É’\u00a0œuvre İ ß ﬁ 😍"
    assert len(patterns.fold(text)) == len(text)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a\tb",
        "delight\tfr\tstrong\tmot",
        "delight\tde\tstrong\tmot\tMot.",
        "delight\tfr\thuge\tmot\tMot.",
    ],
)
def test_what_is_no_entry_is_refused(line):
    with pytest.raises(ValueError, match=r"entry"):
        patterns.entry(line)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("bon [tres|] plat", "bon plat", True),
        ("bon [tres|] plat", "bon, très plat", True),
        ("bon ~ plat", "bon un deux trois plat", True),
        ("bon ~ plat", "bon un deux trois quatre plat", False),
        ("bon ~ plat", "bon. plat", False),
        ("^ bon", "bon", True),
        ("^ bon", "pas bon", False),
        ("bon $", "bon !", True),
        ("bon $", "bon plat", False),
        ("[tres|] [si|] bon", "bon", True),
        ("[tres|] [si|] bon", "debon", False),
        ("plat*", "platement", True),
    ],
)
def test_patterns(pattern, text, expected):
    entry = patterns.entry(f"x\tfr\tstrong\t={pattern}\tx")
    assert bool(entry.found_by.search(patterns.fold(text))) is expected


def test_entries_looked_up_by_their_words_are_those_found_by_searching_for_all():
    golds = sorted(EVAL.glob("*/gold.jsonl"))
    texts = [
        row["text"]
        for gold in golds
        for row in map(json.loads, gold.read_text(encoding="utf-8").splitlines())
        if "text" in row
    ]
    texts += [each.example for _, each in ENTRIES]
    assert len(texts) > 1_000
    for folded in map(patterns.fold, texts):
        for name, found in patterns.find_all(tuple(LEXICONS), folded).items():
            searched = []
            for each in patterns.lexicon(name):
                matches = [
                    match
                    for match in each.found_by.finditer(folded)
                    if each.free or not patterns.negated(folded, match.start())
                ]
                searched += [(each, match.start(), match.end()) for match in matches[:1]]
            assert found == sorted(searched, key=lambda each: (each[1], each[2]))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("bon plat*", {"bon"}),
        ("[tres|] plat*", {"plat*"}),
        ("je ~ [recommande|conseille]", {"recommande", "conseille"}),
        ("[prix|€]", {"prix", "€"}),
        ("~ _", None),
    ],
)
def test_a_pattern_is_looked_up_by_its_rarest_words(pattern, words):
    assert patterns.wanted(pattern) == words


@pytest.mark.parametrize("piece", ["a", "pas ", "tres simple ", "!?", "je ne le ", "bon, "])
def test_patterns_are_quick_on_hostile_texts(piece):
    def hostile(size):
        return (piece * size)[:size] + ". Vraiment exceptionnel."

    def found(text):
        return {name: patterns.find(name, text) for name in LEXICONS}

    small, large = hostile(2_000), hostile(2_000 * TIMES)
    for text in (small, large):
        last = found(text)["delight"][-1]
        assert (text[last.start : last.end], last.entry.strength) == ("exceptionnel", "strong")
    assert growth(found, small, large) < AT_MOST
