"""A local site that goes wrong in every way we know of, directly or as the forward proxy of any host.

`FaultSite` serves from threads of this process; `log` has one entry for each request in order of arrival, so
that a test asserts what was asked, never how long it took.
"""

import gzip
import json
import socket
import struct
import threading
import time
import zlib
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from tests.support.local_server import LocalServer, QuietHandler

HUGE = 60_000_000


class Hit(NamedTuple):
    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes


def article(number: int, *, author: str = "Jeanne Dupuis", rating: int = 4, date: str = "2026-02-03") -> str:
    return (
        f'<article data-id="{number}" data-author="{author}" data-rating="{rating}" data-date="{date}">'
        f"Livraison rapide, équipe très à l'écoute, commande n° {number}.</article>"
    )


def listing(numbers, *, more: str | None = None, total: int | None = None, extra: str = "") -> bytes:
    link = f'<a rel="next" href="{more}">suite</a>' if more else ""
    declared = f'<span class="total">{total}</span>' if total is not None else ""
    articles = "".join(article(number) for number in numbers)
    return f"<!doctype html><meta charset=utf-8><title>Avis</title>{declared}{articles}{link}{extra}".encode()


@dataclass
class FaultSite(LocalServer):
    """`robots` is what /robots.txt answers (status, body); `until` how often a path still has to fail."""

    robots: tuple[int, bytes] = (404, b"")
    pages: dict[str, bytes] = field(default_factory=dict)
    log: list[Hit] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.lock = threading.Lock()
        self.asked: dict[str, int] = {}
        self.open_again = 0.0
        self.tokens = 0
        return super().__enter__()

    def handler_class(self) -> type[QuietHandler]:
        return _Handler

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    def paths(self) -> list[str]:
        """What was asked, robots.txt apart."""
        return [hit.path for hit in self.log if hit.path not in ("/robots.txt", "/favicon.ico")]


class _Handler(QuietHandler):
    owner: FaultSite
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def do_POST(self) -> None:  # noqa: N802 (a name of http.server)
        self.do_GET()

    def do_CONNECT(self) -> None:  # noqa: N802 (a name of http.server)
        self.answer(b"", status=405)

    def do_GET(self) -> None:  # noqa: N802 (a name of http.server)
        parts = urlsplit(self.path)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host = parts.netloc or self.headers.get("Host", "")
        with self.owner.lock:
            headers = {name.lower(): value for name, value in self.headers.items()}
            headers["asked-while-closed"] = "yes" if time.monotonic() < self.owner.open_again else "no"
            self.owner.log.append(Hit(self.command, host, path, headers, body))
            self.count = self.owner.asked[path] = self.owner.asked.get(path, 0) + 1
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if path == "/robots.txt":
            status, text = self.owner.robots
            self.answer(text, status=status, kind="text/plain")
        elif path in self.owner.pages:
            self.answer(self.owner.pages[path])
        else:
            name = parts.path.strip("/").partition("/")[0].replace("-", "_")
            getattr(self, f"page_{name}", self.page_missing)()

    def answer(
        self, body: bytes, *, status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page_missing(self) -> None:
        self.answer(b"<title>404</title>absent", status=404)

    def page_ok(self) -> None:
        self.answer(listing(range(10)))

    def page_gone(self) -> None:
        self.answer(b"<title>410</title>parti", status=410)

    def page_empty(self) -> None:
        self.answer(b'<!doctype html><p class="empty">Aucun avis pour le moment.</p>')

    def page_forbidden_silently(self) -> None:
        self.answer(b"", status=403)

    def page_forbidden(self) -> None:
        self.answer(b"<title>Forbidden</title>non", status=403)

    def page_pages(self) -> None:
        """Numbered pages; `broken` of them answers with `status`."""
        number, last = int(self.query.get("n", 1)), int(self.query.get("last", 3))
        broken, status = int(self.query.get("broken", 0)), int(self.query.get("status", 403))
        if number == broken:
            self.answer(b"<title>non</title>", status=status)
            return
        suffix = "".join(f"&{name}={value}" for name, value in self.query.items() if name != "n")
        more = f"/pages?n={number + 1}{suffix}" if number < last else None
        self.answer(listing(range(10 * number, 10 * number + 10), more=more))

    def page_infinite(self) -> None:
        number = int(self.query.get("n", 1))
        self.answer(listing([number], more=f"/infinite?n={number + 1}"))

    def page_hoard(self) -> None:
        """Pages that the parser of the tests remembers for ever."""
        number = int(self.query.get("n", 1))
        self.answer(listing([number], more=f"/hoard?n={number + 1}", extra="<i id=hoard></i>"))

    def page_loop_pager(self) -> None:
        self.answer(listing(range(5), more="/loop-pager"))

    def page_limited(self) -> None:
        """429 until the time that it told is over, by its own clock."""
        wait = int(self.query.get("wait", 1))
        now = time.monotonic()
        with self.owner.lock:
            if not self.owner.open_again:
                self.owner.open_again = now + wait
            early = now < self.owner.open_again
        value = formatdate(time.time() + wait, usegmt=True) if "date" in self.query else str(wait)
        if early:
            self.answer(b"<title>doucement</title>", status=429, Retry_After=value)
        else:
            self.page_ok()

    def page_limited_forever(self) -> None:
        self.answer(b"<title>doucement</title>", status=429, Retry_After=self.query.get("wait", "86400"))

    def page_busy(self) -> None:
        """503 twice, then well."""
        if self.count <= 2:
            self.answer(b"<title>503</title>", status=503)
        else:
            self.page_ok()

    def page_error(self) -> None:
        self.answer(b"<title>500</title>", status=500)

    def page_redirect(self) -> None:
        self.answer(b"", status=int(self.query.get("status", 302)), Location=self.query["to"])

    def page_circle(self) -> None:
        self.answer(b"", status=302, Location=f"/circle?n={int(self.query.get('n', 0)) + 1}")

    def page_consent(self) -> None:
        self.answer(
            b"<!doctype html><title>Avant d'acc\xc3\xa9der</title><form action='https://consent.google.com/save'>"
            b"Avant d'acc\xc3\xa9der \xc3\xa0 Google : nous utilisons des cookies. "
            b"<button>Tout accepter</button></form>"
        )

    def page_changed(self) -> None:
        self.answer(b"<!doctype html><title>Avis</title><div class='neuf'>Un avis, mais ailleurs.</div>")

    def page_silent(self) -> None:
        """Zero items, and the parser of the tests does not notice by itself."""
        self.answer(b"<!doctype html><div id=silent></div>")

    def page_bug(self) -> None:
        self.answer(b"<!doctype html><article data-id='bug'>Jeanne Dupuis a explos\xc3\xa9</article>")

    def page_declared(self) -> None:
        """`total` announced, `n` given."""
        self.answer(listing(range(int(self.query["n"])), total=int(self.query["total"])))

    def page_slow(self) -> None:
        body = listing(range(3))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.2)

    def page_huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if "chunked" not in self.query:
            self.send_header("Content-Length", str(HUGE))
        else:
            self.close_connection = True
        self.end_headers()
        block = b"<p>encore</p>" * 5000
        for _ in range(HUGE // len(block)):
            self.wfile.write(block)

    def page_bomb(self) -> None:
        bomb = gzip.compress(b"<p>" + bytes(HUGE), 9)
        self.answer(bomb, Content_Encoding="gzip")

    def page_gzip(self) -> None:
        self.answer(gzip.compress(listing(range(10))), Content_Encoding="gzip")

    def page_truncated(self) -> None:
        body = listing(range(3))
        self.close_connection = True
        self.answer(body, Content_Length=str(len(body) + 5000))

    def page_reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def page_charset(self) -> None:
        """UTF-8 bytes that say they are something else."""
        self.answer(listing(range(2)), kind="text/html; charset=iso-8859-1")

    def page_cookie(self) -> None:
        """A cookie that must neither come back nor be kept."""
        more = "/cookie?n=2" if "n" not in self.query else None
        self.answer(
            listing([1 if more else 2], more=more),
            Set_Cookie="session=secret-de-session; Path=/",
            ETag='"v1"',
        )

    def page_conditional(self) -> None:
        if self.headers.get("If-None-Match") == '"v7"':
            self.send_response(304)
            self.send_header("ETag", '"v7"')
            self.end_headers()
        else:
            self.answer(listing(range(4)), ETag='"v7"', Last_Modified="Tue, 03 Feb 2026 10:00:00 GMT")

    def page_script(self) -> None:
        """Articles and requests that only a browser sees and makes; `n` makes each page different."""
        number = int(self.query.get("n", 1))
        last = int(self.query.get("last", 1))
        probe = json.dumps(self.query.get("probe", ""))
        more = f"/script?n={number + 1}&last={last}" if number < last else ""
        self.answer(
            f"""<!doctype html><meta charset=utf-8><title>Avis</title>
            <img src="/image.png?n={number}"><div id=root></div><script>
            const probe = {probe};
            if (probe) {{
              fetch(probe, {{mode: "no-cors"}}).catch(() => 0);
              new WebSocket(probe.replace("http", "ws"));
            }}
            fetch("/data?n={number}").then(r => r.json()).then(data => {{
              const next = {json.dumps(more)} ? `<a rel="next" href="{more}">suite</a>` : "";
              document.getElementById("root").innerHTML = data.html + next;
            }});
            </script>""".encode()
        )

    def page_data(self) -> None:
        number = int(self.query.get("n", 1))
        html = "".join(article(10 * number + i) for i in range(10))
        self.answer(json.dumps({"html": html}).encode(), kind="application/json")

    def page_echo(self) -> None:
        """Says back what it was asked with, as some interfaces do."""
        key = self.query.get("key", "") or self.headers.get("X-Api-Key", "")
        self.answer(listing(range(3), extra=f"<!-- asked with {key} -->"), X_Echo=key)

    def page_token(self) -> None:
        """Give tokens that are numbered; `refuse` answers as Google does for a consent that has ended."""
        held = parse_qs(self.owner.log[-1].body.decode())
        if "refuse" in self.query:
            error = {"error": "invalid_grant", "error_description": f"Expired: {held['refresh_token'][0]}"}
            self.answer(json.dumps(error).encode(), status=400, kind="application/json")
            return
        if "status" in self.query:
            self.answer(b"<title>non</title>", status=int(self.query["status"]))
            return
        self.owner.tokens += 1
        found = {"access_token": f"jeton-{self.owner.tokens}/secret", "expires_in": 3599}
        if "consent" in self.query:
            found["refresh_token_expires_in"] = int(self.query["consent"])
        self.answer(json.dumps(found).encode(), kind="application/json")

    def page_guarded(self) -> None:
        """Numbered pages: from the second on for the token `token` or later; which came is told."""
        number, last = int(self.query.get("n", 1)), int(self.query.get("last", 3))
        given = self.headers.get("Authorization", "")
        needed = int(self.query.get("token", 1)) if number > 1 else 1
        if not (given.startswith("Bearer jeton-") and int(given[13:].partition("/")[0]) >= needed):
            refusal = json.dumps({"error": "expired", "was": given}).encode()
            self.answer(refusal, status=401, kind="application/json")
            return
        suffix = "".join(f"&{name}={value}" for name, value in self.query.items() if name != "n")
        more = f"/guarded?n={number + 1}{suffix}" if number < last else None
        numbers = range(10 * number, 10 * number + 10)
        self.answer(listing(numbers, more=more, extra=f"<!-- {given} -->"))

    def page_post(self) -> None:
        self.answer(listing([5]) if self.command == "POST" and self.owner.log[-1].body else b"")

    def page_unasked(self) -> None:
        """Not modified, or a part, though nobody asked for it on a condition, or for a part."""
        self.send_response(int(self.query["status"]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def page_cut(self) -> None:
        """A page, closed where the connection ends; `at` is the share that is sent, `coding` how."""
        whole = b"<!doctype html><html><body>" + listing(range(10)) + b"</body></html>"
        coding = self.query.get("coding", "")
        coded = {"gzip": gzip.compress, "deflate": zlib.compress}.get(coding, bytes)(whole)
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if coding:
            self.send_header("Content-Encoding", coding)
        self.end_headers()
        self.wfile.write(coded[: int(len(coded) * float(self.query["at"]))])
