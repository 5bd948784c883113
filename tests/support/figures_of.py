"""Every figure of a context, however deep."""

from collections.abc import Iterator

from ouidire.measures import Figure


def figures(value) -> Iterator[Figure]:
    """Every figure of a context, however deep."""
    if isinstance(value, Figure):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from figures(each)
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from figures(getattr(value, name))
