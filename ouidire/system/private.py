"""Privacy of files: what this program makes is its user's alone, and what others can read is found.

Looked at are permissions alone; access lists and what other users may do as root cannot be seen.
"""

import os
import stat
from pathlib import Path

OTHERS = 0o077
"""Permissions of the group and of everybody else."""


def keep_files_private() -> None:
    """Have this process and those that it starts make folders of mode 700 and files of mode 600."""
    os.umask(os.umask(OTHERS) | OTHERS)


def open_mode(path: Path) -> int | None:
    """Return the permissions of a file or folder that other users can reach; None where they cannot.

    What lies in a folder that others may not enter cannot be reached, whatever its own permissions. Files of
    another user, whose permissions we could not change, are not looked at.
    """
    try:
        place = path.resolve(strict=True)
        about = place.stat()
        mode = stat.S_IMODE(about.st_mode)
        if os.geteuid() not in (0, about.st_uid):
            return None
        entered = all(stat.S_IMODE(each.stat().st_mode) & 0o011 for each in place.parents)
    except OSError:
        return None
    return mode if entered and mode & OTHERS else None
