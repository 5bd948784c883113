"""The tutorial, followed to the letter: every command of it is run, in its order, on the demo's own site.

Its files are written as it shows them; its tables go into `ouidire.toml` as a reader would write them in.
Only ports are others, and the demo is played for one week. What waits until it is interrupted is started,
asked for its page, and interrupted.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import tomllib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

from crawlers.engine.browser.launch import find_browser
from tests.support.paths import ROOT

OK, PARTIAL = 0, 3
COMMAND = (sys.executable, "-c", "from service.cli import main; main()")
STEP = re.compile(r"^(?:<!-- (.+?) -->\n)?```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"^(?=\[)", re.MULTILINE)
HALF_DONE = {"check", "demo", "run", "sources"}
"""Commands that warn by their exit code: of a legal note, of a source that is ill or due."""
PATIENCE = 300
SITE, PAGES = 8123, 8080
"""The ports that the tutorial names."""


def steps():
    """The tutorial's blocks, in order: the note above (empty where there is none), the language, the text."""
    return STEP.findall((ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))


def test_every_block_is_of_a_kind_that_is_followed():
    assert {language for _, language, _ in steps()} == {"sh", "toml", "csv"}
    assert {note.split()[0] for note, _, _ in steps() if note} == {"file:", "saved:", "example"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def heading(table):
    """What a table of a configuration is told by: its first line and, of a brand, its slug."""
    first, _, rest = table.partition("\n")
    slug = re.search(r"^slug = (.+)$", rest, re.MULTILINE) if first == "[[brand]]" else None
    return first, slug and slug[1]


def written_in(text, block):
    """A configuration with the tables of a block: in the place of what they are about, else at the end."""
    for table in filter(None, TABLE.split(block)):
        parts = TABLE.split(text)
        about = heading(table)
        replaced = [number for number, part in enumerate(parts) if heading(part) == about]
        if replaced and not (about[0].startswith("[[") and about[1] is None):
            parts[replaced[0]] = table.rstrip() + "\n\n"
            text = "".join(parts)
        else:
            text = f"{text.rstrip()}\n\n{table.rstrip()}\n"
    tomllib.loads(text)
    return text


def test_tables_are_written_in_where_a_reader_would():
    text = 'a = 1\n\n[[brand]]\nslug = "x"\n\n[fetch]\n# nothing\n\n[digest]\nhour = 7\n'
    found = written_in(
        text, '[[brand]]\nslug = "x"\nname = "X"\n\n[[brand]]\nslug = "y"\n\n[fetch]\ndelay = 0\n'
    )
    assert tomllib.loads(found) == {
        "a": 1,
        "brand": [{"slug": "x", "name": "X"}, {"slug": "y"}],
        "fetch": {"delay": 0},
        "digest": {"hour": 7},
    }
    assert len(tomllib.loads(written_in(found, "[[source]]\nn = 1\n\n[[source]]\nn = 2\n"))["source"]) == 2


class Reader:
    """Somebody with a terminal, an editor and a browser."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {SITE: free_port(), PAGES: free_port()}
        self.done = []
        opened = folder / "bin"
        opened.mkdir()
        for name in ("xdg-open", "browser"):
            (opened / name).write_text(f'#!/bin/sh\necho "$1" >> "{folder}/opened"\n')
            (opened / name).chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{opened}{os.pathsep}{os.environ['PATH']}",
            "BROWSER": str(opened / "browser"),
            "OUIDIRE_LOG": "error",
            "COLUMNS": "200",
        }

    def ported(self, text):
        """The same text with ports that are free here."""
        for named, free in self.ports.items():
            text = text.replace(f":{named}", f":{free}")
        return text

    def save(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def edit(self, block):
        path = self.folder / "ouidire.toml"
        path.write_text(written_in(path.read_text(encoding="utf-8"), self.ported(block)), encoding="utf-8")

    def fetch(self, url, proxy=None):
        """What an address answers; None while nothing does."""
        opener = build_opener(ProxyHandler({} if proxy is None else {"http": proxy}))
        try:
            return opener.open(url, timeout=30).read()
        except (URLError, ConnectionError):
            return None

    def run(self, *arguments):
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        allowed = (OK, PARTIAL) if arguments[0] in HALF_DONE else (OK,)
        assert done.returncode in allowed, (arguments, done.stdout, done.stderr)
        assert not re.search("Traceback|Warning", done.stderr), (arguments, done.stderr)
        self.done.append((shlex.join(arguments), done.stdout))

    @contextmanager
    def started(self, *arguments, url=None):
        """A command that goes on until it is interrupted; its page has been seen to answer."""
        said = self.folder / "said.log"
        with said.open("wb") as file:
            process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=self.folder,
                env={**self.environment, "PYTHONUNBUFFERED": "1"},
                stdout=file,
                stderr=subprocess.STDOUT,
                # what a shell without job control starts in the background ignores SIGINT
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
            )
        try:
            until = time.monotonic() + PATIENCE
            while True:
                address = url or next(iter(re.findall(r"http://[\d.]+:\d+", said.read_text())), None)
                if address is not None and self.fetch(address) is not None:
                    break
                assert process.poll() is None, (arguments, said.read_text())
                assert time.monotonic() < until, (arguments, said.read_text())
                time.sleep(0.2)
            yield
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == OK, (arguments, said.read_text())
            self.done.append((shlex.join(arguments), said.read_text()))
        finally:
            process.kill()
            process.wait()


def follow(reader, line):
    """Do what one line of a shell block says; return what goes on in another terminal, if it does."""
    words = shlex.split(line)
    if line == "make demo":
        reader.run("demo", "--weeks", "1")
        return None
    assert words[0] == "ouidire", line
    arguments = words[1:]
    if "--serve-site" in arguments:
        return reader.started(*arguments, "--port", str(reader.ports[SITE]))
    if "--live" in arguments:
        with reader.started(*arguments):
            return None
    if arguments[0] == "serve":
        reader.edit(f"[serve]\nport = {reader.ports[PAGES]}\n")
        with reader.started(*arguments, url=f"http://127.0.0.1:{reader.ports[PAGES]}/healthz"):
            return None
    if "--pdf" not in arguments or find_browser() is not None:
        reader.run(*arguments)
    return None


@pytest.mark.timeout(1800)
def test_the_tutorial_is_followed_to_the_letter(tmp_path):
    reader = Reader(tmp_path)
    lines = 0
    with ExitStack() as other_terminal:
        for note, language, body in steps():
            kind, _, rest = note.partition(" ")
            if kind == "saved:":
                name, url = rest.split(" from ")
                page = reader.fetch(url, proxy=f"http://127.0.0.1:{reader.ports[SITE]}")
                (tmp_path / name).write_bytes(page)
            if kind == "file:":
                reader.save(rest, body)
            elif language == "toml" and kind != "example":
                reader.edit(body)
            elif language == "sh":
                for line in body.splitlines():
                    lines += 1
                    going_on = follow(reader, line)
                    if going_on is not None:
                        other_terminal.enter_context(going_on)
    assert lines == len(reader.done) + (find_browser() is None)
    said = dict(reader.done)
    assert len(list((tmp_path / "var" / "outbox").glob("*.eml"))) >= 1
    assert "relevé après coup" in (tmp_path / "digest.html").read_text(encoding="utf-8")
    assert re.match(r"\d+ mentions", said["search livraison"])
    assert (tmp_path / "avis.xlsx").stat().st_size > 0
    assert Path((tmp_path / "opened").read_text().split()[0]).name == "digest.html"
