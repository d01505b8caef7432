"""A pack's own tests: phrasings that lie nearer to another topic, near misses that get the entry, questions made of the pack's own that
would be answered, regression questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.curate.near_misses import Exchange, Maker, NearMiss
from bot.curate.scoring import last_answers
from bot.engine.answer import Answer, Answered, Contradicted, NotInArticle, Unsure
from bot.engine.pipeline import Engine
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Pack, Topic, Verdict
from bot.text.progress import Progress, silent

MOST_READ = 60  # near misses that are asked, the nearest to their entries; all of them where told to
MOST_MADE = 36  # near misses made of the pack's own questions that are asked; all of them where told to
# Entries that cannot be told apart: of the phrasings of the one, so many lie nearer to the other, and no fewer than so many. Two
# entries for the same questions lose about half of theirs to each other.
_CONFUSABLE_SHARE = 0.4
_CONFUSABLE_LEAST = 3

_Route = tuple[Topic, str, Topic]  # an entry, one of its phrasings, and the topic of the phrasing that lies nearest to that


@dataclass(frozen=True, slots=True)
class Miss:
    """A question of the pack's own that went wrong, and what to do."""

    ask: str
    wanted: str
    got: str
    advice: str


@dataclass(frozen=True, slots=True)
class Confusable:
    """Two entries with different passages that are asked alike: of the `phrasings` of `one`, `misrouted` lie nearer `other`. `together` is
    how many characters the passages of both have."""

    one: str
    other: str
    misrouted: int
    phrasings: int
    examples: tuple[str, ...]
    together: int

    @property
    def advice(self) -> str:
        """What mends it. Tried on packs of three kinds: docs/curating.md says what mended how many."""
        of = f"{self.together} of {MAX_EXCERPT_CHARACTERS} characters"
        merge = f"Merge them into one entry that cites the passages of both ({of}); or leave"
        if self.together > MAX_EXCERPT_CHARACTERS:
            merge = f"One entry cannot cite the passages of both ({of}): leave"
        return (
            f"{merge} what could be asked of both to one of them, and write every phrasing of the other anew, by what only its own "
            "passage says. Further phrasings beside these, near misses, and citing both in one of them do not mend it."
        )


@dataclass(frozen=True, slots=True)
class Asserted:
    """A near miss made of the pack's own questions that gets an answer: that of the entries `got`, by their ids, after the `lead`."""

    made: NearMiss
    got: tuple[str, ...]
    lead: str


@dataclass(frozen=True)
class SelfTest:
    """What a pack's own tests found.

    `misrouted`: of the `phrasings` of entries, those that lie nearest to a phrasing of a topic with other passages.
    `confused`: of the near misses that were `read`, those that get the entry that they are not to get.
    `unguarded`: the ids of entries without near misses.
    `asserted`: of the near misses that were `made` of the pack's own questions, those of the `made_read` that get an answer that can
    hardly be right; those with a lead first, and a "not" last, which the reader overlooks in every pack.
    `replied`: how many of those that were asked got which verdict: near misses, made ones, expectations.
    `failed`: of the `expectations`, those that get something else. What is the same to a reader meets one: an entry that shows
    at least the passages of the one that is expected; "not sure" where it is expected that the article does not say it.
    """

    phrasings: int
    misrouted: tuple[Miss, ...]
    confusable: tuple[Confusable, ...]
    near_misses: int
    read: int
    confused: tuple[Miss, ...]
    unguarded: tuple[str, ...]
    made: int
    made_read: int
    asserted: tuple[Asserted, ...]
    expectations: int
    failed: tuple[Miss, ...]
    replied: tuple[Mapping[Verdict, int], Mapping[Verdict, int], Mapping[Verdict, int]]

    @property
    def passed(self) -> bool:
        """Misrouted phrasings are told, not failed: one that is like none of its entry's is recorded, so it is found. What was made is
        told as well: nobody has said that the article does not answer it."""
        return not (self.confusable or self.confused or self.failed)


def self_test(engine: Engine, *, every_near_miss: bool = False, progress: Progress = silent) -> SelfTest:
    """Run a pack's own tests. `progress` is told how many entries are compared, then how many questions are asked."""
    entries = engine.pack.entries
    routes: list[_Route] = []
    for done, topic in enumerate(entries, 1):
        routes += [(topic, phrasing, found) for phrasing, found in engine.routes(topic)]
        progress("Comparing the entries' phrasings", done, len(entries))
    near = sorted(
        ((topic, ask) for topic in entries for ask in topic.near_misses if not engine.is_recorded(ask)),
        key=lambda pair: (-_nearest_phrasing(*pair)[1], pair[1]),
    )
    near = near if every_near_miss else near[:MOST_READ]
    maker = Maker(engine.pack)
    made = maker.near_misses()
    made_read = made if every_near_miss else made[:MOST_MADE]
    expectations = engine.pack.expectations
    conversations = [
        *((ask,) for _, ask in near),
        *((m.ask,) for m in made_read),
        *((*item.after, item.ask) for item in expectations),
    ]
    answers = []
    for answer in last_answers(engine, conversations):
        answers.append(answer)
        progress("Asking the pack's own questions", len(answers), len(conversations))
    of_near, of_made, of_expected = (
        answers[: len(near)],
        answers[len(near) :][: len(made_read)],
        answers[len(near) + len(made_read) :],
    )
    return SelfTest(
        phrasings=len(routes),
        misrouted=tuple(_misrouted(*route) for route in routes if not _same_to_a_reader(route[0], route[2])),
        confusable=_confusable(engine.pack, routes),
        near_misses=sum(len(t.near_misses) for t in entries),
        read=len(near),
        confused=tuple(
            _confused(topic, ask, answer)
            for (topic, ask), answer in zip(near, of_near, strict=True)
            if topic.id in _names(answer)
        ),
        unguarded=tuple(t.id for t in entries if not t.near_misses),
        made=len(made),
        made_read=len(made_read),
        asserted=_asserted(maker, zip(made_read, of_made, strict=True)),
        expectations=len(expectations),
        failed=tuple(
            Miss(item.ask, item.expect, _got(answer), f"see {item.file}:{item.line}.")
            for item, answer in zip(expectations, of_expected, strict=True)
            if not _meets(item.expect, engine.pack, answer)
        ),
        replied=(_verdicts(of_near), _verdicts(of_made), _verdicts(of_expected)),
    )


def _verdicts(answers: Iterable[Answer]) -> Mapping[Verdict, int]:
    return Counter(answer.verdict for answer in answers)


def _same_to_a_reader(own: Topic, found: Topic) -> bool:
    """Another entry that shows the same passages is the same answer to a reader; a gap or premise is none."""
    return found.verdict is Verdict.ANSWER and set(own.cites) <= set(found.cites)


def _meets(expect: str, pack: Pack, answer: Answer) -> bool:
    """Whether an answer is what a question of the pack's own expects: the id of a topic, or a verdict. "Not sure" refuses as
    honestly as "not in the article"."""
    if expect in _names(answer):
        return True
    if expect == Verdict.NOT_IN_ARTICLE:
        return isinstance(answer, Unsure)
    wanted = [entry for entry in pack.entries if entry.id == expect]
    return isinstance(answer, Answered) and any(_same_to_a_reader(w, found) for w in wanted for found in answer.entries)


def _misrouted(topic: Topic, phrasing: str, found: Topic) -> Miss:
    other = repr(found.question) if found.question else f"messages of the kind {found.verdict}"
    return Miss(phrasing, topic.id, found.id, f"it lies nearer to {other}: add phrasings like it here, or move it.")


def _nearest_phrasing(topic: Topic, ask: str) -> tuple[str, float]:
    """The phrasing of a topic that is most like a question by its letters, and how like it is (0 to 100)."""
    phrasing, likeness, _ = process.extractOne(ask, topic.asked, scorer=fuzz.ratio)
    return phrasing, likeness


def _confused(topic: Topic, ask: str, answer: Answer) -> Miss:
    phrasing, _ = _nearest_phrasing(topic, ask)
    advice = f"it is too close to {phrasing!r}: write a gap for it, with phrasings that say what the article leaves out."
    return Miss(ask, f"not {topic.id}", _got(answer), advice)


def _asserted(maker: Maker, asked: Iterable[tuple[NearMiss, Answer]]) -> tuple[Asserted, ...]:
    found = [
        Asserted(made, tuple(e.id for e in answer.entries), answer.lead)
        for made, answer in asked
        if isinstance(answer, Answered) and not maker.may_answer(made, answer)
    ]
    return tuple(sorted(found, key=lambda a: (a.made.exchange is Exchange.NEGATION, not a.lead)))


def _confusable(pack: Pack, routes: Sequence[_Route]) -> tuple[Confusable, ...]:
    """The pairs of entries that nobody can tell apart, each once: the one that loses the larger share of its phrasings first."""
    asked = Counter(topic.id for topic, _, _ in routes)
    misrouted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for topic, phrasing, found in routes:
        if found.verdict is Verdict.ANSWER and not _same_to_a_reader(topic, found):
            misrouted[topic.id, found.id].append(phrasing)
    pairs = [
        Confusable(one, other, len(found), asked[one], tuple(found[:_CONFUSABLE_LEAST]), _together(pack, one, other))
        for (one, other), found in misrouted.items()
        if len(found) >= max(_CONFUSABLE_LEAST, asked[one] * _CONFUSABLE_SHARE)
    ]
    worst: dict[frozenset[str], Confusable] = {}
    for pair in sorted(pairs, key=lambda p: (-p.misrouted / p.phrasings, p.one, p.other)):
        worst.setdefault(frozenset((pair.one, pair.other)), pair)
    return tuple(worst.values())


def _together(pack: Pack, one: str, other: str) -> int:
    cited = {*pack.by_id[one].cites, *pack.by_id[other].cites}
    return sum(q.span.end - q.span.start for q in map(pack.quotes.__getitem__, cited))


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
