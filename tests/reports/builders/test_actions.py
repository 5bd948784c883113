"""What a digest asks to do: each line rests on a fact of the period, and none is made up."""

import pytest

from reports.answering.rule import POOR
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex


def kinds(context):
    return [action.kind for action in context.actions]


def test_a_busy_week_asks_for_what_strangers_see_first(week):
    context = week("busy")
    assert kinds(context) == ["first_page", "theme", "theme", "unanswered", "unanswered"]
    result, delivery, service, *answers = context.actions
    assert result.domain == "gazette.example"
    assert result.rank in {row.rank for row in context.convince.main.rows if row.entrant}
    worse = [each.theme for each in (delivery, service)]
    assert all(move.now > move.usual and move.watch for move in worse)
    assert {move.aspect: move.n for move in worse} == {
        theme.aspect: theme.negative
        for theme in context.themes
        if theme.aspect in {move.aspect for move in worse}
    }
    assert answers[-1].more > 0


def test_the_words_beside_a_theme_complain_of_it_and_no_author_is_quoted_twice(week):
    context = week("busy")
    held = {each.id: each for each in documents("busy") if each.kind == "mention"}
    quotes = [quote for move in context.theme_moves for quote in move.quotes]
    for move in context.theme_moves:
        for quote in move.quotes:
            assert f"{move.aspect}:negative" in held[quote.id].aspect_polarity
    authors = [held[quote.id].author_key for quote in quotes]
    assert quotes
    assert len(set(authors)) == len(authors)


def test_only_poor_reviews_without_an_answer_are_to_be_answered(week):
    held = {each.id: each for each in documents("quiet") if each.kind == "mention"}
    asked = [action for action in week("quiet").actions if action.kind == "unanswered"]
    assert asked
    for action in asked:
        document = held[action.quote.id]
        assert document.stars < POOR
        assert document.reply is None
        assert action.url == document.url


def test_where_no_answer_ever_shows_none_is_asked_for():
    silent = [
        each.model_copy(update={"reply": None, "replied_at": None, "answered": False})
        if each.kind == "mention"
        else each
        for each in documents("quiet")
    ]
    context = build(
        FakeIndex(silent),
        PERIOD,
        brands=BRANDS,
        now=NOW,
        sources=SOURCES,
        edition=Edition(scope=Scope(brand="pousse")),
    )
    assert context.actions == ()


def test_a_source_that_is_not_read_is_to_be_mended(week):
    last = week("broken").actions[-1]
    assert (last.kind, last.name) == ("source", "Trustpilot")


def test_a_shop_answers_its_own_reviews_alone(week):
    edition = Edition(name="lyon", role="place", scope=Scope(brand="pousse", places=("Lyon",)))
    context = week("busy", edition=edition)
    held = {each.id: each for each in documents("busy") if each.kind == "mention"}
    asked = [action for action in context.actions if action.quote is not None]
    assert asked
    assert all(held[action.quote.id].place == "Lyon" for action in asked)
    assert set(kinds(context)) <= {"theme", "unanswered", "rating"}
    whole = [action for action in week("busy").actions if action.kind == "unanswered"]
    assert asked[0].of < whole[0].of


def test_each_line_names_the_fact_it_rests_on(week):
    for kind in ("busy", "quiet", "broken", "first"):
        context = week(kind)
        for action in context.actions:
            facts = {
                "first_page": bool(action.url and action.rank and action.query),
                "theme": action.theme is not None and action.theme.n > 0,
                "unanswered": action.quote is not None and action.of > 0,
                "rating": action.needed > 0 and action.of >= 10,
                "source": bool(action.name),
            }
            assert facts[action.kind], action


@pytest.mark.parametrize(
    ("role", "found"),
    [
        ("executive", {"first_page", "theme"}),
        ("customer_service", {"theme", "unanswered"}),
    ],
)
def test_each_role_reads_what_is_its_own(week, role, found):
    context = week("busy", edition=Edition(role=role, scope=Scope(brand="pousse")))
    assert set(kinds(context)) == found
    assert len(context.actions) <= 5
