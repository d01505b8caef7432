"""Which paragraphs of a page are not its article."""

from __future__ import annotations

import pytest

from bot.text.article import Section, parse
from bot.text.furniture import read_page


def test_furniture_is_short_lines_that_pages_have_and_never_all_there_is() -> None:
    lines = [
        "Skip to main content",
        "Library opens",
        "It opens.",
        "Advertisement",
        "© 2026 The Gazette",
        "Share this article",
        "News is good.",
        "Advertisement",
    ]
    article, furniture = read_page("\n\n".join(lines).encode())
    assert furniture == ("Skip to main content", "Advertisement", "© 2026 The Gazette", "Share this article")
    assert article.headline == "Library opens"
    assert article == parse(article.text.encode(), furniture=furniture)
    assert [p.section for p in article.paragraphs].count(Section.FURNITURE) == 5
    article, furniture = read_page(b"Home\n\nMenu")
    assert (article.headline, furniture) == ("Home", ())


@pytest.mark.parametrize(
    ("paragraph", "is_furniture"),
    [
        ("Home | News | Sport | Weather", True),
        ("Skip to content\nHome › News › Sport\nAdvertisement", True),
        ("Share\r\nComments (47)", True),
        ("Related topics\nFlooding | Harrowick | County council", True),
        ("READ MORE: Bakery closes after 90 years", True),
        ("Read more: How to sign up\nRead more: Five things", True),
        ("RECOMMENDED: That the plan be adopted.", False),
        ("Home | Draw | Away", False),
        ("Stay | Free", False),
        ("Up to 1 hour | Free | Free", False),
        ("Share\nThe price of a share fell.", False),
        ("Watch it rise, he said: the river is high.", False),
        ("Read more: " + "a" * 110, False),
    ],
)
def test_a_paragraph_is_furniture_where_each_line_of_it_is(paragraph: str, is_furniture: bool) -> None:
    _, furniture = read_page(f"Library opens\n\n{paragraph}\n\nIt opens.".encode())
    assert furniture == ((paragraph,) if is_furniture else ())
