"""The values of a pack: how topics are asked, exact look-up, and which quote covers what."""

from __future__ import annotations

import pytest
from conftest import FAQ, QUOTES, MakePack

from bot.pack.loading import load
from bot.pack.values import NO_PUBLISHER, Pack, Topic, Verdict, normal_form
from bot.text.article import parse


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What is it?", "what is it"),
        ("  what   IS it!!", "what is it"),
        ("Kovacs' pay, in £3.50", "kovacs pay in £3.50"),
        ("#backthecode: 9:30", "#backthecode 9:30"),
        ("It’s a witch-hunt", "it s a witch hunt"),
        ("?!", ""),
    ],
)
def test_the_normal_form_has_neither_case_nor_punctuation(text: str, wanted: str) -> None:
    assert normal_form(text) == wanted


def test_a_topic_is_asked_by_question_phrasings_and_bank_each_once() -> None:
    topic = Topic("a", Verdict.ANSWER, "What is it?", ("what is it", "which one", "..."), bank=("Which one?", "what thing"))
    assert topic.asked == ("What is it?", "which one", "what thing")
    assert topic.forms == ("what is it", "what is it", "which one", "", "which one", "what thing")
    assert Topic("b", Verdict.OFF_TOPIC, "", ("football",)).asked == ("football",)


def test_an_exact_look_up_finds_questions_phrasings_and_bank_and_the_first_topic_of_two() -> None:
    one = Topic("one", Verdict.ANSWER, "What is it?", ("which one",), bank=("what thing",), near_misses=("which two",))
    two = Topic("two", Verdict.NOT_IN_ARTICLE, "Which one?", ("???",))
    pack = Pack("s", "", "", NO_PUBLISHER, parse(b"Head"), {}, {}, (one, two))
    assert pack.phrased == {"what is it": one, "which one": one, "what thing": one}
    assert pack.by_id == {"one": one, "two": two}
    assert pack.entries == (one,)


def test_starters_are_what_is_suggested_else_three_that_have_a_lead_else_any() -> None:
    def of(*topics: Topic, suggested: tuple[str, ...] = ()) -> list[str]:
        pack = Pack("s", "", "", NO_PUBLISHER, parse(b"Head"), {}, {}, topics, suggested=suggested)
        return [t.id for t in pack.starters]

    plain = [Topic(f"plain{n}", Verdict.ANSWER, "?", ()) for n in range(7)]
    led = [Topic(f"led{n}", Verdict.ANSWER, "?", (), lead="Yes.") for n in range(7)]
    gap = Topic("gap", Verdict.NOT_IN_ARTICLE, "?", (), lead="Yes.")
    assert of(*plain, *led, gap, suggested=("plain6", "led0")) == ["plain6", "led0"]
    assert of(*plain, *led, gap) == ["led0", "led2", "led4"]
    assert of(*plain, led[3], gap) == ["led3"]
    assert of(*plain, gap) == ["plain0", "plain2", "plain4"]
    assert of(gap) == []


def test_the_quote_of_a_span_is_the_shortest_that_covers_it(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": QUOTES + '- {id: years, speaker: kovacs, kind: direct, text: "nine years"}\n'}))
    assert pack.quote_of(pack.quotes["years"].span) == pack.quotes["years"]
    assert pack.quote_of(pack.quotes["waited"].span) == pack.quotes["waited"]
    assert pack.quote_of(pack.article.paragraphs[0].span) is None


def test_a_sentence_that_no_entry_cites_is_uncovered(make_pack: MakePack) -> None:
    changed = FAQ.replace('  cites: [friends]\n  lead: "five pounds a year."\n', "  cites: [headline]\n")
    pack = load(make_pack({"faq/library.yaml": changed}))
    assert [pack.article.excerpt(s).text for s in pack.uncovered_sentences()] == [
        "Join the friends of the library for five pounds a year."
    ]
