"""The way of a question, once and straight: recorded? made self-contained, recognised and retrieved, read, decided, cited. Pure but for the networks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.engine import follow_up
from bot.engine.answer import (
    MAX_HISTORY,
    Ambiguous,
    Answer,
    Answered,
    Candidate,
    Citation,
    Contradicted,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    Rule,
    SmallTalk,
    Trace,
    Unsure,
    citations_of,
)
from bot.engine.decide import DECIMALS, REFUSING, RESEMBLANCE, TALK, Judged, Measured, Policy, judge
from bot.engine.opinion import OpinionSign
from bot.engine.question import Lexicon, Question, asked_in, clean, parts, questions_in
from bot.engine.reader import EARLIER, Floats, Passage
from bot.engine.retrieve import NOTHING_UNMET, Likelihood, Texts, Vocabulary
from bot.engine.several import together, within_budget
from bot.engine.sources import Source
from bot.pack.values import Pack, Topic, Verdict, normal_form
from bot.text.words import has_words

CANDIDATES = 12  # topics that are read
_TALK_CANDIDATES = 4  # kinds of small talk, opinion and off-topic that are weighed beside them
_MAX_QUESTIONS = 4  # of a message, and parts of a question
_MORE_WORDS = 3  # behind a greeting in another language that is no more than one
_SHORT_GREETING = 3  # letters; "yo" and "ta" are also small words of other languages
_THE_TEXT = frozenset("article text report piece story".split())
_SAYING = frozenset("say says said mention mentions mentioned tell tells state states".split())
_ABOUT_THE_BOT = frozenset("you your yours yourself u ur bot verbatim hi hello hey thanks thank".split())

Read = Callable[[Sequence[str], Sequence[Passage]], Floats]


@dataclass(frozen=True, slots=True)
class Reading:
    """A message understood in one way, and what that wants. `after` is the earlier question that it was read with; `leans`: there is one
    that it may lean on, read with it or not."""

    question: Question
    after: str
    judged: Judged
    leans: bool = False


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is learnt of a pack's phrasings, once: they by their place among all, and what finds topics by them."""

    asked: tuple[str, ...]
    texts: Texts
    likelihood: Likelihood | None
    vocabulary: Vocabulary
    opinion: OpinionSign


class Engine:
    """Answers questions about one pack. Built once; `answer` is pure and may be called from several threads."""

    def __init__(
        self,
        pack: Pack,
        lexicon: Lexicon,
        sources: Sequence[Source],
        learn: Callable[[], Learnt],
        read: Read | None,
        policy: Policy,
    ) -> None:
        """`learn` is called once: by `warm`, or when the first question comes that is no recorded phrasing. What it learns is over
        `sources`, by their place; it also teaches the lexicon the phrasings' words. `read` is the reader, None where it is off."""
        self.pack, self.lexicon, self.policy = pack, lexicon, policy
        self._sources, self._learn, self._read = sources, learn, read
        self._learning = threading.Lock()
        self._kept: Learnt | None = None
        self._spans = {s.topic.id: s.spans for s in sources}
        self._is_asked = np.array([not s.is_sentence for s in sources])
        self._is_shown = np.array([bool(s.spans) and s.topic.verdict is not Verdict.NOT_IN_ARTICLE for s in sources])
        verdicts = [s.topic.verdict for s in sources]
        self._talk = np.flatnonzero([v in TALK for v in verdicts])
        self._curated = np.flatnonzero([v not in TALK for v in verdicts])

    def warm(self) -> None:
        """Do now what the first question that is no recorded phrasing would wait for: learn, and load the networks."""
        if self._kept is None:
            self._learnt()
            self._measure(self.lexicon.read("?"))

    def _learnt(self) -> Learnt:
        with self._learning:
            if self._kept is None:
                self._kept = self._learn()
            return self._kept

    def answer(self, raw: str, history: Sequence[Answer] = ()) -> Answer:
        """The answer to one message. `history` holds the asker's earlier answers, oldest first."""
        text = clean(raw)
        history = history[-MAX_HISTORY:]
        if not has_words(text):
            return SmallTalk(Trace(Question(text, ()), Rule.EMPTY), 1.0, self._suggest(()), "empty")
        asked = questions_in(text)
        if len(asked) < 2 or normal_form(text) in self.pack.phrased:
            return self._one(text, history)
        answers: list[Answer] = []
        for question in asked[:_MAX_QUESTIONS]:
            answers.append(self._one(question, [*history, *answers][-MAX_HISTORY:]))
        return together(answers, len(asked))

    def _one(self, text: str, history: Sequence[Answer]) -> Answer:
        """The answer to a single question."""
        recorded = self.pack.phrased.get(normal_form(text))
        if recorded and (not history or recorded.verdict in TALK or not follow_up.leans(self.lexicon.read(text, repair=False))):
            return self._recorded(text, recorded)
        self._learnt()  # the lexicon too, which repairs spelling
        asked = follow_up.without_opening(text) if history else text
        question = self.lexicon.read(asked)
        history = follow_up.before_repeated(question, history)
        if history and (following := self._following(question, history)):
            return following
        is_long = len(question.tokens) > 2 or self.lexicon.is_in_another_script(question)
        if not self.lexicon.is_english(question) and (is_long or not history):
            # Neither the words nor the reader can be relied on for another language.
            if greeting := self._greeting(text):
                return self._recorded(text, greeting)
            return OffTopic(Trace(question, Rule.NOT_ENGLISH), 1.0, self._suggest(()))
        return self._several(asked_in(asked)) or self._decide(self._best_reading(question, history))

    def _greeting(self, text: str) -> Topic | None:
        """The small talk with which a message in another language begins, where it hardly says more and asks nothing but small talk:
        "merci pour tout", "bonjour, ça va ?"."""
        words = normal_form(text).split()
        for count in range(len(words), max(0, len(words) - _MORE_WORDS - 1), -1):
            begin, rest = " ".join(words[:count]), " ".join(words[count:])
            topic = self._small_talk(begin)
            if topic and len(begin) > _SHORT_GREETING and ("?" not in text or self._small_talk(rest)):
                return topic
        return None

    def _small_talk(self, phrasing: str) -> Topic | None:
        """The small talk that the phrasing is, word for word."""
        topic = self.pack.phrased.get(phrasing)
        return topic if topic and topic.verdict is Verdict.SMALL_TALK else None

    def is_recorded(self, raw: str) -> bool:
        """Whether a message is a phrasing of the pack, word for word; where nothing came before it, its answer is then only looked up."""
        return normal_form(clean(raw)) in self.pack.phrased

    def weigh(self, raw: str, after: str = "") -> tuple[Question, tuple[Measured, ...]]:
        """What is measured about a message, undecided; with the earlier question that it leans on."""
        self._learnt()
        question = self.lexicon.read(clean(raw))
        return question, self._measure(question, after)

    def routes(self, topic: Topic) -> Iterable[tuple[str, Topic]]:
        """Each phrasing of a topic, with the topic whose phrasings lie nearest to it where it is not itself among them."""
        source = next(i for i, s in enumerate(self._sources) if s.topic is topic)
        learnt = self._learnt()
        for place, nearest in learnt.texts.nearest_others(source):
            yield learnt.asked[place], self._sources[nearest].topic

    # Reading

    def _best_reading(self, question: Question, history: Sequence[Answer]) -> Reading:
        """The message alone, or with the question before it where it leans on one. Context can only gain: what is answered alone never gets
        a refusal from it, but for what says nothing alone ("in which year?", "why did he?")."""
        bars = self.policy.bars
        alone = self._judge(question)
        before = follow_up.earlier_question(history) if history and follow_up.leans(question) else ""
        talk = alone.judged.leading(bars.talk) in TALK and (self._is_addressed(question) or not follow_up.asks(question))
        if talk or not before:
            return alone
        alone = replace(alone, leans=True)
        joined = replace(self._judge(question, before, told=follow_up.told(history)), leans=True)
        if follow_up.is_bare(question) or joined.judged.probability >= max(bars.follow_up, alone.judged.probability):
            return joined
        return alone if alone.judged.probability >= bars.answer else joined

    def _judge(
        self, question: Question, after: str = "", candidates: int = CANDIDATES, told: frozenset[str] = frozenset()
    ) -> Reading:
        measured = tuple(m for m in self._measure(question, after, candidates) if m.topic.id not in told)
        return Reading(question, after, judge(measured, len(question.tokens), self.policy))

    def _measure(self, question: Question, after: str = "", candidates: int = CANDIDATES) -> tuple[Measured, ...]:
        """The topics most likely to be wanted, with all that is measured of them; read in one batch."""
        text = f"{after}{EARLIER}{question.text}" if after else question.text
        before = self.lexicon.read(after.rpartition(EARLIER)[2]) if after else None
        sought = Question(f"{before.text} {question.text}", (*before.tokens, *question.tokens)) if before else question
        learnt = self._learnt()
        found = learnt.texts.find(sought)
        likelihood = learnt.likelihood.of(sought) if learnt.likelihood else np.zeros_like(found.passage)
        # What a topic shows tells as much as how it is asked; a gap shows nothing, and a sentence is asked as nothing.
        as_asked = np.where(self._is_asked, found.resemblance, found.passage)
        as_shown = np.where(self._is_shown, found.passage, found.resemblance)
        promise = likelihood + RESEMBLANCE * (as_asked + as_shown) / 2
        chosen = [int(i) for i in self._curated[np.argsort(-promise[self._curated], kind="stable")][:candidates]]
        talk = [] if after else self._nearest_talk(promise)
        passages = [self._passage(i, learnt.asked[found.nearest[i]]) for i in chosen]
        logits = self._read([text] * len(chosen), passages) if self._read and chosen else np.zeros(len(chosen))
        asks_opinion = round(learnt.opinion.log_odds(question.text, found.vector), DECIMALS)
        readings = {i: float(z) for i, z in zip(chosen, logits, strict=True)}
        return tuple(
            Measured(
                self._sources[i].topic,
                learnt.asked[found.nearest[i]] if found.nearest[i] >= 0 else "",
                readings.get(i, 0.0),
                round(float(found.resemblance[i]), DECIMALS),
                round(float(found.nearness[i]), DECIMALS),
                round(float(found.passage[i]), DECIMALS),
                round(float(likelihood[i]), DECIMALS),
                asks_opinion if self._sources[i].topic.verdict is Verdict.OPINION else 0.0,
                learnt.vocabulary.unmet(question, i) if self._sources[i].topic.verdict is Verdict.ANSWER else NOTHING_UNMET,
                self._sources[i].is_sentence,
                learnt.vocabulary.lacks_claim(question, i),
            )
            for i in (*chosen, *talk)
        )

    def _nearest_talk(self, promise: NDArray[np.floating]) -> list[int]:
        """The likeliest talk, an opinion always among it: whether one is asked for is not known by phrasings alone."""
        order = [int(i) for i in self._talk[np.argsort(-promise[self._talk], kind="stable")]]
        opinion = next(i for i in order if self._sources[i].topic.verdict is Verdict.OPINION)
        nearest = order[:_TALK_CANDIDATES]
        return nearest if opinion in nearest else [*nearest[:-1], opinion]

    def _passage(self, i: int, nearest: str) -> Passage:
        source = self._sources[i]
        assert source.passage is not None, "talk is never read"
        return source.passage if source.is_sentence else replace(source.passage, asked=nearest)

    # Deciding

    def _decide(self, reading: Reading) -> Answer:
        judged, bars = reading.judged, self.policy.bars
        suggestions = self._suggest(judged.measured)
        best, share = judged.best(Verdict.ANSWER)
        sure, least = judged.probability, bars.least(follow_up=bool(reading.after))
        shown = tuple(
            Candidate(m.topic, round(s, DECIMALS), m.phrasing) for m, s in zip(judged.measured, judged.shares, strict=True)
        )

        def trace(rule: Rule) -> Trace:
            return Trace(reading.question, rule, shown, sure, least, reading.after)

        if best and sure >= least:
            if rivals := self._rivals(reading, best.topic, share):
                return Ambiguous(trace(Rule.EQUAL), sure, suggestions, (best.topic, *rivals))
            # What a follow-up asks stands in two messages, and is taken for another thing more often.
            lead = best.topic.lead if judged.aptness >= bars.lead and not reading.leans else ""
            return self._said(best.topic, trace(Rule.ANSWERS), sure, suggestions, lead)
        refused = round(1 - sure, DECIMALS)
        leaning = bool(reading.after) and follow_up.is_bare(reading.question)  # what is off topic is never leant on
        leading = judged.leading(bars.talk)
        of_article = self._asks_what_it_says(reading.question)
        about = leaning or leading in REFUSING or of_article or self.lexicon.is_about(reading.question)
        premise, premise_share = judged.best(Verdict.PREMISE)
        match leading:
            case Verdict.PREMISE if premise and premise_share >= bars.premise:
                return self._said(premise.topic, trace(Rule.PREMISE), premise_share, suggestions)
            case Verdict.OPINION if not of_article:
                return OpinionAsked(trace(Rule.OPINION), refused, suggestions, self._quoted(self.pack.positions))
            case Verdict.SMALL_TALK if not about or self._is_addressed(reading.question):
                talk, _ = judged.best(Verdict.SMALL_TALK)
                return SmallTalk(trace(Rule.SMALL_TALK), refused, suggestions, talk.topic.id if talk else "")
            case Verdict.OFF_TOPIC if not about:
                return OffTopic(trace(Rule.OFF_TOPIC), refused, suggestions)
            case _:
                pass
        gap, gap_share = judged.best(Verdict.NOT_IN_ARTICLE)
        if gap and gap_share >= bars.gap:
            return self._said(gap.topic, trace(Rule.GAP), refused, suggestions)
        may_answer = best is not None and judged.presence >= bars.absent
        if not about and not (may_answer and self._read):  # without the reader only the words tell what it is about
            return OffTopic(trace(Rule.UNRELATED), refused, suggestions)
        nearest = self._passage_of(best.topic) if best else ()
        if best and nearest and may_answer:
            return Unsure(trace(Rule.UNSURE), refused, suggestions, self._nearest(judged, best.topic, share))
        return NotInArticle(trace(Rule.ABSENT), refused, suggestions, None, self.lexicon.nowhere(reading.question), nearest)

    def _rivals(self, reading: Reading, best: Topic, share: float) -> tuple[Topic, ...]:
        """Entries with other passages that fit about equally, where the question hardly says what it wants."""
        if reading.after or len(reading.question.content) > 1 or reading.question.entities:
            return ()
        least = self.policy.bars.equal * share
        rivals = (m.topic for m, s in reading.judged.of(Verdict.ANSWER) if s >= least)
        return tuple(t for t in rivals if self._spans[t.id] != self._spans[best.id])[:2]

    def _nearest(self, judged: Judged, best: Topic, share: float) -> tuple[Citation, ...]:
        """What is nearest, and what is next where that comes near it."""
        nearest = self._passage_of(best)
        others = (m.topic for m, s in judged.of(Verdict.ANSWER) if s >= self.policy.bars.also * share and m.topic is not best)
        second = next(map(self._passage_of, others), ())
        return within_budget(dict.fromkeys((*nearest, *second))) or nearest

    def _passage_of(self, topic: Topic) -> tuple[Citation, ...]:
        """The first passage of an entry; a sentence with what introduces it."""
        return self.cite(topic)[:1] if topic.cites else self.cite(topic)

    def _recorded(self, text: str, topic: Topic) -> Answer:
        """The message is a recorded phrasing, word for word: its topic's verdict, without weighing."""
        trace = Trace(self.lexicon.read(text, repair=False), Rule.RECORDED, (Candidate(topic, 1.0, text),), 1.0, 0.0)
        suggestions = self._suggest(())
        return self._said(topic, trace, 1.0, suggestions, topic.lead)

    def _said(self, topic: Topic, trace: Trace, confidence: float, suggestions: tuple[str, ...], lead: str = "") -> Answer:
        """What a topic's verdict says, where it is this topic that the question wants."""
        match topic.verdict:
            case Verdict.ANSWER:
                return Answered(trace, confidence, suggestions, (topic,), lead, self.cite(topic))
            case Verdict.PREMISE:
                return Contradicted(trace, confidence, suggestions, topic, self.cite(topic))
            case Verdict.NOT_IN_ARTICLE:
                return NotInArticle(trace, confidence, suggestions, topic, (), self.cite(topic))
            case Verdict.OPINION:
                return OpinionAsked(trace, confidence, suggestions, self._quoted(self.pack.positions))
            case Verdict.SMALL_TALK:
                return SmallTalk(trace, confidence, suggestions, topic.id)
            case _:
                return OffTopic(trace, confidence, suggestions)

    def _several(self, asked: str) -> Answered | None:
        """A question of several parts: those that have an answer, and what the article does not say of the others. None where it is one
        question, or where not every part has its answer or its gap. The parts share the candidates of one question."""
        pieces = parts(asked)
        if not 2 <= len(pieces) <= _MAX_QUESTIONS:
            return None
        each = CANDIDATES // len(pieces)
        answers = [self._decide(self._judge(self.lexicon.read(p), candidates=each)) for p in pieces]
        whole = together(answers, len(answers))
        if not isinstance(whole, Answered) or whole.left or any(isinstance(a, SmallTalk) for a in answers):
            return None
        if len(whole.entries) + len(whole.silent) < 2:  # the same entry answers all of them
            return None
        return replace(whole, trace=replace(whole.trace, question=self.lexicon.read(asked)), suggestions=self._suggest(()))

    def _following(self, question: Question, history: Sequence[Answer]) -> Answer | None:
        """What only makes sense after an answer: "who said that?", "more"."""
        last = next((h for h in reversed(history) if not isinstance(h, SmallTalk)), None)
        if last is None or not citations_of(last):
            return None
        if follow_up.asks_who_spoke(question):
            return replace(follow_up.who_spoke(last, self.pack), trace=Trace(question, Rule.SPEAKER_ASKED))
        if follow_up.asks_for_more(question):
            trace = Trace(question, Rule.MORE_ASKED)
            if more := follow_up.what_follows(last, history, self.pack):
                return Answered(trace, 1.0, last.suggestions, (), "", more)
            return SmallTalk(trace, 1.0, last.suggestions, "no-more")
        return None

    # Citing

    def cite(self, topic: Topic) -> tuple[Citation, ...]:
        """A topic's passages, in the order in which it cites them."""
        if topic.cites:
            return self._quoted(topic.cites)
        return tuple(Citation(self.pack.article.excerpt(s), self.pack.quote_of(s)) for s in self._spans.get(topic.id, ()))

    def _quoted(self, quotes: Iterable[str]) -> tuple[Citation, ...]:
        return tuple(Citation(self.pack.excerpt(q), self.pack.quotes[q]) for q in quotes)

    def _suggest(self, measured: Iterable[Measured]) -> tuple[str, ...]:
        near = [m.topic.question for m in measured if m.topic.verdict is Verdict.ANSWER and m.topic.question]
        return tuple(dict.fromkeys([*near[1:], *(t.question for t in self.pack.starters)]))[:3]

    def _is_addressed(self, question: Question) -> bool:
        return any(t.text in _ABOUT_THE_BOT for t in question.tokens)

    def _asks_what_it_says(self, question: Question) -> bool:
        """Whether it asks for what the article says, be it of somebody's opinion, and not for the bot's."""
        words = {t.text for t in question.tokens}
        return bool(words & _THE_TEXT and words & _SAYING) and not self._is_addressed(question)

    @property
    def has_reader(self) -> bool:
        """Whether the networks find and judge passages; else words alone do."""
        return self._read is not None
