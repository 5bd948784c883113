"""A service of two brands and two places, with an account of each role, and two that see a part."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest

from ouidire.documents import EventDocument, RunDocument
from ouidire.settings.configuration import settings_from
from ouidire.state.items import ItemRecord, save_items
from ouidire.state.people.accounts import Account, SightLimits, add_account
from ouidire.state.people.tokens import create_token
from service.serve.scheduler.events import View
from service.serve.web.server import Site
from tests.service.serve.conftest import NOW, PASSWORD, Browser, configuration, quick_hash
from tests.support import index_corpus

FORM = re.compile(r'name="form" value="([^"]+)"')
SECRET = "zyxwvut"  # noqa: S105 (a word of the corpus)
"""A word of everything that is of the other brand or of the other place."""
RIVAL = f"rival-{SECRET}"
PLACES = ("Lyon", f"Lille {SECRET}")
ACCOUNTS = {
    "rea": ("reader", SightLimits()),
    "ana": ("analyst", SightLimits()),
    "ope": ("operator", SightLimits()),
    "branded": ("analyst", SightLimits(brands=("pousse",))),
    "placed": ("analyst", SightLimits(brands=("pousse",), places=("Lyon",))),
}


def mention(key, *, brands, place, secret, **more):
    word = SECRET if secret else "accueil"
    fields = {
        "id": key,
        "revision": 1,
        "mention_kind": "review",
        "brands": brands,
        "brands_mentioned": brands,
        "place": place,
        "title": f"{word} {key}",
        "text": f"Un {word} chaleureux, livraison lente {word}.",
        "stems": f"{word} chaleureux",
        "words": f"{word} chaleureux",
        "site": f"{word}.example",
        "source": "schema_org",
        "source_key": f"schema_org:{word}.example",
        "entity": word,
        "subject": word,
        "url": f"https://{word}.example/{key}",
        "duplicate_of": None,
        "presence": "present",
        "answered": False,
        "reply": None,
        "corrected": (),
        "brands_collected": (),
        "leaves_for": (),
        "stars": 1.0,
        "irritation": 0.9,
        "p_negative": 0.4,
        "p_neutral": 0.3,
        "p_positive": 0.3,
        "aspect_names": ("delivery",),
        "aspect_polarity": ("delivery:negative",),
        "period_at": NOW - timedelta(days=2),
        "published_at": NOW - timedelta(days=2),
        "answer_state": None,
        **more,
    }
    return index_corpus.mention(7).model_copy(update=fields)


def corpus():
    """Two mentions that all see, one of both brands, and some that those with limits do not."""
    ours = [mention(f"ours{n}", brands=("pousse",), place=PLACES[0], secret=False) for n in range(2)]
    both = mention("both", brands=("pousse", RIVAL), place=PLACES[0], secret=False)
    theirs = [mention(f"theirs{n}", brands=(RIVAL,), place=PLACES[0], secret=True) for n in range(3)]
    copied = mention("copied", brands=(RIVAL,), place=PLACES[0], secret=True, duplicate_of="ours0")
    thanked = {"answered": True, "reply": "Merci", "answer_state": "answered"}
    for known in (ours, theirs):  # the source shows replies, so that the others wait for one
        known[1] = known[1].model_copy(update=thanked)
    return [*ours, both, *theirs, copied]


def elsewhere():
    """What is of our brand and of the other place: seen by brand, and not by place."""
    return mention("elsewhere", brands=("pousse",), place=PLACES[1], secret=True)


def others():
    """Runs, events and pages of both brands."""
    run = RunDocument(
        id="run-theirs",
        revision=1,
        source="feed",
        source_key=f"feed:{SECRET}",
        brands=(RIVAL,),
        status="ok",
        started_at=NOW - timedelta(days=2),
    )
    events = [
        EventDocument(
            id=f"event-{subject}",
            revision=1,
            type="edited",
            at=NOW - timedelta(days=1),
            run_id="run-1",
            source="schema_org",
            source_key="schema_org:x",
            brands=brands,
            subject_id=subject,
            before=before,
            after=before,
        )
        for subject, brands, before in (
            ("theirs0", (RIVAL,), SECRET),
            ("elsewhere", ("pousse",), SECRET),
            ("ours0", ("pousse",), "avant"),
        )
    ]
    page = index_corpus.search_result(3).model_copy(
        update={"id": "page-theirs", "brands": (RIVAL,), "title": SECRET, "owner_brand": RIVAL}
    )
    return [run, *events, page]


def log_in(browser, name, password=PASSWORD):
    _, _, shown = browser.ask("/connexion")
    fields = {"form": FORM.search(shown)[1], "name": name, "password": password}
    return browser.ask("/connexion", fields)


@pytest.fixture
def peopled(installation, monkeypatch):
    """Serves two brands to accounts of every role; gives `as_(name)`, a browser that has logged in."""
    kept = quick_hash(PASSWORD)
    with installation.state.begin() as connection:
        for name, (role, limits) in ACCOUNTS.items():
            account = Account(name=name, role=role, limits=limits, password=kept, stamp=f"s-{name}", at=NOW)
            add_account(connection, account)
        documents = [*corpus(), elsewhere()]
        save_items(
            connection,
            [
                ItemRecord(
                    id=each.id,
                    source=each.source,
                    source_key=each.source_key,
                    revision=1,
                    presence="present",
                    content="x",
                    first_run=1,
                    changed_run=1,
                    last_run=1,
                    content_run=1,
                    first_seen_at=NOW,
                    last_seen_at=NOW,
                    brands=each.brands,
                )
                for each in documents
            ],
        )
    installation.index.upsert([*documents, *others()])
    made = configuration(
        brand=[
            {"slug": "pousse", "name": "Pousse & Compagnie"},
            {"slug": RIVAL, "name": f"Marque {SECRET}"},
        ],
        source=[
            {"source": "feed", "brands": ["pousse"], "params": {"url": "http://a.example/feed.xml"}},
            {
                "source": "feed",
                "brands": [RIVAL],
                "title": f"Fil {SECRET}",
                "params": {"url": f"http://{SECRET}.example/feed.xml"},
            },
        ],
    )
    monkeypatch.setenv("OUIDIRE_TEST_HASH", kept)

    @contextmanager
    def serve(**serving):
        serving = {"password_env": "OUIDIRE_TEST_HASH", **serving}
        installation.settings = settings_from(
            {**made, "serve": {"port": 0, **serving}}, base=installation.settings.base
        )
        site = Site(installation, lambda: View(started_at=NOW, looked_at=NOW))
        with site.open():

            def as_(name):
                browser = Browser(site.address)
                if name is not None:
                    assert log_in(browser, name)[0] == 303
                return browser

            yield as_

    return serve


@pytest.fixture
def token_for(installation):
    """Makes a token with scopes and limits; gives the header to send it in."""

    def make(*scopes, lasting=timedelta(days=90), brands=(), places=()):
        with installation.state.begin() as connection:
            made = create_token(
                connection,
                "test",
                scopes=scopes,
                limits=SightLimits(brands=brands, places=places),
                by="tests",
                at=NOW,
                lasting=lasting,
            )
        return {"Authorization": f"Bearer {made.text}"}, made.token

    return make
