"""What ONNX Runtime would report of its use, and keep in the user's folder, is switched off."""

import ast
import os
import subprocess
import sys
from pathlib import Path

PACKAGES = ("ouidire", "crawlers", "enrichment", "search", "reports", "service", "bench", "docs", "tests")
READ = (
    "from enrichment.run import bundled; e = bundled(); "
    "print(e.annotate([e.prepare('Parfait')])[0].sentiment.label)"
)
ALONE = (
    "CI",
    "ORT_DISABLE_TELEMETRY",
    "ORT_RUNNING_UNIT_TESTS",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
)
"""What would silence it, or move its folder, for a test alone."""


def test_reading_a_text_leaves_nothing_in_the_users_folder(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    given = {name: value for name, value in os.environ.items() if name not in ALONE} | {
        "HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True, env=given)
    assert done.stdout.strip() == "positive"
    assert sorted(home.rglob("*")) == []


def test_the_runtime_is_imported_in_one_place_only(repository):
    found = {
        str(path.relative_to(repository))
        for package in PACKAGES
        for path in Path(repository, package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (
            isinstance(node, ast.Import)
            and any(each.name.split(".")[0] == "onnxruntime" for each in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "onnxruntime")
    }
    assert found == {"enrichment/models/runtime.py"}
