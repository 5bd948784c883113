"""The text of a configuration's file, and what to write where it is no TOML.

A byte-order mark and the line ends of any system are read. Other encodings than UTF-8 are not guessed.
"""

import codecs
import re
import tomllib
from pathlib import Path
from typing import Any

from ouidire.errors import ConfigError

_AT = re.compile(r"\(at line (\d+), column \d+\)")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KEYS = re.compile(r"\(((?:'[^']*'(?:, )?)+),?\)")
"""The name of a table as tomllib writes it: ('fetch', 'proxy')."""
_UNCLOSED = re.compile(r"""=\s*(?:"[^"]*|'[^']*)\Z""")
_ADVICE = (
    (re.compile(r"[=\[,]\s*[“”„«»‘’]"), 'write straight quotation marks: "…"'),
    (
        re.compile(r"=\s*(?:true|false|yes|no|on|off|oui|non|vrai|faux)\s*(?:#|\Z)", re.IGNORECASE),
        "write true or false, in small letters",
    ),
    (re.compile(r"=\s*-?\d+,\d"), "write a point in a number: 0.5"),
    (re.compile(r"=\s*\"[^\"]*\\"), "write a path with / in it, or between straight apostrophes"),
    (_UNCLOSED, "close the quotation marks on the same line"),
    (re.compile(r"=\s*+\[?+\s*+[^\W\d][^\"'=\[{]*\Z"), "write a text in quotation marks"),
    (re.compile(r"=\s*\Z"), "write a value after ="),
    (re.compile(r"\A\s*\{"), 'write one setting a line, as name = "…"'),
)
"""What a line that is no TOML looks like, and what to write; the first that fits."""


def read_text(path: Path) -> str:
    """Return the text of a configuration's file, its lines ended by line feeds.

    Raises ConfigError where it cannot be read, or is not in UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError([f"{path}: there is no such file; `ouidire init` writes one"]) from error
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read as TOML: {error}"]) from error
    if data.startswith(_UTF16):
        raise ConfigError([f"{path}: it is written in UTF-16; save it in UTF-8"])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigError(
            [f"{path}: line {line} is not in UTF-8; save the file in UTF-8 and look at its accents"]
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(text: str, *, path: Path) -> dict[str, Any]:
    """Return the settings of a text. Raises ConfigError where it is no TOML, with what to write instead."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = _KEYS.sub(lambda found: repr(found[1].replace("'", "").replace(", ", ".")), str(error))
        what = f"{said}{advice(text, said)}"
        raise ConfigError([f"{path}: cannot be read as TOML: {what}"]) from error


def advice(text: str, error: str) -> str:
    """Return the end of a message on a text that is no TOML: what to write in its line; "" for no advice."""
    found, lines = _AT.search(error), text.split("\n")
    if found is None:
        number = next(
            (number for number, line in enumerate(lines, 1) if _UNCLOSED.search(line.rstrip())), None
        )
        return "" if number is None else f"; close the quotation marks of line {number}"
    line = lines[int(found[1]) - 1].rstrip() if int(found[1]) <= len(lines) else ""
    said = next((said for pattern, said in _ADVICE if pattern.search(line)), "")
    return f"; {said}" if said else ""
