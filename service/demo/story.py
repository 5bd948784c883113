"""Runs the demo: its configuration, its local site, and one pass of the chain for each simulated week.

It goes through the same pipeline as any installation; only the clock is fixed and the site is ours. It cannot
see what the texts say.
"""

import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from ouidire.settings.configuration import Settings, load_settings
from ouidire.state.runs import newest_runs
from ouidire.system.files import write_atomically
from service.demo import WEEKS, crawl_time, survey_files
from service.demo.site import DemoSite
from service.pipeline.installation import Installation
from service.pipeline.run_due import Done, run_due


class Played(NamedTuple):
    """The outcome of the demo: lines for a person, and what could not be done as expected."""

    folder: str
    digest: str
    changed: bool
    lines: tuple[str, ...]
    problems: tuple[str, ...]


def play(folder: Path, *, weeks: int = WEEKS, announce: Callable[[str], None]) -> Played:
    """Run the chain for each week in a folder; a second time changes nothing.

    `announce` is called before each week, with a line for a person.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = _write_configuration(folder)
    surveys = folder / "surveys"
    surveys.mkdir(exist_ok=True)
    done: list[Done] = []
    settings = load_settings(written)
    with DemoSite(week=1) as site:
        for week in range(1, weeks + 1):
            announce(f"week {week} of {weeks}: crawling")
            site.week = week
            for path in survey_files(week):
                if not (surveys / path.name).exists():
                    shutil.copyfile(path, surveys / path.name)
            installation = Installation(_through(settings, site.url), now=crawl_time(week))
            try:
                with installation.exclusive():
                    if not _was_played(installation):
                        done.append(run_due(installation))
            finally:
                installation.close()
    return _played(folder, settings, done, weeks)


def _was_played(installation: Installation) -> bool:
    """Return whether a run is later than this week's crawl: a clock set back would have all crawled again."""
    with installation.state.read() as connection:
        return any(run.started_at > installation.clock() for run in newest_runs(connection))


def _played(folder: Path, settings: Settings, done: list[Done], weeks: int) -> Played:
    changed = any(each.changed for each in done)
    digest = _show(folder, settings, weeks)
    runs = [run for each in done for run in each.runs]
    ingested = [each for one in done for each in one.ingested]
    lines: list[str] = []
    if changed:
        new = sum(each.counts.new for each in ingested)
        pages = sum(run.summary.pages for run in runs if run.summary)
        lines.append(f"{len(runs)} runs read {pages} pages in {weeks} weeks and found {new} mentions.")
    else:
        lines.append("Nothing has changed: everything was already collected, indexed and sent.")
    lines += _problem_lines(done)
    lines.append(f"The digest of the last week is {digest}; every message is in {folder / 'var' / 'outbox'}.")
    lines.append(f"Look around: ouidire search livraison --config {folder / 'ouidire.toml'}")
    problems = tuple(problem for each in done for problem in each.problems)
    return Played(str(folder), digest, changed, tuple(lines), problems)


def _write_configuration(folder: Path) -> Path:
    """Put the demo's configuration in its folder; the reader may edit it, and a second demo keeps it."""
    path = folder / "ouidire.toml"
    if not path.exists():
        write_atomically(path, (files("service.demo") / "ouidire.toml").read_bytes())
    return path


def _through(settings: Settings, proxy: str) -> Settings:
    """Return the same settings, fetching through the local site."""
    return settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"proxy": proxy})})


def _show(folder: Path, settings: Settings, weeks: int) -> str:
    """Write the last week's digest as a page to open, and return its path."""
    from reports.rendering.standalone import write_preview
    from service.pipeline.report.digests import edition_of, render_digest
    from service.pipeline.schedule import due_period

    now = crawl_time(weeks)
    installation = Installation(settings, now=now)
    try:
        period = due_period(
            "week",
            now=now,
            timezone=settings.timezone,
            weekday=settings.digest.weekday,
            hour=settings.digest.hour,
        )
        edition = edition_of(settings.editions["brand"], settings.own_brands[0].slug)
        message = render_digest(installation, period, edition=edition, language=settings.language)
    finally:
        installation.close()
    return str(write_preview(message, folder / "digest.html"))


def _problem_lines(done: list[Done]) -> list[str]:
    """Return one line for each source and status that was not good, with the first such week."""
    lines: dict[tuple[str, str], str] = {}
    for week, each in enumerate(done, start=1):
        for run in each.runs:
            if run.status not in ("ok", "empty"):
                lines.setdefault(
                    (run.source_key, run.status),
                    f"week {week}: {run.source_key}: {run.reason or run.status}",
                )
    return list(lines.values())
