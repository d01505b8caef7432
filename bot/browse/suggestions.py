"""What is offered to choose from: while somebody types, and beside an answer. Pure and deterministic; what is typed comes from
outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rapidfuzz import fuzz

from bot.browse.index import index_of, words_of
from bot.browse.pages import find_person, spoken
from bot.browse.paging import MAX_OPTION, MAX_OPTIONS, Option
from bot.engine.answer import Answer, Answered, Candidate, NotInArticle
from bot.pack.values import Pack, PersonKind, Topic, Verdict
from bot.text.display import clip
from bot.text.words import stem

MAX_MATCHES = 5
_NEAR = 0.02  # probability of a question from which it came near the one asked
_LABEL_SCORE = 72.0
_FUZZY_FROM = 4  # characters typed: fewer resemble almost anything
_T = TypeVar("_T")


def came_near(answer: Answer) -> tuple[Candidate, ...]:
    """The questions of the pack that came near the one asked, the most probable first."""
    return tuple(c for c in answer.trace.candidates if c.probability >= _NEAR and c.topic.question)


def matches(answer: Answer) -> tuple[Topic, ...]:
    """The other questions that an answer was chosen from, the most probable first."""
    given: set[str] = set()
    if isinstance(answer, Answered):
        given = {t.id for t in (*answer.entries, *answer.silent)}
    elif isinstance(answer, NotInArticle) and answer.gap:
        given = {answer.gap.id}
    topics = [c.topic for c in came_near(answer) if c.topic.verdict in (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE)]
    return tuple(dict.fromkeys(t for t in topics if t.id not in given))[:MAX_MATCHES]


def suggest_speakers(pack: Pack, typed: str) -> tuple[Option, ...]:
    """The people who speak, by any of their names; the value is the person's id."""
    speaking = {s for q in pack.quotes.values() for s in (*q.speakers, q.relayed_by)}
    known = [p for p in pack.people.values() if p.id in speaking]
    ranked = _ranked(typed, known, lambda p: (p.name, *p.aliases))
    return tuple(Option(clip(p.name, MAX_OPTION), p.id) for p in ranked[:MAX_OPTIONS])


def suggest_topics(pack: Pack, typed: str, speaker: str = "") -> tuple[Option, ...]:
    """Words of the pack's vocabulary and people, those only that `quotes` finds a passage for (with that speaker)."""
    names = [(p.name, *p.aliases) for p in pack.people.values() if p.kind is not PersonKind.SOURCE]
    families = {f[0]: f for f in ((*((head, *same) for head, same in pack.synonyms), *names)) if len(f[0]) <= MAX_OPTION}
    person = find_person(pack, speaker) if speaker.strip() else None
    index = index_of(pack)
    held = [index.stems(quote) for quote in spoken(pack, person)]
    found: list[Option] = []
    for word in _ranked(typed, list(families), lambda w: families[w]):
        stems = frozenset(map(stem, words_of(word)))
        if stems and any(stems <= h for h in held):
            found.append(Option(word, word))
        if len(found) == MAX_OPTIONS:
            break
    return tuple(found)


def suggest_questions(pack: Pack, typed: str) -> tuple[Option, ...]:
    """Real questions. The value is the question, or a phrasing of it that is short enough, so that it is answered like one typed
    in full."""
    options: list[Option] = []
    for topic in _ranked(typed, pack.entries, lambda t: t.asked):
        value = next((p for p in topic.asked if len(p) <= MAX_OPTION), "")
        if value:
            options.append(Option(clip(topic.question, MAX_OPTION), value))
        if len(options) == MAX_OPTIONS:
            break
    return tuple(options)


def _ranked(typed: str, items: Sequence[_T], names: Callable[[_T], Sequence[str]]) -> list[_T]:
    """The items whose names fit what is typed: those that begin with it, those with a word that does, then those that resemble
    it."""
    wanted = " ".join(typed[:MAX_OPTION].casefold().split())
    if not wanted:
        return list(items)
    scored: list[tuple[float, int, _T]] = []
    for place, item in enumerate(items):
        score = 0.0
        for i, name in enumerate(names(item)):
            known = name.casefold()
            near = fuzz.WRatio(wanted, known, score_cutoff=_LABEL_SCORE) if len(wanted) >= _FUZZY_FROM else 0.0
            here = 300.0 if known.startswith(wanted) else 200.0 if f" {wanted}" in f" {known}" else near
            score = max(score, here - 0.5 * min(i, 10) / 10)
        if score >= _LABEL_SCORE:
            scored.append((-score, place, item))
    return [item for *_, item in sorted(scored, key=lambda s: s[:2])]
