"""Parts of a move as they are printed: each line sums to the move, to its last digit."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ouidire.text.catalogue import LANGUAGES
from reports.data.move_parts import MovePart, MoveParts
from reports.words.figure_text import FigureText
from reports.words.language import Localizer
from reports.words.part_text import PartText

NUMBER = r"[+−]?\d+(?:[.,]\d+)?"
VALUE = re.compile(rf"\s({NUMBER})(?:\xa0±\xa0{NUMBER})?(?: \([^)]*\))?(?=, | et | and |\.$)")


def printed(text):
    return float(text.replace("−", "-").replace(",", "."))


def parts_of(context, language, parts):
    localizer = Localizer(language, timezone="Europe/Paris")
    return PartText(FigureText(context.model_copy(update={"parts": parts}), localizer))


@st.composite
def moves(draw):
    unit = draw(st.sampled_from(("points", "ratio", "count", "score")))
    size = {"points": 60.0, "ratio": 0.6, "count": 200.0, "score": 0.9}[unit]
    values = draw(st.lists(st.floats(-size, size), min_size=2, max_size=4))
    delta = sum(values)
    named = [
        MovePart(name=f"lieu {'abcd'[at]}", value=value, half=draw(st.floats(0, size)))
        for at, value in enumerate(values[:-1])
    ]
    rest = MovePart(value=delta - sum(values[:-1]))
    themes = tuple(
        part.model_copy(update={"name": f"{aspect}:negative", "now": 0.2, "usual": 0.1})
        for part, aspect in zip(named, ("delivery", "price", "staff"), strict=False)
    )
    return MoveParts(
        key="nps",
        unit=unit,
        delta=delta,
        sources=(*named, rest),
        places=(*named, rest),
        themes=(*themes, rest),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("language", LANGUAGES)
@given(parts=moves())
def test_every_line_sums_to_the_printed_move(week, language, parts):
    text = parts_of(week("quiet"), language, parts)
    for line in text.lines():
        values = [printed(found) for found in VALUE.findall(line)]
        total = re.search(NUMBER, text.title().rpartition("−" if parts.delta < 0 else "+")[2])
        size = printed(total[0]) if total else 0.0
        assert sum(values) == pytest.approx(-size if parts.delta < 0 else size, abs=1e-9), line


def test_a_sample_week_says_what_its_move_is_made_of(week):
    context = week("busy")
    parts = context.parts
    assert (parts.key, parts.delta) == ("positive", context.engage.positive.change.delta)
    for found in (parts.sources, parts.places, parts.themes):
        assert sum(part.value for part in found) == pytest.approx(parts.delta)
    assert {part.name.rpartition(":")[2] for part in parts.themes} == {"negative", ""}


@pytest.mark.parametrize("kind", ["quiet", "first", "empty", "bare"])
def test_nothing_is_split_where_nothing_moved(week, kind):
    assert week(kind).parts is None
    text = parts_of(week(kind), "fr", None)
    assert (text.title(), text.lines(), text.note()) == ("", [], "")
