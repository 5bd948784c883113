"""What its author deletes at a service leaves the index and every harvest, by the real chain."""

from datetime import UTC, datetime, timedelta

import pytest

from ouidire.index import Query
from ouidire.settings.configuration import settings_from
from ouidire.state.runs import cursor_of
from service.pipeline.collect.known_again import drop_unasked, unasked_problems
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation
from service.pipeline.run_due import run_due
from tests.support.api_site import Answer, ApiSite

START = datetime(2026, 3, 9, 6, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WORDS = {name: f"Pousse et Compagnie {name} dont je garde un souvenir très précis" for name in "abcdef"}


class Reddit(ApiSite):
    """A search that shows what was written today only, and what is known by its ids."""

    def __init__(self):
        super().__init__(self.reply)
        self.posts = {name: {} for name in WORDS}
        self.found, self.info, self.down = set(WORDS), None, None

    def reply(self, asked):
        if asked.path == "/token":
            return Answer({"access_token": "jeton-de-passage", "expires_in": 86_400, "token_type": "bearer"})
        if asked.path == "/api/info":
            wanted = [each.removeprefix("t3_") for each in asked.query["id"].split(",")]
            return Answer(listing(self.posts, wanted) if self.info is None else self.info)
        return Answer(listing(self.posts, sorted(self.found)) if self.down is None else self.down)


def listing(posts, names):
    rows = [
        {
            "kind": "t3",
            "data": {
                "name": f"t3_{name}",
                "id": name,
                "title": "Une jardinerie",
                "selftext": WORDS.get(name, ""),
                "author": f"auteur-{name}",
                "created_utc": START.timestamp() - 3_600,
                "permalink": f"/r/jardin/comments/{name}/x/",
                "subreddit": "jardin",
                "edited": False,
                **posts[name],
            },
        }
        for name in names
        if name in posts
    ]
    return {"kind": "Listing", "data": {"after": None, "children": rows}}


@pytest.fixture
def reddit(monkeypatch):
    monkeypatch.setenv("REDDIT_ID", "nom-de-client")
    monkeypatch.setenv("REDDIT_SECRET", "mot-de-client")
    with Reddit() as site:
        yield site


def at(folder, site, moment, every="1w"):
    data = {
        "brand": [{"slug": "pousse", "name": "Pousse et Compagnie"}],
        "source": [
            {
                "source": "reddit",
                "brands": ["pousse"],
                "every": every,
                "params": {
                    "query": "pousse",
                    "comments": False,
                    "client_id_env": "REDDIT_ID",
                    "client_secret_env": "REDDIT_SECRET",
                    "accept_legal_note": True,
                    "base_url": site.url,
                    "token_url": f"{site.url}/token",
                },
            }
        ],
        "fetch": {"delay": 0, "retries": 0, "allow_hosts": ["127.0.0.1"]},
    }
    return Installation(settings_from(data, base=folder), now=moment)


def one_pass(folder, site, moment):
    """Do all that is due at a moment; return the runs, the mentions, the kept items and all kept bytes."""
    house = at(folder, site, moment)
    done = run_due(house)
    rows = house.index.scan(Query(kind="mention"), ["id"])
    found = [house.index.get("mention", row["id"]) for row in rows]
    kept = [(harvest, each.item) for harvest in house.harvests.sealed() for each in harvest.items()]
    pages = b"".join(page.body for harvest, _ in kept for _, page in harvest.pages())
    house.close()
    return done, {each.native_id: each for each in found}, [item for _, item in kept], pages


def test_what_is_deleted_there_leaves_everything_here(reddit, tmp_path):
    done, before, _, _ = one_pass(tmp_path, reddit, START)
    assert ([run.status for run in done.runs], len(before)) == (["ok"], 6)
    reddit.found = {"f"}
    reddit.posts["a"] = {"selftext": "[deleted]", "author": "[deleted]"}
    reddit.posts["b"] = {"removed_by_category": "moderator"}
    del reddit.posts["c"]
    reddit.posts["d"] = {"selftext": "Pousse, tout bien pesé : à éviter", "edited": START.timestamp() + 60}
    reddit.posts["e"] = {"author": "[deleted]"}
    done, after, items, pages = one_pass(tmp_path, reddit, START + DAY)
    assert [run.status for run in done.runs] == ["ok"]
    assert sorted(after) == ["t3_d", "t3_e", "t3_f"]
    assert {each.presence for each in after.values()} == {"present"}
    assert after["t3_d"].text == "Pousse, tout bien pesé : à éviter"
    assert (after["t3_e"].author_key, before["t3_e"].author_key is None) == (None, False)
    assert {item.native_id for item in items} == {"t3_d", "t3_e", "t3_f"}
    assert {item.author_key for item in items if item.native_id == "t3_e"} == {None}
    for name in "abce":
        assert WORDS[name].encode() not in pages
    again, same, _, _ = one_pass(tmp_path, reddit, START + 2 * DAY)
    assert [run.status for run in again.runs] == ["ok"]
    assert {name: each.revision for name, each in same.items()} == {
        name: each.revision for name, each in after.items()
    }


def test_known_mentions_are_no_part_of_what_a_run_finds(reddit, tmp_path):
    one_pass(tmp_path, reddit, START)
    reddit.found = set()
    done, found, _, _ = one_pass(tmp_path, reddit, START + DAY)
    assert [(run.status, run.summary.items) for run in done.runs] == [("empty", 0)]
    assert {each.presence for each in found.values()} == {"present"}


def test_an_answer_without_any_of_many_is_not_believed(reddit, tmp_path):
    reddit.posts = {f"p{number}": {"selftext": f"Pousse et Compagnie {number}"} for number in range(12)}
    reddit.found = set(reddit.posts)
    one_pass(tmp_path, reddit, START)
    reddit.found, reddit.info = set(), listing({}, [])
    done, found, _, _ = one_pass(tmp_path, reddit, START + DAY)
    assert [run.status for run in done.runs] == ["degraded"]
    assert len(found) == 12


def test_what_cannot_be_asked_for_is_said_and_removed_in_the_end(reddit, tmp_path):
    one_pass(tmp_path, reddit, START)
    house = at(tmp_path, reddit, START + 3 * DAY)
    (line,) = unasked_problems(house)
    assert "6 known mentions were not asked for again for 48 hours" in line
    assert drop_unasked(house).mentions == 0, "nobody has tried since: the service was off"
    house.close()
    reddit.info = reddit.down = {"message": "Internal Server Error", "error": 500}
    done, found, _, _ = one_pass(tmp_path, reddit, START + DAY)
    assert (done.runs[0].status in {"ok", "empty"}, len(found)) == (False, 6)
    done, found, items, _ = one_pass(tmp_path, reddit, START + 2 * DAY + HOUR)
    assert (done.runs[0].status in {"ok", "empty"}, found, items) == (False, {}, [])
    house = at(tmp_path, reddit, START + 2 * DAY + 2 * HOUR)
    assert (unasked_problems(house), drop_unasked(house).mentions) == ([], 0)
    with house.state.read() as connection:
        assert cursor_of(connection, "reddit:pousse").at is None, "the next run looks far back"
    house.close()
    reddit.info = reddit.down = None
    done, found, _, _ = one_pass(tmp_path, reddit, START + 3 * DAY + HOUR)
    assert (done.runs[0].status, len(found)) == ("ok", 6), "what is still there is read again"


@pytest.mark.parametrize(("every", "hours"), [("1w", 24), ("6h", 6), ("1d", 24)])
def test_a_source_is_due_in_time_for_its_terms(reddit, tmp_path, every, hours):
    house = at(tmp_path, reddit, START, every=every)
    (wanted,) = configured_sources(house.settings)
    assert wanted.timetable("Europe/Paris").after(START) == START + timedelta(hours=hours)
    house.close()


def test_what_is_deleted_at_bluesky_leaves_everything_here(tmp_path, monkeypatch):
    monkeypatch.setenv("BSKY_PASSWORD", "mot-de-passe-d-application")
    uris = [f"at://did:plc:{name}/app.bsky.feed.post/k{name}" for name in "abc"]
    posts = {
        uri: {
            "uri": uri,
            "author": {"did": uri.split("/")[2], "handle": f"auteur{uri[-1]}.example"},
            "record": {"text": WORDS[uri[-1]], "createdAt": (START - DAY).isoformat(), "langs": ["fr"]},
            "indexedAt": (START - DAY).isoformat(),
        }
        for uri in uris
    }
    found = set(uris)

    def reply(asked):
        if asked.path.endswith("createSession"):
            return Answer({"accessJwt": "jeton-d-acces", "refreshJwt": "r", "did": "did:plc:nous"})
        known = asked.path.endswith("getPosts")
        return Answer({"posts": [posts[uri] for uri in (uris if known else sorted(found)) if uri in posts]})

    params = {"query": "pousse", "identifier": "nous.example", "password_env": "BSKY_PASSWORD"}
    with ApiSite(reply) as site:
        source = {"source": "bluesky", "brands": ["pousse"], "every": "1w"}
        source["params"] = {**params, "base_url": site.url}
        data = {"brand": [{"slug": "pousse", "name": "Pousse et Compagnie"}], "source": [source]}
        data["fetch"] = {"delay": 0, "retries": 0, "allow_hosts": ["127.0.0.1"]}
        for moment in (START, START + 4 * DAY):
            house = Installation(settings_from(data, base=tmp_path), now=moment)
            (run,) = run_due(house).runs
            rows = house.index.scan(Query(kind="mention"), ["native_id"])
            seen = {row["native_id"] for row in rows}
            kept = {each.item.native_id for harvest in house.harvests.sealed() for each in harvest.items()}
            pages = b"".join(page.body for harvest in house.harvests.sealed() for _, page in harvest.pages())
            house.close()
            if moment == START:
                assert (run.status, seen) == ("ok", set(uris))
                found = {uris[2]}
                del posts[uris[0]]
    assert (run.status, seen, kept) == ("ok", set(uris[1:]), set(uris[1:]))
    assert WORDS["a"].encode() not in pages
