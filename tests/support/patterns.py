"""Finds every regular expression of our packages, and texts that are bad for each.

Found are compiled patterns that modules hold, in containers, objects, classes and caches too, and patterns
written into calls of `re`. Of a pattern, texts are made from what it repeats and from what comes before: what
has to be read again from every place of a text costs quadratic time. It cannot see a pattern that is put
together while a text is read, other than by a call that names it.
"""

import ast
import importlib
import re
import time
from collections.abc import Mapping
from functools import cache
from re import _constants as kinds
from re import _parser as parser
from typing import NamedTuple

from tests.support.paths import ROOT

PACKAGES = ("crawlers", "enrichment", "ouidire", "reports", "search", "service")
LEFT_OUT = ("enrichment.training", "ouidire.state.migrations", "enrichment.models")
"""Not run on outside text: training, migrations; models have no text patterns, and are slow to load."""
AT_START = {"match", "fullmatch"}
METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
SMALL_SIZES = (12, 18, 150, 800)
"""Sizes at which exponential and cubic work shows; larger texts would never end."""
SIZE = 8_000
CHEAP = 2.5e-3
"""Seconds below which nothing more is looked at, at `SIZE`: quadratic work takes longer."""
FAR_TOO_MUCH = 25e-6
"""Seconds a character that are too much, however they grow: 25 s for a text of a million."""
TIMES = 4
TOO_STEEP = 8.0
"""Growth at 4 times the size: linear work has 4, quadratic 16."""
LARGE = 48
"""Repeats of at least so many are pumped, as those without an end are."""


class Found(NamedTuple):
    """A pattern, the method that it is called by ("search" for what a module holds), and where it is."""

    pattern: re.Pattern
    method: str
    where: str


@cache
def trees():
    """Return the syntax tree of each module of ours that reads texts."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            if not name.startswith(LEFT_OUT) and not name.endswith("__main__"):
                found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def discovered():
    """Return every pattern found, each once for each method."""
    found = {}
    for each in (*held(), *written()):
        found.setdefault((each.pattern.pattern, each.pattern.flags, each.method), each)
    return list(found.values())


def held():
    """Yield the compiled patterns that modules hold."""
    for name in trees():
        module = importlib.import_module(name)
        seen = set()
        for key, value in vars(module).items():
            if getattr(value, "__module__", name) in (name, None) or not callable(value):
                for pattern in within(value, name, seen):
                    yield Found(pattern, "search", f"{name}.{key}")


def within(value, name, seen, depth=0):
    """Yield the patterns inside a value: containers, objects of ours, classes, caches without arguments."""
    if isinstance(value, re.Pattern):
        yield value
        return
    if depth > 6 or id(value) in seen or isinstance(value, (str, bytes, int, float, type(None))):
        return
    seen.add(id(value))
    inside = ()
    if isinstance(value, Mapping):
        inside = (*value.keys(), *value.values())
    elif isinstance(value, (tuple, list, set, frozenset)):
        inside = tuple(value)
    elif hasattr(value, "cache_info") and not value.__wrapped__.__code__.co_argcount:
        inside = (value(),)
    elif getattr(value, "__module__", None) == name and isinstance(value, type):
        inside = tuple(vars(value).values())
    elif type(value).__module__.partition(".")[0] in PACKAGES:
        slots = (getattr(value, each, None) for each in getattr(type(value), "__slots__", ()))
        inside = (*getattr(value, "__dict__", {}).values(), *slots)
    for each in inside:
        if isinstance(each, str | bytes | int | float) or each is None:
            continue
        yield from within(each, name, seen, depth + 1)


def written():
    """Yield the patterns written into calls of `re`; what is put into one stands as a word."""
    for name, tree in trees().items():
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            if (
                not isinstance(called, ast.Attribute)
                or getattr(called.value, "id", "") != "re"
                or called.attr not in METHODS
                or not node.args
                or (text := literal(node.args[0])) is None
            ):
                continue
            flags = 0
            for each in (*node.args[2:], *(keyword.value for keyword in node.keywords)):
                flags |= sum(
                    getattr(re, part.attr)
                    for part in ast.walk(each)
                    if isinstance(part, ast.Attribute) and getattr(part.value, "id", "") == "re"
                )
            method = called.attr if called.attr in AT_START else "search"
            yield Found(re.compile(text, flags), method, f"{name}:{node.lineno}")


def literal(node):
    """Return the text of a string literal, joined or with holes; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(each.value if isinstance(each, ast.Constant) else "mot" for each in node.values)
    return None


# --- Texts that are bad for a pattern ---


def bad_texts(pattern):
    """Yield functions from a size to a text, made from what a pattern repeats and what comes before that."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    seeds = {}
    for before, pump in pumps(tree.data, ""):
        for head, part in ((before, pump), ("", before + pump), ("", before)):
            if part:
                seeds[(head[-60:], part[-60:])] = None
    if seeds:
        start = example(tree.data)
        for part in (start, start[:1], start[:-1], " ", "\n", "0", "a", "A", '"', "'", "\\", "a "):
            if part:
                seeds[("", part[:60])] = None
    for head, part in seeds:
        for tail in ("\0", ""):
            yield lambda size, head=head, part=part, tail=tail: head + part * max(1, size // len(part)) + tail


def pumps(items, before):
    """Yield what comes before each long repeat of a parsed pattern, and one round of the repeat."""
    for kind, value in items:
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            _, most, body = value
            inside = example(body)
            if most >= LARGE:
                for each in examples(body):
                    yield before, each
            yield from pumps(body, before)
            before += inside
        elif kind is kinds.SUBPATTERN:
            yield from pumps(value[3], before)
            before += example(value[3])
        elif kind is kinds.ATOMIC_GROUP:
            yield from pumps(value, before)
            before += example(value)
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                yield from pumps(branch, before)
            before += example(value[1][0])
        elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
            yield from pumps(value[1], before)
        else:
            before += example([(kind, value)])


def examples(items):
    """Yield a few texts that a parsed pattern matches, by the members of its first class or branch."""
    yield example(items)
    items = list(items)
    if len(items) == 1 and items[0][0] is kinds.IN:
        yield from (each for each in " aA0\n\"'<é" if re_class(items[0][1], each))
        yield from (character(each) for each in items[0][1][:3] if each[0] is not kinds.NEGATE)
    if len(items) == 1 and items[0][0] is kinds.SUBPATTERN:
        yield from examples(items[0][1][3])
    if len(items) == 1 and items[0][0] is kinds.BRANCH:
        for branch in items[0][1][1]:
            yield example(branch)


def example(items):
    """Return one text that a parsed pattern matches, as short as may be."""
    return "".join(part(kind, value) for kind, value in items)


def part(kind, value):  # noqa: PLR0911 (one for each kind)
    """Return a text for one element of a parsed pattern."""
    if kind is kinds.LITERAL:
        return chr(value)
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        return example(value[2]) * max(1, min(value[0], 60)) if value[1] else ""
    if kind is kinds.SUBPATTERN:
        return example(value[3])
    if kind is kinds.ATOMIC_GROUP:
        return example(value)
    if kind is kinds.BRANCH:
        return example(value[1][0])
    if kind is kinds.IN:
        return next((each for each in " a0-.,\n<\"'é/Z\0" if re_class(value, each)), character(value[0]))
    if kind is kinds.ANY:
        return "a"
    if kind is kinds.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is kinds.CATEGORY:
        return character((kind, value))
    return ""


def re_class(members, text):
    """Return whether a parsed class admits a character."""
    negated = members[0][0] is kinds.NEGATE
    code = ord(text)
    hit = any(
        (kind is kinds.LITERAL and value == code)
        or (kind is kinds.RANGE and value[0] <= code <= value[1])
        or (kind is kinds.CATEGORY and in_category(value, text))
        for kind, value in members
    )
    return hit != negated


def in_category(category, text):
    """Return whether a character is of a category such as blanks or digits."""
    name = str(category)
    is_in = {"SPACE": text.isspace(), "DIGIT": text.isdigit(), "WORD": text.isalnum() or text == "_"}
    kind = name.rpartition("_")[2]
    return is_in.get(kind, False) != ("_NOT_" in name)


def character(member):
    """Return a character of one member of a class."""
    kind, value = member
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.RANGE:
        return chr(value[0])
    if kind is kinds.CATEGORY:
        return next(each for each in " 0a-" if in_category(value, each))
    return "a"


# --- What a pattern costs ---


class Cost(NamedTuple):
    """A text's size, seconds, and how much 4 times of it cost."""

    text: str
    seconds: float
    growth: float


def steepest(found):
    """Return the cost of the first text that is too much for a pattern, or None."""
    run = runner(found)
    is_bytes = isinstance(found.pattern.pattern, bytes)
    for text_of in bad_texts(found.pattern):
        cost = super_linear(run, text_of, is_bytes=is_bytes)
        if cost is not None:
            return cost
    return None


def super_linear(run, text_of, *, is_bytes=False):
    """Return the cost where a text of a kind costs more than linear time; None where it does not."""
    for size in (*SMALL_SIZES, SIZE):
        text = text_of(size)
        most = FAR_TOO_MUCH * max(size, SMALL_SIZES[-1] / 4)
        seconds = spent(run, text, is_bytes=is_bytes)
        if seconds > most and (seconds := spent(run, text, is_bytes=is_bytes)) > most:
            return Cost(text[:40], seconds, float("inf"))
    if seconds < CHEAP:
        return None
    small = least(run, text_of(SIZE // TIMES), is_bytes=is_bytes)
    growth = seconds / small
    if growth > TOO_STEEP:
        growth = least(run, text, is_bytes=is_bytes) / small
    return Cost(text[:40], seconds, growth) if growth > TOO_STEEP else None


def least(run, text, *, is_bytes):
    """Return the least seconds of three runs."""
    return max(1e-6, min(spent(run, text, is_bytes=is_bytes) for _ in range(3)))


def runner(found):
    """Return a function that runs a pattern over a whole text, as it is used."""
    pattern = found.pattern
    if found.method in AT_START:
        return getattr(pattern, found.method)

    def run(text):
        pattern.fullmatch(text)
        for _ in pattern.finditer(text):
            pass

    return run


def spent(run, text, *, is_bytes):
    """Return the seconds of processor that a run over a text takes."""
    given = text.encode("latin-1", "replace") if is_bytes else text
    start = time.process_time()
    run(given)
    return time.process_time() - start
