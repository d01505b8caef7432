"""Three honest answers instead of two: what the article says, what it may say, and what it does not."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from complaints.kind import Kind, case, each
from complaints.messages import FERRY
from complaints.tools import engine_on, library, new_folder, pack_folder
from conftest import FAQ, PREMISES
from fakes.reader import BARS, make_engine, policy

from bot.cli.record import record
from bot.curate.near_misses import Maker
from bot.curate.scoring import Labelled, judge
from bot.engine.answer import Answer, Answered, NotInArticle, citations_of, nearest_of
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.engine.question import clean
from bot.pack.loading import load
from bot.say.languages import wording
from bot.say.replies import compose
from bot.say.why import why

COUNCIL = """\
Council puts off vote on market

The vote on the future of the covered market was put off, the council said on Tuesday.

Traders had handed in a letter with 1,140 names against the sale of the hall to Brill Estates.

“Nobody has shown us the books,” said fishmonger Ada Quill, whose family has sold there since 1931.

Finance chief Omar Teale said the roof alone would cost 2.3 million crowns, money that the town did not have.

The vote is now to be held on 14 June, after a public meeting in the old cinema.
"""

CLINIC = """\
Lunde Biotech opens clinic in Arvika

ARVIKA, 4 Feb. – Lunde Biotech today opened a clinic for sleep disorders, its first outside Oslo.

The clinic has 24 beds and employs 60 people, among them 11 doctors. It cost 90 million kronor, a third of which came from the region.

“Patients used to wait fourteen months,” said chief physician Siri Aas. “From now on it will be six weeks.”

Referrals are accepted from 1 March. The firm was founded in 2009 by two nurses and is listed in Stockholm.
"""

# What is looked at


def shows(text: str, question: str, words: str) -> bool:
    """Whether an answerable question is shown the passage with those words, be it as the answer or as what may be it."""
    answer = engine_on(text).answer(question)
    shown = " ".join(c.excerpt.text for c in (*citations_of(answer), *nearest_of(answer)))
    return answer.verdict.value in ("answer", "unsure") and words in shown


def is_answered(text: str, question: str) -> bool:
    return isinstance(engine_on(text).answer(question), Answered)


def gap(question: str) -> str:
    """What a question of the invented pack is told that the article does not say."""
    answer = library().answer(question)
    return answer.gap.looked_for if isinstance(answer, NotInArticle) and answer.gap else answer.verdict.value


def nowhere(text: str, question: str) -> tuple[str, ...]:
    """The words of a question that would be listed as looked for and not found."""
    lexicon = engine_on(text, reader=False).lexicon
    return lexicon.nowhere(lexicon.read(clean(question)))


@functools.cache
def _unsure() -> tuple[Engine, Answer]:
    """An answer of which it is not sure, by a reader that says so."""
    never = replace(BARS, answer=1.0, absent=0.0)
    engine = make_engine(pack_folder(), ("elevators", "second-lift", 3.0), policy=policy(never)).engine
    return engine, engine.answer("who is for two elevators now")


def unsure(where: str) -> str:
    """How a reader learns that it is not sure, in each place."""
    engine, answer = _unsure()
    match where:
        case "ask --json":
            return str(record(answer, engine.pack, "", None)["verdict"])
        case "en" | "fr":
            return compose(answer, engine.pack, wording(where)).plain.split("\n")[0]
        case "/why":
            return why(answer, engine.pack, wording("en")).plain.split("\n")[0]
        case _:
            return judge(Labelled("1", "", where, "", gold=("second lift",)), answer, engine.pack)


def lead(question: str) -> str:
    """The lead with which a question of the invented pack is answered."""
    answer = library().answer(question)
    return answer.lead if isinstance(answer, Answered) else ""


def made_of(phrasing: str) -> list[str]:
    """The near misses that `check` makes of a question about the second lift."""
    asked = FAQ.replace('"Who called for a second lift?"', f'"{phrasing}"')
    made = Maker(load(pack_folder({"faq/library.yaml": asked}))).near_misses()
    return sorted(m.ask for m in made if m.phrasing == phrasing)


@functools.cache
def _lifts() -> Engine:
    folder: Path = pack_folder(
        {
            "premises.yaml": PREMISES
            + '- id: premise-lifts\n  presupposes: "The 2 lifts cost £5,000 in 2019."\n  contradicted_by: [lift]\n'
            '  phrasings: ["why are there 2 lifts", "why 2", "2 lifts in 2019", "why did 3 councillors pay £5,000 for lift number 2"]\n'
        }
    )
    return build(folder, new_folder())


def verdict(message: str) -> str:
    return _lifts().answer(message).verdict.value


# The kinds

DENIED = Kind(
    "an answerable question is never told that the article does not say it",
    "24 of 35 were, 17 of them above the very sentence that answers",
    shows,
    (
        case(
            COUNCIL, "When did the council speak about the vote?", "on Tuesday", right=True,
            miss="is denied above that sentence",
        ),
    ),
    (
        *each(
            True,
            [
                (COUNCIL, "how many people signed the traders' letter", "1,140"),
                (CLINIC, "who set up the company", "two nurses"),
                (FERRY, "What broke the ramp?", "storm tore away"),
            ],
        ),
        case(
            COUNCIL, "Who wants to buy the market hall?", "Brill Estates", right=True,
            miss="“the sale of the hall to Brill Estates” is shown as the nearest, under a denial",
        ),
        case(
            CLINIC, "How long do patients have to wait now?", "six weeks", right=True,
            miss="is answered with how long they used to wait",
        ),
        case(
            FERRY, "who made the ramp", "The yard in Brill", right=True,
            miss="is denied above that sentence, though “who built the ramp” is not",
        ),
        case(
            FERRY, "are you sure the ferry sails?", "will sail again", right=True,
            miss="is denied above that sentence",
        ),
    ),
)  # fmt: skip

UNSURE = Kind(
    "where it is not sure it says so, everywhere",
    "there was no such verdict",
    unsure,
    (case("en", right="I am not sure that the article answers this. The nearest passage:"),),
    (
        case("fr", right="Je ne suis pas sûr que l’article y réponde. Le passage le plus proche\u00a0:"),
        case("ask --json", right="unsure"),
        case(
            "/why",
            right="I showed what comes nearest, and did not call it the answer, because a passage may answer your question, but none does so surely enough.",
        ),
        case("unanswerable", right="right"),
        case("answerable", right="abstained"),
    ),
)

GAPS = Kind(
    "what a curated gap says is denied, in other words too",
    "asked for",
    gap,
    (case("salary of Kovacs", right="the librarian's salary"),),
    (
        case("how much money does Anna Kovacs make", right="the librarian's salary"),
        case("what is Kovacs paid a month?", right="the librarian's salary"),
        case("when does the library close in the evening", right="the hour at which the library opens"),
        case(
            "At what time do the doors open on Sunday?",
            right="the hour at which the library opens",
            miss="is denied without the gap",
        ),
        case("does the head librarian get a good wage", right="the librarian's salary"),
    ),
)

ABSENT = Kind(
    "what the article does not say is never asserted",
    "asked for",
    is_answered,
    each(False, [(COUNCIL, "How much did Brill Estates offer for the hall?")]),
    each(
        False,
        [
            (COUNCIL, "How old is Ada Quill?"),
            (COUNCIL, "Who built the covered market?"),
            (CLINIC, "How many nurses work at the clinic?"),
            (CLINIC, "When was the clinic in Oslo opened?"),
            (FERRY, "How many passengers does the ferry carry?"),
        ],
    ),
)

NOWHERE = Kind(
    "only what stands in the article in no form is listed as looked for and not found",
    "“council” and “tuesday” were, of “the council said on Tuesday”; 14 of 92 such replies named a word that is there",
    nowhere,
    (case(COUNCIL, "Which councils vote on Tuesdays in Norway?", right=("norway",)),),
    (
        case(COUNCIL, "Who is selling tickets and buying votes?", right=("tickets", "buying")),
        case("Head\n\nShe fell, broke two teeth and ran. The children chose mice.", "Which child breaks a tooth, falls, runs or chooses a mouse?", right=()),
        case("Head\n\nThe wives swore that thieves stole the loaves.", "Did a wife swear at a thief who steals a loaf or a knife?", right=("knife",)),
        case("Head\n\nHe died; they used, lied and tied.", "who dies, uses, lies or ties ropes", right=("ropes",)),
        case("Head\n\nThe oﬃce in Malmö sought a co-\u00adoperative’s CO₂ data.", "did offices in Malmo seek cooperatives or emissions", right=("emissions",)),
    ),
)  # fmt: skip

SMALL_WORDS = Kind(
    "function words are never listed so",
    "“not”, “all” were",
    nowhere,
    (case(COUNCIL, "Why did not all of them vote?", right=()),),
    (
        case(COUNCIL, "whether or not anybody else voted without them", right=()),
        case(COUNCIL, "Isn't there anything, please, besides the vote?", right=()),
        case(COUNCIL, "how come y'all couldn't vote already", right=()),
        case(COUNCIL, "During which vote, and between whom, did it happen again?", right=()),
        case(COUNCIL, "Until when will neither side vote, though?", right=("side",)),
    ),
)  # fmt: skip

LEADS = Kind(
    "a lead is asserted only where it is sure: not where one thing is exchanged",
    "a false figure in a minister’s mouth, at 0.97",
    lead,
    each("", ["how many years did Tom Reed wait"]),
    each(
        "",
        [
            "how many readers did not sign the petition",
            "who called for a third lift",
            "When does the library begin to open on Saturdays?",
            "What did it cost to join the friends of the library in 2019?",
            "how many readers signed the petition against Sunday opening",
        ],
    ),
)

MADE = Kind(
    "`check` makes near misses of its own: names, numbers, “not”, question words exchanged",
    "asked for",
    made_of,
    (case("what did Ruth Bell say of a lift", right=["what did Anna Kovacs say of a lift", "what did Tom Reed say of a lift"]),),
    (
        case("who called for lift number 2", right=["who called for lift number 3", "who called for lift number 412"]),
        case("who could call for a second lift", right=["who could call for a third lift", "who couldn't call for a second lift"]),
        case("which lift was not called for", right=["which lift was called for"]),
        case("where was the second lift called for", right=["when was the second lift called for", "where was the third lift called for"]),
        case("did Ruth Bell call for a second lift", right=[]),  # whoever did: the passage stands there by itself
    ),
)  # fmt: skip

NUMBERS = Kind(
    "never a premise from a number alone",
    "the message “2” got “The article contradicts that”",
    lambda message: verdict(message) == "premise",
    each(False, ["2"]),
    each(False, ["2019", "£5,000", "2 2 2", "2, 2019 and 3", "#2!!"]),
)

KINDS = (DENIED, UNSURE, GAPS, ABSENT, NOWHERE, SMALL_WORDS, LEADS, MADE, NUMBERS)
