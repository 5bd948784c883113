"""What a digest says of a review that was edited, and of sources not read, in both languages."""

from datetime import UTC, datetime

import pytest

from reports.data.context import CoverageGap, ReviewEvent
from reports.words.coverage_text import CoverageText
from reports.words.figure_text import FigureText
from reports.words.language import Localizer

OF = {"type": "edited", "site": "avis.example", "at": datetime(2026, 3, 9, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("event", "french", "english"),
    [
        (
            {"before": "Bon.", "after": "Bon.", "stars_before": 4},
            "note de 4 ★ retirée, « Bon. »",
            "rating of 4 ★ removed, “Bon.”",
        ),
        ({"before": "Bon.", "after": ""}, "« Bon. » → sans texte", "“Bon.” → without text"),
        (
            {"before": "Bon.", "after": "Bon.", "stars_before": 4, "stars_after": 2},
            "de 4 à 2 ★, « Bon. »",
            "from 4 to 2 ★, “Bon.”",
        ),
        ({"before": "Bon.", "after": "Non."}, "« Bon. » → « Non. »", "“Bon.” → “Non.”"),
        ({"type": "vanished", "before": "Bon.", "stars_before": 4}, "« Bon. »", "“Bon.”"),
    ],
)
def test_an_edit_says_what_went_and_what_came(week, event, french, english):
    made = ReviewEvent(**{**OF, **event})
    for language, words in (("fr", french), ("en", english)):
        text = CoverageText(FigureText(week("quiet"), Localizer(language)))
        assert text.event(made).replace("\u00a0", " ").replace("\u202f", " ").endswith(words)


def gap(name, status="late", **more):
    return CoverageGap(source="feed", source_key=name, name=name, status=status, **more)


def test_many_sources_of_which_the_same_is_said_share_a_line(week):
    since = datetime(2026, 3, 9, tzinfo=UTC)
    late = [gap(f"Source {at}", since=since) for at in range(17)]
    other = gap("Le Carnet Vert", "layout_changed", since=since)
    for language, begins, ends in (
        ("fr", "17 sources : collecte en retard, depuis le 9 mars", "Source 2 et 14 autres)"),
        ("en", "17 sources: collection is late, since 9 March", "Source 2 and 14 others)"),
    ):
        text = CoverageText(FigureText(week("quiet"), Localizer(language)))
        found = text.spot_lines([*late[:9], other, *late[9:]])
        plain = [each.text.replace("\u00a0", " ").replace("\u202f", " ") for each in found]
        assert (plain[0].startswith(begins), plain[0].endswith(ends)) == (True, True), plain[0]
        assert found[1:] == [(text.spot(other), False)]
        assert [each.text for each in text.spot_lines(late[:4])] == [text.spot(each) for each in late[:4]]
