"""The report as a page: its structure, hostile text in it, and how it looks and reads in a real browser."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conftest import ARTICLE, FAQ, QUOTES, MakePack
from fakes.reader import make_engine, policy

from bot.curate.calibration import samples
from bot.curate.pack_report import Labels, pack_report
from bot.curate.report_page import page
from bot.curate.scoring import Labelled, score
from bot.curate.self_test import self_test
from bot.engine.decide import judge
from bot.engine.pipeline import Engine
from tools.pictures import find_browser

VOID = {"meta", "br", "line", "circle", "rect", "polyline"}
HOSTILE = (
    "Library <script>alert(1)</script> \u202eopens\u2066 on “Sundays” & </style><style>*{display:none}\ufdd0 {{ 7*7 }} {% raw %}\n\n"
    "<img src=https://evil.example/x.png onerror=alert(1)> said <a href='javascript:alert(1)'>so</a> \u2069\u202c<!-- "
    "</body></html>.\n\n" + "W" * 400 + " ends.\n\nשלום עולם, said the \u202bred\uffff man.\n"
)


class Page(HTMLParser):
    """The elements of a page, in order, each with its attributes; and the text of each that has an id or a class."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._open: list[int] = []
        self.feed(data.decode("utf-8"))
        self.close()
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for i in self._open:
            self.texts[i] += data

    def all(self, tag: str = "", **attributes: str) -> list[tuple[dict[str, str], str]]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            (found, self.texts[i])
            for i, (name, found) in enumerate(self.elements)
            if tag in ("", name) and all(v in found.get(a, "").split() for a, v in wanted.items())
        ]


def page_of(engine: Engine) -> bytes:
    tested = self_test(engine) if engine.pack.entries else None
    return page(pack_report(engine.pack, engine.policy, tested, None, reader=True, version="1"))


@pytest.fixture(scope="module")
def tiny_page(tiny_folder: Path) -> bytes:
    return page_of(make_engine(tiny_folder, policy=policy()).engine)


@pytest.fixture
def hostile(tmp_path: Path) -> tuple[Engine, bytes]:
    path = tmp_path / "hostile.txt"
    path.write_text(HOSTILE, encoding="utf-8")
    engine = make_engine(path, policy=policy()).engine
    return engine, page_of(engine)


# Structure


def test_every_sentence_of_the_article_stands_there_once_and_verbatim(tiny_page: bytes, tiny_folder: Path) -> None:
    article = make_engine(tiny_folder, policy=policy()).engine.pack.article
    assert [text for _, text in Page(tiny_page).all("p", class_="said")] == [article.excerpt(s).text for s in article.sentences]


def test_ids_are_unique_and_every_link_leads_to_one(tiny_page: bytes) -> None:
    found = Page(tiny_page)
    ids = Counter(attributes["id"] for _, attributes in found.elements if "id" in attributes)
    assert [i for i, n in ids.items() if n > 1] == []
    links = [attributes["href"] for attributes, _ in found.all("a")]
    assert links
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []
    named = [i for _, a in found.elements for i in a.get("aria-labelledby", "").split()]
    assert [i for i in named if i not in ids] == []


def test_nothing_runs_and_nothing_comes_from_outside(tiny_page: bytes) -> None:
    found = Page(tiny_page)
    names = {name for name, _ in found.elements}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "input", "button", "base"}
    attributes = {a for _, attributes in found.elements for a in attributes}
    assert not {a for a in attributes if a.startswith("on") or a in ("src", "srcset", "style", "xlink:href", "ping")}
    assert b"url(" not in tiny_page
    assert b"@import" not in tiny_page
    (rule,) = [a["content"] for a, _ in found.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    (style,) = [text for _, text in found.all("style")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert rule == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_headings_go_down_by_one_and_landmarks_and_tables_are_named(tiny_page: bytes) -> None:
    found = Page(tiny_page)
    levels = [int(name[1]) for name, _ in found.elements if re.fullmatch(r"h[1-6]", name)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert [len(found.all(name)) for name in ("header", "main", "footer", "nav")] == [1, 1, 1, 1]
    assert all("aria-labelledby" in a for a, _ in found.all("section"))
    tables = found.all("table")
    assert len(tables) == len(found.all("caption")) == 3
    assert all(a.get("scope") in ("col", "row") for a, _ in found.all("th"))
    regions = [a["aria-label"] for a, _ in found.all(role="region")]
    assert len(set(regions)) == len(regions) == len(tables)
    assert all(a.get("tabindex") == "0" for a, _ in found.all(role="region"))
    assert found.elements[0] == ("html", {"lang": "en"})
    assert tiny_page.startswith(b"<!doctype html>\n")


def test_every_entry_gap_and_premise_is_there_with_all_that_it_has(tiny_page: bytes, make_pack: MakePack) -> None:
    found = Page(tiny_page)
    engine = make_engine(make_pack(), policy=policy()).engine
    topics = [t for t in engine.pack.topics if t.cites or t.looked_for]
    assert {a["id"] for a, _ in found.all("div", class_="within")} == {f"topic-{t.id}" for t in topics}
    text = tiny_page.decode().replace("&#39;", "'")
    for topic in topics:
        for words in (topic.question, topic.lead, topic.looked_for, *topic.phrasings, *topic.near_misses):
            assert words in text, words


def test_what_reaches_a_sentence_and_who_speaks_it_is_said_in_words(make_pack: MakePack) -> None:
    quotes = QUOTES.replace("- id: lift\n", "- id: lift\n  drafted: true\n").replace(
        "- id: waited\n  speaker: kovacs\n", "- id: waited\n  open: who speaks\n"
    )
    found = Page(page_of(make_engine(make_pack({"quotes.yaml": quotes}), policy=policy()).engine))
    sentences = {a["id"]: " ".join(text.split()) for a, text in found.all("div", class_="sentence") if "id" in a}
    assert "● Curated." in sentences["s6"]
    assert "drafted The article, reporting Ruth Bell: a statement in somebody else’s words" in sentences["s6"]
    assert "open The article, in quotation marks: not settled" in sentences["s3"]
    assert "To settle: who speaks" in sentences["s3"]


def test_what_fails_is_no_test_where_there_is_none(make_pack: MakePack) -> None:
    faq = FAQ.replace('  near_misses:\n    - "how many people signed for the sunday opening"\n', "").partition(
        "- id: friends-fee"
    )[0]
    text = page_of(make_engine(make_pack({"questions.yaml": None, "faq/library.yaml": faq}), policy=policy()).engine).decode()
    assert "own tests fail" not in text
    assert (
        '<span class="fails">“verbatim check” fails</span>: <a href="#next">what to do</a>. It has no tests of its own yet.'
        in text
    )
    assert "There are none yet: write some into <code>questions.yaml</code>" in text
    assert "There are no near misses yet." in text


def test_the_same_pack_gives_the_same_bytes(tiny_page: bytes, tiny_folder: Path) -> None:
    assert page_of(make_engine(tiny_folder, policy=policy()).engine) == tiny_page


def test_the_curve_is_drawn_and_stands_in_a_table_beside_it(tiny_folder: Path) -> None:
    engine = make_engine(tiny_folder, ("lift", "second-lift", 5.0), policy=policy()).engine
    asked = [
        Labelled("1", "is a lift to come", "answerable", gold=("Ruth Bell",)),
        Labelled("2", "is a lift to come for dogs", "unanswerable"),
    ]
    judged = tuple((s, judge(s.measured, s.words, engine.policy)) for s in samples(engine, asked))
    labels = Labels(score(engine, asked), judged)
    report = pack_report(engine.pack, engine.policy, self_test(engine), labels, reader=True, version="1")
    assert report.curve is not None
    found = Page(page(report))
    (svg,) = found.all("svg")
    assert (svg[0]["role"], svg[0]["aria-labelledby"]) == ("img", "curve-title curve-desc")
    (line,) = found.all("polyline")
    assert line[0]["points"] == report.curve.line
    assert [len(found.all("circle")), len(found.all("rect"))] == [1, 1]
    texts = [" ".join(text.split()) for _, text in found.all("tr")]
    assert "50%, the bar for an answer100%50%0%" in texts
    assert "70%, for a short answer100%50%0%" in texts
    ids = [a["id"] for _, a in found.elements if "id" in a]
    assert len(set(ids)) == len(ids)
    assert "So few questions say little." in page(report).decode()


# Hostile text


def test_a_hostile_article_is_only_shown(hostile: tuple[Engine, bytes]) -> None:
    engine, data = hostile
    found = Page(data)
    assert {name for name, _ in found.elements} <= {
        "html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "bdi", "div", "strong", "span", "nav", "ul", "li",
        "main", "section", "h2", "h3", "table", "caption", "thead", "tbody", "tr", "th", "td", "ol", "br", "code", "footer", "details",
        "summary",
    }  # fmt: skip
    assert len(found.all("style")) == len(found.all("title")) == 1
    said = [text for _, text in found.all("p", class_="said")]
    article = engine.pack.article
    for shown, span in zip(said, article.sentences, strict=True):
        original = article.excerpt(span).text
        assert re.sub(r"⟨U\+([0-9A-F]{4})⟩", lambda m: chr(int(m[1], 16)), shown) == original
    assert "<script>alert(1)</script>" in said[0]
    assert "{{ 7*7 }} {% raw %}" in said[0]


def test_no_character_of_it_can_disturb_the_page(hostile: tuple[Engine, bytes]) -> None:
    _, data = hostile
    text = data.decode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    for name in ("⟨U+202E⟩", "⟨U+2066⟩", "⟨U+FDD0⟩", "⟨U+202B⟩", "⟨U+FFFF⟩"):
        assert name in text
    assert all(a.get("dir") == "auto" for a, _ in Page(data).all("p", class_="words"))


def test_hostile_words_of_a_curator_are_only_shown(make_pack: MakePack) -> None:
    words = "what </details><script>x</script> \\u202e is the headline"
    faq = FAQ.replace('"what is the headline"', f'"{words}"')
    data = page_of(make_engine(make_pack({"faq/library.yaml": faq}), policy=policy()).engine)
    assert not Page(data).all("script")
    assert "what &lt;/details&gt;&lt;script&gt;x&lt;/script&gt; ⟨U+202E⟩ is the headline" in data.decode()


# A real browser


Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """`opened(page's bytes, width, scheme)` is the page in Chromium, without the network."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        path = find_browser(None, playwright.chromium.executable_path)
        if path is None:
            pytest.skip("there is no Chromium")
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except sync_api.Error as error:
            pytest.skip(f"Chromium does not start: {error.message.splitlines()[0]}")

        def show(data: bytes, width: int, scheme: str = "light") -> Any:
            file = tmp_path_factory.mktemp("page") / "report.html"
            file.write_bytes(data)
            context = browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True, bypass_csp=True
            )
            shown = context.new_page()
            shown.goto(file.as_uri())
            return shown

        yield show
        browser.close()


@pytest.mark.parametrize("width", [1200, 375, 320])
def test_nothing_is_wider_than_the_window(opened: Opened, tiny_page: bytes, hostile: tuple[Engine, bytes], width: int) -> None:
    for data in (tiny_page, hostile[1]):
        shown = opened(data, width)
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        shown.context.close()


# The WCAG's contrast ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio) of every piece of text with what lies behind it.
CONTRASTS = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const found = [];
  for (const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); walker.nextNode();) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim()) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(parse(e.closest('svg') ? style.fill : style.color)), light(behind(e))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_in_both_colour_schemes(opened: Opened, tiny_page: bytes, scheme: str) -> None:
    shown = opened(tiny_page, 1200, scheme)
    found = shown.evaluate(CONTRASTS)
    behind = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    shown.context.close()
    assert len(found) > 200
    assert [one for one in found if one[0] < 4.5] == []
    assert behind == {"light": "rgb(251, 250, 247)", "dark": "rgb(21, 23, 27)"}[scheme]


def test_a_link_to_a_folded_entry_opens_it(opened: Opened, tiny_page: bytes) -> None:
    shown = opened(tiny_page.replace(b'<details class="card" open>', b'<details class="card">'), 375)
    assert not shown.evaluate("document.getElementById('topic-roof-cost').closest('details').open")
    shown.evaluate("location.hash = 'topic-roof-cost'")
    shown.wait_for_function("document.getElementById('topic-roof-cost').closest('details').open")
    shown.context.close()


def test_the_policy_of_the_page_lets_its_own_style_in(opened: Opened, tiny_page: bytes) -> None:
    """Without `bypass_csp`, which the other tests need to measure."""
    shown = opened(tiny_page, 1200)
    strict = shown.context.browser.new_context().new_page()
    refused: list[str] = []
    strict.on("console", lambda message: refused.append(message.text))
    strict.goto(shown.url)
    assert strict.evaluate("getComputedStyle(document.body).margin") == "0px"
    assert refused == []
    strict.context.close()
    shown.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 375])
def test_axe_finds_no_fault(opened: Opened, tiny_page: bytes, width: int, scheme: str) -> None:
    """https://github.com/dequelabs/axe-core; its file is named by VERBATIM_AXE, since the project does not carry it."""
    axe = os.environ.get("VERBATIM_AXE", "")
    if not axe or not Path(axe).is_file():
        pytest.skip("VERBATIM_AXE does not name the file axe.min.js of axe-core")
    shown = opened(tiny_page, width, scheme)
    shown.evaluate(Path(axe).read_text(encoding="utf-8"))
    found = shown.evaluate("axe.run(document)")
    shown.context.close()
    assert len(found["passes"]) > 30
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


def test_a_bare_text_says_what_it_has_not(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    text = page_of(make_engine(path, policy=policy()).engine).decode()
    for said in (
        "Draft a pack from this text.",
        "Nobody has recorded whose words these are.",
        "Not measured: this needs labelled",
    ):
        assert said in text
