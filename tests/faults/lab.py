"""One installation in a folder of its own, driven by the real command on a clock that the test holds."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from service import cli
from tests.faults import services, shapes
from tests.faults.mail_server import MailServer
from tests.faults.published import FIRST_MONDAY
from tests.faults.site import FEED, LISTING, WINDOW, FaultSite, survey

PARIS = ZoneInfo("Europe/Paris")
READERS = ("claire@fleurs.example", "paul@fleurs.example")
SOURCES = {
    "listing": f"""
[[source]]
source = "schema_org"
brands = ["temoin"]
every = "1w"
params = {{ url = "{LISTING}", expect = "reviews" }}
""",
    "window": f"""
[[source]]
source = "schema_org"
brands = ["temoin"]
every = "1w"
params = {{ url = "{WINDOW}", expect = "reviews" }}
""",
    "feed": f"""
[[source]]
source = "feed"
brands = ["temoin"]
every = "1w"
params = {{ url = "{FEED}" }}
""",
    "survey": """
[[source]]
source = "survey_file"
brands = ["temoin"]
every = "1w"
params = { path = "answers.csv" }
""",
    **shapes.SOURCES,
    **services.SOURCES,
}
SOURCES["search"] = SOURCES["listing"] + services.SEARCHED
BASE = """
timezone = "Europe/Paris"
[[brand]]
slug = "temoin"
name = "Fleurs Témoin"
domains = ["fleurs.example"]
[fetch]
proxy = "{proxy}"
delay = 0
retries = 1
{fetch}
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout = 60
[digest]
sender = "Ouï-dire <ouidire@fleurs.example>"
start = 2020-01-01
[[recipient]]
address = "claire@fleurs.example"
[[recipient]]
address = "paul@fleurs.example"
"""


class Said(NamedTuple):
    """What a command said: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Everything that an operator reads."""
        return self.out + self.err


@dataclass
class Lab:
    """An installation on `folder`, with its site and its mail server; `weeks` are counted from 2026-W06.

    `parts` is what a fault puts beside it (a proxy), to be found again when it is taken away.
    """

    folder: Path
    site: FaultSite
    post: MailServer
    sources: tuple[str, ...] = ("listing",)
    fetch: str = "timeout = 20"
    more: str = ""
    said: list[Said] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def var(self) -> Path:
        """Its data."""
        return self.folder / "var"

    @property
    def now(self) -> datetime:
        """The Monday, 8 o'clock, that follows the weeks published."""
        return datetime(*self.site.today.timetuple()[:3], 8, tzinfo=PARIS)

    def write(self) -> None:
        """Write the configuration, and the survey as of today."""
        os.environ.update(services.ENVIRONMENT)
        text = BASE.format(proxy=self.site.url, port=self.post.port, fetch=self.fetch)
        (self.folder / "ouidire.toml").write_text(
            text + "".join(SOURCES[each] for each in self.sources) + self.more
        )

    def publish(self, week: int) -> None:
        """Let everything of the first `week` weeks be published: it is the Monday after them."""
        self.site.today = FIRST_MONDAY + timedelta(weeks=week)
        published = self.site.published(self.site.today)
        (self.folder / "answers.csv").write_text(survey(published))
        (self.folder / "reviews.csv").write_text(shapes.export(published))

    def ouidire(self, *arguments: str, now: datetime | None = None) -> Said:
        """Run the command in this process."""
        out, err = io.StringIO(), io.StringIO()
        timed = ("--now", (now or self.now).isoformat()) if now is not None else ()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.run([*arguments, *timed])
        self.said.append(Said(code, out.getvalue(), err.getvalue()))
        return self.said[-1]

    def run(self, *, days: int = 0) -> Said:
        """Do all that is due, so many days after that Monday."""
        return self.ouidire("run", now=self.now + timedelta(days=days))

    def process(self, *arguments: str, before: str = "", prefix: tuple[str, ...] = ()) -> Said:
        """Run the command in a process of its own, by a shell that does `before` first (ulimit, umask).

        `prefix` is a program that starts it (setpriv, nice) with its arguments.
        """
        command = [*prefix, sys.executable, "-c", "from service.cli import main; main()", *arguments]
        shell = ["bash", "-c", f'{before}\nexec "$@"', "bash", *command] if before else command
        done = subprocess.run(
            shell,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "OUIDIRE_LOG": "error"},
        )
        self.said.append(Said(done.returncode, done.stdout, done.stderr))
        return self.said[-1]

    def mentions(self) -> list[dict[str, object]]:
        """Return every mention that an export holds."""
        path = self.folder / "export.jsonl"
        path.unlink(missing_ok=True)
        self.ouidire("export", "--out", path.name)
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def digests(self, to: str = READERS[0]) -> list[str]:
        """Return the plain texts of the digests that a reader got, oldest first."""
        return [
            " ".join(f"{each.subject} {each.text}".split())
            for each in self.post.taken
            if each.to == to and each.accepted
        ]

    def copied(self, folder: Path) -> "Lab":
        """Return the same installation in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Lab(folder, self.site, self.post, self.sources, self.fetch, self.more)


def monday_after(weeks: int) -> date:
    """Return the Monday that follows so many weeks."""
    return FIRST_MONDAY + timedelta(weeks=weeks)
