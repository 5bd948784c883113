"""Every value of a conversation's answer, replaced by a wrong one: it is read or refused, never a crash."""

import copy
import json

import pytest

from crawlers import load_source
from ouidire.errors import SourceError
from ouidire.items import Parsed
from tests.support import golden

TALKS = (
    "avis_garantis",
    "bluesky",
    "discourse",
    "gdelt",
    "hackernews",
    "mastodon",
    "mediacloud",
    "reddit",
    "stackexchange",
    "wikipedia",
    "youtube",
)
HOSTILE = (
    None,
    True,
    -1,
    10**400,
    float("nan"),
    "",
    "\x00\ud800",
    "9" * 5_000,
    [],
    {},
    [None, 1, ["a"]],
    {"a": {}},
)
FOLDERS = [folder for slug in TALKS for folder in golden.folders(slug) if (folder / "page.json").exists()]


def places(value, path=()):
    """Every place of a JSON value, the whole first."""
    yield path
    inner = enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        inner = value.items()
    for key, one in inner:
        yield from places(one, (*path, key))


def put(value, path, new):
    if not path:
        return new
    changed = copy.deepcopy(value)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = new
    return changed


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_hostile_values_are_read_or_refused(folder):
    source, page = load_source(folder.parent.name), golden.load(folder)
    value = page.json_value()
    assert value is not None
    for number, path in enumerate(places(value)):
        for hostile in HOSTILE[number % 3 :: 3]:
            body = json.dumps(put(value, path, hostile)).encode()
            try:
                parsed = source.parse(golden.changed(page, body=body))
            except SourceError:
                continue
            assert Parsed.model_validate_json(parsed.model_dump_json()) == parsed
            assert all(item.entity for item in parsed.items)
