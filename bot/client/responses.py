"""Responses to interactions: the first one within the 3 seconds that Discord waits, what follows a deferral, and apologies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from contextlib import suppress
from typing import Any

import discord

from bot.client.buttons import view_of
from bot.client.delivery import Delivery, Sent, file_of
from bot.client.limits import ALREADY_ACKNOWLEDGED, FIRST_RESPONSE
from bot.client.log import place
from bot.client.outgoing import Outgoing, clamp
from bot.client.pages import no_such_article, sentence
from bot.client.patient_store import PatientStore
from bot.client.seen_events import SeenEvents
from bot.client.settings import ArticleGone, ArticleUnknown
from bot.client.translation import words_for
from bot.client.under_way import UnderWay
from bot.serve.measures import Measures, Stage

DEFER_AFTER = 1.5  # seconds

_log = logging.getLogger(__name__)


class Responses:
    """`defer_after` is how many seconds an answer may take before the interaction is acknowledged without it."""

    def __init__(
        self,
        delivery: Delivery,
        store: PatientStore,
        seen: SeenEvents,
        under_way: UnderWay,
        measures: Measures,
        *,
        defer_after: float = DEFER_AFTER,
    ) -> None:
        self._delivery, self._store, self._seen, self._under_way = delivery, store, seen, under_way
        self._measures, self._defer_after = measures, defer_after
        self._deferrals = _Deferrals()

    async def show(
        self, interaction: discord.Interaction[Any], shown: Outgoing, *, ephemeral: bool = True, in_place: bool = False
    ) -> bool:
        """Respond with a page, in place of the message that was pressed or as one of its own; nothing where the interaction
        was seen before. Returns whether it arrived."""
        if not self._seen.is_new(interaction.id):
            return False
        if not in_place:
            return (await self.respond(interaction, shown, ephemeral=ephemeral)).code is None
        message = clamp(shown)
        sent = await self._delivery.send(
            lambda: interaction.response.edit_message(content=message.content, view=view_of(message), suppress_embeds=True),
            interaction.channel_id,
            hurry=True,
        )
        return sent.code is None

    async def show_when_ready(self, interaction: discord.Interaction[Any], making: Coroutine[Any, Any, Outgoing]) -> None:
        """Show the asker alone what may take longer than Discord waits; it is not made where the interaction was seen before."""
        if not self._seen.is_new(interaction.id):
            making.close()
            return
        await self.respond_when_ready(interaction, making, ephemeral=True)

    async def respond(self, interaction: discord.Interaction[Any], outgoing: Outgoing, *, ephemeral: bool = False) -> Sent:
        """Respond at once."""
        reply = clamp(outgoing)

        def send() -> Awaitable[object]:
            file, view = file_of(reply) or discord.utils.MISSING, view_of(reply) or discord.utils.MISSING
            return interaction.response.send_message(
                reply.content, view=view, file=file, ephemeral=ephemeral, suppress_embeds=True
            )

        sent = await self._delivery.send(send, interaction.channel_id, hurry=True)
        if sent.code is None and not ephemeral and sent.result is not None and sent.result.message_id:
            await self._note(interaction, reply, sent.result.message_id)
        return sent

    async def respond_when_ready(
        self, interaction: discord.Interaction[Any], making: Coroutine[Any, Any, Outgoing], *, ephemeral: bool
    ) -> None:
        """Respond at once, or after a deferral where the answer takes long, or would because so much else is under way."""
        began = self._measures.begin()
        done: set[asyncio.Future[Outgoing]] = set()
        answering: Awaitable[Outgoing] = making
        if not self._under_way.is_busy:
            answering = asyncio.ensure_future(making)
            done, _ = await asyncio.wait({answering}, timeout=self._defer_after)
        deferred = False
        if not done:
            with self._deferrals:
                refusal = await self._delivery.send(
                    lambda: interaction.response.defer(thinking=True, ephemeral=ephemeral), interaction.channel_id, hurry=True
                )
            deferred = refusal.code in (None, ALREADY_ACKNOWLEDGED)  # where it failed otherwise, the answer may yet be in time
            if deferred:
                self._measures.took(Stage.RESPONSE, began)
                await self._deferrals.over()
        outgoing = await answering
        if deferred:
            reply = clamp(outgoing)

            def edit() -> Awaitable[discord.InteractionMessage]:
                file = file_of(reply)
                return interaction.edit_original_response(
                    content=reply.content, view=view_of(reply), attachments=[file] if file else []
                )

            sent = await self._delivery.send(edit, interaction.channel_id)
            if sent.code is None:
                await self._note(interaction, reply, sent.result.id)
        else:
            await self.respond(interaction, outgoing, ephemeral=ephemeral or outgoing.private)
            self._measures.took(Stage.RESPONSE, began)

    async def guard(self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, None]) -> None:
        """Do the work; tell the asker where it fails, since discord.py would only log that, with its message."""
        self._under_way.enter()
        try:
            await work
        except Exception as error:
            await self.apologise(interaction, error)

    async def apologise(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Log a fault of the bot and tell the asker, privately, where that is still possible."""
        words = words_for(interaction)
        cause = getattr(error, "original", error)
        if isinstance(cause, ArticleGone):
            apology = sentence(words.article_gone)
        elif isinstance(cause, ArticleUnknown):
            apology = no_such_article(cause.titles, words)
        else:
            _log.error("an interaction failed: %s", place(error))
            apology = sentence(words.failed)
        if interaction.response.is_done():
            await self._delivery.send(
                lambda: interaction.followup.send(apology.content, ephemeral=True), interaction.channel_id, repeatable=False
            )
        else:
            await self.respond(interaction, apology, ephemeral=True)

    async def _note(self, interaction: discord.Interaction[Any], reply: Outgoing, reply_id: int) -> None:
        """Keep whose answer a message is, if there is something on it that is for them alone."""
        if reply.rows:
            await self._store.note(reply_id, interaction.user.id, interaction.guild_id)


class _Deferrals:
    """Those deferrals that are on their way. Answers wait for them, since each has 3 s and an answer 15 minutes."""

    def __init__(self) -> None:
        self._number = 0
        self._none = asyncio.Event()

    def __enter__(self) -> None:
        self._number += 1
        self._none.clear()

    def __exit__(self, *_: object) -> None:
        self._number -= 1
        if not self._number:
            self._none.set()

    async def over(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), FIRST_RESPONSE)
