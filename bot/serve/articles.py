"""The answers of a channel's articles to one question -> which of them is given. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.answer import Ambiguous, Answer, Answered, Contradicted, OpinionAsked, Rule, SmallTalk
from bot.engine.follow_up import is_bare, leans


def answers(answer: Answer) -> bool:
    """Whether an article answers the question, surely enough by its own bar."""
    return isinstance(answer, Answered | Contradicted)


def settles(answer: Answer) -> bool:
    """Whether what the main article says is the reply, and no other is asked: it answers; or it is a matter of talk; or the question says
    nothing without the one before it, so that no other article can know what is asked."""
    bare = bool(answer.trace.after) and is_bare(answer.trace.question)
    return answers(answer) or bare or isinstance(answer, Ambiguous | OpinionAsked | SmallTalk)


def goes_on(answer: Answer) -> bool:
    """Whether a message is for the article that answered last rather than for the main one: it refers to what was said, and that article
    settles it. Thanks are for whom they follow; but what only seems to be talk may be a question to the main one."""
    if isinstance(answer, SmallTalk):
        return answer.trace.rule is not Rule.SMALL_TALK
    referring = answer.trace.rule in (Rule.SPEAKER_ASKED, Rule.MORE_ASKED) or leans(answer.trace.question)
    return referring and settles(answer)


def answering(others: Sequence[Answer]) -> tuple[int, ...]:
    """The places of those that answer, where the main article does not. One is given; of several none is: how sure each is, it is by the
    measure of its own pack, so that the surest is not the rightest, and which article speaks is for the reader to choose."""
    return tuple(i for i, answer in enumerate(others) if answers(answer))
