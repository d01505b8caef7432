"""The fuzz: conversations that their seed alone decides, and promises whose breach it sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import MakePack

from bot.cli.record import record
from bot.engine.answer import Answer, Answered, OpinionAsked
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say.languages import FALLBACK, wording
from bot.say.lines import Reply
from bot.say.replies import compose


@pytest.fixture(scope="module")
def engine(tiny_folder: Path) -> Engine:
    """Without the networks: what is fuzzed here is the fuzz."""
    return build(tiny_folder, reader=False)


def replied(engine: Engine, question: str) -> tuple[Answer, Reply, dict[str, Any]]:
    answer = engine.answer(question)
    return answer, compose(answer, engine.pack, wording(FALLBACK)), record(answer, engine.pack, question, None)


def test_conversations_depend_on_the_seed_and_the_number_alone(benchmark: ModuleType, engine: Engine) -> None:
    one, other = benchmark.Writer(engine), benchmark.Writer(engine)
    conversations = [one.conversation(1, n) for n in range(200)]
    assert conversations == [other.conversation(1, n) for n in range(200)]
    assert conversations != [one.conversation(2, n) for n in range(200)]
    assert {len(c) for c in conversations} == {1, 2, 3, 4, 5}
    assert max(len(message) for c in conversations for message in c) <= 4000


def test_about_half_of_the_first_messages_are_recorded_phrasings(benchmark: ModuleType, engine: Engine) -> None:
    writer = benchmark.Writer(engine)
    recorded = sum(engine.is_recorded(writer.conversation(1, n)[0]) for n in range(1000))
    assert 480 <= recorded <= 620  # some of the others are too: a slip may change nothing


def test_honest_replies_break_nothing(benchmark: ModuleType, engine: Engine) -> None:
    for question in ("reading room", "salary of Kovacs", "why is Ruth Bell against the lift", "hello", "is the lift a good idea"):
        assert list(benchmark.violations(*replied(engine, question), engine)) == []


def test_of_an_opinion_two_positions_are_to_be_shown_whatever_the_record_holds(
    benchmark: ModuleType, make_pack: MakePack
) -> None:
    engine = build(make_pack({"pack.yaml": ("[waited, lift]", "[waited, lift, roof]")}), reader=False)
    answer, reply, data = replied(engine, "is the lift a good idea")
    assert isinstance(answer, OpinionAsked)
    assert len(data["nearest"]) == 3
    assert list(benchmark.violations(answer, reply, data, engine)) == []
    both = compose(replace(answer, positions=answer.positions[1:]), engine.pack, wording(FALLBACK))
    assert "is not quoted whole" in "; ".join(benchmark.violations(answer, both, data, engine))


@pytest.mark.parametrize(
    ("over", "found"),
    [
        ("-# Asked: “is it?”", []),
        ("Asked: “is it?”", ["the question is not in the first line alone"]),
        ("-# Asked: “is\nit?”", ["the question is not in the first line alone"]),
        ("-# Asked: “@everyone”", ["a live mention in the question"]),
        ("-# Asked: “<@1>”", ["a live mention in the question", "live Markdown in the question"]),
        ("-# Asked: “**b**”", ["live Markdown in the question"]),
        ("-# Asked: “\\*\\*b”", []),
        ("-# Asked: “https://a”", ["live Markdown in the question"]),
    ],
)
def test_a_question_that_acts_is_seen(benchmark: ModuleType, engine: Engine, over: str, found: list[str]) -> None:
    _, bare, _ = replied(engine, "reading room")
    told = list(benchmark.misechoed(replace(bare, content=f"{over}\n{bare.content}"), bare))
    assert [t.split(":")[0] for t in told] == found


def test_a_breach_of_each_promise_is_seen(benchmark: ModuleType, engine: Engine) -> None:
    answer, reply, data = replied(engine, "reading room")
    (excerpt,) = data["excerpts"]

    def found(reply: Reply = reply, data: dict[str, Any] = data, answer: Answer = answer) -> str:
        return "; ".join(benchmark.violations(answer, reply, data, engine))

    assert "is not article.text" in found(
        data={**data, "excerpts": [{**excerpt, "text": "The reading room will be full again."}]}
    )
    assert "is not its quote's" in found(data={**data, "excerpts": [{**excerpt, "quote": "lift"}]})
    assert "1 citations, but 0 excerpts" in found(data={**data, "excerpts": []})
    assert isinstance(answer, Answered)
    assert "an answer without an excerpt" in found(answer=replace(answer, citations=()), data={**data, "excerpts": []})
    assert "the record's reply is not the composed one" in found(data={**data, "reply": "Something else."})
    assert "is not quoted whole" in found(reply=replace(reply, plain=reply.plain.replace("finally ", "")))
    assert "a quotation that is no excerpt" in found(reply=replace(reply, plain=f"{reply.plain}\n“Invented.”\n"))
    assert "quotations in the message" in found(reply=replace(reply, content=reply.content.replace("finally ", "")))
    assert "an empty reply" in found(reply=replace(reply, content=" "))
    assert "a live mention: '@everyone'" in found(reply=replace(reply, content=f"@everyone {reply.content}"))
    assert "content of 2001 characters" in found(reply=replace(reply, content="x" * 2001))
    assert "a reply that is not Unicode text" in found(reply=replace(reply, content=f"{reply.content}\ud83d"))
    assert "a confidence of 1.5" in found(answer=replace(answer, confidence=1.5))


def test_what_is_asked_is_counted_with_what_it_breaks(
    benchmark: ModuleType, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = benchmark.Tally()
    once = benchmark.ask(engine, ["reading room", "who said that?"], tally)
    assert (tally.verdicts, tally.broken) == ({"answer": 2}, [])
    assert benchmark.ask(engine, ["reading room", "who said that?"]) == once != benchmark.ask(engine, ["reading room"])
    monkeypatch.setattr(benchmark, "MAX_CONTENT", 10)
    benchmark.ask(engine, ["reading room"], tally)
    assert [asked for _, asked in tally.broken] == [["reading room"]] * 2, "and once more with the question over it"
    assert tally.broken[0][0].startswith("answer: content of ")
