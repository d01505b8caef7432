"""From a question to the message that answers it: one question of a conversation at a time, judged off the event loop, whose
heartbeat must go on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.client import pages
from bot.client.custom_ids import CustomId
from bot.client.log import log_answer, place
from bot.client.outgoing import Outgoing
from bot.client.patient_store import PatientStore
from bot.curate.misses import is_miss, own_words, plain_words, scrubbed
from bot.engine.answer import Answer, Rule, is_sure
from bot.engine.pipeline import Engine
from bot.engine.question import clean
from bot.pack.values import Topic
from bot.say.wording import Wording
from bot.serve.dialogue import Conversation, Dialogue
from bot.store.values import StoreFault

THREADS = 2  # in which questions are judged at once; further ones wait
# Overheard messages that wait for the one thread they may have: from more the bot keeps silent, so that chatter never delays
# whoever asks it.
MAX_OVERHEARD = 50

WRONG = "wrong"  # stands in the place of the verdict where whoever asked says that the answer was wrong

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the article it is put to, where and by whom, in which server (None for a direct message), and the sentences to
    answer it with.

    `afresh` ignores what came before; `about` is what a follow-up refers to where the asker has no answer of their own. The
    answer begins with the question where `echoed` is set: for those who see that somebody used a command, and not what they asked with it.
    Where `keeps_misses`, an administrator has it kept for the curator if it gets no answer.
    """

    question: str
    engine: Engine
    conversation: Conversation
    guild_id: int | None
    words: Wording
    afresh: bool = False
    about: Topic | None = None
    echoed: bool = False
    keeps_misses: bool = False


class Answering:
    """Decides and words answers, and remembers them for follow-ups."""

    def __init__(self, dialogue: Dialogue, store: PatientStore) -> None:
        self._dialogue, self._store = dialogue, store
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="answering")
        # So that a follow-up sent at once finds the answer it refers to.
        self._turns: WeakValueDictionary[Conversation, asyncio.Lock] = WeakValueDictionary()
        self._overhearing = asyncio.Semaphore(1)
        self._overheard = 0

    def earlier(self, conversation: Conversation) -> tuple[Answer, ...]:
        """The answers that a follow-up may refer to, oldest first."""
        return self._dialogue.earlier(conversation)

    async def answer(self, asked: Asked) -> Outgoing:
        """Decide and word one question. Never raises: a fault of the engine becomes an apology."""
        engine = asked.engine
        async with self._turn(asked.conversation):
            earlier = () if asked.afresh else self.earlier(asked.conversation)
            try:
                if not earlier and asked.about is not None:
                    earlier = (await self._judge(engine, asked.about.question, ()),)
                answer = await self._judge(engine, asked.question, earlier)
                said = clean(asked.question) if asked.echoed else ""
                outgoing = pages.answered(answer, engine.pack, asked.words, asked=said)
            except Exception as error:
                _log.error("answering failed: %s", place(error))
                return pages.sentence(asked.words.failed, private=True)
            self._dialogue.remember(asked.conversation, answer)
        log_answer(answer, asked.guild_id)
        if asked.keeps_misses and is_miss(answer):
            await self._keep(answer, engine, asked.guild_id, answer.verdict.value)
        return outgoing

    async def keep_wrong(self, pressed: CustomId, engine: Engine, conversation: Conversation, guild_id: int | None) -> None:
        """Keep for the curator what an asker says was answered wrongly, where the button is that of the last answer they got: only then it
        is known what they asked."""
        for answer in self.earlier(conversation)[-1:]:
            alone = not answer.trace.after and answer.trace.rule is not Rule.RECORDED
            if alone and pages.has_wrong_button(answer, pressed, engine.pack):
                await self._keep(answer, engine, guild_id, WRONG)

    async def answer_if_sure(self, asked: Asked, may_speak: Callable[[], bool]) -> Outgoing | None:
        """Decide and word what was not addressed to the bot; None, and nothing is remembered, where it is not sure.
        `may_speak` is called once it is."""
        if self._overheard >= MAX_OVERHEARD:
            return None
        self._overheard += 1
        try:
            async with self._overhearing, self._turn(asked.conversation):
                try:
                    answer = await self._judge(asked.engine, asked.question, self.earlier(asked.conversation))
                    if not is_sure(answer):
                        return None
                    outgoing = pages.answered(answer, asked.engine.pack, asked.words)
                except Exception as error:
                    _log.error("answering failed: %s", place(error))
                    return None
                if not may_speak():
                    return None
                self._dialogue.remember(asked.conversation, answer)
        finally:
            self._overheard -= 1
        log_answer(answer, asked.guild_id)
        return outgoing

    async def forget(self, user_id: int, words: Wording) -> Outgoing:
        """Delete what is kept about a user, and say so, or that the store cannot be used."""
        self._dialogue.forget(user_id)
        try:
            await self._store.forget(user_id)
        except StoreFault as error:
            _log.error("the store cannot be used: %s", error)
            return pages.sentence(words.not_stored)
        return pages.sentence(words.forgotten)

    def close(self) -> None:
        """Begin no further question."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _keep(self, answer: Answer, engine: Engine, guild_id: int | None, verdict: str) -> None:
        """Keep what may be kept of a question; nothing outside of servers, where no administrator has allowed it."""
        text = scrubbed(answer.trace.question.text, own_words(engine.pack), plain_words())
        if text and guild_id is not None:
            await self._store.keep_miss(guild_id, engine.pack.slug, text, verdict)

    async def _judge(self, engine: Engine, question: str, earlier: Sequence[Answer]) -> Answer:
        if not earlier and engine.is_recorded(question):
            return engine.answer(question, ())  # looked up, which is quicker than the way to a thread and back
        return await self._in_thread(engine.answer, question, earlier)

    async def _in_thread(self, function: Callable[..., _T], *arguments: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments))

    def _turn(self, conversation: Conversation) -> asyncio.Lock:
        return self._turns.setdefault(conversation, asyncio.Lock())
