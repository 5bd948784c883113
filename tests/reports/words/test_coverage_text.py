"""What a digest says of a review that was edited, in both languages."""

from datetime import UTC, datetime

import pytest

from reports.data.context import ReviewEvent
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
