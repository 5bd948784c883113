"""All alerts that hold now, from the index alone.

Asked again, it finds the same: what was sent is the ledger's to know.
"""

from collections.abc import Sequence
from datetime import datetime

from ouidire.index import MentionIndex
from ouidire.settings.alerts import ALERT_KINDS, AlertKind
from ouidire.settings.brand import Brand
from reports.alerts.context import Alert
from reports.alerts.events import event_alerts
from reports.alerts.unusual import unusual_alerts
from reports.data.context import SourceInfo

ORDER: tuple[AlertKind, ...] = ("hostile_result", "polarity", "volume", "deletions", "source_broken")
"""The order of alerts in a message."""


def find(
    reader: MentionIndex,
    brands: Sequence[Brand],
    *,
    now: datetime,
    timezone: str,
    sources: Sequence[SourceInfo] = (),
    kinds: Sequence[AlertKind] = ALERT_KINDS,
) -> tuple[Alert, ...]:
    """Return the alerts that hold at `now` for some brands, the most pressing first within each brand.

    Args:
        reader: the index; nothing else is read.
        brands: our own brands.
        now: the moment; nothing later is looked at.
        timezone: where days begin.
        sources: what is configured, for names; only these can be broken.
        kinds: what is wanted.

    Raises:
        IndexUnavailable: the index cannot be reached.
    """
    names = {info.source_key: info.label for info in sources}
    found: list[Alert] = []
    if {"volume", "polarity"} & set(kinds):
        found += unusual_alerts(reader, brands, now=now, timezone=timezone, names=names)
    if {"hostile_result", "deletions", "source_broken"} & set(kinds):
        found += event_alerts(reader, brands, now=now, timezone=timezone, names=names)
    slugs = [brand.slug for brand in brands]
    wanted = [each for each in found if each.kind in kinds]
    return tuple(
        sorted(
            wanted,
            key=lambda each: (slugs.index(each.brand.slug), ORDER.index(each.kind), each.day, each.told_by),
        )
    )
