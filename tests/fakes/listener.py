"""A reader in a simulated Discord: what they do, step by step, and what leaves for Discord then."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import discord
import pytest
import simcord
from fakes.scene import Scene

from bot.client import curating
from bot.client.custom_ids import tag, text_of
from bot.say.languages import wording
from bot.say.wording import PERMISSIONS
from bot.serve.turns import Turns
from bot.store.memory import MemoryStore
from bot.store.values import DAY, Overrides

MARKS = range(0xE000, 0xF900)  # private use: no font shows them, and no text holds them


def unmarked(text: str) -> str:
    return "".join(c for c in text if ord(c) not in MARKS)


@dataclass
class Listener:
    """A reader in a scene; the message that they had last, the one under which they pressed a button last, and the window that is open. What
    they `patch` holds for the scene."""

    scene: Scene
    channel: simcord.ChannelHandle
    patch: pytest.MonkeyPatch
    message: Any = None
    pressed: Any = None
    window: Any = None
    others: dict[str, simcord.MemberActor] = field(default_factory=dict)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """All that can be heard, oldest first."""
        found: list[dict[str, Any]] = []
        for request in self.scene.env.http_requests:
            if not isinstance(request.json, dict):
                continue
            if request.path.startswith("/interactions/"):
                found.append(request.json.get("data") or {})
            elif request.path.startswith(("/channels/", "/webhooks/")) and "content" in request.json:
                found.append(request.json)
        return [body for body in found if body.keys() & {"content", "title", "choices"}]

    def take(self, result: simcord.InteractionResult) -> None:
        """Go on from what an interaction led to."""
        self.window = result if result.modal else self.window
        self.message = (result.followups or [result.response or self.message])[-1]

    def actor(self, by: str) -> simcord.MemberActor:
        s = self.scene
        match by:
            case "asker":
                return s.asker
            case "owner":
                return simcord.MemberActor(s.env, s.guild, s.guild.owner)
        if by not in self.others:
            self.others[by] = s.guild.add_member(s.env.create_user(by))
        return self.others[by]


@dataclass(frozen=True)
class Step:
    """Something that the reader does, and how it is told in a transcript."""

    told: str
    act: Callable[[Listener], Awaitable[None]]


def say(text: str) -> Step:
    """Mention the bot."""

    async def act(h: Listener) -> None:
        await h.scene.mention(text, h.channel)
        h.message = h.channel.last_message

    return Step(f"@Verbatim {text}", act)


def overheard(text: str) -> Step:
    """Say something in the channel that is addressed to nobody."""

    async def act(h: Listener) -> None:
        await h.scene.asker.send(h.channel, text)

    return Step(text, act)


def reply_unseen(text: str) -> Step:
    """Reply to the bot's message without a ping: Discord then keeps the text from it."""

    async def act(h: Listener) -> None:
        await h.scene.asker.send(h.channel, text, reply_to=h.message)

    return Step(f"(replies, without a ping) {text}", act)


def slash(name: str, by: str = "asker", **options: Any) -> Step:
    """Use a command, by its whole name."""

    async def act(h: Listener) -> None:
        h.take(await h.actor(by).slash(h.channel, name, **options))

    return Step(_by(by) + " ".join([f"/{name}", *(f"{k}: {v}" for k, v in options.items())]), act)


def menu(text: str) -> Step:
    """Use the menu of a friend's message."""

    async def act(h: Listener) -> None:
        message = await h.actor("friend").send(h.channel, text)
        h.take(await h.scene.asker.context_menu(h.channel, wording("en").menu_ask, message))

    return Step(f"(the menu of a friend's message) {text}", act)


def press(label: str, by: str = "asker", *, again: bool = False) -> Step:
    """Press a button of the last message; `again`, of the one under which one was pressed last."""

    async def act(h: Listener) -> None:
        h.pressed = h.pressed if again else h.message
        rows = h.scene.env.backend.get_message(h.channel.id, h.pressed.id).components
        keys = [k for row in rows for k in row["components"] if unmarked(k.get("label", "")) == label]
        assert len(keys) == 1, f"no button {label!r}, or several"
        h.take(await h.actor(by).click(h.pressed, custom_id=keys[0]["custom_id"]))

    return Step(f"{_by(by)}[{label}]{' again' if again else ''}", act)


def pick(value: str) -> Step:
    """Choose from a list."""

    async def act(h: Listener) -> None:
        h.take(await h.scene.asker.select(h.message, [value]))

    return Step(f"(chooses) {value}", act)


def write(text: str) -> Step:
    """Fill in the window and send it."""

    async def act(h: Listener) -> None:
        h.take(await h.scene.asker.submit_modal(h.window, {"question": text}))

    return Step(f"(writes) {text}", act)


def typed(command: str, option: str, text: str, by: str = "asker") -> Step:
    """Type into an option, and hear what is offered."""

    async def act(h: Listener) -> None:
        await h.actor(by).autocomplete(h.channel, command, option, text)

    return Step(f"{_by(by)}(is typing) /{command} {option}: {text}".rstrip(), act)


def old_button(action: str, passage: str = "", *, article: str = "", of: str = "") -> Step:
    """Press a button that a message of the bot has from another time."""

    async def act(h: Listener) -> None:
        view = discord.ui.View(timeout=None)
        about = article or text_of(h.scene.library.default.pack)
        rest = f":{of or tag(passage)}" if of or passage else ""
        view.add_item(discord.ui.Button(label="old", custom_id=f"verbatim:2:{action}:{about}{rest}"))
        sent = await h.scene.bot.get_partial_messageable(h.channel.id).send("An old message.", view=view)
        view.stop()
        h.take(await h.scene.asker.click(sent, label="old"))

    return Step(f"(an old button) {' '.join(filter(None, (action, passage, of)))}", act)


def settings(**values: Any) -> Step:
    async def act(h: Listener) -> None:
        await h.scene.settings.change(h.scene.guild.id, h.channel.id, lambda _: Overrides(**values))

    return Step(f"(set here) {', '.join(f'{k}: {v}' for k, v in values.items())}", act)


def join_server(locale: str = "en-US") -> Step:
    """Let the bot be added to a server that has channels."""

    async def act(h: Listener) -> None:
        guild = h.scene.env.create_guild(preferred_locale=locale)
        guild.create_text_channel("lobby")
        await h.scene.join(guild)

    return Step(f"(the bot is added to a server, {locale})", act)


def refuse_deletion() -> Step:
    async def act(h: Listener) -> None:
        h.scene.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)

    return Step("(Discord refuses to delete)", act)


def be_operator() -> Step:
    async def act(h: Listener) -> None:
        assert h.scene.bot.application is not None
        h.scene.bot.application.owner.id = h.scene.guild.owner.id

    return Step("(the server's owner runs the bot, too)", act)


def close_store() -> Step:
    async def act(h: Listener) -> None:
        await h.scene.store.close()

    return Step("(the store is closed)", act)


def begin_without_state() -> Step:
    async def act(h: Listener) -> None:
        h.patch.setattr(h.scene.store, "is_makeshift", True)

    return Step("(the state could not be opened at the start)", act)


def be_one_of_several() -> Step:
    async def act(h: Listener) -> None:
        h.patch.setattr(h.scene.bot.privacy, "_is_alone", False)

    return Step("(the bot runs as several programs)", act)


def ask_in_vain(*texts: str) -> Step:
    async def act(h: Listener) -> None:
        store = h.scene.store
        assert isinstance(store, MemoryStore)
        for days in (2, 1, 0):
            h.patch.setattr(store, "_clock", lambda days=days: time.time() - days * DAY)
            for text in texts:
                await store.keep_miss(h.scene.guild.id, "millbrook", text, "unsure")

    return Step(f"(asked in vain on three days: {'; '.join(texts)})", act)


def keep_from_writing() -> Step:
    async def act(h: Listener) -> None:
        h.patch.setattr(curating, "can_write", lambda path: False)

    return Step("(the article's files cannot be written)", act)


def be_busy() -> Step:
    async def act(h: Listener) -> None:
        h.patch.setattr(Turns, "_refuses", lambda *_: True)

    return Step("(too many questions wait)", act)


def be_reloading() -> Step:
    async def act(h: Listener) -> None:
        await h.scene.library._reloading.acquire()

    return Step("(the files are being read)", act)


def go_where_permissions_lack() -> Step:
    async def act(h: Listener) -> None:
        lacking = discord.PermissionOverwrite(**dict.fromkeys(PERMISSIONS, False))
        h.channel = h.scene.guild.create_text_channel("narrow", overwrites={h.scene.guild.default_role: lacking})

    return Step("(in a channel without permissions)", act)


def go_where_files_are_refused() -> Step:
    async def act(h: Listener) -> None:
        lacking = discord.PermissionOverwrite(attach_files=False)
        h.channel = h.scene.guild.create_text_channel("bare", overwrites={h.scene.guild.default_role: lacking})

    return Step("(in a channel where the bot may attach no files)", act)


def _by(by: str) -> str:
    return "" if by == "asker" else f"({by}) "
