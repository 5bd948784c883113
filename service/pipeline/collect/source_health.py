"""The health of each configured source: its last run, its last good one, when it is due, and its layouts."""

from collections import Counter
from collections.abc import Iterator

from pydantic import Field

from ouidire.frozen import Frozen
from ouidire.state.holds import Hold, holds_with
from ouidire.state.runs import Run, is_held, list_runs, waiting_runs
from reports.words.status_words import status_key
from service.pipeline.collect.budgets import BudgetHealth, budget_health
from service.pipeline.collect.due import AHEAD, last_of
from service.pipeline.collect.layout_history import LayoutChange, last_layout_change, last_layouts
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.readings.asking import question, run_question
from service.pipeline.installation import Installation
from service.pipeline.schedule import due_time, is_ahead


class SourceHealth(Frozen):
    """One configured source. Dates are ISO 8601 UTC; `status` is that of its last run, or "never run".

    `status_key` is that of the words for it. `waiting` counts its runs that no figure holds yet, since the
    index has not taken them. `layouts` counts the pages that each layout of the source read in the last run
    that read any; `layout_change` is when the site began to serve another than before. `asked` are the
    wholesale changes of the site that a person has to accept or to reject. `budgets` are what its key has
    spent today.
    """

    key: str
    source: str
    status: str
    status_key: str = "never_run"
    last_run: str | None = None
    last_good: str | None = None
    items: int = 0
    waiting: int = 0
    next_due: str | None = None
    note: str = ""
    fill_rates: dict[str, float] = Field(default_factory=dict)
    layouts: dict[str, int] = Field(default_factory=dict)
    layout_change: LayoutChange | None = None
    asked: tuple[str, ...] = ()
    budgets: tuple[BudgetHealth, ...] = ()


def health_of(installation: Installation) -> list[SourceHealth]:
    """Return the health of every configured source, in the configuration's order."""
    listed: list[SourceHealth] = []
    with installation.state.read() as connection:
        held = holds_with(connection, ("held",))
        waiting = Counter(run.source_key for run in waiting_runs(connection))
    for each in configured_sources(installation.settings):
        with installation.state.read() as connection:
            runs = list_runs(connection, source_key=each.key, kind="collect", limit=200)
            budgets = budget_health(connection, each.source.budgets(each.params), now=installation.clock())
        if not runs:
            listed.append(
                SourceHealth(
                    key=each.key, source=each.source.slug, status="never run", next_due="now", budgets=budgets
                )
            )
            continue
        last = runs[0]
        good = next((run for run in runs if run.status in ("ok", "empty")), None)
        now = installation.clock()
        due = due_time(each.timetable(installation.settings.timezone), last_of(last), now=now)
        failing = next(
            (number for number, run in enumerate(runs) if run.status in ("ok", "empty")), len(runs)
        )
        note = f"{last.reason} ({failing} runs in a row)" if failing > 1 else last.reason
        if last.summary is not None and last.summary.watch and last.decision is None:
            note += f"; if it is right: ouidire sources accept {last.id}"
        unindexed = waiting[each.key]
        remarks = (
            AHEAD if is_ahead(last.started_at, now=now) else "",
            f"runs that wait to be indexed: {unindexed} (`ouidire run`)" if unindexed else "",
            note,
        )
        listed.append(
            SourceHealth(
                key=each.key,
                source=each.source.slug,
                status=last.status,
                status_key=status_key(
                    last.source, last.status, reason=last.reason, read_before=good is not None
                ),
                last_run=f"{last.started_at:%Y-%m-%dT%H:%MZ}",
                last_good=f"{good.started_at:%Y-%m-%dT%H:%MZ}" if good else None,
                items=last.summary.items if last.summary else 0,
                next_due="now" if due is None or due <= now else f"{due:%Y-%m-%dT%H:%MZ}",
                waiting=unindexed,
                note="; ".join(filter(None, remarks)),
                fill_rates=last.summary.fill_rates if last.summary else {},
                layouts=last_layouts(runs),
                layout_change=last_layout_change(runs),
                budgets=budgets,
                asked=tuple(_questions(last, [hold for hold in held if hold.source_key == each.key])),
            ),
        )
    return listed


def _questions(last: Run, held: list[Hold]) -> Iterator[str]:
    """Yield what a person is asked about a source: its wholesale changes, and a last run that is not used."""
    yield from (question(hold) for hold in held if hold.kind != "subject")
    if is_held(last) and last.decision is None:
        yield run_question(last)
