"""What a message leans on: an earlier answer ("who said that?", "more"), or an earlier question ("and when?", "why did he?"). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.engine.answer import Answer, Answered, Citation, OffTopic, Rule, SmallTalk, citations_of
from bot.engine.question import QUESTION_WORDS, Question, Token
from bot.engine.reader import EARLIER
from bot.pack.values import Pack, PersonKind, QuoteKind
from bot.text.words import split

_SAYING = frozenset(
    "say said says quote quoted saying words wrote write statement source line claim claims accord according".split()
)
_AGAIN = frozenset("more another continue further elaborate expand".split())
_GOING_ON = frozenset("go on and then next more what else".split())
_PRONOUNS = frozenset("he him his she her hers they them their theirs it its this that those these one ones".split())
_ARTICLES = frozenset("the a an".split())
_BEING = frozenset("is are was were".split())
_DOING = frozenset("did does do".split())
_KINDS = frozenset("date day year month week time hour place name reason".split())  # of what is asked for
_JOINING = frozenset("and or but so also then".split())
_NAMING = frozenset("name list".split())
_CORRECTIONS = ("sorry i meant", "no i meant", "no i mean", "i meant", "i mean", "no not", "not")
_THANKS = ("never mind", "nevermind", "nvm", "okay", "ok", "fine", "right", "thanks", "thx", "ty", "cheers", "well", "actually")
_SHORT = 4  # words of a follow-up that only asks for more
_LONGEST = 7  # words of a question after who speaks


def asks_who_spoke(question: Question) -> bool:
    """Whether it asks who speaks in the last answer, and nothing else."""
    words = {t.text for t in question.tokens}
    matter = [t for t in question.content if t.text not in _SAYING]
    asking = words & {"who", "whom", "whose", "according", "accord"}
    return bool(asking and words & _SAYING) and not matter and not question.entities and len(words) <= _LONGEST


def asks_for_more(question: Question) -> bool:
    """Whether it asks for what follows the last answer, and nothing else."""
    words = {t.text for t in question.tokens}
    matter = [t for t in question.content if t.text not in _AGAIN | _GOING_ON]
    return bool(words) and len(words) <= _SHORT and not matter and bool(words & _AGAIN or words <= _GOING_ON)


def leans(question: Question) -> bool:
    """Whether it may lean on what came before: a pronoun, an ellipsis, or hardly any matter of its own."""
    words = [t.text for t in question.tokens]
    joined = bool(words) and (words[0] in _JOINING or words[:2] in (["what", "about"], ["how", "about"]))
    fragment = not QUESTION_WORDS & set(words) and len(words) <= 3
    return _has_pronoun(question) or joined or fragment or (len(question.content) <= 1 and not _is_whole(question))


def _is_whole(question: Question) -> bool:
    """Whether a question of a single word of matter is a sentence nevertheless: "what is X?", "what did X say?". "Why did X?", "which X?"
    and "who signed?" are none."""
    words = [t.text for t in question.tokens]
    if len(words) < 3 or words[0] not in QUESTION_WORDS or not (_matter(question) or question.entities):
        return False
    return words[1] in _BEING or (words[1] in _DOING and "i" not in words and not question.tokens[-1].is_content)


def asks(question: Question) -> bool:
    """Whether it asks something: by a question word, a question mark or a request for names, or by going on with what was asked."""
    words = [t.text for t in question.tokens]
    return bool(words) and (words[0] in _JOINING | _NAMING or question.text.endswith("?") or not QUESTION_WORDS.isdisjoint(words))


def is_bare(question: Question) -> bool:
    """Whether it says nothing without what came before: no name, and no matter but the kind of thing asked for, or a single word beside a
    pronoun ("in which year?", "of which party is she?")."""
    matter = _matter(question)
    return asks(question) and not question.entities and (not matter or (len(matter) == 1 and _has_pronoun(question)))


def _matter(question: Question) -> list[Token]:
    """Its words of matter but for the kind of thing that is asked for."""
    return [t for t in question.content if t.text not in _KINDS]


def _has_pronoun(question: Question) -> bool:
    """Where "that" only joins, as in "who says that the code is sound?", it is none."""
    words = [t.text for t in question.tokens]
    return any(w in _PRONOUNS and not (w == "that" and after in _ARTICLES) for w, after in pairwise([*words, ""]))


def earlier_question(history: Sequence[Answer]) -> str:
    """The question that a follow-up leans on, with the one that that one leaned on; "" where there was none about the article."""
    last = next((h for h in reversed(history) if not isinstance(h, SmallTalk | OffTopic)), None)
    if last is None:
        return ""
    before = last.trace.after.rpartition(EARLIER)[2]
    return f"{before}{EARLIER}{last.trace.question.text}" if before else last.trace.question.text


def before_repeated(question: Question, history: Sequence[Answer]) -> Sequence[Answer]:
    """The history without the answers to this same question that end it, so that it is answered as it was; "more" asks anew, and who
    speaks in the answer to who speaks is the same."""
    kept = (Rule.MORE_ASKED, Rule.SPEAKER_ASKED)
    while history and history[-1].trace.question.text == question.text and history[-1].trace.rule not in kept:
        history = history[:-1]
    return history


def told(history: Sequence[Answer]) -> frozenset[str]:
    """The ids of the entries that the last answer was from: the same again is hardly what a follow-up wants."""
    last = history[-1]
    return frozenset(e.id for e in last.entries if e.question) if isinstance(last, Answered) else frozenset()


def without_opening(text: str) -> str:
    """A message without the "sorry, I meant" or "ok thanks" before the question, if anything is left."""
    for _ in range(2):
        for opening in (*_CORRECTIONS, *_THANKS):
            found = re.match(r"[\s,;:!.-]*".join(map(re.escape, opening.split())) + r"\b[\s,;:!.-]*", text, re.IGNORECASE)
            # "thanks mate" is thanks; "no, not him: lillis" asks on.
            if found and len(split(text[found.end() :])) >= (1 if opening in _CORRECTIONS else 2):
                text = text[found.end() :]
                break
    return text


def who_spoke(last: Answer, pack: Pack) -> Answered:
    """The last answer's quotations again, led by the names of those who speak in them."""
    cited = citations_of(last)
    # The article's own words are nobody's, and words that one person relays of another neither's alone: there is no lead.
    spoken = {c: c.quote for c in cited if c.quote and c.quote.kind is not QuoteKind.NARRATION}
    own = [q for q in spoken.values() if q.relayed_by is None or pack.people[q.relayed_by].kind is PersonKind.SOURCE]
    lead = " ".join(dict.fromkeys(pack.people[s].name + "." for quote in own for s in quote.speakers))
    entries = last.entries if isinstance(last, Answered) else ()
    return Answered(last.trace, 1.0, last.suggestions, entries, lead, tuple(spoken) or cited)


def what_follows(last: Answer, history: Sequence[Answer], pack: Pack) -> tuple[Citation, ...]:
    """The quote after the last answer's that was not shown yet: the same speakers' if they say more, or else the article's next."""
    shown = [c.excerpt.span for turn in history for c in citations_of(turn)]
    cited = citations_of(last)
    speakers = {s for c in cited if c.quote for s in c.quote.speakers}
    end = max(c.excerpt.span.end for c in cited)
    section = cited[-1].excerpt.paragraph.section
    after = sorted(
        (
            q
            for q in pack.quotes.values()
            if q.span.start >= end
            and not any(q.span.overlaps(s) for s in shown)
            and pack.article.paragraph_at(q.span.start).section is section
        ),
        key=lambda q: q.span,
    )
    following = [q for q in after if speakers & set(q.speakers)] or after
    return tuple(Citation(pack.article.excerpt(q.span), q) for q in following[:1])
