"""What browsing works out of a pack once and wants often: at every keystroke of a topic, and for the buttons of every answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import fuzz

from bot.browse.paging import beginning, budget
from bot.engine.answer import Citation
from bot.pack.values import Asks, Pack, Person, Quote, QuoteKind, Topic, once_a_pack
from bot.text.article import Article, Span
from bot.text.words import STOP_WORDS, split, stem

MAX_OTHERS = 3
_MAX_WORDS = 12  # of those that are searched for
_MAX_COMMON = 4  # words in common that are named
_LEAST_COMMON = 3  # words that two passages must share to be near each other where no entry cites both
_TOGETHER = 2  # passages that an entry may cite and be on one matter for certain
_TOGETHER_IN_WORDS = 3  # the same, where the two passages also have a word in common
_FEWEST_LETTERS = 4  # of a word that two passages may have in common, or that may be misspelt
_ALIKE = 84.0  # rapidfuzz ratio (0-100) from which a word counts as another one misspelt
_SHOWN_WORD = re.compile(r"\w+(?:[-’']\w+)*")


@dataclass(frozen=True, slots=True)
class Other:
    """A passage of another speaker near a given one: cited by the same entries, or with words in common (as they stand in it)."""

    citation: Citation
    shared: tuple[Topic, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a passage and of its speakers' names, and words about it: those of the questions that cite it, and what the
    vocabulary holds to be the same as a word of it."""

    own: frozenset[str]
    about: frozenset[str]


@dataclass(frozen=True, eq=False)
class Index:
    """Each part is worked out when it is first wanted. It holds the parts of a pack rather than the pack, so that both end
    together."""

    article: Article
    people: Mapping[str, Person]
    quotes: tuple[Quote, ...]  # in the article's order
    entries: tuple[Topic, ...]
    synonyms: tuple[tuple[str, tuple[str, ...]], ...]

    def fit(self, typed: str) -> dict[str, float]:
        """How well each passage (by its quote's id) fits the words that were typed, 0 to 1: the mean over them, a passage's own
        words counting full and words about it three quarters."""
        words = dict.fromkeys(split(typed))
        wanted = tuple([w for w in words if w not in STOP_WORDS] or words)[:_MAX_WORDS]
        return {name: _fit(wanted, known) for name, known in self._words.items()}

    def stems(self, quote: Quote) -> frozenset[str]:
        """The stems of a passage's own words and of the words about it."""
        return self._stems[quote.id]

    @cached_property
    def others(self) -> dict[str, tuple[Other, ...]]:
        """For each passage, by its quote's id, those of other speakers that the same entries cite (the entries that cite least
        first) or that have words in common with it; the nearest first, within the budget of a page."""
        found: dict[str, tuple[Other, ...]] = {}
        for quote in self.quotes:
            near = [n for other in self.quotes if (n := self._near(quote, other))]
            kept: list[Other] = []
            left = budget(self.article)
            for _, other in sorted(near, key=lambda n: n[0]):
                length = len(other.citation.excerpt.text)
                if len(kept) < MAX_OTHERS and length <= left:
                    kept.append(other)
                    left -= length
            found[quote.id] = tuple(kept)
        return found

    def _near(self, quote: Quote, other: Quote) -> tuple[tuple[float, float, Span], Other] | None:
        """The other passage with its place in the order, where it is near enough."""
        if other.span.overlaps(quote.span) or set(other.speakers) <= set(quote.speakers) or not self._is_whole(other):
            return None
        own, theirs = self._shown_words[quote.id], self._shown_words[other.id]
        # A word of the headline or of half the passages says nothing about nearness.
        common = [s for s in theirs if s in own and self._rarity[s] * 3 <= len(self.quotes)]
        together = self._together.get((quote.id, other.id), ())
        shared = tuple(t for t in together if len(t.cites) <= (_TOGETHER_IN_WORDS if common else _TOGETHER))
        if not shared and len(common) < _LEAST_COMMON:
            return None
        order = -sum(1 / len(t.cites) for t in shared), -sum(1 / self._rarity[s] for s in common), other.span
        excerpt = self.article.excerpt(beginning(self.article, other.span, budget(self.article)))
        return order, Other(Citation(excerpt, other), shared, tuple(theirs[s] for s in common)[:_MAX_COMMON])

    def _is_whole(self, quote: Quote) -> bool:
        """Whether it says something by itself: "A spokesman said" only introduces what follows."""
        return quote.kind is not QuoteKind.NARRATION or any(quote.span.covers(s) for s in self.article.sentences)

    @cached_property
    def _together(self) -> dict[tuple[str, str], tuple[Topic, ...]]:
        """By two passages, the entries that cite both, those that cite least first. A list of all names, dates or positions in
        the article brings nothing together."""
        found: dict[tuple[str, str], tuple[Topic, ...]] = {}
        for topic in sorted(self.entries, key=lambda t: len(t.cites)):
            if topic.asks is not Asks.LIST and len(topic.cites) <= _TOGETHER_IN_WORDS:
                for pair in ((a, b) for a in topic.cites for b in topic.cites):
                    found[pair] = (*found.get(pair, ()), topic)
        return found

    @cached_property
    def _words(self) -> dict[str, _Words]:
        families = [[" ".join(split(w)) for w in (head, *same)] for head, same in self.synonyms]
        asked = [(topic.cites, words_of(topic.question)) for topic in self.entries]
        found: dict[str, _Words] = {}
        for quote in self.quotes:
            text = self.article.excerpt(quote.span).text
            names = [self.people[s].name for s in (*quote.speakers, quote.relayed_by) if s]
            own = {w for part in (text, *names) for w in words_of(part)}
            about = {w for cites, words in asked if quote.id in cites for w in words}
            spoken = f" {' '.join(split(text))} "
            for family in families:
                if any(f and f" {f} " in spoken for f in family):
                    about.update(w for f in family for w in words_of(f))
            found[quote.id] = _Words(frozenset(own), frozenset(about - own))
        return found

    @cached_property
    def _stems(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(map(stem, known.own | known.about)) for name, known in self._words.items()}

    @cached_property
    def _shown_words(self) -> dict[str, dict[str, str]]:
        """By passage, its content words by their stems, as they stand in it; without those of its speakers' names."""
        return {quote.id: self._shown_words_of(quote) for quote in self.quotes}

    def _shown_words_of(self, quote: Quote) -> dict[str, str]:
        speakers = {stem(w) for s in quote.speakers for w in words_of(self.people[s].name)}
        found: dict[str, str] = {}
        for shown in _SHOWN_WORD.findall(self.article.excerpt(quote.span).text):
            parts = split(shown)
            for word in parts:
                if word not in STOP_WORDS and len(word) >= _FEWEST_LETTERS and stem(word) not in speakers:
                    found.setdefault(stem(word), shown if len(parts) == 1 else word)
        return found

    @cached_property
    def _rarity(self) -> Counter[str]:
        """In how many passages each stem stands."""
        return Counter(s for words in self._shown_words.values() for s in words)


@once_a_pack
def index_of(pack: Pack) -> Index:
    in_order = tuple(sorted(pack.quotes.values(), key=lambda q: q.span))
    return Index(pack.article, pack.people, in_order, pack.entries, pack.synonyms)


@lru_cache(maxsize=1 << 14)  # of passages, names, questions and vocabulary: the same again with every keystroke
def words_of(text: str) -> tuple[str, ...]:
    """The content words of a text, each once."""
    return tuple(dict.fromkeys(w for w in split(text) if w not in STOP_WORDS))


def _fit(wanted: Sequence[str], known: _Words) -> float:
    return sum(max(_best(w, known.own), 0.75 * _best(w, known.about)) for w in wanted) / len(wanted) if wanted else 0.0


def _best(word: str, words: Iterable[str]) -> float:
    """1 for the word itself, less for an inflected or misspelt one, 0 for none."""
    best = 0.0
    for other in words:
        if other == word:
            return 1.0
        if stem(other) == stem(word):
            best = max(best, 0.95)
        elif min(len(word), len(other)) >= _FEWEST_LETTERS and (score := fuzz.ratio(word, other)) >= _ALIKE:
            best = max(best, score / 110)
    return best
