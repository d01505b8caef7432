"""Quotation marks: which words stand in them, what is an apostrophe or a sign for inches, and where nothing is sure.

In the texts ⟦ and ⟧ stand for where the words in quotation marks begin and end, ⦃ and ⦄ for where it is not sure.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.article import Article, Span, parse
from bot.text.quotation_marks import Quotations, Standing, quotations_of, standing


def read(marked: str) -> tuple[Article, Quotations]:
    """The text without ⟦⟧⦃⦄, and what they say."""
    text, open_at, found = "", {"⟦": 0, "⦃": 0}, {"⟧": list[Span](), "⦄": list[Span]()}
    for piece in re.split("([⟦⟧⦃⦄])", marked):
        if piece in ("⟦", "⦃"):
            open_at[piece] = len(text)
        elif piece in ("⟧", "⦄"):
            found[piece].append(Span(open_at["⟦" if piece == "⟧" else "⦃"], len(text)))
        else:
            text += piece
    return parse(text.encode()), Quotations(tuple(found["⟧"]), tuple(found["⦄"]))


@pytest.mark.parametrize(
    "marked",
    [
        # curly double marks
        "She said: “⟦We won.⟧” They had.",
        "“⟦We won,⟧” she said, “⟦and how!⟧”",
        "“⟦Is it safe?⟧” asked Ms Hall (“⟦of course⟧”).",
        "A word—“⟦quoted⟧”—between dashes, and [“⟦in brackets⟧”][1] too.",
        "“⟦We won.⟧”[1] It was “⟦over⟧”.",
        "“⟦We won,⟧“ she said with the wrong mark. ”⟦And how!⟧” He agreed.",
        # straight double marks
        'She said: "⟦We won.⟧" They had.',
        '"⟦We won,⟧" she said, "⟦and how!⟧"',
        '("⟦We won.⟧") It said "⟦yes⟧", "⟦no⟧" and "⟦...perhaps⟧".',
        'A word—"⟦quoted⟧"—between dashes.',
        # French and German
        "Il dit : « ⟦Bonjour⟧ », puis «\u00a0⟦Au revoir⟧\u00a0».",
        "Er sagte: „⟦Guten Tag⟧“, dann „⟦Auf Wiedersehen.⟧“ Er ging.",
        "Er sagte: »⟦Guten Tag⟧« und ging. »⟦Nein!⟧«",
        "Hon sa: ”⟦Hej⟧” och gick.",
        # British single marks
        "She said: ‘⟦We won.⟧’ They had.",
        "‘⟦We won,⟧’ she said, ‘⟦and how!⟧’",
        "the ‘⟦group⟧’ of readers",
        "‘⟦It’s the readers’ and the boys’ day, isn’t it?⟧’ he asked.",
        "‘⟦It’s ours⟧’ said the sign.",
        "'⟦We won,⟧' she said. '⟦It's the readers' day.⟧'",
        "He’s the ‘⟦king⟧’ of the ’80s, ’tis said, and so’s Rock ’n’ Roll.",
        "He's the '⟦king⟧' of the '80s, 'tis said, and so's Rock 'n' Roll.",
        # apostrophes alone
        "The readers’ room, the boys’ club and St James’ Park: it’s here, ’cause they’re goin’ home.",
        "The readers' room, the boys' club and St James' Park: it's here, 'cause they're goin' home.",
        "O’Brien’s and Hawai‘i’s",
        # one kind inside another
        "“⟦He said ‘stop’ and we did.⟧” So.",
        "‘⟦He said “stop!” and we did.⟧’ So.",
        "“⟦He called it ‘a day’.⟧” “⟦‘Never,’ I said.⟧” “⟦I said: ‘Never.’⟧”",
        "\"⟦He said 'stop' and we did.⟧\" So.",
        "“⟦The readers’ room is ‘full’, they’d say.⟧”",
        "« ⟦Il dit “non” et partit⟧ »",
        "“⟦He said “stop” to me⟧” and left.",
        # inches and feet
        'The hole was 6" deep and 3\' across. He said "⟦no⟧".',
        "“⟦It is only 6\" wide and 5' long.⟧” So.",
        '"⟦It was 6" deep,⟧" he said.',
        '"⟦It was 6" by 4" deep⟧" he said.',
        '"⟦In 1999⟧" he said, and "⟦in 2000⟧".',
        '"⟦It was 6"⟧" he said.',
        "He is 6'2\" tall and she is 5' 10\". It rained.",
        "It measured 6″ by 4″ and 3′ across.",
        "The hole was 6” deep and 3’ across. He said “⟦no⟧”. It was 12”-wide, 2” x 4”.",
        "“⟦It is only 6” wide and 5’ 10” long.⟧” So.",
        "He is 6’2” tall and she is 5’ 10”. It rained.",
        "“⟦He is 6’2⟧” he said. “⟦I am 12⟧” she said, “⟦and he 13⟧”.",
        # navigation, no quotation
        "Home » News » Local",
        # nothing
        "Nothing is quoted here.",
    ],
)
def test_words_in_quotation_marks_are_found(marked: str) -> None:
    article, wanted = read(marked)
    assert quotations_of(article) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        # opened anew in each paragraph
        "Head\n\nHe said: “⟦One.⟧\n\n“⟦Two.⟧\n\n“⟦Three.⟧” So.",
        'Head\n\nHe said: "⟦One.⟧\n\n"⟦Two.⟧" So.\n\nEnd.',
        "Head\n\nHe said: ‘⟦One.⟧\n\n‘⟦Two, isn’t it.⟧’ So.\n\nEnd.",
        # opened once, closed in a later paragraph
        "Head\n\nHe said: “⟦One.⟧\n\n⟦Two.⟧\n\n⟦Three.⟧” So.",
        "Head\n\nIl dit : « ⟦Un.⟧\n\n⟦Deux⟧ ». Bon.\n\nEnd.",
        # with another inside that closes with it
        "Head\n\nHe said: “⟦One.⟧\n\n“⟦Two: ‘three.’⟧” So.\n\nEnd.",
        # a line of its own kind in between
        "Head\n\nHe said: “⟦One.⟧” So.\n\nThen.\n\n“⟦Two.⟧” So.",
    ],
)
def test_a_quotation_runs_on_over_paragraphs(marked: str) -> None:
    article, wanted = read(marked)
    assert quotations_of(article) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        # never closed
        "Head\n\nHe said: “⦃One. So he said.⦄\n\nTwo.\n\nThree.",
        'Head\n\nHe said: "⦃One. So he said.⦄\n\nTwo "⟦or⟧" three.\n\nEnd.',
        "Head\n\nHe said: ‘⦃One. So he said.⦄\n\nTwo.\n\nThree.",
        "Head\n\nHe said “⟦no⟧” and “⦃yes and left.⦄\n\nTwo.\n\nThree.",
        # the next opens by itself, but somebody is named behind what should run on
        "Head\n\n“⦃We lost, said Ann Hall.⦄\n\n“⟦It is sad,⟧” said Bo.\n\nEnd.",
        # never opened
        "Head\n\n⦃One. We won⦄” he said.\n\nTwo.\n\nThree.",
        "Head\n\nHe said “⟦no⟧” ⦃and yes.⦄” So.\n\nTwo.\n\nThree.",
        "Head\n\n⦃We won.⦄’ So.\n\nTwo.\n\nThree.",
        "Head\n\n⦃We won in 1999⦄” he said. “⟦Then⟧” he left.\n\nTwo.\n\nThree.",
        "Head\n\n⦃We won by 12⦄” he said.\n\nTwo.\n\nThree.",
        # marks that cross
        "Head\n\nHe said ‘⦃it was “good⦄’ and so on.\n\nTwo.\n\nThree.",
        # any of several may close
        "Head\n\nThe ‘⟦readers⟧’ ⦃and workers⦄’ choice.\n\nTwo.\n\nThree.",
        # somebody else's quotation comes before the mark that would close it
        "Head\n\nHe said: “⦃One.⦄\n\nShe said “⟦two⟧” again.\n\nEnd.",
    ],
)
def test_where_marks_do_not_balance_nothing_is_sure(marked: str) -> None:
    article, wanted = read(marked)
    assert quotations_of(article) == wanted


def test_furniture_belongs_to_no_quotation() -> None:
    article = parse("Head\n\nHe said: “One.\n\n“Menu\n\n“Two.” So.".encode(), furniture=["“Menu"])
    assert [article.excerpt(s).text for s in quotations_of(article).spans] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("text", "passage", "wanted"),
    [
        ("She said: “We won. It rained.” So.", "It rained.", Standing.INSIDE),
        ("She said: “We won. It rained.” So.", "She said", Standing.OUTSIDE),
        ("She said: “We won. It rained.” So.", "So.", Standing.OUTSIDE),
        ("She said: “We won. It rained.” So.", "“We won.", Standing.ITSELF),
        ("She said: “We won. It rained.” So.", "“We won. It rained.”", Standing.ITSELF),
        ("She said: “We won. It rained.” So.", "“We won. It rained.” So.", Standing.MIXED),
        ("“He said ‘stop’ and left.”", "‘stop’", Standing.INSIDE),
        ("The ’80s were “fun”.", "’80s were", Standing.OUTSIDE),
        ("The hole is 6\" deep. It rained.", "It rained.", Standing.OUTSIDE),
        ("She said: “We won. It rained.", "It rained.", Standing.UNSURE),
        ("Head\n\nMS. HALL: It rained.\nIt did.", "It rained.", Standing.TURN),
        ("Head\n\nMS. HALL: It rained.\nIt did.", "It did.", Standing.OUTSIDE),
        ("Head\n\nA. It rained.", "It rained.", Standing.TURN),
        ("Head\n\nAnn Hall: It rained.", "It rained.", Standing.TURN),
        ("Head\n\nÉmile van der Berg: It rained.", "It rained.", Standing.TURN),
        ("Head\n\nAnn Hall: “Stop,” he said. I did.", "“Stop,” he said.", Standing.TURN),
        ("Head\n\nThe facts: it rained.", "it rained.", Standing.OUTSIDE),
    ],
)  # fmt: skip
def test_a_passage_stands_to_the_marks_as_it_begins(text: str, passage: str, wanted: Standing) -> None:
    article = parse(text.encode())
    start = text.index(passage)
    assert standing(article, Span(start, start + len(passage))) is wanted


# Properties

STYLES = [("“", "”", "‘", "’"), ("‘", "’", "“", "”"), ('"', '"', "'", "'"), ("« ", " »", "“", "”"), ("„", "“", "‚", "‘"), ("»", "«", "›", "‹")]  # fmt: skip
INNER = st.lists(st.sampled_from(["We won", "it’s over", "no", "in 1999 again", "<stop>"]), min_size=1, max_size=3)
PARTS = st.lists(st.tuples(st.sampled_from(["She said", "so he left", "It’s a day", "and then"]), INNER), min_size=1, max_size=5)


@given(st.sampled_from(STYLES), st.lists(PARTS, min_size=1, max_size=3))
def test_in_every_style_what_was_put_in_marks_is_found(style: tuple[str, str, str, str], paragraphs: list[list[tuple[str, list[str]]]]) -> None:  # fmt: skip
    outer_open, outer_close, inner_open, inner_close = style
    text, wanted = "Head", []
    for parts in paragraphs:
        text += "\n\n"
        for narration, words in parts:
            text += f"{narration} {outer_open}"
            start = len(text)
            text += " and ".join(words).replace("<", inner_open).replace(">", inner_close) + ","
            wanted.append(Span(start, len(text)))
            text += f"{outer_close} "
        text += "end."
    assert quotations_of(parse(text.encode())) == Quotations(tuple(wanted), ())


PIECES = st.sampled_from(
    ["word", "said", "readers", "6", "6’ 2”", " deep", " ", ". ", ", ", "\n\n", "\n", *"“”„‘’‚'\"«»‹›", "—", "(", ")", "é"]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))


@given(TEXTS)
@example("“a\n\nb\n\nc” d”")
@example("‘a’ “b\n\n“c ‘d\n\n’e")
def test_quotations_stand_in_order_in_one_paragraph_each_and_never_overlap(text: str) -> None:
    article = parse(text.encode())
    found = quotations_of(article)
    for spans in (found.spans, found.unsure):
        assert all(one.end <= other.start for one, other in pairwise(spans))
    for span in (*found.spans, *found.unsure):
        assert article.excerpt(span).text == article.excerpt(span).text.strip()
        assert sum(p.span.covers(span) for p in article.paragraphs) == 1


@given(TEXTS, st.integers(0, 79), st.integers(1, 80))
def test_every_passage_stands_somehow(text: str, start: int, length: int) -> None:
    article = parse(text.encode())
    if start < len(text) and article.paragraphs:
        assert standing(article, Span(start, min(len(text), start + length))) in Standing


@pytest.mark.parametrize("piece", ["“", "”", "'", "’", "‘a’ ", "readers’ ", '6" ', '"', "“a ‘", "«»", "“a\n\n", "“a, said b\n\n", "a”\n\n", "‘a s’ "])  # fmt: skip
def test_marks_take_time_in_proportion(piece: str) -> None:
    assert looked_at(piece * 8_000) < 12 * looked_at(piece * 1_000) + 1_000


def looked_at(text: str) -> int:
    """How many lines of the module run for it."""
    import sys

    article, count, before = parse(text.encode()), 0, sys.gettrace()

    def trace(frame: object, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    quotations_of.cache_clear()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        quotations_of(article)
    finally:
        sys.settrace(before)  # that of whoever measures coverage
    return count
