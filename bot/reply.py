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
from bot.pack import Pack, QuoteKind

MAX_CONTENT = 2000  # characters of a message
MAX_LABEL = 80  # characters of a button's label
MAX_CHOICES = 5  # buttons in a row

_MARKDOWN = re.compile(r"([\\*_~`|\[\]<>:#@])")
_LINE_START = re.compile(r"^(\s*)(-|\+|\d+(?=[.)]))", re.MULTILINE)

CONTRADICTED = "The question takes something for granted that the article contradicts:"
AMBIGUOUS = "That can mean more than one thing. Which do you ask?"
NOT_SAID = "The article does not say that."
NOT_SAID_WHAT = "The article does not say: {looked_for}."
LOOKED_FOR = "Looked for, and not found: {words}."
NEAREST = "The nearest thing that it does say:"
OPINION = "I give no opinion: I only quote the article. Positions that it reports:"
OPINION_BARE = "I give no opinion: I only quote the article."
OFF_TOPIC = "I can only answer from one article, about {subject}. You can ask, for example:"
CUT = "(cut here: the sentence goes on)"
EMPTY = "I found no words in that. Ask me about the article; for example:"
SMALL_TALK = {
    "greeting": "Hello. Ask me about the article, and I answer in its own words; for example:",
    "thanks": "You are welcome.",
    "goodbye": "Goodbye.",
    "how-are-you": "I am ready to answer from the article; for example:",
    "identity": "I am Verbatim, a bot. I answer questions about one article with cited excerpts from it, word for word, and say so when it does not say. For example:",
    "capabilities": "Ask about the article in your own words. I answer with excerpts from it, word for word, with speaker and paragraph; for example:",
    "praise": "Thank you.",
    "insult": "I can only quote the article. Ask me what it says.",
    "reaction": "Ask on, if there is more that you want to know about the article.",
    "apology": "No harm done. Ask on.",
    "test": "I am here. Ask me about the article; for example:",
    "instructions": "I take no instructions in messages: I only quote the article, as it stands. You can ask, for example:",
}
_WITH_EXAMPLES = frozenset({"greeting", "how-are-you", "identity", "capabilities", "test", "instructions"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press: a label of at most 80 characters, and the question that pressing it asks."""

    label: str
    ask: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: `content` in Discord's Markdown (at most 2,000 characters), `plain` the same as a reader sees it."""

    content: str
    plain: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a reply: a frame (with **bold** names), a quotation, or small print."""

    text: str
    kind: str = "frame"


def compose(answer: Answer, pack: Pack) -> Reply:
    """The words for an answer. Deterministic; the quotations are slices of the article."""
    choices: tuple[Choice, ...] = ()
    match answer:
        case Answered():
            lines = [
                *([_Line(answer.lead)] if answer.lead else []),
                *_quoted(answer.citations, pack),
                _source(answer.citations, pack),
            ]
        case Contradicted():
            lines = [_Line(CONTRADICTED), *_quoted(answer.citations, pack), _source(answer.citations, pack)]
        case Ambiguous():
            choices = tuple(Choice(_clip(t.question, MAX_LABEL), t.question) for t in answer.choices[:MAX_CHOICES])
            lines = [_Line(AMBIGUOUS), *_examples(t.question for t in answer.choices)]
        case NotInArticle():
            lines = [_Line(NOT_SAID_WHAT.format(looked_for=answer.gap.looked_for) if answer.gap else NOT_SAID)]
            if answer.words:
                lines.append(_Line(LOOKED_FOR.format(words=", ".join(f"“{w}”" for w in answer.words[:4]))))
            if answer.nearest:
                lines += [_Line(NEAREST), *_quoted(answer.nearest, pack), _source(answer.nearest, pack)]
        case OpinionAsked():
            lines = [_Line(OPINION if answer.positions else OPINION_BARE), *_quoted(answer.positions, pack)]
            if answer.positions:
                lines.append(_source(answer.positions, pack))
        case OffTopic():
            lines = [_Line(OFF_TOPIC.format(subject=pack.subject)), *_examples(answer.suggestions)]
        case SmallTalk():
            lines = [_Line(SMALL_TALK.get(answer.kind, EMPTY))]
            if answer.kind in _WITH_EXAMPLES or answer.kind not in SMALL_TALK:
                lines += _examples(answer.suggestions)
        case _:
            assert_never(answer)
    return Reply(_markdown(lines), _plain(lines), choices)


def attribution(citation: Citation, pack: Pack) -> str:
    """Who says it and where, by a fixed frame from the quote's record; names in **bold**."""
    return f"{_speaker(citation, pack)} ({_where([citation])})"


def utterer(citation: Citation, pack: Pack) -> str | None:
    """Whose very words the excerpt is: a direct quotation's speaker, whoever relays a reported one, None for the article itself."""
    quote = citation.quote
    if quote is None or quote.kind is QuoteKind.NARRATION:
        return None
    who = quote.relayed_by if quote.kind is QuoteKind.REPORTED else quote.speakers[0]
    return pack.people[who].name if who and who != _source_id(pack) else None


def _source_id(pack: Pack) -> str | None:
    return next((p.id for p in pack.people.values() if p.kind == "source"), None)


def _speaker(citation: Citation, pack: Pack) -> str:
    quote, article = citation.quote, "**The article**"
    if quote is None or quote.kind is QuoteKind.NARRATION:
        return article
    names = [pack.people[s].name for s in quote.speakers]
    listed = " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
    if quote.kind is QuoteKind.DIRECT:
        return f"**{listed}**" + "".join(f", {pack.people[s].capacity}" for s in quote.speakers[:1] if pack.people[s].capacity)
    if quote.relayed_by and quote.relayed_by != _source_id(pack):
        relay = pack.people[quote.relayed_by]
        return f"**{relay.name}**" + (f", {relay.capacity}" if relay.capacity else "") + f", relaying **{listed}**"
    return f"{article}, reporting {listed}"


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
        lines.append(_Line(f"{_speaker(group[0], pack)} ({_where(group)}):"))
        for citation in group:
            lines.append(_Line(f"“{citation.excerpt.text}”", "quote"))
            if not _ends_with_sentence(citation):
                lines.append(_Line(CUT, "small"))
    return lines


def _ends_with_sentence(citation: Citation) -> bool:
    """False only for an uncurated sentence that was too long to show whole."""
    span = citation.excerpt.span
    return citation.quote is not None or any(
        s.end <= span.end for s in citation.excerpt.article.sentences if s.start == span.start
    )


def _source(citations: Sequence[Citation], pack: Pack) -> _Line:
    return _Line(
        f"Source: “{_clip(' '.join(pack.article.headline.split()), 120)}”, {pack.publisher}, {_where(citations)}.", "small"
    )


def _examples(questions: Iterable[str]) -> list[_Line]:
    return [_Line(q, "item") for q in questions if q]


def _plain(lines: Iterable[_Line]) -> str:
    out = []
    for line in lines:
        text = line.text.replace("**", "") if line.kind == "frame" else line.text
        out.append(f"- {text}" if line.kind == "item" else text)
    return "\n".join(out)


def _markdown(lines: Sequence[_Line]) -> str:
    out: list[str] = []
    for line in lines:
        if line.kind == "quote":
            out += ["> " + part for part in escape(line.text).splitlines()] + [""]
        elif line.kind == "small":
            out.append("-# " + escape(line.text))
        elif line.kind == "item":
            out.append("- " + escape(line.text))
        else:
            out.append("**".join(escape(part) for part in line.text.split("**")))
    content = "\n".join(out).strip()
    # Excerpts are at most 900 characters together, so only a pathological article can come here.
    return content if len(content) <= MAX_CONTENT else _clip(content, MAX_CONTENT)


def escape(text: str) -> str:
    """Text that Discord shows as it stands: Markdown, mentions, emoji and lists defused with backslashes."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", _MARKDOWN.sub(r"\\\1", text))


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
