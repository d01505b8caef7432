"""What leaves for Discord, as plain values, and the clamp that everything passes. Knows nothing of Discord's library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.browse.paging import Option
from bot.client.limits import (
    MAX_BUTTONS,
    MAX_CONTENT,
    MAX_CUSTOM_ID,
    MAX_FILE_NAME,
    MAX_LABEL,
    MAX_OPTION,
    MAX_OPTIONS,
    MAX_PLACEHOLDER,
    MAX_ROWS,
)
from bot.text.display import clip


@dataclass(frozen=True, slots=True)
class Key:
    """A button; the `primary` one is the recommended of several."""

    label: str
    custom_id: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to choose one option from."""

    custom_id: str
    placeholder: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message: content, rows of buttons, a list, a text file (name, text), whether only the asker is to see it, and after how many seconds it
    goes where others see it, if it does."""

    content: str
    rows: tuple[tuple[Key, ...], ...] = ()
    menu: Menu | None = None
    file: tuple[str, str] | None = None
    private: bool = False
    lasts: float | None = None


def clamp(message: Outgoing) -> Outgoing:
    """The message within Discord's limits: too long a text is cut with an ellipsis, and what cannot be pressed is left out."""
    seen: set[str] = set()
    menu = _menu(message.menu, seen) if message.menu else None
    rows: list[tuple[Key, ...]] = []
    for row in message.rows:
        keys = tuple(_keys(row, seen))[:MAX_BUTTONS]
        if keys and len(rows) + (menu is not None) < MAX_ROWS:
            rows.append(keys)
    content = clip(message.content, MAX_CONTENT)
    if not content.strip() and message.file is None:
        content = "…"  # Discord refuses a message of nothing
    file = (message.file[0][-MAX_FILE_NAME:], message.file[1]) if message.file else None
    return replace(message, content=content, rows=tuple(rows), menu=menu, file=file)


def options(found: Iterable[Option]) -> tuple[Option, ...]:
    """What autocompletion or a list offers: at most 25, none empty, no value twice. A value that is too long is left out,
    since cut it would mean something else."""
    kept: dict[str, Option] = {}
    for option in found:
        if option.label.strip() and option.value.strip() and len(option.value) <= MAX_OPTION:
            kept.setdefault(option.value, Option(clip(option.label, MAX_OPTION), option.value))
    return tuple(kept.values())[:MAX_OPTIONS]


def _keys(row: Sequence[Key], seen: set[str]) -> Iterable[Key]:
    for key in row:
        if key.label.strip() and 0 < len(key.custom_id) <= MAX_CUSTOM_ID and key.custom_id not in seen:
            seen.add(key.custom_id)
            yield replace(key, label=clip(key.label, MAX_LABEL))


def _menu(menu: Menu, seen: set[str]) -> Menu | None:
    offered = options(menu.options)
    if not offered or not 0 < len(menu.custom_id) <= MAX_CUSTOM_ID:
        return None
    seen.add(menu.custom_id)
    return Menu(menu.custom_id, clip(menu.placeholder, MAX_PLACEHOLDER), offered)
