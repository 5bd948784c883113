"""The pure, published figures: everything the e-mail, the explorer and Kibana call a number.

No function here reads a file, a clock or an index; each takes sums and gives a frozen model with its n. Formulas, sources
and caveats for readers are in `docs/measures.md`. What a figure means for a business is not visible from here.
"""

from ouidire.measures.advocacy import PromoterClass, class_variance, combined_basis, nps, promoter_class, stars_proxy
from ouidire.measures.change import Change, Outcome, change, rate_change, series_change
from ouidire.measures.family import Announcement, announce
from ouidire.measures.figure import Basis, Figure, Moments, Unit
from ouidire.measures.rates import delight_rate, irritation_rate, rate, share_of_voice, wilson
from ouidire.measures.search_page import PageSums, consideration, first_page_score, position_weight
from ouidire.measures.sentiment import PeakEnd, net_sentiment, peak_end
from ouidire.measures.volume import Spike, spike, volume_change

__all__ = [
    "Announcement",
    "Basis",
    "Change",
    "Figure",
    "Moments",
    "Outcome",
    "PageSums",
    "PeakEnd",
    "PromoterClass",
    "Spike",
    "Unit",
    "announce",
    "change",
    "class_variance",
    "combined_basis",
    "consideration",
    "delight_rate",
    "first_page_score",
    "irritation_rate",
    "net_sentiment",
    "nps",
    "peak_end",
    "position_weight",
    "promoter_class",
    "rate",
    "rate_change",
    "series_change",
    "share_of_voice",
    "spike",
    "stars_proxy",
    "volume_change",
    "wilson",
]
