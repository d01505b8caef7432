"""Why a reply was given, in words that a curator understands."""

from __future__ import annotations

from bot.engine.answer import Answer, Candidate
from bot.pack.values import Verdict
from bot.say.wording import FALLBACK, wording

_KIND = {Verdict.ANSWER: "entry", Verdict.NOT_IN_ARTICLE: "gap", Verdict.PREMISE: "false premise"}
_SHOWN = 12  # candidates


def explain(answer: Answer) -> str:
    """What was understood, what came near with how probable each is, and the rule that decided; in at most 20 lines."""
    trace, question = answer.trace, answer.trace.question
    lines = ["Understood", f"  read as     {' '.join(t.text for t in question.tokens) or '(nothing)'}"]
    lines += [f"  after       {trace.after}"] if trace.after else []
    lines += [f"  names       {', '.join(question.entities)}"] if question.entities else []
    lines += (
        ["  spelling    " + ", ".join(f"{wrong} -> {right}" for wrong, right in question.repairs)] if question.repairs else []
    )
    if trace.candidates:
        lines += ["Came near (probability, 0 to 1)", *map(_candidate, trace.candidates[:_SHOWN])]
    if trace.bar:
        lines.append(f"  {trace.probability:.2f}  that it is answered; an answer is given from {trace.bar:.2f} on")
    lines += ["Decided", f"  {answer.verdict}, by the rule {trace.rule}: {wording(FALLBACK).rules[trace.rule]}"]
    return "\n".join(lines)


def _candidate(candidate: Candidate) -> str:
    kind = _KIND.get(candidate.topic.verdict, candidate.topic.verdict.replace("_", " "))
    nearest = f"  (nearest: {candidate.phrasing!r})" if candidate.phrasing else ""
    return f"  {candidate.probability:.2f}  {kind} {candidate.topic.id}{nearest}"
