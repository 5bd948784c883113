"""The faults, by what is broken."""

from tests.faults.fault import Fault
from tests.faults.rows import elastic, files, listings, mails, others, shapes

SUITE = (
    "sound",
    "quiet_week",
    "status_500",
    "not_gzip",
    "message_busy",
    "rcpt_550_511",
    "state_gone",
    "key_gone",
    "index_gone",
    "mentions_deleted",
)
"""Names of the faults that are played with every test run: about one of a kind, in a minute."""


def every() -> tuple[Fault, ...]:
    """Return every fault that needs no server but ours."""
    return (*listings.FAULTS, *mails.FAULTS, *files.FAULTS, *others.FAULTS, *shapes.FAULTS)


def of_elastic() -> tuple[Fault, ...]:
    """Return every fault that needs an Elasticsearch."""
    return elastic.FAULTS
