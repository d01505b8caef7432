"""The words of every reply: leads, what was understood, quotations verbatim, and nothing that Discord would act on. The sentences
stand in readings/."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MakePack
from fakes.answers import TRACE, answered, cite, gap, near, of_entry, of_every_kind, topic
from fakes.markdown import assert_inert, plain_lines, unescaped
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.answer import (
    Ambiguous,
    Answer,
    Answered,
    Citation,
    Contradicted,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    SmallTalk,
    Unsure,
)
from bot.engine.pipeline import Engine
from bot.engine.question import Question, Token
from bot.pack.loading import load
from bot.pack.values import Pack, Verdict
from bot.say import replies as reply
from bot.say.languages import languages, wording
from bot.say.lines import MAX_CONTENT
from bot.say.replies import MAX_CHOICES, compose, shown_in
from bot.say.wording import MAX_LABEL, SMALL_TALK, Action
from bot.text.article import parse

EN, FR = wording("en"), wording("fr")


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


# Every kind


@pytest.mark.parametrize("kind", sorted(SMALL_TALK))
def test_every_kind_of_small_talk_has_its_words(pack: Pack, kind: str) -> None:
    plain = compose(SmallTalk(TRACE, 1.0, (), kind), pack, EN).plain
    assert plain == EN.small_talk[kind]
    assert plain != compose(SmallTalk(TRACE, 1.0, (), "empty"), pack, EN).plain


def test_every_small_talk_topic_that_ships_has_its_own_words(pack: Pack) -> None:
    assert {t.id for t in pack.topics if t.verdict is Verdict.SMALL_TALK} <= set(SMALL_TALK)


@pytest.mark.parametrize("kind", [NotInArticle, Unsure])
def test_what_is_only_near_is_labelled_before_it_is_shown(pack: Pack, kind: type[NotInArticle | Unsure]) -> None:
    first = {
        NotInArticle: "The article does not say: the librarian's salary.",
        Unsure: "I am not sure that the article answers this.",
    }
    answer = next(a for a in of_every_kind(pack).values() if isinstance(a, kind) and a.nearest)
    assert compose(answer, pack, EN).plain.split("\n")[:4] == [
        first[kind],
        "The nearest thing that it does say:",
        "Anna Kovacs, Head librarian (paragraph 2):",
        "“We have waited nine years for this.”",
    ]


def test_at_most_four_words_that_were_not_found_are_named(pack: Pack) -> None:
    assert compose(of_every_kind(pack)["words not found"], pack, EN).plain == (
        "The article does not say that.\nLooked for, and not found: “deputy”, “mayor”, “wore”, “hat”."
    )


def test_each_part_that_the_article_does_not_answer_is_named_after_the_source(pack: Pack) -> None:
    answer = replace(answered(pack, "room"), silent=(gap(), gap("the roof's age")))
    assert compose(answer, pack, EN).plain.split("\n")[-3:] == [
        "Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2.",
        "The article does not say: the librarian's salary.",
        "The article does not say: the roof's age.",
    ]


def test_what_is_shown_is_every_excerpt_also_of_a_refusal(pack: Pack) -> None:
    shown = {name: [c.quote.id for c in shown_in(answer) if c.quote] for name, answer in of_every_kind(pack).items()}
    assert {name: ids for name, ids in shown.items() if ids} == {
        "answer": ["lift"],
        "premise": ["lift"],
        "unsure": ["waited"],
        "gap with something near": ["waited"],
        "opinion": ["waited", "lift"],
    }


def test_replies_in_french_hold_the_same_quotations(engine: Engine) -> None:
    for entry in engine.pack.entries:
        answer: Answer = engine.answer(entry.question)
        english, french = (reply.compose(answer, engine.pack, w) for w in (EN, FR))
        marks = [re.findall(r"(?m)^“.*”$", r.plain) for r in (english, french)]
        assert marks[0] == marks[1] != []
        assert len(french.content) <= MAX_CONTENT


# Whose words a lead shortens


def lead_of(answer: Answered, pack: Pack) -> str:
    return compose(answer, pack, EN).plain.split("\n")[0]


def test_a_lead_that_shortens_words_of_one_person_has_their_name(pack: Pack) -> None:
    once = of_entry(pack, "wait", cites=("waited", "room"), lead="Full after nine years.")
    assert lead_of(once, pack) == "Anna Kovacs says, in short: Full after nine years."
    assert compose(once, pack, FR).plain.startswith("Anna Kovacs dit, en bref\u00a0: Full after nine years.\n")


@pytest.mark.parametrize("entry", ["sunday-start", "second-lift", "friends-fee"])
def test_a_lead_to_the_article_s_own_words_stands_alone(pack: Pack, entry: str) -> None:
    assert lead_of(of_entry(pack, entry), pack) == pack.by_id[entry].lead


@pytest.mark.parametrize("lead", ["Anna Kovacs.", "Anna Kovacs"])
def test_a_lead_that_is_the_speaker_s_name_is_not_said_by_them(pack: Pack, lead: str) -> None:
    assert lead_of(of_entry(pack, "wait", lead=lead), pack) == lead


@pytest.mark.parametrize("cites", [("waited", "lift"), ("waited", "sundays"), ("lift", "waited", "roof")])
def test_a_lead_to_words_of_several_is_nobody_s(pack: Pack, cites: tuple[str, ...]) -> None:
    assert lead_of(of_entry(pack, "wait", cites=cites, lead="It took long."), pack) == "It took long."


def test_a_lead_to_words_that_several_say_together_is_not_the_first_one_s(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("- id: room\n  speaker: kovacs", "- id: room\n  speaker: [kovacs, reed]")}))
    assert lead_of(of_entry(pack, "reading-room", lead="Full again."), pack) == "Full again."


def test_a_lead_that_no_entry_has_is_not_said_by_anybody(pack: Pack) -> None:
    """As after "who said that?"."""
    assert lead_of(replace(of_entry(pack, "wait"), lead="Tom Reed."), pack) == "Tom Reed."
    assert lead_of(answered(pack, "waited", lead="Nine years."), pack) == "Nine years."


def test_of_two_leads_each_is_said_by_whoever_s_words_it_shortens(pack: Pack) -> None:
    by = pack.by_id
    spoken = replace(by["reading-room"], lead="Full again.")
    both = replace(answered(pack, "waited", "room", lead="nine years. Full again."), entries=(by["wait"], spoken))
    plain = compose(both, pack, EN).plain
    assert "Anna Kovacs says, in short: nine years." in plain
    assert "Anna Kovacs says, in short: Full again." in plain
    mixed = replace(
        answered(pack, "waited", "sundays", lead="nine years. 412 readers."), entries=(by["wait"], by["petition-size"])
    )
    plain = compose(mixed, pack, EN).plain
    assert "Anna Kovacs says, in short: nine years." in plain
    assert "412 readers." in plain
    assert not re.search("says, in short: .*412", plain)  # the article's number is not hers


def test_or_of_whoever_relays_them_since_the_words_are_theirs(pack: Pack) -> None:
    assert lead_of(of_entry(pack, "roof-cost", lead="More than books."), pack) == "Anna Kovacs says, in short: More than books."


# What a question was taken for


def test_what_a_question_was_taken_for_stands_first_in_small_print(pack: Pack) -> None:
    answer = replace(of_entry(pack, "wait"), trace=near(pack.by_id["wait"]))
    bare, reply = compose(answer, pack, EN), compose(answer, pack, EN, understood=True)
    assert reply.content == f"-# Understood as: How long have they waited?\n{bare.content}"
    assert reply.plain == f"Understood as: How long have they waited?\n{bare.plain}"
    french = compose(answer, pack, FR, understood=True).plain
    assert french.startswith("Compris comme\u00a0: How long have they waited?\nAnna Kovacs dit, en bref\u00a0: ")


def test_so_does_each_of_two_questions_and_one_that_the_article_does_not_answer(pack: Pack) -> None:
    trace = near(pack.by_id["wait"])
    both = replace(answered(pack, "waited", "lift"), trace=trace, entries=(pack.by_id["wait"], pack.by_id["second-lift"]))
    assert compose(both, pack, EN, understood=True).plain.split("\n")[:2] == [
        "Understood as: How long have they waited?",
        "Understood as: Who called for a second lift?",
    ]
    refused = NotInArticle(trace, 1.0, (), pack.by_id["gap-salary"], (), ())
    assert compose(refused, pack, EN, understood=True).plain == (
        "Understood as: What does the librarian earn?\nThe article does not say: the librarian's salary."
    )


def test_where_no_question_of_the_pack_was_found_none_is_named(pack: Pack) -> None:
    """Nor where the claim is, or the choices are; nor in what leans on the last answer, which was not weighed against any."""
    for answer in of_every_kind(pack).values():
        trace = TRACE if isinstance(answer, Answered) else near(pack.by_id["wait"])
        changed = replace(answer, trace=trace)
        assert compose(changed, pack, EN, understood=True) == compose(changed, pack, EN)


def test_an_answer_that_leans_on_the_last_one_names_no_question(tiny: Engine) -> None:
    first = tiny.answer("how long have they waited")
    for asked in ("who said that?", "more"):
        answer = tiny.answer(asked, (first,))
        assert isinstance(answer, Answered)
        assert compose(answer, tiny.pack, EN, understood=True) == compose(answer, tiny.pack, EN)


def test_only_the_pack_s_question_is_repeated_and_no_word_of_the_reader_s(tiny: Engine) -> None:
    asked = Question("zounds @everyone", (Token("zounds", "zounds"), Token("@everyone", "everyone")))
    answer = replace(of_entry(tiny.pack, "second-lift"), trace=replace(near(tiny.pack.by_id["second-lift"]), question=asked))
    content = compose(answer, tiny.pack, EN, understood=True).content
    assert content.startswith("-# Understood as: Who called for a second lift?\n")
    assert not re.search("zounds|everyone", content)


@pytest.mark.parametrize(("length", "line"), [(160, "w" * 160), (161, "w" * 159 + "…")])
def test_a_question_that_was_found_is_named_with_at_most_160_characters(pack: Pack, length: int, line: str) -> None:
    answer = replace(of_entry(pack, "wait", question="w" * length), trace=near(pack.by_id["wait"]))
    assert compose(answer, pack, EN, understood=True).plain.split("\n")[0] == f"Understood as: {line}"


# What holds for any reply


def test_nothing_in_a_quotation_is_cut_where_the_pack_keeps_the_budget(engine: Engine) -> None:
    for found in engine.pack.topics:
        if found.cites:
            asked = replace(found, question="w" * 160)
            citations = cite(engine.pack, *found.cites)
            answer = Answered(near(asked), 1.0, (), (asked,) * 2, found.lead, citations, (gap("w" * 80),) * 3)
            reply = compose(answer, engine.pack, EN, understood=True)
            assert reply.plain.count("w" * 160) == 2
            assert len(reply.content) <= MAX_CONTENT
            assert "…" not in reply.content
            assert EN.cut not in reply.plain
            assert unescaped(reply.content) == plain_lines(reply.plain)


def test_choices_are_at_most_five_with_labels_that_fit_a_button_and_the_topics_they_stand_for(pack: Pack) -> None:
    long = "What " + "very " * 30 + "long question is this?"
    reply = compose(Ambiguous(TRACE, 1.0, (), (topic(long), *(topic(f"Question {i}?") for i in range(7)))), pack, EN)
    assert len(reply.choices) == MAX_CHOICES == 5
    assert all(len(c.label) <= MAX_LABEL == 80 for c in reply.choices)
    assert reply.choices[0].label.endswith("…")
    assert reply.choices[1].label == "Question 0?"
    assert [c.topic for c in reply.choices] == [topic(q).id for q in (long, *(f"Question {i}?" for i in range(4)))]


def test_only_a_question_which_has_choices(pack: Pack) -> None:
    for name, answer in of_every_kind(pack).items():
        assert bool(compose(answer, pack, EN).choices) == (name == "ambiguous")


HOSTILE = "@everyone **Storm** <@1> [hits](https://evil.example) the coast ||soon|| __really__ :boom:"


def hostile_pack(tmp_path: Path) -> Pack:
    path = tmp_path / "hostile.txt"
    path.write_text(f"{HOSTILE}\n\n- {HOSTILE}\n1. second line\n> third\n# fourth\n", encoding="utf-8")
    return load(path)


def test_an_article_full_of_markdown_is_quoted_verbatim_and_defused(tmp_path: Path) -> None:
    pack = hostile_pack(tmp_path)
    for sentence in pack.article.sentences:
        citation = Citation(pack.article.excerpt(sentence))
        reply = compose(Answered(TRACE, 1.0, (), (), "", (citation,)), pack, EN)
        assert f"“{citation.excerpt.text}”" in reply.plain
        assert_inert(reply.content)


def test_a_headline_with_markdown_stays_itself_wherever_a_frame_names_it(tmp_path: Path) -> None:
    """The subject of a bare text file is its headline."""
    pack = hostile_pack(tmp_path)
    reply = compose(OffTopic(TRACE, 1.0, ()), pack, EN)
    assert HOSTILE in reply.plain
    assert_inert(reply.content)


@pytest.mark.parametrize("text", ["** a **", "@everyone", "[x](https://evil.example)", "`code`"])
def test_leads_questions_and_gaps_are_defused_like_the_rest(pack: Pack, text: str) -> None:
    for answer in (
        answered(pack, "room", lead=text),
        NotInArticle(TRACE, 1.0, (), gap(text), (), ()),
        NotInArticle(TRACE, 1.0, (), None, (text,), ()),
        replace(answered(pack, "room"), silent=(gap(text),)),
        replace(of_entry(pack, "wait", lead=text, question=text), trace=near(pack.by_id["wait"])),
        Contradicted(TRACE, 1.0, (), topic(text), cite(pack, "lift")),
        OffTopic(TRACE, 1.0, (text,)),
        Ambiguous(TRACE, 1.0, (), (topic(text),)),
    ):
        reply = compose(answer, pack, EN, understood=True)
        assert text in reply.plain
        assert_inert(reply.content)


@given(st.integers(0, 3000), st.integers(0, 20))
def test_content_never_passes_discord_s_limit(length: int, extra: int) -> None:
    article = parse(("Head\n\n" + "_" * length + " word" * extra + "\n").encode())
    pack = Pack("a", "Head", "h" * length, "the article", article, {}, {}, ())
    answers: list[Answer] = [
        Answered(TRACE, 1.0, (), (), "", (Citation(article.excerpt(article.sentences[-1])),)),
        OffTopic(TRACE, 1.0, ("q" * length,) * 3),
    ]
    for answer in answers:
        assert len(compose(answer, pack, EN).content) <= MAX_CONTENT


# What can be pressed


def test_an_answer_has_buttons_only_for_what_leads_somewhere(make_pack: MakePack, tiny: Engine) -> None:
    answer = tiny.answer("who called for a second lift")
    found = reply.buttons(answer, tiny.pack, EN)
    assert [(b.action, b.quote) for b in found] == [
        (Action.CONTEXT, "lift"),
        (Action.FOLLOW_UP, ""),
        (Action.NOT_ASKED, ""),
        (Action.CITE, ""),
    ]
    together = load(make_pack({"faq/library.yaml": ("cites: [lift]", "cites: [lift, waited]")}))
    assert [b.action for b in reply.buttons(answer, together, EN)][:2] == [Action.CONTEXT, Action.ELSE]
    assert reply.buttons(tiny.answer("hello"), tiny.pack, EN) == ()


def test_an_excerpt_of_a_refusal_has_its_context_and_can_be_cited(pack: Pack) -> None:
    for name in ("gap with something near", "unsure"):
        refused = replace(of_every_kind(pack)[name], trace=near(pack.by_id["second-lift"]))
        assert [(b.action, b.label, b.quote) for b in reply.buttons(refused, pack, FR)] == [
            (Action.CONTEXT, "Contexte", "waited"),
            (Action.MATCHES, "Autres pistes", ""),
            (Action.CITE, "Citer", ""),
        ]
    asked = OpinionAsked(TRACE, 1.0, (), cite(pack, *pack.positions))
    assert [(b.action, b.quote) for b in reply.buttons(asked, pack, EN)] == [(Action.CONTEXT, "waited"), (Action.CITE, "")]
    assert reply.buttons(replace(asked, positions=()), pack, EN) == ()


def test_other_matches_are_offered_only_where_the_message_was_about_the_article(pack: Pack) -> None:
    trace = near(pack.by_id["wait"])
    refused = NotInArticle(trace, 1.0, (), None, (), ())
    assert [b.action for b in reply.buttons(refused, pack, EN)] == [Action.MATCHES]
    assert reply.buttons(OffTopic(trace, 1.0, ()), pack, EN) == ()
    assert reply.buttons(Ambiguous(trace, 1.0, (), (pack.by_id["wait"],)), pack, EN) == ()


@pytest.mark.parametrize("language", languages())
def test_every_button_and_the_follow_up_s_window_have_words_that_fit(language: str) -> None:
    labels = [reply.label(a, wording(language)) for a in Action]
    assert len(set(labels)) == len(labels)
    assert all(0 < len(x) <= MAX_LABEL for x in labels)
    modal = reply.follow_up(wording(language))
    assert 0 < len(modal.title) <= 45
    assert 0 < len(modal.label) <= 45
    assert 0 < len(modal.hint) <= 100
