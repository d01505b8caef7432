"""Discord: a question arrives, the engine decides, `reply` words it, this sends it. The only importer of discord.

It answers a message that mentions the bot, a direct message, and /ask; all else is ignored in silence. None of that needs a privileged intent
(https://docs.discord.com/developers/events/gateway#message-content-intent). No question's text is logged or written anywhere: where an exception is logged,
it is by its type and place, since its message may quote the question.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import discord
from discord import app_commands

from bot.answer import Answer, Answered, Contradicted, Engine, NotInArticle
from bot.config import ENV_TOKEN, Settings, embedder
from bot.dialogue import Conversation, Dialogue
from bot.embedding import terminal_progress
from bot.engine import build
from bot.reply import COMMAND_DESCRIPTION, FAILED, MAX_CONTENT, OPTION_DESCRIPTION, UNKNOWN_CHOICE, UNREADABLE, Reply, compose

MAX_QUESTION = 1500  # characters of /ask's option
DEFER_AFTER = 1.5  # seconds; Discord waits 3 for the first response
COMMANDS_FILE = "commands.json"

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes
_NOT_PERMITTED = frozenset([50001, 50013])
_CANNOT_REPLY = frozenset([10008, 50035, 160002])  # the message is gone or not a valid reference, or its history may not be read
_ACKNOWLEDGED = 40060  # the interaction has been answered already: an earlier attempt arrived after all
_MAX_CLOSED_CHANNELS = 10_000

EXIT_USAGE, EXIT_LOGIN, EXIT_INTENTS = 2, 3, 4
FIRST_WAIT = 1.0  # seconds before the first restart; doubles with each
# Seconds. Each restart may spend one of the 1,000 IDENTIFYs a day after which Discord resets the token, so this must stay above 86.4.
# https://docs.discord.com/developers/events/gateway#identifying
LONGEST_WAIT = 120.0
STEADY_AFTER = 600.0  # seconds of running after which the next wait is the first again
_AUTHENTICATION_FAILED = 4004  # gateway close code

PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True, read_message_history=True)
SCOPES = ("bot", "applications.commands")

_log = logging.getLogger(__name__)
_APOLOGY = Reply(FAILED, FAILED)


class Tree(app_commands.CommandTree["Verbatim"]):
    """The commands, with a last resort for what goes wrong in one."""

    async def on_error(self, interaction: discord.Interaction[Verbatim], error: app_commands.AppCommandError) -> None:
        await self.client.apologise(interaction, error)


@app_commands.command(description=COMMAND_DESCRIPTION)
@app_commands.describe(question=OPTION_DESCRIPTION)
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def ask(interaction: discord.Interaction[Verbatim], question: app_commands.Range[str, 1, MAX_QUESTION]) -> None:
    await interaction.client.respond(interaction, question)


class Choose(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"verbatim:1:ask:(?P<topic>.+)"):
    """A button that asks a topic's own question. It says all in its custom_id (at most 100 characters), so it outlives a restart and may be stale or forged."""

    def __init__(self, topic: str, label: str = "?") -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=f"verbatim:1:ask:{topic}"))
        self.topic = topic

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Choose:
        return cls(match["topic"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        client: Verbatim = interaction.client
        try:
            await client.respond_to_choice(interaction, self.topic)
        except Exception as error:  # discord.py would only log it, with its message
            await client.apologise(interaction, error)


class Verbatim(discord.Client):
    """The bot for one engine. `state` is the folder that remembers which commands Discord has; `defer_after` is in seconds."""

    def __init__(self, engine: Engine, state: Path, dialogue: Dialogue, *, defer_after: float = DEFER_AFTER) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.engine = engine
        self.tree = Tree(self)
        self.tree.add_command(ask)
        self._commands_file = state / COMMANDS_FILE
        self._dialogue = dialogue
        self._defer_after = defer_after
        # One question of a conversation at a time, so that a follow-up sent at once finds the answer it refers to.
        self._turns: WeakValueDictionary[Conversation, asyncio.Lock] = WeakValueDictionary()
        self._closed_channels: set[int] = set()

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Choose)
        await self._sync_if_changed()

    async def on_ready(self) -> None:
        invitation = discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS, scopes=SCOPES)
        _log.info("connected as %s, in %d servers; to invite it: %s", self.user, len(self.guilds), invitation)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        _log.error("%s failed: %s", event_method, place(sys.exception()))

    # Questions

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that mentions the bot, or a direct one, from a human."""
        question = self._question_in(message)
        if question is None or not self._may_send(message.channel):
            return
        if not message.content and message.type is discord.MessageType.reply and message.guild:
            # It pings the bot by replying to it, but Discord withholds the text, as it may for replies to a response to /ask.
            await self._reply_to(message, Reply(UNREADABLE, UNREADABLE))
            return
        conversation = (message.channel.id, message.author.id)
        await self._reply_to(message, await self.answer(question, conversation, message.guild.id if message.guild else None))

    def _question_in(self, message: discord.Message) -> str | None:
        """The message's text without the mention of the bot; None where it is not for the bot to answer."""
        if self.user is None or message.author.bot or message.webhook_id is not None:
            return None
        if message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return None
        # Not `message.guild is None`: that also holds in a server that is not yet known.
        if not isinstance(message.channel, discord.DMChannel) and self.user not in message.mentions:
            return None
        return re.sub(rf"<@!?{self.user.id}>", " ", message.content).strip()

    async def respond(self, interaction: discord.Interaction[Verbatim], question: str, *, afresh: bool = False) -> None:
        """Answer an interaction: at once, or after a deferral where the answer takes long."""
        conversation = (interaction.channel_id or 0, interaction.user.id)
        answering = asyncio.ensure_future(self.answer(question, conversation, interaction.guild_id, afresh=afresh))
        done, _ = await asyncio.wait({answering}, timeout=self._defer_after)
        deferred = False
        if not done:
            refusal = await self._deliver(lambda: interaction.response.defer(thinking=True), interaction.channel_id)
            deferred = refusal in (None, _ACKNOWLEDGED)  # where it failed otherwise, the answer may yet be in time
        reply = await answering
        if deferred:
            await self._deliver(
                lambda: interaction.edit_original_response(content=reply.content[:MAX_CONTENT], view=self._view(reply)),
                interaction.channel_id,
            )
        else:
            await self._respond_with(interaction, reply, ephemeral=reply is _APOLOGY)

    async def respond_to_choice(self, interaction: discord.Interaction[Verbatim], topic_id: str) -> None:
        """Answer a topic's own question, on its own; `topic_id` comes from outside."""
        topic = self.engine.pack.by_id.get(topic_id)
        if topic is None or not topic.question:
            await self._respond_with(interaction, Reply(UNKNOWN_CHOICE, UNKNOWN_CHOICE), ephemeral=True)
        else:
            await self.respond(interaction, topic.question, afresh=True)

    async def answer(self, question: str, conversation: Conversation, guild_id: int | None, *, afresh: bool = False) -> Reply:
        """Decide and word one question, off the event loop. Never raises: a fault of the engine becomes an apology. `afresh` ignores what came before."""
        turn = self._turns.setdefault(conversation, asyncio.Lock())
        async with turn:
            earlier = () if afresh else self._dialogue.earlier(conversation)
            try:
                answer = await asyncio.to_thread(self.engine.answer, question, earlier)
                reply = compose(answer, self.engine.pack)
            except Exception as error:
                _log.error("answering failed: %s", place(error))
                return _APOLOGY
            self._dialogue.remember(conversation, answer)
        _log.info(
            "answered verdict=%s entry=%s confidence=%.2f guild=%s",
            answer.verdict.value,
            _entry(answer) or "-",
            answer.confidence,
            guild_id or "-",
        )
        return reply

    # Sending

    def _view(self, reply: Reply) -> discord.ui.View | None:
        """The reply's choices as buttons, or None where it has none."""
        if not reply.choices:
            return None
        view = discord.ui.View(timeout=None)
        for choice in reply.choices:
            view.add_item(Choose(choice.topic, choice.label))
        return view

    async def _reply_to(self, message: discord.Message, reply: Reply) -> None:
        content, view = reply.content[:MAX_CONTENT], self._view(reply)

        def send(**reference: Any) -> Awaitable[object]:
            # With the message's id as nonce, a message sent twice is shown once (enforce_nonce), whichever attempt arrived.
            return message.channel.send(
                content, nonce=message.id, suppress_embeds=True, view=view or discord.utils.MISSING, **reference
            )

        refusal = await self._deliver(lambda: send(reference=message, mention_author=False), message.channel.id)
        if refusal in _CANNOT_REPLY:
            await self._deliver(send, message.channel.id)

    async def _respond_with(self, interaction: discord.Interaction[Verbatim], reply: Reply, *, ephemeral: bool = False) -> None:
        view = self._view(reply) or discord.utils.MISSING
        await self._deliver(
            lambda: interaction.response.send_message(
                reply.content[:MAX_CONTENT], view=view, ephemeral=ephemeral, suppress_embeds=True
            ),
            interaction.channel_id,
        )

    async def apologise(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Log a fault of the bot and tell the asker, privately, where that is still possible."""
        _log.error("an interaction failed: %s", place(error))
        if interaction.response.is_done():
            await self._deliver(lambda: interaction.followup.send(FAILED, ephemeral=True), interaction.channel_id)
        else:
            await self._respond_with(interaction, _APOLOGY, ephemeral=True)

    async def _deliver(self, send: Callable[[], Awaitable[object]], channel_id: int | None) -> int | None:
        """Send, once more where the connection failed. Returns None where it arrived, else Discord's error code (0 for none). Never raises for Discord's faults."""
        for again in (True, False):
            try:
                await send()
                return None
            except discord.HTTPException as error:
                if error.code in _NOT_PERMITTED:
                    self._log_closed(channel_id)
                elif error.code == _ACKNOWLEDGED:
                    _log.info("an interaction had been answered before, channel %s", channel_id)
                elif again and error.status == 503:  # which discord.py does not retry
                    continue
                else:
                    # Also an interaction that expired (10062): there is no way left to tell the asker.
                    _log.warning("not sent: HTTP %d, code %d, channel %s", error.status, error.code, channel_id)
                return error.code
            except (aiohttp.ClientError, OSError) as error:  # discord.py retries few of these
                if not again:
                    _log.warning("not sent: %s, channel %s", type(error).__name__, channel_id)
        return 0

    def _may_send(self, channel: discord.abc.MessageableChannel) -> bool:
        """Whether the bot may speak there, as far as known: requests that Discord must refuse count towards a ban of the address.

        https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        if not isinstance(channel, discord.Thread | discord.abc.GuildChannel) or channel.guild.me is None:
            return True
        if isinstance(channel, discord.Thread):
            allowed = channel.parent is None or channel.permissions_for(channel.guild.me).send_messages_in_threads
        else:
            allowed = channel.permissions_for(channel.guild.me).send_messages
        if not allowed:
            self._log_closed(channel.id)
        return allowed

    def _log_closed(self, channel_id: int | None) -> None:
        if channel_id is None or channel_id in self._closed_channels:
            return
        if len(self._closed_channels) >= _MAX_CLOSED_CHANNELS:
            self._closed_channels.clear()
        self._closed_channels.add(channel_id)
        _log.warning("not permitted to send in channel %d (logged once per channel)", channel_id)

    # Commands

    async def _sync_if_changed(self) -> None:
        """Tell Discord the commands where they are not those of the last time: it counts how often they are made (200 a day)."""
        payload = sorted((command.to_dict(self.tree) for command in self.tree.get_commands()), key=lambda c: str(c["name"]))
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        current = {"application": str(self.application_id), "sha256": digest}
        try:
            known = json.loads(self._commands_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            known = None
        except (OSError, ValueError) as error:
            _log.warning("%s cannot be read (%s); the commands are sent again", self._commands_file, type(error).__name__)
            known = None
        if known == current:
            return
        try:
            await self.tree.sync()
        except (discord.HTTPException, app_commands.AppCommandError, aiohttp.ClientError, OSError) as error:
            _log.warning("the commands could not be sent to Discord, mentions work all the same: %s", place(error))
            return
        _log.info("the commands were sent to Discord")
        try:
            write_atomically(self._commands_file, json.dumps(current))
        except OSError as error:
            _log.warning(
                "%s cannot be written (%s); the commands are sent again at the next start", self._commands_file, error.strerror
            )


def _entry(answer: Answer) -> str | None:
    """The id of the topic that decided, where there is one."""
    match answer:
        case Answered(entries=entries):
            return entries[0].id if entries else None
        case Contradicted(premise=topic) | NotInArticle(gap=topic):
            return topic.id if topic else None
        case _:
            return None


def place(error: BaseException | None) -> str:
    """An exception without its message, which may hold what a user wrote: its type, its cause's, and where it was raised."""
    if error is None:
        return "unknown"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    status = f" (HTTP {error.status}, code {error.code})" if isinstance(error, discord.HTTPException) else ""
    cause = f", from {place(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__}{status}{where}{cause}"


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's text so that a reader, or a crash, finds either the old or the new. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


# Running


def run(settings: Settings, pack_path: Path, environ: Mapping[str, str]) -> int:
    """Run the bot until it is told to stop. Returns the exit status: 0 stopped by a signal, 2 no usable token, 3 token refused, 4 intents refused.

    Raises FileFaults where the pack is at fault.
    """
    token = environ.get(ENV_TOKEN, "")
    fault = HOW_TO_GET_A_TOKEN if not token.strip() else token_fault(token)
    if fault:
        print(fault, file=sys.stderr)
        return EXIT_USAGE
    engine = build(pack_path, embedder=embedder(settings), progress=terminal_progress(sys.stderr))
    _configure_logging(settings.log_level)
    return asyncio.run(_serve(engine, settings.state, token))


HOW_TO_GET_A_TOKEN = f"""\
verbatim: {ENV_TOKEN} is not set, and without a token there is no bot on Discord. `verbatim chat` needs none. To get one:
  1. Open https://discord.com/developers/applications, press New Application and name it.
  2. On its page Bot, press Reset Token and copy the token. Keep it secret: whoever has it is the bot. No privileged intent is needed.
  3. Invite the bot to a server, with the Application ID from the page General Information in this address:
     {discord.utils.oauth_url("APPLICATION_ID", permissions=PERMISSIONS, scopes=SCOPES)}
     (scopes bot and applications.commands; permissions View Channels, Send Messages, Send Messages in Threads, Read Message History)
  4. Set {ENV_TOKEN} to the token in the environment, not in a file that is shared, and start `verbatim run` again."""


def token_fault(token: str) -> str | None:
    """What is wrong with the form of a token, without repeating it; None where it looks like one."""
    mend = f"Copy it again from the page Bot in the Developer Portal and set {ENV_TOKEN} to it alone."
    if token.lstrip().lower().startswith("bot "):
        what = 'begins with "Bot ", which is added by itself'
    elif re.search(r"\s", token):
        what = "contains white space or a line break"
    elif re.search(r"[\"'`“”‘’]", token):
        what = "contains quotation marks"
    elif not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}", token):
        what = "is not three parts of letters, digits, - and _ joined by dots, as a bot's token is (it is neither the Public Key nor the Client Secret)"
    else:
        return None
    return f"verbatim: the token in {ENV_TOKEN} {what}. {mend}"


def _configure_logging(level: str) -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    logging.getLogger("bot").setLevel(level.upper())
    # Never below: at debug, discord.py logs whole messages.
    logging.getLogger("discord").setLevel(logging.WARNING)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # voice is not used


async def _serve(engine: Engine, state: Path, token: str) -> int:
    """Keep a client running until SIGINT or SIGTERM; what ends one, short of a refusal, starts another after a growing wait."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    dialogue, wait = Dialogue(), FIRST_WAIT
    while True:
        began = loop.time()
        error = await _run_once(Verbatim(engine, state, dialogue), token, stop)
        if stop.is_set():
            return 0
        if isinstance(error, discord.LoginFailure) or (
            isinstance(error, discord.ConnectionClosed) and error.code == _AUTHENTICATION_FAILED
        ):
            _log.error(
                "Discord refuses the token. Reset it on the page Bot in the Developer Portal and set %s to the new one.",
                ENV_TOKEN,
            )
            return EXIT_LOGIN
        if isinstance(error, discord.PrivilegedIntentsRequired):
            _log.error(
                "Discord refuses the intents. Turn them on under Privileged Gateway Intents on the page Bot in the Developer Portal."
            )
            return EXIT_INTENTS
        if loop.time() - began >= STEADY_AFTER:
            wait = FIRST_WAIT
        if isinstance(error, discord.HTTPException) and error.status == 429:
            wait = LONGEST_WAIT  # the address is banned for a while, and each further request prolongs that
        _log.error("the connection ended: %s; starting again in %.0f s", place(error), wait)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
            return 0
        wait = min(wait * 2, LONGEST_WAIT)


async def _run_once(client: Verbatim, token: str, stop: asyncio.Event) -> BaseException | None:
    """Run a client until it ends or is to stop, and close it. Returns the exception that ended it."""
    running = asyncio.ensure_future(client.start(token))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    # The reading task first: discord.py's would otherwise close the connection with 4000, and the bot would seem to be online for a while.
    running.cancel()
    stopping.cancel()
    ended, _ = await asyncio.gather(running, stopping, return_exceptions=True)
    await client.close()
    return ended
