"""Text for display: defused with backslashes and only where needed; cut with an ellipsis."""

from __future__ import annotations

import re

import pytest
from fakes.markdown import ACTIVE
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.display import clip, closed, columns_of, counted, escape, visible

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


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab cd", 4, "ab…"),
        ("", 1, ""),
        ("ab", 1, "…"),
        ("one two three", 9, "one two…"),
        ("a bcdefghijk", 9, "a bcdefg…"),
    ],
)
def test_a_text_that_is_too_long_is_cut_between_words_with_an_ellipsis_and_no_space_before_it(
    text: str, limit: int, clipped: str
) -> None:
    assert clip(text, limit) == clipped
    assert len(clip(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Plain, “quoted” and שלום\tor\ntwo lines", "Plain, “quoted” and שלום\tor\ntwo lines"),
        ("a line\r\nand the next", "a line\nand the next"),
        ("a\rb\x00c\x1b[31m\x85", "a⟨U+000D⟩b⟨U+0000⟩c⟨U+001B⟩[31m⟨U+0085⟩"),
        ("\u202eover\u202c \u2066alone\u2069", "⟨U+202E⟩over⟨U+202C⟩ ⟨U+2066⟩alone⟨U+2069⟩"),
        ("\u200eleft\u200d\ufdd0\uffff", "\u200eleft\u200d⟨U+FDD0⟩⟨U+FFFF⟩"),
    ],
)
def test_what_nobody_sees_and_what_reorders_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\u202eover", "\u202eover\u202c"),
        ("\u202eover\nnext", "\u202eover\u202c\nnext"),
        ("\u202aone \u2067two \u202bthree", "\u202aone \u2067two \u202bthree\u202c\u2069\u202c"),
        ("\u202ewhole\u202c", "\u202ewhole\u202c"),
        ("\u2066\u202ewithin\u2069 after", "\u2066\u202ewithin\u2069 after"),
        ("\u2066open\u202c", "\u2066open\u202c\u2069"),
        ("end alone\u202c\u2069", "end alone\u202c\u2069"),
    ],
)
def test_what_reorders_text_ends_on_its_line(text: str, shown: str) -> None:
    assert closed(text) == shown
    assert closed(shown) == shown


def test_how_many_there_are_is_told_in_the_singular_for_one_alone() -> None:
    assert [counted(n, "text") for n in (0, 1, 2, 1200)] == ["0 texts", "1 text", "2 texts", "1,200 texts"]
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("plain text", 10),
        ("naïve “été”…", 12),
        ("北京", 4),
        ("カﾅ", 3),
        ("한국", 4),
        ("e\u0301", 1),
        ("محمّد", 4),
        ("हिन्दी", 5),
        ("a\u200bb\u202ec\ufeff", 3),
        ("🎉", 2),
        ("❤\ufe0f", 2),
        ("1\ufe0f\u20e3", 2),
        ("🇫🇷", 2),
        ("Ａ，", 4),
    ],
)
def test_a_text_takes_up_as_many_columns_as_a_terminal_gives_it(text: str, columns: int) -> None:
    assert columns_of(text) == columns
