"""Whom a page is about, as a table: what was known, what came, and whether it is somebody else's."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from crawlers.health.facts import CrawlProblem, RunFacts
from crawlers.health.past import SourcePast
from crawlers.health.status import run_status
from crawlers.health.subject import same_names

OURS, THEIRS = "Pousse & Compagnie", "Plomberie Dupont"
IDS = tuple(f"{n:016x}" for n in range(40))
KNOWN = {"runs": 4, "known": IDS, "authors": IDS[:30], "counts": (40, 40)}
NEWEST = datetime(2026, 3, 1, tzinfo=UTC)


def came(*, named=(), hosts=(), sites=(), read=40, known=0, authors=0, authored=40, past=None, **more):
    return RunFacts(
        past=SourcePast(**{**KNOWN, **(past or {})}),
        pages=1,
        items=read,
        mentions=read,
        subjects=Counter(named),
        hosts=Counter(hosts),
        sites=Counter(sites),
        known_seen=known,
        authors_seen=authors,
        authored=authored,
        **more,
    )


NAMED, PLACED = {"subjects": (OURS,)}, {"hosts": ("avis.example",)}
ANOTHERS = {
    "another name, nothing known": came(named=[THEIRS], past=NAMED),
    "another name, a few common names of authors": came(named=[THEIRS], authors=2, past=NAMED),
    "another name, ids that count from one": came(named=[THEIRS], known=40, past=NAMED),
    "another name in a run for what is new": came(named=[THEIRS], past=NAMED, since=True),
    "five other shops on an error page": came(named=["A", "B", "C"], read=5, authored=5, past=NAMED),
    "no names, another host": came(hosts=["autre.example"], past=PLACED),
    "no names, the same host": came(hosts=["avis.example"], past=PLACED),
    "five of nobody known, and no names": came(read=5, authored=5),
    "the same name, all of them new, and no more is declared": came(
        named=[OURS],
        past={**NAMED, "newest": NEWEST},
        oldest=datetime(2026, 3, 2, tzinfo=UTC),
        declared_total=40,
    ),
    "a page that goes on, older than what is known": came(
        named=[OURS], past={**NAMED, "newest": NEWEST}, oldest=datetime(2025, 3, 2, tzinfo=UTC), unfinished=1
    ),
    "a feed of another newspaper": came(
        named=["La Gazette"], authored=0, past={"subjects": ("Le Journal",)}, enumerates=False
    ),
    "a feed of that name, whose entries lie elsewhere": came(
        named=["Actualités"],
        sites=["gazette.test"],
        authored=0,
        past={"subjects": ("Actualités",), "sites": ("journal.test",)},
        enumerates=False,
    ),
    "a feed of the same name and place, whose past is another": came(
        named=["Le Journal"],
        sites=["journal.test"],
        authored=0,
        overlapping=12,
        past={"subjects": ("Le Journal",), "sites": ("journal.test",), "newest": NEWEST},
        enumerates=False,
    ),
    "a file of answers in the place of ours": came(
        authored=0, overlapping=40, past={"newest": NEWEST}, enumerates=False
    ),
    "a feed without an entry that is ours, of another newspaper": came(
        named=["La Gazette"],
        read=0,
        authored=0,
        says_empty=1,
        past={"subjects": ("Le Journal",)},
        enumerates=False,
    ),
    "an average alone, of another": came(named=[THEIRS], read=0, authored=0, past=NAMED),
}
OUR_OWN = {
    "the same": came(named=[OURS], known=38, authors=30, past=NAMED),
    "a brand that renames itself": came(named=["Pousse Verte"], known=38, authors=29, past=NAMED),
    "a name that adds its town": came(named=["Pousse et Compagnie Lyon"], past=NAMED, authored=0),
    "moved to a domain of another country": came(
        named=[OURS], hosts=["avis.test"], authors=28, past={**NAMED, **PLACED}
    ),
    "moved, and every id with it": came(hosts=["avis.test"], authors=28, past=PLACED),
    "one of several products": came(
        named=["Bêche", "Râteau"], authors=29, past={"subjects": ("Râteau", "Pelle")}
    ),
    "a first run": came(named=[THEIRS], past={"runs": 0}),
    "a past without names": came(named=[OURS], known=38, authors=29),
    "a window of the latest, all of them new": came(
        hosts=["avis.example"], past={**PLACED, "newest": NEWEST}, oldest=datetime(2026, 3, 2, tzinfo=UTC)
    ),
    "a window without dates": came(named=[OURS], past=NAMED, unfinished=1),
    "ids made anew, and no authors to compare": came(named=[OURS], authored=0, past=NAMED),
    "a busy feed, all of whose entries are new": came(
        named=["Le Journal"],
        sites=["journal.test"],
        authored=0,
        past={"subjects": ("Le Journal",), "sites": ("journal.test",), "newest": NEWEST},
        enumerates=False,
    ),
    "a feed under a new name that still has old entries": came(
        named=["La Une"], known=9, authored=0, past={"subjects": ("Le Journal",)}, enumerates=False
    ),
    "a feed without a title": came(read=12, authored=0, past={"subjects": ("Le Journal",)}, enumerates=False),
    "a file of a former month that is imported": came(
        authored=0, overlapping=40, past={"newest": NEWEST}, enumerates=False, imports=True
    ),
    "some shown late, their dates before what was known": came(
        named=[OURS], authored=0, overlapping=9, past={**NAMED, "newest": NEWEST}, enumerates=False
    ),
    "two of a small source": came(
        read=2, authored=2, past={"known": IDS[:2], "authors": IDS[:2], "counts": ()}
    ),
}


@pytest.mark.parametrize("facts", ANOTHERS.values(), ids=ANOTHERS)
def test_anothers_pages_are_held(facts):
    facts.items = facts.items or int(not facts.says_empty)
    verdict = run_status(facts)
    assert (verdict.status, verdict.complete, verdict.hold.kind) == (
        "layout_changed",
        False,
        "another_subject",
    )
    assert verdict.hold.detail == verdict.reason


@pytest.mark.parametrize("facts", OUR_OWN.values(), ids=OUR_OWN)
def test_our_own_are_not(facts):
    assert run_status(facts).hold is None


def test_a_broken_run_says_nothing_of_a_name_that_is_missing():
    lost = CrawlProblem(kind="network", page="https://a.example", detail="broke off")
    facts = came(read=10, problems=[lost], problem_count=1)
    assert run_status(facts).status == "degraded"


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("Pousse & Compagnie", "pousse et compagnie", True),
        ("Pousse & Compagnie", "POUSSE & COMPAGNIE SAS – Lyon", True),
        ("Plomberie Dupont", "Plomberie Martin", False),
        ("Le Grand Arrosoir", "Le Petit Arrosoir", False),
        ("Avis", "Avis", True),
        ("Avis", "Reviews", False),
        ("H&M", "H & M", True),
        ("株式会社", "株式会社", True),
    ],
)
def test_names_are_compared_by_their_words(one, two, same):
    assert same_names([one], [two]) is same
