"""Messages: which are for the bot to answer, and how. It answers a message that mentions it or pings it by a reply, and a
direct one; and, where an administrator switched listening on, a question that nobody addressed, if it is sure."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from dataclasses import replace

import discord

from bot.client import pages
from bot.client.answering import Answering, Asked
from bot.client.asking import named
from bot.client.buttons import rows_of
from bot.client.custom_ids import CustomId
from bot.client.delivery import Delivery
from bot.client.limits import MAX_THREAD_NAME
from bot.client.log import place
from bot.client.outgoing import Outgoing
from bot.client.pacing import Cooldowns
from bot.client.permissions import may_attach
from bot.client.privacy import Privacy
from bot.client.seen_events import SeenEvents
from bot.client.settings import ArticleUnknown, SettingsCache
from bot.client.translation import words_of
from bot.client.typed_commands import ABOUT_THE_LAST, SLASH_ONLY, Request, typed, typed_privacy
from bot.client.withdrawn import Watched, Withdrawn
from bot.engine.pipeline import Engine
from bot.engine.question import clean_before_others
from bot.say.wording import Wording, typed_out
from bot.serve.dialogue import Conversation
from bot.serve.library import Articles, Library
from bot.serve.measures import Measures, Stage, Unanswered
from bot.store.values import ChannelSettings, slugs
from bot.text.display import clip

_log = logging.getLogger(__name__)


class Messages:
    """`can_listen`: the text of messages that do not mention the bot arrives, which is a privileged intent
    (https://docs.discord.com/developers/events/gateway#message-content-intent)."""

    def __init__(
        self,
        library: Library,
        settings: SettingsCache,
        answering: Answering,
        delivery: Delivery,
        cooldowns: Cooldowns,
        seen: SeenEvents,
        privacy: Privacy,
        withdrawn: Withdrawn,
        measures: Measures,
        *,
        can_listen: bool,
    ) -> None:
        self._library, self._settings, self._answering, self._delivery = library, settings, answering, delivery
        self._cooldowns, self._seen, self._privacy = cooldowns, seen, privacy
        self._withdrawn, self._measures, self._can_listen = withdrawn, measures, can_listen

    async def receive(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Answer a message from a human, where it is for the bot to answer, and it is not deleted meanwhile."""
        if _is_human(message):
            with self._withdrawn.watching(message.id, message.channel.id) as watched:
                await self._receive(message, watched, me)

    async def _receive(self, message: discord.Message, watched: Watched, me: discord.ClientUser) -> None:
        question = _question_in(message, me)
        if question is None and not self._may_overhear(message):
            return
        channel = await self._channel_of(message)
        settings = await self._settings.at(message.guild.id if message.guild else None, channel)
        if (question is None and not settings.listen) or not self._delivery.may_send(channel):
            return
        words = words_of(message.guild)
        if question is not None and self._is_withheld(message):
            if self._seen.is_new(message.id):
                await self._delivery.reply(message, pages.sentence(words.unreadable))
            return
        articles = self._library.articles(slugs(settings.article))
        if question is None:
            if articles is not None:
                await self._speak_up(message, watched, articles, settings, words)
        elif self._seen.is_new(message.id):
            await self._answer(message, watched, me, question, articles, settings, words)

    async def _answer(
        self,
        message: discord.Message,
        watched: Watched,
        me: discord.ClientUser,
        question: str,
        articles: Articles | None,
        settings: ChannelSettings,
        words: Wording,
    ) -> None:
        if command := typed_privacy(question):  # no question, so that no wait between two keeps anybody from it
            # Not where there is no server: that also holds in one that is not yet known.
            is_private = isinstance(message.channel, discord.DMChannel)
            own = await self._privacy.reply(command, message.author.id, words, is_private=is_private)
            await self._delivery.reply(message, own)
            return
        began = self._measures.begin()
        if wait := await self._cooldowns.wait_everywhere(message.author.id, message.created_at.timestamp(), settings.cooldown):
            if self._cooldowns.tell(message.author.id):
                await self._delivery.reply(message, pages.cooling(wait, time.time(), words))
            self._measures.unanswered[Unanswered.COOLDOWN] += 1
            return
        if articles is None:
            self._measures.unanswered[Unanswered.GONE] += 1
            await self._delivery.reply(message, pages.sentence(words.article_gone))
            return
        asked = replace(
            _asked(message, watched, question, articles, words), keeps_misses=settings.misses, about=_replied_to(message, me)
        )
        thread = None
        if settings.threads and not self._answering.is_full(asked):  # a thread for what is not answered would stay
            thread = await self._delivery.open_thread(message, _named(question, articles.main))
        if thread is not None:
            asked = replace(asked, conversation=asked.conversation._replace(channel=thread.id))
        request = typed(question, articles.main.pack)
        if request is None:
            outgoing = await self._answer_it(asked)
        else:
            outgoing = await self._requested(request, message, asked, settings)
        if not watched.is_withdrawn:
            await self._delivery.reply(message, outgoing, thread)
        self._measures.took(Stage.WHOLE, began)

    async def _answer_it(self, asked: Asked) -> Outgoing:
        """Never raises. Who is told that the bot is busy may ask again at once."""
        asker = asked.conversation.asker
        return await self._answering.answer(asked, lambda: self._cooldowns.take_back(asker))

    async def _requested(self, request: Request, message: discord.Message, asked: Asked, settings: ChannelSettings) -> Outgoing:
        """What a typed command shows. Never raises."""
        words = asked.words
        if request.command == SLASH_ONLY:
            return pages.sentence(words.slash_only)
        try:
            engine = named(request.article, asked.articles)
        except ArticleUnknown as unknown:
            return pages.no_such_article(unknown.titles, words)
        match request.command:
            case "ask":
                return await self._answer_it(_alone(asked, request.question, engine if request.article else None))
            case "why" | "cite" if settings.ephemeral:
                # The last answer may be private.
                return pages.sentence(words.why_private.format(command=typed_out(request.command)))
        try:
            if request.command in ABOUT_THE_LAST:
                engine, earlier = self._answering.before(asked)
            else:
                earlier = ()
            outgoing = await asyncio.to_thread(pages.requested, request, engine.pack, words, earlier)
        except Exception as error:
            _log.error("a typed command failed: %s", place(error))
            return pages.sentence(words.failed)
        if outgoing.file and not may_attach(message.channel):
            return pages.sentence(words.file_refused.format(command=typed_out(request.command)))
        return outgoing

    def _is_withheld(self, message: discord.Message) -> bool:
        """Whether a message that pings the bot by replying to it may have a text that Discord does not show, as it may for replies to a
        response to a command. Where it shows what is attached, there is none."""
        is_empty = not (message.content or message.attachments)
        return is_empty and not self._can_listen and message.type is discord.MessageType.reply and message.guild is not None

    def _may_overhear(self, message: discord.Message) -> bool:
        """Whether it may answer a message that is not addressed to it, where listening is on: nobody else is addressed."""
        if not self._can_listen or message.guild is None or not message.content:
            return False
        addressed = message.mentions or message.role_mentions or message.mention_everyone
        return not (addressed or message.type is discord.MessageType.reply)

    async def _channel_of(self, message: discord.Message) -> discord.abc.MessageableChannel:
        """The channel of a message. A thread that discord.py does not know yet is asked for: what holds there is set for its channel."""
        channel, guild = message.channel, message.guild
        if guild is None or not isinstance(channel, discord.PartialMessageable):
            return channel
        sent = await self._delivery.send(lambda: guild.fetch_channel(channel.id), channel.id)
        return sent.result or channel

    async def _speak_up(
        self, message: discord.Message, watched: Watched, articles: Articles, settings: ChannelSettings, words: Wording
    ) -> None:
        """Answer what was not addressed to the bot, if it is sure; else stay silent, and forget it."""

        def may_speak() -> bool:
            return not self._cooldowns.wait(message.author.id, settings.cooldown) and self._seen.is_new(message.id)

        outgoing = await self._answering.answer_if_sure(_asked(message, watched, message.content, articles, words), may_speak)
        if outgoing is not None and not watched.is_withdrawn:
            await self._delivery.reply(message, outgoing)


def _asked(message: discord.Message, watched: Watched, question: str, articles: Articles, words: Wording) -> Asked:
    conversation = Conversation(message.channel.id, message.author.id, articles.main.pack.version)
    guild_id = message.guild.id if message.guild else None
    return Asked(question, articles, conversation, guild_id, words, named=len(articles.asked) > 1, watched=watched)


def _alone(asked: Asked, question: str, engine: Engine | None) -> Asked:
    """The question of a typed command, to one article alone where it names one."""
    if engine is None:
        return replace(asked, question=question)
    conversation = asked.conversation._replace(version=engine.pack.version)
    return replace(asked, question=question, articles=Articles((engine,), (engine,)), conversation=conversation, named=True)


def _named(question: str, engine: Engine) -> str:
    """What a question's thread is called."""
    return clip(clean_before_others(question), MAX_THREAD_NAME) or clip(engine.pack.title, MAX_THREAD_NAME)


def _is_human(message: discord.Message) -> bool:
    if message.author.bot or message.webhook_id is not None:
        return False
    return message.type in (discord.MessageType.default, discord.MessageType.reply)


def _replied_to(message: discord.Message, me: discord.ClientUser) -> CustomId | None:
    """What the answer of the bot to which a message replies knows of itself; None where it replies to none, or that has no buttons."""
    replied = message.reference.resolved if message.reference else None
    if not isinstance(replied, discord.Message) or replied.author.id != me.id:
        return None
    return pages.more_under(rows_of(replied))


def _question_in(message: discord.Message, me: discord.ClientUser) -> str | None:
    """The message's text without the mention of the bot; None where it is not addressed to it."""
    # Not `message.guild is None`: that also holds in a server that is not yet known.
    if not isinstance(message.channel, discord.DMChannel) and me not in message.mentions:
        return None
    said = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
    if not said and isinstance(message.channel, discord.Thread) and message.channel.id == message.id:
        return message.channel.name  # the first message of a post in a forum, whose title is then the question
    return said
