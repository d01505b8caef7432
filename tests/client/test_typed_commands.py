"""Commands typed out after a mention or in a direct message."""

from __future__ import annotations

import pytest

from bot.client.typed_commands import Request, typed, typed_privacy
from bot.engine.pipeline import Engine


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("/who", Request("who")),
        ("  /WHO  ", Request("who")),
        ("/quote", Request("quote")),
        ("/quote Ruth Bell second lift", Request("quote", speaker="Ruth Bell", topic="second lift")),
        ("/quote bel", Request("quote", speaker="bel")),
        ("/quote roof repairs", Request("quote", topic="roof repairs")),
        ("/quote speaker: Bell topic: the lift", Request("quote", speaker="Bell", topic="the lift")),
        ("/quote Ruth Bell topic: lift", Request("quote", speaker="Ruth Bell", topic="lift")),
        ("/article who", Request("who")),
        ("/ARTICLE  Who", Request("who")),
        ("/article", Request("read")),
        ("/article read page: 2 article: boats", Request("read", page="2", article="boats")),
        ("/quote Ruth Bell lift article: boats", Request("quote", speaker="Ruth Bell", topic="lift", article="boats")),
        ("/ask article: the boats question: who?", Request("ask", question="who?", article="the boats")),
        ("/ask question: who? article: boats", Request("ask", question="who?", article="boats")),
        ("/ask what does the article: say?", Request("ask", question="what does the article: say?")),
        ("/article 2", Request("read", page="2")),
        ("/article page:2", Request("read", page="2")),
        ("/article read 2", Request("read", page="2")),
        ("/article read page: 2", Request("read", page="2")),
        ("/read 2", Request("read", page="2")),
        ("/article cite BibTeX", Request("cite", format="BibTeX")),
        ("/article show", Request("read", page="show")),  # which is no page
        ("/article ask who called?", Request("read", page="ask who called?")),  # which is no page
        ("/faq library", Request("faq", group="library")),
        ("/cite BibTeX", Request("cite", format="BibTeX")),
        ("/ask why is that: a topic: x?", Request("ask", question="why is that: a topic: x?")),
        ("/ask question: who called?", Request("ask", question="who called?")),
        ("/help me", Request("help")),
        ("who", None),
        ("/whom", None),
        ("/delete", None),
        ("/privacy delete", None),
        ("/verbatim", Request("verbatim")),
        ("/Verbatim channel listen: true article: boats", Request("verbatim")),
        ("/verbatims", None),
        ("what is /who?", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_typed_command_is_read_as_discord_would_read_it(tiny: Engine, text: str, request_: Request | None) -> None:
    assert typed(text, tiny.pack) == request_


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/privacy", "show"),
        (" /PRIVACY  Delete ", "delete"),
        ("/privacy export", "export"),
        ("/privacy show", "show"),
        ("/privacy export user: 5", "show"),
        ("/privacy delete everything of Anna", "show"),
        ("/privacydelete", None),
        ("/delete", None),
        ("please /privacy delete", None),
        ("privacy delete", None),
        ("", None),
    ],
)
def test_a_command_about_oneself_is_told_apart_and_only_the_bare_word_deletes(text: str, command: str | None) -> None:
    assert typed_privacy(text) == command
