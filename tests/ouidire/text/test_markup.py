"""A tag of very many attributes is found before a tree is built; what pages really hold passes."""

from datetime import UTC, datetime

import pytest

from crawlers.reading.extract import html_to_text
from ouidire.errors import LayoutChanged
from ouidire.page import Page
from ouidire.text.markup import MOST_ATTRIBUTES, absurd_tag

MANY = MOST_ATTRIBUTES + 1


@pytest.mark.parametrize(
    "text",
    [
        "<a " + "x " * MANY,
        "<a " + 'x="1" ' * MANY,
        "<a " + "x='1'" * MANY,
        "<a/" + "x/" * MANY + ">",
        "<a " + "".join(f'x{number}=">" ' for number in range(MANY)) + ">",
        "<!-- never closed <a " + "x " * MANY,
        "<script><a " + "x " * MANY,
        "<p>text</p>" * 50 + "<img\n" + "x\n" * MANY,
    ],
)
def test_an_absurd_tag_is_found(text):
    assert absurd_tag(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a < b, and 3 < 4 " * 5000,
        "<a " + "x " * (MOST_ATTRIBUTES - 1) + ">",
        "<script>for (i=0;i<e;d++)" + "x " * 5000 + "</script>",
        "<!-- <a " + "x " * 5000 + "-->",
        '<p class="a"">' + "words and words " * 2000 + '<b id="x">',
        '<img src="data:image/png;base64,' + "A" * 500_000 + '">',
        "<p>" * 5000,
    ],
)
def test_what_pages_hold_is_left_alone(text):
    assert absurd_tag(text) is None


def test_a_page_with_one_is_refused_before_a_tree_is_built():
    now = datetime(2026, 3, 9, 6, tzinfo=UTC)
    page = Page(url="https://b.example/", body=("<p " + "x " * MANY + ">").encode(), fetched_at=now)
    with pytest.raises(LayoutChanged, match="attributes"):
        _ = page.selector
    assert "words" in html_to_text("<b " + "x " * MANY + ">words</b>")
