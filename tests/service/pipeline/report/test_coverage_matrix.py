"""What a digest says it has seen: interval × runs × harvests → sentences, by the commands as they are run."""

import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

import crawlers.spawn
from ouidire.errors import HarvestError
from service.cli.commands.collect import collect
from service.cli.commands.import_files import import_files
from service.cli.commands.report.digest import send
from service.cli.commands.run import run
from tests.support.scripted_site import MONDAY, ScriptedSites, week

REAL = "le silence est réel"
OURS = "le silence ci-dessous est le nôtre"
NOTHING_MISSING = "Rien ne manque"
FALLS = "▼ en baisse"
CLAIMS = (REAL, NOTHING_MISSING, FALLS)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONDAYS = tuple(week(back) for back in range(5, -1, -1))
"""Six weekly collections, the last just before the digest."""


def spoil_cut(folder):
    path = next(folder.glob("items-*"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_bit(folder):
    path = next(folder.glob("items-*"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def spoil_items(folder):
    next(folder.glob("items-*")).unlink()


def spoil_manifest(folder):
    (folder / "manifest.json").unlink()


def nothing(installation_folder):
    """Do nothing to the harvests."""


def last_harvest(spoil, *, site="un"):
    """Do something to the newest harvest of a site."""

    def change(root):
        folders = [
            path
            for path in root.glob("var/harvest/*/*/[!.]*")
            if site in (path / "manifest.json").read_text(encoding="utf-8")
        ]
        spoil(max(folders, key=lambda path: path.name))

    return change


@dataclass(frozen=True)
class Case:
    """One installation's weeks, and what the digest of 2026-W10 must and must not say.

    `sources` are the intervals by site, `collected` when all were collected, `kept` when without indexing
    (what is kept is then changed), `failing` the moments at which a run fails; `last` is the command that
    makes the digest, at `now`.
    """

    sources: dict[str, str]
    collected: tuple = MONDAYS
    kept: tuple = ()
    silent_from: object = week(1, day=0, hour=0)
    failing: tuple = ()
    change: Callable = nothing
    last: str = "run"
    now: object = MONDAY
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    code: int = 0
    told: tuple[str, ...] = ()
    digest: dict = field(default_factory=dict)


EVERY_DAY = tuple(week(1, day=day) for day in range(1, 7))
CASES = {
    "daily, silent, all seen": Case(
        {"un": "1d"}, collected=(*MONDAYS[:-1], *EVERY_DAY), says=(REAL, NOTHING_MISSING), never=(OURS,)
    ),
    "weekly on Mondays, silent, all seen": Case(
        {"un": "1w"}, collected=MONDAYS[:-1], says=(REAL, NOTHING_MISSING), never=(OURS,)
    ),
    "weekly, seen on the Sunday": Case(
        {"un": "1w"},
        collected=tuple(at - DAY + timedelta(hours=1) for at in MONDAYS),
        says=(REAL, NOTHING_MISSING),
        never=(OURS,),
    ),
    "fortnightly, not due this week": Case(
        {"un": "2w"},
        collected=(*MONDAYS[:-2], MONDAYS[-2]),
        says=(OURS, "pas lu cette semaine"),
        never=CLAIMS,
    ),
    "monthly, not due this week": Case(
        {"un": "4w"}, collected=MONDAYS[:-2], says=(OURS, "pas lu cette semaine"), never=CLAIMS
    ),
    "fortnightly, due this week": Case(
        {"un": "2w"}, collected=MONDAYS[1:-1:2], says=(REAL, NOTHING_MISSING), never=(OURS,)
    ),
    "fortnightly and daily, the fortnightly one not due": Case(
        {"un": "1d", "deux": "2w"},
        collected=MONDAYS[:-1],
        says=(OURS, "mais nous n'avons pas tout pu lire", "pas lu cette semaine"),
        never=(*CLAIMS, "presque rien pu lire"),
    ),
    "nothing collected since the last digest": Case(
        {"un": "1w"}, collected=MONDAYS[:-1], last="send", says=(OURS,), never=CLAIMS
    ),
    "the digest goes before the collection": Case(
        {"un": "1w"},
        collected=tuple(at + timedelta(hours=3) for at in MONDAYS[:-1]),
        last="send",
        says=(OURS,),
        never=CLAIMS,
    ),
    "seen on the Wednesday alone": Case(
        {"un": "1w"},
        collected=tuple(week(back, day=2) for back in range(6, 0, -1)),
        says=(OURS, "la fin n'a pas encore été lue"),
        never=CLAIMS,
    ),
    "seen on the Wednesday, and reviews until then": Case(
        {"un": "1w"},
        collected=tuple(week(back, day=2) for back in range(6, 0, -1)),
        silent_from=None,
        says=("la fin n'a pas encore été lue",),
        never=(*CLAIMS, "Premières écoutes"),
    ),
    "weekly, busy, all seen": Case(
        {"un": "1w"},
        collected=MONDAYS[:-1],
        silent_from=None,
        says=(NOTHING_MISSING,),
        never=(REAL, OURS, FALLS),
    ),
    "a clock that was ahead": Case(
        {"un": "1w"},
        collected=(*MONDAYS[:-1], MONDAYS[-1].replace(year=2031)),
        silent_from=None,
        says=(NOTHING_MISSING,),
        never=(REAL, FALLS, "retirés"),
        code=3,
        told=("dated in the future",),
    ),
    "a clock that was ahead, before a digest without a collection": Case(
        {"un": "1w"},
        collected=(*MONDAYS[:-2], MONDAYS[-1].replace(year=2031)),
        last="send",
        says=(OURS,),
        never=CLAIMS,
    ),
    "the last run failed": Case(
        {"un": "1w", "deux": "1w"},
        collected=MONDAYS[:-1],
        failing=(("un", MONDAY),),
        says=(OURS, "la collecte a échoué"),
        never=CLAIMS,
        code=3,
    ),
    "collected and not indexed": Case(
        {"un": "1w", "deux": "1w"},
        collected=MONDAYS[:-1],
        kept=(MONDAY,),
        last="send",
        says=("recueilli mais pas encore compté",),
        never=CLAIMS,
        code=3,
        told=("ouidire run",),
    ),
    "collected and not indexed, then run": Case(
        {"un": "1w"},
        collected=MONDAYS[:-1],
        kept=(MONDAY,),
        silent_from=None,
        says=(NOTHING_MISSING,),
        never=(REAL, OURS),
    ),
    **{
        f"a harvest is damaged: {spoil.__name__}": Case(
            {"un": "1w", "deux": "1w"},
            collected=MONDAYS[:-1],
            kept=(MONDAY,),
            silent_from=None,
            change=last_harvest(spoil),
            says=("un relevé est abîmé",),
            never=CLAIMS,
            code=3,
            told=("un.example", "backup"),
        )
        for spoil in (spoil_cut, spoil_bit, spoil_items, spoil_manifest)
    },
    "a harvest of three weeks ago is damaged": Case(
        {"un": "1w", "deux": "1w"},
        collected=(*MONDAYS[:2], *MONDAYS[3:-1]),
        kept=(MONDAYS[2],),
        silent_from=None,
        change=last_harvest(spoil_cut),
        says=("un relevé est abîmé",),
        never=(REAL, NOTHING_MISSING),
        code=3,
        told=("backup",),
    ),
}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("reports.rendering.charts.pictures", lambda *_: ())
    monkeypatch.setattr("service.pipeline.run_due.measure_due", lambda _: 0)


def configured(folder, case):
    lines = ['[[brand]]\nslug = "pousse"\nname = "Pousse"', "[fetch]\ndelay = 0"]
    lines.append("[digest]\n" + "\n".join(f'{key} = "{value}"' for key, value in case.digest.items()))
    for site, every in case.sources.items():
        lines.append(
            f'[[source]]\nsource = "schema_org"\nbrands = ["pousse"]\nevery = "{every}"\n'
            f'title = "Site {site}"\n[source.params]\nurl = "http://{site}.example/avis"\nexpect = "reviews"'
        )
    path = folder / "ouidire.toml"
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return path


def add_reader(path):
    text = path.read_text(encoding="utf-8")
    path.write_text(text + '\n[[recipient]]\naddress = "claire@example.fr"\n', encoding="utf-8")


def mails(folder):
    """The text of every mail in the outbox, in one line each, with plain blanks and apostrophes."""
    found = []
    for path in sorted(Path(folder).glob("var/outbox/*.eml"), key=lambda each: each.stat().st_mtime):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        parts = [mail["Subject"], mail.get_body(("plain",)).get_content()]
        found.append(plain(" ".join(parts)))
    return found


def plain(text):
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def play(folder, case, monkeypatch):
    """Play a case; return its configuration, its sites and the exit code of its last command."""
    sites = ScriptedSites(silent_from=case.silent_from, failing=case.failing)
    monkeypatch.setattr(crawlers.spawn, "run_job", sites.run_job)
    config = configured(folder, case)
    moments = [(at, False) for at in case.kept] + [(at, True) for at in case.collected]
    for at, indexed in sorted(moments, key=lambda each: (each[0], each[1])):
        with suppress(HarvestError):
            collect(config, at.isoformat(), ingest=indexed)
        if not indexed:
            case.change(folder)
    add_reader(config)
    command = {"run": run, "send": send, "nothing": lambda *_: None}[case.last]
    return config, sites, command(config, case.now.isoformat())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_was_not_seen_is_never_told_as_a_silence(case, tmp_path, monkeypatch, capsys):
    _, _, code = play(tmp_path, case, monkeypatch)
    printed = capsys.readouterr()
    (mail,) = mails(tmp_path)
    for sentence in case.says:
        assert sentence.casefold() in mail.casefold()
    for sentence in case.never:
        assert sentence.casefold() not in mail.casefold()
    assert code == case.code, printed.err
    for words in case.told:
        assert words in printed.err


DAMAGED = Case({"un": "1w", "deux": "1w"}, collected=MONDAYS[:-1], kept=(MONDAY,), silent_from=None)
COMPLETED = "La semaine du 2 mars a été complétée depuis : 3 mentions de plus (Site un)."


def set_aside(folder):
    """Damage a harvest such that it can be put right: move its items away."""
    path = next(folder.glob("items-*"))
    path.rename(folder / f"aside-{path.name}")


def put_back(root):
    for path in root.glob("var/harvest/*/*/*/aside-*"):
        path.rename(path.with_name(path.name.removeprefix("aside-")))


def test_a_week_that_is_put_right_is_told_once_in_the_next_and_marked_from_then_on(
    tmp_path, monkeypatch, capsys
):
    case = replace(DAMAGED, change=last_harvest(set_aside))
    config, _, code = play(tmp_path, case, monkeypatch)
    assert code == 3
    put_back(tmp_path)
    assert [run(config, (MONDAY + number * WEEK).isoformat()) for number in (1, 2)] == [0, 0]
    first, second, third = mails(tmp_path)
    assert "un relevé est abîmé" in first
    assert COMPLETED in second
    assert "a été complétée depuis" not in first + third
    for mail in (second, third):
        assert re.search(r"2 mars : 6 mentions[^()]*\(complétée depuis\)", mail)
        assert mail.count("complétée depuis)") == 1
        assert NOTHING_MISSING in mail


def test_a_digest_waits_for_what_can_be_put_right_and_then_goes_as_incomplete(tmp_path, monkeypatch, capsys):
    case = replace(DAMAGED, change=last_harvest(set_aside), digest={"wait": "6h"})
    config, _, code = play(tmp_path, case, monkeypatch)
    printed = capsys.readouterr()
    assert (code, mails(tmp_path)) == (3, [])
    assert "waits for Site un until 2026-03-09T12:00Z (digest.wait), then goes as incomplete" in printed.err
    put_back(tmp_path)
    assert run(config, (MONDAY + timedelta(hours=1)).isoformat()) == 0
    assert NOTHING_MISSING in mails(tmp_path)[0]
    next_week = MONDAY + WEEK
    collect(config, next_week.isoformat(), ingest=False)
    last_harvest(set_aside)(tmp_path)
    assert run(config, (next_week + timedelta(hours=5)).isoformat()) == 3
    assert len(mails(tmp_path)) == 1
    assert run(config, (next_week + timedelta(hours=6)).isoformat()) == 3
    assert "un relevé est abîmé" in mails(tmp_path)[1]


def test_a_digest_waits_for_no_source_that_is_not_due_before_the_wait_is_over(tmp_path, monkeypatch, capsys):
    case = replace(CASES["fortnightly, not due this week"], digest={"wait": "6h"})
    assert play(tmp_path, case, monkeypatch)[2] == 0
    assert OURS in mails(tmp_path)[0].casefold()


def test_a_digest_waits_for_a_source_that_is_tried_again(tmp_path, monkeypatch, capsys):
    case = replace(CASES["the last run failed"], sources={"un": "1w"}, digest={"wait": "6h"})
    config, _, code = play(tmp_path, case, monkeypatch)
    assert (code, mails(tmp_path)) == (1, [])
    assert run(config, (MONDAY + timedelta(hours=1)).isoformat()) == 0
    (mail,) = mails(tmp_path)
    assert REAL in mail


def test_a_harvest_that_the_state_does_not_know_is_named(tmp_path, monkeypatch, capsys):
    """An older state was put back: what was collected since is on disk, and in no figure."""

    def forget(root):
        shutil.copy(root / "state-of-last-week.db", root / "var/state.db")

    case = replace(
        DAMAGED,
        kept=(MONDAYS[-2], MONDAY - timedelta(hours=1)),
        collected=MONDAYS[:-2],
        change=lambda root: (
            shutil.copy(root / "var/state.db", root / "state-of-last-week.db")
            if not (root / "state-of-last-week.db").exists()
            else forget(root)
        ),
    )
    _, _, code = play(tmp_path, case, monkeypatch)
    assert code == 3
    assert "the state knows no such run" in capsys.readouterr().err
    (mail,) = mails(tmp_path)
    assert "un relevé est recueilli mais pas encore compté" in mail
    assert NOTHING_MISSING not in mail


def test_a_saved_page_says_nothing_of_how_a_source_was_read(tmp_path, monkeypatch, capsys):
    case = replace(CASES["nothing collected since the last digest"], last="nothing", collected=MONDAYS[:-1])
    config, _, _ = play(tmp_path, case, monkeypatch)
    page = tmp_path / "page.html"
    page.write_text(
        """<html><script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product",
        "name": "un", "review": [{"@type": "Review", "@id": "old", "datePublished": "2026-02-03",
        "author": {"@type": "Person", "name": "Zoé"}, "reviewBody": "Un avis d'il y a un mois, gardé.",
        "reviewRating": {"@type": "Rating", "ratingValue": 4, "bestRating": 5}}]}</script></html>""",
        encoding="utf-8",
    )
    saved = {"url": "http://un.example/avis", "fetched_at": MONDAY.isoformat(), "brand": ["pousse"]}
    assert import_files("schema_org", [page], config, MONDAY.isoformat(), **saved) == 0
    assert send(config, MONDAY.isoformat()) == 0
    (mail,) = mails(tmp_path)
    assert OURS in mail.casefold()
    for claim in CLAIMS:
        assert claim not in mail
