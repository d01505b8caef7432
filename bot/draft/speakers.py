"""Who speaks in each quotation of a text, by the words beside it; open, with the reason, where they do not surely say. Pure.

The verb of speech that a quotation hangs on is looked for behind it, before it in its sentence, and in the quotation that it
continues. Its subject is a name, a role or a pronoun; a pronoun is settled only where one person alone can be meant. A word in
quotation marks that nobody speaks stays narration, and whatever could be read in two ways stays open.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.draft.names import NAME, Cast, Mention, trimmed_name
from bot.draft.speech_words import BESIDE_VERBS, BODIES, FEMALE, MALE, NAMING, ROLES, STATING, VERBS
from bot.pack.values import PersonKind
from bot.text.article import Article, Section, Span
from bot.text.quotation_marks import quotations_of
from bot.text.words import STOP_WORDS


class How(StrEnum):
    """What a quotation came to."""

    SPEECH = "speech"  # `speakers` say it
    NONE = "none"  # nobody says it: a title, a name, an inscription
    OPEN = "open"  # `why` says what is not sure


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something: the place in the cast, or, -1, a role or a body that the text only calls so, by its `name`."""

    who: int
    name: str = ""
    kind: PersonKind = PersonKind.PERSON


@dataclass(frozen=True, slots=True)
class Attribution:
    """What words stand for: a quotation, or a sentence that reports a statement."""

    span: Span
    how: How
    speaker: Speaker | None = None
    relayed_by: Speaker | None = None
    why: str = ""


_VERB = re.compile(rf"\b(?:{'|'.join(sorted(VERBS, key=len, reverse=True))})\b", re.IGNORECASE)
_NAME_LAST = re.compile(rf"(?<![\w’'-])(?P<name>{NAME})$")
_NAME_FIRST = re.compile(rf"\s*(?P<name>{NAME})")
_PRONOUN_LAST = re.compile(r"(?<![\w’'-])(he|she|they|we|I|it|you|who|which|that)$", re.IGNORECASE)
_PRONOUN_FIRST = re.compile(r"\s*(he|she|they|we|I|it|you)\b", re.IGNORECASE)
_NOUN = rf"(?:{'|'.join(sorted(ROLES | BODIES, key=len, reverse=True))})"
_OWN = r"(?:the|an?|its|his|her|their|our|one|another|[^\W\d_a-z][\w-]*(?: [^\W\d_a-z][\w-]*)*(?:[’']s|(?<=s)[’']))"
_PLAIN = r"(?!(?:the|an?|its|his|her|their|our|of|for|to|by|and|or|but|that|which|who|as|with|in|on|at|from)\b)[\w’'-]++"
_BESIDE = r"(?:\s+(?:of|for|at|in|from|to)\s+(?:the\s+|its\s+|a\s+)?(?:[\w’'.-]+\s*){1,5})?"
_ROLE_LAST = re.compile(rf"(?<![\w’'-])(?P<role>{_OWN}\s+(?:{_PLAIN}\s+){{0,5}}?(?P<noun>{_NOUN}){_BESIDE})$", re.IGNORECASE)
_ROLE_FIRST = re.compile(rf"\s*(?P<role>{_OWN}\s+(?:{_PLAIN}\s+){{0,5}}?(?P<noun>{_NOUN})(?:\s+(?:of|for|at|from)\s+(?:the\s+)?(?:[\w’'-]+\s*){{1,5}}?)?)(?=\s*(?:[.,;:!?—–]|$|\s(?:on|in|at|who|after|when|as|to|yesterday|today)\b))", re.IGNORECASE)
_ROLE_AND_NAME = re.compile(rf"\s*(?:{_OWN}\s+(?:{_PLAIN}\s+){{0,3}}?{_NOUN}\s+)?(?P<name>{NAME})")
_BRACKETED = re.compile(r"\([^()\n]{1,24}\)")
_ROLE_THEN_NAME = re.compile(rf"\s*(?:(?:{_OWN}\s+)?(?:{_PLAIN}\s+){{0,5}}?(?:{_NOUN}|number)(?:\s+(?:of|for|at|from|in)\s+(?:the\s+)?(?:[\w’'-]+\s*){{1,5}}?)?)(?:,\s*(?:{_OWN}\s+(?:{_PLAIN}\s+){{0,3}}?{_NOUN}\s+)?|\s+)(?P<name>{NAME})(?=\s*(?:[.,;:!?—–(]|$|\s[a-z]))")
_BODY_LAST = re.compile(rf"(?<![\w’'-])(?:the\s+)(?P<name>{NAME}(?:\s+(?:of|for|and)\s+(?:the\s+)?{NAME})?)$", re.IGNORECASE)
_GOVERNING = re.compile(r"(?<![\w’'-])(?:of|for|from|by|to|with|in|on|at|against|about|than|the|called|told|asked|and|or)\s*$", re.IGNORECASE)
_ALSO = re.compile(r"(?<![\w’'-])(?:and|or|&)\s*$", re.IGNORECASE)
_MARKS = "“”„‟\"‘’‚‛'«»‹›"
_OPENS_CLAUSE = re.compile(r"(?:^|[,;:—–-]|(?<![\w’'-])(?:and|but|that|when|because|as|while|if|though|although|since|before|after|until|what|yet|so|where))\s*$", re.IGNORECASE)
_NAMED = re.compile(rf"(?<![\w’'-])(?:{'|'.join(sorted(NAMING, key=len, reverse=True))})[\s,:]*(?:the\s+|a\s+|an\s+)?$", re.IGNORECASE)
_PASSIVE = re.compile(r"(?:,|(?<![\w’'-])(?:is|are|was|were|be|been|being|so|plan|scheme|project|programme|program|group|band|film|book|song))\s*$", re.IGNORECASE)
_DETERMINED = re.compile(r"(?<![\w’'-])(?:the|a|an|for|of|and|not|with|on|in|by)\s*[(]?$", re.IGNORECASE)
_AS_PUT = re.compile(r"(?<![\w’'-])as\s+(?P<subject>[^,;:“”\"]{2,60}?)\s+(?:has\s+|had\s+)?puts?(?:\s+it)?,?\s*$", re.IGNORECASE)
_AS_PUT_BEHIND = re.compile(r"\s*as\s+(?P<subject>[^,;:“”\"]{2,60}?)\s+(?:has\s+|had\s+)?puts?\s+it\b", re.IGNORECASE)
_ACCORDING_BEHIND = re.compile(r"\s*according to\s+(?P<subject>[^;:“”\"]{2,100})", re.IGNORECASE)
_ROLE_START = re.compile(rf"\s*(?P<role>{_OWN}\s+(?:{_PLAIN}\s+){{0,4}}?(?P<noun>{_NOUN}))(?=\s+[a-z])", re.IGNORECASE)
_OTHER_CLAUSE = re.compile(r"(?<![\w’'-])(?:that|which|who|whose|while|whereas|when|because|if|as|where|what)(?![\w’'-])|;", re.IGNORECASE)
_LABEL_VERBS = frozenset("called calls call describes described describe dubbed labelled".split())


_MOST_BACK = 3  # sentences before a pronoun in which the one whom it means is looked for


class Speakers:
    """Attributes an article's quotations and reported statements to the people of a cast."""

    def __init__(self, article: Article, cast: Cast, flat: str) -> None:
        """`flat` is the article's text, with blanks for the line breaks that wrapping made; as long as the text."""
        self._article, self._cast, self._text = article, cast, flat
        found = quotations_of(article)
        self._quotations, self._unsure = found.spans, found.unsure
        self._starts = [q.start for q in found.spans]
        self._sentences = article.sentences
        self._sentence_starts = [s.start for s in self._sentences]
        self._mention_starts = [m.start for m in cast.mentions]

    def quotations(self) -> tuple[Attribution, ...]:
        """What each quotation of the article came to, in order."""
        done: list[Attribution] = []
        for span in self._quotations:
            done.append(self._attribute(span, done[-1] if done else None))
        return tuple(done)

    # One quotation

    def _attribute(self, span: Span, before: Attribution | None) -> Attribution:
        if any(u.overlaps(span) for u in self._unsure):
            return Attribution(span, How.OPEN, why="the quotation marks round it do not balance")
        paragraph = self._article.paragraph_at(span.start)
        if paragraph.section is Section.HEADLINE:
            return self._named_only(span, "") or Attribution(span, How.OPEN, why="it stands in the headline")
        sentence = self._sentence(span.start)
        previous_end = before.span.end + 1 if before and before.span.end > sentence.start else sentence.start
        lead_in = self._text[previous_end : max(previous_end, span.start - 1)]
        if naming := self._named_only(span, lead_in):
            return naming
        if found := self._behind(span):
            if re.search(r"(?<![\w’'-])(?:for|of|the|an?|on|in|by)\s*$", lead_in):
                return Attribution(span, How.OPEN, why="these few words may be another’s than the sentence’s speaker")
            return replace(found, span=span)
        if not lead_in.strip(_MARKS + " \n") and before and self._continues(span, before, paragraph.span):
            return replace(before, span=span)
        if previous_end > sentence.start and before and re.fullmatch(r"\W*(?:and|or|but|,)?\W*", lead_in):
            return replace(before, span=span) if before.how is not How.NONE else Attribution(span, How.NONE)
        if previous_end > sentence.start and before and len(lead_in) <= 100 and lead_in.rstrip().endswith(",") and self._behind(before.span):
            return replace(before, span=span)
        if found := self._ahead(span, previous_end, lead_in):
            return replace(found, span=span)
        if before and previous_end > sentence.start and before.how is How.OPEN:
            return replace(before, span=span)
        return Attribution(span, How.OPEN, why="nothing beside it surely says whose words these are, or whether anybody speaks them")

    def _named_only(self, span: Span, lead_in: str) -> Attribution | None:
        """Words that are a title, a name or an inscription."""
        words = self._text[span.start : span.end]
        tail = self._text[span.end + 1 : span.end + 40]
        if (found := _NAMED.search(lead_in)) and (
            found[0].split()[0].lower().strip(",:") not in _LABEL_VERBS
            or (
                _PASSIVE.search(lead_in[: found.start()])
                and not ((one := self._subject_before(lead_in[: found.start()], span.start - 1 - len(lead_in))) and one.how is How.SPEECH)
            )
        ):
            return Attribution(span, How.NONE)
        parts = words.split()
        capitals = [w for w in parts if w[0].isalpha() and w.lower() not in STOP_WORDS]
        titled = len(parts) <= 6 and bool(capitals) and all(w[0].isupper() for w in capitals) and words[-1] not in ".,!?…"
        if titled and lead_in and not _VERB.search(lead_in) and not self._verb_begins(tail):
            return Attribution(span, How.NONE)
        if len(parts) <= 3 and words[-1] not in ".,!?…" and not _VERB.search(lead_in) and not self._verb_begins(tail):
            sentence = self._sentence(span.start)
            if _DETERMINED.search(lead_in) and not _VERB.search(self._text[sentence.start : sentence.end]):
                return Attribution(span, How.NONE)
        return None

    def _verb_begins(self, tail: str) -> bool:
        return bool(_VERB.search(tail[:24]))

    # Behind the words: "...," said Ann Price; "...," she said.

    def _behind(self, span: Span) -> Attribution | None:
        text = self._text
        inside = text[span.start : span.end].rstrip()
        at = span.end
        while at < len(text) and (text[at] in _MARKS or text[at] == " ") and at < span.end + 3:
            at += 1
        comma = text[at : at + 1] == ","
        if comma:
            at += 1
        # Without a comma or the like the words are a part of their sentence, which goes on.
        if not (comma or inside.endswith((",", "?", "!", "…", "—", "–", "-"))):
            return None
        paragraph = self._article.paragraph_at(span.start).span
        end = min(paragraph.end, self._next_quotation(span.end) - 1, at + 240)
        stop = re.search(r"[;:\n]|[.!?](?=\s+[^\W\d_a-z][^.]|\s*$)", text[at:end])
        while stop and re.search(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Capt|Col|Gov|Sen|[A-Z])\.$", text[at : at + stop.end()]):
            further = re.compile(r"[;:\n]|[.!?](?=\s+[^\W\d_a-z][^.]|\s*$)").search(text, at + stop.end(), end)
            stop = None
            if further:
                end = further.start()
                break
        clause = text[at : at + stop.start()] if stop else text[at:end]
        return self._read_behind(clause, at)

    def _read_behind(self, clause: str, at: int) -> Attribution | None:
        if found := _AS_PUT_BEHIND.match(clause):
            return self._subject_before(found["subject"] + " ", at + found.start("subject"), whole=True)
        if found := _ACCORDING_BEHIND.match(clause):
            return self._subject_behind(" " + found["subject"], at + found.start("subject") - 1)
        verb = _VERB.search(clause)
        if verb is None:
            return None
        lead = clause[: verb.start()]
        if not lead.strip():
            return self._subject_behind(clause[verb.end() :], at + verb.end())
        if not re.match(r"\s*[\w]", lead) or len(lead) > 160:
            return None
        return self._subject_before(lead, at, whole=True)

    def _subject_behind(self, words: str, at: int) -> Attribution | None:
        """Who stands behind the verb: "said Ann Price", "said its chair, Ann Price", "said the minister"."""
        words = re.sub(r"^\s+to\s+(?:me|us|him|her|them|reporters)\b", lambda m: " " * len(m[0]), words)
        if found := _PRONOUN_FIRST.match(words):
            return self._by_pronoun(found[1], at)
        if found := _NAME_FIRST.match(words):
            span = trimmed_name(words, *found.span("name"))
            if span and span[0] == found.start("name"):
                rest = words[span[1] :]
                if re.match(r"\s+(?:and|or|&)\s", rest):
                    return _open("several may speak")
                if re.match(r"[’']s?\s", rest):  # "Tahivory's minister"
                    return self._role_behind(words, at)
                return self._by_name(words[slice(*span)], at + span[0])
        return self._role_behind(words, at)

    def _role_behind(self, words: str, at: int) -> Attribution | None:
        if (found := _ROLE_THEN_NAME.match(words)) and (span := trimmed_name(words, *found.span("name"))):
            return self._by_name(words[slice(*span)], at + span[0])
        if found := _ROLE_FIRST.match(words):
            return self._by_role(found["role"], found["noun"], at)
        return None

    # Before the words: Ann Price said: "..."; she called it "...".

    def _ahead(self, span: Span, start: int, lead_in: str) -> Attribution | None:
        cut = max((m.end() for m in re.finditer(r";|:(?=.*\w)", lead_in)), default=0)
        clause, at = lead_in[cut:], start + cut
        if found := _AS_PUT.search(clause):
            return self._subject_before(found["subject"] + " ", at + found.start("subject"), whole=True)
        verbs = [v for v in _VERB.finditer(clause) if not self._is_noun(clause, v)]
        source = self._according(clause, at)
        if not verbs:
            return source
        main = [v for v in verbs if not re.search(r"\b(?:who|which)\s+(?:\w+\s+)?$", clause[: v.start()])]
        verbs = main or verbs
        found = [(v, a) for v in verbs if (a := self._subject_of(clause, v, at))]
        if not found:
            return _open("a verb of speech stands before it, but not surely with a subject")
        if len(found) < len(verbs):
            return _open("several verbs of speech stand before it")
        if source and found[0][1].how is How.SPEECH and len(found) == 1:
            return replace(found[0][1], relayed_by=source.speaker) if source.how is How.SPEECH else source
        first = found[0][1]
        if len(found) == 1:
            return first
        speakers = {(a.speaker.who, a.speaker.name) for _, a in found if a.speaker}
        if all(a.how is How.SPEECH for _, a in found) and len(speakers) == 1:
            return first
        if len(found) == 2 and (relayed := self._relayed(clause, found[0], found[1])):
            return relayed
        return _open("several people may speak here")

    def _according(self, clause: str, at: int) -> Attribution | None:
        """Whom a clause names as its source, at its beginning."""
        found = re.match(r"\s*According to\s+([^;:“”\"]{2,120}?),\s(?![^,]*,\s*$)|\s*According to\s+([^;:“”\"]{2,120}?),\s", clause)
        if found is None:
            return None
        number = 1 if found[1] else 2
        words = found[number]
        pieces = words.split(",")
        while pieces:
            one = self._subject_before(",".join(pieces) + (", " if len(pieces) > 1 else " "), at + found.start(number), whole=True)
            if one and one.how is How.SPEECH:
                return one
            pieces.pop()
        return _open("whom it names as its source is not sure")

    def _subject_of(self, clause: str, verb: re.Match[str], at: int) -> Attribution | None:
        """Whose verb it is: of what stands before it; of what stands behind it, between commas; or, after "and", of the sentence."""
        before = clause[: verb.start()]
        if re.search(r",\s*$", before) and not verb[0].endswith("ing"):
            behind = clause[verb.end() :]
            if re.fullmatch(r"\s[^;:“”\"]{2,100},\s*", behind) and (inverted := self._subject_behind(behind.rstrip(" "), at + verb.end())):
                return inverted
        joined = re.search(r"(?:(?<![\w’'-])(?:and|but|then)|,)\s*$", _without_beside(before)) if verb[0].endswith("ing") else re.search(r"(?<![\w’'-])(?:and|but)\s*$", _without_beside(before))
        if joined:
            head = before[: joined.start()]
            return None if _OTHER_CLAUSE.search(re.sub(r",[^,]*,", ",", head)) else self._first_subject(head, at)
        return self._subject_before(before, at)

    def _first_subject(self, words: str, at: int) -> Attribution | None:
        """With whom a sentence begins."""
        words = _BRACKETED.sub(lambda m: " " * len(m[0]), words)
        lead = len(words) - len(words.lstrip())
        if found := _PRONOUN_FIRST.match(words):
            return self._by_pronoun(found[1], at + lead)
        first, *others = words.split(",")
        if others and (named := _NAME_FIRST.fullmatch(others[0])) and _ROLE_LAST.search(first.strip()):
            span = trimmed_name(others[0], *named.span("name"))
            return self._by_name(others[0][slice(*span)], at + len(first) + 1) if span else None
        opening = first if others else ""
        if not opening:
            body = re.match(r"\s*(?:The\s+)?", words)
            assert body is not None
            longest = max((c for n in self._cast.named for c in (n.name, *n.aliases) if words[body.end() :].startswith(c + " ")), key=len, default="")
            opening = words[: body.end() + len(longest)] if longest else ""
            role = _ROLE_START.match(words)
            if not opening and role:
                return self._by_role(role["role"], role["noun"], at + lead)
        return self._subject_before(opening + " ", at, whole=True) if opening.strip() else None

    def _is_noun(self, clause: str, verb: re.Match[str]) -> bool:
        """Whether what looks like a verb is a noun: "the report", "her answer", "a note", "to call"."""
        return bool(
            re.search(r"(?:\b(?:the|an?|its|his|her|their|our|this|that|no|any|some|of|for|each|every|two|three|last|first|new)|[’']s)\s+$", clause[: verb.start()], re.IGNORECASE)
            and verb[0].lower() in _NOUNS
        )

    def _relayed(self, clause: str, one: tuple[re.Match[str], Attribution], other: tuple[re.Match[str], Attribution]) -> Attribution | None:
        """"He said, as Ann Price told us, that": Ann Price passes on what he said. "Ann Price told us that he had said": so she does here."""
        (first, outer), (second, inner) = one, other
        between = clause[first.end() : second.start()]
        if outer.how is not How.SPEECH or inner.how is not How.SPEECH or outer.speaker is None or inner.speaker is None:
            return None
        if re.match(r"\s*(?:\w+\s*)?,\s*as\s", between):
            return Attribution(outer.span, How.SPEECH, outer.speaker, inner.speaker)
        if re.match(r"\s+(?:\w+\s+){0,3}that\s[^,]*$", between) and not _PRONOUN_LAST.search(_without_beside(between)):
            return Attribution(outer.span, How.SPEECH, inner.speaker, outer.speaker)
        return None

    # Subjects

    def _subject_before(self, words: str, at: int, *, whole: bool = False) -> Attribution | None:
        """Who stands before the verb. With `whole` the subject has to begin where the words do."""
        words = _without_beside(_BRACKETED.sub(lambda m: " " * len(m[0]), words))
        if not words.strip():
            return None
        if found := _PRONOUN_LAST.search(words):
            if found[1].lower() == "who" and (named := _NAME_LAST.search(words[: found.start()].rstrip(" ,"))):
                return self._by_name(named["name"], at + named.start()) if not whole else None
            if found[1].lower() in ("who", "which", "that", "it"):
                return None
            if whole and words[: found.start()].strip(" ,"):
                return None
            return self._by_pronoun(found[1], at + found.start())
        if words.rstrip().endswith(","):
            return self._with_apposition(words.rstrip(" ,"), at, whole=whole)
        if body := self._cast.body_at_end(words):
            return self._body_before(words, *body, whole=whole)
        if found := _NAME_LAST.search(words):
            span = trimmed_name(words, *found.span("name"))
            if span is not None:
                return self._name_before(words, span, at, whole=whole)
        if found := _ROLE_LAST.search(words):
            if whole and words[: found.start()].strip(" ,"):
                return None
            if not whole and not _OPENS_CLAUSE.search(words[: found.start()]):
                return _open("its subject is not sure")
            return self._by_role(found["role"], found["noun"], at + found.start())
        return None

    def _body_before(self, words: str, who: int, name: str, *, whole: bool) -> Attribution:
        before = re.sub(r"(?<![\w’'-])(?:[Tt]he|[Ii]ts)\s+$", "", words[: -len(name)])
        if before.strip(" ,") and (whole or not _OPENS_CLAUSE.search(before)):
            return _open("its subject is not sure")
        return _speech(Speaker(who))

    def _name_before(self, words: str, span: tuple[int, int], at: int, *, whole: bool) -> Attribution | None:
        start, end = span
        before = words[:start]
        name = words[start:end]
        if _ALSO.search(before):
            return _open("several may speak") if re.search(r"[^\W\d_a-z][\w’'-]*\s+(?:and|or|&)\s*$", before) else self._by_name(name, at + start)
        if role := re.search(rf"(?<![\w’'-])(?:{_OWN}\s+)?(?:{_PLAIN}\s+){{0,4}}?(?:{_NOUN})\s+$", before, re.IGNORECASE):
            if not role[0][:1].isupper() and not re.match(_OWN, role[0], re.IGNORECASE) and role.start() and not _OPENS_CLAUSE.search(before[: role.start()]):
                return _open("its subject is not sure")
            return self._by_name(name, at + start)
        if found := re.search(r"(?<![\w’'-])(?:of|for|from|at)\s+(?:the\s+|its\s+)?$", before):
            head = before[: found.start()].rstrip()
            if other := _NAME_LAST.search(head):
                inner = trimmed_name(head, *other.span("name"))
                if inner and (not whole or not head[: inner[0]].strip(" ,")):
                    return self._name_before(head, inner, at, whole=whole)
            if role := _ROLE_LAST.search(words):
                if (not whole and _OPENS_CLAUSE.search(words[: role.start()])) or not words[: role.start()].strip(" ,"):
                    return self._by_role(role["role"], role["noun"], at + role.start())
            return _open("its subject is not sure")
        if re.search(r"(?<![\w’'-])[Tt]he\s+$", before):
            head = before[: before.lower().rindex("the")]
            if head.strip(" ,") and (whole or not _OPENS_CLAUSE.search(head)):
                return _open("its subject is not sure")
            return self._by_body(name, at + start)
        if before.strip(" ,") and (whole or not _OPENS_CLAUSE.search(before)):
            return _open("its subject is not sure")
        return self._by_name(name, at + start)

    def _with_apposition(self, words: str, at: int, *, whole: bool) -> Attribution | None:
        """"Ann Price, the librarian, said"; "The librarian, Ann Price, said"."""
        words = _BRACKETED.sub(lambda m: " " * len(m[0]), words)
        pieces = [p.rstrip() for p in words.split(",")]
        last = pieces[-1]
        if (found := _ROLE_AND_NAME.fullmatch(last)) and len(pieces) > 1:
            if span := trimmed_name(last, *found.span("name")):
                head = ",".join(pieces[:-1])
                if _ROLE_LAST.search(head) or re.search(
                    rf"(?:{_NOUN}(?:\s[\w’'. -]+)?|\bone of (?:them|the \w+|its \w+))$", head, re.IGNORECASE
                ):
                    return self._by_name(last[slice(*span)], at + len(head) + 1 + span[0])
        for cut in range(len(pieces) - 1, max(0, len(pieces) - 4), -1):
            head, behind = ",".join(pieces[:cut]), ",".join(pieces[cut:])
            if not re.match(r"\s+(?:\d{1,3}$|\d{1,3},|the\b|an?\b|who\b|whose\b|its\b|his\b|her\b|their\b|then\b|now\b|of\b|for\b|[a-z][\w-]*\s|[a-z][\w-]*$|[A-Z][\w’'-]*[’']s\b)", behind):
                continue
            if body := self._cast.body_at_end(head):
                return self._body_before(head, *body, whole=whole)
            if found := _NAME_LAST.search(head):
                span = trimmed_name(head, *found.span("name"))
                if span is None:
                    continue
                return self._name_before(head, span, at, whole=whole)
            if (role := _ROLE_LAST.search(head)) and not head[: role.start()].strip(" ,"):
                return self._by_role(role["role"], role["noun"], at)
        return _open("its subject is not sure")

    def _by_name(self, name: str, at: int) -> Attribution:
        who = self._cast.resolve(name)
        if who is None:
            words = name.split()
            return _open(f"“{name}” may be several") if len(words) == 1 and self._is_shared(words[0]) else self._new_name(name)
        return _speech(Speaker(who))

    def _new_name(self, name: str) -> Attribution:
        kind = PersonKind.ORGANISATION if _is_body(name) else PersonKind.PERSON
        return _speech(Speaker(-1, " ".join(name.split()), kind))

    def _is_shared(self, word: str) -> bool:
        return sum(word in re.findall(r"[\w’'-]+", n.name) for n in self._cast.named) > 0

    def _by_body(self, name: str, at: int) -> Attribution:
        who = self._cast.resolve(name)
        if who is None:
            like = self._cast.bodies_like(name.split()[-1].lower())
            if len(like) > 1:
                return _open(f"“the {name}” may be several")
            who = like[0] if like else None
        return _speech(Speaker(who)) if who is not None else _speech(Speaker(-1, " ".join(name.split()), PersonKind.ORGANISATION))

    def _by_role(self, role: str, noun: str, at: int) -> Attribution:
        """A role or a body: somebody whom the text names with it, where there is one alone; else as the text calls it."""
        noun, shown = noun.lower(), " ".join(role.split())
        definite = not re.match(r"(?:an?|one|another)\s", shown, re.IGNORECASE)
        if noun in BODIES and noun not in ROLES:
            like = self._cast.bodies_like(noun) if definite and len(shown.split()) == 2 else []
            if len(like) > 1:
                return _open(f"“{shown}” may be several")
            return _speech(Speaker(like[0])) if like else _speech(Speaker(-1, shown, PersonKind.ORGANISATION))
        if not definite:
            return _speech(Speaker(-1, shown))
        if re.match(r"(?:its|his|her|their|our)\s", shown, re.IGNORECASE):
            return _speech(Speaker(-1, shown)) if not self._cast.with_role(noun) else _open(f"whom “{shown}” means is not sure")
        held = self._cast.with_role(noun)
        if not held:
            return _speech(Speaker(-1, shown)) if not self._someone_near(at) else _open(f"whom “{shown}” means is not sure")
        earlier = {m.who for m in self._cast.mentions if m.start < at}
        if len(held) == 1 and held[0] in earlier and len(shown.split()) == 2:
            return _speech(Speaker(held[0]))
        return _open(f"“{shown}” may be one of several, or somebody whom the text names")

    def _someone_near(self, at: int) -> bool:
        """Whether a person is named shortly before, whom a role may mean."""
        paragraph = self._article.paragraph_at(at).span
        return any(self._is_person(m.who) for m in self._between(paragraph.start, at))

    def _by_pronoun(self, pronoun: str, at: int) -> Attribution:
        """The one person who can be meant, of those named before it in its paragraph, or in the one before."""
        pronoun = pronoun.lower()
        if pronoun not in ("he", "she"):
            return _open(f"whom “{pronoun}” means is not said")
        own = self._article.paragraph_at(at)
        if (alone := self._only_person(own.span.start, at, pronoun)) is not None:
            return _speech(Speaker(alone))
        place = self._sentence_place(at)
        if self._others(self._sentences[place].start, at, pronoun, None):
            return _open(f"whom “{pronoun}” means is not sure")
        for back in range(1, _MOST_BACK + 1):
            if place - back < 0:
                break
            sentence = self._sentences[place - back]
            if self._article.paragraph_at(sentence.start).section is not Section.BODY:
                break
            words = self._text[sentence.start : sentence.end]
            if words[:1] in _MARKS and self._in_quotation(sentence.end - 2):
                continue
            first = self._first_subject(_up_to_verb(words), sentence.start)
            who = first.speaker.who if first and first.how is How.SPEECH and first.speaker else None
            if who is not None and who >= 0 and self._fits(who, pronoun):
                if not self._others(sentence.start, sentence.end, pronoun, who):
                    return _speech(Speaker(who))
                break
            if who is not None and self._may_be(who, pronoun):
                break
            if self._others(sentence.start, sentence.end, pronoun, None):
                break
        return _open(f"whom “{pronoun}” means is not sure")

    def _only_person(self, start: int, end: int, pronoun: str) -> int | None:
        """The one person named there whom the pronoun fits, where nobody else there may be meant."""
        fitting = {m.who for m in self._between(start, end) if not self._in_quotation(m.start) and self._may_be(m.who, pronoun)}
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
        named = [m for m in self._between(start, end) if not self._in_quotation(m.start)]
        if any(m.who != who and self._may_be(m.who, pronoun) for m in named):
            return True
        if any(start <= d < end and not self._in_quotation(d) for d in self._cast.doubtful):
            return True
        return self._roles_between(start, end, named, pronoun)

    def _roles_between(self, start: int, end: int, named: list[Mention], pronoun: str) -> bool:
        """Whether somebody without a name stands there whom the pronoun may mean."""
        for found in re.finditer(rf"(?<![\w’'-])(?:an?|one|another|the|his|her|its|their)\s+(?:{_PLAIN}\s+){{0,2}}?(?P<noun>{_NOUN})\b(?!\s*[’'])", self._text[start:end], re.IGNORECASE):
            noun = found["noun"].lower()
            if noun not in ROLES or (noun in MALE and pronoun == "she") or (noun in FEMALE and pronoun == "he"):
                continue
            at = start + found.start()
            if self._in_quotation(at):
                continue
            # "the author, Ann Price" and "Ann Price, the author" are no other person.
            if any(noun in self._cast.named[m.who].capacity.lower() for m in named):
                continue
            return True
        return False

    # Places

    def _continues(self, span: Span, before: Attribution, paragraph: Span) -> bool:
        """Whether words in quotation marks go on with those before them: in the next sentence, or in a paragraph that opens anew."""
        if before.how is How.NONE:
            return False
        last = self._article.paragraph_at(before.span.start).span
        if last != paragraph:
            return not any(c in _MARKS for c in self._text[before.span.end : last.end]) and span.start - 1 == paragraph.start
        first, own = self._sentence_place(before.span.end - 1), self._sentence_place(span.start)
        return 0 <= own - first <= 1

    def _sentence(self, at: int) -> Span:
        return self._sentences[max(0, self._sentence_place(at))]

    def _sentence_place(self, at: int) -> int:
        return bisect.bisect_right(self._sentence_starts, at) - 1

    def _next_quotation(self, at: int) -> int:
        place = bisect.bisect_left(self._starts, at)
        return self._starts[place] if place < len(self._starts) else len(self._text) + 1

    def _between(self, start: int, end: int) -> list[Mention]:
        a, b = (bisect.bisect_left(self._mention_starts, at) for at in (start, end))
        return self._cast.mentions[a:b]

    def _is_person(self, who: int) -> bool:
        return self._cast.named[who].kind is PersonKind.PERSON

    def _in_quotation(self, at: int) -> bool:
        place = bisect.bisect_right(self._starts, at) - 1
        return place >= 0 and at < self._quotations[place].end

    # Reported statements

    def reported(self, sentence: Span) -> Attribution | None:
        """Whose statement a sentence without quotation marks reports; None where it surely reports none, or not surely one."""
        words = self._text[sentence.start : sentence.end]
        if found := re.match(r"According to\s+([^,;:]{2,80}),", words):
            attribution = self._subject_before(found[1], sentence.start + found.start(1), whole=True)
        elif found := re.search(r",\s+(?P<subject>[^,;:“”\"]{2,60}?(?:,[^,;:]{2,80},)?)\s+(?P<verb>\w+)(?:\s+(?:on|in|last|yesterday|today|afterwards|later)\b[^,;]{0,40})?[.!]$", words):
            if found["verb"].lower() not in STATING:
                return None
            attribution = self._subject_before(found["subject"] + " ", sentence.start + found.start("subject"), whole=True)
        else:
            verb = next((v for v in _VERB.finditer(words) if v[0].lower() in STATING), None)
            if verb is None or verb.start() > 160 or not re.match(r"\s+(?:(?:\w+\s+){0,4}that|(?:the|he|she|it|they|there|his|her|its|their|no|an?)\s)", words[verb.end() :]):
                return None
            attribution = self._subject_before(words[: verb.start()], sentence.start, whole=True)
        return attribution if attribution and attribution.how is How.SPEECH else None


_NOUNS = frozenset("report reports note notes answer answers call calls claim claims state states stress reply replies promise promises protests objects question remark remarks comment comments tells rules rule".split())  # fmt: skip


def _without_beside(words: str) -> str:
    """Words before a verb without those that stand between it and its subject."""
    while True:
        words = words.rstrip(" \u00a0\n")
        last = re.search(r"(?<![\w’'-])[\w-]+$", words)
        if last is None or not (last[0].lower() in BESIDE_VERBS or (last[0].endswith("ly") and last[0].islower())):
            return words
        words = words[: last.start()]


def _up_to_verb(words: str) -> str:
    """A sentence up to its first quotation, for its subject."""
    return re.split(r"[“”\"‘]", words, maxsplit=1)[0] or words


def _is_body(name: str) -> bool:
    words = re.findall(r"[\w-]+", name)
    return any(w.lower() in BODIES for w in words) or (len(words) == 1 and len(name) > 1 and name.isupper())


def _speech(speaker: Speaker) -> Attribution:
    return Attribution(Span(0, 1), How.SPEECH, speaker)


def _open(why: str) -> Attribution:
    return Attribution(Span(0, 1), How.OPEN, why=why)
