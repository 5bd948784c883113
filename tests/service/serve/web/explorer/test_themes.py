"""The page of themes that came up: its figures lead to their mentions, a name is changed, limits hold."""

import json
import re

from ouidire.state.people.audit import list_audit
from ouidire.state.themes import load_themes

FORM = re.compile(r'name="form" value="([^"]+)"')


def test_each_theme_shows_its_weeks_and_mentions_and_leads_to_them(themed):
    status, headers, text = themed.ask("/themes")
    assert status == 200
    assert "<script" not in text
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "le parking payant" in text
    told = json.loads(themed.ask("/themes.json")[2])
    by_id = {each["id"]: each for each in told["items"]}
    assert {key: each["mentions"] for key, each in by_id.items()} == {"queues": 3, "parking": 0}
    assert sum(each["n"] for each in by_id["queues"]["weeks"]) == 3
    view = json.loads(themed.ask(by_id["queues"]["url"].replace("/mentions?", "/mentions.json?"))[2])
    assert view["total"] == 3
    assert (
        "Aucun thème" in themed.ask("/themes?ignored=1")[2] or "Rien n" in themed.ask("/themes?ignored=1")[2]
    )
    assert "Themes that came up" in themed.ask("/themes?lang=en")[2]


def test_a_theme_is_renamed_merged_ignored_and_shown_again(themed, installation):
    form = FORM.search(themed.ask("/themes")[2])[1]

    def post(**fields):
        return themed.ask("/themes", {"form": form, "theme": "queues", **fields})[0]

    def known():
        with installation.state.read() as connection:
            return {each.id: each for each in load_themes(connection)}

    assert post(act="rename", name="<b>Files</b> aux caisses") == 303
    assert known()["queues"].name == "<b>Files</b> aux caisses"
    assert "&lt;b&gt;Files&lt;/b&gt; aux caisses" in themed.ask("/themes")[2]
    assert post(act="merge", into="parking") == 303
    assert known()["queues"].status == "merged"
    assert post(act="reopen") == 303
    assert post(act="ignore") == 303
    assert "queues" not in {each["id"] for each in json.loads(themed.ask("/themes.json")[2])["items"]}
    assert "Files" in themed.ask("/themes?ignored=1")[2]
    assert post(act="reopen") == 303
    assert post(act="sold") == 400
    assert post(act="rename", name="x" * 81) == 400
    assert post(act="rename", theme="nobody", name="x") == 400
    assert themed.ask("/themes", {"form": "forged", "theme": "queues", "act": "ignore"})[0] == 403
    assert known()["queues"].status == "open"
    with installation.state.read() as connection:
        assert {each.action for each in list_audit(connection)} == {"theme"}
