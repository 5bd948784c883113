"""Every figure that a person or a program is shown of the made-up busy week, from one index."""

from typing import get_args

from ouidire.index import Query, Term
from reports.alerts.find import find
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.mail import render_mail
from reports.samples import BRANDS, NOW, PERIOD, SOURCES
from reports.statistics.group import Statistic, group_periods, measure_groups, measure_periods
from reports.statistics.table import statistics_table
from service.pipeline.report.kept_measures import measures_of
from tests.support import alert_samples

DIGITS = 9
"""Digits that back-ends must share: sums are added up in another order."""
POUSSE = Query(where=(Term(field="brands", any_of=("pousse",)),))
STATISTICS = get_args(Statistic)
GROUPINGS = ("place", "source", "site", "brand", "language")
CRISIS = {"app_store:pousse": 6, "schema_org:verdict": 26}


def rounded(value):
    """Return data with every number rounded to DIGITS."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return round(value, DIGITS) + 0.0 if isinstance(value, float) else value


def digest_figures(reader):
    """Return a digest's data whole, its mail and its page as text, and the measures kept of it."""
    context = build(
        reader, PERIOD, edition=Edition(scope=Scope(brand="pousse")), brands=BRANDS, now=NOW, sources=SOURCES
    )
    mail = render_mail(context, "fr")
    return {
        "digest": rounded(context.model_dump(mode="json")),
        "mail": mail.text.splitlines(),
        "page": mail.attachments[0].html,
        "kept": rounded([each.model_dump(mode="json") for each in measures_of(context)]),
    }


def statistics(reader):
    """Return what `ouidire stats` gives by each grouping, as data and as its table.

    `/chiffres` shows the same weeks.
    """
    found = {}
    for kind in ("week", "month"):
        periods = group_periods(kind, until=PERIOD.end, count=3, timezone=PERIOD.timezone)
        found[kind] = measure_periods(reader, POUSSE, periods, STATISTICS)
    for by in GROUPINGS:
        found[by] = measure_groups(reader, POUSSE, by, STATISTICS, until=PERIOD.end, timezone=PERIOD.timezone)
    return {
        by: {
            "rows": rounded([[row.value, row.n, _dumped(row.figures)] for row in rows]),
            "table": statistics_table(rows, by, STATISTICS, language="fr").rows,
        }
        for by, rows in found.items()
    }


def _dumped(figures):
    return {name: figure.model_dump(mode="json") for name, figure in figures.items()}


def alert_documents():
    """Yield what makes an alert of each kind hold."""
    s = alert_samples
    broken = {"schema_org:verdict": ("layout_changed",)}
    for group in (s.usual(), s.day(0, CRISIS, bad=0.8), s.runs(broken), s.vanished(7), s.hostile()):
        yield from group


def alert_figures(reader):
    """Return the alerts that hold over `alert_documents`."""
    s = alert_samples
    found = find(reader, [s.OWN], now=s.NOW, timezone="Europe/Paris", sources=s.SOURCES)
    return rounded([each.model_dump(mode="json") for each in found])
