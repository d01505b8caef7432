"""What the engine chooses among: a pack's topics, and the sentences of the article that none of them shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.engine.decide import TALK
from bot.engine.reader import NOT_SAID, PASSAGE_PIECES, Passage
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Pack, Topic, Verdict
from bot.text.article import Article, Section, Span
from bot.text.introductions import introductions_of

_READ = 4 * PASSAGE_PIECES  # characters: of what is longer the reader would not read the end


@dataclass(frozen=True, slots=True)
class Source:
    """A topic with the passages that it shows, and what the reader reads of it beside its nearest phrasing."""

    topic: Topic
    spans: tuple[Span, ...]
    passage: Passage | None  # None: it is never read
    is_sentence: bool = False


def sources_of(pack: Pack) -> list[Source]:
    """A pack's topics, and each sentence of the article that none of them shows as an answer or as what contradicts a premise."""
    topics = [_curated(pack, topic) for topic in pack.topics]
    shown = [s for t in topics if t.topic.verdict in (Verdict.ANSWER, Verdict.PREMISE) for s in t.spans]
    return [*_uncurated(pack.article, shown), *topics]


def _curated(pack: Pack, topic: Topic) -> Source:
    spans = tuple(pack.quotes[c].span for c in topic.cites)
    if topic.verdict in TALK:
        return Source(topic, spans, None)
    shown = " ".join(pack.article.excerpt(s).text for s in spans)
    words = NOT_SAID if topic.verdict is Verdict.NOT_IN_ARTICLE else shown
    return Source(topic, spans, Passage(words, premise=topic.verdict is Verdict.PREMISE))


def _uncurated(article: Article, shown: Sequence[Span]) -> Iterator[Source]:
    """The sentences, each in pieces where it is longer than the reader reads; what is shown of a piece is its sentence, unless that is longer
    than an answer may be. A headline only repeats what a sentence below says in full."""
    body = [s for s in article.sentences if article.paragraph_at(s.start).section is not Section.HEADLINE]
    introductions = introductions_of(article)
    introduced: dict[Span, list[Span]] = {}
    for item, by in introductions.items():
        introduced.setdefault(by, []).append(item)
    spans = [(s, piece) for s in body or article.sentences for piece in article.pieces(s, _READ)]
    texts = [article.excerpt(piece).text for _, piece in spans]
    for i, ((sentence, piece), text) in enumerate(zip(spans, texts, strict=True)):
        own = sentence if sentence.end - sentence.start <= MAX_EXCERPT_CHARACTERS else piece
        if any(own.overlaps(other) for other in shown):
            continue
        before, after = texts[i - 1] if i else "", texts[i + 1] if i + 1 < len(texts) else ""
        if introduction := introductions.get(sentence):
            before = article.excerpt(introduction).text
        beside = [*([introduction] if introduction else []), own, *introduced.get(sentence, [])]
        topic = Topic(f"sentence-{i + 1}", Verdict.ANSWER, "", ())
        yield Source(topic, _fitting(beside, own), Passage(text, headline=article.headline, before=before, after=after), True)


def _fitting(spans: Iterable[Span], own: Span) -> tuple[Span, ...]:
    """A sentence with what introduces it and what it introduces, as much as an answer may show, in the order of the text."""
    kept, left = [own], MAX_EXCERPT_CHARACTERS - (own.end - own.start)
    for span in spans:
        if span != own and span.end - span.start <= left:
            kept.append(span)
            left -= span.end - span.start
    return tuple(sorted(kept))
