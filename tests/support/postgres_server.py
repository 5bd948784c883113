"""A real PostgreSQL for tests: Debian's own, in a folder of its own, on a socket and on loopback.

The server refuses to run as root: then it runs as `nobody`. Its default order of texts is French, by ICU:
what does not say how texts compare shows it. Where there is none, `Unavailable` says what to install.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import quote

NOBODY = 65534
USER, PASSWORD = "ouidire", "a p@ss/word"
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")


class Unavailable(Exception):  # noqa: N818 (it says what the server is)
    """No server can be had here, and why."""


def programs() -> Path:
    """Return the folder of the server's programs. Raises Unavailable."""
    if find_spec("psycopg") is None:
        raise Unavailable("Psycopg is not installed: pip install 'psycopg[binary]'")
    named = os.environ.get("OUIDIRE_POSTGRES_BIN")
    found = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    on_path = shutil.which("initdb")
    found = ([Path(on_path).resolve().parent] if on_path else []) + found
    if not found or not (found[-1] / "initdb").is_file():
        raise Unavailable("PostgreSQL is not installed; on Debian or Ubuntu: apt-get install postgresql")
    return found[-1]


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


class Server:
    """One server with data of its own; over TCP it asks for the password, on its socket for none."""

    def __init__(self) -> None:
        self.bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="ouidire-pg-"))
        self.port = _free_port()
        self._owner = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}

    def url(self, database: str = "postgres", *, schema: str = "") -> str:
        """Return the URL of a database on the socket; with `schema`, of that schema in it."""
        path = f"&options={quote(f'-csearch_path={schema}')}" if schema else ""
        return (
            f"postgresql+psycopg://{USER}@/{database}?host={quote(str(self.folder))}&port={self.port}{path}"
        )

    def address(self, database: str = "postgres") -> str:
        """Return the URL of a database over TCP."""
        return f"postgresql+psycopg://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> Self:
        """Start it and wait until it answers. Raises Unavailable with what it says when it does not."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        if self._owner:
            for path in (self.folder, secret):
                os.chown(path, NOBODY, NOBODY)
        self._run(
            "initdb",
            *("-D", str(self.data), "-U", USER, "--pwfile", str(secret), "--no-sync", "-E", "UTF8"),
            *("--auth-local=trust", "--auth-host=scram-sha-256"),
            *("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=fr"),
        )
        self.again()
        return self

    def again(self) -> None:
        """Start it on the data that it has."""
        listen = f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1"
        options = " ".join([listen, *(f"-c {each}" for each in QUICK)])
        self._run(
            "pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-o", options, "start"
        )

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.folder / "data"

    def halt(self) -> None:
        """End it without waiting for its clients; its data stay."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")

    def stop(self) -> None:
        """End it and remove its data."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def query(self, words: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement of its own, outside of any transaction; return its rows."""
        import psycopg

        with psycopg.connect(
            f"host={self.folder} port={self.port} user={USER} dbname={database}", autocommit=True
        ) as connection:
            done = connection.execute(words)
            return done.fetchall() if done.description else []

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / "said").open("ab") as said:  # no pipe: the server would keep it open
            done = subprocess.run(
                [str(self.bin / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                **self._owner,
            )
        if done.returncode:
            raise Unavailable(f"{program} failed: {(self.folder / 'said').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
