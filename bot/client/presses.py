"""What happens when a button is pressed, an option chosen or a window submitted. What these carry comes from outside, and may
be stale or forged."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import discord

from bot.client import pages
from bot.client.asking import Asking
from bot.client.buttons import FOLLOW_UP, Window, rows_of, typed_in
from bot.client.custom_ids import CustomId, decode, text_of
from bot.client.delivery import Delivery, Sent
from bot.client.limits import UNKNOWN_MESSAGE
from bot.client.outgoing import Outgoing
from bot.client.patient_store import PatientStore
from bot.client.responses import Responses
from bot.client.seen_events import SeenEvents
from bot.client.translation import words_for
from bot.engine.pipeline import Engine
from bot.pack.values import Topic
from bot.say.replies import follow_up
from bot.say.wording import Action, Wording
from bot.serve.library import Library

_log = logging.getLogger(__name__)


class PressHandler:
    """Does what buttons, lists and windows say. Nothing raises: what goes wrong is told to whoever pressed."""

    def __init__(
        self,
        library: Library,
        asking: Asking,
        responses: Responses,
        delivery: Delivery,
        store: PatientStore,
        seen: SeenEvents,
    ) -> None:
        self._library, self._asking, self._responses, self._delivery = library, asking, responses, delivery
        self._store, self._seen = store, seen

    async def press(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """Do what a button says."""
        await self._responses.guard(interaction, self._pressed(interaction, decode(custom_id)))

    async def pick(self, interaction: discord.Interaction[Any], custom_id: str, value: str) -> None:
        """Show or ask what was chosen from a list."""
        await self._responses.guard(interaction, self._picked(interaction, decode(custom_id), value))

    async def submit(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the question in a submitted window; nothing where it is not the bot's."""
        data: Any = interaction.data or {}
        window = decode(str(data.get("custom_id", "")))
        if window is not None and window.action == FOLLOW_UP:
            question = typed_in(data.get("components"))
            await self._responses.guard(interaction, self._submitted(interaction, window, question))

    async def _pressed(self, interaction: discord.Interaction[Any], press: CustomId | None) -> None:
        words = words_for(interaction)
        if press is not None and press.action == Action.HIDE:
            await self._hide(interaction, press, words)
            return
        engine = await self._engine_behind(interaction, press)
        if press is None or engine is None:
            return
        match press.action:
            case pages.ASK:
                await self._ask(interaction, engine, pages.topic_in(press, engine.pack))
            case Action.FOLLOW_UP:
                window = Window(follow_up(words), engine.pack, press.parts)
                await self._delivery.send(lambda: interaction.response.send_modal(window), interaction.channel_id, hurry=True)
            case Action.SHARE:
                await self._share(interaction, press, engine, words)
            case Action.MORE | Action.LESS:
                await self._turn_over(interaction, press, engine, words)
            case _:
                await self._open(interaction, press, engine, words)

    async def _picked(self, interaction: discord.Interaction[Any], pick: CustomId | None, value: str) -> None:
        engine = await self._engine_behind(interaction, pick)
        if pick is None or engine is None:
            return
        shown, topic = await asyncio.to_thread(pages.picked, pick.rest, value, engine.pack, words_for(interaction))
        if shown is not None:
            await self._responses.show(interaction, shown)
        else:
            await self._ask(interaction, engine, topic)

    async def _submitted(self, interaction: discord.Interaction[Any], window: CustomId, question: str) -> None:
        engine = await self._engine_behind(interaction, window)
        if engine is not None:
            await self._asking.ask(interaction, question, engine=engine, about=window)

    async def _engine_behind(self, interaction: discord.Interaction[Any], pressed: CustomId | None) -> Engine | None:
        """The article that a button, a list or a window is about, whatever its channel's article is by now. None where it is
        forged, not loaded, or its text has changed, which the asker is told."""
        engine = next((e for e in self._library.engines if pressed and text_of(e.pack) == pressed.article), None)
        if engine is None:
            words, message = words_for(interaction), interaction.message
            told = pages.sentence(words.unknown_choice)
            if pressed and pressed.action == Action.MORE and message is not None and not message.flags.ephemeral:
                told = pages.outdated(pressed, message.id, words)
            await self._responses.show(interaction, told)
        return engine

    async def _ask(self, interaction: discord.Interaction[Any], engine: Engine, topic: Topic | None) -> None:
        """Answer a topic's own question, on its own."""
        if topic is None or not topic.question:
            await self._responses.show(interaction, pages.sentence(words_for(interaction).unknown_choice))
        else:
            await self._asking.ask(interaction, topic.question, engine=engine, afresh=True)

    async def _open(self, interaction: discord.Interaction[Any], press: CustomId, engine: Engine, words: Wording) -> None:
        """Show the page behind a button; one that turns pages does so in place for whom the message answers."""
        if press.action == Action.WRONG:
            _log.info("a wrong answer, it is said; guild=%s", interaction.guild_id or "-")
        shown = await asyncio.to_thread(pages.pressed, press, engine.pack, words)
        own = interaction.message is not None and await self._is_own(interaction, interaction.message)
        in_place = press.action == "page" and shown is not None and bool(own)
        await self._responses.show(interaction, shown or pages.sentence(words.unknown_choice), in_place=in_place)
        if press.action == Action.WRONG and own:
            await self._asking.keep_wrong(interaction, press, engine)

    async def _share(self, interaction: discord.Interaction[Any], press: CustomId, engine: Engine, words: Wording) -> None:
        """Make public what only the asker sees: byte for byte what the bot said, or nothing; once, for others read it too."""
        message = interaction.message
        if message is None or message.author != interaction.client.user or pages.fingerprint(message.content) != press.rest:
            await self._responses.show(interaction, pages.sentence(words.unknown_choice))
            return
        if not self._seen.is_new(message.id):
            await self._responses.show(interaction, pages.sentence(words.shared_already))
            return
        rows = pages.collapsed(rows_of(message), engine.pack, words)
        if not await self._responses.show(interaction, Outgoing(message.content, rows), ephemeral=False):
            self._seen.forget(message.id)

    async def _turn_over(self, interaction: discord.Interaction[Any], press: CustomId, engine: Engine, words: Wording) -> None:
        """Show the further buttons of an answer, or take them away again: in place where nobody else sees it, else as a message of
        their own to whoever pressed."""
        message, pack = interaction.message, engine.pack
        if message is None or message.author != interaction.client.user:
            await self._responses.show(interaction, pages.sentence(words.unknown_choice))
            return
        alone = message.flags.ephemeral
        own = pages.share_key(message.content, pack, words) if alone else pages.hide_key(message.id, press.article, words)
        if not alone and not interaction.context.dm_channel:
            await self._responses.show(interaction, pages.further(press, own, pack, words))
            return
        rows = pages.collapsed(rows_of(message), pack, words)
        if press.action == Action.MORE:
            rows = pages.expanded(rows, press, own, pack, words)
        await self._responses.show(interaction, Outgoing(message.content, rows), in_place=True)

    async def _hide(self, interaction: discord.Interaction[Any], press: CustomId, words: Wording) -> None:
        """Take an answer away: for its asker, who keeps it where others could see it, in place of the buttons; or for a moderator."""
        pressed = interaction.message
        hidden: discord.Message | None
        if pressed is not None and press.rest == str(pressed.id):
            hidden = pressed
        else:
            found = await self._fetched(interaction, press.rest)
            if found.code == UNKNOWN_MESSAGE:
                # Beside the menu, whose place the asker's copy may have taken since another press.
                await self._responses.show(interaction, pages.sentence(words.gone_already))
                return
            hidden = found.result
        if hidden is None or hidden.author != interaction.client.user:
            await self._responses.show(interaction, pages.sentence(words.not_taken_away))
            return
        own = await self._is_own(interaction, hidden)
        if not (own or interaction.permissions.manage_messages):
            refused = words.asker_unknown if own is None else words.not_yours
            await self._responses.show(interaction, pages.sentence(refused))
            return
        if hidden is pressed:
            if self._seen.is_new(interaction.id):
                await self._delivery.send(lambda: interaction.response.defer(), interaction.channel_id, hurry=True)
                # After a deferred update, the original response is the message that was pressed.
                await self._delivery.send(lambda: interaction.delete_original_response(), interaction.channel_id)
            return
        kept = Outgoing(hidden.content, rows_of(hidden)) if own else pages.sentence(words.taken_away)
        if not await self._responses.show(interaction, kept, in_place=True):
            return  # else it would be lost
        gone = await self._delivery.send(lambda: hidden.delete(), interaction.channel_id)
        if gone.code not in (None, UNKNOWN_MESSAGE):
            told = pages.sentence(words.not_taken_away)
            await self._delivery.send(
                lambda: interaction.followup.send(told.content, ephemeral=True), interaction.channel_id, repeatable=False
            )

    async def _fetched(self, interaction: discord.Interaction[Any], number: str) -> Sent:
        """A message of the channel, or why Discord does not give it."""
        channel: Any = interaction.channel
        if not hasattr(channel, "fetch_message") or not (number.isascii() and number.isdigit()):
            return Sent(0)
        return await self._delivery.send(lambda: channel.fetch_message(int(number)), interaction.channel_id, hurry=True)

    async def _is_own(self, interaction: discord.Interaction[Any], message: discord.Message) -> bool | None:
        """Whether a message is the presser's own to change: only they see it, or it answers them. None where whom it answers is
        not known."""
        if message.flags.ephemeral or interaction.context.dm_channel:
            return True
        asked_by = message.interaction_metadata
        if asked_by is not None:
            return asked_by.user.id == interaction.user.id
        return await self._store.is_asker(message.id, interaction.user.id)
