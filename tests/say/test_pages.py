"""The words of pages: what they hold, that they keep Discord's limits, and that nothing from outside breaks them. Their
sentences stand in readings/."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from conftest import FAQ, PEOPLE, QUOTES, MakePack
from fakes.markdown import assert_inert, plain_lines, unescaped
from hypothesis import given
from hypothesis import strategies as st

from bot.browse import pages as browse
from bot.browse import passages, suggestions
from bot.browse.paging import MAX_OPTION, MAX_OPTIONS, Option
from bot.engine.answer import Citation
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import MAX_EXCERPT_CHARACTERS, NO_PUBLISHER, Metadata, Pack, Topic, Verdict
from bot.say import pages as worded
from bot.say.languages import languages, wording
from bot.say.lines import MAX_CONTENT, Reply
from bot.say.replies import MAX_CHOICES
from bot.say.wording import COMMANDS, Wording, typed_out
from bot.text.article import parse

EN, FR = wording("en"), wording("fr")


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def of(pack: Pack, quote: str) -> Citation:
    return Citation(pack.excerpt(quote), pack.quotes[quote])


def test_a_page_on_discord_has_its_quotations_in_blocks_and_its_names_in_bold(pack: Pack) -> None:
    assert worded.context(passages.context(pack, of(pack, "waited")), pack, EN).content == (
        "In context, paragraph 2:\n"
        "Before the excerpt:\n"
        "> “Head librarian Anna Kovacs said\\:”\n\n"
        "The excerpt:\n"
        "**Anna Kovacs**, Head librarian (paragraph 2):\n"
        "> “We have waited nine years for this.”\n\n"
        "After the excerpt:\n"
        "> “The reading room will finally be full again.”\n\n"
        "-# Next to it: paragraph 1; paragraph 3, with words of Anna Kovacs.\n"
        "-# Millbrook library"
    )


# People


def test_the_people_who_can_be_chosen_are_those_who_speak(pack: Pack) -> None:
    options = worded.people(browse.people(pack), pack, EN).options
    assert options == (Option("Anna Kovacs", "kovacs"), Option("Tom Reed", "reed"), Option("Ruth Bell", "bell"))


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
        f"{EN.people}\n- Named, not quoted: town council, Millbrook library, Anna Kovacs, Tom Reed, Ruth Bell "
        "and friends of the library"
    )


def test_who_speaks_is_not_among_those_only_named(make_pack: MakePack) -> None:
    pack = load(make_pack({"people.yaml": PEOPLE.split("- id: council")[0]}))
    assert "Named" not in worded.people(browse.people(pack), pack, EN).plain


# The article and its questions


def quotations(made: Reply) -> list[str]:
    """The quotation blocks of a page, as a reader sees them."""
    blocks = re.findall(r"(?:^> .*(?:\n|\Z))+", made.content, re.MULTILINE)
    return ["\n".join(re.sub(r"\\([^A-Za-z0-9\s])", r"\1", line[2:]) for line in block.splitlines()) for block in blocks]


def test_a_paragraph_that_is_cut_says_so_on_both_pages() -> None:
    sentences = " ".join(f"This is sentence number {n} of a long paragraph." for n in range(40))
    pack = Pack("a", "Head", "Head", NO_PUBLISHER, parse(f"Head\n\n{sentences}".encode()), {}, {}, ())
    first, second = (worded.article(browse.paragraphs(pack, n), pack, EN).plain.split("\n") for n in (1, 2))
    cut, began = first.index(EN.paragraph_goes_on), second.index(EN.paragraph_began)
    assert first[cut - 1].endswith("of a long paragraph.”")
    assert second[began + 1].startswith("“This is sentence number")


def test_the_source_of_an_article_without_one_is_said_in_the_reader_s_language() -> None:
    pack = Pack("a", "Head", "Head", NO_PUBLISHER, parse(b"Head\n\nA sentence. Another one."), {}, {}, ())
    assert "Source: the article." in worded.article(browse.paragraphs(pack), pack, EN).plain
    assert "Source\u00a0: l’article." in worded.article(browse.paragraphs(pack), pack, FR).plain


def test_an_article_is_shown_with_address_date_and_authors_as_far_as_the_pack_has_them(pack: Pack) -> None:
    def card(metadata: Metadata) -> list[str]:
        published = replace(pack, metadata=metadata)
        return worded.article(browse.paragraphs(published), published, EN).content.split("\n")[1:-1]

    bare = card(Metadata())
    address = "https://gazette.example/a_b?c=1&d=*"
    assert card(Metadata(address, "2026-05", ("Jo_Marsh",), ("author",)))[: -len(bare) or None] == [
        r"By Jo\_Marsh.",
        "Date: 2026-05.",
        f"Address: <{address}>",
        "From the curator, not from the text: author.",
    ]
    assert card(Metadata(date="2026"))[0] == "Date: 2026."


def test_the_pages_of_a_group_hold_all_its_questions_with_labels_that_fit_a_select(pack: Pack) -> None:
    long = [Topic(f"t{n}", Verdict.ANSWER, f"{n} " + "long* " * (n % 30), (), group="g") for n in range(70)]
    many = replace(pack, topics=tuple(long))
    found = [worded.faq(browse.faq(many, page=n + 1), EN) for n in range(worded.faq(browse.faq(many), EN).pages)]
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


def test_a_neighbour_that_is_shown_is_not_announced_too_and_one_that_is_not_is(pack: Pack, make_pack: MakePack) -> None:
    def announced(pack: Pack) -> list[str]:
        plain = worded.context(passages.context(pack, of(pack, "lift")), pack, EN).plain
        return [line for line in plain.split("\n") if line.startswith("Next to it: ")]

    assert announced(pack) == []
    long = "Join the friends of the library for five pounds a year" + " and a day" * 30 + "."
    assert announced(
        load(
            make_pack(
                {
                    "article.txt": ("Join the friends of the library for five pounds a year.", long),
                    "quotes.yaml": QUOTES.split("- id: friends")[0],
                    "faq/library.yaml": FAQ.split("- id: friends")[0],
                }
            )
        )
    ) == ["Next to it: paragraph 5, note at the foot."]


# More of what an opinion gets


def test_further_positions_are_those_that_the_opinion_does_not_show(pack: Pack) -> None:
    more = replace(pack, positions=("waited", "lift", "roof", "friends"))
    assert worded.further_positions(more, EN).plain.split("\n") == [
        EN.positions,
        "Anna Kovacs, Head librarian, relaying Tom Reed (paragraph 3):",
        "“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”",
        "The article (paragraph 5, note at the foot):",
        "“Join the friends of the library for five pounds a year.”",
        "Millbrook library",
    ]
    assert worded.further_positions(pack, EN).plain == EN.unknown_choice


# /article help, /privacy show, and what a new server is told


EXAMPLES = ["sunday-start", "petition-size", "wait"]


@pytest.mark.parametrize("language", languages())
def test_help_names_every_command_but_itself_as_it_is_typed_and_then_questions_to_press(pack: Pack, language: str) -> None:
    words = wording(language)
    reply = worded.help_text(pack, words)
    typed = {"read": "article read", "ask": "ask"}
    others = [c for c in COMMANDS if c != "help"]
    described = ["- " + words.help_command.format(command=typed_out(c), description=words.commands[c]) for c in others]
    assert reply.plain.split("\n") == [
        *words.help,
        *described,
        words.for_example,
        *(f"- {pack.by_id[e].question}" for e in EXAMPLES),
    ]
    assert [c.topic for c in reply.choices] == EXAMPLES
    assert {c: typed_out(c) for c in typed} == typed
    assert worded.privacy(words).plain.split("\n") == [f"- {promise}" for promise in words.privacy]
    assert len(words.help) > 1
    assert all((*words.help, *words.privacy))


@pytest.mark.parametrize("language", languages())
def test_a_new_server_is_told_what_it_is_how_to_ask_and_what_its_managers_can_do(pack: Pack, language: str) -> None:
    words = wording(language)
    reply = worded.greeting(pack, words)
    assert reply.plain.split("\n")[:4] == [
        words.greeting.format(title="Millbrook library"),
        words.greeting_how,
        words.greeting_manage,
        words.for_example,
    ]
    assert [c.topic for c in reply.choices] == EXAMPLES
    for command in ("/ask", "/article help", "/verbatim status", "/verbatim channel"):
        assert command in reply.plain
    bare = replace(pack, topics=())
    assert (worded.greeting(bare, words).choices, words.for_example in worded.greeting(bare, words).plain) == ((), False)


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
        yield worded.context(passages.context(pack, of(pack, quote)), pack, words)
        yield worded.others(passages.others(pack, quote), pack, words)
    yield from (worded.about(pack, words), worded.help_text(pack, words), worded.privacy(words))
    yield from (worded.greeting(pack, words), worded.further_positions(pack, words))


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
        assert len(made.choices) <= MAX_CHOICES
        # Choices are buttons on Discord, and lines where there are none.
        assert [*unescaped(made.content), *(c.label for c in made.choices)] == plain_lines(made.plain)
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
