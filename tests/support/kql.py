"""The little of KQL that our dashboards use, on documents in memory."""


def keeps(document, kql):
    """Whether a document meets a filter: fields that are there, not there, or have a value."""
    for part in filter(None, kql.split(" and ")):
        field, _, wanted = part.removeprefix("not ").partition(": ")
        value = getattr(document, field)
        values = value if isinstance(value, tuple) else (value,)
        there = value not in (None, ()) if wanted == "*" else wanted in map(str, values)
        if there == part.startswith("not "):
            return False
    return True
