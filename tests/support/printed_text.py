"""Finds English in what the command line prints without its catalogue, from its source.

`say` and tables print as they are: what they are given may hold signs, numbers and units, and no words. Any
other text of several words is help, the message of an error, or a sentence that is translated. It cannot see
words that other packages hand over: a test of each command in French looks at these.
"""

import ast
import re
from typing import NamedTuple

from tests.support.raised_messages import trees

AS_IT_IS = frozenset({"say", "say_marked", "print", "echo", "update", "status", "prompt"})
"""Functions that print what they are given, untranslated."""
TRANSLATED = frozenset({"inform", "complain", "confirmed", "answer_to", "_asked", "sentence"})
TABLE = "say_table"
HELP = frozenset({"Option", "Argument", "Typer", "SpokenTyper", "add_typer", "command"})
QUIET = frozenset({"say_json", "record_action", "fill", "text", "catalogue", "value_named", "getattr", "get"})
"""Functions whose texts are keys, names or data."""
UNITS = frozenset({"UTC", "Authorization", "Bearer", "token"})
_WORD = re.compile(r"[^\W\d_]{2,}")
_PROSE = re.compile(r"[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}")


class Printed(NamedTuple):
    """A text in the code of the command line: how it is used, its sentence with {places}, where it stands."""

    use: str
    sentence: str
    where: str


def printed_texts() -> list[Printed]:
    """Every text of the command line that is printed as it is, heads a column, or is a sentence."""
    found = []
    for path, tree in trees().items():
        if path.startswith("service/cli/"):
            walker = _Walker(path)
            walker.visit(tree)
            found += filter(_is_worded, walker.found)
    return found


class _Walker(ast.NodeVisitor):
    """Collects the texts of a module, each with the use of the call that it stands in."""

    def __init__(self, path):
        self.path, self.use, self.found = path, "elsewhere", []

    def keep(self, use, text, node):
        self.found.append(Printed(use, text, f"{self.path}:{node.lineno}"))

    def visit_Raise(self, node):
        """Errors are looked at by `raised_messages`."""

    visit_arguments = visit_Raise

    def visit_Assign(self, node):
        if not all(getattr(each, "id", "").endswith("HELP") for each in node.targets):
            self.generic_visit(node)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit(node.value)

    def visit_Expr(self, node):
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.visit(node.value)

    def visit_Compare(self, node):
        """What is compared is a value of the code."""
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.Constant | ast.JoinedStr | ast.Tuple):
                self.visit(child)

    visit_Subscript = visit_Compare  # noqa: N815 (the name that ast looks for)

    def visit_Call(self, node):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in HELP | QUIET or name.endswith(("Error", "Unavailable")):
            return
        before = self.use
        if name == TABLE:
            self.use = "column"
            self.visit(node.args[0])
            self.use = "as it is"
            for each in node.args[1:]:
                self.visit(each)
        else:
            uses = {**dict.fromkeys(AS_IT_IS, "as it is"), **dict.fromkeys(TRANSLATED, "translated")}
            self.use = uses.get(name, before)
            self.generic_visit(node)
        self.use = before

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self.keep(self.use, node.value, node)

    def visit_JoinedStr(self, node):
        parts = [
            str(each.value) if isinstance(each, ast.Constant) else f"\x00place{number}\x00"
            for number, each in enumerate(node.values)
        ]
        self.keep(self.use, "".join(parts), node)
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                self.visit(each.value)


def _is_worded(printed):
    own = re.sub(r"\x00place\d+\x00", " ", printed.sentence)
    if printed.use == "column":
        return bool(printed.sentence.strip())
    if printed.use == "as it is":
        return bool({*_WORD.findall(own)} - UNITS)
    return printed.use == "elsewhere" and bool(_PROSE.search(own))
