"""From plain text, Markdown, HTML and saved pages to an article's text, and what is said where that cannot be."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest

from bot.draft.pages import MOST_BYTES, MOST_CHARACTERS, article_text
from bot.draft.stated import Stated
from bot.errors import FileFaults

PARAGRAPHS = [
    f"The town library will open on Sunday number {i}, the council said on Tuesday, to the joy of all." for i in range(5)
]
HTML = f"""<!DOCTYPE html><html lang="en"><head><title>Library opens | The Gazette</title>
<meta property="og:title" content="Library opens"><meta name="author" content="Ann Price">
<meta property="article:published_time" content="2026-05-04T08:00:00Z"><link rel="canonical" href="https://news.example/library">
</head><body><nav><a href="/">Home</a> <a href="/n">News</a></nav><article><h1>Library opens</h1>
{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}<ul><li>The first item of the list here</li><li>The second item of it</li></ul></article>
<footer>Follow us</footer><script>alert("no")</script></body></html>"""


def test_plain_text_is_left_byte_for_byte() -> None:
    data = "\ufeffHead\r\n\r\nText\u00a0“so”.\r\n".encode()
    assert article_text(data, "a.txt") == (data, Stated())


def test_html_gives_headline_paragraphs_and_what_the_page_states() -> None:
    pytest.importorskip("trafilatura")
    text, stated = article_text(HTML.encode(), "page.html")
    lines = text.decode().split("\n\n")
    assert lines[:6] == ["Library opens", *PARAGRAPHS]
    assert lines[6] == "- The first item of the list here\n- The second item of it\n"
    assert "alert" not in text.decode()
    assert stated == Stated("Library opens", "2026-05-04", ("Ann Price",), "https://news.example/library", stated.publisher)
    assert article_text(HTML.encode(), "page.txt")[0] == text  # by what stands in it


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_stands_over_markdown_is_read_with_any_line_end_and_in_lists(end: str) -> None:
    pytest.importorskip("markdown_it")
    lines = ["---", "title: 'So: this'", 'author: ["Ann Price", Tom Hall]', "url: https://news.example/a", "---", "", "Text.", ""]
    text, stated = article_text(end.join(lines).encode(), "a.md")
    assert text == b"So: this\n\nText.\n"
    assert stated == Stated("So: this", "", ("Ann Price", "Tom Hall"), "https://news.example/a")
    assert article_text(b"---\ntitle: >-\n  So: this\n---\nHead\n\nText.\n", "a.md") == (b"Head\n\nText.\n", Stated())


def test_a_hostile_page_runs_fetches_and_expands_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trafilatura")
    (tmp_path / "secret.txt").write_text("the words of another file", encoding="utf-8")
    letters = "abcdefghijklmnop"
    laughs = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(letters))
    page = (
        f'<?xml version="1.0"?><!DOCTYPE html SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY a "ha">{laughs}'
        f'<!ENTITY file SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]><html><head><base href="http://127.0.0.1:9/"/></head><body>'
        f'<article><h1>T</h1>{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}<script src="x.js">alert("no")</script>'
        f'<img src="x.png" onerror="alert(1)"/><iframe src="y.html"></iframe><p>He said &p; and &file; and &lt;script&gt; so.</p>'
        "</article></body></html>"
    )

    def no_network(*_: object) -> None:
        raise AssertionError("a connection is opened")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    text, _ = article_text(page.encode(), "page.html")
    assert PARAGRAPHS[0] in text.decode()
    assert len(text) < len(page)
    assert not any(words in text.decode() for words in ("haha", "another file", "alert", "127.0.0.1"))


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<table><tr><td>"])
def test_a_page_that_is_nested_deeply_ends_in_a_text_or_a_fault(tag: str) -> None:
    pytest.importorskip("trafilatura")
    with suppress(FileFaults):
        article_text(f"<html><body>{tag * 50_000}{HTML}".encode(), "page.html")


def test_a_day_that_the_page_does_not_state_is_not_guessed() -> None:
    pytest.importorskip("trafilatura")
    page = HTML.replace("2026-05-04T08:00:00Z", "").replace("Ann Price", "").replace("https://news.example/library", "")
    _, stated = article_text(page.encode(), "page.html")
    assert (stated.date, stated.authors, stated.url) == ("", (), "")


def test_a_saved_page_is_its_html() -> None:
    pytest.importorskip("trafilatura")
    saved = f'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n\n{HTML}\n--b--\n'
    assert article_text(saved.encode(), "page.mhtml") == article_text(HTML.encode(), "page.html")


def test_markdown_loses_its_marks_and_keeps_its_words() -> None:
    pytest.importorskip("markdown_it")
    source = (
        "---\ntitle: Library opens\nauthor: Ann Price\ndate: 2026-05-04\nurl: https://news.example/a\n---\n"
        "# Library opens\n\nIt *opens* on [Sunday](https://x.example),\nsays `the` council.\n\n- one\n- two\n  - deep\n\n1. first\n2. second\n\n"
        "> “We must.”\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![picture](x.png)\n"
    )
    text, stated = article_text(source.encode(), "a.md")
    assert text.decode() == (
        "Library opens\n\nIt opens on Sunday, says the council.\n\n- one\n- two\n  - deep\n\n1. first\n2. second\n\n"
        "“We must.”\n\n| a | b |\n| 1 | 2 |\n"
    )
    assert stated == Stated("Library opens", "2026-05-04", ("Ann Price",), "https://news.example/a")


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"x" * (MOST_BYTES + 1), "a.txt", "a.txt: is over 5,000,000 bytes. Fix: give the article alone."),
        (b"x" * (MOST_CHARACTERS + 1), "a.txt", "a.txt: has over 300,000 characters. Fix: give one article, or split it."),
        (b"Head\n\n\xff", "a.txt", "a.txt: is not UTF-8: byte 6 cannot be read. Fix: save the file as UTF-8."),
        ("Head\n\nText.".encode("utf-16"), "a.txt", "a.txt: is UTF-16, not UTF-8. Fix: save the file as UTF-8."),
        (
            b"PK\x03\x04\0\0",
            "a.docx",
            "a.docx: is a document of Word or the like, or an archive, not plain text. Fix: copy the article out of it into a text file, "
            "and save that as UTF-8.",
        ),
        (b"a\0b", "a.bin", "a.bin: is no text. Fix: give plain text, Markdown or HTML."),
        (b"Subject: x\n\nno page", "a.mhtml", "a.mhtml: holds no HTML. Fix: save the page once more, as HTML."),
        (b"", "a.md", "a.md: no article was found in it. Fix: copy the article's text into a text file, and give that."),
        (
            b"<html></html>",
            "a.html",
            "a.html: no article was found in it. Fix: copy the article's text into a text file, and give that.",
        ),
    ],
)
def test_a_source_that_holds_no_article_is_a_fault(data: bytes, name: str, message: str) -> None:
    for library in ("trafilatura", "markdown_it"):
        pytest.importorskip(library)
    with pytest.raises(FileFaults) as told:
        article_text(data, name)
    assert str(told.value) == message


@pytest.mark.parametrize(("name", "library"), [("a.html", "trafilatura"), ("a.md", "markdown_it")])
def test_without_the_extra_it_is_said_how_to_install_it(name: str, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(FileFaults, match=r"pip install 'verbatim-bot\[pages\]'.*plain text"):
        article_text(b"<p>A page</p>", name)
