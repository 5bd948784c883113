"""Speed and memory of the crawl: every figure is a ratio of two things done in one run on one machine.

    python -m bench.crawl             SCALE=100000 items by default
    python -m bench.crawl --render    adds 1,000 pages through Chromium

speed     pages/s of our engine (robots.txt, guard, WARC, parser, keyed authors, harvest) against a bare
          Scrapy spider with Scrapy's default settings that runs the same parser (schema_org) on the same
          local pages of 50 kB or more, at the same concurrency. Both are timed inside a process of their
          own, alternating; the median of the ratios of the rounds is printed. Aim: 80 % at least.
start     seconds from starting the child to its first request, robots.txt included. Aim: 1.5 s at most.
memory    growth of the child's peak at SCALE items against SCALE / 10. Aim: 1.1 times and 40 MB at most.
render    growth of the child's and of the browser's memory between the 200th and the 1,000th rendered page.
"""

# A benchmark is a program: it prints its table, and starts itself again.
# ruff: noqa: T201, S603

import asyncio
import dataclasses
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from bench.measuring import growth, peak_mb
from crawlers.base import Params, Source
from crawlers.job import CrawlJob
from crawlers.sources.schema_org.source import SOURCE
from ouidire.clock import system_clock
from ouidire.page import Page, Request
from ouidire.settings.fetch import FetchSettings

SCALE = int(os.environ.get("SCALE", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
PAGES = int(os.environ.get("PAGES", "400"))
RENDERED = int(os.environ.get("RENDERED", "1000"))
PER_PAGE = 20
CONCURRENCY = 8
LEAST_BYTES = 50_000
WORDS = [
    "livraison", "rapide", "équipe", "accueil", "très", "professionnelle", "commande", "reçue", "colis",
    "abîmé", "remboursement", "attente", "téléphone", "conseiller", "patient", "produit", "conforme",
    "qualité", "prix", "magasin", "parking", "vendeur", "écoute", "déçu", "ravie", "recommande", "jamais",
    "toujours", "service", "client", "jardin", "terrasse", "plantes", "arrosage", "notice", "montage",
    "facile", "cassé", "remplacé", "semaine", "réponse", "courriel", "sourire", "caisse", "samedi", "merci",
]  # fmt: skip


def page_bytes(rng: random.Random) -> bytes:
    """Return a listing of 20 reviews as JSON-LD and HTML, of 50 kB at least.

    `@@` stands for its number.
    """
    reviews: list[dict[str, Any]] = [
        {
            "@type": "Review",
            "@id": f"#{rng.randbytes(6).hex()}a@@",
            "author": {"@type": "Person", "name": f"Client {rng.randrange(10_000)}"},
            "datePublished": f"2026-0{rng.randrange(1, 7)}-{rng.randrange(10, 28)}",
            "reviewRating": {"@type": "Rating", "ratingValue": rng.randrange(1, 6), "bestRating": 5},
            "reviewBody": " ".join(rng.choices(WORDS, k=80)),
        }
        for _ in range(PER_PAGE)
    ]
    rating = {"@type": "AggregateRating", "ratingValue": 4.1, "reviewCount": 90_000}
    data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Arrosoir",
        "aggregateRating": rating,
        "review": reviews,
    }
    cards = "".join(
        f'<div class="card"><div class="head"><span class="name">{review["author"]["name"]}</span>'
        '<svg><path d="M0 0h24v24z"/></svg>'
        f'<time>{review["datePublished"]}</time></div><p class="body">{review["reviewBody"]}</p></div>'
        for review in reviews
    )
    links = "".join(
        f'<li><a href="/rayon/{n}">{" ".join(rng.choices(WORDS, k=3))}</a></li>' for n in range(300)
    )
    script = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    head = f"<!doctype html><html><head><meta charset=utf-8><title>Avis @@</title>{script}</head>"
    return f"{head}<body><nav><ul>{links}</ul></nav><main>{cards}</main></body></html>".encode()


SCRIPTED = """<!doctype html><meta charset=utf-8><title>@@</title><body><script>
fetch('/page/@@').then(r => r.text()).then(t => { document.documentElement.innerHTML = t; });</script>"""


def serve() -> None:
    """Serve `/page/N` and `/script/N` for ever, on a port printed first; as cheaply as Python can."""
    rng = random.Random(1)  # noqa: S311 (a benchmark must repeat itself)
    pages = [page_bytes(rng) for _ in range(20)]
    assert min(map(len, pages)) >= LEAST_BYTES  # noqa: S101 (smaller pages must give no figure)

    class Server(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport: Any = transport
            self.buffer = b""

        def data_received(self, data: bytes) -> None:
            self.buffer += data
            while b"\r\n\r\n" in self.buffer:
                head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
                path = head.split(b" ", 2)[1]
                number = path.rpartition(b"/")[2]
                status, body = b"200 OK", b"User-agent: *\nAllow: /\n"
                if path.startswith(b"/page/"):
                    body = pages[int(number) % len(pages)].replace(b"@@", number)
                elif path.startswith(b"/script/"):
                    body = SCRIPTED.encode().replace(b"@@", number)
                fields = b"Content-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n" % len(body)
                self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + fields + b"\r\n" + body)

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


class BenchParams(Params):
    """Pages `first` to `first + pages - 1` of a site; `render` asks for them through the browser."""

    site: str
    pages: int
    render: bool = False


def bench_requests(params: BenchParams, *, since: object = None) -> Iterator[Request]:
    """Yield a request for each page."""
    del since
    kind = "script" if params.render else "page"
    for number in range(params.pages):
        context = {"entity": "bench.example/avis", "expect": "reviews", "page": str(number + 1)}
        yield Request(url=f"{params.site}/{kind}/{number}", render=params.render, context=context)


def source() -> Source[Any]:
    """Return schema_org, asked for many pages at once."""
    wider: Source[Any] = SOURCE
    return dataclasses.replace(wider, params=BenchParams, requests=bench_requests)


def job(site: str, folder: str, pages: int, *, render: bool = False) -> CrawlJob:
    """Return the job of crawling so many pages."""
    fetch = FetchSettings(
        delay=0,
        concurrency=4 if render else CONCURRENCY,
        max_pages=1_000_000,
        max_memory_mb=8000,
        allow_hosts=("127.0.0.1",),
        max_minutes=600,
    )
    return CrawlJob(
        run_id="bench",
        slug="schema_org",
        source_key="schema_org:bench.example/avis",
        entity="bench.example/avis",
        params={"site": site, "pages": pages, "render": render},
        folder=folder,
        author_secret="00" * 32,
        fetch=fetch,
    )


def ours(site: str, folder: str, pages: int) -> None:
    """Crawl with our engine; print the seconds taken, the items read and the process's peak in MB."""
    from crawlers.run import run

    begun = time.perf_counter()
    summary = run(job(site, folder, pages), source=source()).summary
    assert summary.items == pages * PER_PAGE + 1, summary  # noqa: S101 (a run that read less must give none)
    print(time.perf_counter() - begun, summary.items, peak_mb())


def bare(site: str, pages: int) -> None:
    """Crawl with a bare spider and Scrapy's defaults; print as `ours` does."""
    import scrapy
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response

    read = [0]
    wanted = list(bench_requests(BenchParams(site=site, pages=pages)))

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self) -> Any:  # noqa: ANN401 (an async generator)
            for request in wanted:
                yield scrapy.Request(request.url, meta={"context": request.context})

        def parse(self, response: Response) -> None:
            headers = {
                key.decode().lower(): response.headers[key].decode()  # type: ignore[union-attr]
                for key in response.headers
            }
            page = Page(
                url=response.url,
                body=response.body,
                fetched_at=system_clock(),
                headers=headers,
                kind="list",
                context=response.meta["context"],
            )
            read[0] += len(SOURCE.parse(page).items)

    begun = time.perf_counter()
    process = CrawlerProcess(
        {"LOG_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": CONCURRENCY, "TELNETCONSOLE_ENABLED": False}
    )
    process.crawl(Bare)
    process.start()
    assert read[0] == pages * (PER_PAGE + 1)  # noqa: S101 (as above)
    print(time.perf_counter() - begun, read[0], peak_mb())


@contextmanager
def running_site() -> Iterator[str]:
    """Serve in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.crawl", "serve"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout  # noqa: S101 (a pipe, for mypy)
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()


def measured(*arguments: str) -> tuple[float, float, float]:
    """Run one part in a process of its own; return seconds, items and peak."""
    command = [sys.executable, "-m", "bench.crawl", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    seconds, items, megabytes = map(float, done.stdout.split())
    return seconds, items, megabytes


def rendering(site: str, folder: str) -> None:
    """Crawl scripted pages through the browser, and print how memory went on the way."""
    import psutil

    from crawlers.spawn import run_job

    seen: dict[int, tuple[float, float]] = {}

    def look() -> None:
        while True:
            time.sleep(2)
            with suppress(psutil.Error, StopIteration):
                child = next(one for one in psutil.Process().children() if "rendered" in one.cmdline())
                family = [one for one in child.children(recursive=True) if "chrom" in one.name()]
                shared = 0
                for one in family:
                    with suppress(psutil.Error):  # a page's own process ends with it
                        shared += one.memory_full_info().pss
                seen[reached[0]] = (child.memory_info().rss / 1e6, shared / 1e6)

    reached = [0]
    threading.Thread(target=look, daemon=True).start()
    begun = time.perf_counter()
    manifest = run_job(
        job(site, folder, RENDERED, render=True),
        command=(sys.executable, "-m", "bench.crawl", "rendered"),
        on_progress=lambda pages, _items: reached.__setitem__(0, pages),
        on_log=lambda _line: None,
    )
    taken = time.perf_counter() - begun
    summary = manifest.summary
    print(f"render: {summary.pages} pages, {summary.status}, {summary.pages / taken:.1f} pages/s")
    for name, part in (("crawling process", 0), ("browser", 1)):
        early = max(size[part] for pages, size in seen.items() if RENDERED * 0.1 <= pages <= RENDERED * 0.25)
        late = max(size[part] for pages, size in seen.items() if pages > RENDERED * 0.75)
        print(
            f"    {name}: {early:.0f} MB by page {RENDERED // 4}, {late:.0f} MB at the end: "
            f"x {late / early:.2f}, {late - early:+.0f} MB"
        )


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, running_site() as site:
        ratios, ours_rate, bare_rate = [], [], []
        for number in range(ROUNDS):
            own, _, _ = measured("ours", site, f"{folder}/speed-{number}", str(PAGES))
            other, _, _ = measured("bare", site, str(PAGES))
            ratios.append(other / own)
            ours_rate.append(PAGES / own)
            bare_rate.append(PAGES / other)
        spread = f"{min(ratios):.0%} to {max(ratios):.0%} over {ROUNDS} rounds"
        rates = f"{statistics.median(ours_rate):.0f}/s, bare Scrapy {statistics.median(bare_rate):.0f}/s"
        print(
            f"crawl of {PAGES} pages: {rates}: {statistics.median(ratios):.0%} ({spread}; aim 80 % at least)"
        )
        begun = time.perf_counter()
        measured("ours", site, f"{folder}/start", "1")
        taken = time.perf_counter() - begun
        print(f"start, one page and seal: {taken:.2f} s from nothing (aim 1.5 s to the first request)")
        _, _, small = measured("ours", site, f"{folder}/small", str(SCALE // 10 // PER_PAGE))
        _, _, large = measured("ours", site, f"{folder}/large", str(SCALE // PER_PAGE))
        peaks = f"{small:.0f} MB at {SCALE // 10} items, {large:.0f} MB at {SCALE}"
        print(f"collect: peak {peaks}: {growth(small, large)}")
        if "--render" in sys.argv:
            rendering(site, f"{folder}/render")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            serve()
        case ["ours", site, folder, pages]:
            ours(site, folder, int(pages))
        case ["bare", site, pages]:
            bare(site, int(pages))
        case ["rendered"]:
            from crawlers.run import main as crawl

            sys.exit(crawl(source()))
        case _:
            main()
