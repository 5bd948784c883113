"""Finds the English messages that the code raises, from its source: each with its places named.

It reads constants, f-strings, sums, choices between two, names given in the same function or module, and
constants that a module imports. It cannot see what is put together otherwise: that is a place of its own.
"""

import ast
import re
from functools import cache
from typing import NamedTuple

from tests.support.paths import ROOT

PACKAGES = ("ouidire", "crawlers", "enrichment", "search", "reports", "service")
ERRORS = frozenset(
    {
        "OuidireError",
        "ConfigError",
        "UsageError",
        "StateError",
        "HarvestError",
        "SourceError",
        "Blocked",
        "RateLimited",
        "LayoutChanged",
        "FileNotUnderstood",
        "SourceGone",
        "IndexUnavailable",
        "AnalysisUnavailable",
        "DeliveryError",
        "NotConnected",
        "ReplyInDoubt",
        "ReplyRefused",
    }
)
"""Errors of `ouidire/errors.py` whose message is given where they are raised."""
PRINTERS = frozenset({"inform", "complain", "confirmed", "answer_to", "_asked"})
"""Functions of the command line that print or ask a sentence of the code."""
DEEPEST = 3
"""Names that may stand for one another."""
PLACE = "\x00{}\x00"
_AROUND = re.compile(r"\x00(\w+)\x00")


class Raised(NamedTuple):
    """A message as it is raised: the error's name, its sentence with {places}, and where it stands."""

    error: str
    sentence: str
    where: str


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the code, by its path."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def raised_messages(names=ERRORS) -> list[Raised]:
    """Every message that is raised by one of these errors, each sentence and module once."""
    found = {}
    for path, tree in trees().items():
        for function, call in _raised(tree):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in names or not call.args:
                continue
            for text in _texts(call.args[0], _scope(path, function)):
                raised = Raised(name, named(text), f"{path}:{call.lineno}")
                found.setdefault((name, raised.sentence), raised)
    return list(found.values())


def printed_messages() -> list[Raised]:
    """Every sentence that a command prints or asks, each once."""
    found = {}
    for path, tree in trees().items():
        if not path.startswith("service/cli/commands") and "_output" not in path:
            continue
        for functions, call in _calls(tree):
            name = getattr(call.func, "id", "")
            if name not in PRINTERS or not call.args:
                continue
            for text in _texts(call.args[0], _scope(path, functions)):
                sentence = named(text).strip()
                if name == "complain":
                    sentence = sentence.removeprefix("ouidire: ")
                found.setdefault(sentence, Raised(name, sentence, f"{path}:{call.lineno}"))
    return list(found.values())


def _calls(tree):
    """Yield each call, with the functions around it, the innermost last."""

    def walk(node, around):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            around = (*around, node)
        if isinstance(node, ast.Call):
            yield around, node
        for child in ast.iter_child_nodes(node):
            yield from walk(child, around)

    yield from walk(tree, ())


def _raised(tree):
    """Yield each call that is raised, with the functions around it, the innermost last."""

    def walk(node, around):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            around = (*around, node)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield around, node.exc
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            yield around, node.value
        for child in ast.iter_child_nodes(node):
            yield from walk(child, around)

    yield from walk(tree, ())


@cache
def _constants(path):
    """The texts that a module assigns to names at its top, and those that it imports from our modules."""
    given = {}
    for node in trees()[path].body:
        for name, value in _assignments(node):
            given.setdefault(name, []).append((value, path))
        if isinstance(node, ast.ImportFrom) and node.module:
            other = node.module.replace(".", "/") + ".py"
            if other in trees():
                for alias in node.names:
                    for top in trees()[other].body:
                        given.setdefault(alias.asname or alias.name, []).extend(
                            (value, other) for name, value in _assignments(top) if name == alias.name
                        )
    return given


def _assignments(node):
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for each, value in zip(target.elts, node.value.elts, strict=False):
                    if isinstance(each, ast.Name):
                        yield each.id, value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value


def _scope(path, functions):
    given = dict(_constants(path))
    for function in functions:
        local = {}
        for node in ast.walk(function):
            for name, value in _assignments(node):
                local.setdefault(name, []).append((value, path))
        given |= local
    return given


def _texts(node, scope, depth=0):
    """The sentences that an expression may be, each with its places marked."""
    found = []
    if isinstance(node, ast.Constant):
        text = str(node.value)
        found = [text.replace("{", "{{").replace("}", "}}") if isinstance(node.value, str) else text]
    elif isinstance(node, ast.JoinedStr):
        found = _joined(
            [
                _texts(each, scope, depth) if isinstance(each, ast.Constant) else _places(each, scope, depth)
                for each in node.values
            ]
        )
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found = _joined([_texts(node.left, scope, depth), _texts(node.right, scope, depth)])
    elif isinstance(node, ast.IfExp):
        found = [*_texts(node.body, scope, depth), *_texts(node.orelse, scope, depth)]
    elif isinstance(node, ast.List | ast.Tuple):
        found = [text for each in node.elts for text in _texts(each, scope, depth)]
    elif isinstance(node, ast.Name) and depth < DEEPEST:
        found = [
            text
            for value, path in scope.get(node.id, ())
            if isinstance(value, ast.Constant | ast.JoinedStr | ast.BinOp | ast.IfExp)
            for text in _texts(value, {**_constants(path), **scope}, depth + 1)
        ]
    return found or [PLACE.format(_name(node))]


def _places(node, scope, depth):
    """What an expression within a sentence may be: a constant's text, or a place."""
    inner = node.value
    if isinstance(inner, ast.Name) and (inner.id.isupper() or inner.id == "read"):
        return _texts(inner, scope, depth + 1)
    if isinstance(inner, ast.IfExp) and all(
        isinstance(each, ast.Constant) for each in (inner.body, inner.orelse)
    ):
        return [*_texts(inner.body, scope), *_texts(inner.orelse, scope)]
    return [PLACE.format(_name(inner))]


def _joined(parts):
    texts = [""]
    for part in parts:
        texts = [before + each for before in texts for each in part][:24]
    return texts


def _name(node):
    """A name for the place of an expression: its last name, small letters only."""
    names = [
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    ]
    chosen = next((each for each in names if each not in ("len", "sorted", "type", "min", "str")), "value")
    return re.sub(r"[^a-z]", "", chosen.lower()) or "value"


def named(text):
    """A sentence with its places as {names}, each name once."""
    seen = {}

    def name_of(match):
        number = seen[match[1]] = seen.get(match[1], 0) + 1
        return f"{{{match[1]}{'' if number == 1 else number}}}"

    return _AROUND.sub(name_of, text)
