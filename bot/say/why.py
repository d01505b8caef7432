"""Why a reply was given: for its reader (/why), and for a curator at the terminal (--explain)."""

from __future__ import annotations

from bot.browse.suggestions import came_near
from bot.engine.answer import Answer, Candidate
from bot.pack.values import Pack, Verdict
from bot.say.attribution import name_of
from bot.say.lines import Line, Reply, item, line
from bot.say.lists import joined
from bot.say.replies import MAX_ECHO, understood_as
from bot.say.wording import Wording
from bot.text.display import clip

MAX_WHY = 1900  # characters of an explanation for a reader
_CONSIDERED = 4  # candidates that it names
_NAMES = 6
_REPAIRS = 3
_MAX_WORD = 40  # characters of a misspelt word
_LISTED = 10  # candidates that are listed for a curator
_KIND = {Verdict.ANSWER: "entry", Verdict.NOT_IN_ARTICLE: "gap", Verdict.PREMISE: "false premise"}


def why(answer: Answer, pack: Pack, wording: Wording) -> Reply:
    """Why an answer was given, for a reader: one sentence on what decided, then what was understood and what came near, with how
    probable each is; at most 1,900 characters. It repeats words of the question, so it is for the asker's eyes only."""
    begin = [line(_decided(answer, wording)), *_understood(answer, pack, wording)]
    trace = answer.trace
    near = [item(_considered(c, wording)) for c in came_near(answer)[:_CONSIDERED]]
    end = [line(text) for text in understood_as(answer, wording)]
    if trace.bar:
        end.append(line(wording.why_sure.format(sure=_of_100(trace.probability), bar=_of_100(trace.bar))))
    while True:
        reply = Reply.of([*begin, *([line(wording.why_considered)] if near else []), *near, *end])
        if not near or max(len(reply.content), len(reply.plain)) <= MAX_WHY:
            return reply
        near = near[:-1]


def explain(answer: Answer, wording: Wording) -> str:
    """What was understood, what came near with how probable each is, and the rule that decided, for a curator: in English but for
    the rule, with ids; at most 20 lines."""
    trace, question = answer.trace, answer.trace.question
    lines = ["Understood", f"  read as     {' '.join(t.text for t in question.tokens) or '(nothing)'}"]
    lines += [f"  after       {_on_one_line(trace.after)}"] if trace.after else []
    lines += [f"  names       {', '.join(question.entities)}"] if question.entities else []
    repairs = ", ".join(f"{wrong} -> {right}" for wrong, right in question.repairs)
    lines += [f"  spelling    {repairs}"] if repairs else []
    if trace.candidates:
        lines += ["Came near (probability, 0 to 1)", *map(_listed, trace.candidates[:_LISTED])]
    if trace.bar:
        lines.append(f"  {trace.probability:.2f}  that the article answers it; from {trace.bar:.2f} on an answer is given")
    lines += ["Decided", f"  {answer.verdict}, by the rule {trace.rule}: {wording.rules[trace.rule]}"]
    return "\n".join(lines)


def _decided(answer: Answer, wording: Wording) -> str:
    return wording.why_decided.format(verdict=wording.verdicts[answer.verdict], rule=wording.rules[answer.trace.rule])


def _understood(answer: Answer, pack: Pack, wording: Wording) -> list[Line]:
    question, after = answer.trace.question, answer.trace.after
    lines = []
    if question.tokens:
        lines.append(wording.why_read.format(words=clip(" ".join(t.text for t in question.tokens), MAX_ECHO)))
    if after:
        lines.append(wording.why_after.format(question=wording.quoted.format(text=clip(_on_one_line(after), MAX_ECHO))))
    if question.entities:
        names = joined([name_of(e, pack, wording) for e in question.entities[:_NAMES]], wording)
        lines.append(wording.why_names.format(names=clip(names, MAX_ECHO)))
    if question.repairs:
        repairs = []
        for words in question.repairs[:_REPAIRS]:
            wrong, right = (wording.quoted.format(text=clip(word, _MAX_WORD)) for word in words)
            repairs.append(wording.repair.format(wrong=wrong, right=right))
        lines.append(wording.why_spelling.format(repairs=joined(repairs, wording)))
    return [line(text) for text in lines]


def _considered(candidate: Candidate, wording: Wording) -> str:
    question = clip(candidate.topic.question, MAX_ECHO)
    if candidate.topic.verdict is Verdict.PREMISE:
        question = wording.why_premise.format(claim=question)
    return wording.why_probable.format(question=question, probability=_of_100(candidate.probability))


def _listed(candidate: Candidate) -> str:
    kind = _KIND.get(candidate.topic.verdict, candidate.topic.verdict.replace("_", " "))
    nearest = f"  (nearest: {candidate.phrasing!r})" if candidate.phrasing else ""
    return f"  {candidate.probability:.2f}  {kind} {candidate.topic.id}{nearest}"


def _of_100(probability: float) -> int:
    return round(probability * 100)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
