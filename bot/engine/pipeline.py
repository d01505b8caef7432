"""One question -> one typed answer, and which rule decided. Pure: the same question, history and pack give the same Answer.

The way of a question: read (question.py), resolve against the asker's last answers, rank the topics (match.py), examine the best (verify.py), decide.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from rapidfuzz import fuzz

from bot.engine import answer as values
from bot.engine.answer import (
    MAX_HISTORY,
    Ambiguous,
    Answer,
    Answered,
    Citation,
    Contradicted,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    Rule,
    SmallTalk,
    Trace,
    citations_of,
)
from bot.engine.decision import NEARNESS_OF, Model, Signals, signals
from bot.engine.embedding import Meanings
from bot.engine.match import Floats, Index, LeftOut, Ranking
from bot.engine.question import KIND_NOUNS, Lexicon, Question, Token, clauses, clean, parts, tail
from bot.engine.sentences import Fit, Sentences, Weights
from bot.engine.verify import Constraint, Profile, Unmet, Verifier, importance
from bot.pack.values import MAX_EXCERPT_CHARACTERS, English, Pack, PersonKind, QuoteKind, Topic, Verdict, normal_form
from bot.text.article import Span
from bot.text.words import split

_POOL_TEMPERATURE = 2.0  # nats
_NEAR_TEMPERATURE = 0.05  # cosine
_EXAMINED = 5
_UNMET_NATS = 3.0  # what an unmet constraint of weight 1 costs an entry beside the next one
_SURE_PREMISE = 6.0  # nats by which a false premise must lead the gaps
_CLEAR_PREMISE = 4.0  # and the best entry, for the question may be a neutral one
_SAME = 0.6  # nats; entries closer than this fit about equally
_FRAGMENT_SCORE = 88.0  # rapidfuzz partial ratio (0-100) from which a quoted fragment counts as the article's
_AGAIN = frozenset("more another continue further further elaborate expand".split())
_SAYING = frozenset(
    """
    say said says quote quoted saying words wrote write statement source line claim claims accord according
    """.split()
)
_PERSONAL = frozenset("he him his she her hers".split())
_NEUTRAL = frozenset("it its they them their theirs that this those these".split())
_JOINING = frozenset("and or but so also then".split())
_ELLIPSES = {
    "names": "what are the names exactly by name",
    "name them": "what are the names exactly by name",
    "could you name them": "what are the names exactly by name",
    "can you name them": "what are the names exactly by name",
    "such as": "who exactly by name",
    "like who": "who exactly by name",
    "who exactly": "who exactly by name",
    "which ones": "which ones exactly by name",
}
_TALK = (Verdict.SMALL_TALK, Verdict.OFF_TOPIC, Verdict.OPINION)
_CONTEXT_BONUS = 0.08  # resemblance by which a reading in context may fall short of the plain one
_SAME_AGAIN = 0.75
_BEST_OF_SEVERAL = 0.9  # a reading in context was picked from several, which flatters it
_MAX_CARRIED = 6
_OWN_MATTER = 3  # content words from which a question that is answered on its own needs no context
_MAX_PARTS = 4
_NAMED_GAP = 0.3  # resemblance from which a refusal names the curated gap
_ANOTHER_NAME = 0.3  # weight of an unmet name from which the question is about somebody else, whatever else it resembles
_CORRECTIONS = (
    "sorry i meant",
    "i meant",
    "i mean",
    "no i mean",
    "no i meant",
    "no not him",
    "no not her",
    "no not that",
    "not him",
    "not her",
    "not that",
    "no not",
)
_THANKS = ("nvm", "never mind", "nevermind", "ok", "okay", "fine", "right", "thx", "thanks", "ty", "cheers", "well", "actually")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that was considered: its evidence in nats, its resemblance, the phrasing that came nearest, and what it leaves unmet."""

    topic: Topic
    evidence: float
    resemblance: float
    phrasing: str
    unmet: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    question: Question
    candidates: tuple[Candidate, ...]
    signals: Signals | None
    probability: float
    threshold: float


def _shown(candidates: Iterable[Candidate]) -> tuple[values.Candidate, ...]:
    return tuple(values.Candidate(c.topic, max(0.0, min(1.0, c.resemblance)), c.phrasing) for c in candidates)


@dataclass(frozen=True)
class _Judged:
    """One reading of the message with everything measured about it."""

    question: Question
    candidates: tuple[Candidate, ...]
    best: Candidate | None
    signals: Signals | None
    probability: float
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class Learnt:
    """What an engine learns from a pack's phrasings, so that it can be kept and need not be learnt again."""

    index: Index
    words: tuple[str, ...]


class Engine:
    """Answers questions about one pack. Built once; `answer` is pure and may be called from anywhere."""

    def __init__(
        self, pack: Pack, english: English, ranks: dict[str, int], model: Model, weights: Weights, learnt: Learnt | None = None
    ) -> None:
        """`model` decides for a curated pack, `weights` for an article alone. `learnt` is taken up instead of learning; it must come from
        the same pack, English and engine version."""
        self.pack = pack
        self.model = model if pack.entries else replace(model, threshold=weights.threshold)
        self.lexicon = Lexicon(pack, english, ranks)
        self._topics = pack.topics
        self._sentences = None if pack.entries else Sentences(pack.article, self.lexicon, english.antonyms, weights)
        self._spans = {t.id: self._spans_of(t) for t in (*self._topics, *_sentence_topics(pack))}
        self.phrasings = [p for t in self._topics for p in _asked_as(t)]
        self.meanings: Meanings | None = None  # set by engine.build where embeddings are used
        self.learnt = learnt or self._learn()
        self.lexicon.learn(self.learnt.words)
        self.index = self.learnt.index
        self._profiles: dict[int, Profile] = {}
        verdicts = np.array([t.verdict.value for t in self._topics])
        self._masks = {v: verdicts == v.value for v in Verdict if (verdicts == v.value).any()}
        self._phrasings_for = {v: np.flatnonzero(self._masks[v][self.index.owners]) for v in NEARNESS_OF if v in self._masks}
        self.verifier = Verifier(self.lexicon, english.antonyms, self.index, verdicts == Verdict.ANSWER.value)
        self._heads = frozenset(head for head, _ in pack.synonyms)

    def _learn(self) -> Learnt:
        words: set[str] = set()

        def read(phrasing: str) -> Question:
            question = self.lexicon.read(phrasing, repair=False)
            words.update(t.text for t in question.tokens)
            return question

        index = Index.learn(map(read, _asked_as(t)) for t in self._topics)
        return Learnt(index, tuple(sorted(words)))

    def _profile(self, i: int, without: LeftOut | None = None) -> Profile:
        """What a topic can meet, put together when it is first examined."""
        if without and without.topic == i:
            held = {n: c - (n in without.held) for n, c in self.index.holdings(i).items()}
            return self._put_together(i, {n: c for n, c in held.items() if c > 0})
        if i not in self._profiles:
            self._profiles[i] = self._put_together(i, self.index.holdings(i))
        return self._profiles[i]

    def _put_together(self, i: int, holdings: dict[str, int]) -> Profile:
        spans = [self.lexicon.read(self.pack.article.excerpt(s).text, repair=False) for s in self._spans[self._topics[i].id]]
        return Profile.of(holdings, spans, self._topics[i].asks)

    def answer(self, raw: str, history: Sequence[Answer] = ()) -> Answer:
        """The answer to one message. `history` holds the asker's earlier answers, oldest first."""
        text = clean(raw)
        history = history[-MAX_HISTORY:]
        if not split(text):
            return SmallTalk(Trace(Question(text, ()), Rule.EMPTY), 1.0, self._suggest(()), "empty")
        exact = self.pack.phrased.get(normal_form(text))
        if exact and (not history or not _depends(self.lexicon.read(text)) or exact.verdict in _TALK):
            return self._decide_exactly(text, exact)
        if history and (follow := self._follow_up(text, history)):
            return follow
        judged = self._best_reading(text, history)
        if several := self._several(text, judged, history):
            return several
        return self._decide(judged)

    def is_recorded(self, raw: str) -> bool:
        """Whether a message is a phrasing of the pack, word for word; where nothing came before it, its answer is then only looked up."""
        return normal_form(clean(raw)) in self.pack.phrased

    def weigh(self, raw: str) -> Weighed:
        """What is measured about a message on its own, undecided: the best entry stands first among the candidates."""
        judged = self._best_reading(clean(raw), ())
        return Weighed(judged.question, judged.candidates, judged.signals, judged.probability, self.model.threshold)

    # Reading

    def _best_reading(self, text: str, history: Sequence[Answer]) -> _Judged:
        """The reading of the message that the topics make most of: the question without its preamble, or put together with what came before."""
        stripped = _without_opening(text) if history else text
        asked = clauses(stripped)
        readings = [self.judge(asked[0])]
        ending = tail(asked[0])
        if ending != asked[0]:
            readings.append(self.judge(ending))
        first = readings[0]
        thin = len(first.question.content) < 2 or (first.question.has_pronoun and not first.question.entities)
        if thin and asked[0] != stripped:
            readings.append(self.judge(stripped))
        best = max(readings, key=lambda j: j.probability)
        if not history or not _depends(best.question):
            return best
        answered = best.probability >= self.model.threshold
        if (answered and len(best.question.content) >= _OWN_MATTER) or (not answered and _is_small_talk(best)):
            return best
        last = next((h for h in reversed(history) if not isinstance(h, SmallTalk | OffTopic)), None)
        texts = self._resolutions(best.question, last.trace.question, self._person_before(history)) if last else ()
        resolved = [self.judge(t) for t in texts]
        if resolved and best.question.is_bare and isinstance(last, Answered) and last.entries:
            # Or with the words in which the pack asks what was answered last: "why?" after "what became of it?".
            told_of = self.lexicon.read(last.entries[0].question, repair=False)
            resolved += [self.judge(t) for t in islice(self._resolutions(best.question, told_of, None), 1)]
        if not resolved:
            return best
        # A reading in context must beat the plain one in what it finds, whatever that is: an answer or a curated refusal.
        alone = not best.question.is_bare and " ".join(t.text for t in best.question.tokens) not in _ELLIPSES
        plain = [best] if alone else []
        found = max([*plain, *resolved], key=lambda j: _strength(j) + (_CONTEXT_BONUS if j is not best else 0.0))
        told = {e.id for h in history[-1:] if isinstance(h, Answered) for e in h.entries}
        if found is not best and found.best and found.best.topic.id in told and best.question.content:
            # Asked for more about it, the same passage again is hardly the answer.
            return replace(found, probability=found.probability * _SAME_AGAIN)
        return found if found is best else replace(found, probability=found.probability * _BEST_OF_SEVERAL)

    def _resolutions(self, question: Question, before: Question, person: str | None) -> Iterable[str]:
        """The question with its pronouns and omissions filled from the one before it, and from the person last spoken of."""
        words = [t.text for t in question.tokens]
        asked = " ".join(words)
        if person and any(w in _PERSONAL for w in words) and not self._named_person(question):
            asked = " ".join(person if w in _PERSONAL else w for w in words)
            yield asked
            if len(words) > 3:
                return
        asked = _ELLIPSES.get(asked, asked)
        bare = " ".join(w for w in asked.split() if w not in _NEUTRAL and w not in _JOINING)
        kept = self._carried(before, question)
        matter = [t.text for t in kept if t.is_content or t.entity]
        # The new question may replace any one word of the old one ("raised" by "need"), so each is left out in turn.
        for i in range(-1, min(len(matter), _MAX_CARRIED) if len(matter) > 1 else 0):
            yield f"{bare} {' '.join(w for j, w in enumerate(matter) if j != i)}"
        if not question.wants and kept:
            yield f"{' '.join(t.text for t in kept)} {bare}"

    def _named_person(self, question: Question) -> bool:
        return any(self.lexicon.kind(e) is PersonKind.PERSON for e in question.entities)

    def _carried(self, before: Question, question: Question) -> list[Token]:
        """The last question's words, without the names, numbers and kind of answer that the new one replaces by others."""
        named = {PersonKind.PERSON, PersonKind.ORGANISATION}
        replaced = any(self.lexicon.kind(e) in named for e in question.entities)
        return [
            t
            for t in before.tokens
            if not (t.entity and replaced and self.lexicon.kind(t.entity) in named)
            and not (question.numbers and t.text.isdigit())
            and not (question.wants and t.text in KIND_NOUNS)
        ]

    def _person_before(self, history: Sequence[Answer]) -> str | None:
        """The person last spoken of: who was asked for, the subject of the question, or else the speaker of the answer."""
        for turn in reversed(history):
            asked = turn.trace.question
            lead = self.lexicon.read(turn.lead, repair=False).entities if isinstance(turn, Answered) else ()
            subject = (asked.agent,) if asked.agent else ()
            for entity in (*lead, *subject, *asked.entities) if asked.wants == "person" else (*subject, *asked.entities, *lead):
                if self.lexicon.kind(entity) is PersonKind.PERSON:
                    return self.pack.people[entity].name
            for citation in citations_of(turn):
                for speaker in citation.quote.speakers if citation.quote else ():
                    if self.pack.people[speaker].kind is PersonKind.PERSON:
                        return self.pack.people[speaker].name
                for entity in self.lexicon.read(citation.excerpt.text, repair=False).entities:
                    if self.lexicon.kind(entity) is PersonKind.PERSON:
                        return self.pack.people[entity].name
        return None

    def weigh_left_out(self, phrasing: int) -> Weighed:
        """What is measured about one of the pack's own phrasings, by its place among all, as if it had never been learnt."""
        text = self.phrasings[phrasing]
        judged = self.judge(text, self.index.leave_out(phrasing, self.lexicon.read(text, repair=False)))
        return Weighed(judged.question, judged.candidates, judged.signals, judged.probability, self.model.threshold)

    def judge(self, text: str, without: LeftOut | None = None) -> _Judged:
        """Rank and examine one reading."""
        question = self.lexicon.read(text, repair=without is None)
        if self._sentences is not None:
            return self._judge_sentences(question, self._sentences)
        ranking = self.index.rank(question, without, self._meaning(question) if without is None else None)
        evidence = self._with_fragments(question, ranking.evidence)
        order = np.argsort(-evidence, kind="stable")
        considered = list(
            dict.fromkeys(
                [
                    *map(int, order[:_EXAMINED]),
                    *self._leading(Verdict.ANSWER, evidence),
                    *self._leading(Verdict.NOT_IN_ARTICLE, evidence)[:1],
                ]
            )
        )
        candidates = [self._candidate(i, question, evidence, ranking, without) for i in considered]
        entries = [c for c in candidates if c.topic.verdict is Verdict.ANSWER]
        best = max(entries, key=_adjusted, default=None)
        if best is None:
            return _Judged(question, tuple(candidates), None, None, 0.0)
        pooled = {v: _soft_maximum(evidence[mask] / _POOL_TEMPERATURE, 1.0) for v, mask in self._masks.items()}
        found = signals(
            pooled=pooled,
            near={v: _soft_maximum(ranking.closeness[rows], _NEAR_TEMPERATURE) for v, rows in self._phrasings_for.items()},
            resemblance=best.resemblance,
            evidence=best.evidence,
            coverage=_coverage(question, best),
            words=len(question.tokens),
            keywords=not question.wants,
            unmet=best.unmet,
        )
        candidates.sort(key=lambda c: (c is not best, -c.evidence))
        other = any(u.constraint is Constraint.ENTITY and u.weight >= _ANOTHER_NAME for u in best.unmet)
        probability = 0.0 if other or not found.coverage else self.model.probability(found)
        return _Judged(question, tuple(candidates), best, found, probability)

    def _judge_sentences(self, question: Question, sentences: Sentences) -> _Judged:
        """The same for an article without curation: its sentences, and beside them what people say that no article answers."""
        found = sentences.find(question)
        candidates = [
            Candidate(
                _sentence_topic(f.measured.sentence),
                f.score,
                f.measured.fit.covered_rarity,
                "",
                tuple(Unmet(Constraint(lack.kind), lack.what, lack.weight) for lack in f.measured.lacks),
            )
            for f in found
        ]
        ranking = self.index.rank(question)
        order = np.argsort(-ranking.evidence, kind="stable")[:_EXAMINED]
        talk = tuple(self._candidate(int(i), question, ranking.evidence, ranking, None) for i in order)
        if not found:
            return _Judged(question, talk, None, None, 0.0)
        return _Judged(question, (*candidates, *talk), candidates[0], None, found[0].probability, found[0].measured.fit)

    def _meaning(self, question: Question) -> Floats | None:
        # Misspellings repaired: embeddings suffer most from them.
        return self.meanings.resemblance(" ".join(t.text for t in question.tokens)) if self.meanings else None

    def _leading(self, verdict: Verdict, evidence: Floats) -> list[int]:
        mask = self._masks.get(verdict)
        if mask is None:
            return []
        where = np.flatnonzero(mask)
        return [int(i) for i in where[np.argsort(-evidence[where], kind="stable")[:_EXAMINED]]]

    def _candidate(self, i: int, question: Question, evidence: Floats, ranking: Ranking, without: LeftOut | None) -> Candidate:
        topic = self._topics[i]
        examined = topic.verdict in (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE, Verdict.PREMISE)
        unmet = self.verifier.examine(question, self._profile(i, without), without) if examined else ()
        nearest = int(ranking.nearest[i])
        return Candidate(
            topic, float(evidence[i]), float(ranking.resemblance[i]), self.phrasings[nearest] if nearest >= 0 else "", unmet
        )

    def _with_fragments(self, question: Question, evidence: Floats) -> Floats:
        """Words in quotation marks that stand in the article speak for the topics that cite that passage."""
        spans = [s for f in question.fragments if (s := self._locate(f))]
        if not spans:
            return evidence
        bonus = np.array(
            [
                4.0 if t.verdict is Verdict.ANSWER and any(s.overlaps(c) for s in spans for c in self._spans[t.id]) else 0.0
                for t in self._topics
            ],
            dtype=np.float32,
        )
        return np.asarray(evidence + bonus, dtype=np.float32)

    def _locate(self, fragment: str) -> Span | None:
        if len(split(fragment)) < 2:
            return None
        folded = self.lexicon.folded_article
        found = fuzz.partial_ratio_alignment(" ".join(fragment.lower().split()), folded, score_cutoff=_FRAGMENT_SCORE)
        return Span(found.dest_start, found.dest_end) if found and found.dest_end > found.dest_start else None

    # Deciding

    def _decide(self, judged: _Judged) -> Answer:
        question, best = judged.question, judged.best
        suggestions = self._suggest(judged.candidates)

        def trace(rule: Rule) -> Trace:
            return Trace(question, rule, _shown(judged.candidates), judged.probability, self.model.threshold)

        if best and judged.probability >= self.model.threshold:
            rivals = [
                c
                for c in judged.candidates
                if c.topic.verdict is Verdict.ANSWER
                and c.topic.cites != best.topic.cites
                and _adjusted(best) - _adjusted(c) < _SAME
                and not c.unmet
            ]
            if rivals and len(question.content) < 2 and not question.entities:
                return Ambiguous(
                    trace(Rule.EQUAL),
                    judged.probability,
                    suggestions,
                    (best.topic, *(c.topic for c in rivals[:2])),
                )
            return Answered(
                trace(Rule.ANSWERS),
                judged.probability,
                suggestions,
                (best.topic,),
                best.topic.lead,
                self.cite(best.topic),
            )
        refused = 1 - judged.probability
        others = [c for c in judged.candidates if c.topic.verdict is not Verdict.ANSWER]
        other = max(others, key=lambda c: c.evidence - _UNMET_NATS * 0.5 * sum(u.weight for u in c.unmet), default=None)
        about = self._is_about(question)
        if other and other.evidence > 0:
            verdict = other.topic.verdict
            gaps = [c.evidence for c in others if c.topic.verdict is Verdict.NOT_IN_ARTICLE]
            if (
                verdict is Verdict.PREMISE
                and other.evidence - max(gaps, default=-math.inf) >= _SURE_PREMISE
                and other.evidence - (best.evidence if best else -math.inf) >= _CLEAR_PREMISE
                and not any(u.weight >= 1 for u in other.unmet)
            ):
                return Contradicted(trace(Rule.PREMISE), refused, suggestions, other.topic, self.cite(other.topic))
            if verdict is Verdict.OPINION:
                return OpinionAsked(trace(Rule.OPINION), refused, suggestions, self._positions())
            if verdict is Verdict.SMALL_TALK:
                return SmallTalk(trace(Rule.SMALL_TALK), refused, suggestions, other.topic.id)
            if verdict is Verdict.OFF_TOPIC and not about:
                return OffTopic(trace(Rule.OFF_TOPIC), refused, suggestions)
        gap = _gap_of(judged)
        if gap:
            return NotInArticle(trace(Rule.GAP), refused, suggestions, gap, (), self.cite(gap))
        if not about:
            return OffTopic(trace(Rule.UNRELATED), refused, suggestions)
        words = tuple(
            dict.fromkeys(
                u.what
                for u in (best.unmet if best else ())
                if u.constraint not in ("name", "kind of answer", "who does it to whom")
            )
        )
        nearest = self.cite(best.topic)[:1] if best and best.resemblance >= 0.2 else ()
        return NotInArticle(trace(Rule.ABSENT), refused, suggestions, None, words, nearest)

    def _decide_exactly(self, text: str, topic: Topic) -> Answer:
        """The message is a curated phrasing, word for word: its topic's verdict, without weighing."""
        question = self.lexicon.read(text, repair=False)
        candidate = Candidate(topic, 0.0, 1.0, text, ())
        trace = Trace(question, Rule.RECORDED, _shown((candidate,)), 1.0, self.model.threshold)
        suggestions = self._suggest((candidate,))
        match topic.verdict:
            case Verdict.ANSWER:
                return Answered(trace, 1.0, suggestions, (topic,), topic.lead, self.cite(topic))
            case Verdict.PREMISE:
                return Contradicted(trace, 1.0, suggestions, topic, self.cite(topic))
            case Verdict.NOT_IN_ARTICLE:
                return NotInArticle(trace, 1.0, suggestions, topic, (), self.cite(topic))
            case Verdict.OPINION:
                return OpinionAsked(trace, 1.0, suggestions, self._positions())
            case Verdict.SMALL_TALK:
                return SmallTalk(trace, 1.0, suggestions, topic.id)
            case _:
                return OffTopic(trace, 1.0, suggestions)

    def _several(self, text: str, whole: _Judged, history: Sequence[Answer]) -> Answered | None:
        """A question of several parts: those that have an answer, and what the article does not say of the others. None where it is
        one question, where no part has an answer, or where the whole finds one entry that is surer than the parts."""
        pieces = parts(clauses(_without_opening(text) if history else text)[0])
        if len(pieces) < 2:
            return None
        judged: list[_Judged] = []
        for piece in pieces[:_MAX_PARTS]:
            found = self.judge(piece)
            if judged and _depends(found.question):
                before = judged[0].question
                person = next((self.pack.people[e].name for e in before.entities), None)
                texts = self._resolutions(found.question, before, person)
                found = max([found, *map(self.judge, texts)], key=lambda j: j.probability)
            judged.append(found)
        known = [j for j in judged if j.best and j.probability >= self.model.threshold]
        silent = tuple(gap for j in judged if j not in known and (gap := _gap_of(j)))
        if not known or len(known) + len(silent) < len(judged):
            return None
        entries = tuple(dict.fromkeys(j.best.topic for j in known if j.best))
        citations = _within_budget(dict.fromkeys(c for e in entries for c in self.cite(e)))
        if len(entries) + len(silent) < 2 or not citations:
            return None
        lead = " ".join(e.lead for e in entries if e.lead)
        sure = min(j.probability for j in known)
        candidates = tuple(c for j in judged for c in j.candidates[:2])
        rule = Rule.SOME_PARTS if silent else Rule.ALL_PARTS
        trace = Trace(whole.question, rule, _shown(candidates), sure, self.model.threshold)
        return Answered(trace, sure, self._suggest(candidates), entries, lead, citations, silent)

    # Following up

    def _follow_up(self, text: str, history: Sequence[Answer]) -> Answer | None:
        """What only makes sense after an answer: "who said that?", "more"."""
        last = next((h for h in reversed(history) if not isinstance(h, SmallTalk)), None)
        if last is None or not citations_of(last):
            return None
        question = self.lexicon.read(_without_opening(text))
        matter = [t for t in question.content if t.text not in _SAYING and t.stem not in _SAYING]
        words = {t.text for t in question.tokens}
        if (
            not matter
            and (words & _SAYING)
            and not question.entities
            and (question.wants == "person" or {"according", "accord"} & words)
            and len(words) <= 7
        ):
            said = [c for c in citations_of(last) if c.quote and c.quote.kind is not QuoteKind.NARRATION] or list(
                citations_of(last)
            )
            # Words that one person relays of another are neither's alone: there the line over them says it, and no lead.
            people = self.pack.people
            spoken = [
                c.quote
                for c in said
                if c.quote and (c.quote.relayed_by is None or people[c.quote.relayed_by].kind is PersonKind.SOURCE)
            ]
            lead = " ".join(dict.fromkeys(people[s].name + "." for quote in spoken for s in quote.speakers))
            entries = last.entries if isinstance(last, Answered) else ()
            return Answered(Trace(question, Rule.SPEAKER_ASKED), 1.0, last.suggestions, entries, lead, tuple(said))
        again = words & _AGAIN or words <= {"go", "on", "and", "then", "next", "more", "what", "else"}
        if len(words) <= 4 and again and not matter[1:]:
            more = self._next(history)
            trace = Trace(question, Rule.MORE_ASKED)
            return (
                Answered(trace, 1.0, last.suggestions, (), "", more)
                if more
                else SmallTalk(trace, 1.0, last.suggestions, "no-more")
            )
        return None

    def _next(self, history: Sequence[Answer]) -> tuple[Citation, ...]:
        """The quote after the last one cited that was not shown yet: the same speakers' if they say more, or else the article's next."""
        shown = [c.excerpt.span for turn in history for c in citations_of(turn)]
        cited = citations_of(next(turn for turn in reversed(history) if citations_of(turn)))
        speakers = {s for c in cited if c.quote for s in c.quote.speakers}
        unshown = [q for q in self.pack.quotes.values() if not any(q.span.overlaps(s) for s in shown)]
        end = max(c.excerpt.span.end for c in cited)
        section = cited[-1].excerpt.paragraph.section
        following_on = (
            q for q in unshown if q.span.start >= end and self.pack.article.paragraph_at(q.span.start).section is section
        )
        after = sorted(following_on, key=lambda q: q.span)
        following = [q for q in after if speakers & set(q.speakers)] or after
        return tuple(Citation(self.pack.article.excerpt(q.span), q) for q in following[:1])

    # Citing

    def cite(self, topic: Topic) -> tuple[Citation, ...]:
        """A topic's passages, in the order in which it cites them."""
        if topic.id in self._spans and not topic.cites:
            return tuple(Citation(self.pack.article.excerpt(s), self.pack.quote_of(s)) for s in self._spans[topic.id])
        return tuple(Citation(self.pack.excerpt(c), self.pack.quotes[c]) for c in topic.cites)

    def _positions(self) -> tuple[Citation, ...]:
        return tuple(Citation(self.pack.excerpt(c), self.pack.quotes[c]) for c in self.pack.positions)

    def _spans_of(self, topic: Topic) -> tuple[Span, ...]:
        if topic.id.startswith("sentence-") and not topic.cites and not topic.question:
            return (self._shortened(self.pack.article.sentences[int(topic.id.removeprefix("sentence-"))]),)
        return tuple(self.pack.quotes[c].span for c in topic.cites)

    def _shortened(self, sentence: Span) -> Span:
        """An uncurated sentence, cut after a word where it is longer than an answer may show; the reply says that it is cut."""
        if sentence.end - sentence.start <= MAX_EXCERPT_CHARACTERS:
            return sentence
        words = self.pack.article.text[sentence.start : sentence.start + MAX_EXCERPT_CHARACTERS].rsplit(maxsplit=1)[0].rstrip()
        return Span(sentence.start, sentence.start + len(words))

    def _suggest(self, candidates: Iterable[Candidate]) -> tuple[str, ...]:
        near = [c.topic.question for c in candidates if c.topic.verdict is Verdict.ANSWER and c.topic.question]
        rest = [t.question for t in self.pack.entries]
        return tuple(dict.fromkeys([*near[1:], *rest[:: max(1, len(rest) // 3)]]))[:3]

    def _is_about(self, question: Question) -> bool:
        """Whether the article's matter is what the question speaks of: a name of it, or a third of its content words."""
        if any(self.lexicon.kind(e) is not PersonKind.SOURCE for e in question.entities):
            return True
        content = question.content
        own = [t for t in content if t.stem in self.lexicon.article_stems or any(c in self._heads for c in t.concepts)]
        return bool(own) and len(own) * 3 >= len(content)


def _gap_of(judged: _Judged) -> Topic | None:
    """The curated gap that a reading fits, if any fits well enough to be named."""
    gaps = [
        c
        for c in judged.candidates
        if c.topic.verdict is Verdict.NOT_IN_ARTICLE and c.evidence > 0 and c.resemblance >= _NAMED_GAP
    ]
    return max(gaps, key=_adjusted).topic if gaps else None


def _coverage(question: Question, entry: Candidate) -> float:
    """The share of the question's content words, by importance, that the entry accounts for; 1 where there are none."""
    unmet = {u.what for u in entry.unmet}
    total = sum(importance(t) for t in question.content)
    met = sum(importance(t) for t in question.content if t.text not in unmet and t.entity not in unmet)
    return met / total if total else 1.0


def _asked_as(topic: Topic) -> list[str]:
    """A topic's question and phrasings, each once."""
    return list(topic.asked)


def _sentence_topics(pack: Pack) -> list[Topic]:
    """Each sentence of an uncurated article as a topic of its own."""
    return [] if pack.entries else [_sentence_topic(i) for i in range(len(pack.article.sentences))]


def _sentence_topic(i: int) -> Topic:
    return Topic(f"sentence-{i}", Verdict.ANSWER, "", ())


def _adjusted(candidate: Candidate) -> float:
    return candidate.evidence - _UNMET_NATS * sum(u.weight for u in candidate.unmet)


def _soft_maximum(values: Floats, temperature: float) -> float:
    """Of the evidence for several topics, or of the closeness of several phrasings: what they say together, so that near twins do not split it."""
    scaled = values.astype(np.float64) / temperature
    top = float(scaled.max())
    return temperature * (top + float(np.log(np.exp(scaled - top).sum())))


def _strength(judged: _Judged) -> float:
    """How much a reading finds, whatever it is: the resemblance of its best topic less what that leaves unmet."""
    return max((c.resemblance - 0.1 * sum(u.weight for u in c.unmet) for c in judged.candidates), default=0.0)


def _depends(question: Question) -> bool:
    """Whether a question may lean on what came before: a pronoun, an ellipsis, or hardly any matter of its own."""
    words = [t.text for t in question.tokens]
    joined = bool(words) and (words[0] in _JOINING or words[:2] in (["what", "about"], ["how", "about"]))
    thin = len(question.content) <= 1 or (joined and len(question.content) <= 4)
    return question.has_pronoun or thin or question.is_bare or (not question.wants and len(words) <= 3)


def _is_small_talk(judged: _Judged) -> bool:
    top = max(judged.candidates, key=lambda c: c.evidence, default=None)
    return top is not None and top.topic.verdict is Verdict.SMALL_TALK and top.evidence > 0


def _without_opening(text: str) -> str:
    """A message without the "sorry, I meant" or "ok thanks" before the question, if anything is left."""
    bare = text
    for _ in range(2):
        for opening in (*_CORRECTIONS, *_THANKS):
            found = re.match(r"[\s,;:!.-]*".join(map(re.escape, opening.split())) + r"\b[\s,;:!.-]*", bare, re.IGNORECASE)
            # "thanks mate" is thanks; "not him, lillis" asks on.
            if found and len(split(bare[found.end() :])) >= (1 if opening in _CORRECTIONS else 2):
                bare = bare[found.end() :]
                break
    return bare


def _within_budget(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """The citations if they may be shown together, or none: a quotation is never cut silently."""
    kept = tuple(citations)
    return kept if sum(len(c.excerpt.text) for c in kept) <= MAX_EXCERPT_CHARACTERS else ()
