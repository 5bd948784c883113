"""Replies by platforms' APIs: previewed, sent once, in doubt where nobody knows, over no other reply."""

import os
import threading
from datetime import timedelta

import pytest

from crawlers.engine.access.replies import ReplySender
from ouidire.documents import MentionDocument
from ouidire.errors import ConfigError, UsageError
from ouidire.settings.configuration import settings_from
from ouidire.state.items import ItemRecord, save_items
from ouidire.state.people.answer_tasks import load_tasks
from ouidire.state.people.audit import list_audit
from ouidire.state.people.decisions import forget_decisions
from ouidire.state.people.replies import load_replies
from service.pipeline.configured_sources import configured_sources
from service.pipeline.installation import Installation
from service.pipeline.people import replying
from service.pipeline.people.replying import (
    look_for_reply,
    preview_reply,
    replies_in_doubt,
    send_reply,
    settle_reply,
)
from tests.service.serve.conftest import NOW
from tests.support import index_corpus
from tests.support.api_site import Answer
from tests.support.reply_site import NATIVE_IDS, ReplySite, environment, sources

THANKS = "Bonjour Maud,\nnous sommes désolés. — L'équipe"
SLUGS = tuple(NATIVE_IDS)


def configuration(site, **more):
    return {
        "brand": [{"slug": "pousse", "name": "Pousse & Compagnie"}],
        "source": sources(site),
        "fetch": {"allow_hosts": ["127.0.0.1"]},
        **more,
    }


def document(slug, key) -> MentionDocument:
    """A poor review that the source of the configuration read."""
    return index_corpus.mention(95_000 + SLUGS.index(slug)).model_copy(
        update={
            "id": slug,
            "mention_kind": "review",
            "brands": ("pousse",),
            "duplicate_of": None,
            "source": slug,
            "source_key": key,
            "native_id": NATIVE_IDS[slug],
            "presence": "present",
            "stars": 1.0,
            "answered": False,
            "reply": None,
            "answer_state": None,
            "period_at": NOW - timedelta(days=2),
        }
    )


def known(slug, key):
    common = {"content": "x", "first_seen_at": NOW, "last_seen_at": NOW}
    runs = dict.fromkeys(("first_run", "changed_run", "last_run", "content_run", "revision"), 1)
    return ItemRecord(id=slug, source=slug, source_key=key, presence="present", **common, **runs)


@pytest.fixture
def site(monkeypatch):
    with ReplySite() as made:
        for name, value in environment(made).items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def house(site, tmp_path):
    made = Installation(settings_from(configuration(site), base=tmp_path), now=NOW)
    made.index.ensure()
    keys = {each.source.slug: each.key for each in configured_sources(made.settings)}
    made.index.upsert([document(slug, keys[slug]) for slug in SLUGS])
    with made.state.begin() as connection:
        save_items(connection, [known(slug, keys[slug]) for slug in SLUGS])
    yield made
    made.close()


def ledger(house, slug):
    with house.state.read() as connection:
        return load_replies(connection, [slug]).get(slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_reply_is_given_once_and_the_review_is_answered(house, site, slug):
    shown = preview_reply(house, slug, f"  {THANKS}\r\n")
    assert (shown.text, shown.length > 0, site.given) == (THANKS, True, [])
    done = send_reply(house, slug, THANKS, by="lea")
    assert (done.outcome, site.given) == ("sent", [(NATIVE_IDS[slug], THANKS)])
    with pytest.raises(UsageError, match="was sent by lea; change it on the platform"):
        send_reply(house, slug, "Autre chose", by="noe")
    assert len(site.given) == 1
    assert (ledger(house, slug).status, ledger(house, slug).text) == ("sent", THANKS)
    with house.state.read() as connection:
        assert load_tasks(connection, [slug])[slug].state == "answered"
        (entry,) = list_audit(connection)
    assert (entry.action, entry.by, entry.subject) == ("reply", "lea", slug)
    assert "désolés" not in entry.detail


@pytest.mark.parametrize("slug", SLUGS)
def test_a_colleagues_reply_is_never_replaced(house, site, slug):
    site.replies[NATIVE_IDS[slug]] = "Merci, Paul du magasin"
    done = send_reply(house, slug, THANKS, by="lea")
    assert (done.outcome, site.given) == ("refused", [])
    assert "shows a reply to this review already" in done.reason
    assert site.replies[NATIVE_IDS[slug]] == "Merci, Paul du magasin"


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "answer",
    [
        Answer("<html>Une page de connexion</html>"),
        Answer("<html>502</html>", 502),
        Answer({"odd": [1]}, 500),
        Answer("", 303, {"location": "http://elsewhere.example/"}),
        Answer({"error": "timeout"}, 408),
    ],
)
def test_what_no_answer_confirms_stays_in_doubt_and_is_never_sent_again(house, site, slug, answer):
    site.instead = lambda _: answer
    assert send_reply(house, slug, THANKS, by="lea").outcome == "in_doubt"
    site.instead = None
    with pytest.raises(UsageError, match="may have been sent by lea, and is not sent again"):
        send_reply(house, slug, THANKS, by="lea")
    assert site.given == []
    assert [each.mention_id for each in replies_in_doubt(house)] == [slug]
    assert look_for_reply(house, slug, by="lea").outcome == "in_doubt"  # not shown so far
    site.replies[NATIVE_IDS[slug]] = THANKS
    assert look_for_reply(house, slug, by="lea").outcome == "found"
    assert (ledger(house, slug).status, replies_in_doubt(house)) == ("sent", [])


def test_what_was_taken_without_a_word_is_found_on_the_platform(house, site):
    site.instead, site.keeps = (lambda _: Answer("oups", 500)), True
    assert send_reply(house, "play_owner", THANKS, by="lea").outcome == "found"
    assert ledger(house, "play_owner").status == "sent"


def test_a_person_settles_a_doubt_and_what_is_not_there_may_be_sent_again(house, site):
    site.instead = lambda _: Answer("oups", 500)
    send_reply(house, "play_owner", THANKS, by="lea")
    site.instead = None
    settle_reply(house, "play_owner", sent=False, by="lea")
    assert send_reply(house, "play_owner", THANKS, by="lea").outcome == "sent"
    assert len(site.given) == 1
    with pytest.raises(UsageError, match="no reply to play_owner is in doubt"):
        settle_reply(house, "play_owner", sent=True, by="lea")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            Answer({"error": {"message": "The caller does not have permission"}}, 403),
            "does not have permission",
        ),
        (
            Answer({"errors": [{"detail": "Review was deleted", "title": "Not found"}]}, 404),
            "Review was deleted",
        ),
        (Answer({"message": "Too many"}, 429), "Too many"),
        (Answer("<h1>Bad</h1>", 400), "HTTP 400"),
    ],
)
def test_a_refusal_is_said_in_the_platforms_words_and_may_be_tried_again(house, site, answer, words):
    site.instead = lambda _: answer
    done = send_reply(house, "google_business", THANKS, by="lea")
    assert done.outcome == "refused"
    assert words in done.reason
    site.instead = None
    assert send_reply(house, "google_business", THANKS, by="lea").outcome == "sent"
    assert len(site.given) == 1


def test_a_token_that_is_refused_is_renewed_once_and_is_said_nowhere(house, site):
    site.unauthorised = 1
    assert send_reply(house, "google_business", THANKS, by="lea").outcome == "sent"
    assert site.tokens == 2
    site.unauthorised = 9
    done = send_reply(house, "trustpilot_api", THANKS, by="lea")
    assert (done.outcome, len(site.given)) == ("refused", 1)
    site.unauthorised = 0
    site.instead = lambda asked: Answer({"message": f"bad {asked.headers['authorization']}"}, 403)
    done = send_reply(house, "play_owner", THANKS, by="lea")
    assert "jeton-" not in done.reason
    assert "{secret:access_token}" in done.reason


def test_a_review_that_the_platform_does_not_show_is_not_answered(house, site):
    for answer in (
        Answer("<html>"),
        Answer({"odd": 1}),
        Answer({"error": {"message": "gone"}}, 404),
        Answer("", 500),
    ):
        site.look_instead = answer
        done = send_reply(house, "google_business", THANKS, by="lea")
        assert (done.outcome, "nothing was sent" in done.reason) == ("refused", True)
    assert site.given == []


@pytest.mark.parametrize("slug", SLUGS)
def test_killed_between_sending_and_recording_it_is_in_doubt_and_sent_once(house, site, slug):
    house.state.close()
    pid = os.fork()
    if pid == 0:
        replying._finish = lambda *_, **__: os._exit(9)
        try:
            send_reply(house, slug, THANKS, by="lea")
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    assert site.given == [(NATIVE_IDS[slug], THANKS)]
    assert ledger(house, slug).status == "claimed"
    with pytest.raises(UsageError, match="is not sent again"):
        send_reply(house, slug, THANKS, by="lea")
    assert look_for_reply(house, slug, by="lea").outcome == "found"
    assert len(site.given) == 1


def test_of_two_at_the_same_time_one_is_sent(house, site, monkeypatch):
    together, outcomes = threading.Barrier(2), []
    shown = ReplySender.shown
    claim = replying.claim_reply

    def claimed(*given, **more):
        together.wait(timeout=5)
        return claim(*given, **more)

    monkeypatch.setattr(replying, "claim_reply", claimed)
    assert shown

    def send(words):
        try:
            outcomes.append(send_reply(house, "play_owner", words, by=words).outcome)
        except UsageError:
            outcomes.append("told of the other")

    threads = [threading.Thread(target=send, args=(words,)) for words in ("Un", "Deux")]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=20)
    assert sorted(outcomes) == ["sent", "told of the other"]
    assert len(site.given) == 1


@pytest.mark.parametrize(
    ("slug", "words", "problem"),
    [
        ("play_owner", "x" * 351, "351 of 350 characters that Google Play takes"),
        ("google_business", "é" * 2049, "4098 of 4096 bytes that Google takes"),
        ("play_owner", " \n ", "a reply has words"),
        ("play_owner", "Merci\x07", "cannot be seen"),
    ],
)
def test_a_text_that_cannot_be_published_is_refused_before_anything(house, site, slug, words, problem):
    with pytest.raises(UsageError, match=problem):
        send_reply(house, slug, words, by="lea")
    assert site.asked == []
    assert ledger(house, slug) is None


def test_what_is_personal_is_shown_before_it_is_published(house):
    shown = preview_reply(house, "play_owner", "Écrivez à maud@example.fr ou au 06 12 34 56 78.")
    assert shown.personal == ("email", "phone")


def test_only_sources_that_are_opted_in_are_answered(house, site):
    off = [{**each, "reply": False} for each in sources(site)]
    house.settings = settings_from(configuration(site, source=off), base=house.settings.base)
    for slug in SLUGS:
        with pytest.raises(UsageError, match="cannot be answered from here"):
            send_reply(house, slug, THANKS, by="lea")
    assert site.asked == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [({"reply": "Merci"}, "has a reply already"), ({"presence": "vanished"}, "no longer on its platform")],
)
def test_a_review_with_a_reply_or_that_is_gone_is_not_answered(house, site, changed, problem):
    house.index.upsert(
        [house.index.get("mention", "play_owner").model_copy(update={"revision": 9_999, **changed})]
    )
    with pytest.raises(UsageError, match=problem):
        send_reply(house, "play_owner", THANKS, by="lea")
    assert site.asked == []


def test_no_reply_leaves_for_a_private_address_that_is_not_allowed(house, site):
    house.settings = settings_from(configuration(site, fetch={}), base=house.settings.base)
    done = send_reply(house, "appstore_connect", THANKS, by="lea")
    assert (done.outcome, site.asked) == ("refused", [])
    assert "private address" in done.reason


def test_a_reply_is_erased_with_its_mention(house):
    send_reply(house, "play_owner", THANKS, by="lea")
    with house.state.begin() as connection:
        forget_decisions(connection, ["play_owner"])
    assert ledger(house, "play_owner") is None


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"source": "feed", "params": {"url": "https://a.example/f.xml"}}, "feed takes no replies"),
        ({"source": "google_business", "params": {}}, "answering needs params.account"),
        (
            {"source": "trustpilot_api", "params": {"domain": "a.example"}},
            "answering needs params.secret_env",
        ),
        (
            {"source": "trustpilot_api", "params": {"domain": "a.example", "secret_env": "S"}},
            "answering needs params.reply_as",
        ),
    ],
)
def test_a_source_that_cannot_reply_is_said_by_check(site, tmp_path, changed, problem):
    source = {"brands": ["pousse"], "reply": True, **changed}
    settings = settings_from(configuration(site, source=[source]), base=tmp_path)
    with pytest.raises(ConfigError, match=problem):
        configured_sources(settings)
