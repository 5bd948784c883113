"""What every test shares: deterministic properties in CI, the folder of saved real pages, and `--quick`.

The network is off but for loopback (pytest-socket, in `pyproject.toml`); a test that starts a child process
gives it addresses of this machine only, since the guard does not reach into children.
"""

import os

import pytest
from hypothesis import settings

from crawlers.engine.browser.launch import find_browser
from service.cli.language import speak
from tests.support.paths import ROOT, SHARED
from tests.support.quick import SLOW, Quick, place_of

# children of tests import what tests import, wherever they are started
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])

# the command line answers in English, whatever the language of this machine; tests of French ask for it
os.environ["OUIDIRE_LANG"] = "en"

# no deadline: a test must not fail because the machine is busy
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_addoption(parser):
    parser.addoption(
        "--quick", action="store_true", help="leave out what is slow: see tests/support/quick.py"
    )


def pytest_configure(config):
    if config.getoption("quick"):
        config.pluginmanager.register(Quick(), "quick")


def pytest_collection_modifyitems(items):
    # what takes minutes begins first, so that no worker ends long after the others (see `make test`)
    items.sort(key=lambda item: len(SLOW) if (place := place_of(item.nodeid)) is None else place)
    if find_browser() is not None:
        return
    missing = pytest.mark.skip(
        reason="Chromium is not installed: pages that need a browser are not tested here"
    )
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(missing)


@pytest.fixture(autouse=True)
def english():
    """The command line's language as it is before each test, whatever the one before it ran."""
    speak(os.environ["OUIDIRE_LANG"])


@pytest.fixture(scope="session")
def repository():
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared():
    """The folder of saved real pages and texts: `OUIDIRE_SHARED`, or `shared` beside the checkout.

    Read only.
    """
    folder = SHARED
    if not (folder / "fixtures").is_dir():
        pytest.skip(
            f"no saved real pages in {folder}: "
            "set OUIDIRE_SHARED to the folder that holds fixtures/ and datasets/"
        )
    return folder
