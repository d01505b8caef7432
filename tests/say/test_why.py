"""Why a reply was given: for its reader, and for a curator. The sentences stand in readings/."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.answers import TRACE, near, of_every_kind
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.answer import Answered, Candidate, NotInArticle, OffTopic, Rule, Trace
from bot.engine.pipeline import Engine
from bot.engine.question import Question, Token
from bot.pack.values import Pack, Topic, Verdict
from bot.say.languages import languages, wording
from bot.say.why import MAX_WHY, explain, why

EN, FR = wording("en"), wording("fr")


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def read(text: str, *repairs: tuple[str, str]) -> Question:
    """Read as it is; "reed" and "paper" name somebody."""
    return Question(text, tuple(Token(w, w, w if w in ("reed", "paper") else None) for w in text.split()), repairs)


# For a reader


@pytest.mark.parametrize("rule", list(Rule))
def test_it_begins_with_one_sentence_that_says_what_was_done_and_which_rule_decided(pack: Pack, rule: Rule) -> None:
    for answer in of_every_kind(pack).values():
        decided = replace(answer, trace=replace(near(pack.by_id["wait"]), question=read("the wait"), rule=rule))
        first, second, *_ = why(decided, pack, EN).plain.split("\n")
        assert first == f"{EN.verdicts[answer.verdict]}, because {EN.rules[rule]}."
        assert second == "Read as: the wait."


def test_what_came_near_stands_with_how_probable_it_is_and_a_claim_as_one(pack: Pack) -> None:
    found = (("premise-bell-against-lift", 0.62), ("second-lift", 0.255), ("gap-salary", 0.02), ("wait", 0.019))
    trace = replace(TRACE, candidates=tuple(Candidate(pack.by_id[t], probability, "") for t, probability in found))
    assert why(OffTopic(trace, 0.0, ()), pack, EN).plain.split("\n")[1:] == [
        "What came nearest, and how probable it is that this was asked:",
        "- A claim that the article contradicts: Ruth Bell is against the lift. (62 of 100)",
        "- Who called for a second lift? (26 of 100)",
        "- What does the librarian earn? (2 of 100)",
    ]


def test_at_most_four_are_named_and_no_sentence_of_the_article_which_nobody_can_ask(pack: Pack) -> None:
    sentence = Topic("sentence", Verdict.ANSWER, "", ())
    lines = why(OffTopic(near(sentence, *pack.entries), 0.0, ()), pack, EN).plain.split("\n")
    assert [line for line in lines if line.startswith("- ")] == [f"- {t.question} (30 of 100)" for t in pack.entries[:4]]


def test_what_was_understood_names_people_repairs_and_the_earlier_question(pack: Pack) -> None:
    question = read("and the roof of reed in the paper", ("roff", "roof"), ("rede", "reed"))
    trace = replace(TRACE, question=question, after="Who called\nfor a second lift?")
    assert why(OffTopic(trace, 0.0, ()), pack, EN).plain.split("\n")[1:] == [
        "Read as: and the roof of reed in the paper.",
        "Read together with what you asked before: “Who called for a second lift?”.",
        "Names: Tom Reed and the article.",
        "Spelling: “roff” taken as “roof” and “rede” taken as “reed”.",
    ]


@pytest.mark.parametrize(
    ("probability", "bar", "told"),
    [(0.256, 0.5, "Sureness that the article answers it: 26 of 100; from 50 on I give an answer."), (0.0, 0.0, None)],
)
def test_how_sure_it_is_stands_last_where_anything_was_weighed(
    pack: Pack, probability: float, bar: float, told: str | None
) -> None:
    trace = replace(TRACE, probability=probability, bar=bar)
    lines = why(OffTopic(trace, 0.0, ()), pack, EN).plain.split("\n")
    assert lines[1:] == ([told] if told else [])


def test_every_question_that_was_taken_for_the_reader_s_is_named(pack: Pack) -> None:
    by = pack.by_id
    trace = near(by["gap-salary"])
    answer = Answered(trace, 1.0, (), (by["wait"], by["second-lift"]), "nine years. Ruth Bell.", ())
    assert why(answer, pack, EN).plain.split("\n")[-2:] == [
        "Understood as: How long have they waited?",
        "Understood as: Who called for a second lift?",
    ]
    assert "\nCompris comme\u00a0: How long have they waited?\n" in why(answer, pack, FR).plain
    refused = NotInArticle(trace, 1.0, (), by["gap-salary"], (), ())
    assert why(refused, pack, EN).plain.endswith("\nUnderstood as: What does the librarian earn?")
    leaning = replace(answer, trace=replace(trace, candidates=()))
    for other in (leaning, replace(answer, entries=()), replace(refused, gap=None), OffTopic(trace, 1.0, ())):
        assert "Understood as" not in why(other, pack, EN).plain


LONG = st.text(st.sampled_from("ab *_<@>#\n“"), max_size=400)


@given(st.lists(LONG, min_size=1, max_size=5), LONG, st.sampled_from(languages()))
def test_an_explanation_keeps_within_its_limit_whatever_was_asked(
    tiny: Engine, texts: list[str], after: str, language: str
) -> None:
    found = tuple(Candidate(Topic("t", Verdict.ANSWER, t, ()), 1.0, "") for t in texts if t)
    repairs = tuple((t, t) for t in texts)
    trace = Trace(read(texts[0], *repairs), Rule.ABSENT, found, 0.5, 0.5, after)
    made = why(OffTopic(trace, 0.0, ()), tiny.pack, wording(language))
    assert len(made.content) <= MAX_WHY
    assert len(made.plain) <= MAX_WHY
    assert made.plain.split("\n")[0].endswith(wording(language).rules["absent"] + ".")


# For a curator


def test_a_curator_reads_ids_phrasings_and_probabilities(pack: Pack) -> None:
    by = pack.by_id
    candidates = (
        Candidate(by["roof-cost"], 0.9, "roof repairs"),
        Candidate(by["gap-salary"], 0.041, "salary of Kovacs"),
        Candidate(by["premise-bell-against-lift"], 0.0, ""),
    )
    question = read("the roof of reed", ("roff", "roof"))
    trace = Trace(question, Rule.ANSWERS, candidates, 0.94, 0.6, "Who called\nfor a second lift?")
    assert explain(Answered(trace, 0.94, (), (by["roof-cost"],), "", ()), EN).split("\n") == [
        "Understood",
        "  read as     the roof of reed",
        "  after       Who called for a second lift?",
        "  names       reed",
        "  spelling    roff -> roof",
        "Came near (probability, 0 to 1)",
        "  0.90  entry roof-cost  (nearest: 'roof repairs')",
        "  0.04  gap gap-salary  (nearest: 'salary of Kovacs')",
        "  0.00  false premise premise-bell-against-lift",
        "  0.94  that the article answers it; from 0.60 on an answer is given",
        "Decided",
        "  answer, by the rule answers: a passage answers your question surely enough",
    ]


def test_where_nothing_was_weighed_only_what_was_read_and_the_rule_are_told(pack: Pack) -> None:
    assert explain(OffTopic(replace(TRACE, rule=Rule.OFF_TOPIC), 1.0, ()), EN).split("\n") == [
        "Understood",
        "  read as     (nothing)",
        "Decided",
        "  off_topic, by the rule off_topic: your question is about something else",
    ]


def test_a_curator_s_explanation_is_at_most_twenty_lines(pack: Pack) -> None:
    question = read("reed " * 50, *[("a", "b")] * 9)
    trace = replace(near(*pack.topics), question=question, probability=0.5, bar=0.5, after="x")
    assert len(pack.topics) > 10
    assert len(explain(OffTopic(trace, 1.0, ()), EN).split("\n")) <= 20


def test_real_answers_and_refusals_can_be_explained(tiny: Engine) -> None:
    for question in ("reading room", "hello", "", "salary of Kovacs", "why is Ruth Bell against the lift"):
        answer = tiny.answer(question)
        assert explain(answer, EN).endswith(
            f"\n  {answer.verdict}, by the rule {answer.trace.rule}: {EN.rules[answer.trace.rule]}"
        )
        assert why(answer, tiny.pack, EN).plain.startswith(EN.verdicts[answer.verdict])
