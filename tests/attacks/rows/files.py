"""Files that others could read, and workbooks that claim more than they hold."""

import io
import stat
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from crawlers.reading.tables import read_rows
from ouidire.errors import LayoutChanged
from ouidire.system.private import open_mode
from tests.attacks.attack import Attack, refused_by
from tests.support.paths import ROOT

MAKES = {
    "a folder and a file": "p.mkdir(); (p / 'x').write_text('')",
    "an atomic file": "from ouidire.system.files import write_atomically; write_atomically(p / 'x', b'')",
    "the state": "from ouidire.state import open_state; p.mkdir(); open_state(f'sqlite:///{p}/s.db').close()",
    "a harvest": (
        "from ouidire.harvest.store import HarvestWriter\n"
        "with HarvestWriter(p / 'a' / 'b', run_id='r', source='feed', source_key='feed:x', entity='x'): pass"
    ),
}
COMMAND = (
    "import os, sys, pathlib; os.umask(0o022); p = pathlib.Path(sys.argv[1])\n"
    "from ouidire.system.private import keep_files_private; keep_files_private()\n"
)


def modes_made(code):
    """Return "private" when nothing that code makes can be read by others, else the first mode."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "made"
        subprocess.run([sys.executable, "-c", COMMAND + code, str(place)], check=True, cwd=ROOT)
        made = [place, *place.rglob("*")]
        modes = {stat.S_IMODE(each.stat().st_mode) & 0o077 for each in made}
        return "private" if modes == {0} else f"open: {modes}"


def noticed(inner, outer):
    """Return whether `check` would notice a file of mode `inner` in a folder of mode `outer`."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        place = Path(folder) / "var"
        place.mkdir(mode=outer)
        place.chmod(outer)
        (place / "state.db").write_text("")
        (place / "state.db").chmod(inner)
        return "noticed" if open_mode(place / "state.db") is not None else "not noticed"


def workbook(*, row=None, name=None, size=0, prolog=""):
    """Return an XLSX whose one sheet has a changed row number, another entry, or a document type."""
    book = openpyxl.Workbook()
    book.active.append(["Note", "Commentaire"])
    book.active.append([9, "Très bien"])
    plain, changed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            data = old.read(each).decode()
            if each.endswith("sheet1.xml"):
                if row:
                    data = (
                        data.replace('r="2"', f'r="{row}"')
                        .replace('"A2"', f'"A{row}"')
                        .replace('"B2"', f'"B{row}"')
                    )
                data = prolog + data[data.index("<worksheet") :] if prolog else data
            new.writestr(each, data)
        if name:
            new.writestr(name, b"0" * size)
    changed.seek(0)
    return changed


def rows_read(**more):
    """Return how much of a workbook is read: "refused", or "few" or "many" rows."""
    rows = []

    def read():
        rows.extend(read_rows(workbook(**more)))

    if refused_by(read, LayoutChanged) == "refused":
        return "refused"
    return "few" if len(rows) < 20_000 else "many"


BOMB = (
    '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(8))
    + "]>"
)


def attacks():
    """Return the attacks by files."""
    return [
        *(
            Attack(
                "open files",
                name,
                "a umask of 022",
                "private",
                partial(modes_made, code),
                slow=name != "an atomic file",
            )
            for name, code in MAKES.items()
        ),
        Attack(
            "open files", "a file in an open folder", "644 in 755", "noticed", partial(noticed, 0o644, 0o755)
        ),
        Attack("open files", "a group's file", "640 in 750", "noticed", partial(noticed, 0o640, 0o750)),
        Attack(
            "open files",
            "a file in a closed folder",
            "644 in 700",
            "not noticed",
            partial(noticed, 0o644, 0o700),
        ),
        Attack("open files", "a closed file", "600 in 755", "not noticed", partial(noticed, 0o600, 0o755)),
        Attack("workbooks", "an honest one", "two rows", "few", rows_read),
        Attack(
            "workbooks", "a million rows", "row 1,048,576 of two", "few", partial(rows_read, row=1_048_576)
        ),
        Attack(
            "workbooks",
            "a bomb",
            "100 MB of zeros",
            "refused",
            partial(rows_read, name="x", size=100_000_000),
        ),
        Attack("workbooks", "entities", "a billion laughs", "refused", partial(rows_read, prolog=BOMB)),
    ]
