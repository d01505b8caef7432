"""Whose verb of speech it is: the subject beside it, as a name, a role or a pronoun, settled only where one alone can be meant. Pure."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.draft.names import Cast, Mention, trimmed_name, untitled
from bot.draft.patterns import (
    ALSO,
    AND_BEFORE,
    AND_BEHIND,
    BODYS_LAST,
    FIRST_OF_SEVERAL,
    NAME_FIRST,
    NAME_LAST,
    NOUN,
    OPENS_CLAUSE,
    OTHER_CLAUSE,
    OWN,
    PLAIN,
    PRONOUN_FIRST,
    PRONOUN_LAST,
    REPORT_OF,
    ROLE_AND_NAME,
    ROLE_FIRST,
    ROLE_LAST,
    ROLE_START,
    ROLE_THEN_NAME,
    SUBJECT_FIRST,
    SUCH_AS,
    THING_ALONE,
    VERB,
    is_noun,
    without_beside,
    without_brackets,
)
from bot.draft.speech_words import BODIES, FEMALE, MALE, ROLES
from bot.pack.values import PersonKind
from bot.text.article import Article, Section, Span

_SOMEBODY = rf"\b(?:{'|'.join(sorted(ROLES, key=len, reverse=True))})"
# "Counsel for the developer": whichever of the two a name behind it may be.
_NESTED = re.compile(
    rf"{_SOMEBODY}\s+(?:of|for|to)\s+(?:the|an?|its|his|her|their)\s+(?:[\w’'-]+\s+){{0,2}}?{_SOMEBODY}$", re.IGNORECASE
)
# In a capacity, that it is not the plain one.
_QUALIFIED = re.compile(
    r"\b(?:former|ex|deputy|vice|assistant|acting|interim|shadow|late|retired|outgoing|past|then|would-be)\b", re.IGNORECASE
)
_MOST_BACK = 3  # sentences before a pronoun in which the one whom it means is looked for


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something: the place in the cast; or, -1, somebody whom the text only calls so, by the `name`."""

    who: int
    name: str = ""
    kind: PersonKind = PersonKind.PERSON


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose verb of speech it is; without a speaker, `why` says what is not sure."""

    speaker: Speaker | None = None
    relayed_by: Speaker | None = None
    why: str = ""


class Clauses:
    """Finds the subjects of an article's verbs of speech among a cast. Methods take words of the text with where they begin in it."""

    def __init__(self, article: Article, cast: Cast, flat: str, quotations: Sequence[Span]) -> None:
        """`flat` is the article's text, with blanks for the line breaks that wrapping made; as long as the text."""
        self._article, self._cast, self._text = article, cast, flat
        self._quotations, self._starts = quotations, [q.start for q in quotations]
        self._sentences = article.sentences
        self._sentence_starts = [s.start for s in self._sentences]
        self._mention_starts = [m.start for m in cast.mentions]

    def subject_behind(self, words: str, at: int) -> Subject | None:
        """Who stands behind the verb: "said Ann Price", "said its chair, Ann Price", "said the minister"."""
        words = re.sub(r"^\s+to\s+(?:me|us|him|her|them|reporters)\b", lambda m: " " * len(m[0]), words)
        if found := PRONOUN_FIRST.match(words):
            return self._by_pronoun(found[1], at)
        if found := NAME_FIRST.match(words):
            span = trimmed_name(words, *found.span("name"))
            if span and span[0] == found.start("name"):
                rest = words[span[1] :]
                if re.match(r"\s+(?:and|or|&)\s", rest) or AND_BEHIND.match(rest):
                    return unsure("several may speak")
                if re.match(r"[’']s?\s", rest):  # "Tahivory's minister"
                    return self._role_behind(words, at)
                return self._by_name(words[slice(*span)], at + span[0])
        return self._role_behind(words, at)

    def _role_behind(self, words: str, at: int) -> Subject | None:
        if (found := ROLE_THEN_NAME.match(words)) and (span := trimmed_name(words, *found.span("name"))):
            if AND_BEHIND.match(words, span[1]):
                return unsure("several may speak")
            return self._by_name(words[slice(*span)], at + span[0])
        if found := ROLE_FIRST.match(words):
            return self._by_role(found["role"], found["noun"], at)
        return None

    def according(self, clause: str, at: int) -> Subject | None:
        """Whom a clause names as its source, at its beginning."""
        found = re.match(
            r"\s*According to\s+([^;:“”\"]{2,120}?),\s(?![^,]*,\s*$)|\s*According to\s+([^;:“”\"]{2,120}?),\s", clause
        )
        if found is None:
            return None
        number = 1 if found[1] else 2
        words = REPORT_OF.sub("", found[number])
        start = at + found.end(number) - len(words)
        pieces = words.split(",")
        while pieces:
            one = self.subject_before(",".join(pieces) + (", " if len(pieces) > 1 else " "), start, whole=True)
            if is_sure(one):
                return one
            pieces.pop()
        return unsure("whom it names as its source is not sure")

    def subject_of(self, clause: str, verb: re.Match[str], at: int) -> Subject | None:
        """Whose verb it is: of what stands before it; of what stands behind it, between commas; or, after "and", of the sentence."""
        before = clause[: verb.start()]
        if re.search(r",\s*$", before) and not verb[0].endswith("ing"):
            behind = clause[verb.end() :]
            if (
                re.match(r"\s[^,;:“”\"]{2,60}(?:,[^,;:“”\"]{2,60})?,(?:\s|$)", behind)
                and not is_sure(self.subject_before(before, at))
                and (inverted := self.subject_behind(behind.rstrip(" "), at + verb.end()))
            ):
                return inverted
        joined = (
            re.search(r"(?:(?<![\w’'-])(?:and|but|then)|,)\s*$", without_beside(before))
            if verb[0].endswith("ing")
            else re.search(r"(?<![\w’'-])(?:and|but)\s*$", without_beside(before))
        )
        if joined:
            head = before[: joined.start()]
            return None if OTHER_CLAUSE.search(re.sub(r",[^,]*,", ",", head)) else self._first_subject(head, at)
        return self.subject_before(before, at)

    def is_among_subjects(self, at: int) -> bool:
        """Whether all that stands before a place in its sentence is somebody, who may speak too: "Ann Price, 54, and"."""
        return FIRST_OF_SEVERAL.fullmatch(self._text, self.sentence(at).start, at) is not None

    def begins_with_speaker(self, words: str, at: int) -> bool:
        """Whether words begin with somebody, surely, and with a verb of speech of theirs that something follows."""
        verb = VERB.search(words)
        if verb is None or is_noun(words, verb) or re.match(r"\s*(?:$|[,.])", words[verb.end() :]) or self.is_among_subjects(at):
            return False
        return is_sure(self.subject_before(words[: verb.start()], at, whole=True))

    def _first_subject(self, words: str, at: int) -> Subject | None:
        """With whom a sentence begins: "she", "Ann Price", "Head librarian Ann Price", "Its chair, Ann Price,", "The council"."""
        words = without_brackets(words)
        lead = len(words) - len(words.lstrip())
        if found := PRONOUN_FIRST.match(words):
            return self._by_pronoun(found[1], at + lead)
        first, *others = words.split(",")
        if others and (named := NAME_FIRST.fullmatch(others[0])) and ROLE_LAST.search(first.strip()):
            span = trimmed_name(others[0], *named.span("name"))
            return self._by_name(others[0][slice(*span)], at + len(first) + 1) if span else None
        if body := self._cast.body_at_start(words):
            return sure(Speaker(body))
        if found := SUBJECT_FIRST.match(words):
            span = trimmed_name(words, *found.span("name"))
            return self._by_name(words[slice(*span)], at + span[0]) if span and span[1] == found.end("name") else None
        if found := ROLE_START.match(words):
            return self._by_role(found["role"], found["noun"], at + lead)
        return None

    def subject_before(self, words: str, at: int, *, whole: bool = False) -> Subject | None:
        """Who stands before the verb. With `whole` the subject has to begin where the words do."""
        words = without_beside(without_brackets(words))
        if not words.strip():
            return None
        if found := PRONOUN_LAST.search(words):
            if found[1].lower() == "who" and (named := NAME_LAST.search(words[: found.start()].rstrip(" ,"))):
                return self._by_name(named["name"], at + named.start()) if not whole else None
            if found[1].lower() in ("who", "which", "that", "it"):
                return None
            if whole and words[: found.start()].strip(" ,"):
                return None
            return self._by_pronoun(found[1], at + found.start())
        if words.rstrip().endswith(","):
            return self._with_apposition(words.rstrip(" ,"), at, whole=whole)
        if body := self._cast.body_at_end(words):
            before = words[: -len(body[1])]
            role = ROLE_LAST.search(words) if re.search(r"(?<![\w’'-])(?:of|for|at|from)\s+(?:the\s+)?$", before) else None
            if role and not words[: role.start()].strip(" ,"):  # "a spokesman for the council"
                return self._by_role(role["role"], role["noun"], at + role.start())
            return self._body_before(words, *body, whole=whole)
        if found := NAME_LAST.search(words):
            span = trimmed_name(words, *found.span("name"))
            if span is not None:
                return self._name_before(words, span, at, whole=whole)
        if found := ROLE_LAST.search(words):
            if whole and words[: found.start()].strip(" ,"):
                return None
            if not whole and not OPENS_CLAUSE.search(words[: found.start()]):
                return unsure("its subject is not sure")
            return self._by_role(found["role"], found["noun"], at + found.start())
        return None

    def _body_before(self, words: str, who: int, name: str, *, whole: bool) -> Subject:
        before = re.sub(rf"(?<![\w’'-])(?:[Tt]he|[Ii]ts)\s+(?:{PLAIN}\s+){{0,2}}$", "", words[: -len(name)])
        if before.strip(" ,") and (whole or not OPENS_CLAUSE.search(before)):
            return unsure("its subject is not sure")
        return sure(Speaker(who))

    def _name_before(self, words: str, span: tuple[int, int], at: int, *, whole: bool) -> Subject | None:
        start, end = span
        before = words[:start]
        name = words[start:end]
        if SUCH_AS.search(before):
            return unsure("several may speak")
        if ALSO.search(before):
            return unsure("several may speak") if AND_BEFORE.search(before) else self._by_name(name, at + start)
        if role := re.search(rf"(?<![\w’'-])(?:{OWN}\s+)?(?:{PLAIN}\s+){{0,4}}?(?:{NOUN})\s+$", before, re.IGNORECASE):
            if (
                not role[0][:1].isupper()
                and not re.match(OWN, role[0], re.IGNORECASE)
                and role.start()
                and not OPENS_CLAUSE.search(before[: role.start()])
            ):
                return unsure("its subject is not sure")
            return self._by_name(name, at + start)
        if (
            (found := BODYS_LAST.search(before))
            and not _is_body(name)
            and (not before[: found.start()].strip(" ,") or (not whole and OPENS_CLAUSE.search(before[: found.start()])))
        ):
            return self._by_name(name, at + start)
        if found := re.search(r"(?<![\w’'-])(?:of|for|from|at)\s+(?:the\s+|its\s+)?$", before):
            head = before[: found.start()].rstrip()
            if other := NAME_LAST.search(head):
                inner = trimmed_name(head, *other.span("name"))
                if inner and (not whole or not head[: inner[0]].strip(" ,")):
                    return self._name_before(head, inner, at, whole=whole)
            if (role := ROLE_LAST.search(words)) and (
                (not whole and OPENS_CLAUSE.search(words[: role.start()])) or not words[: role.start()].strip(" ,")
            ):
                return self._by_role(role["role"], role["noun"], at + role.start())
            return unsure("its subject is not sure")
        if re.search(r"(?<![\w’'-])[Tt]he\s+$", before):
            head = before[: before.lower().rindex("the")]
            if head.strip(" ,") and (whole or not OPENS_CLAUSE.search(head)):
                return unsure("its subject is not sure")
            return self._by_body(name, at + start)
        if before.strip(" ,") and (whole or not OPENS_CLAUSE.search(before)):
            return unsure("its subject is not sure")
        return self._by_name(name, at + start)

    def _with_apposition(self, words: str, at: int, *, whole: bool) -> Subject | None:
        """ "Ann Price, the librarian, said"; "The librarian, Ann Price, said"."""
        words = without_brackets(words)
        pieces = [p.rstrip() for p in words.split(",")]
        last = pieces[-1]
        if len(pieces) > 1 and (found := ROLE_AND_NAME.fullmatch(last)) and (span := trimmed_name(last, *found.span("name"))):
            head = ",".join(pieces[:-1])
            if AND_BEFORE.search(head):
                return unsure("several may speak")
            known = self._cast.resolve(last[slice(*span)])
            if known is not None and self._is_person(known) and THING_ALONE.fullmatch(head):
                return self._by_name(last[slice(*span)], at + len(head) + 1 + span[0])
            if _NESTED.search(head):
                return unsure("its subject is not sure")
            if ROLE_LAST.search(head) or re.search(
                rf"(?:{NOUN}(?:\s[\w’'. -]+)?|\bone of (?:them|the \w+|its \w+))$", head, re.IGNORECASE
            ):
                return self._by_name(last[slice(*span)], at + len(head) + 1 + span[0])
        for cut in range(len(pieces) - 1, max(0, len(pieces) - 4), -1):
            head, behind = ",".join(pieces[:cut]), ",".join(pieces[cut:])
            if not re.match(
                r"\s+(?:\d{1,3}$|\d{1,3},|the\b|an?\b|who\b|whose\b|its\b|his\b|her\b|their\b|then\b|now\b|of\b|for\b|[a-z][\w-]*\s|[a-z][\w-]*$|[A-Z][\w’'-]*[’']s\b)",
                behind,
            ):
                continue
            if body := self._cast.body_at_end(head):
                return self._body_before(head, *body, whole=whole)
            if found := NAME_LAST.search(head):
                span = trimmed_name(head, *found.span("name"))
                if span is None:
                    continue
                return self._name_before(head, span, at, whole=whole)
            if (role := ROLE_LAST.search(head)) and not head[: role.start()].strip(" ,"):
                return self._by_role(role["role"], role["noun"], at)
        return unsure("its subject is not sure")

    def _by_name(self, name: str, at: int) -> Subject:
        who = self._cast.resolve(name)
        if who is None:
            words = untitled(name).split()
            return unsure(f"“{name}” may be several") if len(words) == 1 and self._is_shared(words[0]) else self._new_name(name)
        return sure(Speaker(who))

    def _new_name(self, name: str) -> Subject:
        kind = PersonKind.ORGANISATION if _is_body(name) else PersonKind.PERSON
        return sure(Speaker(-1, " ".join(name.split()), kind))

    def _is_shared(self, word: str) -> bool:
        return sum(word in re.findall(r"[\w’'-]+", n.name) for n in self._cast.named) > 0

    def _by_body(self, name: str, at: int) -> Subject:
        who = self._cast.resolve(name)
        if who is None:
            like = self._cast.bodies_like(name.split()[-1].lower())
            if len(like) > 1:
                return unsure(f"“the {name}” may be several")
            who = like[0] if like else None
        if who is not None:
            return sure(Speaker(who))
        is_role = name.split()[-1].lower() in ROLES  # "the Clerk"
        return sure(Speaker(-1, " ".join(name.split()), PersonKind.PERSON if is_role else PersonKind.ORGANISATION))

    def _by_role(self, role: str, noun: str, at: int) -> Subject:
        """A role or a body: somebody whom the text names with it, where there is one alone; else as the text calls it."""
        noun, shown = noun.lower(), " ".join(role.split())
        definite = not re.match(r"(?:an?|one|another)\s", shown, re.IGNORECASE)
        if noun in BODIES and noun not in ROLES:
            like = self._cast.bodies_like(noun) if definite and len(shown.split()) == 2 else []
            if len(like) > 1:
                return unsure(f"“{shown}” may be several")
            return sure(Speaker(like[0])) if like else sure(Speaker(-1, shown, PersonKind.ORGANISATION))
        if not definite:
            return sure(Speaker(-1, shown))
        if re.match(r"(?:its|his|her|their|our)\s", shown, re.IGNORECASE):
            return sure(Speaker(-1, shown)) if not self._cast.with_role(noun) else unsure(f"whom “{shown}” means is not sure")
        held = self._cast.with_role(noun)
        if not held:
            return sure(Speaker(-1, shown)) if not self._someone_near(at) else unsure(f"whom “{shown}” means is not sure")
        if any(
            _QUALIFIED.search(self._cast.named[who].capacity) for who in held
        ):  # "the mayor" may be the former mayor's successor
            return unsure(f"whom “{shown}” means is not sure")
        earlier = {m.who for m in self._cast.mentions if m.start < at}
        if len(held) == 1 and held[0] in earlier and len(shown.split()) == 2:
            return sure(Speaker(held[0]))
        return unsure(f"“{shown}” may be one of several, or somebody whom the text names")

    def _someone_near(self, at: int) -> bool:
        """Whether a person is named shortly before, whom a role may mean."""
        paragraph = self._article.paragraph_at(at).span
        return any(self._is_person(m.who) for m in self._between(paragraph.start, at))

    def _by_pronoun(self, pronoun: str, at: int) -> Subject:
        """The one person who can be meant, of those named before it in its paragraph, or in the one before."""
        pronoun = pronoun.lower()
        if pronoun not in ("he", "she"):
            shown = "I" if pronoun == "i" else pronoun
            return unsure(f"whom “{shown}” means is not said")
        own = self._article.paragraph_at(at)
        if (alone := self._only_person(own.span.start, at, pronoun)) is not None:
            return sure(Speaker(alone))
        place = self.sentence_place(at)
        if self._others(self._sentences[place].start, at, pronoun, None):
            return unsure(f"whom “{pronoun}” means is not sure")
        for back in range(1, _MOST_BACK + 1):
            if place - back < 0:
                break
            sentence = self._sentences[place - back]
            if self._article.paragraph_at(sentence.start).section is not Section.BODY:
                break
            words = self._text[sentence.start : sentence.end]
            if self.is_quoted(sentence.start + 1) and self.is_quoted(sentence.end - 2):
                continue  # it is all somebody's words
            first = self._first_subject(_up_to_quotation(words), sentence.start)
            who = first.speaker.who if first and first.speaker else None
            if who is not None and who >= 0 and self._fits(who, pronoun):
                if not self._others(sentence.start, sentence.end, pronoun, who):
                    return sure(Speaker(who))
                break
            if who is not None and self._may_be(who, pronoun):
                break
            if self._others(sentence.start, sentence.end, pronoun, None):
                break
        return unsure(f"whom “{pronoun}” means is not sure")

    def _only_person(self, start: int, end: int, pronoun: str) -> int | None:
        """The one person named there whom the pronoun fits, where nobody else there may be meant."""
        fitting = {m.who for m in self._between(start, end) if not self.is_quoted(m.start) and self._may_be(m.who, pronoun)}
        if len(fitting) != 1:
            return None
        (who,) = fitting
        return who if self._fits(who, pronoun) and not self._others(start, end, pronoun, who) else None

    def _fits(self, who: int, pronoun: str) -> bool:
        named = self._cast.named[who]
        return named.kind is PersonKind.PERSON and named.is_sure and named.gender in ("", pronoun)

    def _may_be(self, who: int, pronoun: str) -> bool:
        return who < 0 or (self._is_person(who) and self._cast.named[who].gender in ("", pronoun))

    def _others(self, start: int, end: int, pronoun: str, who: int | None) -> bool:
        """Whether somebody else stands there whom the pronoun may mean: named, perhaps named, or with a role alone."""
        named = [m for m in self._between(start, end) if not self.is_quoted(m.start)]
        if any(m.who != who and self._may_be(m.who, pronoun) for m in named):
            return True
        if any(start <= d < end and not self.is_quoted(d) for d in self._cast.doubtful):
            return True
        return self._roles_between(start, end, named, pronoun)

    def _roles_between(self, start: int, end: int, named: list[Mention], pronoun: str) -> bool:
        """Whether somebody without a name stands there whom the pronoun may mean."""
        for found in re.finditer(
            rf"(?<![\w’'-])(?:an?|one|another|the|his|her|its|their)\s+(?:{PLAIN}\s+){{0,2}}?(?P<noun>{NOUN})\b(?!\s*[’'])",
            self._text[start:end],
            re.IGNORECASE,
        ):
            noun = found["noun"].lower()
            if noun not in ROLES or (noun in MALE and pronoun == "she") or (noun in FEMALE and pronoun == "he"):
                continue
            at = start + found.start()
            # "She trained as a surveyor", "he was a surveyor".
            if self.is_quoted(at) or re.search(r"\b(?:as|is|was|be|become|became)\s$", self._text[max(0, at - 8) : at]):
                continue
            # "the author, Ann Price" and "Ann Price, the author" are no other person.
            if any(noun in self._cast.named[m.who].capacity.lower() or m.end + len(", ") == at for m in named):
                continue
            return True
        return False

    def sentence(self, at: int) -> Span:
        return self._sentences[max(0, self.sentence_place(at))]

    def sentence_place(self, at: int) -> int:
        return bisect.bisect_right(self._sentence_starts, at) - 1

    def _between(self, start: int, end: int) -> list[Mention]:
        a, b = (bisect.bisect_left(self._mention_starts, at) for at in (start, end))
        return self._cast.mentions[a:b]

    def _is_person(self, who: int) -> bool:
        return self._cast.named[who].kind is PersonKind.PERSON

    def is_quoted(self, at: int) -> bool:
        """Whether the place is inside quotation marks."""
        place = bisect.bisect_right(self._starts, at) - 1
        return place >= 0 and at < self._quotations[place].end


def is_sure(found: Subject | None) -> bool:
    return found is not None and found.speaker is not None


def sure(speaker: Speaker) -> Subject:
    return Subject(speaker)


def unsure(why: str) -> Subject:
    return Subject(why=why)


def _up_to_quotation(words: str) -> str:
    """A sentence up to its first quotation, for its subject."""
    return re.split(r"[“”\"‘]", words, maxsplit=1)[0] or words


def _is_body(name: str) -> bool:
    words = re.findall(r"[\w-]+", name)
    return any(w.lower() in BODIES for w in words) or (len(words) == 1 and len(name) > 1 and name.isupper())
