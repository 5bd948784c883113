"""Decoding of pages: the order that browsers use to find a charset, then a guess.

It cannot tell close single-byte encodings apart (Latin-1, Latin-9, cp1252) but by what they declare.
"""

import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

GUESS_BYTES = 64_000
"""Bytes of an undeclared, non-UTF-8 page that the detector sees: more only takes longer."""
_FOREIGN = re.compile("[^\\x00-\\x7fÀ-ÏÑ-ÖØ-Üß-ïñ-öø-üÿŒœŸ€‚„…‰‹›‘’“”•–—™\\xa0¡§©ª«®°²³´·º»¿]|[À-ÿ]{3}")
"""What Western European text in cp1252 does not hold: other signs, or three accented letters in a row."""


def decode(body: bytes, *, content_type: str = "") -> str:
    """Return the body as text, replacing what cannot be read; never raises.

    Order: byte-order mark, `charset` of the Content-Type header, declaration in the first bytes, UTF-8 if the
    bytes are valid, cp1252 if that makes Western European text of them, then charset-normalizer's best guess,
    then cp1252. A declaration that the bytes contradict (UTF-8 valid and with accents, declared as something
    else) loses to UTF-8.
    """
    marked, bom = read_bom(body)
    if marked and bom:
        return body[len(bom) :].decode(marked, "replace")
    declared = http_content_type_encoding(content_type) or html_body_declared_encoding(body[:8192])
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared and declared != "utf-8":
        return body.decode(resolve_encoding(declared) or "cp1252", "replace")
    return body.decode(_guessed(body), "replace")


def _guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes

    western = body.decode("cp1252", "replace")
    if not _FOREIGN.search(western):
        return "cp1252"
    start = next((i for i, byte in enumerate(body) if byte > 127), 0)  # noqa: PLR2004 (the end of ASCII)
    best = from_bytes(body[max(0, start - GUESS_BYTES // 2) : start + GUESS_BYTES // 2]).best()
    return best.encoding if best is not None else "cp1252"
