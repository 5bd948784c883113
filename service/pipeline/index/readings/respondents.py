"""Answers to a survey that say the same: as many people as answered, and no copies of one another.

Pure. A score that was asked for counts for each who gave it: « Rien à redire » twice is two people. It cannot
tell two people from one who answered twice without a name.
"""

from collections.abc import Mapping, Sequence

from enrichment.base import LinkSubject


def without_respondents(subjects: Sequence[LinkSubject], originals: Mapping[str, str]) -> dict[str, str]:
    """Return the links to originals, without those of answers that somebody else gave.

    Left are answers of one known author, and the same answer (score and date) in another file.
    """
    linked = {*originals, *originals.values()}
    known = {each.id: each for each in subjects if each.id in linked}
    return {
        key: original
        for key, original in originals.items()
        if known[key].asked_score is None or _repeats(known[key], known.get(original))
    }


def _repeats(one: LinkSubject, other: LinkSubject | None) -> bool:
    if other is None:
        return False
    if one.author_key is not None and one.author_key == other.author_key:
        return True
    return (
        one.source_key != other.source_key
        and one.asked_score == other.asked_score
        and one.at[:10] == other.at[:10]
    )
