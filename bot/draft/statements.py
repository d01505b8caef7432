"""Whose statements a sentence reports in the article's own words: one, several that stand side by side, or open with the reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.draft.clauses import Clauses, Subject, is_sure, unsure
from bot.draft.patterns import CUT, PRONOUN_LAST, REPORT_OF, UNSAID, is_governed
from bot.draft.speech_words import SAYING, STATING
from bot.text.article import Span

_LONGEST_SUBJECT = 200  # characters before a verb
_MOST_COMMAS = 3  # before a verb at the end of a sentence, behind which its subject is looked for
_STATING = rf"(?:{'|'.join(sorted(STATING, key=len, reverse=True))})"
_VERB = re.compile(rf"(?<![\w’'-]){_STATING}\b")
_PRONOUN = r"(?:he|she|it|they|there|we|I|you)"
_FINITE = r"(?:was|were|is|are|had|has|have|would|will|could|can|cannot|should|must|might|may|did|does|do)\b"
_CLAUSE = rf"(?:that|{_PRONOUN}|(?:[\w’'-]+\s+){{1,7}}?{_FINITE})\s"
_STATEMENT = re.compile(rf"\s+(?:(?:[\w’'-]+\s+){{0,5}}?that\s|{_CLAUSE})")
# "told the court he had": whom, and then the statement.
_TOLD = re.compile(
    rf"\s+(?:(?:the|an?|his|her|its|their)\s+)?(?:[\w’'-]+\s+){{1,4}}?(?:that|{_PRONOUN}|(?:the|his|her|its|their)\s+(?:[\w’'-]+\s+){{1,5}}?{_FINITE})\s"
)
# Behind a verb of saying there is always a statement but for these: "said nothing", "said so", "said to be".
_NO_STATEMENT = re.compile(
    r"\s*(?:$|[,.;:!?–—-]|(?:nothing|so|yes|no|more|less|little|much|goodbye|thanks?|to|of|about|on|in|at|how|what|why)\b)"
)
_WHEN = r"(?:\s+(?:on|in|at|last|this|yesterday|today|afterwards|later|earlier|after|before|during)\b[^,;]{0,50}|\s+(?:reporters|journalists))"
# "..., Ann Price said on Monday."; "..., Ann Price, the chair, said."
_STATED_LAST = re.compile(rf",?\s+(?:told(?:\s+[\w’'-]+){{1,4}}?|{_STATING}){_WHEN}{{0,2}}[.!]?(?:$|;)")
# "..., said its chair, Ann Price."
_STATED_BY_LAST = re.compile(r",\s+(?:said|says)\s+(?P<subject>[^;:“”\"]{2,160}?[.!]?)$")
# "The farms, she argues, have brought fish back."
_BETWEEN = re.compile(rf",\s+(?P<subject>[^,;:“”\"]{{2,60}}?)\s+{_STATING},\s")
_SOURCE = re.compile(
    r",?\s+(?:according to(?!\s+plan\b)|in the words of)\s+(?P<subject>[^;:“”\"]{2,120}?)(?P<end>[.!]?$|[,:]\s)", re.IGNORECASE
)
# Somebody says it, and the sentence keeps back who: "it is claimed that", "is said to", "the court heard".
_UNNAMED = re.compile(
    r"(?<![\w’'-])(?:(?:[Ii]t|as)\s+(?:is|was|has\s+been|had\s+been)\s+(?:\w+ly\s+)?(?:said|claimed|alleged|reported|argued|suggested|understood|rumoured)\b"
    r"|(?:is|are|was|were)\s+(?:\w+ly\s+)?(?:said|alleged|reported|claimed|rumoured|understood)\s+to\s"
    r"|(?:court|jury|inquest|inquiry|hearing|tribunal|committee|council|meeting|trial)\s+(?:has\s+|had\s+)?(?:heard\b(?!\s+(?:from|of|about))|(?:was|been)\s+told\b))"
)
# A subject before its verb, with an apposition or without, though it may not be sure who it is.
_SUBJECT_ALONE = re.compile(r"[^,]*[^,\s][^,]*(?:,\s+(?:who|which|an?|the|its|his|her)\b[^,]*,\s*)?")
# What goes on with what was said, rather than with something else.
_GOES_ON = re.compile(r"(?:he|she|they|it)\b")
# "An adviser who has left the ministry said".
_SUBORDINATE = re.compile(
    r"(?<![\w’'-])(?:that|which|who|whom|whose|while|whereas|when|because|if|(?<!such\s)as|where|what|after|before|since|until|whether|than|how|why)(?![\w’'-])",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\s+who\s+(?!(?:he|she|they|it|we|you|the|an?|his|her|its|their)\b)[a-z][^,;]*$")
# "said that the union had warned her that".
_RELAYED = re.compile(
    r"\s+(?:that\s+)?(?P<subject>[^,;:“”\"]{2,60}?)\s+(?:had|has|have)\s+(?P<verb>\w+)\s+(?:(?:me|us|him|her|them)\s+)?that\s"
)  # fmt: skip
_UNSAID_BY = "somebody’s statement is reported here, and not surely whose"
_UNSAID_BY_ANY = "somebody’s statement is reported here, and the article does not say whose"
_HOW_FAR = "a source is named in the middle of it, and not surely for all of it"


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of a sentence that reports a statement, with whose it is, or why that is not sure."""

    span: Span
    subject: Subject


class Statements:
    """Finds what sentences report without quotation marks."""

    def __init__(self, text: str, clauses: Clauses) -> None:
        """`text` is the article's, with blanks for the line breaks that wrapping made; as long as the text."""
        self._text, self._clauses = text, clauses

    def of(self, sentence: Span) -> tuple[Statement, ...]:
        """The statements of a sentence in order; none where nothing shows that it reports one."""
        return tuple(Statement(span, subject) for span, subject in self._pieces(sentence) if subject is not None)

    def _pieces(self, sentence: Span) -> Iterator[tuple[Span, Subject | None]]:
        """The sentence in pieces, from each place on where another statement begins, with whose it is."""
        starts = [sentence.start]
        for cut in CUT.finditer(self._text, sentence.start, sentence.end):
            words = self._text[cut.end() : sentence.end]
            parts = cut[0].startswith(";") and not _GOES_ON.match(words)
            if parts or self._begins_another(words[: _next_cut(words)], cut.end()):
                starts.append(cut.end())
        for start, end in zip(starts, [*starts[1:], sentence.end], strict=True):
            span = Span(start, self._trimmed(start, end))
            yield span, self._subject(self._text[span.start : span.end], start)

    def _begins_another(self, words: str, at: int) -> bool:
        """Whether the words begin with a subject of their own, and its verb of stating."""
        if self._clauses.is_among_subjects(at):
            return False
        if self._clauses.begins_with_speaker(words, at):
            return True
        found = self._leading(words, at)
        if found is None:
            return False
        return is_sure(found) or any(_SUBJECT_ALONE.fullmatch(words[: v.start()]) for v in _VERB.finditer(words))

    def _trimmed(self, start: int, end: int) -> int:
        """Where a piece ends without what parts it from the next."""
        return start + len(re.sub(r"[,;\s]+(?:(?:while|whereas|although|though|but|and)\s+)?$", "", self._text[start:end]))

    def _subject(self, words: str, at: int) -> Subject | None:
        if source := self._clauses.according(words, at):
            return source if is_sure(source) else unsure(_UNSAID_BY)
        found = self._leading(words, at)
        if found is None or not is_sure(found):
            found = self._behind(words, at) or found
        if found is not None:
            return found if is_sure(found) or found.why else unsure(_UNSAID_BY)
        return unsure(_UNSAID_BY_ANY) if _UNNAMED.search(words) else None

    def _leading(self, words: str, at: int) -> Subject | None:
        """Whose verb of stating stands before the statement."""
        doubt: Subject | None = None
        for verb in _VERB.finditer(words):
            before, behind = words[: verb.start()], words[verb.end() :]
            if verb.start() > _LONGEST_SUBJECT:
                break
            if is_governed(words, verb) or UNSAID.search(before) or not _is_statement(verb[0], behind):
                continue
            outer = self._stands_before(words, verb, at)
            if is_sure(outer):
                assert outer is not None
                return self._relayed(words, verb, at, outer)
            if _RESTRICTED.search(before) or not _is_subordinate(before):
                doubt = doubt or outer or unsure(_UNSAID_BY)
        return doubt

    def _stands_before(self, words: str, verb: re.Match[str], at: int) -> Subject | None:
        before = words[: verb.start()]
        if re.search(r"(?<![\w’'-])(?:and|but|then)\s+$", before):
            return self._clauses.subject_of(words, verb, at)
        if restricted := _RESTRICTED.search(before):
            return self._clauses.subject_before(before[: restricted.start()] + " ", at, whole=True) or unsure(_UNSAID_BY)
        return self._clauses.subject_before(before, at, whole=True)

    def _relayed(self, words: str, verb: re.Match[str], at: int, outer: Subject) -> Subject:
        """Where whoever says it passes another's statement on, that one's; where it is not sure whose, it is a statement of the former."""
        found = _RELAYED.match(words, verb.end())
        if found is None or found["verb"] not in STATING or PRONOUN_LAST.search(found["subject"]):
            return outer
        inner = self._clauses.subject_before(found["subject"] + " ", at + found.start("subject"))
        return Subject(inner.speaker, outer.speaker) if inner and is_sure(inner) else outer

    def _behind(self, words: str, at: int) -> Subject | None:
        """Whose statement it is by what stands behind it, or in the middle of it."""
        if found := _SOURCE.search(words):
            subject = REPORT_OF.sub("", found["subject"])
            start = at + found.end("subject") - len(subject)
            who = self._clauses.subject_behind(f" {subject}.", start - 1)
            if is_sure(who):
                return who if found["end"] in ("", ".", "!") else unsure(_HOW_FAR)
            return unsure(_UNSAID_BY)
        if re.search(r"(?<![\w’'-])according to (?!plan\b)", words, re.IGNORECASE):
            return unsure(_UNSAID_BY)
        if found := _STATED_BY_LAST.search(words):
            return self._clauses.subject_behind(" " + found["subject"], at + found.start("subject") - 1) or unsure(_UNSAID_BY)
        if (found := _STATED_LAST.search(words)) and (who := self._last(words[: found.start()], found[0].startswith(","), at)):
            return who
        if (found := _BETWEEN.search(words)) and not UNSAID.search(found["subject"] + " "):
            return self._clauses.subject_before(found["subject"] + " ", at + found.start("subject"), whole=True) or unsure(
                _UNSAID_BY
            )
        return None

    def _last(self, words: str, comma: bool, at: int) -> Subject | None:
        """Whose verb ends a sentence: what stands between it and a comma before, with an apposition or without."""
        if UNSAID.search(words + " ") or words.count(",") == 0:
            return None
        end = ", " if comma else " "
        doubt: Subject | None = None
        commas = [m.end() for m in re.finditer(r",\s+", words)]
        for start in commas[: -_MOST_COMMAS - 1 : -1]:
            who = self._clauses.subject_before(words[start:] + end, at + start, whole=True)
            if is_sure(who):
                return who
            doubt = doubt or who
        return doubt or (unsure(_UNSAID_BY) if re.search(r",\s+(?:[\w’'-]+\s*){1,4}$", words) else None)


def _is_subordinate(before: str) -> bool:
    """Whether the words before a verb make its clause a part of another: "the list that it", "after the office"."""
    last = before.rpartition(",")[2]
    return _SUBORDINATE.search(last if last.strip() else re.sub(r",[^,]*,", ",", before)) is not None


def _is_statement(verb: str, behind: str) -> bool:
    """Whether what stands behind a verb of stating is a statement."""
    if verb.startswith(("told", "tell")):
        return _TOLD.match(behind) is not None
    if _STATEMENT.match(behind):
        return True
    return verb in SAYING and not _NO_STATEMENT.match(behind)


def _next_cut(words: str) -> int:
    found = CUT.search(words)
    return found.start() if found else len(words)
