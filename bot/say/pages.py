"""Pages -> words: lists, a passage in context and who else speaks, and what /about, /help and /privacy say."""

from __future__ import annotations

from collections.abc import Sequence

from bot import __version__
from bot.browse.index import Other
from bot.browse.pages import ArticlePage, FaqPage, PeoplePage, QuotePage, Saying, group_name, group_value
from bot.browse.paging import MAX_OPTION, Option, Unknown, budget
from bot.browse.passages import Context
from bot.engine.answer import Citation
from bot.pack.values import Metadata, Pack, Person
from bot.say.attribution import headline, introduced, name_of, publisher, short_title, supplied, where
from bot.say.lines import Bold, Frame, Line, Link, Reply, fill, item, line, said, small
from bot.say.lists import enumerated, joined, strung
from bot.say.quotations import cited, quoted, slice_of, source
from bot.say.replies import MAX_ECHO, SHOWN_POSITIONS, choices_of, examples
from bot.say.wording import COMMANDS, Wording, typed_out
from bot.text.article import Paragraph, Section, Span
from bot.text.display import clip

_FINGERPRINT = 12  # characters shown of a hash


def quotes(page: QuotePage | Unknown, pack: Pack, wording: Wording) -> Reply:
    """/quote"""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    if not page.total:
        return said(wording.quotes_none)
    typed = wording.quoted.format(text=clip(page.words, MAX_ECHO))
    name: Frame = (Bold(page.speaker.name),) if page.speaker else ()
    total = str(page.total)
    if page.speaker and page.words:
        heading = fill(wording.quotes_of_on, speaker=name, words=typed, total=total)
    elif page.speaker:
        heading = fill(wording.quotes_of, speaker=name, total=total)
    elif page.words:
        heading = fill(wording.quotes_on, words=typed, total=total)
    else:
        heading = fill(wording.quotes, total=total)
    lines = [Line(heading), *cited(page.citations, pack, wording), *_turning(page, wording, of=pack)]
    return Reply.of(lines, page=page.page, pages=page.pages)


def people(page: PeoplePage | Unknown, pack: Pack, wording: Wording) -> Reply:
    """/who; the options are the people who speak."""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    if not page.sayings:
        return said(wording.people_none)
    speaking = [s for s in page.sayings if s.quotes]
    silent = [s.person.name for s in page.sayings if not s.quotes]
    lines = [line(wording.people), *(item(_saying(s, pack, wording)) for s in speaking)]
    lines += [item(wording.says_nothing.format(names=joined(silent, wording)))] if silent else []
    options = tuple(Option(clip(s.person.name, MAX_OPTION), s.person.id) for s in speaking)
    return Reply.of([*lines, *_turning(page, wording)], options=options, page=page.page, pages=page.pages)


def _saying(saying: Saying, pack: Pack, wording: Wording) -> str:
    """A person with where they speak, and through whom; every part names its paragraphs."""
    article = pack.article
    says: list[str] = []
    if saying.own:
        says.append(wording.says_own.format(where=where([article.paragraph_at(q.span.start) for q in saying.own], wording)))
    for relayer in dict.fromkeys(q.relayed_by for q in saying.reported):
        place = where([article.paragraph_at(q.span.start) for q in saying.reported if q.relayed_by == relayer], wording)
        says.append(wording.says_reported.format(relayer=name_of(relayer or "", pack, wording), where=place))
    if saying.relays:
        names = list(dict.fromkeys(name_of(s, pack, wording) for q in saying.relays for s in q.speakers))
        place = where([article.paragraph_at(q.span.start) for q in saying.relays], wording)
        says.append(wording.says_relayed.format(names=joined(names, wording), where=place))
    return wording.person.format(person="".join(introduced(saying.person, wording)), says=strung(says, wording))


def article(page: ArticlePage | Unknown, pack: Pack, wording: Wording) -> Reply:
    """/article: what it is, on the first page, and its paragraphs."""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    lines = _card(pack, wording) if page.page == 1 else []  # the headline follows as its first piece
    for piece in page.pieces:
        place = _capitalised(_with_speakers(piece.paragraph, piece.speakers, wording))
        lines.append(line(wording.colon.format(text=place)))
        lines += [] if piece.begins else [small(wording.paragraph_began)]
        lines.append(slice_of(pack, piece.span))
        lines += [] if piece.ends else [small(wording.paragraph_goes_on)]
    return Reply.of([*lines, *_turning(page, wording, of=pack)], page=page.page, pages=page.pages)


def faq(page: FaqPage | Unknown, wording: Wording) -> Reply:
    """/faq: the groups, or the questions of one; the options are the same, with `group_value` or a topic's id as value."""
    if isinstance(page, Unknown):
        return said(wording.unknown[page.what])
    if page.topics:
        heading = wording.faq_group.format(group=group_name(page.group)) if page.group else wording.faq_questions
        lines = [line(heading), *(item(t.question) for t in page.topics)]
        options = tuple(Option(clip(t.question, MAX_OPTION), t.id) for t in page.topics)
    elif page.groups:
        lines = [line(wording.faq_groups)]
        lines += [item(wording.faq_count.format(group=group_name(g), count=n)) for g, n in page.groups]
        options = tuple(
            Option(clip(group_name(g), MAX_OPTION), v) for g, _ in page.groups if len(v := group_value(g)) <= MAX_OPTION
        )
    else:
        return said(wording.faq_none)
    return Reply.of([*lines, *_turning(page, wording)], options=options, page=page.page, pages=page.pages)


# Round a passage


def context(found: Context, pack: Pack, wording: Wording) -> Reply:
    """An excerpt in its paragraph, in up to three parts that say which is which: bold type would not be heard."""
    heading = wording.context.format(place=where([found.citation.excerpt.paragraph], wording))
    lines = [line(wording.colon.format(text=heading))]
    lines += [small(wording.context_left_out)] if found.cut_before else []
    if found.before:
        lines += [_part(found.before, found, pack, wording, same=wording.context_before), slice_of(pack, found.before)]
    lines += [line(wording.context_excerpt), *quoted((found.citation,), pack, wording)]
    if found.after:
        lines += [_part(found.after, found, pack, wording, same=wording.context_after), slice_of(pack, found.after)]
    lines += [small(wording.context_left_out)] if found.cut_after else []
    shown = [span for span in (found.before, found.after) if span]
    unseen = [(p, speakers) for p, speakers in found.neighbours if not any(p.span.overlaps(span) for span in shown)]
    beside = strung([_with_speakers(p, speakers, wording) for p, speakers in unseen], wording)
    if beside:
        lines.append(small(wording.context_neighbours.format(neighbours=beside)))
    elif not found.neighbours:
        lines.append(small(wording.context_alone))
    return Reply.of([*lines, source((found.citation,), pack, wording)])


def _part(span: Span, found: Context, pack: Pack, wording: Wording, *, same: str) -> Line:
    """The line over what stands beside an excerpt: `same`, or which paragraph it is where that is another one."""
    paragraph, beside = pack.article.paragraph_at(span.start), dict(found.neighbours)
    if paragraph == found.citation.excerpt.paragraph or paragraph not in beside:
        return line(same)
    return line(wording.colon.format(text=_capitalised(_with_speakers(paragraph, beside[paragraph], wording))))


def others(found: tuple[Other, ...] | Unknown, pack: Pack, wording: Wording) -> Reply:
    """Who else says something on this, and why each passage is held to be on it."""
    if isinstance(found, Unknown):
        return said(wording.unknown[found.what])
    if not found:
        return said(wording.others_none)
    lines = [line(wording.others)]
    for other in found:
        common = enumerated([wording.quoted.format(text=w) for w in other.words], wording)
        why = wording.others_words.format(words=common)
        if other.shared:
            why = wording.others_together.format(question=other.shared[0].question)
        lines += [*quoted((other.citation,), pack, wording), small(why)]
    return Reply.of([*lines, source([o.citation for o in found], pack, wording)])


def further_positions(pack: Pack, wording: Wording) -> Reply:
    """The positions that the article reports, but for those that an opinion's reply shows."""
    found = [Citation(pack.excerpt(c), pack.quotes[c]) for c in pack.positions[SHOWN_POSITIONS:]]
    return Reply.of([line(wording.positions), *cited(found, pack, wording)]) if found else said(wording.unknown_choice)


# About the bot


def about(pack: Pack, wording: Wording) -> Reply:
    """/about: the bot, the article, the versions."""
    sha256 = pack.article.sha256[:_FINGERPRINT]
    version = (pack.version or pack.article.sha256)[:_FINGERPRINT]
    lines = [wording.small_talk["identity"], wording.about_limits, wording.article_title.format(headline=headline(pack))]
    return Reply.of(
        [
            *map(line, lines),
            *_card(pack, wording),
            small(wording.article_hash.format(hash=sha256 + "…")),
            small(wording.about_version.format(version=__version__, slug=pack.slug, pack=version)),
        ]
    )


def help_text(pack: Pack, wording: Wording) -> Reply:
    """/help: how to ask, every command, and some questions."""
    commands = [
        item(wording.help_command.format(command=typed_out(c), description=wording.commands[c])) for c in COMMANDS if c != "help"
    ]
    lines = [*map(line, wording.help), *commands, *examples(pack.starters, wording)]
    return Reply.of(lines, choices=choices_of(pack.starters))


def greeting(pack: Pack, wording: Wording) -> Reply:
    """What is said once in a server that the bot joins."""
    said = (wording.greeting.format(title=short_title(pack)), wording.greeting_how, wording.greeting_manage)
    return Reply.of([*map(line, said), *examples(pack.starters, wording)], choices=choices_of(pack.starters))


def privacy(wording: Wording) -> Reply:
    """/privacy: docs/privacy.md in short."""
    return Reply.of([item(promise) for promise in wording.privacy])


# Parts of pages


def _card(pack: Pack, wording: Wording) -> list[Line]:
    """What the article is, as far as the pack says."""
    shown = [p for p in pack.article.paragraphs if p.section is not Section.FURNITURE]
    count = sum(1 for p in shown if p.section is not Section.HEADLINE)
    characters = sum(p.span.end - p.span.start for p in shown)
    return [
        line(wording.article_source.format(publisher=publisher(pack, wording))),
        *map(Line, _published(pack.metadata, wording)),
        line(wording.article_size.format(paragraphs=count, characters=characters)),
    ]


def _published(metadata: Metadata, wording: Wording) -> list[Frame]:
    """By whom, when and where, as far as the pack says, and what of it the text does not."""
    address: Frame = (Link(metadata.url, metadata.url),)
    found = [fill(wording.article_authors, authors=joined(metadata.authors, wording))] if metadata.authors else []
    found += [fill(wording.article_date, date=metadata.date)] if metadata.date else []
    found += [fill(wording.article_url, url=address)] if metadata.url else []
    return [*found, *([(supplied(metadata, wording),)] if metadata.supplied else [])]


def _turning(page: QuotePage | PeoplePage | ArticlePage | FaqPage, wording: Wording, *, of: Pack | None = None) -> list[Line]:
    """Which page this is, where there are several; and, where it shows the article `of` a pack, how much of that may be shown."""
    if page.pages == 1:
        return []
    told = [wording.page_of.format(page=page.page, pages=page.pages)]
    told += [wording.budget.format(limit=budget(of.article))] if of else []
    return [small(" ".join(told))]


def _with_speakers(paragraph: Paragraph, speakers: Sequence[Person], wording: Wording) -> str:
    place = where([paragraph], wording)
    names = joined([p.name for p in speakers], wording)
    return wording.with_words_of.format(place=place, speakers=names) if speakers else place


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
