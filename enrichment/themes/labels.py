"""Names a subject by a phrase that several people wrote of it, and of little else; never by a made-up one.

A phrase is of one to four words that follow one another, neither begins nor ends with a tool word, and occurs
in at least three of the subject's sentences. Of these the one is chosen that sets the subject apart most
(class-based TF-IDF: how often here, against how often elsewhere), the longer where both do. What is masked is
in no phrase. It cannot tell that two phrases mean the same.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

LEAST = 3
"""Sentences that a phrase occurs in."""
LONGEST = 4
"""Words of a phrase."""
SHORTEST = 3
"""Letters of a word that begins or ends one."""
LONGER = 0.25
"""What each further word of a phrase adds to its score: two words say more than one."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|█+", re.UNICODE)
_MASK = "█"
_TOOLS = (
    "le la les l un une des du de d au aux et ou où à a ai as est sont était étaient être été ce cet "
    "cette ces c se s ne n pas plus que qui qu quoi dont en y il elle ils elles on nous vous je j tu "
    "me m te t mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs pour par sur dans "
    "avec sans mais donc car si très trop bien tout tous toute toutes même aussi encore comme quand "
    "après avant depuis rien jamais fait faire avait avons avez ont chez entre vers sous fois peu "
    "cela ça suis sommes êtes seul déjà non oui the an of to in on at and or but is are was were be "
    "been it its this that these those i we you he she they my our your his her their with without "
    "for from by not no so very too all as have has had do does did just there here when then than"
)
TOOLS = frozenset(_TOOLS.split())
"""Words that say nothing of a subject by themselves."""


def label_of(members: Sequence[str], others: Iterable[str]) -> str | None:
    """Return the phrase that names a subject, as written most often; None where its sentences share none.

    `members` are the subject's sentences, `others` some of everything else.
    """
    inside, written = _counted(members)
    outside, _ = _counted(others)
    size = max(1, len(members))
    scored = []
    for phrase, n in inside.items():
        if n < LEAST:
            continue
        apart = math.log(1 + (n / size) / ((outside[phrase] + 1) / (sum(outside.values()) / 20 + size + 1)))
        longer = 1 + LONGER * (phrase.count(" "))
        scored.append((-(n / size) * apart * longer, -n, phrase))
    if not scored:
        return None
    best = min(scored)[2]
    return min(written[best].items(), key=lambda each: (-each[1], each[0]))[0]


def _counted(sentences: Iterable[str]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Return in how many sentences each phrase occurs, and how it is written there."""
    counted: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for sentence in sentences:
        for phrase, form in _phrases(sentence).items():
            counted[phrase] += 1
            written.setdefault(phrase, Counter())[form] += 1
    return counted, written


def _phrases(sentence: str) -> dict[str, str]:
    """Return the phrases of a sentence, folded, each as it is written."""
    found: dict[str, str] = {}
    words = [
        (each.start(), each.end(), each[0].casefold().replace("’", "'")) for each in _WORD.finditer(sentence)
    ]
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST, len(words))):
            own = [word for _, _, word in words[first : last + 1]]
            if any(_MASK in word for word in own):
                break
            between = sentence[words[first][0] : words[last][1]]
            if re.search(r"[^\w\s'’-]", between):
                break
            if _is_telling(own[0]) and _is_telling(own[-1]):
                found.setdefault(" ".join(own), " ".join(between.split()))
    return found


def _is_telling(word: str) -> bool:
    bare = word.rpartition("'")[2]
    return len(bare) >= SHORTEST and bare not in TOOLS
