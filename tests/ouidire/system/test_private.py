"""Whatever a command makes is its user's alone, and `check` names what is not."""

import subprocess
import sys

import pytest

from ouidire.settings.configuration import settings_from
from service.pipeline import open_files
from tests.support.paths import ROOT

ENTRIES = {
    "the command line": "from service.cli import main; main(['--version'])",
    "a crawl": "from crawlers.run import main; main()",
}
CONFIGURATION = {
    "brand": [{"slug": "pousse", "name": "Pousse"}],
    "harvest": {"folder": "elsewhere"},
    "smtp": {"host": "mail.example", "user": "a", "password_file": "mail.secret"},
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_every_entry_makes_private_files(entry):
    code = f"import os; os.umask(0o022)\ntry:\n    {entry}\nexcept SystemExit:\n    pass\nprint(os.umask(0))"
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"", capture_output=True, check=True, cwd=ROOT, timeout=60
    )
    assert int(done.stdout.split()[-1]) == 0o077


def test_check_names_what_others_reach_and_the_command_that_closes_it(tmp_path, monkeypatch):
    (tmp_path / "var").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mail.secret").write_text("s")
    monkeypatch.setattr(open_files, "open_mode", lambda path: 0o755 if path.exists() else None)
    found = open_files.open_files(settings_from(CONFIGURATION, base=tmp_path))
    assert [each.partition("; ")[2] for each in found] == [
        f"`chmod -R go-rwx {tmp_path / 'var'}`",
        f"`chmod -R go-rwx {tmp_path / 'elsewhere'}`",
        f"`chmod go-rwx {tmp_path / 'mail.secret'}`",
    ]
    monkeypatch.setattr(open_files, "open_mode", lambda _path: None)
    assert open_files.open_files(settings_from(CONFIGURATION, base=tmp_path)) == []
