"""The first screen of digests in chat rooms: short, whole, and never more than text."""

import json

import pytest

from ouidire.text.catalogue import LANGUAGES
from reports.rendering.chat import LONGEST, chat_digest
from reports.rendering.chat_markup import SLACK_HEADER, SLACK_TEXT, slack_link, slack_text, teams_text
from reports.samples import KINDS
from reports.samples.words import HOSTILE

KINDS_OF_CHANNEL = ("webhook", "slack", "teams")
EXPLORER = "https://ouidire.example"
BAD_NAME = "<!channel> *Pousse* _&_ Cie [x](https://evil.example) \u202e<@U1> `rm`"


def texts(value):
    """Every string that a document shows, of all depths."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_sizes_of_every_week(week, kind, language):
    context = week(kind).model_copy(update={"explorer": EXPLORER})
    slack = chat_digest("slack", context, language)
    assert len(slack["blocks"]) <= 6
    header, *others = slack["blocks"]
    assert len(header["text"]["text"]) <= SLACK_HEADER
    shown = [block["text"]["text"] for block in others if block["type"] == "section"]
    shown += [block["elements"][0]["text"] for block in others if block["type"] == "context"]
    assert all(0 < len(text) <= SLACK_TEXT for text in shown)
    teams = chat_digest("teams", context, language)
    assert len(json.dumps(teams)) < 28_000
    (attached,) = teams["attachments"]
    assert attached["content"]["version"] == "1.4"
    assert all(block["text"] for block in attached["content"]["body"])
    assert chat_digest("webhook", context, language)["verdict"]


def test_the_first_screen_says_what_moved_what_to_do_and_where(week):
    context = week("busy").model_copy(update={"explorer": EXPLORER})
    body = chat_digest("webhook", context, "fr")
    assert body["period"] == "2026-W10"
    assert body["verdict"].startswith("Les textes sont moins favorables")
    assert 1 <= len(body["moves"]) <= 3
    assert body["todo"]["url"] == "https://gazette.example/enquete-livraisons"
    assert body["url"].startswith(f"{EXPLORER}/mentions?brand=pousse&published=2026-W10")
    card = chat_digest("teams", context, "fr")["attachments"][0]["content"]
    assert [each["url"] for each in card["actions"]] == [body["todo"]["url"], body["url"]]
    slack = chat_digest("slack", context, "fr")
    assert sum("<https://" in text for text in texts(slack["blocks"])) == 2


def test_a_quiet_week_says_so_and_has_no_link_without_an_explorer(week):
    context = week("quiet")
    body = chat_digest("webhook", context.model_copy(update={"actions": ()}), "fr")
    assert (body["moves"], body["todo"], body["url"]) == ([], None, None)
    assert body["verdict"] == "Rien de notable cette semaine."
    card = chat_digest("teams", context.model_copy(update={"actions": ()}), "fr")["attachments"][0]["content"]
    assert "actions" not in card


def test_what_was_not_seen_is_said(week):
    body = chat_digest("webhook", week("broken"), "fr")
    assert any("Trustpilot" in line for line in body["unseen"])


@pytest.mark.parametrize("words", [*HOSTILE, BAD_NAME, "x" * 5_000])
def test_hostile_words_stay_words(week, words):
    context = week("busy")
    first = context.actions[0].model_copy(
        update={"title": words, "domain": words, "query": words, "url": "javascript:alert(1)"}
    )
    hostile = context.model_copy(
        update={"actions": (first,), "brand": context.brand.model_copy(update={"name": words})}
    )
    slack = chat_digest("slack", hostile, "fr")
    for block in slack["blocks"][1:]:
        for text in texts(block):
            assert "<!" not in text
            assert "<@" not in text
            assert "<http" not in text
            assert len(text) <= SLACK_TEXT
    card = chat_digest("teams", hostile, "fr")["attachments"][0]["content"]
    assert "actions" not in card
    assert all(
        "](" not in block["text"].replace("\\", "\\\\") for block in card["body"] if "\\" not in block["text"]
    )
    for kind in KINDS_OF_CHANNEL:
        body = chat_digest(kind, hostile, "fr")
        assert "\u202e" not in json.dumps(body, ensure_ascii=False)
        assert len(json.dumps(body)) < 28_000
        assert all(len(text) <= 3 * LONGEST for text in texts(body))


def test_escapes():
    assert slack_text("<a&b> *x* @here") == "&lt;a&amp;b&gt; *\u200bx*\u200b @\u200bhere"
    assert slack_link("https://x.example/?a=1|2&b", "là") == " <https://x.example/?a=1%7C2&amp;b|là>"
    assert slack_link("javascript:alert(1)") == slack_link(None) == ""
    assert teams_text("[x](y) *z* <b>") == "\\[x\\]\\(y\\) \\*z\\* \\<b\\>"
