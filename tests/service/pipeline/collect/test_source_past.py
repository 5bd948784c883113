"""What is usual for a source, from its runs; what fell and stays fallen becomes usual."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from crawlers.health.past import FieldPast, SourcePast
from ouidire.harvest.manifest import RunSummary
from ouidire.state import open_state
from ouidire.state.runs import Run, begin_run
from ouidire.state.tables import runs as table
from service.pipeline.collect.source_past import identity_of, past_from, past_of

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def runs(*told, every=WEEK):
    """Runs from 2026-03-02, newest first; each is its status and what its summary has beside."""
    made = []
    for number, (status, *more) in enumerate(told):
        at = FIRST + number * every
        fields = {"items": 30, "found": 30, "mentions": 30, **(more[0] if more else {})}
        run = {name: fields.pop(name) for name in ("full", "decision") if name in fields}
        made.append(
            Run(
                sequence=number,
                id=str(number),
                kind="collect",
                source="schema_org",
                source_key="schema_org:x",
                entity="x",
                started_at=at,
                status=status,
                summary=RunSummary(status=status, started_at=at, finished_at=at, **fields),
                **run,
            )
        )
    return made[::-1]


def counts(*told, every=WEEK):
    return past_from(runs(*told, every=every), [], now=FIRST + len(told) * every).counts


FALLEN = ("degraded", {"found": 16, "watch": ("found",)})


def test_a_source_that_never_ran_well_has_no_past():
    for told in ((), (("failed",),), (("degraded",),), (("empty", {"items": 0, "found": 0}),)):
        assert past_from(runs(*told), [], now=FIRST + WEEK) == SourcePast()


def test_only_good_runs_count_and_only_whole_ones_for_what_is_found():
    assert counts(("ok",), ("failed",), ("ok", {"found": 32}), ("degraded",), ("blocked",)) == (30, 32)
    assert counts(("ok",), ("ok", {"found": 5, "full": False}), ("ok", {"found": 9, "not_modified": 1})) == (
        30,
    )


def test_summaries_of_former_versions_are_read():
    old = {"items": 20, "found": None, "mentions": None, "fill_rates": {"rating": 0.9}}
    past = past_from(runs(("ok", old), ("ok", old)), [], now=FIRST + 2 * WEEK)
    assert past.counts == (20, 20)
    assert past.fields == {"rating": FieldPast(filled=36, n=40)}


def test_what_stays_fallen_for_two_weeks_is_usual():
    assert counts(("ok",), FALLEN, FALLEN) == (30,)
    assert counts(("ok",), FALLEN, FALLEN, FALLEN) == (16, 16, 16)
    assert counts(("ok",), FALLEN, ("failed",), FALLEN, FALLEN) == (16, 16, 16)
    assert counts(("ok",), *[FALLEN] * 9, every=timedelta(days=1)) == (30,), "nine days are not two weeks"
    assert counts(("ok",), FALLEN, ("degraded",), FALLEN) == (30,), "lost pages are never usual"


def test_what_recovers_is_judged_by_what_was_before():
    assert counts(("ok",), FALLEN, FALLEN, FALLEN, ("ok", {"found": 31})) == (30, 31)


def test_what_a_person_accepts_is_usual_at_once():
    accepted = ("layout_changed", {"found": 12, "decision": "accepted", "subjects": ("Pousse Verte",)})
    past = past_from(runs(("ok", {"subjects": ("Pousse",)}), accepted), [], now=FIRST + 2 * WEEK)
    assert (past.counts, past.subjects) == ((12,), ("Pousse Verte",))


UNCHANGED = {
    "items": 0,
    "found": 0,
    "mentions": 0,
    "not_modified": 1,
    "full": False,
    "identity": {"a": "stated"},
}


def test_the_past_and_what_mentions_are_known_by_outlast_any_number_of_failures(tmp_path):
    state = open_state(f"sqlite:///{tmp_path}/state.db")
    told = [
        ("ok", {"identity": {"a": "stated"}}),
        *[("failed", {"items": 0, "found": 0, "mentions": 0})] * 70,
        *[("ok", UNCHANGED)] * 70,
        ("layout_changed", {"identity": {"a": "unstated"}}),
    ]
    with state.begin() as connection:
        for run in reversed(runs(*told, every=timedelta(hours=1))):
            begun = begin_run(
                connection,
                run_id=run.id,
                kind="collect",
                source=run.source,
                source_key=run.source_key,
                entity="x",
                brands=(),
                place=None,
                query_kind=None,
                full=run.full,
                now=run.started_at,
            )
            connection.execute(
                update(table)
                .where(table.c.id == begun.id)
                .values(status=run.status, summary=run.summary.model_dump_json())
            )
    with state.read() as connection:
        assert past_of(connection, "schema_org:x", now=FIRST + WEEK).counts == (30,)
        assert identity_of(connection, "schema_org:x") == {"a": "stated"}
    state.close()
