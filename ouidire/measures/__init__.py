"""The published measures, as pure functions: every number in the e-mail, the explorer and Kibana.

No function here reads a file, a clock or an index; each takes sums and gives a frozen model with its n.
Formulas, sources and caveats for readers are in `docs/measures.md`. What a figure means for a business is not
visible from here.
"""

from ouidire.measures.advocacy import (
    PromoterClass,
    class_variance,
    nps,
    promoter_class,
    stars_proxy,
)
from ouidire.measures.anchored import Pairs, anchored_nps
from ouidire.measures.change import Change, Outcome, SourceMix, change, rate_change, series_change
from ouidire.measures.drivers import Coded, Driver, Drivers, announced_drivers, drivers
from ouidire.measures.equal_sources import SourceMoments, shifted, source_change
from ouidire.measures.family import Announcement, announce, holm
from ouidire.measures.figure import Basis, Figure, Moments, Unit
from ouidire.measures.rates import (
    delight_rate,
    effort_index,
    irritation_rate,
    mean_rating,
    rate,
    share_of_voice,
    wilson,
)
from ouidire.measures.replies import reply_delay
from ouidire.measures.search_page import (
    PageSums,
    consideration,
    favourability,
    first_page_score,
    page_presence,
    position_weight,
)
from ouidire.measures.sentiment import PeakEnd, net_sentiment, peak_end
from ouidire.measures.unusual import Day, Unusual, unusual_count, unusual_polarity, unusual_volume
from ouidire.measures.volume import Spike, spike, volume_change
from ouidire.measures.watch import Finding, SeriesKey, days_together, unusual_day

__all__ = [
    "Announcement",
    "Basis",
    "Change",
    "Coded",
    "Day",
    "Driver",
    "Drivers",
    "Figure",
    "Finding",
    "Moments",
    "Outcome",
    "PageSums",
    "Pairs",
    "PeakEnd",
    "PromoterClass",
    "SeriesKey",
    "SourceMix",
    "SourceMoments",
    "Spike",
    "Unit",
    "Unusual",
    "anchored_nps",
    "announce",
    "announced_drivers",
    "change",
    "class_variance",
    "consideration",
    "days_together",
    "delight_rate",
    "drivers",
    "effort_index",
    "favourability",
    "first_page_score",
    "holm",
    "irritation_rate",
    "mean_rating",
    "net_sentiment",
    "nps",
    "page_presence",
    "peak_end",
    "position_weight",
    "promoter_class",
    "rate",
    "rate_change",
    "reply_delay",
    "series_change",
    "share_of_voice",
    "shifted",
    "source_change",
    "spike",
    "stars_proxy",
    "unusual_count",
    "unusual_day",
    "unusual_polarity",
    "unusual_volume",
    "volume_change",
    "wilson",
]
