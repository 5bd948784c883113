"""The locks: hashed, complete, agreeing with each other and with what `pyproject.toml` declares."""

import ast
import re
import tomllib

import pytest

from tests.support.paths import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-lowest.lock")


def pins(name):
    return dict(
        re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    )


def normal(name):
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", name)[0]).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_locks_are_hashed_and_name_no_place(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert pins(name)
    assert all("--hash=sha256:" in block for block in blocks if re.match(r"[a-z0-9._-]+==", block))
    assert not re.search(r"://|--(index|extra-index|find-links|trusted)|file:/|@ ", text)
    assert not re.search(r"^[a-z0-9._-]+(?!.*==)", text, re.MULTILINE), "a requirement without a pin"


def test_locks_hold_what_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    default, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {normal(each) for each in project["dependencies"]} <= set(default), "run `make lock`"
    assert {normal(each) for each in project["optional-dependencies"]["dev"]} <= set(dev), "run `make lock`"
    assert default.items() <= dev.items(), "the two locks must agree"


def test_the_lowest_versions_are_those_that_are_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    floors = {normal(each): re.search(r">=([\w.]+)", each) for each in declared}
    assert all(floors.values()), "a dependency without a lowest version"
    lowest = pins("requirements-lowest.lock")
    untrue = {
        name: (floor[1], lowest[name])
        for name, floor in floors.items()
        if not f"{lowest[name]}.".startswith(f"{floor[1]}.")
    }
    assert not untrue, "no such version works: raise it in pyproject.toml, then `make lock-lowest`"


def test_the_version_is_said_once():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    tree = ast.parse((ROOT / "ouidire" / "__init__.py").read_text(encoding="utf-8"))
    stated = [
        ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__"
    ]
    assert stated == [repr(declared)]
