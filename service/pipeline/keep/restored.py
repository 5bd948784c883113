"""Deliveries that count as sent once a backup is put back: they may have gone out since it was taken.

A digest twice is worse than one that a person sends again, so that what became due in between is taken for
sent, and named. It cannot know what went out.
"""

from datetime import datetime

from ouidire.period import Period
from ouidire.state.marks import RESTORED, drop_mark, mark_of, set_mark
from service.pipeline.installation import Installation
from service.pipeline.report.alert_plan import keys_of
from service.pipeline.report.alerts import found_alerts
from service.pipeline.report.digests import deliveries_of
from service.pipeline.report.sending import ledger_of
from service.pipeline.schedule import digest_time, due_period

ASSUMED = "counted as sent: it became due after the backup that was put back"


def assume_digests_sent(installation: Installation, *, since: datetime) -> tuple[Period, ...]:
    """Mark the digests that became due after a backup was taken as sent, and return their periods.

    What the state knows of a delivery stays. `since` is when the backup was taken; the alerts that are found
    once the index is rebuilt are left to `assume_alerts_sent`.
    """
    settings, ledger = installation.settings, ledger_of(installation)
    when = {"weekday": settings.digest.weekday, "hour": settings.digest.hour}
    found = []
    for kind in ("week", "month"):
        period = due_period(kind, now=installation.clock(), timezone=settings.timezone, **when)
        became_due = digest_time(period, **when) > since
        if became_due and ledger.assume_sent(deliveries_of(installation, period), ASSUMED):
            found.append(period)
    with installation.state.begin() as connection:
        set_mark(connection, RESTORED, since.isoformat())
    return tuple(found)


def assume_alerts_sent(installation: Installation) -> int:
    """Mark the alerts of a rebuilt index as sent, once after a backup was put back, and return how many."""
    with installation.state.read() as connection:
        if mark_of(connection, RESTORED) is None:
            return 0
    count = ledger_of(installation).assume_sent(keys_of(installation, found_alerts(installation)), ASSUMED)
    with installation.state.begin() as connection:
        drop_mark(connection, RESTORED)
    return count
