"""Messages of the configuration in another language, found by their English sentence.

What is wrong is said in English where it is found, as one line for programs and tests; a person reads it in
their own language. `ouidire/locales/en/check.toml` holds each sentence with its places, the French file the
same by the same key. It cannot translate what no entry has: that stays in English.
"""

import re
import tomllib
from functools import cache
from typing import NamedTuple

from ouidire.text.catalogue import FOLDER, catalogue

_PLACE = re.compile(r"\{(\w+)\}")
_KEYED = re.compile(r"\A(?P<where>[a-z_]+(?:\[\d+\])?(?:\.\w+|\[\d+\])*): (?P<what>.+)", re.DOTALL)
"""The key of a setting, then what is wrong with it."""
_GIVEN = re.compile(r"\A(?>(?P<what>.+) \(given: )(?P<given>.+)\)", re.DOTALL)
_MEANT = re.compile(r"\A(?P<what>.+); did you mean (?P<word>'[^']*')\?", re.DOTALL)
_KNOWN = re.compile(r"\A(?P<what>.+); known: (?P<list>.+)", re.DOTALL)


class Template(NamedTuple):
    """A sentence in English as a pattern, and its key."""

    pattern: re.Pattern[str]
    key: str


@cache
def _templates() -> tuple[Template, ...]:
    """Return the sentences of the English file, those with the most words of their own first."""
    data = tomllib.loads((FOLDER / "en" / "check.toml").read_text(encoding="utf-8"))
    listed = [(key, text) for key, text in data["message"].items()]
    listed.sort(key=lambda each: -len(_PLACE.sub("", each[1])))
    return tuple(Template(re.compile(_as_pattern(text), re.DOTALL), f"message.{key}") for key, text in listed)


def _as_pattern(text: str) -> str:
    """Return the pattern of a sentence: each place ends at what first follows it, the last at the end.

    Nothing is tried twice, so that a value made of the sentence's own words costs no more than its length.
    """
    parts = _PLACE.split(text)  # text, name, text, name …
    literal = [re.escape(part.replace("{{", "{").replace("}}", "}")) for part in parts]
    names = parts[1::2]
    pattern = [r"\A", literal[0]]
    for number, name in enumerate(names):
        after = literal[2 * number + 2]
        last = number == len(names) - 1
        pattern.append(f"(?P<{name}>.+){after}" if last else f"(?>(?P<{name}>.+?){after})")
    return "".join(pattern)


def translated(message: str, language: str) -> str:
    """Return a message in a language; in English where no sentence of it is known."""
    if language == "en":
        return message
    words = catalogue(language, "check")
    for ending, key in ((_GIVEN, "given"), (_MEANT, "meant"), (_KNOWN, "known")):
        if match := ending.fullmatch(message):
            found = match.groupdict()
            values = {name: _quoted(value) for name, value in found.items() if name != "what"}
            return translated(found["what"], language) + words.fill(f"ending.{key}", **values)
    if match := _KEYED.fullmatch(message):
        return words.fill("ending.keyed", where=match["where"], what=translated(match["what"], language))
    for template in _templates():
        if match := template.pattern.fullmatch(message):
            values = {name: _quoted(value) for name, value in match.groupdict().items()}
            return words.fill(template.key, **values)
    return message


def _quoted(value: str) -> str:
    """Return a value with French quotation marks in the place of Python's."""
    match = re.fullmatch(r"'([^']*)'|\"([^\"]*)\"", value)
    return f"«\u00a0{match[1] or match[2] or ''}\u00a0»" if match else value
