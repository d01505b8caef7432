"""The words of every reply: leads, the question that it answers, quotations verbatim, and nothing that Discord would act on. The sentences
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
    Rule,
    SmallTalk,
    Unsure,
)
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Pack, Quote, QuoteKind, Verdict
from bot.say import replies as reply
from bot.say.languages import languages, wording
from bot.say.lines import MAX_CONTENT
from bot.say.replies import MAX_CHOICES, compose, several_articles, shown_in
from bot.say.wording import MAX_LABEL, SMALL_TALK, Action
from bot.text.article import Span, parse

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


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        (NotInArticle, ["The article does not say: the librarian's salary.", "The nearest passage:"]),
        (Unsure, ["I am not sure that the article answers this. The nearest passage:"]),
    ],
)
def test_what_is_only_near_is_labelled_before_it_is_shown(
    pack: Pack, kind: type[NotInArticle | Unsure], first: list[str]
) -> None:
    answer = next(a for a in of_every_kind(pack).values() if isinstance(a, kind) and a.nearest)
    assert compose(answer, pack, EN).plain.split("\n") == [
        *first,
        "Anna Kovacs, Head librarian:",
        "“We have waited nine years for this.”",
        "Millbrook library, paragraph 2",
    ]


def test_at_most_four_words_that_were_not_found_are_named(pack: Pack) -> None:
    assert compose(of_every_kind(pack)["words not found"], pack, EN).plain == (
        "The article does not say that.\nLooked for, and not found: “deputy”, “mayor”, “wore”, “hat”."
    )


def test_each_part_that_the_article_does_not_answer_is_named_after_the_source(pack: Pack) -> None:
    answer = replace(answered(pack, "room"), silent=(gap(), gap("the roof's age")))
    assert compose(answer, pack, EN).plain.split("\n")[-3:] == [
        "Millbrook library, paragraph 2",
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


def test_a_lead_to_words_whose_speaker_is_open_is_not_said_at_all(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("- id: room\n  speaker: kovacs\n", '- id: room\n  open: "who says it"\n')}))
    answer = of_entry(pack, "reading-room", lead="Full again.")
    assert answer.lead
    assert "Full again." not in compose(answer, pack, EN).plain


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


def test_a_lead_is_bold_and_of_two_each_in_a_line_of_its_own(pack: Pack) -> None:
    both = replace(
        answered(pack, "lift", "sundays", lead="Ruth Bell. 412 readers."),
        entries=(pack.by_id["second-lift"], pack.by_id["petition-size"]),
    )
    assert compose(both, pack, EN).content.split("\n")[:2] == ["**Ruth Bell.**", "**412 readers.**"]
    once = of_entry(pack, "wait", lead="it * took")
    assert compose(once, pack, EN).content.startswith("**Anna Kovacs says, in short: it \\* took**\n")


# "Who said that?" where no name alone is the answer


@pytest.mark.parametrize(
    ("ids", "said", "french"),
    [
        (["sundays"], ["The article itself says it, and quotes nobody."], ["C’est l’article lui-même qui le dit, sans citer personne."]),
        (["sundays", "friends"], ["The article itself says it, and quotes nobody."], ["C’est l’article lui-même qui le dit, sans citer personne."]),
        (["roof"], ["Tom Reed, as Anna Kovacs passes it on."], ["Tom Reed, d’après Anna Kovacs."]),
    ],
)  # fmt: skip
def test_who_said_what_nobody_says_alone_is_said_in_a_sentence(
    pack: Pack, ids: list[str], said: list[str], french: list[str]
) -> None:
    answer = replace(answered(pack, *ids), trace=replace(TRACE, rule=Rule.SPEAKER_ASKED))
    for words, expected in ((EN, said), (FR, french)):
        plain = compose(answer, pack, words).plain
        assert plain == "\n".join([*expected, compose(answered(pack, *ids), pack, words).plain])


def test_who_said_the_words_of_an_article_alone_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nBoats were moved, Ann Price said.\n", encoding="utf-8")
    pack = load(path)
    cited = (Citation(pack.article.excerpt(pack.article.sentences[-1])),)
    answer = Answered(replace(TRACE, rule=Rule.SPEAKER_ASKED), 1.0, (), (), "", cited)
    assert compose(answer, pack, EN).plain.split("\n")[:2] == [EN.says_unrecorded, "The article:"]


@pytest.mark.parametrize("changed", ["open", "part"])
def test_narration_in_which_something_is_open_or_somebody_speaks_is_not_said_to_quote_nobody(pack: Pack, changed: str) -> None:
    sundays = pack.quotes["sundays"]
    part = Quote("part", Span(sundays.span.start, sundays.span.start + 9), QuoteKind.REPORTED, ("bell",), "paper")
    quotes = {"sundays": replace(sundays, open="who?")} if changed == "open" else {"part": part}
    other = replace(pack, quotes={**pack.quotes, **quotes})
    answer = replace(answered(other, "sundays"), trace=replace(TRACE, rule=Rule.SPEAKER_ASKED))
    assert compose(answer, other, EN).plain.startswith(f"{EN.says_unrecorded}\nThe article:\n")


def test_who_said_that_of_a_speaker_is_the_name_and_nothing_is_added(tiny: Engine) -> None:
    answer = tiny.answer("who said that?", (tiny.answer("how long have they waited"),))
    assert compose(answer, tiny.pack, EN).plain.split("\n")[:2] == ["Anna Kovacs.", "Anna Kovacs, Head librarian:"]


# The question that others cannot see


def test_the_question_stands_first_in_small_print_over_every_kind_of_answer(pack: Pack) -> None:
    for answer in of_every_kind(pack).values():
        bare, reply = compose(answer, pack, EN), compose(answer, pack, EN, asked="how long was it?")
        assert reply.content == f"-# Asked: “how long was it?”\n{bare.content}"
        assert reply.plain == f"Asked: “how long was it?”\n{bare.plain}"
        assert reply.choices == bare.choices
        french = compose(answer, pack, FR, asked="how long was it?")
        assert french.plain == f"Question\u00a0: «\u00a0how long was it?\u00a0»\n{compose(answer, pack, FR).plain}"


def test_a_message_without_words_has_no_question_over_its_answer(pack: Pack) -> None:
    for answer in of_every_kind(pack).values():
        assert compose(answer, pack, EN, asked="") == compose(answer, pack, EN)


@pytest.mark.parametrize(("length", "shown"), [(160, "w" * 160), (161, "w" * 159 + "…"), (5000, "w" * 159 + "…")])
def test_the_question_is_shown_with_at_most_160_characters(pack: Pack, length: int, shown: str) -> None:
    assert compose(of_entry(pack, "wait"), pack, EN, asked="w" * length).plain.split("\n")[0] == f"Asked: “{shown}”"


@pytest.mark.parametrize(
    "asked",
    ["# one\n> two\n- three", "-# small\n@everyone", "**bold** ||x|| `y` [z](https://a.example)", "<@1> <t:0:R> <:e:1> http://x"],
)
def test_the_question_is_one_line_on_which_discord_does_nothing(pack: Pack, asked: str) -> None:
    reply = compose(of_entry(pack, "wait"), pack, EN, asked=asked)
    first = reply.content.split("\n")[0]
    assert reply.plain.split("\n")[0] == f"Asked: “{' '.join(asked.split())}”"
    assert first.startswith("-# ")
    assert_inert(first.removeprefix("-# "))


@given(st.text(max_size=300))
def test_whatever_is_asked_nothing_of_it_acts_and_the_limit_holds(tiny: Engine, asked: str) -> None:
    reply = compose(tiny.answer("who called for a second lift"), tiny.pack, EN, asked=asked)
    assert len(reply.content) <= MAX_CONTENT
    assert_inert(reply.content.removeprefix("-# "))


# What holds for any reply


def test_nothing_in_a_quotation_is_cut_where_the_pack_keeps_the_budget(engine: Engine) -> None:
    for found in engine.pack.topics:
        if found.cites:
            asked = replace(found, question="w" * 160)
            citations = cite(engine.pack, *found.cites)
            answer = Answered(near(asked), 1.0, (), (asked,) * 2, found.lead, citations, (gap("w" * 80),) * 3)
            reply = compose(answer, engine.pack, EN, asked="w" * 160)
            assert reply.plain.count("w" * 160) == 1
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


def test_the_questions_that_an_answer_offers_are_its_choices_in_their_order_and_no_lines(pack: Pack) -> None:
    """Buttons to press: what the pack does not ask, or asks no more, is none."""
    suggestions = ("How many readers signed the petition?", "Who called?", "How long have they waited?")
    offering: dict[str, Answer] = {
        "off topic": OffTopic(TRACE, 1.0, suggestions),
        "empty": SmallTalk(TRACE, 1.0, suggestions, "empty"),
        "greeting": SmallTalk(TRACE, 1.0, suggestions, "greeting"),
        "nothing near": NotInArticle(TRACE, 1.0, suggestions, gap(), (), ()),
        "no positions": OpinionAsked(TRACE, 1.0, suggestions, ()),
    }
    for name, answer in offering.items():
        reply = compose(answer, pack, EN)
        assert [c.topic for c in reply.choices] == ["petition-size", "wait"], name
        assert reply.plain.split("\n")[-3:] == [EN.for_example, f"- {suggestions[0]}", f"- {suggestions[2]}"], name
        assert reply.content.endswith(EN.for_example), name
        assert EN.for_example not in compose(replace(answer, suggestions=()), pack, EN).plain, name
    silent: list[Answer] = [
        SmallTalk(TRACE, 1.0, suggestions, kind) for kind in ("thanks", "goodbye", "praise", "insult", "no-more")
    ]
    near_by = NotInArticle(TRACE, 1.0, suggestions, gap(), (), cite(pack, "waited"))
    opinion = OpinionAsked(TRACE, 1.0, suggestions, cite(pack, "waited"))
    for other in (*silent, near_by, opinion, Unsure(TRACE, 0.5, suggestions, cite(pack, "waited")), answered(pack, "lift")):
        assert compose(other, pack, EN).choices == ()


# An opinion


@pytest.mark.parametrize(("count", "further"), [(1, None), (2, None), (3, "Further positions: 1."), (4, "Further positions: 2.")])
def test_an_opinion_shows_two_positions_and_says_how_many_more_there_are(pack: Pack, count: int, further: str | None) -> None:
    positions = cite(pack, "waited", "lift", "roof", "room")[:count]
    answer = OpinionAsked(TRACE, 1.0, (), positions)
    lines = compose(answer, pack, EN).plain.split("\n")
    assert lines[0] == EN.opinion
    assert [line for line in lines if line.startswith("“")] == [f"“{p.excerpt.text}”" for p in positions[:2]]
    assert [line for line in lines if line.startswith("Further")] == ([further] if further else [])
    assert (Action.POSITIONS in [b.action for b in reply.buttons(answer, pack, EN)]) == (further is not None)


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


def test_what_reorders_a_quotation_reorders_nothing_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nThe board \u202esaid so.\n", encoding="utf-8")
    pack = load(path)
    citation = Citation(pack.article.excerpt(pack.article.sentences[-1]))
    content = compose(Answered(TRACE, 1.0, (), (), "", (citation,)), pack, EN).content
    assert "“The board \u202esaid so.”\u202c" in content


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
        SmallTalk(TRACE, 1.0, (), "thanks"),
        Ambiguous(TRACE, 1.0, (), (topic(text),)),
    ):
        reply = compose(answer, pack, EN, asked=text)
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


def actions(answer: Answer, pack: Pack) -> list[Action]:
    return [b.action for b in reply.buttons(answer, pack, EN)]


def test_an_answer_has_three_buttons_and_in_context_only_where_something_is_quoted(pack: Pack) -> None:
    quoting = [Action.CONTEXT, Action.WRONG, Action.MORE]
    assert {name: actions(answer, pack) for name, answer in of_every_kind(pack).items()} == {
        "answer": quoting,
        "premise": quoting,
        "unsure": quoting,
        "ambiguous": [],
        "gap with something near": quoting,
        "gap with nothing near": [Action.WRONG, Action.MORE],
        "words not found": [Action.WRONG, Action.MORE],
        "opinion": quoting,
        "off topic": [],
        "thanks": [],
    }


def test_an_opinion_of_more_positions_than_are_shown_leads_to_the_others_in_place_of_a_context(pack: Pack) -> None:
    answer = OpinionAsked(TRACE, 1.0, (), cite(pack, "waited", "lift", "roof"))
    assert actions(answer, pack) == [Action.POSITIONS, Action.WRONG, Action.MORE]
    assert [b.label for b in reply.buttons(answer, pack, FR)] == ["Autres positions", "Erreur\u00a0?", "Plus"]
    assert actions(replace(answer, positions=()), pack) == [Action.WRONG, Action.MORE]


def test_an_excerpt_of_an_article_alone_has_its_context_too(tmp_path: Path) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nBoats were moved.\n", encoding="utf-8")
    pack = load(path)
    answer = Answered(TRACE, 1.0, (), (), "", (Citation(pack.article.excerpt(pack.article.sentences[-1])),))
    assert actions(answer, pack) == [Action.CONTEXT, Action.WRONG, Action.MORE]


@pytest.mark.parametrize("language", languages())
def test_every_button_and_the_follow_up_s_window_have_words_that_fit(language: str) -> None:
    labels = [reply.label(a, wording(language)) for a in Action]
    assert len(set(labels)) == len(labels)
    assert all(0 < len(x) <= MAX_LABEL for x in labels)
    modal = reply.follow_up(wording(language))
    assert 0 < len(modal.title) <= 45
    assert 0 < len(modal.label) <= 45
    assert 0 < len(modal.hint) <= 100


# Several articles


def test_an_answer_from_another_article_is_led_by_its_title_and_names_none_that_were_asked(pack: Pack) -> None:
    for name, answer in of_every_kind(pack).items():
        bare = compose(answer, pack, EN).plain
        led = compose(answer, pack, EN, elsewhere=True, searched=["Millbrook library"]).plain
        if answer.verdict in (Verdict.ANSWER, Verdict.PREMISE):
            assert led == f"From another article: “Millbrook library”\n{bare}", name
        elif answer.verdict is Verdict.SMALL_TALK:
            assert led == bare, name
        else:
            lines = bare.split("\n")
            end = 1 if lines[-1].startswith("- ") else len(lines)
            assert led.split("\n") == [*lines[:end], "Articles asked: “Millbrook library”.", *lines[end:]], name


def test_what_does_not_answer_names_the_articles_that_were_asked(pack: Pack) -> None:
    for name, answer in of_every_kind(pack).items():
        bare = compose(answer, pack, EN).plain.split("\n")
        named = compose(answer, pack, EN, searched=["Millbrook library", "Boats, and more"]).plain.split("\n")
        if answer.verdict in (Verdict.ANSWER, Verdict.PREMISE, Verdict.SMALL_TALK):
            assert named == bare, name
        else:
            told = named.index("Articles asked: “Millbrook library”, “Boats, and more”.")
            assert told == (1 if bare[-1].startswith("- ") else len(bare)), name
            assert [*named[1:told], *named[told + 1 :]] == bare[1:], name
            assert (named[0] != bare[0]) is (bare[0] == EN.off_topic.format(subject=pack.subject)), name


def test_of_several_articles_the_words_over_the_buttons_name_the_main_one(pack: Pack) -> None:
    reply = several_articles([pack, pack], pack, FR, asked="who?")
    assert reply.content.split("\n")[0] == "-# Question\u00a0: «\u00a0who?\u00a0»"
    assert "«\u00a0Millbrook library\u00a0»" in reply.plain
    assert reply.plain.endswith("- Millbrook library\n- Millbrook library")
