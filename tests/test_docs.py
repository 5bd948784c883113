"""The documentation, checked like code: reference pages are current; links, paths and commands are real."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import typer

from crawlers import SOURCES, load_source
from ouidire.errors import ConfigError
from ouidire.settings.configuration import Settings, load_settings
from ouidire.state.tables import metadata
from reports.data.metric import MeasureKey
from reports.statistics.group import Statistic
from service.cli import run
from service.cli.app import app
from service.pipeline.configured_sources import configured_sources
from tests.test_architecture import ALLOWED

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
WRITTEN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?<![\w/:.@-])\.?[\w-]+(?:\.[\w-]+)*(?:/[\w.<>{},*-]*)+")
OURS = (*ALLOWED, "tests", "docs", "deploy", "bench")
"""Folders of the checkout: a path that begins with one of them leads somewhere."""
CODE = (".py", ".md", ".tsv", ".mako", ".mjml", ".j2")
"""Endings of what only the checkout holds: a path that ends so is given from its root."""
MADE_UP = "voisinage"
"""The source that `adding-a-source.md` writes; another test follows it."""
LINK_TEXT = re.compile(r"\[(.+)\]\(")
BOX = re.compile(r"^> \*\*What it cannot say\.\*\* \w.{40,}", re.MULTILINE)
"""The box of a measure: a quotation that begins so."""
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")


@cache
def generator():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def text_of(path):
    return path.read_text(encoding="utf-8")


def name_of(path):
    return str(path.relative_to(ROOT))


def fences(language):
    return [
        (path, body) for path in WRITTEN for lang, body in FENCE.findall(text_of(path)) if lang == language
    ]


def anchors(path):
    """The anchors that a page has: GitHub's rule for headings."""
    prose = FENCE.sub("", text_of(path))
    titles = re.findall(r"^#+ +(.+)$", prose, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).strip().lower()).replace(" ", "-")
        for title in titles
    }


@pytest.mark.parametrize("name", ["cli.md", "configuration.md", "documents.md", "legal.md", "sources.md"])
def test_reference_pages_are_current(name):
    assert text_of(DOCS / "reference" / name) == generator().pages()[name], "run `make docs`"


def test_every_reference_page_is_generated():
    assert {path.name for path in (DOCS / "reference").iterdir()} == set(generator().pages())


def test_every_command_is_documented():
    page = text_of(DOCS / "reference" / "cli.md")
    for name, command in generator().commands():
        assert f"## {name}\n" in page
        assert command.help, f"{name} does not say what it does"
        unsaid = [each.name for each in command.params if not each.help]
        assert not unsaid, f"{name} does not say what these are: {unsaid}"


def test_every_setting_is_documented():
    page = text_of(DOCS / "reference" / "configuration.md")
    for key in Settings.model_fields:
        assert key == "base" or re.search(rf"`{key}`|`\[{key}\]`|`\[\[{key}\]\]`", page), key


def test_every_source_is_documented():
    for slug in SOURCES:
        assert f"## {slug}\n" in text_of(DOCS / "reference" / "sources.md")
        sheet = text_of(DOCS / "reference" / "legal.md").split(f"## {slug}\n")[1]
        assert load_source(slug).about.legal_note.split()[0] in sheet.split("\n## ")[0]


def test_links_lead_somewhere():
    broken = []
    for path in WRITTEN:
        for target in LINK.findall(FENCE.sub("", text_of(path))):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            found = (path.parent / file).resolve() if file else path
            if found.suffix == ".png" and not found.exists() and found.parent == DOCS / "images":
                continue  # pictures are made from the demo: see the test of pictures
            if not found.exists():
                broken.append(f"{name_of(path)}: {target}: there is no such file")
            elif anchor and anchor not in anchors(found):
                broken.append(f"{name_of(path)}: {target}: there is no such heading")
    assert not broken


def quoted_paths():
    """Every path between backquotes and in shell snippets; `{a,b}` names several, `<x>` any."""
    for path in WRITTEN:
        if path.name == "CHANGELOG.md":  # it tells of the past
            continue
        text = text_of(path)
        quoted = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
        quoted += [body for language, body in FENCE.findall(text) if language == "sh"]
        for word in {each.rstrip(".") for part in quoted for each in PATH.findall(part)}:
            if MADE_UP in word or not (word.split("/")[0] in OURS or word.endswith(CODE)):
                continue
            several = re.search(r"\{(.*?)\}", word)
            names = several[1].split(",") if several else [""]
            yield from ((path, word.replace(several[0], name) if several else word) for name in names)


def test_quoted_paths_exist():
    listed = list(quoted_paths())
    assert len(listed) > 50
    missing = {
        f"{name_of(path)}: {word}"
        for path, word in listed
        if not any(ROOT.glob(re.sub(r"<[^>]*>", "*", word).rstrip("/")))
    }
    assert not missing


def test_the_architecture_page_names_every_package_and_every_table():
    text = text_of(DOCS / "architecture.md")
    rows = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert rows == set(ALLOWED) | set(metadata.tables)
    for package in ALLOWED:
        row = re.search(rf"^\| `{package}` \| (.*)$", text, re.MULTILINE)[1]
        rooms = {each.name for each in (ROOT / package).iterdir() if any(each.glob("*"))} - {"__pycache__"}
        unsaid = {room for room in rooms if (ROOT / package / room).is_dir() and f"{room}/" not in row}
        assert not unsaid, f"rooms of {package} that the page does not name: {unsaid}"


def test_the_index_of_the_documentation_names_every_page():
    linked = {
        (DOCS / target.partition("#")[0]).resolve() for target in LINK.findall(text_of(DOCS / "README.md"))
    }
    assert {path for path in DOCS.rglob("*.md") if path.name != "README.md"} - linked == set()


@cache
def sections_of_measures():
    """The text of each section of the page of measures, by its title, in order."""
    _, *parts = re.split(r"^## (.+)$", FENCE.sub("", text_of(DOCS / "measures.md")), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_the_contents_of_the_measures_list_every_heading():
    prose = FENCE.sub("", text_of(DOCS / "measures.md"))
    titles = re.findall(r"^###? (.+)$", prose, re.MULTILINE)
    listed = re.findall(r"^ *- \[(.+)\]\(#", sections_of_measures()["Contents"], re.MULTILINE)
    assert listed == [title for title in titles if title != "Contents"]


def test_headings_of_the_measures_are_in_english():
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(DOCS / "measures.md")), re.MULTILINE)
    assert len(titles) > 25
    french = re.compile(r"\b(le|la|les|de|des|du|et|à|aux|part|taux|score de|avis|écart)\b", re.IGNORECASE)
    assert not [title for title in titles if not title.isascii() or french.search(title)]


@pytest.mark.parametrize(
    "key", [*dict.fromkeys((*get_args(MeasureKey), *get_args(Statistic))), "levers", "parts"]
)
def test_every_measure_has_its_section_and_what_it_cannot_say(key):
    rows = [line for line in sections_of_measures()["Rules for all"].splitlines() if line.startswith("|")]
    named = [row for row in rows if key in re.findall(r"\w+", row.split("|")[1])]
    assert len(named) == 1, key
    title = LINK_TEXT.search(named[0].split("|")[3])[1]
    assert BOX.search(sections_of_measures()[title]), title


def test_every_section_of_the_measures_says_what_it_cannot_say():
    without = {title for title, text in sections_of_measures().items() if not BOX.search(text)}
    assert without == {"Contents", "Rules for all", "What the caller answers for"}


def test_pictures_that_exist_are_pictures():
    for path in (DOCS / "images").glob("*"):
        assert path.suffix == ".png"
        assert path.read_bytes().startswith(b"\x89PNG")
        assert any(path.name in text_of(page) for page in WRITTEN), f"{path.name} is shown nowhere"


def test_nothing_is_left_to_be_written():
    found = [
        (name_of(path), word)
        for path in WRITTEN
        for word in re.findall(r"\b(?:TODO|FIXME|TBD|XXX|lorem)\b", text_of(path))
    ]
    assert not found


def quoted_commands():
    """Every `ouidire …` line of a shell snippet, and every `ouidire …` between backquotes."""
    for path in WRITTEN:
        for language, body in FENCE.findall(text_of(path)):
            if language in ("sh", "bash", "console"):
                for line in body.replace("\\\n", " ").splitlines():
                    yield from (
                        (path, part.strip())
                        for part in re.split(r"&&|\|", line)
                        if part.strip().startswith("ouidire ")
                    )
        if path.parent.name != "reference":
            yield from (
                (path, each) for each in re.findall(r"`(ouidire [a-z][^`]*)`", FENCE.sub("", text_of(path)))
            )


def command_in(words):
    """The command that words name, and what follows it; None when there is no such command."""
    command = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        if words[0] not in command.commands:
            return None
        command, words = command.commands[words[0]], words[1:]
    return command, words


def test_quoted_commands_exist():
    listed = list(quoted_commands())
    assert len(listed) > 20
    wrong = []
    for path, line in listed:
        words = shlex.split(line.removeprefix("ouidire ").split(" #")[0].replace("…", ""))
        found = command_in(words)
        if found is None:
            wrong.append(f"{name_of(path)}: {line}: no such command")
            continue
        command, rest = found
        if hasattr(command, "commands"):
            continue  # a group, named as such
        known = {
            name
            for each in command.params
            if each.param_type_name == "option"
            for name in (*each.opts, *each.secondary_opts)
        }
        wrong += [
            f"{name_of(path)}: {line}: no option {word}"
            for word in rest
            if word.startswith("-") and word.partition("=")[0] not in known
        ]
    assert not wrong


def test_quoted_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    quoted = {
        (name_of(path), each)
        for path in WRITTEN
        for called in re.findall(r"(?:^|`)make ((?:[a-z-]+(?: |\b))+)", text_of(path), re.MULTILINE)
        for each in called.split()
    }
    assert quoted
    assert not {each for each in quoted if each[1] not in targets}


def test_quoted_calls_of_pytest_select_something():
    lines = {
        line
        for _, body in fences("sh")
        for line in body.splitlines()
        if line.startswith(".venv/bin/python -m pytest ")
    }
    assert len(lines) >= 3
    for line in lines:
        command = [sys.executable, *shlex.split(line)[1:], "--collect-only", "-q"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (line, done.stdout)


def test_make_help_lists_every_target():
    makefile = text_of(ROOT / "Makefile")
    targets = set(re.findall(r"^\.PHONY: ([a-z]+)$", makefile, re.MULTILINE))
    assert {
        "setup",
        "demo",
        "test",
        "lint",
        "types",
        "golden",
        "eval",
        "bench",
        "real",
        "docs",
        "clean",
    } <= targets
    assert targets == set(re.findall(r"^([a-z]+):.*## .", makefile, re.MULTILINE))


def configurations():
    """Every TOML snippet, but for those of an invented source: their page has a test of its own."""
    return [(path, body) for path, body in fences("toml") if path.name != "adding-a-source.md"]


@pytest.mark.parametrize("number", range(len(configurations())))
def test_configuration_snippets_are_valid(number, tmp_path):
    path, body = configurations()[number]
    data = tomllib.loads(body)
    if "brand" not in data:  # a part of a file: the rest is the least there can be
        named = sorted(
            {brand for each in data.get("source", []) for brand in each.get("brands", [])}
            | {"pousse-et-compagnie"}
        )
        body += "".join(f'\n[[brand]]\nslug = "{slug}"\nname = "{slug}"\n' for slug in named)
    file = tmp_path / "ouidire.toml"
    file.write_text(body, encoding="utf-8")
    try:
        assert configured_sources(load_settings(file)) is not None
    except ConfigError as error:
        pytest.fail(f"{name_of(path)}: {error}")


def test_the_first_configuration_is_valid(tmp_path, capsys):
    path = tmp_path / "ouidire.toml"
    asked = [
        "--brand",
        "Pousse & Compagnie",
        "--domain",
        "pousse-et-compagnie.example",
        "--competitor",
        "Terre Folle",
    ]
    asked += [
        "--trustpilot",
        "pousse-et-compagnie.example",
        "--recipient",
        "direction@pousse-et-compagnie.example",
    ]
    assert run(["init", "--config", str(path), *asked]) == 0
    assert run(["check", "--config", str(path), "--json"]) in (0, 3), capsys.readouterr().err
    assert "Pousse & Compagnie" in text_of(path)


def test_the_reader_is_told_of_the_picture():
    assert "docs/images/digest.png" in text_of(ROOT / "README.md")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_units_are_valid(tmp_path):
    for unit in (ROOT / "deploy" / "systemd").iterdir():
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text_of(unit), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("unit", "runs"), [("ouidire", "run"), ("ouidire-serve", "serve"), ("ouidire-backup", "backup")]
)
def test_the_units_run_commands_that_exist(unit, runs):
    service = text_of(ROOT / "deploy" / "systemd" / f"{unit}.service")
    words = shlex.split(re.search(r"^ExecStart=\S+/ouidire (.+)$", service, re.MULTILINE)[1])
    command, rest = command_in(words)
    assert command.name == runs
    assert {word for word in rest if word.startswith("-")} <= {
        name for each in command.params for name in each.opts
    }
