"""The past of a source: what the runs of today are compared with.

It cannot see pages or texts: counts, names, hosts and shortened ids only.
"""

from pydantic import AwareDatetime, Field

from ouidire.frozen import Frozen

ID_DIGITS = 16
"""Hexadecimal digits kept of an id that is only compared: by chance two of 5,000 agree once in 10¹²."""


class FieldPast(Frozen):
    """How often a field was filled: in `filled` of `n` mentions of past runs."""

    filled: int
    n: int


class SourcePast(Frozen):
    """What past runs of a source were like, oldest first; empty for a source that never ran well.

    `runs` counts the good runs that the rest is taken from. `counts` holds what was found on the pages by
    each of those that read everything, `shares` what share of the declared total that was, `fields` the fill
    of each watched field. `incomplete` is how many parts of its pages usually cannot be read whole,
    `others` how many mentions on them are about somebody else, `unclosed` how many pages end without closing
    their root element. `subjects` and `hosts` are the names of what the pages were about, and where they lay,
    `sites` where most of what they list lies. `known` and `authors` are the shortened ids of mentions that
    were present last, and of their authors, `newest` the latest of their dates. `silent` are the engines of a
    metasearch that did not answer its last good run.
    """

    runs: int = 0
    counts: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()
    fields: dict[str, FieldPast] = Field(default_factory=dict)
    incomplete: int = 0
    others: int = 0
    unclosed: int = 0
    subjects: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    newest: AwareDatetime | None = None
    silent: tuple[str, ...] = ()
