"""`ouidire run`: do all that is due, once."""

from typing import TYPE_CHECKING

from service.cli.language import value_named
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, PARTIAL, complain, inform, say, say_json
from service.cli.progress import pass_progress
from service.cli.run_output import runs_exit_code, say_runs, status_word
from service.cli.sent_output import sent_line

if TYPE_CHECKING:
    from service.pipeline.run_due import Done


def run(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Do all that is due: collect, enrich, index, report."""
    from service.pipeline.run_due import run_due

    with opened(config, now) as installation, pass_progress(quiet=as_json) as shown:
        done = run_due(installation, watcher=shown)
    if as_json:
        say_json(done)
    else:
        _say_done(done)
    code = runs_exit_code(done.runs)
    return PARTIAL if code == OK and done.problems else code


def _say_done(done: "Done") -> None:
    """Print what a pass did."""
    for each in done.recovered:
        inform(f"a killed run was ended: {each.source_key} ({status_word(each.status)})")
    ingested = {each.run.id: each.run for each in done.ingested}
    runs = [ingested.get(each.id, each) for each in done.runs]
    if runs:
        say_runs(runs)
    if done.decided:
        inform(f"what people decided of {done.decided} mentions is in the index and the figures")
    for sent in done.sent:
        say(f"{value_named('report', 'digest')} {sent_line(sent)}")
    for sent in done.alerts:
        say(f"{value_named('report', 'alert')} {sent_line(sent)}")
    for problem in done.problems:
        complain(f"ouidire: {problem}")
    if done.not_yet:
        inform(done.not_yet)
    if not done.changed:
        inform("nothing was due")
