import pytest
from fake_index import FakeIndex
from report_samples import BRANDS, NOW, PERIOD, SOURCES, documents

from reports.digest import build

_CONTEXTS = {}


def context_of(kind, **options):
    """Build a sample week once for all tests that only look at it."""
    key = (kind, *sorted(options))
    if options or key not in _CONTEXTS:
        context = build(FakeIndex(documents(kind)), PERIOD, brand="pousse", brands=BRANDS, now=NOW, sources=SOURCES, **options)
        if options:
            return context
        _CONTEXTS[key] = context
    return _CONTEXTS[key]


@pytest.fixture
def week():
    return context_of
