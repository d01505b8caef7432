"""An engine that decides what it is told to: for replies that a small article does not bring about, whatever the real engine
becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fakes.scene import Stub

from bot.browse.paging import beginning
from bot.engine.answer import (
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
)
from bot.engine.pipeline import Engine
from bot.engine.question import Question, Token
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Pack

BOTH = "How many readers signed the petition and who called for a second lift?"
HALF = "How many readers signed the petition and what does the librarian earn?"
MAYOR = "What time does the mayor open the library?"
UNSURE = "How long did Tom Reed wait?"
TWICE_UNSURE = "How long will it be full?"
CUT = "Which way did the boats go?"
MISSPELT = "And what did Tom Reed say about the roff repairs?"
CLAIM = "Why was Ruth Bell against the new lift?"
HAT = "What colour hat did the deputy wear?"
FRANCE = "What is the capital of France?"
NOTHING = "Is the river mentioned?"
TORN = "What of the building?"
VIEWS = "Was it right to wait so long?"
NO_VIEWS = "Will it rain?"
BOATS = "Where were the fishing boats moved?"


def decided(engine: Engine) -> Stub:
    """The engine, with decisions for some questions: those above; "cite" with ids of quotes; "talk" with a kind; "rule" with a
    rule; "fail"."""
    return Stub(engine, _decide)


def _decide(question: str, history: Sequence[Answer], real: Engine) -> Answer:
    if question in _DECISIONS:
        return _DECISIONS[question](real.pack)
    kind, _, rest = question.partition(" ")
    match kind:
        case "fail":
            raise ValueError
        case "cite":
            return Answered(Trace(Question("", ()), Rule.ALL_PARTS), 1.0, (), (), "", _cite(real.pack, *rest.split()))
        case "talk":
            return SmallTalk(Trace(Question("", ()), Rule.SMALL_TALK), 1.0, ("Who called for a second lift?",), rest)
        case "rule":
            return _by(Rule(rest), real.pack)
    return real.answer(question, history)


def _by(rule: Rule, pack: Pack) -> Answer:
    """An answer of the kind that the rule leads to."""
    trace = Trace(Question("", ()), rule)
    match rule:
        case Rule.EQUAL:
            return Ambiguous(trace, 1.0, (), (pack.by_id["second-lift"], pack.by_id["roof-cost"]))
        case Rule.PREMISE:
            return Contradicted(trace, 1.0, (), pack.by_id["premise-bell-against-lift"], _cite(pack, "lift"))
        case Rule.OPINION:
            return OpinionAsked(trace, 1.0, (), ())
        case Rule.SMALL_TALK | Rule.EMPTY:
            return SmallTalk(trace, 1.0, (), "thanks")
        case Rule.OFF_TOPIC | Rule.UNRELATED | Rule.NOT_ENGLISH:
            return OffTopic(trace, 1.0, ())
        case Rule.GAP | Rule.ABSENT:
            return NotInArticle(trace, 1.0, (), None, (), ())
        case Rule.UNSURE:
            return Unsure(trace, 1.0, (), _cite(pack, "waited"))
    return Answered(trace, 1.0, (), (), "", _cite(pack, "waited"))


def _read(question: str, *, named: str | None = None, repairs: tuple[tuple[str, str], ...] = ()) -> Question:
    words = question.lower().strip("?").split()
    right = dict(repairs)
    return Question(question, tuple(Token(right.get(w, w), w, named if w == named else None) for w in words), repairs)


def _near(pack: Pack, **probabilities: float) -> tuple[Candidate, ...]:
    """Topics by id, with _ for a hyphen."""
    return tuple(Candidate(pack.by_id[t.replace("_", "-")], p, "") for t, p in probabilities.items())


def _cite(pack: Pack, *ids: str) -> tuple[Citation, ...]:
    return tuple(Citation(pack.excerpt(i), pack.quotes[i]) for i in ids)


def _both(pack: Pack) -> Answer:
    entries = pack.by_id["petition-size"], pack.by_id["second-lift"]
    trace = Trace(_read(BOTH), Rule.ALL_PARTS, _near(pack, petition_size=0.6, second_lift=0.3, wait=0.08), 0.93, 0.6)
    return Answered(trace, 0.93, (), entries, "412 readers. Ruth Bell.", _cite(pack, "sundays", "lift"))


def _half(pack: Pack) -> Answer:
    trace = Trace(_read(HALF), Rule.SOME_PARTS, _near(pack, petition_size=0.6, gap_salary=0.3, wait=0.05), 0.7, 0.6)
    entries, silent = (pack.by_id["petition-size"],), (pack.by_id["gap-salary"],)
    return Answered(trace, 0.7, (), entries, "412 readers.", _cite(pack, "sundays"), silent)


def _mayor(pack: Pack) -> Answer:
    near = _near(pack, gap_opening_hour=0.61, sunday_start=0.2, friends_fee=0.02, roof_cost=0.01)
    gap = pack.by_id["gap-opening-hour"]
    return NotInArticle(Trace(_read(MAYOR), Rule.GAP, near, 0.25, 0.6), 0.75, (), gap, (), _cite(pack, "sundays"))


def _unsure(pack: Pack) -> Unsure:
    near = _near(pack, wait=0.48, roof_cost=0.11)
    trace = Trace(_read(UNSURE, named="reed"), Rule.UNSURE, near, 0.55, 0.6)
    return Unsure(trace, 0.45, (), _cite(pack, "waited"))


def _misspelt(pack: Pack) -> Answer:
    question = _read(MISSPELT, named="reed", repairs=(("roff", "roof"),))
    near = _near(pack, roof_cost=0.913, reading_room=0.024, gap_salary=0.004, petition_size=0.001, wait=0.0)
    trace = Trace(question, Rule.ANSWERS, near, 0.942, 0.6, "Who called for a second lift?")
    return Answered(trace, 0.942, (), (pack.by_id["roof-cost"],), "", _cite(pack, "roof"))


def _claim(pack: Pack) -> Answer:
    near = _near(pack, premise_bell_against_lift=0.7, second_lift=0.2)
    trace = Trace(_read(CLAIM, named="bell"), Rule.PREMISE, near, 0.2, 0.6)
    return Contradicted(trace, 0.8, (), pack.by_id["premise-bell-against-lift"], _cite(pack, "lift"))


def _torn(pack: Pack) -> Answer:
    trace = Trace(_read(TORN), Rule.EQUAL, _near(pack, second_lift=0.4, roof_cost=0.39), 0.8, 0.6)
    return Ambiguous(trace, 0.5, (), (pack.by_id["second-lift"], pack.by_id["roof-cost"]))


def _france(pack: Pack) -> Answer:
    suggestions = tuple(pack.by_id[t].question for t in ("friends-fee", "reading-room", "roof-cost"))
    trace = Trace(_read(FRANCE), Rule.UNRELATED, _near(pack, petition_outcome=0.02), 0.03, 0.6)
    return OffTopic(trace, 0.97, suggestions)


def _boats(pack: Pack) -> Answer:
    sentence = next(s for s in pack.article.sentences if "boats were moved" in pack.article.excerpt(s).text)
    trace = Trace(_read(BOATS), Rule.ANSWERS, (), 0.8, 0.6)
    return Answered(trace, 0.8, (), (), "", (Citation(pack.article.excerpt(sentence)),))


def _cut(pack: Pack) -> Answer:
    shown = beginning(pack.article, pack.article.sentences[-1], MAX_EXCERPT_CHARACTERS)
    trace = Trace(_read(CUT), Rule.ABSENT, (), 0.1, 0.6)
    return NotInArticle(trace, 0.9, (), None, (), (Citation(pack.article.excerpt(shown)),))


_DECISIONS: Mapping[str, Callable[[Pack], Answer]] = {
    BOTH: _both,
    HALF: _half,
    MAYOR: _mayor,
    UNSURE: _unsure,
    TWICE_UNSURE: lambda pack: replace(_unsure(pack), nearest=_cite(pack, "waited", "room")),
    MISSPELT: _misspelt,
    CLAIM: _claim,
    TORN: _torn,
    FRANCE: _france,
    BOATS: _boats,
    CUT: _cut,
    HAT: lambda pack: NotInArticle(Trace(_read(HAT), Rule.ABSENT), 0.9, (), None, ("colour", "hat", "deputy", "wear"), ()),
    NOTHING: lambda pack: NotInArticle(Trace(_read(NOTHING), Rule.ABSENT), 0.9, (), None, (), ()),
    VIEWS: lambda pack: OpinionAsked(Trace(_read(VIEWS), Rule.OPINION), 1.0, (), _cite(pack, *pack.positions)),
    NO_VIEWS: lambda pack: OpinionAsked(Trace(_read(NO_VIEWS), Rule.OPINION), 1.0, (), ()),
}
