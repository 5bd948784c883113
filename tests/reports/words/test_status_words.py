"""Tests of the words for how runs end: files, pages of scripts and first readings are named as they are."""

import tomllib

import pytest

from reports.words.status_words import status_key
from tests.support.paths import ROOT

SCRIPTS = "the page shows nothing without scripts; try `render = true` in the source's parameters"


@pytest.mark.parametrize(
    ("source", "status", "reason", "read_before", "key"),
    [
        ("review_file", "layout_changed", "a scale", True, "file_unread"),
        ("survey_file:caisse", "failed", "it is being written", False, "file_failed"),
        ("schema_org", "layout_changed", SCRIPTS, False, "scripts"),
        ("schema_org", "layout_changed", SCRIPTS, True, "scripts"),
        ("trustpilot", "layout_changed", "a known layout", False, "first_unread"),
        ("trustpilot", "layout_changed", "a known layout", True, "layout_changed"),
        ("trustpilot", "blocked", "403", False, "blocked"),
    ],
)
def test_words(source, status, reason, read_before, key):
    assert status_key(source, status, reason=reason, read_before=read_before) == key
    for language in ("fr", "en"):
        path = ROOT / "ouidire" / "locales" / language / "digest.toml"
        assert key in tomllib.loads(path.read_text(encoding="utf-8"))["blind"]
