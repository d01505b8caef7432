"""The words of every reply: fixed frames, attribution from the records, quotations verbatim, and nothing that Discord would act on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PEOPLE, QUOTES, MakePack
from hypothesis import example, given
from hypothesis import strategies as st

from bot.answer import (
    Ambiguous,
    Answer,
    Answered,
    Citation,
    Contradicted,
    Engine,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    SmallTalk,
    Trace,
)
from bot.article import parse
from bot.pack import Pack, Topic, Verdict, load
from bot.question import Question
from bot.reply import MAX_CHOICES, MAX_CONTENT, MAX_LABEL, compose, escape, utterer
from bot.wording import SMALL_TALK, wording

TRACE = Trace(Question("", ()), "it is made for a test")
EN = wording("en")


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def cite(pack: Pack, *ids: str) -> tuple[Citation, ...]:
    return tuple(Citation(pack.excerpt(i), pack.quotes[i]) for i in ids)


def answered(pack: Pack, *ids: str, lead: str = "") -> Answered:
    return Answered(TRACE, 1.0, (), (), lead, cite(pack, *ids))


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
        "answer without a lead",
        lambda p: answered(p, "room"),
        "Anna Kovacs, Head librarian (paragraph 2):\n“The reading room will finally be full again.”\n" + SOURCE + "paragraph 2.",
    ),
    (
        "premise",
        lambda p: Contradicted(TRACE, 1.0, (), topic(""), cite(p, "lift")),
        "The question takes something for granted that the article contradicts:\n"
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
    "answer without a lead": "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:\n"
    "“The reading room will finally be full again.”\n" + SOURCE_FR + "paragraphe 2.",
    "premise": "La question tient pour acquis quelque chose que l’article contredit\u00a0:\n"
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
    reply = compose(answer(pack), pack, wording("fr"))
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
    content = compose(answered(pack, quote), pack, wording("fr")).content
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


def test_quotations_of_one_speaker_stand_under_one_line(pack: Pack) -> None:
    lines = compose(answered(pack, "waited", "room"), pack, EN).plain.split("\n")
    assert lines[:3] == [
        "Anna Kovacs, Head librarian (paragraph 2):",
        "“We have waited nine years for this.”",
        "“The reading room will finally be full again.”",
    ]


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


def test_a_capacity_is_never_put_beside_another_speaker_s_name(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("- id: room\n  speaker: kovacs", "- id: room\n  speaker: [kovacs, reed]")}))
    frame = attribution(cite(pack, "room")[0], pack).replace("*", "")
    assert "Anna Kovacs" in frame
    assert "Tom Reed, Head librarian" not in frame


def test_the_name_for_citing_is_the_article_s_and_not_the_one_for_finding(make_pack: MakePack) -> None:
    changed = PEOPLE.replace("name: Tom Reed", "name: Thomas Augustus Reed\n  cited_as: Tom Reed")
    pack = load(make_pack({"people.yaml": changed}))
    assert "relaying **Tom Reed**" in attribution(cite(pack, "roof")[0], pack)


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
        assert attribution(citation, pack).split(" (")[0].replace("*", "") in before
    assert len(reply.content) <= MAX_CONTENT
    assert reply.plain.split("\n")[-1].startswith("Source: ")


def test_nothing_in_a_quotation_is_cut_where_the_pack_keeps_the_budget(engine: Engine) -> None:
    for found in engine.pack.topics:
        if found.cites:
            reply = compose(Answered(TRACE, 1.0, (), (found,), found.lead, engine.cite(found)), engine.pack, EN)
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
def test_leads_and_gaps_are_defused_like_the_rest(pack: Pack, text: str) -> None:
    for answer in (
        answered(pack, "room", lead=text),
        NotInArticle(TRACE, 1.0, (), gap(text), (), ()),
        NotInArticle(TRACE, 1.0, (), None, (text,), ()),
        OffTopic(TRACE, 1.0, (text,)),
        Ambiguous(TRACE, 1.0, (), (topic(text),)),
    ):
        reply = compose(answer, pack, EN)
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
        assert plain.split("\n")[:2] == (
            [entry.lead, speaks] if entry.lead else [speaks, f"“{tiny.cite(entry)[0].excerpt.text}”"]
        )
