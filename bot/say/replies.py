"""Answers -> words, with what can be pressed under them. The sentences are those of the wording, in the reader's language;
excerpts go in verbatim, and the words of the pack as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

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
from bot.pack.values import Pack, Quote, QuoteKind, Topic, normal_form
from bot.say.attribution import name_of, short_title, utterer
from bot.say.lines import Bold, Choice, Line, Reply, choice, line, small
from bot.say.lists import enumerated, joined
from bot.say.quotations import cited
from bot.say.wording import MAX_DESCRIPTION, MAX_LABEL, MAX_TITLE, Action, Format, Wording
from bot.text.display import clip

MAX_CHOICES = 5  # buttons in a row
SHOWN_POSITIONS = 2  # of those that an opinion gets; the others are behind a button
MAX_ECHO = 160  # characters of what a reader typed or asked, or of a question of the pack, repeated in a page or an explanation
_LOOKED_FOR = 4  # words not found that are named
_WITHOUT_EXAMPLES = frozenset({"thanks", "goodbye", "praise", "insult", "reaction", "no-more", "apology"})


@dataclass(frozen=True, slots=True)
class Button:
    """A worded button and what it does."""

    action: Action
    label: str


@dataclass(frozen=True, slots=True)
class Modal:
    """The words of the window that asks for a follow-up."""

    title: str
    label: str
    hint: str


def compose(
    answer: Answer, pack: Pack, wording: Wording, *, asked: str = "", searched: Sequence[str] = (), elsewhere: bool = False
) -> Reply:
    """The words for an answer. Deterministic; the quotations are slices of the article. `asked` is the question, where others see the answer
    and not what it answers. `searched` are the short titles of the articles that were asked, where it is not plain which: what does not
    answer names them. `elsewhere`: the article is not the one that a reader expects, and an answer is led by its title."""
    answers = bool(citations_of(answer))
    lead = [line(wording.from_article.format(title=_title(short_title(pack), wording)))] if elsewhere and answers else []
    left = [line(wording.left.format(numbers=enumerated([str(n) for n in answer.left], wording)))] if answer.left else []
    titles = enumerated([_title(t, wording) for t in searched], wording)
    named = (
        [] if answers or not searched or isinstance(answer, SmallTalk) else [small(wording.articles_asked.format(titles=titles))]
    )
    lines = _lines(answer, pack, wording, several=len(searched) > 1)
    end = 1 if any(one.kind == "choice" for one in lines) else len(lines)  # nothing parts choices from what stands over them
    lines = [*_asked(asked, wording), *lead, *lines[:end], *named, *lines[end:], *left]
    return Reply.of(lines, choices=choices_of(offered(answer, pack)))


def several_articles(found: Sequence[Pack], main: Pack, wording: Wording, *, asked: str = "") -> Reply:
    """That a question is not answered by the main article, but by several others, each a choice."""
    said = line(wording.several_articles.format(title=_title(short_title(main), wording)))
    return Reply.of([*_asked(asked, wording), said, *(choice(short_title(pack)) for pack in found)])


def _asked(question: str, wording: Wording) -> list[Line]:
    quoted = wording.quoted.format(text=clip(" ".join(question.split()), MAX_ECHO))
    return [small(wording.asked.format(question=quoted))] if question else []


def _title(title: str, wording: Wording) -> str:
    return wording.quoted.format(text=title)


def _lines(answer: Answer, pack: Pack, wording: Wording, *, several: bool) -> list[Line]:
    match answer:
        case Answered():
            silent = [line(wording.not_said_what.format(looked_for=gap.looked_for)) for gap in answer.silent]
            return [*_leads(answer, pack, wording), *cited(answer.citations, pack, wording), *silent]
        case Contradicted():
            claim = wording.quoted.format(text=answer.premise.question)
            return [line(wording.contradicted.format(claim=claim)), *cited(answer.citations, pack, wording)]
        case Unsure():
            return [line(f"{wording.unsure} {_over_nearest(answer, wording)}"), *cited(answer.nearest, pack, wording)]
        case Ambiguous():
            return [line(wording.ambiguous), *map(_choice, offered(answer, pack))]
        case NotInArticle():
            gap = answer.gap
            lines = [line(wording.not_said_what.format(looked_for=gap.looked_for) if gap else wording.not_said)]
            if answer.words:
                looked_for = enumerated([wording.quoted.format(text=w) for w in answer.words[:_LOOKED_FOR]], wording)
                lines.append(line(wording.looked_for.format(words=looked_for)))
            return [*lines, *(_nearest(answer, pack, wording) or examples(offered(answer, pack), wording))]
        case OpinionAsked():
            if not answer.positions:
                return [line(wording.opinion_bare), *examples(offered(answer, pack), wording)]
            shown, more = answer.positions[:SHOWN_POSITIONS], len(answer.positions) - SHOWN_POSITIONS
            further = [small(wording.opinion_more.format(count=more))] if more > 0 else []
            return [line(wording.opinion), *cited(shown, pack, wording), *further]
        case OffTopic(trace=trace):
            about = wording.off_topic_several if several else wording.off_topic.format(subject=pack.subject)
            said = wording.not_english if trace.rule is Rule.NOT_ENGLISH else about
            return [line(said), *examples(offered(answer, pack), wording)]
        case SmallTalk():
            said = wording.small_talk.get(answer.kind, wording.empty)
            return [line(said), *examples(offered(answer, pack), wording)]
        case _:
            assert_never(answer)


def _nearest(answer: NotInArticle, pack: Pack, wording: Wording) -> list[Line]:
    return [line(_over_nearest(answer, wording)), *cited(answer.nearest, pack, wording)] if answer.nearest else []


def _over_nearest(answer: Unsure | NotInArticle, wording: Wording) -> str:
    return wording.nearest if len(answer.nearest) == 1 else wording.nearest_several


def offered(answer: Answer, pack: Pack) -> tuple[Topic, ...]:
    """The questions of the pack that an answer offers to press, the recommended one first."""
    match answer:
        case Ambiguous():
            return answer.choices[:MAX_CHOICES]
        case SmallTalk(kind=kind) if kind in _WITHOUT_EXAMPLES:
            return ()
        case OffTopic() | SmallTalk() | NotInArticle(nearest=()) | OpinionAsked(positions=()):
            asked = (pack.phrased.get(normal_form(s)) for s in answer.suggestions)
            return tuple(t for t in asked if t)[:MAX_CHOICES]
        case _:
            return ()


def choices_of(topics: Iterable[Topic]) -> tuple[Choice, ...]:
    return tuple(Choice(clip(t.question, MAX_LABEL), t.id) for t in topics)


def examples(topics: Sequence[Topic], wording: Wording) -> list[Line]:
    """Questions that can be asked: what stands over them, and each as a choice."""
    return [line(wording.for_example), *map(_choice, topics)] if topics else []


def _choice(topic: Topic) -> Line:
    return choice(topic.question)


def understood_as(answer: Answer, wording: Wording) -> list[str]:
    """What a question was taken for: the pack's questions; nothing where it leans on the answer before."""
    topics: Iterable[Topic] = ()
    match answer:
        case Answered(entries=entries, trace=trace) if trace.candidates:
            topics = entries
        case NotInArticle(gap=gap) if gap:
            topics = (gap,)
    return [wording.understood.format(question=clip(t.question, MAX_ECHO)) for t in topics if t.question]


def _leads(answer: Answered, pack: Pack, wording: Wording) -> list[Line]:
    """The leads, each a line in bold; where an entry's lead shortens the words of one person, with their name, so that nobody takes them for the
    bot's."""
    if answer.trace.rule is Rule.SPEAKER_ASKED and not answer.lead:
        return [line(text) for text in _who_speaks(answer.citations, pack, wording)]
    own = [t for t in answer.entries if t.lead]
    if any(pack.quotes[c].open for t in own for c in t.cites):
        return []  # whose words it shortens has to be known, or they would be the bot's
    entries_own = answer.lead == " ".join(t.lead for t in own)
    leads = [_attributed(t, pack, wording) for t in own] if entries_own else [answer.lead] if answer.lead else []
    return [Line((Bold(lead),)) for lead in leads]


def _who_speaks(citations: Sequence[Citation], pack: Pack, wording: Wording) -> list[str]:
    """Who says what nobody says alone: the article itself, or one person passing on another's words."""
    said = []
    for quote in (c.quote for c in citations):
        if quote is None or quote.kind is QuoteKind.NARRATION:
            said.append(wording.says_itself if quote and _quotes_nobody(quote, pack) else wording.says_unrecorded)
        elif quote.relayed_by:
            names = joined([pack.people[s].name for s in quote.speakers], wording)
            said.append(wording.passed_on.format(names=names, speaker=name_of(quote.relayed_by, pack, wording)))
    return list(dict.fromkeys(said))


def _quotes_nobody(narration: Quote, pack: Pack) -> bool:
    """Whether nothing is open in a narration, and nobody speaks in a part of it."""
    parts = (q for q in pack.quotes.values() if narration.span.covers(q.span))
    return not any(q.open or q.kind is not QuoteKind.NARRATION for q in parts)


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
    if isinstance(answer, Ambiguous | SmallTalk | OffTopic):
        return ()
    wanted = [Action.WRONG, Action.MORE]
    if isinstance(answer, OpinionAsked) and len(answer.positions) > SHOWN_POSITIONS:
        wanted.insert(0, Action.POSITIONS)
    elif shown_in(answer):
        wanted.insert(0, Action.CONTEXT)
    return tuple(Button(action, label(action, wording)) for action in wanted)


def shown_in(answer: Answer) -> tuple[Citation, ...]:
    """Every excerpt in an answer, also those that it does not give as the answer."""
    return citations_of(answer) or nearest_of(answer)


def last_shown(answers: Sequence[Answer]) -> tuple[Citation, ...]:
    """The excerpts of the last of the answers, oldest first, that has any."""
    return next((found for answer in reversed(answers) if (found := shown_in(answer))), ())


def format_named(typed: str, wording: Wording) -> Format | None:
    """Which format is meant, by its id or as it is shown; None where none is."""
    wanted = typed.strip().casefold()
    return next((f for f in Format if wanted in (f.value, wording.formats[f].casefold())), None)


def label(action: Action, wording: Wording) -> str:
    return clip(wording.buttons[action], MAX_LABEL)


def follow_up(wording: Wording) -> Modal:
    return Modal(
        clip(wording.follow_up_title, MAX_TITLE),
        clip(wording.follow_up_label, MAX_TITLE),
        clip(wording.follow_up_hint, MAX_DESCRIPTION),
    )
