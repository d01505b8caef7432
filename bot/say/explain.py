"""Why a reply was given, in words that a curator understands."""

from __future__ import annotations

from collections.abc import Iterable

from bot.engine.answer import Answer, Candidate
from bot.engine.question import Question
from bot.engine.verify import Constraint, Unmet
from bot.pack.values import Verdict

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
_SHOWN = 5  # candidates
_LACKS = {
    Constraint.ENTITY: "no phrasing of it names them",
    Constraint.STRANGER: "the pack knows nobody of that name",
    Constraint.NUMBER: "it has other numbers",
    Constraint.WANTS: "no phrasing of it asks for that",
    Constraint.RESTRICTOR: "no phrasing of it is narrowed so",
    Constraint.NEGATION: "no phrasing of it denies",
    Constraint.ROLE: "there it is done to them, not by them",
    Constraint.ANTONYM: "it has the opposite",
    Constraint.FOREIGN: "only other topics have it",
    Constraint.FOCUS: "what is asked for; no phrasing or passage of it has it",
    Constraint.WORD: "no phrasing or passage of it has it",
}
_WORDS = (Constraint.ANTONYM, Constraint.FOREIGN, Constraint.FOCUS, Constraint.WORD)


def explain(answer: Answer) -> str:
    """What was understood, what the best entry meets of it, the candidates with their evidence, the runners-up and the rule that decided;
    for answers and refusals alike, in about 30 lines."""
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
    entries = [c for c in trace.candidates if c.topic.verdict is Verdict.ANSWER]
    weighed = (
        trace.signals is not None or trace.fit is not None
    )  # neither a curated phrasing word for word, nor a question of several parts
    if weighed:
        lines.append(f"Held against the best entry, {entries[0].topic.id} (met: nothing in it speaks against it)")
        lines += _held_against(question, entries[0])
    if trace.candidates:
        lines.append("Considered (evidence in nats, resemblance 0 to 1)")
        lines += [_candidate(c, told=weighed and c is entries[0]) for c in trace.candidates[:_SHOWN]]
    if weighed:
        lines.append("Runners-up")
        gaps = [c for c in trace.candidates if c.topic.verdict is Verdict.NOT_IN_ARTICLE]
        lines.append(_runner_up("entry", entries[0], entries[1:]))
        lines.append(_runner_up("gap", entries[0], gaps))
        side = "answers" if trace.probability >= trace.threshold else "does not answer"
        lines.append(f"  sureness    {trace.probability:.2f} that the best entry answers; it {side} from {trace.threshold:.2f}")
    lines += ["Decided", f"  {answer.verdict.value}, because {trace.rule}"]
    return "\n".join(lines)


def _held_against(question: Question, best: Candidate) -> Iterable[str]:
    """Each constraint of the question, met or not met; those that the question does not carry are not spoken of."""
    kind = (_WANTED.get(question.wants, question.wants),)
    unmet_kind = [Unmet(u.constraint, kind[0], u.weight) for u in best.unmet if u.constraint is Constraint.WANTS]
    narrowing = {w for r in question.restrictors for w in r.split()}
    told_already = {*narrowing, *question.numbers}
    words = dict.fromkeys(t.text for t in question.content if not t.entity and t.text not in told_already)
    unmet_words = tuple(u for u in _of(best, *_WORDS) if u.what not in told_already)
    unmet_names = _of(best, Constraint.ENTITY, Constraint.STRANGER)
    # What somebody does, where the entry knows them at all.
    agent = (question.agent,) if question.agent and question.agent not in {u.what for u in unmet_names} else ()
    carried: tuple[tuple[str, Iterable[str], tuple[Unmet, ...]], ...] = (
        ("kind", kind if question.wants else (), tuple(unmet_kind)),
        ("names", question.entities, unmet_names),
        ("numbers", question.numbers, _of(best, Constraint.NUMBER)),
        ("narrowed by", question.restrictors, _of(best, Constraint.RESTRICTOR)),
        # Of a question for yes or no, the excerpt says which: there a "not" asks for nothing.
        ("negation", ("not",) if question.negated and question.wants != "yes_no" else (), _of(best, Constraint.NEGATION)),
        ("who does it", agent, _of(best, Constraint.ROLE)),
        ("words", words, unmet_words),
    )
    for name, items, unmet in carried:
        lacking = {u.what for u in unmet}
        met = [i for i in items if i not in lacking]
        told = ["met: " + ", ".join(met)] if met else []
        told += ["not met: " + ", ".join(f"{u.what} ({_LACKS[u.constraint]})" for u in unmet)] if unmet else []
        if told:
            yield f"  {name:11} " + "; ".join(told)


def _of(candidate: Candidate, *constraints: Constraint) -> tuple[Unmet, ...]:
    return tuple(u for u in candidate.unmet if u.constraint in constraints)


def _runner_up(kind: str, best: Candidate, others: list[Candidate]) -> str:
    if not others:
        return f"  {kind:11} none came near"
    other = max(others, key=lambda c: c.evidence)
    margin = best.evidence - other.evidence
    side = f"{margin:.1f} nats behind the best entry"
    if margin < 0:
        side = f"{-margin:.1f} nats ahead of the best entry" + (", but it leaves more unmet" if kind == "entry" else "")
    return f"  {kind:11} {other.topic.id}, {side}"


def _candidate(candidate: Candidate, *, told: bool) -> str:
    """`told` is whether what it leaves unmet was told above."""
    kind = _KIND.get(candidate.topic.verdict, candidate.topic.verdict.value.replace("_", " "))
    line = f"  {candidate.evidence:7.1f}  {candidate.resemblance:.2f}  {kind} {candidate.topic.id}"
    if candidate.phrasing:
        line += f"  (nearest: {candidate.phrasing!r})"
    if candidate.unmet and not told:
        line += "\n                 not met: " + "; ".join(map(str, candidate.unmet))
    return line
