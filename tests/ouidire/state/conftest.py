"""Every test of the state runs on SQLite and, where it is installed, on a real PostgreSQL."""

import pytest

from tests.support.state_urls import BACKENDS, postgres_server, state_url_on

__all__ = ["postgres_server"]


@pytest.fixture(params=BACKENDS)
def url(request, tmp_path):
    """The URL of a state that is not there yet."""
    return state_url_on(request, tmp_path)
