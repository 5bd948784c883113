"""Help and usage of commands in the language of the command line, as wide as the terminal.

Sentences are in English in the code; `ouidire/locales/*/help.toml` has each in French.
"""

import difflib
import inspect
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from service.cli.language import sentence, words
from service.cli.output import out

PLACEHOLDERS = {"str": "text", "int": "number", "float": "number", "path": "path", "Path": "path"}
"""What stands for a value in help, by the name of its type."""
UNBROKEN = {0x00A0: "\ue000", 0x202F: "\ue001"}
"""What stands for no-break spaces while lines are made: characters for private use."""
BROKEN_AGAIN = {ord(each): chr(space) for space, each in UNBROKEN.items()}
NARROWEST = 30
"""Columns that are used at least, however narrow the terminal is."""


class SpokenCommand(TyperCommand):
    """A command whose help is in the language of the command line."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 (Typer's objects are not public)
        """Write the help of the command."""
        formatter.write(_help_of(self, ctx))

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401 (as above)
        """Return the line that says how the command is called."""
        return usage_of(self, ctx)


class SpokenGroup(TyperGroup):
    """A group of commands whose help is in the language of the command line."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 (as above)
        """Write the help of the group: its commands, each with its first sentence."""
        formatter.write(_help_of(self, ctx))

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401 (as above)
        """Return the line that says how the group is called."""
        return usage_of(self, ctx)


class SpokenTyper(typer.Typer):
    """A Typer whose commands and groups have help in the language of the command line."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 (handed on)
        super().__init__(cls=SpokenGroup, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Any:  # noqa: ANN401 (handed on)
        """Return a decorator that adds a function as a command."""
        return super().command(name, **{"cls": SpokenCommand, **settings})


def usage_of(command: Any, ctx: Any) -> str:  # noqa: ANN401 (as above)
    """Return the line that says how a command or a group is called."""
    frame = words()
    pieces = [f"[{frame.text('placeholder.options')}]"]
    for each in _parameters(command, ctx, "argument"):
        name = _name_of(each)
        pieces.append(name if each.required else f"[{name}]")
    if getattr(command, "commands", None):
        pieces.append(frame.text("placeholder.command"))
    return frame.fill("help.usage", line=" ".join([ctx.command_path, *pieces]))


def usage_lines(error: Any) -> list[str]:  # noqa: ANN401 (as above)
    """Return the lines to print about a command that was called wrongly: how it is called, what is wrong."""
    context, message = getattr(error, "ctx", None), error.format_message()
    if context is None:
        return [f"ouidire: {sentence(message)}"]
    usage = context.command.get_usage(context)
    if message.startswith(usage):  # nothing was asked for: its whole help
        return [message.rstrip("\n")]
    parameter = getattr(error, "param", None)
    if parameter is not None and parameter.param_type_name == "argument":
        message = message.replace(f"'{parameter.name}'", f"'{_name_of(parameter)}'", 1)
    option = getattr(error, "option_name", None)
    if option is not None and getattr(error, "message", "") == f"No such option: {option}":
        known = [name for each in context.command.get_params(context) for name in each.opts]
        near = difflib.get_close_matches(option, known)
        message = f"No such option: {option}" + (
            f" Did you mean {', '.join(map(repr, near))}?" if near else ""
        )
    more = words().fill("help.more", command=context.command_path)
    return [usage, more, "", f"ouidire: {sentence(message)}"]


def _help_of(command: Any, ctx: Any) -> str:  # noqa: ANN401 (as above)
    """Return the whole help of a command, as text for the terminal that standard output is."""
    from rich.padding import Padding
    from rich.text import Text

    frame = words()
    with out.capture() as captured:
        out.print(Text(usage_of(command, ctx)), soft_wrap=False)
        for paragraph in about(command).split("\n\n"):
            out.print()
            out.print(Padding(_unbroken(paragraph.replace("\n", " ")), (0, 0, 0, 2)), soft_wrap=False)
        for kind in ("argument", "option"):
            rows = [_row(each, ctx) for each in _parameters(command, ctx, kind)]
            _table(frame.text(f"help.{kind}s"), rows)
        listed = getattr(command, "commands", {})
        _table(
            frame.text("help.commands"),
            [(name, about(each).partition("\n")[0]) for name, each in listed.items()],
        )
    return "\n".join(line.rstrip(" ") for line in captured.get().translate(BROKEN_AGAIN).split("\n"))


def _unbroken(text: str) -> Any:  # noqa: ANN401 (Rich is imported where it is needed)
    """Return a text whose no-break spaces do not break, which Rich's do."""
    from rich.text import Text

    return Text(text.translate(UNBROKEN))


def about(command: Any) -> str:  # noqa: ANN401 (as above)
    """Return what a command or a group does, in the language of the command line."""
    return sentence(inspect.cleandoc(command.help or ""))


def _parameters(command: Any, ctx: Any, kind: str) -> list[Any]:  # noqa: ANN401 (as above)
    """Return the arguments or options of a command that help shows, in their order."""
    return [
        each
        for each in command.get_params(ctx)
        if each.param_type_name == kind and not getattr(each, "hidden", False)
    ]


def _name_of(argument: Any) -> str:  # noqa: ANN401 (as above)
    """Return what stands for an argument, in capitals."""
    name = words().text(f"argument.{argument.name}").upper()
    return f"{name}…" if argument.nargs == -1 else name


def _row(parameter: Any, ctx: Any) -> tuple[str, str]:  # noqa: ANN401 (as above)
    """Return a parameter's names and value, and what is said of it."""
    frame = words()
    if parameter.param_type_name == "argument":
        name = _name_of(parameter)
    else:
        name = ", ".join((*parameter.opts, *parameter.secondary_opts))
        if not parameter.is_flag:
            name = f"{name} {_placeholder(parameter, ctx)}"
    return name, " ".join(filter(None, (sentence(parameter.help or ""), *_notes(parameter, ctx, frame))))


def _placeholder(parameter: Any, ctx: Any) -> str:  # noqa: ANN401 (as above)
    """Return what stands for the value of an option."""
    frame, named = words(), parameter.metavar
    if named:
        key = f"placeholder.{named.lower()}"
        return frame.text(key) if key in frame else str(named)
    kind = parameter.display_type(ctx).strip("<>").removeprefix("list[").removesuffix("]")
    if "|" in kind:
        return str(kind)
    known = PLACEHOLDERS.get(kind.removesuffix(" range"), "text")
    return frame.text(f"placeholder.{known}")


def _notes(parameter: Any, ctx: Any, frame: Any) -> list[str]:  # noqa: ANN401 (as above)
    """Return the notes on a parameter: its range, its variable, its default, whether it must be given."""
    notes = []
    low, high = getattr(parameter, "min", None), getattr(parameter, "max", None)
    if low is not None and high is not None:
        notes.append(frame.fill("help.range", low=f"{low}", high=f"{high}"))
    if getattr(parameter, "envvar", None) and parameter.param_type_name == "option":
        notes.append(frame.fill("help.variable", name=str(parameter.envvar)))
    default = parameter.get_default(ctx, call=False)
    if default not in (None, False, True, "", [], ()) and not callable(default):
        notes.append(frame.fill("help.default", value=str(default)))
    if parameter.required:
        notes.append(frame.text("help.required"))
    return notes


def _table(title: str, rows: list[tuple[str, str]]) -> None:
    """Print a titled table of names and sentences; none for no rows."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", max_width=max(12, max(out.width, NARROWEST) * 2 // 5))
    table.add_column(overflow="fold", ratio=1)
    for name, said in rows:
        table.add_row(Text(name, style="bold"), _unbroken(said))
    out.print()
    out.print(Text(title, style="bold"))
    out.print(Padding(table, (0, 0, 0, 2)), soft_wrap=False)
