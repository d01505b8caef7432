"""The way of a question: which topics are read and with what, and which answer comes of it. The reader says what each test tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FAQ, FILES, PACK, MakePack
from fakes.answers import of_entry
from fakes.reader import BARS, NO, Made, make_engine, policy

from bot.curate.scoring import converse
from bot.engine.answer import (
    MAX_HISTORY,
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
from bot.engine.build import opinion_sign
from bot.engine.decide import CHOICE_NAMES, SIGNAL_NAMES, TALK, Logistic, judge
from bot.engine.pipeline import CANDIDATES, Engine
from bot.engine.reader import EARLIER, NOT_SAID, Passage
from bot.engine.several import together
from bot.engine.sources import sources_of
from bot.pack.loading import load
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Pack, Topic, Verdict

Make = Callable[..., Made]

YES = 6.0  # the logit of what answers
MAYBE = 1.5
LIFT = "which person is for another lift?"
ROOF = "what did the new roof cost?"


def entries(answer: Answer) -> list[str]:
    assert isinstance(answer, Answered), answer
    return [e.id for e in answer.entries]


def quotes(answer: Answer) -> list[str | None]:
    return [c.quote.id if c.quote else None for c in (*citations_of(answer), *nearest_of(answer))]


# Recorded


@pytest.mark.parametrize(
    ("message", "kind", "topic"),
    [
        ("roof repairs", Answered, "roof-cost"),
        ("Who called for a second lift?", Answered, "second-lift"),
        ("salary of Kovacs", NotInArticle, "gap-salary"),
        ("why does Bell oppose a second lift", Contradicted, "premise-bell-against-lift"),
        ("thank you very much", SmallTalk, "thanks"),
    ],
)
def test_a_recorded_phrasing_is_looked_up_and_not_read(made: Make, message: str, kind: type, topic: str) -> None:
    for text in (message, message.upper(), f"  **{message.rstrip('?')}** ?!", f"<@1> {message}"):
        with_reader = made()
        answer = with_reader.engine.answer(text)
        assert isinstance(answer, kind)
        assert (answer.trace.rule, answer.trace.probability, answer.confidence) == (Rule.RECORDED, 1.0, 1.0)
        assert [c.topic.id for c in answer.trace.candidates] == [topic]
        assert with_reader.reader.batches == []


def test_of_each_kind_of_topic_a_recorded_phrasing_gives_what_a_reader_is_shown(made: Make) -> None:
    engine = made().engine
    answer = engine.answer("how many readers signed the petition")
    assert isinstance(answer, Answered)
    assert (answer.lead, quotes(answer)) == ("412 readers.", ["sundays"])
    answer = engine.answer("library opening hours")
    assert isinstance(answer, NotInArticle)
    assert (answer.gap, answer.words, quotes(answer)) == (engine.pack.by_id["gap-opening-hour"], (), ["sundays"])
    answer = engine.answer("why does Bell oppose a second lift")
    assert isinstance(answer, Contradicted)
    assert (answer.premise.id, quotes(answer)) == ("premise-bell-against-lift", ["lift"])


def test_talk_is_looked_up_too(made: Make) -> None:
    engine = made().engine
    talk = {t.verdict: t for t in engine.pack.topics if t.verdict in (Verdict.OPINION, Verdict.OFF_TOPIC)}
    opinion, elsewhere = (engine.answer(talk[v].asked[0]) for v in (Verdict.OPINION, Verdict.OFF_TOPIC))
    assert isinstance(opinion, OpinionAsked)
    assert (quotes(opinion), citations_of(opinion)) == (["waited", "lift"], ())
    assert isinstance(elsewhere, OffTopic)


def test_whether_a_message_is_recorded_is_known_without_answering_it(made: Make) -> None:
    engine = made().engine
    assert engine.is_recorded("<@1> **Roof repairs**?!")
    assert not engine.is_recorded(ROOF)
    assert not engine.is_recorded("")


# Read


def test_what_is_read_is_the_question_with_each_topic_s_nearest_phrasing(made: Make) -> None:
    made_up = made(("lift", "second-lift", YES))
    made_up.engine.answer(LIFT)
    (batch,) = made_up.reader.batches
    assert {question for question, _ in batch} == {LIFT}
    assert len({topic for _, topic in batch}) == len(batch)
    assert batch[0][1] in ("second-lift", "premise-bell-against-lift")  # the likeliest first
    talk = {t.id for t in made_up.engine.pack.topics if t.verdict in (Verdict.OPINION, Verdict.OFF_TOPIC, Verdict.SMALL_TALK)}
    assert not talk & {topic for _, topic in batch}


def test_a_passage_is_read_with_what_it_is(tiny_folder: Path, made: Make) -> None:
    pack = made().engine.pack
    passages = {s.topic.id: s.passage for s in sources_of(pack)}
    assert passages["second-lift"] == Passage("Councillor Ruth Bell also called for a second lift in the building.")
    assert passages["premise-bell-against-lift"] == replace(Passage(pack.excerpt("lift").text), premise=True)
    assert passages["gap-opening-hour"] == Passage(NOT_SAID)  # and not what lies nearest to it
    assert passages["thanks"] is None


def test_at_most_twelve_topics_are_read_at_once_and_once(make_pack: MakePack) -> None:
    more = "".join(
        f'- {{id: more-{i}, question: "What of lift {i}?", asks: thing, cites: [lift], phrasings: ["lift number {i}"]}}\n'
        for i in range(30)
    )
    made_up = make_engine(make_pack({"faq/more.yaml": more}), policy=policy())
    made_up.engine.answer("which lifts are there, all of them?")
    assert [len(batch) for batch in made_up.reader.batches] == [CANDIDATES] == [12]
    made_up.reader.batches.clear()
    made_up.engine.answer("and its colour?", converse(made_up.engine, ["which lifts are there, all of them?"]))
    assert sum(len(batch) for batch in made_up.reader.batches[1:]) == 24
    made_up.reader.batches.clear()
    made_up.engine.answer("which lifts are there and which roofs do they have?")
    assert sum(len(batch) for batch in made_up.reader.batches[:2]) == 12  # the parts share the candidates of one question


def test_a_topic_is_found_by_what_it_shows_as_by_how_it_is_asked(make_pack: MakePack) -> None:
    asked = [("shown", "zulu yankee", "friends"), *((f"more-{i}", f"a year or number {i} to join", "lift") for i in range(30))]
    more = "".join(
        f'- {{id: {i}, question: "{text}?", asks: thing, cites: [{quote}], phrasings: ["{text}"]}}\n' for i, text, quote in asked
    )
    made_up = make_engine(make_pack({"faq/more.yaml": more}), policy=policy())
    made_up.engine.answer("is it five pounds a year to join?")
    assert "shown" in {topic for _, topic in made_up.reader.batches[0]}


def test_a_misspelt_question_is_read_as_it_is_meant(made: Make) -> None:
    made_up = made(("library", "sunday-start", YES))
    answer = made_up.engine.answer("which month will the libary be open on a Sunday")
    assert answer.trace.question.repairs == (("libary", "library"),)
    assert entries(answer) == ["sunday-start"]
    assert made_up.reader.batches[0][0][0] == "which month will the library be open on a Sunday"


def test_the_whole_message_is_read_and_only_what_it_asks_is_looked_for(made: Make) -> None:
    made_up = made(("lift", "second-lift", YES))
    answer = made_up.engine.answer(f"I read about the roof repairs and the petition. {LIFT}")
    assert entries(answer) == ["second-lift"]
    assert made_up.reader.batches[0][0] == (f"I read about the roof repairs and the petition. {LIFT}", "second-lift")


def test_what_is_measured_of_a_message_can_be_had_undecided(made: Make) -> None:
    made_up = made(("lift", "second-lift", YES))
    question, measured = made_up.engine.weigh(f"Hello all! {LIFT}")
    assert [t.text for t in question.tokens] == ["which", "person", "is", "for", "another", "lift"]
    assert {m.topic.id: m.reader for m in measured}["second-lift"] == YES
    assert all(m.reader == 0 for m in measured if made_up.engine.cite(m.topic) == () and m.topic.verdict is Verdict.SMALL_TALK)
    assert all(m.phrasing in m.topic.asked for m in measured)
    _, measured = made_up.engine.weigh("and why?", LIFT)
    assert made_up.reader.batches[-1][0][0] == f"{LIFT}{EARLIER}and why?"
    assert not [m for m in measured if m.topic.verdict is Verdict.SMALL_TALK]


# Answered


def test_a_passage_that_answers_is_the_answer_with_its_lead(made: Make) -> None:
    answer = made(("lift", "second-lift", YES)).engine.answer(LIFT)
    assert isinstance(answer, Answered)
    assert (entries(answer), answer.lead, quotes(answer)) == (["second-lift"], "Ruth Bell.", ["lift"])
    assert answer.trace.rule is Rule.ANSWERS
    assert answer.confidence == answer.trace.probability > 0.95
    assert (answer.trace.bar, answer.trace.after) == (BARS.answer, "")
    assert answer.trace.candidates[0].topic.id == "second-lift"
    assert answer.trace.candidates[0].phrasing in answer.entries[0].asked


def test_below_the_bar_of_leads_an_answer_has_none(made: Make) -> None:
    engine = made(("lift", "second-lift", MAYBE)).engine
    question, measured = engine.weigh(LIFT)
    aptness = judge(measured, len(question.tokens), engine.policy).aptness
    above, at, below = (
        made(("lift", "second-lift", MAYBE), bars=replace(BARS, answer=0.01, lead=lead)).engine.answer(LIFT)
        for lead in (aptness - 0.001, aptness, aptness + 0.001)
    )
    leads = [a.lead for a in (above, at, below) if isinstance(a, Answered)]
    assert leads == ["Ruth Bell.", "Ruth Bell.", ""]
    assert quotes(above) == quotes(below) == ["lift"]


def test_no_lead_is_said_where_the_question_may_lean_on_an_earlier_one(made: Make) -> None:
    """Whether it was read with it or alone: what it wants to know may stand in the other."""
    engine = made(("lift", "second-lift", YES)).engine
    fresh, after = (engine.answer("and the lift?", converse(engine, before)) for before in ([], ["reading room"]))
    assert isinstance(fresh, Answered)
    assert isinstance(after, Answered)
    assert (entries(after), after.trace.after) == (["second-lift"], "")
    assert (fresh.lead, after.lead) == ("Ruth Bell.", "")


@pytest.mark.parametrize(
    ("asked", "lead"),
    [
        ("which person is for another lift?", "Ruth Bell."),
        ("which person is for 3 more lift?", ""),
        ("is Tom Reed for another lift?", ""),
        ("which person is not for another lift?", ""),
        ("which person is for another lift and who is not for the lift?", ""),
    ],
)
def test_no_lead_is_said_where_the_question_has_a_figure_a_name_or_a_not_that_the_entry_lacks(
    made: Make, asked: str, lead: str
) -> None:
    """The excerpt stands alone then: it says what is so, and claims nothing of what was asked."""
    answer = made(("lift", "second-lift", YES)).engine.answer(asked)
    assert isinstance(answer, Answered)
    assert (entries(answer), answer.lead) == (["second-lift"], lead)


@pytest.mark.parametrize(("step", "kind"), [(-0.001, Answered), (0.0, Answered), (0.001, Unsure)])
def test_an_answer_is_given_from_its_bar_on(made: Make, step: float, kind: type) -> None:
    says = ("lift", "second-lift", MAYBE)
    probability = made(says).engine.answer(LIFT).trace.probability
    assert isinstance(made(says, bars=replace(BARS, answer=probability + step)).engine.answer(LIFT), kind)


# Not answered


def test_what_may_answer_is_shown_unasserted_where_it_is_not_sure(made: Make) -> None:
    answer = made(("lift", "second-lift", MAYBE), bars=replace(BARS, answer=0.99)).engine.answer(LIFT)
    assert isinstance(answer, Unsure)
    assert (answer.trace.rule, quotes(answer), citations_of(answer)) == (Rule.UNSURE, ["lift"], ())
    assert answer.confidence == pytest.approx(1 - answer.trace.probability)


@pytest.mark.parametrize(("also", "shown"), [(0.9, ["lift"]), (0.3, ["lift", "roof"])])
def test_a_second_passage_is_shown_beside_the_nearest_from_its_bar_on(made: Make, also: float, shown: list[str]) -> None:
    says = ("which", "second-lift", MAYBE), ("which", "roof-cost", MAYBE - 0.7)
    answer = made(*says, bars=replace(BARS, answer=0.99, also=also)).engine.answer("which lift, and what new roof?")
    assert isinstance(answer, Unsure)
    assert quotes(answer) == shown


def test_where_nothing_comes_near_it_is_absent_and_what_stands_nowhere_is_told(made: Make) -> None:
    answer = made().engine.answer("which firm painted the lift of Kovacs purple?")
    assert isinstance(answer, NotInArticle)
    assert (answer.trace.rule, answer.gap, answer.words) == (Rule.ABSENT, None, ("firm", "painted", "purple"))
    assert citations_of(answer) == ()


def test_the_nearest_of_what_is_absent_is_a_single_passage(made: Make) -> None:
    answer = made(("lift", "second-lift", -7.0), ("lift", "premise-bell-against-lift", -20.0)).engine.answer(LIFT)
    assert isinstance(answer, NotInArticle)
    assert (answer.trace.rule, quotes(answer)) == (Rule.ABSENT, ["lift"])


@pytest.mark.parametrize(("step", "rule"), [(-0.001, Rule.UNSURE), (0.001, Rule.ABSENT)])
def test_the_bar_of_what_is_absent_parts_not_sure_from_not_there(made: Make, step: float, rule: Rule) -> None:
    says = ("lift", "second-lift", MAYBE)
    probability = made(says).engine.answer(LIFT).trace.probability
    bars = replace(BARS, answer=0.99, absent=probability + step)
    assert made(says, bars=bars).engine.answer(LIFT).trace.rule is rule


@pytest.mark.parametrize(("log_odds", "rule"), [(9.0, Rule.UNSURE), (-9.0, Rule.ABSENT)])
def test_whether_anything_answers_is_asked_by_itself_however_unsure_the_best_answer_is(
    tiny_folder: Path, log_odds: float, rule: Rule
) -> None:
    sure = policy()
    decides = replace(sure, presence=Logistic(log_odds, (0.0,) * len(SIGNAL_NAMES)), bars=replace(BARS, answer=0.99))
    engine = make_engine(tiny_folder, ("lift", "second-lift", MAYBE), policy=decides).engine
    assert engine.answer(LIFT).trace.rule is rule


def test_a_gap_that_fits_is_named(made: Make) -> None:
    asked = "how much money does the librarian make in a year?"
    answer = made(("money", "gap-salary", YES)).engine.answer(asked)
    assert isinstance(answer, NotInArticle)
    assert (answer.trace.rule, answer.gap and answer.gap.id, answer.words, quotes(answer)) == (Rule.GAP, "gap-salary", (), [])
    unsure = made(("money", "gap-salary", YES), bars=replace(BARS, gap=1.01)).engine.answer(asked)
    assert isinstance(unsure, NotInArticle)
    assert (unsure.trace.rule, unsure.gap) == (Rule.ABSENT, None)


def test_what_contradicts_a_question_is_asserted(made: Make) -> None:
    asked = "for what reason is councillor Bell fighting the second lift?"
    says = ("fighting", "premise-bell-against-lift", YES)
    answer = made(says).engine.answer(asked)
    assert isinstance(answer, Contradicted)
    assert (answer.trace.rule, answer.premise.id, quotes(answer)) == (Rule.PREMISE, "premise-bell-against-lift", ["lift"])
    assert answer.confidence > 0.9
    assert not citations_of(made(says, bars=replace(BARS, premise=1.01)).engine.answer(asked))


def test_a_gap_or_premise_less_probable_than_none_of_them_is_not_named(made: Make) -> None:
    low = ("lift", "premise-bell-against-lift", -5.0)
    assert made(low, bars=replace(BARS, premise=0.0, gap=1.01)).engine.answer(LIFT).trace.rule is Rule.ABSENT


# Talk


@pytest.mark.parametrize(
    ("message", "kind", "rule"),
    [
        ("thank you very very much", SmallTalk, Rule.SMALL_TALK),
        ("tell me who you are", SmallTalk, Rule.SMALL_TALK),
        ("what's your own opinion?", OpinionAsked, Rule.OPINION),
        ("recipe for more banana bread", OffTopic, Rule.OFF_TOPIC),
    ],
)
def test_talk_is_known_by_its_words(made: Make, message: str, kind: type, rule: Rule) -> None:
    made_up = made()
    answer = made_up.engine.answer(message)
    assert isinstance(answer, kind)
    assert (answer.trace.rule, made_up.engine.is_recorded(message)) == (rule, False)


def test_talk_is_answered_so_from_its_bar_on(made: Make) -> None:
    message = "tell me who you are"
    engine = made().engine
    share = next(c.probability for c in engine.answer(message).trace.candidates if c.topic.verdict is Verdict.SMALL_TALK)
    for talk, kind in ((share - 0.01, SmallTalk), (1.0, OffTopic)):
        assert isinstance(made(bars=replace(BARS, talk=talk)).engine.answer(message), kind)


def test_who_asks_for_a_judgement_gets_the_positions_that_the_article_reports(made: Make) -> None:
    answer = made().engine.answer("what's your own opinion?")
    assert (quotes(answer), citations_of(answer)) == (["waited", "lift"], ())


def test_who_asks_what_the_article_says_of_opinions_asks_for_none(made: Make) -> None:
    engine = made().engine
    for asked in ("who of them is right?", "what's your own opinion?"):
        assert isinstance(engine.answer(asked), OpinionAsked)
    for asked in (
        "does the article say if that is right or wrong?",
        "Does the text mention who is right?",
        "does the article mention bananas?",
    ):
        assert isinstance(engine.answer(asked), NotInArticle)


def test_what_is_about_something_else_is_off_topic(made: Make) -> None:
    answer = made().engine.answer("which mountain of Peru has most snow?")
    assert isinstance(answer, OffTopic)
    assert answer.trace.rule is Rule.UNRELATED
    assert answer.confidence == pytest.approx(1.0, abs=0.01)
    assert len(answer.suggestions) == 3


def test_what_the_reader_takes_for_an_answer_is_not_off_topic_for_its_words(made: Make) -> None:
    """People ask in words that the article has not; what is absent is for the reader to say."""
    asked = "which mountain of Peru has most snow?"
    says = ("mountain", "second-lift", MAYBE)
    answer = made(says, bars=replace(BARS, answer=0.99, absent=0.0)).engine.answer(asked)
    assert isinstance(answer, Unsure)
    assert quotes(answer)[0] == "lift"
    assert isinstance(made(says, bars=replace(BARS, answer=0.99, absent=0.98)).engine.answer(asked), OffTopic)


def test_what_says_nothing_alone_is_about_what_the_question_before_it_was_about(made: Make) -> None:
    """The article's words are in the earlier question alone."""
    engine = made().engine
    assert isinstance(engine.answer("what does she desire?"), OffTopic)
    assert isinstance(engine.answer("what does she desire?", converse(engine, ["reading room"])), NotInArticle)


def test_a_message_without_a_known_word_is_off_topic_and_not_read(made: Make) -> None:
    made_up = made(("wrtzpl", "second-lift", YES), (EARLIER, "second-lift", NO), (EARLIER, "wait", YES))
    answer = made_up.engine.answer("qwrtzpl " * 30)
    assert isinstance(answer, OffTopic)
    assert (answer.trace.rule, made_up.reader.batches) == (Rule.NOT_ENGLISH, [])
    # After something it may be a name that is asked on for.
    assert entries(made_up.engine.answer("Qwrtzpl?", converse(made_up.engine, ["reading room"]))) == ["wait"]


def test_what_is_in_another_language_is_not_read_whatever_it_names_or_came_before(made: Make) -> None:
    made_up = made(("Kovacs", "second-lift", YES))
    for history in ([], ["reading room"]):
        answer = made_up.engine.answer("Wann hat Kovacs das gesagt?", converse(made_up.engine, history))
        assert isinstance(answer, OffTopic)
        assert (answer.trace.rule, made_up.reader.batches) == (Rule.NOT_ENGLISH, [])


@pytest.mark.parametrize("text", ["谁要求第二部电梯？", "誰が要求したのですか", "почему?", "ทำไม", "لماذا"])
def test_what_is_in_another_script_is_not_read_after_an_answer_either_though_it_be_one_word(made: Make, text: str) -> None:
    made_up = made((EARLIER, "second-lift", YES))
    for history in ([], ["reading room"]):
        answer = made_up.engine.answer(text, converse(made_up.engine, history))
        assert (answer.trace.rule, made_up.reader.batches) == (Rule.NOT_ENGLISH, [])


def test_what_is_about_the_article_is_never_called_off_topic(made: Make) -> None:
    engine = made().engine
    elsewhere = next(t for t in engine.pack.topics if t.verdict is Verdict.OFF_TOPIC)
    answer = engine.answer(f"{elsewhere.asked[0]} lift petition library council Kovacs Bell")
    assert not isinstance(answer, OffTopic)


def test_an_opinion_is_weighed_whatever_talk_is_nearer_by_its_words(tiny_folder: Path) -> None:
    engine = make_engine(tiny_folder, policy=policy()).engine
    for asked in ("hello", "thanks", "what can you do", "should Bell be sacked"):
        _, measured = engine.weigh(asked)
        opinions = [m for m in measured if m.topic.verdict is Verdict.OPINION]
        assert opinions
        assert {m.asks_opinion for m in opinions} == {round(opinion_sign().log_odds(asked, None), 4)}
        assert {m.asks_opinion for m in measured if m.topic.verdict is not Verdict.OPINION} == {0.0}
    assert len([m for m in measured if m.topic.verdict in TALK]) == 4


def test_what_tells_an_opinion_makes_it_one_and_comes_before_an_answer(tiny_folder: Path) -> None:
    """A weight so large that the words of the message decide."""
    choice = tuple(50.0 if name == "asks_opinion" else 0.0 for name in CHOICE_NAMES)
    engine = make_engine(tiny_folder, ("lift", "second-lift", YES), policy=replace(policy(), choice=choice)).engine
    wanted, other = "would you say the lift is right, just and kind?", LIFT
    assert opinion_sign().log_odds(wanted, None) > 0 > opinion_sign().log_odds(other, None)
    assert isinstance(engine.answer(wanted), OpinionAsked)
    assert not isinstance(engine.answer(other), OpinionAsked)


def test_an_answer_comes_before_talk(made: Make) -> None:
    assert entries(made(("thank", "second-lift", 20.0)).engine.answer("thank you very very much")) == ["second-lift"]


# Equal


TWINS = """\
- {id: remark-wait, question: What is her remark on the wait?, asks: thing, cites: [waited], phrasings: [her remark on the wait]}
- {id: remark-room, question: What is her remark on the room?, asks: thing, cites: [room], phrasings: [her remark on the room]}
- {id: remark-again, question: What is her remark again?, asks: thing, cites: [waited], phrasings: [her remark again]}
"""


@pytest.fixture
def twins(make_pack: MakePack) -> Callable[..., Engine]:
    """Entries of which two show other passages, and the third that of the first."""

    def make(*says: tuple[str, str, float], equal: float = 0.1) -> Engine:
        only = {name: None for name in FILES if name not in ("article.txt", "people.yaml", "quotes.yaml")}
        folder = make_pack({**only, "pack.yaml": PACK, "faq.yaml": TWINS})
        return make_engine(folder, *says, policy=policy(replace(BARS, equal=equal))).engine

    return make


BOTH = (("remark", "remark-wait", YES), ("remark", "remark-room", YES - 0.1), ("remark", "remark-again", YES))


def test_two_entries_that_fit_about_equally_are_offered_as_choices(twins: Callable[..., Engine]) -> None:
    engine = twins(*BOTH)
    answer = engine.answer("remark?")
    assert isinstance(answer, Ambiguous)
    assert answer.trace.rule is Rule.EQUAL
    passages = [engine.cite(t) for t in answer.choices]
    assert len(passages) == len(set(passages)) == 2
    assert (citations_of(answer), nearest_of(answer)) == ((), ())
    for topic in answer.choices:  # asking for a choice answers it
        assert entries(engine.answer(topic.question, [answer])) == [topic.id]


def test_where_one_fits_better_or_more_is_said_than_a_word_there_is_no_choice(twins: Callable[..., Engine]) -> None:
    clearly = twins(("remark", "remark-room", YES), ("remark", "remark-wait", 1.0))
    assert entries(clearly.answer("remark?")) == ["remark-room"]


def test_who_says_more_than_a_word_is_given_no_choice(twins: Callable[..., Engine]) -> None:
    assert isinstance(twins(*BOTH).answer("the remark on purple rooms?"), Answered)


# Several parts


TWO = "who wants one more lift, and what did the new roof cost?"


def test_a_question_of_two_parts_gets_both_answers_in_order_each_passage_once(made: Make) -> None:
    answer = made(("lift", "second-lift", YES), ("roof", "roof-cost", YES)).engine.answer(TWO)
    assert isinstance(answer, Answered)
    assert (entries(answer), quotes(answer)) == (["second-lift", "roof-cost"], ["lift", "roof"])
    assert answer.trace.rule is Rule.ALL_PARTS
    assert answer.trace.question.text == TWO
    same = made(("signed", "petition-size", YES), ("Sundays", "sunday-start", YES)).engine.answer(
        "which number of readers signed and on which day does it open on Sundays?"
    )
    assert (entries(same), quotes(same)) == (["petition-size", "sunday-start"], ["sundays"])


def test_of_several_parts_leads_are_said_only_where_each_has_its_own(made: Make) -> None:
    """One alone would seem to answer all that was asked."""
    both = made(("signed", "petition-size", YES), ("Sundays", "sunday-start", YES)).engine.answer(
        "which number of readers signed and on which day does it open on Sundays?"
    )
    one = made(("lift", "second-lift", YES), ("roof", "roof-cost", YES)).engine.answer(TWO)
    assert isinstance(both, Answered)
    assert isinstance(one, Answered)
    assert (both.lead, one.lead) == ("412 readers. From March 3.", "")


def test_a_part_that_the_article_is_known_not_to_answer_is_told_beside_the_answer(made: Make) -> None:
    answer = made(("lift", "second-lift", YES), ("earning", "gap-salary", YES)).engine.answer(
        "who wants one more lift and what is the librarian earning?"
    )
    assert isinstance(answer, Answered)
    assert (answer.trace.rule, entries(answer), [g.id for g in answer.silent]) == (
        Rule.SOME_PARTS,
        ["second-lift"],
        ["gap-salary"],
    )


def test_parts_with_the_same_answer_are_one_question(made: Make) -> None:
    answer = made(("lift", "second-lift", YES)).engine.answer("who wants a lift and who is for another lift?")
    assert (answer.trace.rule, entries(answer)) == (Rule.ANSWERS, ["second-lift"])


def test_where_a_part_has_neither_it_is_one_question(made: Make) -> None:
    made_up = made(("lift", "second-lift", YES))
    answer = made_up.engine.answer(TWO)
    assert answer.trace.rule is not Rule.SOME_PARTS
    assert made_up.reader.batches[-1][0][0] == TWO


def test_a_part_that_two_entries_fit_equally_is_not_answered_by_one_of_them(twins: Callable[..., Engine]) -> None:
    whole = [("room and", topic, NO) for topic in ("remark-wait", "remark-again")]
    answer = twins(*BOTH, ("purple", "remark-room", YES), *whole).answer("what is in the purple room and which remark?")
    assert (answer.trace.rule, entries(answer)) == (Rule.ANSWERS, ["remark-room"])


def test_a_part_that_is_talk_is_not_passed_over(made: Make) -> None:
    says = ("lift", "second-lift", YES), ("roof", "roof-cost", YES), ("you", "roof-cost", NO)
    answer = made(*says).engine.answer("who wants one more lift, what did the new roof cost and who are you?")
    assert (answer.trace.rule, entries(answer)) == (Rule.ANSWERS, ["second-lift"])


def test_no_part_is_left_out_for_their_number(made: Make) -> None:
    says = ("lift", "second-lift", YES), ("roof", "roof-cost", YES), ("sign", "petition-size", YES), ("five", "second-lift", NO)
    asked = "who wants a lift, what did the roof cost, how many sign, who is for a lift and which of five elephants is red?"
    engine = made(*says).engine
    assert engine.answer(asked).trace.rule is not Rule.ALL_PARTS
    four = engine.answer(asked.replace(" and which of five elephants is red", ""))
    assert entries(four) == ["second-lift", "roof-cost", "petition-size"]


def test_parts_are_as_sure_as_the_least_sure_of_them_and_so_is_their_lead(made: Make) -> None:
    unsure = ("lift", "second-lift", 0.0), ("roof", "roof-cost", YES)
    answer = made(*unsure, bars=replace(BARS, answer=0.1, lead=0.99)).engine.answer(TWO)
    assert isinstance(answer, Answered)
    assert (answer.trace.rule, answer.lead) == (Rule.ALL_PARTS, "")
    assert answer.confidence < made(("lift", "second-lift", YES), ("roof", "roof-cost", YES)).engine.answer(TWO).confidence


# Several questions


def test_every_question_of_a_message_is_answered_in_order(made: Make) -> None:
    made_up = made(("lift", "second-lift", YES), ("roof", "roof-cost", YES), ("earning", "gap-salary", YES))
    for message in (
        f"{ROOF} What is the librarian earning? {LIFT}",
        f"I have three questions.\n1. {ROOF}\n2. what is the librarian earning\n3. {LIFT}\nThanks!",
        f"Hello? {ROOF} {LIFT} What is the librarian earning?",
    ):
        answer = made_up.engine.answer(message)
        assert isinstance(answer, Answered)
        assert (entries(answer), quotes(answer)) == (["roof-cost", "second-lift"], ["roof", "lift"])
        assert (answer.trace.rule, [g.id for g in answer.silent], answer.left) == (Rule.SOME_PARTS, ["gap-salary"], ())


def test_questions_with_one_answer_get_it_once(made: Make) -> None:
    answer = made(("lift", "second-lift", YES)).engine.answer(f"{LIFT} Who wants one more lift?")
    assert (entries(answer), quotes(answer), answer.trace.rule) == (["second-lift"], ["lift"], Rule.ALL_PARTS)


def test_a_question_may_lean_on_the_one_before_it_in_its_message(made: Make) -> None:
    made_up = made(("roof", "roof-cost", YES), (EARLIER, "wait", YES))
    assert entries(made_up.engine.answer(f"{ROOF} And why?")) == ["roof-cost", "wait"]


@pytest.mark.parametrize(
    ("message", "left"),
    [
        (f"{ROOF} Which colour is the elephant? {LIFT}", (2,)),
        (f"Which colour is the elephant? {ROOF}", (1,)),
        (f"{ROOF} Why is Bell against another lift?", (2,)),  # a premise, which asserts something of its own
        (f"{ROOF} {LIFT} Is the elephant red? Is the elephant tall? {ROOF[:-1]} again?", (3, 4, 5)),
    ],
)
def test_what_it_leaves_is_told_by_number(made: Make, message: str, left: tuple[int, ...]) -> None:
    says = ("lift", "second-lift", YES), ("roof", "roof-cost", YES), ("against", "premise-bell-against-lift", 12.0)
    answer = made(*says).engine.answer(message)
    assert isinstance(answer, Answered)
    assert answer.left == left


def test_where_none_is_answered_the_first_that_is_no_talk_stands_for_all(made: Make) -> None:
    answer = made(("earning", "gap-salary", YES)).engine.answer("Hello? What is the librarian earning? Which colour is the roof?")
    assert isinstance(answer, NotInArticle)
    assert (answer.gap and answer.gap.id, answer.left) == ("gap-salary", (3,))


def test_the_leads_of_several_answers_are_those_that_each_was_said_with(tiny_pack: Pack) -> None:
    """Who spoke is named, and no lead of the entry that was kept back when that was asked."""
    who = replace(of_entry(tiny_pack, "wait"), lead="Anna Kovacs.")
    found = [together([first, who], 2) for first in (of_entry(tiny_pack, "second-lift"), replace(who, lead=""))]
    assert [a.lead for a in found if isinstance(a, Answered)] == ["Ruth Bell. Anna Kovacs.", ""]


def test_leads_stand_only_where_each_answer_has_its_own(made: Make) -> None:
    sure, unsure = ("roof", "roof-cost", YES), ("lift", "second-lift", 0.0)
    bars = replace(BARS, answer=0.1, lead=0.99)
    answer = made(sure, unsure, bars=bars).engine.answer(f"{ROOF} {LIFT}")
    assert isinstance(answer, Answered)
    assert (entries(answer), answer.lead) == (["roof-cost", "second-lift"], "")


# Following up


def test_who_said_that_and_more_are_answered_from_the_last_answer_unread(made: Make) -> None:
    made_up = made()
    history = converse(made_up.engine, ["how long have they waited", "who said that?", "more"])
    assert [a.trace.rule for a in history] == [Rule.RECORDED, Rule.SPEAKER_ASKED, Rule.MORE_ASKED]
    assert isinstance(history[1], Answered)
    assert (history[1].lead, quotes(history[1]), quotes(history[2])) == ("Anna Kovacs.", ["waited"], ["room"])
    assert made_up.reader.batches == []


def test_small_talk_in_between_does_not_break_the_thread(made: Make) -> None:
    answers = converse(made().engine, ["what will become of the reading room", "thanks", "who said that?"])
    assert quotes(answers[-1]) == ["room"]


def test_more_goes_on_to_the_end_and_never_comes_back_to_what_was_shown(made: Make) -> None:
    answers = converse(made().engine, ["how long have they waited", *["more"] * 4])
    assert [quotes(a) for a in answers] == [["waited"], ["room"], ["roof"], ["lift"], []]
    assert isinstance(answers[-1], SmallTalk)
    assert answers[-1].kind == "no-more"


def test_only_the_last_turns_of_a_long_conversation_count(made: Make) -> None:
    engine = made().engine
    forgotten = converse(engine, ["roof repairs", *["hello"] * MAX_HISTORY])
    assert engine.answer("who said that?", forgotten) == engine.answer("who said that?", forgotten[1:])
    assert engine.answer("who said that?", forgotten[:-1]).trace.rule is Rule.SPEAKER_ASKED


@pytest.mark.parametrize("message", ["and how long was that?", "why did she?", "what about the wait?", "when?"])
def test_what_leans_on_the_question_before_is_read_with_it(made: Make, message: str) -> None:
    made_up = made((EARLIER, "wait", YES))
    before = converse(made_up.engine, ["what does Kovacs say about the reading room"])
    answer = made_up.engine.answer(message, before)
    assert entries(answer) == ["wait"]
    assert answer.trace.after == "what does Kovacs say about the reading room"
    assert made_up.reader.batches[-1][0][0] == f"{answer.trace.after}{EARLIER}{answer.trace.question.text}"
    assert made_up.engine.answer(message).trace.after == ""


def test_what_is_read_with_the_question_before_it_is_answered_without_a_lead(made: Make) -> None:
    """ "And how many blankets?" after "how many sacks?" must not get the lead about the sacks."""
    engine = made((EARLIER, "second-lift", YES), ("lift", "second-lift", YES)).engine
    answer = engine.answer("and why did she?", converse(engine, ["reading room"]))
    assert (entries(answer), answer.trace.after != "") == (["second-lift"], True)
    assert isinstance(answer, Answered)
    assert answer.lead == ""
    alone = engine.answer(LIFT)
    assert isinstance(alone, Answered)
    assert alone.lead == "Ruth Bell."


def test_a_correction_is_read_without_its_opening(made: Make) -> None:
    made_up = made(("signed it", "petition-size", YES))
    before = converse(made_up.engine, ["how long have they waited"])
    answer = made_up.engine.answer("sorry, I meant which number of people signed it", before)
    assert entries(answer) == ["petition-size"]
    assert answer.trace.question.text == "which number of people signed it"


def test_a_question_that_leans_on_nothing_is_read_alone_whatever_came_before(made: Make) -> None:
    made_up = made((EARLIER, "wait", YES), ("lift", "second-lift", YES))
    before = converse(made_up.engine, ["what does Kovacs say about the reading room"])
    assert made_up.engine.answer(LIFT, before) == made_up.engine.answer(LIFT)


HERE = "is it Bell who is for another lift in this building?"


def test_what_is_answered_alone_is_never_refused_for_what_came_before(made: Make) -> None:
    made_up = made(("lift", "second-lift", MAYBE), (EARLIER, "second-lift", NO), (EARLIER, "gap-salary", 20.0))
    alone = made_up.engine.answer(HERE)
    after = made_up.engine.answer(HERE, converse(made_up.engine, ["salary of Kovacs"]))
    assert len(made_up.reader.batches) == 3  # it was read with the question before, too
    assert isinstance(alone, Answered)
    assert after == replace(alone, lead="")  # which may be meant for the other
    assert entries(after) == ["second-lift"]


def test_of_two_answers_the_surer_is_given(made: Make) -> None:
    alone, joined = ("lift", "second-lift", YES), (EARLIER, "second-lift", NO)
    for sureness, entry in ((MAYBE, "second-lift"), (3 * YES, "roof-cost")):
        made_up = made(alone, joined, (EARLIER, "roof-cost", sureness), bars=replace(BARS, answer=0.01))
        assert entries(made_up.engine.answer(HERE, converse(made_up.engine, ["salary of Kovacs"]))) == [entry]


def test_what_says_nothing_alone_is_read_with_what_came_before_even_where_it_is_answered(made: Make) -> None:
    made_up = made(("year", "wait", YES), (EARLIER, "wait", NO))
    assert entries(made_up.engine.answer("in which year?")) == ["wait"]
    after = made_up.engine.answer("in which year?", converse(made_up.engine, ["salary of Kovacs"]))
    assert (citations_of(after), after.trace.after) == ((), "salary of Kovacs")


def test_what_was_told_last_is_not_told_again_to_who_asks_on(made: Make) -> None:
    made_up = made((EARLIER, "roof-cost", YES), (EARLIER, "reading-room", MAYBE))
    last = converse(made_up.engine, ["what did Tom Reed say about the roof repairs"])
    answer = made_up.engine.answer("and what else does he say about it?", last)
    assert entries(answer) == ["reading-room"]
    assert "roof-cost" not in {c.topic.id for c in answer.trace.candidates}


def test_what_came_before_can_answer_what_is_not_answered_alone(made: Make) -> None:
    made_up = made((EARLIER, "second-lift", YES))
    assert not isinstance(made_up.engine.answer(HERE), Answered)
    after = made_up.engine.answer(HERE, converse(made_up.engine, ["salary of Kovacs"]))
    assert (entries(after), after.trace.after) == (["second-lift"], "salary of Kovacs")


@pytest.mark.parametrize("step", [0.0, 0.0001])
def test_what_is_read_with_the_question_before_it_has_a_bar_of_its_own(made: Make, step: float) -> None:
    read = (EARLIER, "second-lift", YES)
    sure = made(read).engine.answer(HERE, converse(made().engine, ["salary of Kovacs"])).confidence
    engine = made(read, ("roof", "roof-cost", MAYBE), bars=replace(BARS, follow_up=sure + step)).engine
    after = engine.answer(HERE, converse(engine, ["salary of Kovacs"]))
    assert (isinstance(after, Answered), after.trace.bar) == (step == 0, sure + step)
    alone = engine.answer(ROOF)
    assert (entries(alone), alone.trace.bar) == (["roof-cost"], BARS.answer)


def test_talk_stays_talk_whatever_came_before(made: Make) -> None:
    engine = made().engine
    answer = engine.answer("tell me who you are", converse(engine, ["roof repairs"]))
    assert isinstance(answer, SmallTalk)
    assert answer.trace.rule is Rule.SMALL_TALK


def test_a_recorded_phrasing_with_sense_of_its_own_is_looked_up_whatever_came_before(made: Make) -> None:
    made_up = made()
    before = converse(made_up.engine, ["salary of Kovacs"])
    for message in ("how many readers signed the petition", "thanks", "what did Tom Reed say about the roof repairs"):
        assert made_up.engine.answer(message, before).trace.rule is Rule.RECORDED
    assert made_up.reader.batches == []


# The same again


def test_the_same_question_gets_the_same_answer_whatever_was_asked_in_between(made: Make) -> None:
    engine = made(("lift", "second-lift", MAYBE), ("roof", "roof-cost", YES)).engine
    first = engine.answer(LIFT)
    converse(engine, [ROOF, "who said that?", "hello", TWO])
    assert engine.answer(LIFT) == first
    assert engine.answer(LIFT, [first]) == first


def test_what_leans_on_the_question_before_gets_the_same_answer_when_it_is_asked_again(made: Make) -> None:
    made_up = made((EARLIER, "wait", YES), (EARLIER, "reading-room", MAYBE))
    _, second, third = converse(made_up.engine, ["salary of Kovacs", "and how long was that?", "and how long was that?"])
    assert entries(second) == ["wait"]
    assert third == second


# Sentences


def test_the_sentences_that_no_entry_shows_can_answer_too(make_pack: MakePack) -> None:
    less = FAQ[: FAQ.index("- id: roof-cost")] + FAQ[FAQ.index("- id: second-lift") :]
    sentence = "“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”"
    made_up = make_engine(make_pack({"faq/library.yaml": less}), ("", sentence, YES), policy=policy())
    sentences = [s for s in sources_of(made_up.engine.pack) if s.is_sentence]
    assert [s.passage and s.passage.text for s in sentences] == [sentence]
    answer = made_up.engine.answer("did the new books cost less than the repairs of the roof?")
    assert isinstance(answer, Answered)
    assert ([c.excerpt.text for c in answer.citations], answer.lead) == ([sentence], "")
    assert [c.quote and c.quote.id for c in answer.citations] == [None]


def test_a_sentence_is_read_with_the_headline_and_its_neighbours(make_pack: MakePack) -> None:
    less = FAQ[: FAQ.index("- id: roof-cost")] + FAQ[FAQ.index("- id: second-lift") :]
    pack = make_engine(make_pack({"faq/library.yaml": less}), policy=policy()).engine.pack
    (source,) = (s for s in sources_of(pack) if s.is_sentence)
    assert source.passage is not None
    assert source.passage.headline == "Library to open on Sundays after readers’ petition"
    assert "The reading room will finally be full again." in source.passage.before
    assert source.passage.after == "Councillor Ruth Bell also called for a second lift in the building."


def test_where_entries_show_the_whole_article_no_sentence_is_read_beside_them(made: Make) -> None:
    assert [s for s in sources_of(made().engine.pack) if s.is_sentence] == []


# An article alone


BARE = """\
Harbour wall falls in storm

The harbour wall collapsed on Tuesday night. Mayor Ines Duarte said repairs would take two years.

Nobody was hurt, the coastguard confirmed. Fishing boats were moved to Porto Novo.
"""
BOATS = "Fishing boats were moved to Porto Novo."


def text_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "harbour.txt"
    path.write_text(text, encoding="utf-8")
    return path


def bare(tmp_path: Path, *says: tuple[str, str, float], text: str = BARE) -> Made:
    return make_engine(text_file(tmp_path, text), *says, policy=policy())


def test_an_article_alone_is_answered_by_its_sentences(tmp_path: Path) -> None:
    made_up = bare(tmp_path, ("boats", BOATS, YES))
    answer = made_up.engine.answer("which port did the boats go to?")
    assert isinstance(answer, Answered)
    assert ([c.excerpt.text for c in answer.citations], answer.lead, answer.trace.rule) == ([BOATS], "", Rule.ANSWERS)
    (batch,) = made_up.reader.batches
    assert len(batch) == 4  # the headline is none of them: a sentence below says it in full
    assert all(question == "which port did the boats go to?" for question, _ in batch)


def test_an_article_alone_says_what_stands_nowhere_in_it_and_what_comes_nearest(tmp_path: Path) -> None:
    answer = bare(tmp_path, ("", BOATS, -2.0)).engine.answer("how many boats were moved to Lisbon in 2019")
    assert isinstance(answer, NotInArticle)
    assert (answer.trace.rule, answer.words) == (Rule.ABSENT, ("lisbon",))
    assert [c.excerpt.text for c in answer.nearest] == [BOATS]


def test_a_headline_alone_is_better_than_nothing(tmp_path: Path) -> None:
    engine = bare(tmp_path, ("", "Harbour wall falls in storm", YES), text="Harbour wall falls in storm\n").engine
    answer = engine.answer("what fell in the storm?")
    assert [c.excerpt.text for c in citations_of(answer)] == ["Harbour wall falls in storm"]


def test_of_a_sentence_too_long_to_quote_the_piece_that_answers_is_shown(tmp_path: Path) -> None:
    long = f"The fishermen lost {', '.join(f'anchor {i}' for i in range(150))} at dawn."
    pieces = [s.passage.text for s in sources_of(load(text_file(tmp_path, f"Head\n\n{long}\n"))) if s.is_sentence and s.passage]
    assert " ".join(pieces) == long
    for piece in pieces:
        engine = bare(tmp_path, ("", piece, YES), text=f"Head\n\n{long}\n").engine
        (citation,) = citations_of(engine.answer("what did the fishermen lose at dawn"))
        assert citation.excerpt.text == piece
        assert len(piece) <= MAX_EXCERPT_CHARACTERS


def test_of_a_sentence_too_long_to_read_at_once_each_piece_is_read_and_the_whole_is_shown(tmp_path: Path) -> None:
    long = f"The fishermen lost {', '.join(f'anchor {i}' for i in range(50))} at dawn."
    pieces = [s.passage.text for s in sources_of(load(text_file(tmp_path, f"Head\n\n{long}\n"))) if s.is_sentence and s.passage]
    assert (" ".join(pieces), len(pieces)) == (long, 2)
    engine = bare(tmp_path, ("", pieces[1], YES), text=f"Head\n\n{long}\n").engine
    assert [c.excerpt.text for c in citations_of(engine.answer("what did the fishermen lose at dawn"))] == [long]


LISTS = """\
Allotment rules

Applicants must bring:

- a proof of address
- two photographs

| Plot | Rent |
| North | £40 |
| South | £55 |
"""


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("- two photographs", ["Applicants must bring:", "- two photographs"]),
        ("Applicants must bring:", ["Applicants must bring:", "- a proof of address", "- two photographs"]),
        ("| South | £55 |", ["| Plot | Rent |", "| South | £55 |"]),
    ],
)
def test_an_item_is_shown_with_its_introduction_and_a_row_with_its_header(
    tmp_path: Path, sentence: str, shown: list[str]
) -> None:
    question = "what are the rules for applicants and plots"
    answer = bare(tmp_path, ("", sentence, YES), text=LISTS).engine.answer(question)
    assert [c.excerpt.text for c in citations_of(answer)] == shown
    unsure = bare(tmp_path, ("", sentence, MAYBE), text=LISTS).engine.answer(question)
    assert [c.excerpt.text for c in nearest_of(unsure)] == shown


# Citing, suggesting, and finding one's way


def test_a_topic_s_passages_come_in_the_order_in_which_it_cites_them(make_pack: MakePack) -> None:
    swapped = FAQ.replace("cites: [room]", "cites: [room, waited]")
    engine = make_engine(make_pack({"faq/library.yaml": swapped}), policy=policy()).engine
    cited = engine.cite(engine.pack.by_id["reading-room"])
    assert [c.quote.id for c in cited if c.quote] == ["room", "waited"]
    assert [c.excerpt.text for c in cited] == [
        "The reading room will finally be full again.",
        "We have waited nine years for this.",
    ]
    assert engine.cite(Topic("unknown", Verdict.ANSWER, "", ())) == ()


def test_the_suggestions_are_three_questions_that_the_pack_answers(made: Make) -> None:
    engine = made(("lift", "second-lift", YES)).engine
    known = {t.question for t in engine.pack.entries}
    for message in ("hello", LIFT, "which mountain of Peru has most snow?", "", "roof repairs"):
        suggested = engine.answer(message).suggestions
        assert len(set(suggested)) == 3
        assert set(suggested) <= known
    assert engine.pack.by_id["second-lift"].question not in engine.answer(LIFT).suggestions


def test_each_phrasing_is_routed_to_the_topic_that_lies_nearest_without_it(made: Make) -> None:
    engine = made().engine
    topic = engine.pack.by_id["roof-cost"]
    assert [(phrasing, to.id) for phrasing, to in engine.routes(topic)] == [(text, "roof-cost") for text in topic.asked]
    headline = dict(engine.routes(engine.pack.by_id["petition-outcome"]))
    assert headline["what is the headline"].id == "petition-outcome"
    assert headline["title of the article"].id != "petition-outcome"  # no other phrasing has a word of it


def test_a_message_without_words_is_told_so_and_not_read(made: Make) -> None:
    made_up = made()
    for message in ("<@1> ?! 😀", "412", "+ & +", ""):
        answer = made_up.engine.answer(message)
        assert isinstance(answer, SmallTalk)
        assert (answer.kind, answer.trace.rule, made_up.reader.batches) == ("empty", Rule.EMPTY, [])


def test_without_a_reader_what_is_known_of_the_words_decides_alone(tiny_folder: Path) -> None:
    made_up = make_engine(tiny_folder, policy=policy())
    engine = made_up.engine
    engine._read = None
    _, measured = engine.weigh(LIFT)
    assert {m.reader for m in measured} == {0.0}
    assert made_up.reader.batches == []
