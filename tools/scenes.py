"""Scenes: what a reader does to bring about every kind of reply, in a simulated Discord.

A scene is a name and a coroutine: it does what a reader does and returns what is to be seen. Its questions come from the pack.
Buttons are found by what they do, and never by their words.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from bot.browse import passages, suggestions
from bot.client.buttons import rows_of
from bot.client.custom_ids import decode
from bot.client.outgoing import Key
from bot.client.preview import World, make_bot, world
from bot.engine.answer import (
    Ambiguous,
    Answer,
    Answered,
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
from bot.engine.pipeline import Engine
from bot.errors import Fault, FileFaults
from bot.pack.loading import load
from bot.pack.values import QuoteKind, Verdict
from bot.say.languages import wording
from bot.say.wording import Action, Wording
from bot.serve.library import Library
from bot.store.values import Overrides

if TYPE_CHECKING:
    import simcord

    Shown: TypeAlias = discord.Message | simcord.ResponseMessage | simcord.InteractionResult

_COOLDOWN = 30.0  # seconds
_PREFIXES = ("Please tell me: ", "I wonder: ", "So: ")  # with which a recorded question is no longer one word for word
_WORDS_TRIED = 500
_BUTTONS_TRIED = 40  # entries
_SENTENCES_TRIED = 20  # of the article, which alone may be asked for where it has no curation


class Absent(Exception):
    """The pack, or the bot, has nothing with which a scene could be played; says what."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a scene needs: the world, and the pack's questions by kind."""

    world: World
    engine: Engine
    words: Wording
    questions: Mapping[str, str]

    def question(self, kind: str) -> str:
        if kind not in self.questions:
            raise Absent(f"the pack has no question of the kind {kind!r}")
        return self.questions[kind]

    async def mention(self, text: str, reply_to: Shown | None = None) -> discord.Message:
        """Ask by a mention, or by a reply to one of the bot's messages; what the bot says."""
        w = self.world
        if reply_to is None:
            asked = await w.asker.send(w.channel, f"{w.mention} {text}")
        else:
            asked = await w.asker.send(w.channel, text, reply_to=message_of(reply_to))
        said = w.channel.last_message
        if said is None or said.id == asked.id:
            raise Absent("the bot says nothing")
        return said

    async def ask(self, kind: str) -> discord.Message:
        return await self.mention(self.question(kind))

    async def slash(self, name: str, by: simcord.MemberActor | None = None, **options: Any) -> simcord.InteractionResult:
        return await (by or self.world.asker).slash(self.world.channel, name, **options)

    async def press(self, shown: Shown, action: str, by: simcord.MemberActor | None = None) -> simcord.InteractionResult:
        """Press the button that does `action`."""
        for key in keys_of(shown):
            if (found := decode(key.custom_id)) and found.action == action:
                return await self.press_key(shown, key, by)
        raise Absent(f"there is no button for {action}")

    async def press_key(self, shown: Shown, key: Key, by: simcord.MemberActor | None = None) -> simcord.InteractionResult:
        return await (by or self.world.asker).click(message_of(shown), custom_id=key.custom_id)

    async def answer_privately(self) -> None:
        """Let the channel's answers to commands be seen by who asked alone."""
        await self._set(Overrides(ephemeral=True))

    async def slow_down(self) -> None:
        await self._set(Overrides(cooldown=_COOLDOWN))

    async def _set(self, overrides: Overrides) -> None:
        channel = self.world.channel
        assert channel.guild is not None
        await self.world.bot.shared.settings.change(channel.guild.id, channel.id, lambda _: overrides)


Play: TypeAlias = "Callable[[Stage], Awaitable[Shown]]"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be pictured; `name` is the file's, without its ending, and `seen_by` who looks, by their name in the world."""

    name: str
    play: Play
    locale: str = "en-US"
    seen_by: str = "asker"


def message_of(shown: Shown) -> discord.Message:
    """The message that is to be seen. Raises Absent where there is none."""
    if isinstance(shown, discord.Message):
        return shown
    if isinstance(found := getattr(shown, "message", None), discord.Message):  # of a response
        return found
    response: Any = getattr(shown, "response", None) or next(iter(reversed(getattr(shown, "followups", ()))), None)
    if response is None:
        raise Absent("nothing is shown")
    return message_of(response)


def keys_of(shown: Shown) -> list[Key]:
    return [key for row in rows_of(message_of(shown)) for key in row]


# The scenes


def asked(kind: str) -> Play:
    async def play(s: Stage) -> Shown:
        return await s.ask(kind)

    return play


def command(name: str, *, after: str = "", **options: Any) -> Play:
    """A command of a reader's, where `after` names it after a question of that kind."""

    async def play(s: Stage) -> Shown:
        if after:
            await s.ask(after)
        return await s.slash(name, **options)

    return play


def administrative(name: str, **options: Any) -> Play:
    async def play(s: Stage) -> Shown:
        return await s.slash(f"verbatim {name}", s.world.operator, **options)

    return play


def pressed(*actions: str, kind: str = "buttons") -> Play:
    """Buttons pressed one after the other, the first under an answer to a question of that kind; what is shown then, which may be
    the same message changed."""

    async def play(s: Stage) -> Shown:
        shown: Shown = await s.ask(kind)
        for action in actions:
            result = await s.press(shown, action)
            shown = result if result.response or result.modal else shown
        return shown

    return play


async def _ask_command(s: Stage) -> Shown:
    return await s.slash("ask", question=s.question("answer"))


async def _chosen(s: Stage) -> Shown:
    shown = await s.ask("ambiguous")
    return await s.press_key(shown, keys_of(shown)[0])


async def _quotes_of_one(s: Stage) -> Shown:
    speakers = [p for p in s.engine.pack.people.values() if any(p.id in q.speakers for q in s.engine.pack.quotes.values())]
    if not speakers:
        raise Absent("nobody speaks in the article")
    most = max(
        speakers, key=lambda p: sum(p.id in q.speakers for q in s.engine.pack.quotes.values() if q.kind is QuoteKind.DIRECT)
    )
    return await s.slash("quote", speaker=most.name)


async def _group(s: Stage) -> Shown:
    groups = [t.group for t in s.engine.pack.entries]
    if not groups:
        raise Absent("the pack has no questions")
    return await s.slash("faq", group=groups[0])


async def _follow_up(s: Stage) -> Shown:
    window = await s.press(await s.press(await s.ask("answer"), Action.MORE), Action.FOLLOW_UP)
    return await s.world.asker.submit_modal(window, {"question": "who said that?"})


async def _private(s: Stage) -> Shown:
    await s.answer_privately()
    return await s.slash("ask", question=s.question("answer"))


async def _private_more(s: Stage) -> Shown:
    """The same message, with the further buttons in place."""
    shown = await _private(s)
    await s.press(shown, Action.MORE)
    return shown


async def _shared(s: Stage) -> Shown:
    return await s.press(await _private_more(s), Action.SHARE)


async def _taken_away(s: Stage) -> Shown:
    operator = s.world.operator
    menu = await s.press(await s.ask("answer"), Action.MORE, by=operator)
    await s.press(menu, Action.HIDE, by=operator)
    return menu


async def _who_said_that(s: Stage) -> Shown:
    await s.ask("answer")
    return await s.mention("who said that?")


async def _greeting(s: Stage) -> Shown:
    """What the bot says in a server that it joins, here as if it joined this one."""
    client: Any = s.world.bot
    await client.on_guild_join(client.guilds[0])
    await s.world.env.settle()
    found = s.world.channel.last_message
    if found is None:
        raise Absent("the bot says nothing")
    return found


async def _menu(s: Stage) -> Shown:
    w = s.world
    message = await w.friend.send(w.channel, s.question("answer"))
    return await w.asker.context_menu(w.channel, s.words.menu_ask, message)


async def _cooldown(s: Stage) -> Shown:
    await s.slow_down()
    await s.ask("answer")
    return await s.mention(s.question("answer"))


async def _unreadable(s: Stage) -> Shown:
    """A reply to an answer to a command, whose text Discord withholds from a bot without the intent."""
    shown = await s.slash("ask", question=s.question("answer"))
    return await s.mention("who said that?", reply_to=shown)


async def _failed(s: Stage) -> Shown:
    await s.world.env.restart_bot(make_bot(_shelf(_failing(s.engine))))
    return await s.ask("answer")


async def _stale(s: Stage) -> Shown:
    """A button of an answer from an article that is no longer there."""
    shown = await s.ask("answer")
    key = next(iter(keys_of(shown)), None)
    if key is None:
        raise Absent("the answer has no buttons")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "another.txt"
        path.write_text("Another article\n\nIt has another text.\n", encoding="utf-8")
        await s.world.env.restart_bot(make_bot(_shelf(_failing(s.engine, path))))
    return await s.press_key(shown, key)


def _shelf(engine: Engine) -> Library:
    """A library of one engine, whose pack is faulty when it is read again."""
    standing = [engine]
    return Library([Path(engine.pack.slug)], lambda _: standing.pop() if standing else _refuse())


def _refuse() -> Engine:
    fault = Fault(
        "quotes.yaml",
        12,
        "the text of quote 'wait' stands nowhere in the article.",
        "copy it from article.txt, letter for letter.",
    )
    raise FileFaults([fault])


def _failing(engine: Engine, path: Path | None = None) -> Engine:
    """An engine, of the pack at `path` if that is given, which no question survives."""

    class Failing:
        pack = load(path) if path else engine.pack

        def is_recorded(self, question: str) -> bool:
            raise RuntimeError

    failing: Any = Failing()
    return failing  # type: ignore[no-any-return]


SCENES = (
    # Verdicts
    Scene("answer", asked("answer")),
    Scene("speakers", asked("speakers")),
    Scene("several-questions", asked("several_questions")),
    Scene("premise", asked("premise")),
    Scene("unsure", asked("unsure")),
    Scene("ambiguous", asked("ambiguous")),
    Scene("ambiguous-chosen", _chosen),
    Scene("not-in-article", asked("not_in_article")),
    Scene("not-in-article-bare", asked("nothing_near")),
    Scene("opinion", asked("opinion")),
    Scene("off-topic", asked("off_topic")),
    Scene("other-language", asked("other_language")),
    Scene("small-talk", asked("small_talk")),
    Scene("who-said-that", _who_said_that),
    # Commands
    Scene("command-ask", _ask_command),
    Scene("command-quote", command("quote")),
    Scene("command-quote-person", _quotes_of_one),
    Scene("command-faq", command("faq")),
    Scene("command-faq-group", _group),
    Scene("command-who", command("article who")),
    Scene("command-read", command("article read")),
    Scene("command-read-2", command("article read", page=2)),
    Scene("command-why", command("article why", after="buttons")),
    Scene("command-cite", command("article cite", after="answer")),
    Scene("command-cite-bibtex", command("article cite", after="answer", format="bibtex")),
    Scene("command-about", command("article about")),
    Scene("command-help", command("article help")),
    Scene("command-privacy", command("privacy show", after="answer")),
    Scene("command-privacy-export", command("privacy export", after="answer")),
    Scene("command-privacy-delete", command("privacy delete", after="answer")),
    # Buttons
    Scene("buttons", asked("buttons")),
    Scene("button-context", pressed("context")),
    Scene("button-wrong", pressed("wrong")),
    Scene("button-wrong-bare", pressed("wrong", kind="answer")),
    Scene("button-positions", pressed("positions", kind="opinion")),
    Scene("button-more", pressed("more")),
    Scene("button-else", pressed("more", "else")),
    Scene("button-cite", pressed("more", "cite")),
    Scene("button-follow-up", pressed("more", "follow-up", kind="answer")),
    Scene("button-follow-up-answered", _follow_up),
    Scene("button-hide", pressed("more", "hide", kind="answer")),
    Scene("button-hide-moderator", _taken_away, seen_by="operator"),
    Scene("private", _private),
    Scene("private-more", _private_more),
    Scene("button-share", _shared),
    Scene("menu", _menu),
    # What went otherwise
    Scene("cooldown", _cooldown),
    Scene("unreadable", _unreadable),
    Scene("failed", _failed),
    Scene("stale", _stale),
    # For administrators
    Scene("greeting", _greeting, seen_by="operator"),
    Scene("admin-channel", administrative("channel", listen=True, answers="private"), seen_by="operator"),
    Scene("admin-threads", administrative("channel", threads=True), seen_by="operator"),
    Scene("admin-cooldown", administrative("cooldown", seconds=30), seen_by="operator"),
    Scene("admin-status", administrative("status"), seen_by="operator"),
    Scene("admin-reload-refused", administrative("reload"), seen_by="operator"),
    # In French
    Scene("french-answer", asked("answer"), "fr"),
    Scene("french-help", command("article help"), "fr"),
    Scene("french-context", pressed("context"), "fr"),
    Scene("french-wrong", pressed("wrong"), "fr"),
    Scene("french-more", pressed("more"), "fr"),
    Scene("french-else", pressed("more", "else"), "fr"),
    Scene("french-cite", pressed("more", "cite"), "fr"),
    Scene("french-follow-up", pressed("more", "follow-up", kind="answer"), "fr"),
)


# The questions


def questions(engine: Engine) -> dict[str, str]:
    """A question for every kind of reply that the pack can give."""
    pack = engine.pack
    own = [t.question for t in pack.entries]
    speakers = {speaker for q in pack.quotes.values() if q.kind is QuoteKind.DIRECT for speaker in q.speakers}
    # The fairest to show: whoever asks knows whose words these are.
    by_name = [q for q in own if any(pack.people[speaker].name.split()[-1] in q for speaker in sorted(speakers))]
    any_own = [*own, *(pack.article.excerpt(span).text for span in pack.article.sentences[:_SENTENCES_TRIED])]

    def direct(a: Answer) -> bool:
        return isinstance(a, Answered) and [c.quote.kind for c in a.citations if c.quote] == [QuoteKind.DIRECT]

    def introduced(a: Answer) -> bool:
        """By somebody of whom it is said who they are, in their words alone."""
        if not isinstance(a, Answered) or a.lead:
            return False
        return direct(a) and all(
            pack.people[speaker].capacity for c in citations_of(a) if c.quote for speaker in c.quote.speakers
        )

    def several(a: Answer, least: int = 2) -> bool:
        return isinstance(a, Answered) and len({c.quote.speakers for c in a.citations if c.quote}) >= least

    def count_ways_on(question: str) -> int:
        """How much more than itself an answer leads to: others who speak, and questions that came near."""
        answer = engine.answer(question)
        first = next((c.quote for c in citations_of(answer) if c.quote), None)
        others = first is not None and bool(passages.others(pack, first.id))
        return others + bool(suggestions.matches(answer)) if isinstance(answer, Answered) else -1

    def phrasings(verdict: Verdict) -> list[str]:
        return [_as_sentence(p) for t in pack.topics if t.verdict is verdict for p in t.phrasings[:3]]

    most = sorted(
        [*(p + q for q in own[:_BUTTONS_TRIED] for p in _PREFIXES), *any_own[:_BUTTONS_TRIED]], key=lambda q: -count_ways_on(q)
    )
    near = [*(_as_sentence(q) for t in pack.entries for q in t.near_misses), *_words(own)]
    in_twos = [f"{one} {other}" for one, other in pairwise(own)]
    gaps = [t.question for t in pack.topics if t.verdict is Verdict.NOT_IN_ARTICLE]
    wanted: tuple[tuple[str, list[str], Callable[[Answer], bool]], ...] = (
        ("answer", by_name, introduced),
        ("answer", own, introduced),
        ("answer", own, direct),
        ("answer", any_own, lambda a: isinstance(a, Answered)),
        ("speakers", own, lambda a: several(a, 3)),
        ("speakers", own, several),
        ("several_questions", in_twos, lambda a: isinstance(a, Answered) and len(a.entries) > 1),
        ("buttons", most, lambda a: isinstance(a, Answered)),
        ("premise", phrasings(Verdict.PREMISE), lambda a: isinstance(a, Contradicted)),
        ("unsure", near, lambda a: isinstance(a, Unsure)),
        ("not_in_article", gaps, lambda a: isinstance(a, NotInArticle) and bool(a.nearest)),
        ("not_in_article", gaps, lambda a: isinstance(a, NotInArticle)),
        ("nothing_near", gaps, lambda a: isinstance(a, NotInArticle) and not a.nearest),
        (
            "opinion",
            ["Who is right?", *phrasings(Verdict.OPINION)],
            lambda a: isinstance(a, OpinionAsked) and bool(nearest_of(a)),
        ),
        ("opinion", ["Who is right?", *phrasings(Verdict.OPINION)], lambda a: isinstance(a, OpinionAsked)),
        ("off_topic", ["What is the weather tomorrow?"], lambda a: isinstance(a, OffTopic)),
        ("other_language", ["Was steht in diesem Artikel über das Wetter?"], lambda a: a.trace.rule is Rule.NOT_ENGLISH),
        ("small_talk", ["hello"], lambda a: isinstance(a, SmallTalk)),
        ("ambiguous", _words(own), lambda a: isinstance(a, Ambiguous)),
    )
    found: dict[str, str] = {}
    for kind, candidates, fits in wanted:
        if kind not in found and (fitting := next((q for q in candidates if fits(engine.answer(q))), None)):
            found[kind] = fitting
    return found


def _as_sentence(phrasing: str) -> str:
    return f"{phrasing[:1].upper()}{phrasing[1:]}?"


def _words(texts: Sequence[str]) -> list[str]:
    """The words of some questions: one alone may mean two of them."""
    return list(dict.fromkeys(word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text)))[:_WORDS_TRIED]


@asynccontextmanager
async def staged(scene: Scene, engine: Engine, asked_for: Mapping[str, str]) -> AsyncIterator[Stage]:
    """The stage of a scene, in a world of its own."""
    async with world(make_bot(_shelf(engine)), locale=scene.locale) as w:
        yield Stage(w, engine, wording(scene.locale), asked_for)
