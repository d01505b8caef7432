"""Answers and pages with what can be pressed on them, as plain values: `bot.say` has the words, this has the buttons. Knows
nothing of Discord's library."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.browse import pages as browse
from bot.browse import passages, suggestions
from bot.client import custom_ids
from bot.client.custom_ids import CustomId, Turn, encode, find, referred, tag, text_of
from bot.client.limits import MAX_BUTTONS, MAX_LABEL
from bot.client.outgoing import Key, Menu, Outgoing
from bot.client.typed_commands import Request
from bot.engine.answer import Answer, Answered, Citation, Contradicted, NotInArticle
from bot.pack.values import Pack, Topic, Verdict, normal_form
from bot.say import citations, lines
from bot.say import pages as worded
from bot.say import replies as reply
from bot.say.attribution import short_title
from bot.say.lines import Choice, Reply
from bot.say.why import why
from bot.say.wording import Action, Format, Wording
from bot.text.display import clip

ASK = "ask"  # the action that asks a topic's own question
_NONE = "-"  # stands in a custom_id for what there is none of
MAX_SHOWN = 1800  # characters of a citation in a message; a longer one is a file
_BUSY_LASTS = 30.0  # seconds


def answered(
    answer: Answer, pack: Pack, words: Wording, *, asked: str = "", searched: Sequence[str] = (), elsewhere: bool = False
) -> Outgoing:
    """An answer with its buttons. `asked`, `searched` and `elsewhere`: see `reply.compose`."""
    said = reply.compose(answer, pack, words, asked=asked, searched=searched, elsewhere=elsewhere)
    keys = tuple(Key(b.label, encode(b.action, pack, _needs(b.action, answer))) for b in reply.buttons(answer, pack, words))
    return Outgoing(said.content, tuple(row for row in (_asks(said.choices, pack), keys) if row))


def answered_elsewhere(found: Sequence[tuple[Answer, Pack]], main: Pack, words: Wording, *, asked: str = "") -> Outgoing:
    """Where the main article does not answer and several others do: a button for each."""
    said = reply.several_articles([pack for _, pack in found], main, words, asked=asked)
    return Outgoing(said.content, (tuple(_key_to(answer, pack) for answer, pack in found),))


def fingerprint(content: str) -> str:
    return hashlib.sha256(content.strip().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def expanded(rows: Iterable[Sequence[Key]], press: CustomId, own: Key, pack: Pack, words: Wording) -> tuple[tuple[Key, ...], ...]:
    """The rows of an answer that only its asker sees, once "More" was pressed; `own` shares it or takes it away."""
    return (*_exchanged(rows, Action.MORE, Action.LESS, pack, words), (*_further(press, pack, words), own))


def collapsed(rows: Sequence[Sequence[Key]], pack: Pack, words: Wording) -> tuple[tuple[Key, ...], ...]:
    """The rows of an answer before "More" was pressed."""
    is_open = any(_action_of(key) == Action.LESS for row in rows for key in row)
    return _exchanged(rows[:-1] if is_open else rows, Action.LESS, Action.MORE, pack, words)


def has_wrong_button(answer: Answer, press: CustomId, pack: Pack) -> bool:
    """Whether a button that says that an answer was wrong is that of this one, as far as the button tells."""
    return custom_ids.decode(encode(Action.WRONG, pack, _needs(Action.WRONG, answer))) == press


def has_more_button(answer: Answer, press: CustomId, pack: Pack) -> bool:
    """Whether what "More" knows, or what "Follow up" was told by it, is of this answer."""
    known = press.parts
    return press.article == text_of(pack) and len(known) > 1 and _needs(Action.MORE, answer)[: len(known)] == known


def topic_of_more(press: CustomId, pack: Pack) -> Topic | None:
    """The topic whose own question got the answer that "More" is under; None where there is none, or the article has changed."""
    if press.article != text_of(pack) or len(press.parts) < 2:
        return None
    topic = find(press.parts[1], pack.by_id)
    return pack.by_id[topic] if topic is not None and pack.by_id[topic].question else None


def quoted_by_more(press: CustomId, pack: Pack) -> tuple[Citation, ...]:
    """The passages of the answer that "More" is under, as many as it knows; none where the article has changed."""
    return tuple(c for part in press.parts[2:] if (c := referred(part, pack))) if press.article == text_of(pack) else ()


def more_under(rows: Iterable[Sequence[Key]]) -> CustomId | None:
    """What the button "More" of a message knows, be it open or not; None where it has none."""
    found = (custom_ids.decode(key.custom_id) for row in rows for key in row)
    return next((press for press in found if press and press.action in (Action.MORE, Action.LESS)), None)


def further(press: CustomId, own: Key, pack: Pack, words: Wording) -> Outgoing:
    """What "More" shows whoever presses it under an answer that others see, too."""
    return Outgoing(lines.said(words.more).content, ((*_further(press, pack, words), own),))


def share_key(content: str, pack: Pack, words: Wording) -> Key:
    """Makes public what only the asker sees, if it is still what the bot said."""
    return _key(Action.SHARE, pack, words, (fingerprint(content),))


def hide_key(message_id: int, article: str, words: Wording) -> Key:
    """Takes a message away, whatever became of its article, whose text has that tag."""
    return Key(reply.label(Action.HIDE, words), custom_ids.written(Action.HIDE, article, (str(message_id),)))


def outdated(press: CustomId, message_id: int, words: Wording) -> Outgoing:
    """What "More" shows under an answer from a text that is no longer loaded: it can still be taken away."""
    return Outgoing(sentence(words.unknown_choice).content, ((hide_key(message_id, press.article, words),),))


def sentence(text: str, *, private: bool = False) -> Outgoing:
    """A sentence of the wording as a message."""
    return Outgoing(lines.said(text).content, private=private)


def no_such_article(titles: Iterable[str], words: Wording) -> Outgoing:
    """Tells which articles a channel has."""
    there = ", ".join(words.quoted.format(text=title) for title in titles)
    return sentence(words.article_not_here.format(titles=there), private=True)


def cooling(seconds: float, now: float, words: Wording) -> Outgoing:
    """Tells an asker how long they must wait; `now` is in seconds since the epoch. It goes when the wait is over.

    https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
    """
    return Outgoing(words.cooldown.format(when=f"<t:{math.ceil(now + seconds)}:R>"), lasts=seconds)


def busy(words: Wording) -> Outgoing:
    """Tells an asker that their question was not taken, since too many wait. It goes after a while."""
    return replace(sentence(words.busy, private=True), lasts=_BUSY_LASTS)


# Commands, by slash or typed


def requested(request: Request, pack: Pack, words: Wording, earlier: Sequence[Answer]) -> Outgoing:
    """What a command shows: everything but /ask and /privacy. `earlier` are the asker's last answers here, oldest first."""
    to: Turn | None = None
    match request.command:
        case "quote":
            person = browse.find_person(pack, request.speaker) if request.speaker.strip() else None
            if request.speaker.strip() and person is None:
                return sentence(words.unknown["speaker"], private=True)
            to = Turn("quotes", 1, tag(person.id) if person else "", request.topic[: custom_ids.MAX_CARRIED])
        case "who":
            to = Turn("people", 1)
        case "read":
            number = request.page.strip() or "1"
            if not (number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= custom_ids.MAX_PAGE):
                return sentence(words.unknown["page"], private=True)
            to = Turn("article", int(number))
        case "faq":
            group = browse.find_group(pack, request.group)
            if request.group.strip() and group is None:
                return sentence(words.unknown["group"], private=True)
            to = Turn("faq", 1, tag(group) if group else "")
        case "why":
            return Outgoing((why(earlier[-1], pack, words) if earlier else lines.said(words.why_none)).content)
        case "cite":
            found = reply.last_shown(earlier)
            form = reply.format_named(request.format, words) or Format.PLAIN
            return cited(found, pack, words, form) if found else sentence(words.cite_none)
        case "about":
            return Outgoing(worded.about(pack, words).content)
        case "help":
            return _with_choices(worded.help_text(pack, words), pack)
    return (page(to, pack, words) if to else None) or sentence(words.unknown_choice)


# What a button leads to


def pressed(press: CustomId, pack: Pack, words: Wording) -> Outgoing | None:
    """The page behind a button that shows something; None for what is no such button, or of another text of the article."""
    if press.article != text_of(pack):
        return None
    match press.action:
        case Action.CONTEXT:
            cited_there = referred(press.rest, pack)
            return Outgoing(worded.context(passages.context(pack, cited_there), pack, words).content) if cited_there else None
        case Action.ELSE:
            return Outgoing(worded.others(passages.others(pack, _quote(press, pack)), pack, words).content)
        case Action.WRONG:
            return _wrong(_topics(press, pack), pack, words)
        case Action.POSITIONS:
            return Outgoing(worded.further_positions(pack, words).content)
        case Action.CITE:
            found = [c for part in press.parts if (c := referred(part, pack))]
            return cited(found, pack, words, Format.PLAIN) if found else None
        case "cite-as":
            form = next((f for f in Format if f.value == press.parts[0]), None) if press.parts else None
            found = [c for part in press.parts[1:] if (c := referred(part, pack))]
            return cited(found, pack, words, form) if found and form else None
        case "page":
            to = custom_ids.turned(press)
            return page(to, pack, words) if to else None
    return None


def cited(found: Sequence[Citation], pack: Pack, words: Wording, form: Format) -> Outgoing:
    """Citations in a format, to copy: a block of code, or a file where that is too long or would end the block; and the other
    formats."""
    text = "\n".join(citations.cite(c, pack, words, form) for c in found)
    references = [custom_ids.reference(c) for c in found]
    others = [f for f in Format if f is not form]
    row = tuple(Key(words.formats[f], encode("cite-as", pack, (f.value, *references))) for f in others)
    heading = lines.said(words.colon.format(text=words.formats[form])).content
    if len(text) > MAX_SHOWN or "```" in text:
        return Outgoing(heading, (row,), file=(f"{citations.key(found[0], pack)}.{form.extension}", text))
    return Outgoing(f"{heading}\n```\n{text}```", (row,))


def greeting(pack: Pack, words: Wording) -> Outgoing:
    """What is said once in a server that the bot joins."""
    return _with_choices(worded.greeting(pack, words), pack)


def page(to: Turn, pack: Pack, words: Wording) -> Outgoing | None:
    """A page of a list, with buttons to the ones beside it."""
    match to.what:
        case "quotes":
            speaker = find(to.of, pack.people) if to.of else ""
            if speaker is None:
                return None
            shown = worded.quotes(browse.quotes(pack, speaker, to.words, to.page), pack, words)
        case "people":
            shown = worded.people(browse.people(pack, to.page), pack, words)
        case "article":
            shown = worded.article(browse.paragraphs(pack, to.page), pack, words)
        case "faq":
            group = find(to.of, {t.group for t in pack.entries}) if to.of else ""
            if group is None:
                return None
            shown = worded.faq(browse.faq(pack, group, to.page), words)
        case _:
            return None
    return _paged(shown, to, pack, words)


def picked(kind: str, value: str, pack: Pack, words: Wording) -> tuple[Outgoing | None, Topic | None]:
    """What was chosen from a list, a value from outside: a page, or a topic to ask."""
    if kind == "people":
        return (page(Turn("quotes", 1, tag(value)), pack, words) if value in pack.people else None), None
    group = browse.group_of(value)
    if group is not None:
        return (page(Turn("faq", 1, tag(group)), pack, words) if group in {t.group for t in pack.entries} else None), None
    topic = pack.by_id.get(value)
    return None, (topic if topic is not None and topic.question else None)


def topic_of(answer: Answer) -> Topic | None:
    """The topic that decided an answer, where there is one."""
    match answer:
        case Answered(entries=entries):
            return entries[0] if entries else None
        case Contradicted(premise=topic) | NotInArticle(gap=topic):
            return topic
        case _:
            return None


def topic_in(press: CustomId, pack: Pack) -> Topic | None:
    """The first topic that a button refers to."""
    return next(iter(_topics(press, pack)), None)


# Within


def _needs(action: Action, answer: Answer) -> tuple[str, ...]:
    shown = reply.shown_in(answer)
    match action:
        case Action.CONTEXT:
            return (custom_ids.reference(shown[0]),)
        case Action.WRONG:
            return tuple(tag(t.id) for t in suggestions.matches(answer))
        case Action.MORE:
            quote, topic = next((c.quote for c in shown if c.quote), None), topic_of(answer)
            known = (tag(quote.id) if quote else _NONE, tag(topic.id) if topic else _NONE)
            return (*known, *map(custom_ids.reference, shown))
        case _:
            return ()


def _key_to(answer: Answer, pack: Pack) -> Key:
    """Named like an article, it asks that the question that is answered there; or it shows the passage, where it is no recorded question's."""
    topic, label = topic_of(answer), clip(short_title(pack), MAX_LABEL)
    if (
        topic is not None
        and pack.phrased.get(normal_form(topic.question)) is topic
        and topic.verdict is answer.verdict is Verdict.ANSWER
    ):
        return Key(label, encode(ASK, pack, (tag(topic.id),)))
    return Key(label, encode(Action.CONTEXT, pack, (custom_ids.reference(reply.shown_in(answer)[0]),)))


def _further(press: CustomId, pack: Pack, words: Wording) -> tuple[Key, ...]:
    """The buttons behind "More", for what its own button says of the answer."""
    quote, _, *references = (*press.parts, _NONE, _NONE)[: max(2, len(press.parts))]
    found = find(quote, pack.quotes)
    wanted: list[tuple[Action, Sequence[str]]] = []
    if found and passages.others(pack, found):
        wanted.append((Action.ELSE, (quote,)))
    if references:
        wanted += [(Action.CITE, references), (Action.FOLLOW_UP, press.parts)]
    return tuple(_key(action, pack, words, parts) for action, parts in wanted)


def _exchanged(
    rows: Iterable[Sequence[Key]], old: Action, new: Action, pack: Pack, words: Wording
) -> tuple[tuple[Key, ...], ...]:
    """The rows with another action on the button that does `old`, of the same answer."""

    def exchanged(key: Key) -> Key:
        known = custom_ids.decode(key.custom_id)
        return _key(new, pack, words, known.parts) if known and known.action == old else key

    return tuple(tuple(map(exchanged, row)) for row in rows)


def _paged(shown: Reply, to: Turn, pack: Pack, words: Wording) -> Outgoing:
    keys = []
    for action, number in ((Action.PREVIOUS, shown.page - 1), (Action.NEXT, shown.page + 1)):
        if 1 <= number <= shown.pages:
            keys.append(Key(reply.label(action, words), custom_ids.turn(Turn(to.what, number, to.of, to.words), pack)))
    menu = None
    if shown.options:
        hint = words.choose_person if to.what == "people" else words.choose_question
        menu = Menu(encode("pick", pack, (to.what,)), hint, shown.options)
    return Outgoing(shown.content, (tuple(keys),) if keys else (), menu)


def _wrong(topics: Sequence[Topic], pack: Pack, words: Wording) -> Outgoing:
    """The other questions that came near, or else some that can be asked."""
    near = [topic for topic in topics if topic.question]
    shown = near or pack.starters
    heading = words.wrong if near else words.wrong_none if shown else words.wrong_alone
    said = [lines.line(heading), *(lines.choice(topic.question) for topic in shown)]
    return _with_choices(Reply.of(said, choices=reply.choices_of(shown)), pack)


def _topics(press: CustomId, pack: Pack) -> list[Topic]:
    found = (find(part, pack.by_id) for part in press.parts[:MAX_BUTTONS])
    return [pack.by_id[i] for i in found if i is not None]


def _quote(press: CustomId, pack: Pack) -> str:
    return (find(press.parts[0], pack.quotes) if press.parts else None) or ""


def _with_choices(said: Reply, pack: Pack) -> Outgoing:
    row = _asks(said.choices, pack)
    return Outgoing(said.content, (row,) if row else ())


def _asks(choices: Iterable[Choice], pack: Pack) -> tuple[Key, ...]:
    """Questions to press, the first of them the recommended one."""
    return tuple(Key(c.label, encode(ASK, pack, (tag(c.topic),)), primary=not i) for i, c in enumerate(choices))


def _key(action: Action, pack: Pack, words: Wording, parts: Sequence[str] = ()) -> Key:
    return Key(reply.label(action, words), encode(action, pack, parts))


def _action_of(key: Key) -> str:
    found = custom_ids.decode(key.custom_id)
    return found.action if found else ""
