"""The themes of a period: how many speak of each, and of which more people complain than usual.

It cannot see why a theme moved, nor themes that the taxonomy does not have.
"""

from collections.abc import Sequence

from ouidire.index import Query, Term
from ouidire.measures import Change, announce
from reports.builders.drivers import WHOLE
from reports.builders.period_sums import EVERY, PeriodSums
from reports.builders.reasons.sentences import ClearQuotes
from reports.data.actions import ThemeMove
from reports.data.context import Theme

THEMES = 6
FEWEST = 5
"""A theme that fewer mentions complain of is no move: it would be two or three people."""
MOVES = 3


def themes_of(sums: PeriodSums) -> tuple[Theme, ...]:
    """Return the aspects most spoken of, where an analyser coded them."""
    query = Query(where=sums.where)
    aspects = sums.reader.facet(query, "aspect_names", size=EVERY)
    if not aspects:
        return ()
    sides = sums.reader.facet(query, "aspect_polarity", size=EVERY)  # "aspect:polarity"
    counts = {str(bucket.value): bucket.n for bucket in sides}
    n = sums.reader.sums(query).n
    return tuple(
        Theme(
            aspect=str(bucket.value),
            n=bucket.n,
            positive=counts.get(f"{bucket.value}:positive", 0),
            negative=counts.get(f"{bucket.value}:negative", 0),
            of=n,
        )
        for bucket in [each for each in aspects if each.value != WHOLE][:THEMES]
    )


def theme_moves(sums: PeriodSums, themes: Sequence[Theme], clear: ClearQuotes) -> tuple[ThemeMove, ...]:
    """Return the complaints whose share moved most, the largest difference first; at most three.

    Each that is beyond its noise has its clearest sentences. All themes shown are tested together (Holm, 5%),
    apart from the digest's measures.
    """
    compared: dict[str, tuple[Theme, Change]] = {}
    for theme in themes:
        change = sums.share_change(_complaint(theme.aspect)) if theme.negative >= FEWEST else None
        if change is not None and change.value_now is not None and change.value_before is not None:
            compared[theme.aspect] = (theme, change)
    told = announce({aspect: change for aspect, (_, change) in compared.items()}).announced
    moves = [
        ThemeMove(
            aspect=aspect,
            now=change.value_now or 0.0,
            usual=change.value_before or 0.0,
            n=theme.negative,
            announced=aspect in told,
            watch=change.beyond_noise and aspect not in told,
        )
        for aspect, (theme, change) in compared.items()
    ]
    moves.sort(key=lambda move: (-move.announced, -move.watch, move.usual - move.now, move.aspect))
    return tuple(
        move.model_copy(update={"quotes": clear.of(f"{move.aspect}:negative")})
        if move.announced or move.watch
        else move
        for move in moves[:MOVES]
    )


def _complaint(aspect: str) -> Term:
    return Term(field="aspect_polarity", any_of=(f"{aspect}:negative",))
