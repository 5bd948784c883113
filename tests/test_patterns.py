"""No regular expression of ours costs more than linear time, whatever text it is given.

They are found, not listed: a pattern that somebody adds is tried here, on texts made from its own parts.
"""

import re

import pytest

from tests.support.patterns import Found, bad_texts, discovered, example, parser, steepest

QUADRATIC = (
    r"\s+$",
    r"\s*\n\s*",
    r"\d+€",
    r"[^@\s]+@[^@\s]+",
    r"<title[^>]*>",
    r"\*(?=\W*$)",
    r"(?:a|b)*c",
    r"(a+)+b",
    r"(\w+\s?)*:",
    r"a{0,300}.{0,300}!",
    r"x.*y.*z",
    r"(?i:é+)e",
    r"<!--.*?-->",
)
LINEAR = (
    r"(?<!\s)\s++x",
    r"<title[^>]{0,200}+>",
    r"\d{1,9}€",
    r"[a-z]+",
    r"^\s+",
    r"\b\w{1,30}\b",
)


def found(pattern):
    return Found(re.compile(pattern, re.DOTALL), "search", "here")


@pytest.mark.parametrize("pattern", QUADRATIC)
def test_what_is_not_linear_is_noticed(pattern):
    assert steepest(found(pattern)) is not None


@pytest.mark.parametrize("pattern", LINEAR)
def test_what_is_linear_passes(pattern):
    assert steepest(found(pattern)) is None


def test_texts_are_made_from_the_patterns_own_parts():
    tree = parser.parse(r"<script type=(?:json|ld)[^>]*>(\d+)\s")
    assert example(tree.data) == "<script type=jsona>0 "
    texts = {text_of(30) for text_of in bad_texts(re.compile(r"<script[^>]*>"))}
    assert any(text.startswith("<script<script<script") for text in texts)


def test_patterns_are_found_in_containers_caches_and_calls():
    where = {each.where for each in discovered()}
    assert len(where) > 150
    assert {"enrichment.privacy.PHONES", "enrichment.analysers.sentences._BULLET"} <= where
    assert any(each.startswith("crawlers.reading.extract:") for each in where)


def test_no_pattern_of_ours_costs_more_than_linear_time():
    steep = {each.where: (each.pattern.pattern, cost) for each in discovered() if (cost := steepest(each))}
    assert steep == {}, "bound the repeat, make it possessive, or look behind for where a run begins"
