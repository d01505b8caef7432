"""Whom a text names, in what capacity, and how it calls them again."""

from __future__ import annotations

import pytest

from bot.draft.names import Cast, Named, trimmed_name
from bot.pack.values import PersonKind


def named(text: str, name: str) -> Named:
    return next(n for n in Cast(text).named if n.name == name)


@pytest.mark.parametrize(
    ("text", "name", "capacity"),
    [
        ("Head librarian Anna Kovacs said so.", "Anna Kovacs", "Head librarian"),
        ("Anna Kovacs, the head librarian, said so.", "Anna Kovacs", "head librarian"),
        ("Its chair, Anna Kovacs, said so.", "Anna Kovacs", "chair"),
        ("Councillor Anna Kovacs said so.", "Anna Kovacs", "Councillor"),
        ("Mrs Anna Kovacs said so.", "Anna Kovacs", ""),
        ("Anna Kovacs of the Readers' Union said so.", "Anna Kovacs", "Readers' Union"),
        ("The Bishop of Quillan Bay, Anna Kovacs, said so.", "Anna Kovacs", "Bishop of Quillan Bay"),
        ("Hugh St. Clair said so.", "Hugh St. Clair", ""),
        ("Old Voice for Labour’s Anna Kovacs said so.", "Anna Kovacs", "Old Voice for Labour"),
        ("J.J. Okafor said so.", "J.J. Okafor", ""),
        ("Economist Dr. Y. Tanaka said so.", "Y. Tanaka", "Economist"),
        ("“Go,” said parent Anna Kovacs, who left.", "Anna Kovacs", "parent"),
        ("Anna Kovacs, now the company's head of sales, said so.", "Anna Kovacs", "company's head of sales"),
        ("Dr Anna Kovacs, a pathologist at the clinic, said so.", "Anna Kovacs", "pathologist at the clinic"),
        ("Its president, Anna Kovacs, said so.", "Anna Kovacs", "president"),
        ("Anna Kovacs, chair of the board that decided it, said so.", "Anna Kovacs", "chair of the board"),
        ("Ms Anna Kovacs, no friend of ours on most things, said so.", "Anna Kovacs", ""),
        ("My brother Lars Kovacs said so.", "Lars Kovacs", ""),
        ("Treasurer Bill Oakes said so.", "Bill Oakes", "Treasurer"),
        ("“Go,” in the words of its secretary, Anna Kovacs.", "Anna Kovacs", "secretary"),
        ("“Go,” said the lead author, Anna Kovacs of Rye.", "Anna Kovacs", "lead author"),
        # What another has, or nobody any more
        ("They wrote to the mayor, Anna Kovacs said.", "Anna Kovacs", ""),
        ("Unlike the mayor, Anna Kovacs said so.", "Anna Kovacs", ""),
        ("According to the mayor, Anna Kovacs said so.", "Anna Kovacs", ""),
        ("No longer the mayor, Anna Kovacs, 54, said so.", "Anna Kovacs", ""),
        ("When she was mayor, Anna Kovacs said so.", "Anna Kovacs", ""),
        ("The killer of the mayor, Anna Kovacs, said so.", "Anna Kovacs", ""),
        ("A friend of the mayor Anna Kovacs said so.", "Anna Kovacs", ""),
        ("Ms Anna Kovacs, formerly the mayor, said so.", "Anna Kovacs", ""),
        ("The then mayor, Anna Kovacs, said so.", "Anna Kovacs", ""),
        ("He told Anna Kovacs of Tom Hall’s plan. Anna Kovacs said no.", "Anna Kovacs", ""),
        ("Sunday’s Anna Kovacs said so.", "Anna Kovacs", ""),
    ],
)
def test_a_person_has_the_capacity_that_the_words_beside_the_name_give(text: str, name: str, capacity: str) -> None:
    found = named(text, name)
    assert (found.kind, found.capacity) == (PersonKind.PERSON, capacity)
    assert not capacity or capacity in text


def test_a_surname_alone_or_with_a_title_is_the_same_person() -> None:
    cast = Cast("Anna Kovacs said so. Ms Kovacs left. Kovacs wrote.")
    assert [n.name for n in cast.named] == ["Anna Kovacs"]
    assert set(cast.named[0].aliases) == {"Kovacs", "Ms Kovacs"}
    assert cast.named[0].gender == "she"
    assert {m.who for m in cast.mentions} == {0}


def test_a_surname_of_two_people_means_neither() -> None:
    cast = Cast("Anna Kovacs said so. Tom Kovacs said no. Kovacs wrote.")
    assert [n.name for n in cast.named] == ["Anna Kovacs", "Tom Kovacs"]
    assert cast.resolve("Kovacs") is None
    assert all("Kovacs" not in n.aliases for n in cast.named)


def test_a_title_with_a_surname_of_two_people_means_the_one_whom_it_fits() -> None:
    cast = Cast("Tom Hume, 66, died. His widow, Anna Hume, said so. Mr Hume taught. Mrs Hume left. Hume is a name.")
    assert {n.name: n.aliases for n in cast.named} == {"Tom Hume": ("Mr Hume",), "Anna Hume": ("Mrs Hume",)}
    assert cast.resolve("Hume") is None


def test_a_name_in_capitals_is_the_same_person() -> None:
    assert [n.name for n in Cast("MS. PRICE: Go on. Ms. Price left.").named] == ["Ms. Price"]


def test_a_first_name_that_the_text_has_alone_is_an_alias() -> None:
    assert Cast("Captain Sue Ling won. Sue left.").named[0].aliases == ("Ling", "Sue", "Captain Sue Ling")


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Members of the Readers' Union (RU) met.", "Readers' Union"),
        ("Newsletter of the Rowing Club, spring.", "Rowing Club"),
        ("Dr Y. Tanaka of the Institute for Trade said so. Tanaka of the Institute for Trade left.", "Institute for Trade"),
    ],
)
def test_whoever_belongs_to_a_body_is_no_part_of_its_name(text: str, body: str) -> None:
    assert [n.name for n in Cast(text).named if n.kind is PersonKind.ORGANISATION] == [body]


def test_what_is_a_part_of_a_body_s_name_is_no_person() -> None:
    cast = Cast("The Union of Small Traders, which met, said so. Traders left.")
    assert [n.name for n in cast.named] == ["Union of Small Traders"]
    assert [n.name for n in Cast("The Harbour Fishers' Alliance, which met, said so.").named] == ["Harbour Fishers' Alliance"]


def test_a_body_has_its_short_form_as_an_alias() -> None:
    found = named("The National Pensioners' League (NPL) marched. The NPL said so.", "National Pensioners' League")
    assert (found.kind, found.aliases) == (PersonKind.ORGANISATION, ("NPL",))


def test_a_short_form_that_speaks_is_the_body_and_no_person() -> None:
    assert [n.name for n in Cast("The Open Squares Network (OSN) sued. The OSN said so.").named] == ["Open Squares Network"]


@pytest.mark.parametrize("text", ["", "no names here at all", "Monday. However. The. Yes.", "“”", "A. B. C."])
def test_no_name_is_made_of_what_begins_a_sentence(text: str) -> None:
    assert Cast(text).named == ()


def test_a_run_of_capitals_is_cut_to_the_name_in_it() -> None:
    for text, name in (("However Ann Price", "Ann Price"), ("Prime Minister Ann Price", "Ann Price"), ("The", None)):
        span = trimmed_name(text, 0, len(text))
        assert (text[slice(*span)] if span else None) == name


def test_a_street_that_is_called_after_a_body_is_none_and_a_name_ends_with_its_cell() -> None:
    assert Cast("The bench in Station Road and the shop in Church Street were mended.").named == ()
    assert [n.name for n in Cast("Signed: Mayor Price    Date: 4 May").named] == ["Mayor Price"]
