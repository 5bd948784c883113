"""What a message about the configuration shows of what was given."""

import pytest

from ouidire.settings.problems import _given


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://lea:s3cret@hote.example/a", "https://…@hote.example/a"),
        ("à https://a:b@c.example et //d:e/f@g.example", "à https://…@c.example et //…@g.example"),
        ("https://hote.example/a", "https://hote.example/a"),
        ("lea@hote.example", "lea@hote.example"),
        ("//a//b@c", "//…@c"),
    ],
)
def test_no_user_of_an_address_is_shown(value, shown):
    assert _given({"input": value, "type": "url"}) == f" (given: {shown!r})"
