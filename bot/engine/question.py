"""A message as a question: cleaned, cut to what it asks, its words read with the pack's names, its spelling repaired. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.pack.values import Pack, PersonKind
from bot.text.words import FUNCTION_WORDS, STOP_WORDS, bases, has_words, split, stem, straighten

MAX_QUESTION_CHARACTERS = 4000
MAX_TOKENS = 400
_COMMON_RANK = 12_000  # a word this frequent in general English is never taken for a misspelt name
_SHORT_WORD, _SHORT_RANK = 4, 6_000  # letters; a word so short and rarer than this is hardly English
_RARE = 30_000  # the rank of a word that general English does not have

_LATIN = "\u02ff"  # beyond it a symbol is an emoji or an ornament, and a letter another script's
_DISCORD_MARKUP = re.compile(r"<(?:@[!&]?|#)\d+>|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|</[^>\s]+:\d+>|@(?:everyone|here)\b")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\(<?https?://[^\s)]+\)", re.IGNORECASE)
_URL = re.compile(r"<?\bhttps?://\S+", re.IGNORECASE)
_SPOILER = re.compile(r"\|\|.+?\|\|", re.DOTALL)
_MARKDOWN = re.compile(r"`{1,3}(?:[a-z]+\n)?|\*{1,3}|~~|\|\||__|^[ \t]*(?:>{1,3}|#{1,3}|-#)\s", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?…])(?<!\bmr\.)(?<!\bms\.)(?<!\bdr\.)(?<!\bst\.)(?<!\bmrs\.)\s+|\n+", re.IGNORECASE)
# What numbers the questions of a message: "1)", "(b)". "1." is taken for a sentence without words.
_LABEL = re.compile(r"^[\s*•-]*\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})\)\s+", re.IGNORECASE)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
# "..., didn't he?" asks for confirmation and negates nothing.
_TAG = re.compile(
    r"(?<=\w),?\s+(?:is|are|was|were|do|does|did|have|has|had|can|could|will|would|should)n'?t\s+(?:it|he|she|they|you|we|there|that)\s*\?*\s*$",
    re.IGNORECASE,
)
# A French word with the one before it, which lost its vowel: "c'est", "qu'un". No slip for an English word; "d'acry" may be one.
_ELIDED = re.compile(r"\b(?:[cjnst]|qu)'[aeiouhâàéèêëîïôûù]\w*", re.IGNORECASE)

QUESTION_WORDS = frozenset("who whom whose what which when where why how".split())
_AUXILIARIES = frozenset(
    "is are was were am be do does did has have had can could will would shall should may might must".split()
)
COMMANDS = frozenset(
    "tell give show name list explain describe summarise summarize quote cite identify state define compare outline find remind".split()
)
_PREPOSITIONS = frozenset("to by for with under in on from at of about through towards into".split())
_LEADING_IN = frozenset(
    """
    anyway so but basically question know me us ask asked asking wonder wondering sure idea curious learn clear remember forgot
    forget recall understand establish hear see find
    """.split()
)
_JOINERS = frozenset("and + & n plus also".split())


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question; `entity` is the id of the person or body that it names, if any."""

    text: str
    stem: str
    entity: str | None = None

    @property
    def is_content(self) -> bool:
        return self.text not in STOP_WORDS and (len(self.text) > 1 or self.text.isdigit())


@dataclass(frozen=True, slots=True)
class Question:
    """What was understood: the text with its spelling repaired, the words of what it asks, and what was repaired."""

    text: str
    tokens: tuple[Token, ...]
    repairs: tuple[tuple[str, str], ...] = ()

    @property
    def entities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.entity for t in self.tokens if t.entity))

    @property
    def content(self) -> tuple[Token, ...]:
        return tuple(t for t in self.tokens if t.is_content)


def clean(raw: str) -> str:
    """The question without Discord markup, Markdown, addresses, emoji, invisible characters and stacked accents; one line break a line."""
    text = unicodedata.normalize("NFKC", raw[:MAX_QUESTION_CHARACTERS])[:MAX_QUESTION_CHARACTERS]  # one may become 18
    text = "".join(
        " " if c > _LATIN and unicodedata.category(c) in ("So", "Sk") else c
        for c in text
        if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Co", "Cs") and (c in "\n\t" or unicodedata.category(c) != "Cc")
    )
    text = _URL.sub(" ", _LINK.sub(r"\1", _DISCORD_MARKUP.sub(" ", text)))
    text = _MARKDOWN.sub(" ", text)
    text = re.sub(r"[ \t]+", " ", text)
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def clean_before_others(raw: str) -> str:
    """The same for others than its asker to see: with an ellipsis for what is hidden under a spoiler's bars."""
    return clean(_SPOILER.sub(" … ", raw))


class Lexicon:
    """The words of a pack and of English, and how a question is read with them."""

    def __init__(self, pack: Pack, chat: Mapping[str, str], ranks: Mapping[str, int]) -> None:
        """`chat` writes out what people type for short; `ranks` are the places of English words by frequency, 0 the most frequent."""
        self._ranks = ranks
        self._chat = {short: long.split() for short, long in chat.items()}
        self._aliases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        seen = set(split(pack.article.text))
        self._article = frozenset(base for w in seen for base in bases(w))
        named = {w for head, same in pack.synonyms for phrase in (head, *same) for w in split(phrase)}
        self._matter = frozenset(stem(w) for w in seen | named if w not in STOP_WORDS)
        seen |= named
        for person in pack.people.values():
            for alias in person.aliases:
                key = tuple(split(alias))
                seen.update(key)
                if key and (key, person.id) not in self._aliases.setdefault(key[0], []):
                    self._aliases[key[0]].append((key, person.id))
        for found in self._aliases.values():
            found.sort(key=lambda item: -len(item[0]))
        self._names = {w for p in pack.people.values() if p.kind is PersonKind.PERSON for w in split(p.name) if len(w) > 4}
        self._sources = {p.id for p in pack.people.values() if p.kind is PersonKind.SOURCE}
        self._own = seen | STOP_WORDS
        self._vocabulary: set[str] = set()
        self._targets: dict[tuple[int, str], list[str]] = {}  # the words of a length and a first letter
        self.learn(self._own)

    def learn(self, words: Iterable[str]) -> None:
        """Take words (those of the phrasings) into the vocabulary that spelling is repaired against."""
        self._vocabulary.update(words)
        self._targets.clear()
        for word in sorted(self._vocabulary):
            if word.isalpha() and len(word) >= 4:
                self._targets.setdefault((len(word), word[0]), []).append(word)

    def read(self, text: str, *, repair: bool = True) -> Question:
        """Understand one message. The words are those of what it asks, without what leads up to it; the text is all of it, for whoever can
        read it. `repair` is off for curated texts, which are spelt as meant."""
        whole = _TAG.sub("", straighten(text)) or text
        words = [w for word in split(asked_in(whole) if repair else whole)[:MAX_TOKENS] for w in self._chat.get(word, [word])]
        if not repair:
            return Question(whole, self._tokens(words))
        elided = {word for found in _ELIDED.findall(whole) for word in split(found)}
        spelt = list(self._repaired(words, elided))
        repairs = tuple((wrong, " ".join(right)) for wrong, right in spelt if right != [wrong])
        return Question(_with_repairs(whole, repairs), self._tokens([w for _, right in spelt for w in right]), repairs)

    def is_english(self, question: Question) -> bool:
        """Whether more of its words are English or the pack's than not; of one word or two, whether any is."""
        known = [self._is_english(t.text) for t in question.tokens]
        return 2 * sum(known) > len(known) if len(known) > 2 else any(known)

    def is_in_another_script(self, question: Question) -> bool:
        """Whether it has words, and in none of them a letter or digit of English. Some scripts put no spaces between words."""
        return bool(question.tokens) and all(c > _LATIN for t in question.tokens for c in t.text)

    def is_about(self, question: Question) -> bool:
        """Whether the article's matter is what the question speaks of: a name of it, or a third of its content words."""
        if any(e not in self._sources for e in question.entities):
            return True
        own = [t for t in question.content if t.stem in self._matter]
        return bool(own) and len(own) * 3 >= len(question.content)

    def nowhere(self, question: Question) -> tuple[str, ...]:
        """The question's words of matter that stand nowhere in the article, in any form."""
        asked = (t.text for t in question.content if not t.entity and t.text.isalpha() and t.text not in FUNCTION_WORDS)
        return tuple(word for word in dict.fromkeys(asked) if self._article.isdisjoint(bases(word)))

    def _tokens(self, words: Sequence[str]) -> tuple[Token, ...]:
        entities: list[str | None] = []
        while (i := len(entities)) < len(words):
            named = ((key, value) for key, value in self._aliases.get(words[i], ()) if tuple(words[i : i + len(key)]) == key)
            key, entity = next(named, ((words[i],), None))
            entities += [entity] * len(key)
        return tuple(Token(w, stem(w), e) for w, e in zip(words, entities, strict=True))

    def _repaired(self, words: Sequence[str], kept: Container[str]) -> Iterator[tuple[str, list[str]]]:
        """What was written and what it stands for: unknown words snapped to the pack's vocabulary; real English words are left alone, except
        a near miss of a name, and so are the `kept` ones."""
        i = 0
        while i < len(words):
            word, after = words[i], "".join(words[i + 1 : i + 2])
            if word in kept:
                yield word, [word]
            elif self._known(word):
                yield word, [self._name_like(word)]
            elif not self._known(after) and (moved := self._moved_space(word, after)):
                yield f"{word} {after}", moved
                i += 1
            else:
                yield word, [self._nearest(word)]
            i += 1

    def _known(self, word: str) -> bool:
        if word in self._vocabulary or word in self._ranks or not word.isalpha():
            return True
        # An inflected form of a word is a word: "ganging" is not a slip for "gagging".
        base = next((word.removesuffix(e) for e in ("ing", "ed", "s") if word.endswith(e) and len(word) > len(e) + 2), "")
        single = base[:-1] if base[-1:] == base[-2:-1] else ""
        return any(self._ranks.get(b, _COMMON_RANK) < _COMMON_RANK for b in (base, base + "e", single))

    def _is_english(self, word: str) -> bool:
        """Of the words that general English has, the shortest and the rare short ones are other languages' small words ("il", "ist")."""
        if word in self._own or not word.isalpha():
            return True
        return self._known(word) and (len(word) > _SHORT_WORD or (len(word) > 2 and self._ranks.get(word, 0) < _SHORT_RANK))

    def _name_like(self, word: str) -> str:
        """The one name of the pack that a rare English word is a slip for, or the word."""
        if word in self._vocabulary or len(word) < 6 or self._ranks.get(word, 0) < _COMMON_RANK:
            return word
        near = [n for n in self._names if OSA.distance(word, n, score_cutoff=1) <= 1]
        return near[0] if len(near) == 1 else word

    def _nearest(self, word: str) -> str:
        squeezed = _STRETCHED.sub(r"\1", word)
        if len(squeezed) == 1:  # a letter again and again is no word
            return word
        if squeezed != word and self._known(squeezed):
            return squeezed
        allowed = 1 if len(word) < 8 else 2
        if len(word) < 4:
            return word
        lengths = range(len(word) - allowed, len(word) + allowed + 1)
        # Slips of a finger seldom change the first letter; of equally near words the most frequent is the likeliest.
        likely = self._within(word, allowed, [(n, first) for n in lengths for first in dict.fromkeys(word[:2])])
        likely = [w for w in likely if w[0] == word[0] or sorted(w[:2]) == sorted(word[:2])]
        if len(word) > 4:
            if not likely:
                others = self._within(word, allowed, [key for key in self._targets if key[0] in lengths])
                likely = others if len(others) == 1 else []
        elif not any(sorted(w) == sorted(word) for w in likely):
            # In so short a word a letter is much: only where there is no doubt, and never from one name to another.
            likely = [w for w in likely if w not in self._aliases] if len(likely) == 1 else []
        return min(likely, key=lambda w: (w[0] != word[0], self._ranks.get(w, _RARE), w), default=word)

    def _within(self, word: str, allowed: int, keys: Iterable[tuple[int, str]]) -> list[str]:
        """The nearest words of those lengths and first letters, at most `allowed` edits away (optimal string alignment)."""
        pool = [w for key in keys for w in self._targets.get(key, ())]
        near = process.extract(word, pool, scorer=OSA.distance, score_cutoff=allowed, limit=40)
        return [w for w, distance, _ in near if distance == near[0][1]]

    def _moved_space(self, left: str, right: str) -> list[str] | None:
        for pair in ((left + right[:1], right[1:]), (left[:-1], left[-1:] + right)):
            if all(p and p in self._vocabulary for p in pair):
                return list(pair)
        return None


def _with_repairs(text: str, repairs: Iterable[tuple[str, str]]) -> str:
    """The text with each misspelt word replaced where it stands; the rest as it was written."""
    for wrong, right in repairs:
        text = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", right.replace("\\", r"\\"), text, count=1, flags=re.IGNORECASE)
    return text


def questions_in(text: str) -> tuple[str, ...]:
    """The questions of a message, each once: the sentences that end in a question mark, and the lines that are a question without one."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        sentences = [_LABEL.sub("", s) for s in _SENTENCE.split(line) if has_words(s)]
        for sentence in sentences:
            if _is_marked(sentence) or (len(sentences) == 1 and _asks(sentence)):
                found.setdefault(" ".join(split(sentence)), sentence)
    return tuple(found.values())


def asked_in(text: str) -> str:
    """What a message asks: its last sentence that asks something, without a long-winded beginning; or the whole message."""
    sentences = [s for s in _SENTENCE.split(text) if has_words(s)]
    asking = [s for s in sentences if _asks(s)] if len(sentences) > 1 else []
    return _ending(asking[-1] if asking else text)


def _asks(sentence: str) -> bool:
    words = split(sentence)
    if _is_marked(sentence):
        return True
    return bool(words) and (
        words[0] in QUESTION_WORDS or words[0] in COMMANDS or (words[0] in ("please", "could", "can", "would") and len(words) > 2)
    )


def _is_marked(sentence: str) -> bool:
    return sentence.rstrip(" \"')*").endswith("?")


def _ending(clause: str) -> str:
    """The question at the end of a clause ("..., anyway what was the hashtag"), or the clause itself."""
    words, bare = clause.split(), _bare(clause)
    for i in range(len(words) - 1, 1, -1):
        if not _is_question_word(bare[i]):
            continue
        start = i - 1 if bare[i - 1] in _PREPOSITIONS else i
        led_in = bare[start - 1] in _LEADING_IN and start > 1
        opens = _is_question_word(bare[0]) or bare[0] in _AUXILIARIES
        is_whole = len(words) - start > 2  # "..., says who?" and "... - what is?" ask of what stands before them
        paused = words[start - 1].endswith((",", ";", ":", "-")) and start > 2 and is_whole and not opens
        if led_in or paused:
            return " ".join(words[start:])
    return clause


def parts(text: str) -> tuple[str, ...]:
    """The coordinated questions of one clause ("when and where, and under which hashtag?"); a part without matter of its own borrows
    that of the part after it."""
    words, bare = straighten(text).split(), _bare(straighten(text))
    joins = [word.strip(",;").lower() in _JOINERS for word in words]
    starts = [0]
    for i, word in enumerate(words[:-1]):
        if (joins[i] or word.endswith((",", ";"))) and not joins[i + 1] and (_opens_part(bare[i + 1 : i + 3]) or word == "+"):
            starts.append(i + 1)
    if len(starts) == 1 or not (any(map(_is_question_word, bare[: starts[1]])) or "+" in words):
        return (text,)
    found: list[str] = []
    borrowed = ""
    for start, end in reversed(list(pairwise([*starts, len(words)]))):
        while end > start and joins[end - 1]:
            end -= 1
        piece = " ".join(words[start:end]).rstrip(",;")
        rest = piece.partition(" ")[2]
        borrows = not _has_matter(piece) and (not rest or _has_matter(borrowed))
        found.append(f"{piece} {borrowed}" if borrows and borrowed else piece)
        if rest and (_has_matter(piece) or not borrowed):
            borrowed = rest
    return tuple(reversed(found))


def _bare(text: str) -> list[str]:
    """The words of a text as they stand between blanks, in lower case and without the marks around them."""
    return [word.strip(",.;:!?'\"()").lower() for word in text.split()]


def _is_question_word(bare: str) -> bool:
    return bare in QUESTION_WORDS or bare.removesuffix("s").removesuffix("'") in QUESTION_WORDS


def _opens_part(ahead: Sequence[str]) -> bool:
    return _is_question_word(ahead[0]) or (len(ahead) > 1 and ahead[0] in _PREPOSITIONS and ahead[1] in QUESTION_WORDS)


def _has_matter(piece: str) -> bool:
    return any(w not in STOP_WORDS for w in split(piece))
