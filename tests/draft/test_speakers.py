"""Who speaks, by the words beside a quotation; and what stays open."""

from __future__ import annotations

import pytest

from bot.draft.drafting import attributed
from bot.text.article import parse

HEAD = "A headline\n\n"
NOBODY = ""


def speakers(text: str) -> list[str]:
    """Of each quotation: who speaks, "" for nobody, "?" where it is open."""
    return ["?" if a.why else a.speaker for a in attributed(parse((HEAD + text).encode()))]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        # Named before
        ("Councillor Ann Price said: “We will open it.”", "Ann Price"),
        ("Its chair, Ann Price, said that it was “a thin sort of answer”.", "Ann Price"),
        ("Ann Price denied: “I never opened it.”", "Ann Price"),
        ("Ann Price denied the charge and said: “I never opened it.”", "Ann Price"),
        ("Ann Price would say no more than that it was “under review”.", "Ann Price"),
        ("Ann Price, the head librarian, told reporters on Monday that they had “waited for years”.", "Ann Price"),
        ("Dr Ann Price of the Trust called the plan “a padlock on the sky”.", "Ann Price"),
        ("The minister, Ann Price, rejected the charge and called the rule “a lock on the door, not a wall”.", "Ann Price"),
        (
            "The Readers’ Association (RA), an employers’ body, called the offer “a raffle without a prize”.",
            "Readers’ Association",
        ),
        ("According to Ann Price, the advice lay “on the table and under the cups”.", "Ann Price"),
        ("The rest will come, as Ms Price put it, “when the cows do”.", "Ms Price"),
        ("Old Voice for Labour’s Ann Price posted: “We must.”", "Ann Price"),
        ("The Harbour Fishers' Alliance has called it “a wreath for a lie”.", "Harbour Fishers' Alliance"),
        ("One of them, Ann Price, told the crowd that “a pulpit is not a letter box”.", "Ann Price"),
        # Several may speak, and each clause has its own
        ("Counsel Tom Hall said his client denied it, while Ms Price called that “a late invention”.", "Ms Price"),
        # Named behind
        ("“We will open it,” said Ann Price.", "Ann Price"),
        ("“We will open it,” said the council’s chair, Ann Price, who lives there.", "Ann Price"),
        ("“We will open it,” said head keeper Ann Price.", "Ann Price"),
        ("“Is it safe?” asked Ms. Price.", "Ms. Price"),
        ("“We will open it,” Ann Price, the librarian, told a meeting.", "Ann Price"),
        ("“We will open it,” said the officer in command, Captain Ann Price.", "Ann Price"),
        ("A test without teaching, said its chair, Ann Price, was “a fence without a gate”.", "Ann Price"),
        # A pronoun
        ("Ms Price came late. “We will open it,” she said.", "Ms Price"),
        ("The clerk’s report names Mr Hall. Ms Price came late. “We will open it,” she said.", "Ms Price"),
        # A role or a body alone
        ("A spokesman for the town said that it was “under review”.", "A spokesman for the town"),
        ("“We will open it,” said the caretaker.", "the caretaker"),
        ("The council said it would be open “every single day”.", "The council"),
        # Nobody: titles, names, inscriptions
        ("A hall called “The Long Room” is shut.", NOBODY),
        ("They held up a banner reading “Not in our town”.", NOBODY),
        ("The boat, the ‘Maid of Rye’, sank.", NOBODY),
    ],
)
def test_who_surely_speaks(text: str, who: str) -> None:
    assert speakers(text) == [who]


@pytest.mark.parametrize(
    "text",
    [
        "Ms Price met Mrs Hall. “We will open it,” she said.",
        "A neighbour met Ms Price. “We will open it,” she said.",
        "“We will open it.”",
        "The letter, signed by Ann Price, was “a thin sort of answer”.",
        "“We will open it,” they said.",
        "Ann Price and Tom Hall said: “We will open it.”",
        "A director who knew Ann Price would shout at anyone who said “challenge” for a fault.",
        "Ann Price, editor of the paper, is in prison for “insulting a public building”, the Federation announced.",
        'She said: "We will open it',
        # Several speak
        "Ann Price, 54, and Tom Hall said: “We will open it.”",
        "Ann Price, the mayor, and Tom Hall, the clerk, said: “We will open it.”",
        "The mayor, Ann Price, and the clerk, Tom Hall, said: “We will open it.”",
        "Tom Hall and his wife, Ann Price, said: “We will open it.”",
        "“We will open it,” Ann Price, the mayor, and Tom Hall, the clerk, said.",
        "“We will open it,” said Ann Price, the mayor, and Tom Hall.",
        "“We will open it,” said the mayor, Ann Price, and the clerk, Tom Hall.",
        # Nobody says it, or another
        "Ann Price has never said “we will open it”.",
        "Ann Price would have said “we will open it”.",
        "If Ann Price says “we will open it”, people will come.",
        "Ann Price denied that “the board lied to its own staff”.",
        "Ann Price denies she said “we will open it”.",
        "Ann Price responded to the claim that “nobody will open it”.",
        "Ann Price recalled Tom Hall’s words: “We will open it.”",
        "“We will open it,” Ann Price never said.",
        "“We will open it,” Ann Price denied saying.",
        "“We will open it,” Ann Price claims Tom Hall said.",
        "Ann Price, quoting Tom Hall, said: “We will open it.”",
        "Ann Price said that Tom Hall believes “we will open it”.",
        "Only Ann Price said that it was “a thin sort of answer”.",
        # The mayor may be another
        "Tom Hall, a former mayor, left. The mayor said: “We will open it.”",
    ],
)
def test_what_is_not_sure_stays_open_and_says_why(text: str) -> None:
    found = attributed(parse((HEAD + text).encode()))
    assert all(a.why and not a.speaker and not a.relayed_by for a in found)
    assert found or "”" not in text


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("“We will open it,” said Ann Price. “We must.”", ["Ann Price", "Ann Price"]),
        ("“We will open it,” said Ann Price, “and we must.”", ["Ann Price", "Ann Price"]),
        ("“We will open it,” said Ann Price.\n\n“We must.”", ["Ann Price", "?"]),
        ("Ann Price said: “We will open it.\n\n“We must.”", ["Ann Price", "Ann Price"]),
        ("“We will open it,” said Ann Price. The lift broke. The rain fell. “We must.”", ["Ann Price", "?"]),
    ],
)
def test_a_quotation_goes_on_in_the_next_sentence_and_where_a_paragraph_opens_anew(text: str, who: list[str]) -> None:
    assert speakers(text) == who


@pytest.mark.parametrize("joint", ["and", "but", "while", "though"])
def test_words_before_another_clause_are_not_those_of_whoever_speaks_in_it(joint: str) -> None:
    assert speakers(f"Ann Price called it “the safest of all halls”, {joint} Tom Hall said: “It is not.”") == [
        "Ann Price",
        "Tom Hall",
    ]
    assert speakers(f"It is “the safest of all halls”, {joint} Tom Hall said it was not.") == ["?"]


@pytest.mark.parametrize(
    ("text", "who", "relayed"),
    [
        ("Mr Hall told them, as the chair, Ann Price, reported afterwards, that “the drawer is empty”.", "Mr Hall", "Ann Price"),
        ("Mr Hall came. The firm “has no money left”, he said, according to Ann Price.", "Mr Hall", "Ann Price"),
    ],
)
def test_whoever_passes_words_on_is_not_their_speaker(text: str, who: str, relayed: str) -> None:
    (found,) = attributed(parse((HEAD + text).encode()))
    assert (found.speaker, found.relayed_by) == (who, relayed)
