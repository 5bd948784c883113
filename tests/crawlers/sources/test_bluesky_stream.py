import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from crawlers.health.past import SourcePast
from crawlers.sources.bluesky_stream.events import reader_of
from crawlers.sources.bluesky_stream.source import SOURCE, BlueskyStreamParams, entity, requests
from ouidire.ids import author_key, mention_id
from ouidire.page import Page
from tests.support.api_site import crawl
from tests.support.event_site import EventSite

TYPE = "network.bsky.jetstream.subscribeEvents"
AT = datetime(2026, 3, 9, 6, tzinfo=UTC)


def commit(number=1, text="Chez Pousse & Cie", at=AT, **more):
    record = {"text": text, "createdAt": at.isoformat(), **more.pop("record", {})}
    payload = {
        "$type": f"{TYPE}#commit",
        "seq": number,
        "time": at.isoformat(),
        "did": "did:plc:a",
        "collection": "app.bsky.feed.post",
        "operation": "create",
        "rkey": f"k{number}",
        "record": record,
    }
    return json.dumps({"$type": "message", "payload": payload | more})


def info(name):
    return json.dumps({"$type": "message", "payload": {"$type": f"{TYPE}#info", "name": name}})


def read(text, *, domains=("pousse.example",), language=None):
    return reader_of(("Pousse & Cie",), domains, language)(text)


def linking(uri):
    return {"facets": [{"features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}]}]}


@pytest.mark.parametrize(
    ("frame", "kept"),
    [
        (commit(), True),
        (commit(text="CHEZ POUSSE & CIE"), True),
        (commit(text="La pousse, et cie"), False),
        (commit(text="Voyez", record=linking("https://www.pousse.example/semis")), True),
        (commit(text="Voyez", record=linking("https://boutique.pousse.example/")), True),
        (commit(text="Voyez", record=linking("https://autrepousse.example/")), False),
        (commit(text="Voyez", record=linking("https://[")), False),
        (commit(text="Voyez", record={"embed": {"external": {"uri": "https://pousse.example"}}}), True),
        (commit(operation="delete"), False),
        (commit(operation="update"), True),
        (commit(collection="app.bsky.feed.like"), False),
    ],
)
def test_only_posts_that_speak_of_us_are_kept(frame, kept):
    event = read(frame)
    assert (event.kept is not None and not event.deletes, event.at) == (kept, AT)


def test_with_a_language_posts_that_state_others_are_left():
    for languages, kept in (
        (["fr-CA"], True),
        (["en", "fr"], True),
        ([], True),
        (None, True),
        (["en"], False),
    ):
        assert (read(commit(record={"langs": languages}), language="fr").kept is not None) is kept


def test_a_post_that_only_links_concerns_the_brand_all_the_same():
    lines = [read(commit(1, "Voyez", record=linking("https://pousse.example/"))).kept, read(commit(2)).kept]
    body = "\n".join([*lines, json.dumps({"$type": "ouidire.tail", "read": 2})])
    found = SOURCE.parse(Page(url="https://j.example/", body=body.encode(), fetched_at=AT, kind="stream"))
    assert [item.concerns_its_source for item in found.items] == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "3",
        '{"$type": "message"}',
        '{"payload": []}',
        '{"payload": {"$type": 3}}',
        "[" * 9_999,
    ]
    + [commit(time=time) for time in (None, 3, "hier", 10**400, True, -1)]
    + [commit(record={"text": None, "facets": [3], "embed": 3, "langs": 3})],
)
def test_frames_of_no_sense_are_passed_over(text):
    event = read(text)
    assert event.error is None
    assert event.missed is False


def test_moments_are_those_of_the_servers_in_any_form():
    for stated in ("2026-03-09T06:00:00Z", "2026-03-09T07:00:00+01:00", int(AT.timestamp() * 1e6)):
        assert read(commit(time=stated)).at == AT
        assert read(commit(time="2020-01-01T00:00:00Z", witnessed_at=stated)).at == AT


def test_a_gap_and_a_refusal_are_told():
    assert read(info("OutdatedCursor")).missed is True
    assert read(info("FutureCursor")).missed is False
    assert (
        "FutureCursor: wait" in read('{"$type": "error", "error": "FutureCursor", "message": "wait"}').error
    )


def test_the_stream_is_asked_for_from_a_moment_on():
    params = BlueskyStreamParams(names=["Pousse & Cie", "POUSSE  &  CIE", "Lapousse"])
    assert entity(params) == "lapousse+pousse & cie"
    (request,) = requests(params)
    assert request.url.startswith("https://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.")
    address = SOURCE.stream(params).address(AT)
    assert address.endswith(
        f"?collections=app.bsky.feed.post&kinds=commit&kinds=account&cursor={int(AT.timestamp())}000000"
    )
    for wrong in ([], ["&"], [" "]):
        with pytest.raises(ValidationError):
            BlueskyStreamParams(names=wrong)


def listened(folder, script, *, silent=False, since=timedelta(minutes=5), past=None, **fetch):
    """A run that listens to a script, and the site that it listened to."""
    with EventSite(script, silent=silent) as site:
        params = {"names": ["Pousse & Cie"], "base_url": site.url}
        now = datetime.now(UTC)
        return crawl("bluesky_stream", params, folder, since=now - since, past=past, **fetch), site


def soon():
    return datetime.now(UTC) + timedelta(minutes=1)


def test_a_run_listens_until_it_has_caught_up_and_goes_on_from_there(tmp_path):
    before = datetime.now(UTC)

    def script(_):
        old = before - timedelta(minutes=2)
        return [commit(1, at=old), commit(2, "Sans nom", at=old), "no JSON", commit(3, "Sans nom", at=soon())]

    done, site = listened(tmp_path / "run", script, silent=True)
    assert (done.summary.status, [item.native_id[-2:] for item in done.items]) == ("ok", ["k1"])
    assert before <= done.summary.cursor <= datetime.now(UTC), "the next run begins where this one began"
    assert site.protocols == ["xrpc.v1.json"]
    assert int(site.asked[0]["cursor"]) < before.timestamp() * 1e6
    assert b"Sans nom" not in b"".join(page.body for page in done.pages), "what concerns nobody is not stored"


def test_a_run_in_which_nobody_is_named_is_empty_and_moves_on(tmp_path):
    done, _ = listened(tmp_path / "run", lambda _: [commit(1, "Sans nom", at=soon())])
    assert (done.summary.status, done.items) == ("empty", [])
    assert done.summary.cursor is not None


def test_a_connection_that_breaks_off_is_made_again_where_it_was(tmp_path):
    old = datetime.now(UTC) - timedelta(minutes=2)

    def script(request):
        return (
            [commit(1, at=old)]
            if len(site_asked(request)) == 1
            else [commit(2, at=old), commit(3, at=soon())]
        )

    calls = []

    def site_asked(request):
        calls.append(request.query["cursor"])
        return calls

    done, site = listened(tmp_path / "run", script)
    assert [item.native_id[-2:] for item in done.items] == ["k1", "k2", "k3"]
    assert site.asked[1]["cursor"] == str(int(old.timestamp() * 1_000_000))
    assert done.summary.status == "ok"


def test_posts_that_are_deleted_are_withdrawn_and_deletions_of_others_not_stored(tmp_path):
    old = datetime.now(UTC) - timedelta(minutes=2)
    script = [
        commit(1, at=old),
        commit(2, at=old),
        commit(1, at=old, operation="delete", record={}),
        commit(8, at=old, operation="delete", record={}),
        commit(9, at=old, operation="delete", record={}),
        commit(3, "Sans nom", at=soon()),
    ]
    key = "bluesky_stream:pousse & cie"

    def name(number):
        return mention_id(key, f"at://did:plc:a/app.bsky.feed.post/k{number}")

    past = SourcePast(runs=1, known=(name(8)[:16],))
    done, _ = listened(tmp_path / "run", lambda _: script, past=past)
    assert set(done.summary.withdrawn) == {name(1), name(8)}
    assert b"k9" not in b"".join(page.body for page in done.pages)


def account(did="did:plc:a", *, at=AT, active=False, status="deleted", nested=False):
    said = {"did": did, "active": active, "status": status}
    payload = {"$type": f"{TYPE}#account", "seq": 9, "time": at.isoformat()}
    return json.dumps({"payload": {**payload, **({"did": did, "account": said} if nested else said)}})


@pytest.mark.parametrize(
    ("stated", "departs"),
    [
        ({}, True),
        ({"nested": True}, True),
        ({"status": "takendown"}, True),
        ({"status": "deactivated"}, False),
        ({"status": "suspended"}, False),
        ({"active": True, "status": None}, False),
        ({"active": True, "status": "deleted"}, False),
        ({"status": {"of": "another form"}}, False),
    ],
)
def test_an_account_that_is_gone_is_told_from_one_at_rest(stated, departs):
    event = read(account(**stated))
    assert (event.author, event.departs, event.kept, event.at) == ("did:plc:a", departs, None, AT)


def test_the_posts_of_an_account_that_is_gone_are_withdrawn(tmp_path):
    old = datetime.now(UTC) - timedelta(minutes=2)
    key, secret = "bluesky_stream:pousse & cie", bytes.fromhex("00" * 32)

    def hashed(did):
        return author_key(secret, key, did)

    script = [
        commit(1, at=old),
        commit(2, at=old, did="did:plc:b"),
        account("did:plc:a", at=old),
        account("did:plc:known", at=old),
        account("did:plc:nobody", at=old),
        account("did:plc:b", at=old, status="deactivated"),
        commit(3, "Sans nom", at=soon()),
    ]
    past = SourcePast(runs=1, authors=(hashed("did:plc:known")[:16],))
    done, _ = listened(tmp_path / "run", lambda _: script, past=past)
    assert [item.native_id[-2:] for item in done.items] == ["k2"]
    assert set(done.summary.departed) == {hashed("did:plc:a"), hashed("did:plc:known")}
    kept = b"".join(page.body for page in done.pages)
    assert not any(did in kept for did in (b"did:plc:a", b"did:plc:known", b"did:plc:nobody"))


def test_events_that_the_stream_no_longer_holds_are_a_gap(tmp_path):
    done, _ = listened(tmp_path / "run", lambda _: [info("OutdatedCursor"), commit(1, at=soon())])
    assert (done.summary.status, done.summary.mentions) == ("degraded", 1)
    assert "no longer holds" in done.summary.reason


@pytest.mark.parametrize(
    ("script", "status", "words"),
    [
        (403, "blocked", "HTTP 403"),
        (503, "failed", "HTTP 503"),
        ([], "failed", "broke off"),
        (
            [json.dumps({"$type": "error", "error": "FutureCursor", "message": "x"})],
            "blocked",
            "FutureCursor",
        ),
    ],
)
def test_what_is_no_stream_is_never_empty(tmp_path, script, status, words):
    done, _ = listened(tmp_path / "run", lambda _: script, retries=1)
    assert done.summary.status == status
    assert words in done.summary.reason
    assert done.summary.cursor is None


def test_silence_is_no_emptiness(tmp_path):
    done, _ = listened(tmp_path / "run", lambda _: [], silent=True, timeout=0.2, retries=0)
    assert done.summary.status == "failed"
    assert "nothing came within fetch.timeout" in done.summary.reason


def test_private_addresses_are_refused(tmp_path):
    with EventSite(lambda _: [commit(1, at=soon())]) as site:
        params = {"names": ["Pousse"], "base_url": site.url}
        done = crawl("bluesky_stream", params, tmp_path / "run", allow_hosts=())
    assert (done.summary.status, site.asked) == ("failed", [])


def test_a_run_that_lasts_too_long_keeps_what_it_has_and_goes_on_next_time(tmp_path):
    old = datetime.now(UTC) - timedelta(minutes=2)
    done, _ = listened(tmp_path / "run", lambda _: [commit(1, at=old)], silent=True, max_minutes=0.02)
    assert (done.summary.status, done.summary.mentions) == ("ok", 1)
    assert done.summary.cursor == old
