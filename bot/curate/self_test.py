"""A pack's own tests: phrasings that lie nearer to another entry, near misses that get the entry, regression questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.curate.scoring import converse
from bot.engine.answer import Answer, Answered, Contradicted, NotInArticle
from bot.engine.pipeline import Engine
from bot.pack.values import Topic, Verdict
from bot.text.progress import Progress, silent

MOST_READ = 60  # near misses that are put to the reader, the nearest to their entries; all of them where asked for
# Entries that cannot be told apart: of the phrasings of the one, so many lie nearer to the other, and no fewer than so many.
_CONFUSABLE_SHARE = 1 / 3
_CONFUSABLE_LEAST = 3


@dataclass(frozen=True, slots=True)
class Miss:
    """A question of the pack's own that went wrong, and what to do."""

    ask: str
    wanted: str
    got: str
    advice: str


@dataclass(frozen=True, slots=True)
class Confusable:
    """Two entries with different passages, of whose phrasings many lie nearer to the other: of those of `one`, `misrouted` of `phrasings`."""

    one: str
    other: str
    misrouted: int
    phrasings: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SelfTest:
    """What a pack's own tests found. `misrouted`: phrasings that, taken away from their entry, lie nearer to an entry with other passages;
    `confused`: near misses that get the entry, of the `read` ones; `unguarded`: entries without near misses."""

    phrasings: int
    misrouted: tuple[Miss, ...]
    confusable: tuple[Confusable, ...]
    near_misses: int
    read: int
    confused: tuple[Miss, ...]
    unguarded: tuple[str, ...]
    expectations: int
    failed: tuple[Miss, ...]

    @property
    def passed(self) -> bool:
        """Misrouted phrasings are told, not failed: the only phrasing with its word cannot be found without itself."""
        return not (self.confusable or self.confused or self.failed)


def self_test(engine: Engine, *, every_near_miss: bool = False, progress: Progress = silent) -> SelfTest:
    """Run a pack's own tests. `progress` is told how many questions are read."""
    entries = engine.pack.entries
    routes = [(topic, phrasing, found) for topic in entries for phrasing, found in engine.routes(topic)]
    misrouted = [
        Miss(phrasing, topic.id, found.id, f"it lies nearer to {found.question!r}: add phrasings like it here, or move it.")
        for topic, phrasing, found in routes
        if not _same_to_a_reader(topic, found)
    ]
    near = sorted(
        ((topic, ask) for topic in entries for ask in topic.near_misses if not engine.is_recorded(ask)),
        key=lambda pair: (-_likeness(pair[1], pair[0]), pair[1]),
    )
    read = near if every_near_miss else near[:MOST_READ]
    expectations = engine.pack.expectations
    confused, failed = [], []
    for done, (topic, ask) in enumerate(read):
        progress("Reading the pack's own questions", done, len(read) + len(expectations))
        answer = engine.answer(ask)
        if isinstance(answer, Answered) and topic.id in (e.id for e in answer.entries):
            nearest = process.extractOne(ask, topic.asked, scorer=fuzz.ratio)
            advice = (
                f"it is too close to {nearest[0]!r}: write a gap for it, with phrasings that say what the article leaves out."
            )
            confused.append(Miss(ask, f"not {topic.id}", _got(answer), advice))
    for done, item in enumerate(expectations, len(read)):
        progress("Reading the pack's own questions", done, len(read) + len(expectations))
        answer = converse(engine, (*item.after, item.ask))[-1]
        if item.expect not in _names(answer):
            failed.append(Miss(item.ask, item.expect, _got(answer), f"see {item.file}:{item.line}."))
    progress("Reading the pack's own questions", 1, 1)
    return SelfTest(
        phrasings=len(routes),
        misrouted=tuple(misrouted),
        confusable=_confusable(routes),
        near_misses=sum(len(t.near_misses) for t in entries),
        read=len(read),
        confused=tuple(confused),
        unguarded=tuple(t.id for t in entries if not t.near_misses),
        expectations=len(expectations),
        failed=tuple(failed),
    )


def _same_to_a_reader(own: Topic, found: Topic) -> bool:
    """Another entry that shows the same passages is the same answer to a reader; a gap or premise is none."""
    return found.verdict is Verdict.ANSWER and set(own.cites) <= set(found.cites)


def _likeness(ask: str, topic: Topic) -> float:
    nearest = process.extractOne(ask, topic.asked, scorer=fuzz.ratio)
    return float(nearest[1]) if nearest else 0.0


def _confusable(routes: Sequence[tuple[Topic, str, Topic]]) -> tuple[Confusable, ...]:
    """The pairs of entries that nobody can tell apart; of two that take each other's phrasings, the one that loses the larger share first."""
    asked = Counter(topic.id for topic, _, _ in routes)
    strays: dict[tuple[str, str], list[str]] = defaultdict(list)
    for topic, phrasing, found in routes:
        if found.verdict is Verdict.ANSWER and not _same_to_a_reader(topic, found):
            strays[topic.id, found.id].append(phrasing)
    pairs = [
        Confusable(one, other, len(found), asked[one], tuple(found[:_CONFUSABLE_LEAST]))
        for (one, other), found in strays.items()
        if len(found) >= max(_CONFUSABLE_LEAST, asked[one] * _CONFUSABLE_SHARE)
    ]
    worst: dict[frozenset[str], Confusable] = {}
    for pair in sorted(pairs, key=lambda p: (-p.misrouted / p.phrasings, p.one, p.other)):
        worst.setdefault(frozenset((pair.one, pair.other)), pair)
    return tuple(worst.values())


def _names(answer: Answer) -> set[str]:
    names = {answer.verdict.value}
    match answer:
        case Answered():
            names |= {e.id for e in answer.entries}
        case Contradicted():
            names.add(answer.premise.id)
        case NotInArticle() if answer.gap:
            names.add(answer.gap.id)
        case _:
            pass
    return names


def _got(answer: Answer) -> str:
    return ", ".join(sorted(_names(answer), key=lambda n: (n in set(Verdict), n)))
