"""Misses: questions that got no answer, or a wrong one. What of their words may be kept, and which of them ask alike. Pure, but for one
list of words that ships with the program.

What identifies somebody is taken out before anything is written down, by what may stay and not by what must go: a word stays that the
pack has, or that is plain English. So a name goes unless the article's readers all know it or it is a word besides ("rose", "baker").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.engine.answer import Answer, NotInArticle, OffTopic, Rule, Unsure
from bot.engine.question import COMMANDS, asked_in, clean
from bot.engine.reader import Floats
from bot.pack.values import Pack, Verdict, once_a_pack
from bot.text.words import STOP_WORDS, split, stem, straighten

REMOVED = "…"  # stands for whatever was taken out
MOST_WORDS = 40  # of a question; a longer one tells a story, and is not kept
LEAST_ALIKE = 3  # questions that ask alike, and as many days or servers that they come from, before a curator sees any
# The cosine from which two questions count as asking the same, of the encoder's vectors and of words alone.
ALIKE, ALIKE_BY_WORDS = 0.75, 0.6

_CURATED = (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE, Verdict.PREMISE)
_PLAIN = Path(__file__).parent.parent / "data" / "plain-words.txt"
_OPENERS = STOP_WORDS | COMMANDS  # what a sentence may begin with that is no name
_ENDING = re.compile(r"[.!?:…]+[\"')]*$")
_HEDGE = re.compile(r"^[\"'(\[*]+|[\"')\],;:.!?…*]+$")
_WRITTEN = re.compile(r"[\d@_/\\<>=]|\w\.\w|://")  # a number, an address, a handle or a mention


@lru_cache(maxsize=1)
def plain_words() -> frozenset[str]:
    """English words that nobody is called by (bot/data/plain-words.txt, which tools/plain_words.py writes)."""
    return frozenset(_PLAIN.read_text(encoding="utf-8").split())


@once_a_pack
def own_words(pack: Pack) -> frozenset[str]:
    """The words of a pack: of its text, the names that it knows, and how its topics are asked; not those of talk, which is everybody's."""
    named = [*(a for p in pack.people.values() for a in p.aliases), *(p for head, same in pack.synonyms for p in (head, *same))]
    asked = [text for t in pack.topics if t.verdict in _CURATED for text in (t.looked_for, *t.asked, *t.near_misses)]
    return frozenset(word for text in (pack.article.text, *named, *asked) for word in split(text))


def is_miss(answer: Answer) -> bool:
    """Whether a question went without an answer that a curator foresaw: not sure, or refused without a gap or a phrasing that says so. One
    that leans on an earlier question says nothing alone."""
    if answer.trace.after or answer.trace.rule in (Rule.RECORDED, Rule.NOT_ENGLISH):
        return False
    return isinstance(answer, Unsure | OffTopic) or (isinstance(answer, NotInArticle) and answer.gap is None)


def scrubbed(text: str, own: Collection[str], plain: Collection[str]) -> str:
    """What may be kept of a question, in lower case: the words that are the pack's `own` or `plain`, and REMOVED for each run of others.
    Empty where it says too little, or is too long."""
    chunks = straighten(asked_in(clean(text))).split()
    kept: list[str] = []
    opens = True
    for chunk in chunks:
        for word in _kept(chunk, own, plain, opens=opens):
            if word != REMOVED or kept[-1:] != [REMOVED]:
                kept.append(word)
        opens = bool(_ENDING.search(chunk))
    words = [w for w in kept if w != REMOVED]
    if len(words) < 2 or len(chunks) > MOST_WORDS or all(w in STOP_WORDS for w in words):
        return ""
    return " ".join(kept)


def _kept(chunk: str, own: Collection[str], plain: Collection[str], *, opens: bool) -> list[str]:
    """The words of what stands between two blanks, each as it is or REMOVED. A capital in the midst of a sentence makes a name of any word
    that the pack does not have."""
    bare = _HEDGE.sub("", chunk)
    if _WRITTEN.search(bare):
        return [REMOVED]
    is_name = bare != bare.lower()

    def stays(word: str) -> bool:
        if not (word.isascii() and word.isalpha()):
            return False
        if word in own or word in STOP_WORDS:
            return True
        return opens and word in _OPENERS if is_name else word in plain or (word.endswith("s") and word[:-1] in plain)

    return [word if stays(word) else REMOVED for word in split(bare)]


# Which ask alike


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a miss comes from, told apart and not known: the day, counted, and the server's hash."""

    day: int
    server: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask alike: their texts, each once and the likest to all others first, how often and on how many days and servers."""

    texts: tuple[str, ...]
    times: int
    days: int
    servers: int


def grouped(asked: Sequence[tuple[str, Origin]], vectors: Floats, decided: Floats, alike: float = ALIKE) -> tuple[Group, ...]:
    """The groups that may be shown, the largest first: at least LEAST_ALIKE questions from as many days or servers.

    `vectors` has a unit vector for each question, as rows; `decided` those of questions that a curator has decided about, which are not
    asked again. Every question of a group is `alike` to its first, so that a chain of likenesses joins nothing that is not.
    """
    open_ = [i for i in range(len(asked)) if not len(decided) or float((decided @ vectors[i]).max()) < alike]
    near = (vectors[open_] @ vectors[open_].T) >= alike
    left, counts = np.ones(len(open_), dtype=bool), near.sum(axis=1)
    found = list[Group]()
    while left.any():
        first = int((counts * left).argmax())
        if counts[first] < LEAST_ALIKE:
            break
        members = np.flatnonzero(near[first] & left)
        left[members] = False
        counts -= near[:, members].sum(axis=1)
        others = [int(m) for m in members if m != first]
        group = _group([asked[open_[m]] for m in (first, *others)])
        if max(group.days, group.servers) >= LEAST_ALIKE:
            found.append(group)
    return tuple(sorted(found, key=lambda g: (-g.times, g.texts)))


def _group(members: Sequence[tuple[str, Origin]]) -> Group:
    origins = [origin for _, origin in members]
    texts = tuple(dict.fromkeys(text for text, _ in members))
    return Group(texts, len(members), len({o.day for o in origins}), len({o.server for o in origins}))


def word_vectors(texts: Sequence[str]) -> Floats:
    """A unit vector a text over the stems of its words of matter, as rows: for where there is no encoder."""
    stems = [{stem(w) for w in split(t) if w not in STOP_WORDS and w != REMOVED} for t in texts]
    place = {s: i for i, s in enumerate(sorted(set().union(*stems)))}
    rows = np.zeros((len(texts), max(1, len(place))), dtype=np.float32)
    for row, own in zip(rows, stems, strict=True):
        row[[place[s] for s in own]] = 1 / max(1, len(own)) ** 0.5
    return rows
