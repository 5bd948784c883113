"""`docs/adding-a-source.md`, followed to the letter in a copy of the repository: files, edits, commands.

The copy holds what a new source touches; all else is imported from here. The site of the page is a local one,
by a proxy that the configuration of the page is given.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.faulty_site import FaultSite
from tests.support.paths import ROOT

PAGE = ROOT / "docs" / "adding-a-source.md"
BLOCK = re.compile(r"^(?:<!-- (\w+)(?:: (.+?))? -->\n)?```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COPIED = ("crawlers", "docs", "tests/pages", "tests/support")
FILES = ("pyproject.toml", "tests/__init__.py", "tests/conftest.py", "tests/test_sources.py")
PROGRAMS = {
    "ouidire": [sys.executable, "-c", "from service.cli import main; main()"],
    "python": [sys.executable],
}
SECOND_PAGE = """<!doctype html><html lang="fr"><body><p class="total">4 avis</p>
<article id="v-281"><p class="note">2/5</p><p class="qui">Solal</p><time>il y a 8 jours</time>
<p class="mots">Peu de choix en vivaces cette année.</p></article></body></html>"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "images"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


class Reader:
    """Does what the page says, block by block."""

    def __init__(self, folder, site):
        self.folder, self.site = folder, site
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
            "OUIDIRE_LOG": "error",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.printed = ""
        self.done = []

    def follow(self, kind, name, language, body):
        if kind is None:
            assert language == "sh", f"a block that nobody follows: {body[:80]}"
            for line in body.splitlines():
                self.run(line)
        else:
            getattr(self, kind)(*([name] if name else []), body)
            self.done.append(kind)

    def file(self, name, body):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
        if name == "try.toml":
            path.write_text(f'{body}proxy = "{self.site.url}"\ndelay = 0\n', encoding="utf-8")
        if name.endswith("2026-06-data/page.html"):
            self.site.pages = {"/deux-rives": body.encode()}
        elif name.endswith("2026-03-list/page.html"):
            self.site.pages = {"/deux-rives": body.encode(), "/deux-rives?page=2": SECOND_PAGE.encode()}

    def line(self, name, body):
        """Add a line to a sorted list of lines that look like it."""
        path = self.folder / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if re.match(r'    "\w+": "crawlers\.', line)]
        lines[places[0] : places[-1] + 1] = sorted([*lines[places[0] : places[-1] + 1], body])
        path.write_text("".join(lines), encoding="utf-8")

    def edit(self, name, body):
        """Apply a difference: its lines must be in the file, once."""
        path = self.folder / name
        lines = body.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{name} does not hold once: {before}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def prints(self, body):
        assert holds(json.loads(self.printed), json.loads(body)), self.printed

    def run(self, line):
        words = shlex.split(line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.environment[name] = value
            return
        done = subprocess.run(
            [*PROGRAMS[words[0]], *words[1:]],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        self.printed = done.stdout
        self.done.append(" ".join(words[:3]))


def holds(whole, part):
    """Whether everything that `part` says is in `whole`; lists one by one."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and holds(whole[key], value) for key, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(part) == len(whole) and all(map(holds, whole, part))
    return part == whole


def test_the_page_is_followed_to_the_letter(copy):
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    with FaultSite() as site:
        reader = Reader(copy, site)
        for kind, name, language, body in blocks:
            reader.follow(kind or None, name, language, body)
    assert reader.done.count("python -m pytest") == 3
    keys = [hit.headers.get("x-key") for hit in site.log if hit.path.startswith("/deux-rives")]
    assert keys[-1] == reader.environment["VOISINAGE_KEY"]
    assert not any(keys[:-1])
    written = b"".join(path.read_bytes() for path in (copy / "try").rglob("*") if path.is_file())
    assert reader.environment["VOISINAGE_KEY"].encode() not in written
    assert "## voisinage" in (copy / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
    stated = json.loads((copy / "tests/pages/voisinage/2026-03-unknown/expected.json").read_text())
    assert stated == {"raises": "LayoutChanged", "layout": None}
    lint(copy)


def lint(copy):
    """The style of the page's code is ours."""
    ruff = shutil.which("ruff", path=Path(sys.executable).parent) or shutil.which("ruff")
    assert ruff, "ruff belongs to the development environment"
    folder = copy / "crawlers" / "sources" / "voisinage"
    ours = ["--no-cache", "--config", "lint.isort.known-first-party = ['ouidire']"]
    for command in (["check", *ours], ["format", "--check", *ours]):
        done = subprocess.run(
            [ruff, *command, str(folder)], cwd=copy, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_block_of_the_page_is_found():
    text = PAGE.read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) == text.count("\n```") // 2
