"""The language in which the command line speaks: French or English.

`OUIDIRE_LANG` says it; else the configuration's `language` (French where it has none); else, where no
configuration is found, the system's locale; else French. It cannot see a configuration that a command finds
by itself, as the demo's.
"""

import os
import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path

from ouidire.text.catalogue import LANGUAGES, Catalogue, catalogue
from ouidire.text.translated import translated

VARIABLE = "OUIDIRE_LANG"
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the system's locale, the strongest first (POSIX)."""
DEFAULT = "fr"
ELSEWHERE = "en"
"""The language for a locale that is neither French nor English."""
MOST_READ = 1_000_000
"""Characters of a configuration that are looked at."""
_STATED = re.compile(r"""\A\ufeff?\s*language\s*=\s*["'](\w\w)["']""")
_NO_LANGUAGE = ("", "c", "posix")
_spoken: ContextVar[str] = ContextVar("spoken")


def speak(language: str) -> None:
    """Set the language of what this command prints."""
    _spoken.set(language)


def spoken_language() -> str:
    """Return the language of what this command prints, "fr" or "en"."""
    return _spoken.get(None) or language_of((), os.environ)


def sentence(message: str) -> str:
    """Return a message of the code, which is in English, in the language of the command line."""
    return translated(message, spoken_language())


def words() -> Catalogue:
    """Return the sentences of the command line."""
    return catalogue(spoken_language(), "commands")


def value_named(section: str, value: str, *, file: str = "commands") -> str:
    """Return what a value of the code is called in a section of a catalogue; itself where it has no word."""
    known, key = catalogue(spoken_language(), file), f"{section}.{value}"
    return known.text(key) if key in known else value


def language_of(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the language for a command's arguments in an environment."""
    stated = environ.get(VARIABLE, "").strip()[:2].lower()
    if stated in LANGUAGES:
        return stated
    path = _config_named(arguments) or environ.get("OUIDIRE_CONFIG") or "ouidire.toml"
    return _of_configuration(Path(path)) or _of_system(environ)


def _config_named(arguments: Sequence[str]) -> str | None:
    """Return the configuration that the arguments name, as Typer would read them."""
    for number, each in enumerate(arguments):
        if each in ("--config", "-c"):
            return next(iter(arguments[number + 1 : number + 2]), None)
        if each.startswith("--config="):
            return each.partition("=")[2]
    return None


def _of_configuration(path: Path) -> str | None:
    """Return the language that a configuration states, French by default; None where there is no file.

    A file with mistakes has a language too: only the lines before its first table are looked at.
    """
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read(MOST_READ).splitlines()
    except OSError:
        return None
    for line in lines:
        if line.lstrip().startswith("["):
            break
        found = _STATED.match(line)
        if found and found[1] in LANGUAGES:
            return found[1]
    return DEFAULT


def _of_system(environ: Mapping[str, str]) -> str:
    """Return the language of the system's locale, French where it says none."""
    value = next((environ[name] for name in LOCALES if environ.get(name)), "")
    name = re.split(r"[._@]", value, maxsplit=1)[0].lower()
    if name in _NO_LANGUAGE:
        return DEFAULT
    return name if name in LANGUAGES else ELSEWHERE
