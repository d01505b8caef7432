"""Who speaks in each quotation of a text, by the words beside it; open, with the reason, where they do not surely say. Pure.

The verb of speech that a quotation hangs on is looked for behind it, before it in its sentence, and in the quotation that it
continues. A word in quotation marks that nobody speaks stays narration, and whatever could be read in two ways stays open.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.draft.clauses import Clauses, Speaker, Subject, is_sure, unsure
from bot.draft.names import NAME, Cast
from bot.draft.patterns import (
    ACCORDING_BEHIND,
    AS_PUT,
    AS_PUT_BEHIND,
    CUT,
    DENIAL,
    DETERMINED,
    ELSEWHERE,
    IN_WORDS_OF,
    LABEL_VERBS,
    MARKS,
    NAMED,
    OF_ANOTHER,
    PASSIVE,
    PRONOUN_LAST,
    SOURCE_LAST,
    UNREAL,
    UNSAID,
    VERB,
    is_noun,
    without_beside,
)
from bot.text.article import Article, Section, Span
from bot.text.quotation_marks import quotations_of
from bot.text.words import STOP_WORDS

_LONGEST_SUBJECT = 160  # characters before a verb
_LONGEST_BEHIND = 240  # characters behind a quotation in which its verb is looked for
_CLAUSE_END = re.compile(r"[;:\n]|[.!?](?=\s+[^\W\d_a-z][^.]|\s*$)")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Capt|Col|Gov|Sen|[A-Z])\.$")
_NO_WORDS_BESIDE = "nothing beside it surely says whose words these are, or whether anybody speaks them"
_PASSED_ON = "a source is named for it, and not surely which"
# Behind a quotation: that whoever speaks next does so in a clause of their own.
_ANOTHER_CLAUSE = re.compile(r"\s*(?:and|or|but|while|whereas|although|though)\b", re.IGNORECASE)
_NO_MORE = re.compile(r"\s+(?:only|just|no more|nothing (?:but|more))\b")  # "would say no more than": it was said
# Behind a verb of speech: "claims Tom Hall said".
_SAID_BY_ANOTHER = re.compile(rf"\s+(?:that\s+)?(?:{NAME}|he|she|they)\s+(?:has\s+|had\s+)?{VERB.pattern}")
# "quoting Tom Hall, said"; "said that Tom Hall thinks".
_QUOTING = re.compile(
    r"\b(?:quoting|citing|echoing)\s|(?<!\bhe )(?<!\bshe )(?<!\bthey )\b(?:thinks?|believes?|believed)\s[^,]*$", re.IGNORECASE
)
_SEVERAL = "several people may speak here"
_NOT_SAID = "a verb of speech stands before it that may deny it, or tell of no fact"
_OF_ANOTHER = "it may be another’s than the one’s who speaks of it"
_NO_SUBJECT = "a verb of speech stands before it, but not surely with a subject"


class How(StrEnum):
    """What a quotation came to."""

    SPEECH = "speech"  # `speaker` says it
    NONE = "none"  # nobody says it: a title, a name, an inscription
    OPEN = "open"  # `why` says what is not sure


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a quotation stands for."""

    span: Span
    how: How
    speaker: Speaker | None = None
    relayed_by: Speaker | None = None
    why: str = ""


class Speakers:
    """Attributes an article's quotations to the people of a cast."""

    def __init__(self, article: Article, cast: Cast, flat: str) -> None:
        """`flat` is the article's text, with blanks for the line breaks that wrapping made; as long as the text."""
        found = quotations_of(article)
        self._article, self._text = article, flat
        self._quotations, self._unsure = found.spans, found.unsure
        self._starts = [q.start for q in found.spans]
        self.clauses = Clauses(article, cast, flat, found.spans)

    def quotations(self) -> tuple[Attribution, ...]:
        """What each quotation of the article came to, in order."""
        done: list[Attribution] = []
        for span in self._quotations:
            done.append(self._attribute(span, done[-1] if done else None))
        return tuple(done)

    def _attribute(self, span: Span, before: Attribution | None) -> Attribution:
        if any(u.overlaps(span) for u in self._unsure):
            return Attribution(span, How.OPEN, why="the quotation marks round it do not balance")
        paragraph = self._article.paragraph_at(span.start)
        if paragraph.section is Section.HEADLINE:
            return self._named_only(span, "") or Attribution(span, How.OPEN, why="it stands in the headline")
        sentence = self.clauses.sentence(span.start)
        previous_end = before.span.end + 1 if before and before.span.end > sentence.start else sentence.start
        lead_in = self._text[previous_end : max(previous_end, span.start - 1)]
        if naming := self._named_only(span, lead_in):
            return naming
        if found := self._behind(span):
            if re.search(r"(?<![\w’'-])(?:for|of|the|an?|on|in|by)\s*$", lead_in):
                return Attribution(span, How.OPEN, why="these few words may be another’s than the sentence’s speaker")
            return _attribution(span, found)
        if not lead_in.strip(MARKS + " \n") and before and self._continues(span, before, paragraph.span):
            return replace(before, span=span)
        if previous_end > sentence.start and before and re.fullmatch(r"\W*(?:and|or|but|,)?\W*", lead_in):
            return replace(before, span=span) if before.how is not How.NONE else Attribution(span, How.NONE)
        if (
            previous_end > sentence.start
            and before
            and len(lead_in) <= 100
            and lead_in.rstrip().endswith(",")
            and self._behind(before.span)
        ):
            return replace(before, span=span)
        if found := self._ahead(span, previous_end, lead_in):
            return _attribution(span, found)
        if before and previous_end > sentence.start and before.how is How.OPEN:
            return replace(before, span=span)
        return Attribution(span, How.OPEN, why=_NO_WORDS_BESIDE)

    def _named_only(self, span: Span, lead_in: str) -> Attribution | None:
        """Words that are a title, a name or an inscription."""
        words = self._text[span.start : span.end]
        tail = self._text[span.end + 1 : span.end + 40]
        parts = words.split()
        capitals = [w for w in parts if w[0].isalpha() and w.lower() not in STOP_WORDS]
        titled = len(parts) <= 6 and bool(capitals) and all(w[0].isupper() for w in capitals) and words[-1] not in ".,!?…"
        if found := NAMED.search(lead_in):
            # Somebody calls a thing so, or it is called so.
            calls = found[0].split()[0].lower().strip(",:") in LABEL_VERBS
            before = lead_in[: found.start()]
            subject = self.clauses.subject_before(before, span.start - 1 - len(lead_in)) if calls else None
            if not calls or (not is_sure(subject) and (PASSIVE.search(before) or (titled and subject is None))):
                return Attribution(span, How.NONE)
        if titled and lead_in and not VERB.search(lead_in) and not self._verb_begins(tail):
            return Attribution(span, How.NONE)
        if len(parts) <= 3 and words[-1] not in ".,!?…" and not VERB.search(lead_in) and not self._verb_begins(tail):
            sentence = self.clauses.sentence(span.start)
            if DETERMINED.search(lead_in) and not VERB.search(self._text[sentence.start : sentence.end]):
                return Attribution(span, How.NONE)
        return None

    def _verb_begins(self, tail: str) -> bool:
        return bool(VERB.search(tail[:24]))

    def _behind(self, span: Span) -> Subject | None:
        text = self._text
        inside = text[span.start : span.end].rstrip()
        at = span.end
        while at < len(text) and (text[at] in MARKS or text[at] == " ") and at < span.end + 3:
            at += 1
        comma = text[at : at + 1] == ","
        if comma:
            at += 1
        # Without a comma or the like the words are a part of their sentence, which goes on.
        if not (comma or inside.endswith((",", "?", "!", "…", "—", "–", "-"))):
            return None
        paragraph = self._article.paragraph_at(span.start).span
        end = min(paragraph.end, self._next_quotation(span.end) - 1, at + _LONGEST_BEHIND)
        stops = (m for m in _CLAUSE_END.finditer(text, at, end) if not _ABBREVIATION.search(text[at : m.end()]))
        clause = text[at : next((m.start() for m in stops), end)]
        return self._read_behind(clause, at)

    def _read_behind(self, clause: str, at: int) -> Subject | None:
        if found := AS_PUT_BEHIND.match(clause):
            return self.clauses.subject_before(found["subject"] + " ", at + found.start("subject"), whole=True)
        if found := ACCORDING_BEHIND.match(clause):
            return self.clauses.subject_behind(" " + found["subject"], at + found.start("subject") - 1)
        verb = VERB.search(clause)
        if verb is None:
            return None
        lead = clause[: verb.start()]
        if not lead.strip():
            return self._as_passed_on(self.clauses.subject_behind(clause[verb.end() :], at + verb.end()), clause, at)
        if not re.match(r"\s*[\w]", lead) or len(lead) > _LONGEST_SUBJECT or _ANOTHER_CLAUSE.match(lead):
            return None
        if DENIAL.match(verb[0]) or UNSAID.search(lead):
            return unsure(_NOT_SAID)
        if _SAID_BY_ANOTHER.match(clause, verb.end()):
            return unsure(_SEVERAL)
        return self._as_passed_on(self.clauses.subject_before(lead, at, whole=True), clause, at)

    def _as_passed_on(self, subject: Subject | None, clause: str, at: int) -> Subject | None:
        """Whose words they are where a source is named for them: "he said, according to the union"."""
        found = SOURCE_LAST.search(clause)
        if found is None or not is_sure(subject):
            return subject
        source = self.clauses.subject_behind(f" {found['subject']}", at + found.start("subject") - 1)
        return replace(subject, relayed_by=source.speaker) if subject and source and source.speaker else unsure(_PASSED_ON)

    def _ahead(self, span: Span, start: int, lead_in: str) -> Subject | None:
        cut = max((m.end() for m in re.finditer(r";|:(?=.*\w)", lead_in)), default=0)
        cuts = (m.end() for m in CUT.finditer(lead_in) if self.clauses.begins_with_speaker(lead_in[m.end() :], start + m.end()))
        cut = max(cut, max(cuts, default=0))
        clause, at = lead_in[cut:], start + cut
        if put := AS_PUT.search(clause):
            return self.clauses.subject_before(put["subject"] + " ", at + put.start("subject"), whole=True)
        if words := IN_WORDS_OF.search(clause):
            return self.clauses.subject_behind(f" {words['subject']},", at + words.start("subject") - 1)
        verbs = [v for v in VERB.finditer(clause) if not is_noun(clause, v)]
        source = self.clauses.according(clause, at)
        if not verbs:
            return source
        main = [v for v in verbs if not re.search(r"\b(?:who|which)\s+(?:\w+\s+)?$", clause[: v.start()])]
        if verbs[-1] not in main:
            return self.clauses.subject_of(clause, verbs[-1], at) or unsure(_NO_SUBJECT)
        verbs = main
        found = [(v, a) for v in verbs if (a := self.clauses.subject_of(clause, v, at))]
        if not found:
            return unsure(_NO_SUBJECT)
        if len(found) < len(verbs):
            return unsure("several verbs of speech stand before it")
        last = found[-1][0]
        before, behind = clause[: last.start()], clause[last.end() :]
        if (UNSAID.search(before) and not _NO_MORE.match(behind)) or UNREAL.search(before) or _is_denied(clause, verbs):
            return unsure(_NOT_SAID)
        if OF_ANOTHER.search(behind) or _QUOTING.search(clause):
            return unsure(_OF_ANOTHER)
        if any(m["name"] or not re.search(r"\bthat\b", behind[: m.start()]) for m in ELSEWHERE.finditer(behind)):
            return unsure("between its verb of speech and it stands a clause that may be about another")
        if source and is_sure(found[0][1]) and len(found) == 1:
            return replace(found[0][1], relayed_by=source.speaker) if is_sure(source) else source
        first = found[0][1]
        if len(found) == 1:
            return first
        speakers = {(a.speaker.who, a.speaker.name) for _, a in found if a.speaker}
        if all(is_sure(a) for _, a in found) and len(speakers) == 1:
            return first
        if len(found) == 2 and (relayed := self._relayed(clause, found[0], found[1])):
            return relayed
        return unsure(_SEVERAL)

    def _relayed(self, clause: str, one: tuple[re.Match[str], Subject], other: tuple[re.Match[str], Subject]) -> Subject | None:
        """Whose words somebody else passes on: "He said, as Ann Price told us, that"; "Ann Price told us that the mayor had said"."""
        (first, outer), (second, inner) = one, other
        between = clause[first.end() : second.start()]
        if outer.speaker is None or inner.speaker is None:
            return None
        if re.match(r"\s*(?:\w+\s*)?,\s*as\s", between):
            return Subject(outer.speaker, inner.speaker)
        if re.match(r"\s+(?:\w+\s+){0,3}that\s[^,]*$", between) and not PRONOUN_LAST.search(without_beside(between)):
            return Subject(inner.speaker, outer.speaker)
        return None

    def _continues(self, span: Span, before: Attribution, paragraph: Span) -> bool:
        """Whether words in quotation marks go on with those before them: in the next sentence, or in a paragraph that opens anew."""
        if before.how is How.NONE:
            return False
        last = self._article.paragraph_at(before.span.start).span
        if last != paragraph:
            return not any(c in MARKS for c in self._text[before.span.end : last.end]) and span.start - 1 == paragraph.start
        first, own = self.clauses.sentence_place(before.span.end - 1), self.clauses.sentence_place(span.start)
        return 0 <= own - first <= 1

    def _next_quotation(self, at: int) -> int:
        place = bisect.bisect_left(self._starts, at)
        return self._starts[place] if place < len(self._starts) else len(self._text) + 1


def _is_denied(clause: str, verbs: Sequence[re.Match[str]]) -> bool:
    """Whether the words that follow are denied, and not said: "she denied that", but not "she denied it and said", nor "she denied it: "."""
    denials = (v.end() for v in verbs if DENIAL.match(v[0]))
    return any(not re.search(r",|:\s*$|\b(?:and|but)\b", clause[end:]) for end in denials)


def _attribution(span: Span, found: Subject) -> Attribution:
    return Attribution(span, How.SPEECH if found.speaker else How.OPEN, found.speaker, found.relayed_by, found.why)
