"""Answers -> words, with what can be pressed under them. The sentences are those of the wording, in the reader's language;
excerpts go in verbatim, and the words of the pack as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from bot.browse import passages
from bot.browse.suggestions import matches
from bot.engine.answer import (
    Ambiguous,
    Answer,
    Answered,
    Citation,
    Contradicted,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    Rule,
    SmallTalk,
    Unsure,
    citations_of,
    nearest_of,
)
from bot.pack.values import Pack, Topic
from bot.say.attribution import utterer
from bot.say.lines import Choice, Line, Reply, choice, item, line, small
from bot.say.lists import enumerated
from bot.say.quotations import cited
from bot.say.wording import MAX_DESCRIPTION, MAX_LABEL, MAX_TITLE, Action, Wording
from bot.text.display import clip

MAX_CHOICES = 5  # buttons in a row
MAX_ECHO = 160  # characters of what a reader typed or asked, or of a question of the pack, repeated in a page or an explanation
_LOOKED_FOR = 4  # words not found that are named
_WITH_EXAMPLES = frozenset({"greeting", "how-are-you", "identity", "capabilities", "test", "instructions"})


@dataclass(frozen=True, slots=True)
class Button:
    """A worded button: what it does, and to which quote (an id) where that matters."""

    action: Action
    label: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Modal:
    """The words of the window that asks for a follow-up."""

    title: str
    label: str
    hint: str


def compose(answer: Answer, pack: Pack, wording: Wording, *, understood: bool = False) -> Reply:
    """The words for an answer. Deterministic; the quotations are slices of the article. With `understood` it begins with the
    pack's questions that were taken for the reader's, for those who cannot see that one; a reader's own words are not repeated,
    since nobody moderates a bot's messages."""
    first = [small(text) for text in understood_as(answer, wording)] if understood else []
    choices = tuple(Choice(clip(t.question, MAX_LABEL), t.id) for t in answer.choices) if isinstance(answer, Ambiguous) else ()
    left = [line(wording.left.format(numbers=enumerated([str(n) for n in answer.left], wording)))] if answer.left else []
    return Reply.of([*first, *_lines(answer, pack, wording), *left], choices=choices[:MAX_CHOICES])


def _lines(answer: Answer, pack: Pack, wording: Wording) -> list[Line]:
    match answer:
        case Answered():
            silent = [line(wording.not_said_what.format(looked_for=gap.looked_for)) for gap in answer.silent]
            return [*map(line, _leads(answer, pack, wording)), *cited(answer.citations, pack, wording), *silent]
        case Contradicted():
            claim = wording.quoted.format(text=answer.premise.question)
            return [line(wording.contradicted.format(claim=claim)), *cited(answer.citations, pack, wording)]
        case Unsure():
            return [line(wording.unsure), *_nearest(answer, pack, wording)]
        case Ambiguous():
            return [line(wording.ambiguous), *(choice(t.question) for t in answer.choices)]
        case NotInArticle():
            gap = answer.gap
            lines = [line(wording.not_said_what.format(looked_for=gap.looked_for) if gap else wording.not_said)]
            if answer.words:
                looked_for = enumerated([wording.quoted.format(text=w) for w in answer.words[:_LOOKED_FOR]], wording)
                lines.append(line(wording.looked_for.format(words=looked_for)))
            return [*lines, *_nearest(answer, pack, wording)]
        case OpinionAsked():
            if not answer.positions:
                return [line(wording.opinion_bare)]
            return [line(wording.opinion), *cited(answer.positions, pack, wording)]
        case OffTopic(trace=trace) if trace.rule is Rule.NOT_ENGLISH:
            return [line(wording.not_english), *examples(answer.suggestions, wording)]
        case OffTopic():
            return [line(wording.off_topic.format(subject=pack.subject)), *examples(answer.suggestions, wording)]
        case SmallTalk():
            known = answer.kind in wording.small_talk
            shown = examples(answer.suggestions, wording) if answer.kind in _WITH_EXAMPLES or not known else []
            return [line(wording.small_talk.get(answer.kind, wording.empty)), *shown]
        case _:
            assert_never(answer)


def _nearest(answer: Unsure | NotInArticle, pack: Pack, wording: Wording) -> list[Line]:
    if not answer.nearest:
        return []
    over = wording.nearest if len(answer.nearest) == 1 else wording.nearest_several
    return [line(over), *cited(answer.nearest, pack, wording)]


def examples(questions: Iterable[str], wording: Wording) -> list[Line]:
    """Questions that can be asked."""
    items = [item(q) for q in questions if q]
    return [line(wording.for_example), *items] if items else []


def understood_as(answer: Answer, wording: Wording) -> list[str]:
    """What a question was taken for: the pack's questions; nothing where it leans on the answer before."""
    topics: Iterable[Topic] = ()
    match answer:
        case Answered(entries=entries, trace=trace) if trace.candidates:
            topics = entries
        case NotInArticle(gap=gap) if gap:
            topics = (gap,)
    return [wording.understood.format(question=clip(t.question, MAX_ECHO)) for t in topics if t.question]


def _leads(answer: Answered, pack: Pack, wording: Wording) -> list[str]:
    """The leads, each a line; where an entry's lead shortens the words of one person, with their name, so that nobody takes them
    for the bot's."""
    own = [t for t in answer.entries if t.lead]
    if answer.lead != " ".join(t.lead for t in own):
        return [answer.lead] if answer.lead else []  # not the entries'
    return [_attributed(t, pack, wording) for t in own]


def _attributed(topic: Topic, pack: Pack, wording: Wording) -> str:
    citations = [Citation(pack.excerpt(c), pack.quotes[c]) for c in topic.cites]
    by = {utterer(c, pack) for c in citations}
    who = by.pop() if len(by) == 1 and not any(c.quote and len(c.quote.speakers) > 1 for c in citations) else None
    if who is None or topic.lead.rstrip(".") == who.rstrip("."):
        return topic.lead
    return wording.lead_of.format(speaker=who, lead=topic.lead)


# What can be pressed


def buttons(answer: Answer, pack: Pack, wording: Wording) -> tuple[Button, ...]:
    """What can be pressed under an answer, in order: only what leads somewhere."""
    shown = shown_in(answer)
    quote = next((c.quote for c in shown if c.quote), None)
    wanted: list[tuple[Action, str]] = []
    if quote:
        wanted.append((Action.CONTEXT, quote.id))
        if passages.others(pack, quote.id):
            wanted.append((Action.ELSE, quote.id))
    if not isinstance(answer, Ambiguous | SmallTalk | OffTopic) and matches(answer):
        wanted.append((Action.MATCHES, ""))
    if citations_of(answer):
        wanted += [(Action.FOLLOW_UP, ""), (Action.NOT_ASKED, "")]
    if shown:
        wanted.append((Action.CITE, ""))
    return tuple(Button(action, label(action, wording), of) for action, of in wanted)


def shown_in(answer: Answer) -> tuple[Citation, ...]:
    """Every excerpt in an answer, also those that it does not give as the answer."""
    return citations_of(answer) or nearest_of(answer)


def label(action: Action, wording: Wording) -> str:
    return clip(wording.buttons[action], MAX_LABEL)


def follow_up(wording: Wording) -> Modal:
    return Modal(
        clip(wording.follow_up_title, MAX_TITLE),
        clip(wording.follow_up_label, MAX_TITLE),
        clip(wording.follow_up_hint, MAX_DESCRIPTION),
    )
