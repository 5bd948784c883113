"""What the state knows of collecting and the index cannot: what a digest is given beside the index."""

from pydantic import AwareDatetime

from ouidire.frozen import Frozen
from ouidire.items import RunState
from ouidire.period import Period
from reports.data.past_changes import ReportedFigures


class WaitingHarvest(Frozen):
    """One run whose harvest the index has not taken; `damaged` where it cannot be read.

    `brands` are those of its source (none: no brand in particular).
    """

    source: str
    source_key: str
    run_id: str
    started_at: AwareDatetime
    status: RunState
    reason: str = ""
    brands: tuple[str, ...] = ()
    damaged: bool = False


class CompletedPeriod(Frozen):
    """One past period whose digest was incomplete and of which more mentions were read since.

    `mentions` are those taken in since its digest went, `lately` those since the last digest went, of
    `source_keys`.
    """

    period: Period
    mentions: int
    lately: int
    source_keys: tuple[str, ...] = ()


class CollectionFacts(Frozen):
    """What waits, which runs were imports, and what became of earlier digests.

    An import is a file or a saved page: it says nothing of how a site was read. `unsent` are the periods just
    before this one whose digests went to nobody, oldest first; `completed` those that were told incomplete.
    `reported` is what the last digest showed.
    """

    waiting: tuple[WaitingHarvest, ...] = ()
    imports: frozenset[str] = frozenset()
    unsent: tuple[Period, ...] = ()
    completed: tuple[CompletedPeriod, ...] = ()
    reported: ReportedFigures | None = None
    files: frozenset[str] = frozenset()
