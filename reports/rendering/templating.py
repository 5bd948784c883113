"""Templates, filled in a sandbox: ours, or those of the installation's own folder in their place.

A template sees its data and its words, nothing else; whatever comes from outside is escaped by the engine,
and links are http(s) or no links. One of the folder's own that is unknown, broken, or uses what there is not
is told by file and line, before anything is sent. It cannot see how a mail program will draw the page.
"""

import difflib
import re
import textwrap
from collections.abc import Mapping, Sized
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mrml
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ouidire.errors import ConfigError
from reports.typography import harmless

COLUMNS = 72
LARGEST, MOST_POWER = 1_000_000, 1_000
"""Characters of a repeated text, and operands of a power, that a template may ask for."""
BUILT_IN = Path(__file__).parents[1] / "templates"
NAMES = tuple(sorted(path.relative_to(BUILT_IN).as_posix() for path in BUILT_IN.rglob("*.j2")))
"""What may be put in place of ours."""
# mrml writes these letters of attributes and of the title as Rust spells them out: a no-break space as
# "\u{a0}".
_SPELT_OUT = re.compile(r"\\u\{(a0|ad|200b|2009|2011|202f|2060|feff)\}")

# Two parts for Outlook that follow one another are one: mrml ends each and begins it again.
_SPLIT_COMMENT = re.compile(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>")


class Templates:
    """Templates by name; those of `folder` stand in place of ours."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        loaders = [FileSystemLoader(path) for path in (folder, BUILT_IN) if path is not None]
        self._environment = _environment(ChoiceLoader(loaders))

    def text(self, name: str, values: Mapping[str, Any]) -> str:
        """Fill a text template.

        Raises ConfigError, with file and line, when a template of the folder's own cannot be filled.
        """
        return _tidy(self._filled(name, values))

    def html(self, name: str, values: Mapping[str, Any]) -> str:
        """Fill an MJML template and make HTML of it. Raises ConfigError as `text` does."""
        markup = self._filled(name, values)
        try:
            # Without a table of fonts, none is asked of anyone: mrml knows where some of them can be had.
            html = str(mrml.to_html(markup, render_options=mrml.RenderOptions(fonts={})).content)
        except (OSError, ValueError) as error:
            if self.folder is None:
                raise
            raise ConfigError(
                [f"templates: {self.folder / name}: what it gives is no MJML: {error}"]
            ) from error
        return _SPELT_OUT.sub(lambda found: chr(int(found[1], 16)), _SPLIT_COMMENT.sub("", html))

    def _filled(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except (
            TemplateError,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            RecursionError,
        ) as error:
            if self.folder is None:
                raise
            raise ConfigError(
                [f"templates: {_place(error, self.folder, name)}: {_error_message(error)}"]
            ) from error


@cache
def templates_of(folder: Path | None) -> Templates:
    """Return the templates of an installation, checked as far as can be without data.

    Raises:
        ConfigError: (all problems at once) there is no such folder, it holds a template that nothing uses, or
        one that is broken.
    """
    if folder is None:
        return Templates()
    if not folder.is_dir():
        raise ConfigError([f"templates: {folder}: there is no such folder; make it, or remove the key"])
    problems: list[str] = []
    environment = _environment(FileSystemLoader(folder))
    for path in sorted(folder.rglob("*.j2")):
        name = path.relative_to(folder).as_posix()
        if name not in NAMES:
            close = difflib.get_close_matches(name, NAMES, n=1)
            meant = f"; did you mean {close[0]}?" if close else ""
            problems.append(
                f"templates: {path}: no template has this name{meant}; ours are {', '.join(NAMES)}"
            )
            continue
        try:
            environment.parse(path.read_text(encoding="utf-8"), name)
        except TemplateSyntaxError as error:
            problems.append(f"templates: {path}:{error.lineno}: {error.message}")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"templates: {path}: cannot be read: {error}")
    if not problems and not any(folder.rglob("*.j2")):
        problems.append(f"templates: {folder}: it holds no template; ours are {', '.join(NAMES)}")
    if problems:
        raise ConfigError(problems)
    return Templates(folder)


def web(url: str | None) -> str:
    """Return a URL if it may be linked: http or https with a host, no blanks or control characters."""
    if not url or any(letter.isspace() or ord(letter) < 0x20 or letter in "<>\"'`\\" for letter in url):  # noqa: PLR2004 (C0 controls)
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def wrap(text: str, first: str = "") -> str:
    """Return text wrapped to 72 columns; `first` ("- ") opens the first line, the others are indented.

    Non-breaking spaces hold; a word longer than a line is broken.
    """
    lines = textwrap.wrap(
        str(text),
        COLUMNS,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
        break_long_words=True,
    )
    return "\n".join(lines)


def _tidy(text: str) -> str:
    """Leave one blank line at most between lines, none at the ends."""
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _place(error: Exception, folder: Path, name: str) -> str:
    """The file and line of a template that an error arose in: the innermost frame that is a template's."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or folder / (error.name or name)}:{error.lineno}"
    trace, found = error.__traceback__, str(folder / name)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            found = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _error_message(error: Exception) -> str:
    return (error.message if isinstance(error, TemplateError) else None) or str(error) or type(error).__name__


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which a product or a power cannot fill the memory."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 (Jinja's signature)
        """Return a product or power. Raises SecurityError for one that is too large."""
        sizes = [len(each) if isinstance(each, Sized) else abs(each) for each in (left, right)]
        repeats = isinstance(left, Sized) or isinstance(right, Sized)
        too_large = repeats and sizes[0] * sizes[1] > LARGEST
        if too_large or (operator == "**" and max(sizes) > MOST_POWER):
            raise SecurityError(f"what {operator} gives is too large")
        return super().call_binop(context, operator, left, right)


def _environment(loader: FileSystemLoader | ChoiceLoader) -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(
        loader=loader,
        autoescape=lambda name: name is None or not name.endswith(".txt.j2"),
        undefined=StrictUndefined,
        finalize=lambda value: harmless(value) if type(value) is str else value,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "web": web,
        "wrap": wrap,
        "capital": lambda text: text[:1].upper() + text[1:],
        "upper_rule": lambda text: wrap(text) + "\n" + "=" * min(COLUMNS, len(wrap(text).splitlines()[0])),
        "heading": lambda text: "\n" + wrap(text) + "\n" + "-" * min(COLUMNS, len(text)),
    }
    return environment
