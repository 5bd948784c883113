"""What every test shares: deterministic properties in CI, the folder of saved real pages, and Chromium or a reason.

The network is off but for loopback (pytest-socket, in `pyproject.toml`); a test that starts a child process gives it
addresses of this machine only, since the guard does not reach into children.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from crawlers.browser import find_browser

REPOSITORY = Path(__file__).parents[1]

# no deadline: a test must not fail because the machine is busy
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_collection_modifyitems(items):
    if find_browser() is not None:
        return
    missing = pytest.mark.skip(reason="Chromium is not installed: pages that need a browser are not tested here")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(missing)


@pytest.fixture(scope="session")
def repository():
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared():
    """The folder of saved real pages and texts: `OUIDIRE_SHARED`, or `shared` beside the checkout. Read only."""
    folder = Path(os.environ.get("OUIDIRE_SHARED") or REPOSITORY.parent / "shared")
    if not (folder / "fixtures").is_dir():
        pytest.skip(f"no saved real pages in {folder}: set OUIDIRE_SHARED to the folder that holds fixtures/ and datasets/")
    return folder
