"""From a question to the message that answers it: one question of a conversation at a time, judged off the event loop, whose
heartbeat must go on."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.client import pages
from bot.client.custom_ids import CustomId, text_of
from bot.client.log import log_answer, place
from bot.client.outgoing import Outgoing
from bot.client.patient_store import PatientStore
from bot.client.withdrawn import Watched
from bot.curate.misses import is_miss, own_words, plain_words, scrubbed
from bot.engine.answer import Answer, Answered, Rule, SmallTalk, Trace, is_sure
from bot.engine.follow_up import leans
from bot.engine.pipeline import Engine
from bot.engine.question import Question, clean_before_others
from bot.say.attribution import short_title
from bot.say.wording import Wording
from bot.serve.articles import answering, goes_on, settles
from bot.serve.dialogue import Conversation, Dialogue
from bot.serve.library import Articles
from bot.serve.measures import Measures, Stage, Unanswered
from bot.serve.turns import Busy, Lane, Turn, Turns, lane_of

WRONG = "wrong"  # stands in the place of the verdict where whoever asked says that the answer was wrong

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the articles it is put to, where and by whom, in which server (None for a direct message), and the sentences to
    answer it with. The conversation is that with the main article.

    `afresh` ignores what came before; `about` is the button "More" of the answer that a follow-up refers to, where that is told. The answer
    begins with the question where `echoed` is set: for those who see that somebody used a command, and not what they asked with it.
    A refusal says which articles were asked where `named` is set: for a channel that has not just the one.
    Where `keeps_misses`, an administrator has it kept for the curator if it gets no answer. Of what is `watched` nothing is remembered,
    counted or kept once it is withdrawn.
    """

    question: str
    articles: Articles
    conversation: Conversation
    guild_id: int | None
    words: Wording
    afresh: bool = False
    about: CustomId | None = None
    echoed: bool = False
    named: bool = False
    keeps_misses: bool = False
    watched: Watched | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is answered, from which article, and which were asked; and where several others answer, those with their answers."""

    engine: Engine
    answer: Answer
    asked: tuple[Engine, ...]
    several: tuple[tuple[Engine, Answer], ...] = ()


class Answering:
    """Decides and words answers, and remembers them for follow-ups."""

    def __init__(
        self, dialogue: Dialogue, store: PatientStore, turns: Turns | None = None, measures: Measures | None = None
    ) -> None:
        self._dialogue, self._store, self._measures = dialogue, store, measures or Measures()
        self._turns = Turns() if turns is None else turns
        self._measures.waiting = self._turns.waiting
        # So that a follow-up sent at once finds the answer it refers to.
        self._conversations: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def earlier(self, conversation: Conversation) -> tuple[Answer, ...]:
        """The answers that a follow-up may refer to, oldest first."""
        return self._dialogue.earlier(conversation)

    def latest(self, articles: Articles, conversation: Conversation) -> Engine:
        """The article that answered last in the place and to the asker of a conversation; the main one where none did."""
        known = {_with(conversation, engine): engine for engine in (*articles.known, articles.main)}
        return known.get(self._dialogue.latest(known) or conversation, articles.main)

    def before(self, asked: Asked) -> tuple[Engine, tuple[Answer, ...]]:
        """The article that a message may refer back to, and what its asker was answered from it, oldest first: up to the answer that the
        message is about, where that is told. Nothing where that one is not theirs."""
        known = (*asked.articles.known, asked.articles.main)
        engine = next((e for e in known if asked.about and text_of(e.pack) == asked.about.article), None)
        if asked.about is None or engine is None:
            engine = self.latest(asked.articles, asked.conversation)
            return engine, self.earlier(_with(asked.conversation, engine))
        earlier = self.earlier(_with(asked.conversation, engine))
        places = (n for n, answer in enumerate(earlier, 1) if pages.has_more_button(answer, asked.about, engine.pack))
        return engine, earlier[: max(places, default=0)]

    def is_full(self, asked: Asked) -> bool:
        """Whether a question would be refused now, since too many wait. A recorded phrasing does not wait."""
        return not asked.articles.main.is_recorded(asked.question) and self._turns.is_full(_lane(asked))

    async def answer(self, asked: Asked, refused: Callable[[], None] = lambda: None) -> Outgoing:
        """Decide and word one question. Never raises: a fault of the engine becomes an apology. Where too many wait, the asker is told that
        instead, and `refused` is called."""
        try:
            outgoing = await self._answered(asked, lambda _: True)
        except Busy:
            self._measures.unanswered[Unanswered.BUSY] += 1
            refused()
            return pages.busy(asked.words)
        return outgoing or pages.sentence(asked.words.failed, private=True)

    async def answer_if_sure(self, asked: Asked, may_speak: Callable[[], bool]) -> Outgoing | None:
        """Decide and word what was not addressed to the bot; None, and nothing is remembered, where it is not sure or too much else waits.
        `may_speak` is called once it is sure."""

        def speaks(answer: Answer) -> bool:
            if is_sure(answer):
                return may_speak()
            self._measures.unanswered[Unanswered.SILENT] += 1
            return False

        try:
            return await self._answered(asked, speaks, overheard=True)
        except Busy:
            self._measures.unanswered[Unanswered.SILENT] += 1
            return None

    async def _answered(self, asked: Asked, speaks: Callable[[Answer], bool], *, overheard: bool = False) -> Outgoing | None:
        """The worded answer, remembered and counted, if it `speaks`; None also where the question was withdrawn or the engine fails.
        Raises Busy."""
        began = time.perf_counter()
        try:
            with self._turns.turn(_lane(asked), overheard=overheard) as turn:
                _join(turn, asked)
                async with self._conversation(asked.conversation):
                    decision = await self._decide(asked, turn)
                    if (asked.watched is not None and asked.watched.is_withdrawn) or not speaks(decision.answer):
                        return None
                    with self._measures.timed(Stage.WORDING):
                        outgoing = _worded(decision, asked)
                    self._dialogue.remember(_with(asked.conversation, decision.engine), decision.answer)
        except Busy:
            raise
        except Exception as error:
            _log.error("answering failed: %s", place(error))
            self._measures.unanswered[Unanswered.FAILED] += 1
            return None
        self._measures.answered(decision.answer)
        log_answer(decision.answer, asked.guild_id, time.perf_counter() - began)
        if asked.keeps_misses and is_miss(decision.answer):
            await self._keep(decision.answer, decision.engine, asked.guild_id, decision.answer.verdict.value)
        return outgoing

    async def keep_wrong(self, pressed: CustomId, engine: Engine, conversation: Conversation, guild_id: int | None) -> None:
        """Keep for the curator what an asker says was answered wrongly, where the button is that of the last answer they got: only then it
        is known what they asked."""
        for answer in self.earlier(conversation)[-1:]:
            alone = not answer.trace.after and answer.trace.rule is not Rule.RECORDED
            if alone and pages.has_wrong_button(answer, pressed, engine.pack):
                await self._keep(answer, engine, guild_id, WRONG)

    def close(self) -> None:
        """Begin no further question."""
        self._turns.close()

    async def _decide(self, asked: Asked, turn: Turn) -> Decision:
        """Which article answers, and what. One after the other they are asked, so that whoever asks never holds more than one thread: the
        one that answered last, for what refers to that; then the main one; and only where that settles nothing, all others."""
        question, main = asked.question, asked.articles.main
        latest, earlier = (main, ()) if asked.afresh else self.before(asked)
        if not earlier and asked.about is not None:  # an answer to somebody else, or one that is no longer remembered
            if topic := pages.topic_of_more(asked.about, latest.pack):
                earlier = (await self._judge(turn, latest, topic.question, ()),)
            elif cited := pages.quoted_by_more(asked.about, latest.pack):
                earlier = (Answered(Trace(Question("", ()), Rule.ANSWERS), 1.0, (), (), "", cited),)
        known: dict[int, Answer] = {}  # by the engine's id
        if latest is not main and not _is_recorded_alone(main, question):
            answer = await self._judge(turn, latest, question, earlier)
            if goes_on(answer):
                return Decision(latest, answer, (latest,))
            if not latest.is_recorded(question):
                known[id(latest)] = answer  # for what refers to nothing, as good as one without what came before
        answer = await self._judge(turn, main, question, earlier if latest is main else ())
        if settles(answer):
            talk = known.get(id(latest)) if isinstance(answer, SmallTalk) else None
            # Talk, if it is for both, ends no conversation.
            return Decision(latest, talk, (latest,)) if isinstance(talk, SmallTalk) else Decision(main, answer, (main,))
        others = asked.articles.asked[1:]
        recorded = [e for e in others if e.is_recorded(question)]
        # What is known word for word goes over what is probable.
        for group in (recorded, [e for e in others if e not in recorded]):
            heard = [(e, known.get(id(e)) or await self._judge(turn, e, question, ())) for e in group]
            found = tuple(heard[i] for i in answering([a for _, a in heard]))
            if found:
                one = found[0] if len(found) == 1 else (main, answer)
                return Decision(*one, asked.articles.asked, found[1:] and found)
        return Decision(main, answer, asked.articles.asked)

    async def _keep(self, answer: Answer, engine: Engine, guild_id: int | None, verdict: str) -> None:
        """Keep what may be kept of a question; nothing outside of servers, where no administrator has allowed it."""
        text = scrubbed(answer.trace.question.text, own_words(engine.pack), plain_words())
        if text and guild_id is not None:
            await self._store.keep_miss(guild_id, engine.pack.slug, text, verdict)

    async def _judge(self, turn: Turn, engine: Engine, question: str, earlier: Sequence[Answer]) -> Answer:
        """What an article answers. Raises Busy where that cannot be looked up, which is quicker than the way to a thread and back."""
        if engine.is_recorded(question):
            recorded = engine.answer(question)
            if not earlier or not leans(recorded.trace.question):
                return recorded
        return await turn.run(self._measures.judging(engine.answer), question, earlier)

    def _conversation(self, conversation: Conversation) -> asyncio.Lock:
        return self._conversations.setdefault((conversation.channel, conversation.asker), asyncio.Lock())


def _lane(asked: Asked) -> Lane:
    return lane_of(asked.guild_id, asked.conversation.asker)


def _join(turn: Turn, asked: Asked) -> None:
    """Count a question among those that wait, also while it waits for an earlier one of its asker's; not where it is but looked up. Raises
    Busy."""
    if not asked.articles.main.is_recorded(asked.question):
        turn.join()


def _with(conversation: Conversation, engine: Engine) -> Conversation:
    """The conversation in the same place, by the same asker, with an article."""
    return conversation._replace(version=engine.pack.version)


def _is_recorded_alone(engine: Engine, question: str) -> bool:
    """Whether an article knows a question word for word, and it refers to nothing: looked up."""
    if not engine.is_recorded(question):
        return False
    answer = engine.answer(question)
    return not isinstance(answer, SmallTalk) and not leans(answer.trace.question)


def _worded(decision: Decision, asked: Asked) -> Outgoing:
    engine, main = decision.engine, asked.articles.main
    said = clean_before_others(asked.question) if asked.echoed else ""
    if decision.several:
        found = [(answer, other.pack) for other, answer in decision.several]
        return pages.answered_elsewhere(found, engine.pack, asked.words, asked=said)
    searched = [short_title(e.pack) for e in decision.asked] if asked.named or engine is not main else []
    return pages.answered(decision.answer, engine.pack, asked.words, asked=said, searched=searched, elsewhere=engine is not main)
