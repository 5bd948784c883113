"""Agents read the explorer's JSON by MCP, with a token that has the scope, and see no more than it does."""

import json

import pytest

from ouidire.settings.configuration import settings_from
from service.pipeline.people.sign_on_check import agent_problems
from tests.service.serve.conftest import Browser, configuration
from tests.service.serve.web.accounts.conftest import RIVAL, SECRET

pytest.importorskip("mcp", reason="the mcp package is a development dependency")

JSON = {"Content_Type": "application/json", "Accept": "application/json, text/event-stream"}


def asked(browser, header, method, **params):
    """What the protocol answers; initialising first is not needed where no session is kept."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {**JSON, "MCP_Protocol_Version": "2025-06-18", **header}
    status, _, text = browser.ask("/mcp", json.dumps(body).encode(), **headers)
    return status, json.loads(text) if text.startswith("{") else text


def called(browser, header, name, **arguments):
    status, found = asked(browser, header, "tools/call", name=name, arguments=arguments)
    assert status == 200, found
    return found["result"].get("isError", False), found["result"]["content"][0]["text"]


def test_it_is_off_unless_it_is_switched_on(peopled, token_for):
    header, _ = token_for("mcp")
    with peopled() as as_:
        assert asked(Browser(as_(None).address), header, "tools/list")[0] == 404


def test_only_a_token_with_the_scope_is_answered(peopled, token_for):
    with peopled(mcp=True) as as_:
        for scope in ("read", "export", "decide", "operate"):
            assert asked(as_(None), token_for(scope)[0], "tools/list")[0] == 403, scope
        assert asked(as_("ope"), {}, "tools/list")[0] == 403
        assert asked(as_(None), {}, "tools/list")[0] == 303
        assert asked(as_(None), {"Authorization": "Bearer x"}, "tools/list")[0] == 401


def test_the_tools_only_read_and_give_the_pages_json(peopled, token_for):
    header, _ = token_for("mcp")
    read, _ = token_for("read")
    with peopled(mcp=True) as as_:
        browser = as_(None)
        _, listed = asked(browser, header, "tools/list")
        tools = listed["result"]["tools"]
        assert [each["name"] for each in tools] == ["find_mentions", "get_mention", "get_figures"]
        assert all(each["annotations"]["readOnlyHint"] for each in tools)
        week = "brand=pousse&period=2026-W10"
        for (name, arguments), path in (
            (("find_mentions", {"view": "brand=pousse"}), "/mentions.json?brand=pousse"),
            (("get_mention", {"id": "ours0"}), "/mentions/ours0.json"),
            (("get_figures", {"brand": "pousse", "period": "2026-W10"}), f"/chiffres.json?{week}"),
        ):
            failed, text = called(browser, header, name, **arguments)
            assert (failed, json.loads(text)) == (False, json.loads(browser.ask(path, **read)[2])), name


def test_limits_hold_for_agents(peopled, token_for):
    header, _ = token_for("mcp", brands=("pousse",), places=("Lyon",))
    with peopled(mcp=True) as as_:
        browser = as_(None)
        assert json.loads(called(browser, header, "find_mentions")[1])["total"] == 3
        hidden = json.loads(called(browser, header, "find_mentions", view=f"brand={RIVAL}")[1])
        assert (hidden["total"], hidden["items"]) == (0, [])
        assert called(browser, header, "get_mention", id="theirs0")[0]
        assert called(browser, header, "get_figures", brand=RIVAL)[0]
        assert SECRET not in called(browser, header, "get_figures")[1]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("nothing", {}),
        ("find_mentions", {"view": "nothing=1"}),
        ("find_mentions", {"view": ["a"]}),
        ("find_mentions", {"view": "x" * 5_000}),
        ("find_mentions", {"after": "forged"}),
        ("get_mention", {"id": "../../etc/passwd"}),
        ("get_mention", {}),
        ("get_figures", {"period": "soon"}),
        ("get_figures", {"other": "x"}),
    ],
)
def test_what_makes_no_sense_is_one_message(peopled, token_for, name, arguments):
    header, _ = token_for("mcp")
    with peopled(mcp=True) as as_:
        failed, text = called(as_(None), header, name, **arguments)
    assert failed
    assert "Traceback" not in text


def test_check_says_that_the_package_is_missing(tmp_path, monkeypatch):
    def problems(**serving):
        return agent_problems(settings_from(configuration(serve=serving), base=tmp_path))

    assert problems() == problems(mcp=True) == []
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "`pip install ouidire[mcp]`" in problems(mcp=True)[0]
    assert problems() == []
