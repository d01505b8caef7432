"""What a corrected text changes in a pack: by value, for texts and records of a few lines."""

from __future__ import annotations

from typing import Any

import pytest

from bot.curate.changes import (
    Change,
    PersonRecord,
    Place,
    Plan,
    QuoteRecord,
    Records,
    TopicRecord,
    plan,
    sentences,
)
from bot.pack.values import PersonKind, QuoteKind, Verdict
from bot.text.article import Article, parse

OLD = """\
A bridge opens

The bridge cost 3 million. Ann Lee said: “It was worth it. We waited.”

“Never again,” said Bob Roe.

The mayor was silent.
"""


def quote(identifier: str, text: str, speaker: str = "paper", paragraph: str = "", **more: Any) -> QuoteRecord:
    kind = QuoteKind.NARRATION if speaker == "paper" else QuoteKind.DIRECT
    values = {"kind": kind, "relayed_by": "", "open": "", **more}
    return QuoteRecord(Place("quotes.yaml", 1, identifier), text, speakers=(speaker,), paragraph=paragraph, **values)


def topic(identifier: str, *cites: str, lead: str = "", verdict: Verdict = Verdict.ANSWER) -> TopicRecord:
    return TopicRecord(Place("faq.yaml", 1, identifier), verdict, "What?", cites, lead)


PEOPLE = (
    PersonRecord(Place("people.yaml", 1, "paper"), "the paper", PersonKind.SOURCE, ""),
    PersonRecord(Place("people.yaml", 2, "lee"), "Ann Lee", PersonKind.PERSON, ""),
    PersonRecord(Place("people.yaml", 3, "roe"), "Bob Roe", PersonKind.PERSON, ""),
    PersonRecord(Place("people.yaml", 4, "mayor"), "mayor", PersonKind.PERSON, "The mayor"),
)
QUOTES = (
    quote("cost", "The bridge cost 3 million."),
    quote("worth", "It was worth it.", "lee"),
    quote("waited", "We waited.", "lee"),
    quote("never", "Never again", "roe"),
    quote("silent", "The mayor was silent."),
)


def article(text: str, **more: Any) -> Article:
    return parse(text.encode(), **more)


def planned(
    new: str, old: str = OLD, quotes: tuple[QuoteRecord, ...] = QUOTES, topics: tuple[TopicRecord, ...] = (), **more: Any
) -> Plan:
    return plan(Records(PEOPLE, quotes, topics, **more), article(old), article(new))


def edited(*pairs: tuple[str, str]) -> str:
    text = OLD
    for before, after in pairs:
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


def off(found: Plan) -> dict[str, str]:
    return {o.at.id: o.why for o in found.off}


def test_with_the_same_text_everything_stands_where_it_stood() -> None:
    found = planned(OLD, topics=(topic("price", "cost", lead="3 million."),), positions=("worth",))
    assert found.kept == ("cost", "worth", "waited", "never", "silent")
    assert (found.sentences, found.moved, found.off, found.values_off, found.fewer, found.look) == ((),) * 6


# Sentences


def shown(new: str) -> list[tuple[str, str | None, str | None]]:
    old, changed = article(OLD), article(new)
    return [
        (s.change.value, old.excerpt(s.old).text if s.old else None, changed.excerpt(s.new).text if s.new else None)
        for s in sentences(old, changed)
    ]


def test_sentences_are_added_removed_changed_and_moved() -> None:
    assert shown(edited(("3 million", "4 million"))) == [("changed", "The bridge cost 3 million.", "The bridge cost 4 million.")]
    assert shown(edited(("The mayor was silent.\n", ""))) == [("removed", "The mayor was silent.", None)]
    assert shown(OLD + "\nIt rained.\n") == [("added", None, "It rained.")]
    assert shown(edited(("The mayor was silent.\n", ""), ("A bridge opens\n\n", "A bridge opens\n\nThe mayor was silent. "))) == [
        ("moved", "The mayor was silent.", "The mayor was silent.")
    ]


def test_what_differs_in_marks_and_capitals_alone_says_nothing_new() -> None:
    old, new = article(OLD), article(edited(("The mayor was silent.", "The Mayor was silent!"), ("3 million", "4 million")))
    found = planned(new.text)
    assert [new.excerpt(s.new).text for s in found.fresh(old, new) if s.new] == ["The bridge cost 4 million."]
    assert {s.change for s in found.sentences} == {Change.CHANGED}


# Quotes


def test_a_quote_of_which_a_character_has_changed_is_off_and_its_likeliest_passage_only_shown() -> None:
    found = planned(edited(("3 million", "4 million")))
    assert off(found) == {"cost": "the text of 'cost' is not in the article."}
    assert found.off[0].nearest == "The bridge cost 4 million."
    assert "cost" not in found.kept


def test_a_quote_inside_a_longer_word_does_not_stand() -> None:
    found = planned(edited(("Never again", "Nevermore")), quotes=(quote("never", "Never", "roe"),), old=OLD)
    assert off(found) == {"never": "the text of 'never' ends inside the word 'Nevermore'."}


def test_a_quote_that_stands_outside_the_marks_now_is_no_direct_one() -> None:
    found = planned(edited(("“Never again,” said", "Never again, said")))
    assert list(off(found)) == ["never"]
    assert "in quotation marks" in off(found)["never"]


def test_a_quote_moves_with_its_paragraph() -> None:
    found = planned(OLD.replace("A bridge opens\n", "A bridge opens\n\nIt rained.\n"))
    assert [(m.at.id, m.before, m.after, m.key, m.whole) for m in found.moved[:2]] == [
        ("cost", 1, 2, "", True),
        ("worth", 1, 2, "", True),
    ]
    assert not found.look


def test_the_paragraph_of_a_record_follows_a_sentence_that_stands_once() -> None:
    quotes = (quote("silent", "The mayor was silent.", paragraph="3"),)
    new = edited(("The mayor was silent.\n", ""), ("A bridge opens\n\n", "A bridge opens\n\nThe mayor was silent. "))
    assert [(m.before, m.after, m.key, m.whole) for m in planned(new, quotes=quotes).moved] == [(3, 1, "1", False)]


TWICE = """\
Two yeses

“Yes,” said Ann Lee.

“Yes,” said Bob Roe.

The mayor was silent.
"""
YESES = (quote("lee-yes", "Yes", "lee", "1"), quote("roe-yes", "Yes", "roe", "2"))


def test_words_that_stand_twice_never_go_over_to_the_other_speaker() -> None:
    """The first is gone, so the words stand once; they are the other's."""
    found = planned("Two yeses\n\nAnn Lee left.\n\n“Yes,” said Bob Roe.\n\nThe mayor was silent.\n", TWICE, YESES)
    assert list(off(found)) == ["lee-yes"]
    assert (found.kept, found.moved) == (("roe-yes",), ())
    found = planned("Two yeses\n\n“Yes,” said Bob Roe.\n\nThe mayor was silent. So was Ann Lee.\n", TWICE, YESES)
    assert (list(off(found)), found.kept) == (["lee-yes"], ("roe-yes",))
    assert [(m.before, m.after, m.key) for m in found.moved] == [(2, 1, "1")]


def test_where_the_paragraphs_change_places_each_goes_with_its_own() -> None:
    found = planned("Two yeses\n\n“Yes,” said Bob Roe.\n\n“Yes,” said Ann Lee.\n\nThe mayor was silent.\n", TWICE, YESES)
    assert [(m.at.id, m.key) for m in found.moved] == [("lee-yes", "2"), ("roe-yes", "1")]


def test_paragraphs_that_are_alike_are_told_apart_by_all_that_stands_before_or_behind_them() -> None:
    old = "Head\n\nYes.\n\nNo.\n\nYes.\n\nEnd.\n"
    quotes = (quote("first", "Yes.", paragraph="1"), quote("second", "Yes.", paragraph="3"))
    found = planned("Head\n\nYes.\n\nNo!\n\nYes.\n\nEnd.\n", old, quotes)
    assert found.kept == ("first", "second")
    found = planned("Head\n\nYes.\n\nMaybe.\n\nNo.\n\nYes.\n\nEnd.\n", old, quotes)
    assert [(m.at.id, m.key) for m in found.moved] == [("second", "4")]
    found = planned("Front\n\nYes.\n\nNo.\n\nYes.\n\nThe end.\n", old, quotes)
    assert {"first", "second"} <= set(off(found))


def test_words_that_stand_twice_now_are_told_apart_by_their_old_paragraph() -> None:
    found = planned(OLD + "\nThe mayor was silent. Really.\n", quotes=(quote("silent", "The mayor was silent."),))
    assert [(m.before, m.after, m.key) for m in found.moved] == [(3, 3, "3")]
    found = planned(
        OLD.replace("silent.", "silent. Really. The mayor was silent."), quotes=(quote("silent", "The mayor was silent."),)
    )
    assert off(found) == {"silent": "the text of 'silent' stands in the article 2 times."}


def test_words_of_somebody_beside_which_the_words_have_changed_are_to_be_looked_at() -> None:
    found = planned(edited(("said Bob Roe", "said Bob Roe on Monday")))
    assert [q.at.id for q in found.look] == ["never"]
    assert planned(edited(("The mayor was silent.", "The mayor spoke."))).look == ()
    assert [q.at.id for q in planned(edited(("We waited.", "We had waited."))).look] == [
        "worth",
        "never",
    ]  # it may go on from before


def test_a_part_of_a_sentence_is_to_be_looked_at_where_the_rest_of_it_has_changed() -> None:
    quotes = (quote("silent", "mayor was silent"), quote("cost", "The bridge cost 3 million."))
    found = planned(
        edited(("The mayor was silent.", "Nobody says the mayor was silent."), ("3 million.", "3 million. It rained.")),
        quotes=quotes,
    )
    assert (found.kept, [q.at.id for q in found.look]) == (("silent", "cost"), ["silent"])


# People


def test_a_person_whom_the_text_no_longer_names_is_off_with_what_they_say() -> None:
    found = planned(edited(("Bob Roe", "Rob Roe")))
    assert off(found) == {"roe": "the article nowhere says 'Bob Roe'.", "never": "the article no longer names roe."}


def test_a_capacity_that_the_text_no_longer_gives_is_off_and_its_person_stays() -> None:
    found = planned(edited(("The mayor", "Our mayor")))
    assert [(v.at.id, v.key, v.value) for v in found.values_off] == [("mayor", "capacity", "The mayor")]
    assert "mayor" not in off(found)


# Topics


@pytest.mark.parametrize(
    ("cites", "lead", "stays"),
    [
        (("cost",), "", False),
        (("cost", "worth"), "3 million.", False),  # the lead is the answer, and is proven no more
        (("silent", "cost"), "The mayor.", True),
        (("cost", "silent"), "The mayor.", True),
        (("cost", "silent"), "", False),  # what it cites first is gone
        (("worth", "cost"), "", False),  # and so is most of its text
        (("silent", "worth", "cost"), "", True),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict.ANSWER, Verdict.PREMISE])
def test_a_topic_stays_where_the_other_quotes_carry_it(cites: tuple[str, ...], lead: str, stays: bool, verdict: Verdict) -> None:
    found = planned(edited(("3 million", "4 million")), topics=(topic("asked", *cites, lead=lead, verdict=verdict),))
    assert ("asked" not in off(found)) is stays
    assert [(f.at.id, f.lost) for f in found.fewer] == ([("asked", ("cost",))] if stays else [])


def test_a_lead_that_needs_a_lost_capacity_is_off_and_its_entry_stays() -> None:
    quotes = (quote("worth", "It was worth it.", "mayor"),)
    found = planned(edited(("The mayor", "Our mayor")), quotes=quotes, topics=(topic("asked", "worth", lead="The mayor."),))
    assert [(v.at.id, v.key) for v in found.values_off] == [("mayor", "capacity")]  # "mayor" is the name as well
    people = tuple(PersonRecord(p.at, p.name, p.kind, "silent" if p.at.id == "mayor" else p.capacity) for p in PEOPLE)
    records = Records(people, quotes, (topic("asked", "worth", lead="silent mayor"),))
    found = plan(records, article(OLD), article(edited(("was silent", "spoke"))))
    assert [(v.at.id, v.key, v.value) for v in found.values_off] == [
        ("mayor", "capacity", "silent"),
        ("asked", "lead", "silent mayor"),
    ]
    assert found.off == ()


def test_a_gap_only_loses_its_nearest_passages_and_positions_likewise() -> None:
    gap = topic("unsaid", "cost", verdict=Verdict.NOT_IN_ARTICLE)
    found = planned(edited(("3 million", "4 million")), topics=(gap,), positions=("cost", "worth"))
    assert [(f.at.id, f.what, f.lost, f.kept) for f in found.fewer] == [
        ("unsaid", "gap", ("cost",), ()),
        ("positions", "positions", ("cost",), ("worth",)),
    ]
    assert list(off(found)) == ["cost"]


def test_what_the_questions_expect_and_what_stands_again_is_told() -> None:
    found = planned(
        edited(("3 million", "4 million")),
        topics=(topic("price", "cost"),),
        expected=("price", "answer"),
        suggested=("price", "other"),
        off=(
            (Place("quotes.yaml", 9, "four"), "The bridge cost 4 million.", ""),
            (Place("quotes.yaml", 12, "five"), "It rained.", ""),
        ),
    )
    assert found.unasked == ("price",)
    assert [(f.what, f.lost, f.kept) for f in found.fewer] == [("suggested", ("price",), ("other",))]
    assert [at.id for at in found.stands_again] == ["four"]


# Furniture and foot


def test_furniture_and_foot_that_are_no_longer_there_are_told() -> None:
    old, more = "Menu\n\n" + OLD, {"furniture": ("Menu", "Search"), "foot": "The mayor"}
    records = Records(PEOPLE, (), (), furniture=("Menu",), foot="The mayor")
    new = edited(("The mayor", "Our mayor"))
    found = plan(records, article(old, **more), article(new, **more))
    assert (found.furniture_gone, found.foot_gone) == (("Menu",), "The mayor")
    found = plan(records, article(old, **more), article(old.replace("3", "4"), **more))
    assert (found.furniture_gone, found.foot_gone) == ((), "")
