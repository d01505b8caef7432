"""The words of every reply: fixed frames, attribution from the records, quotations verbatim, and nothing that Discord would act on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import PEOPLE, QUOTES, MakePack
from hypothesis import example, given
from hypothesis import strategies as st

from bot.engine.answer import (
    Ambiguous,
    Answer,
    Answered,
    Candidate,
    Citation,
    Contradicted,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    SmallTalk,
    Trace,
)
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.pack.loading import load
from bot.pack.values import Pack, Topic, Verdict
from bot.say.attribution import utterer
from bot.say.languages import wording
from bot.say.lines import MAX_CONTENT
from bot.say.replies import MAX_CHOICES, compose, shown_in
from bot.say.wording import MAX_LABEL, SMALL_TALK
from bot.text.article import parse
from bot.text.display import escape

TRACE = Trace(Question("", ()), "it is made for a test")
EN, FR = wording("en"), wording("fr")


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def cite(pack: Pack, *ids: str) -> tuple[Citation, ...]:
    return tuple(Citation(pack.excerpt(i), pack.quotes[i]) for i in ids)


def answered(pack: Pack, *ids: str, lead: str = "") -> Answered:
    return Answered(TRACE, 1.0, (), (), lead, cite(pack, *ids))


def of_entry(pack: Pack, entry: str, **changes: str | tuple[str, ...]) -> Answered:
    """The answer of an entry, as it is or changed."""
    changed = replace(pack.by_id[entry], **changes)  # type: ignore[arg-type]
    return Answered(TRACE, 1.0, (), (changed,), changed.lead, cite(pack, *changed.cites))


def gap(looked_for: str = "the librarian's salary") -> Topic:
    return Topic("gap", Verdict.NOT_IN_ARTICLE, "", (), looked_for=looked_for)


def topic(question: str) -> Topic:
    return Topic(re.sub(r"\W+", "-", question.lower()), Verdict.ANSWER, question, ())


# Every verdict's wording, whole

SOURCE = "Source: “Library to open on Sundays after readers’ petition”, the gazette, "

WORDINGS: list[tuple[str, Callable[[Pack], Answer], str]] = [
    (
        "answer with a lead",
        lambda p: answered(p, "lift", lead="Ruth Bell."),
        "Ruth Bell.\n"
        "The article, reporting Ruth Bell (paragraph 4):\n"
        "“Councillor Ruth Bell also called for a second lift in the building.”\n" + SOURCE + "paragraph 4.",
    ),
    (
        "answer with a lead that shortens one person's words",
        lambda p: of_entry(p, "wait"),
        "Anna Kovacs says, in short: nine years.\n"
        "Anna Kovacs, Head librarian (paragraph 2):\n“We have waited nine years for this.”\n" + SOURCE + "paragraph 2.",
    ),
    (
        "answer without a lead",
        lambda p: answered(p, "room"),
        "Anna Kovacs, Head librarian (paragraph 2):\n“The reading room will finally be full again.”\n" + SOURCE + "paragraph 2.",
    ),
    (
        "answer to one part of a question",
        lambda p: replace(answered(p, "room"), silent=(gap(), gap("the roof's age"))),
        "Anna Kovacs, Head librarian (paragraph 2):\n“The reading room will finally be full again.”\n" + SOURCE + "paragraph 2.\n"
        "The article does not say: the librarian's salary.\nThe article does not say: the roof's age.",
    ),
    (
        "premise",
        lambda p: Contradicted(TRACE, 1.0, (), p.by_id["premise-bell-against-lift"], cite(p, "lift")),
        "The question takes for granted: “Ruth Bell is against the lift.” The article contradicts that:\n"
        "The article, reporting Ruth Bell (paragraph 4):\n"
        "“Councillor Ruth Bell also called for a second lift in the building.”\n" + SOURCE + "paragraph 4.",
    ),
    (
        "ambiguous",
        lambda p: Ambiguous(TRACE, 1.0, (), (topic("What of the roof?"), topic("What of the lift?"))),
        "That can mean more than one thing. Which do you ask?\n- What of the roof?\n- What of the lift?",
    ),
    (
        "not in the article, by a gap with something near",
        lambda p: NotInArticle(TRACE, 1.0, (), gap(), (), cite(p, "waited")),
        "The article does not say: the librarian's salary.\nThe nearest thing that it does say:\n"
        "Anna Kovacs, Head librarian (paragraph 2):\n“We have waited nine years for this.”\n" + SOURCE + "paragraph 2.",
    ),
    (
        "not in the article, by a gap with nothing near",
        lambda p: NotInArticle(TRACE, 1.0, (), gap(), (), ()),
        "The article does not say: the librarian's salary.",
    ),
    (
        "not in the article, by words that nothing accounts for",
        lambda p: NotInArticle(TRACE, 1.0, (), None, ("deputy", "mayor", "wore", "hat", "red"), ()),
        "The article does not say that.\nLooked for, and not found: “deputy”, “mayor”, “wore”, “hat”.",
    ),
    (
        "not in the article, bare",
        lambda p: NotInArticle(TRACE, 1.0, (), None, (), ()),
        "The article does not say that.",
    ),
    (
        "opinion",
        lambda p: OpinionAsked(TRACE, 1.0, (), cite(p, "waited", "lift")),
        "I give no opinion: I only quote the article. Positions that it reports:\n"
        "Anna Kovacs, Head librarian (paragraph 2):\n“We have waited nine years for this.”\n"
        "The article, reporting Ruth Bell (paragraph 4):\n"
        "“Councillor Ruth Bell also called for a second lift in the building.”\n" + SOURCE + "paragraphs 2 and 4.",
    ),
    ("opinion without positions", lambda p: OpinionAsked(TRACE, 1.0, (), ()), "I give no opinion: I only quote the article."),
    (
        "off topic",
        lambda p: OffTopic(TRACE, 1.0, ("How many readers signed the petition?", "Who called for a second lift?")),
        "I can only answer from one article: the Sunday opening of Millbrook library.\nYou can ask, for example:\n"
        "- How many readers signed the petition?\n- Who called for a second lift?",
    ),
    (
        "greeting",
        lambda p: SmallTalk(TRACE, 1.0, ("Who called?",), "greeting"),
        "Hello. Ask me about the article, and I answer in its own words.\nYou can ask, for example:\n- Who called?",
    ),
    ("thanks", lambda p: SmallTalk(TRACE, 1.0, ("Who called?",), "thanks"), "You are welcome."),
    (
        "no words",
        lambda p: SmallTalk(TRACE, 1.0, ("Who called?",), "empty"),
        "I found no words in that. Ask me about the article.\nYou can ask, for example:\n- Who called?",
    ),
]


@pytest.mark.parametrize(("answer", "plain"), [w[1:] for w in WORDINGS], ids=[w[0] for w in WORDINGS])
def test_the_wording_of_each_verdict(pack: Pack, answer: Callable[[Pack], Answer], plain: str) -> None:
    reply = compose(answer(pack), pack, EN)
    assert reply.plain == plain
    # Choices are buttons on Discord, and lines where there are none.
    assert [*unescaped(reply.content), *(c.label for c in reply.choices)] == plain_lines(reply.plain)


SOURCE_FR = "Source\u00a0: «\u00a0Library to open on Sundays after readers’ petition\u00a0», the gazette, "

# The same in French: the frames, and nothing of the article or the pack.
FRENCH = {
    "answer with a lead": "Ruth Bell.\n"
    "L’article, citant indirectement Ruth Bell (paragraphe 4)\u00a0:\n"
    "“Councillor Ruth Bell also called for a second lift in the building.”\n" + SOURCE_FR + "paragraphe 4.",
    "answer with a lead that shortens one person's words": "Anna Kovacs dit, en bref\u00a0: nine years.\n"
    "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:\n“We have waited nine years for this.”\n" + SOURCE_FR + "paragraphe 2.",
    "answer without a lead": "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:\n"
    "“The reading room will finally be full again.”\n" + SOURCE_FR + "paragraphe 2.",
    "answer to one part of a question": "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:\n"
    "“The reading room will finally be full again.”\n" + SOURCE_FR + "paragraphe 2.\n"
    "L’article ne le dit pas\u00a0: the librarian's salary.\nL’article ne le dit pas\u00a0: the roof's age.",
    "premise": "La question tient pour acquis\u00a0: «\u00a0Ruth Bell is against the lift.\u00a0» L’article contredit cela\u00a0:\n"
    "L’article, citant indirectement Ruth Bell (paragraphe 4)\u00a0:\n"
    "“Councillor Ruth Bell also called for a second lift in the building.”\n" + SOURCE_FR + "paragraphe 4.",
    "ambiguous": "Cela peut vouloir dire plusieurs choses. Que demandez-vous\u00a0?\n- What of the roof?\n- What of the lift?",
    "not in the article, by a gap with something near": "L’article ne le dit pas\u00a0: the librarian's salary.\n"
    "Ce qu’il dit de plus proche\u00a0:\n"
    "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:\n“We have waited nine years for this.”\n" + SOURCE_FR + "paragraphe 2.",
    "not in the article, by a gap with nothing near": "L’article ne le dit pas\u00a0: the librarian's salary.",
    "not in the article, by words that nothing accounts for": "L’article ne le dit pas.\n"
    "Cherché, sans être trouvé\u00a0: «\u00a0deputy\u00a0», «\u00a0mayor\u00a0», «\u00a0wore\u00a0», «\u00a0hat\u00a0».",
    "not in the article, bare": "L’article ne le dit pas.",
    "opinion": "Je ne donne pas d’avis\u00a0: je ne fais que citer l’article. Positions qu’il rapporte\u00a0:\n"
    "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:\n“We have waited nine years for this.”\n"
    "L’article, citant indirectement Ruth Bell (paragraphe 4)\u00a0:\n"
    "“Councillor Ruth Bell also called for a second lift in the building.”\n" + SOURCE_FR + "paragraphes 2 et 4.",
    "opinion without positions": "Je ne donne pas d’avis\u00a0: je ne fais que citer l’article.",
    "off topic": "Je ne peux répondre qu’à partir d’un seul article\u00a0: the Sunday opening of Millbrook library.\n"
    "Vous pouvez demander, par exemple\u00a0:\n- How many readers signed the petition?\n- Who called for a second lift?",
    "greeting": "Bonjour. Posez-moi une question sur l’article\u00a0: je réponds par ses propres mots.\n"
    "Vous pouvez demander, par exemple\u00a0:\n- Who called?",
    "thanks": "Je vous en prie.",
    "no words": "Je n’ai pas trouvé de mots dans ce message. Posez-moi une question sur l’article.\n"
    "Vous pouvez demander, par exemple\u00a0:\n- Who called?",
}


@pytest.mark.parametrize(("name", "answer"), [w[:2] for w in WORDINGS], ids=[w[0] for w in WORDINGS])
def test_the_wording_of_each_verdict_in_french(pack: Pack, name: str, answer: Callable[[Pack], Answer]) -> None:
    reply = compose(answer(pack), pack, FR)
    assert reply.plain == FRENCH[name]
    assert [*unescaped(reply.content), *(c.label for c in reply.choices)] == plain_lines(reply.plain)


@pytest.mark.parametrize(
    ("quote", "frame"),
    [
        ("headline", "**L’article** (titre)"),
        ("roof", "**Anna Kovacs**, Head librarian, citant indirectement **Tom Reed** (paragraphe 3)"),
        ("lift", "**L’article**, citant indirectement Ruth Bell (paragraphe 4)"),
        ("friends", "**L’article** (paragraphe 5, note en bas de page)"),
    ],
)
def test_names_are_bold_in_french_too(pack: Pack, quote: str, frame: str) -> None:
    content = compose(answered(pack, quote), pack, FR).content
    assert content.split("\n")[0].replace("\\", "") == frame + "\u00a0:"


def plain_lines(plain: str) -> list[str]:
    return [line.removeprefix("- ") for line in plain.split("\n")]


def unescaped(content: str) -> list[str]:
    """What a reader sees of Discord's Markdown as this bot writes it: frames, quotation blocks, small print, lists."""
    lines = []
    for line in content.split("\n"):
        line = re.sub(r"^(?:> |-# |- )", "", line)
        line = re.sub(r"(?<!\\)\*\*", "", line)
        line = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", line)
        if line:
            lines.append(line)
    return lines


@pytest.mark.parametrize("kind", sorted(SMALL_TALK))
def test_every_kind_of_small_talk_has_its_words(pack: Pack, kind: str) -> None:
    plain = compose(SmallTalk(TRACE, 1.0, (), kind), pack, EN).plain
    assert plain == EN.small_talk[kind]
    assert plain != compose(SmallTalk(TRACE, 1.0, (), "empty"), pack, EN).plain


def test_every_small_talk_topic_that_ships_has_its_own_words(pack: Pack) -> None:
    assert {t.id for t in pack.topics if t.verdict is Verdict.SMALL_TALK} <= set(SMALL_TALK)


def test_what_is_only_near_is_labelled_before_it_is_shown(pack: Pack) -> None:
    plain = compose(NotInArticle(TRACE, 1.0, (), gap(), (), cite(pack, "waited")), pack, EN).plain
    assert plain.index("does not say") < plain.index(EN.nearest) < plain.index("“We have waited")


# The form on Discord


def test_a_quotation_stands_in_a_block_of_its_own_under_its_bold_speaker_and_over_small_print(pack: Pack) -> None:
    assert compose(answered(pack, "room", lead="The room."), pack, EN).content == (
        "The room.\n"
        "**Anna Kovacs**, Head librarian (paragraph 2):\n"
        "> “The reading room will finally be full again.”\n"
        "\n"
        "-# Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2."
    )


@pytest.mark.parametrize(
    ("ids", "lines"),
    [
        (
            ("waited", "room"),
            [
                "Anna Kovacs, Head librarian (paragraph 2):",
                "“We have waited nine years for this.”",
                "“The reading room will finally be full again.”",
            ],
        ),
        (
            ("headline", "friends"),
            [
                "The article (headline):",
                "“Library to open on Sundays after readers’ petition”",
                "The article (paragraph 5, note at the foot):",
                "“Join the friends of the library for five pounds a year.”",
            ],
        ),
        (
            ("waited", "lift", "room"),
            [
                "Anna Kovacs, Head librarian (paragraph 2):",
                "“We have waited nine years for this.”",
                "The article, reporting Ruth Bell (paragraph 4):",
                "“Councillor Ruth Bell also called for a second lift in the building.”",
                "Anna Kovacs, Head librarian (paragraph 2):",
                "“The reading room will finally be full again.”",
            ],
        ),
    ],
)
def test_only_quotations_of_one_speaker_in_one_paragraph_stand_under_one_line(
    pack: Pack, ids: tuple[str, ...], lines: list[str]
) -> None:
    assert compose(answered(pack, *ids), pack, EN).plain.split("\n")[:-1] == lines


def test_quotations_of_two_speakers_in_one_paragraph_stand_under_a_line_each(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("- id: room\n  speaker: kovacs", "- id: room\n  speaker: reed")}))
    lines = compose(answered(pack, "waited", "room"), pack, EN).plain.split("\n")
    assert lines[::2] == [
        "Anna Kovacs, Head librarian (paragraph 2):",
        "Tom Reed, colleague (paragraph 2):",
        SOURCE + "paragraph 2.",
    ]


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("answer with a lead", ["lift"]),
        ("premise", ["lift"]),
        ("not in the article, by a gap with something near", ["waited"]),
        ("not in the article, by a gap with nothing near", []),
        ("opinion", ["waited", "lift"]),
        ("ambiguous", []),
        ("off topic", []),
        ("thanks", []),
    ],
)
def test_what_is_shown_is_every_excerpt_also_of_a_refusal(pack: Pack, name: str, ids: list[str]) -> None:
    answer = next(make(pack) for known, make, _ in WORDINGS if known == name)
    assert [c.quote.id for c in shown_in(answer) if c.quote] == ids
    assert len(shown_in(answer)) == len(ids)


@pytest.mark.parametrize(
    ("ids", "where"),
    [
        (("headline",), "headline"),
        (("sundays",), "paragraph 1"),
        (("friends",), "paragraph 5, note at the foot"),
        (("waited", "room"), "paragraph 2"),
        (("headline", "sundays"), "headline, paragraph 1"),
        (("sundays", "waited", "lift"), "paragraphs 1, 2 and 4"),
        (("lift", "sundays"), "paragraphs 1 and 4"),
        (("sundays", "friends"), "paragraphs 1 and 5"),
    ],
)
def test_the_source_line_says_where_every_quotation_stands(pack: Pack, ids: tuple[str, ...], where: str) -> None:
    assert compose(answered(pack, *ids), pack, EN).plain.split("\n")[-1] == f"{SOURCE}{where}."


# Attribution


def attribution(citation: Citation, pack: Pack) -> str:
    """The line over a quotation, as Discord is sent it, without its colon and backslashes."""
    content = compose(Answered(TRACE, 1.0, (), (), "", (citation,)), pack, EN).content
    return content.split("\n")[0].replace("\\", "").removesuffix(":")


@pytest.mark.parametrize(
    ("quote", "frame", "whose"),
    [
        ("headline", "**The article** (headline)", None),
        ("sundays", "**The article** (paragraph 1)", None),
        ("room", "**Anna Kovacs**, Head librarian (paragraph 2)", "Anna Kovacs"),
        ("roof", "**Anna Kovacs**, Head librarian, relaying **Tom Reed** (paragraph 3)", "Anna Kovacs"),
        ("lift", "**The article**, reporting Ruth Bell (paragraph 4)", None),
        ("friends", "**The article** (paragraph 5, note at the foot)", None),
    ],
)
def test_each_kind_of_quote_has_its_frame_and_its_utterer(pack: Pack, quote: str, frame: str, whose: str | None) -> None:
    (citation,) = cite(pack, quote)
    assert attribution(citation, pack) == frame
    assert utterer(citation, pack) == whose


def test_a_passage_without_a_record_is_the_article_s(pack: Pack) -> None:
    citation = Citation(pack.article.excerpt(pack.article.sentences[0]))
    assert attribution(citation, pack) == "**The article** (headline)"
    assert utterer(citation, pack) is None


def test_several_reported_speakers_are_all_named(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("speaker: bell", "speaker: [bell, reed, kovacs]")}))
    assert (
        attribution(cite(pack, "lift")[0], pack) == "**The article**, reporting Ruth Bell, Tom Reed and Anna Kovacs (paragraph 4)"
    )


def test_a_speaker_without_a_capacity_stands_alone(make_pack: MakePack) -> None:
    pack = load(make_pack({"people.yaml": ("  capacity: Head librarian\n", "")}))
    assert attribution(cite(pack, "room")[0], pack) == "**Anna Kovacs** (paragraph 2)"


@pytest.mark.parametrize(
    ("speakers", "without", "frame"),
    [
        ("kovacs, reed", "", "**Anna Kovacs**, Head librarian; **Tom Reed**, colleague"),
        ("reed, bell, kovacs", "", "**Tom Reed**, colleague; **Ruth Bell**, Councillor; **Anna Kovacs**, Head librarian"),
        ("kovacs, reed", "  capacity: Head librarian\n", "**Anna Kovacs**; **Tom Reed**, colleague"),
        ("council, kovacs", "  capacity: Head librarian\n", "**town council** and **Anna Kovacs**"),
    ],
)
def test_a_capacity_never_runs_into_another_speaker_s_name(make_pack: MakePack, speakers: str, without: str, frame: str) -> None:
    changed = {"quotes.yaml": ("- id: room\n  speaker: kovacs", f"- id: room\n  speaker: [{speakers}]")}
    pack = load(make_pack({**changed, "people.yaml": PEOPLE.replace(without, "") if without else PEOPLE}))
    assert attribution(cite(pack, "room")[0], pack) == f"{frame} (paragraph 2)"


def test_the_name_for_citing_is_the_article_s_and_not_the_one_for_finding(make_pack: MakePack) -> None:
    changed = PEOPLE.replace("name: Tom Reed", "name: Thomas Augustus Reed\n  cited_as: Tom Reed")
    pack = load(make_pack({"people.yaml": changed}))
    assert "relaying **Tom Reed**" in attribution(cite(pack, "roof")[0], pack)


# Whose words a lead shortens


def lead_of(answer: Answered, pack: Pack) -> str:
    return compose(answer, pack, EN).plain.split("\n")[0]


def test_a_lead_that_shortens_words_of_one_person_has_their_name(pack: Pack) -> None:
    once = of_entry(pack, "wait", cites=("waited", "room"), lead="Full after nine years.")
    assert lead_of(once, pack) == "Anna Kovacs says, in short: Full after nine years."
    assert compose(once, pack, FR).plain.startswith("Anna Kovacs dit, en bref\u00a0: Full after nine years.\n")


def test_or_of_whoever_relays_them_since_the_words_are_theirs(pack: Pack) -> None:
    assert lead_of(of_entry(pack, "roof-cost", lead="More than books."), pack) == "Anna Kovacs says, in short: More than books."


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


# What a question was taken for


def considered(pack: Pack, *topics: str) -> Trace:
    """A trace of a question that was weighed against topics, rather than read as one on the last answer."""
    return replace(TRACE, candidates=tuple(Candidate(pack.by_id[t], 1.0, 1.0, "", ()) for t in topics))


def test_what_a_question_was_taken_for_stands_first_in_small_print(pack: Pack) -> None:
    answer = replace(of_entry(pack, "wait"), trace=considered(pack, "wait"))
    bare, reply = compose(answer, pack, EN), compose(answer, pack, EN, understood=True)
    assert reply.content == f"-# Understood as: How long have they waited?\n{bare.content}"
    assert reply.plain == f"Understood as: How long have they waited?\n{bare.plain}"
    french = compose(answer, pack, FR, understood=True).plain
    assert french.startswith("Compris comme\u00a0: How long have they waited?\nAnna Kovacs dit, en bref\u00a0: ")


def test_so_does_each_of_two_questions_and_one_that_the_article_does_not_answer(pack: Pack) -> None:
    trace = considered(pack, "wait")
    both = replace(answered(pack, "waited", "lift"), trace=trace, entries=(pack.by_id["wait"], pack.by_id["second-lift"]))
    assert compose(both, pack, EN, understood=True).plain.split("\n")[:2] == [
        "Understood as: How long have they waited?",
        "Understood as: Who called for a second lift?",
    ]
    refused = NotInArticle(trace, 1.0, (), pack.by_id["gap-salary"], (), ())
    assert compose(refused, pack, EN, understood=True).plain == (
        "Understood as: What does the librarian earn?\nThe article does not say: the librarian's salary."
    )


@pytest.mark.parametrize("name", [w[0] for w in WORDINGS])
def test_where_no_question_of_the_pack_was_found_none_is_named(pack: Pack, name: str) -> None:
    """Nor where the claim is, or the choices are; nor in what leans on the last answer, which was not weighed against any."""
    answer = next(make(pack) for known, make, _ in WORDINGS if known == name)
    if not isinstance(answer, Answered):
        answer = replace(answer, trace=considered(pack, "wait"))
    assert compose(answer, pack, EN, understood=True) == compose(answer, pack, EN)


def test_an_answer_that_leans_on_the_last_one_names_no_question(tiny: Engine) -> None:
    first = tiny.answer("how long have they waited")
    for asked in ("who said that?", "more"):
        answer = tiny.answer(asked, (first,))
        assert isinstance(answer, Answered)
        assert compose(answer, tiny.pack, EN, understood=True) == compose(answer, tiny.pack, EN)


def test_only_the_pack_s_question_is_repeated_and_no_word_of_the_reader_s(tiny: Engine) -> None:
    answer = tiny.answer("zounds, which councilor demands a lift, @everyone?")
    assert isinstance(answer, Answered)
    content = compose(answer, tiny.pack, EN, understood=True).content
    assert content.startswith("-# Understood as: Who called for a second lift?\n")
    assert not re.search("zounds|councilor |demands|everyone", content)


@pytest.mark.parametrize(("length", "line"), [(160, "w" * 160), (161, "w" * 159 + "…")])
def test_a_question_that_was_found_is_named_with_at_most_160_characters(pack: Pack, length: int, line: str) -> None:
    answer = replace(of_entry(pack, "wait", question="w" * length), trace=considered(pack, "wait"))
    assert compose(answer, pack, EN, understood=True).plain.split("\n")[0] == f"Understood as: {line}"


# What holds for any reply

SLICES = st.lists(st.sampled_from(["headline", "sundays", "waited", "room", "roof", "lift", "friends"]), min_size=1, max_size=7, unique=True)  # fmt: skip


@given(SLICES, st.sampled_from(["", "412 readers.", "Ruth Bell."]))
def test_every_excerpt_is_verbatim_in_quotation_marks_and_its_speaker_stands_before_it(
    tiny: Engine, ids: list[str], lead: str
) -> None:
    pack = tiny.pack
    reply = compose(answered(pack, *ids, lead=lead), pack, EN)
    for citation in cite(pack, *ids):
        quotation = f"“{citation.excerpt.text}”"
        assert quotation in reply.plain
        before = reply.plain[: reply.plain.index(quotation)]
        over = [line.removesuffix(":") for line in before.split("\n") if line.endswith("):")]
        assert over[-1] == attribution(citation, pack).replace("*", "")
    assert len(reply.content) <= MAX_CONTENT
    assert reply.plain.split("\n")[-1].startswith("Source: ")


def test_nothing_in_a_quotation_is_cut_where_the_pack_keeps_the_budget(engine: Engine) -> None:
    for found in engine.pack.topics:
        if found.cites:
            asked = replace(found, question="w" * 160)
            trace = replace(TRACE, candidates=(Candidate(asked, 1.0, 1.0, "", ()),))
            answer = Answered(trace, 1.0, (), (asked,) * 2, found.lead, engine.cite(found), (gap("w" * 80),) * 3)
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
    for name, make, _ in WORDINGS:
        assert bool(compose(make(pack), pack, EN).choices) == (name == "ambiguous")


# Defusing


ACTIVE = re.compile(
    r"(?<!\\)(?:\\\\)*"  # an even number of backslashes escapes nothing
    r"(?:[*_~`|\[\]<>#@]|:(?=//)|:(?=\w+:))"
)
LINE = re.compile(r"^\s*(?:[-+]\s|\d+[.)]\s|#|>)", re.MULTILINE)

DISCORD = st.lists(
    st.sampled_from(["@everyone", "@here", "<@1>", "<@&1>", "<#1>", "<:a:1>", "<t:1:R>", "</ask:1>", "**", "__", "~~", "||", "`", "```", "> ", ">>> ", "# ", "-# ", "- ", "+ ", "1. ", "2) ", "[a](http://b.c)", "https://b.c", ":smile:", "\\", "\\\\", "\n", " ", "word", "“", "é", "🎈"]),
    max_size=16,
).map("".join)  # fmt: skip


@given(st.one_of(DISCORD, st.text(st.characters(exclude_categories=["Cs"]), max_size=60)))
@example("\\")
@example("\\@everyone")
@example("\n- a\n  1. b\n+ c")
@example("---\n> x\n# y")
def test_escaped_text_has_no_mention_link_emoji_or_markdown_that_discord_would_act_on(text: str) -> None:
    """Checked: each of *_~`|[]<>#@ and the colon of an address or emoji has an odd number of backslashes before it, and no line
    begins like a list, a heading or a quotation. The backslashes taken away again, the text is what it was."""
    escaped = escape(text)
    for special in re.finditer(r"[*_~`|\[\]<>#@]|:(?=[^\s\\])", escaped):
        before = escaped[: special.start()]
        assert (len(before) - len(before.rstrip("\\"))) % 2 == 1
    assert not LINE.search(escaped)
    assert not ACTIVE.search(escaped)
    assert re.sub(r"\\([^A-Za-z0-9\s])", r"\1", escaped) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain words, 3.5 of them - yes!", "plain words, 3.5 of them - yes!"),
        ("@everyone", r"\@everyone"),
        ("<@1> <#2>", r"\<\@1\> \<\#2\>"),
        ("#backthecode", r"\#backthecode"),
        ("**b** _i_ ~~s~~ ||x|| `c`", r"\*\*b\*\* \_i\_ \~\~s\~\~ \|\|x\|\| \`c\`"),
        ("https://a.b :x:", r"https\://a.b \:x:"),
        ("- one\n+ two\n3. three\n4) four", "\\- one\n\\+ two\n3\\. three\n4\\) four"),
        ("a \\ b", r"a \\ b"),
    ],
)
def test_text_is_defused_with_backslashes_and_only_where_needed(text: str, escaped: str) -> None:
    assert escape(text) == escaped


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


def assert_inert(content: str) -> None:
    """Only this bot's own Markdown is active: bold frames, quotation blocks, small print, list items."""
    for line in content.split("\n"):
        own = re.sub(r"^(?:> |-# |- )", "", line)
        own = re.sub(r"(?<!\\)\*\*(?:The article|[A-Z][\w ]+)(?<!\\)\*\*", "", own)
        assert not ACTIVE.search(own), line


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
        replace(of_entry(pack, "wait", lead=text, question=text), trace=considered(pack, "wait")),
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


def test_a_line_break_inside_a_passage_keeps_the_whole_passage_in_the_block(make_pack: MakePack) -> None:
    article = "Head\n\nFirst line of a list\nsecond line of it\n"
    only = {"people.yaml": PEOPLE[: PEOPLE.index("- id: kovacs")], "faq/library.yaml": None, "gaps.yaml": None, "premises.yaml": None, "vocabulary.yaml": None, "questions.yaml": None}  # fmt: skip
    text = QUOTES[: QUOTES.index("- id: sundays")].replace(
        "Library to open on Sundays after readers’ petition", "list\\nsecond line"
    )
    pack = load(make_pack({**only, "article.txt": article, "quotes.yaml": text, "pack.yaml": 'slug: a\ntitle: a\nsubject: a\narticle: {sha256: "{sha256}"}\n'}))  # fmt: skip
    reply = compose(answered(pack, "headline"), pack, EN)
    assert "“list\nsecond line”" in reply.plain
    assert "> “list\n> second line”\n" in reply.content


def test_a_reply_begins_with_its_lead_or_else_with_who_speaks(tiny: Engine) -> None:
    for entry in tiny.pack.entries:
        plain = compose(Answered(TRACE, 1.0, (), (entry,), entry.lead, tiny.cite(entry)), tiny.pack, EN).plain
        speaks = attribution(tiny.cite(entry)[0], tiny.pack).replace("*", "") + ":"
        lead = {"wait": "Anna Kovacs says, in short: nine years."}.get(entry.id, entry.lead)
        assert plain.split("\n")[:2] == ([lead, speaks] if lead else [speaks, f"“{tiny.cite(entry)[0].excerpt.text}”"])
