"""Browsing: what a page holds, what it says in order as plain text, and what it makes of ids and words from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from conftest import ARTICLE, FAQ, PEOPLE, QUOTES, MakePack
from hypothesis import given
from hypothesis import strategies as st
from test_reply import assert_inert, plain_lines, unescaped

from bot.browse import pages as browse
from bot.browse import passages, suggestions
from bot.browse.pages import FaqPage
from bot.browse.paging import MAX_OPTION, MAX_OPTIONS, Option, Unknown, budget
from bot.engine.answer import Ambiguous, Answer, Answered, Candidate, Citation, NotInArticle, OffTopic, OpinionAsked, Trace
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.engine.verify import Constraint, Unmet
from bot.pack.loading import load
from bot.pack.values import MAX_EXCERPT_CHARACTERS, NO_PUBLISHER, Pack, Topic, Verdict
from bot.say import pages as worded
from bot.say import replies as reply
from bot.say.languages import languages, wording
from bot.say.lines import MAX_CONTENT, Reply
from bot.say.why import MAX_WHY, why
from bot.say.wording import COMMANDS, MAX_LABEL, Action, Wording
from bot.text.article import Section, parse

EN, FR = wording("en"), wording("fr")
SOURCE = "Source: “Library to open on Sundays after readers’ petition”, the gazette, "
QUELLE = "Source\u00a0: «\u00a0Library to open on Sundays after readers’ petition\u00a0», the gazette, "
SUNDAYS = "“THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition.”"
WAITED, ROOM = "“We have waited nine years for this.”", "“The reading room will finally be full again.”"
ROOF = "“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”"
LIFT = "“Councillor Ruth Bell also called for a second lift in the building.”"


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def quote_ids(page: browse.QuotePage | Unknown) -> list[str]:
    assert isinstance(page, browse.QuotePage)
    return [c.quote.id for c in page.citations if c.quote]


# The words of every page, whole

Make = Callable[[Pack, Wording], Reply]

PAGES: dict[str, tuple[Make, list[str], list[str]]] = {
    "quotes by speaker and topic": (
        lambda p, w: worded.quotes(browse.quotes(p, "kovacs", "reading"), p, w),
        ["Passages with Anna Kovacs about “reading”: 1.", "Anna Kovacs, Head librarian (paragraph 2):", ROOM, SOURCE + "paragraph 2."],
        ["Passages avec Anna Kovacs sur «\u00a0reading\u00a0»\u00a0: 1.", "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:", ROOM, QUELLE + "paragraphe 2."],
    ),
    "quotes of a speaker who is relayed": (
        lambda p, w: worded.quotes(browse.quotes(p, "reed"), p, w),
        ["Passages with Tom Reed: 1.", "Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):", ROOF, SOURCE + "paragraph 3."],
        ["Passages avec Tom Reed\u00a0: 1.", "Anna Kovacs, Head librarian, citant indirectement Tom Reed (paragraphe 3)\u00a0:", ROOF, QUELLE + "paragraphe 3."],
    ),
    "all quotes, on the second page": (
        lambda p, w: worded.quotes(browse.quotes(p, page=2), p, w),
        [
            "Passages of the article: 7.",
            "Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):",
            ROOF,
            "The article, reporting Ruth Bell (paragraph 4):",
            LIFT,
            "The article (paragraph 5, note at the foot):",
            "“Join the friends of the library for five pounds a year.”",
            SOURCE + "paragraphs 3, 4 and 5.",
            "Page 2 of 2. At most 247 characters of the article are shown at a time.",
        ],
        [
            "Passages de l’article\u00a0: 7.",
            "Anna Kovacs, Head librarian, citant indirectement Tom Reed (paragraphe 3)\u00a0:",
            ROOF,
            "L’article, citant indirectement Ruth Bell (paragraphe 4)\u00a0:",
            LIFT,
            "L’article (paragraphe 5, note en bas de page)\u00a0:",
            "“Join the friends of the library for five pounds a year.”",
            QUELLE + "paragraphes 3, 4 et 5.",
            "Page 2 sur 2. L’article n’est montré que par tranches de 247 caractères au plus.",
        ],
    ),
    "quotes about nothing in the article": (
        lambda p, w: worded.quotes(browse.quotes(p, "", "submarine"), p, w),
        ["I found no passage for that. Try fewer or other words, or ask a question with /ask."],
        ["Je n’ai trouvé aucun passage. Essayez avec moins de mots, ou d’autres mots, ou posez une question avec /ask."],
    ),
    "quotes of nobody": (
        lambda p, w: worded.quotes(browse.quotes(p, "nobody"), p, w),
        ["I know nobody of that name in the article. Use /who to see the people in it."],
        ["Je ne connais personne de ce nom dans l’article. Utilisez /who pour voir qui y figure."],
    ),
    "people": (
        lambda p, w: worded.people(browse.people(p), p, w),
        [
            "Who is in the article, and where they speak:",
            "- Anna Kovacs, Head librarian: own words in paragraph 2; relays Tom Reed in paragraph 3",
            "- Tom Reed, colleague: reported by Anna Kovacs in paragraph 3",
            "- Ruth Bell, Councillor: reported by the article in paragraph 4",
            "- Named, not quoted: town council",
        ],
        [
            "Qui figure dans l’article, et où chacun s’exprime\u00a0:",
            "- Anna Kovacs, Head librarian\u00a0: s’exprime directement, paragraphe 2\u00a0; cite indirectement Tom Reed, paragraphe 3",
            "- Tom Reed, colleague\u00a0: propos rapportés par Anna Kovacs, paragraphe 3",
            "- Ruth Bell, Councillor\u00a0: propos rapportés par l’article, paragraphe 4",
            "- Nommés, sans citation\u00a0: town council",
        ],
    ),
    "article, first page": (
        lambda p, w: worded.article(browse.paragraphs(p), p, w),
        [
            "Source: the gazette.",
            "Paragraphs: 5. Characters: 494.",
            "Headline:",
            "“Library to open on Sundays after readers’ petition”",
            "Paragraph 1:",
            SUNDAYS,
            "Page 1 of 3. At most 247 characters of the article are shown at a time.",
        ],
        [
            "Source\u00a0: the gazette.",
            "Paragraphes\u00a0: 5. Caractères\u00a0: 494.",
            "Titre\u00a0:",
            "“Library to open on Sundays after readers’ petition”",
            "Paragraphe 1\u00a0:",
            SUNDAYS,
            "Page 1 sur 3. L’article n’est montré que par tranches de 247 caractères au plus.",
        ],
    ),
    "article, second page": (
        lambda p, w: worded.article(browse.paragraphs(p, 2), p, w),
        [
            "Paragraph 2, with words of Anna Kovacs:",
            "“Head librarian Anna Kovacs said: “We have waited nine years for this. The reading room will finally be full again.”",
            "Paragraph 3, with words of Anna Kovacs:",
            ROOF,
            "Page 2 of 3. At most 247 characters of the article are shown at a time.",
        ],
        [
            "Paragraphe 2, où l’on entend Anna Kovacs\u00a0:",
            "“Head librarian Anna Kovacs said: “We have waited nine years for this. The reading room will finally be full again.”",
            "Paragraphe 3, où l’on entend Anna Kovacs\u00a0:",
            ROOF,
            "Page 2 sur 3. L’article n’est montré que par tranches de 247 caractères au plus.",
        ],
    ),
    "a page too far": (
        lambda p, w: worded.article(browse.paragraphs(p, 4), p, w),
        ["There is no such page."],
        ["Cette page n’existe pas."],
    ),
    "questions of a pack with one group": (
        lambda p, w: worded.faq(browse.faq(p), w),
        [
            "Questions that can be asked:",
            "- What does the headline say?",
            "- When does the library begin to open on Sundays?",
            "- How many readers signed the petition?",
            "- How long have they waited?",
            "- What will become of the reading room?",
            "- What did Tom Reed say about the roof repairs?",
            "- Who called for a second lift?",
            "- What does it cost to join the friends of the library?",
        ],
        [
            "Questions que l’on peut poser\u00a0:",
            "- What does the headline say?",
            "- When does the library begin to open on Sundays?",
            "- How many readers signed the petition?",
            "- How long have they waited?",
            "- What will become of the reading room?",
            "- What did Tom Reed say about the roof repairs?",
            "- Who called for a second lift?",
            "- What does it cost to join the friends of the library?",
        ],
    ),
    "in context": (
        lambda p, w: worded.context(passages.context(p, "room"), p, w),
        [
            "In context, paragraph 2:",
            "Before the excerpt:",
            "“Head librarian Anna Kovacs said: “We have waited nine years for this.”",
            "The excerpt:",
            "Anna Kovacs, Head librarian (paragraph 2):",
            ROOM,
            "Next to it: paragraph 1; paragraph 3, with words of Anna Kovacs.",
            SOURCE + "paragraph 2.",
        ],
        [
            "Dans son contexte, paragraphe 2\u00a0:",
            "Avant l’extrait\u00a0:",
            "“Head librarian Anna Kovacs said: “We have waited nine years for this.”",
            "L’extrait\u00a0:",
            "Anna Kovacs, Head librarian (paragraphe 2)\u00a0:",
            ROOM,
            "À côté\u00a0: paragraphe 1\u00a0; paragraphe 3, où l’on entend Anna Kovacs.",
            QUELLE + "paragraphe 2.",
        ],
    ),
    "in context, a whole paragraph": (
        lambda p, w: worded.context(passages.context(p, "roof"), p, w),
        [
            "In context, paragraph 3:",
            "(more of the article is left out here)",
            "Paragraph 2, with words of Anna Kovacs:",
            ROOM,
            "The excerpt:",
            "Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):",
            ROOF,
            "Paragraph 4:",
            LIFT,
            SOURCE + "paragraph 3.",
        ],
        [
            "Dans son contexte, paragraphe 3\u00a0:",
            "(une autre partie de l’article est omise ici)",
            "Paragraphe 2, où l’on entend Anna Kovacs\u00a0:",
            ROOM,
            "L’extrait\u00a0:",
            "Anna Kovacs, Head librarian, citant indirectement Tom Reed (paragraphe 3)\u00a0:",
            ROOF,
            "Paragraphe 4\u00a0:",
            LIFT,
            QUELLE + "paragraphe 3.",
        ],
    ),
    "nobody else says something on this": (
        lambda p, w: worded.others(passages.others(p, "room"), p, w),
        ["I found nobody else in the article who says something near this."],
        ["Je n’ai trouvé personne d’autre dans l’article qui dise quelque chose de proche."],
    ),
    "a forged quote": (
        lambda p, w: worded.context(passages.context(p, "../../etc/passwd"), p, w),
        ["I do not know that passage. The article may have changed since; please ask again."],
        ["Je ne connais pas ce passage. L’article a peut-être changé depuis\u00a0; veuillez reposer la question."],
    ),
    "about": (
        lambda p, w: worded.about(p, w),
        [
            "I am Verbatim, a bot. I answer questions about one article with cited excerpts from it, word for word, and say so when it does not say.",
            "Every quotation is the article's text, unchanged. It may still be the wrong passage for your question: the line before it says who speaks, and where.",
            "Article: “Library to open on Sundays after readers’ petition”",
            "Source: the gazette.",
            "Paragraphs: 5. Characters: 494.",
            "SHA-256 of the text: {sha}…",
            "Version {version}, article millbrook, {pack}.",
        ],
        [
            "Je suis Verbatim, un robot. Je réponds aux questions sur un article par des extraits cités mot pour mot, et je le dis quand il ne dit rien.",
            "Chaque citation est le texte de l’article, inchangé. Ce peut être malgré tout un passage qui ne répond pas à votre question\u00a0: la ligne qui précède dit qui parle, et où.",
            "Article\u00a0: «\u00a0Library to open on Sundays after readers’ petition\u00a0»",
            "Source\u00a0: the gazette.",
            "Paragraphes\u00a0: 5. Caractères\u00a0: 494.",
            "SHA-256 du texte\u00a0: {sha}…",
            "Version du robot\u00a0: {version}. Article\u00a0: millbrook, {pack}.",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", PAGES)
def test_the_words_of_each_page_in_order(pack: Pack, name: str, language: str) -> None:
    from bot import __version__

    make, english, french = PAGES[name]
    known = {"{sha}": pack.article.sha256[:12], "{version}": __version__, "{pack}": pack.version[:12]}
    lines = [re.sub(r"\{\w+\}", lambda m: known[m[0]], line) for line in (english if language == "en" else french)]
    made = make(pack, wording(language))
    assert made.plain.split("\n") == lines
    assert unescaped(made.content) == plain_lines(made.plain)


def test_a_page_on_discord_has_its_quotations_in_blocks_and_its_names_in_bold(pack: Pack) -> None:
    assert worded.context(passages.context(pack, "waited"), pack, EN).content == (
        "In context, paragraph 2:\n"
        "Before the excerpt:\n"
        "> “Head librarian Anna Kovacs said\\:”\n\n"
        "The excerpt:\n"
        "**Anna Kovacs**, Head librarian (paragraph 2):\n"
        f"> {WAITED}\n\n"
        "After the excerpt:\n"
        f"> {ROOM}\n\n"
        "-# Next to it: paragraph 1; paragraph 3, with words of Anna Kovacs.\n"
        f"-# {SOURCE}paragraph 2."
    )


# Quotes


@pytest.mark.parametrize(
    ("speaker", "words", "found"),
    [
        ("kovacs", "", ["waited", "room", "roof"]),
        ("Anna Kovacs", "", ["waited", "room", "roof"]),
        ("anna kovaks", "", ["waited", "room", "roof"]),
        ("the librarian", "", ["waited", "room", "roof"]),
        ("paper", "", ["headline", "sundays", "lift"]),
        ("council", "", []),
        ("", "lift", ["lift"]),
        ("", "elevator", ["lift"]),
        ("", "repairs to roofs", ["roof"]),
        ("", "friends club", ["friends"]),
        ("", "peittion", ["headline", "sundays"]),
        ("bell", "roof", []),
        ("", "???", []),
    ],
)
def test_quotes_are_found_by_speaker_and_by_words_also_misspelt_or_in_the_vocabulary(
    pack: Pack, speaker: str, words: str, found: list[str]
) -> None:
    assert sorted(quote_ids(browse.quotes(pack, speaker, words))[:3]) == sorted(found)


def test_the_passage_that_fits_best_stands_first(pack: Pack) -> None:
    assert quote_ids(browse.quotes(pack, "", "readers petition signed"))[0] == "sundays"


def test_a_page_of_quotes_holds_at_most_as_many_as_are_wanted_and_the_pages_hold_all_once(pack: Pack) -> None:
    first = browse.quotes(pack, per_page=2)
    assert isinstance(first, browse.QuotePage)
    pages = [quote_ids(browse.quotes(pack, page=n + 1, per_page=2)) for n in range(first.pages)]
    assert all(1 <= len(page) <= 2 for page in pages)
    assert [i for page in pages for i in page] == list(pack.quotes)
    assert first.total == len(pack.quotes)


@pytest.mark.parametrize("typed", ["", "a", "x" * 3000, "\n", "kovacs; drop", "Smith", "the"])
def test_a_name_that_is_not_one_is_nobody(pack: Pack, typed: str) -> None:
    assert browse.find_person(pack, typed) is None


def test_a_name_as_near_to_one_person_as_to_another_is_nobody(make_pack: MakePack) -> None:
    changed = PEOPLE.replace("aliases: [Tom Reed, Reed]", "aliases: [Marta]").replace("[Ruth Bell, Bell]", "[Marty]")
    pack = load(make_pack({"people.yaml": changed}))
    assert browse.find_person(pack, "Marti") is None
    assert browse.find_person(pack, "marta") is pack.people["reed"]


# People


def test_the_people_who_can_be_chosen_are_those_who_speak(pack: Pack) -> None:
    options = worded.people(browse.people(pack), pack, EN).options
    assert options == (Option("Anna Kovacs", "kovacs"), Option("Tom Reed", "reed"), Option("Ruth Bell", "bell"))
    assert all(quote_ids(browse.quotes(pack, o.value)) for o in options)


def test_who_is_only_named_stands_in_one_last_item(make_pack: MakePack) -> None:
    more = "".join(
        f"- id: {name.lower().replace(' ', '-')}\n  name: {name}\n  kind: organisation\n  aliases: [{name}]\n"
        for name in ("friends of the library", "Millbrook library")
    )
    pack = load(make_pack({"people.yaml": PEOPLE + more}))
    for words, last in (
        (EN, "- Named, not quoted: town council, Millbrook library and friends of the library"),
        (FR, "- Nommés, sans citation\u00a0: town council, Millbrook library et friends of the library"),
    ):
        lines = worded.people(browse.people(pack), pack, words).plain.split("\n")
        assert len(lines) == 5
        assert lines[-1] == last
    alone = replace(pack, quotes={})
    assert worded.people(browse.people(alone), alone, EN).plain == (
        f"{EN.people}\n- Named, not quoted: town council, Millbrook library, Anna Kovacs, Tom Reed, Ruth Bell and friends of the library"
    )


def test_who_speaks_is_not_among_those_only_named(make_pack: MakePack) -> None:
    pack = load(make_pack({"people.yaml": PEOPLE.split("- id: council")[0]}))
    assert "Named" not in worded.people(browse.people(pack), pack, EN).plain


def test_what_a_person_says_is_listed_with_its_quotes(pack: Pack) -> None:
    page = browse.people(pack)
    assert isinstance(page, browse.PeoplePage)
    ids = {s.person.id: ([q.id for q in s.own], [q.id for q in s.reported], [q.id for q in s.relays]) for s in page.sayings}
    assert ids == {
        "kovacs": (["waited", "room"], [], ["roof"]),
        "reed": ([], ["roof"], []),
        "bell": ([], ["lift"], []),
        "council": ([], [], []),
    }


# The article


def body(pack: Pack) -> str:
    return "".join(pack.article.excerpt(p.span).text for p in pack.article.paragraphs if p.section is not Section.FURNITURE)


def sheets(pack: Pack) -> Iterator[browse.ArticlePage]:
    first = browse.paragraphs(pack)
    assert isinstance(first, browse.ArticlePage)
    for number in range(1, first.pages + 1):
        page = browse.paragraphs(pack, number)
        assert isinstance(page, browse.ArticlePage)
        yield page


def quotations(made: Reply) -> list[str]:
    """The quotation blocks of a page, as a reader sees them."""
    blocks = re.findall(r"(?:^> .*(?:\n|\Z))+", made.content, re.MULTILINE)
    return ["\n".join(re.sub(r"\\([^A-Za-z0-9\s])", r"\1", line[2:]) for line in block.splitlines()) for block in blocks]


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


WORDS = st.sampled_from(["word", "Long. ", "a" * 700, "b" * 1000, "“Quoted.” ", " ", "\n", "\n\n", "é", "1. ", "* _x_ "])


@given(st.lists(WORDS, min_size=1, max_size=25).map("".join))
def test_no_page_holds_a_whole_article_or_more_than_the_budget_and_all_pages_together_lose_nothing(text: str) -> None:
    article = parse(("Head line\n\n" + text).encode())
    pack = Pack("a", "Head", "Head", NO_PUBLISHER, article, {}, {}, ())
    whole, shown = body(pack), ""
    for page in sheets(pack):
        here = "".join(article.excerpt(p.span).text for p in page.pieces)
        assert len(here) <= min(MAX_EXCERPT_CHARACTERS, len(whole) // 2)
        assert page.pieces
        shown += here
        made = worded.article(page, pack, EN)
        assert len(made.content) <= MAX_CONTENT
        texts = [article.excerpt(p.span).text for p in page.pieces]
        assert [line for line in quotations(made) if line] == [t if t.startswith("“") else f"“{t}”" for t in texts]
    assert letters(shown) == letters(whole)


def test_a_paragraph_that_is_cut_says_so_on_both_pages() -> None:
    sentences = " ".join(f"This is sentence number {n} of a long paragraph." for n in range(40))
    pack = Pack("a", "Head", "Head", NO_PUBLISHER, parse(f"Head\n\n{sentences}".encode()), {}, {}, ())
    first, second, *_ = [worded.article(page, pack, EN).plain.split("\n") for page in sheets(pack)]
    cut, began = first.index(EN.paragraph_goes_on), second.index(EN.paragraph_began)
    assert first[cut - 1].endswith("of a long paragraph.”")
    assert second[began + 1].startswith("“This is sentence number")


def test_the_source_of_an_article_without_one_is_said_in_the_reader_s_language() -> None:
    pack = Pack("a", "Head", "Head", NO_PUBLISHER, parse(b"Head\n\nA sentence. Another one."), {}, {}, ())
    assert "Source: the article." in worded.article(browse.paragraphs(pack), pack, EN).plain
    assert "Source\u00a0: l’article." in worded.article(browse.paragraphs(pack), pack, FR).plain


# Questions


def test_questions_are_grouped_as_the_pack_s_files_group_them(make_pack: MakePack) -> None:
    cut = FAQ.index("- id: wait\n")
    pack = load(make_pack({"faq/library.yaml": FAQ[:cut], "faq/people-of-it.yaml": FAQ[cut:]}))
    page = browse.faq(pack)
    assert isinstance(page, FaqPage)
    assert page.groups == (("library", 3), ("people-of-it", 5))
    made = worded.faq(page, EN)
    assert made.plain == "Questions that can be asked, by group:\n- Library: 3\n- People of it: 5"
    assert made.options == (Option("Library", "library"), Option("People of it", "people-of-it"))
    made = worded.faq(browse.faq(pack, "library"), EN)
    assert made.plain.split("\n")[0] == "Questions that can be asked, group Library:"
    assert [o.value for o in made.options] == ["petition-outcome", "sunday-start", "petition-size"]
    assert browse.faq(pack, "gaps") == Unknown("group")


def test_the_pages_of_a_group_hold_all_its_questions_with_labels_that_fit_a_select(pack: Pack) -> None:
    long = [Topic(f"t{n}", Verdict.ANSWER, f"{n} " + "long* " * (n % 30), (), group="g") for n in range(70)]
    many = replace(pack, topics=tuple(long))
    first = browse.faq(many)
    assert isinstance(first, FaqPage)
    found = [worded.faq(browse.faq(many, page=n + 1), EN) for n in range(first.pages)]
    assert [o.value for made in found for o in made.options] == [t.id for t in long]
    for made in found:
        assert 1 <= len(made.options) <= MAX_OPTIONS
        assert all(len(o.label) <= MAX_OPTION for o in made.options)
        assert len(made.content) <= MAX_CONTENT
        assert not made.content.endswith("…")


def test_an_article_without_questions_says_so() -> None:
    bare = Pack("a", "Head", "Head", NO_PUBLISHER, parse(b"Head\n\nA sentence. Another one."), {}, {}, ())
    assert worded.faq(browse.faq(bare), EN).plain == EN.faq_none
    assert worded.people(browse.people(bare), bare, EN).plain == EN.people_none
    assert worded.quotes(browse.quotes(bare), bare, EN).plain == EN.quotes_none


# Round a passage


def test_a_long_paragraph_is_shown_round_the_excerpt_within_the_budget(make_pack: MakePack) -> None:
    long = (
        "Early words here. " * 60
        + "Councillor Ruth Bell also called for a second lift in the building."
        + " Late words there." * 60
    )
    pack = load(make_pack({"article.txt": ("Councillor Ruth Bell also called for a second lift in the building.", long)}))
    found = passages.context(pack, "lift")
    assert isinstance(found, passages.Context)
    assert (found.cut_before, found.cut_after) == (True, True)
    assert found.before
    assert found.after
    shown = sum(s.end - s.start for s in (found.before, found.citation.excerpt.span, found.after))
    assert MAX_EXCERPT_CHARACTERS - 60 < shown <= MAX_EXCERPT_CHARACTERS
    lines = worded.context(found, pack, EN).plain.split("\n")
    assert [line for line in lines if line == EN.context_left_out] == [EN.context_left_out] * 2
    assert lines.index(EN.context_left_out) < lines.index(EN.context_before) < lines.index(EN.context_excerpt)


def beside(pack: Pack, quote: str) -> tuple[str, str]:
    """What stands before and after an excerpt in context; nothing where there is nothing."""
    found = passages.context(pack, quote)
    assert isinstance(found, passages.Context)
    before, after = (pack.article.excerpt(s).text if s else "" for s in (found.before, found.after))
    return before, after


SPEECH = "Head librarian Anna Kovacs said: “We have waited nine years for this."
FEE = "Join the friends of the library for five pounds a year."


@pytest.mark.parametrize(
    ("quote", "before", "after"),
    [
        ("headline", "", SUNDAYS[1:-1]),
        ("lift", ROOF, FEE),
        ("friends", LIFT[1:-1], ""),
        ("sundays", "Library to open on Sundays after readers’ petition", SPEECH),  # more does not fit
    ],
)
def test_an_excerpt_that_is_its_whole_paragraph_is_shown_between_its_neighbours(
    pack: Pack, quote: str, before: str, after: str
) -> None:
    assert beside(pack, quote) == (before, after)


def test_so_is_one_that_is_its_whole_paragraph_but_for_the_quotation_marks(pack: Pack) -> None:
    assert beside(pack, "roof") == ("The reading room will finally be full again.", LIFT[1:-1])


def test_a_neighbour_that_is_shown_is_not_announced_too_and_one_that_is_not_is(pack: Pack, make_pack: MakePack) -> None:
    def announced(pack: Pack) -> list[str]:
        plain = worded.context(passages.context(pack, "lift"), pack, EN).plain
        return [line for line in plain.split("\n") if line.startswith("Next to it: ")]

    assert announced(pack) == []
    long = "Join the friends of the library for five pounds a year" + " and a day" * 30 + "."
    assert announced(
        load(
            make_pack(
                {
                    "article.txt": (FEE, long),
                    "quotes.yaml": QUOTES.split("- id: friends")[0],
                    "faq/library.yaml": FAQ.split("- id: friends")[0],
                }
            )
        )
    ) == ["Next to it: paragraph 5, note at the foot."]


def test_an_excerpt_that_is_part_of_a_paragraph_is_shown_in_that_alone(pack: Pack) -> None:
    assert beside(pack, "waited") == ("Head librarian Anna Kovacs said:", ROOM[1:-1])
    assert beside(pack, "room") == (SPEECH, "")


def test_what_is_no_part_of_the_article_is_no_neighbour(make_pack: MakePack) -> None:
    parted = ARTICLE.replace("Councillor Ruth", "Advertisement\n\nCouncillor Ruth").replace("Join", "Skip to content\n\nJoin")
    furniture = ("furniture: [Skip to content]", "furniture: [Skip to content, Advertisement]")
    pack = load(make_pack({"article.txt": parted, "pack.yaml": furniture}))
    found = passages.context(pack, "lift")
    assert isinstance(found, passages.Context)
    assert (found.before, found.after, found.cut_before, found.cut_after) == (None, None, False, False)
    assert [p.number for p, _ in found.neighbours] == [3, 5]


def test_an_excerpt_and_its_context_keep_the_budget_together(engine: Engine, pack: Pack) -> None:
    for one in (engine.pack, pack):
        for quote in one.quotes:
            found = passages.context(one, quote)
            assert isinstance(found, passages.Context)
            spans = [s for s in (found.before, found.citation.excerpt.span, found.after) if s]
            assert sum(s.end - s.start for s in spans) <= budget(one.article)


def test_who_else_speaks_is_whom_the_same_question_cites(make_pack: MakePack) -> None:
    pack = load(make_pack({"faq/library.yaml": ("cites: [lift]", "cites: [lift, waited]")}))
    assert worded.others(passages.others(pack, "lift"), pack, EN).plain == (
        f"Others on this:\nAnna Kovacs, Head librarian (paragraph 2):\n{WAITED}\nBoth are cited for: Who called for a second lift?\n"
        f"{SOURCE}paragraph 2."
    )
    (other,) = passages.others(pack, "waited")  # type: ignore[misc]
    assert other.citation.quote is pack.quotes["lift"]


@pytest.mark.parametrize(
    ("cites", "sentence", "found"),
    [
        ("[lift, roof]", "a second lift in the building", True),
        ("[lift, roof, waited]", "a second lift in the building", False),
        ("[lift, roof, waited]", "a second lift and the roof in the building", True),
        ("[lift, roof, waited, sundays]", "a second lift and the roof in the building", False),
        ("[lift]", "a second lift and roof repairs in the building", False),
        ("[lift]", "a second lift, roof repairs and books in the building", True),
    ],
)
def test_an_entry_brings_two_together_or_three_that_share_a_word_and_words_alone_must_be_three(
    make_pack: MakePack, cites: str, sentence: str, found: bool
) -> None:
    old = "a second lift in the building."
    changed = dict.fromkeys(("article.txt", "quotes.yaml"), (old, f"{sentence}."))
    pack = load(make_pack({**changed, "faq/library.yaml": ("cites: [lift]", f"cites: {cites}")}))
    others = passages.others(pack, "roof")
    assert isinstance(others, tuple)
    assert ("lift" in [o.citation.quote.id for o in others if o.citation.quote]) == found


def test_at_most_three_others_are_shown(make_pack: MakePack) -> None:
    """Of five passages, each cited with it by an entry of its own."""
    people = "".join(f"- id: p{i}\n  name: Person {i}\n  kind: person\n" for i in range(5))
    said = "".join(
        f'- id: q{i}\n  speaker: p{i}\n  kind: reported\n  relayed_by: paper\n  text: "Person {i} came."\n' for i in range(5)
    )
    asked = "".join(
        f'- id: e{i}\n  question: "Question {i}?"\n  asks: thing\n  cites: [lift, q{i}]\n'
        f'  phrasings: ["{i} a", "{i} b", "{i} c"]\n'
        for i in range(5)
    )
    sentences = "".join(f" Person {i} came." for i in range(5))
    pack = load(
        make_pack(
            {
                "article.txt": ("a year.", f"a year.{sentences}"),
                "people.yaml": PEOPLE + people,
                "quotes.yaml": QUOTES + said,
                "faq/library.yaml": FAQ + asked,
            }
        )
    )
    others = passages.others(pack, "lift")
    assert isinstance(others, tuple)
    assert [o.citation.quote.id for o in others if o.citation.quote] == ["q0", "q1", "q2"]


def test_or_whose_words_are_the_same_and_those_are_named_as_they_stand_there(make_pack: MakePack) -> None:
    changed = "for a second lift, roof-repairs and books in the building."
    old = "for a second lift in the building."
    pack = load(make_pack({"article.txt": (old, changed), "quotes.yaml": (old, changed)}))
    found = passages.others(pack, "roof")
    assert isinstance(found, tuple)
    assert [(o.citation.quote.id, o.shared, o.words) for o in found if o.citation.quote] == [
        ("lift", (), ("roof", "repairs", "books"))
    ]
    assert "Words in common: “roof”, “repairs”, “books”." in worded.others(found, pack, EN).plain
    assert "Mots communs\u00a0: «\u00a0roof\u00a0», «\u00a0repairs\u00a0»" in worded.others(found, pack, FR).plain


def test_a_list_of_everything_brings_nobody_together(make_pack: MakePack) -> None:
    old = "asks: person\n  cites: [lift]"
    pack = load(make_pack({"faq/library.yaml": (old, "asks: list\n  cites: [lift, waited]")}))
    assert passages.others(pack, "lift") == ()


def test_nobody_else_is_never_the_same_speaker(engine: Engine) -> None:
    for quote in engine.pack.quotes.values():
        found = passages.others(engine.pack, quote.id)
        assert isinstance(found, tuple)
        for other in found:
            assert other.citation.quote
            assert not set(other.citation.quote.speakers) <= set(quote.speakers)
            assert other.shared or len(other.words) >= 3
            assert all(len(t.cites) <= (3 if other.words else 2) for t in other.shared)
            assert all(w in other.citation.excerpt.text for w in other.words)


# Other matches, why, buttons


def candidate(topic: Topic, evidence: float = 5.0, *unmet: Unmet) -> Candidate:
    return Candidate(topic, evidence, 0.7, "", unmet)


def test_other_matches_are_the_runners_up_that_can_be_asked(pack: Pack) -> None:
    by = pack.by_id
    near = [by["second-lift"], by["premise-bell-against-lift"], by["gap-salary"], by["wait"]]
    trace = Trace(Question("", ()), "x", (*map(candidate, near), Candidate(by["room-x"] if "room-x" in by else by["roof-cost"], -5.0, 0.1, "", ())))  # fmt: skip
    answer = Answered(trace, 1.0, (), (by["second-lift"],), "", ())
    made = reply.matches(answer, EN)
    assert made.plain == "Other questions that came near:\n- What does the librarian earn?\n- How long have they waited?"
    assert [c.topic for c in made.choices] == ["gap-salary", "wait"]
    assert reply.matches(Answered(Trace(Question("", ()), "x"), 1.0, (), (), "", ()), EN).plain == EN.matches_none


def test_other_matches_are_none_of_what_was_just_answered_or_refused(pack: Pack) -> None:
    by = pack.by_id
    near = [by["gap-salary"], by["wait"], by["second-lift"], by["gap-opening-hour"]]
    trace = Trace(Question("", ()), "x", tuple(map(candidate, near)))

    def offered(answer: Answer) -> list[str]:
        return [t.id for t in suggestions.matches(answer)]

    assert offered(NotInArticle(trace, 1.0, (), by["gap-salary"], (), ())) == ["wait", "second-lift", "gap-opening-hour"]
    assert offered(NotInArticle(trace, 1.0, (), None, (), ())) == [t.id for t in near]
    half = Answered(trace, 1.0, (), (by["wait"],), "", (), (by["gap-salary"],))
    assert offered(half) == ["second-lift", "gap-opening-hour"]
    assert offered(replace(half, silent=(by["gap-salary"], by["gap-opening-hour"]))) == ["second-lift"]


def test_why_says_what_was_understood_what_came_near_and_what_decided(tiny: Engine) -> None:
    answer = tiny.answer("what time does the mayor open the library?")
    assert why(answer, tiny.pack, EN).plain.split("\n")[:4] == [
        "Read as: what time does the mayor open the library.",
        "Asks for: a time.",
        "What came nearest:",
        "- When does the library begin to open on Sundays? Does not meet: “mayor”, a word of another matter.",
    ]
    assert why(answer, tiny.pack, FR).plain.split("\n")[-1] == (
        "Décision\u00a0: absent de l’article, parce que\u00a0: c’est une question à laquelle on sait que l’article ne répond pas."
    )


def test_why_names_people_and_claims_in_words(tiny: Engine) -> None:
    premise, lift = tiny.pack.by_id["premise-bell-against-lift"], tiny.pack.by_id["second-lift"]
    unmet = (Unmet(Constraint.ENTITY, "kovacs", 1.0), Unmet(Constraint.WANTS, "time", 0.5), Unmet(Constraint.NUMBER, "3", 0.7))
    trace = Trace(Question("", ()), "it is small talk", (candidate(premise), candidate(lift, 4.0, *unmet)), None, 0.256, 0.5)
    plain = why(OffTopic(trace, 0.0, ()), tiny.pack, EN).plain
    assert plain == (
        "What came nearest:\n"
        "- A claim that the article contradicts: Ruth Bell is against the lift.\n"
        "- Who called for a second lift? Does not meet: the name “Anna Kovacs”; the number “3”; the kind of answer, a time.\n"
        "Decided: another subject, because it is small talk."
    )


@pytest.mark.parametrize(
    ("nearest", "told"),
    [("second-lift", True), ("gap-salary", False), ("premise-bell-against-lift", False)],
)
def test_why_tells_how_sure_it_is_only_where_an_entry_came_nearest(pack: Pack, nearest: str, told: bool) -> None:
    near = tuple(candidate(pack.by_id[t]) for t in (nearest, "wait"))
    trace = Trace(Question("", ()), "it is small talk", near, None, 0.256, 0.5)
    lines = why(OffTopic(trace, 0.0, ()), pack, EN).plain.split("\n")
    sure = "Sureness that the nearest answers it: 26 of 100; from 50 on it is given as the answer."
    assert lines[-2:-1] == [sure if told else "- How long have they waited?"]


def test_why_names_every_question_that_was_taken_for_the_reader_s(pack: Pack) -> None:
    by = pack.by_id
    trace = Trace(Question("", ()), "each part has its answer", (candidate(by["gap-salary"]),))
    answer = Answered(trace, 1.0, (), (by["wait"], by["second-lift"]), "nine years. Ruth Bell.", ())
    assert why(answer, pack, EN).plain.split("\n")[2:] == [
        "Understood as: How long have they waited?",
        "Understood as: Who called for a second lift?",
        "Decided: an answer, because each part has its answer.",
    ]
    assert "\nCompris comme\u00a0: How long have they waited?\n" in why(answer, pack, FR).plain
    refused = NotInArticle(trace, 1.0, (), by["gap-salary"], (), ())
    assert "\nUnderstood as: What does the librarian earn?\n" in why(refused, pack, EN).plain
    leaning = replace(answer, trace=replace(trace, candidates=()))
    for other in (leaning, replace(answer, entries=()), replace(refused, gap=None), OffTopic(trace, 1.0, ())):
        assert "Understood as" not in why(other, pack, EN).plain


LONG = st.text(st.sampled_from("ab *_<@>#\n“"), max_size=400)


@given(st.lists(LONG, min_size=1, max_size=5), st.sampled_from(languages()))
def test_an_explanation_keeps_within_its_limit_whatever_was_asked(tiny: Engine, texts: list[str], language: str) -> None:
    question = tiny.answer(texts[0]).trace.question
    found = tuple(candidate(Topic("t", Verdict.ANSWER, t, ()), 1.0, *[Unmet(Constraint.WORD, t, 1.0)] * 3) for t in texts if t)
    trace = Trace(question, "it is small talk", found, None, 0.5, 0.5)
    made = why(OffTopic(trace, 0.0, ()), tiny.pack, wording(language))
    assert len(made.content) <= MAX_WHY
    assert len(made.plain) <= MAX_WHY
    assert made.plain.split("\n")[-1].endswith(wording(language).rules["it is small talk"] + ".")


def test_an_answer_has_buttons_only_for_what_leads_somewhere(make_pack: MakePack, tiny: Engine) -> None:
    answer = tiny.answer("who called for a second lift")
    found = reply.buttons(answer, tiny.pack, EN)
    assert [(b.action, b.quote) for b in found] == [
        (Action.CONTEXT, "lift"),
        (Action.FOLLOW_UP, ""),
        (Action.NOT_ASKED, ""),
        (Action.CITE, ""),
    ]
    together = load(make_pack({"faq/library.yaml": ("cites: [lift]", "cites: [lift, waited]")}))
    assert [b.action for b in reply.buttons(answer, together, EN)][:2] == [Action.CONTEXT, Action.ELSE]
    assert reply.buttons(tiny.answer("hello"), tiny.pack, EN) == ()


def test_an_excerpt_of_a_refusal_has_its_context_and_can_be_cited(pack: Pack, tiny: Engine) -> None:
    refused = tiny.answer("what time does the mayor open the library?")
    assert [(b.action, b.label, b.quote) for b in reply.buttons(refused, pack, FR)] == [
        (Action.CONTEXT, "Contexte", "sundays"),
        (Action.MATCHES, "Autres pistes", ""),
        (Action.CITE, "Citer", ""),
    ]
    assert [t.id for t in suggestions.matches(refused)] == ["sunday-start", "friends-fee"]  # and not the gap that was named
    trace = Trace(Question("", ()), "x")
    asked = OpinionAsked(trace, 1.0, (), tuple(Citation(pack.excerpt(i), pack.quotes[i]) for i in pack.positions))
    assert [(b.action, b.quote) for b in reply.buttons(asked, pack, EN)] == [(Action.CONTEXT, "waited"), (Action.CITE, "")]
    assert reply.buttons(replace(asked, positions=()), pack, EN) == ()


def test_other_matches_are_offered_only_where_the_message_was_about_the_article(pack: Pack) -> None:
    trace = Trace(Question("", ()), "x", (candidate(pack.by_id["wait"]),))
    refused = NotInArticle(trace, 1.0, (), None, (), ())
    assert [b.action for b in reply.buttons(refused, pack, EN)] == [Action.MATCHES]
    assert reply.buttons(OffTopic(trace, 1.0, ()), pack, EN) == ()
    assert reply.buttons(Ambiguous(trace, 1.0, (), (pack.by_id["wait"],)), pack, EN) == ()


@pytest.mark.parametrize("language", languages())
def test_every_button_and_the_follow_up_s_window_have_words_that_fit(language: str) -> None:
    labels = [reply.label(a, wording(language)) for a in Action]
    assert len(set(labels)) == len(labels)
    assert all(0 < len(x) <= MAX_LABEL for x in labels)
    modal = reply.follow_up(wording(language))
    assert 0 < len(modal.title) <= 45
    assert 0 < len(modal.label) <= 45
    assert 0 < len(modal.hint) <= 100


# /help, /privacy


@pytest.mark.parametrize("language", languages())
def test_help_gives_examples_before_it_names_every_command_but_itself_and_privacy_lists_every_promise(
    pack: Pack, language: str
) -> None:
    words = wording(language)
    others = [c for c in COMMANDS if c != "help"]
    assert worded.help_text(pack, words).plain.split("\n") == [
        words.help[0],
        words.for_example,
        "- What does the headline say?",
        "- How many readers signed the petition?",
        "- What will become of the reading room?",
        *words.help[1:],
        *("- " + words.help_command.format(command=c, description=words.commands[c]) for c in others),
    ]
    assert len(others) == len(COMMANDS) - 1
    assert worded.privacy(words).plain.split("\n") == [f"- {promise}" for promise in words.privacy]
    assert len(words.help) > 1
    assert all((*words.help, *words.privacy))


# What is offered while somebody types


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", ["paper", "kovacs", "reed", "bell"]),
        ("r", ["bell", "reed"]),
        ("RUTH", ["bell"]),
        ("kovaks", ["kovacs"]),
        ("zzzz", []),
    ],
)
def test_speakers_are_offered_by_any_of_their_names(pack: Pack, typed: str, values: list[str]) -> None:
    assert [o.value for o in suggestions.suggest_speakers(pack, typed)] == values


@pytest.mark.parametrize(
    ("typed", "speaker", "values"),
    [
        ("", "", ["lift", "petition", "Anna Kovacs", "Tom Reed", "Ruth Bell", "town council"]),
        ("", "bell", ["lift", "Ruth Bell"]),
        ("elev", "", ["lift"]),
        ("peti", "bell", []),
        ("zzzz", "", []),
    ],
)
def test_topics_are_offered_only_where_a_passage_is_found(pack: Pack, typed: str, speaker: str, values: list[str]) -> None:
    found = [o.value for o in suggestions.suggest_topics(pack, typed, speaker)]
    assert found == values
    assert all(quote_ids(browse.quotes(pack, speaker, v)) for v in found)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("who called", "Who called for a second lift?"),
        ("lift", "Who called for a second lift?"),
        ("how many signatures", "How many readers signed the petition?"),
        ("when does the libary open", "When does the library begin to open on Sundays?"),
    ],
)
def test_questions_are_offered_by_their_beginning_by_a_word_or_by_resemblance(pack: Pack, typed: str, first: str) -> None:
    assert suggestions.suggest_questions(pack, typed)[0] == Option(first, first)


def test_a_question_too_long_for_a_choice_stands_for_a_phrasing_that_is_not(pack: Pack) -> None:
    long = Topic("long", Verdict.ANSWER, "Who " + "really " * 20 + "called?", ("who really called", "x" * 101))
    wordy = Topic("wordy", Verdict.ANSWER, "y" * 101, ("z" * 101,))
    (option,) = suggestions.suggest_questions(replace(pack, topics=(long, wordy)), "")
    assert option.value == "who really called"
    assert option.label.endswith("…")
    assert len(option.label) <= MAX_OPTION


# Whatever comes from outside, and whatever ships


@given(st.text(max_size=40), st.text(max_size=300), st.integers(-3, 30) | st.integers())
def test_what_comes_from_outside_is_a_page_or_unknown_and_never_an_exception(
    engine: Engine, name: str, words: str, page: int
) -> None:
    pack = engine.pack
    made = [
        worded.quotes(browse.quotes(pack, name, words, page), pack, EN),
        worded.quotes(browse.quotes(pack, "rosenberg", words), pack, EN),
        worded.people(browse.people(pack, page), pack, EN),
        worded.article(browse.paragraphs(pack, page), pack, EN),
        worded.faq(browse.faq(pack, name, page), EN),
        worded.context(passages.context(pack, name), pack, EN),
        worded.others(passages.others(pack, name), pack, EN),
    ]
    for one in made:
        assert one.plain
        assert len(one.content) <= MAX_CONTENT
        assert one.content.encode("utf-8", "surrogatepass")
    assert_inert(made[1].content)
    for offered in (
        suggestions.suggest_speakers(pack, words),
        suggestions.suggest_topics(pack, words, name),
        suggestions.suggest_questions(pack, words),
    ):
        assert len(offered) <= MAX_OPTIONS
        assert all(0 < len(o.label) <= MAX_OPTION and 0 < len(o.value) <= MAX_OPTION for o in offered)


def everything(pack: Pack, words: Wording) -> Iterator[Reply]:
    """Every page that there is of a pack."""

    def turned(make: Callable[[int], Reply]) -> Iterator[Reply]:
        first = make(1)
        yield from (make(n) for n in range(1, first.pages + 1))

    yield from turned(lambda n: worded.quotes(browse.quotes(pack, page=n), pack, words))
    yield from turned(lambda n: worded.people(browse.people(pack, n), pack, words))
    yield from turned(lambda n: worded.article(browse.paragraphs(pack, n), pack, words))
    yield from turned(lambda n: worded.faq(browse.faq(pack, page=n), words))
    for group in {t.group for t in pack.entries}:
        yield from turned(lambda n, g=group: worded.faq(browse.faq(pack, g, n), words))  # type: ignore[misc]
    for person in pack.people:
        yield from turned(lambda n, p=person: worded.quotes(browse.quotes(pack, p, page=n), pack, words))  # type: ignore[misc]
    for quote in pack.quotes:
        yield worded.context(passages.context(pack, quote), pack, words)
        yield worded.others(passages.others(pack, quote), pack, words)
    yield from (worded.about(pack, words), worded.help_text(pack, words), worded.privacy(words))


@pytest.mark.parametrize("language", languages())
def test_every_page_of_the_shipped_pack_keeps_discord_s_limits_and_reads_alike_as_plain_text(
    engine: Engine, language: str
) -> None:
    pack = engine.pack
    count = 0
    for made in everything(pack, wording(language)):
        count += 1
        assert len(made.content) <= MAX_CONTENT
        assert "[" not in made.plain
        assert unescaped(made.content) == plain_lines(made.plain)
        quoted = [line for line in made.content.split("\n") if line.startswith("> ")]
        assert sum(len(line) - 4 for line in quoted) <= MAX_EXCERPT_CHARACTERS + 100  # backslashes
        assert len(made.options) <= MAX_OPTIONS
        assert all(0 < len(o.label) <= MAX_OPTION and 0 < len(o.value) <= MAX_OPTION for o in made.options)
    assert count > 50


def test_every_page_is_the_same_each_time(engine: Engine) -> None:
    assert list(everything(engine.pack, EN)) == list(everything(engine.pack, EN))


def test_what_a_page_quotes_is_a_slice_of_the_article(engine: Engine) -> None:
    text = engine.pack.article.text
    for made in everything(engine.pack, EN):
        for quotation in quotations(made):
            # In our quotation marks, or beginning with those of the article.
            assert quotation.startswith("“")
            assert quotation in text or (quotation.endswith("”") and quotation[1:-1] in text)


def test_the_budget_of_the_shipped_article_is_that_of_an_answer(engine: Engine, pack: Pack) -> None:
    assert budget(engine.pack.article) == MAX_EXCERPT_CHARACTERS
    assert budget(pack.article) == len(body(pack)) // 2


def test_replies_in_french_hold_the_same_quotations(engine: Engine) -> None:
    for entry in engine.pack.entries:
        answer: Answer = engine.answer(entry.question)
        english, french = (reply.compose(answer, engine.pack, w) for w in (EN, FR))
        marks = [re.findall(r"(?m)^“.*”$", r.plain) for r in (english, french)]
        assert marks[0] == marks[1] != []
        assert len(french.content) <= MAX_CONTENT
