"""What can be pressed: discord.py's views for plain values. Every item says all in its custom_id, so it outlives a restart and
may be stale or forged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

import discord

from bot.client.custom_ids import PREFIX, encode
from bot.client.limits import TOKEN_LIFE
from bot.client.outgoing import Key, Menu, Outgoing
from bot.pack.values import Pack
from bot.say.replies import Modal

FOLLOW_UP = "asked"  # the action of the follow-up's window
MAX_QUESTION = 1500  # characters of a question in a command or a window


class Presses(Protocol):
    """What happens on a press: the client holds it as `presses`, since discord.py makes the items by itself."""

    async def press(self, interaction: discord.Interaction[Any], custom_id: str) -> None: ...

    async def pick(self, interaction: discord.Interaction[Any], custom_id: str, value: str) -> None: ...


class Press(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=PREFIX + r"(?!pick:)(?P<rest>.+)"):
    """A button."""

    def __init__(self, key: Key) -> None:
        style = discord.ButtonStyle.primary if key.primary else discord.ButtonStyle.secondary
        super().__init__(discord.ui.Button(label=key.label, custom_id=key.custom_id, style=style))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Press:
        return cls(Key("?", match.string))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        presses: Presses = interaction.client.presses
        await presses.press(interaction, self.custom_id)


class Pick(discord.ui.DynamicItem[discord.ui.Select[discord.ui.View]], template=PREFIX + r"pick:(?P<rest>.+)"):
    """A list to choose one option from."""

    def __init__(self, menu: Menu) -> None:
        shown = [discord.SelectOption(label=o.label, value=o.value) for o in menu.options]
        super().__init__(discord.ui.Select(custom_id=menu.custom_id, placeholder=menu.placeholder or None, options=shown))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Pick:
        return cls(Menu(match.string, "", ()))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        presses: Presses = interaction.client.presses
        data: Any = interaction.data or {}
        values = data.get("values")
        value = str(values[0]) if isinstance(values, list) and values else ""
        await presses.pick(interaction, self.custom_id, value)


ITEMS = (Press, Pick)


class Window(discord.ui.Modal):
    """Asks for a follow-up to an answer, of which its `parts` are what "More" knows. What is typed is read from the interaction itself
    (`typed_in`), so that a window opened before a restart still works."""

    def __init__(self, modal: Modal, pack: Pack, parts: Sequence[str]) -> None:
        super().__init__(title=modal.title, custom_id=encode(FOLLOW_UP, pack, parts), timeout=TOKEN_LIFE)
        field: discord.ui.TextInput[Window] = discord.ui.TextInput(
            custom_id="question", style=discord.TextStyle.paragraph, placeholder=modal.hint, min_length=1, max_length=MAX_QUESTION
        )
        self.add_item(discord.ui.Label(text=modal.label, component=field))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Nothing: the client hears of every submitted window, and answers."""


def typed_in(components: Any) -> str:
    """The text of the first text input in a submitted window; components come from outside."""
    stack = list(components) if isinstance(components, list) else []
    while stack:
        component = stack.pop(0)
        if not isinstance(component, dict):
            continue
        if isinstance(component.get("value"), str):
            return str(component["value"])[:MAX_QUESTION]
        nested = component.get("components")
        stack = [*(nested if isinstance(nested, list) else []), component.get("component"), *stack]
    return ""


def view_of(message: Outgoing) -> discord.ui.View | None:
    """The buttons and the list of a message that has passed the clamp; None where it has none."""
    if not message.rows and message.menu is None:
        return None
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(message.rows):
        for key in row:
            item = Press(key)
            item.row = number
            view.add_item(item)
    if message.menu is not None:
        view.add_item(Pick(message.menu))
    return view


def rows_of(message: discord.Message) -> tuple[tuple[Key, ...], ...]:
    """The buttons that a message of the bot has."""
    rows = []
    for row in message.components:
        if isinstance(row, discord.ActionRow):
            rows.append(
                tuple(
                    Key(b.label, b.custom_id, b.style is discord.ButtonStyle.primary)
                    for b in row.children
                    if isinstance(b, discord.Button) and b.label and b.custom_id
                )
            )
    return tuple(rows)
