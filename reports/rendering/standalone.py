"""A message as one standalone page: its pictures inside, for a browser."""

import base64
from pathlib import Path

from ouidire.errors import UsageError
from ouidire.system.files import write_atomically
from reports.data.message import Message


def preview_html(message: Message) -> str:
    """Return the message's HTML with its pictures inlined as data URLs."""
    html = message.html
    for picture in message.pictures:
        data = base64.b64encode(picture.png).decode("ascii")
        html = html.replace(f'src="cid:{picture.cid}"', f'src="data:image/png;base64,{data}"')
    return html


def write_preview(message: Message, path: Path) -> Path:
    """Write the standalone page, and beside it what is attached, each whole or not at all; return its path.

    Raises:
        UsageError: the page cannot be written there.
    """
    try:
        for each in message.attachments:
            write_atomically(path.with_name(each.name), each.html.encode("utf-8"))
        return write_atomically(path, preview_html(message).encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: the preview cannot be written: {error.strerror or error}") from error
