"""Templates of one's own: in place of ours, in a sandbox, and told by file and line when they are wrong."""

import pytest

from ouidire.errors import ConfigError
from reports.rendering.templating import BUILT_IN, NAMES, Templates, templates_of
from service.cli import run


def folder_with(tmp_path, **files):
    folder = tmp_path / "own"
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_one_of_our_own_stands_in_place_of_theirs_and_the_others_stay(tmp_path):
    folder = folder_with(
        tmp_path,
        digest__txt__j2="Bonjour {{ name }}\n",
        macros__html__j2="{% macro style() %}p{}{% endmacro %}",
    )
    own = templates_of(folder)
    assert own.text("digest.txt.j2", {"name": "Claire"}) == "Bonjour Claire\n"
    assert Templates().folder is None
    assert templates_of(None).folder is None


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("digst__txt__j2", "x", r"digst\.txt\.j2: no template has this name; did you mean digest\.txt\.j2"),
        ("digest__txt__j2", "un\n{% if %}\n", r"digest\.txt\.j2:2: "),
        ("digest__txt__j2", "{{ a | shout }}", r"digest\.txt\.j2:1: .*shout"),
        ("other__html", "x", r"it holds no template"),
    ],
)
def test_what_is_wrong_without_data_is_told_at_once(tmp_path, name, text, problem):
    folder = folder_with(tmp_path, **{name: text})
    with pytest.raises(ConfigError, match=problem):
        templates_of(folder).text("digest.txt.j2", {"a": "b"})


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no such folder"):
        templates_of(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ values.__init__.__globals__ }}",
        "{% for i in range(10 ** 9) %}x{% endfor %}",
        "{{ listed.append(1) }}",
        "{{ absent }}",
        "{{ 1 / 0 }}",
        "\n\n{% include 'macros.html.j3' %}",
    ],
)
def test_the_sandbox_holds_and_says_where(tmp_path, text):
    own = templates_of(folder_with(tmp_path, alert__txt__j2=text))
    with pytest.raises(ConfigError, match=r"alert\.txt\.j2"):
        own.text("alert.txt.j2", {"values": Templates(), "listed": []})


def test_what_is_no_mjml_is_told(tmp_path):
    own = templates_of(folder_with(tmp_path, alert__mjml__j2="<mjml><mj-body>"))
    with pytest.raises(ConfigError, match="no MJML"):
        own.html("alert.mjml.j2", {})


def test_html_is_escaped_in_ours_and_in_ones_own(tmp_path):
    own = templates_of(
        folder_with(tmp_path, alert__mjml__j2="<mjml><mj-body><mj-text>{{ said }}</mj-text></mj-body></mjml>")
    )
    assert "<script>" not in own.html("alert.mjml.j2", {"said": "<script>"})


def test_ours_are_copied_to_begin_with(tmp_path, capsys):
    folder = tmp_path / "gabarits"
    assert run(["report", "templates", str(folder)]) == 0
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.j2")} == set(NAMES)
    (folder / NAMES[0]).write_text("mine")
    assert run(["report", "templates", str(folder), "--json"]) == 0
    assert (folder / NAMES[0]).read_text() == "mine"
    assert (folder / NAMES[1]).read_bytes() == (BUILT_IN / NAMES[1]).read_bytes()
    assert templates_of(folder).folder == folder
