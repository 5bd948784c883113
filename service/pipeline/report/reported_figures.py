"""What the last digests that left said of each period: kept, so that the next one says where it differs.

A mark of the state for each edition and brand holds counts and levels alone, of the last few digests. It
cannot see a mail that somebody was shown as a preview, or was sent as a test.
"""

from pydantic import TypeAdapter

from ouidire.ids import digest
from ouidire.period import Period
from ouidire.state.marks import mark_of, set_mark
from ouidire.state.people.audit import list_audit
from reports.builders.moves.past_changes import reported_of
from reports.data.context import DigestContext
from reports.data.past_changes import ReportedFigures
from reports.data.scope import Edition
from service.pipeline.installation import Installation

KEPT = 3
"""Digests of which it is kept what they said: the last may be sent again, and is not compared with itself."""
_REPORTED = TypeAdapter(tuple[ReportedFigures, ...])


def keep_reported(installation: Installation, context: DigestContext, *, edition: Edition) -> None:
    """Keep what a digest that has just left shows of each period, in place of what was kept of it before."""
    said = reported_of(context.history, period=context.period.key, at=context.now)
    name = _mark(edition)
    with installation.state.begin() as connection:
        held = _REPORTED.validate_json(mark_of(connection, name) or "[]")
        kept = sorted(
            [each for each in held if each.period != said.period] + [said], key=lambda each: each.period
        )
        set_mark(connection, name, _REPORTED.dump_json(tuple(kept[-KEPT:])).decode())


def reported_before(
    installation: Installation, period: Period, *, edition: Edition
) -> ReportedFigures | None:
    """Return what the last digest of an edition about an earlier period showed; None without any."""
    with installation.state.read() as connection:
        held = _REPORTED.validate_json(mark_of(connection, _mark(edition)) or "[]")
        earlier = [each for each in held if each.period < period.key]
        if not earlier:
            return None
        last = max(earlier, key=lambda each: each.period)
        erased = len(list_audit(connection, since=last.at, action="erase"))
    return last.model_copy(update={"erased": erased})


def _mark(edition: Edition) -> str:
    return f"reported:{digest('reported', edition.scope.brand, edition.name, size=12)}"
