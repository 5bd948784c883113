"""The jobs that a configuration makes: one for each source, and the service's own."""

from collections.abc import Sequence
from datetime import timedelta

from ouidire.ids import digest
from ouidire.settings.configuration import Settings
from service.pipeline.configured_sources import ConfiguredSource
from service.pipeline.schedule import Timetable

REPORT, RETENTION, HEALTH, AGAIN = "report", "retention", "health", "again"
LONGEST_NAME = 180
"""Characters: the table of timers has room for 191."""


def job_of(key: str) -> str:
    """Return the name of a source's job."""
    name = f"source {key}"
    return name if len(name) <= LONGEST_NAME else f"source {digest('job', key)}"


def jobs_of(settings: Settings, sources: Sequence[ConfiguredSource]) -> dict[str, Timetable]:
    """Return every job with its timetable, in the brand's timezone.

    The digest's fires on its weekday and hour, retention's in the small hours. Once an hour what is pending
    is tried again (an index that was down, a mail server), and every few minutes the loop makes a step.
    """
    zone, when = settings.timezone, settings.digest
    own = {
        REPORT: Timetable(cron=f"0 {when.hour} * * {when.weekday}", timezone=zone, name=REPORT),
        RETENTION: Timetable(cron="15 4 * * *", timezone=zone, name=RETENTION),
        AGAIN: Timetable(every=timedelta(hours=1), timezone=zone, name=AGAIN),
        HEALTH: Timetable(every=timedelta(minutes=5), timezone=zone, name=HEALTH),
    }
    return {**own, **{job_of(each.key): each.timetable(zone) for each in sources}}
