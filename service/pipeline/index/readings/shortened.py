"""Edits that only leave less: a text shortened or emptied by its author, a rating, title or answer removed.

A page that cuts texts or loses ratings shows the same of one mention. It is told from an edit by all of
these: the run is good; others are shown with as much of that field as the mention had; there is no mark of a
text that goes on; few mentions are shown so at once; and good runs before showed the very same, the more of
them the more a fault of the page would look like it (`runs_needed`). It cannot tell an edit that ends the
longest text of a page within a word from a limit of length, and believes none such.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from ouidire.errors import HarvestError
from ouidire.items import RunState
from ouidire.mention import Mention
from ouidire.state.runs import Run, is_held, list_runs
from ouidire.text.excerpts import is_excerpt
from service.pipeline.index.readings.known import mentions_in
from service.pipeline.index.readings.merge import Field, bare, is_worse
from service.pipeline.index.readings.wholesale import KnownAndNew
from service.pipeline.installation import Installation

FEW: Final = 2
"""Mentions with less of one field beyond which it is the page's doing, whatever else it shows …"""
FEW_SHARE: Final = 0.01
"""… or more than this share of the known mentions that the run shows: of thousands, some edit every week."""
OTHERS: Final = 3
"""Mentions shown with a field from which on the page is known to show it."""
SHORTER, GONE, LONGEST = 2, 3, 4
"""Good runs that must show the same: a shorter text, no title or answer; no rating, score or text at all;
what may be the limit of length of a page."""
LOOKED_BACK: Final = 8
"""Runs before in which a mention is looked for; incremental ones do not show it."""
SHORTENED: Final[tuple[Field, ...]] = ("title", "text", "reply", "rating", "asked_score")
GOOD: Final[tuple[RunState, ...]] = ("ok",)
SENTENCE_ENDS: Final = (".", "!", "?", "\n")
QUOTES: Final = "\"'”’»)] \u00a0\u202f"
"""What may stand after the end of a sentence."""


class Shown(NamedTuple):
    """What a page shows of its mentions: how many, how many with each field, and what of texts it shows."""

    mentions: int = 0
    filled: Mapping[Field, int] = MappingProxyType({})
    longest: int = 0
    has_paragraphs: bool = False
    has_sentences: bool = False

    def beside(self, mention: Mention) -> "Shown":
        """Return the same with one mention more."""
        text = mention.text.strip()
        return Shown(
            self.mentions + 1,
            {name: self.filled.get(name, 0) + is_filled(name, mention) for name in SHORTENED},
            max(self.longest, len(bare(text))),
            self.has_paragraphs or "\n" in text,
            self.has_sentences or any(f"{end} " in text for end in SENTENCE_ENDS),
        )

    def has(self, name: Field) -> bool:
        """Return whether the page is known to show a field."""
        return self.filled.get(name, 0) >= OTHERS


def is_filled(name: Field, mention: Mention) -> bool:
    """Return whether a mention is shown with a field."""
    if name == "reply":
        return mention.reply is not None and bool(bare(mention.reply.text))
    value = getattr(mention, name)
    return bool(bare(value)) if isinstance(value, str) else value is not None


def believed(
    installation: Installation, run: Run, compared: Sequence[KnownAndNew], shown: Shown
) -> Mapping[str, frozenset[Field]]:
    """Return the fields of which less is shown because there is less, by id of the mention.

    `shown` tells of the mentions of the run that are new, or exactly as known; `compared` are all the others.
    """
    less = {each.row.id: _less_of(each) for each in compared if each.new.kind != "article"}
    for each in compared:
        if not less.get(each.row.id):
            shown = shown.beside(each.new)
    few = max(FEW, FEW_SHARE * (shown.mentions + sum(map(bool, less.values()))))
    at_once = Counter(name for names in less.values() for name in names)
    needed = {
        each.row.id: {
            name: count
            for name in less.get(each.row.id, ())
            if at_once[name] <= few and (count := runs_needed(name, each, shown))
        }
        for each in compared
    }
    news = {each.row.id: each.new for each in compared if needed[each.row.id]}
    most = {name: shown.mentions - shown.filled.get(name, 0) + few for name in SHORTENED}
    counted = _good_runs_alike(installation, run, news, needed, most=most)
    return {
        key: same
        for key, fields in needed.items()
        if (same := frozenset(name for name, count in fields.items() if counted[key, name] >= count))
    }


def _less_of(each: KnownAndNew) -> frozenset[Field]:
    return frozenset(name for name in SHORTENED if is_worse(name, each.known, each.new))


def runs_needed(name: Field, each: KnownAndNew, shown: Shown) -> int:
    """Return in how many good runs, this one among them, less of a field must be shown to be believed.

    0 where no number of them is enough: the page may show less than there is.
    """
    if name == "text":
        return _runs_of_text(each, shown)
    if is_filled(name, each.new) or not shown.has(name):
        return 0
    return SHORTER if name in ("title", "reply") else GONE


def _runs_of_text(each: KnownAndNew, shown: Shown) -> int:
    text = each.new.text.strip()
    if is_excerpt(text):
        return 0
    if not bare(text):
        return GONE if shown.has("text") else 0
    known = each.known.text.strip()
    rest = known[len(text) :]
    if rest.lstrip(" \t.").startswith("\n") and not shown.has_paragraphs:
        return 0
    if shown.longest > len(bare(text)):
        return SHORTER
    if not shown.has("text") or (text[-1:].isalnum() and rest[:1].isalnum()):
        return 0
    ends = text.rstrip(QUOTES).endswith(SENTENCE_ENDS) and known.startswith(text)
    return GONE if ends and shown.has_sentences else LONGEST


def _is_same(name: Field, before: Mention, now: Mention) -> bool:
    """Return whether two readings show the same of a field of which one shows less than is known."""
    if name == "text":
        return bare(before.text) == bare(now.text) and not is_excerpt(before.text)
    return not is_filled(name, before) and not is_filled(name, now)


def _good_runs_alike(
    installation: Installation,
    run: Run,
    news: Mapping[str, Mention],
    needed: Mapping[str, Mapping[Field, int]],
    *,
    most: Mapping[Field, float],
) -> dict[tuple[str, Field], int]:
    """Return in how many good runs in a row, this one the last, each field was shown as it is now.

    By id and field. A run counts where it showed no more mentions than `most` without the field; harvests are
    read no further back than is needed.
    """
    counted = {(key, name): 1 for key in news for name in needed[key]}
    wanted = set(counted)
    for before in _readings_before(installation, run, wanted):
        for key, name in sorted(wanted):
            if key not in before.mentions:
                continue
            lacking = before.shown.mentions - before.shown.filled.get(name, 0)
            same = _is_same(name, before.mentions[key], news[key])
            if same and lacking <= most[name]:
                counted[key, name] += 1
            if not same or lacking > most[name] or counted[key, name] >= needed[key][name]:
                wanted.discard((key, name))
    return counted


class _Reading(NamedTuple):
    """What a run showed of some mentions, and of all."""

    mentions: Mapping[str, Mention]
    shown: Shown


def _readings_before(
    installation: Installation, run: Run, wanted: Collection[tuple[str, Field]]
) -> Iterable[_Reading]:
    """Yield what each good run before showed, the last one first, while anything is `wanted`.

    Harvests that cannot be read are passed over.
    """
    if not wanted:
        return
    with installation.state.read() as connection:
        listed = list_runs(connection, source_key=run.source_key, kind="collect", status=GOOD)
    former = [each for each in listed if each.sequence < run.sequence and each.sealed and not is_held(each)]
    for each in former[:LOOKED_BACK]:
        if not wanted:
            return
        try:
            yield _reading(installation, each, {key for key, _ in wanted})
        except HarvestError:
            continue  # it is named where what is known is read of it


def _reading(installation: Installation, run: Run, ids: Collection[str]) -> _Reading:
    shown = Shown()
    for each in installation.harvests.open(run.source, run.source_key, run.id).items():
        if isinstance(each.item, Mention):
            shown = shown.beside(each.item)
    return _Reading(mentions_in(installation, run.sequence, ids), shown)
