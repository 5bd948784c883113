"""JSON that strangers wrote: what cannot be written goes, what is absurdly deep is refused."""

import json

import pytest

from ouidire.text.json_text import DEEPEST, read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "\\u00e9 \\ud83d\\ude00"}', {"a": "é 😀"}),
        ('["a\\ud800b", "\\udc00"]', ["a\ufffdb", "\ufffd"]),
        ('{"k\\u0000": ["a\\u0000b", "a\\tb\\n"]}', {"k": ["ab", "a\tb\n"]}),
        ('"a\x01b"', "ab"),
        ('"\\\\ud800"', "\\ud800"),
        ("[" * DEEPEST + "]" * DEEPEST, json.loads("[" * DEEPEST + "]" * DEEPEST)),
        ("[" + ",".join(["[]"] * 500) + "]", [[]] * 500),
    ],
)
def test_what_is_read_can_be_written(text, value):
    read = read_json(text)
    assert read == value
    assert json.dumps(read, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "text", ["", "{", "nul", "9" * 5_000, "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), '{"a":' * 90_000]
)
def test_what_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_json(text)
