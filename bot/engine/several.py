"""The answers to a message's questions as one answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.engine.answer import Answer, Answered, Candidate, Citation, NotInArticle, Rule, SmallTalk
from bot.pack.values import MAX_EXCERPT_CHARACTERS


def together(answers: Sequence[Answer], asked: int) -> Answer:
    """One answer to a message of so many questions, of which these are the answers to the first: the passages of those that are answered, as
    far as they may be shown together, and the gaps. Where none is answered, the first that is no talk stands for all."""
    matter = [i for i, a in enumerate(answers) if not isinstance(a, SmallTalk)] or [0]
    given: dict[int, Answered] = {}
    for i in matter:
        answer = answers[i]
        if isinstance(answer, Answered):
            shown = dict.fromkeys(c for a in (*given.values(), answer) for c in a.citations)
            if within_budget(shown):
                given[i] = answer
    gaps = {i: a.gap for i in matter if isinstance(a := answers[i], NotInArticle) and a.gap} if given else {}
    told = given.keys() | gaps.keys() or {matter[0]}
    left = (*(i + 1 for i in matter if i not in told), *range(len(answers) + 1, asked + 1))
    if len(told) == 1:
        return replace(answers[min(told)], left=left)
    said = [given[i] for i in sorted(given)]
    entries = tuple(dict.fromkeys(e for a in said for e in a.entries))
    last = said[-1].trace
    return Answered(
        replace(
            last,
            rule=Rule.ALL_PARTS if len(given) == len(matter) else Rule.SOME_PARTS,
            candidates=tuple(Candidate(e, 1.0, "") for e in entries),
            probability=min(a.trace.probability for a in said),
        ),
        min(a.confidence for a in said),
        said[-1].suggestions,
        entries,
        " ".join(dict.fromkeys(a.lead for a in said)) if all(a.lead for a in said) else "",  # one alone would seem to answer all
        tuple(dict.fromkeys(c for a in said for c in a.citations)),
        (*(g for a in said for g in a.silent), *gaps.values()),
        left=left,
    )


def within_budget(citations: Mapping[Citation, None]) -> tuple[Citation, ...]:
    """The citations if they may be shown together, or none: a quotation is never cut silently."""
    kept = tuple(citations)
    return kept if sum(len(c.excerpt.text) for c in kept) <= MAX_EXCERPT_CHARACTERS else ()
