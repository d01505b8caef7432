"""A conversation in the terminal as plain values: what is typed -> what it shows. The questions, lists and words are those of
Discord; only the commands are told here, since there is no list of them to press. In English, as all of the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.browse import pages as browse
from bot.browse.paging import Option
from bot.browse.suggestions import suggest_questions, suggest_speakers, suggest_topics
from bot.engine.answer import MAX_HISTORY, Answer
from bot.engine.pipeline import Engine
from bot.pack.values import Pack
from bot.say import pages as worded
from bot.say.citations import cite
from bot.say.languages import FALLBACK, wording
from bot.say.lines import Line, Reply, item, line, small
from bot.say.replies import compose, examples, format_named, last_shown
from bot.say.why import explain, why
from bot.say.wording import ARTICLE_COMMANDS, Format

# Each command, with what may follow it and what it does.
COMMANDS = {
    "help": ("", "what can be typed here"),
    "who": ("", "the people in the article, and where each of them speaks"),
    "quote": ("[PERSON] [WORDS]", "passages of the article, by speaker and topic"),
    "faq": ("[GROUP]", "questions that can be asked; a group by its name or number"),
    "article": ("[PAGE]", "what the article is, and its paragraphs, page by page"),
    "why": ("", "why you got the last answer"),
    "cite": ("[FORMAT]", f"the last quotation as a citation: {', '.join(f.value for f in Format)}"),
    "positions": ("", "further positions, where it gives no opinion"),
    "about": ("", "what this bot is"),
    "next": ("", "the next page of a list"),
    "previous": ("", "the page before"),
    "ask": ("QUESTION", "ask, as without the command"),
    "quit": ("", "leave; so do quit, exit and Ctrl-D"),
}
HOW_TO_LEAVE = "To leave, press Ctrl-D, or type quit."
LEAVING = frozenset({"quit", "exit", "/quit", "/exit"})
_COMMAND = re.compile(r"/(\w*)(?:\s+(.*))?", re.DOTALL)
_NUMBER = re.compile(r"([0-9]{1,6})\.?")
MOST_OFFERED = 8  # questions for a line that is begun: what fits worse than these is hardly meant
_WORDS = wording(FALLBACK)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message leads to: `lines`, of whose items the first can be picked by number, each standing for the message in `picks`;
    then a `block` that is shown as it stands. `echo` is the message that a number stood for, `aside` why the answer was given."""

    lines: tuple[Line, ...] = ()
    picks: tuple[str, ...] = ()
    block: str = ""
    echo: str = ""
    aside: str = ""

    @property
    def plain(self) -> str:
        """As a pipe gets it."""
        lines = [Reply.of(self.lines).plain] if self.lines else []
        return "\n".join([*lines, *([self.block] if self.block else []), *([f"\n{self.aside}"] if self.aside else [])])


@dataclass(frozen=True, slots=True)
class _List:
    """A list that is shown page by page, at one of its pages."""

    turn: Callable[[int], Reply]
    pick: Callable[[Option], str]
    page: int = 1
    pages: int = 1


class Conversation:
    """Takes messages in order, and remembers what they refer to: the last answers, the last choices, the page of the last list."""

    def __init__(self, engine: Engine, *, numbered: bool, explained: bool = False) -> None:
        """`numbered`: choices are shown with numbers, so a number alone picks one. `explained`: answers come with why."""
        self._engine, self._pack, self._numbered, self._explained = engine, engine.pack, numbered, explained
        self._answers: list[Answer] = []
        self._picks: tuple[str, ...] = ()
        self._list: _List | None = None

    def take(self, message: str) -> Shown:
        """What a message shows: a question's answer, a command's page, or what a number picks."""
        text = message.strip()
        if self._numbered and self._picks and (number := _NUMBER.fullmatch(text)):
            if not 1 <= int(number[1]) <= len(self._picks):
                return _told(f"There is no choice {number[1]}: the numbers go from 1 to {len(self._picks)}.")
            picked = self._picks[int(number[1]) - 1]
            return replace(self._taken(picked, afresh=True), echo=picked)
        return self._taken(text)

    def _taken(self, text: str, *, afresh: bool = False) -> Shown:
        command = _COMMAND.fullmatch(text)
        shown = self._commanded(command[1].casefold(), (command[2] or "").strip()) if command else self._answered(text, afresh)
        self._picks = shown.picks or self._picks
        return shown

    def _answered(self, question: str, afresh: bool = False) -> Shown:
        answer = self._engine.answer(question, () if afresh else self._answers)
        self._answers = [*self._answers, answer][-MAX_HISTORY:]
        self._picks, self._list = (), None
        reply = compose(answer, self._pack, _WORDS)
        picks = tuple(one.text for one in reply.lines if one.kind in ("item", "choice"))
        return Shown(reply.lines, picks, aside=explain(answer, _WORDS) if self._explained else "")

    def _commanded(self, command: str, given: str) -> Shown:
        pack = self._pack
        match command:
            case "help":
                return self._help()
            case "who":
                return self._listed(_List(lambda n: worded.people(browse.people(pack, n), pack, _WORDS), self._of_person), "1")
            case "quote":
                by, on = browse.speaker_first(pack, given)
                return self._listed(_List(lambda n: worded.quotes(browse.quotes(pack, by, on, n), pack, _WORDS), _itself), "1")
            case "faq":
                group = _group(pack, given)
                if group is None:
                    return _told(_WORDS.unknown["group"])
                return self._listed(_List(lambda n: worded.faq(browse.faq(pack, group, n), _WORDS), self._of_faq), "1")
            case "article":
                under, _, rest = given.partition(" ")
                if (under := under.casefold()) in ARTICLE_COMMANDS and under != "read":
                    return self._commanded(under, rest.strip())
                turn = _List(lambda n: worded.article(browse.paragraphs(pack, n), pack, _WORDS), _itself)
                return self._listed(turn, (rest.strip() if under == "read" else given) or "1")
            case "why":
                if not self._answers:
                    return _told("There is no answer yet. Fix: ask something first.")
                return Shown(why(self._answers[-1], pack, _WORDS).lines)
            case "cite":
                return self._cited(given)
            case "positions":
                return Shown(worded.further_positions(pack, _WORDS).lines)
            case "about":
                return Shown(worded.about(pack, _WORDS).lines)
            case "next" | "previous":
                return self._turned(1 if command == "next" else -1)
            case "ask":
                return self._answered(given) if given else _told("/ask what? Put the question behind it, or type it alone.")
            case "quit":  # with more behind it, as alone it leaves
                return _told(HOW_TO_LEAVE)
            case _:
                return _told(f"There is no command /{command}. The commands: {', '.join(f'/{name}' for name in COMMANDS)}.")

    def _help(self) -> Shown:
        commands = [item(f"{' '.join(filter(None, (f'/{name}', after)))}: {does}") for name, (after, does) in COMMANDS.items()]
        lines = [
            line(_WORDS.small_talk["capabilities"]),
            *examples(self._pack.starters, _WORDS),
            line("Go on with “who said that?” or “more”. The number of a choice picks it. Commands:"),
            *commands,
            line("Tab completes questions and commands, the arrows fetch what you typed before, Ctrl-C clears the line."),
            line("Nothing that you type is stored: it is forgotten when you leave."),
        ]
        return Shown(tuple(lines), tuple(t.question for t in self._pack.starters))

    def _listed(self, of: _List, page: str) -> Shown:
        """A page of a list, with what can be chosen from it as messages."""
        if not _NUMBER.fullmatch(page):
            return _told(_WORDS.unknown["page"])
        reply = of.turn(int(page.rstrip(".")))
        self._list = replace(of, page=reply.page, pages=reply.pages)
        more = [small("/next shows the next page.")] if reply.page < reply.pages else []
        return Shown((*reply.lines, *more), tuple(map(of.pick, reply.options)))

    def _turned(self, by: int) -> Shown:
        of = self._list
        if of is None:
            return _told("There is no list to turn the page of. Lists: /who, /quote, /faq, /article.")
        if not 1 <= of.page + by <= of.pages:
            return _told(f"There is no {'further page' if by > 0 else 'page before this one'}.")
        return self._listed(of, str(of.page + by))

    def _cited(self, given: str) -> Shown:
        found = last_shown(self._answers)
        form = format_named(given, _WORDS) if given else Format.PLAIN
        if form is None:
            return _told(f"There is no format {given!r}. The formats: {', '.join(f.value for f in Format)}.")
        if not found:
            return _told("There is no answer yet that quotes the article. Fix: ask something first.")
        text = "\n".join(cite(c, self._pack, _WORDS, form) for c in found)
        return Shown((line(_WORDS.colon.format(text=_WORDS.formats[form])),), block=text.replace("\r\n", "\n").rstrip("\n"))

    def _of_person(self, option: Option) -> str:
        return f"/quote {self._pack.people[option.value].name}"

    def _of_faq(self, option: Option) -> str:
        group = browse.group_of(option.value)
        return self._pack.by_id[option.value].question if group is None else f"/faq {group}"


def completions(pack: Pack, text: str) -> tuple[Option, ...]:
    """What a text that somebody types can become, whole: commands with what may follow them, else real questions of the pack."""
    command = _COMMAND.fullmatch(text)
    if command is None:
        return suggest_questions(pack, text)[:MOST_OFFERED]
    name, given = command[1].casefold(), (command[2] or "")
    if text == text.rstrip() and command[2] is None:
        return tuple(Option(f"/{c} {after}".rstrip(), f"/{c}") for c, (after, _) in COMMANDS.items() if c.startswith(name))
    return tuple(Option(o.label, f"/{name} {o.value}") for o in _following(pack, name, given))


def _following(pack: Pack, command: str, given: str) -> Sequence[Option]:
    """What may follow a command."""
    match command:
        case "quote":
            speaker, topic = browse.speaker_first(pack, given)
            if person := browse.find_person(pack, speaker) if speaker else None:
                return [Option(o.label, f"{person.name} {o.value}") for o in suggest_topics(pack, topic, speaker)]
            topics = suggest_topics(pack, topic) if topic else ()
            return list(dict.fromkeys([*(Option(o.label, o.label) for o in suggest_speakers(pack, topic)), *topics]))
        case "faq":
            known = dict.fromkeys(t.group for t in pack.entries)
            return [Option(browse.group_name(g), g) for g in known if given.strip().casefold() in browse.group_name(g).casefold()]
        case "cite":
            return [Option(_WORDS.formats[f], f.value) for f in Format if f.value.startswith(given.strip().casefold())]
        case "ask":
            return suggest_questions(pack, given)[:MOST_OFFERED]
        case _:
            return ()


def _group(pack: Pack, given: str) -> str | None:
    """The group that a name or a number in the list means; empty where none is asked for, None where there is none such."""
    named = browse.find_group(pack, given)
    if not given or named is not None:
        return named or ""
    known = list(dict.fromkeys(t.group for t in pack.entries))
    number = _NUMBER.fullmatch(given)
    return known[int(number[1]) - 1] if number and 1 <= int(number[1]) <= len(known) else None


def _itself(option: Option) -> str:
    return option.value


def _told(text: str) -> Shown:
    return Shown((line(text),))
