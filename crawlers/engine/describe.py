"""Describes an unexpected error by its type and the line where it arose.

Its message is left out: messages quote what was read, and what was read is somebody's words.
"""

import sys
import traceback
from pathlib import Path

from crawlers.page_reading import ParserFailed, ReadingLimit

OUR_CODE = ("crawlers", "ouidire", "service")


def describe_error(error: BaseException) -> str:
    """Return an error's type and the innermost line of ours where it arose, without its message."""
    if isinstance(error, ParserFailed):
        return str(error)
    frames = reversed(traceback.extract_tb(error.__traceback__))
    own = next((frame for frame in frames if _is_ours(Path(frame.filename))), None)
    name = type(error).__name__
    return f"{name} at {Path(own.filename).name}:{own.lineno}" if own else name


def describe_failure(error: BaseException) -> str:
    """Return a sentence on an error that a parser met, without its message."""
    return (
        str(error) if isinstance(error, ReadingLimit) else f"the parser failed with {describe_error(error)}"
    )


def _is_ours(file: Path) -> bool:
    roots = {
        Path(module.__file__).parent
        for name in OUR_CODE
        if (module := sys.modules.get(name)) and module.__file__
    }
    return any(root in file.parents for root in roots)
