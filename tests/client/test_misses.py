"""Misses: what is kept of questions that got no answer, where an administrator wants that, and what is not."""

from __future__ import annotations

import pytest
from fakes.scene import LIFT, Scene, label, play, said

from bot.engine.answer import NotInArticle, OffTopic, Unsure
from bot.engine.pipeline import Engine
from bot.say.wording import Action
from bot.store.values import Overrides

MISSED = "Who paints the fence of the reading room in Leeds, Karen Johnson?"


async def kept(s: Scene) -> list[tuple[str, str]]:
    return [(m.text, m.verdict) for m in await s.store.misses("millbrook")]


async def keeps(s: Scene, misses: bool = True) -> None:
    await s.owner.slash(s.channel, "verbatim channel", misses=misses)


def test_the_question_is_one_that_the_article_does_not_answer(tiny: Engine) -> None:
    answer = tiny.answer(MISSED)
    assert isinstance(answer, Unsure | OffTopic) or (isinstance(answer, NotInArticle) and answer.gap is None)


def test_a_miss_is_kept_only_where_an_administrator_wants_it(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(MISSED)
        assert await kept(s) == []
        await keeps(s)
        await s.mention(MISSED)
        (one,) = await kept(s)
        assert one == (one[0], tiny.answer(MISSED).verdict)
        assert {"karen", "leeds", "johnson"}.isdisjoint(one[0].split())
        assert "reading room" in one[0]
        await s.asker.slash(s.channel, "ask", question="Which colour is the fence of the library?")
        assert len(await kept(s)) == 2
        await keeps(s, misses=False)
        await s.mention("Which animals live in the garden of the library?")
        assert len(await kept(s)) == 2

    play(story, tiny)


@pytest.mark.parametrize("question", [LIFT, "What does the librarian earn?", "hello", "who is it"])
def test_what_got_an_answer_or_a_gap_or_says_nothing_is_not_kept(tiny: Engine, question: str) -> None:
    async def story(s: Scene) -> None:
        await keeps(s)
        await s.mention(question)
        assert await kept(s) == []

    play(story, tiny)


def test_nothing_is_kept_of_direct_messages(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await keeps(s)
        await s.receive_dm(MISSED)
        assert await kept(s) == []

    play(story, tiny)


ANSWERED = "How many years has the librarian been waiting?"


def test_a_wrong_answer_is_kept_for_whoever_asked_while_it_is_the_last(tiny: Engine) -> None:
    assert tiny.answer(ANSWERED).verdict == "answer"

    async def story(s: Scene) -> None:
        await keeps(s)
        await s.mention(ANSWERED)
        answer = s.last_message()
        await s.friend().click(answer, label=label(Action.WRONG))
        assert await kept(s) == []
        pressed = await s.asker.click(answer, label=label(Action.WRONG))
        assert said(pressed)
        assert [verdict for _, verdict in await kept(s)] == ["wrong"]
        assert "librarian been waiting" in (await kept(s))[0][0]

    play(story, tiny)


def test_a_wrong_answer_that_is_not_the_last_is_not_kept(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await keeps(s)
        await s.mention(ANSWERED)
        answer = s.last_message()
        await s.mention("reading room")
        await s.asker.click(answer, label=label(Action.WRONG))
        assert await kept(s) == []

    play(story, tiny)


def test_a_wrong_answer_is_not_kept_where_nobody_wants_it(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(ANSWERED)
        await s.asker.click(s.last_message(), label=label(Action.WRONG))
        assert await kept(s) == []

    play(story, tiny)


def test_a_store_that_fails_costs_no_answer_and_no_word_of_the_question_is_logged(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(misses=True))
        await s.mention("hello")  # the settings are kept in memory now
        await s.store.close()
        await s.mention(MISSED)
        assert s.last.startswith(("The article", "I "))

    play(story, tiny)
    assert "fence" not in log.text
