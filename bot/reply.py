"""Answer -> words. Owns every sentence that users see, and Discord's limits as numbers. Excerpts go in verbatim; all else is a fixed frame.

Form: docs/decisions/003-reply-form.md. A reply reads in order as plain text: who speaks and where, the quotation in quotation marks, the source.
Limits: https://docs.discord.com/developers/resources/message and .../components/reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.answer import Ambiguous, Answer, Answered, Citation, Contradicted, NotInArticle, OffTopic, OpinionAsked, SmallTalk
from bot.article import Section
from bot.pack import Pack, Person, QuoteKind

MAX_CONTENT = 2000  # characters of a message
MAX_LABEL = 80  # characters of a button's label
MAX_CHOICES = 5  # buttons in a row

_MARKDOWN = re.compile(r"([\\*_~`|\[\]<>#@]|:(?=\S))")
_LINE_START = re.compile(r"^(\s*)(-|\+|\d+(?=[.)]))", re.MULTILINE)

FAILED = "Something went wrong on my side. Please ask again."
UNREADABLE = "Discord does not show me the text of that reply. Mention me in it, or use /ask."
UNKNOWN_CHOICE = "I no longer know what that button stands for. Please ask in your own words."
COMMAND_DESCRIPTION = "Ask about the article: the answer is its own words, with speaker and paragraph"
OPTION_DESCRIPTION = "Your question, in your own words"
CONTRADICTED = "The question takes something for granted that the article contradicts:"
AMBIGUOUS = "That can mean more than one thing. Which do you ask?"
NOT_SAID = "The article does not say that."
NOT_SAID_WHAT = "The article does not say: {looked_for}."
LOOKED_FOR = "Looked for, and not found: {words}."
NEAREST = "The nearest thing that it does say:"
OPINION = "I give no opinion: I only quote the article. Positions that it reports:"
OPINION_BARE = "I give no opinion: I only quote the article."
OFF_TOPIC = "I can only answer from one article: {subject}."
FOR_EXAMPLE = "You can ask, for example:"
CUT = "(cut here: the sentence goes on)"
EMPTY = "I found no words in that. Ask me about the article."
SMALL_TALK = {
    "greeting": "Hello. Ask me about the article, and I answer in its own words.",
    "thanks": "You are welcome.",
    "goodbye": "Goodbye.",
    "how-are-you": "I am ready to answer from the article.",
    "identity": "I am Verbatim, a bot. I answer questions about one article with cited excerpts from it, word for word, and say so when it does not say.",
    "capabilities": "Ask about the article in your own words. I answer with excerpts from it, word for word, with speaker and paragraph.",
    "praise": "Thank you.",
    "insult": "I can only quote the article. Ask me what it says.",
    "reaction": "Ask on, if there is more that you want to know about the article.",
    "no-more": "That is all that follows it in the article.",
    "apology": "No harm done. Ask on.",
    "test": "I am here. Ask me about the article.",
    "instructions": "I take no instructions in messages: I only quote the article, as it stands.",
}
_WITH_EXAMPLES = frozenset({"greeting", "how-are-you", "identity", "capabilities", "test", "instructions"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press: a label of at most 80 characters, and the id of the topic whose question it asks."""

    label: str
    topic: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: `content` in Discord's Markdown (at most 2,000 characters), `plain` the same as a reader sees it."""

    content: str
    plain: str
    choices: tuple[Choice, ...] = ()


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


def compose(answer: Answer, pack: Pack) -> Reply:
    """The words for an answer. Deterministic; the quotations are slices of the article."""
    choices: tuple[Choice, ...] = ()
    match answer:
        case Answered():
            lines = [
                *([_Line.of(answer.lead)] if answer.lead else []),
                *_quoted(answer.citations, pack),
                _source(answer.citations, pack),
            ]
        case Contradicted():
            lines = [_Line.of(CONTRADICTED), *_quoted(answer.citations, pack), _source(answer.citations, pack)]
        case Ambiguous():
            choices = tuple(Choice(_clip(t.question, MAX_LABEL), t.id) for t in answer.choices[:MAX_CHOICES])
            lines = [_Line.of(AMBIGUOUS), *(_Line.of(t.question, "choice") for t in answer.choices)]
        case NotInArticle():
            lines = [_Line.of(NOT_SAID_WHAT.format(looked_for=answer.gap.looked_for) if answer.gap else NOT_SAID)]
            if answer.words:
                lines.append(_Line.of(LOOKED_FOR.format(words=", ".join(f"“{w}”" for w in answer.words[:4]))))
            if answer.nearest:
                lines += [_Line.of(NEAREST), *_quoted(answer.nearest, pack), _source(answer.nearest, pack)]
        case OpinionAsked():
            lines = [_Line.of(OPINION if answer.positions else OPINION_BARE), *_quoted(answer.positions, pack)]
            if answer.positions:
                lines.append(_source(answer.positions, pack))
        case OffTopic():
            lines = [_Line.of(OFF_TOPIC.format(subject=pack.subject)), *_examples(answer.suggestions, FOR_EXAMPLE)]
        case SmallTalk():
            lines = [_Line.of(SMALL_TALK.get(answer.kind, EMPTY))]
            if answer.kind in _WITH_EXAMPLES or answer.kind not in SMALL_TALK:
                lines += _examples(answer.suggestions, FOR_EXAMPLE)
        case _:
            assert_never(answer)
    return Reply(_markdown(lines), _plain(lines), choices)


def utterer(citation: Citation, pack: Pack) -> str | None:
    """Whose very words the excerpt is: a direct quotation's speaker, whoever relays a reported one, None for the article itself."""
    quote = citation.quote
    if quote is None or quote.kind is QuoteKind.NARRATION:
        return None
    who = quote.relayed_by if quote.kind is QuoteKind.REPORTED else quote.speakers[0]
    return pack.people[who].name if who and who != _source_id(pack) else None


def _source_id(pack: Pack) -> str | None:
    return next((p.id for p in pack.people.values() if p.kind == "source"), None)


def _frame(group: Sequence[Citation], pack: Pack) -> Frame:
    return (*_speaker(group[0], pack), f" ({_where(group)})")


def _speaker(citation: Citation, pack: Pack) -> Frame:
    quote, article = citation.quote, _Bold("The article")
    if quote is None or quote.kind is QuoteKind.NARRATION:
        return (article,)
    speakers = [pack.people[s] for s in quote.speakers]
    if quote.kind is QuoteKind.DIRECT:
        return _listed([_introduced(p) for p in speakers])
    names = _listed([(_Bold(p.name),) for p in speakers])
    if quote.relayed_by and quote.relayed_by != _source_id(pack):
        return (*_introduced(pack.people[quote.relayed_by]), ", relaying ", *names)
    return (article, ", reporting ", *(str(part) for part in names))


def _introduced(person: Person) -> Frame:
    """A name in bold with the capacity that the article gives."""
    return (_Bold(person.name), f", {person.capacity}") if person.capacity else (_Bold(person.name),)


def _listed(names: Sequence[Frame]) -> Frame:
    parts: list[str] = []
    for i, name in enumerate(names):
        parts += [*([] if i == 0 else [" and "] if i == len(names) - 1 else [", "]), *name]
    return tuple(parts)


def _where(citations: Sequence[Citation]) -> str:
    paragraphs = [c.excerpt.paragraph for c in citations]
    numbers = sorted({p.number for p in paragraphs if p.section is not Section.HEADLINE})
    places = ["headline"] if any(p.section is Section.HEADLINE for p in paragraphs) else []
    if len(numbers) == 1:
        places.append(f"paragraph {numbers[0]}")
    elif numbers:
        places.append(f"paragraphs {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}")
    if numbers and all(p.section is Section.FOOT for p in paragraphs):
        places.append("note at the foot")
    return ", ".join(places)


def _quoted(citations: Iterable[Citation], pack: Pack) -> list[_Line]:
    """The quotations, each group of the same speaker under one line that says who speaks and where."""
    lines: list[_Line] = []
    groups: list[list[Citation]] = []
    for citation in citations:
        if groups and _speaker(groups[-1][0], pack) == _speaker(citation, pack):
            groups[-1].append(citation)
        else:
            groups.append([citation])
    for group in groups:
        lines.append(_Line((*_frame(group, pack), ":")))
        for citation in group:
            lines.append(_Line.of(f"“{citation.excerpt.text}”", "quote"))
            if not _ends_with_sentence(citation):
                lines.append(_Line.of(CUT, "small"))
    return lines


def _ends_with_sentence(citation: Citation) -> bool:
    """False only for an uncurated sentence that was too long to show whole."""
    span = citation.excerpt.span
    return citation.quote is not None or any(
        s.end <= span.end for s in citation.excerpt.article.sentences if s.start == span.start
    )


def _source(citations: Sequence[Citation], pack: Pack) -> _Line:
    return _Line.of(
        f"Source: “{_clip(' '.join(pack.article.headline.split()), 120)}”, {pack.publisher}, {_where(citations)}.", "small"
    )


def _examples(questions: Iterable[str], heading: str = "") -> list[_Line]:
    items = [_Line.of(q, "item") for q in questions if q]
    return [_Line.of(heading), *items] if items and heading else items


def _plain(lines: Iterable[_Line]) -> str:
    return "\n".join(f"- {line.text}" if line.kind in ("item", "choice") else line.text for line in lines)


def _markdown(lines: Sequence[_Line]) -> str:
    out: list[str] = []
    for line in lines:
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
    return content if len(content) <= MAX_CONTENT else _clip(content, MAX_CONTENT)


def escape(text: str) -> str:
    """Text that Discord shows as it stands: Markdown, mentions, emoji and lists defused with backslashes."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", _MARKDOWN.sub(r"\\\1", text))


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
