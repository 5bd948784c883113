"""Services by script: what each answers at a moment, read by the real collector in this very process."""

import json
from pathlib import Path

from crawlers import load_source
from crawlers.engine.collector import Collector
from ouidire.harvest.store import HarvestWriter
from ouidire.page import Page


class ScriptedAnswers:
    """Stands in for `crawlers.spawn.run_job`: `answer(request, now)` gives a body, or (status, body)."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def run_job(self, job, **_):
        source = load_source(job.slug)
        with HarvestWriter(
            Path(job.folder), run_id=job.run_id, source=job.slug, source_key=job.source_key, entity=job.entity
        ) as writer:
            collector = Collector(job, source, writer)
            first = source.first_requests(source.params.model_validate(job.params), since=job.since)
            waiting = [(request, True) for request in first if collector.plan(request)]
            while waiting:
                request, is_first = waiting.pop(0)
                self.asked.append(request)
                collector.count_request()
                given = self.answer(request, job.now)
                status, body = given if isinstance(given, tuple) else (200, given)
                page = Page(
                    url=request.url,
                    body=body if isinstance(body, bytes) else json.dumps(body).encode(),
                    fetched_at=collector.clock(),
                    status=status,
                    headers={"content-type": "application/json"},
                    kind=request.kind,
                    context=request.context,
                )
                read = collector.read_page(page, request=request, first=is_first)
                waiting += [(follow, False) for follow in read.follow]
            return writer.seal(collector.summary())
