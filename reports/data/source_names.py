"""What a source is called where people read it: its configured name, never the key that programs know."""

from collections.abc import Mapping


def source_label(key: str, names: Mapping[str, str]) -> str:
    """Return a source's name, of `names` by key; of one configured no more, what it read on its site."""
    return names.get(key) or key.partition(":")[2] or key
