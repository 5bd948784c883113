"""What earlier digests said of periods, and where the index says otherwise now. Data only."""

from typing import Literal

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen
from ouidire.period import Period

ChartedLevel = Literal["nps", "positive"]
LossCause = Literal["erased", "corrected", "site", "other"]
"""Why a period lost mentions: erased on request, corrected by a person, changed by its site, or another
reason (a copy recognised, a date or a brand read otherwise)."""


class ReportedFigures(Frozen):
    """What the charts of one digest showed, by the keys of their periods, and when it was made.

    `counts` are mentions; `nps` and `positive` are levels as printed: points, and percents of positive texts.
    `erased` is how many mentions were erased since, of any brand and period.
    """

    period: str
    at: AwareDatetime
    counts: dict[str, int]
    nps: dict[str, int] = Field(default_factory=dict)
    positive: dict[str, int] = Field(default_factory=dict)
    erased: int = 0


class ChangedPeriod(Frozen):
    """One past period whose figures are not what the last digest showed of it.

    `was` and `now` are mentions; of these `came` were first seen since, and `gone` are counted no more, for
    `causes`. `level` is the charted one that moved, if any: `level_was`, then `level_now`, as printed.
    """

    period: Period
    was: int
    now: int
    came: int = 0
    gone: int = 0
    causes: tuple[LossCause, ...] = ()
    level: ChartedLevel | None = None
    level_was: int = 0
    level_now: int = 0
