"""Prune the base model's vocabulary to the languages served, and keep a fallback that loses no character.

Kept: the special tokens, every piece that the training texts use, the pieces of each served language's
commonest words (package `wordfreq`, extra `train`), every single character outside CJK and Hangul, emoji
among them, and 256 byte tokens: a character that no kept piece covers becomes its UTF-8 bytes, so that no two
texts read alike by accident.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer

LANGUAGES = ("fr", "en", "de", "nl", "es", "it", "pt")
WORDS = 40_000
"""Commonest words of each language whose pieces are kept."""
SPECIALS = 4
"""<s>, <pad>, </s> and <unk> come first and stay where they are."""
BYTE_SCORE = -30.0
"""Log-probability of a byte token: below every piece's, so that bytes are the last resort."""
_CJK = (
    (0x1100, 0x11FF),
    (0x2E80, 0xA4CF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def common_words() -> Iterable[str]:
    """Yield each served language's commonest words, as written in a sentence and at its head."""
    from wordfreq import top_n_list

    for language in LANGUAGES:
        for word in top_n_list(language, WORDS):
            yield word
            yield word.capitalize()


def prune(source: Path, texts: Sequence[str], target: Path) -> list[int]:
    """Write the pruned `tokenizer.json`; return the kept ids of `source` in new order, without bytes."""
    tokenizer = Tokenizer.from_file(str(source))
    description = json.loads(source.read_text())
    pieces: list[tuple[str, float]] = description["model"]["vocab"]
    kept = set(range(SPECIALS))
    for group in (list(texts), list(common_words())):
        for start in range(0, len(group), 10_000):
            for encoding in tokenizer.encode_batch(group[start : start + 10_000]):
                kept.update(encoding.ids)
    kept.update(
        place for place, (piece, _) in enumerate(pieces) if len(piece.lstrip("▁")) <= 1 and not _is_cjk(piece)
    )
    order = sorted(each for each in kept if each < len(pieces))
    description["model"]["vocab"] = [pieces[place] for place in order] + [
        [f"<0x{byte:02X}>", BYTE_SCORE] for byte in range(256)
    ]
    description["model"]["byte_fallback"] = True
    description["decoder"] = {
        "type": "Sequence",
        "decoders": [
            {"type": "ByteFallback"},
            {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        ],
    }
    description["truncation"] = description["padding"] = None
    places = {old: new for new, old in enumerate(order)}
    for added in description["added_tokens"]:
        added["id"] = places[added["id"]]
    target.write_text(json.dumps(description, ensure_ascii=False, separators=(",", ":")))
    return order


def _is_cjk(piece: str) -> bool:
    return any(low <= ord(char) <= high for char in piece for low, high in _CJK)
