"""What a screen reader gets: every kind of reply, from what a reader does to the JSON that leaves, read aloud in order.

The client's own markup says that a message is named by its author, its content, its components and its time, so it is heard as one flat text: quotation blocks,
bold type and colour vanish. `KINDS` therefore holds whole readings, as a listener gets them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import discord
import pytest
import simcord
from conftest import ARTICLE, FAQ, PACK, PEOPLE, QUOTES, write_pack
from fakes.scene import Scene, Stub, play, shelf, undecided
from hypothesis import example, given
from hypothesis import strategies as st

import bot.say.wording
from bot import __version__
from bot.browse import pages as browse
from bot.browse import passages
from bot.client.state import tag, text_of
from bot.engine.answer import Ambiguous, Answer, Answered, Candidate, Citation, NotInArticle, OpinionAsked, SmallTalk, Trace
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.engine.verify import Constraint, Unmet
from bot.errors import Fault, FileFaults
from bot.pack.loading import load
from bot.pack.values import Pack, Topic, Verdict
from bot.say import pages as worded
from bot.say import replies as reply
from bot.say.languages import wording
from bot.say.lines import Reply
from bot.say.wording import CONSTRAINTS, PERMISSIONS, RULES, SMALL_TALK, WANTS, Wording
from bot.store.values import Overrides
from bot.text.article import Section

# Reading aloud

_FENCE = re.compile(r"^```\n(.*?)\n?```$", re.DOTALL | re.MULTILINE)
_LIVE = frozenset("*_~`|[]<>#@")  # of Discord's Markdown; a colon before a letter begins an emoji or ends the scheme of a link
_LIVE_LINE = re.compile(r"\s*(?:[-+*] |\d+\. |#{1,3} |>|-#)")


def reading(body: Mapping[str, Any]) -> str:
    """What is heard of a body that leaves for Discord, in order, a line for each thing: the text; [a button]; a list to choose from; a file; a window.
    Fails on any Markdown that the bot has no use for."""
    if "title" in body:
        fields_of = [c for c in body["components"] if c["type"] == 18]
        assert len(fields_of) == len(body["components"])
        return "\n".join(
            [f"window: {body['title']}", *(f"field: {c['label']}. {c['component']['placeholder']}" for c in fields_of)]
        )
    if "choices" in body:
        return "\n".join(f"offered: {choice['name']}" for choice in body["choices"])
    assert not body.get("embeds"), "an embed is not seen by whoever has link previews off"
    lines = spoken(body.get("content") or "")
    lines += [f"file: {a['filename']}" for a in body.get("attachments", ())]
    for row in body.get("components", ()):
        buttons = [c for c in row["components"] if c["type"] == 2]
        lists = [c for c in row["components"] if c["type"] == 3]
        assert row["type"] == 1
        assert len(buttons) + len(lists) == len(row["components"])
        lines += [" ".join(f"[{b['label']}]" for b in buttons)] if buttons else []
        lines += [f"list: {a['placeholder']}: {'; '.join(o['label'] for o in a['options'])}" for a in lists]
    return "\n".join(lines)


def spoken(content: str) -> list[str]:
    """The lines that Discord shows of Markdown. What is quoted or in small print is read like the rest; a code block as it stands; empty lines are not heard."""
    lines: list[str] = []
    for number, part in enumerate(_FENCE.split(content.replace("\r\n", "\n"))):
        lines += part.split("\n") if number % 2 else [_line(line) for line in part.split("\n") if line.strip()]
    return lines


def _line(line: str) -> str:
    begins = next((mark for mark in ("> ", "-# ", "- ") if line.startswith(mark)), "")
    rest = line.removeprefix(begins)
    assert not _LIVE_LINE.match(rest), f"Discord takes the beginning of this line for markup: {line!r}"
    return ("- " if begins == "- " else "") + _inline(rest, line)


def _inline(text: str, line: str) -> str:
    heard, bold, at = "", False, 0
    while at < len(text):
        here, ahead = text[at], text[at + 1 : at + 2]
        if here == "\\":
            assert unicodedata.category(ahead or " ")[0] in "PS", f"a backslash that Discord shows: {line!r}"
            heard += ahead
            at += 2
        elif text.startswith("**", at):
            assert not bold or not text[:at].endswith("**"), f"bold type round nothing: {line!r}"
            bold = not bold
            at += 2
        else:
            assert here not in _LIVE, f"an unescaped {here!r}: {line!r}"
            assert here != ":" or not ahead.strip(), f"a colon that may begin an emoji or a link: {line!r}"
            heard += here
            at += 1
    assert not bold, f"bold type that does not end: {line!r}"
    return heard


def commands_heard(commands: Sequence[Mapping[str, Any]]) -> str:
    """What is heard of the list of commands, before any is used."""
    lines = []
    for command in commands:
        if command["type"] == 3:
            lines.append(f"menu: {command['name']}")
            continue
        for path, described in _described(f"/{command['name']}", command):
            lines.append(f"{path}: {described['description']}")
            lines += [f"{path} {described_choice}" for described_choice in _choices(described)]
    return "\n".join(lines)


def _described(path: str, command: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, command
    for option in command.get("options", ()):
        yield from _described(f"{path} {option['name']}", option)


def _choices(option: Mapping[str, Any]) -> list[str]:
    named = [c["name"] for c in option.get("choices", ())]
    return [f"offers: {'; '.join(named)}"] if named else []


# Stories

LIFT = "Who called for a second lift?"
ROOF = "What did Tom Reed say about the roof repairs?"
ROOM = "What will become of the reading room?"
HOUR = "At what hour does the library open?"
MAYOR = "What time does the mayor open the library?"
BOTH = "How many readers signed the petition and who called for a second lift?"
HALF = "How many readers signed the petition and what does the librarian earn?"


@dataclass
class Listener:
    """A reader in a scene: what they do, and the bodies that left for Discord since."""

    scene: Scene
    channel: simcord.ChannelHandle
    message: Any = None
    window: Any = None

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """All that can be heard, oldest first."""
        found: list[dict[str, Any]] = []
        for request in self.scene.env.http_requests:
            if not isinstance(request.json, dict):
                continue
            if request.path.startswith("/interactions/"):
                found.append(request.json.get("data") or {})
            elif request.path.startswith(("/channels/", "/webhooks/")) and "content" in request.json:
                found.append(request.json)
        return [body for body in found if body.keys() & {"content", "title", "choices"}]

    def take(self, result: simcord.InteractionResult) -> None:
        """Go on from what an interaction led to."""
        self.window = result if result.modal else self.window
        self.message = (result.followups or [result.response or self.message])[-1]

    def actor(self, by: str) -> simcord.MemberActor:
        s = self.scene
        match by:
            case "asker":
                return s.asker
            case "owner":
                return simcord.MemberActor(s.env, s.guild, s.guild.owner)
        return s.guild.add_member(s.env.create_user(by))


_MARKS = range(0xE000, 0xF900)  # private use: no font shows them, and no text holds them


def _unmarked(text: str) -> str:
    return "".join(c for c in text if ord(c) not in _MARKS)


Step = Callable[[Listener], Awaitable[None]]


def say(text: str) -> Step:
    """Mention the bot."""

    async def step(h: Listener) -> None:
        await h.scene.mention(text, h.channel)
        h.message = h.channel.last_message

    return step


def slash(name: str, by: str = "asker", **options: Any) -> Step:
    async def step(h: Listener) -> None:
        h.take(await h.actor(by).slash(h.channel, name, **options))

    return step


def press(label: str, by: str = "asker") -> Step:
    async def step(h: Listener) -> None:
        rows = h.scene.env.backend.get_message(h.channel.id, h.message.id).components
        keys = [k for row in rows for k in row["components"] if _unmarked(k.get("label", "")) == label]
        assert len(keys) == 1, f"no button {label!r}, or several"
        h.take(await h.actor(by).click(h.message, custom_id=keys[0]["custom_id"]))

    return step


def pick(value: str) -> Step:
    """Choose from a list."""

    async def step(h: Listener) -> None:
        h.take(await h.scene.asker.select(h.message, [value]))

    return step


def write(text: str) -> Step:
    """Fill in the window and send it."""

    async def step(h: Listener) -> None:
        h.take(await h.scene.asker.submit_modal(h.window, {"question": text}))

    return step


def typed(command: str, option: str, text: str, by: str = "asker") -> Step:
    """Type into an option, and hear what is offered."""

    async def step(h: Listener) -> None:
        await h.actor(by).autocomplete(h.channel, command, option, text)

    return step


async def _menu(h: Listener) -> None:
    message = await h.actor("friend").send(h.channel, LIFT)
    h.take(await h.scene.asker.context_menu(h.channel, wording("en").menu_ask, message))


async def _reply_whose_text_is_withheld(h: Listener) -> None:
    await h.scene.asker.send(h.channel, "who said that?", reply_to=h.message)


async def _overheard(h: Listener) -> None:
    await h.scene.asker.send(h.channel, LIFT)


def old_button(action: str, passage: str = "", *, article: str = "", of: str = "") -> Step:
    """Press a button that a message of the bot has from another time."""

    async def step(h: Listener) -> None:
        view = discord.ui.View(timeout=None)
        about = article or text_of(h.scene.bot.library.default.pack)
        rest = f":{of or tag(passage)}" if of or passage else ""
        view.add_item(discord.ui.Button(label="old", custom_id=f"verbatim:2:{action}:{about}{rest}"))
        sent = await h.scene.bot.get_partial_messageable(h.channel.id).send("An old message.", view=view)
        view.stop()
        h.take(await h.scene.asker.click(sent, label="old"))

    return step


def settings(**values: Any) -> Step:
    async def step(h: Listener) -> None:
        await h.scene.bot.change_settings(h.scene.guild.id, h.channel.id, lambda _: Overrides(**values))

    return step


async def _operator(h: Listener) -> None:
    """The server's owner runs the bot, too."""
    assert h.scene.bot.application is not None
    h.scene.bot.application.owner.id = h.scene.guild.owner.id


async def _close_store(h: Listener) -> None:
    await h.scene.bot.store.close()


async def _be_reloading(h: Listener) -> None:
    await h.scene.bot.library._reloading.acquire()


async def _where_permissions_lack(h: Listener) -> None:
    lacking = discord.PermissionOverwrite(**dict.fromkeys(PERMISSIONS, False))
    h.channel = h.scene.guild.create_text_channel("narrow", overwrites={h.scene.guild.default_role: lacking})


# Articles


BOATS = "Boats moved\n\nFishing boats were moved to Porto Novo. The harbour master gave no date.\n"
AGAIN = "and back, and to Porto Novo again, "
LONG = f"Boats moved\n\nFishing boats were moved to Porto Novo {AGAIN * 30}in March.\n"


SHORTER = "Councillor Ruth Bell also called for a second lift in the building."
MORE = (
    "She said so at the meeting in May, before the vote on the money for the coming year. "
    "Others agreed with her, as the minutes of that long meeting show on their last page, and asked for a ramp beside the old stairs. "
    "A third wish was for a bench by the door, where readers who come too early could sit, but of that nobody spoke again after the chair had said what benches cost."
)
DEMANDS = """\
- id: demands
  question: "What is wanted for the building?"
  asks: thing
  cites: [room, lift]
  phrasings:
    - "what is wanted for the building"
    - "which wishes are there for the building"
    - "wishes for the building"
    - "what do they want for the building"
"""


def _trace(rule: str, wants: str = "", candidates: tuple[Candidate, ...] = ()) -> Trace:
    return Trace(Question("", (), wants), rule, candidates, None, 0.25, 0.6)


def _lacking(number: int, constraints: Sequence[str]) -> Candidate:
    topic = Topic(f"topic-{number}", Verdict.ANSWER, f"Question {number}?", ())
    unmet = (Unmet(Constraint(c), "person" if c == Constraint.WANTS else "boats", 1.0) for c in constraints)
    return Candidate(topic, 1.0, 0.5, "", tuple(unmet))


def _deciding(question: str, history: Sequence[Answer], real: Engine) -> Answer:
    """The real engine, and decisions that a small article does not bring about: by the first word of the question."""
    pack = real.pack

    def cite(*ids: str) -> tuple[Citation, ...]:
        return tuple(Citation(pack.excerpt(i), pack.quotes[i]) for i in ids)

    kind, _, rest = question.partition(" ")
    match kind:
        case "fail":
            raise ValueError
        case "talk":
            return SmallTalk(_trace("it is small talk"), 1.0, ("Who called?",), rest)
        case "rule":
            rule, want = RULES[int(rest)], WANTS[int(rest) % len(WANTS)]
            return SmallTalk(_trace(rule, want), 1.0, (), "thanks")
        case "lack":
            near = tuple(_lacking(i, CONSTRAINTS[i : i + 3]) for i in range(0, len(CONSTRAINTS), 3))
            return SmallTalk(_trace("it is small talk", "", near), 1.0, (), "thanks")
        case "cite":
            return Answered(_trace("each part has its answer"), 1.0, (), (), "", cite(*rest.split()))
        case "nothing":
            return NotInArticle(_trace("no entry meets all that the question asks"), 1.0, (), None, (), ())
        case "views":
            return OpinionAsked(_trace("it asks for a judgement"), 1.0, (), cite(*rest.split()))
        case "torn":
            torn = (pack.by_id["second-lift"], pack.by_id["roof-cost"])
            return Ambiguous(_trace("two entries fit about equally"), 0.5, (), torn)
    return real.answer(question, history)


Make = Callable[[], Any]


@pytest.fixture(scope="session")
def articles(tiny: Engine, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Make]:
    """By name, what makes the engine or the library of a story."""

    def folder(name: str, **changes: str | None) -> Engine:
        files = {k if "." in k else k.replace("__", "/") + ".yaml": v for k, v in changes.items()}
        return build(write_pack(tmp_path_factory.mktemp(name), files))

    def text(name: str, article: str) -> Engine:
        path = tmp_path_factory.mktemp("texts") / f"{name}.txt"
        path.write_text(article, encoding="utf-8")
        return build(path)

    def refuse() -> Engine:
        raise FileFaults([Fault("faq/library.yaml", 3, "a quote stands nowhere in the article.", "copy it.")])

    before, after = FAQ.split("- id: roof-cost", 1)
    grouped = folder("grouped", faq__library=before, **{"faq__building-works": "- id: roof-cost" + after})
    longer = "Councillor Ruth Bell also called for a second lift in the building before the roof repairs and the books."
    related = folder(
        "related",
        faq__library=FAQ + DEMANDS,
        quotes=QUOTES.replace(SHORTER, longer),
        **{"article.txt": ARTICLE.replace(SHORTER, f"{longer} {MORE}")},
    )
    headline = folder(
        "headline",
        pack=PACK.replace("  furniture: [Skip to content]\n  foot: Join the friends\n", "").replace(
            "[waited, lift]", "[headline]"
        ),
        people=PEOPLE.split("- id: kovacs")[0],
        quotes=QUOTES.split("- id: sundays")[0],
        faq__library=FAQ.split("- id: sunday-start")[0],
        gaps=None,
        premises=None,
        vocabulary=None,
        questions=None,
        **{"article.txt": ARTICLE.splitlines()[2] + "\n"},
    )
    several = folder("several", quotes=QUOTES.replace("- id: room\n  speaker: kovacs", "- id: room\n  speaker: [kovacs, reed]"))
    boats, long = text("boats", BOATS), text("long", LONG)
    return {
        "millbrook": lambda: tiny,
        "grouped": lambda: grouped,
        "related": lambda: related,
        "headline": lambda: headline,
        "several": lambda: several,
        "boats": lambda: boats,
        "long": lambda: long,
        "torn": lambda: undecided(tiny, "second-lift", "roof-cost"),
        "decided": lambda: Stub(tiny, _deciding),
        "anew": lambda: shelf(tiny, read_anew=lambda: boats),
        "faulty": lambda: shelf(tiny, read_anew=refuse),
    }


@dataclass(frozen=True)
class Kind:
    """A kind of reply: what leads to it, and what is heard of it. `whole`: of all that was answered, not of the last alone."""

    name: str
    steps: Sequence[Step]
    heard: str
    article: str = "millbrook"
    language: str = "en"
    whole: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


# Each [ ] is a button. <pack>, <hash> and <version> stand for what changes with the invented pack and with the bot.
# fmt: off
KINDS = [
    # Verdicts
    Kind("answer with a lead, reported by the article", [say(LIFT)], """
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("answer without a lead", [say(ROOM)], """
        Anna Kovacs, Head librarian (paragraph 2):
        “The reading room will finally be full again.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("answer relayed by a speaker", [say(ROOF)], """
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("answer from the headline", [say("What does the headline say?")], """
        The article (headline):
        “Library to open on Sundays after readers’ petition”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, headline.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("answer from the foot", [say("What does it cost to join the friends of the library?")], """
        five pounds a year.
        The article (paragraph 5, note at the foot):
        “Join the friends of the library for five pounds a year.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 5, note at the foot.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("answer by several speakers at once", [say(ROOM)], """
        Anna Kovacs, Head librarian; Tom Reed, colleague (paragraph 2):
        “The reading room will finally be full again.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """, article="several"),
    Kind("answer by one speaker after another", [say("cite waited room roof lift")], """
        Anna Kovacs, Head librarian (paragraph 2):
        “We have waited nine years for this.”
        “The reading room will finally be full again.”
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraphs 2, 3 and 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """, article="decided"),
    Kind("answer whose excerpts of one speaker stand in several paragraphs", [say("cite headline sundays friends")], """
        The article (headline):
        “Library to open on Sundays after readers’ petition”
        The article (paragraph 1):
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        The article (paragraph 5, note at the foot):
        “Join the friends of the library for five pounds a year.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, headline, paragraphs 1 and 5.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """, article="decided"),
    Kind("answer to both parts of a question", [say(BOTH)], """
        412 readers.
        Ruth Bell.
        The article (paragraph 1):
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraphs 1 and 4.
        [In context] [Follow up]
        [Other matches] [Not what I asked] [Cite] [Hide]
        """),
    Kind("answer to one part of a question", [say(HALF)], """
        412 readers.
        The article (paragraph 1):
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 1.
        The article does not say: the librarian's salary.
        [In context] [Follow up]
        [Other matches] [Not what I asked] [Cite] [Hide]
        """),
    # At present: “the article” stands where a publisher would.
    Kind("answer from an article alone", [say("Where were the fishing boats moved?")], """
        The article (paragraph 1):
        “Fishing boats were moved to Porto Novo.”
        Source: “Boats moved”, the article, paragraph 1.
        [Follow up]
        [Not what I asked] [Cite] [Hide]
        """, article="boats"),
    Kind("premise", [say("why is Ruth Bell against the lift")], """
        The question takes for granted: “Ruth Bell is against the lift.” The article contradicts that:
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("ambiguous", [say("which?")], """
        That can mean more than one thing. Which do you ask?
        [Who called for a second lift?] [What did Tom Reed say about the roof repairs?]
        [Hide]
        """, article="torn"),
    Kind("a choice made", [say("which?"), press(ROOF)], """
        Understood as: What did Tom Reed say about the roof repairs?
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """, article="torn"),
    Kind("not in the article, with the nearest thing", [say("at what hour does the library open")], """
        The article does not say: the hour at which the library opens.
        The nearest thing that it does say:
        The article (paragraph 1):
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 1.
        [In context]
        [Cite] [Hide]
        """),
    Kind("not in the article, with nothing near", [say("what does the librarian earn")], """
        The article does not say: the librarian's salary.
        [Hide]
        """),
    Kind("not in the article, with words not found", [say("best pizza in town?")], """
        The article does not say that.
        Looked for, and not found: “best”, “pizza”, “town”.
        [Hide]
        """),
    Kind("not in the article, bare", [say("nothing")], """
        The article does not say that.
        [Hide]
        """, article="decided"),
    Kind("not in the article, with a sentence that is cut", [say("Where were the fishing boats moved?")], f"""
        The article does not say that.
        The nearest thing that it does say:
        The article (paragraph 1):
        “Fishing boats were moved to Porto Novo {AGAIN * 24}and back, and to”
        (cut here: the sentence goes on)
        Source: “Boats moved”, the article, paragraph 1.
        [Cite] [Hide]
        """, article="long"),
    Kind("opinion", [say("views waited lift")], """
        I give no opinion: I only quote the article. Positions that it reports:
        Anna Kovacs, Head librarian (paragraph 2):
        “We have waited nine years for this.”
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraphs 2 and 4.
        [In context]
        [Cite] [Hide]
        """, article="decided"),
    Kind("opinion without positions", [say("views")], """
        I give no opinion: I only quote the article.
        [Hide]
        """, article="decided"),
    Kind("off topic", [say("what is the capital of france")], """
        I can only answer from one article: the Sunday opening of Millbrook library.
        You can ask, for example:
        - What does it cost to join the friends of the library?
        - What will become of the reading room?
        - What did Tom Reed say about the roof repairs?
        [Hide]
        """),
    Kind("a message without words", [say("!!!")], """
        I found no words in that. Ask me about the article.
        You can ask, for example:
        - What does the headline say?
        - How many readers signed the petition?
        - What will become of the reading room?
        """),
    Kind("small talk of every kind", [*(say(f"talk {k}") for k in SMALL_TALK)], """
        Hello. Ask me about the article, and I answer in its own words.
        You can ask, for example:
        - Who called?
        You are welcome.
        Goodbye.
        I am ready to answer from the article.
        You can ask, for example:
        - Who called?
        I am Verbatim, a bot. I answer questions about one article with cited excerpts from it, word for word, and say so when it does not say.
        You can ask, for example:
        - Who called?
        Ask about the article in your own words. I answer with excerpts from it, word for word, with speaker and paragraph.
        You can ask, for example:
        - Who called?
        Thank you.
        I can only quote the article. Ask me what it says.
        Ask on, if there is more that you want to know about the article.
        That is all that follows it in the article.
        No harm done. Ask on.
        I am here. Ask me about the article.
        You can ask, for example:
        - Who called?
        I take no instructions in messages: I only quote the article, as it stands.
        You can ask, for example:
        - Who called?
        """, article="decided", whole=True),
    Kind("who said that", [say(ROOF), say("who said that?")], """
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("more", [say(ROOF), say("more")], """
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    # Commands
    Kind("/ask", [slash("ask", question=LIFT)], """
        Understood as: Who called for a second lift?
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("/ask where answers are private", [settings(ephemeral=True), slash("ask", question=LIFT)], """
        Understood as: Who called for a second lift?
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Share]
        """),
    Kind("/ask while typing", [typed("ask", "question", "lift")], """
        offered: Who called for a second lift?
        """),
    Kind("/quote", [slash("quote")], """
        Passages of the article: 7.
        The article (headline):
        “Library to open on Sundays after readers’ petition”
        The article (paragraph 1):
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        Anna Kovacs, Head librarian (paragraph 2):
        “We have waited nine years for this.”
        “The reading room will finally be full again.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, headline, paragraphs 1 and 2.
        Page 1 of 2. At most 247 characters of the article are shown at a time.
        [Next page]
        """),
    Kind("/quote, next page", [slash("quote"), press("Next page")], """
        Passages of the article: 7.
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        The article (paragraph 5, note at the foot):
        “Join the friends of the library for five pounds a year.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraphs 3, 4 and 5.
        Page 2 of 2. At most 247 characters of the article are shown at a time.
        [Previous page]
        """),
    Kind("/quote of a speaker", [slash("quote", speaker="kovacs")], """
        Passages with Anna Kovacs: 3.
        Anna Kovacs, Head librarian (paragraph 2):
        “We have waited nine years for this.”
        “The reading room will finally be full again.”
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraphs 2 and 3.
        """),
    Kind("/quote about a topic", [slash("quote", topic="lift")], """
        Passages about “lift”: 1.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        """),
    Kind("/quote of a speaker about a topic", [slash("quote", speaker="Kovacs", topic="books")], """
        Passages with Anna Kovacs about “books”: 1.
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.
        """),
    Kind("/quote, nothing found", [slash("quote", topic="submarine")], """
        I found no passage for that. Try fewer or other words, or ask a question with /ask.
        """),
    Kind("/quote of nobody", [slash("quote", speaker="Napoleon")], """
        I know nobody of that name in the article. Use /who to see the people in it.
        """),
    Kind("/quote while typing", [typed("quote", "speaker", "kov"), typed("quote", "topic", "li")], """
        offered: Anna Kovacs
        offered: lift
        offered: Anna Kovacs
        """, whole=True),
    Kind("/who", [slash("who")], """
        Who is in the article, and where they speak:
        - Anna Kovacs, Head librarian: own words in paragraph 2; relays Tom Reed in paragraph 3
        - Tom Reed, colleague: reported by Anna Kovacs in paragraph 3
        - Ruth Bell, Councillor: reported by the article in paragraph 4
        - Named, not quoted: town council
        list: Read a person’s passages: Anna Kovacs; Tom Reed; Ruth Bell
        """),
    Kind("/who, a person chosen", [slash("who"), pick("bell")], """
        Passages with Ruth Bell: 1.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        """),
    Kind("/who without people", [slash("who")], """
        Nobody is recorded for this article. Ask about it with /ask.
        """, article="boats"),
    Kind("/article", [slash("article")], """
        Source: the gazette.
        Paragraphs: 5. Characters: 494.
        Headline:
        “Library to open on Sundays after readers’ petition”
        Paragraph 1:
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        Page 1 of 3. At most 247 characters of the article are shown at a time.
        [Next page]
        """),
    # At present: quotation marks within quotation marks of the same kind, some of which do not close.
    Kind("/article, next page", [slash("article"), press("Next page")], """
        Paragraph 2, with words of Anna Kovacs:
        “Head librarian Anna Kovacs said: “We have waited nine years for this. The reading room will finally be full again.”
        Paragraph 3, with words of Anna Kovacs:
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Page 2 of 3. At most 247 characters of the article are shown at a time.
        [Previous page] [Next page]
        """),
    Kind("/article, last page", [slash("article", page=3)], """
        Paragraph 4:
        “Councillor Ruth Bell also called for a second lift in the building.”
        Paragraph 5, note at the foot:
        “Join the friends of the library for five pounds a year.”
        Page 3 of 3. At most 247 characters of the article are shown at a time.
        [Previous page]
        """),
    Kind("/article beyond the end", [slash("article", page=4)], """
        There is no such page.
        """),
    Kind("/article without a publisher, its paragraph cut", [slash("article"), press("Next page"), press("Next page")], """
        Source: the article.
        Paragraphs: 1. Characters: 83.
        Headline:
        “Boats moved”
        Page 1 of 3. At most 41 characters of the article are shown at a time.
        [Next page]
        Paragraph 1:
        “Fishing boats were moved to Porto Novo.”
        (cut here: the paragraph goes on, on the next page)
        Page 2 of 3. At most 41 characters of the article are shown at a time.
        [Previous page] [Next page]
        Paragraph 1:
        (the paragraph began on the page before)
        “The harbour master gave no date.”
        Page 3 of 3. At most 41 characters of the article are shown at a time.
        [Previous page]
        """, article="boats", whole=True),
    Kind("/faq, groups", [slash("faq")], """
        Questions that can be asked, by group:
        - Building works: 3
        - Library: 5
        list: Choose a group or a question: Building works; Library
        """, article="grouped"),
    Kind("/faq, a group chosen", [slash("faq"), pick("building-works")], """
        Questions that can be asked, group Building works:
        - What did Tom Reed say about the roof repairs?
        - Who called for a second lift?
        - What does it cost to join the friends of the library?
        list: Choose a group or a question: What did Tom Reed say about the roof repairs?; Who called for a second lift?; What does it cost to join the friends of the library?
        """, article="grouped"),
    Kind("/faq, a question chosen", [slash("faq", group="building-works"), pick("second-lift")], """
        Understood as: Who called for a second lift?
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """, article="grouped"),
    Kind("/faq, questions", [slash("faq")], """
        Questions that can be asked:
        - What does the headline say?
        - When does the library begin to open on Sundays?
        - How many readers signed the petition?
        - How long have they waited?
        - What will become of the reading room?
        - What did Tom Reed say about the roof repairs?
        - Who called for a second lift?
        - What does it cost to join the friends of the library?
        list: Choose a group or a question: What does the headline say?; When does the library begin to open on Sundays?; How many readers signed the petition?; How long have they waited?; What will become of the reading room?; What did Tom Reed say about the roof repairs?; Who called for a second lift?; What does it cost to join the friends of the library?
        """),
    Kind("/faq without questions", [slash("faq")], """
        No questions are recorded for this article. Ask about it in your own words with /ask.
        """, article="boats"),
    Kind("/faq, no such group", [slash("faq", group="sport")], """
        There is no such group of questions. Use /faq to see them all.
        """),
    Kind("/faq while typing", [typed("faq", "group", "")], """
        offered: Building works
        offered: Library
        """, article="grouped"),
    Kind("/why before any answer", [slash("why")], """
        I have no recent answer to you in this channel. Ask me first.
        """),
    Kind("/why, an answer", [say("What did Tom Reed say about the roff repairs?"), slash("why")], """
        Read as: what did tom reed say about the roof repairs.
        Asks for: a thing.
        Names: Tom Reed.
        Spelling: “roff” taken as “roof”.
        What came nearest:
        - What did Tom Reed say about the roof repairs?
        - What will become of the reading room? Does not meet: the name “Tom Reed”; “roof”, a word of another matter; “repairs”, a word of another matter.
        - What does the headline say? Does not meet: the name “Tom Reed”; “roof”, a word of another matter; “repairs”, a word of another matter.
        - Who called for a second lift? Does not meet: the name “Tom Reed”; “roof”, a word of another matter; “repairs”, a word of another matter.
        Understood as: What did Tom Reed say about the roof repairs?
        Sureness that the nearest answers it: 100 of 100; from 75 on it is given as the answer.
        Decided: an answer, because the best entry is likely enough to answer it.
        """),
    Kind("/why, a contradicted claim", [say("why is Ruth Bell against the new lift?"), slash("why")], """
        Read as: why is ruth bell against the new lift.
        Asks for: a reason.
        Names: Ruth Bell.
        What came nearest:
        - Who called for a second lift? Does not meet: “new”, a word of another matter; “against”, a word of another matter.
        - A claim that the article contradicts: Ruth Bell is against the lift. Does not meet: “new”, a word of another matter.
        - What does the headline say? Does not meet: the kind of answer, a reason; “new”, a word of another matter; “against”, a word of another matter.
        - What does the librarian earn? Does not meet: the kind of answer, a reason; “new”, a word of another matter; “against”, a word of another matter.
        Sureness that the nearest answers it: 9 of 100; from 75 on it is given as the answer.
        Decided: a contradicted premise, because it presupposes something that the article contradicts.
        """),
    Kind("/why, every rule and everything asked for", [*(s for i in range(len(RULES)) for s in (say(f"rule {i}"), slash("why")))], """
        You are welcome.
        Asks for: a person or body.
        Decided: small talk, because there are no words in the message.
        You are welcome.
        Asks for: a time.
        Decided: small talk, because two entries fit about equally.
        You are welcome.
        Asks for: a place.
        Decided: small talk, because the best entry is likely enough to answer it.
        You are welcome.
        Asks for: a reason.
        Decided: small talk, because it presupposes something that the article contradicts.
        You are welcome.
        Asks for: a manner.
        Decided: small talk, because it asks for a judgement.
        You are welcome.
        Asks for: a number.
        Decided: small talk, because it is small talk.
        You are welcome.
        Asks for: how often.
        Decided: small talk, because it is about something else.
        You are welcome.
        Asks for: how long.
        Decided: small talk, because it is a question that the article is known not to answer.
        You are welcome.
        Asks for: a meaning.
        Decided: small talk, because hardly a word of it is the article's.
        You are welcome.
        Asks for: yes or no.
        Decided: small talk, because no entry meets all that the question asks.
        You are welcome.
        Asks for: a thing.
        Decided: small talk, because it is a recorded question, word for word.
        You are welcome.
        Asks for: a person or body.
        Decided: small talk, because some of its parts have an answer.
        You are welcome.
        Asks for: a time.
        Decided: small talk, because each part has its answer.
        You are welcome.
        Asks for: a place.
        Decided: small talk, because it asks who speaks in the last answer.
        You are welcome.
        Asks for: a reason.
        Decided: small talk, because it asks for what follows the last answer.
        """, article="decided", whole=True),
    Kind("/why, every kind of decision", [*(s for q in (LIFT, "nothing", "views", "torn", "why is Ruth Bell against the lift", "what is the capital of france") for s in (say(q), slash("why")))], """
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        Read as: who called for a second lift.
        Asks for: a person or body.
        What came nearest:
        - Who called for a second lift?
        Understood as: Who called for a second lift?
        Sureness that the nearest answers it: 100 of 100; from 75 on it is given as the answer.
        Decided: an answer, because it is a recorded question, word for word.
        The article does not say that.
        [Hide]
        Decided: not in the article, because no entry meets all that the question asks.
        I give no opinion: I only quote the article.
        [Hide]
        Decided: no opinion, because it asks for a judgement.
        That can mean more than one thing. Which do you ask?
        [Who called for a second lift?] [What did Tom Reed say about the roof repairs?]
        [Hide]
        Decided: a choice, because two entries fit about equally.
        The question takes for granted: “Ruth Bell is against the lift.” The article contradicts that:
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        Read as: why is ruth bell against the lift.
        Asks for: a reason.
        Names: Ruth Bell.
        What came nearest:
        - A claim that the article contradicts: Ruth Bell is against the lift.
        Decided: a contradicted premise, because it is a recorded question, word for word.
        I can only answer from one article: the Sunday opening of Millbrook library.
        You can ask, for example:
        - What does it cost to join the friends of the library?
        - What will become of the reading room?
        - What did Tom Reed say about the roof repairs?
        [Hide]
        Read as: what is the capital of france.
        Asks for: a thing.
        What came nearest:
        - What does the headline say? Does not meet: “capital”, a word of another matter; “france”, a word of another matter.
        - What does it cost to join the friends of the library? Does not meet: “capital”, a word of another matter; “france”, a word of another matter.
        - What does the librarian earn? Does not meet: “capital”, a word of another matter; “france”, a word of another matter.
        - What will become of the reading room? Does not meet: “capital”, a word of another matter; “france”, a word of another matter.
        Sureness that the nearest answers it: 0 of 100; from 75 on it is given as the answer.
        Decided: another subject, because it is about something else.
        """, article="decided", whole=True),
    Kind("/why, everything that may be lacking", [say("lack"), slash("why")], """
        What came nearest:
        - Question 0? Does not meet: the name “boats”; the name “boats”, which the article does not have; the number “boats”.
        - Question 3? Does not meet: the kind of answer, a person or body; “boats”, a word of another matter; “boats”, which is asked for.
        - Question 6? Does not meet: the word “boats”; the negation “boats”; the restriction “boats”.
        - Question 9? Does not meet: “boats” as the one who does it; “boats”, its opposite.
        Sureness that the nearest answers it: 25 of 100; from 60 on it is given as the answer.
        Decided: small talk, because it is small talk.
        """, article="decided"),
    Kind("/cite before any answer", [slash("cite")], """
        I have no recent answer to you in this channel that quotes the article. Ask me first.
        """),
    Kind("/cite after an opinion", [say("views waited lift"), slash("cite")], """
        Plain text:
        Anna Kovacs, Head librarian: “We have waited nine years for this.”
        “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.

        The article, reporting Ruth Bell: “Councillor Ruth Bell also called for a second lift in the building.”
        “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [Markdown] [BibTeX] [RIS] [CSL-JSON] [W3C annotation (JSON-LD)]
        """, article="decided"),
    Kind("/cite plain", [say(ROOF), slash("cite", format="plain")], """
        Plain text:
        Anna Kovacs, Head librarian, relaying Tom Reed: “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.
        [Markdown] [BibTeX] [RIS] [CSL-JSON] [W3C annotation (JSON-LD)]
        """),
    Kind("/cite markdown", [say(ROOF), slash("cite", format="markdown")], """
        Markdown:
        > “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”

        — Anna Kovacs, Head librarian, relaying Tom Reed, “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3
        [Plain text] [BibTeX] [RIS] [CSL-JSON] [W3C annotation (JSON-LD)]
        """),
    Kind("/cite bibtex", [say(ROOF), slash("cite", format="bibtex")], """
        BibTeX:
        @misc{millbrook-roof,
          title = {{Library to open on Sundays after readers’ petition}},
          howpublished = {the gazette},
          note = {Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed},
          annote = {“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”},
        }
        [Plain text] [Markdown] [RIS] [CSL-JSON] [W3C annotation (JSON-LD)]
        """),
    Kind("/cite ris", [say(ROOF), slash("cite", format="ris")], """
        RIS:
        TY  - GEN
        TI  - Library to open on Sundays after readers’ petition
        PB  - the gazette
        N1  - Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed
        N1  - “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        ER  -\x20
        [Plain text] [Markdown] [BibTeX] [CSL-JSON] [W3C annotation (JSON-LD)]
        """),
    Kind("/cite csl-json", [say(ROOF), slash("cite", format="csl-json")], """
        CSL-JSON:
        [
          {
            "id": "millbrook-roof",
            "type": "document",
            "title": "Library to open on Sundays after readers’ petition",
            "publisher": "the gazette",
            "note": "Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed",
            "annote": "My colleague Tom Reed told me last week that the roof repairs cost more than the new books.",
            "custom": {
              "sha256": "<hash>38acefb95dc5c5999a2e336b944ecb38c2d3f1f1430746f586aa",
              "start": 303,
              "end": 394,
              "paragraphs": [
                3
              ],
              "speakers": [
                "Tom Reed"
              ],
              "relayed_by": "Anna Kovacs"
            }
          }
        ]
        [Plain text] [Markdown] [BibTeX] [RIS] [W3C annotation (JSON-LD)]
        """),
    Kind("/cite annotation", [say(ROOF), slash("cite", format="annotation")], """
        W3C annotation (JSON-LD):
        {
          "@context": "http://www.w3.org/ns/anno.jsonld",
          "id": "urn:sha256:2fbb1b2927e7cabf1f0dc1ecf78ccd15bfc7d162c44185d116a78095801805bd",
          "type": "Annotation",
          "motivation": "describing",
          "body": {
            "type": "TextualBody",
            "value": "Anna Kovacs, Head librarian, relaying Tom Reed. “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.",
            "format": "text/plain",
            "language": "en"
          },
          "target": {
            "source": "urn:sha256:<hash>38acefb95dc5c5999a2e336b944ecb38c2d3f1f1430746f586aa",
            "selector": [
              {
                "type": "TextQuoteSelector",
                "exact": "My colleague Tom Reed told me last week that the roof repairs cost more than the new books.",
                "prefix": "m will finally be full again.\\n\\n“",
                "suffix": "”\\n\\nCouncillor Ruth Bell also cal"
              },
              {
                "type": "TextPositionSelector",
                "start": 303,
                "end": 394
              }
            ]
          }
        }
        [Plain text] [Markdown] [BibTeX] [RIS] [CSL-JSON]
        """),
    Kind("/cite, several quotations", [say("cite waited lift"), slash("cite")], """
        Plain text:
        Anna Kovacs, Head librarian: “We have waited nine years for this.”
        “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.

        The article, reporting Ruth Bell: “Councillor Ruth Bell also called for a second lift in the building.”
        “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [Markdown] [BibTeX] [RIS] [CSL-JSON] [W3C annotation (JSON-LD)]
        """, article="decided"),
    Kind("/cite, a file", [say("cite sundays waited room roof lift friends"), slash("cite", format="annotation")], """
        W3C annotation (JSON-LD):
        file: millbrook-sundays.jsonld
        [Plain text] [Markdown] [BibTeX] [RIS] [CSL-JSON]
        """, article="decided"),
    # At present: a fingerprint without a name, in the last line.
    Kind("/about", [slash("about")], """
        I am Verbatim, a bot. I answer questions about one article with cited excerpts from it, word for word, and say so when it does not say.
        Every quotation is the article's text, unchanged. It may still be the wrong passage for your question: the line before it says who speaks, and where.
        Article: “Library to open on Sundays after readers’ petition”
        Source: the gazette.
        Paragraphs: 5. Characters: 494.
        SHA-256 of the text: <hash>…
        Version <version>, article millbrook, <pack>.
        """),
    Kind("/help", [slash("help")], """
        Ask about the article in your own words: mention me, write to me directly, or use /ask.
        You can ask, for example:
        - What does the headline say?
        - How many readers signed the petition?
        - What will become of the reading room?
        I answer with its own words, and say who speaks and where. Where it does not say, I say so.
        After an answer you can go on with “who said that?” or “more”, for 15 minutes.
        The commands also work typed out, after a mention of me or in a direct message, such as “/who”.
        - /ask: Ask about the article: the answer is its own words, with speaker and paragraph
        - /quote: Passages of the article, by speaker and topic
        - /who: The people in the article, and where each of them speaks
        - /article: What the article is, and its paragraphs, page by page
        - /faq: Questions that can be asked
        - /why: Why you got your last answer (only you see it)
        - /cite: The last answer's quotation as a citation, in a format that you choose
        - /about: What this bot is
        - /privacy: What this bot keeps, and for how long
        - /forget: Delete what this bot remembers about you
        """),
    Kind("/privacy", [slash("privacy")], """
        - I see messages that mention me or reply to me with a ping, direct messages to me, messages on which somebody uses my menu, and what is typed into my commands. Only where an administrator switched on listening in a channel do I see the other messages there.
        - To understand follow-up questions, I keep your last 8 questions and answers in each channel, in memory only, and do not use them after 15 minutes. A restart empties the memory.
        - So that you can take my answers away, I store for 30 days which of them were to you: their numbers and yours, no text. So that I answer nothing twice, I keep the numbers of messages in memory for an hour.
        - Single words of questions stay in memory until a restart, with no asker, channel or order.
        - My log notes for each answer the time, the server's number, the kind of answer, its entry and its sureness: not your question, not who asked. Whoever runs this bot decides how long logs are kept.
        - I learn nothing from questions and send nothing to anybody but Discord, which keeps the messages under its own terms.
        - /forget deletes at once what I keep about you. With questions, turn to whoever runs this bot.
        """),
    Kind("/forget", [slash("forget")], """
        Deleted: your recent questions from my memory, and the note of which answers were yours.
        """),
    Kind("/who typed out", [say("/who")], """
        Who is in the article, and where they speak:
        - Anna Kovacs, Head librarian: own words in paragraph 2; relays Tom Reed in paragraph 3
        - Tom Reed, colleague: reported by Anna Kovacs in paragraph 3
        - Ruth Bell, Councillor: reported by the article in paragraph 4
        - Named, not quoted: town council
        list: Read a person’s passages: Anna Kovacs; Tom Reed; Ruth Bell
        """),
    Kind("/quote typed out", [say("/quote Anna Kovacs books")], """
        Passages with Anna Kovacs about “books”: 1.
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.
        """),
    Kind("/cite typed out", [say(ROOF), say("/cite RIS")], """
        RIS:
        TY  - GEN
        TI  - Library to open on Sundays after readers’ petition
        PB  - the gazette
        N1  - Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed
        N1  - “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        ER  -\x20
        [Plain text] [Markdown] [BibTeX] [CSL-JSON] [W3C annotation (JSON-LD)]
        """),
    Kind("/forget typed out", [say("/forget")], """
        Deleted: your recent questions from my memory, and the note of which answers were yours.
        """),
    Kind("/why typed out", [say(LIFT), say("/why")], """
        Read as: who called for a second lift.
        Asks for: a person or body.
        What came nearest:
        - Who called for a second lift?
        Understood as: Who called for a second lift?
        Sureness that the nearest answers it: 100 of 100; from 75 on it is given as the answer.
        Decided: an answer, because it is a recorded question, word for word.
        """),
    Kind("/why and /cite typed out where answers are private", [settings(ephemeral=True), slash("ask", question=LIFT), say("/why"), say("/cite RIS")], """
        Understood as: Who called for a second lift?
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Share]
        Only you may see that. Use /why from Discord's list of commands, or ask me in a direct message.
        Only you may see that. Use /cite from Discord's list of commands, or ask me in a direct message.
        """, whole=True),
    # Buttons, the list of a message, and the window
    Kind("in context, a whole paragraph", [say(LIFT), press("In context")], """
        In context, paragraph 4:
        Paragraph 3, with words of Anna Kovacs:
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        The excerpt:
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Paragraph 5, note at the foot:
        “Join the friends of the library for five pounds a year.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        """),
    Kind("in context, with what stands before and after", [say("How long have they waited?"), press("In context")], """
        In context, paragraph 2:
        Before the excerpt:
        “Head librarian Anna Kovacs said:”
        The excerpt:
        Anna Kovacs, Head librarian (paragraph 2):
        “We have waited nine years for this.”
        After the excerpt:
        “The reading room will finally be full again.”
        Next to it: paragraph 1; paragraph 3, with words of Anna Kovacs.
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.
        """),
    # At present: a quotation mark that does not close.
    Kind("in context, after another quotation", [say(ROOM), press("In context")], """
        In context, paragraph 2:
        Before the excerpt:
        “Head librarian Anna Kovacs said: “We have waited nine years for this.”
        The excerpt:
        Anna Kovacs, Head librarian (paragraph 2):
        “The reading room will finally be full again.”
        Next to it: paragraph 1; paragraph 3, with words of Anna Kovacs.
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.
        """),
    Kind("in context, the headline", [say("What does the headline say?"), press("In context")], """
        In context, headline:
        The excerpt:
        The article (headline):
        “Library to open on Sundays after readers’ petition”
        Paragraph 1:
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, headline.
        """),
    Kind("in context, too long a paragraph", [say(LIFT), press("In context")], """
        In context, paragraph 4:
        The excerpt:
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building before the roof repairs and the books.”
        After the excerpt:
        “She said so at the meeting in May, before the vote on the money for the coming year. Others agreed with her, as the minutes of that long meeting show on their last page, and asked for a ramp beside the old stairs.”
        (more of the article is left out here)
        Next to it: paragraph 3, with words of Anna Kovacs; paragraph 5, note at the foot.
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        """, article="related"),
    Kind("in context, the only paragraph", [say("What does the headline say?"), press("In context")], """
        In context, headline:
        The excerpt:
        The article (headline):
        “Library to open on Sundays after readers’ petition”
        The article has no other paragraph.
        Source: “Library to open on Sundays after readers’ petition”, the gazette, headline.
        """, article="headline"),
    Kind("who else, with words in common", [say(ROOF), press("Who else?")], """
        Others on this:
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building before the roof repairs and the books.”
        Words in common: “roof”, “repairs”, “books”.
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        """, article="related"),
    Kind("who else, cited together", [say(ROOM), press("Who else?")], """
        Others on this:
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building before the roof repairs and the books.”
        Both are cited for: What is wanted for the building?
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        """, article="related"),
    Kind("who else, nobody", [old_button("else", "lift")], """
        I found nobody else in the article who says something near this.
        """),
    Kind("other matches", [say(BOTH), press("Other matches")], """
        Other questions that came near:
        [How long have they waited?]
        """),
    Kind("other matches, one chosen", [say(BOTH), press("Other matches"), press("How long have they waited?")], """
        Understood as: How long have they waited?
        Anna Kovacs says, in short: nine years.
        Anna Kovacs, Head librarian (paragraph 2):
        “We have waited nine years for this.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("other matches under a refusal", [say(MAYOR), press("Other matches")], """
        Other questions that came near:
        [When does the library begin to open on Sundays?] [What does it cost to join the friends of the library?]
        """),
    Kind("other matches, none", [old_button("matches")], """
        No other question came near.
        """),
    Kind("not what I asked", [say(BOTH), press("Not what I asked")], """
        Then I understood you wrongly. Did you mean one of these? Or ask again in other words.
        [How long have they waited?]
        """),
    Kind("not what I asked, with nothing near", [say(LIFT), press("Not what I asked")], """
        Then I understood you wrongly. Please ask again in other words; /faq shows what can be asked.
        """),
    Kind("cite, and another format", [say(ROOF), press("Cite"), press("RIS")], """
        RIS:
        TY  - GEN
        TI  - Library to open on Sundays after readers’ petition
        PB  - the gazette
        N1  - Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed
        N1  - “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        ER  -\x20
        [Plain text] [Markdown] [BibTeX] [CSL-JSON] [W3C annotation (JSON-LD)]
        """),
    Kind("follow up, the window", [say(ROOF), press("Follow up")], """
        window: Ask a follow-up
        field: Your question. For example: who said that?
        """),
    Kind("follow up, answered", [say(ROOF), press("Follow up"), write("who said that?")], """
        Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("shared", [settings(ephemeral=True), slash("ask", question=LIFT), press("Share")], """
        Understood as: Who called for a second lift?
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    Kind("hidden", [say(LIFT), press("Hide")], """
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Share]
        """),
    Kind("hidden by somebody else", [say(LIFT), press("Hide", by="friend")], """
        Only whoever asked, or somebody who may manage messages here, can do that.
        """),
    Kind("the menu of a message", [_menu], """
        Understood as: Who called for a second lift?
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """),
    # What goes wrong
    Kind("cooldown", [settings(cooldown=60.0), say(LIFT), say(ROOF)], """
        Please wait before your next question. Seconds: 60.
        """),
    Kind("a reply whose text Discord withholds", [slash("ask", question=LIFT), _reply_whose_text_is_withheld], """
        Discord does not show me the text of that reply. Mention me in a new message, or use /ask.
        """),
    Kind("a fault", [say("fail")], """
        Something went wrong on my side. Please ask again.
        """, article="decided"),
    Kind("an old button of another article", [old_button("context", "lift", article="00000000")], """
        I no longer know what that stands for: the article may have changed since. Please ask in your own words.
        """),
    Kind("an old button of a passage that is gone", [old_button("context", "gone")], """
        I do not know that passage. The article may have changed since; please ask again.
        """),
    Kind("an old button of a page that is gone", [old_button("page", of="article:9:-")], """
        There is no such page.
        """),
    Kind("an article that is not loaded", [settings(article="boats"), say(LIFT)], """
        The article that was chosen for this channel is not loaded, so I cannot answer here. Whoever manages the server can choose another with /verbatim channel.
        """),
    # Listening and administration
    Kind("listening", [settings(listen=True), _overheard], """
        Ruth Bell.
        The article, reporting Ruth Bell (paragraph 4):
        “Councillor Ruth Bell also called for a second lift in the building.”
        Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.
        [In context] [Follow up]
        [Not what I asked] [Cite] [Hide]
        """, options={"listen": True}),
    Kind("/verbatim channel", [slash("verbatim channel", by="owner", answers="public")], """
        In this channel:
        I answer without being mentioned: no.
        Who sees answers to commands: everybody.
        Seconds between two questions: 0.
        Article: Millbrook library.
        """),
    Kind("/verbatim channel, to listen without the intent", [slash("verbatim channel", by="owner", answers="private", listen=True)], """
        In this channel:
        I answer without being mentioned: yes.
        Who sees answers to commands: only who asked.
        Seconds between two questions: 0.
        Article: Millbrook library.
        But I cannot listen yet. Whoever runs the bot has to write listen: true in its settings, and turn on Message Content Intent in Discord's Developer Portal.
        """),
    Kind("/verbatim channel, whole server", [slash("verbatim channel", by="owner", answers="private", whole_server=True)], """
        Set for the whole server; channels that have a setting of their own keep it.
        In this channel:
        I answer without being mentioned: no.
        Who sees answers to commands: only who asked.
        Seconds between two questions: 0.
        Article: Millbrook library.
        """),
    Kind("/verbatim channel, articles while typing", [typed("verbatim channel", "article", "", by="owner")], """
        offered: the usual one: Millbrook library
        offered: Millbrook library
        """),
    Kind("/verbatim channel, no such article", [slash("verbatim channel", by="owner", article="boats")], """
        I have no such article. Choose one from the list.
        """),
    Kind("/verbatim cooldown", [slash("verbatim cooldown", by="owner", seconds=60)], """
        In this channel:
        I answer without being mentioned: no.
        Who sees answers to commands: everybody.
        Seconds between two questions: 60.
        Article: Millbrook library.
        """),
    Kind("/verbatim cooldown, not stored", [_close_store, slash("verbatim cooldown", by="owner", seconds=60)], """
        I could not store that, so nothing has changed. The log of the bot says why.
        """),
    Kind("/verbatim status", [slash("verbatim status", by="owner")], """
        I have every permission that I need in this channel.
        Can read messages that do not mention me: no.
        Version of the bot: <version>.
        Loaded: millbrook, <pack>.
        Milliseconds to Discord and back: 0.
        In this channel:
        I answer without being mentioned: no.
        Who sees answers to commands: everybody.
        Seconds between two questions: 0.
        Article: Millbrook library.
        """),
    Kind("/verbatim status, permissions lacking", [_where_permissions_lack, slash("verbatim status", by="owner")], """
        Permissions that I lack in this channel: View Channel, Send Messages, Send Messages in Threads, Read Message History. Give them to my role in the channel's settings.
        Can read messages that do not mention me: no.
        Version of the bot: <version>.
        Loaded: millbrook, <pack>.
        Milliseconds to Discord and back: 0.
        In this channel:
        I answer without being mentioned: no.
        Who sees answers to commands: everybody.
        Seconds between two questions: 0.
        Article: Millbrook library.
        """),
    Kind("/verbatim status, article not loaded", [settings(article="boats"), slash("verbatim status", by="owner")], """
        I have every permission that I need in this channel.
        Can read messages that do not mention me: no.
        Version of the bot: <version>.
        Loaded: millbrook, <pack>.
        Milliseconds to Discord and back: 0.
        In this channel:
        I answer without being mentioned: no.
        Who sees answers to commands: everybody.
        Seconds between two questions: 0.
        Article: boats.
        The article that was chosen for this channel is not loaded, so I cannot answer here. Whoever manages the server can choose another with /verbatim channel.
        """),
    Kind("/verbatim reload", [_operator, slash("verbatim reload", by="owner")], """
        Read anew: boats, <pack>.
        """, article="anew"),
    Kind("/verbatim reload, refused", [_operator, slash("verbatim reload", by="owner")], """
        Not taken over, since the files have faults; the article goes on as it was:
        faq/library.yaml:3: a quote stands nowhere in the article. Fix: copy it.
        """, article="faulty"),
    Kind("/verbatim reload, not permitted", [slash("verbatim reload", by="owner")], """
        Only whoever runs this bot can do that.
        """),
    Kind("/verbatim reload, twice at once", [_operator, _be_reloading, slash("verbatim reload", by="owner")], """
        The files are being read at this moment.
        """),
    # In French
    Kind("an answer in French", [slash("ask", question=ROOF)], """
        Compris comme\u00a0: What did Tom Reed say about the roof repairs?
        Anna Kovacs, Head librarian, citant indirectement Tom Reed (paragraphe 3)\u00a0:
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Source\u00a0: «\u00a0Library to open on Sundays after readers’ petition\u00a0», the gazette, paragraphe 3.
        [Contexte] [Suite]
        [Pas ma question] [Citer] [Masquer]
        """, language="fr"),
    Kind("a refusal in French", [slash("ask", question=HOUR)], """
        Compris comme\u00a0: At what hour does the library open?
        L’article ne le dit pas\u00a0: the hour at which the library opens.
        Ce qu’il dit de plus proche\u00a0:
        L’article (paragraphe 1)\u00a0:
        “THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”
        Source\u00a0: «\u00a0Library to open on Sundays after readers’ petition\u00a0», the gazette, paragraphe 1.
        [Contexte]
        [Citer] [Masquer]
        """, language="fr"),
    Kind("a context in French", [slash("ask", question="How long have they waited?"), press("Contexte")], """
        Dans son contexte, paragraphe 2\u00a0:
        Avant l’extrait\u00a0:
        “Head librarian Anna Kovacs said:”
        L’extrait\u00a0:
        Anna Kovacs, Head librarian (paragraphe 2)\u00a0:
        “We have waited nine years for this.”
        Après l’extrait\u00a0:
        “The reading room will finally be full again.”
        À côté\u00a0: paragraphe 1\u00a0; paragraphe 3, où l’on entend Anna Kovacs.
        Source\u00a0: «\u00a0Library to open on Sundays after readers’ petition\u00a0», the gazette, paragraphe 2.
        """, language="fr"),
    Kind("who else in French", [slash("ask", question=ROOF), press("Qui d’autre\u00a0?")], """
        D’autres voix à ce sujet\u00a0:
        L’article, citant indirectement Ruth Bell (paragraphe 4)\u00a0:
        “Councillor Ruth Bell also called for a second lift in the building before the roof repairs and the books.”
        Mots communs\u00a0: «\u00a0roof\u00a0», «\u00a0repairs\u00a0», «\u00a0books\u00a0».
        Source\u00a0: «\u00a0Library to open on Sundays after readers’ petition\u00a0», the gazette, paragraphe 4.
        """, article="related", language="fr"),
    Kind("help in French", [slash("help")], """
        Posez une question sur l’article avec vos propres mots\u00a0: mentionnez-moi, écrivez-moi directement ou utilisez /ask.
        Vous pouvez demander, par exemple\u00a0:
        - What does the headline say?
        - How many readers signed the petition?
        - What will become of the reading room?
        Les questions se posent en anglais, la langue dans laquelle je les comprends.
        Je réponds par ses propres mots, et je dis qui parle et où. Quand il ne dit rien, je le dis.
        Après une réponse, vous pouvez continuer par «\u00a0who said that?\u00a0» ou «\u00a0more\u00a0», pendant 15 minutes.
        Les commandes marchent aussi écrites en entier, après une mention ou en message direct, par exemple «\u00a0/who\u00a0».
        - /ask\u00a0: Interroger l’article\u00a0: il répond par ses propres mots, avec la personne et le paragraphe
        - /quote\u00a0: Passages de l’article, par personne et par sujet
        - /who\u00a0: Les personnes de l’article, et où chacune s’exprime
        - /article\u00a0: Ce qu’est l’article, et ses paragraphes, page par page
        - /faq\u00a0: Les questions que l’on peut poser
        - /why\u00a0: Pourquoi vous avez reçu votre dernière réponse (visible par vous seul)
        - /cite\u00a0: La citation de la dernière réponse, dans le format de votre choix
        - /about\u00a0: Ce qu’est ce robot
        - /privacy\u00a0: Ce que ce robot conserve, et combien de temps
        - /forget\u00a0: Supprimer ce dont ce robot se souvient à votre sujet
        """, language="fr"),
    Kind("the window in French", [slash("ask", question=ROOF), press("Suite")], """
        window: Poser une autre question
        field: Votre question. Par exemple\u00a0: who said that?
        """, language="fr"),
    Kind("a page of the article in French", [slash("article"), press("Page suivante")], """
        Paragraphe 2, où l’on entend Anna Kovacs\u00a0:
        “Head librarian Anna Kovacs said: “We have waited nine years for this. The reading room will finally be full again.”
        Paragraphe 3, où l’on entend Anna Kovacs\u00a0:
        “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”
        Page 2 sur 3. L’article n’est montré que par tranches de 247 caractères au plus.
        [Page précédente] [Page suivante]
        """, language="fr"),
]
# fmt: on


# Hearing


@dataclass(frozen=True)
class Hearing:
    """What left for Discord in a story, the replies that were worded for it, the commands, and the pack that it ended with."""

    bodies: tuple[dict[str, Any], ...]
    replies: tuple[Reply, ...]
    commands: tuple[dict[str, Any], ...]
    pack: Pack

    def reading(self, kind: Kind) -> str:
        return "\n".join(map(reading, self.bodies if kind.whole else self.bodies[-1:]))


Hear = Callable[[Kind], Hearing]


def play_out(kind: Kind, articles: Mapping[str, Make]) -> Hearing:
    bodies: list[dict[str, Any]] = []
    commands: list[dict[str, Any]] = []
    replies: list[Reply] = []
    packs: list[Pack] = []

    async def story(s: Scene) -> None:
        listener = Listener(s, s.channel)
        for step in kind.steps:
            await step(listener)
        bodies.extend(listener.bodies)
        commands.extend(next(r.json for r in s.env.http_requests if r.method == "PUT"))
        packs.append(s.bot.library.default.pack)

    with pytest.MonkeyPatch.context() as patch:
        word, create = reply._reply, discord.Interaction._from_data

        def recorded(*lines: Any, **rest: Any) -> Reply:
            replies.append(word(*lines, **rest))
            return replies[-1]

        def translated(self: discord.Interaction[Any], data: Any) -> None:
            create(self, {**data, "locale": kind.language})

        patch.setattr(reply, "_reply", recorded)
        patch.setattr(discord.Interaction, "_from_data", translated)  # simcord's askers all use English
        play(story, articles[kind.article](), **kind.options)
    return Hearing(tuple(bodies), tuple(replies), tuple(commands), packs[0])


@pytest.fixture(scope="session")
def hear(articles: Mapping[str, Make]) -> Hear:
    """What is heard in a story, each played once."""
    known: dict[str, Hearing] = {}

    def heard(kind: Kind) -> Hearing:
        if kind.name not in known:
            known[kind.name] = play_out(kind, articles)
        return known[kind.name]

    return heard


def expected(text: str, pack: Pack) -> str:
    """A text of `KINDS` as it is for a pack."""
    stand_for = {"<pack>": pack.version[:12], "<hash>": pack.article.sha256[:12], "<version>": __version__}
    for name, value in stand_for.items():
        text = text.replace(name, value)
    return dedent(text).strip("\n")


@pytest.mark.parametrize("kind", KINDS, ids=[k.name for k in KINDS])
def test_what_is_heard_of(kind: Kind, hear: Hear) -> None:
    hearing = hear(kind)
    heard = re.sub(r"(?<=and back: )\d+", "0", hearing.reading(kind))
    assert heard == expected(kind.heard, hearing.pack)


COMMANDS_HEARD = """
/ask: Ask about the article: the answer is its own words, with speaker and paragraph
/ask question: Your question, in your own words
/quote: Passages of the article, by speaker and topic
/quote speaker: Who says it
/quote topic: Words that it is about
/who: The people in the article, and where each of them speaks
/article: What the article is, and its paragraphs, page by page
/article page: Which page
/faq: Questions that can be asked
/faq group: Which group of questions
/why: Why you got your last answer (only you see it)
/cite: The last answer's quotation as a citation, in a format that you choose
/cite format: How it is to be written
/cite format offers: Plain text; Markdown; BibTeX; RIS; CSL-JSON; W3C annotation (JSON-LD)
/about: What this bot is
/help: How to ask
/privacy: What this bot keeps, and for how long
/forget: Delete what this bot remembers about you
/verbatim: Settings of the article bot in this server
/verbatim channel: How I behave in this channel
/verbatim channel listen: Answer questions here without being mentioned, where I am sure
/verbatim channel answers: Who sees my answers to commands here
/verbatim channel answers offers: everybody; only who asked
/verbatim channel article: Which article I answer from here
/verbatim channel whole_server: For every channel of the server that has no setting of its own
/verbatim cooldown: How long somebody must wait here between two questions
/verbatim cooldown seconds: Seconds, from 0 (none) to 21600
/verbatim cooldown whole_server: For every channel of the server that has no setting of its own
/verbatim status: What I may do here, what I read, and how I am
/verbatim reload: Read the article's files anew (only for whoever runs the bot)
menu: Ask the article about this
"""


def test_what_is_heard_of_the_list_of_commands(hear: Hear) -> None:
    assert commands_heard(hear(KINDS[0]).commands) == expected(COMMANDS_HEARD, hear(KINDS[0]).pack)


# What holds for every reading


def everything(hear: Hear) -> Iterator[tuple[str, dict[str, Any], Pack]]:
    """Every body of every story, with the story's name and the pack."""
    for kind in KINDS:
        hearing = hear(kind)
        for body in hearing.bodies:
            yield kind.name, body, hearing.pack


def test_the_kinds_have_different_names() -> None:
    assert len({k.name for k in KINDS}) == len(KINDS)


def test_every_sentence_of_the_wording_is_heard_in_some_reading(articles: Mapping[str, Make]) -> None:
    """Played once more with a mark in each sentence of the wording, which must come out at the end. A new sentence needs a new kind."""
    words, names = marked(wording("en"))
    heard = ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.say.wording, "_load", lambda language: words)
        for kind in KINDS:
            if kind.language == "en":
                hearing = play_out(kind, articles)
                heard += "".join(map(reading, hearing.bodies)) + commands_heard(hearing.commands)
    assert [name for mark, name in names.items() if mark not in heard] == []


def marked(words: Wording) -> tuple[Wording, dict[str, str]]:
    """The sentences, each with a character of its own at its end; and the sentences' keys by these characters."""
    names: dict[str, str] = {}

    def mark(text: str, name: str) -> str:
        character = chr(_MARKS[len(names)])
        names[character] = name
        return text + character

    changed: dict[str, Any] = {}
    for entry in fields(Wording)[1:]:
        value = getattr(words, entry.name)
        if isinstance(value, str):
            changed[entry.name] = mark(value, entry.name)
        elif isinstance(value, tuple):
            changed[entry.name] = tuple(mark(line, f"{entry.name}[{i}]") for i, line in enumerate(value))
        else:
            changed[entry.name] = {key: mark(text, f"{entry.name}.{key}") for key, text in value.items()}
    return replace(words, **changed), names


_PLACE = re.compile(r"headline|titre|paragraphs? [\d, and]+|paragraphes? [\d, et]+", re.IGNORECASE)
_FRAME = re.compile(r"(?P<who>.+) \((?P<where>.+)\)\u00a0?:")
_HEADING = re.compile(r"(?:Paragraph|Headline|In context|Paragraphe|Titre|Dans son contexte)\b.*:")


def test_speaker_and_place_are_heard_before_every_quotation(hear: Hear) -> None:
    found = 0
    for name, body, pack in everything(hear):
        said_before: list[str] = []
        for line in without_code(body).split("\n"):
            if not line.startswith("> "):
                said_before += spoken(line) if line and not line.startswith("-# ") else []
                continue
            quotation = spoken(line)[0][1:-1]
            paragraph = pack.article.paragraph_at(pack.article.text.index(quotation))
            over = next((text for text in reversed(said_before) if _FRAME.fullmatch(text) or _HEADING.fullmatch(text)), "")
            framed = _FRAME.fullmatch(over)
            if framed:
                known = ("The article", "L’article", *(p.name for p in pack.people.values()))
                assert framed["who"].startswith(known), name
            places = " ".join(_PLACE.findall(over)).lower()
            if paragraph.section is Section.HEADLINE:
                assert "headline" in places or "titre" in places, (name, line)
            else:
                assert str(paragraph.number) in re.findall(r"\d+", places), (name, line)
            found += 1
    assert found > 100


def test_quotation_marks_are_in_the_text(hear: Hear) -> None:
    for name, body, _ in everything(hear):
        for block in re.findall(r"(?:^> .*\n?)+", without_code(body), re.MULTILINE):
            for line in spoken(block):
                assert line.startswith("“"), name
                assert line.endswith("”"), name


def test_nothing_is_said_by_emoji_or_colour_alone(hear: Hear) -> None:
    for name, body, _ in everything(hear):
        assert not [c for c in reading(body) if unicodedata.category(c) in ("So", "Co", "Cn")], name
        for button in buttons_of(body):
            assert button["style"] == discord.ButtonStyle.secondary.value, name
            assert "emoji" not in button, name


def test_every_button_has_words_and_no_two_of_a_message_the_same(hear: Hear) -> None:
    for name, body, _ in everything(hear):
        labels = [b["label"] for b in buttons_of(body)]
        assert all(any(c.isalpha() for c in label) for label in labels), name
        assert len({label.casefold() for label in labels}) == len(labels), name


def test_the_plain_text_of_a_reply_is_what_is_heard_of_its_markdown(hear: Hear) -> None:
    found = [r for kind in KINDS for r in hear(kind).replies]
    assert len(found) > 100
    for said in found:
        # Choices are buttons on Discord, and lines where there are none.
        assert [*spoken(said.content), *(f"- {c.label}" for c in said.choices)] == said.plain.split("\n")


def test_what_the_shipped_article_says_is_heard_word_for_word(shipped_folder: Path) -> None:
    """Every answer, page and passage of it, without Discord between."""
    pack, words = load(shipped_folder), wording("en")
    trace = Trace(Question("", ()), "it is a curated phrasing, word for word")
    said = [worded.faq(browse.faq(pack, topic.group), words) for topic in pack.entries[:1]]
    for topic in pack.entries:
        citations = tuple(Citation(pack.excerpt(c), pack.quotes[c]) for c in topic.cites)
        said.append(reply.compose(Answered(trace, 1.0, (), (topic,), topic.lead, citations), pack, words))
    for quote in pack.quotes:
        said += [
            worded.context(passages.context(pack, quote), pack, words),
            worded.others(passages.others(pack, quote), pack, words),
        ]
    articles = worded.article(browse.paragraphs(pack), pack, words).pages
    said += [worded.article(browse.paragraphs(pack, page), pack, words) for page in range(1, articles + 1)]
    said += [worded.people(browse.people(pack), pack, words), worded.quotes(browse.quotes(pack), pack, words)]
    assert len(said) > len(pack.entries) + len(pack.quotes)
    for page in said:
        assert spoken(page.content) == [line for line in page.plain.split("\n") if line]


def test_no_reading_has_a_placeholder_a_gap_or_an_empty_line_at_its_end(hear: Hear) -> None:
    for name, body, _ in everything(hear):
        content = body.get("content", "")
        assert content == content.strip(), name
        text = reading({**body, "content": without_code(body)})
        assert text == text.strip(), name
        for wrong in ("{", "}", "  ", "None", " ,", " .", "()"):
            assert wrong not in text, (name, wrong)


def without_code(body: Mapping[str, Any]) -> str:
    return _FENCE.sub("", (body.get("content") or "").replace("\r\n", "\n")).strip()


def buttons_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [c for row in body.get("components", ()) for c in row.get("components", ()) if c["type"] == 2]


# The reading itself


@pytest.mark.parametrize(
    ("content", "heard"),
    [
        ("**Anna Kovacs**, Head librarian (paragraph 2):", ["Anna Kovacs, Head librarian (paragraph 2):"]),
        ("> “One.”\n\n-# Source: two.", ["“One.”", "Source: two."]),
        ("- one\n- two", ["- one", "- two"]),
        (r"\*one\* \<\@1\> a\\b 1\. \:x\:", ["*one* <@1> a\\b 1. :x:"]),
        ("Plain text:\n```\n@misc{a,\n\n  b_c\n```", ["Plain text:", "@misc{a,", "", "  b_c"]),
    ],
)
def test_the_bot_s_markdown_is_read_as_discord_shows_it(content: str, heard: list[str]) -> None:
    assert spoken(content) == heard


@pytest.mark.parametrize(
    "content",
    [
        *"<@1> <#1> <t:1:R> @everyone ||hidden|| *one* _one_ ~~one~~ `one` [one](two) https://one.two :one:".split(),
        *("# one", "## one", "1. one", "* one", "+ one", "  - one", "> - one", "- > one", ">>> one", "> > one", "-# -# one"),
        *("**one", "****", "a\\b", "one\\", "```one```", "```py\none\n```"),
    ],
)
def test_markdown_that_the_bot_has_no_use_for_is_not_read(content: str) -> None:
    with pytest.raises(AssertionError):
        spoken(content)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))))
@example("- one")
@example("12. one")
@example("> -# # **one** ```two``` <@1> ||:x:|| https://y.z \\")
def test_whatever_is_escaped_is_heard_as_it_was(text: str) -> None:
    assert spoken(reply.escape(text)) == ([text] if text.strip() else [])


@pytest.mark.parametrize(
    "body",
    [
        {"content": "one", "embeds": [{"title": "two"}]},
        {"components": [{"type": 17, "components": []}]},
        {"components": [{"type": 1, "components": [{"type": 5}]}]},
    ],
)
def test_what_is_not_read_fails(body: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        reading(body)
