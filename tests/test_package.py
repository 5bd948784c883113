"""The wheel: everything travels with it, nothing else does, and what it installs works in an empty folder."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("crawlers", "enrichment", "ouidire", "reports", "search", "service")
LEFT_BEHIND = ("__pycache__", ".pyc")

pytestmark = pytest.mark.wheel


def carried(folder):
    """Every file of our packages, as the wheel must name it."""
    files = (
        path.relative_to(folder)
        for package in PACKAGES
        for path in (folder / package).rglob("*")
        if path.is_file()
    )
    return {path.as_posix() for path in files if not any(mark in path.as_posix() for mark in LEFT_BEHIND)}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what the wheel is made of, so that building leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.part")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PIP_NO_INDEX": "1"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the wheel, which borrows the libraries (and nothing of ours) from this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True)
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    site = next((folder / "lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(
        libraries + "\n"
    )  # its own .pth files, our editable install among them, are not read
    return folder / "bin"


def test_an_editable_install_is_one_plain_path_and_warns_of_nothing(source, tmp_path):
    code = f"from setuptools.build_meta import build_editable; print(build_editable({str(tmp_path)!r}))"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        (path,) = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert path.endswith(".pth")
        assert archive.read(path).decode().split() == [str(source)]


def call(installed, *arguments, cwd, timeout=240):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OUIDIRE", "COV"))
    }
    return subprocess.run(
        [str(installed / arguments[0]), *arguments[1:]],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def test_every_file_travels(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert carried(source) - held == set()
    assert held - carried(source) == set()
    for kind in (".html", ".json", ".csv", ".toml", ".mako", ".npz", ".txt"):
        assert any(name.endswith(kind) for name in held), (
            f"no {kind} file travels: are templates, data, migrations and model there?"
        )


def test_the_licence_travels(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        licence = next(name for name in names if name.endswith("/LICENSE"))
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert not re.search(r"Requires-Dist: (torch|scikit-learn)\b[^;]*$", metadata, re.MULTILINE)


def test_what_is_installed_is_the_wheel(installed, tmp_path):
    code = f"import importlib\nfor name in {PACKAGES}:\n    print(importlib.import_module(name).__file__)"
    done = call(installed, "python", "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert all(line.startswith(str(installed.parent)) for line in done.stdout.split())


def test_the_command_answers(installed, tmp_path):
    done = call(installed, "ouidire", "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
    assert call(installed, "ouidire", "no-such-command", cwd=tmp_path).returncode == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.timeout(600)
def test_the_demo_runs_from_an_empty_folder(installed, tmp_path):
    done = call(installed, "ouidire", "demo", "--weeks", "1", cwd=tmp_path, timeout=560)
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "demo" / "digest.html").read_text(encoding="utf-8").startswith("<!")
    assert list((tmp_path / "demo" / "var" / "outbox").glob("*.eml"))
    found = call(installed, "ouidire", "search", "livraison", "--config", "demo/ouidire.toml", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout.split()[0]) > 0
