"""Ids are stable whatever a site calls things: no collision by concatenation, no change by campaign."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ouidire.clock import PRECISIONS, StatedDate, parse_moment
from ouidire.ids import TRACKING, author_key, canonical_url, digest, mention_id, unnamed_mention_id

WORD = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)
PAIRS = st.lists(st.tuples(WORD, WORD), max_size=5)
FIRST, LAST = datetime(1990, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 (Hypothesis adds the timezones)
MOMENTS = st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.timezones())


def address(pairs, fragment=""):
    query = "&".join(f"{name}={value}" for name, value in pairs)
    return f"https://avis.example/boutique/lyon?{query}{fragment}"


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_parts_that_differ_have_other_names(one, other):
    assert (digest(*one) == digest(*other)) == (one == other)


@given(PAIRS, st.randoms(use_true_random=False), st.sampled_from(TRACKING), WORD)
def test_a_page_keeps_its_address_whatever_the_campaign(pairs, chance, campaign, value):
    pairs = [pair for pair in pairs if pair[0] not in TRACKING]
    shuffled = [*pairs, (campaign, value)]
    chance.shuffle(shuffled)
    assert canonical_url(address(shuffled, "#avis-3")) == canonical_url(address(pairs))


@given(PAIRS)
def test_a_canonical_address_is_its_own(pairs):
    once = canonical_url(address(pairs))
    assert canonical_url(once) == once


@given(PAIRS, WORD, WORD)
def test_another_page_has_another_address(pairs, name, value):
    if name not in TRACKING:
        assert canonical_url(address([*pairs, (name, value)])) != canonical_url(address(pairs))


@given(st.text(), st.text(), st.text(), st.text())
def test_mentions_of_two_sites_never_share_an_id(key, native, other_key, other_native):
    assert (mention_id(key, native) == mention_id(other_key, other_native)) == (
        (key, native) == (other_key, other_native)
    )


@given(st.binary(min_size=16, max_size=32), st.binary(min_size=16, max_size=32), WORD)
def test_an_author_is_known_by_name_and_secret_alone(secret, other, name):
    key = author_key(secret, "s:e", name)
    assert author_key(secret, "s:e", f"  {name.upper()} ") == key
    assert len(key) == 24
    assert name.casefold() not in key or len(name) < 3
    assert (author_key(other, "s:e", name) == key) == (secret == other)
    assert author_key(secret, "s:other", name) != key


@given(st.integers(0, 5), st.integers(0, 5))
def test_what_a_site_does_not_name_is_told_apart_by_its_place(first, second):
    ids = [
        unnamed_mention_id(
            "s:e", url="https://a.example/?utm_source=x", author="k", date="2026-03-09", occurrence=each
        )
        for each in (first, second)
    ]
    assert (ids[0] == ids[1]) == (first == second)


@given(MOMENTS)
def test_a_moment_is_the_same_in_any_timezone(moment):
    read = parse_moment(moment.isoformat())
    assert read == moment.astimezone(UTC)
    assert read.tzinfo is UTC


@given(st.sampled_from(PRECISIONS), st.sampled_from(PRECISIONS))
def test_of_two_precisions_at_most_one_is_finer(one, other):
    at = datetime(2026, 3, 9, 12, tzinfo=UTC)
    first, second = StatedDate(at=at, precision=one), StatedDate(at=at, precision=other)
    assert first.finer_than(second) + second.finer_than(first) == (one != other)
