"""A message as a question: cleaned, cut to what it asks, its words read with the pack's names, its spelling repaired."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.build import frequency_ranks
from bot.engine.question import (
    MAX_QUESTION_CHARACTERS,
    MAX_TOKENS,
    Lexicon,
    Question,
    Token,
    asked_in,
    clean,
    parts,
    questions_in,
)
from bot.pack.values import Pack
from bot.text.words import split

Read = Callable[..., Question]


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
        ("what of [the roof](https://example.org/a?b=c) and [this](<https://example.org>)?", "what of the roof and this?"),
        ("who said [sic] (see above)?", "who said [sic] (see above)?"),
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


def test_a_message_that_grows_when_it_is_normalised_is_cut_after_that_too() -> None:
    """One of its characters becomes 18."""
    assert len(clean("\ufdfa" * 100_000)) <= MAX_QUESTION_CHARACTERS


def test_a_message_is_read_up_to_the_longest_of_discord() -> None:
    assert len(clean("ab " * 3000)) <= MAX_QUESTION_CHARACTERS
    assert clean("x" * 5000) == "x" * MAX_QUESTION_CHARACTERS


@given(st.text(st.characters(), max_size=60))
def test_nothing_invisible_is_left_whatever_is_written(raw: str) -> None:
    text = clean(raw)
    assert not [c for c in text if unicodedata.category(c) in ("Cf", "Cs", "Co", "Me", "Mn")]
    assert not [c for c in text if unicodedata.category(c) == "Cc" and c != "\n"]
    assert text == text.strip()


# The question in the message


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("Hi. I read it. Who is Reed? Thanks!", "Who is Reed?"),
        ("Just one sentence", "Just one sentence"),
        ("I love this. It is long.", "I love this. It is long."),
        ("Who is Reed? Who is Bell?", "Who is Bell?"),
        ("so bored\nwho is Reed\nlol", "who is Reed"),
        ("please remind me of the date. Thanks", "please remind me of the date."),
        ("Hello there. is it open? ok", "is it open?"),
        ("Hi. What did Mr. Reed tell Mrs. Bell? Ta", "What did Mr. Reed tell Mrs. Bell?"),
        ("", ""),
    ],
)
def test_of_several_sentences_the_last_that_asks_is_the_question(message: str, asked: str) -> None:
    assert asked_in(message) == asked


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("so I was on the bus reading this thing, anyway what was the petition", "what was the petition"),
        ("my mate told me all about that place so when is it open", "when is it open"),
        ("I have been wondering for a long while: who is Reed", "who is Reed"),
        ("Nice weather. Tell me who Reed is.", "who Reed is."),
        ("I ask myself, by whom was it signed", "by whom was it signed"),
        ("a reading room for everybody - what is?", "a reading room for everybody - what is?"),
        ("we have waited nine years, says who", "we have waited nine years, says who"),
        ("who is Reed", "who is Reed"),
        ("is Bell the one who wants it", "is Bell the one who wants it"),
        ("nothing is asked in this clause, however it may go on and on", "nothing is asked in this clause, however it may go on and on"),
    ],
)  # fmt: skip
def test_a_long_winded_beginning_is_left_out(message: str, asked: str) -> None:
    assert asked_in(message) == asked


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("who called for the lift and when does the library open?", ["who called for the lift", "when does the library open?"]),
        ("how many readers signed, and what did Kovacs say", ["how many readers signed", "what did Kovacs say"]),
        ("when, where and why did they meet?", ["when did they meet?", "where did they meet?", "why did they meet?"]),
        ("how many readers signed and which councillor spoke", ["how many readers signed", "which councillor spoke"]),
        ("who called for the lift and to whom?", ["who called for the lift", "to whom?"]),
        ("lift + petition", ["lift", "petition"]),
        ("who are Bell and Reed?", ["who are Bell and Reed?"]),
        ("what did Kovacs and the council agree on?", ["what did Kovacs and the council agree on?"]),
        ("salt and pepper", ["salt and pepper"]),
        ("who", ["who"]),
        ("and", ["and"]),
        ("", [""]),
    ],
)
def test_coordinated_questions_are_parted_and_coordinated_nouns_are_not(message: str, wanted: list[str]) -> None:
    assert list(parts(message)) == wanted


@pytest.mark.parametrize("message", ["when and where is it?", "who is it and where is it?"])
def test_a_part_borrows_nothing_from_itself(message: str) -> None:
    assert all(split(p).count("it") == 1 for p in parts(message))


@given(
    st.lists(
        st.sampled_from(["who", "when", "and", "+", "&", ",", "is", "lift", "room,", "?", ".", "\n", "n", "also", "'", "why?"]),
        max_size=14,
    )
)
def test_cutting_and_parting_a_message_never_fail_and_add_no_word(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert len(parts(text)) >= 1
    for found in (*parts(text), asked_in(text)):
        assert set(split(found)) <= set(split(text))


# Spelling


@pytest.mark.parametrize(
    ("asked", "written", "meant"),
    [
        ("what did Kovaks say", "kovaks", "kovacs"),
        ("who signed the petiton", "petiton", "petition"),
        ("when does the libary open", "libary", "library"),
        ("what did the libraryan say", "libraryan", "librarian"),
        ("is there a new eleavtor", "eleavtor", "elevator"),
        ("is the counicl for it", "counicl", "council"),
        ("whooo signed", "whooo", "who"),
    ],
)
def test_a_slip_of_the_finger_is_repaired_and_told(read: Read, asked: str, written: str, meant: str) -> None:
    question = read(asked)
    assert meant in words(question)
    assert question.repairs == ((written, meant),)


def test_a_repaired_word_is_replaced_where_it_stands_and_the_rest_stays_as_written(read: Read) -> None:
    assert read("Who signed the “Petiton”, Mr. Reed?").text == "Who signed the \"petition\", Mr. Reed?"  # fmt: skip


def test_the_words_are_those_of_what_is_asked_and_the_text_is_the_whole_message(read: Read) -> None:
    question = read("Hi. I am on a bsu. Who signed the petiton? Thanks")
    assert words(question) == ["who", "signed", "the", "petition"]
    assert question.text == "Hi. I am on a bsu. Who signed the petition? Thanks"
    assert words(read("Hi. Who signed?", repair=False)) == ["hi", "who", "signed"]  # a curated text is a question as it is


def test_a_space_that_slipped_by_a_letter_is_moved_back(read: Read) -> None:
    question = read("what of the secon dlift")
    assert (words(question), question.repairs) == (["what", "of", "the", "second", "lift"], (("secon dlift", "second lift"),))


@pytest.mark.parametrize(
    "asked",
    [
        "who saw the left hand",
        "a football pundit",
        "what does the banker read",
        "how is the weather",
        "qq xzv",
        "aaaa",
        "who mmmm",
    ],
)
def test_english_words_and_what_is_like_no_word_are_left_alone(read: Read, asked: str) -> None:
    assert words(read(asked)) == asked.split()
    assert read(asked).repairs == ()


def test_a_french_word_that_stands_with_one_that_lost_its_vowel_is_no_slip_for_an_english_one(read: Read) -> None:
    assert words(read("what of the concil")) == words(read("what of the con'cil")) == ["what", "of", "the", "council"]
    assert words(read("c’oncil")) == ["concil"]


def test_curated_texts_are_never_repaired(read: Read) -> None:
    assert words(read("the petiton", repair=False)) == ["the", "petiton"]


def test_what_people_type_for_short_is_written_out(tiny_pack: Pack) -> None:
    lexicon = Lexicon(tiny_pack, {"wru": "where are you"}, frequency_ranks())
    assert words(lexicon.read("WRU now")) == ["where", "are", "you", "now"]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("he signed it, didn't he?", ["he", "signed", "it"]), ("it is open isn't it", ["it", "is", "open"])],
)
def test_a_tag_that_only_asks_for_confirmation_is_left_out(read: Read, asked: str, kept: list[str]) -> None:
    assert words(read(asked)) == kept


# Names


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
        ("what did Kovaks say", "kovacs"),
    ],
)
def test_an_alias_finds_its_person(read: Read, asked: str, person: str) -> None:
    assert read(asked).entities == (person,)


def test_each_word_of_an_alias_is_marked_with_its_person_and_no_other(read: Read) -> None:
    assert read("did Anna Kovacs sign").tokens == (
        Token("did", "did", None),
        Token("anna", "anna", "kovacs"),
        Token("kovacs", "kovac", "kovacs"),
        Token("sign", "sign", None),
    )


def test_people_are_named_once_each_in_the_order_of_the_question(read: Read) -> None:
    assert read("did Bell tell Kovacs what Bell wants").entities == ("bell", "kovacs")


# What it is about


@pytest.mark.parametrize("asked", ["is Bell nice", "what of the elevator", "does the library sell cakes", "lift", "when did the council meet"])  # fmt: skip
def test_a_question_with_a_name_or_a_third_of_its_words_from_the_article_is_about_it(lexicon: Lexicon, asked: str) -> None:
    assert lexicon.is_about(lexicon.read(asked))


@pytest.mark.parametrize("asked", ["how tall is the Eiffel tower", "who is he", "", "does the article praise sourdough baking", "which football club plays chess in the lift"])  # fmt: skip
def test_a_question_without_the_article_s_words_is_about_something_else(lexicon: Lexicon, asked: str) -> None:
    """The name of the paper alone is none: anything may be asked of an article."""
    assert not lexicon.is_about(lexicon.read(asked))


@pytest.mark.parametrize("asked", ["qwrtz the", "millbrook", "5", "elephants", "the lift?", "reading room, roof, petition", "hw mny readers signd teh petition", "thx m8 lol", "t'was when", "wnen", "d'you mind"])  # fmt: skip
def test_a_question_is_english_where_most_of_its_words_are_english_or_the_pack_s(lexicon: Lexicon, asked: str) -> None:
    assert lexicon.is_english(lexicon.read(asked))


@pytest.mark.parametrize(
    "asked",
    [
        "Wann hat Kovacs das gesagt?",
        "Wie viele Leute haben unterschrieben?",
        "Qui a dit ça à la mairie ?",
        "¿Cuándo abre el Millbrook?",
        "Quando è il voto?",
        "Vad sa talesmannen?",
        "Что говорит статья",
        "这篇文章说了什么",
        "qwrtz qwrtz",
        "",
    ],
)
def test_in_another_language_it_is_not_even_with_a_name_of_the_pack_in_it(lexicon: Lexicon, asked: str) -> None:
    assert not lexicon.is_english(lexicon.read(asked))


# Several questions


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("Who wants a lift? When does it open?", ["Who wants a lift?", "When does it open?"]),
        ("who wants a lift\nwhen does it open", ["who wants a lift", "when does it open"]),
        ("1. Who wants a lift?\n2) When does it open?\n3. why", ["Who wants a lift?", "When does it open?", "why"]),
        ("- Who wants a lift?\n- list the names", ["- Who wants a lift?", "- list the names"]),
        ("Who wants a lift? who wants a LIFT??", ["Who wants a lift?"]),
        ("I read it twice. Who wants a lift? Thanks!", ["Who wants a lift?"]),
        ("When I read it I was confused. Who wants a lift?", ["Who wants a lift?"]),
        ("Is Mr. Reed right? Really?!", ["Is Mr. Reed right?"]),
        ('"Will it open?" Who asked that?', ['"Will it open?" Who asked that?']),
        ("roof costs", []),
        ("", []),
    ],
)
def test_the_questions_of_a_message_are_its_asking_sentences_and_lines_each_once(message: str, questions: list[str]) -> None:
    assert list(questions_in(message)) == questions


# Limits


def test_a_very_long_question_is_read_up_to_a_limit(read: Read) -> None:
    assert len(read("lift " * 2000).tokens) == MAX_TOKENS


@given(st.text(st.characters(), max_size=80))
def test_any_text_is_read_and_read_alike_twice(lexicon: Lexicon, raw: str) -> None:
    question = lexicon.read(clean(raw))
    assert question == lexicon.read(clean(raw))
    assert all(t.text == t.text.lower() and t.text.strip() for t in question.tokens)
