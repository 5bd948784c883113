"""The table of measured groups, in French and in English."""

from ouidire.measures import mean_rating, rate
from ouidire.measures.figure import Moments
from reports.builders.figures import count_figure
from reports.statistics.group import MeasuredGroup
from reports.statistics.table import statistics_table

ROWS = (
    MeasuredGroup(
        "lyon",
        1240,
        {
            "volume": count_figure(1240),
            "stars": mean_rating(900, 3780, 16_500),
            "positive": rate(Moments.of_hits(620, 1240)),
        },
    ),
    MeasuredGroup("lille", 3, {"volume": count_figure(3)}),
)


def test_cells_hold_value_interval_and_number_of_texts():
    french = statistics_table(ROWS, "place", ("volume", "stars", "positive"), language="fr")
    assert french.columns == ("lieu", "mentions", "note moyenne, sur 5", "textes positifs")
    assert french.rows[0][1] == "1\u202f240"
    assert french.rows[0][2].startswith("4,2 (de\u00a04,1 à\u00a04,2, n\u00a0=")
    assert french.rows[0][3] == "50\u202f% (de\u00a047\u202f% à\u00a053\u202f%, n\u00a0=\u00a01\u202f240)"
    assert french.rows[1] == ("lille", "3", "–", "–")
    english = statistics_table(ROWS, "place", ("stars",), language="en")
    assert english.rows[0][1].startswith("4.2 (4.1")


def test_an_empty_table_says_so():
    assert statistics_table((), "week", ("volume",), language="fr").notes == (
        "Aucune mention ne répond à ce choix.",
    )
