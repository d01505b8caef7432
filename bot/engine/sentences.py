"""The sentence of an uncurated article that answers a question, and whether it does: retrieval, then a verifier.

Retrieval scores every sentence by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) and by character n-grams, then orders the
best few by a linear model. The verifier looks at what alignment tells of the best one: which words of the question it meets, which it leaves unmet and
whether those stand elsewhere in the article, whether it holds what is asked for. Both models are a few dozen coefficients in data/sentences.yaml, learnt by
`python benchmarks/squad.py PATH --learn`.

Pure but for `load_weights`: the same article, words and weights give the same result.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.engine.question import Lexicon, Question, Token
from bot.errors import Fault, FileFaults
from bot.text.article import Article, Section
from bot.text.strict_yaml import Mapping as YamlMapping
from bot.text.strict_yaml import read_mapping
from bot.text.words import STOP_WORDS, split, stem, straighten

Floats = NDArray[np.float64]

EXAMINED = 6  # sentences that the alignment is worked out for
_B, _K1 = 0.5, 1.2
_CHARACTERS = 0.5  # weight of the character n-grams beside BM25
_GRAMS = (3, 4, 5)
_MAX_WORDS = 40  # content words of a question that are aligned
_LEAST_COMMON = 30_000  # rank of a word that general English does not know
_FUNCTION_WORDS = frozenset(
    """
    a an the of in on at to from for by with and or is are was were be been do does did what which who whom whose when where why how that this it its
    as has have had can could will would
    """.split()
)
_NEGATIONS = frozenset("not no never without none nobody nothing neither nor cannot".split())
_QUANTIFIERS = frozenset(
    """
    all every each none most least only first last always never sometimes usually any no many few fewer more less best worst main major minor primary
    sole exactly almost nearly entire whole both neither either final except besides aside without other another new former second third
    """.split()
)
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
    century decade bc ad bce ago morning evening night noon midnight today yesterday tomorrow
    """.split()
)
_PERIODS = frozenset(
    "year years month months week weeks day days hour hours minute minutes decade decades century centuries".split()
)
_NUMBER_WORDS = {w: str(i) for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
_LARGE = frozenset("hundred thousand million billion trillion dozen half third quarter percent twice".split())
_KINDS = {
    "time": frozenset("date day year month week weekday time hour century decade".split()),
    "place": frozenset("place location".split()),
    "number": frozenset("number amount total figure percentage".split()),
    "person": frozenset("person man woman individual".split()),
    "reason": frozenset("reason reasons cause".split()),
}
_CAUSES = frozenset("because due since result cause caused order so led reason to by".split())
_REVERSING = ("un", "in", "im", "ir", "il", "non", "dis", "anti", "de", "mis")
_WORD = re.compile(r"[^\W_]+(?:['.-][^\W_]+)*")
_YEAR = re.compile(r"1\d{3}|20[0-2]\d")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a sentence fits a question. Rarities of words are 0 to 1 (1: nowhere in the article, and rare in English); shares 0 to 1."""

    words: float  # content words of the question, counted as 5 at least and 12 at most: a short question is not a bad one
    covered: float  # share of them that the sentence has, synonyms and near forms in part
    mostly_unmet: float  # by how much `covered` falls short of a half
    covered_rarity: float  # the same, weighted by rarity
    rarest_unmet: float
    second_unmet: float
    unmet_rarity: float  # rarity of all unmet words together
    unmet_count: float
    unmet_known: float  # rarity of the unmet words that the article has in another sentence
    unmet_elsewhere: float  # share of the rarity that only other paragraphs have
    unmet_unknown: float  # share of the rarity that the article has nowhere
    unmet_name_unknown: float
    unmet_number: float
    unmet_number_known: float
    negation_asked: float  # the question denies, the sentence does not
    opposite: float  # unmet words whose opposite stands in the sentence
    restriction_unmet: float
    restriction_known: float
    pairs: float  # neighbouring content words of the question
    pairs_apart: float  # share of them that the sentence has, but apart
    two_in_a_row: float
    three_in_a_row: float
    kind_missing: float  # nothing in the sentence is of the kind asked for
    kind_held: float
    number_missing: float
    focus_words: float
    focus_met: float
    focus_unmet: float
    other_rarest_unmet: float  # as above, for the words that are not the focus
    other_unmet_rarity: float
    other_unmet_count: float
    other_covered: float
    covered_by_paragraph: float
    covered_by_neighbours: float
    character_score: float
    character_lead: float  # over the next sentence, or behind the first
    lead: float  # BM25 over the fifth sentence
    best_around: float  # best score of another sentence of its paragraph
    length: float  # log of the sentence's words

    def value(self, name: str) -> float:
        return float(getattr(self, name))


FIT_NAMES = tuple(f.name for f in fields(Fit))


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that the question asks for and the sentence does not hold. `kind` is worded as a constraint of bot.verify; `weight` 0 to 1."""

    kind: str
    what: str
    weight: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A sentence (its place in `article.sentences`) with its fit and what it lacks."""

    sentence: int
    fit: Fit
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A measured sentence with its score against the other ones, in nats, and the probability that it answers."""

    measured: Measured
    score: float
    probability: float


@dataclass(frozen=True)
class Weights:
    """The two models: `order` scores sentences against each other; logistic(bias + meets . fit) is the probability that one answers, which
    the best does at `threshold` and above."""

    order: Mapping[str, float]
    meets: Mapping[str, float]
    bias: float
    threshold: float

    def score(self, fit: Fit) -> float:
        return sum(w * fit.value(name) for name, w in self.order.items())

    def probability(self, fit: Fit) -> float:
        z = self.bias + sum(w * fit.value(name) for name, w in self.meets.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


def load_weights(path: Path) -> Weights:
    """The models' coefficients. Raises FileFaults."""
    faults: list[Fault] = []
    top = read_mapping(path, faults, path.name)
    if top is None:
        raise FileFaults(faults)
    threshold, bias = top.number("threshold"), top.number("bias")
    if not faults and not 0 <= threshold <= 1:
        top.fault(top.line_of("threshold"), "'threshold' must lie between 0 and 1.", 'write a probability, such as "0.6".')
    order, meets = (_coefficients(top, key) for key in ("order", "meets"))
    top.close()
    if faults:
        raise FileFaults(faults)
    return Weights(order, meets, bias, threshold)


def _coefficients(top: YamlMapping, key: str) -> dict[str, float]:
    table = top.mapping(key, required=True)
    if table is None:
        return {}
    found = {name: table.number(name) for name in FIT_NAMES if table.has(name)}
    table.close()
    return found


@dataclass(frozen=True)
class _Sentence:
    """What is looked up of one sentence, made once."""

    tokens: tuple[Token, ...]
    stems: dict[str, list[int]]  # with their places
    concepts: dict[str, list[int]]
    numbers: dict[str, list[int]]
    paragraph: int
    capitals: tuple[str, ...]  # words of names
    pairs: frozenset[tuple[str, str]]
    triples: frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A content word of the question."""

    at: int
    token: Token
    rarity: float
    number: str
    is_name: bool


class Sentences:
    """The sentences of one article. Built once; `find` is pure."""

    def __init__(self, article: Article, lexicon: Lexicon, antonyms: Iterable[tuple[str, str]], weights: Weights) -> None:
        self._weights = weights
        # A headline only repeats what a sentence below says in full.
        self._own = [
            k for k, s in enumerate(article.sentences) if article.paragraph_at(s.start).section is not Section.HEADLINE
        ] or [*range(len(article.sentences))]
        texts = [article.excerpt(article.sentences[k]).text for k in self._own]
        self._names = _names(texts)
        numbers = [article.paragraph_at(article.sentences[k].start).number for k in self._own]
        self._sentences = [self._read(text, lexicon.read(text, repair=False), p) for text, p in zip(texts, numbers, strict=True)]
        self._opposites: dict[str, set[str]] = defaultdict(set)
        for one, other in antonyms:
            self._opposites[stem(one)].add(stem(other))
            self._opposites[stem(other)].add(stem(one))
        self._where: dict[str, list[int]] = defaultdict(list)
        self._paragraphs: dict[int, set[str]] = defaultdict(set)
        for i, sentence in enumerate(self._sentences):
            self._paragraphs[sentence.paragraph].update(sentence.stems)
            for word in sentence.stems:
                self._where[word].append(i)
        self._n = len(texts)
        self._rarest = math.log(1 + (self._n + 0.5) / 0.5)
        self._terms = self._term_postings()
        self._grams = self._gram_postings()

    def find(self, question: Question) -> tuple[Found, ...]:
        """The sentences most likely to answer, best first; empty where the article or the question has no words of matter."""
        scored = sorted(
            ((self._weights.score(m.fit), m) for m in self.measure(question)), key=lambda pair: (-pair[0], pair[1].sentence)
        )
        return tuple(Found(m, score, self._weights.probability(m.fit)) for score, m in scored)

    def measure(self, question: Question) -> tuple[Measured, ...]:
        """The few sentences that resemble the question most, with everything measured about them, most resembling first."""
        asked = self._asked(question)
        if not asked or not self._n:
            return ()
        terms, grams = self._term_scores(question), self._gram_scores(question)
        scores = terms + _CHARACTERS * grams
        best = np.argsort(-scores, kind="stable")[:EXAMINED]
        return tuple(self._measure(int(i), question, asked, terms, grams, scores) for i in best)

    # Reading the article

    def _read(self, text: str, read: Question, paragraph: int) -> _Sentence:
        tokens = read.tokens
        stems: dict[str, list[int]] = defaultdict(list)
        concepts: dict[str, list[int]] = defaultdict(list)
        numbers: dict[str, list[int]] = defaultdict(list)
        for k, token in enumerate(tokens):
            stems[token.stem].append(k)
            for concept in token.concepts:
                concepts[concept].append(k)
            if number := _numeral(token.text):
                numbers[number].append(k)
        line = [t.stem for t in tokens if t.text not in ("the", "a", "an")]
        return _Sentence(
            tokens,
            dict(stems),
            dict(concepts),
            dict(numbers),
            paragraph,
            tuple(w for w, first in _capitals(text) if w not in STOP_WORDS and (not first or w in self._names)),
            frozenset(itertools.pairwise(line)),
            frozenset(zip(line, line[1:], line[2:], strict=False)),
        )

    def _term_postings(self) -> dict[str, tuple[NDArray[np.intp], Floats]]:
        counts = [Counter(t.stem for t in s.tokens if t.text not in _FUNCTION_WORDS) for s in self._sentences]
        lengths = [sum(c.values()) for c in counts]
        mean = max(1.0, sum(lengths) / max(1, self._n))
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for i, count in enumerate(counts):
            for word, n in count.items():
                postings[word].append((i, n * (_K1 + 1) / (n + _K1 * (1 - _B + _B * lengths[i] / mean))))
        return _arrays(postings)

    def _gram_postings(self) -> dict[str, tuple[NDArray[np.intp], Floats]]:
        counts = [_grams(s.tokens) for s in self._sentences]
        self._gram_idf = {g: self._gram_rarity(n) for g, n in Counter(g for c in counts for g in c).items()}
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for i, count in enumerate(counts):
            values = {g: (1 + math.log(n)) * self._gram_idf[g] for g, n in count.items()}
            # A length norm softened by a power: long sentences hold more answers.
            norm = sum(v * v for v in values.values()) ** 0.4 or 1.0
            for gram, value in values.items():
                postings[gram].append((i, value / norm))
        return _arrays(postings)

    def _gram_rarity(self, n: int) -> float:
        return math.log((self._n + 1) / (n + 1)) + 1

    def _idf(self, word: str) -> float:
        """Rarity in the article, 0 to 1."""
        n = len(self._where.get(word, ()))
        return math.log(1 + (self._n - n + 0.5) / (n + 0.5)) / self._rarest

    def _rarity(self, token: Token) -> float:
        """Rarity in the article, half of it counted by how rare the word is in general English."""
        return self._idf(token.stem) * (0.5 + 0.5 * _background(token))

    # Scoring all sentences

    def _term_scores(self, question: Question) -> Floats:
        scores, most = np.zeros(self._n), 0.0
        for token in {t.stem: t for t in question.tokens if t.text not in _FUNCTION_WORDS}.values():
            weight = self._rarity(token)
            most += weight
            if (found := self._terms.get(token.stem)) is not None:
                scores[found[0]] += weight * found[1]
        return scores / most if most else scores

    def _gram_scores(self, question: Question) -> Floats:
        scores, norm = np.zeros(self._n), 0.0
        for gram, n in _grams(question.tokens).items():
            value = (1 + math.log(n)) * self._gram_idf.get(gram, self._gram_rarity(0))
            norm += value * value
            if (found := self._grams.get(gram)) is not None:
                scores[found[0]] += value * found[1]
        return scores / math.sqrt(norm) if norm else scores

    # Aligning one sentence

    def _asked(self, question: Question) -> list[_Asked]:
        """The question's content words, each once."""
        written = {w for w, first in _capitals(question.text) if not first}
        if all(t.text in written for t in question.content[1:]):
            written = set()  # all in capitals tells nothing
        asked: dict[str, _Asked] = {}
        words = [t.text for t in question.tokens]
        for at, token in enumerate(question.tokens):
            # "How long", "what year": the word names a kind of answer, which a sentence meets without saying it.
            names_kind = (at and words[at - 1] == "how") or (
                token in question.focus and token.text in _KINDS.get(question.wants, ())
            )
            if token.is_content and token.stem not in asked and not names_kind:
                is_name = token.text in written or token.text in self._names
                asked[token.stem] = _Asked(at, token, self._rarity(token), _numeral(token.text), is_name)
        return list(asked.values())[:_MAX_WORDS]

    def _places(self, word: _Asked, sentence: _Sentence) -> tuple[float, list[int]]:
        """How far the sentence meets a word (0 to 1), and where."""
        if word.token.stem in sentence.stems:
            return 1.0, sentence.stems[word.token.stem]
        if word.number:
            places = sentence.numbers.get(word.number, [])
            return float(bool(places)), places
        if places := [k for c in word.token.concepts for k in sentence.concepts.get(c, ())]:
            return 0.6, places
        places = [k for s, at in sentence.stems.items() if _alike(word.token.stem, s) for k in at]
        return (0.7, places) if places else (0.0, [])

    def _opposed(self, word: str, stems: Mapping[str, object]) -> bool:
        if any(o in stems for o in self._opposites.get(word, ())):
            return True
        return any(
            p + word in stems or (word.startswith(p) and len(word) - len(p) > 3 and word[len(p) :] in stems) for p in _REVERSING
        )

    def _measure(
        self, i: int, question: Question, asked: Sequence[_Asked], terms: Floats, grams: Floats, scores: Floats
    ) -> Measured:
        sentence = self._sentences[i]
        paragraph = self._paragraphs[sentence.paragraph]
        around = [k for k in (i - 1, i + 1) if 0 <= k < self._n and self._sentences[k].paragraph == sentence.paragraph]
        degrees: dict[int, float] = {}
        places: dict[int, list[int]] = {}
        for word in asked:
            degrees[word.at], places[word.at] = self._places(word, sentence)
        unmet = [w for w in asked if not degrees[w.at]]
        known = [w for w in unmet if w.token.stem in self._where]
        unknown = [w for w in unmet if w.token.stem not in self._where]
        total = _rarity(asked) or 1.0
        covered = sum(degrees.values()) / len(asked)
        rarest = sorted((w.rarity for w in unmet), reverse=True)
        focus_stems = {t.stem for t in question.focus}
        focus = [w for w in asked if w.token.stem in focus_stems]
        unmet_focus = [w for w in unmet if w.token.stem in focus_stems]
        others = [w for w in asked if w.token.stem not in focus_stems]
        unmet_others = [w for w in unmet if w.token.stem not in focus_stems]
        denied = _denies(question.tokens) and not _denies(sentence.tokens)
        opposite = [w for w in unmet if self._opposed(w.token.stem, sentence.stems)]
        after_how = {b.text for a, b in itertools.pairwise(question.tokens) if a.text == "how"}
        restrictions = [t for t in question.tokens if _restricts(t) and t.text not in after_how and t.stem not in sentence.stems]
        held, missing = self._kind(question, asked, sentence)
        pairs, apart = _pairs(asked, places)
        line = [t.stem for t in question.tokens if t.text not in ("the", "a", "an")]
        ordered_grams, ordered_terms = np.sort(grams)[::-1], np.sort(terms)[::-1]
        ahead = ordered_grams[min(1, self._n - 1)] if grams[i] >= ordered_grams[0] else ordered_grams[0]
        stems_around = {s for k in around for s in self._sentences[k].stems}
        fit = Fit(
            words=float(min(12, max(5, len(asked)))),
            covered=covered,
            mostly_unmet=max(0.0, 0.5 - covered),
            covered_rarity=sum(degrees[w.at] * w.rarity for w in asked) / total,
            rarest_unmet=rarest[0] if rarest else 0.0,
            second_unmet=rarest[1] if len(rarest) > 1 else 0.0,
            unmet_rarity=_rarity(unmet),
            unmet_count=min(8.0, len(unmet)),
            unmet_known=_rarity(known),
            unmet_elsewhere=_rarity(w for w in known if w.token.stem not in paragraph) / total,
            unmet_unknown=_rarity(unknown) / total,
            unmet_name_unknown=sum(w.is_name for w in unknown),
            unmet_number=sum(bool(w.number) for w in unmet),
            unmet_number_known=sum(bool(w.number) for w in known),
            negation_asked=float(denied),
            opposite=len(opposite),
            restriction_unmet=len(restrictions),
            restriction_known=sum(t.stem in self._where for t in restrictions),
            pairs=pairs,
            pairs_apart=apart,
            two_in_a_row=_share(itertools.pairwise(line), sentence.pairs),
            three_in_a_row=_share(zip(line, line[1:], line[2:], strict=False), sentence.triples),
            kind_missing=float(missing),
            kind_held=float(held),
            number_missing=float(missing and question.wants == "number"),
            focus_words=len(focus),
            focus_met=_rarity(focus) - _rarity(unmet_focus),
            focus_unmet=_rarity(unmet_focus),
            other_rarest_unmet=max((w.rarity for w in unmet_others), default=0.0),
            other_unmet_rarity=_rarity(unmet_others),
            other_unmet_count=min(8.0, len(unmet_others)),
            other_covered=1 - _rarity(unmet_others) / (_rarity(others) or 1.0),
            covered_by_paragraph=_rarity(w for w in asked if w.token.stem in paragraph) / total,
            covered_by_neighbours=_rarity(w for w in asked if w.token.stem in stems_around or w.token.stem in sentence.stems)
            / total,
            character_score=float(grams[i]),
            character_lead=float(grams[i] - ahead),
            lead=float(terms[i] - ordered_terms[min(4, self._n - 1)]),
            best_around=max((float(scores[k]) for k in self._paragraph_of(i) if k != i), default=0.0),
            length=math.log(1 + len(sentence.tokens)),
        )
        lacks = [_lack(w, w in opposite, w in unmet_focus) for w in unmet]
        if missing:
            lacks.append(Lack("kind of answer", question.wants, 1.0))
        if denied:
            lacks.append(Lack("negation", "not", 1.0))
        lacks += [Lack("restriction", t.text, 1.0) for t in restrictions if not t.is_content]
        return Measured(self._own[i], fit, tuple(dict.fromkeys(lacks)))

    def _paragraph_of(self, i: int) -> range:
        first = last = i
        while first and self._sentences[first - 1].paragraph == self._sentences[i].paragraph:
            first -= 1
        while last + 1 < self._n and self._sentences[last + 1].paragraph == self._sentences[i].paragraph:
            last += 1
        return range(first, last + 1)

    def _kind(self, question: Question, asked: Sequence[_Asked], sentence: _Sentence) -> tuple[bool, bool]:
        """Whether the sentence holds something of the kind asked for that the question does not itself name; and whether it surely does not."""
        words = {t.text for t in question.tokens}
        stems = {t.stem for t in question.tokens}
        numbers = _left(sentence.numbers, asked)
        years = [n for n in numbers if _YEAR.fullmatch(n)]
        spoken = {t.text for t in sentence.tokens} - words
        names = any(stem(w) not in stems for w in sentence.capitals)
        match question.wants:
            case "person" | "place":
                held = names
            case "time":
                held = bool(years or spoken & _CALENDAR)
            case "number" | "frequency":
                held = bool(numbers or spoken & _LARGE)
            case "duration":
                held = bool(numbers or spoken & _PERIODS)
            case "reason":
                held = bool(_CAUSES & {t.text for t in sentence.tokens})
            case _:
                return False, False
        return held, not held


def _rarity(words: Iterable[_Asked]) -> float:
    return sum(w.rarity for w in words)


def _lack(word: _Asked, opposed: bool, focal: bool) -> Lack:
    if word.number:
        return Lack("number", word.token.text, 1.0)
    kind = "opposite" if opposed else "what is asked for" if focal else "word"
    return Lack(kind, word.token.text, round(min(1.0, word.rarity), 3))


def _names(texts: Iterable[str]) -> frozenset[str]:
    """Words that the article mostly writes with a capital where no sentence begins."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        upper = Counter(w for w, first in _capitals(text) if not first)
        capital.update(upper)
        small.update(Counter(split(text)) - Counter(w for w, _ in _capitals(text)))
    return frozenset(w for w, n in capital.items() if n > small[w] and w not in STOP_WORDS and not w.isdigit())


def _capitals(text: str) -> list[tuple[str, bool]]:
    """The words written with a capital, lower-cased, and whether each begins the text."""
    found = enumerate(m.group() for m in _WORD.finditer(straighten(text)))
    return [(part, k == 0) for k, word in found if word[:1].isupper() for part in split(word)]


def _denies(tokens: Iterable[Token]) -> bool:
    return any(t.text in _NEGATIONS for t in tokens)


def _restricts(token: Token) -> bool:
    return token.text in _QUANTIFIERS or (token.text.endswith("est") and len(token.text) > 4)


def _background(token: Token) -> float:
    """How rare a word is in general English, 0 to 1; numbers count as rare."""
    return min(1.0, math.log1p(token.rank) / math.log1p(_LEAST_COMMON)) if token.text.isalpha() else 1.0


def _numeral(word: str) -> str:
    """The number that a word says, without separators, or nothing."""
    if word in _NUMBER_WORDS and word != "one":
        return _NUMBER_WORDS[word]
    digits = word.lstrip("£#")
    return re.sub(r"(?:st|nd|rd|th|am|pm)$", "", digits).replace(",", "") if digits[:1].isdigit() else ""


def _left(numbers: Mapping[str, object], asked: Iterable[_Asked]) -> list[str]:
    """The numbers of a sentence that the question does not name itself."""
    named = {w.number for w in asked}
    return [n for n in numbers if n not in named]


def _alike(one: str, other: str) -> bool:
    """Two stems of one word, in all likelihood: they begin alike for four letters and three fifths of the longer."""
    if one[:4] != other[:4] or len(one) < 4 or len(other) < 4:
        return False
    same = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return same >= 0.6 * max(len(one), len(other))


def _pairs(asked: Sequence[_Asked], places: Mapping[int, list[int]]) -> tuple[float, float]:
    """How many content words are neighbours in the question, and the share of them that the sentence has, but apart."""
    neighbours = [(a.at, b.at) for a, b in itertools.pairwise(asked) if b.at - a.at == 1]
    apart = [all(abs(m - n) > 2 for m in places[a] for n in places[b]) for a, b in neighbours if places[a] and places[b]]
    return float(min(8, len(neighbours))), sum(apart) / max(1, len(neighbours))


def _share(asked: Iterable[tuple[str, ...]], held: frozenset[tuple[str, ...]]) -> float:
    runs = list(asked)
    return sum(r in held for r in runs) / max(1, len(runs))


def _grams(tokens: Iterable[Token]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for token in tokens:
        if token.text not in _FUNCTION_WORDS:
            word = f" {token.text} "
            counts.update(word[k : k + n] for n in _GRAMS for k in range(len(word) - n + 1))
    return counts


def _arrays(postings: Mapping[str, Sequence[tuple[int, float]]]) -> dict[str, tuple[NDArray[np.intp], Floats]]:
    return {
        key: (np.array([i for i, _ in found], dtype=np.intp), np.array([v for _, v in found], dtype=np.float64))
        for key, found in postings.items()
    }
