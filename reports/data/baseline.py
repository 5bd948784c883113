"""How many past periods a digest reads: for opinions, and for counts and the chart.

How much a week's mood varies decides what can be found, and eight weeks know it badly: Student's t asks for
2.36 standard errors with eight of them and for 2.06 with 26. Counts follow seasons, so that what is far away
says little of them.
"""

from collections.abc import Mapping

from ouidire.period import Period

PAST_PERIODS: Mapping[str, int] = {"week": 26, "month": 12}
"""Past periods that opinions (means and shares) are compared with, at most: half a year, or a year."""
RECENT = 8
"""Past periods that counts are compared with, and that the chart shows, at most."""


def periods_of(period: Period) -> tuple[Period, ...]:
    """Return the periods that a digest of one reads, oldest first, itself the last."""
    return (*period.before(PAST_PERIODS[period.kind]), period)
