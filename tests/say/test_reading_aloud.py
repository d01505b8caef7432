"""The reading itself: Markdown as Discord shows it, and nothing that the bot has no use for."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.reading import reading, spoken
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.display import escape


@pytest.mark.parametrize(
    ("content", "heard"),
    [
        ("**Anna Kovacs**, Head librarian (paragraph 2):", ["Anna Kovacs, Head librarian (paragraph 2):"]),
        ("> “One.”\n\n-# Source: two.", ["“One.”", "Source: two."]),
        ("- one\n- two", ["- one", "- two"]),
        (r"-# Source: “[a\_b \[c\]](<https://a.example/_x_#:~:text=y>)”, d.", ["Source: “a_b [c]”, d."]),
        ("Address: <https://a.example/_x_>", ["Address: https://a.example/_x_"]),
        (r"\*one\* \<\@1\> a\\b 1\. \:x\:", ["*one* <@1> a\\b 1. :x:"]),
        ("You can ask again <t:1700000000:R>.", ["You can ask again <when>."]),
        ("Plain text:\n```\n@misc{a,\n\n  b_c\n```", ["Plain text:", "@misc{a,", "", "  b_c"]),
    ],
)
def test_the_bot_s_markdown_is_read_as_discord_shows_it(content: str, heard: list[str]) -> None:
    assert spoken(content) == heard


@pytest.mark.parametrize(
    "content",
    [
        *"<@1> <#1> <t:1:F> <t:x:R> @everyone ||hidden|| *one* _one_ ~~one~~ `one` [one](two) [one](https://one.two) [*one*](<https://one.two>) <https://one https://one.two :one:".split(),
        *("# one", "## one", "1. one", "* one", "+ one", "  - one", "> - one", "- > one", ">>> one", "> > one", "-# -# one"),
        *("**one", "****", "a\\b", "one\\", "```one```", "```py\none\n```"),
    ],
)
def test_markdown_that_the_bot_has_no_use_for_is_not_read(content: str) -> None:
    with pytest.raises(AssertionError):
        spoken(content)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))))
@example("- one")
@example("12. one")
@example("> -# # **one** ```two``` <@1> ||:x:|| https://y.z \\")
def test_whatever_is_escaped_is_heard_as_it_was(text: str) -> None:
    assert spoken(escape(text)) == ([text] if text.strip() else [])


@pytest.mark.parametrize(
    "body",
    [
        {"content": "one", "embeds": [{"title": "two"}]},
        {"components": [{"type": 17, "components": []}]},
        {"components": [{"type": 1, "components": [{"type": 5}]}]},
    ],
)
def test_what_is_not_read_fails(body: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        reading(body)
