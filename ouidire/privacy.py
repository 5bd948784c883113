"""Keyed hashes in the place of authors' names, and the installation's key.

The key lies in a file of its own (mode 600), made at first use: whoever has the data without the key cannot
try names.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from ouidire.errors import ConfigError
from ouidire.ids import (
    CONTENT,
    PSEUDONYM,
    author_key,
    content_mention_id,
    digest,
    mention_id,
    source_key,
    unnamed_mention_id,
)
from ouidire.items import Item
from ouidire.mention import Mention

KEY_BYTES = 32
_PSEUDONYM = re.compile(rf"{PSEUDONYM}[0-9a-f]{{24}}")


def load_key(path: Path) -> bytes:
    """Read the installation's key, making it first where there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # A killed process leaves its own file behind, and harms nobody.
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # fails where another process was first: its key is then the one
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return read_key(path)


def read_key(path: Path) -> bytes:
    """Read a key that must be there. Raises ConfigError when it cannot be read, or is cut short or empty."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise ConfigError(
            [f"privacy.key_file: {path} holds no readable key ({error}); restore it from your backup"]
        ) from error
    if len(key) < KEY_BYTES:
        raise ConfigError(
            [f"privacy.key_file: {path} holds {len(key)} of {KEY_BYTES} bytes; restore it from your backup"]
        )
    return key


def identified(items: Iterable[Item], *, slug: str, secret: bytes) -> Iterator[tuple[str, Item]]:
    """Yield (id, item) of one page, in order, each author replaced by a keyed hash.

    Mentions that the site does not name share an id only when URL, author and date are the same; such twins
    of one page are distinguished by their place counted from the end of the page (see
    `ids.unnamed_mention_id`).
    """
    listed = list(items)
    twins: dict[str, int] = {}
    result: list[tuple[str, Item]] = []
    for item in reversed(listed):
        key = source_key(slug, item.entity)
        if isinstance(item, Mention):
            hashed = keyed(item, key=key, secret=secret)
            result.append((_mention_id(hashed, key, twins), hashed))
        elif item.item == "search_page":
            result.append(
                (digest("snapshot", key, item.captured_at.isoformat(), str(item.page_number)), item)
            )
        elif item.item == "suggestions":
            result.append((digest("suggestions", key, item.captured_at.isoformat(), item.query), item))
        elif item.item == "answer":
            asked = (item.question_id, item.version, str(item.run_index), item.asked_at.isoformat())
            result.append((digest("answer", key, *asked), item))
        else:
            result.append((digest("summary", key, item.subject or ""), item))
    return iter(reversed(result))


def keyed(mention: Mention, *, key: str, secret: bytes) -> Mention:
    """Return the mention with its author's name replaced by a keyed hash, or by the one that it is."""
    if mention.author is None:
        return mention
    if _PSEUDONYM.fullmatch(mention.author):
        hashed = mention.author.removeprefix(PSEUDONYM)
        return mention.model_copy(update={"author": None, "author_key": hashed})
    return mention.model_copy(update={"author": None, "author_key": author_key(secret, key, mention.author)})


def _mention_id(mention: Mention, key: str, twins: dict[str, int]) -> str:
    if mention.native_id is not None and mention.native_id.startswith(CONTENT):
        same = content_mention_id(key, mention.native_id, author=mention.author_key or "")
        twins[same] = twins.get(same, -1) + 1
        if twins[same] == 0:
            return same
        return content_mention_id(
            key, mention.native_id, author=mention.author_key or "", occurrence=twins[same]
        )
    if mention.native_id is not None:
        return mention_id(key, mention.native_id)
    url, author, date = mention.url or "", mention.author_key or "", ""
    if mention.published and mention.published.precision != "relative":
        date = mention.published.at.date().isoformat()
    first = unnamed_mention_id(key, url=url, author=author, date=date)
    twins[first] = twins.get(first, -1) + 1
    if twins[first] == 0:
        return first
    return unnamed_mention_id(key, url=url, author=author, date=date, occurrence=twins[first])
