"""A question understood: cleaning, words, spelling, names, and the question inside a long message."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.pipeline import Engine
from bot.engine.question import MAX_QUESTION_CHARACTERS, MAX_TOKENS, Question, clauses, clean, parts, tail
from bot.text.words import split, stem, straighten

Read = Callable[..., Question]


@pytest.fixture(scope="session")
def read(tiny: Engine) -> Read:
    return tiny.lexicon.read


def words(question: Question) -> list[str]:
    return [t.text for t in question.tokens]


# Cleaning


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("**When** is the `lift`?", "When is the lift ?"),
        ("<@123> <@!45> <@&6> hi <#9> <:smile:22> <a:wave:1> <t:1:R> </ask:12> @everyone @here go", "hi go"),
        ("see https://example.org/a?b=c now", "see now"),
        ("<https://example.org>", ""),
        ("> quoted\n## big\n-# small", "quoted\nbig\nsmall"),
        ("||who|| ~~is~~ __it__ ***really***", "who is it really"),
        ("```py\nwho\n```", "who"),
        ("w̷̢͝h̸o̵ said it", "who said it"),
        ("wh\u200bo \u202eis\u202c \u2066it\u2069", "who is it"),
        ("wh\x00o\x07 is\x1b it", "who is it"),
        ("\ud800who\udfff", "who"),
        ("who\u00a0is\t it", "who is it"),
        ("ｗｈｏ ﬁled Ⅳ", "who filed IV"),
        ("  \n\n who \n  is ", "who\nis"),
        ("2 * 3 snake_case", "2 3 snake_case"),
    ],
)
def test_what_is_not_the_question_is_taken_away(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


def test_accents_that_belong_to_a_letter_stay() -> None:
    assert clean("cafe\u0301 naïve Zoë") == "café naïve Zoë"


def test_a_message_is_read_up_to_discord_s_longest() -> None:
    assert len(clean("ab " * 3000)) <= MAX_QUESTION_CHARACTERS
    assert clean("x" * 5000) == "x" * MAX_QUESTION_CHARACTERS


@given(st.text(st.characters(), max_size=60))
def test_nothing_invisible_is_left_whatever_is_written(raw: str) -> None:
    text = clean(raw)
    assert not [c for c in text if unicodedata.category(c) in ("Cf", "Cs", "Co", "Me", "Mn")]
    assert not [c for c in text if unicodedata.category(c) == "Cc" and c != "\n"]
    assert text == text.strip()


@given(st.text(st.characters(), max_size=60))
def test_straight_quotation_marks_keep_every_offset(raw: str) -> None:
    assert len(straighten(raw)) == len(raw)


# Words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Millbrook's library’s", ["millbrook", "library"]),
        ("the readers' petition", ["the", "readers", "petition"]),
        ("anti-noise antinoise", ["antinoise", "antinoise"]),
        ("co-operative re-open e-mail", ["cooperative", "reopen", "email"]),
        ("witch-hunters", ["witch", "hunters"]),
        ("#BackTheLift!", ["backthelift"]),
        ("£2,777 or £ 15,223", ["£2,777", "or", "£15,223"]),
        ("7pm, 7:30pm, 3rd.", ["7pm", "7:30pm", "3rd"]),
        ("a & b + c", ["a", "and", "b", "and", "c"]),
        ("?! … ,", []),
        ("", []),
    ],
)
def test_words_are_lower_case_without_possessives_and_hyphens(text: str, wanted: list[str]) -> None:
    assert split(text) == wanted


@pytest.mark.parametrize("text", ["who's there", "they don't", "it's the readers' room"])
def test_curly_apostrophes_are_read_like_straight_ones(text: str) -> None:
    assert split(text.replace("'", "’")) == split(text)
    assert "s" not in split(text)


@pytest.mark.parametrize(
    "family",
    [
        ("repair", "repairs", "repaired", "repairing"),
        ("sign", "signs", "signed", "signing"),
        ("expand", "expands", "expanded"),
        ("organisation", "organised", "organising"),
        ("library", "libraries"),
    ],
)
def test_forms_of_a_word_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(w) for w in family}) == 1


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzé1'", max_size=14))
def test_a_stem_is_never_empty_nor_longer_than_its_word(word: str) -> None:
    assert bool(stem(word)) == bool(word)
    assert len(stem(word)) <= len(word)


# Spelling and names


@pytest.mark.parametrize(
    ("asked", "written", "meant"),
    [
        ("what did Kovaks say", "kovaks", "kovacs"),
        ("who signed the petiton", "petiton", "petition"),
        ("when does the libary open", "libary", "library"),
        ("what did the libraryan say", "libraryan", "librarian"),
        ("is there a new eleavtor", "eleavtor", "elevator"),
        ("is the counicl for it", "counicl", "council"),
    ],
)
def test_a_slip_of_the_finger_is_repaired_and_told(read: Read, asked: str, written: str, meant: str) -> None:
    question = read(asked)
    assert meant in words(question)
    assert (written, meant) in question.repairs


@pytest.mark.parametrize(
    "asked", ["who saw the left hand", "a football pundit", "what does the banker read", "how is the weather"]
)
def test_real_english_words_are_left_alone(read: Read, asked: str) -> None:
    assert words(read(asked)) == asked.split()
    assert read(asked).repairs == ()


def test_curated_texts_are_never_repaired(read: Read) -> None:
    assert words(read("the petiton", repair=False)) == ["the", "petiton"]


@pytest.mark.parametrize(
    ("asked", "person"),
    [
        ("what did Anna Kovacs say", "kovacs"),
        ("WHAT DID KOVACS SAY", "kovacs"),
        ("what did the librarian say", "kovacs"),
        ("kovacs's words", "kovacs"),
        ("Kovacs’ words", "kovacs"),
        ("what is Reed's job", "reed"),
        ("what has the town council agreed", "council"),
    ],
)
def test_an_alias_finds_its_person(read: Read, asked: str, person: str) -> None:
    assert read(asked).entities == (person,)


def test_people_are_named_once_each_in_the_order_of_the_question(read: Read) -> None:
    assert read("did Bell tell Kovacs what Bell wants").entities == ("bell", "kovacs")


def test_a_synonym_leads_to_the_article_s_word(read: Read) -> None:
    (token,) = [t for t in read("where is the elevator").tokens if t.text == "elevator"]
    assert "lift" in token.concepts
    (plain,) = [t for t in read("where is the garden").tokens if t.text == "garden"]
    assert "lift" not in plain.concepts


# What is asked for


@pytest.mark.parametrize(
    ("asked", "wants"),
    [
        ("who signed it", "person"),
        ("whose idea was it", "person"),
        ("by whom was it signed", "person"),
        ("which councillor", "thing"),
        ("when does it open", "time"),
        ("on what date does it open", "time"),
        ("which day is it", "time"),
        ("where is the lift", "place"),
        ("in which town is the library", "place"),
        ("why do they need it", "reason"),
        ("how come it took so long", "reason"),
        ("for what reason did it close", "reason"),
        ("what is the lift for", "reason"),
        ("how many readers signed", "number"),
        ("how much does it cost", "number"),
        ("how often does it open", "frequency"),
        ("how many times did it close", "frequency"),
        ("how long did it take", "duration"),
        ("how did they do it", "manner"),
        ("what does petition mean", "definition"),
        ("what does RSVP stand for", "definition"),
        ("is the lift new", "yes_no"),
        ("did Kovacs agree", "yes_no"),
        ("roof repairs", ""),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(read: Read, asked: str, wants: str) -> None:
    assert read(asked).wants == wants


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("did 412 readers sign", ("412",)),
        ("is it the 3rd or the 4th of March", ("3", "4")),
        ("was it £1,500 or 7pm", ("1500", "7")),
        ("did nine people sign", ("9",)),
        ("no number here", ()),
    ],
)
def test_numbers_are_read_in_figures_and_words(read: Read, asked: str, numbers: tuple[str, ...]) -> None:
    assert read(asked).numbers == numbers


@pytest.mark.parametrize(
    ("asked", "negated"),
    [
        ("who did not sign", True),
        ("who didn’t sign", True),
        ("who refused to sign", True),
        ("who signed", False),
        ("nobody came", True),
    ],
)
def test_a_negation_is_noticed(read: Read, asked: str, negated: bool) -> None:
    assert read(asked).negated is negated


@pytest.mark.parametrize(
    "asked",
    [
        "who said “the reading room will be full”?",
        'who said "the reading room will be full"?',
        "who said 'the reading room will be full'?",
        "who said ‘the reading room will be full’?",
    ],
)
def test_a_quoted_fragment_is_kept_whatever_the_quotation_marks(read: Read, asked: str) -> None:
    assert read(asked).fragments == ("the reading room will be full",)


def test_an_apostrophe_opens_no_quotation(read: Read) -> None:
    assert read("is Kovacs' room the readers' room").fragments == ()


def test_who_acts_on_whom_follows_the_order_of_a_plain_question(read: Read) -> None:
    question = read("what did Reed tell Kovacs")
    assert (question.agent, question.patient) == ("reed", "kovacs")
    question = read("what did Kovacs tell Reed")
    assert (question.agent, question.patient) == ("kovacs", "reed")


def test_a_very_long_question_is_read_up_to_a_limit(read: Read) -> None:
    assert len(read("lift " * 2000).tokens) == MAX_TOKENS


@given(st.text(st.characters(), max_size=80))
def test_any_text_is_read_and_read_alike_twice(tiny: Engine, raw: str) -> None:
    question = tiny.lexicon.read(clean(raw))
    assert question == tiny.lexicon.read(clean(raw))
    assert all(t.text == t.text.lower() and t.text.strip() for t in question.tokens)


# The question in the message


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Hi. I read it. Who is Reed? Thanks!", ("Who is Reed?",)),
        ("Just one sentence", ("Just one sentence",)),
        ("I love this. It is long.", ("I love this. It is long.",)),
        ("Who is Reed? Who is Bell?", ("Who is Bell?", "Who is Reed?")),
        ("so bored\nwho is Reed\nlol", ("who is Reed",)),
        ("Nice weather. Tell me who Reed is.", ("Tell me who Reed is.",)),
        ("", ("",)),
    ],
)
def test_the_clauses_that_ask_are_found_last_first(message: str, asked: tuple[str, ...]) -> None:
    assert clauses(message) == asked


@pytest.mark.parametrize(
    ("clause", "question"),
    [
        ("so I was on the bus reading this thing, anyway what was the petition", "what was the petition"),
        ("my mate told me all about that place so when is it open", "when is it open"),
        ("I have been wondering for a long while: who is Reed", "who is Reed"),
        ("who is Reed", "who is Reed"),
        (
            "no question in this clause, however long it may go on and on",
            "no question in this clause, however long it may go on and on",
        ),
    ],
)
def test_the_question_at_the_end_of_a_preamble_is_found(clause: str, question: str) -> None:
    assert tail(clause) == question


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("who called for the lift and when does the library open?", ["who called for the lift", "when does the library open?"]),
        ("how many readers signed, and what did Kovacs say", ["how many readers signed", "what did Kovacs say"]),
        ("when, where and why did they meet?", ["when did they meet?", "where did they meet?", "why did they meet?"]),
        ("how many readers signed and which councillor spoke", ["how many readers signed", "which councillor spoke"]),
        ("who are Bell and Reed?", ["who are Bell and Reed?"]),
        ("what did Kovacs and the council agree on?", ["what did Kovacs and the council agree on?"]),
        ("salt and pepper", ["salt and pepper"]),
        ("who", ["who"]),
        ("and", ["and"]),
        ("", [""]),
    ],
)
def test_coordinated_questions_are_parted_and_coordinated_nouns_are_not(message: str, wanted: list[str]) -> None:
    assert [p.strip() for p in parts(message)] == wanted


@pytest.mark.parametrize("message", ["when and where is it?", "who is it and where is it?"])
def test_a_part_borrows_nothing_from_itself(message: str) -> None:
    assert all(split(p).count("it") == 1 for p in parts(message))


@given(
    st.lists(
        st.sampled_from(["who", "when", "and", "+", "&", ",", "is", "lift", "room,", "?", ".", "\n", "n", "also", "'", "why?"]),
        max_size=14,
    )
)
def test_parting_a_message_never_fails_and_never_returns_nothing(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for found in (parts(text), clauses(text), (tail(text),)):
        assert len(found) >= 1
    assert all(set(split(p)) <= set(split(text)) for p in parts(text))
