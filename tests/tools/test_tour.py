"""The recorded tour of chat."""

from __future__ import annotations

from tools.tour import BEGIN, END, PAGE, in_page, recorded


def test_the_tour_in_the_page_is_what_chat_shows() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert in_page(recorded(), page) == page, "record it anew: python tools/tour.py"


def test_a_tour_replaces_the_one_before_it_and_nothing_else() -> None:
    page = f"# Page\n\n{BEGIN}\nold\n\n{END}\nAfter.\n"
    assert in_page("new\n", page) == f"# Page\n\n{BEGIN}\nnew\n\n{END}\nAfter.\n"
