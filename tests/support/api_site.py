"""A local imitation of an API: what it answers is a table, and what it was asked is kept."""

import json
import sys
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from crawlers import load_source
from crawlers.health.past import SourcePast
from crawlers.job import CrawlJob
from crawlers.spawn import run_job
from ouidire.harvest.store import Harvest
from ouidire.ids import source_key
from ouidire.settings.fetch import FetchSettings
from tests.support.local_server import LocalServer, QuietHandler

CHILD = (sys.executable, "-m", "crawlers.run")


PLAIN = {"content-type": "text/plain"}


class Answer(NamedTuple):
    """One answer; a body that is no text goes out as JSON."""

    body: object = ""
    status: int = 200
    headers: dict = {}  # noqa: RUF012 (never written to)

    @property
    def bytes(self):
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


class Asked(NamedTuple):
    """One request: its path, its query, its headers (small letters) and its body."""

    path: str
    query: dict
    headers: dict
    body: str
    method: str = "GET"


class ApiSite(LocalServer):
    """Answers by `answer(asked)`, given at the start; without `robots`, robots.txt is 404: all is allowed."""

    def __init__(self, answer, *, robots=None):
        self.answer, self.robots, self.asked = answer, robots, []

    def handler_class(self):
        return _Handler


class _Handler(QuietHandler):
    def do_GET(self):  # noqa: N802 (a name of http.server)
        parts = urlsplit(self.path)
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(
            parts.path, dict(parse_qsl(parts.query)), headers, self.rfile.read(length).decode(), self.command
        )
        if parts.path == "/robots.txt":
            robots = self.owner.robots
            answer = Answer(status=404) if robots is None else Answer(robots, headers=PLAIN)
        else:
            self.owner.asked.append(asked)
            answer = self.owner.answer(asked)
        data = answer.bytes
        self.send_response(answer.status)
        for name, value in {"content-type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PUT = do_GET  # noqa: N815 (a name of http.server)


class Crawled(NamedTuple):
    """How a run ended, what was kept, and the pages as they lie in the harvest."""

    summary: object
    items: list
    pages: list


def crawl(slug, params, folder, *, since=None, past=None, **fetch):
    """Crawl a source of the catalogue by the real engine, in its child process."""
    source = load_source(slug)
    validated = source.params.model_validate(params)
    entity = source.entity(validated)
    job = CrawlJob(
        run_id=folder.name,
        slug=slug,
        source_key=source_key(slug, entity),
        entity=entity,
        params=params,
        folder=str(folder),
        since=since,
        past=past or SourcePast(),
        budgets=source.budgets(validated),
        author_secret="00" * 32,
        fetch=FetchSettings(
            **{"delay": 0, "retries": 1, "timeout": 5, "allow_hosts": ("127.0.0.1",), **fetch}
        ),
    )
    manifest = run_job(job, on_log=lambda _: None, command=CHILD)
    harvest = Harvest(folder)
    return Crawled(
        manifest.summary,
        [line.item for line in harvest.items()],
        [page for _, page in harvest.pages()],
    )
