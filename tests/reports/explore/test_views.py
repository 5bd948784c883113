"""Views: what their URLs say, what is refused, and the queries that they become."""

from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouidire.index import Exists, Query, Range, Sort, Term
from reports.explore.filters import EXCLUDING, FLAGS, ORDERS, RANGES, VALUES
from reports.explore.lowering import ReaderTime, query_of
from reports.explore.problem import ViewError
from reports.explore.query_string import parse_view, view_of_pairs, write_view
from reports.explore.view import ChosenFlag, ChosenRange, ChosenValues, MentionView, clean
from tests.reports.explore.test_dates import TODAY, spans
from tests.support.fake_index import FakeIndex

TIME = ReaderTime("Europe/Paris", TODAY)
HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE mention; --",
    "a&b=c#d?e",
    "%00%zz",
    "été 😡",
    "a,b",
    "-x",
    "../..",
)

open_values = st.text(max_size=30).map(clean).filter(bool) | st.sampled_from(HOSTILE)


@st.composite
def chosen_values(draw):
    name = draw(st.sampled_from([*VALUES, *(EXCLUDING + each for each in VALUES)]))
    closed = VALUES[name.removeprefix(EXCLUDING)].values
    one = st.sampled_from(closed) if closed else open_values
    return ChosenValues(name=name, values=tuple(draw(st.lists(one, min_size=1, max_size=4))))


@st.composite
def chosen_ranges(draw):
    spec = draw(st.sampled_from(list(RANGES.values())))
    numbers = st.integers(spec.lowest, spec.highest)
    low, high = sorted((draw(numbers), draw(numbers)))
    return ChosenRange(name=spec.name, low=low, high=high)


chosen_flags = st.builds(ChosenFlag, name=st.sampled_from(list(FLAGS)), value=st.sampled_from(["yes", "no"]))


def some(strategy):
    return st.lists(strategy, max_size=4, unique_by=lambda each: each.name).map(tuple)


views = st.builds(
    MentionView,
    text=st.text(max_size=60) | st.sampled_from(HOSTILE),
    values=some(chosen_values()),
    flags=some(chosen_flags),
    ranges=some(chosen_ranges()),
    published=st.none() | spans,
    imported=st.none() | spans,
    duplicates=st.sampled_from(["folded", "shown"]),
    order=st.none() | st.sampled_from(ORDERS),
)


@given(views)
def test_a_view_is_read_back_from_its_url_which_is_the_only_one(view):
    written = write_view(view)
    assert written.isascii()
    assert parse_view(written, today=TODAY) == view
    assert parse_view("?" + written, today=TODAY) == view
    shuffled = "&".join(reversed(written.split("&")))
    assert write_view(parse_view(shuffled, today=TODAY)) == written


@given(
    st.text(max_size=80)
    | st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9))).map(
        lambda pairs: "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    )
)
def test_any_query_string_is_a_view_or_one_message(text):
    try:
        view = parse_view(text, today=TODAY)
    except ViewError as error:
        found = error
    else:
        assert parse_view(write_view(view), today=TODAY) == view
        return
    assert "\n" not in str(found)
    assert found.sentence("fr")


def test_the_view_of_everything_has_no_query_string_and_folds_duplicates():
    assert write_view(MentionView()) == ""
    assert query_of(MentionView(), FakeIndex([]), time=TIME) == Query(
        where=(Exists(field="duplicate_of", exclude=True),), sort=(Sort(field="period_at"),)
    )


@given(views, st.text(max_size=40))
def test_likeness_is_part_of_the_url_and_keeps_no_less(view, text):
    like = parse_view(write_view(MentionView(**{**dict(view), "like": text})), today=TODAY)
    assert like.without("like") == view
    assert like.by_likeness == bool(like.like)
    assert like.active == view.active + like.by_likeness
    plain = view if view.flag("edited") is None else view.flagged("edited", None)
    both = [query_of(each, FakeIndex([]), time=TIME).where for each in (plain, like.flagged("edited", None))]
    assert both[0] == both[1]


def test_what_a_form_sends_is_one_canonical_url():
    sent = "q=&brand=b&brand=a&brand=a&side=&published-from=2026-03-02&published-to=2026-03-08&lang=fr&order="
    view = parse_view(sent, today=TODAY, also={"lang"})
    assert write_view(view) == "brand=a&brand=b&published=2026-W10"
    assert view.active == 3


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("colour=red", "There is no filter “colour”"),
        ("side=angry", "“angry” is no value of “side”. It takes: negative, neutral, positive, mixed"),
        ("delight=perhaps", "It takes: yes, no"),
        ("order=random", "It takes: newest"),
        ("stars=0", "from 1 to 5"),
        ("stars=5-1", "from 1 to 5"),
        ("stars=²", "from 1 to 5"),
        ("stars=-3", "from 1 to 5"),
        ("score=11", "from 0 to 10"),
        ("published=soon", "is no date"),
        ("published=2026-03-02&published=2026-03-03", "given twice"),
        ("published-from=2026-03-02&published-to=2026-03-01", "ends before it begins"),
        ("brand=" + "x" * 301, "too long"),
        ("&".join(f"place={n}" for n in range(60)), "1 to 50 values"),
        ("q=" + "x" * 501, "500 characters"),
        ("like=" + "x" * 501, "500 characters"),
        ("like=slow&like-id=abc", "keep one of them"),
        ("q=" + "x" * 9000, "8000 characters"),
        ("&".join("a=b" for _ in range(400)), "300 parameters"),
        ("theme=<b>", "“<b>” is no value of “theme”"),
        ("theme-side=price:sad", "price:negative"),
    ],
)
def test_what_no_view_has_is_answered_with_one_message(sent, said):
    with pytest.raises(ViewError) as caught:
        parse_view(sent, today=TODAY)
    assert said in str(caught.value)
    assert caught.value.sentence("fr") != str(caught.value)


def test_a_view_is_changed_one_filter_at_a_time():
    view = MentionView().toggled("side", "negative").toggled("side", "mixed").toggled("not-source", "reddit")
    assert write_view(view) == "not-source=reddit&side=mixed&side=negative"
    assert view.toggled("side", "mixed").chosen("side") == ("negative",)
    assert view.without("side").without("not-source") == MentionView()
    full = view.flagged("answered", "no").ranging("stars", 1, 2).ordered("worst")
    assert full.active == 5
    assert write_view(full) == "not-source=reddit&side=mixed&side=negative&answered=no&stars=1-2&order=worst"
    for name in ("side", "not-source", "answered", "stars"):
        full = full.without(name)
    assert full == MentionView(order="worst")


def test_each_filter_becomes_its_clause():
    view = parse_view(
        "q=livraison&brand=a&not-source=reddit&theme-side=price:negative&delight=yes&irritation=no&answered=no"
        "&suspicious=yes&stars=1-2&score=0-10&published=2026-W13&imported=2026-03-02..&duplicates=shown",
        today=TODAY,
    )
    query = query_of(view, FakeIndex([]), time=TIME)
    assert query.text == "livraison"
    assert query.sort == ()
    assert set(query.where) == {
        Term(field="brands", any_of=("a",)),
        Term(field="source", any_of=("reddit",), exclude=True),
        Term(field="aspect_polarity", any_of=("price:negative",)),
        Range(field="delight", gte=0.5),
        Range(field="irritation", lt=0.5),
        Term(field="answered", any_of=(True,), exclude=True),
        Exists(field="suspicion"),
        Range(field="stars", lt=2.5),
        Exists(field="asked_score"),
        # the clocks go forward within this week
        Range(
            field="period_at",
            gte=datetime(2026, 3, 22, 23, tzinfo=UTC),
            lt=datetime(2026, 3, 29, 22, tzinfo=UTC),
        ),
        Range(field="first_seen_at", gte=datetime(2026, 3, 1, 23, tzinfo=UTC)),
    }


def test_pairs_are_read_as_a_command_gives_them():
    pairs = [("brand", "a"), ("published", "semaine 10"), ("stars", "1..2")]
    assert write_view(view_of_pairs(pairs, today=date(2026, 3, 18))) == "brand=a&stars=1-2&published=2026-W10"
