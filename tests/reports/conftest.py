import pytest

from reports.builders.digest import build
from reports.data.scope import Edition, Scope
from reports.samples import BRANDS, NOW, PERIOD, SOURCES, documents
from tests.support.fake_index import FakeIndex

_CONTEXTS = {}


def context_of(kind, **options):
    """Build a sample week once for all tests that only look at it."""
    key = (kind, *sorted(options))
    options = {"edition": Edition(scope=Scope(brand="pousse"))} | options
    if len(key) > 1 or key not in _CONTEXTS:
        context = build(
            FakeIndex(documents(kind)), PERIOD, brands=BRANDS, now=NOW, sources=SOURCES, **options
        )
        if len(key) > 1:
            return context
        _CONTEXTS[key] = context
    return _CONTEXTS[key]


@pytest.fixture
def week():
    return context_of
