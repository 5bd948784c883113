"""A brand whose sources all failed: one mail to the operator, none to readers."""

import re
from email import message_from_bytes, policy

import pytest

import crawlers.spawn
from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.rendering.operator_mail import render_operator_mail
from reports.samples import BRANDS as SAMPLES
from reports.samples import NOW, PERIOD, SOURCES, documents
from service.cli.commands.collect import collect
from service.cli.commands.report.digest import send
from service.cli.commands.run import run
from tests.support.fake_index import FakeIndex
from tests.support.scripted_site import MONDAY, ScriptedSites, week

BRANDS = (("pousse", "own", ("un", "deux")), ("arrosoir", "competitor", ("trois",)))
DIRECTION, OPERATOR = "claire@example.fr", "ops@example.fr"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("reports.rendering.charts.pictures", lambda *_: ())
    monkeypatch.setattr("service.pipeline.run_due.measure_due", lambda _: 0)


def configured(folder, *, operator=OPERATOR, brands=BRANDS):
    lines = ['language = "fr"', "[fetch]\ndelay = 0"]
    lines.append(f'[digest]\noperator = "{operator}"' if operator else "[digest]")
    for slug, role, sites in brands:
        lines.append(f'[[brand]]\nslug = "{slug}"\nname = "{slug.title()}"\nrole = "{role}"')
        lines += [
            f'[[source]]\nsource = "schema_org"\nbrands = ["{slug}"]\nevery = "1w"\ntitle = "Site {site}"\n'
            f'[source.params]\nurl = "http://{site}.example/avis"\nexpect = "reviews"'
            for site in sites
        ]
    lines.append(f'[[recipient]]\naddress = "{DIRECTION}"\neditions = ["brand", "executive"]')
    lines.append('[[recipient]]\naddress = "sav@example.fr"\neditions = ["customer_service"]')
    path = folder / "ouidire.toml"
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    return path


MISSED = "Les 2 bilans précédents ne sont pas partis : du lundi 23 février au dimanche 8 mars 2026."


def mails(folder):
    """To and text of every mail, oldest first."""
    found = []
    for path in sorted(folder.glob("var/outbox/*.eml"), key=lambda each: each.stat().st_mtime):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        parts = [mail["Subject"], mail.get_body(("plain",)).get_content()]
        text = re.sub(r"\s+", " ", " ".join(parts).replace("’", "'"))
        found.append((mail["To"], text, mail))
    return found


def play(folder, monkeypatch, *, sites=("un", "deux"), failing=(MONDAY,), **more):
    scripted = ScriptedSites(failing=[(site, at) for site in sites for at in failing])
    monkeypatch.setattr(crawlers.spawn, "run_job", scripted.run_job)
    config = configured(folder, **more)
    for back in range(5, 1, -1):
        collect(config, week(back).isoformat())
    return config


WHOLE_WEEK = (week(1), MONDAY)
"""Neither crawl that could have read the week: its first morning, and the one after its end."""


def test_the_operator_gets_one_mail_and_the_direction_none_until_it_is_read_again(
    tmp_path, monkeypatch, capsys
):
    config = play(tmp_path, monkeypatch, failing=WHOLE_WEEK)
    collect(config, week(1).isoformat())
    assert run(config, MONDAY.isoformat()) != 0
    assert "every source failed, so that nobody gets it" in capsys.readouterr().err
    ((to, text, mail),) = mails(tmp_path)
    assert to == OPERATOR
    assert text.startswith("Aucune source de Pousse n'a pu être lue")
    assert "Site un" in text
    assert "Site deux" in text
    assert "Site trois" not in text
    assert "ouidire sources health" in text
    assert mail["List-Unsubscribe"] is None

    # a second pass of the same morning, and one by hand, say it to nobody again
    assert run(config, MONDAY.isoformat()) != 0
    send(config, MONDAY.isoformat())
    assert [to for to, _, _ in mails(tmp_path)] == [OPERATOR]

    # the sites answer again: the digest goes to its readers
    monkeypatch.setattr(crawlers.spawn, "run_job", ScriptedSites().run_job)
    assert run(config, week(0, day=0, hour=12).isoformat()) == 0
    found = mails(tmp_path)
    assert sorted(to for to, _, _ in found[1:]) == [DIRECTION, DIRECTION, "sav@example.fr"]
    assert "a été" not in found[1][1].split("·")[0]


def test_the_next_digest_says_that_one_went_to_nobody(tmp_path, monkeypatch, capsys):
    config = play(tmp_path, monkeypatch, failing=WHOLE_WEEK)
    run(config, week(2).isoformat())  # its digest goes to its readers
    before = len(mails(tmp_path))
    collect(config, week(1).isoformat())
    run(config, MONDAY.isoformat())
    assert [to for to, _, _ in mails(tmp_path)[before:]] == [OPERATOR]
    monkeypatch.setattr(crawlers.spawn, "run_job", ScriptedSites().run_job)
    run(config, week(-1).isoformat())
    last = [text for to, text, _ in mails(tmp_path)[before + 1 :] if to == DIRECTION]
    assert last
    assert all(MISSED in text for text in last)


def test_one_source_that_is_read_is_enough(tmp_path, monkeypatch, capsys):
    config = play(tmp_path, monkeypatch, sites=("un",), failing=WHOLE_WEEK)
    collect(config, week(1).isoformat())
    run(config, MONDAY.isoformat())
    assert {to for to, _, _ in mails(tmp_path)} == {DIRECTION, "sav@example.fr"}


def test_without_an_operator_nobody_is_written_to_and_each_pass_says_what_to_write(
    tmp_path, monkeypatch, capsys
):
    config = play(tmp_path, monkeypatch, failing=WHOLE_WEEK, operator=None)
    collect(config, week(1).isoformat())
    for _ in range(2):
        assert run(config, MONDAY.isoformat()) != 0
        assert "[digest] operator = an address" in capsys.readouterr().err
    assert mails(tmp_path) == []


def test_the_operators_mail_in_both_languages():
    context = build(
        FakeIndex(documents("broken")),
        PERIOD,
        brands=SAMPLES,
        now=NOW,
        sources=SOURCES,
        edition=Edition(scope=Scope(brand="pousse")),
    )
    for language, words in (("fr", "Que faire"), ("en", "What to do")):
        found = render_operator_mail(context, language)
        assert words in found.text
        assert words in found.html
        assert "Trustpilot" in found.text
        assert all(len(line) <= 72 for line in found.text.splitlines())
        assert found.attachments == ()
