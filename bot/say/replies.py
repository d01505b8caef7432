"""Answers and pages -> words. The sentences are those of wording.py, in the reader's language; excerpts go in verbatim, and the words of the pack as they are.

Form: docs/decisions/003-reply-form.md. A reply reads in order as plain text: who speaks and where, the quotation in quotation marks, the source.
Limits: https://docs.discord.com/developers/resources/message and .../components/reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot import __version__
from bot.browse import pages as browse
from bot.browse.pages import (
    MAX_OPTION,
    ArticlePage,
    Context,
    FaqPage,
    Option,
    Other,
    PeoplePage,
    QuotePage,
    Saying,
    Unknown,
    clip,
)
from bot.engine.answer import (
    Ambiguous,
    Answer,
    Answered,
    Candidate,
    Citation,
    Contradicted,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    SmallTalk,
    Unsure,
    citations_of,
    nearest_of,
)
from bot.pack.values import NO_PUBLISHER, Pack, Person, QuoteKind, Topic, Verdict
from bot.say.wording import COMMANDS, MAX_DESCRIPTION, MAX_LABEL, MAX_TITLE, Wording
from bot.text.article import Article, Paragraph, Section, Span

MAX_CONTENT = 2000  # characters of a message
MAX_WHY = 1900  # characters of an explanation
MAX_CHOICES = 5  # buttons in a row

_MARKDOWN = re.compile(r"([\\*_~`|\[\]<>#@]|:(?=\S))")
_LINE_START = re.compile(r"^(\s*)(-|\+|\d+(?=[.)]))", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_WITH_EXAMPLES = frozenset({"greeting", "how-are-you", "identity", "capabilities", "test", "instructions"})
_ECHO = 160  # characters of what a reader typed or asked, repeated in a page or an explanation
_CONSIDERED = 4  # candidates that an explanation names


class Action(StrEnum):
    """What a button does; its label is `wording.buttons[action]`."""

    CONTEXT = "context"
    MATCHES = "matches"
    ELSE = "else"
    FOLLOW_UP = "follow-up"
    CITE = "cite"
    NOT_ASKED = "not-asked"
    SHARE = "share"
    HIDE = "hide"
    PREVIOUS = "previous"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press: a label of at most 80 characters, and the id of the topic whose question it asks."""

    label: str
    topic: str


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


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: `content` in Discord's Markdown (at most 2,000 characters), `plain` the same as a reader sees it. `options` are for a select
    (at most 25); `page` of `pages` is for turning pages."""

    content: str
    plain: str
    choices: tuple[Choice, ...] = ()
    options: tuple[Option, ...] = ()
    page: int = 1
    pages: int = 1


class _Bold(str):
    """A name that a frame prints in bold."""

    __slots__ = ()


Frame = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a reply: a frame in parts, some of them bold; a quotation; a list item; a choice; or small print."""

    frame: Frame
    kind: str = "frame"

    @classmethod
    def of(cls, text: str, kind: str = "frame") -> _Line:
        return cls((text,), kind)

    @property
    def text(self) -> str:
        return "".join(self.frame)


def compose(answer: Answer, pack: Pack, wording: Wording, *, understood: bool = False) -> Reply:
    """The words for an answer. Deterministic; the quotations are slices of the article. With `understood` it begins with the pack's questions that were taken
    for the reader's, for those who cannot see that one; a reader's own words are not repeated, since nobody moderates a bot's messages."""
    words = _Words(pack, wording)
    choices: tuple[Choice, ...] = ()
    match answer:
        case Answered():
            lines = [*map(_Line.of, _leads(answer, pack, wording)), *words.cited(answer.citations)]
            lines += [_Line.of(wording.not_said_what.format(looked_for=gap.looked_for)) for gap in answer.silent]
        case Contradicted():
            claim = wording.quoted.format(text=answer.premise.question)
            lines = [_Line.of(wording.contradicted.format(claim=claim)), *words.cited(answer.citations)]
        case Unsure():
            lines = [_Line.of(wording.unsure), _Line.of(wording.nearest), *words.cited(answer.nearest)]
        case Ambiguous():
            choices = tuple(Choice(clip(t.question, MAX_LABEL), t.id) for t in answer.choices[:MAX_CHOICES])
            lines = [_Line.of(wording.ambiguous), *(_Line.of(t.question, "choice") for t in answer.choices)]
        case NotInArticle():
            gap = answer.gap
            lines = [_Line.of(wording.not_said_what.format(looked_for=gap.looked_for) if gap else wording.not_said)]
            if answer.words:
                looked = words.joined([wording.quoted.format(text=w) for w in answer.words[:4]], last=False)
                lines.append(_Line.of(wording.looked_for.format(words=looked)))
            if answer.nearest:
                lines += [_Line.of(wording.nearest), *words.cited(answer.nearest)]
        case OpinionAsked():
            lines = [_Line.of(wording.opinion if answer.positions else wording.opinion_bare)]
            if answer.positions:
                lines += words.cited(answer.positions)
        case OffTopic():
            lines = [_Line.of(wording.off_topic.format(subject=pack.subject)), *words.examples(answer.suggestions)]
        case SmallTalk():
            lines = [_Line.of(wording.small_talk.get(answer.kind, wording.empty))]
            if answer.kind in _WITH_EXAMPLES or answer.kind not in wording.small_talk:
                lines += words.examples(answer.suggestions)
        case _:
            assert_never(answer)
    first = [_Line.of(text, "small") for text in _understood(answer, wording)] if understood else []
    return _reply([*first, *lines], choices=choices)


def buttons(answer: Answer, pack: Pack, wording: Wording) -> tuple[Button, ...]:
    """What can be pressed under an answer, in order: only what leads somewhere."""
    shown = shown_in(answer)
    quote = next((c.quote for c in shown if c.quote), None)
    wanted: list[tuple[Action, str]] = []
    if quote:
        wanted.append((Action.CONTEXT, quote.id))
        if browse.others(pack, quote.id):
            wanted.append((Action.ELSE, quote.id))
    if not isinstance(answer, Ambiguous | SmallTalk | OffTopic) and browse.matches(answer):
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


def _leads(answer: Answered, pack: Pack, wording: Wording) -> list[str]:
    """The leads, each a line; where an entry's lead shortens the words of one person, with their name, so that nobody takes them for the bot's."""
    own = [t for t in answer.entries if t.lead]
    if answer.lead != " ".join(t.lead or "" for t in own):
        return [answer.lead] if answer.lead else []  # not the entries'
    return [_attributed(t, pack, wording) for t in own]


def _attributed(topic: Topic, pack: Pack, wording: Wording) -> str:
    lead = topic.lead or ""
    cited = [Citation(pack.excerpt(c), pack.quotes[c]) for c in topic.cites]
    by = {utterer(c, pack) for c in cited}
    who = by.pop() if len(by) == 1 and not any(c.quote and len(c.quote.speakers) > 1 for c in cited) else None
    return lead if who is None or lead.rstrip(".") == who.rstrip(".") else wording.lead_of.format(speaker=who, lead=lead)


def _understood(answer: Answer, wording: Wording) -> list[str]:
    """What a question was taken for: the pack's questions; nothing where it leans on the answer before."""
    topics: Iterable[Topic] = ()
    match answer:
        case Answered(entries=entries, trace=trace) if trace.candidates:
            topics = entries
        case NotInArticle(gap=gap) if gap:
            topics = (gap,)
    return [wording.understood.format(question=clip(t.question, _ECHO)) for t in topics if t.question]


def said(text: str) -> Reply:
    """A sentence of the wording as a reply: an apology, a refusal."""
    return _reply([_Line.of(text)])


# Browsing


def quotes(page: QuotePage | Unknown, pack: Pack, wording: Wording) -> Reply:
    """/quote"""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    if not page.total:
        return said(wording.quotes_none)
    words, typed = _Words(pack, wording), wording.quoted.format(text=clip(page.words, _ECHO))
    name: Frame = (_Bold(page.speaker.name),) if page.speaker else ()
    total = str(page.total)
    if page.speaker and page.words:
        heading = _fill(wording.quotes_of_on, speaker=name, words=typed, total=total)
    elif page.speaker:
        heading = _fill(wording.quotes_of, speaker=name, total=total)
    elif page.words:
        heading = _fill(wording.quotes_on, words=typed, total=total)
    else:
        heading = _fill(wording.quotes, total=total)
    lines = [_Line(heading), *words.cited(page.citations), *words.turning(page.page, page.pages)]
    return _reply(lines, page=page.page, pages=page.pages)


def people(page: PeoplePage | Unknown, pack: Pack, wording: Wording) -> Reply:
    """/who; the options are the people who speak."""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    if not page.sayings:
        return said(wording.people_none)
    words = _Words(pack, wording)
    lines = [_Line.of(wording.people), *(_Line.of(words.saying(s), "item") for s in page.sayings if s.quotes)]
    silent = [s.person.name for s in page.sayings if not s.quotes]
    lines += [_Line.of(wording.says_nothing.format(names=words.joined(silent)), "item")] if silent else []
    options = tuple(Option(clip(s.person.name, MAX_OPTION), s.person.id) for s in page.sayings if s.quotes)
    return _reply([*lines, *words.turning(page.page, page.pages, shows=False)], options=options, page=page.page, pages=page.pages)


def article(page: ArticlePage | Unknown, pack: Pack, wording: Wording) -> Reply:
    """/article: what it is, on the first page, and its paragraphs."""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    words = _Words(pack, wording)
    lines = words.card() if page.page == 1 else []  # the headline follows as its first piece
    for piece in page.pieces:
        place = _capital(words.where([piece.paragraph]))
        lines.append(_Line.of(wording.colon.format(text=words.with_speakers(place, piece.speakers))))
        lines += [] if piece.begins else [_Line.of(wording.paragraph_began, "small")]
        lines.append(_Line.of(words.slice(piece.span), "quote"))
        lines += [] if piece.ends else [_Line.of(wording.paragraph_goes_on, "small")]
    return _reply([*lines, *words.turning(page.page, page.pages)], page=page.page, pages=page.pages)


def faq(page: FaqPage | Unknown, pack: Pack, wording: Wording) -> Reply:
    """/faq: the groups, or the questions of one; the options are the same, with a group's name or a topic's id as value."""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    words = _Words(pack, wording)
    if page.topics:
        heading = wording.faq_group.format(group=group_name(page.group)) if page.group else wording.faq_questions
        lines = [_Line.of(heading), *(_Line.of(t.question, "item") for t in page.topics)]
        options = tuple(Option(clip(t.question, MAX_OPTION), t.id) for t in page.topics)
    elif page.groups:
        shown = page.groups
        lines = [_Line.of(wording.faq_groups)]
        lines += [_Line.of(wording.faq_count.format(group=group_name(g), count=n), "item") for g, n in shown]
        options = tuple(Option(clip(group_name(g), MAX_OPTION), g) for g, _ in shown if len(g) <= MAX_OPTION)
    else:
        return said(wording.faq_none)
    return _reply([*lines, *words.turning(page.page, page.pages, shows=False)], options=options, page=page.page, pages=page.pages)


def context(found: Context | Unknown, pack: Pack, wording: Wording) -> Reply:
    """An excerpt in its paragraph, in up to three parts that say which is which: bold type would not be heard."""
    if isinstance(found, Unknown):
        return said(wording.unknown[found.what])
    words, citation = _Words(pack, wording), found.citation
    heading = wording.context.format(place=words.where([citation.excerpt.paragraph]))
    lines = [_Line.of(wording.colon.format(text=heading))]
    left_out = _Line.of(wording.context_left_out, "small")
    lines += [left_out] if found.cut_before else []
    shown = dict(found.neighbours)
    if found.before:
        lines += [words.part(found.before, citation, shown, wording.context_before), _Line.of(words.slice(found.before), "quote")]
    lines += [_Line.of(wording.context_excerpt), *words.quoted((citation,))]
    if found.after:
        lines += [words.part(found.after, citation, shown, wording.context_after), _Line.of(words.slice(found.after), "quote")]
    lines += [left_out] if found.cut_after else []
    parts = [span for span in (found.before, found.after) if span]
    unseen = [(p, speakers) for p, speakers in found.neighbours if not any(p.span.overlaps(span) for span in parts)]
    beside = [words.with_speakers(words.where([p]), speakers) for p, speakers in unseen]
    lines += [_Line.of(_neighbours(beside, wording), "small")] if beside or not found.neighbours else []
    return _reply([*lines, words.source((citation,))])


def others(found: tuple[Other, ...] | Unknown, pack: Pack, wording: Wording) -> Reply:
    """Who else says something on this, and why each passage is held to be on it."""
    if isinstance(found, Unknown):
        return said(wording.unknown[found.what])
    if not found:
        return said(wording.others_none)
    words = _Words(pack, wording)
    lines = [_Line.of(wording.others)]
    for other in found:
        common = words.joined([wording.quoted.format(text=w) for w in other.words], last=False)
        why = wording.others_words.format(words=common)
        if other.shared:
            why = wording.others_together.format(question=other.shared[0].question)
        lines += [*words.quoted((other.citation,)), _Line.of(why, "small")]
    return _reply([*lines, words.source([o.citation for o in found])])


def matches(answer: Answer, wording: Wording) -> Reply:
    """The other questions that came near, as choices."""
    near = browse.matches(answer)[:MAX_CHOICES]
    if not near:
        return said(wording.matches_none)
    lines = [_Line.of(wording.matches), *(_Line.of(t.question, "choice") for t in near)]
    return _reply(lines, choices=tuple(Choice(clip(t.question, MAX_LABEL), t.id) for t in near))


def why(answer: Answer, pack: Pack, wording: Wording) -> Reply:
    """Why an answer was given, for a reader: one sentence on what decided, then what was understood and what came near, with how probable
    each is; at most 1,900 characters. It repeats words of the question, so it is for the asker's eyes only."""
    words, trace, question = _Words(pack, wording), answer.trace, answer.trace.question
    begin = [_Line.of(wording.why_decided.format(verdict=wording.verdicts[answer.verdict], rule=wording.rules[trace.rule]))]
    if question.tokens:
        begin.append(_Line.of(wording.why_read.format(words=clip(" ".join(t.text for t in question.tokens), _ECHO))))
    if trace.after:
        earlier = wording.quoted.format(text=clip(trace.after, _ECHO))
        begin.append(_Line.of(wording.why_after.format(question=earlier)))
    if question.entities:
        names = words.joined([words.name(e) for e in question.entities[:6]])
        begin.append(_Line.of(wording.why_names.format(names=clip(names, _ECHO))))
    if question.repairs:
        repairs = [
            wording.repair.format(wrong=wording.quoted.format(text=clip(a, 40)), right=wording.quoted.format(text=clip(b, 40)))
            for a, b in question.repairs[:3]
        ]
        begin.append(_Line.of(wording.why_spelling.format(repairs=words.joined(repairs))))
    near = [_Line.of(words.considered(c), "item") for c in trace.candidates if c.topic.question][:_CONSIDERED]
    end = [_Line.of(text) for text in _understood(answer, wording)]
    if trace.bar:
        end.append(_Line.of(wording.why_sure.format(sure=round(trace.probability * 100), bar=round(trace.bar * 100))))
    while True:
        reply = _reply([*begin, *([_Line.of(wording.why_considered)] if near else []), *near, *end])
        if not near or max(len(reply.content), len(reply.plain)) <= MAX_WHY:
            return reply
        near = near[:-1]


def about(pack: Pack, wording: Wording) -> Reply:
    """/about: the bot, the article, the versions."""
    version = wording.about_version.format(version=__version__, slug=pack.slug, pack=(pack.version or pack.article.sha256)[:12])
    words = _Words(pack, wording)
    title = wording.article_title.format(headline=words.headline())
    text = wording.article_hash.format(hash=pack.article.sha256[:12] + "…")
    lines = [wording.small_talk["identity"], wording.about_limits, title]
    return _reply([*map(_Line.of, lines), *words.card(), _Line.of(text, "small"), _Line.of(version, "small")])


def help_text(pack: Pack, wording: Wording) -> Reply:
    """/help: how to ask, every command, and some questions."""
    entries = [t.question for t in pack.entries]
    examples = _Words(pack, wording).examples([clip(q, _ECHO) for q in entries[:: max(1, len(entries) // 3)][:3]])
    commands = [
        _Line.of(wording.help_command.format(command=c, description=wording.commands[c]), "item") for c in COMMANDS if c != "help"
    ]
    first, *more = (_Line.of(line) for line in wording.help)
    return _reply([first, *examples, *more, *commands])


def privacy(wording: Wording) -> Reply:
    """/privacy: docs/privacy.md in short."""
    return _reply([_Line.of(line, "item") for line in wording.privacy])


def utterer(citation: Citation, pack: Pack) -> str | None:
    """Whose very words the excerpt is: a direct quotation's speaker, whoever relays a reported one, None for the article itself."""
    quote = citation.quote
    if quote is None or quote.kind is QuoteKind.NARRATION:
        return None
    who = quote.relayed_by if quote.kind is QuoteKind.REPORTED else quote.speakers[0]
    return pack.people[who].name if who and who != _source_id(pack) else None


def _source_id(pack: Pack) -> str | None:
    return next((p.id for p in pack.people.values() if p.kind == "source"), None)


@dataclass(frozen=True, slots=True)
class _Words:
    """The frames of one language round the words of one pack."""

    pack: Pack
    wording: Wording

    # Citing

    def cited(self, citations: Sequence[Citation]) -> list[_Line]:
        return [*self.quoted(citations), self.source(citations)]

    def quoted(self, citations: Iterable[Citation]) -> list[_Line]:
        """The quotations, those of one speaker in one paragraph under one line that says who speaks and where."""
        lines: list[_Line] = []
        groups: list[list[Citation]] = []
        for citation in citations:
            before = groups[-1][0] if groups else None
            if before and (before.excerpt.paragraph, self.speaker(before)) == (
                citation.excerpt.paragraph,
                self.speaker(citation),
            ):
                groups[-1].append(citation)
            else:
                groups.append([citation])
        for group in groups:
            where = self.where([group[0].excerpt.paragraph])
            lines.append(_Line(_fill(self.wording.speaker_line, speaker=self.speaker(group[0]), where=where)))
            for citation in group:
                lines.append(_Line.of(f"“{citation.excerpt.text}”", "quote"))
                if not _ends_with_sentence(citation):
                    lines.append(_Line.of(self.wording.cut, "small"))
        return lines

    def part(self, span: Span, citation: Citation, beside: Mapping[Paragraph, Sequence[Person]], same: str) -> _Line:
        """The line over what stands beside an excerpt: `same`, or which paragraph it is where that is another one."""
        paragraph = self.pack.article.paragraph_at(span.start)
        if paragraph == citation.excerpt.paragraph or paragraph not in beside:
            return _Line.of(same)
        place = self.with_speakers(_capital(self.where([paragraph])), beside[paragraph])
        return _Line.of(self.wording.colon.format(text=place))

    def source(self, citations: Sequence[Citation]) -> _Line:
        where = self.where([c.excerpt.paragraph for c in citations])
        text = self.wording.source.format(headline=self.headline(), publisher=self._publisher(), where=where)
        return _Line.of(text, "small")

    def slice(self, span: Span) -> str:
        """A part of the article in quotation marks; where it opens with marks of its own, those are enough, also where they close in a later paragraph."""
        text = self.pack.article.excerpt(span).text
        return text if text.startswith(("“", "‘", '"')) else f"“{text}”"

    def speaker(self, citation: Citation) -> Frame:
        quote, article = citation.quote, _Bold(self.wording.the_article)
        if quote is None or quote.kind is QuoteKind.NARRATION:
            return (article,)
        speakers = [self.pack.people[s] for s in quote.speakers]
        if quote.kind is QuoteKind.DIRECT:
            return self._listed([self._introduced(p) for p in speakers])
        if quote.relayed_by and quote.relayed_by != _source_id(self.pack):
            relayer = self._introduced(self.pack.people[quote.relayed_by])
            return _fill(self.wording.relaying, speaker=relayer, names=self._listed([(_Bold(p.name),) for p in speakers]))
        return _fill(self.wording.reporting, article=(article,), names=self.joined([p.name for p in speakers]))

    def _introduced(self, person: Person) -> Frame:
        """A name in bold with the capacity that the article gives."""
        name = (_Bold(person.name),)
        return _fill(self.wording.capacity, name=name, capacity=person.capacity) if person.capacity else name

    def _listed(self, names: Sequence[Frame]) -> Frame:
        if any(len(name) > 1 for name in names):  # a capacity would run into the next name
            done = names[0]
            for name in names[1:]:
                done = _fill(self.wording.join_parts, before=done, next=name)
            return done
        done = names[0]
        for name in names[1:-1]:
            done = _fill(self.wording.join_more, before=done, next=name)
        return _fill(self.wording.join_last, before=done, last=names[-1]) if len(names) > 1 else done

    def joined(self, items: Sequence[str], *, last: bool = True) -> str:
        """A list in words; without `last`, with no "and" in it."""
        if not last:
            items = [*items, ""]  # the join of the last is not made
        done = items[0] if items else ""
        for item in items[1:-1]:
            done = self.wording.join_more.format(before=done, next=item)
        return self.wording.join_last.format(before=done, last=items[-1]) if last and len(items) > 1 else done

    def where(self, paragraphs: Sequence[Paragraph]) -> str:
        wording = self.wording
        numbers = sorted({p.number for p in paragraphs if p.section is not Section.HEADLINE})
        places = [wording.headline] if any(p.section is Section.HEADLINE for p in paragraphs) else []
        if len(numbers) == 1:
            places.append(wording.paragraph.format(number=numbers[0]))
        elif numbers:
            places.append(wording.paragraphs.format(numbers=self.joined([str(n) for n in numbers])))
        if numbers and all(p.section is Section.FOOT for p in paragraphs):
            places.append(wording.foot)
        return self.joined(places, last=False)

    def headline(self) -> str:
        return clip(" ".join(self.pack.article.headline.split()), 120)

    def _publisher(self) -> str:
        return self.wording.no_publisher if self.pack.publisher == NO_PUBLISHER else self.pack.publisher

    # Browsing

    def card(self) -> list[_Line]:
        """What the article is, as far as the pack says."""
        pack, wording = self.pack, self.wording
        paragraphs = sum(1 for p in pack.article.paragraphs if p.section in (Section.BODY, Section.FOOT))
        size = wording.article_size.format(paragraphs=paragraphs, characters=_characters(pack.article))
        return [
            _Line.of(wording.article_source.format(publisher=self._publisher())),
            _Line.of(size),
        ]

    def turning(self, page: int, pages: int, *, shows: bool = True) -> list[_Line]:
        """Which page this is, where there are several; and, where it shows the article, how much of that may be shown."""
        if pages == 1:
            return []
        said = [self.wording.page_of.format(page=page, pages=pages)]
        said += [self.wording.budget.format(limit=browse.budget(self.pack.article))] if shows else []
        return [_Line.of(" ".join(said), "small")]

    def examples(self, questions: Iterable[str]) -> list[_Line]:
        items = [_Line.of(q, "item") for q in questions if q]
        return [_Line.of(self.wording.for_example), *items] if items else []

    def with_speakers(self, place: str, speakers: Sequence[Person]) -> str:
        names = self.joined([p.name for p in speakers])
        return self.wording.with_words_of.format(place=place, speakers=names) if speakers else place

    def saying(self, saying: Saying) -> str:
        """A person with where they speak, and through whom; every part names its paragraphs."""
        wording, article = self.wording, self.pack.article
        says: list[str] = []
        if saying.own:
            says.append(wording.says_own.format(where=self.where([article.paragraph_at(q.span.start) for q in saying.own])))
        for relayer in dict.fromkeys(q.relayed_by for q in saying.reported):
            where = self.where([article.paragraph_at(q.span.start) for q in saying.reported if q.relayed_by == relayer])
            says.append(wording.says_reported.format(relayer=self.name(relayer or ""), where=where))
        if saying.relays:
            names = self.joined(list(dict.fromkeys(self.name(s) for q in saying.relays for s in q.speakers)))
            where = self.where([article.paragraph_at(q.span.start) for q in saying.relays])
            says.append(wording.says_relayed.format(names=names, where=where))
        person = saying.person
        name = wording.capacity.format(name=person.name, capacity=person.capacity) if person.capacity else person.name
        return wording.person.format(person=name, says=_parts(says, wording))

    # Explaining

    def name(self, entity: str) -> str:
        """A person's name by id; the publication's in the reader's language."""
        if entity == _source_id(self.pack):
            return self.wording.no_publisher
        return self.pack.people[entity].name if entity in self.pack.people else entity

    def considered(self, candidate: Candidate) -> str:
        question = clip(candidate.topic.question, _ECHO)
        if candidate.topic.verdict is Verdict.PREMISE:
            question = self.wording.why_premise.format(claim=question)
        return self.wording.why_probable.format(question=question, probability=round(candidate.probability * 100))


def _reply(
    lines: Sequence[_Line], *, choices: tuple[Choice, ...] = (), options: tuple[Option, ...] = (), page: int = 1, pages: int = 1
) -> Reply:
    return Reply(_markdown(lines), _plain(lines), choices, options, page, pages)


def _fill(template: str, **parts: str | Frame) -> Frame:
    """A template of the wording with frames in its placeholders, so that what is bold in them stays so."""
    out: list[str] = []
    for i, piece in enumerate(_PLACEHOLDER.split(template)):
        value = parts[piece] if i % 2 else piece
        for part in (value,) if isinstance(value, str) else value:
            if part and out and not isinstance(part, _Bold) and not isinstance(out[-1], _Bold):
                out[-1] += part
            elif part:
                out.append(part)
    return tuple(out)


def _neighbours(beside: Sequence[str], wording: Wording) -> str:
    return wording.context_neighbours.format(neighbours=_parts(beside, wording)) if beside else wording.context_alone


def _parts(statements: Sequence[str], wording: Wording) -> str:
    done = statements[0] if statements else ""
    for statement in statements[1:]:
        done = wording.join_parts.format(before=done, next=statement)
    return done


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def group_name(stem: str) -> str:
    """A group as the pack's file is called, without hyphens."""
    return _capital(stem.replace("-", " ").replace("_", " "))


def _characters(article: Article) -> int:
    return sum(p.span.end - p.span.start for p in article.paragraphs if p.section is not Section.FURNITURE)


def _ends_with_sentence(citation: Citation) -> bool:
    """False only where it ends neither with its record nor with a sentence: it was too long to show whole."""
    span = citation.excerpt.span
    if citation.quote is not None and citation.quote.span.end <= span.end:
        return True
    return any(s.end == span.end for s in citation.excerpt.article.sentences)


def _plain(lines: Iterable[_Line]) -> str:
    return "\n".join(f"- {line.text}" if line.kind in ("item", "choice") else line.text for line in lines)


def _markdown(lines: Sequence[_Line]) -> str:
    out: list[str] = []
    kinds = [line.kind for line in lines]
    for line, before in zip(lines, ["", *kinds], strict=False):
        if before == "item" != line.kind:
            out.append("")  # else it might be drawn as a part of the last item
        if line.kind == "quote":
            out += ["> " + part for part in escape(line.text).splitlines()] + [""]
        elif line.kind == "small":
            out.append("-# " + escape(line.text))
        elif line.kind == "item":
            out.append("- " + escape(line.text))
        elif line.kind == "choice":
            continue  # it is a button
        else:
            out.append("".join(f"**{escape(p)}**" if isinstance(p, _Bold) else escape(p) for p in line.frame))
    content = "\n".join(out).strip()
    # Excerpts are at most 900 characters together, so only a pathological article can come here.
    return content if len(content) <= MAX_CONTENT else clip(content, MAX_CONTENT)


def escape(text: str) -> str:
    """Text that Discord shows as it stands: Markdown, mentions, emoji and lists defused with backslashes."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", _MARKDOWN.sub(r"\\\1", text))
