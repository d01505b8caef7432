"""A question understood: normal form, spelling, the question inside a preamble, what it asks for, and which constraints it carries.

Pure: built from a pack's words and general English, no clock, environment, file or network.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.pack.values import English, Pack, PersonKind
from bot.text.words import STOP_WORDS, split, stem, straighten

MAX_QUESTION_CHARACTERS = 4000
MAX_TOKENS = 400
_COMMON_RANK = 12_000  # a word this frequent in general English is never taken for a misspelt name

_DISCORD_MARKUP = re.compile(r"<(?:@[!&]?|#)\d+>|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|</[^>\s]+:\d+>|@(?:everyone|here)\b")
_URL = re.compile(r"<?\bhttps?://\S+", re.IGNORECASE)
_MARKDOWN = re.compile(r"`{1,3}(?:[a-z]+\n)?|\*{1,3}|~~|\|\||__|^[ \t]*(?:>{1,3}|#{1,3}|-#)\s", re.MULTILINE)
_QUOTED = re.compile(r"“([^“”]{3,300})”|\"([^\"]{3,300})\"|(?<!\w)'([^'\n][^\n]{2,300}?)'(?!\w)|(?<!\w)‘([^‘\n]{3,300})’(?!\w)")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")

_AUXILIARIES = frozenset(
    """
    is are was were am be do does did has have had can could will would shall should may might must ought need isnt arent
    wasnt werent dont doesnt didnt hasnt havent cant couldnt wont wouldnt shouldnt
    """.split()
)
_QUESTION_WORDS = frozenset("who whom whose what which when where why how".split())
_NEGATIONS = frozenset(
    """
    not no never without none nobody nothing neither nor cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt
    hasnt havent couldnt shouldnt nt fail failed refuse refused deny denied denies
    """.split()
)
_COMMANDS = frozenset(
    """
    tell give show name list explain describe summarise summarize quote cite complete finish identify state define compare
    contrast outline find remind specify
    """.split()
)
_PRONOUNS = frozenset("he him his she her hers they them their theirs it its this that those these".split())
_TIME_NOUNS = frozenset("date day year month week weekday time hour minute evening morning night century decade oclock".split())
_PLACE_NOUNS = frozenset("place city town country venue location platform site website channel address street".split())
_PERSON_NOUNS = frozenset(
    """
    person man woman people leader leaders boss bosses chief chiefs guy bloke individual speaker author union activist
    politician
    """.split()
)
_EMPHASES = frozenset("tho though then exactly precisely anyway again".split())
_REASON_NOUNS = frozenset("reason reasons grounds purpose motive cause".split())
KIND_NOUNS = _TIME_NOUNS | _PLACE_NOUNS | _REASON_NOUNS  # the words that say which kind of answer is wanted
_NUMBER_NOUNS = frozenset("number amount sum total figure percentage".split())
_NUMBER_WORDS = {w: str(i) for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
_FILLERS = frozenset("mean means meaning stand stands acronym abbreviation short".split())


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question. `concepts` and `entity` are what the pack's vocabulary and people make of it."""

    text: str
    stem: str
    concepts: tuple[str, ...] = ()
    entity: str | None = None
    rank: int = 30_000  # in general English, 0 the most frequent

    @property
    def is_content(self) -> bool:
        return self.text not in STOP_WORDS and (len(self.text) > 1 or self.text.isdigit())


@dataclass(frozen=True, slots=True)
class Question:
    """What was understood. `wants` is what is asked for; `focus` the words that say of what kind ("which *committee*")."""

    text: str
    tokens: tuple[Token, ...]
    wants: str = ""
    focus: tuple[Token, ...] = ()
    entities: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    negated: bool = False
    restrictors: tuple[str, ...] = ()
    fragments: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    agent: str | None = None
    patient: str | None = None
    repairs: tuple[tuple[str, str], ...] = field(default=())

    @property
    def content(self) -> tuple[Token, ...]:
        return tuple(t for t in self.tokens if t.is_content)

    @property
    def is_bare(self) -> bool:
        """Whether it says nothing but what kind of answer is wanted ("in which year?", "why though?")."""
        kinds = KIND_NOUNS | _FILLERS | _EMPHASES
        return bool(self.wants) and not self.entities and not self.has_pronoun and all(t.text in kinds for t in self.content)

    @property
    def has_pronoun(self) -> bool:
        return any(t.text in _PRONOUNS for t in self.tokens)


def clean(raw: str) -> str:
    """The question without Discord markup, Markdown, addresses, invisible characters and stacked accents; one line break a line."""
    text = unicodedata.normalize("NFKC", raw[:MAX_QUESTION_CHARACTERS])
    text = "".join(
        c
        for c in text
        if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Co", "Cs") and (c in "\n\t" or unicodedata.category(c) != "Cc")
    )
    text = _URL.sub(" ", _DISCORD_MARKUP.sub(" ", text))
    text = _MARKDOWN.sub(" ", text)
    text = re.sub(r"[ \t\u00a0]+", " ", text)
    return "\n".join(line.strip() for line in text.splitlines()).strip()


_INITIALS = re.compile(r"\b[A-Za-z]")
_CAPITALISED = re.compile(r"(?<=[a-z,] )([A-Z][a-z]+)")

# "..., didn't he?" asks for confirmation and negates nothing.
_TAG = re.compile(
    r"(?<=\w),?\s+(?:is|are|was|were|do|does|did|have|has|had|can|could|will|would|should)n'?t\s+(?:it|he|she|they|you|we|there|that)\s*\?*\s*$",
    re.IGNORECASE,
)


class Lexicon:
    """The words of a pack and of English, and how a question is read with them."""

    def __init__(self, pack: Pack, english: English, ranks: dict[str, int]) -> None:
        self._ranks = ranks
        self._chat = {k: v.split() for k, v in english.chat.items()}
        self._kinds = {p.id: p.kind for p in pack.people.values()}
        self._restrictors = {tuple(straighten(r).lower().replace("-", " ").split()) for r in english.restrictors}
        self._restricting_words = {r[0] for r in self._restrictors}
        self._concepts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._aliases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        seen = set(split(pack.article.text))
        for head, words in (*english.synonyms, *pack.synonyms):
            for phrase in (head, *words):
                key = split(phrase)
                seen.update(key)
                self._add(self._concepts, tuple(stem(w) for w in key), head)
        for person in pack.people.values():
            for alias in person.aliases:
                key = split(alias)
                seen.update(key)
                self._add(self._aliases, tuple(key), person.id)
        for table in (self._concepts, self._aliases):
            for found in table.values():
                found.sort(key=lambda item: -len(item[0]))
        self._names = {w for p in pack.people.values() if p.kind is PersonKind.PERSON for w in split(p.name) if len(w) > 4}
        self.folded_article = straighten(pack.article.text).lower()
        self.article_stems = frozenset(stem(w) for w in split(pack.article.text) if w not in STOP_WORDS)
        self._vocabulary: set[str] = set()
        self._targets: dict[tuple[int, str], list[str]] = {}  # the words of a length and a first letter
        self.learn(seen | STOP_WORDS | _QUESTION_WORDS)

    def learn(self, words: Iterable[str]) -> None:
        """Take words (those of the phrasings) into the vocabulary that spelling is repaired against."""
        self._vocabulary.update(words)
        self._targets.clear()
        for word in sorted(self._vocabulary):
            if word.isalpha() and len(word) >= 4:
                self._targets.setdefault((len(word), word[0]), []).append(word)

    @staticmethod
    def _add(table: dict[str, list[tuple[tuple[str, ...], str]]], key: tuple[str, ...], value: str) -> None:
        if key and (key, value) not in table.setdefault(key[0], []):
            table[key[0]].append((key, value))

    def read(self, raw: str, *, repair: bool = True) -> Question:
        """Understand one question or clause. `repair` is off for curated texts, which are spelt as meant."""
        text = _TAG.sub("", straighten(raw)) or raw
        repairs: list[tuple[str, str]] = []
        words: list[str] = []
        for word in split(text)[:MAX_TOKENS]:
            expanded = self._chat.get(word)
            words.extend(expanded if expanded is not None else [word])
        if repair:
            words = self._repaired(words, repairs)
            words = [
                "article" if w == "it" and words[i + 1 : i + 2] in (["say"], ["says"], ["mention"]) else w
                for i, w in enumerate(words)
            ]
        tokens = self._tokens(words)
        wants, focus = _wanted(tokens)
        agent, patient = _roles(tokens, self._kinds)
        return Question(
            text=raw,
            tokens=tokens,
            wants=wants,
            focus=focus,
            entities=tuple(dict.fromkeys(t.entity for t in tokens if t.entity)),
            numbers=tuple(dict.fromkeys(n for t in tokens if (n := _number(t.text)))),
            negated=any(t.text in _NEGATIONS for t in tokens),
            restrictors=self._restricting(words),
            # Of a phrasing, only its words are ever used.
            fragments=tuple(next(filter(None, m.groups())).strip() for m in _QUOTED.finditer(raw)) if repair else (),
            strangers=self._strangers(text) if repair else (),
            agent=agent,
            patient=patient,
            repairs=tuple(repairs),
        )

    def _strangers(self, text: str) -> tuple[str, ...]:
        """Names that the pack does not know: words with a capital where none is due. None in a text that is all capitals or titles."""
        if sum(map(str.isupper, _INITIALS.findall(text))) * 2 > len(_INITIALS.findall(text)):
            return ()
        found = (word for m in _CAPITALISED.finditer(text) for word in split(m[1]))
        return tuple(dict.fromkeys(w for w in found if len(w) > 2 and w not in self._vocabulary and self._nearest(w) == w))

    def kind(self, entity: str) -> PersonKind:
        return self._kinds[entity]

    def _tokens(self, words: Sequence[str]) -> tuple[Token, ...]:
        stems = [stem(w) for w in words]
        entities: list[str | None] = [None] * len(words)
        concepts: dict[int, dict[str, None]] = {}
        i = 0
        while i < len(words):
            for key, value in self._aliases.get(words[i], ()):
                if tuple(words[i : i + len(key)]) == key:
                    entities[i : i + len(key)] = [value] * len(key)
                    i += len(key) - 1
                    break
            i += 1
        for i, first in enumerate(stems):
            longest = 0
            for key, head in self._concepts.get(first, ()):
                if len(key) < longest or tuple(stems[i : i + len(key)]) != key:
                    continue
                if len(key) == 1 and words[i] in STOP_WORDS:
                    continue
                longest = len(key)
                for j in range(i, i + len(key)):
                    concepts.setdefault(j, {})[head] = None
        return tuple(
            Token(w, s, tuple(concepts.get(i, ())), e, self._ranks.get(w, 30_000))
            for i, (w, s, e) in enumerate(zip(words, stems, entities, strict=True))
        )

    def _restricting(self, words: Sequence[str]) -> tuple[str, ...]:
        found = []
        for i, first in enumerate(words):
            for n in (3, 2, 1) if first in self._restricting_words else ():
                if tuple(words[i : i + n]) in self._restrictors:
                    found.append(" ".join(words[i : i + n]))
                    break
        return tuple(found)

    def _repaired(self, words: list[str], repairs: list[tuple[str, str]]) -> list[str]:
        """Unknown words snapped to the pack's vocabulary; real English words are left alone, except a near miss of a name."""
        out: list[str] = []
        i = 0
        while i < len(words):
            word = words[i]
            if self._known(word):
                out.append(self._name_repair(word, repairs))
            elif i + 1 < len(words) and not self._known(words[i + 1]) and (moved := self._moved_space(word, words[i + 1])):
                repairs.append((f"{word} {words[i + 1]}", " ".join(moved)))
                out.extend(moved)
                i += 1
            else:
                fixed = self._nearest(word)
                if fixed != word:
                    repairs.append((word, fixed))
                out.append(fixed)
            i += 1
        return out

    def _known(self, word: str) -> bool:
        if word in self._vocabulary or word in self._ranks or not word.isalpha() or word in self._chat:
            return True
        # An inflected form of a word is a word: "ganging" is not a slip for "gagging".
        base = next((word.removesuffix(e) for e in ("ing", "ed", "s") if word.endswith(e) and len(word) > len(e) + 2), "")
        single = base[:-1] if base[-1:] == base[-2:-1] else ""
        return any(self._ranks.get(b, _COMMON_RANK) < _COMMON_RANK for b in (base, base + "e", single))

    def _name_repair(self, word: str, repairs: list[tuple[str, str]]) -> str:
        if word in self._vocabulary or len(word) < 6 or self._ranks.get(word, 0) < _COMMON_RANK:
            return word
        near = [n for n in self._names if OSA.distance(word, n, score_cutoff=1) <= 1]
        if len(near) != 1:
            return word
        repairs.append((word, near[0]))
        return near[0]

    def _nearest(self, word: str) -> str:
        squeezed = _STRETCHED.sub(r"\1", word)
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
        return min(likely, key=lambda w: (w[0] != word[0], self._ranks.get(w, 30_000), w), default=word)

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


def clauses(text: str) -> tuple[str, ...]:
    """The sentences of a message that ask something, last first; the whole message where none seems to."""
    sentences = [s for s in _SENTENCE.split(text) if split(s)]
    if len(sentences) < 2:
        return (text,)
    asking = [s for s in sentences if _asks(s)]
    return tuple(reversed(asking)) or (text,)


def _asks(sentence: str) -> bool:
    words = split(sentence)
    if sentence.rstrip(" \"')").endswith("?"):
        return True
    return bool(words) and (
        words[0] in _QUESTION_WORDS
        or words[0] in _COMMANDS
        or (words[0] in ("please", "could", "can", "would") and len(words) > 2)
    )


_PREPOSITIONS = frozenset("to by for with under in on from at of about through towards into".split())


_LEADING_IN = frozenset(
    """
    anyway so but basically question know me us ask asked asking wonder wondering sure idea curious learn clear remember forgot
    forget recall understand establish hear see find
    """.split()
)


def tail(clause: str) -> str:
    """The question at the end of a long-winded clause ("..., anyway what was the hashtag"), or the clause itself."""
    words = clause.split()
    bare = [w.strip(",.;:!?'\"()").lower() for w in words]
    for i in range(len(words) - 1, 1, -1):
        if not _is_question_word(bare[i]):
            continue
        start = i - 1 if bare[i - 1] in _PREPOSITIONS else i
        before = words[start - 1]
        led_in = bare[start - 1] in _LEADING_IN and start > 1
        paused = (
            before.endswith((",", ";", ":", "-")) and start > 2 and not _is_question_word(bare[0]) and bare[0] not in _AUXILIARIES
        )
        if led_in or paused:
            return " ".join(words[start:])
    return clause


def parts(text: str) -> tuple[str, ...]:
    """The coordinated questions of one clause ("when and where, and under which hashtag?"); a part without matter of its own borrows
    that of a neighbour."""
    words = straighten(text).split()
    starts = [0]
    for i, word in enumerate(words[:-1]):
        joins = word.strip(",;").lower() in _JOINERS or word.endswith((",", ";"))
        ahead = [w.strip(",;?!.'\"").lower() for w in words[i + 1 : i + 4]]
        if joins and ahead[0] not in _JOINERS and (_opens_part(ahead) or word == "+"):
            starts.append(i + 1)
    if len(starts) == 1 or not (any(_is_question_word(w) for w in words[: starts[1]]) or "+" in words):
        return (text,)
    pieces = [" ".join(words[a:b]).rstrip(",;+& ") for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]
    pieces = [p for piece in pieces if (p := re.sub(r"[,;]?\s+(?:and|n|&|\+|plus|also)$", "", piece, flags=re.IGNORECASE))]
    # "when and where is X": a part borrows from what follows it; one that leans on what came before is resolved by whoever answers it.
    out: list[str] = []
    borrowed = ""
    for piece in reversed(pieces):
        words = piece.split(maxsplit=1)
        bare = not _has_matter(piece) and (len(words) == 1 or _has_matter(borrowed))
        out.append(f"{piece} {borrowed}" if bare and borrowed else piece)
        if len(words) > 1 and (_has_matter(piece) or not borrowed):
            borrowed = words[1]
    return tuple(reversed(out))


_JOINERS = frozenset("and + & n plus also".split())


def _is_question_word(word: str) -> bool:
    bare = word.strip(",;?!.'\"").lower()
    return bare in _QUESTION_WORDS or bare.removesuffix("s").removesuffix("'") in _QUESTION_WORDS


def _opens_part(ahead: Sequence[str]) -> bool:
    return _is_question_word(ahead[0]) or (len(ahead) > 1 and ahead[0] in _PREPOSITIONS and ahead[1] in _QUESTION_WORDS)


def _has_matter(piece: str) -> bool:
    return any(w not in STOP_WORDS and w not in _TIME_NOUNS and w not in _FILLERS for w in split(piece))


def _wanted(tokens: Sequence[Token]) -> tuple[str, tuple[Token, ...]]:
    """What is asked for, and the words that narrow its kind."""
    words = [t.text for t in tokens]
    n = len(words)
    for i, word in enumerate(words):
        if word not in _QUESTION_WORDS:
            continue
        after = words[i + 1] if i + 1 < n else ""
        if word == "how":
            if after in ("many", "much"):
                if words[i + 2 : i + 3] == ["times"]:
                    return "frequency", tuple(tokens[i + 2 : i + 3])
                return "number", _run(tokens, i + 2)
            if after in ("often", "frequently", "regularly"):
                return "frequency", ()
            if after in ("long", "old", "far", "big", "large", "tall"):
                return "duration" if after == "long" else "number", ()
            return ("reason" if after == "come" else "manner"), _verb(tokens, i)
        if word in ("who", "whom"):
            return "person", _verb(tokens, i)
        if word == "whose":
            return "person", _run(tokens, i + 1)
        if word == "when":
            return "time", ()
        if word == "where":
            return "place", ()
        if word == "why":
            return "reason", ()
        run = _run(tokens, i + 1)
        heads = {t.text for t in run}
        if not run:
            run = _owned(tokens, i)
        if any(f in words for f in ("mean", "means", "meaning", "stand", "stands", "acronym")):
            return "definition", ()
        if words[-1] == "for" and word == "what" and not heads:
            return "reason", run
        for nouns, wants in (
            (_TIME_NOUNS, "time"),
            (_PLACE_NOUNS, "place"),
            (_REASON_NOUNS, "reason"),
            (_NUMBER_NOUNS, "number"),
            (_PERSON_NOUNS, "person"),
        ):
            if heads & nouns:
                return wants, run
        return "thing", run
    if n and words[0] in _AUXILIARIES:
        return "yes_no", ()
    if any(w in words for w in ("mean", "meaning", "define", "definition", "acronym")):
        return "definition", ()
    return "", ()


def _run(tokens: Sequence[Token], start: int) -> tuple[Token, ...]:
    """The content words straight after a determiner: "which [Jewish community organisations]"."""
    out: list[Token] = []
    for token in tokens[start : start + 5]:
        if token.text in STOP_WORDS:
            if (
                token.text in _AUXILIARIES
                or out
                or token.text
                not in (
                    "kind",
                    "sort",
                    "way",
                    "of",
                    "the",
                    "exact",
                    "exactly",
                    "other",
                    "many",
                    "much",
                    "more",
                    "people",
                    "person",
                )
            ):
                break
            continue
        out.append(token)
    return tuple(out[:3])


def _owned(tokens: Sequence[Token], start: int) -> tuple[Token, ...]:
    """The thing asked for in "what is X's [salary]" and "what was the [cost] of X"."""
    rest = list(tokens[start + 1 :])
    if not rest or rest[0].text not in _AUXILIARIES or rest[0].text in ("do", "does", "did"):
        return ()
    body = rest[1:]
    for i, token in enumerate(body):
        if token.text == "of" and i and body[i - 1].is_content and not body[i - 1].entity:
            return (body[i - 1],)
    entity_at = next((i for i, t in enumerate(body) if t.entity), None)
    if entity_at is not None:
        tail = [t for t in body[entity_at + 1 :] if not t.entity]
        return tuple(t for t in tail[:2] if t.is_content)
    return ()


def _verb(tokens: Sequence[Token], at: int) -> tuple[Token, ...]:
    """The predicate of "who [edits] the paper": the first content word after the question word."""
    for token in tokens[at + 1 : at + 5]:
        if token.is_content:
            return () if token.entity else (token,)
    return ()


def _roles(tokens: Sequence[Token], kinds: dict[str, PersonKind]) -> tuple[str | None, str | None]:
    """Who acts on whom, where the order of a plain question tells: "what did [agent] ask [patient] to do"; "who told [patient]"."""
    words = [t.text for t in tokens]
    people = [
        (i, t.entity)
        for i, t in enumerate(tokens)
        if t.entity and kinds.get(t.entity) in (PersonKind.PERSON, PersonKind.ORGANISATION, PersonKind.GROUP)
    ]
    auxiliary = next((i for i, w in enumerate(words) if w in ("did", "does", "do", "has", "have", "had", "will")), None)
    if auxiliary is None or not people or any(w in ("by", "was", "were", "been") for w in words):
        return None, None
    agent = next((e for i, e in people if auxiliary < i <= auxiliary + 4), None)
    if agent is None or any(
        w not in STOP_WORDS and not tokens[k].entity
        for k, w in enumerate(words)
        if auxiliary < k < next(i for i, e in people if i > auxiliary and e == agent)
    ):
        return None, None
    return agent, next((e for i, e in people if e != agent and i > auxiliary), None)


def _number(word: str) -> str:
    if word in _NUMBER_WORDS and word not in ("one",):
        return _NUMBER_WORDS[word]
    digits = word.lstrip("£#")
    if not digits[:1].isdigit():
        return ""
    return re.sub(r"(?:st|nd|rd|th|am|pm)$", "", digits).replace(",", "")
