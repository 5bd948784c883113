"""Which words say how a source's runs end: of a file, of a page of scripts, of a first reading.

It cannot see runs: what is known of them is given.
"""

from typing import Final

FILES: Final = ("survey_file", "review_file", "saved_results")
"""Sources that read the reader's own files: no site has changed anything."""
RENDER: Final = "render = true"
"""What the reason of a run says where a page shows nothing without scripts."""
TOLD: Final = ("degraded", "blocked", "failed", "file_unread", "file_failed")
"""Words that a run's own reason says more than."""


def status_key(source: str, status: str, *, reason: str, read_before: bool) -> str:
    """Return the key of the words (`blind.…`) for a status of a source, by its slug or its key."""
    slug = source.partition(":")[0]
    if slug in FILES and status in ("layout_changed", "failed"):
        return "file_unread" if status == "layout_changed" else "file_failed"
    if status != "layout_changed":
        return status
    if RENDER in reason:
        return "scripts"
    return status if read_before else "first_unread"
