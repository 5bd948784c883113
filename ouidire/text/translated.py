"""Messages of the code in another language, found by their English sentence.

What is wrong is said in English where it is found, as one line for programs and tests; a person reads it in
their own language. `ouidire/locales/en/` holds each sentence with its places (`check.toml` what is wrong with
a configuration, `errors.toml` what else can go wrong, `files.toml` how a file of one's own is understood,
`runs.toml` why a collection ended so, `help.toml` the help of commands, `sheets.toml` what sources say of
their limits and of the law, `results.toml` what commands say at their end), the French file the same by the
same key; where that has plural forms, the place `n` chooses. It cannot translate what no entry has: that
stays in English.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ouidire.text.catalogue import FOLDER, Catalogue, catalogue
from ouidire.text.typography import french

FILES = ("check", "errors", "files", "help", "results", "runs", "sheets")
NESTED = frozenset(
    {
        *("what", "why", "error", "reason", "fault", "message", "shown", "told"),
        *("advice", "advised", "hint", "kind", "meant", "more", "usual"),
        *("follows", "line", "total"),
        *("found", "lacking", "listed", "needed", "refusal", "wanted"),
    }
)
"""Places that hold a sentence of their own, to be translated too."""
TALLY = "rejected"
"""The place of reasons for which something was left aside, and the section of what they are called."""
OPTIONAL = frozenset({"more", "suggestion", "first", "refused", "said", "why"})
"""Places that may be empty."""
JOINT = "; "
"""What stands between two sentences that the code puts together, and within some."""
MOST_PIECES, MOST_IN_ONE = 12, 3
"""Pieces of a message that are told apart, and pieces that one sentence may be made of."""
LONGEST = 2_000
"""Characters of a message that is translated: the longest sentence has some hundred."""
DEEPEST = 6
"""How many sentences may stand in one another."""
_PLACE = re.compile(r"\{(\w+)\}")
_QUOTE = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_QUOTES = re.compile(r"(?:'[^']*'|\"[^\"]*\")(?:(?:, | / )(?:'[^']*'|\"[^\"]*\"))*")
_NUMBERED = re.compile(r"\A\[Errno \d+\] ")
_KEYED = re.compile(r"\A(?P<where>[a-z_]+(?:\[\d+\])?(?:\.\w+|\[\d+\])*): (?P<what>.+)", re.DOTALL)
"""The key of a setting, then what is wrong with it."""
_GIVEN = re.compile(r"\A(?>(?P<what>.+) \(given: )(?P<given>.+)\)", re.DOTALL)
_MEANT = re.compile(r"\A(?P<what>.+); did you mean (?P<word>'[^']*')\?", re.DOTALL)
PAGES = ("http://", "https://", "file:")
"""How the address of a page begins that stands in brackets after a sentence about it."""
_KNOWN = re.compile(r"\A(?P<what>.+); known: (?P<list>.+)", re.DOTALL)


class Template(NamedTuple):
    """A sentence in English as a pattern, and where its translation stands."""

    pattern: re.Pattern[str]
    file: str
    key: str


@cache
def _sentences() -> Mapping[str, tuple[str, str]]:
    """Return the English sentences, each with its file and key."""
    found: dict[str, tuple[str, str]] = {}
    for name in FILES:
        data = tomllib.loads((FOLDER / "en" / f"{name}.toml").read_text(encoding="utf-8"))
        if name == "check":
            data = {"message": data["message"]}
        for key, text in _entries(data):
            found.setdefault(_plain(text), (name, key))
    return found


def _plain(text: str) -> str:
    """Return a sentence without places as the code says it; one with places as it is."""
    return text if _PLACE.search(text) else text.replace("{{", "{").replace("}}", "}")


def _entries(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of a file, each with its dotted key."""
    for name, value in data.items():
        if isinstance(value, str):
            yield prefix + name, value
        elif "other" in value:
            yield from ((prefix + name, form) for form in value.values())
        else:
            yield from _entries(value, f"{prefix}{name}.")


@cache
def _templates() -> tuple[Template, ...]:
    """Return the sentences with places, those with the most words of their own first."""
    listed = [(text, place) for text, place in _sentences().items() if _PLACE.search(text)]
    listed.sort(key=lambda each: -len(_PLACE.sub("", each[0])))
    return tuple(Template(re.compile(_as_pattern(text), re.DOTALL), *place) for text, place in listed)


def _as_pattern(text: str) -> str:
    """Return the pattern of a sentence: each place ends at what first follows it, the last at the end.

    Nothing is tried twice, so that a value made of the sentence's own words costs no more than its length.
    """
    parts = _PLACE.split(text)  # text, name, text, name …
    literal = [re.escape(part.replace("{{", "{").replace("}}", "}")) for part in parts]
    names = parts[1::2]
    pattern = [r"\A", literal[0]]
    for number, name in enumerate(names):
        after, many = literal[2 * number + 2], "*" if name in OPTIONAL else "+"
        last = number == len(names) - 1
        pattern.append(f"(?P<{name}>.{many}){after}" if last else f"(?>(?P<{name}>.{many}?){after})")
    return "".join(pattern)


def translated(message: str, language: str) -> str:
    """Return a message in a language; in English where no sentence of it is known."""
    if language == "en" or len(message) > LONGEST:
        return message
    return _translated(message, language, DEEPEST)


def _translated(message: str, language: str, depth: int) -> str:
    """Return a message in another language than English; as it is where it stands too deep in others."""
    message = _NUMBERED.sub("", message)
    if depth == 0 or not message:
        return message
    if (sentence := _sentence(message, language, depth)) is not None:
        return sentence
    parts = _in_parts(message, language, depth - 1)
    return parts if parts != message else _by_template(message, language, depth, alone=False) or message


def _sentence(message: str, language: str, depth: int) -> str | None:
    """Return a message that is one sentence, with what may stand after it; None where it is not one."""
    if not _PLACE.search(message) and (known := _sentences().get(message)):
        file, key = known
        return catalogue(language, file).fill(key)
    words = catalogue(language, "check")
    for ending, key in ((_GIVEN, "given"), (_MEANT, "meant"), (_KNOWN, "known")):
        if match := ending.fullmatch(message):
            found = match.groupdict()
            values = {name: _quoted(value) for name, value in found.items() if name != "what"}
            return _translated(found["what"], language, depth - 1) + words.fill(f"ending.{key}", **values)
    if match := _KEYED.fullmatch(message):
        what = _translated(match["what"], language, depth - 1)
        if what != match["what"]:
            return words.fill("ending.keyed", where=match["where"], what=what)
    if (made := _by_template(message, language, depth, alone=True)) is not None:
        return made
    before, opened, page = message.rpartition(" (")
    about = _sentence(before, language, depth - 1) if page.startswith(PAGES) and page.endswith(")") else None
    return None if about is None else about + opened + page


def _by_template(message: str, language: str, depth: int, *, alone: bool) -> str | None:
    """Return a message that one sentence with places makes, None where none does.

    `alone` leaves out those of which a place would hold the beginning of another sentence.
    """
    for template in _templates():
        if match := template.pattern.fullmatch(message):
            found = match.groupdict()
            if alone and any(JOINT in value for name, value in found.items() if name not in NESTED):
                continue
            values = {name: _value(name, value, language, depth - 1) for name, value in found.items()}
            return _filled(catalogue(language, template.file), template.key, values)
    return None


def _value(name: str, value: str, language: str, depth: int) -> str:
    """Return what stands in a place of a sentence, in a language."""
    if name == TALLY:
        return ", ".join(_counted(each, language) for each in value.split(", "))
    return _nested(value, language, depth) if name in NESTED else _quoted(value)


def _counted(text: str, language: str) -> str:
    """Return a reason for which something was left aside, and how often: `unreadable date: 5`."""
    reason, colon, count = text.partition(": ")
    known = next((key for key, word in _reasons().items() if word == reason), None)
    if not colon or known is None:
        return _quoted(text)
    return french(f"{catalogue(language, 'commands').text(f'{TALLY}.{known}')} : {count}")


@cache
def _reasons() -> Mapping[str, str]:
    data = tomllib.loads((FOLDER / "en" / "commands.toml").read_text(encoding="utf-8"))
    return dict(data[TALLY])


def _filled(sentences: Catalogue, key: str, values: Mapping[str, str]) -> str:
    """Return a sentence with its values; the number `n` chooses among plural forms."""
    entry, n = sentences.entries[key], values.get("n", "")
    if isinstance(entry, str):
        return sentences.fill(key, **values)
    if n.isdecimal():
        return sentences.fill(key, **{**values, "n": int(n)})
    return entry["other"].format_map(values)


def _nested(value: str, language: str, depth: int) -> str:
    """Return what stands in a sentence: translated if it is a sentence itself, else as a value."""
    said = _translated(value, language, depth)
    return _quoted(value) if said == value else said


def _in_parts(message: str, language: str, depth: int) -> str:
    """Return a message of several sentences, each translated that is known; as it is where none is."""
    pieces = message.split(JOINT)
    if 1 < len(pieces) <= MOST_PIECES:
        parts = list(_told_apart(pieces, language, depth))
        if parts != pieces:
            return french(" ; ".join(parts)) if language == "fr" else JOINT.join(parts)
    before, found, after = message.partition(": ")
    if found:
        parts = [_translated(before, language, depth), _translated(after, language, depth)]
        if parts != [before, after]:
            return french(" : ".join(parts)) if language == "fr" else ": ".join(parts)
    return message


def _told_apart(pieces: Sequence[str], language: str, depth: int) -> Iterator[str]:
    """Yield sentences translated, each of as many pieces as it takes; a piece of none as it is."""
    at = 0
    while at < len(pieces):
        ends = range(min(len(pieces), at + MOST_IN_ONE), at, -1)
        made = (
            (end, _sentence(JOINT.join(pieces[at:end]), language, depth))
            for end in ends
            if end - at < len(pieces)
        )
        end, sentence = next(((end, each) for end, each in made if each is not None), (at + 1, None))
        yield sentence if sentence is not None else _translated(pieces[at], language, depth)
        at = end


def _quoted(value: str) -> str:
    """Return a value, or several after one another, with French quotation marks in the place of Python's."""
    if not _QUOTES.fullmatch(value):
        return value
    return _QUOTE.sub(lambda match: f"«\u00a0{match[1] or match[2] or ''}\u00a0»", value)
