"""The benchmark of what measuring costs: its two sides."""

from __future__ import annotations

import asyncio
from types import ModuleType

from bot.engine.pipeline import Engine
from bot.pack.values import Verdict
from bot.serve.measures import Measures, Stage, Way


def test_one_side_measures_every_question_and_the_other_none(benchmark: ModuleType, tiny: Engine) -> None:
    questions = ["Who called for a second lift?", "who called for a second lift please, hoist"]
    for measures, answers, times in ((Measures(), 1, 2), (benchmark.Nothing(), 0, 0)):
        assert asyncio.run(benchmark.asked(tiny, questions, measures)) > 0
        assert measures.answers[Verdict.ANSWER, Way.RECORDED] == answers
        assert [sum(measures.stages[stage].counts) for stage in (Stage.WORDING, Stage.WHOLE)] == [times] * 2
