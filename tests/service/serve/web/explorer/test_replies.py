"""The page that answers a review: written, seen, published once; hostile words stay words."""

import json
import re

from ouidire.state.people.replies import load_replies
from service.cli import run as run_command
from tests.service.serve.conftest import configuration
from tests.support.api_site import Answer
from tests.support.reply_site import NATIVE_IDS, sources

FORM = re.compile(r'name="form" value="([^"]+)"')
PATH = "/a-repondre/waiting"


def test_a_reply_is_written_seen_and_published_once(pages, platform, installation):
    _, _, queue = pages.ask("/a-repondre")
    assert f'href="{PATH}"' in queue
    status, headers, text = pages.ask(PATH)
    assert status == 200
    assert "<script" not in text
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "350 caractères au plus" in text
    fields = {
        "form": FORM.search(text)[1],
        "text": "Désolés <b>Maud</b>\nécrivez à sav@example.fr",
        "step": "preview",
    }
    status, _, text = pages.ask(PATH, fields)
    assert (status, platform.given) == (200, [])
    assert "Désolés &lt;b&gt;Maud&lt;/b&gt;" in text
    assert "adresse électronique" in text
    status, _, text = pages.ask(PATH, {**fields, "step": "edit"})
    assert "Désolés &lt;b&gt;Maud&lt;/b&gt;\nécrivez" in text
    status, _, text = pages.ask(PATH, {**fields, "step": "send"})
    assert "Google Play a pris la réponse" in text
    assert platform.given == [(NATIVE_IDS["play_owner"], "Désolés <b>Maud</b>\nécrivez à sav@example.fr")]
    status, _, text = pages.ask(PATH, {**fields, "step": "send"})
    assert status == 400
    assert "a été envoyée par operator" in text
    assert len(platform.given) == 1
    assert PATH not in pages.ask("/a-repondre")[2]
    with installation.state.read() as connection:
        assert load_replies(connection, ["waiting"])["waiting"].status == "sent"


def test_a_doubt_is_shown_in_the_queue_and_settled_on_the_page(pages, platform):
    platform.instead = lambda _: Answer("<script>alert(1)</script>", 500)
    fields = {"form": FORM.search(pages.ask(PATH)[2])[1], "text": "Merci"}
    _, _, text = pages.ask(PATH, {**fields, "step": "send"})
    assert "On ne sait pas si Google Play a pris la réponse" in text
    assert "<script" not in text
    assert "Une réponse a pu partir" in pages.ask("/a-repondre")[2]
    _, _, text = pages.ask(PATH, {**fields, "step": "look"})
    assert "ne montre pas de réponse" in text
    _, _, text = pages.ask(PATH, {**fields, "step": "not_sent"})
    assert "Rien n’est publié" in text
    platform.instead = None
    _, _, text = pages.ask(PATH, {**fields, "step": "send"})
    assert (len(platform.given), "a pris la réponse" in text) == (1, True)


def test_forged_forms_other_reviews_and_long_texts_publish_nothing(pages, platform):
    form = FORM.search(pages.ask(PATH)[2])[1]
    good = {"form": form, "text": "Merci", "step": "send"}
    assert pages.ask(PATH, {**good, "form": "forged"})[0] == 403
    assert pages.ask(PATH, good, Origin="https://evil.example")[0] == 403
    assert pages.ask("/a-repondre/nobody", good)[0] == 404
    assert pages.ask("/a-repondre/other", good)[0] == 400
    assert pages.ask(PATH, {**good, "text": "é" * 351})[0] == 400
    assert pages.ask(PATH, {**good, "text": "é" * 8_000})[0] == 403
    assert platform.asked == []


def test_the_command_shows_it_first_and_publishes_when_told_so(
    installation, pages, platform, capsys, monkeypatch
):
    data = configuration(source=sources(platform), fetch={"allow_hosts": ["127.0.0.1"]})
    file = installation.settings.base / "ouidire.toml"
    lines = [
        '[[brand]]\nslug = "pousse"\nname = "Pousse & Compagnie"\n[fetch]\nallow_hosts = ["127.0.0.1"]\n'
    ]
    for each in data["source"]:
        params = "\n".join(f"{name} = {json.dumps(value)}" for name, value in each["params"].items())
        head = f'[[source]]\nsource = "{each["source"]}"\nbrands = ["pousse"]\nreply = true'
        lines.append(f"{head}\n[source.params]\n{params}\n")
    file.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("OUIDIRE_CONFIG", str(file))
    told = ["answers", "send", "waiting", "--text", "Merci Maud", "--by", "lea"]
    assert run_command(told) == 2
    assert platform.given == []
    shown = capsys.readouterr()
    assert "| Merci Maud" in shown.out
    assert "10 of 350 characters" in shown.out
    assert "--yes" in shown.err
    assert run_command(["answers", "send", "waiting"]) == 2
    platform.instead = lambda _: Answer("oups", 502)
    assert run_command([*told, "--yes"]) == 3
    capsys.readouterr()
    assert run_command(["answers", "doubts", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["text"] == "Merci Maud"
    assert run_command(["answers", "settle", "waiting"]) == 3
    assert run_command(["answers", "settle", "waiting", "--not-sent", "--by", "lea"]) == 0
    platform.instead = None
    assert run_command([*told, "--yes", "--json"]) == 0
    assert platform.given == [(NATIVE_IDS["play_owner"], "Merci Maud")]
    assert run_command([*told, "--yes"]) == 2
