"""`ouidire run`: do all that is due, once."""

from typing import TYPE_CHECKING

from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import OK, PARTIAL, complain, err, inform, say_json
from service.cli.run_output import runs_exit_code, say_runs

if TYPE_CHECKING:
    from service.pipeline.configured_sources import ConfiguredSource
    from service.pipeline.run_due import Announce, Done


def run(config: Config = DEFAULT_CONFIG, now: Now = None, *, as_json: Json = False) -> int:
    """Do all that is due: collect, enrich, index, report."""
    from service.pipeline.run_due import run_due

    with opened(config, now) as installation:
        done = run_due(installation, announce=_announced(quiet=as_json))
        language = installation.settings.language
    if as_json:
        say_json(done)
    else:
        _say_done(done, language)
    code = runs_exit_code(done.runs)
    return PARTIAL if code == OK and done.problems else code


def _say_done(done: "Done", language: str) -> None:
    """Print what a pass did."""
    from ouidire.text.translated import translated

    for each in done.recovered:
        inform(f"a killed run was ended: {each.source_key} ({each.status})")
    ingested = {each.run.id: each.run for each in done.ingested}
    runs = [ingested.get(each.id, each) for each in done.runs]
    if runs:
        say_runs(runs)
    if done.decided:
        inform(f"what people decided of {done.decided} mentions is in the index and the figures")
    for sent in done.sent:
        inform(f"digest {sent.line}")
    for sent in done.alerts:
        inform(f"alert {sent.line}")
    for problem in done.problems:
        complain(f"ouidire: {problem}")
    if done.not_yet:
        inform(translated(done.not_yet, language))
    if not done.changed:
        inform("nothing was due")


def _announced(*, quiet: bool) -> "Announce | None":
    """Return what prints a line before each run; None where nobody is at a terminal."""
    if quiet or not err.is_terminal:
        return None

    def announce(source: "ConfiguredSource") -> None:
        err.print(f"collecting {source.key}", markup=False)

    return announce
