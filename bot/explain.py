"""Why a reply was given, in words that a curator understands."""

from __future__ import annotations

from bot.answer import Answer, Candidate
from bot.pack import Verdict

_WANTED = {
    "person": "a person or body",
    "time": "a time",
    "place": "a place",
    "reason": "a reason",
    "manner": "a manner",
    "number": "a number",
    "frequency": "how often",
    "duration": "how long",
    "definition": "a meaning",
    "yes_no": "yes or no",
    "thing": "a thing",
    "": "nothing in particular (keywords)",
}
_KIND = {Verdict.ANSWER: "entry", Verdict.NOT_IN_ARTICLE: "gap", Verdict.PREMISE: "false premise"}


def explain(answer: Answer) -> str:
    """What was understood, the candidates with their evidence, and the rule that decided; for answers and refusals alike."""
    trace, question = answer.trace, answer.trace.question
    lines = [
        "Understood",
        f"  read as     {' '.join(t.text for t in question.tokens) or '(nothing)'}",
        f"  asks for    {_WANTED.get(question.wants, question.wants)}",
    ]
    if question.focus:
        lines.append(f"  of what     {' '.join(t.text for t in question.focus)}")
    for name, items in (
        ("names", question.entities),
        ("numbers", question.numbers),
        ("narrowed by", question.restrictors),
        ("quotes", question.fragments),
    ):
        if items:
            lines.append(f"  {name:11} {', '.join(items)}")
    if question.repairs:
        lines.append("  spelling    " + ", ".join(f"{a} -> {b}" for a, b in question.repairs))
    if trace.candidates:
        lines.append("Considered (evidence in nats, resemblance 0 to 1)")
        lines += [_candidate(c) for c in trace.candidates[:6]]
    entries = [c for c in trace.candidates if c.topic.verdict is Verdict.ANSWER]
    if len(entries) > 1:
        lines.append(f"  margin      {entries[0].evidence - entries[1].evidence:+.1f} nats of the best entry over the next")
    if trace.signals:
        side = "answers" if trace.probability >= trace.threshold else "does not answer"
        lines.append(f"  sureness    {trace.probability:.2f} that the best entry answers; it {side} from {trace.threshold:.2f}")
    lines += ["Decided", f"  {answer.verdict.value}, because {trace.rule}"]
    return "\n".join(lines)


def _candidate(candidate: Candidate) -> str:
    kind = _KIND.get(candidate.topic.verdict, candidate.topic.verdict.value.replace("_", " "))
    line = f"  {candidate.evidence:7.1f}  {candidate.resemblance:.2f}  {kind} {candidate.topic.id}"
    if candidate.phrasing:
        line += f"  (nearest: {candidate.phrasing!r})"
    if candidate.unmet:
        line += "\n                 not met: " + "; ".join(map(str, candidate.unmet))
    return line
