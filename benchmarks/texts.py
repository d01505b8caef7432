"""How well the program takes texts of other kinds: sentences and paragraphs, beside pysbd and nupunkt, and quotations.

The texts and what a person marked in them are in tests/texts/. A rival is given each marked paragraph by itself, and the whole file;
the program always takes the whole file. With --corpus also the articles of training/corpus, which have a sentence a line, with
the lines of each paragraph joined; `*-8` is left out. Needs the `bench` extra.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.text.article import Article, Span, parse
from bot.text.quotation_marks import quotations_of

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "tests" / "texts"
SECOND = TEXTS / "second"  # marked when the rules stood, which were written with a look at the others
CORPUS = ROOT / "training" / "corpus"
_MARK = re.compile(r"¶|‖|⟧|⟦(?P<speaker>[^:⟧]*): ")
_QUOTED = re.compile('“([^”]+)”|"([^"]+)"')
_NOBODY = "-"  # for what is in quotation marks and no direct speech

Splitter = Callable[[str], Iterable[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class MarkedQuotation:
    """Words in quotation marks, without these; `speaker` is empty where they are no direct speech."""

    span: Span
    speaker: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with what a person marked in it."""

    name: str
    text: str
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    quotations: tuple[MarkedQuotation, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How many were found, how many of these are right, and how many there are."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 1.0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", action="store_true", help="also the articles of training/corpus")
    parser.add_argument("--errors", action="store_true", help="list what the program gets wrong")
    options = parser.parse_args(argv)
    texts, others = read_all(), read_all(SECOND)
    print("\n".join([*tables(texts, rivals(), "tests/texts"), "", *tables(others, rivals(), "tests/texts/second")]))
    if options.corpus:
        print("\n".join(["", *sentence_table([joined(p) for p in corpus()], rivals(), "training/corpus")]))
    if options.errors:
        print("\n".join(["", *(line for marked in (*texts, *others) for line in errors(marked))]))
    return 0


# Texts


def read_all(folder: Path = TEXTS) -> list[Marked]:
    """The texts of the folder, by name."""
    return [read(path) for path in sorted(folder.glob("*.marked"))]


def read(path: Path) -> Marked:
    """A text from its marks. Raises ValueError where the marks do not fit together or are not of the text beside them."""
    marked = path.read_bytes().decode("utf-8")
    text, paragraphs, ends, quotations = "", [], [], []
    opened: tuple[int, str] | None = None
    at = 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        if mark[0] == "¶":
            paragraphs.append(len(text))
        elif mark[0] == "‖":
            ends.append(len(text))
        elif mark[0] == "⟧":
            if opened is None:
                raise ValueError(f"{path.name}: ⟧ without ⟦ after {text[-40:]!r}")
            start, speaker = opened
            quotations.append(MarkedQuotation(Span(start, len(text)), "" if speaker == _NOBODY else speaker))
            opened = None
        elif opened is None:
            opened = len(text), mark["speaker"]
        else:
            raise ValueError(f"{path.name}: ⟦ inside ⟦ after {text[-40:]!r}")
    text += marked[at:]
    if text != path.with_suffix(".txt").read_bytes().decode("utf-8"):
        raise ValueError(f"{path.name}: without the marks it is not the text beside it")
    starts = [*paragraphs, len(text)]
    return Marked(
        path.stem,
        text,
        tuple(_stripped(text, a, b) for a, b in pairwise(starts)),
        tuple(_stripped(text, a, b) for a, b in pairwise([0, *ends])),
        tuple(quotations),
    )


def corpus(folder: Path = CORPUS) -> list[Path]:
    """The articles of the reader's corpus, without those that are for measuring the whole."""
    return sorted(p for p in folder.glob("*/article.txt") if not p.parent.name.endswith("-8"))


def joined(path: Path) -> Marked:
    """An article of the corpus with the lines of each paragraph joined by blanks."""
    text, paragraphs, sentences = "", [], []
    for paragraph in path.read_bytes().decode("utf-8").strip().split("\n\n"):
        start = len(text)
        for line in paragraph.split("\n"):
            sentences.append(Span(len(text), len(text) + len(line)))
            text += line + " "
        text = text[:-1] + "\n\n"
        paragraphs.append(Span(start, len(text) - 2))
    return Marked(path.parent.name, text, tuple(paragraphs), tuple(sentences), ())


def _stripped(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))


# Scores


def compared(found: Iterable[object], wanted: Iterable[object]) -> Score:
    one, other = set(found), set(wanted)
    return Score(len(one & other), len(one), len(other))


def inner_ends(sentences: Iterable[Span], marked: Marked) -> Score:
    """Of sentence ends, those at the end of a marked paragraph aside: there anybody finds them."""
    last = {p.end for p in marked.paragraphs}
    return compared({s.end for s in sentences} - last, {s.end for s in marked.sentences} - last)


def taken(marked: Marked) -> Article:
    """The text as the program takes it."""
    return parse(marked.text.encode())


def by_paragraph(split: Splitter, marked: Marked) -> Iterator[Span]:
    """A rival's sentences, where it is told the paragraphs."""
    for p in marked.paragraphs:
        yield from whole(split, marked.text[p.start : p.end], p.start)


def whole(split: Splitter, text: str, offset: int = 0) -> Iterator[Span]:
    """A rival's sentences, without the white space round them; `offset` is where the text begins."""
    for start, end in split(text):
        if text[start:end].strip():
            found = _stripped(text, start, end)
            yield Span(found.start + offset, found.end + offset)


def rivals() -> dict[str, Splitter]:
    """pysbd and nupunkt with what they do unless told otherwise, for English."""
    import nupunkt
    import pysbd

    segmenter = pysbd.Segmenter(language="en", clean=False, char_span=True)
    return {
        "pysbd": lambda text: [(s.start, s.end) for s in segmenter.segment(text)],
        "nupunkt": lambda text: list(nupunkt.sent_spans(text)),
    }


# Tables


def tables(texts: Sequence[Marked], others: dict[str, Splitter], name: str) -> Iterator[str]:
    yield from sentence_table(texts, others, name)
    yield from ("", "| ours, by text | sentence ends inside paragraphs: F1 | paragraphs: F1 | quotations | of them unsure |")
    yield "|---|--:|--:|--:|--:|"
    together, simple = Score(), Score()
    for marked in texts:
        article = taken(marked)
        quoted = quotations(article, marked)
        cells = (
            f"{inner_ends(article.sentences, marked).f1:.1%}",
            f"{paragraphs(article, marked).f1:.1%}",
            f"{quoted.right} of {quoted.wanted}, {quoted.found - quoted.right} others",
            f"{sum(any(u.overlaps(q.span) for u in quotations_of(article).unsure) for q in marked.quotations)}",
        )
        yield f"| {marked.name} | {' | '.join(cells)} |"
        together += quoted
        simple += compared(plainly_quoted(marked), (q.span for q in marked.quotations))
    yield ""
    for way, score in (("ours", together), ("a plain regular expression", simple)):
        yield f"quotations, {way}: precision {score.precision:.1%}, recall {score.recall:.1%}, F1 {score.f1:.1%}"


def sentence_table(texts: Sequence[Marked], others: dict[str, Splitter], name: str) -> Iterator[str]:
    ways: dict[str, Callable[[Marked], Iterable[Span]]] = {"ours": lambda m: taken(m).sentences}
    for rival, split in others.items():
        ways[f"{rival}, told the paragraphs"] = lambda m, split=split: by_paragraph(split, m)  # type: ignore[misc]
        ways[f"{rival}, the whole file"] = lambda m, split=split: whole(split, m.text)  # type: ignore[misc]
    yield f"| {name} | sentence ends inside paragraphs: precision | recall | F1 | sentences found whole |"
    yield "|---|--:|--:|--:|--:|"
    for way, sentences in ways.items():
        ends, exact = Score(), Score()
        for marked in texts:
            found = list(sentences(marked))
            ends += inner_ends(found, marked)
            exact += compared(found, marked.sentences)
        cells = (f"{ends.precision:.2%}", f"{ends.recall:.2%}", f"{ends.f1:.2%}", f"{exact.right} of {exact.wanted}")
        yield f"| {way} | {' | '.join(cells)} |"


def paragraphs(article: Article, marked: Marked) -> Score:
    return compared((p.span for p in article.paragraphs), marked.paragraphs)


def quotations(article: Article, marked: Marked) -> Score:
    return compared(quotations_of(article).spans, (q.span for q in marked.quotations))


def plainly_quoted(marked: Marked) -> Iterator[Span]:
    """What stands in one paragraph between “ and ”, or between two straight double marks."""
    for p in marked.paragraphs:
        for found in _QUOTED.finditer(marked.text, p.start, p.end):
            yield Span(*found.span(found.lastindex or 0))


def errors(marked: Marked) -> Iterator[str]:
    """What the program gets wrong in a text, a line each."""
    article = taken(marked)
    pairs: list[tuple[str, Iterable[Span], Iterable[Span]]] = [
        ("paragraph", [p.span for p in article.paragraphs], marked.paragraphs),
        ("sentence", article.sentences, marked.sentences),
        ("quotation", quotations_of(article).spans, [q.span for q in marked.quotations]),
    ]
    for what, found, wanted in pairs:
        for sign, spans in (("-", set(wanted) - set(found)), ("+", set(found) - set(wanted))):
            for span in sorted(spans):
                yield f"{marked.name}: {sign} {what} {marked.text[span.start : span.end]!r}"


if __name__ == "__main__":
    sys.exit(main())
