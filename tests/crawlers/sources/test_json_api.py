"""Tests of json_api: mapping, paging of every kind, errors that are not emptiness, a crawl by the engine."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from crawlers.job import CrawlJob
from crawlers.sources.json_api.source import SOURCE
from crawlers.spawn import run_job
from ouidire.errors import Blocked, LayoutChanged, RateLimited, SourceError
from ouidire.harvest.store import Harvest
from ouidire.page import Page
from ouidire.settings.fetch import FetchSettings
from tests.support.api_site import Answer, ApiSite, crawl

AT = datetime(2026, 3, 9, 5, tzinfo=UTC)
URL = "https://api.example/v1/avis?boutique=12"
BASE = {
    "url": URL,
    "records": "data",
    "fields": {"id": "id", "rating": "stars", "text": "content", "date": "created", "author": "user.name"},
    "scale": 5,
}


def record(number, **more):
    return {
        "id": number,
        "stars": 4,
        "content": f"avis {number}",
        "created": "2026-02-03T10:00:00Z",
        "user": {"name": "Ana"},
        **more,
    }


def params(**more):
    return SOURCE.params.model_validate({**BASE, **more})


def first(wanted, since=None):
    (request,) = SOURCE.first_requests(wanted, since=since)
    return request


def answered(request, body, *, status=200, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    page = Page(
        url=request.url, body=raw, fetched_at=AT, status=status, context=request.context, headers=headers
    )
    return SOURCE.parse(page)


def read(body, *, status=200, since=None, **more):
    return answered(first(params(**more), since), body, status=status)


def walk(answers, **more):
    """Every request of a listing whose pages answer so, with what it sent."""
    request, sent = first(params(**more)), []
    for body in answers:
        sent.append((request.url.removeprefix("https://api.example"), request.body))
        parsed = answered(request, body)
        if not parsed.follow:
            break
        (request,) = parsed.follow
    return sent


def test_pages_are_counted_until_one_is_short():
    paging = {"kind": "page", "parameter": "p", "size": 2, "size_parameter": "n"}
    sent = walk([{"data": [record(1), record(2)]}, {"data": [record(3)]}, {}], paging=paging)
    assert [url for url, _ in sent] == ["/v1/avis?boutique=12&n=2&p=1", "/v1/avis?boutique=12&n=2&p=2"]


def test_offsets_go_on_until_nothing_is_answered():
    full = {"data": [record(1), record(2)]}
    sent = walk([full, full, {"data": []}, full], paging={"kind": "offset", "parameter": "o"})
    assert [url[-3:] for url, _ in sent] == ["o=0", "o=2", "o=4"]


@pytest.mark.parametrize("kind", ["token", "cursor"])
def test_tokens_of_the_answer_are_sent_back_escaped(kind):
    answers = [{"data": [record(1)], "next": "a=b&c"}, {"data": [record(2)], "next": None}, {}]
    sent = walk(answers, paging={"kind": kind, "parameter": "c", "next": "next"})
    assert [url for url, _ in sent] == ["/v1/avis?boutique=12", "/v1/avis?boutique=12&c=a%3Db%26c"]


def test_a_token_in_the_body_of_a_post():
    answers = [{"data": [record(1)], "next": "x"}, {"data": [record(2)]}]
    paging = {"kind": "token", "parameter": "t", "place": "body", "next": "next"}
    sent = walk(answers, method="POST", body={"q": 1}, paging=paging)
    assert [json.loads(body) for _, body in sent] == [{"q": 1}, {"q": 1, "t": "x"}]


def test_older_than_the_last_and_more():
    paging = {"kind": "older_than", "parameter": "max_id", "next": "data[-1].id", "more": "has_more"}
    sent = walk([{"data": [record(9)], "has_more": True}, {"data": [record(8)], "has_more": False}, {}],
                paging=paging)  # fmt: skip
    assert [url[-9:] for url, _ in sent] == ["utique=12", "&max_id=9"]


def test_links_are_followed_on_the_same_host_alone_with_the_key():
    wanted = params(paging={"kind": "link"}, query={"cle": "secret:API_KEY"})
    request = first(wanted)
    assert request.url.endswith("&cle={secret:API_KEY}")
    near = answered(request, {"data": [record(1)]}, link='<https://api.example/v1/avis?p=2>; rel="next"')
    assert near.follow[0].url == "https://api.example/v1/avis?p=2&cle={secret:API_KEY}"
    far = answered(request, {"data": [record(1)]}, link='<https://voleur.example/v1?p=2>; rel="next"')
    assert (len(far.items), far.follow) == (1, ())
    assert (far.rejected[0].reason, "another host" in far.rejected[0].detail) == ("bad_url", True)


def test_a_repeated_token_makes_the_same_request_which_the_engine_ends():
    wanted = params(paging={"kind": "cursor", "parameter": "c", "next": "next"})
    (second,) = answered(first(wanted), {"data": [record(1)], "next": "x"}).follow
    (third,) = answered(second, {"data": [record(2)], "next": "x"}).follow
    assert third == second


def test_a_listing_that_shows_the_same_for_ever_is_left(tmp_path):
    """Each page has a token of its own, and the very same records."""

    def respond(asked):
        token = int(asked.query.get("after", "0"))
        return Answer({"data": [record(1), record(2)], "next": str(token + 1)})

    with ApiSite(respond) as site:
        paging = {"kind": "token", "parameter": "after", "next": "next"}
        run = crawl("json_api", {**BASE, "url": f"{site.url}/avis", "paging": paging}, tmp_path / "run")
        pages = [each for each in site.asked if each.path == "/avis"]
    assert (run.summary.status, run.summary.items, run.summary.complete) == ("degraded", 2, False)
    assert "led back to what was read already" in run.summary.reason
    assert len(pages) == 3


def test_what_is_newer_is_asked_for():
    since = datetime(2026, 3, 1, tzinfo=UTC)
    forms = {"iso": "2026-03-01T00%3A00%3A00Z", "date": "2026-03-01", "seconds": "1772323200"}
    for form, written in forms.items():
        assert first(params(since_parameter="depuis", since_format=form), since).url.endswith(written)
    assert "depuis" not in first(params(since_parameter="depuis")).url


@pytest.mark.parametrize(
    ("body", "status", "error", "words"),
    [
        ({"error": {"code": 401, "message": "bad key"}}, 200, Blocked, "bad key"),
        ({"message": "slow down"}, 429, RateLimited, "slow down"),
        ({"errors": [{"status": "500", "detail": "boom"}]}, 200, SourceError, "boom"),
        ({"statut": "maintenance"}, 200, LayoutChanged, "'data'"),
        ({"data": None}, 200, LayoutChanged, "'data'"),
        ({"data": {"a": 1}}, 200, LayoutChanged, "a list of records"),
        ({"data": [{"autre": 1}]}, 200, LayoutChanged, "any value in 1 records"),
        (b"<html><body>Connexion</body></html>", 200, LayoutChanged, "a known layout"),
        (b'{"data": [', 200, LayoutChanged, "JSON"),
        (b"[" * 60_000, 200, LayoutChanged, "JSON"),
    ],
)
def test_emptiness_is_never_read_out_of_an_error(body, status, error, words):
    with pytest.raises(error, match=words):
        read(body, status=status)


def test_an_error_with_the_status_200_is_told_by_its_expression():
    with pytest.raises(SourceError, match="quota épuisé"):
        read({"etat": "ko", "texte": "quota épuisé"}, error_when="etat != 'ok' && texte")


def test_an_empty_list_or_what_is_configured_says_that_there_is_nothing():
    assert read({"data": []}).says_empty
    assert read({"total": 0}, empty_when="total == `0`").says_empty
    assert not read({"data": [], "total": 3}, empty_when="total == `0`").says_empty


def test_only_a_complete_listing_can_withdraw():
    assert read({"data": [record(1)]}).last_page is False
    assert read({"data": [record(1)]}, complete=True).last_page is True


def test_names_leave_others_out():
    body = {"data": [record(1, content="Chez Pousse & Cie"), record(2, content="Ailleurs")]}
    assert [item.native_id for item in read(body, must_name=["Pousse & Cie"]).items] == ["1"]
    assert read({"data": [record(2)]}, must_name=["Pousse & Cie"]).says_empty


def test_ndjson_and_fields_found_by_name():
    lines = b'{"id": "a1", "stars": 5, "content": "Bien"}\n{"id": "a2", "stars": 2, "content": "Bof"}\n'
    items = read(lines, records=None, fields={}).items
    assert [(item.native_id, item.rating.value, item.text) for item in items] == [
        ("a1", 5, "Bien"),
        ("a2", 2, "Bof"),
    ]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"records": "data[" * 3}, "no JMESPath"), ({"records": "(" * 5_000}, "500 characters"),
        ({"records": "(" * 499}, "JMESPath|nested"), ({"scale": None}, "scale"),
        ({"fields": {"rating": "a["}}, "rating"),
        ({"headers": {"X-Api-Key": "abc123"}}, "secret:NAME"), ({"paging": {"kind": "page"}}, "parameter"),
        ({"paging": {"kind": "cursor", "parameter": "c"}}, "next"), ({"body": {"a": 1}}, "POST"),
        ({"timezone": "Paris"}, "Europe/Paris"), ({"url": "ftp://x"}, "pattern"),
        ({"token": {"url": "https://t.example", "grant": "password", "client_id_env": "A",
                    "client_secret_env": "B"}}, "user_env"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_named(wrong, words):
    with pytest.raises(ValidationError, match=words):
        SOURCE.params.model_validate({**BASE, **wrong})


def test_tokens_are_the_engines():
    token = {"url": "https://t.example/o", "client_id_env": "ID", "client_secret_env": "SECRET",
             "more": {"audience": "avis"}}  # fmt: skip
    wanted = params(token=token)
    assert first(wanted).headers["Authorization"] == "token:Bearer"
    call = SOURCE.grant(wanted)
    assert (call.fields, call.basic) == (
        {"grant_type": "client_credentials", "audience": "avis"},
        ("secret:ID", "secret:SECRET"),
    )


def test_the_name_of_what_is_read_holds_no_secret():
    assert (
        SOURCE.entity(params(query={"cle": "secret:K", "tri": "date"}))
        == "api.example/v1/avis?boutique=12&tri=date"
    )
    assert SOURCE.entity(params(name="avis de Lyon")) == "avis de Lyon"


class Endpoint(BaseHTTPRequestHandler):
    """Five reviews, two a page, for whoever has the key."""

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        known = self.headers.get("Authorization") == "Bearer cle-du-jardin"
        if urlsplit(self.path).path == "/robots.txt":
            return self.answer(404, b"")
        if not known:
            return self.answer(401, b'{"error": "cle inconnue"}')
        start = int(query.get("c", ["0"])[0])
        shown = [record(number) for number in range(start, min(start + 2, 5))]
        following = str(start + 2) if start + 2 < 5 else None
        return self.answer(
            200, json.dumps({"data": shown, "next": following, "key": "cle-du-jardin"}).encode()
        )

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/avis"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("key", "status", "items"), [("cle-du-jardin", "ok", 5), ("autre", "blocked", 0)])
def test_a_whole_run_by_the_engine(endpoint, tmp_path, monkeypatch, key, status, items):
    monkeypatch.setenv("JARDIN_KEY", key)
    wanted = {
        **BASE,
        "url": endpoint,
        "headers": {"Authorization": "Bearer secret:JARDIN_KEY"},
        "paging": {"kind": "cursor", "parameter": "c", "next": "next"},
    }
    job = CrawlJob(
        run_id="r",
        slug="json_api",
        source_key="json_api:jardin",
        entity="jardin",
        params=wanted,
        folder=str(tmp_path / "run"),
        now=AT,
        author_secret="00" * 32,
        fetch=FetchSettings(delay=0, retries=0, timeout=5, allow_hosts=("127.0.0.1",)),
    )
    manifest = run_job(job, on_log=lambda _: None)
    assert (manifest.summary.status, manifest.summary.items) == (status, items)
    if items:
        kept = "".join(page.text + page.url for _, page in Harvest(tmp_path / "run").pages())
        assert "cle-du-jardin" not in kept
        assert "{secret:JARDIN_KEY}" in kept


def test_a_failure_in_words_is_no_silence_unless_it_is_configured_as_one():
    body = {"success": False, "msg": "nothing", "data": []}
    with pytest.raises(SourceError, match="nothing"):
        read(body)
    assert read(body, empty_when="success == `false`").says_empty
    with pytest.raises(SourceError, match="bad key"):
        read({**body, "error": "bad key"}, empty_when="success == `false`")


def test_a_date_that_finds_nothing_in_any_record_is_told():
    fields = {**BASE["fields"], "date": "created_at"}
    with pytest.raises(LayoutChanged, match="created_at"):
        read({"data": [record(1), record(2)]}, fields=fields)
    assert len(read({"data": [record(1), record(2, created_at="2026-02-03")]}, fields=fields).items) == 2


def test_addresses_are_kept_in_no_page_and_hashed_where_authors_are_known_by_them():
    body = json.dumps({"data": [record(1, mail="ana@a.example"), record(2, content="à moi@b.example ?")]})
    for author, known in (("user.name", False), ("mail", True)):
        request = first(params(fields={**BASE["fields"], "author": author}))
        page = Page(url=request.url, body=body.encode(), fetched_at=AT, context=request.context)
        page = SOURCE.pseudonymised(page, lambda address: f"~{len(address)}")
        assert b"ana@a.example" not in SOURCE.minimised(page).body
        assert (SOURCE.parse(SOURCE.minimised(page)).items[0].author == "~13") is known
        assert b"moi@b.example" in SOURCE.minimised(page).body
        assert len(SOURCE.parse(SOURCE.minimised(page)).items) == 2
