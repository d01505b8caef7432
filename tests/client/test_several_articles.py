"""Channels with several articles: which of them answers, how it is named, what a follow-up refers to, and who sets it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from fakes.scene import EN, LIFT, ROOF, Scene, label, labels, play, said, shelf, worded

from bot.browse import pages as browse
from bot.client.admin import chosen_articles
from bot.client.answering import Answering, Asked
from bot.client.lifecycle import Verbatim
from bot.client.patient_store import PatientStore
from bot.client.shared import Shared
from bot.engine.answer import Answer, Answered, Rule, SmallTalk
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.pack.values import Verdict
from bot.say import pages as say
from bot.say.replies import compose
from bot.say.why import why
from bot.say.wording import Action
from bot.serve.dialogue import Conversation, Dialogue
from bot.serve.library import Articles
from bot.store.memory import MemoryStore
from bot.store.values import MAX_ARTICLES, Overrides

QUAY = "Until when is the old quay closed?"
WEATHER = "What is the weather tomorrow?"
FROM_BOATS = "From another article: “Boats”\n"
BOTH = "-# Articles asked: “Millbrook library”, “Boats”."


def bare(folder: Path, name: str, text: str) -> Engine:
    path = folder / f"{name}.txt"
    path.write_text(f"{name.capitalize()}\n\n{text}\n", encoding="utf-8")
    return build(path)


@pytest.fixture(scope="module")
def boats(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    text = "Fishing boats were moved to Porto Novo.\n\nThe harbour master Luis Pinto said: “The old quay is closed until June.”"
    return bare(tmp_path_factory.mktemp("boats"), "boats", text)


@pytest.fixture(scope="module")
def quays(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return bare(tmp_path_factory.mktemp("quays"), "quays", "The old quay is closed until July, the council says.")


@dataclass(eq=False)
class Heard:
    """An engine that notes what it is asked."""

    real: Engine
    questions: list[str] = field(default_factory=list)

    @property
    def pack(self) -> Any:
        return self.real.pack

    def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        self.questions.append(question)
        return self.real.answer(question, history)

    def is_recorded(self, question: str) -> bool:
        return self.real.is_recorded(question)


def setting(s: Scene, *slugs: str, **more: Any) -> Any:
    return s.settings.change(s.guild.id, s.channel.id, lambda _: Overrides(article=" ".join(slugs), **more))


def refused(engine: Engine, question: str, *titles: str) -> str:
    return compose(engine.answer(question), engine.pack, EN, searched=titles).content


# Which one answers


def test_what_only_another_article_answers_is_answered_from_that_one_led_by_its_title(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        await s.mention(QUAY)
        assert s.sent[-1]["content"] == FROM_BOATS + worded(boats, QUAY)
        assert labels(s.sent[-1]) == [label(a) for a in (Action.CONTEXT, Action.WRONG, Action.MORE)]
        shown = await s.asker.click(s.last_message(), label=label(Action.CONTEXT))
        assert "The old quay is closed until June." in said(shown), "its buttons are of that article"
        asked = await s.asker.slash(s.channel, "ask", question=QUAY)
        assert said(asked) == FROM_BOATS + worded(boats, QUAY)
        assert asked.response
        assert asked.response.content.startswith("-# Asked: “Until when is the old quay closed?”\n")
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == worded(tiny, LIFT), "what the main one answers needs no title over it"

    play(story, shelf(tiny, boats))


def test_a_refusal_stands_where_no_other_article_answers_and_says_which_were_asked(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        await s.mention(WEATHER)
        content = s.sent[-1]["content"]
        assert content.startswith(EN.off_topic_several)
        assert content.split("\n")[1] == BOTH
        salary = "What does the librarian earn?"
        await s.mention(salary)
        assert s.sent[-1]["content"] == refused(tiny, salary, "Millbrook library", "Boats")
        assert s.sent[-1]["content"].startswith("The article does not say: the librarian's salary.")
        await s.mention("thanks")
        assert s.sent[-1]["content"] == worded(tiny, "thanks"), "talk is no article's"

    play(story, shelf(tiny, boats))


def test_what_the_main_article_answers_no_other_is_asked(tiny: Engine, boats: Engine) -> None:
    other = Heard(boats)

    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        for question in (
            LIFT,
            "please: who wants another lift?",
            "why is Ruth Bell against the lift",
            "hello",
            "what do you think of it?",
        ):
            await s.mention(question)
        assert len(s.sent) == 5
        assert other.questions == []

    play(story, shelf(tiny, other))


def test_of_several_others_that_answer_the_reader_chooses_one_by_a_button(tiny: Engine, boats: Engine, quays: Engine) -> None:
    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats", "quays")
        await s.mention(QUAY)
        [body] = s.sent
        assert body["content"] == EN.several_articles.format(title="“Millbrook library”")
        assert labels(body) == ["Boats", "Quays"]
        message = s.last_message()
        assert "until June" in said(await s.asker.click(message, label="Boats"))
        assert "until July" in said(await s.asker.click(message, label="Quays"))

    play(story, shelf(tiny, boats, quays))


def test_where_an_article_to_choose_knows_the_question_its_button_asks_it(tiny: Engine, boats: Engine, quays: Engine) -> None:
    @dataclass(eq=False)
    class Agreeing(Heard):
        def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
            return self.real.answer("When does the library begin to open on Sundays?" if question == QUAY else question, history)

    async def story(s: Scene) -> None:
        await setting(s, "quays", "boats", "millbrook")
        await s.mention("please: " + QUAY)
        assert "until July" in s.sent[-1]["content"]
        await setting(s, "boats", "quays", "millbrook")
        main = s.library.find("boats")
        assert isinstance(main, Heard)
        await s.mention(QUAY)
        assert labels(s.sent[-1]) == ["Quays", "Millbrook library"]
        chosen = await s.asker.click(s.last_message(), label="Millbrook library")
        assert "From March 3." in said(chosen)

    @dataclass(eq=False)
    class Silent(Heard):
        def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
            return self.real.answer(WEATHER, history)

    play(story, shelf(Silent(boats), quays, Agreeing(tiny)))


def test_what_another_article_knows_word_for_word_goes_over_what_a_third_may_answer(
    tiny: Engine, boats: Engine, quays: Engine
) -> None:
    third = Heard(quays)

    async def story(s: Scene) -> None:
        await setting(s, "boats", "quays", "millbrook")
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == "From another article: “Millbrook library”\n" + worded(tiny, LIFT)
        assert third.questions == []

    play(story, shelf(boats, third, tiny))


def test_articles_are_asked_one_after_the_other_and_each_once(tiny: Engine, boats: Engine) -> None:
    """However many a channel has, a question never takes more than one of the threads."""
    inside, most, order = 0, 0, []

    @dataclass(eq=False)
    class Counting(Heard):
        def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            order.append(self)
            answer = super().answer(question, history)
            inside -= 1
            return answer

    engines = tuple(Counting(e) for e in (tiny, *[boats] * (MAX_ARTICLES - 1)))

    async def ask() -> str:
        answering = Answering(Dialogue(), PatientStore(MemoryStore()))
        articles: Any = Articles(engines, engines)  # type: ignore[arg-type]
        asked = Asked(WEATHER, articles, Conversation(1, 1, tiny.pack.version), None, EN, named=True)
        return (await answering.answer(asked)).content

    assert asyncio.run(ask()).count("“Boats”") == MAX_ARTICLES - 1
    assert order == list(engines)
    assert most == 1


# What follows


def test_a_follow_up_refers_to_the_article_that_answered_last(tiny: Engine, boats: Engine) -> None:
    who = "who said that?"

    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        await s.mention(ROOF)
        await s.mention(QUAY)
        quay = boats.answer(QUAY)
        await s.mention(who)
        assert s.sent[-1]["content"] == FROM_BOATS + worded(boats, who, [quay])
        await s.mention("thanks")
        assert s.sent[-1]["content"] == worded(boats, "thanks", [quay])
        await s.mention(who)
        assert s.sent[-1]["content"] == FROM_BOATS + worded(boats, who, [quay]), "thanks change nothing"
        explained = await s.asker.slash(s.channel, "article why")
        assert said(explained) == why(boats.answer(who, [quay]), boats.pack, EN).content
        assert "Boats" in said(await s.asker.slash(s.channel, "article cite"))
        await s.mention("/cite")
        assert "Boats" in s.sent[-1]["content"]
        await s.mention(ROOF)
        assert s.sent[-1]["content"] == worded(tiny, ROOF)
        await s.mention(who)
        assert s.sent[-1]["content"].startswith(worded(tiny, who, [tiny.answer(ROOF)]).split("\n")[0])

    play(story, shelf(tiny, boats))


def test_a_reply_to_an_answer_goes_on_with_its_article_whichever_answered_since(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        await s.mention(QUAY)
        quay = s.last_message()
        await s.mention(ROOF)
        for asker in (s.asker, s.friend()):
            await asker.send(s.channel, "who said that?", reply_to=quay)
            assert s.sent[-1]["content"] == FROM_BOATS + worded(boats, "who said that?", [boats.answer(QUAY)])

    play(story, shelf(tiny, boats))


def test_what_the_last_article_takes_for_talk_may_be_a_question_to_the_main_one_and_talk_ends_no_conversation(
    tiny: Engine, boats: Engine
) -> None:
    lift, talk = "please: who wants another lift?", "hi there my good friend, how are you doing on this day?"

    @dataclass(eq=False)
    class Talkative(Heard):
        def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
            answer = self.real.answer(question, history)
            taken = replace(answer.trace, rule=Rule.SMALL_TALK)
            return SmallTalk(taken, 1.0, (), "how-are-you") if question in (lift, talk) else answer

    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        await s.mention(QUAY)
        await s.mention(lift)
        assert s.sent[-1]["content"] == worded(tiny, lift)
        assert tiny.answer(talk).verdict is Verdict.SMALL_TALK
        await s.mention(QUAY)
        await s.mention(talk)
        assert s.sent[-1]["content"].startswith(EN.small_talk["how-are-you"])
        await s.mention("who said that?")
        assert s.sent[-1]["content"].startswith(FROM_BOATS)

    play(story, shelf(tiny, Talkative(boats)))


def test_a_question_that_says_nothing_alone_is_not_put_to_other_articles(tiny: Engine, boats: Engine) -> None:
    main = Heard(tiny)

    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        await s.mention(QUAY)
        main.questions.clear()
        await s.mention("in which year?")
        assert main.questions == []
        assert s.sent[-1]["content"].endswith("-# Articles asked: “Boats”.")

    play(story, shelf(main, boats))


# Naming one


def test_ask_can_name_one_of_the_channel_s_articles_and_only_that_one_is_asked(tiny: Engine, boats: Engine) -> None:
    main = Heard(tiny)

    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        offered = await s.asker.autocomplete(s.channel, "ask", "article", "")
        assert [(c["name"], c["value"]) for c in offered] == [("Millbrook library", "millbrook"), ("Boats", "boats")]
        assert [c["value"] for c in await s.asker.autocomplete(s.channel, "ask", "article", "BOA")] == ["boats"]
        assert said(await s.asker.slash(s.channel, "ask", question=QUAY, article="boats")) == worded(boats, QUAY)
        lift = said(await s.asker.slash(s.channel, "ask", question=LIFT, article="boats"))
        assert lift == refused(boats, LIFT, "Boats")
        assert main.questions == []
        unknown = await s.asker.slash(s.channel, "ask", question=QUAY, article="trains")
        assert (said(unknown), unknown.ephemeral) == ("There is no such article here, only: “Millbrook library”, “Boats”.", True)
        await s.mention(f"/ask article: Boats question: {QUAY}")
        assert s.sent[-1]["content"] == worded(boats, QUAY)
        await s.mention(f"/ask article: trains question: {QUAY}")
        assert s.sent[-1]["content"] == said(unknown)
        s.env.errors.clear()

    play(story, shelf(main, boats))


def test_where_no_article_is_chosen_any_that_is_loaded_can_be_named_but_only_the_usual_one_is_asked(
    tiny: Engine, boats: Engine
) -> None:
    async def story(s: Scene) -> None:
        await s.mention(QUAY)
        assert s.sent[-1]["content"] == worded(tiny, QUAY)
        assert said(await s.asker.slash(s.channel, "ask", question=QUAY, article="boats")) == worded(boats, QUAY)
        await s.mention("who said that?")
        assert s.sent[-1]["content"] == FROM_BOATS + worded(boats, "who said that?", [boats.answer(QUAY)])

    play(story, shelf(tiny, boats))


def test_what_can_be_read_is_of_the_main_article_or_of_the_one_that_is_named(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats")
        for of, options in ((tiny.pack, {}), (boats.pack, {"article": "boats"})):
            read = said(await s.asker.slash(s.channel, "article read", **options))
            assert read == say.article(browse.paragraphs(of), of, EN).content
            assert said(await s.asker.slash(s.channel, "article who", **options)) == say.people(browse.people(of), of, EN).content
        offered = await s.asker.autocomplete(s.channel, "ask", "question", "lift")
        assert LIFT in [c["name"] for c in offered]
        assert await s.asker.autocomplete(s.channel, "ask", "question", "lift", article="boats") == []
        await setting(s, "boats", "millbrook")
        offered = await s.asker.autocomplete(s.channel, "ask", "question", "lift")
        assert LIFT in [c["name"] for c in offered], "questions of the others are offered too"
        assert said(await s.asker.slash(s.channel, "quote", topic="lift")) == EN.quotes_none
        assert "second lift" in said(await s.asker.slash(s.channel, "quote", topic="lift", article="millbrook"))
        assert said(await s.asker.slash(s.channel, "faq")) == EN.faq_none
        assert said(await s.asker.slash(s.channel, "faq", article="millbrook")) == say.faq(browse.faq(tiny.pack), EN).content
        await s.mention("/quote topic: lift article: millbrook")
        assert "second lift" in s.sent[-1]["content"]

    play(story, shelf(tiny, boats))


# Where it listens


def test_where_it_listens_it_is_silent_unless_one_article_alone_is_sure(tiny: Engine, boats: Engine, quays: Engine) -> None:
    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "boats", listen=True)
        await s.asker.send(s.channel, WEATHER)
        assert s.sent == []
        await s.asker.send(s.channel, QUAY)
        assert [body["content"] for body in s.sent] == [FROM_BOATS + worded(boats, QUAY)]
        await s.asker.send(s.channel, "who said that?")
        assert len(s.sent) == 1
        await setting(s, "millbrook", "boats", "quays", listen=True)
        await s.asker.send(s.channel, QUAY)
        assert len(s.sent) == 1, "which of two is meant nobody asked it"

    play(story, shelf(tiny, boats, quays), listen=True)


# Setting it


def test_an_administrator_adds_articles_and_takes_them_away(tiny: Engine, boats: Engine, quays: Engine) -> None:
    also = "Asked where that one does not answer: "

    async def story(s: Scene) -> None:
        async def set_to(**options: Any) -> str:
            return said(await s.owner.slash(s.channel, "verbatim channel", **options))

        async def offered() -> list[tuple[str, str]]:
            return [(c["name"], c["value"]) for c in await s.owner.autocomplete(s.channel, "verbatim channel", "also", "")]

        async def stored() -> str | None:
            return (await s.store.settings(s.guild.id)).channels.get(s.channel.id, Overrides()).article

        assert await offered() == [("Boats", "boats"), ("Quays", "quays")]
        assert also not in await set_to(also="millbrook")
        assert await stored() is None, "the main one is there already"
        shown = await set_to(also="boats")
        assert "Article: Millbrook library." in shown
        assert f"{also}“Boats”." in shown
        assert f"{also}“Boats”, “Quays”." in await set_to(also="quays")
        assert await stored() == "millbrook boats quays"
        none, away = (EN.article_alone, "-"), EN.article_remove
        assert await offered() == [none, (away.format(title="Boats"), "boats"), (away.format(title="Quays"), "quays")]
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny, boats, quays), s.store)))
        assert f"{also}“Quays”." in await set_to(also="boats")
        shown = await set_to(article="quays")
        assert "Article: Quays." in shown
        assert also not in shown, "what was asked too is now the main one"
        assert await set_to(also="trains") == EN.article_unknown
        await set_to(also="boats")
        assert also not in await set_to(also="-")
        assert await stored() == "quays"
        await set_to(also="boats")
        await set_to(article="-")
        assert await stored() == "-"
        assert f"{also}“Boats”" in await set_to(also="boats"), "to the usual one another can be added"
        assert await stored() == "millbrook boats"

    play(story, shelf(tiny, boats, quays))


def test_a_channel_has_so_many_articles_at_most(tiny: Engine, tmp_path: Path) -> None:
    more = [bare(tmp_path, name, "Nothing happened.") for name in ("a", "b", "c", "d", "e")]

    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "a", "b", "c", "d")
        full = said(await s.owner.slash(s.channel, "verbatim channel", also="e", listen=True))
        assert full == EN.articles_full.format(limit=MAX_ARTICLES)
        kept = (await s.store.settings(s.guild.id)).channels[s.channel.id]
        assert kept == Overrides(article="millbrook a b c d"), "nothing of it is set"

    play(story, shelf(tiny, *more))


@pytest.mark.parametrize(
    ("before", "here", "article", "also", "after"),
    [
        (None, "usual", None, None, None),
        ("a b", "a b", None, None, "a b"),
        (None, "usual", "usual", None, "usual"),
        (None, "usual", None, "b", "usual b"),
        (None, "a b", None, "c", "a b c"),  # it inherits a b from the server
        ("a", "a", None, "b", "a b"),
        ("a b c", "a b c", None, "b", "a c"),
        ("a b c", "a b c", None, "-", "a"),
        ("a b c", "a b c", "b", None, "b c"),
        ("a b c", "a b c", "d", None, "d b c"),
        ("a b", "a b", "d", "b", "d"),
        ("a b", "a b", "-", None, "-"),
        ("-", "usual", None, "b", "usual b"),
        ("-", "usual", None, "-", "-"),
        ("a b", "a b", "-", "c", "usual c"),
        ("a b", "x", None, "b", "a"),  # another administrator was quicker
        (None, "usual", None, "-", None),
    ],
)
def test_what_is_set_of_what_was_and_what_is_chosen(
    before: str | None, here: str, article: str | None, also: str | None, after: str | None
) -> None:
    assert chosen_articles(before, here.split(), "usual", article, also) == after


def test_an_article_that_is_no_longer_loaded_is_not_asked_told_of_and_can_be_taken_away(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        await setting(s, "millbrook", "trains", "boats")
        await s.mention(QUAY)
        assert s.sent[-1]["content"] == FROM_BOATS + worded(boats, QUAY)
        await s.mention(WEATHER)
        assert s.sent[-1]["content"].split("\n")[1] == BOTH
        gone = EN.setting_not_loaded.format(slugs="trains")
        assert gone in said(await s.owner.slash(s.channel, "verbatim status"))
        assert [m for m in await s.bot.mistakes() if f"channel {s.channel.id} is set to the article trains, which is not" in m]
        assert gone not in said(await s.owner.slash(s.channel, "verbatim channel", also="trains"))
        await setting(s, "trains", "boats")
        await s.mention(QUAY)
        assert s.sent[-1]["content"] == EN.article_gone, "the main one is gone: another would mislead"

    play(story, shelf(tiny, boats))


def test_an_answer_is_remembered_under_its_own_article(tiny: Engine, boats: Engine) -> None:
    async def ask() -> None:
        answering, articles = Answering(Dialogue(), PatientStore(MemoryStore())), Articles((tiny, boats), (tiny, boats))
        here = Conversation(1, 1, tiny.pack.version)
        assert answering.latest(articles, here) is tiny
        await answering.answer(Asked(QUAY, articles, here, None, EN))
        assert answering.latest(articles, here) is boats
        assert answering.earlier(here) == ()
        [kept] = answering.earlier(here._replace(version=boats.pack.version))
        assert isinstance(kept, Answered)
        await answering.answer(Asked(LIFT, articles, here, None, EN))
        assert answering.latest(articles, here) is tiny

    asyncio.run(ask())
