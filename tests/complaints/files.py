"""Files that say what they do: a pack's own, those given to commands, and what a pack says of its article."""

from __future__ import annotations

from complaints.kind import Kind, case, each
from complaints.tools import new_folder, pack_folder, told
from conftest import ARTICLE, FAQ, FILES, GAPS, PACK, PREMISES, Change

from bot.engine.answer import Citation
from bot.errors import FileFaults
from bot.pack.loading import load
from bot.pack.values import Pack
from bot.say.citations import cite
from bot.say.deep_links import deep_link
from bot.say.languages import wording
from bot.say.lines import Link
from bot.say.quotations import source
from bot.say.wording import Format
from bot.serve.library import look

# What is looked at


def faults(*changes: tuple[str, Change]) -> list[str]:
    """What is told of the changed pack's faults, as a curator sees it, without what mends them."""
    try:
        load(pack_folder(dict(changes)))
    except FileFaults as error:
        return [line.partition(" Fix:")[0] for line in error.lines()]
    return []


def value(file: str, new: str, path: str) -> object:
    """What the pack has at `path`, an attribute's name or a topic's id, a dot and one, once the file is changed."""
    pack = load(pack_folder({file: new}))
    topic, _, name = path.rpartition(".")
    return getattr(pack.by_id[topic] if topic else pack, name)


def told_of(command: str, data: bytes) -> tuple[int, bool]:
    """How many lines a command says of a file of that content, and whether it says its name first."""
    path = new_folder() / "given.jsonl"
    path.write_bytes(data)
    given = ["calibrate", pack_folder(), path] if command == "calibrate" else [command, path, "--pack", pack_folder()]
    _, out, err = told(*given)
    return len(err.splitlines()) + len(out.splitlines()), err.startswith(str(path))


def supplied(meta: str, byline: str) -> tuple[str, ...]:
    """What of the article's origin is marked as the curator's; `byline` stands under the headline."""
    return _published(meta, byline).metadata.supplied


def in_formats(meta: str, quote: str, wanted: str) -> list[str]:
    """The formats of a citation in which the text stands."""
    pack = _published(meta, "")
    cited = Citation(pack.excerpt(quote), pack.quotes[quote])
    said = {form: cite(cited, pack, wording("en"), form) for form in Format}
    return [form.value for form, text in said.items() if wanted in text]


def link(url: str, quote: str) -> str:
    """Where the title under a quotation leads."""
    pack = _published(f"  url: {url}\n", "")
    (title,) = (
        p for p in source([Citation(pack.excerpt(quote), pack.quotes[quote])], pack, wording("en")).frame if isinstance(p, Link)
    )
    assert title.url == deep_link(url, [pack.excerpt(quote)])
    return title.url


def is_watched(name: str) -> bool:
    """Whether a change of the article's file is noticed, whatever the pack calls it."""
    folder = pack_folder(
        {"pack.yaml": PACK.replace("article:\n", f"article:\n  file: {name}\n"), "article.txt": None, name: ARTICLE}
    )
    before = look(folder)
    (folder / name).write_text(ARTICLE + "\n", encoding="utf-8")
    return look(folder) != before


def _published(meta: str, byline: str) -> Pack:
    article = ARTICLE.replace("petition\n", f"petition\n\n{byline}\n", 1) if byline else ARTICLE
    return load(pack_folder({"pack.yaml": PACK.replace("article:\n", f"article:\n{meta}"), "article.txt": article}))


# The kinds

CUT_OFF = Kind(
    "` #` in an unquoted text",
    "cut it in silence: “Campaigners tweeted”, of a hashtag",
    faults,
    (case(("faq/library.yaml", ('"reading room"', "readers tweeted #readingroom")), right=["faq/library.yaml:49: a hash sign cuts this text off, behind 'readers tweeted'."]),),
    (
        case(("pack.yaml", ('"Millbrook library"', "Library #1")), right=["pack.yaml:2: a hash sign cuts this text off, behind 'Library'."]),
        case(("gaps.yaml", ('"wages of the librarian"', "#wages")), right=["gaps.yaml:18: a hash sign cuts this text off, and leaves nothing."]),
        case(("premises.yaml", ('"Ruth Bell is against the lift."', "Bell said\n    #nolift")), right=["premises.yaml:2: a hash sign cuts this text off, behind 'Bell said'."]),
        case(("questions.yaml", '- ask: reading room   # TODO\n  expect: reading-room\n'), right=["questions.yaml:1: a hash sign cuts this text off, behind 'reading room'."]),
        case(("faq/library.yaml", ('"roof repairs"', '"roof #2"  # quoted, so a remark may follow')), right=[]),
    ),
)  # fmt: skip


def _unread(name: str) -> list[str]:
    return [f"{name}: nothing reads a file of this name."]


UNREAD = Kind(
    "a file of a pack that nothing reads",
    "`faq.yml`, `premise.yaml` were not named",
    faults,
    (case(("faq.yml", FAQ), right=_unread("faq.yml")), case(("premise.yaml", PREMISES), ("premises.yaml", None), right=_unread("premise.yaml"))),
    (
        case(("Gaps.yaml", GAPS), ("gaps.yaml", None), right=_unread("Gaps.yaml")),
        case(("phrases.yaml", "[roof-cost]\ntiles\n"), right=_unread("phrases.yaml")),
        case(("quotes.yaml.txt", FILES["quotes.yaml"]), right=_unread("quotes.yaml.txt")),
        case(("faq/lift.yml", "- id: x\n"), right=_unread("faq/lift.yml")),
        case(("README.md", "Notes."), ("drafts/old.txt", "Notes."), right=[]),
    ),
)  # fmt: skip

_AGAIN = "- id: again\n  question: {}\n  asks: thing\n  cites: [lift]\n  phrasings: [{}]\n"
_ROOF, _LIFT = "What did Tom Reed say about the roof repairs?", "Who called for a second lift?"

SAME_QUESTION = Kind(
    "the same question in two topics",
    "was no fault",
    lambda *changes: faults(*changes)[:1],
    (case(("faq/x.yaml", _AGAIN.format(f'"{_LIFT}"', '"lift again"')), right=[f"faq/x.yaml:2: the question {_LIFT!r} stands under 'second-lift' too, at faq/library.yaml:61."]),),
    (
        case(("faq/x.yaml", _AGAIN.format('"who called for a second lift"', '"lift again"')), right=["faq/x.yaml:2: the question 'who called for a second lift' stands under 'second-lift' too, at faq/library.yaml:61."]),
        case(("faq/x.yaml", _AGAIN.format('"Another lift?"', '"  ROOF   repairs!"')), right=["faq/x.yaml:5: the phrasing '  ROOF   repairs!' stands under 'roof-cost' too, at faq/library.yaml:59."]),
        case(("phrases/more.txt", "[gap-salary]\nreading room\n"), right=["phrases/more.txt:2: the phrasing 'reading room' stands under 'reading-room' too, at faq/library.yaml:49."]),
        case(("gaps.yaml", GAPS + GAPS.replace("id: gap-", "id: other-")), right=["gaps.yaml:20: the question 'At what hour does the library open?' stands under 'gap-opening-hour' too, at gaps.yaml:2."]),
        case(("faq/x.yaml", _AGAIN.format('"Another lift?"', '"another lift"')), right=[]),
    ),
)  # fmt: skip

BLOCKS = Kind(
    "white space round a block scalar",
    "belonged to the text",
    value,
    (case("pack.yaml", PACK.replace('"Millbrook library"', "|\n  Millbrook library"), "title", right="Millbrook library"),),
    (
        case("pack.yaml", PACK.replace('"Millbrook library"', ">\n  Millbrook\n  library\n\n"), "title", right="Millbrook library"),
        case("pack.yaml", PACK.replace('"Millbrook library"', "|+\n  Millbrook library\n\n\n"), "title", right="Millbrook library"),
        case("faq/library.yaml", FAQ.replace('"Ruth Bell."', ">-\n\n    Ruth Bell.\n"), "second-lift.lead", right="Ruth Bell."),
        case("gaps.yaml", GAPS.replace('"the librarian\'s salary"', "|\n    the librarian's\n    salary"), "gap-salary.looked_for", right="the librarian's\nsalary"),
        case("pack.yaml", PACK.replace('"Millbrook library"', '" Millbrook library "'), "title", right=" Millbrook library "),
    ),
)  # fmt: skip


def counts(*changes: tuple[str, Change]) -> tuple[int, str]:
    """How many faults are told one by one, and the line under them."""
    told_ones = faults(*changes)
    several = len(told_ones) > 1
    return len(told_ones) - several, told_ones[-1] if several else ""


CAUSES = Kind(
    "fault lists: the cause first, its consequences held back, ten at most",
    "one wrong letter gave 24 faults, the cause last",
    counts,
    (case(("quotes.yaml", ('text: "Councillor Ruth', 'text: "Councilor Ruth')), right=(1, "1 fault, and 3 more that follow from it.")),),
    (
        case(("people.yaml", ("id: kovacs", "id: Kovacs")), right=(1, "1 fault, and 7 more that follow from it.")),
        case(("quotes.yaml", ("- id: roof\n", "- id roof\n")), right=(1, "1 fault, and 12 more that follow from it.")),
        case(("people.yaml", None), right=(1, "1 fault, and 21 more that follow from it.")),
        case(("quotes.yaml", None), right=(1, "1 fault, and 12 more that follow from it.")),
        case(("people.yaml", None), ("people/all.yaml", FILES["people.yaml"].replace("id: bell", "id: ball")), right=(1, "1 fault, and 3 more that follow from it.")),
        case(("faq/library.yaml", FAQ.replace("cites:", "cite:")), right=(8, "8 faults, and 8 more that follow from them.")),
        case(("faq/library.yaml", FAQ.replace("asks: ", "asks: x")), ("gaps.yaml", GAPS.replace("phrasings", "frasings").replace("looked_for", "sought")), right=(10, "14 faults, of which these are the first 10, and 2 more that follow from them.")),
    ),
)  # fmt: skip

WRONG_FILE = Kind(
    "a wrong file given to a command",
    "`eval` said 185 lines",
    told_of,
    (case("eval", b"no question\n" * 185, right=(11, True)),),
    (
        case("eval", b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n" * 99, right=(1, True)),
        case("eval", b'[{"question": "x", "kind": "answerable"}]', right=(1, True)),
        case("eval", b'{"id": 1, "question": "x", "kind": "maybe"}\n' * 30, right=(11, True)),
        case("calibrate", b"question,kind,gold\nx,answerable,y\n" * 50, right=(11, True)),
        case("eval", ARTICLE.encode(), right=(8, True)),
    ),
)

_URL, _DAY, _WHO = "  url: https://news.example/a\n", '  date: "2026-03-03"\n', "  author: Ann Price\n"

ORIGIN = Kind(
    "address, date and author of the article, marked as the curator’s where the text does not state them",
    "could not be given",
    supplied,
    (case(_URL + _DAY + _WHO, "", right=("author", "date", "url")),),
    (
        case(_DAY + _WHO, "By Ann Price, March 3, 2026", right=()),
        case(_WHO, "Ann Price spoke to the council.", right=("author",)),
        case(_DAY, "Published 03/03/2026", right=()),
        case('  date: "2026-05-13"\n', "Published 5/13/2026", right=()),
        case('  date: "2026-05-04"\n', "Published 04/05/2026", right=("date",)),
        case('  date: "2026-03"\n', "Tuesday 3 March 2026", right=()),
        case(_WHO, "Words: Ann Price | 3 March 2026", right=()),
        case(_WHO, "Photo by Ann Price", right=("author",)),
    ),
)  # fmt: skip

SIX = ["plain", "markdown", "bibtex", "ris", "csl-json", "annotation"]

FORMATS = Kind(
    "all six formats of a citation carry them",
    "could not",
    in_formats,
    (case(_URL, "room", "https://news.example/a", right=SIX),),
    (
        case(_DAY, "lift", "2026", right=SIX),
        case(_WHO, "friends", "Ann Price", right=SIX),
        case("  author: [Ann Price, Tom Reed]\n", "roof", "Reed", right=SIX),
        case("  url: https://news.example/a?b=1&c=%20d_e\n", "lift", "https://news.example/a?b=1&c=%20d_e", right=SIX),
        case('  date: "2026"\n', "headline", "2026", right=SIX),
    ),
)  # fmt: skip

LINKS = Kind(
    "the title under a quotation leads to the exact words",
    "did not",
    link,
    (case("https://news.example/a", "waited", right="https://news.example/a#:~:text=We%20have%20waited%20nine%20years%20for%20this."),),
    (
        case("https://news.example/a#top", "waited", right="https://news.example/a#top:~:text=We%20have%20waited%20nine%20years%20for%20this."),
        case("https://news.example/a?b=c", "headline", right="https://news.example/a?b=c#:~:text=Library%20to%20open%20on,Sundays%20after%20readers%E2%80%99%20petition"),
        case("https://news.example/a", "friends", right="https://news.example/a#:~:text=Join%20the%20friends%20of,five%20pounds%20a%20year."),
        case("http://news.example", "lift", right="http://news.example#:~:text=Councillor%20Ruth%20Bell%20also,lift%20in%20the%20building."),
        case("https://news.example/" + "a" * 490, "lift", right="https://news.example/" + "a" * 490),
    ),
)  # fmt: skip

WATCHED = Kind(
    "what a pack names is watched",
    "an article called `article.md` was not",
    is_watched,
    each(True, ["article.md"]),
    each(True, ["story.text", "texts/2026/story.txt", "Article", "the story.html", "artículo.rst"]),
)

KINDS = (
    CUT_OFF, UNREAD, SAME_QUESTION, BLOCKS, CAUSES, WRONG_FILE, ORIGIN, FORMATS, LINKS, WATCHED,
)  # fmt: skip
