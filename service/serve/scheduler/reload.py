"""Compares two configurations: the changes in words, and the settings that wait for a restart."""

from typing import Any

from pydantic import BaseModel

from ouidire.settings.configuration import Settings

FIXED = ("data", "index", "state", "serve", "base")
"""Sections that are read once, at the start."""
FIXED_INSIDE = (("harvest", "folder"), ("privacy", "key_file"))
UNSAID = (
    "address",
    "user",
    "sender",
    "reply_to",
    "unsubscribe",
    "bounces",
    "contact",
    "params",
    "proxy",
    "url",
)
"""Keys whose values stay out of logs: addresses, and values that may hold a secret."""


def merged(old: Settings, new: Settings) -> Settings:
    """Return the new configuration with the sections and keys of the old one that wait for a restart."""
    kept: dict[str, Any] = {name: getattr(old, name) for name in FIXED}
    for section, name in FIXED_INSIDE:
        kept[section] = getattr(new, section).model_copy(update={name: getattr(getattr(old, section), name)})
    return new.model_copy(update=kept)


def changed(old: Settings, new: Settings) -> tuple[str, ...]:
    """Return one line for each difference: `digest.hour: 7 → 8`, `source added: feed`.

    Nothing personal and no secret is in them.
    """
    lines: list[str] = []
    for name in Settings.model_fields:
        if name == "base":
            continue
        before, after = getattr(old, name), getattr(new, name)
        lines += _listed(name, before, after) if isinstance(before, tuple) else _compared(name, before, after)
    return tuple(lines)


def _listed(name: str, before: tuple[Any, ...], after: tuple[Any, ...]) -> list[str]:
    gone = [
        f"{name} removed: {_named(each, number)}" for number, each in enumerate(before) if each not in after
    ]
    new = [f"{name} added: {_named(each, number)}" for number, each in enumerate(after) if each not in before]
    return gone + new


def _named(each: Any, number: int) -> str:  # noqa: ANN401 (one of the configuration's tables)
    for key in ("slug", "title", "source"):
        if getattr(each, key, None):
            return f"{getattr(each, key)} ([{number}])"
    return f"[{number}]"


def _compared(path: str, before: Any, after: Any) -> list[str]:  # noqa: ANN401 (any value of a configuration)
    if before == after:
        return []
    if isinstance(before, BaseModel) and isinstance(after, BaseModel):
        names = type(before).model_fields
        return [
            line
            for name in names
            for line in _compared(f"{path}.{name}", getattr(before, name), getattr(after, name))
        ]
    key = path.rpartition(".")[2]
    needs_restart = path.split(".", maxsplit=1)[0] in FIXED or tuple(path.split(".")) in FIXED_INSIDE
    line = (
        f"{path} changed"
        if key in UNSAID or isinstance(before or after, BaseModel)
        else f"{path}: {before} → {after}"
    )
    return [f"{line} (at the next start)" if needs_restart else line]
