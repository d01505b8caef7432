"""`verbatim preview`: the bot in a simulated Discord on this machine, so that its buttons can be pressed without a token. The
simulation is simcord's, an extra; it is not Discord, whose looks and limits it only resembles."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import discord

from bot.client.lifecycle import Verbatim
from bot.client.running import stop_on_signals
from bot.client.shared import Shared
from bot.engine.pipeline import Engine
from bot.say.wording import COMMANDS, typed_out
from bot.serve.library import Library
from bot.store.memory import MemoryStore

if TYPE_CHECKING:
    import simcord

EXIT_USAGE = 2
WIDTH, HEIGHT = 960, 760  # CSS pixels of the page at first
MISSING = (
    "the preview is an extra. Install it with pip install 'verbatim-bot[preview]', in a checkout with "
    "pip install -e '.[preview]'. `verbatim chat` needs nothing more."
)


@dataclass(frozen=True, slots=True)
class World:
    """A simulated server with one channel: the bot, two readers, an administrator (Manage Server), and who runs the bot, who
    is another."""

    env: simcord.Env
    bot: Verbatim
    channel: simcord.ChannelHandle
    asker: simcord.MemberActor
    friend: simcord.MemberActor
    administrator: simcord.MemberActor
    operator: simcord.MemberActor

    @property
    def mention(self) -> str:
        assert self.bot.user is not None
        return self.bot.user.mention


@asynccontextmanager
async def world(bot: Verbatim, *, locale: str = "en-US", check: bool = True) -> AsyncIterator[World]:
    """The bot in a server whose language, and whose members', is `locale`. With `check`, what the bot let through is raised at
    the end. Needs the extra."""
    import simcord

    env = simcord.Env(bot, check_errors=check)
    env.backend.bot_user.name = "Verbatim"
    _speak(env, locale)
    # All before the bot connects: it would report that it is in no server.
    guild = env.create_guild("Readers", preferred_locale=locale)
    channel = guild.create_text_channel("article")
    manager = guild.create_role("Administrators", permissions=discord.Permissions(manage_guild=True, manage_messages=True))
    asker, friend = (guild.add_member(env.create_user(name)) for name in ("maria", "sam"))
    administrator, operator = (guild.add_member(env.create_user(name), roles=[manager]) for name in ("administrator", "operator"))
    with _quiet(logging.CRITICAL if check else logging.ERROR):
        await env.start()
        try:
            assert bot.application is not None
            bot.application.owner.id = operator.id  # in simcord an application owns itself
            with env.time_context():
                yield World(env, bot, channel, asker, friend, administrator, operator)
        finally:
            await env.shutdown()
            bot.shared.close()
    if check:
        env.raise_errors()


def make_bot(library: Library, *, listen: bool = False) -> Verbatim:
    """The bot as it is previewed; the only place where it is put together."""
    return Verbatim(Shared.of(library, MemoryStore()), listen=listen)


def _speak(env: simcord.Env, locale: str) -> None:
    """Give all members a language: in simcord they use American English, which no setting changes."""
    emit = env.backend.emit

    def localised(event: str, payload: Mapping[str, Any]) -> None:
        emit(event, {**payload, "locale": locale} if event == "INTERACTION_CREATE" else payload)

    env.backend.emit = localised  # type: ignore[method-assign]


@contextmanager
def _quiet(level: int) -> Iterator[None]:
    """Without what the bot logs below a level, such as what it finds wrong in the simulated server."""
    log = logging.getLogger("bot")
    before = log.level
    log.setLevel(level)
    try:
        yield
    finally:
        log.setLevel(before)


def preview(library: Library, port: int) -> int:
    """Serve the page until SIGINT, SIGTERM or the page's own menu ends it; `port` 0 takes a free one. Returns the exit status:
    0, or 2 where it cannot be served."""
    return asyncio.run(_serve(library, port))


def missing_extra() -> str:
    """What to install; nothing where all is there. (simcord comes with the tests, too; of what else it needs, linkify_it with nothing else.)"""
    try:
        import linkify_it  # noqa: F401
        import simcord  # noqa: F401
    except ImportError:
        return MISSING
    return ""


async def _serve(library: Library, port: int) -> int:
    import simcord

    stop, questions = asyncio.Event(), [t.question for t in library.default.pack.starters] or ["hello"]
    stop_on_signals(stop)
    async with world(make_bot(library, listen=True), check=False) as w:
        _take_name_for_mention(w)
        await _welcome(w, questions[0])
        viewers = [w.asker, w.friend, w.administrator, w.operator]
        page = w.env.preview(w.channel, viewers=viewers, layout="channel", width=WIDTH, height=HEIGHT, port=port)
        _follow_newest(page, w)
        try:
            async with page:
                print(invitation(library.default, w, page.url, questions), flush=True)
                waiting = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(page.wait_closed())]
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in waiting:
                    task.cancel()
        except simcord.SetupError as error:
            if not isinstance(error.__cause__, OSError):
                raise
            reason = os.strerror(error.__cause__.errno or 0)
            print(f"verbatim: port {port} cannot be used ({reason}). Choose another, or leave --port out.", file=sys.stderr)
            return EXIT_USAGE
    return 0


def _take_name_for_mention(w: World) -> None:
    """Let "@Verbatim" be typed: the page knows mentions by number alone."""
    create, backend = w.env.backend.create_message, w.env.backend

    def created(channel_id: int, author_id: int, content: str | None = "", **options: Any) -> Any:
        if content and author_id != backend.bot_user.id:
            content = re.sub(rf"@{backend.bot_user.name}\b", w.mention, content, flags=re.IGNORECASE)
        return create(channel_id, author_id, content, **options)

    backend.create_message = created  # type: ignore[method-assign]


def _follow_newest(page: simcord.Preview, w: World) -> None:
    """Keep the newest message in view: the page stays where it was unless it is shown another one, for which it has no setting."""
    publish = page._publish_message_pages

    def published(**options: Any) -> None:
        newest = w.channel.last_message
        for open_page in page._pages.values():
            open_page.target_id = newest.id if newest else None
        publish(**options)

    page._publish_message_pages = published  # type: ignore[method-assign]


async def _welcome(w: World, question: str) -> None:
    """An answer whose buttons can be pressed at once; and the bot listens."""
    assert w.channel.guild is not None
    await w.bot.shared.settings.change(w.channel.guild.id, w.channel.id, lambda old: replace(old, listen=True))
    await w.asker.send(w.channel, f"{w.mention} {question}")


def invitation(engine: Engine, w: World, address: str, questions: Sequence[str]) -> str:
    """What stands in the terminal: where the page is, and what to try there."""
    lines = [
        f"Verbatim answers from “{engine.pack.article.headline}” in a simulated Discord, on this machine alone. Open:",
        f"  {address}",
        "Whoever has this address can use the page. Ctrl+C ends it.",
        "",
        "Press the buttons under the answer that is there. Then ask in the field at the bottom; the bot listens, and answers "
        "when it is sure:",
        *(f"  {question}" for question in questions[1:] or questions),
        f"It answers whatever mentions it: @{w.bot.user.name if w.bot.user else ''} What is the weather tomorrow?",
        "Or type / and choose a command:",
        "  " + ", ".join(f"/{typed_out(command)}" for command in COMMANDS),
        "Above, choose who you are: administrator and operator have /verbatim too, and operator, who runs the bot, may reload.",
    ]
    return "\n".join(lines)
