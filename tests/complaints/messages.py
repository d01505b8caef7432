"""Messages as people write them."""

from __future__ import annotations

import io
import sys

from complaints.kind import Kind, case, each
from complaints.tools import engine_on, library

from bot.cli.standard_input import text_lines
from bot.curate.scoring import converse
from bot.engine.answer import Answered, SmallTalk, Trace, citations_of, nearest_of

FERRY = """\
Ferry to Ostrow sails again

The ferry between Velden and Ostrow will sail again on 9 May, the county said on Monday.

It had been out of service since a storm tore away its ramp in November. The yard in Brill built a new ramp for 340,000 crowns.

“We had hoped for Easter,” said Mayor Lena Orr, who thanked the islanders for their patience.

The captain, Piet Hale, will retire in autumn after 31 years on the bridge. Bicycles travel without a ticket; a car costs 12 crowns.

Ostrow’s baker, who lost half of his customers, called the winter “the longest of my life”.
"""

# What is looked at


def answered(message: str) -> tuple[list[str], tuple[int, ...]]:
    """The entries that a message gets, in order, and the numbers of its questions that are left."""
    answer = library().answer(message)
    return [t.id for t in answer.entries] if isinstance(answer, Answered) else [answer.verdict.value], answer.left


def is_the_same_twice(question: str) -> bool:
    """Whether a question gets the same passages and the same verdict when it is asked again."""
    first, second = converse(engine_on(FERRY), [question, question])
    return (first.verdict, citations_of(first), nearest_of(first)) == (second.verdict, citations_of(second), nearest_of(second))


def is_recorded(message: str) -> bool:
    """Whether a message is taken for a recorded phrasing, word for word."""
    return library(reader=False).is_recorded(message)


def rule(message: str) -> str:
    """What decided about a message, without the networks."""
    trace: Trace = library(reader=False).answer(message).trace
    return trace.rule.value


def small_talk(message: str) -> str:
    """The kind of small talk for which it is taken."""
    answer = engine_on(FERRY).answer(message)
    return answer.kind if isinstance(answer, SmallTalk) else answer.verdict.value


def verdict_is(message: str, *verdicts: str) -> bool:
    return engine_on(FERRY).answer(message).verdict.value in verdicts


def read(data: bytes) -> list[str] | str:
    """The lines of standard input, or what is said of it."""
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(data)))
    try:
        return [line.rstrip("\n") for line in text_lines()]
    except SystemExit as stop:
        return f"exit status {stop.code}"
    finally:
        sys.stdin = before


# The kinds

SEVERAL = Kind(
    "several questions in a message: each is answered, or named as left",
    "not every one was",
    answered,
    (
        case("Who called for a second lift? How many readers signed the petition?", right=(["second-lift", "petition-size"], ())),
        case("1. Who wants another lift\n2. How long was the wait", right=(["second-lift", "wait"], ())),
    ),
    (
        case("- what did the roof repairs cost\n- how much is membership of the friends", right=(["roof-cost", "friends-fee"], ())),
        case("how many readers signed the petition\n\nwho called for a second lift", right=(["petition-size", "second-lift"], ())),
        case("Hello! Quick one: who called for a second lift? And how long have they waited? Thanks!", right=(["second-lift", "wait"], ())),
        case(
            "a) Who called for a second lift? b) How long was the wait? c) What does it cost to join the friends of the library?",
            right=(["second-lift", "wait", "friends-fee"], ()),
        ),
        case(
            "Who called for a second lift?\nHow long was the wait?\nWhat is the headline?\nHow many readers signed the petition?\nHow much is membership of the friends?",
            right=(["second-lift", "wait", "petition-outcome", "petition-size"], (5,)),
        ),
    ),
)  # fmt: skip

AGAIN = Kind(
    "the same question twice",
    "got another answer",
    is_the_same_twice,
    each(True, ["When will the ferry sail?"]),
    each(
        True,
        [
            "why was it out of service",
            "How much is a car?",
            "what did she hope for?",
            "Who is retiring, and after how many years?",
            "and the baker?",
        ],
    ),
)

TAILS = Kind(
    "a question with a long tail is not that question",
    "a long “xxxx” after a question was",
    is_recorded,
    each(False, ["who called for a second lift" + "x" * 4000]),
    each(
        False,
        [
            "who called for a second lift " + "x" * 4000,
            "who called for a second lift " + "ha" * 300,
            "who called for a second lift" + " x" * 60,
            "who called for a second lift in the town hall",
            "9" * 4100 + " who called for a second lift",
        ],
    ),
)

LANGUAGES = Kind(
    "a message in another language",
    "“Wann ist der Twitterstorm?” got a gap",
    rule,
    each("not_english", ["Wann ist der Twitterstorm?"]),
    (
        *each(
            "not_english",
            [
                "Quand est-ce que la bibliothèque ouvre le dimanche ?",
                "¿Cuántos lectores firmaron la petición?",
                "Chi ha chiesto un secondo ascensore?",
                "Wie heeft om een tweede lift gevraagd?",
                "Kto zażądał drugiej windy?",
            ],
        ),
        case("C’est quand ?", right="not_english"),
    ),
)

GREETINGS = Kind(
    "greetings and thanks in the languages of the interface",
    "were not understood",
    small_talk,
    (case("Bonjour !", right="greeting"), case("Merci !", right="thanks")),
    (
        case("Salut tout le monde", right="greeting"),
        case("bonsoir à tous 👋", right="greeting"),
        case("Merci beaucoup pour la réponse", right="thanks"),
        case("Au revoir et bonne journée", right="goodbye"),
        case("cheers, that really helped", right="thanks"),
        case("yo quiero un boleto", right="off_topic"),
        case("Bonjour, ça va ?", right="greeting"),
        case("Merci, ça va ?", right="thanks"),
        case("Bonjour, quand est le départ ?", right="off_topic"),
        case("Bonjour, c’est où ?", right="off_topic"),
    ),
)

TALK = Kind(
    "small talk never wins over a question of the article’s matter",
    "“Who built the library?” got “I am Verbatim, a bot.”",
    verdict_is,
    each(True, [("Who built the ramp?", "answer", "unsure", "not_in_article")]),
    each(
        True,
        [
            (question, "answer", "unsure", "not_in_article")
            for question in (
                "who are you calling the captain",
                "What can the ferry do?",
                "Who is the mayor?",
                "how are the islanders",
                "is the ramp any good, and who made it?",
            )
        ],
    ),
)

BAIT = Kind(
    "nor does a call for an opinion",
    "“What will the Ingenuity helicopter attempt?” was taken for one",
    verdict_is,
    each(True, [("What will the ferry do on 9 May?", "answer", "unsure", "not_in_article")]),
    (
        *each(
            True,
            [
                (question, "answer", "unsure", "not_in_article")
                for question in (
                    "Who will retire in autumn?",
                    "What should a car pay on the ferry?",
                    "What did the baker think of the winter?",
                )
            ],
        ),
        case("Do you think the mayor is right?", "opinion", right=True),
        case("Was it a scandal that it took so long, in your view?", "opinion", right=True),
        case("who is better, Orr or Hale?", "opinion", right=True),
    ),
)  # fmt: skip

INPUT = Kind(
    "a byte order mark or UTF-16 on standard input",
    "was answered as garbage",
    read,
    (
        case("\ufeffWho?\n".encode(), right=["Who?"]),
        case("\ufeffWho?\n".encode("utf-16-le"), right=["Who?"]),
    ),
    (
        case("\ufeffÜber wen?\r\nUnd warum?".encode("utf-16-be"), right=["Über wen?", "Und warum?"]),
        case("Who?\n".encode("utf-16-le"), right="exit status 2"),
        case("Qui a signé ?\n".encode("cp1252"), right="exit status 2"),
        case("“Who?”\r\n\r\nWhy?\r\n".encode("utf-8-sig"), right=["“Who?”", "", "Why?"]),
        case(b"\x1f\x8b\x08\x00\x00\x00", right="exit status 2"),
    ),
)

KINDS = (SEVERAL, AGAIN, TAILS, LANGUAGES, GREETINGS, TALK, BAIT, INPUT)
