"""A small chain on the demo's site, crawled in this very process: what the tests of the pipeline drive.

The crawl is the real one but for its transport: urllib through the demo's proxy instead of Scrapy in a child
process. The collector, the sources, the harvest, the state, the index and the digest are the real ones.
"""

import json
import shutil
import tempfile
from email import message_from_bytes, policy
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from crawlers import load_source
from crawlers.engine.collector import Collector
from ouidire.documents import MODELS
from ouidire.harvest.manifest import RunSummary
from ouidire.harvest.store import HarvestWriter
from ouidire.ids import digest, source_key
from ouidire.index import Query
from ouidire.page import Page
from ouidire.privacy import identified
from ouidire.schema import fields_of
from ouidire.settings.configuration import settings_from
from ouidire.state.runs import KILLED, begin_run, count_runs, end_run, list_runs, run_by_id
from ouidire.state.tables import metadata
from service.demo import crawl_time, survey_files
from service.demo.site import DemoSite
from service.pipeline.installation import Installation

LYON = "schema_org:avis-jardin.example/avis/pousse-et-compagnie-lyon"
NANTES = "schema_org:avis-jardin.example/avis/pousse-et-compagnie-nantes"


def listing(slug, brand="pousse-et-compagnie", **more):
    params = {"url": f"http://avis-jardin.example/avis/{slug}", "expect": "reviews"}
    return {"source": "schema_org", "brands": [brand], "every": "1w", "params": params, **more}


def configuration(**more):
    """Three brands, two listings, a survey, a feed with its articles, and one query."""
    return {
        "brand": [
            {
                "slug": "pousse-et-compagnie",
                "name": "Pousse & Compagnie",
                "aliases": ["Pousse et Compagnie", "Pousse et Cie"],
                "domains": ["pousse-et-compagnie.example"],
            },
            {"slug": "le-grand-arrosoir", "name": "Le Grand Arrosoir", "role": "competitor"},
            {"slug": "terre-folle", "name": "Terre Folle", "role": "competitor"},
        ],
        "source": [
            listing("pousse-et-compagnie-lyon", place="Lyon Confluence"),
            listing("pousse-et-compagnie-nantes", place="Nantes Beaulieu"),
            {
                "source": "survey_file",
                "brands": ["pousse-et-compagnie"],
                "every": "1w",
                "params": {"path": "surveys/*.csv"},
            },
            {
                "source": "feed",
                "every": "1w",
                "params": {"url": "http://le-potager-bavard.example/feed.xml", "full_text": True},
            },
            query("pousse et compagnie avis"),
        ],
        "fetch": {"delay": 0, "parallel": 1},
        "enrichment": {"batch": 16},
        "digest": {"sender": "Ouï-dire <ouidire@pousse-et-compagnie.example>", "hour": 6},
        "recipient": [
            {"address": "direction@pousse.example"},
            {"address": "insights@pousse.example", "language": "en"},
        ],
        **more,
    }


def query(words, kind="brand"):
    params = {
        "query": words,
        "query_kind": kind,
        "base_url": "http://moteur.example/search",
        "render": False,
        "accept_legal_note": True,
    }
    return {"source": "google_results", "brands": ["pousse-et-compagnie"], "every": "1w", "params": params}


def crawl(job, *, on_progress=None, **_):
    """Stand in for `crawlers.spawn.run_job`: the same collector and harvest, pages fetched one by one."""
    source = load_source(job.slug)
    opener = build_opener(ProxyHandler({"http": job.fetch.proxy}))
    with HarvestWriter(
        Path(job.folder), run_id=job.run_id, source=job.slug, source_key=job.source_key, entity=job.entity
    ) as writer:
        collector = Collector(job, source, writer, on_progress=on_progress)
        first = source.first_requests(source.params.model_validate(job.params), since=job.since)
        waiting = [(request, True) for request in first if collector.plan(request)]
        while waiting:
            request, is_first = waiting.pop(0)
            collector.count_request()
            known = job.validators.get(request.url) if is_first else None
            headers = {"If-None-Match": known.etag} if known and known.etag else {}
            try:
                with opener.open(Request(request.url, headers=headers), timeout=30) as answer:  # noqa: S310 (the demo's own addresses)
                    status, body, got = answer.status, answer.read(), answer.headers
            except HTTPError as error:
                status, body, got = error.code, error.read(), error.headers
                error.close()
            except (URLError, HTTPException, OSError):
                collector.add_problem("network", request.url, "the connection failed", first=is_first)
                continue
            if status == 304:
                collector.count_not_modified(request)
                continue
            page = Page(
                url=request.url,
                body=body,
                fetched_at=collector.clock(),
                status=status,
                headers={name.lower(): value for name, value in got.items()},
                kind=request.kind,
                context=request.context,
            )
            read = collector.read_page(page, request=request, first=is_first)
            waiting += [(follow, False) for follow in read.follow]
        return writer.seal(collector.summary())


def installation_at(folder, moment, *, site=None, data=None):
    """Open the installation of a folder at a moment."""
    data = data or configuration()
    if site is not None:
        data = {**data, "fetch": {**data.get("fetch", {}), "proxy": site.url}}
    return Installation(settings_from(data, base=Path(folder)), now=moment)


def put_surveys(folder, week):
    surveys = Path(folder) / "surveys"
    surveys.mkdir(parents=True, exist_ok=True)
    for path in survey_files(week):
        if not (surveys / path.name).exists():
            with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
                part.write(path.read_bytes())
            shutil.move(part.name, surveys / path.name)


def documents(index):
    """Every live document, by kind and id."""
    found = {}
    for kind, model in MODELS.items():
        names = [each.name for each in fields_of(model)]
        ids = [row["id"] for row in index.scan(Query(kind=kind), names[:1] if names[0] == "id" else ["id"])]
        for key in ids:
            found[kind, key] = index.get(kind, key).model_dump(mode="json")
    return found


def fingerprint(installation):
    """All that a person or a program could see of an installation, but for the ids and numbers of its runs.

    Runs that were killed are left out; a measure's revision is the number of its run.
    """
    with installation.state.read() as connection:
        runs = [run for run in list_runs(connection) if run.reason != KILLED]
        rows = {
            name: [dict(row._mapping) for row in connection.execute(metadata.tables[name].select())]
            for name in TABLES
        }
    told = {f"run {run.source_key} {run.kind} {run.started_at:%F %T}": _run_shown(run) for run in runs}
    told |= _documents_shown(installation) | _rows_shown(
        rows, {run.sequence: f"{run.kind} {run.source_key} {run.started_at:%F %T}" for run in runs}
    )
    told["outbox"] = [each[:3] for each in mails(installation)]
    for name, *_, lines in mails(installation):
        told |= {f"line {number:03d} of {name}": line for number, line in enumerate(lines)}
    return json.loads(json.dumps(told, default=str))


def _documents_shown(installation):
    told = {}
    for (kind, key), document in documents(installation.index).items():
        if kind == "run":
            told[f"run document {document['source_key']} {document['started_at']} {document['status']}"] = {
                **document,
                "id": "",
            }
        elif kind == "measure" and document["name"] == "filled":  # its id is of its run
            told[f"filled {document['source_key']} {document['at']} {document['subject']}"] = {
                **document,
                "id": "",
                "run_id": "",
            }
        else:
            told[f"{kind} {key}"] = {
                **document,
                "run_id": "",
                **({"revision": 0} if kind == "measure" else {}),
            }
    return told


def _rows_shown(rows, runs):
    told = {
        f"item {row['id']}": {**row, **{name: runs.get(row[name]) for name in RUN_NUMBERS}}
        for row in rows["items"]
    }
    told |= {f"snapshot {row['id']}": {**row, "run": runs.get(row["run"])} for row in rows["snapshots"]}
    told |= {
        f"event kept {row['id']}": {**json.loads(row["payload"]), "run_id": ""} for row in rows["events"]
    }
    told |= {f"said {row['text_key']} {row['analyser']}": row["payload"] for row in rows["enrichments"]}
    told |= {f"delivery {row['period']} {row['recipient']}": row["status"] for row in rows["deliveries"]}
    told |= {f"cursor {row['source_key']}": (row["at"], row["validators"]) for row in rows["cursors"]}
    return told | {f"suppressed {row['token']}": True for row in rows["suppressions"]}


TABLES = ("items", "snapshots", "events", "enrichments", "deliveries", "cursors", "suppressions")
RUN_NUMBERS = ("first_run", "changed_run", "last_run", "content_run", "vanished_run")


def _run_shown(run):
    counts = run.model_dump(
        include={"new", "updated", "unchanged", "vanished", "status", "sealed", "full", "kind"}
    )
    return {
        **counts,
        "complete": bool(run.summary and run.summary.complete),
        "ingested": run.ingested_at is not None,
    }


def mails(installation):
    """The outbox: for each message its name, recipient, subject and lines."""
    folder = installation.settings.path(installation.settings.digest.outbox, "outbox")
    listed = []
    for path in sorted(folder.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        text = mail.get_body(("plain",)).get_content()
        listed.append([path.name, mail["To"], mail["Subject"], text.splitlines()])
    return listed


def difference(one, other):
    """What differs between two fingerprints, in words."""
    lines = []
    for key in sorted({*one, *other}):
        a, b = one.get(key), other.get(key)
        if a == b:
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            lines += [
                f"{key}.{name}: {a.get(name)!r} is not {b.get(name)!r}"
                for name in sorted({*a, *b})
                if a.get(name) != b.get(name)
            ]
        else:
            lines.append(f"{key}: {str(a)[:300]} is not {str(b)[:300]}")
    return lines


class Chain:
    """Weeks of the demo played in a folder, in this process. `monkeypatch` puts the crawl in its place."""

    def __init__(self, folder, data=None):
        self.folder, self.data = Path(folder), data or configuration()
        self.site = DemoSite(week=1).start()

    def close(self):
        self.site.stop()

    def open(self, week, *, after=None):
        self.site.week = week
        moment = crawl_time(week)
        return installation_at(
            self.folder, moment + after if after else moment, site=self.site, data=self.data
        )

    def week(self, week):
        """Play one week: all that is due."""
        from service.pipeline.run_due import run_due

        put_surveys(self.folder, week)
        installation = self.open(week)
        try:
            with installation.exclusive():
                return run_due(installation)
        finally:
            installation.close()


def harvested(  # noqa: PLR0913 (a run's own facts, all named)
    installation,
    items,
    *,
    source="schema_org",
    entity="shop.example",
    kind="collect",
    full=True,
    pages=(),
    brands=("pousse-et-compagnie",),
    place=None,
    **more,
):
    """Seal a harvest of our own items, as a run of that source would; return the run, recorded as ended.

    `more` goes to the run's summary (status, complete, cursor …). `pages` are (page, how many of the items it
    shows).
    """
    now = installation.clock()
    key = source_key(source, entity)
    with installation.state.begin() as connection:
        number = count_runs(connection, key)
        run = begin_run(
            connection,
            run_id=f"{now:%Y%m%dT%H%M%S}-{digest(kind, key, str(number), size=4)}",
            kind=kind,
            source=source,
            source_key=key,
            entity=entity,
            brands=brands,
            place=place,
            query_kind=None,
            full=full,
            now=now,
        )
    summary = RunSummary(
        **{
            "status": "ok",
            "complete": kind == "collect",
            "started_at": now,
            "finished_at": now,
            "items": len(items),
            **more,
        }
    )
    folder = installation.harvests.folder(source, key, run.id)
    with HarvestWriter(folder, run_id=run.id, source=source, source_key=key, entity=entity) as writer:
        references = [writer.add_page(page) for page, shown in pages for _ in range(shown)]
        for number, (item_id, item) in enumerate(identified(items, slug=source, secret=installation.secret)):
            writer.add_item(
                item,
                item_id=item_id,
                page=references[number] if number < len(references) else None,
                seen_at=now,
            )
        writer.seal(summary)
    with installation.state.begin() as connection:
        end_run(connection, run, summary, sealed=True)
        return run_by_id(connection, run.id)
