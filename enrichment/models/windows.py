"""Cuts tokenised texts into windows that the encoder reads, and finds where each sentence lies in them.

A text that fits is one window. Of a longer one, the first window holds the beginning and the end, where
authors sum up, and stands for the whole; the sentences that are not wholly in it are read in windows of
neighbouring sentences.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

HEAD, TAIL = 83, 55
"""Tokens kept of a text's beginning and end, as in training; with the two marks of a window, 140 in all."""
START, END = 0, 2
"""Ids of the marks around a window."""
LIMIT = HEAD + TAIL
WHOLE = -1
"""Number of the span that is the whole text."""


class WindowSpan(NamedTuple):
    """A span of a text (`number`, or WHOLE) at tokens `start` to `end` of a window, marks counted."""

    number: int
    start: int
    end: int


class TokenWindow(NamedTuple):
    """Ids to be read together, of text `owner`, and the spans read from them."""

    owner: int
    ids: list[int]
    pieces: list[WindowSpan]


def cut(
    owner: int,
    ids: Sequence[int],
    starts: Sequence[int],
    spans: Sequence[tuple[int, int]],
    body: tuple[int, int] | None = None,
) -> list[TokenWindow]:
    """Return the windows of one text.

    `starts` is the offset of each token in the text, `spans` the offsets of its sentences, in order and apart
    from one another. Every sentence is in exactly one window; one without a token of its own takes the next
    token. `body` are the tokens that stand for the whole, where these are not all: they have a window of
    their own.
    """
    if body is not None and ids and body != (0, len(ids)):
        apart = cut(owner, ids[slice(*body)], starts[slice(*body)], ())
        return [*apart, *(_of_sentences(each) for each in cut(owner, ids, starts, spans) if spans)]
    if not ids:
        return [
            TokenWindow(
                owner, [START, END], [WindowSpan(number, 0, 2) for number in (WHOLE, *range(len(spans)))]
            )
        ]
    places = [_tokens(starts, span) for span in spans]
    if len(ids) <= LIMIT:
        pieces = [WindowSpan(WHOLE, 0, len(ids) + 2)] + [
            WindowSpan(number, first + 1, last + 1) for number, (first, last) in enumerate(places)
        ]
        return [TokenWindow(owner, [START, *ids, END], pieces)]
    gap = len(ids) - LIMIT
    pieces = [WindowSpan(WHOLE, 0, LIMIT + 2)]
    windows = [TokenWindow(owner, [START, *ids[:HEAD], *ids[-TAIL:], END], pieces)]
    waiting: list[tuple[int, int, int]] = []
    for number, (first, last) in enumerate(places):
        if last <= HEAD:
            pieces.append(WindowSpan(number, first + 1, last + 1))
        elif first >= HEAD + gap:
            pieces.append(WindowSpan(number, first - gap + 1, last - gap + 1))
        else:
            if waiting and last - waiting[0][1] > LIMIT:
                windows.append(_together(owner, ids, waiting))
                waiting = []
            waiting.append((number, first, min(last, first + LIMIT)))
    if waiting:
        windows.append(_together(owner, ids, waiting))
    return windows


def _of_sentences(window: TokenWindow) -> TokenWindow:
    """Return a window that does not stand for the whole."""
    return window._replace(pieces=[piece for piece in window.pieces if piece.number != WHOLE])


def _tokens(starts: Sequence[int], span: tuple[int, int]) -> tuple[int, int]:
    """Return the first token of a span and the one after its last; never none."""
    first = min(bisect_left(starts, span[0]), len(starts) - 1)
    return first, max(bisect_left(starts, span[1]), first + 1)


def _together(owner: int, ids: Sequence[int], waiting: Sequence[tuple[int, int, int]]) -> TokenWindow:
    base = waiting[0][1]
    inner = ids[base : waiting[-1][2]]
    return TokenWindow(
        owner,
        [START, *inner, END],
        [WindowSpan(number, first - base + 1, last - base + 1) for number, first, last in waiting],
    )
