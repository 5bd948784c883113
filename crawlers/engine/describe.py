"""What may be told of an unexpected error: its type and the line where it arose.

Messages are left out: they quote what was read, and what was read is somebody's words.
"""

import sys
import traceback
from pathlib import Path

OUR_CODE = ("crawlers", "ouidire", "service")


def described(error: BaseException) -> str:
    """Return an error's type and the line of ours where it arose, without its message: messages quote what was read."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    own = next((frame for frame in frames if _is_ours(Path(frame.filename))), None)
    return (
        f"{type(error).__name__} at {Path(own.filename).name}:{own.lineno}" if own else type(error).__name__
    )


def _is_ours(file: Path) -> bool:
    roots = {
        Path(module.__file__).parent
        for name in OUR_CODE
        if (module := sys.modules.get(name)) and module.__file__
    }
    return any(root in file.parents for root in roots)
